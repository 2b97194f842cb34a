"""What a conversation was answered, on which words and by which settings, to be checked later.

A receipt's `digest` shows damage and careless edits. Whoever forges one can renew that too: what
a receipt says counts as far as `rag.recheck` finds it in the archive.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from index.archive import Archive
from index.article import Precision, Voice, hash_text
from index.errors import ConfigError
from index.ingest import PIPELINE_VERSION
from rag.answer import Answer, Citation, Filters, Label, Mode
from rag.config import Settings
from rag.endpoint import normalise_base_url
from rag.language import Language

FORMAT = "wortlaut-receipt/1"
# Change it when the offline verifier judges the same claim otherwise.
VERIFIER_VERSION = "1"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Marker = Annotated[int, Field(ge=1, le=9999)]
Offset = Annotated[int, Field(ge=0, le=2**31)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class AnswerSettings(_Part):
    """The settings that an answer depends on; those of a language model are `None` without one.

    `model` is the one that was asked, whether or not its answer stands.
    """

    embedder: str
    pipeline: str
    verifier: str
    quotes: int
    min_confidence: float
    mode: Mode
    model: str | None
    on_unsupported: Literal["quote", "strike"] | None
    context_tokens: int | None
    max_tokens: int | None

    @property
    def fingerprint(self) -> str:
        """The hex SHA-256 of the settings: the same for the same settings, on every machine."""
        return _hash(self.model_dump(mode="json"))


class Wishes(_Part):
    """The filters that the user set beside the question."""

    since: date | None
    until: date | None
    as_of: date | None
    speaker: str | None
    source: str | None
    language: Language | None
    without: tuple[str, ...]


class Understood(_Part):
    """The question as understood; for a follow-up, completed from the conversation."""

    text: str
    topic: str
    speakers: tuple[str, ...]
    unknown_speakers: tuple[str, ...]
    since: date | None
    until: date | None


class CitedQuote(_Part):
    """A citation with its quote: the archive is held against it."""

    marker: Marker
    article_id: str
    path: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    published_precision: Precision
    text_sha256: Sha256
    start: Offset
    end: Offset
    quote: str
    quote_sha256: Sha256
    speaker: str | None
    voice: Voice
    via: str | None

    @model_validator(mode="after")
    def _check_span(self) -> Self:
        if self.end < self.start:
            raise ValueError("the quote ends before it begins")
        return self


class JudgedClaim(_Part):
    """A sentence of the answer with the verdict it had."""

    text: str
    markers: tuple[Marker, ...]
    verdict: Label
    support: Annotated[float, Field(ge=0, le=1)]
    reason: str | None


class Turn(_Part):
    """A question and its answer."""

    question: str
    filters: Wishes
    understood: Understood
    mode: Mode
    model: str | None
    language: Language
    abstained: bool
    abstain_reason: str | None
    answer: str
    notice: str | None
    citations: tuple[CitedQuote, ...]
    claims: tuple[JudgedClaim, ...]

    @model_validator(mode="after")
    def _check_markers(self) -> Self:
        markers = [citation.marker for citation in self.citations]
        if len(set(markers)) < len(markers):
            raise ValueError("two citations have the same marker")
        return self


class Receipt(_Part):
    """One conversation; `digest` is over all the rest, `endpoint` the host of the model's server."""

    format: Literal["wortlaut-receipt/1"]
    created: datetime
    wortlaut: str
    archive: str
    endpoint: str | None
    settings: AnswerSettings
    settings_fingerprint: Sha256
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    digest: Sha256

    def compute_digest(self) -> str:
        """The digest that fits what the receipt says."""
        return _hash(self.model_dump(mode="json", exclude={"digest"}))

    @property
    def is_intact(self) -> bool:
        """Whether digest and fingerprint fit what the receipt says."""
        fingerprint = self.settings.fingerprint
        return self.digest == self.compute_digest() and self.settings_fingerprint == fingerprint


def make_receipt(
    turns: Sequence[Answer],
    *,
    archive: Archive,
    settings: Settings,
    filters: Filters = Filters(),
) -> Receipt:
    """The receipt of one conversation, all of it asked with the same settings and filters."""
    if not turns:
        raise ConfigError("nothing was answered, so there is no receipt; ask again")
    mine = describe_settings(settings, archive, turns)
    rest = {
        "format": FORMAT,
        "created": datetime.now(UTC).replace(microsecond=0),
        "wortlaut": _find_version(),
        "archive": archive.read_meta("archive_id") or "",
        "endpoint": _find_host(settings.llm_base_url) if mine.mode == "llm" else None,
        "settings": mine.model_dump(),
        "settings_fingerprint": mine.fingerprint,
        "turns": tuple(_describe_turn(answer, filters) for answer in turns),
        "digest": "0" * 64,
    }
    receipt = Receipt.model_validate(_mend(rest))
    return receipt.model_copy(update={"digest": receipt.compute_digest()})


def describe_settings(
    settings: Settings, archive: Archive, turns: Sequence[Answer] = ()
) -> AnswerSettings:
    """The settings that matter to answers from this archive."""
    asked = next((answer.model for answer in turns if answer.model), None)
    written = asked is not None or settings.mode == "llm"
    return AnswerSettings(
        embedder=archive.read_meta("embedder") or settings.embedder,
        pipeline=PIPELINE_VERSION,
        verifier=VERIFIER_VERSION,
        quotes=settings.quotes,
        min_confidence=settings.min_confidence,
        mode="llm" if written else "extractive",
        model=(asked or settings.llm_model) if written else None,
        on_unsupported=settings.on_unsupported if written else None,
        context_tokens=settings.llm_context_tokens if written else None,
        max_tokens=settings.llm_max_tokens if written else None,
    )


def _describe_turn(answer: Answer, filters: Filters) -> dict[str, Any]:
    query = answer.query
    return {
        "question": answer.question,
        "filters": {
            "since": filters.since,
            "until": filters.until,
            "as_of": filters.as_of,
            "speaker": filters.speaker,
            "source": filters.source,
            "language": filters.language,
            "without": tuple(sorted(filters.without)),
        },
        "understood": {
            "text": query.text,
            "topic": query.topic,
            "speakers": tuple(query.speakers),
            "unknown_speakers": tuple(query.unknown_speakers),
            "since": query.window.since,
            "until": query.window.until,
        },
        "mode": answer.mode,
        "model": answer.model,
        "language": answer.language,
        "abstained": answer.abstained,
        "abstain_reason": answer.abstain_reason,
        "answer": answer.text,
        "notice": answer.notice,
        "citations": tuple(_describe_citation(citation) for citation in answer.citations),
        "claims": tuple(
            {
                "text": claim.text,
                "markers": tuple(claim.markers),
                "verdict": claim.verdict,
                "support": round(claim.support, 4),
                "reason": claim.reason,
            }
            for claim in answer.claims
        ),
    }


def _describe_citation(citation: Citation) -> dict[str, Any]:
    return citation.as_json() | {"quote_sha256": hash_text(citation.quote)}


def _hash(data: Any) -> str:
    """The hex SHA-256 of the data as JSON with sorted names, no blanks, ASCII only."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _mend(data: Any) -> Any:
    """The data without lone surrogates, which a command line may hold and no JSON file can."""
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode("utf-8")
    if isinstance(data, dict):
        return {name: _mend(value) for name, value in data.items()}
    return tuple(map(_mend, data)) if isinstance(data, tuple) else data


def _find_host(address: str | None) -> str | None:
    """Host and port of the model's server: never its path, a name or a key."""
    return urlsplit(normalise_base_url(address)).netloc if address else None


def _find_version() -> str:
    try:
        return version("wortlaut")
    except PackageNotFoundError:
        return "unknown"
