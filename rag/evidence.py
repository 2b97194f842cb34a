"""Query -> the archive's sentences that may answer it, each with who says it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.article import Article, Span, Statement
from wortlaut.index.lang.words import Language, make_terms
from wortlaut.index.reading.people import Offices, People
from wortlaut.rag.confidence import judge_passages, judge_topic
from wortlaut.rag.retriever import Retriever, ScoredSentence
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import OPEN, Window

EVERY_PASSAGE = 20_000
_POOL = 50
_QUOTED_PASSAGES = 12
_SPEAKER_POOL = 100
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
    """A sentence, or a person's part of it, with its `score` and the statement it stands in.

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

    @property
    def speaker(self) -> str | None:
        """Who says it, as the article has the name."""
        return self.statement.speaker if self.statement else None


class EvidenceFinder:
    """Finds evidence: asked for a speaker, only that speaker's statements."""

    def __init__(self, archive: Archive, retriever: Retriever) -> None:
        self._archive = archive
        self._retriever = retriever
        self._people = (-1, People([]))
        self._offices = (-1, Offices([], People([])))

    def list_people(self) -> People:
        """Who speaks in the archive; read once for each state of it."""
        generation = self._archive.generation
        if self._people[0] != generation:
            self._people = (generation, People(self._archive.list_speakers()))
        return self._people[1]

    def list_spellings(self, names: Sequence[str]) -> tuple[str, ...]:
        """Every name in the archive that is one of these persons'."""
        people, offices = self.list_people(), self._read_offices()
        listed = (offices.list_spellings(n) or people.list_spellings(n) for n in names)
        return tuple(dict.fromkeys(spelling for some in listed for spelling in some))

    def find_holders(self, phrase: str) -> list[str]:
        """The speakers whose office the words ask for, in any of the languages; best first."""
        return self._read_offices().find(phrase)

    def _read_offices(self) -> Offices:
        """Who holds which office; read once for each state of the archive."""
        generation = self._archive.generation
        if self._offices[0] != generation:
            offices = Offices(self._archive.list_offices(), self.list_people())
            self._offices = (generation, offices)
        return self._offices[1]

    def find(self, query: Query, source: str | None = None, fixed: Window = OPEN) -> list[Evidence]:
        """The evidence, best first; nothing outside the query's window.

        A bare year in a question of fact may be the event's: where nothing was published in it,
        all that the `fixed` window admits is looked at.
        """
        if query.window.is_empty:
            return []
        if query.speakers:
            return self.find_statements(query, source)
        evidence = self._find_facts(query, query.window, source)
        if not evidence and query.window != fixed and query.stated.is_bare_year:
            evidence = self._find_facts(query, fixed, source)
        # An office that nobody here is known to hold is asked for like an unknown name.
        return _keep_about(query.unknown_speakers or query.offices, evidence)

    def find_statements(
        self, query: Query, source: str | None = None, pool: int = _SPEAKER_POOL
    ) -> list[Evidence]:
        """The speakers' statements, those nearest the topic first; without a topic, by date.

        With a topic those of the best `pool` passages.
        """
        window = query.window
        speakers = self.list_spellings(query.speakers)
        selection = Selection(window.since, window.until, source, speakers)
        words = query.topic or query.text
        probe = self._retriever.probe(_phrase_topic(query), words, query.language)
        found = self._retriever.rank(probe, pool if query.topic else EVERY_PASSAGE, selection)
        sentences = self._retriever.list_sentences(probe, found)
        theirs = [
            (item, sentence)
            for item, sentence in self._attribute(sentences, frozenset(speakers))
            if item.statement is not None
        ]
        nearest: dict[str, float] = {}
        for sentence in sentences:
            identity = sentence.article.id
            nearest[identity] = max(nearest.get(identity, -math.inf), sentence.distinction)
        evidence = []
        for item, sentence in theirs:
            near = nearest[item.article.id]
            sure = judge_topic(
                sentence.distinction, near, sentence.coverage, len(theirs), query.language
            )
            evidence.append(replace(item, confidence=sure if query.topic else 1.0))
        if not query.topic:
            oldest_first = query.order == "oldest"
            evidence.sort(key=lambda e: e.article.published or date.min, reverse=not oldest_first)
        return _drop_repeats(evidence)

    def _find_facts(self, query: Query, window: Window, source: str | None) -> list[Evidence]:
        selection = Selection(window.since, window.until, source)
        probe = self._retriever.probe(query.text, query.text, query.language)
        found = self._retriever.rank(probe, _POOL, selection)
        background = self._retriever.compare_background(probe)
        sure = judge_passages(found, background, query.language)
        sentences = self._retriever.list_sentences(probe, found[:_QUOTED_PASSAGES])
        evidence = [replace(item, confidence=sure) for item, _ in self._attribute(sentences)]
        if query.kind == "who":
            evidence = [item for item in evidence if item.speaker] or evidence
        return _drop_repeats(evidence)

    def _attribute(
        self, sentences: Sequence[ScoredSentence], wanted: frozenset[str] = frozenset()
    ) -> list[tuple[Evidence, ScoredSentence]]:
        statements: dict[str, list[Statement]] = {}
        evidence = []
        for sentence in sentences:
            article = sentence.article
            if article.id not in statements:
                statements[article.id] = self._archive.read_statements(article.id)
            span, statement = find_statement(sentence.span, statements[article.id], wanted)
            evidence.append((Evidence(article, span, sentence.score, 0.0, statement), sentence))
        return evidence


def find_statement(
    span: Span, statements: Sequence[Statement], wanted: frozenset[str] = frozenset()
) -> tuple[Span, Statement | None]:
    """What to quote of the sentence, and the statement it is: by one of `wanted`, if any are.

    A sentence that holds another person's words too is quoted for one only as far as that one's
    go; quoted whole, it is a report without a speaker.
    """
    fitting = [
        statement
        for statement in statements
        if _fills(statement.span, span) and (not wanted or statement.speaker in wanted)
    ]
    if not fitting:
        return span, None
    best = max(fitting, key=lambda statement: statement.span.overlap(span))
    if all(s.speaker == best.speaker for s in statements if s.span.overlap(span)):
        return span, best
    if wanted:
        return Span(max(span.start, best.span.start), min(span.end, best.span.end)), best
    return span, replace(best, speaker=None, speaker_span=None, via=None, is_person=False)


def _fills(statement: Span, sentence: Span) -> bool:
    """Whether the sentence holds most of the statement, or is a third of it at least."""
    shared = statement.overlap(sentence)
    return shared > 0 and (shared * 3 >= len(sentence) or shared * 2 >= len(statement))


def _keep_about(names: Sequence[str], evidence: Sequence[Evidence]) -> list[Evidence]:
    """For names of nobody who speaks here, the sentences that hold them and are no person's.

    "Was fordert Russland?" has no statement by a person; but what somebody says of Russia is not
    what Russia demands.
    """
    if not names:
        return list(evidence)
    wanted = [terms for name in names if (terms := set(make_terms(name)))]
    return [
        item
        for item in evidence
        if (item.statement is None or not item.statement.is_person)
        and any(terms <= set(make_terms(item.quote)) for terms in wanted)
    ]


def _phrase_topic(query: Query) -> str:
    if not query.topic:
        return query.text
    return _SAID_ABOUT[query.language].format(topic=query.topic)


def _drop_repeats(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence without sentences whose very words by the same speaker came before."""
    seen: set[tuple[str | None, str]] = set()
    kept = []
    for item in evidence:
        key = (item.speaker, item.quote)
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept
