"""The words of the press trade: agencies, and what stands around a report (press.tsv)."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from wortlaut.index.lang.tables import match_any, read_phrases

PressList = Literal[
    "agency", "published on", "published", "standing", "updated on", "updated", "study", "weekday", "clock",
    "lead", "zone", "note", "block", "contact", "remark", "credit", "byline", "place", "release",
    "where", "town",
]  # fmt: skip
_BETWEEN_AGENCIES = re.compile(r"[/,;+&]| und | and ")


def list_press_words(*lists: PressList) -> tuple[str, ...]:
    """The words of some lists, as the table has them."""
    phrases = read_phrases("press.tsv")
    return tuple(dict.fromkeys(word for name in lists for word in phrases[name]))


def match_press_words(*lists: PressList) -> str:
    """A pattern for any word of the lists."""
    return match_any(list_press_words(*lists))


@cache
def _read_agencies() -> frozenset[str]:
    return frozenset(list_press_words("agency"))


def is_agency(words: str) -> bool:
    """Whether the words name who delivers copy: "dpa", "dpa/lni", "AFP/Reuters", "dpa-AFX Broker"."""
    known = _read_agencies()
    first = _BETWEEN_AGENCIES.split(words.strip())[0].strip()
    return first in known or first.split(" ")[0].removesuffix(":") in known
