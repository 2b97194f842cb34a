"""Which names of a claim bear a veto: those that are sure to be names, and no other."""

from datetime import date

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.case import read_case
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.rules import find_veto


def find_rule(text, claim, language):
    article = Article(
        "meldung", "Meldung", text, hash_text(text), language="de",
        published=date(2026, 1, 29), published_precision="day",
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
