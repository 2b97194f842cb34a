"""The wire's own lines around a report: header, slug, genre and note lines, contacts, stamps.

`find_wire_lines` says where they stand; the text itself stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from wortlaut.index.article import Span
from wortlaut.index.lang.lines import join_lines
from wortlaut.index.lang.press import is_agency, match_press_words
from wortlaut.index.press.days import MONTH

# The longest head of a message, and the furthest that what follows a report may reach back.
_HEAD, _HEAD_LINES, _TAIL = 2000, 16, 400
_LONGEST_CONTACT = 3000
# "bdt0123 4 pl 345  dpa 0456": service and number, urgency, category, words, keyword.
HEADER = r"[\x01\x16 \t]*(?:[a-z]{3} ?\d{3,4} \d [a-z]{2} +\d+\b|[A-Z]{3}\d{4} \d [A-Z]{2} \d{4}\b)[^\n]*"
_HEADER = re.compile(rf"\A\s*+{HEADER}", re.MULTILINE)
# A headline's end: "Hafen wird teurer =".
_END = re.compile(r"(?<![=\n])[ \t]+=[ \t]*$|^=[ \t]*$", re.MULTILINE)
_SLUG = re.compile(
    r"^[ \t]*[A-ZÄÖÜ0-9][^/\n.!?=:]{0,40}(?:/[^/\n.!?=:]{1,40}){1,12}/[ \t]*$", re.MULTILINE
)
_SLUG_PART = r"[A-ZÄÖÜ0-9][\w&.-]{0,30}(?: [A-ZÄÖÜ0-9][\w&.-]{0,30}){0,3}"
_OPEN_SLUG = re.compile(rf"^[ \t]*{_SLUG_PART}(?:/{_SLUG_PART}){{2,12}}[ \t]*$")
_BRACKETED = re.compile(
    r"^[ \t]*\((?:[^()\n]|\n(?![ \t]*\n)|\([^()\n]{0,80}\)){1,800}\)[ \t]*=?[ \t]*$", re.MULTILINE
)
_SUBTITLE = re.compile(r"^Utl\.: ?", re.MULTILINE)


@cache
def _read_note() -> re.Pattern[str]:
    """A note on lines of its own, in brackets: "(Berichtigung: In einer früheren Version …)"."""
    return re.compile(
        rf"^[ \t]*\((?:{match_press_words('note')})(?![\w-])"
        r"(?:[^()\n]|\n(?![ \t]*\n)|\([^()\n]{0,80}\)){0,800}\)[ \t]*$",
        re.MULTILINE,
    )


@cache
def _read_block() -> re.Pattern[str]:
    """What opens the part for newsrooms, which reaches to the text's end."""
    heads = match_press_words("block")
    closed = r"(?:\*[ \t]*){3,}\n+Die folgenden Informationen sind nicht zur Veröffentlichung"
    return re.compile(
        rf"^(?:#{{1,3}} ?(?:{heads})\b[^\n]{{0,40}}|(?:dpa-)?Notizblock:?|{closed})[ \t]*(?=\n|\Z|\b)",
        re.MULTILINE,
    )


@cache
def _read_contact() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:{match_press_words('contact')})\b[ \t]*(?::|$)|^\(S E R V I C E\b", re.MULTILINE
    )


@cache
def _read_remark() -> re.Pattern[str]:
    """A line to newsrooms: "Hinweis an die Redaktionen: …"; "+++ Berlin;Prozesse; +++"."""
    return re.compile(
        rf"^(?:{match_press_words('remark')}):[^\n]{{0,300}}$|^\+\+\+ [^\n+]{{1,120}};? \+\+\+[ \t]*$",
        re.MULTILINE,
    )


@cache
def _read_sign_off() -> re.Pattern[str]:
    """The last lines of a message: "dpa jt yyzz n1 hn", "181646 Feb 22"; "(Schluss) jt"."""
    stamp = rf"[0-3]\d[0-2]\d[0-5]\dZ?(?: [A-Z]{{3,4}})? {MONTH}\b\.? \d\d(?:\d\d)?"
    known = match_press_words("agency")
    code = r" [\w/.-]{1,12}"
    end = r"\([SF](?:chluss|orts)\b[^()\n]{0,40}\)[^\n]{0,40}"
    return re.compile(
        rf"^(?:{end}\s+)?"
        rf"(?:(?P<agency>{known})(?:[/-][\w-]{{2,12}})?(?:{code}){{1,8}}[ \t]*\s+)?"
        rf"{stamp}[ \t\x03\x04]*\s*\Z"
        rf"|^(?P<signer>{known})(?:[/-][\w-]{{2,12}})?{code} yy\w{{1,4}}(?:{code}){{0,6}}\s*\Z"
        rf"|^{end}\s*\Z",
        re.MULTILINE,
    )


@cache
def _read_credit() -> re.Pattern[str]:
    known = match_press_words("agency")
    several = rf"{known}(?:[/,-] ?[\w-]{{2,12}}){{0,3}}"
    return re.compile(
        rf"^[ \t]*(?:{match_press_words('credit')}):? ?(?P<credit>{several})[ \t]*$"
        rf"|^[ \t]*(?:{match_press_words('byline')}) [^\n]{{3,80}}?, (?P<by>{known})[ \t]*$",
        re.MULTILINE,
    )


def find_wire_lines(text: str) -> list[Span]:
    """The spans that are the wire's own, in no order; they may overlap."""
    spans = [Span(*match.span()) for match in _read_note().finditer(text)]
    spans += [Span(*match.span()) for match in _read_credit().finditer(text)]
    spans += [Span(*match.span()) for match in _read_remark().finditer(text)]
    spans += _find_head(text)
    if match := _read_block().search(text):
        spans.append(Span(match.start(), len(text)))
    elif match := _read_sign_off().search(text, max(0, len(text) - _TAIL)):
        spans.append(Span(*match.span()))
    if (match := _read_contact().search(text, len(text) // 3)) and (
        len(text) - match.start() <= _LONGEST_CONTACT
    ):
        spans.append(Span(match.start(), len(text)))
    return spans


def blank_wire(text: str) -> str:
    """The text with line ends for every letter of the wire's own lines: as long, without them."""
    return replace_spans(text, merge_spans(find_wire_lines(text)), lambda span: "\n" * len(span))


def level_lines(text: str) -> str:
    """The text as it is read, letter for letter as long: no wire's lines, no line ends in paragraphs."""
    return join_lines(blank_wire(text))


def replace_spans(text: str, spans: Iterable[Span], fill: Callable[[Span], str]) -> str:
    """The text with something else for each of the spans, which are in order and disjoint."""
    parts: list[str] = []
    done = 0
    for span in spans:
        parts += (text[done : span.start], fill(span))
        done = span.end
    return "".join([*parts, text[done:]])


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def read_wire_source(text: str) -> str | None:
    """The agency of the sign-off, a byline ("Von Jan Tester, dpa") or a credit line."""
    match = _read_sign_off().search(text, max(0, len(text) - _TAIL))
    if match and (agency := match["agency"] or match["signer"]):
        return str(agency)
    if match := _read_credit().search(text):
        return match["credit"] or match["by"]
    return None


def read_headline(text: str) -> str | None:
    """The headline of a message, without its mark "=" and the lines before it; `None` if none."""
    end = _find_head_end(text)
    if end is None:
        return None
    words = text[: match.start()] if (match := _SUBTITLE.search(text, 0, end)) else text[:end]
    words = replace_spans(words, merge_spans(_find_head(text)), lambda _: "")
    words = re.split(r"\n[ \t]*\n", words.strip())[-1]
    return " ".join(words.split()) or None


def _find_head_end(text: str) -> int | None:
    match = _END.search(text, 0, _HEAD) if "=" in text[:_HEAD] else None
    if match is None or len(text[: match.start()].split("\n")) > _HEAD_LINES:
        return None
    return match.end()


def _find_head(text: str) -> Iterator[Span]:
    if match := _HEADER.match(text):
        yield Span(*match.span())
    end = _find_head_end(text)
    if end is None:
        if "/" in text[:_TAIL]:
            yield from (Span(*match.span()) for match in _SLUG.finditer(text, 0, _TAIL))
        return
    for pattern in (_END, _SLUG, _BRACKETED, _SUBTITLE):
        yield from (Span(*match.span()) for match in pattern.finditer(text, 0, end))
    position = 0
    for line in text[:end].split("\n"):
        if _OPEN_SLUG.match(line) or _is_byline(line):
            yield Span(position, position + len(line))
        position += len(line) + 1


def _is_byline(line: str) -> bool:
    return bool(re.match(rf"[ \t]*(?:{match_press_words('byline')}) [A-ZÄÖÜ]", line)) and is_agency(
        line.rpartition(",")[2].replace("=", "")
    )
