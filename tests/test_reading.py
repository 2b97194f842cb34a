"""One reading of a text: what the archive keeps of an article is what the verifier goes by."""

from datetime import date

import numpy as np
import pytest

from wortlaut.index.archive import Archive, EmbeddedPassage
from wortlaut.index.article import Article, Passage, ReadArticle, Span, hash_text
from wortlaut.index.embedder import DEFAULT_MODEL, load_embedder
from wortlaut.index.ingest import PIPELINE_VERSION
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation
from wortlaut.rag.assembly import open_verifier
from wortlaut.rag.verification.entailment import open_bundled_entailment
from wortlaut.rag.verification.verifier import OfflineVerifier

TEXT = (
    "Die Verteidigung sagte, Jonas Hellwig habe den Damm nie geprüft. "
    "Er habe nur das Ufer gesehen, sagte Anwältin Mira Talberg. "
    "Nach ersten Angaben hielt Nolde Faring den Damm für sicher."
)
ARTICLE = Article(
    "damm", "Streit um den Damm", TEXT, hash_text(TEXT), language="de",
    published=date(2026, 1, 29), published_precision="day",
)  # fmt: skip


def list_articles(archive):
    return [archive.read_article(row[0]) for row in archive.query("SELECT id FROM articles")]


def make_claims(archive):
    """Every statement and sentence of the archive as it stands, by its speaker and by another."""
    people = [name for name in archive.list_speakers() if " " in name]
    for article in list_articles(archive):
        read = extract_article(article)
        for number, said in enumerate(read.statements):
            other = people[number % len(people)]
            words = said.span.of(article.text)
            citation = Citation(1, article, said.span, said.speaker, said.voice, said.via)
            yield f"{other} sagte: {words}", citation
            yield f"{said.speaker or 'Er'} said that it is so.", citation
        for sentence in read.sentences[::3]:
            words = sentence.of(article.text).split()
            yield " ".join(words[:-2]) + ".", Citation(1, article, sentence)


@pytest.fixture(scope="module")
def archive(seeded):
    archive = Archive(seeded)
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def embedder(models):
    return load_embedder(DEFAULT_MODEL, models)


def refuse(*args, **options):
    raise AssertionError("an article of the archive is not read again")


def test_the_archive_gives_back_what_is_read_in_every_article(archive):
    articles = list_articles(archive)
    assert len(articles) > 10
    for article in articles:
        assert archive.recall_article(article, PIPELINE_VERSION) == extract_article(article)


def test_another_text_or_an_older_reading_is_not_recalled(archive):
    article = list_articles(archive)[0]
    changed = Article(article.id, article.title, TEXT, hash_text(TEXT))
    assert archive.recall_article(changed, PIPELINE_VERSION) is None
    assert archive.recall_article(article, "0") is None
    assert archive.recall_article(ARTICLE, PIPELINE_VERSION) is None


def test_a_sentence_kept_in_two_halves_is_not_recalled(tmp_path):
    def keep(*spans):
        passage = Passage("damm:0", "damm", 0, Span(0, spans[-1].end), spans)
        vectors = np.zeros((len(spans), 2), np.float32)
        archive.replace_article(ARTICLE, [EmbeddedPassage(passage, vectors[0], vectors)], [], "1")
        return archive.recall_article(ARTICLE, "1")

    archive = Archive(tmp_path)
    apart = (Span(0, 71), Span(72, 130))
    assert keep(*apart) == ReadArticle(apart, ())
    assert keep(Span(0, 30), Span(30, 71), Span(72, 130)) is None
    archive.close()


def test_the_verifier_over_an_archive_reads_no_article_again(archive, embedder, monkeypatch):
    claims = list(make_claims(archive))[::25]
    for name in (
        "wortlaut.index.reading.statements.extract_article",
        "wortlaut.index.reading.statements.split_segments",
    ):
        monkeypatch.setattr(name, refuse)
    verifier = open_verifier(archive, embedder)
    assert {verifier.verify(claim, [citation], "de").rule for claim, citation in claims} > {
        "speaker"
    }
    with pytest.raises(AssertionError, match="not read again"):
        verifier.verify("Der Damm hält.", [Citation(1, ARTICLE, Span(0, 71))], "de")


def test_the_verdicts_are_those_of_a_verifier_that_reads_for_itself(archive, embedder):
    kept = open_verifier(archive, embedder)
    own = OfflineVerifier(
        embedder,
        archive.list_speakers(),
        archive.read_sentence_vectors,
        entailer=open_bundled_entailment(),
    )
    rules = set()
    for claim, citation in list(make_claims(archive))[::7]:
        verdict = kept.verify(claim, [citation], "de")
        assert verdict == own.verify(claim, [citation], "de"), claim
        rules.add(verdict.rule)
    assert {"speaker", "support"} <= rules


@pytest.mark.parametrize(
    ("claim", "at", "is_refused"),
    [
        ("Die Verteidigung sagte, Jonas Hellwig habe den Damm nie geprüft.", 0, False),
        ("Jonas Hellwig sagte, er habe den Damm nie geprüft.", 0, True),
        ("Nolde Faring sagte, der Damm sei sicher.", 2, False),
    ],
)
def test_whom_the_article_only_calls_by_a_noun_is_not_whom_it_names(
    embedder, claim, at, is_refused
):
    span = extract_article(ARTICLE).sentences[at]
    verdict = OfflineVerifier(embedder).verify(claim, [Citation(1, ARTICLE, span)], "de")
    assert (verdict.rule == "speaker") is is_refused, verdict
