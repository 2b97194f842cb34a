"""What a question gets back: claims, each on cited spans, or an abstention that says why.

`Filters` are what the user fixed beside the question; a `Verdict` is what a `Verifier` makes of a
claim.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from wortlaut.index.agency import read_date
from wortlaut.index.article import Article, Span, Voice
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import Language, detect_language
from wortlaut.index.twins.origins import PrintedArticle, Supersession
from wortlaut.rag.understanding.query import Order, Query

Mode = Literal["extractive", "llm"]
Label = Literal["supported", "refuted", "not_enough_info"]

_SUPPORT: dict[Label, float] = {"supported": 1.0, "refuted": 0.0, "not_enough_info": 0.1}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the user fixed beside the question; it wins over what the question says.

    The best `skip` quotes are passed over: an answer before this one has them.
    """

    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    speaker: str | None = None
    source: str | None = None
    language: Language | None = None
    # Parts of what the question says that are left aside: speaker, topic, since, until, event, order.
    without: frozenset[str] = frozenset()
    topic: str | None = None
    order: Order | None = None
    skip: int = 0
    # When what is asked about happened; `since` and `until` are days of publication.
    event_since: date | None = None
    event_until: date | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of an immutable article; the quote is derived from it, never stored beside it.

    `answer_span`, inside the span, are the words that answer, where a reader found some. `origin`
    tells the story from others where it has several prints: `also_in` hold the quote too.
    `context` is the sentence before, where the quote begins with what is understood only from there.
    `original` is set where the text that was cited is no longer to be had: the article's text is the
    quote alone then, and this is where it stood.
    """

    marker: int
    article: Article
    span: Span
    speaker: str | None = None
    voice: Voice = "narrated"
    via: str | None = None
    answer_span: Span | None = None
    also_in: tuple[PrintedArticle, ...] = ()
    superseded_by: Supersession | None = None
    origin: str | None = None
    context: Span | None = None
    original: Span | None = None

    @property
    def place(self) -> Span:
        """Where the quote stands in the text of the article's hash."""
        return self.original or self.span

    @property
    def quote(self) -> str:
        """The article's exact words."""
        return self.span.of(self.article.text)

    def is_in(self, language: Language) -> bool:
        """Whether the quote is in the language, as far as its article or its words tell."""
        return (self.article.language or detect_language(self.quote, "de")) == language

    def as_json(self) -> dict[str, Any]:
        """The citation as the command line prints it."""
        article, context = self.article, self.context
        answer = self.answer_span and self.answer_span.moved(self.place.start - self.span.start)
        return {
            "marker": self.marker,
            "article_id": article.id,
            "path": article.path,
            "title": article.title,
            "source": article.source,
            "url": article.url,
            "published": format_published(article),
            "published_precision": article.published_precision,
            "text_sha256": article.text_sha256,
            "start": self.place.start,
            "end": self.place.end,
            "quote": self.quote,
            "speaker": self.speaker,
            "voice": self.voice,
            "via": self.via,
            "answer_span": [answer.start, answer.end] if answer else None,
            "also_in": [printed.article_id for printed in self.also_in],
            "superseded_by": self.superseded_by.article_id if self.superseded_by else None,
            "context": [context.start, context.end] if context else None,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer; `support` in [0, 1] is how sure the verdict is.

    Only a supported claim is shown as fact; of any other `reason` says why it is not.
    """

    text: str
    markers: tuple[int, ...]
    verdict: Label
    support: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """How an answer was asked for: when, with which filters, and after which answers.

    `at` has its zone, whose day "yesterday" counts from. `state` is the number of the archive's
    newest change; `None` where it changed meanwhile.
    """

    at: datetime
    filters: Filters = Filters()
    history: tuple[Answer, ...] = ()
    state: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or an abstention; `text` carries a `[n]` for each citation's marker.

    `draft` is what a language model is writing just now: unchecked, to be shown as such, "" in a
    whole answer. `notice` tells the reader what went wrong on the way; `model` names the model
    that was asked; `unknown_markers` counts the markers it made up. `archive_incomplete` says that
    the archive was known to lack articles then; the notice has it in words. `damaged_articles` are
    the ids of those that were left out, since they are no longer what was stored. A receipt tells
    of the `asking`. `statements_found` counts what fits, quoted here or not; `parts` are the answers
    that this one was joined from, each as it was given. `glosses` are machine translations of
    quotes, by marker, added later: they help to read and are no part of what was answered.
    """

    question: str
    text: str
    abstained: bool
    abstain_reason: str | None
    mode: Mode
    language: Language
    query: Query
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    nearest: Citation | None = None
    confidence: float | None = None
    timings_ms: dict[str, float] = field(default_factory=dict)
    draft: str = ""
    notice: str | None = None
    model: str | None = None
    unknown_markers: int = 0
    archive_incomplete: bool = False
    asking: Asking | None = field(default=None, repr=False, compare=False)
    damaged_articles: tuple[str, ...] = ()
    statements_found: int | None = None
    parts: tuple[Answer, ...] = field(default=(), repr=False, compare=False)
    glosses: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def list_parts(self) -> tuple[Answer, ...]:
        """The answers as they were given: more than one where quotes were added below."""
        return self.parts or (self,)

    @property
    def independent_sources(self) -> int:
        """How many stories the quotes come from: all prints of one count once."""
        return len({citation.origin or citation.article.id for citation in self.citations})

    def as_json(self) -> dict[str, Any]:
        """The answer as `--json` prints it, in the order of the contract."""
        return {
            "question": self.question,
            "answer": self.text,
            "abstained": self.abstained,
            "abstain_reason": self.abstain_reason,
            "mode": self.mode,
            "language": self.language,
            "citations": [citation.as_json() for citation in self.citations],
            "claims": [
                {
                    "text": claim.text,
                    "markers": list(claim.markers),
                    "verdict": claim.verdict,
                    "support": round(claim.support, 4),
                    "reason": claim.reason,
                }
                for claim in self.claims
            ],
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "timings_ms": {name: round(ms, 1) for name, ms in self.timings_ms.items()},
            "understood": _describe_query(self.query),
            "notice": self.notice,
            "model": self.model,
            "unknown_markers": self.unknown_markers,
            "independent_sources": self.independent_sources,
            "archive_incomplete": self.archive_incomplete,
            "damaged_articles": list(self.damaged_articles),
            "statements_found": self.statements_found,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the cited spans bear a claim out, and why.

    `support` in [0, 1] is how sure it is that they do; `reason` one plain English sentence;
    `rule` the short code of what decided, as `number` or `negation`.
    """

    label: Label
    support: float
    reason: str
    rule: str


def join_answers(first: Answer, further: Answer) -> Answer:
    """The answer with the quotes of the next one below its own; their markers follow on.

    Below a language model's answer are the archive's own words, of which it cites some: each has one
    marker. Raises ValueError where a marker would stand for two quotes.
    """
    parts = (*first.list_parts(), further)
    known = {citation.marker: citation for citation in first.citations}
    for citation in further.citations:
        other = known.setdefault(citation.marker, citation)
        if (other.article.id, other.place) != (citation.article.id, citation.place):
            raise ValueError(f"[{citation.marker}] stands for two quotes: the archive has changed")
    if further.abstained:
        return replace(first, statements_found=len(first.citations), parts=parts[:-1])
    return replace(
        first,
        text=f"{first.text}\n\n{further.text}",
        citations=tuple(known[marker] for marker in sorted(known)),
        claims=(*first.claims, *further.claims),
        statements_found=further.statements_found,
        parts=parts,
    )


class Verifier(Protocol):
    """Checks one claim at a time; whatever checks by other means has this shape."""

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites."""
        ...


def decide(label: Label, reason: str, rule: str) -> Verdict:
    """The verdict of a rule, which is sure of it."""
    return Verdict(label, _SUPPORT[label], reason, rule)


def format_published(article: Article) -> str | None:
    """The article's date to the precision that is known: `2026-01-29`, `2026-01`, `2026`."""
    if article.published is None:
        return None
    length = {"day": 10, "month": 7, "year": 4, "unknown": 0}[article.published_precision]
    return article.published.isoformat()[:length] or None


def read_window(
    since: str | date | None, until: str | date | None, as_of: str | date | None
) -> tuple[date | None, date | None, date | None]:
    """The days that bound a search; a month or year that is named alone counts whole.

    Raises ConfigError for what is no day, and where the first is after the last.
    """
    first = _read_day("since", since, last=False)
    final = _read_day("until", until, last=True)
    if first and final and first > final:
        raise ConfigError(f"--since {since} is after --until {until}; swap them")
    return first, final, _read_day("as-of", as_of, last=True)


def _read_day(name: str, day: str | date | None, *, last: bool) -> date | None:
    """The day; of a month or year, its first or last."""
    if isinstance(day, datetime):
        return day.date()
    if day is None or isinstance(day, date):
        return day
    found, precision = read_date(day) if isinstance(day, str) else (None, "unknown")
    if found is None:
        raise ConfigError(f"--{name} {day!r} is no date; write it like 2026-01-29, 2026-01 or 2026")
    if last and precision == "year":
        return found.replace(month=12, day=31)
    if last and precision == "month":
        return found.replace(day=monthrange(found.year, found.month)[1])
    return found


def _describe_query(query: Query) -> dict[str, Any]:
    since, until, event = query.window.since, query.window.until, query.event
    return {
        "text": query.text,
        "kind": query.kind,
        "speakers": list(query.speakers),
        "unknown_speakers": list(query.unknown_speakers),
        "offices": list(query.offices),
        "topic": query.topic,
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "event_since": event.since.isoformat() if event.since else None,
        "event_until": event.until.isoformat() if event.until else None,
        "order": query.order,
        "inherited": sorted(query.inherited),
    }
