"""What the JSON API takes, and what it gives: the objects that `--json` prints, described.

Objects that are given are written as they are printed; these descriptions are what OpenAPI tells of
them, and tests hold the one against the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from wortlaut.index.article import Precision, Voice
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Filters, Label, Mode, read_window
from wortlaut.rag.chat import LONGEST_QUESTION
from wortlaut.rag.desk.feedback import LONGEST_COMMENT, Opinion
from wortlaut.rag.understanding.query import Order, QueryKind
from wortlaut.ui.api.asking import MOST_EARLIER, Enquiry
from wortlaut.ui.render import clean_line

MOST_PASSAGES, MOST_ARTICLES = 100, 200
# However its letters are written, it is no more than a body may hold.
LONGEST_TEXT = 80_000
_LONGEST_NAME = 200

_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"


def _check_day(value: Any) -> Any:
    """The value; what is no day is told so in words, and not by the pattern it fails."""
    if isinstance(value, str) and not re.search(_DAY, value):
        raise PydanticCustomError("no_day", "no date; write it like 2026-01-29, 2026-01 or 2026")
    return value


Day = Annotated[
    str,
    BeforeValidator(_check_day),
    Field(
        pattern=_DAY,
        description="a day, month or year, like 2026-01-29, 2026-01 or 2026",
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Wish):
    """When what is looked for was published."""

    since: Day | None = Field(None, description="Nothing before.")
    until: Day | None = Field(None, description="Nothing after.")
    as_of: Day | None = Field(None, description="As the archive stood that day.")
    source: Name | None = Field(None, description="Only this agency or paper.")

    def make_filters(self, speaker: str | None = None, language: Language | None = None) -> Filters:
        """The filters; raises ConfigError for what is no day."""
        since, until, as_of = read_window(self.since, self.until, self.as_of)
        return Filters(since, until, as_of, speaker, self.source, language)


class QuestionAsked(Period):
    """A question to the archive, with the questions that were asked before it."""

    question: Question
    history: list[Question] = Field(
        [], max_length=MOST_EARLIER, description="Earlier questions of the conversation, in order."
    )
    speaker: Name | None = Field(None, description="Only what this person said.")
    language: Language | None = Field(None, description="Of the answer's words.")
    mode: Mode | None = Field(None, description="How the answer is written.")

    def make_enquiry(self) -> Enquiry:
        """The question as the archive is asked it."""
        filters = self.make_filters(self.speaker, self.language)
        return Enquiry(self.question, tuple(self.history), filters, self.mode)


class AskRequest(QuestionAsked):
    """A question, and how its answer is to come."""

    stream: bool = Field(
        False, description="Server-sent events; the header `Accept: text/event-stream` asks so too."
    )


class SearchQuery(Period):
    """What to look for."""

    q: Question
    speaker: Name | None = Field(None, description="Only what this person said.")
    limit: int = Field(10, ge=1, le=MOST_PASSAGES, description="The most passages.")


class TimelineQuery(Period):
    """Whose statements."""

    speaker: Name = Field(description="Whose statements.")
    beside: Name | None = Field(None, description="A second person's statements, too.")
    topic: str = Field("", max_length=LONGEST_QUESTION, description="Only those about it.")


class ArticlesQuery(Period):
    """Which articles."""

    speaker: Name | None = Field(None, description="Only those in which this person speaks.")
    language: str | None = Field(
        None, pattern=r"^[A-Za-z]{2,8}$", description="Only those in it, like de."
    )
    limit: int = Field(50, ge=1, le=MOST_ARTICLES, description="The most articles.")
    offset: int = Field(
        0, ge=0, le=2**31, description="How many are passed over: `next` of the last page."
    )


class TextToRead(_Wish):
    """The text of an article, of the archive or not."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class WordsToCite(_Wish):
    """Words of an article of the archive: letters from `start` up to `end` of its text."""

    article_id: Name
    start: int = Field(ge=0, le=2**31)
    end: int = Field(ge=1, le=2**31)
    text_sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Of the text that was cited."
    )


class ClaimToVerify(_Wish):
    """One sentence, and the words that are to bear it out; the first span is marker 1."""

    claim: Question
    citations: list[WordsToCite] = Field(min_length=1, max_length=20)
    language: Language | None = Field(None, description="Of the claim.")


class FeedbackRequest(QuestionAsked):
    """What is thought of an answer: the question again as it was asked, and the verdict."""

    verdict: Opinion | None = Field(description="null takes it back.")
    comment: str = Field("", max_length=LONGEST_COMMENT)
    answer: str | None = Field(
        None, max_length=100_000, description="The answer's text, to be sure it is the one meant."
    )


class Problem(BaseModel):
    """Why there is no answer, and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Fault(BaseModel):
    """A value that is wrong."""

    model_config = ConfigDict(populate_by_name=True)

    place: str = Field(alias="in")
    pointer: str
    detail: str


class _Shown(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ShownCitation(_Shown):
    """Words of an article: `quote` is `text[start:end]`, always."""

    marker: int
    article_id: str
    path: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    published_precision: Precision
    text_sha256: str
    start: int
    end: int
    quote: str
    speaker: str | None
    voice: Voice
    via: str | None
    answer_span: list[int] | None
    also_in: list[str]
    superseded_by: str | None
    context: list[int] | None


class ShownClaim(_Shown):
    """A sentence of the answer with its verdict; only a supported one is shown as fact."""

    text: str
    markers: list[int]
    verdict: Label
    support: float
    reason: str | None


class ShownUnderstanding(_Shown):
    """What the question was understood to ask for."""

    text: str
    kind: QueryKind
    speakers: list[str]
    unknown_speakers: list[str]
    offices: list[str]
    topic: str
    since: str | None
    until: str | None
    event_since: str | None
    event_until: str | None
    order: Order
    inherited: list[str]


class ShownAnswer(_Shown):
    """An answer, or an abstention that says why."""

    question: str
    answer: str
    abstained: bool
    abstain_reason: str | None
    mode: Mode
    language: Language
    citations: list[ShownCitation]
    claims: list[ShownClaim]
    confidence: float | None
    timings_ms: dict[str, float]
    understood: ShownUnderstanding
    notice: str | None
    model: str | None
    unknown_markers: int
    independent_sources: int
    archive_incomplete: bool
    damaged_articles: list[str]
    statements_found: int | None


class ShownPassage(_Shown):
    """A passage that fits."""

    rank: int
    score: float
    article_id: str
    path: str
    title: str
    source: str | None
    published: str | None
    start: int
    end: int
    text: str


class FoundPassages(_Shown):
    """The passages that fit best, best first."""

    passages: list[ShownPassage]


class ShownDated(_Shown):
    """What a person said one day."""

    published: str | None
    published_precision: Precision
    speaker: str | None
    voice: Voice
    via: str | None
    quote: str
    source: str | None
    title: str
    url: str | None
    path: str
    article_id: str
    text_sha256: str
    start: int
    end: int


class FoundTimeline(_Shown):
    """What was said, oldest first, undated last."""

    statements: list[ShownDated]


class ShownStatement(_Shown):
    """Who says what: letters `start` to `end` of the text."""

    start: int
    end: int
    speaker: str | None
    speaker_start: int | None
    speaker_end: int | None
    cue: str | None
    voice: Voice
    via: str | None


class ShownReading(_Shown):
    """A text with who says what in it."""

    path: str
    text: str
    statements: list[ShownStatement]


class _Held(_Shown):
    id: str
    title: str
    source: str | None
    published: str | None
    published_precision: Precision
    language: str | None
    passages: int
    path: str
    url: str | None
    also_in: list[str]
    superseded_by: str | None
    text_sha256: str
    text: str


class ShownArticle(_Held):
    """An article of the archive; `statements` is their number."""

    statements: int


class WholeArticle(_Held):
    """An article of the archive with who says what in it."""

    statements: list[ShownStatement]


class FoundArticles(_Shown):
    """Articles, latest first and undated last; `next` is the offset of the next page, if any."""

    articles: list[ShownArticle]
    next: int | None


class ShownFinding(_Shown):
    """What does not hold any more, or a note of a difference that makes nothing wrong."""

    reason: str
    turn: int | None
    marker: int | None
    claim: int | None
    severity: Literal["failure", "note"]


class CheckedReceipt(_Shown):
    """Whether a receipt holds, and what of it does not."""

    path: str
    ok: bool
    findings: list[ShownFinding]


class ShownFeedback(_Shown):
    """What was thought of an answer; `earlier` are the questions before it.

    `filters` are what was fixed beside each of them, and beside its own question last.
    """

    given: datetime
    verdict: Opinion
    comment: str
    question: str
    earlier: list[str]
    filters: list[dict[str, Any]]
    answer: dict[str, Any]


class GivenFeedback(_Shown):
    """What was thought of answers, oldest first."""

    feedback: list[ShownFeedback]


def hide_paths(content: dict[str, Any]) -> dict[str, Any]:
    """The content, in which nothing says any more where the server keeps files."""
    for row in _list_rows(content):
        row["path"] = ""
        if not str(row.get("url") or "").startswith(("http://", "https://")):
            row |= {"url": None} if "url" in row else {}
    return content


def _list_rows(content: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, at whatever depth, that says where a file is."""
    if isinstance(content, dict):
        if "path" in content:
            yield content
        yield from chain.from_iterable(map(_list_rows, content.values()))
    elif isinstance(content, list):
        yield from chain.from_iterable(map(_list_rows, content))


def explain_arguments(error: ValidationError) -> str:
    """What is wrong with values that were sent, without the values, on one line."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in fault["loc"])
        unknown = fault["type"] == "extra_forbidden"
        faults.append(f"there is no {place!r}" if unknown else f"{place}: {fault['msg'].lower()}")
    return clean_line("; ".join(faults))[:500]
