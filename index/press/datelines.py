"""Datelines: place, day and agency in front of a report, in the forms of the agencies.

"MOSKAU (dpa-AFX) -", "MOSKAU, 21. Januar (Reuters) -", "Moskau, 21.01.2022 (AFP) -",
"FRANKFURT (Dow Jones)--", "Berlin (epd).", "dpa BERLIN.", "МОСКВА, 21 января. /ТАСС/.".
"Name (Partei):" is a speaker's label and none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from wortlaut.index.article import Span
from wortlaut.index.lang.press import is_agency, list_press_words, match_press_words
from wortlaut.index.lang.tables import read_lists
from wortlaut.index.press.days import DAY, FrameDay, make_frame_day

# Bounded repeats: a hostile line must cost linear time.
_PLACE = r"[A-ZÄÖÜА-ЯЁ][\w.,'’/ \-]{1,60}?(?: \([A-ZÄÖÜ][\w./ \-]{1,20}\))?"
_SPLIT = re.compile(r"[ /,-]+")
# The reach of a dateline that names no agency.
_HEAD = 1500
_LONGEST, _LONGEST_PLACE = 200, 80


@dataclass(frozen=True, slots=True)
class Dateline:
    """The words in front of a report; `agency` is the source as they name it."""

    span: Span
    agency: str | None
    days: tuple[FrameDay, ...] = ()


def find_datelines(text: str) -> list[Dateline]:
    """The datelines of a text in order; those without brackets in its beginning alone."""
    found: list[Dateline] = []
    position = 0
    for line in text.split("\n"):
        opening = line[:_LONGEST].lstrip(" \t")
        if "(" in opening and ")" in opening:
            found += _read_bracket(text, position)
        if position < _HEAD and opening:
            found += _read_open(text, position, opening)
        position += len(line) + 1
    return found


def _read_bracket(text: str, position: int) -> Iterator[Dateline]:
    """ "MOSKAU, 21. Januar (Reuters) - "; "(Dow Jones)--", "(AFP) -" without a place."""
    if match := _read_bracketed().match(text, position):
        if _is_dateline(match["place"], match["agency"].strip(), match["end"].strip()):
            yield _make(match, match["agency"], match["before"] or match["after"])
    elif match := _read_bare().match(text, position):
        yield _make(match, match["agency"], None)


def _read_open(text: str, position: int, opening: str) -> Iterator[Dateline]:
    """ "dpa BERLIN. ", "МОСКВА, 21 января. /ТАСС/. "; "Lindau, 21. Januar 2022 – "."""
    if match := _read_leading().match(text, position):
        yield _make(match, match["first"], match["day"])
    elif any(letter.isdigit() for letter in opening[:_LONGEST_PLACE]):
        if match := _read_told().match(text, position):
            yield _make(match, match["slashed"] or match["last"], match["day"])
        elif match := _read_plain().match(text, position):
            line = _make(match, None, match["day"])
            if _is_place(match["place"]) and any(day.year for day in line.days):
                yield line


@cache
def _read_bracketed() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t]*(?P<place>{_PLACE})(?:[,.]? (?:den )?(?P<before>{DAY}))?,?(?: [-–—])?[ \t]*"
        rf"\((?P<agency>[^()\n]{{2,40}})\)(?:,? (?P<after>{DAY}))?"
        r"(?P<end> ?(?:-{1,2}|[–—:.]) ?|(?= [A-ZÄÖÜА-ЯЁ„“\"»«]))"
    )


def _is_dateline(place: str, agency: str, end: str) -> bool:
    """Whether a place is followed by who reports from there, no person by a party or an age."""
    if is_agency(agency):
        # Without a dash the words may be a sentence's: "Foto von Jan Tester (dpa)."
        return end not in (".", "") or _is_place(place)
    dashed = end.startswith(("-", "–", "—"))
    return dashed and agency[0].isalpha() and not _is_party(agency) and _is_place(place)


def _is_place(words: str) -> bool:
    # Its tables are large: they are read for an article, not for the start of a command.
    from wortlaut.index.lang.names import is_spelt_first_name

    parts = [part for part in _SPLIT.split(words.replace("(", "").replace(")", "")) if part]
    small = list_press_words("place")
    if not all(part[0].isupper() or part in small for part in parts):
        return False
    return len(parts) < 2 or "/" in words or not is_spelt_first_name(parts[0].lower())


def _is_party(words: str) -> bool:
    return words.lower() in read_lists("roles.tsv")["party"]


@cache
def _read_bare() -> re.Pattern[str]:
    known = match_press_words("agency")
    return re.compile(
        rf"[ \t]*\((?P<agency>{known}(?:[/,-][\w-]{{2,12}}){{0,3}})\) ?(?:-{{1,2}}|[–—]) ?"
    )


@cache
def _read_leading() -> re.Pattern[str]:
    known = match_press_words("agency")
    caps = r"[A-ZÄÖÜ]{3,}(?:[/ -][A-ZÄÖÜ]{2,}){0,3}"
    return re.compile(
        rf"[ \t]*(?P<first>{known}(?:[/,] ?{known}){{0,3}})\.? {caps}"
        rf"(?:, (?P<day>{DAY}))?[.:] ?(?:[-–—] )?"
    )


@cache
def _read_told() -> re.Pattern[str]:
    known = match_press_words("agency")
    return re.compile(
        rf"[ \t]*{_PLACE}[,.] (?P<day>{DAY})\.? ?"
        rf"(?:/(?P<slashed>{known})/\.?|[-–—.]? ?(?P<last>{known})[.,]?(?: ?[-–—])?) "
    )


@cache
def _read_plain() -> re.Pattern[str]:
    return re.compile(
        rf"[ \t]*(?P<place>{_PLACE}), (?:den |der )?(?P<day>{DAY})[ \t]*(?:-{{1,2}}|[–—])[ \t]+"
    )


def _make(match: re.Match[str], agency: str | None, day: str | None) -> Dateline:
    span = Span(*match.span())
    days = tuple(make_frame_day(span, "dateline", day)) if day else ()
    return Dateline(span, agency.strip() if agency else None, days)
