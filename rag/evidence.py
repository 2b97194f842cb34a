"""Query -> the archive's sentences that may answer it, each with who says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.archive import Archive
from index.article import Article, Span, Statement
from index.people import People
from index.selection import Selection
from rag.confidence import judge_passages, judge_topic
from rag.language import Language
from rag.query import Query
from rag.retriever import Retriever, ScoredSentence
from rag.understanding.timewindow import OPEN, Window

_POOL = 50
_QUOTED_PASSAGES = 12
_SPEAKER_POOL = 100
_OWN_WEIGHT = 0.6
# Who speaks is settled by the index: the name would only pull towards his other statements. On
# the speaker questions of `seeds/`, first right .61 with the question, .75 with the bare topic,
# .82 with topic and this; told apart from topics of other countries: AUROC .60, .97, .99.
_SAID_ABOUT: dict[Language, str] = {
    "en": "What was said about {topic}?",
    "de": "Was wurde über {topic} gesagt?",
    "ru": "Что было сказано о {topic}?",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence with its `score` and the statement it stands in, if it is one.

    `confidence` in [0, 1] says how sure it is that the sentence is to the point; for a question
    of fact that is judged of all evidence together.
    """

    article: Article
    span: Span
    score: float
    confidence: float
    statement: Statement | None

    @property
    def quote(self) -> str:
        """The article's exact words."""
        return self.span.of(self.article.text)


class EvidenceFinder:
    """Finds evidence: asked for a speaker, only that speaker's statements."""

    def __init__(self, archive: Archive, retriever: Retriever) -> None:
        self._archive = archive
        self._retriever = retriever
        self._people = (-1, People([]))

    def list_people(self) -> People:
        """Who speaks in the archive; read once for each state of it."""
        generation = self._archive.generation
        if self._people[0] != generation:
            self._people = (generation, People(self._archive.list_speakers()))
        return self._people[1]

    def list_spellings(self, names: Sequence[str]) -> tuple[str, ...]:
        """Every name in the archive that is one of these persons'."""
        people = self.list_people()
        return tuple(dict.fromkeys(s for name in names for s in people.list_spellings(name)))

    def find(self, query: Query, source: str | None = None, fixed: Window = OPEN) -> list[Evidence]:
        """The evidence, best first; nothing outside the query's window.

        A year in a question of fact may be the event's: where nothing was published in it, all
        that the `fixed` window admits is looked at.
        """
        nobody_known = query.unknown_speakers and not query.speakers
        if query.window.is_empty or nobody_known:
            return []
        if query.speakers:
            return self.find_statements(query, source)
        evidence = self._find_facts(query, query.window, source)
        if not evidence and query.window != fixed:
            evidence = self._find_facts(query, fixed, source)
        return evidence

    def find_statements(
        self, query: Query, source: str | None = None, pool: int = _SPEAKER_POOL
    ) -> list[Evidence]:
        """The speakers' statements, those nearest the topic first; without a topic, the newest.

        Those of the best `pool` passages.
        """
        window = query.window
        speakers = self.list_spellings(query.speakers)
        selection = Selection(window.since, window.until, source, speakers)
        probe = self._retriever.probe(_phrase_topic(query), query.topic or query.text)
        found = self._retriever.rank(probe, pool, selection)
        background = self._retriever.compare_background(probe)
        wanted = set(speakers)
        evidence = []
        for item, sentence in self._attribute(self._retriever.list_sentences(probe, found)):
            if item.statement is None or item.statement.speaker not in wanted:
                continue
            cosine = _OWN_WEIGHT * sentence.cosine + (1 - _OWN_WEIGHT) * sentence.passage_cosine
            sure = judge_topic(cosine, background) if query.topic else 1.0
            evidence.append(replace(item, confidence=sure))
        if not query.topic:
            evidence.sort(key=lambda e: e.article.published or date.min, reverse=True)
        return _drop_repeats(evidence)

    def _find_facts(self, query: Query, window: Window, source: str | None) -> list[Evidence]:
        selection = Selection(window.since, window.until, source)
        probe = self._retriever.probe([query.text], query.text)
        found = self._retriever.rank(probe, _POOL, selection)
        background = self._retriever.compare_background(probe)
        sure = judge_passages(found, background, query.language)
        sentences = self._retriever.list_sentences(probe, found[:_QUOTED_PASSAGES])
        evidence = [replace(item, confidence=sure) for item, _ in self._attribute(sentences)]
        if query.kind == "who":
            evidence = [e for e in evidence if e.statement and e.statement.speaker] or evidence
        return _drop_repeats(evidence)

    def _attribute(
        self, sentences: Sequence[ScoredSentence]
    ) -> list[tuple[Evidence, ScoredSentence]]:
        statements: dict[str, list[Statement]] = {}
        evidence = []
        for sentence in sentences:
            article = sentence.article
            if article.id not in statements:
                statements[article.id] = self._archive.read_statements(article.id)
            statement = _find_statement(sentence.span, statements[article.id])
            item = Evidence(article, sentence.span, sentence.score, 0.0, statement)
            evidence.append((item, sentence))
        return evidence


def _phrase_topic(query: Query) -> list[str]:
    if not query.topic:
        return [query.text]
    return [query.topic, _SAID_ABOUT[query.language].format(topic=query.topic)]


def _find_statement(span: Span, statements: Sequence[Statement]) -> Statement | None:
    """The statement that covers most of the sentence, and at least a third of it."""
    best = max(statements, key=lambda statement: statement.span.overlap(span), default=None)
    if best is None or best.span.overlap(span) * 3 < len(span):
        return None
    others = {
        statement.speaker
        for statement in statements
        if statement.speaker != best.speaker and statement.span.overlap(span) * 3 >= len(span)
    }
    # Two persons' words in one sentence: to quote it for one would put the other's in his mouth.
    return None if others else best


def _drop_repeats(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without sentences whose very words came before, as in reprints."""
    seen: set[str] = set()
    kept = []
    for item in evidence:
        if item.quote not in seen:
            seen.add(item.quote)
            kept.append(item)
    return kept
