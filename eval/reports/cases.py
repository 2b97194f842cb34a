"""Picks the questions of a run that went worst, and finds in each answer what does not hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from eval.rows import Row

_MISSES = {
    "answer.sentence": "no gold sentence cited",
    "answer.speaker": "wrong speaker",
    "answer.date": "wrong date",
}
_LONGEST = 480
_MOST_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim of an answer that is not supported; `number` counts from 1 in its answer."""

    number: int
    text: str
    verdict: str
    reason: str
    support: float | None
    nearest: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an answer; `doubt` is the claim in it that does not hold."""

    text: str
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer cites: the quote, shortened where it is long, and where it is from."""

    marker: str
    quote: str
    place: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question that went wrong, ready to be shown; its texts are untrusted still."""

    row: Row
    faults: tuple[str, ...]
    pieces: tuple[Piece, ...]
    doubts: tuple[Doubt, ...]
    sources: tuple[Source, ...]
    left_out: int


def find_worst(rows: Sequence[Row], most: int) -> list[Case]:
    """Up to `most` of the rows that failed, are wrong or claim what is not supported.

    The least faithful come first, then the wrong without a claim, then the failed.
    """
    faulty = [row for row in rows if _list_faults(row)]
    return [_open_case(row) for row in sorted(faulty, key=_rank)[:most]]


def count_faulty(rows: Sequence[Row]) -> int:
    """How many rows failed, are wrong or claim what is not supported."""
    return sum(map(is_faulty, rows))


def is_faulty(row: Row) -> bool:
    """Whether the row failed, is wrong or claims what is not supported."""
    return bool(_list_faults(row))


def is_right(row: Row) -> bool | None:
    """Whether the answer is right, `None` if the gold does not say or the question failed."""
    right = None if row.error is not None else row.scores.get("answer.right")
    return None if right is None else right >= 1


def _list_faults(row: Row) -> tuple[str, ...]:
    """What is wrong with the row, in words; () if nothing is."""
    if row.error is not None:
        return ("failed",)
    faults = []
    if row.abstained and row.answerable:
        faults.append("not answered, though there is an answer")
    elif row.answerable is False and not row.abstained:
        faults.append("answered, though there is no answer")
    elif is_right(row) is False:
        missed = [fault for name, fault in _MISSES.items() if row.scores.get(name) == 0]
        faults += missed or ["wrong"]
    refused = sum(_is_doubted(claim) for claim in row.claims)
    if refused:
        faults.append("1 unsupported claim" if refused == 1 else f"{refused} unsupported claims")
    return tuple(faults)


def _rank(row: Row) -> tuple[bool, float, bool, str]:
    share = row.scores.get("faithfulness.supported")
    if share is None:
        share = row.scores.get("faithfulness.score")
    return row.error is not None, 2.0 if share is None else share, is_right(row) is True, row.id


def _open_case(row: Row) -> Case:
    doubts = tuple(_list_doubts(row))
    sources = tuple(_describe_source(row.citations[i]) for i in _choose_sources(row))
    return Case(
        row=row,
        faults=_list_faults(row),
        pieces=tuple(split_answer(row.answer, row.claims, doubts)),
        doubts=doubts,
        sources=sources,
        left_out=len(row.citations) - len(sources),
    )


def _choose_sources(row: Row) -> list[int]:
    """The positions of the citations to show: those that a doubted claim comes near to first."""
    near = [claim.get("nearest") for claim in row.claims if _is_doubted(claim)]
    first = [place[0] for place in near if isinstance(place, list | tuple) and place]
    every = range(len(row.citations))
    ordered = dict.fromkeys([*(i for i in first if i in every), *every])
    return sorted(list(ordered)[:_MOST_SOURCES])


def _is_doubted(claim: Mapping[str, Any]) -> bool:
    return _read(claim, "verdict") not in ("", "supported")


def _list_doubts(row: Row) -> list[Doubt]:
    doubted = [claim for claim in row.claims if _is_doubted(claim)]
    return [
        Doubt(
            number=number,
            text=_read(claim, "text"),
            verdict=_read(claim, "verdict").replace("_", " "),
            reason=_read(claim, "reason"),
            support=_read_share(claim.get("support")),
            nearest=_find_nearest(claim.get("nearest"), row.citations),
        )
        for number, claim in enumerate(doubted, 1)
    ]


def split_answer(
    answer: str, claims: Sequence[Mapping[str, Any]], doubts: Sequence[Doubt]
) -> list[Piece]:
    """The answer cut up; put together again, the pieces' texts are the answer.

    `doubts` are those of the claims that are not supported, in their order. One whose words are
    not in the answer has no piece.
    """
    doubted = [claim for claim in claims if _is_doubted(claim)]
    places: list[tuple[int, int, Doubt]] = []
    for claim, doubt in zip(doubted, doubts, strict=True):
        place = _locate(answer, claim, [(start, end) for start, end, _ in places])
        if place:
            places.append((*place, doubt))
    pieces, done = [], 0
    for start, end, doubt in sorted(places, key=lambda place: place[:2]):
        if start > done:
            pieces.append(Piece(answer[done:start]))
        pieces.append(Piece(answer[start:end], doubt))
        done = end
    if done < len(answer):
        pieces.append(Piece(answer[done:]))
    return pieces


def _locate(
    answer: str, claim: Mapping[str, Any], taken: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Where the claim stands in the answer and nothing else was found: its span, else its words."""
    start, end = claim.get("start"), claim.get("end")
    found = []
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(answer):
        found.append((start, end))
    words = _read(claim, "text").split()
    if words:
        wording = re.compile(r"\s+".join(re.escape(word) for word in words))
        found += [match.span() for match in wording.finditer(answer)]
    return next(((a, b) for a, b in found if all(b <= s or e <= a for s, e in taken)), None)


def _find_nearest(nearest: Any, citations: Sequence[Mapping[str, Any]]) -> str:
    """The words of a source that come nearest to a claim, "" where none are told."""
    try:
        position, start, end = (int(number) for number in nearest)
        quote = _read_quote(citations[position]) if position >= 0 else ""
    except (TypeError, ValueError, IndexError):
        return ""
    return _shorten(quote[start:end]) if 0 <= start < end else ""


def _describe_source(citation: Mapping[str, Any]) -> Source:
    parts = [_read(citation, key) for key in ("speaker", "title", "source", "published")]
    # Of a path only the end: a report is passed on, and a home folder has its owner's name.
    parts.append(_read(citation, "url") or PurePath(_read(citation, "path")).name)
    place = " · ".join(part for part in parts if part)
    return Source(_read(citation, "marker"), _shorten(_read_quote(citation)), place)


def _read_quote(citation: Mapping[str, Any]) -> str:
    return _read(citation, "quote") or _read(citation, "text")


def _read(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return "" if value is None else str(value)


def _read_share(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _shorten(text: str) -> str:
    """The text, cut at a blank where it is too long to show."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(maxsplit=1)[0] + " …"
