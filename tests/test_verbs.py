"""Every form of every verb of saying makes a question ask for its speaker, in three languages."""

from functools import cache

import pytest

from wortlaut.index.lang.tables import Row, read_rows
from wortlaut.index.lang.verbs import conjugate, read_asking_verbs, read_verb_forms
from wortlaut.index.lang.words import Language
from wortlaut.rag.understanding.question import understand
from wortlaut.rag.verification.attribution import read_attribution

NAME = "Sergej Lawrow"
LANGUAGES: tuple[Language, ...] = ("de", "en", "ru")


@cache
def read(question: str) -> tuple[str, tuple[str, ...]]:
    query = understand(question, known_speakers=[NAME, "Nora Veltin"])
    return query.kind, query.speakers


def frame_german(row: Row, word: str, shape: str, particle: str) -> list[str]:
    """Questions that a form fits into."""
    opener = "Wem" if row["asks"] == "agree" else "Was"
    beside = f" {row['beside'].split()[0]}" if row["beside"] else " zu"
    about = f"{beside} den Garantien"
    if particle:
        frames = [
            f"{opener} {word} Lawrow{about} {particle}?",
            f"{opener} {word} Sergej Lawrow am Montag{about} {particle}?",
            f"{opener.lower()} {word} lawrow{about} {particle}",
        ]
        last = f"Wie {word} Lawrow in Lindau {particle}, als es um Garantien ging?"
        return frames if row["beside"] else [*frames, last]
    if shape == "participle":
        helper = "ist" if "sein" in row["marks"] else "hat"
        frames = [f"{opener} {helper} Lawrow{about} {word}?"]
        return frames if row["beside"] else [*frames, f"Worüber {helper} Lawrow am Montag {word}?"]
    if shape == "infinitive":
        return [f"{opener} hat Lawrow{about} {word}?"]
    frames = [] if "|" in row["verb"] else [f"{opener} {word} Lawrow{about}?"]
    if not row["beside"]:
        frames.append(f"Ich möchte wissen, {opener.lower()} Lawrow{about} {word}")
    if shape == "plain" and not row["beside"]:
        frames += [f"{opener} {helper} Lawrow{about} {word}?" for helper in ("will", "wird")]
    return frames


def frame_english(row: Row, word: str, shape: str, particle: str) -> list[str]:
    opener = "How" if row["asks"] == "agree" else "What"
    about = f" {row['beside'].split()[0]} guarantees" if row["beside"] else " about guarantees"
    word, low = f"{word} {particle}".strip(), opener.lower()
    frames = {
        "plain": [
            f"{opener} did Lavrov {word}{about}?",
            f"{low} did lavrov {word}{about}",
            f"{opener} would Sergey Lavrov {word}{about} in May?",
            f"Do you know {low} Lavrov had to {word}{about}?",
        ],
        "third": [f"Tell me {low} Lavrov {word}{about}"],
        "finite": [f"I would like to know {low} Lavrov {word}{about}"],
        "participle": [
            f"{opener} has Lavrov {word}{about}?",
            f"{opener} had Lavrov already {word}{about} in May?",
        ],
        "infinitive": [f"{opener} is Lavrov {word}{about}?", f"{opener} was Lavrov {word}{about}?"],
    }
    return frames[shape]


def frame_russian(row: Row, word: str, shape: str, particle: str) -> list[str]:
    opener = "С кем" if row["asks"] == "agree" else "Что"
    if shape == "infinitive":
        return [f"{opener} может Лавров {word} о гарантиях?"]
    return [
        f"{opener} Лавров {word} о гарантиях?",
        f"{opener} {word} Лавров о гарантиях?",
        f"Хочу знать, {opener.lower()} Сергей Лавров {word} о гарантиях",
        f"{opener.lower()} лавров {word} о гарантиях",
    ]


FRAMES = {"de": frame_german, "en": frame_english, "ru": frame_russian}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_every_verb_of_saying_asks_for_its_speaker(language):
    wrong, asked = [], 0
    for row in read_rows(f"{language}/verbs.tsv"):
        if row["asks"] == "no":
            continue
        for word, shape, particle in conjugate(row, language):
            frames = FRAMES[language](row, word, shape, particle)
            # Each frame in its turn: all of them for every form take a minute.
            question = frames[asked % len(frames)] if frames else ""
            asked += bool(frames)
            if question and read(question) != ("speaker", (NAME,)):
                wrong.append((question, *read(question)))
    assert asked > 1000
    assert not wrong, f"{len(wrong)} of {asked}: {wrong[:40]}"


@pytest.mark.parametrize(
    "question",
    [
        "Wie heißt der Präsident?",
        "Was ergab die Prüfung?",
        "Wie lautet die Antwort der Behörde?",
        "Was entdeckte Lawrow im Wald?",
        "Was ist über Lawrow bekannt?",
        "Wo wurde Lawrow gesehen?",
        "Wer ist aus dem Verein ausgeschlossen?",
        "Wie viel Geld gibt es an der Schule?",
        "Was fügte die Firma dem Motor hinzu?",
        "What did the company add to the engine?",
        "What did Lindau Motors add in 1900?",
        "In what state was Lavrov born?",
        "What is the name of the report?",
        "Which report covers the flood?",
        "What did Lavrov paint?",
        "Что показала проверка?",
        "Когда родился Лавров?",
        "Как называется столица?",
    ],
)
def test_a_question_of_fact_asks_for_no_speaker(question):
    assert read(question)[0] != "speaker"


@pytest.mark.parametrize(
    "question",
    [
        "Was gab Lawrow zu bedenken?",
        "Was stellte Lawrow nach dem Treffen mit Veltin klar?",
        "Worauf wies Minister Lawrow in Lindau hin?",
        "Können Sie zusammenfassen, was Lawrow zu Garantien klarstellte?",
        "Kannst du mir erklären, was Lawrow zu den Garantien anmerkte?",
        "Mich interessiert, was Lawrow zu den Garantien hinzugefügt hat",
        "Wovon ist Lawrow ausgegangen?",
        "Was wurde von Lawrow zu den Garantien klargestellt?",
        "Hat Lawrow angemerkt, dass Garantien fehlen?",
        "What did Lavrov point out about guarantees?",
        "What is it that Lavrov reiterated about guarantees?",
        "What was reiterated by Lavrov about guarantees?",
        "Could you explain what Lavrov meant to note about guarantees?",
        "What does Foreign Minister Lavrov have to add?",
        "What has Lavrov been reiterating about guarantees?",
        "Мне интересно, что Лавров пояснил о гарантиях",
        "На что указал министр Лавров?",
        "Что Лавров может добавить о гарантиях?",
    ],
)
def test_the_speaker_is_found_wherever_the_verb_stands(question):
    assert read(question) == ("speaker", (NAME,))


def test_the_particle_of_a_verb_is_no_part_of_the_topic():
    query = understand("Wer stellte zu den Garantien klar, dass sie fehlen?", known_speakers=[NAME])
    assert (query.kind, query.topic) == ("who", "Garantien fehlen")


def test_a_noun_of_the_same_form_is_no_verb():
    verbs = read_asking_verbs("en")
    assert any(form.noun for form in verbs.read("Notes"))
    assert not any(form.noun for form in verbs.read("noted"))
    assert not verbs.is_sure("state")
    assert verbs.is_sure("stated")


def test_verbs_that_only_questions_know_do_not_read_articles():
    lemmas = {form.lemma for forms in read_verb_forms().values() for form in forms}
    assert "anmerken" in lemmas
    assert "reagieren" not in lemmas
    assert {form.lemma for form in read_asking_verbs("de").read("reagierte")} == {"reagieren"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_has_a_group_and_stands_once(language):
    rows = read_rows(f"{language}/verbs.tsv")
    assert {row["group"] for row in rows} == {"say", "tell", "think"}
    assert {row["asks"] for row in rows} <= {"", "weak", "known", "agree", "no"}
    seen = [(row["verb"], row["parts"]) for row in rows]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("claim", "speakers"),
    [
        ("Йонас Брандт указал: порт закрыт.", ("Йонас Брандт",)),
        ("Йонас Брандт считает, что порт закрыт.", ("Йонас Брандт",)),
        ("Порт закрыт, как пояснил министр Йонас Брандт.", ("Йонас Брандт",)),
        ("Йонас Брандт знал, что порт закрыт.", ()),
        ("Йонас Брандт купил порт, что удивило всех.", ()),
    ],
)
def test_a_russian_claim_is_by_whom_a_verb_of_saying_names(claim, speakers):
    assert read_attribution(claim, "ru").speakers == speakers
