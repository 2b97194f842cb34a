"""The claims that the entailment model learns from: what is read, what is made by rule, what is marked."""

import random

from hypothesis import given
from hypothesis import strategies as st

from train.claims import (
    Claim,
    change_claim,
    exchange_evidence,
    find_changes,
    forge_text,
    pass_evidence,
    read_articles,
    read_written,
    swap_names,
    tell_quotations,
)
from train.frames import tell_speech

LABELS = {"supported", "refuted", "not_enough_info"}
TEXT = (
    "Die Fähre Möwe lief am Dienstag vor Sandhaven auf eine Sandbank. Kapitän Jorin Falk gab dem "
    "Echolot die Schuld an dem Unglück. Die Reederei Holmsen will das Schiff am Freitag schleppen. "
    "An Bord waren 84 Fahrgäste, die mit Booten an Land kamen. Wie hoch der Schaden ist, war noch nicht bekannt."
)


def test_written_claims_have_labels_languages_and_marks_inside_them():
    claims = [*read_written("train"), *read_written("dev")]
    assert len(claims) > 15_000
    assert {claim.label for claim in claims} == LABELS
    assert {claim.language for claim in claims} == {"de", "en", "ru"}
    for claim in claims:
        assert claim.text
        assert claim.evidence
        assert not set("{}") & set(claim.text)
        assert all(0 <= a < b <= len(claim.text) for a, b in claim.marks or ())
        assert bool(claim.marks) == (claim.label != "supported")


def test_what_is_learnt_from_shares_no_article_with_what_judges():
    learnt, judged = (
        {claim.evidence for claim in read_articles(part)} for part in ("train", "dev")
    )
    assert learnt
    assert judged
    assert not learnt & judged
    assert not {c.evidence for c in read_written("train")} & {
        c.evidence for c in read_written("dev")
    }


def test_changes_are_marked_and_what_is_left_out_marks_the_next_word():
    old = "Der Rat stimmt nicht am Montag ab."
    for new, words in (
        ("Der Rat stimmt nicht am Freitag ab.", ["Freitag"]),
        ("Der Rat stimmt am Montag ab.", ["am"]),
        ("Der Rat stimmt nicht schon am Montag ab.", ["schon"]),
        (old, []),
    ):
        assert [new[a:b] for a, b in find_changes(old, new)] == words


@given(st.text(alphabet="abc ÄB,.", max_size=60), st.text(alphabet="abc ÄB,.", max_size=60))
def test_changes_lie_inside_the_changed_sentence(old, new):
    assert all(0 <= a < b <= len(new) for a, b in find_changes(old, new))


def test_names_of_a_list_may_change_places_others_may_not():
    assert swap_names("Es kamen Falk und Holm.", random.Random(1)) == (
        "Es kamen Holm und Falk.",
        True,
    )
    assert swap_names("Gestern rief Falk laut Holm.", random.Random(1)) == (
        "Gestern rief Holm laut Falk.", False,
    )  # fmt: skip
    assert swap_names("Es liegt zwischen Falk und Holm.", random.Random(1)) is None
    assert swap_names("Falk schwieg.", random.Random(1)) is None


def test_forged_claims_are_copies_and_changes_that_say_what_was_changed():
    claims = [c for seed in range(30) for c in forge_text(TEXT, "de", random.Random(seed))]
    kinds = {claim.kind for claim in claims}
    assert kinds >= {"copy", "drop_negation", "change_number", "roles", "elsewhere"}
    for claim in claims:
        if claim.kind == "copy":
            assert claim.text in claim.evidence
            assert claim.label == "supported"
        elif claim.label in ("refuted", "unsupported"):
            assert claim.marks
            assert claim.text not in claim.evidence
        assert claim.context == "" or claim.context in TEXT


def test_a_change_keeps_the_evidence_and_nothing_else():
    truth = Claim("An Bord waren 84 Gäste.", "An Bord waren 84 Gäste.", "supported", marks=())
    (changed,) = [
        c for c in change_claim(truth, "de", random.Random(2)) if c.kind == "change_number"
    ]
    assert changed.evidence == truth.evidence
    assert [changed.text[a:b] for a, b in changed.marks] == [changed.text.split()[3]]


def test_only_true_claims_stand_beside_the_evidence_of_others():
    claims = [
        Claim(f"C{n}.", f"Text {n} steht hier.", "supported" if n % 2 else "refuted")
        for n in range(40)
    ]
    made = list(exchange_evidence(claims, random.Random(3)))
    assert len(made) > 10
    for claim in made:
        assert claim.label == "not_enough_info"
        assert claim.text[1:-1] not in claim.evidence.split()
        assert int(claim.text[1:-1]) % 2


def test_a_true_claim_is_not_told_by_the_sentence_behind_its_evidence():
    evidence = "Kapitän Jorin Falk gab dem Echolot die Schuld an dem Unglück."
    truth = Claim("Falk gab dem Gerät die Schuld.", evidence, "supported")
    lie = Claim("Falk gab sich die Schuld.", evidence, "refuted")
    last = Claim("Der Schaden ist unbekannt.", TEXT.rsplit(". ", 1)[1], "supported")
    (made,) = pass_evidence([truth, lie, last], [TEXT])
    assert made.text == truth.text
    assert made.label == "not_enough_info"
    assert made.evidence.startswith("Die Reederei Holmsen")
    assert made.context.endswith(evidence)


def test_a_quotation_is_told_without_its_marks_where_no_pronoun_is_the_tellers():
    text = (
        "„Der Hafen von Sandhaven kostet viel Geld“, sagte Ministerin Ada Norrholm. "
        "„Wir haben den Hafen nicht verkauft“, sagte Jorin Falk. "
        "„Unser Hafen von Sandhaven bleibt offen“, sagte Jorin Falk."
    )
    told = [c for c in tell_quotations(text, random.Random(1)) if c.label == "supported"]
    assert [claim.text for claim in told] == ["Der Hafen von Sandhaven kostet viel Geld."]
    assert told[0].evidence.endswith("sagte Ministerin Ada Norrholm.")


def test_what_somebody_says_is_supported_of_him_alone():
    evidence = [
        "Die Fähre von Sandhaven lief am Morgen auf eine Sandbank.",
        "Der Turm am Hafen ist seit einem Jahr geschlossen.",
    ]
    written = [
        Claim(text, evidence[number % 2], "supported", marks=(), language=language)
        for number, (text, language) in enumerate(
            [
                ("The ferry ran aground in the morning.", "en"),
                ("Der Turm ist zu.", "de"),
                ("Паром сел на мель утром.", "ru"),
                ("The tower has been shut for a year.", "en"),
            ]
            * 60
        )
    ]
    made = list(tell_speech(written, random.Random(1)))
    assert {claim.label for claim in made} == {"supported", "not_enough_info"}
    for claim in made:
        names = {word for word in claim.text.replace(",", "").split() if word[0].isupper()}
        marked = [claim.text[a:b] for a, b in claim.marks or ()]
        if claim.kind == "attribution":
            assert claim.label == "not_enough_info"
            assert marked
            assert not {"ferry", "tower", "Turm", "Паром"} & set(marked)
        else:
            assert claim.label == "supported"
            assert not marked
        assert names or claim.language == "ru"


def test_false_words_stay_marked_in_what_somebody_is_told_to_have_said():
    text = "The ferry ran aground in the evening."
    start = text.index("evening")
    written = [
        Claim(
            text, "Die Fähre von Sandhaven lief am Morgen auf eine Sandbank.", "refuted",
            marks=((start, start + 7),), language="en",
        )
    ] * 80  # fmt: skip
    made = list(tell_speech(written, random.Random(2)))
    assert {claim.label for claim in made} == {"refuted"}
    for claim in made:
        assert [claim.text[a:b] for a, b in claim.marks] == ["evening"]
