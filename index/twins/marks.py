"""What a print says of itself: that it corrects, or that it is a newer version; and which is newer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from wortlaut.index.article import Article
from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import list_patterns

Reason = Literal["correction", "version"]

_HEAD_LINES = 12
_LONGEST_HEAD = 240
_NUMBER = r"(?:\d{1,2}\. )?"
# At the head "KORREKTUR 2 -", "WDH/Korrektur:", "UPDATE 3-", at the end "Hafen wird teurer
# (Neufassung)", "… – Korrektur", as a note "(Berichtigung: In einer früheren Version …)".
_LEADS = (
    r"^\W{{0,4}}(?:\w{{2,12}}/)?(?P<mark>{number}(?:{words})(?: \d{{1,2}})?)"
    r"(?P<end>\s?[:/–—]|\s-|-|\)|\s*$)"
)
_TRAILS = r"(?:[(\[]|\s[-–—|/]\s?|:\s)(?P<mark>{number}(?:{words})(?: \d{{1,4}})?)\W{{0,3}}$"
_NOTES = r"^[ \t]*\((?P<mark>{number}(?:{words})(?: \d{{1,4}})?)\b"
_DIGITS = re.compile(r"\d+")
# An id that is its maker's alone: "urn:newsml:…", "tag:…", an address.
_OWN_ID = re.compile(r"[:/].{8,}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a print is marked as; of two of one kind the higher `rank` is the later."""

    reason: Reason
    rank: int = 0


def read_mark(title: str, text: str) -> Mark | None:
    """The print's mark in its headline, in a note or in what it says of an earlier version."""
    title = " ".join(title.split())[:_LONGEST_HEAD]
    lines = [line.strip()[:_LONGEST_HEAD] for line in text[:5000].split("\n") if line.strip()]
    heads = [title, *lines[:_HEAD_LINES]]
    ends = [title, *lines[:1]]
    if found := _find_mark("correction", heads, ends, text):
        return found
    if _read_admissions().search(text):
        return Mark("correction")
    return _find_mark("version", heads, ends, text)


def _find_mark(reason: Reason, heads: list[str], ends: list[str], text: str) -> Mark | None:
    for form, places in ((_LEADS, heads), (_TRAILS, ends), (_NOTES, [text])):
        pattern = _read_marks(reason, form)
        for match in (found for place in places if (found := pattern.search(place))):
            # "UPDATE 1-", not "Neu-Ulm".
            if form == _LEADS and match["end"] == "-" and not match["mark"].isupper():
                continue
            number = _DIGITS.search(match["mark"])
            return Mark(reason, int(number[0]) if number else 0)
    return None


@cache
def _read_marks(reason: Reason, form: str) -> re.Pattern[str]:
    written = form.format(words=_list_words(reason), number=_NUMBER)
    return re.compile(written, re.IGNORECASE | re.MULTILINE)


@cache
def _read_admissions() -> re.Pattern[str]:
    words = _list_words("corrected").replace(" ", r"\s+")
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def _list_words(name: str) -> str:
    rows = (row for row in read_rows("wire_marks.tsv") if row["list"] == name)
    return "|".join(pattern for row in rows for pattern in list_patterns(row))


def names_one_story(guid: str) -> bool:
    """Whether an id is so long and so built that nobody else gives it."""
    return _OWN_ID.search(guid) is not None


def compare_versions(a: Article, b: Article) -> int:
    """1 where `a` is the later version of one id, -1 where `b` is, 0 where nothing says so."""
    own, other = _read_version(a.version), _read_version(b.version)
    if own and other and (len(own) > 1) == (len(other) > 1) and own != other:
        return 1 if own > other else -1
    return compare_days(a, b)


def compare_days(a: Article, b: Article) -> int:
    """1 where `a` was published after `b`, -1 before, 0 where that is not known."""
    if a.published is None or b.published is None or a.published == b.published:
        return 0
    if "day" not in (a.published_precision, b.published_precision):
        return 0
    return 1 if a.published > b.published else -1


def _read_version(version: str | None) -> tuple[int, ...]:
    return tuple(int(digits[:18]) for digits in _DIGITS.findall((version or "")[:60]))
