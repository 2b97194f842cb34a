"""Times of day that are told in words, in German, English and Russian: "halb acht", "half past seven"."""

from __future__ import annotations

import re
from functools import cache

from wortlaut.index.lang.numerals import list_ordinals, read_counts
from wortlaut.index.lang.tables import match_any, read_rows
from wortlaut.index.lang.words import Language, read_class

_A_DAY = 1440


@cache
def list_clock_forms(language: Language) -> tuple[tuple[re.Pattern[str], int], ...]:
    """The patterns of the language, each with the minutes past its hour."""
    return tuple(
        (re.compile(rf"\b{_write(row['form'])}(?!\w|[.,:-]\d)", re.IGNORECASE), int(row["past"]))
        for row in read_rows("clock.tsv")
        if row["language"] == language
    )


def read_clock(match: re.Match[str], past: int) -> int:
    """The minute of the day that a match of a pattern tells."""
    hour, more = _list_hours()[match["h"].lower()], match.groupdict().get("m")
    return (hour * 60 + past + (_read_minutes(more) if more else 0)) % _A_DAY


@cache
def _list_hours() -> dict[str, int]:
    """Every word and number for an hour, the ranks of Russian among them."""
    articles = read_class("article", "en")
    words = {word: n for word, n in read_counts().items() if n <= 24 and word not in articles}
    ranks = {word: n for n in range(1, 13) for word in list_ordinals(n, "ru")}
    return {**words, **ranks, **{str(n): n for n in range(25)}}


def _read_minutes(word: str) -> int:
    return int(word) if word.isdecimal() else read_counts().get(word.lower(), 0)


def _write(form: str) -> str:
    """The pattern that a cell stands for."""
    counts = [word for word in _list_hours() if not word.isdecimal()]
    short = [word for word in counts if _list_hours()[word] <= 12]
    ranks = [word for n in range(1, 13) for word in list_ordinals(n, "ru")]
    minutes = [*read_counts(), *map(str, range(60))]
    parts = {
        "H": f"(?P<h>{match_any(short)}|1[0-2]|[1-9])", "W": f"(?P<h>{match_any(short)})",
        "A": rf"(?P<h>{match_any(counts)}|2[0-4]|1?\d)", "R": f"(?P<h>{match_any(ranks)})",
        "M": f"(?P<m>{match_any(minutes)})",
    }  # fmt: skip
    return re.sub(r"[HWARM]", lambda found: parts[found[0]], form.replace("_", r"\s+"))
