"""Which contexts an answer cites, by whatever mark, and where the marks stand.

Systems write `[1]`, 【1†source】, [^1], [ID:0], (Source 2), ¹ and many more. A mark is no word of a
claim; where it tells a context's number, it is that context's citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from wortlaut.index.article import Span
from wortlaut.index.lang.tables import match_any, read_phrases

_MOST_OF_A_RANGE = 50
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NUMBERS = re.compile(r"\d{1,4}")
# "1-3" and "1, 2 und 4"; counts are bounded: a hostile text must not make the search slow.
_LIST = r"\d{1,4}(?:\s{0,2}(?:[,;&–-]|\b(?:and|und|или|и)\b)\s{0,2}\d{1,4}){0,20}"
# "report.pdf"; "Smith et al., 2020", "Smith & Jones 2020b".
_FILE = r"[^\W_][\w .()-]{0,80}?\.(?i:pdf|docx?|html?|txt|md|csv|json|xlsx?|pptx?)"
_NAMED = r"[A-ZÄÖÜА-ЯЁ][\w'’-]{1,30}"
# One name and a year alone may be a place or a month: "(Tarvo, 1997)".
_AUTHOR = (
    rf"{_NAMED}"
    rf"(?:(?:,? & {_NAMED}|,? (?:et al\.?|u\. ?a\.|и др\.)),? (?:19|20)\d\d[a-z]?"
    rf"|,? (?:19|20)\d\d[a-z]?(?=[,;:]))"
)
_PRIVATE = r"[\ue200-\ue2ff]{0,4}"
_NAMELESS = frozenset({"nameless", "turned", "filed", "authored"})
_AFTER_WORD = r"(?:(?<=[^\W\d_]{2})|(?<=[%°.!?\"”“»)]))"


@dataclass(frozen=True, slots=True)
class CitationMark:
    """A mark at `span` that cites the contexts of these numbers, counted from 1; none if unknown."""

    span: Span
    numbers: tuple[int, ...]


def find_marks(answer: str) -> list[CitationMark]:
    """The citation marks of an answer, in order and disjoint."""
    found = []
    for match in _read_pattern().finditer(answer):
        kind = match.lastgroup or ""
        numbers = _read_numbers(kind, match[kind])
        found.append(CitationMark(Span(match.start(), match.end()), numbers))
    return found


def level_marks(answer: str) -> str:
    """The answer with each mark written `[n]`, where it tells a number, and else left out."""
    pieces, at = [], 0
    for mark in find_marks(answer):
        numbers = "".join(f"[{number}]" for number in mark.numbers)
        pieces += [answer[at : mark.span.start], numbers]
        at = mark.span.end
    return "".join([*pieces, answer[at:]])


def _read_numbers(kind: str, inside: str) -> tuple[int, ...]:
    """The contexts' numbers, from 1; some systems count from 0."""
    if kind in _NAMELESS:
        return ()
    shift = 1 if kind in ("zero", "ragflow", "indexed", "oaicite") else 0
    spelled = inside.translate(_SUPERSCRIPTS)
    numbers = dict.fromkeys(number + shift for number in _expand(spelled))
    return tuple(number for number in numbers if number > 0)


def _expand(text: str) -> Iterator[int]:
    last: int | None = None
    for match in _NUMBERS.finditer(text):
        number = int(match[0])
        between = text[: match.start()].rstrip()
        if last is not None and between.endswith(("-", "–")) and last < number:
            yield from range(last + 1, min(number, last + _MOST_OF_A_RANGE) + 1)
        else:
            yield number
        last = number


def _list_named() -> Sequence[tuple[str, str]]:
    """The kinds of marks that name what they cite: a source, a page of it, a file, an author."""
    lists = read_phrases("layout.tsv")
    source, law, page = (match_any(lists[name]) for name in ("source", "law", "page"))
    # "[1, p. 3]", "[report.pdf, page 3]": a page counts nothing.
    at_page = rf"(?:\s?[,;:]\s?(?i:{page})\.?\s?\d{{1,4}}(?:\s?[-–]\s?\d{{1,4}})?)"
    see = r"(?:see |vgl\. |siehe |см\. )?"
    each = rf"(?i:{source})s?\.?\s?[:#№-]?\s?\d{{1,4}}"
    # "(Article 10)" is a law's.
    opening = rf"(?:[\[［]|\((?!\s?(?i:{law})\b))"
    return (
        (
            "named",
            rf"{opening}\s?{see}(?i:{source})s?\.?\s?[:#№-]?\s?(?:nr\. ?|no\. ?)?"
            rf"(?P<named>{_LIST}){at_page}?\s?[\])］]",
        ),
        ("listed", rf"{opening}\s?(?P<listed>{each}(?:\s?[,;]\s?{each}){{1,20}})\s?[\])］]"),
        ("paged", rf"[\[(［]\s?(?P<paged>\d{{1,4}}){at_page}\s?[\])］]"),
        ("filed", rf"(?P<filed>[\[(［]\s?{see}{_FILE}{at_page}?\s?[\])］])(?!\()"),
        ("authored", rf"(?P<authored>\({see}{_AUTHOR}{at_page}?\))"),
    )


@cache
def _read_pattern() -> re.Pattern[str]:
    kinds: Sequence[tuple[str, str]] = (
        # 【4:0†source】: the message, then the place among what was found.
        ("indexed", r"【\d{1,4}:(?P<indexed>\d{1,4})[^【】\n]{0,80}】"),
        ("lenticular", rf"【[^\d【】\n]{{0,40}}(?P<lenticular>{_LIST})[^【】\n]{{0,80}}】"),
        ("nameless", r"(?P<nameless>【[^【】\n]{0,80}】|\[(?:citation needed|quelle fehlt)\])"),
        ("zero", rf"\[\s?ID\s?:?\s?(?P<zero>{_LIST})\s?\]"),
        ("ragflow", r"##(?P<ragflow>\d{1,4})\$\$"),
        # A link whose words are a number: [1](https://…), [[1]](https://…).
        ("linked", r"\[{1,2}\^?(?P<linked>\d{1,4})\]{1,2}\(https?://[^)\s]{0,2000}\)"),
        ("footnote", r"\[\^(?P<footnote>\d{1,4})\^?\]:?"),
        # What ChatGPT leaves of its links, in signs of private use or without.
        ("turned", rf"(?P<turned>{_PRIVATE}cite(?:{_PRIVATE}turn\d{{1,3}}\w{{1,12}}?\d{{1,3}})+{_PRIVATE})"),
        ("oaicite", r":?contentReference\[oaicite:(?P<oaicite>\d{1,4})\](?:\{index=\d{1,4}\})?"),
        ("doubled", rf"\[\[(?P<doubled>{_LIST})\]\]"),
        *_list_named(),
        ("dagger", rf"[\[［](?P<dagger>{_LIST})†[^\[\]\n]{{0,80}}[\]］]"),
        ("square", rf"[\[［]\s?(?P<square>{_LIST})\s?[\]］](?!\()"),
        ("html", r"<(?:sup|cite|ref)>\s?\[?(?P<html>\d{1,4})\]?\s?</(?:sup|cite|ref)>"),
        # "… billion (1)." but neither "(1) first" nor "10 (5)".
        ("round", rf"{_AFTER_WORD}\s?\((?P<round>\d{{1,2}})\)(?=\s*(?:[.!?,;:]|\n|\Z)|[ ]\()"),
        # "… billion.¹", but not "km²".
        ("raised", r"(?:(?<=[^\W\d_]{4})|(?<=[.!?,;\"”“»)]))(?P<raised>[¹²³⁴-⁹⁰]{1,3})"),
    )  # fmt: skip
    return re.compile("|".join(pattern for _, pattern in kinds))
