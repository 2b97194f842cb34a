"""What the rules are sure of, what they only doubt, and what they let pass: one claim, one sentence."""

from datetime import date

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.lang.faults import say_fault
from wortlaut.index.lang.names import fold_name
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation
from wortlaut.rag.evidence import find_statement
from wortlaut.rag.verification.case import read_case
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.names import same_word
from wortlaut.rag.verification.rules import check_content, find_doubt, find_veto

TEXT = (
    "Außenminister Tilo Marbach hat den Vertrag mit Orsin gelobt. "
    "Die Fähre werde pünktlich ablegen, sagte Hafenchefin Wenke Dorlach der Agentur Tarn. "
    "Gespräche könnten derzeit nicht geführt werden, teilte das Außenministerium mit. "
    "Ein Fünftel der Deiche hat Risse. "
    "Die Polizei vermutet, dass Fischer das Feuer gelegt haben. "
    "Ob die Schleuse beschädigt war, wird noch geprüft. "
    "Nachts hatte es minus zehn Grad. "
    "Der Rat erteilte keine Erlaubnis. "
    "Vizepräsident Arvid Sollner eröffnete den Markt."
)
ARTICLE = Article(
    "orsin", "Streit um die Fähre", TEXT, hash_text(TEXT), language="de",
    published=date(2026, 1, 29), published_precision="day",
)  # fmt: skip
READ = extract_article(ARTICLE)
KNOWN = frozenset(
    part for name in ("Tilo Marbach", "Wenke Dorlach") for part in fold_name(name).split()
)


def case_of(claim, words, language, known=KNOWN):
    start = TEXT.index(words)
    span = Span(start, TEXT.index(".", start) + 1)
    _, said = find_statement(span, READ.statements)
    cited = Citation(1, ARTICLE, span, *((said.speaker, said.voice, said.via) if said else ()))
    evidence = [EvidenceReader(extract_article).read(cited)]
    return read_case(claim, evidence, language, known, lambda word, others: 0.0)


@pytest.mark.parametrize(
    ("claim", "language", "words", "rule"),
    [
        ("Finance Minister Tilo Marbach praised the treaty.", "en", "Außenminister", "office"),
        ("Министр финансов Тило Марбах похвалил договор.", "ru", "Außenminister", "office"),
        ("Tilo Marbach, the mayor, praised the treaty.", "en", "Außenminister", "office"),
        ("President Arvid Sollner opened the market.", "en", "Vizepräsident", "office"),
        ("Nearly all of the dykes have cracks.", "en", "Ein Fünftel", "quantifier"),
        ("Почти все дамбы в трещинах.", "ru", "Ein Fünftel", "quantifier"),
        ("The lock was damaged.", "en", "Ob die Schleuse", "open"),
        ("Die Schleuse war beschädigt.", "de", "Ob die Schleuse", "open"),
        ("It was ten degrees at night.", "en", "Nachts", "number"),
        ("Ночью было десять градусов.", "ru", "Nachts", "number"),
        ("Harbour chief Ebba Kroll said the ferry would leave on time.", "en", "Die Fähre", "speaker"),
        ("Der Rat erteilte Erlaubnis.", "de", "Der Rat", "negation"),
    ],
)  # fmt: skip
def test_what_is_surely_false_is_vetoed(claim, language, words, rule):
    verdict = find_veto(case_of(claim, words, language))
    assert verdict is not None
    assert verdict.rule == rule, verdict


@pytest.mark.parametrize(
    ("claim", "language", "words", "rule"),
    [
        ("Police confirmed that fishermen set the fire.", "en", "Die Polizei", "proof"),
        ("Полиция доказала, что пожар устроили рыбаки.", "ru", "Die Polizei", "proof"),
        ("The council gave permission.", "en", "Der Rat", "negation"),
        ("The ferry will leave on time.", "en", "Die Fähre", "speech"),
    ],
)
def test_what_may_be_false_is_doubted_and_not_vetoed(claim, language, words, rule):
    case = case_of(claim, words, language)
    assert find_veto(case) is None
    assert find_doubt(case).rule == rule


@pytest.mark.parametrize(
    ("claim", "language", "words"),
    [
        ("The Foreign Ministry said talks cannot be held at present.", "en", "Gespräche"),
        ("Foreign Minister Marbach praised the treaty with Orsin.", "en", "Außenminister"),
        ("Министр иностранных дел Тило Марбах похвалил договор с Орсином.", "ru", "Außenminister"),
        (
            "Dorlach told the news agency Tarn that the ferry would leave on time.",
            "en",
            "Die Fähre",
        ),
        ("Der Rat hat die Erlaubnis nicht erteilt.", "de", "Der Rat"),
        ("Twenty percent of the dykes have cracks.", "en", "Ein Fünftel"),
        ("Jeder fünfte Deich hat Risse.", "de", "Ein Fünftel"),
        ("Whether the lock was damaged is still being examined.", "en", "Ob die Schleuse"),
        ("It was ten degrees below zero at night.", "en", "Nachts"),
        ("Police suspect that fishermen set the fire.", "en", "Die Polizei"),
        ("Vice President Arvid Sollner opened the market.", "en", "Vizepräsident"),
    ],
)
def test_what_is_true_is_neither_vetoed_nor_doubted(claim, language, words):
    case = case_of(claim, words, language)
    assert (find_veto(case), find_doubt(case)) == (None, None)


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("x", "en"), ("Ja.", "de"), ("Marbach.", "de"), ("Tilo Marbach", "en"), ("Да.", "ru"),
        ("# Streit um die Fähre", "de"), ("Streit um Orsin", "de"), ("Zur Lage im Hafen:", "de"),
        ("The Foreign Minister of Orsin", "en"),
    ],
)  # fmt: skip
def test_a_claim_that_says_nothing_is_told_so(claim, language):
    verdict = check_content(case_of(claim, "Außenminister", language))
    assert verdict is not None
    assert (verdict.label, verdict.rule) == ("not_enough_info", "content")
    assert say_fault(verdict.reason, "de")[0] == "Der Satz sagt nichts, was sich prüfen lässt"
    assert say_fault(verdict.reason, "ru")[1] == "ru"


@pytest.mark.parametrize(
    ("claim", "language"),
    [
        ("Marbach lobte Orsin.", "de"), ("He resigned.", "en"), ("Es brennt.", "de"),
        ("Orsin ist Mitglied.", "de"), ("Марбах ушёл.", "ru"), ("2026", "de"),
        ("Marbach praised it.", "en"), ("40 Boote", "de"),
    ],
)  # fmt: skip
def test_a_short_claim_that_says_something_is_checked(claim, language):
    found = check_content(case_of(claim, "Außenminister", language))
    assert (found is None) == (len(claim.split()) > 1)


def test_another_name_is_no_spelling_of_it():
    for one, other in (("Merkant", "Meckant"), ("Blinker", "Blinken"), ("Habrecht", "Harbecht")):
        assert not same_word(one, other), (one, other)
    for one, other in (
        ("Larow", "Larov"), ("Ларов", "Larow"), ("Morvenien", "Morvenia"), ("Orsiner", "Orsin"),
        ("Minister", "Ministers"),
    ):  # fmt: skip
        assert same_word(one, other), (one, other)
