"""A basket as one JSON file, with the receipts that its quotes come from, to be checked later.

What it says of a quote must be what its receipt says, and the receipt must hold. A note is the
user's own, and nothing rests on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wortlaut.index.article import Article, Precision, Voice
from wortlaut.index.errors import ConfigError
from wortlaut.rag.answer import format_published
from wortlaut.rag.desk.houseformat import QuotedWords, choose_url
from wortlaut.rag.desk.quotes import KeptQuote, QuoteState
from wortlaut.rag.receipt import (
    CitedQuote,
    Finding,
    Marker,
    Offset,
    Receipt,
    Sha256,
    find_format,
    read_raw,
)

QUOTES_FORMAT = "wortlaut-quotes/1"
_BEGINNING = re.compile(rb'\s*\{\s*"format"\s*:\s*"wortlaut-quotes/')
# It may hold the receipts of very many conversations.
_LARGEST_BASKET = 512 * 2**20
_Number = Annotated[int, Field(ge=1, le=100_000)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ExportedQuote(_Part):
    """A quote of the basket: citation `marker` of turn `turn` of the receipt, both from 1.

    `state` is what the archive made of it when it was exported.
    """

    words: str
    speaker: str | None
    voice: Voice
    via: str | None
    title: str
    source: str | None
    url: str | None
    published: str | None
    published_precision: Precision
    article_id: str
    text_sha256: Sha256
    start: Offset
    end: Offset
    address: str
    question: str
    note: str
    added: datetime
    state: QuoteState
    receipt: _Number | None
    turn: _Number | None
    marker: Marker


class QuotesFile(_Part):
    """The whole basket; the quotes name its receipts by number, counted from 1."""

    format: Literal["wortlaut-quotes/1"]
    created: datetime
    quotes: tuple[ExportedQuote, ...]
    receipts: tuple[Receipt, ...]


def make_quotes_file(
    kept: Sequence[KeptQuote], states: Sequence[QuoteState], receipts: Sequence[Receipt]
) -> QuotesFile:
    """The basket as it is written to a file; receipts that no quote comes from are left out."""
    used = {one.receipt for one in kept}
    mine = [receipt for receipt in receipts if receipt.digest in used]
    numbers: dict[str | None, int] = {r.digest: number for number, r in enumerate(mine, 1)}
    quotes = [
        _export(one, state, numbers.get(one.receipt))
        for one, state in zip(kept, states, strict=True)
    ]
    return QuotesFile(
        format="wortlaut-quotes/1",
        created=datetime.now(UTC).replace(microsecond=0),
        quotes=tuple(quotes),
        receipts=tuple(mine),
    )


def _export(kept: KeptQuote, state: QuoteState, receipt: int | None) -> ExportedQuote:
    return ExportedQuote(
        **_describe(kept.quoted),
        question=kept.question, note=kept.note, added=kept.added, state=state, receipt=receipt,
        turn=kept.turn if receipt else None, marker=kept.marker,
    )  # fmt: skip


def _describe(quoted: QuotedWords) -> dict[str, Any]:
    """What the file says of the words, and must be as the receipt has it."""
    article = Article(
        quoted.article_id, quoted.title, "", quoted.text_sha256,
        published=quoted.published, published_precision=quoted.precision,
    )  # fmt: skip
    return {
        "words": quoted.words,
        "speaker": quoted.speaker,
        "voice": quoted.voice,
        "via": quoted.via,
        "title": quoted.title,
        "source": quoted.source,
        "url": quoted.url,
        "published": format_published(article),
        "published_precision": quoted.precision,
        "article_id": quoted.article_id,
        "text_sha256": quoted.text_sha256,
        "start": quoted.start,
        "end": quoted.end,
        "address": quoted.address,
    }


def write_quotes_json(file: QuotesFile) -> str:
    """The file as JSON; other alphabets stay readable."""
    return json.dumps(file.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def is_quotes_file(path: Path) -> bool:
    """Whether the file begins as an exported basket does, of whatever version."""
    try:
        # A pipe would be waited for.
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return is_quotes(file.read(100))
    except (OSError, ValueError):
        return False


def is_quotes(raw: bytes) -> bool:
    """Whether it begins as an exported basket does."""
    return _BEGINNING.match(raw) is not None


def read_quotes_file(path: Path) -> QuotesFile:
    """The basket in the file; raises ConfigError when it is none of this version."""
    return parse_quotes(read_raw(path, _LARGEST_BASKET), path)


def parse_quotes(raw: bytes, path: Path) -> QuotesFile:
    """The basket that was read from `path`; raises ConfigError when it is none of this version."""
    found = find_format(raw, path)
    if found != QUOTES_FORMAT:
        raise ConfigError(
            f"{path} has the format {found[:40]!r}, this Wortlaut reads {QUOTES_FORMAT}; "
            "check it with the version that wrote it"
        )
    try:
        return QuotesFile.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"][:8]) or "the whole"
        raise ConfigError(
            f"{path} is damaged: {place}: {first['msg'][:100]}; export the quotes again"
        ) from error


def list_quote_findings(
    file: QuotesFile, check: Callable[[Receipt], Iterable[Finding]]
) -> Iterator[Finding]:
    """What of the basket does not hold: quotes against their receipts, each receipt by `check`."""
    for number, quote in enumerate(file.quotes, 1):
        for reason in _compare_quote(quote, file.receipts):
            yield Finding(f"quote {number}: {reason}")
    for number, receipt in enumerate(file.receipts, 1):
        for finding in check(receipt):
            yield replace(finding, reason=f"receipt {number}: {finding.reason}")


def _compare_quote(quote: ExportedQuote, receipts: Sequence[Receipt]) -> Iterator[str]:
    if quote.receipt is None or quote.turn is None:
        yield "it has no receipt, so nothing proves it"
        return
    turns = receipts[quote.receipt - 1].turns if quote.receipt <= len(receipts) else ()
    if quote.turn > len(turns):
        yield "the receipt that it names is not there"
        return
    turn = turns[quote.turn - 1]
    cited = next((c for c in turn.citations if c.marker == quote.marker), None)
    if cited is None:
        yield f"its receipt has no [{quote.marker}] in turn {quote.turn}"
        return
    said = quote.model_dump()
    for name, value in _read_cited(cited).items():
        if said[name] != value:
            yield f"its {name.replace('_', ' ')} was changed: the receipt has another"
    if quote.question != turn.question:
        yield "its question was changed: the receipt has another"


def _read_cited(cited: CitedQuote) -> dict[str, Any]:
    article = Article(cited.article_id, cited.title, "", cited.text_sha256, cited.source, cited.url)
    quoted = QuotedWords(
        cited.article_id, cited.text_sha256, cited.start, cited.end,
        " ".join(cited.quote.split()), " ".join(cited.title.split()), cited.source,
        choose_url(article), None, cited.published_precision, cited.speaker, cited.voice, cited.via,
    )  # fmt: skip
    return _describe(quoted) | {"published": cited.published}
