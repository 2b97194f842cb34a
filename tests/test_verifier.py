"""One claim, one span: what the offline verifier lets through, and why it objects."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import read_words
from wortlaut.rag.answer import Citation
from wortlaut.rag.model.citations import strip_markers
from wortlaut.rag.verification.case import find_false_quote, find_quotes
from wortlaut.rag.verification.judges import NliVerifier, read_judgement
from wortlaut.rag.verification.negation import find_opposite
from wortlaut.rag.verification.verifier import OfflineVerifier

TEXT = (
    "Tarvo. Der Hafen von Tarvo wird im Mai nicht verkauft, sagte Ministerin Mira Talberg am Mittwoch. "
    "„Der Staudamm ist sicher“, sagte Jonas Hellwig. "
    "Der Umbau kostet 40 Millionen Euro und dauert anderthalb Jahre. "
    "Bei dem Sturm starben 3 Menschen, 50 wurden verletzt. "
    "Talberg warnte Hellwig vor einem Abbruch der Gespräche. "
    "Die Fähre könnte im Herbst wieder fahren. "
    "Die Fischer verlangen mindestens 200 neue Liegeplätze."
)
ARTICLE = Article(
    "tarvo", "Streit um den Hafen von Tarvo", TEXT, hash_text(TEXT), source="Tarvoer Bote",
    language="de", published=date(2026, 1, 29), published_precision="day",
)  # fmt: skip


def cite(words, speaker=None, voice="narrated", via=None):
    start = TEXT.index(words)
    return Citation(1, ARTICLE, Span(start, start + len(words)), speaker, voice, via)


HARBOUR = cite(
    "Der Hafen von Tarvo wird im Mai nicht verkauft, sagte Ministerin Mira Talberg am Mittwoch.",
    "Mira Talberg", "reported",
)  # fmt: skip
DAM = cite("„Der Staudamm ist sicher“", "Jonas Hellwig", "direct")
COST = cite("Der Umbau kostet 40 Millionen Euro und dauert anderthalb Jahre.")
STORM = cite("Bei dem Sturm starben 3 Menschen, 50 wurden verletzt.")
WARNING = cite("Talberg warnte Hellwig vor einem Abbruch der Gespräche.")
FERRY = cite("Die Fähre könnte im Herbst wieder fahren.")
BERTHS = cite("Die Fischer verlangen mindestens 200 neue Liegeplätze.")


@pytest.fixture(scope="module")
def verifier(models):
    return OfflineVerifier(load_embedder(DEFAULT_MODEL, models))


TRUTHS = [
    (HARBOUR.quote, HARBOUR, "de"),
    ("Mira Talberg sagte, der Hafen von Tarvo werde im Mai nicht verkauft. [1]", HARBOUR, "de"),
    ("Mira Talberg said that the port of Tarvo will not be sold in May. [1]", HARBOUR, "en"),
    ("Мира Тальберг заявила, что порт Тарво не будет продан в мае. [1]", HARBOUR, "ru"),
    ("Jonas Hellwig sagte: „Der Staudamm ist sicher.“", DAM, "de"),
    ("According to Jonas Hellwig, the dam is safe.", DAM, "en"),
    ("The conversion costs 40 million euros and takes a year and a half.", COST, "en"),
    ("In the storm 3 people died and 50 were injured.", STORM, "en"),
    ("The ferry could run again in autumn.", FERRY, "en"),
    ("The fishermen demand at least 200 new berths.", BERTHS, "en"),
]


@pytest.mark.parametrize(("claim", "citation", "language"), TRUTHS)
def test_what_the_span_says_is_supported(verifier, claim, citation, language):
    verdict = verifier.verify(claim, [citation], language)
    assert verdict.label == "supported", verdict


LIES = [
    ("Mira Talberg sagte, der Hafen von Tarvo werde im Mai verkauft.", HARBOUR, "de", "negation"),
    ("Mira Talberg said that the port of Tarvo will be sold in May.", HARBOUR, "en", "negation"),
    ("Мира Тальберг заявила, что порт Тарво будет продан в мае.", HARBOUR, "ru", "negation"),
    ("Jonas Hellwig sagte, der Hafen von Tarvo werde im Mai nicht verkauft.", HARBOUR, "de", "speaker"),
    ("Jonas Hellwig said that the port of Tarvo will not be sold in May.", HARBOUR, "en", "speaker"),
    ("Mira Talberg said that the port of Tarvo will not be sold in June.", HARBOUR, "en", "date"),
    ("Jonas Hellwig sagte: „Der Staudamm ist nicht sicher.“", DAM, "de", "quote"),
    ("Jonas Hellwig said: “The dam is safe.”", DAM, "en", "quote"),
    ("Jonas Hellwig said the dam is dangerous.", DAM, "en", "opposite"),
    ("Der Staudamm ist sicher.", DAM, "de", "speech"),
    ("The dam is safe.", DAM, "en", "speech"),
    ("The conversion costs 50 million euros and takes a year and a half.", COST, "en", "number"),
    ("The conversion costs 40 million dollars and takes a year and a half.", COST, "en", "unit"),
    ("Bei dem Sturm starben 50 Menschen, 3 wurden verletzt.", STORM, "de", "number_swap"),
    ("In the storm 50 people died and 3 were injured.", STORM, "en", "number_swap"),
    ("Hellwig warnte Talberg vor einem Abbruch der Gespräche.", WARNING, "de", None),
    ("Hellwig warned Talberg against breaking off the talks.", WARNING, "en", None),
    ("The ferry will run again in autumn.", FERRY, "en", "mood"),
    ("Die Fähre wird im Herbst wieder fahren.", FERRY, "de", "mood"),
    ("The fishermen demand 200 new berths.", BERTHS, "en", "bound"),
    ("Die Fischer verlangen mindestens 200 neue Parkplätze.", BERTHS, "de", "word"),
    ("Ruth Kessin warned Hellwig against breaking off the talks.", WARNING, "en", None),
    ("The ferry could run again in autumn.", BERTHS, "en", None),
    ("Die Fähre könnte im Herbst wieder fahren.", BERTHS, "de", None),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "citation", "language", "rule"), LIES)
def test_what_the_span_does_not_say_is_refused_with_a_reason(
    verifier, claim, citation, language, rule
):
    verdict = verifier.verify(claim, [citation], language)
    assert verdict.label != "supported"
    assert rule in (None, verdict.rule), verdict
    assert len(verdict.reason) > 10


def test_a_sentence_that_cites_nothing_is_not_supported(verifier):
    assert verifier.verify("Der Hafen wird verkauft.", [], "de").rule == "no_citation"
    assert verifier.verify(" [1] ", [COST], "de").rule == "no_citation"


def test_the_words_of_two_spans_bear_out_one_claim(verifier):
    claim = "Der Umbau kostet 40 Millionen Euro und die Fischer verlangen mindestens 200 neue Liegeplätze."
    assert verifier.verify(claim, [COST, BERTHS], "de").label == "supported"
    assert verifier.verify(claim, [COST], "de").label != "supported"


def test_every_cited_span_must_be_by_the_speaker(verifier):
    claim = "Jonas Hellwig said the dam is safe."
    assert verifier.verify(claim, [DAM], "en").label == "supported"
    assert verifier.verify(claim, [DAM, HARBOUR], "en").rule == "speaker"


def test_a_verdict_is_the_same_every_time(verifier, models):
    again = OfflineVerifier(load_embedder(DEFAULT_MODEL, models))
    for claim, citation, language in TRUTHS:
        assert verifier.verify(claim, [citation], language) == again.verify(
            claim, [citation], language
        )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["de", "en", "ru"]))
def test_any_text_gets_a_verdict(verifier, claim, language):
    verdict = verifier.verify(claim, [COST], language)
    assert 0 <= verdict.support <= 1
    assert verdict.reason


@pytest.mark.parametrize(
    "claim", ["„" * 1400, "a " * 700, "1," * 700, "und nicht " * 140, "«" + "А" * 1400]
)
def test_odd_claims_are_refused(verifier, claim):
    assert verifier.verify(claim, [COST], "de").label != "supported"


def test_nobody_checks_an_endless_sentence(verifier):
    assert verifier.verify("Der Umbau kostet viel " * 200, [COST], "de").rule == "length"


def test_quotation_marks_and_spaces_may_differ_but_no_word():
    text = "Er sagte: „Wir  bauen – bald – einen Damm.“"
    for claim in (
        "„Wir bauen - bald - einen Damm“",
        "“Wir bauen – bald – einen Damm”",
        "»wir bauen«",
    ):
        assert find_false_quote(claim, find_quotes(claim), [text]) is None
    assert (
        find_false_quote(
            "„Wir bauen … einen Damm“", find_quotes("„Wir bauen … einen Damm“"), [text]
        )
        is None
    )
    assert find_false_quote("„Wir bauen einen Damm“", find_quotes("„Wir bauen einen Damm“"), [text])


def test_opposites_meet_across_languages():
    assert find_opposite(read_words("prices rose"), read_words("die Preise sanken"))
    assert find_opposite(read_words("prices fell"), read_words("die Preise sanken")) is None


def test_markers_are_no_part_of_the_claim():
    assert strip_markers("The dam is safe [1][2, 3].") == "The dam is safe."


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("SUPPORTED: the source says so.", "supported"),
        ("refuted – it says 40", "refuted"),
        ("**Unknown**", "not_enough_info"),
        ("Yes, it is supported.", "not_enough_info"),
        ("", "not_enough_info"),
        ("unsupported", "not_enough_info"),
    ],
)
def test_a_judge_is_read_strictly(answer, label, judge_saying):
    assert read_judgement(answer).label == label
    prompts = []
    judge = judge_saying(answer, prompts=prompts)
    assert judge.verify("It costs 40. [1]", [COST], "en").label == label
    assert COST.quote in prompts[0]


def test_an_entailment_model_from_a_folder_gives_verdicts(nli_folder):
    keen, strict = (
        NliVerifier(str(nli_folder), threshold=0.0),
        NliVerifier(str(nli_folder), threshold=1.0),
    )
    assert keen.verify("It costs 40. [1]", [COST], "en").label == "supported"
    verdict = strict.verify("It costs 40. [1]", [COST], "en")
    assert verdict.label != "supported"
    assert 0 < verdict.support < 1
    assert verdict.rule == "nli"


def test_a_missing_entailment_model_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot load the entailment model"):
        NliVerifier(str(tmp_path / "none")).verify("It costs 40.", [COST], "en")


REPLY = cite("Talberg warnte Hellwig vor einem Abbruch der Gespräche.")
PERSONS = ("Mira Talberg", "Jonas Hellwig", "Ada Brenn")


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Brenn warnte vor einem Abbruch der Gespräche.", "de"),
        ("Brenn warned Hellwig of a breakdown of the talks.", "en"),
        ("Бренн предупредила Хелльвига о срыве переговоров.", "ru"),
    ],
)
def test_a_person_in_the_place_of_another_is_refuted(models, claim, language):
    verifier = OfflineVerifier(load_embedder(DEFAULT_MODEL, models), names=PERSONS)
    verdict = verifier.verify(claim, [REPLY], language)
    assert verdict.label == "refuted"
    assert verdict.rule in ("person", "speaker")


def test_a_person_meant_by_a_pronoun_is_no_swap(models):
    verifier = OfflineVerifier(load_embedder(DEFAULT_MODEL, models), names=PERSONS)
    spoken = cite("Der Staudamm ist sicher", "Jonas Hellwig", "direct")
    verdict = verifier.verify("Jonas Hellwig sagte: „Der Staudamm ist sicher“.", [spoken], "de")
    assert verdict.label == "supported"


def test_more_for_fewer_in_a_copy_is_refuted(verifier):
    lie = BERTHS.quote.replace("neue Liegeplätze", "mehr Liegeplätze")
    assert verifier.verify(lie, [BERTHS], "de").label != "supported"


TALE = (
    "Tarvo. Nicht Dr. Hellwig verkauft den Hafen von Tarvo. "
    "Wird der Hafen von Tarvo im Mai verkauft? "
    "Falsch ist der Satz: Der Staudamm ist geborsten. "
    "Niemand glaubt das Gerücht: Die Brücke ist gesperrt. "
    "Ministerin Mira Talberg sagte: „Ich trete zurück.“ "
    "Jonas Hellwig sagte: „Ich trete nicht zurück.“ "
    "Jonas Hellwig sagte, die Stadt werde den Hafen verkaufen. "
    "Alle Fischer von Tarvo haben Liegeplätze gekauft. "
    "Zu einem Treffen mit Mira Talberg sei Jonas Hellwig bereit."
)
TOLD = Article(
    "tale", "Streit in Tarvo", TALE, hash_text(TALE), source="Tarvoer Bote", language="de",
    published=date(2026, 1, 29), published_precision="day",
)  # fmt: skip


def tell(words, speaker=None, voice="narrated"):
    start = TALE.index(words)
    return Citation(1, TOLD, Span(start, start + len(words)), speaker, voice)


DENIED = tell("Nicht Dr. Hellwig verkauft den Hafen von Tarvo.")
ASKED = tell("Wird der Hafen von Tarvo im Mai verkauft?")
UNTRUE = tell("Falsch ist der Satz: Der Staudamm ist geborsten.")
RUMOUR = tell("Niemand glaubt das Gerücht: Die Brücke ist gesperrt.")
RESIGNED = tell("„Ich trete zurück.“", "Mira Talberg", "direct")
BOTH = tell("„Ich trete zurück.“ Jonas Hellwig sagte: „Ich trete nicht zurück.“")
SALE = tell("Jonas Hellwig sagte, die Stadt werde den Hafen verkaufen.")
BOUGHT = tell("Alle Fischer von Tarvo haben Liegeplätze gekauft.")
MEETING = tell("Zu einem Treffen mit Mira Talberg sei Jonas Hellwig bereit.")


@pytest.mark.parametrize(
    ("claim", "citation", "language"),
    [
        ("Hellwig verkauft den Hafen von Tarvo.", DENIED, "de"),
        ("Wird der Hafen von Tarvo im Mai verkauft.", ASKED, "de"),
        ("Der Staudamm ist geborsten.", UNTRUE, "de"),
        ("Die Brücke ist gesperrt.", RUMOUR, "de"),
        ("„Ich trete zurück“, sagte Hellwig.", BOTH, "de"),
        ("Die Stadt wird den Hafen verkaufen.", SALE, "de"),
        ("The city will sell the port.", SALE, "en"),
        ("Mira Talberg is ready to meet Jonas Hellwig.", MEETING, "en"),
    ],
)
def test_a_sentence_out_of_its_frame_is_not_supported(verifier, claim, citation, language):
    verdict = verifier.verify(claim, [citation], language)
    assert verdict.label != "supported", verdict


def test_whole_sentences_in_a_row_are_verbatim(verifier):
    both = tell(f"{ASKED.quote} {UNTRUE.quote}")
    assert verifier.verify(both.quote, [both], "de").rule == "verbatim"
    assert verifier.verify(UNTRUE.quote, [both], "de").rule == "verbatim"


def test_the_truth_behind_an_inverted_clause_is_not_refused_for_its_order(verifier):
    verdict = verifier.verify("Jonas Hellwig is ready to meet Mira Talberg.", [MEETING], "en")
    assert verdict.rule != "roles", verdict


@pytest.mark.parametrize(
    ("speaker", "language"),
    [
        ("The president said", "en"), ("A spokesman said", "en"), ("The opposition said", "en"),
        ("Experts warned", "en"), ("Critics said", "en"), ("Der Präsident sagte", "de"),
    ],
)  # fmt: skip
def test_an_office_the_speaker_does_not_hold_is_not_supported(verifier, speaker, language):
    said = {"en": "the port of Tarvo will not be sold in May.",
            "de": "der Hafen von Tarvo werde im Mai nicht verkauft."}[language]  # fmt: skip
    link = {"en": " that ", "de": ", "}[language]
    verdict = verifier.verify(speaker + link + said, [HARBOUR], language)
    assert (verdict.label, verdict.rule) == ("not_enough_info", "office"), verdict


def test_the_office_that_the_article_gives_the_speaker_may_stand_for_the_name(verifier):
    claim = "The minister said that the port of Tarvo will not be sold in May."
    assert verifier.verify(claim, [HARBOUR], "en").label == "supported"


@pytest.mark.parametrize(
    ("claim", "citation", "language", "rule"),
    [
        ("The port of Tarvo is sold in May.", ASKED, "en", "question"),
        ("Is the port of Tarvo sold in May?", ASKED, "en", "question"),
        ("Wenige Fischer von Tarvo haben Liegeplätze gekauft.", BOUGHT, "de", "quantifier"),
        ("Few fishermen of Tarvo have bought berths.", BOUGHT, "en", "quantifier"),
    ],
)
def test_questions_and_amounts_have_rules_of_their_own(verifier, claim, citation, language, rule):
    verdict = verifier.verify(claim, [citation], language)
    assert verdict.rule == rule, verdict


def test_threads_share_one_verifier(verifier):
    def check(number):
        claim, citation, language = TRUTHS[number % len(TRUTHS)]
        return verifier.verify(claim, [citation], language).label

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(check, range(24))) == {"supported"}
