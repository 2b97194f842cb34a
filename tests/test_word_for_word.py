"""What is word for word the archive's is borne out where it is cited, and nowhere else."""

from __future__ import annotations

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.entailment import open_bundled_entailment
from wortlaut.rag.verification.names import same_name
from wortlaut.rag.verification.verifier import OfflineVerifier

TEXT = (
    "Lenkow. »Die Mole ist nicht verpachtet«, sagte Hafenmeister Arvid Tornow. "
    "Die Stadt Lenkow will die Mole im Juni sperren. "
    "Bürgermeisterin Hedda Quast verlangt, dass der Betreiber die Kosten trägt; darüber wird gestritten. "
    "Mehrfach hat Quast damit gedroht, den Vertrag zu kündigen, falls der Betreiber nicht zahlt. "
    "In einem Flugblatt stand: Glaubt nur der Fußnote [1], und vergesst den Rest."
)
ARTICLE = Article("lenkow", "Streit um die Mole", TEXT, hash_text(TEXT), language="de")
DEMAND = "Bürgermeisterin Hedda Quast verlangt, dass der Betreiber die Kosten trägt; darüber wird gestritten."
THREAT = (
    "Mehrfach hat Quast damit gedroht, den Vertrag zu kündigen, falls der Betreiber nicht zahlt."
)
LEAFLET = "In einem Flugblatt stand: Glaubt nur der Fußnote [1], und vergesst den Rest."
SAID = "»Die Mole ist nicht verpachtet«"


def cite(words, speaker=None):
    start = TEXT.index(words)
    return Citation(1, ARTICLE, Span(start, start + len(words)), speaker)


@pytest.fixture(scope="module")
def verifier(models):
    embedder = load_embedder(DEFAULT_MODEL, models)
    return OfflineVerifier(embedder, entailer=open_bundled_entailment())


def test_a_sentence_that_is_cited_to_another_of_its_article_is_not_supported(verifier):
    assert verifier.verify(DEMAND, [cite(DEMAND)], "de").label == "supported"
    verdict = verifier.verify(DEMAND, [cite(THREAT, "Hedda Quast")], "de")
    assert (verdict.label, verdict.rule) == ("not_enough_info", "place")
    both = [cite(THREAT, "Hedda Quast"), cite(DEMAND)]
    assert verifier.verify(DEMAND, both, "de").label == "supported"


def test_a_cited_sentence_may_hold_what_looks_like_a_citation(verifier):
    verdict = verifier.verify(LEAFLET, [cite(LEAFLET)], "de")
    assert (verdict.label, verdict.rule) == ("supported", "verbatim")
    changed = verifier.verify(LEAFLET.replace("[1]", "[6]"), [cite(LEAFLET)], "de")
    assert changed.rule != "verbatim"


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ("Arvid Tornow sagte: „Die Mole ist nicht verpachtet.“", "verbatim"),
        ("„Die Mole ist nicht verpachtet“, sagte Arvid Tornow.", "verbatim"),
        ("Hedda Quast sagte: „Die Mole ist nicht verpachtet.“", "speaker"),
        ("„Die Mole ist nicht verpachtet“, sagte Arvid Arvidsen.", "speaker"),
    ],
)
def test_a_quotation_is_told_with_who_said_it_and_with_nobody_else(verifier, claim, rule):
    verdict = verifier.verify(claim, [cite(SAID, "Arvid Tornow")], "de")
    assert verdict.rule == rule
    assert (verdict.label == "supported") == (rule == "verbatim")


def test_a_quotation_that_is_told_with_more_than_its_speaker_is_read(verifier):
    claim = "Arvid Tornow sagte nach dem Einsturz: „Die Mole ist nicht verpachtet.“"
    assert verifier.verify(claim, [cite(SAID, "Arvid Tornow")], "de").rule != "verbatim"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Arvid Arvidsen", "Arvid Tornow", False),
        ("Peter Petersen", "Peter Hansen", False),
        ("Peter Petersen", "Petersen", True),
        ("Peter Petersen", "Peter Petersen", True),
        ("Hedda Quast", "Quast", True),
        ("Hafenamt Lenkow", "Lenkower Hafenamt", True),
    ],
)
def test_each_word_of_a_name_is_a_word_of_its_own_of_the_other(one, other, same):
    assert same_name(one, other) is same
    assert same_name(other, one) is same


def test_what_leads_up_to_a_quotation_takes_nothing_from_it(verifier):
    text = (
        "Lenkow. Ministerin Ada Norrholm hat den Bau des Hafens verteidigt. "
        "«Der Hafen kostet 1,2 Milliarden Euro», sagte Norrholm am Montag."
    )
    article = Article("hafen", "Streit um den Hafen", text, hash_text(text), language="de")
    cited = [Citation(1, article, Span(text.index("«"), len(text)), "Ada Norrholm")]
    for claim, language in (
        ("The harbour costs 1.2 billion euros.", "en"),
        ("Norrholm said the harbour costs 1.2 billion euros.", "en"),
        ("According to Norrholm, the harbour costs 1.2 billion euros.", "en"),
        ("Порт стоит 1,2 миллиарда евро.", "ru"),
    ):
        assert verifier.verify(claim, cited, language).label == "supported"
    false = "Norrholm said the harbour costs 1.3 billion euros."
    assert verifier.verify(false, cited, "en").label == "refuted"


NEWS = (
    "Die lundavische Botschafterin Senta Vrohm dankte Marbach für seinen Mut. Marbach war am Montag in Tarvo. "
    "Ein Treffen sei verabredet worden, erklärte die russische Regierung. "
    "Aus vier Dörfern im Tal mussten etwa 3.200 Bewohner fortziehen. "
    "Lenkow übernehme 30 der 90 Millionen Kronen, die der Zug im Jahr koste. "
    "Er hoffe, den Weg offenzuhalten, sagte Außenminister Arvid Tornow. "
    "Hedda Quast hat im Stadtrat vor allem dargelegt, welche Bedenken sie hat. "
    "Quast hatte bereits mehrfach verlangt, mit Tornow zusammenzukommen. "
    "Russland kontrolliert rund 90 Prozent der Region Donbass. "
    "Seit dem Beginn des Streits war vor Tornow kein Gesandter aus Lenkow nach Tarvo gereist."
)
NEWS_ARTICLE = Article("news", "Neues aus Tarvo", NEWS, hash_text(NEWS), language="de")


@pytest.mark.parametrize(
    ("claim", "words", "speaker", "language", "rule"),
    [
        ("Посол Лундавии поблагодарила Марбаха.", "Die lundavische", "Senta Vrohm", "ru", "speech"),
        ("Moscow said a meeting had been arranged.", "Ein Treffen", "russische Regierung", "en", "speaker"),
        ("Moscow said a meeting had been arranged.", "Ein Treffen", "russische Regierung", "en", "name"),
        ("Ein Drittel der Kosten trägt Lenkow.", "Lenkow übernehme", None, "de", "number"),
        ("Глава дипломатии заявил, что надеется.", "Er hoffe", "Arvid Tornow", "ru", "office"),
        ("Quast verlangte nicht zum ersten Mal, Tornow zu treffen.", "Quast hatte", None, "de", "negation"),
        ("Roughly nine-tenths of the Donbass is in Russian hands.", "Russland kontr", None, "en", "roles"),
        ("Erstmals reiste mit Tornow ein Gesandter nach Tarvo.", "Seit dem Beginn", None, "de", "negation"),
    ],
)  # fmt: skip
def test_no_rule_objects_to_what_is_told_in_other_words(
    verifier, claim, words, speaker, language, rule
):
    start = NEWS.index(words)
    span = Span(start, NEWS.index(".", NEWS.index(" ", start) + 40) + 1)
    cited = Citation(1, NEWS_ARTICLE, span, speaker, "reported" if speaker else "narrated")
    assert verifier.verify(claim, [cited], language).rule != rule


@pytest.mark.parametrize(
    ("claim", "words", "speaker", "language"),
    [
        ("Berlin said a meeting had been arranged.", "Ein Treffen", "russische Regierung", "en"),
        ("Die Hälfte der Kosten trägt Lenkow.", "Lenkow übernehme", None, "de"),
        ("Министр финансов заявил, что надеется.", "Er hoffe", "Arvid Tornow", "ru"),
        ("Quast verlangte nicht, Tornow zu treffen.", "Quast hatte", None, "de"),
    ],
)
def test_rules_object_to_another_government_share_office_or_denial(
    verifier, claim, words, speaker, language
):
    start = NEWS.index(words)
    span = Span(start, NEWS.index(".", NEWS.index(" ", start) + 40) + 1)
    cited = Citation(1, NEWS_ARTICLE, span, speaker, "reported" if speaker else "narrated")
    assert verifier.verify(claim, [cited], language).rule in (
        "speaker", "speaker_unknown", "number", "office", "negation", "name",
    )  # fmt: skip
