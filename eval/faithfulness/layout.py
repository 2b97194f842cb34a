"""Which lines of an answer are layout: lists of sources, tables, headings, what opens a line.

Every search here takes time in proportion to the text, however it is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.tables import match_any, read_phrases
from wortlaut.index.lang.words import LANGUAGES, find_letter_runs, read_class

LINE = re.compile(r"^[^\S\n]*\S[^\n]*", re.MULTILINE)
_LONGEST_ENTRY = 300
_LONGEST_HEADING = 12
# A name of a source may end in a full stop, or hold a number; a sentence has more words.
_SHORTEST_SENTENCE = 4
_DAYS_MONTH = match_any([m for each in ("de", "en", "ru") for m in list_forms("month", each)])
_MONTH = re.compile(rf"{_DAYS_MONTH}\Z", re.IGNORECASE)
_HEADED = re.compile(r"\s{0,3}#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"(?:\d{1,2}[.)]\s+)?(\*\*|__)(?:(?!\1).)+\1(?:\s*:)?\Z")
# "1. ", "a) ", "- "; but "3. January" is a day.
_ITEM = re.compile(
    rf"\s*(?:(?:[-–—*•·◦▪‣+]|\(?\d{{1,2}}[.):]|\(?[a-z][.)])\s+)+(?=\S)(?!(?i:{_DAYS_MONTH})\b)"
)
# By its kind: entries of one list open alike.
_ENTRY = re.compile(
    r"\s*(?:(?P<bullet>[-–—*•+]\s)|(?P<number>\(?\d{1,3}[.):]\s)|(?P<bracket>[\[【［(])"
    r"|(?P<link>https?://)|(?P<ragflow>##\d)|(?P<quote>[\"„“«])|(?P<raised>[¹²³⁴-⁹])|(?P<star>\*))"
)
_TABLE_RULE = re.compile(r":?-{2,}:?")
_ENDED = re.compile(r"[^\W\d_]{3}[.!?][\"”“»*_]*\Z")
# What tells a source from a sentence: an address, a file, an author with a year.
_ADDRESS = re.compile(
    r"https?://|\bwww\.|\b[\w-]{2,40}\.(?:pdf|docx?|html?|txt|md|csv|json|xlsx?|pptx?|com|org|net|de|ru)\b"
    r"|\(\d{4}[a-z]?\)|[^\W\d_], (?:19|20)\d\d[a-z]?\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?<![\w.,:/-])\d[\d.,]*(?![.:/-]?\d)\s+(?P<noun>[^\W\d_]{3,})")


@dataclass(frozen=True, slots=True)
class _Forms:
    """What opens lines that claim nothing."""

    references: re.Pattern[str]
    origin: re.Pattern[str]
    told: re.Pattern[str]
    closing: re.Pattern[str]
    label: re.Pattern[str]
    part: re.Pattern[str]


@cache
def _read_forms() -> _Forms:
    any_of = {name: match_any(words) for name, words in read_phrases("layout.tsv").items()}
    ornament = r"[\s#>*_–-]*"
    return _Forms(
        references=re.compile(
            rf"{ornament}(?:\d{{1,2}}[.)]\s*)?{any_of['references']}[\s*_]*(?:[:：][\s*_]*)?", re.I
        ),
        origin=re.compile(
            rf"{ornament}\(?{any_of['origin']}[*_]*\s*(?:\[?\d{{1,3}}\]?\s*)?[:：]|\s*\[\^[\w-]{{1,30}}\]:"
            rf"|\s*\[\d{{1,3}}\]:?\s+(?:https?://|<)",
            re.I,
        ),
        told=re.compile(rf"\({any_of['origin']}\s?[:：][^()\n]{{1,200}}\)", re.I),
        # The source behind a sentence, on its line.
        closing=re.compile(
            rf"[.!?\"”“»)\]] (?P<source>\(?{any_of['origin']}\s?[:：][^\n]{{1,200}})\Z", re.I
        ),
        label=re.compile(rf"\s*{any_of['label']}\s*[:：]\s+(?=\S)", re.I),
        part=re.compile(rf"\b{any_of['part']}\s+\d{{1,3}}\b", re.I),
    )


def find_openings(text: str) -> Iterator[Span]:
    """What opens lines and says nothing: bullets, list numbers, "Answer:"."""
    label = _read_forms().label
    for line in LINE.finditer(text):
        at = line.start()
        for form in (_ITEM, label, _ITEM):
            if opening := form.match(text, at, line.end()):
                at = opening.end()
        if at > line.start():
            yield Span(line.start(), at)


def find_headings(text: str) -> Iterator[Span]:
    """Lines that are marked as headings, or are bold and short."""
    for line in LINE.finditer(text):
        words = line[0].strip()
        is_short = len(words.split()) <= _LONGEST_HEADING
        if _HEADED.match(line[0]) or (is_short and _BOLD_LINE.match(words)):
            yield Span(*line.span())


def states_something(heading: str) -> bool:
    """Whether a heading without its marks says something itself: a number, a full stop, a verb.

    What asks, like what only numbers a part, states nothing: "What it is", "Step 2".
    """
    words = _read_forms().part.sub(" ", heading).strip(" *_")
    if words.endswith(("?", ":", "：")):
        return False
    if re.search(r"\d", words) or _ENDED.search(words):
        return True
    low = list(find_letter_runs(words.casefold()))
    return bool(low) and low[0] not in _list_askers() and _has_verb(low[1:])


def find_sources(text: str) -> Iterator[Span]:
    """Lines that name sources, and the lists of them, with their heads."""
    forms = _read_forms()
    entries = _Entries()
    last = 0
    for line in LINE.finditer(text):
        is_apart = text.count("\n", last, line.start()) > 1
        words, last = line[0], line.end()
        level = " ".join(words.split())
        if forms.references.fullmatch(level):
            entries = _Entries(is_open=True)
            yield Span(*line.span())
            continue
        named = forms.origin.match(words)
        # "Source: dpa, May 2025", but no whole sentence.
        is_source = named and not is_sentence(words[named.end() :])
        if entries.take(words, is_apart=is_apart) or is_source:
            yield Span(*line.span())
        else:
            yield from (Span(*match.span()) for match in forms.told.finditer(text, *line.span()))
            closing = forms.closing.search(text, *line.span())
            if closing and not is_sentence(closing["source"]):
                yield Span(closing.start("source"), closing.end())


class _Entries:
    """The list of sources that a line may belong to: of entries that open alike."""

    def __init__(self, *, is_open: bool = False) -> None:
        self._is_open = is_open
        self._kind = ""

    def take(self, line: str, *, is_apart: bool) -> bool:
        """Whether the line is a source of the list; what stands `is_apart` may be another list."""
        entry = _ENTRY.match(line)
        kind = entry.lastgroup or "" if entry else ""
        other = is_apart and self._kind not in ("", kind)
        if not self._is_open or not entry or len(line) > _LONGEST_ENTRY or other:
            self._is_open = False
            return False
        self._kind = self._kind or kind
        return not is_sentence(line[entry.end() :])


def is_sentence(words: str) -> bool:
    """Whether words behind "Source:" or in a list of sources are a sentence, and name no source."""
    plain = words.strip(" *_")
    many = len(find_letter_runs(plain)) >= _SHORTEST_SENTENCE
    if not many or _ADDRESS.search(plain):
        return False
    if _ENDED.search(plain) or _has_verb(list(find_letter_runs(plain.casefold()))[1:]):
        return True
    return any(not _MONTH.match(each["noun"]) for each in _COUNTED.finditer(plain))


def find_tables(text: str) -> Iterator[Span]:
    """The rules of tables, and the heads above them, but for heads with a number."""
    before: re.Match[str] | None = None
    for line in LINE.finditer(text):
        if _is_rule(line[0]):
            yield Span(*line.span())
            head = before[0].strip() if before is not None else ""
            is_piped = len(head) > 1 and head[0] == head[-1] == "|"
            if before is not None and is_piped and not re.search(r"\d", head):
                yield Span(*before.span())
        before = line


def _is_rule(line: str) -> bool:
    cells = line.strip().removeprefix("|").removesuffix("|").split("|")
    return all(_TABLE_RULE.fullmatch(cell.strip()) for cell in cells)


@cache
def _list_askers() -> frozenset[str]:
    return frozenset[str]().union(*(read_class("question", each) for each in LANGUAGES))


def _has_verb(low: list[str]) -> bool:
    """Whether one of the words is an auxiliary or modal verb."""
    return not _list_finite().isdisjoint(low)


@cache
def _list_finite() -> frozenset[str]:
    kinds = ("auxiliary", "modal")
    return frozenset[str]().union(*(read_class(k, each) for k in kinds for each in LANGUAGES))
