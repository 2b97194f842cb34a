"""What bears a veto: names that are surely names, and numbers beyond what their bounds allow."""

from datetime import date

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.case import read_case
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.rules import find_veto


def find_rule(text, claim, language, published=date(2026, 1, 29)):
    article = Article(
        "meldung", "Meldung", text, hash_text(text), language="de",
        published=published, published_precision="day" if published else "unknown",
    )  # fmt: skip
    citation = Citation(1, article, Span(0, len(text)))
    evidence = [EvidenceReader(extract_article).read(citation)]
    case = read_case(claim, evidence, language, frozenset(), lambda *_: 0.0)
    veto = find_veto(case)
    return veto and veto.rule


COUNT = "Das Statistische Bundesamt teilte mit, die Preise seien gesunken."
SPOKESMAN = "Ein Sprecher des Innenministeriums sagte, der Zaun werde repariert."
WHITE_HOUSE = "Das Weiße Haus lehnte den Plan ab."
BANK = "Die EZB lässt den Zins unverändert."
FUND = "Der IWF warnt vor Schulden."
CHAMBER = "Der Bundestag lehnte den Plan am Freitag ab."
STATE = "Die Bundesregierung will den Vertrag verlängern."
TALKS = "Die Gespräche in Genf sollen am Montag beginnen."
VISIT = "Der frühere Präsident Ulo Kant kam am vergangenen Donnerstag (22. Januar) nach Köln."
CLAIMED = "Der Abgeordnete Horst Stein (SPD) lobte den Trainer Tom Reiter."


@pytest.mark.parametrize(
    ("text", "claim", "language"),
    [
        (COUNT, "Prices have fallen, the Federal Statistical Office said.", "en"),
        (COUNT, "По данным Федерального статистического ведомства, цены снизились.", "ru"),
        (
            SPOKESMAN,
            "A spokesman for the Interior Ministry said the fence would be repaired.",
            "en",
        ),
        (SPOKESMAN, "По словам представителя МВД, забор починят.", "ru"),
        (WHITE_HOUSE, "The White House rejected the plan.", "en"),
        (WHITE_HOUSE, "Белый дом отклонил план.", "ru"),
        (BANK, "The European Central Bank leaves the interest rate unchanged.", "en"),
        (FUND, "The IMF warns of debts.", "en"),
        (FUND, "МВФ предостерегает от долгов.", "ru"),
        (STATE, "The German government wants to extend the treaty.", "en"),
        (STATE, "Правительство Германии хочет продлить договор.", "ru"),
        (TALKS, "The talks in Switzerland are to begin on Monday.", "en"),
        (VISIT, "Last Thursday (January 22) the former president came to Cologne.", "en"),
        (VISIT, "Former President Ulo Kant came to Cologne.", "en"),
        (CLAIMED, "The SPD deputy Horst Stein praised the coach.", "en"),
    ],
)
def test_what_another_language_calls_otherwise_is_no_strange_name(text, claim, language):
    assert find_rule(text, claim, language) is None


@pytest.mark.parametrize(
    ("text", "claim", "language", "rule"),
    [
        (CLAIMED, "Horst Stein (FDP) praised the coach.", "en", "name"),
        (CLAIMED, "Stein praised the coach Tim Reiter.", "en", "name"),
        (CLAIMED, "Peter Stein praised the coach.", "en", "name"),
        (VISIT, "Ulo Kant came to Dusseldorf on Thursday.", "en", "person"),
        (CHAMBER, "The Bundesrat rejected the plan.", "en", "name"),
    ],
)  # fmt: skip
def test_another_person_town_or_party_is_vetoed(text, claim, language, rule):
    assert find_rule(text, claim, language) == rule


BOOK = "Das Buch kostet gut 80 Euro."
RIDE = "Die Fahrt dauert knapp zwei Stunden."
BOATS = "Höchstens 40 Boote dürfen fahren."
LAKE = "Der See ist rund 83,6 Meter tief."


@pytest.mark.parametrize(
    ("text", "claim", "language"),
    [
        (BOOK, "The book costs just over 80 euros.", "en"),
        (BOOK, "The book costs more than 80 euros.", "en"),
        (BOOK, "Книга стоит чуть более 80 евро.", "ru"),
        (BOOK, "The book costs about 80 euros.", "en"),
        (RIDE, "The ride takes just under two hours.", "en"),
        (RIDE, "The ride takes less than two hours.", "en"),
        (RIDE, "Поездка длится почти два часа.", "ru"),
        (BOATS, "A maximum of 40 boats may sail.", "en"),
        ("Die Wahl war um 6.15 Uhr vorbei.", "The vote was over at a quarter past six.", "en"),
    ],
)
def test_gut_and_knapp_are_bounds_of_either_kind(text, claim, language):
    assert find_rule(text, claim, language) is None


@pytest.mark.parametrize(
    ("text", "claim", "rule"),
    [
        (BOOK, "The book costs just under 80 euros.", "bound"),
        (RIDE, "The ride takes more than two hours.", "bound"),
        (BOATS, "More than 30 boats may sail.", "number"),
        (LAKE, "The lake is around 86.3 metres deep.", "number"),
        ("Es kamen 5.000 Besucher.", "Around 5,500 visitors came.", "number"),
    ],
)
def test_about_reaches_as_far_as_the_number_is_rounded(text, claim, rule):
    assert find_rule(text, claim, "en") == rule
