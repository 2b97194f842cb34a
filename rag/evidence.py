"""Query -> the archive's sentences that may answer it, each with who says it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from wortlaut.index.archive import Archive, Selection, count_spoken, list_openings
from wortlaut.index.article import Article, Span, Statement
from wortlaut.index.errors import DamagedArticle
from wortlaut.index.lang.offices import read_office
from wortlaut.index.lang.roles import names_relative
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language, find_runs, fold, make_terms, read_function_words
from wortlaut.index.reading.people import People
from wortlaut.index.splitter import is_headline
from wortlaut.index.twins.origins import Origin, PrintedArticle, Supersession, read_origins
from wortlaut.rag.askedwords import (
    find_asked_names,
    list_german_names,
    measure_held,
    read_asked_words,
)
from wortlaut.rag.confidence import (
    judge_passages,
    judge_reading,
    judge_statement,
    judge_topic,
    list_margins,
)
from wortlaut.rag.prints import (
    drop_reprints,
    find_counterpart,
    keep_one_print,
    list_holding,
)
from wortlaut.rag.reader import LEAST_MARGIN, Page, PageReading, Reader
from wortlaut.rag.retriever import Probe, Retriever, ScoredPassage, ScoredSentence
from wortlaut.rag.roster import Roster
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window, may_tell, rate_times
from wortlaut.rag.wording import format_date

EVERY_PASSAGE = 20_000
_POOL = 50
_QUOTED_PASSAGES = 12
# So much further is looked where half of what was found is other prints of the rest.
_WIDER = 4
# Reading is what a question of fact costs: .15 s of CPU for 180 pieces (AVX2). Where nothing in the
# first passages answers surely, as many more are read.
_READ_PASSAGES, _READ_AT_MOST = 4, 8
_SURELY_ANSWERED = 4.0
# What a unit of margin adds to a passage's score, and again to that of the sentence it is in.
# MLQA, R@1 with a reader that never saw it, 97 questions each: DE .680 -> .742, EN .629 -> .649.
_PASSAGE_MARGIN_WEIGHT = 0.003
_MARGIN_WEIGHT = 0.003
# Of a person's statements the likeliest are read where they are neither surely on the topic nor
# surely not, and hold none of its words.
_READ_STATEMENTS = 2
_DOUBT = (0.1, 0.65)
_SURELY_HELD = 0.9
_SPEAKER_POOL = 100
# "The police" of two articles may be two: what this much less surely is on the topic, is another's.
_ONE_BODY = 0.75
_MOST_LISTED = 50
_MOST_BY_DATE = 100
# For each sentence that is quoted so many articles are read first: mostly they are enough.
_BY_DATE_A_QUOTE = 4
# From this share of a headline's confidence on what the same person says below it is quoted.
_AS_SURE = 0.6
# So surely a headline must answer, and so much more surely than the text below it. The reader has
# it for the title too, and finds an answer in the title's copy less sure than elsewhere.
_HEADLINE_MARGIN, _HEADLINE_LEAD = -5.0, 4.0
# A word of so many letters is told from others by its first eight.
_LONG_WORD, _OPENING = 10, 8
# What naming the time of the event that is asked for adds to a passage's or a sentence's score.
_EVENT_WEIGHT = 0.04
_EVENT_SENTENCE_WEIGHT = 0.12
# What it adds to a passage's score, for a follow-up, that its article has just been quoted.
_TOLD_WEIGHT = 0.06
# Who speaks is settled by the index: the name would only pull towards his other statements. On
# the speaker questions of `seeds/`, first right .61 with the question, .75 with the bare topic,
# .82 with topic and this; told apart from topics of other countries: AUROC .60, .97, .99.
_SAID_ABOUT: dict[Language, str] = {
    "en": "What was said about {topic}?",
    "de": "Was wurde über {topic} gesagt?",
    "ru": "Что было сказано о {topic}?",
}


# What may stand between somebody's name and the institution's: "von der".
_LINKS = match_any(sorted(read_function_words("office-link")))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, or a person's part of it, with its `score` and the statement it stands in.

    `confidence` in [0, 1] says how sure it is that the sentence is to the point; for a question
    of fact that is judged of all evidence together. `answer` are the words in the article that
    answer, where a reader found some. `origin` is the story, where it has other prints; of them
    `also_in` hold the quote too.
    """

    article: Article
    span: Span
    score: float
    confidence: float
    statement: Statement | None
    answer: Span | None = None
    origin: Origin | None = None
    also_in: tuple[PrintedArticle, ...] = ()

    @property
    def superseded_by(self) -> Supersession | None:
        """The correction or newer version that stands in place of the article."""
        return self.origin.superseded_by if self.origin else None

    @property
    def quote(self) -> str:
        """The article's exact words."""
        return self.span.of(self.article.text)

    @property
    def speaker(self) -> str | None:
        """Who says it, as the article has the name."""
        return self.statement.speaker if self.statement else None


# What was found for one question, by all that it depends on: what is asked again is not looked for.
FoundFacts = MutableMapping[tuple[object, ...], "list[Evidence]"]


class EvidenceFinder:
    """Finds evidence: asked for a speaker, only that speaker's statements.

    `quotes` is the most that an answer quotes.
    """

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        open_reader: Callable[[], Reader | None] = lambda: None,
        quotes: int = _MOST_BY_DATE,
    ) -> None:
        self._archive = archive
        self._quotes = quotes
        self._retriever = retriever
        self._open_reader = cache(open_reader)
        self.roster = Roster(archive)

    def list_people(self) -> People:
        """Who speaks in the archive."""
        return self.roster.list_people()

    def list_spellings(self, names: Sequence[str]) -> tuple[str, ...]:
        """Every name in the archive that is one of these persons'."""
        return self.roster.list_spellings(names)

    def count(self, selection: Selection) -> int:
        """How many articles are selected."""
        return self._retriever.count(selection)

    def find_holders(self, phrase: str) -> list[str]:
        """The speakers whose office the words ask for, in any of the languages; best first."""
        return self.roster.list_offices().find(phrase)

    def list_absent(self, query: Query) -> list[str]:
        """The names in the topic, or in a question of fact, that no article holds in any spelling."""
        text = query.topic
        if not query.speakers:
            # A question's first word has its capital for being the first.
            text = (query.own or query.text).partition(" ")[2]
        speakers = query.unknown_speakers
        others = find_asked_names(text, query.language)
        names = [*speakers, *(n for n in others if not any(n in speaker for speaker in speakers))]
        return [name for name in names if not self._retriever.lexicon.names_any_article(name)]

    def find(
        self,
        query: Query,
        source: str | None = None,
        told: Sequence[str] = (),
        known: FoundFacts | None = None,
        skip: int = 0,
    ) -> list[Evidence]:
        """The evidence, best first; nothing outside the query's window.

        A story that has many prints is quoted from one of them, what was corrected last. `told`
        are the ids of the articles that the conversation has just quoted: a question that follows
        is about them rather than about others. `known` keeps what was found for the same question;
        so many as `skip` will be passed over.
        """
        if query.window.is_empty:
            return []
        if query.lists:
            return self._settle(self._list_articles(query, source), query, source)
        if query.speakers:
            return self.find_statements(query, source, skip=skip)
        return self._settle(self._find_about(query, source, told, known), query, source)

    def _find_about(
        self, query: Query, source: str | None, told: Sequence[str], known: FoundFacts | None
    ) -> list[Evidence]:
        """What answers a question of fact, or tells about somebody who does not speak here."""
        if any(names_relative(word) for name in query.offices for word in name.lower().split()):
            return []  # "her brother": nothing says whose brother an article means
        evidence = self._find_facts_once(query, source, told, {} if known is None else known)
        # An office that nobody here is known to hold is asked for like an unknown name.
        asked = query.unknown_speakers or query.offices
        names = [form for name in asked for form in list_german_names(name, query.language)]
        kept = _keep_about(names, evidence, frozenset(self.roster.list_spokesmen(names)))
        return self._judge_topic_too(query, kept) if kept and names and query.topic else kept

    def find_statements(
        self,
        query: Query,
        source: str | None = None,
        pool: int = _SPEAKER_POOL,
        skip: int = 0,
    ) -> list[Evidence]:
        """The speakers' statements, those nearest the topic first; without a topic, by date.

        With a topic those of the best `pool` passages.
        """
        window = query.window
        speakers = self.list_spellings(query.speakers)
        selection = Selection(window.since, window.until, source, speakers)
        if query.topic or pool >= EVERY_PASSAGE:
            return self._find_said(query, source, selection, pool)
        # Of what many articles tell only the first or last are quoted.
        oldest = query.order == "oldest"
        within = self._retriever.list_by_date(selection, _MOST_BY_DATE, oldest=oldest)
        wanted = skip + self._quotes
        first = within[: _BY_DATE_A_QUOTE * wanted]
        if len(first) < len(within) and not query.further:
            few = replace(selection, within=tuple(first))
            evidence = self._find_said(query, source, few, pool)
            others = frozenset(within) - frozenset(first)
            if _are_enough(evidence, others, wanted, oldest=oldest):
                return evidence
        selection = replace(selection, within=tuple(within))
        return self._find_said(query, source, selection, pool) if within else []

    def _find_said(
        self, query: Query, source: str | None, selection: Selection, pool: int
    ) -> list[Evidence]:
        """The statements that the selected speakers make in the selected articles."""
        speakers = selection.speakers
        words = query.topic or query.text
        probe = self._retriever.probe(_phrase_topic(query), words, query.language)
        found = self._rank(probe, pool if query.topic else EVERY_PASSAGE, selection)
        sentences = self._retriever.list_sentences(probe, found)
        theirs = [
            (item, sentence)
            for item, sentence in self._attribute(sentences, frozenset(speakers))
            if item.statement is not None
        ]
        if query.topic:
            sure = _judge_topics(sentences, len(theirs), query.language)
            evidence = [
                replace(item, confidence=sure[item.article.id, sentence.span])
                for item, sentence in theirs
            ]
            evidence = self._weigh_readings(query, evidence, sentences)
        else:
            evidence = [replace(item, confidence=1.0) for item, _ in theirs]
            oldest_first = query.order == "oldest"
            evidence.sort(key=lambda e: e.article.published or date.min, reverse=not oldest_first)
        if query.topic and all(map(self._is_any_body, query.speakers)):
            evidence = _keep_one_body(evidence)
        evidence = _drop_told_headlines(_drop_repeats(evidence))
        return self._settle(evidence, query, source, frozenset(speakers))

    def count_statements(self, query: Query, source: str | None) -> int:
        """How many statements the speakers make in the query's days, as the archive keeps them.

        Without a topic not every one of them is looked for.
        """
        selection = Selection(query.window.since, query.window.until, source)
        return count_spoken(self._archive, selection, self.list_spellings(query.speakers))

    def name_prints(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        """The evidence, each with the other prints of its story that hold its words."""
        return [
            replace(e, also_in=list_holding(self._archive, e.article, e.span, e.origin))
            if e.origin
            else e
            for e in evidence
        ]

    def _rank(self, probe: Probe, limit: int, selection: Selection) -> list[ScoredPassage]:
        """The best passages, each of a story's once, whichever of its prints it stands in."""
        found = self._retriever.rank(probe, limit, selection)
        kept = self._drop_reprints(found, selection)
        if len(found) == limit and len(kept) * 2 <= limit:
            found = self._retriever.rank(probe, _WIDER * limit, selection)
            kept = self._drop_reprints(found, selection)[:limit]
        return kept

    def _drop_reprints(
        self, found: Sequence[ScoredPassage], selection: Selection
    ) -> list[ScoredPassage]:
        ids = {scored.article.id for scored in found}
        return drop_reprints(found, read_origins(self._archive, ids, selection.until))

    def _settle(
        self,
        evidence: Sequence[Evidence],
        query: Query,
        source: str | None,
        wanted: frozenset[str] = frozenset(),
    ) -> list[Evidence]:
        """The evidence with each story quoted from one print, and from what corrects it.

        What was superseded, and is not told again by what stands in its place, comes last.
        """
        window = query.window
        ids = {item.article.id for item in evidence}
        origins = read_origins(self._archive, ids, window.until)
        if not origins:
            return list(evidence)
        current = []
        for item in evidence:
            item = replace(item, origin=origins.get(item.article.id))
            by = item.superseded_by
            if by and window.admits(by.printed.published, by.printed.published_precision):
                same = source is None or (by.printed.source or "").lower() == source.lower()
                item = (self._find_current(item, by, query, wanted) if same else None) or item
            current.append(item)
        kept = keep_one_print(current, by_article=query.lists)
        return sorted(kept, key=lambda item: item.superseded_by is not None)

    def _find_current(
        self, item: Evidence, by: Supersession, query: Query, wanted: frozenset[str]
    ) -> Evidence | None:
        """The evidence as what stands in its article's place has it; by the same speakers, if any."""
        article = self._archive.read_article(by.article_id)
        span = find_counterpart(article, item.quote) if article else None
        if article is None or span is None:
            return None
        sentence = ScoredSentence(article, span, item.score, 0.0, 0.0)
        found = next((item for item, _ in self._attribute([sentence], wanted)), None)
        if found is None or (wanted and found.statement is None):
            return None
        origin = read_origins(self._archive, [article.id], query.window.until).get(article.id)
        return replace(found, confidence=item.confidence, origin=origin)

    def _is_any_body(self, name: str) -> bool:
        """Whether a speaker's name says no more than what it is, "Staatsanwaltschaft", not which."""
        office = read_office(name)
        named = office.words or office.places or self.list_people().knows(name)
        return office.is_institution and not named

    def _judge_topic_too(self, query: Query, evidence: Sequence[Evidence]) -> list[Evidence]:
        """The sentences about somebody, no surer than they are on the topic.

        To a reader a sentence that names him may well answer what he thinks of anything.
        """
        probe = self._retriever.probe(_phrase_topic(query), query.topic, query.language)
        within = Selection(within=tuple({item.article.id for item in evidence}))
        ranked = self._retriever.rank(probe, EVERY_PASSAGE, within)
        sentences = self._retriever.list_sentences(probe, ranked)
        sure = _judge_topics(sentences, len(evidence), query.language)
        return [
            replace(e, confidence=min(e.confidence, sure.get((e.article.id, e.span), 0.0)))
            for e in evidence
        ]

    def _weigh_readings(
        self, query: Query, evidence: Sequence[Evidence], sentences: Sequence[ScoredSentence]
    ) -> list[Evidence]:
        """The statements; where it is doubtful that the likeliest are on the topic, they are read.

        Doubtful is what is neither near nor far and holds no word of the topic. What is not read
        cannot be surer than the surest of the likeliest.
        """
        order = sorted(range(len(evidence)), key=lambda number: -evidence[number].confidence)
        likely = order[:_READ_STATEMENTS]
        near = [n for n in likely if _DOUBT[0] <= evidence[n].confidence <= _DOUBT[1]]
        if query.follows or not near:
            return list(evidence)
        words = read_asked_words(query.topic, query.language)
        held = measure_held(words, [evidence[number].quote for number in near])
        doubtful = [
            number
            for number, shares in zip(near, held, strict=True)
            if max(shares, default=0.0) < _SURELY_HELD
        ]
        reader = self._open_reader() if doubtful else None
        if reader is None:
            return list(evidence)
        pages = [_make_context(evidence[number], sentences) for number in doubtful]
        judged = list(evidence)
        for number, reading in zip(doubtful, reader.read(query.text, pages), strict=True):
            (answer,) = reading.answers
            sure = judge_statement(judged[number].confidence, answer.margin if answer else None)
            judged[number] = replace(judged[number], confidence=sure)
        most = max(judged[number].confidence for number in likely)
        for number in order[_READ_STATEMENTS:]:
            item = judged[number]
            judged[number] = replace(item, confidence=min(item.confidence, most))
        return judged

    def _list_articles(self, query: Query, source: str | None) -> list[Evidence]:
        """The opening sentence of every article of the time asked for, the latest first.

        Where what happened then is asked for, of every article published then, with the sentences
        of others that name the time.
        """
        if not query.event.is_open:
            return self._list_events(query, source)
        return self._list_openings(query.window, source)

    def _list_events(self, query: Query, source: str | None) -> list[Evidence]:
        """What happened then: the openings of articles from that time, sentences that name it."""
        event, fixed = query.event, query.window
        openings = self._list_openings(event.intersect(fixed), source)
        known = {item.article.id for item in openings}
        naming: list[Evidence] = []
        if event.since is not None and event.until is not None and event.is_short:
            # Words of the question's language would find no German date.
            day = format_date(event.since, "day" if event.since == event.until else "month", "de")
            probe = self._retriever.probe(f"{query.text} {day}", f"{query.text} {day}", "de")
            for window in (event.widen_after().intersect(fixed), fixed):
                selection = Selection(window.since, window.until, source)
                found = self._rank(probe, _POOL, selection)
                sentences = _drop_headlines(self._retriever.list_sentences(probe, found))
                naming += [e for e, _ in self._attribute(sentences) if e.article.id not in known]
        told = [e for e in naming if rate_times(e.quote, e.article.published, event) == 1.0]
        return _drop_repeats([*openings, *(replace(e, confidence=1.0, score=1.0) for e in told)])

    def _list_openings(self, window: Window, source: str | None) -> list[Evidence]:
        if window.is_empty:
            return []
        selection = Selection(window.since, window.until, source)
        ids = list_openings(self._archive, selection, _MOST_LISTED)
        openings = [
            ScoredSentence(article, min(told, key=lambda s: is_headline(article, s)), 1.0, 0.0, 0.0)
            for article, embedded in self._archive.read_passages(ids)
            if (told := embedded.passage.sentences[:2])
        ]
        return _drop_repeats([replace(e, confidence=1.0) for e, _ in self._attribute(openings)])

    def _find_facts_once(
        self, query: Query, source: str | None, told: Sequence[str], known: FoundFacts
    ) -> list[Evidence]:
        is_who = query.kind == "who"
        asked = (query.text, query.own, query.language, query.follows, is_who)
        key = (*asked, query.window, query.event, source, *told)
        if key not in known:
            known[key] = self._find_facts(query, source, told)
        return known[key]

    def _find_facts(self, query: Query, source: str | None, told: Sequence[str]) -> list[Evidence]:
        selection = Selection(query.window.since, query.window.until, source)
        probe = self._retriever.probe(query.text, query.text, query.language)
        found = self._rank(probe, _POOL, selection)
        if told:
            within = replace(selection, within=tuple(told))
            nearer = _TOLD_WEIGHT if query.follows else _TOLD_WEIGHT / 3
            found = _prefer_told(found, self._retriever.rank(probe, _POOL, within), nearer)
        background = self._retriever.compare_background(probe)
        shown = _prefer_passages(found, query.event)[:_QUOTED_PASSAGES]
        if query.own:
            probe, shown = self._probe_own(query, shown)
        readings = self._read(query.own or query.text, shown)
        sentences = self._retriever.list_sentences(probe, weigh_reading(shown, readings))
        if readings:
            read = [reading for _, reading in readings]
            sure = judge_reading(found, background, query.language, read)
            sentences = _order_by_reading(sentences, readings)
        else:
            sure = judge_passages(found, background, query.language)
            sentences = _drop_headlines(sentences)
        evidence = [replace(item, confidence=sure) for item, _ in self._attribute(sentences)]
        evidence = _prefer_sentences(evidence, query.event)
        if query.kind == "who":
            evidence = [item for item in evidence if item.speaker] or evidence
        return _drop_repeats(evidence)

    def _read(
        self, question: str, passages: Sequence[ScoredPassage]
    ) -> list[tuple[ScoredPassage, PageReading]]:
        """The passages that were read, each with its reading; nothing without a reader."""
        reader = self._open_reader()
        return read_until_answered(reader, question, passages) if reader else []

    def _probe_own(
        self, query: Query, found: Sequence[ScoredPassage]
    ) -> tuple[Probe, Sequence[ScoredPassage]]:
        """What a follow-up asks by itself, and the passages as that finds their sentences.

        The conversation's topic finds the passages; of their sentences it would prefer those that
        were quoted already.
        """
        probe = self._retriever.probe(query.own, query.own, query.language)
        within = Selection(within=tuple(scored.article.id for scored in found))
        own = {s.passage.id: s for s in self._retriever.rank(probe, EVERY_PASSAGE, within)}
        read = [replace(own[s.passage.id], score=s.score) for s in found if s.passage.id in own]
        return probe, read

    def _attribute(
        self, sentences: Sequence[ScoredSentence], wanted: frozenset[str] = frozenset()
    ) -> list[tuple[Evidence, ScoredSentence]]:
        statements: dict[str, list[Statement] | None] = {}
        evidence = []
        for sentence in sentences:
            article = sentence.article
            if article.id not in statements:
                statements[article.id] = self._read_statements(article.id)
            if (told := statements[article.id]) is None:
                continue
            span, statement = find_statement(sentence.span, told, wanted)
            answer = sentence.answer
            if answer and not (span.start <= answer.start and answer.end <= span.end):
                answer = None
            item = Evidence(article, span, sentence.score, 0.0, statement, answer)
            evidence.append((item, sentence))
        return evidence

    def _read_statements(self, article_id: str) -> list[Statement] | None:
        """Who says what in the article; `None` where that is no longer what was stored."""
        try:
            return self._archive.read_statements(article_id)
        except DamagedArticle:
            return None


def read_until_answered(
    reader: Reader, question: str, passages: Sequence[ScoredPassage]
) -> list[tuple[ScoredPassage, PageReading]]:
    """The first passages, each with its reading; more of them where none of the first answers."""
    read: list[tuple[ScoredPassage, PageReading]] = []
    for start in range(0, min(len(passages), _READ_AT_MOST), _READ_PASSAGES):
        some = passages[start : start + _READ_PASSAGES]
        readings = reader.read(question, [_make_page(scored) for scored in some])
        read += zip(some, readings, strict=True)
        if max(list_margins([reading for _, reading in read])) >= _SURELY_ANSWERED:
            break
    return read


def weigh_reading(
    passages: Sequence[ScoredPassage], readings: Sequence[tuple[ScoredPassage, PageReading]]
) -> list[ScoredPassage]:
    """The passages, best first by search and reading together; an unread one counts as the worst."""
    margins = list_margins([reading for _, reading in readings])
    read = {s.passage.id: margin for (s, _), margin in zip(readings, margins, strict=True)}
    worst = min(margins, default=0.0)
    weighed = [
        replace(s, score=s.score + _PASSAGE_MARGIN_WEIGHT * read.get(s.passage.id, worst))
        for s in passages
    ]
    return sorted(weighed, key=lambda scored: -scored.score)


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


def _make_page(scored: ScoredPassage) -> Page:
    article, passage = scored.article, scored.passage
    return Page(article.title, article.text, passage.span, passage.sentences)


def _make_context(item: Evidence, sentences: Sequence[ScoredSentence]) -> Page:
    """A statement with the sentence before and the one behind it."""
    spans = sorted(s.span for s in sentences if s.article.id == item.article.id)
    before = [span for span in spans if span.end <= item.span.start][-1:]
    behind = [span for span in spans if span.start >= item.span.end][:1]
    whole = Span(
        min(s.start for s in [item.span, *before]), max(s.end for s in [item.span, *behind])
    )
    return Page(item.article.title, item.article.text, whole, (item.span,))


def _order_by_reading(
    sentences: Sequence[ScoredSentence], readings: Sequence[tuple[ScoredPassage, PageReading]]
) -> list[ScoredSentence]:
    """The sentences, those first in which the reader finds the answer most surely.

    What was not read stands behind what was. A headline is left out unless it alone answers: the
    text below tells the same in whole sentences.
    """
    articles = {scored.article.id: scored.article for scored, _ in readings}
    answers = {
        (scored.article.id, span): answer
        for scored, reading in readings
        for span, answer in zip(scored.passage.sentences, reading.answers, strict=True)
        if answer is not None
    }
    below: dict[str, float] = {}
    for (identity, span), found in answers.items():
        if not is_headline(articles[identity], span):
            below[identity] = max(below.get(identity, LEAST_MARGIN), found.margin)
    read = []
    for sentence in sentences:
        answer = answers.get((sentence.article.id, sentence.span))
        margin = answer.margin if answer else LEAST_MARGIN
        score = sentence.score + _MARGIN_WEIGHT * margin
        told = below.get(sentence.article.id, LEAST_MARGIN)
        needless = told > 0.0 or margin < max(_HEADLINE_MARGIN, told + _HEADLINE_LEAD)
        if needless and is_headline(sentence.article, sentence.span):
            continue
        read.append(replace(sentence, score=score, answer=answer.span if answer else None))
    return sorted(read, key=lambda sentence: -sentence.score)


def _drop_headlines(sentences: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    return [s for s in sentences if not is_headline(s.article, s.span)]


def _drop_told_headlines(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The statements without headlines where the same person says as much in the text below."""
    told: dict[tuple[str, str | None], list[Evidence]] = {}
    for item in evidence:
        if not is_headline(item.article, item.span):
            told.setdefault((item.article.id, item.speaker), []).append(item)
    return [
        item
        for item in evidence
        if not is_headline(item.article, item.span)
        or not any(
            _tells_as_much(other, item) for other in told.get((item.article.id, item.speaker), ())
        )
    ]


def _tells_as_much(item: Evidence, headline: Evidence) -> bool:
    """Whether a statement is as much on the topic as its headline, or holds half of its words."""
    if item.confidence >= _AS_SURE * headline.confidence:
        return True
    terms = set(make_terms(headline.quote))
    return len(terms & set(make_terms(item.quote))) * 2 >= len(terms)


def _judge_topics(
    sentences: Sequence[ScoredSentence], crowd: int, language: Language
) -> dict[tuple[str, Span], float]:
    """By article and span how sure it is that a sentence is on the topic that was probed for.

    The best of a `crowd` must stand out; the nearest sentence of its article speaks for each.
    """
    nearest: dict[str, float] = {}
    for sentence in sentences:
        identity = sentence.article.id
        nearest[identity] = max(nearest.get(identity, -math.inf), sentence.distinction)
    return {
        (s.article.id, s.span): judge_topic(
            s.distinction, nearest[s.article.id], s.coverage, crowd, language
        )
        for s in sentences
    }


def _are_enough(
    evidence: Sequence[Evidence], others: frozenset[str], wanted: int, *, oldest: bool
) -> bool:
    """Whether the other, older or newer articles can bring nobody into the first so many quotes.

    They could where they hold prints of a story, or are of the day of the last that was read.
    """
    days = [item.article.published or date.min for item in evidence]
    edge = (max if oldest else min)(days, default=date.min)
    quoted: set[tuple[str | None, str]] = set()
    for item, day in zip(evidence, days, strict=True):
        if day == edge or len(quoted) >= wanted:
            break
        prints = item.origin.prints if item.origin else ()
        if item.superseded_by or any(p.article_id in others for p in prints):
            return False
        quoted.add((item.speaker, item.article.id))
    return len(quoted) >= wanted


def _keep_one_body(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The statements but those of articles much less on the topic: there it is another body's."""
    sure: dict[str, float] = {}
    for item in evidence:
        sure[item.article.id] = max(sure.get(item.article.id, 0.0), item.confidence)
    least = _ONE_BODY * max(sure.values(), default=0.0)
    return [item for item in evidence if sure[item.article.id] >= least]


def _keep_about(
    names: Sequence[str], evidence: Sequence[Evidence], spokesmen: frozenset[str] = frozenset()
) -> list[Evidence]:
    """For names of nobody who speaks here, the sentences that hold them and are no person's.

    "Was fordert Russland?" has no statement by a person; but what somebody says of Russia is not
    what Russia demands. A person may speak for them: one of the `spokesmen`, or "X of the
    institution".
    """
    if not names:
        return list(evidence)
    kept = []
    for item in evidence:
        statement = item.statement
        if statement is None or not statement.is_person:
            said_by = statement.speaker if statement else None
            held = names_any(names, [item]) and (not said_by or _speaks_for(said_by, names))
        else:
            held = statement.speaker in spokesmen or _names_beside(names, item, statement)
        kept += [item] if held else []
    return kept


def _speaks_for(speaker: str, names: Sequence[str]) -> bool:
    """Whether a body may speak for one of the names: it has it in its own, its place, or its kind.

    What a bank says of a party is not what the party says.
    """
    body, held = read_office(speaker), set(make_terms(speaker))
    for name in names:
        asked = read_office(name)
        kind = asked.head and asked.head in (body.head, *body.words)
        if set(make_terms(name)) <= held or asked.places & body.places or kind:
            return True
    return False


def _names_beside(names: Sequence[str], item: Evidence, statement: Statement) -> bool:
    """Whether a name follows the speaker's: "John Brandt von Greenwave sagte"."""
    mention = statement.speaker_span
    if mention is None or not item.span.overlap(mention):
        return False
    behind = item.article.text[mention.end : item.span.end]
    return any(re.match(rf"\s+(?:{_LINKS}\s+)+{re.escape(name)}\b", behind) for name in names)


def names_any(names: Sequence[str], evidence: Sequence[Evidence]) -> bool:
    """Whether a quote holds one of the names."""
    return any(holds_name(name, item.quote) for name in names for item in evidence)


def holds_name(name: str, quote: str) -> bool:
    """Whether the quote has every word of the name, in any case.

    Terms are a word's first letters, and a long word's are another's, too: "Schutzverein", "schützen".
    """
    terms = set(make_terms(name))
    if not terms or not terms <= set(make_terms(quote)):
        return False
    told = find_runs(fold(quote))
    openings = (word[:_OPENING] for word in find_runs(fold(name)) if len(word) >= _LONG_WORD)
    return all(any(other.startswith(opening) for other in told) for opening in openings)


def _prefer_told(
    found: Sequence[ScoredPassage], told: Sequence[ScoredPassage], nearer: float
) -> list[ScoredPassage]:
    """The passages with those that the conversation has just quoted from moved up."""
    known = {scored.passage.id for scored in told}
    rest = [scored for scored in found if scored.passage.id not in known]
    moved = [replace(scored, score=scored.score + nearer) for scored in told]
    return sorted([*moved, *rest], key=lambda scored: -scored.score)


def _prefer_passages(passages: Sequence[ScoredPassage], event: Window) -> Sequence[ScoredPassage]:
    """The passages, those that name the event's time, or were published then, moved up."""
    if event.is_open:
        return passages
    rated = [
        replace(
            p, score=p.score + _EVENT_WEIGHT * rate_times(_read_text(p), p.article.published, event)
        )
        for p in passages[: 2 * _QUOTED_PASSAGES]
    ]
    return sorted(rated, key=lambda passage: -passage.score)


def _read_text(scored: ScoredPassage) -> str:
    return scored.passage.span.of(scored.article.text)


def _prefer_sentences(evidence: Sequence[Evidence], event: Window) -> list[Evidence]:
    """The sentences, those that name the event's time, or were published then, moved up.

    Those of articles that are of another time altogether are no evidence.
    """
    if event.is_open:
        return list(evidence)
    articles = {item.article.id: item.article for item in evidence}
    telling = {a.id for a in articles.values() if may_tell(a.text, a.published, event)}
    evidence = [item for item in evidence if item.article.id in telling]
    rated = [
        replace(
            e,
            score=e.score
            + _EVENT_SENTENCE_WEIGHT * rate_times(e.quote, e.article.published, event),
        )
        for e in evidence
    ]
    return sorted(rated, key=lambda item: -item.score)


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
