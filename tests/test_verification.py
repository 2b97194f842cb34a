"""What is planned, conditional, of another country, or the opposite: one claim, one sentence."""

from datetime import date

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.verifier import OfflineVerifier

TEXT = (
    "Die Deiche von Aldora haben Risse. "
    "Sie seien im Winter gestopft worden, sagte Baurat Nolde Faring. "
    "Der Rat hat damit gedroht, die Werft gewaltsam zu räumen. "
    "Die Fischer kündigten für Samstag einen Umzug an, zu dem sie 300 Gäste erwarten. "
    "Sollte die Prüfung das bestätigen, müsse der Kanal geleert werden. "
    "Norwegische Schiffe halten den Leuchtturm seit März 2019 besetzt. "
    "Der Turm ist 48 Meter hoch. "
    "Die Werft hat im vergangenen Jahr 7 Millionen Taler Verlust gemacht. "
    "Die letzte Fähre war 2011 eingestellt worden. "
    "Klarheit gibt es in Wochen und nicht erst in Monaten. "
    "Die neue Fähre soll am 3. Mai ablegen."
)
ARTICLE = Article(
    "aldora", "Sorge um die Deiche von Aldora", TEXT, hash_text(TEXT), source="Aldorer Bote",
    language="de", published=date(2026, 1, 29), published_precision="day",
)  # fmt: skip


def cite(words, speaker=None, voice="narrated"):
    start = TEXT.index(words)
    end = TEXT.index(".", start + len(words)) + 1 if not words.endswith(".") else start + len(words)
    return Citation(1, ARTICLE, Span(start, end), speaker, voice)


THREAT = cite("Der Rat hat damit gedroht")
PARADE = cite("Die Fischer kündigten")
CANAL = cite("Sollte die Prüfung")
SHIPS = cite("Norwegische Schiffe")
TOWER = cite("Der Turm ist")
LOSS = cite("Die Werft hat im vergangenen")
FERRY = cite("Die letzte Fähre")
CLARITY = cite("Klarheit gibt es")
NEXT = cite("Die neue Fähre soll am 3. Mai ablegen.")
CRACKS = cite("Sie seien im Winter", "Nolde Faring", "reported")


@pytest.fixture(scope="module")
def verifier(models):
    return OfflineVerifier(load_embedder(DEFAULT_MODEL, models))


@pytest.mark.parametrize(
    ("claim", "citation", "language", "rule"),
    [
        ("Der Rat hat die Werft gewaltsam geräumt.", THREAT, "de", "mood"),
        ("The council has cleared the shipyard by force.", THREAT, "en", "mood"),
        ("Совет силой очистил верфь.", THREAT, "ru", "mood"),
        ("The fishermen held a parade with 300 guests on Saturday.", PARADE, "en", "mood"),
        ("The canal must be emptied.", CANAL, "en", "mood"),
        ("Der Kanal müsse geleert werden.", CANAL, "de", "mood"),
        ("Swedish ships have occupied the lighthouse since March 2019.", SHIPS, "en", "person"),
        ("Шведские корабли удерживают маяк с марта 2019 года.", SHIPS, "ru", "person"),
        ("Der Turm ist 48 Meter breit.", TOWER, "de", "word"),
        ("The shipyard made a profit of 7 million talers last year.", LOSS, "en", "opposite"),
        ("The shipyard lost 7 million talers this year.", LOSS, "en", "date"),
        ("The last ferry was opened in 2011.", FERRY, "en", "opposite"),
        ("Clarity will come in months, not weeks.", CLARITY, "en", "opposite"),
    ],
)
def test_a_changed_mood_country_or_opposite_is_refused(verifier, claim, citation, language, rule):
    verdict = verifier.verify(claim, [citation], language)
    assert (verdict.label != "supported", verdict.rule) == (True, rule), verdict


@pytest.mark.parametrize(
    ("claim", "citation", "language"),
    [
        ("The council has threatened to clear the shipyard by force.", THREAT, "en"),
        ("If the inspection confirms this, the canal must be emptied.", CANAL, "en"),
        ("Norwegian ships have occupied the lighthouse since March 2019.", SHIPS, "en"),
        ("The shipyard made a loss of 7 million talers last year.", LOSS, "en"),
        ("There will be clarity in weeks, not months.", CLARITY, "en"),
        ("The new ferry is to leave on 3 May.", NEXT, "en"),
        ("Die Risse seien im Winter gestopft worden, sagte Nolde Faring.", CRACKS, "de"),
    ],
)
def test_what_keeps_mood_country_and_side_is_not_refused_by_a_rule(
    verifier, claim, citation, language
):
    verdict = verifier.verify(claim, [citation], language)
    assert verdict.rule == "support" or verdict.label == "supported", verdict
