"""Quotation marks paired into quotations, in the four German and English styles; names left out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wortlaut.index.article import Span
from wortlaut.index.lang.words import Words, read_function_words

# „…“  »…«  «…»  "…"  “…”  and their single forms; an apostrophe inside a word is none of them.
_MARK = re.compile(r"''+|[„“”\"»«‚‘’'›‹]|\n[ \t]*\n")
_CLOSERS = {
    "„": '“”"',
    "“": '”"',
    "”": "”",
    '"': '"“”',
    "»": "«",
    "«": "»",
    "‚": "‘’'",
    "‘": "’'",
    "'": "'’",
    "›": "‹",
    "‹": "›",
}
_SINGLE = frozenset("‚‘’'›‹")
# What a quotation inside a quotation may follow without a space.
_BEFORE = frozenset('([„“»«"–—-/')
# Marks that only open: a second one says that the first was never closed.
_OPENERS = frozenset("„»‚›")
_SENTENCE_END = re.compile(r"(?<=[^\W\d]{2})[.!?](?=\s)")
# A quotation longer than this is a mark that was never closed.
_LONGEST_QUOTATION = 4000

_NAME_PARTICLES = read_function_words("in-medium") | {"-", "&"}
# Words with marks: anything shorter is a title or a distanced word, not a quotation.
_SHORTEST_QUOTATION = 5
_LONGEST_INQUIT = 14
_ENDS = frozenset(".;!?")


def pair_quotes(text: str) -> list[Span]:
    """The outermost quotations with their marks, in order, never across a blank line.

    A mark that is never closed opens nothing, except before a paragraph that opens with the
    same mark again (the press's way to go on quoting), or that holds its closing mark: then each
    paragraph's part is a quotation; or before a second opening mark: then it ends with its
    sentence. Linear in the text.
    """
    found: list[Span] = []
    paragraphs = list(_split_paragraphs(text))
    carried = ""
    for paragraph, following in pairwise([*paragraphs, _Paragraph(len(text), len(text), ())]):
        opened = (paragraph.start, carried) if carried else None
        nested = None if opened else _pair_nested(text, paragraph.marks)
        left = None
        if nested is None:
            left = _pair_plain(text, paragraph.marks, opened, found)
        else:
            found += nested
        carried = _go_on(text, left[1], following) if left else ""
        if left and (carried or text[following.start : following.start + 1] == left[1]):
            found.append(Span(left[0], paragraph.stop))
    return found


def find_torn_ends(text: str, quotes: Sequence[Span]) -> list[int]:
    """Where sentences end behind a quotation that was never closed, as offsets, in order.

    A splitter that waits for the closing mark takes them for one sentence.
    """
    ends: list[int] = []
    for quote, following in pairwise([*quotes, Span(len(text), len(text))]):
        if text[quote.end - 1] in ".!?" and following.end > following.start:
            ends.append(quote.end)
            behind = _SENTENCE_END.finditer(text, quote.end, following.start)
            ends += [match.end() for match in behind]
    return ends


def is_quotation(words: Words, start: int, stop: int, verbs: Container[str]) -> bool:
    """Whether words `[start, stop)`, marks included, are long enough, or somebody says them.

    "„Nein“, sagte X" and "antwortete X: „Nein.“"; `verbs` are the forms of the speech verbs.
    """
    if stop - start >= _SHORTEST_QUOTATION and not _is_name(words, start, stop):
        return True
    if _answers(words, start, verbs):
        return True
    said = words.lows[stop : stop + 2]
    return len(said) == 2 and said[0] == "," and said[1] in verbs


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """`[start, stop)` of a text between blank lines, and where its marks stand."""

    start: int
    stop: int
    marks: tuple[int, ...]


def _split_paragraphs(text: str) -> Iterator[_Paragraph]:
    start = 0
    marks: list[int] = []
    for match in _MARK.finditer(text):
        if match[0].startswith("\n"):
            yield _Paragraph(start, match.start(), tuple(marks))
            start, marks = match.end(), []
        elif len(match[0]) == 1:
            marks.append(match.start())
    yield _Paragraph(start, max(start, len(text.rstrip())), tuple(marks))


def _pair_plain(
    text: str, marks: Sequence[int], opened: tuple[int, str] | None, found: list[Span]
) -> tuple[int, str] | None:
    """Pair each opening mark with the next that closes it; return what stays open."""
    for number, at in enumerate(marks):
        mark = text[at]
        if opened is None:
            opened = (at, mark) if _opens(text, at) else None
        elif mark in _CLOSERS[opened[1]] and _closes(text, at, mark):
            if _is_plural_genitive(text, at, opened[1], marks[number + 1 : number + 9]):
                continue
            if at - opened[0] <= _LONGEST_QUOTATION and not _is_stray(text, opened[0], at):
                found.append(Span(opened[0], at + 1))
            opened = None
        elif mark == opened[1] and _opens(text, at):
            ended = _SENTENCE_END.search(text, opened[0], at) if mark in _OPENERS else None
            if ended and ended.end() - opened[0] <= _LONGEST_QUOTATION:
                found.append(Span(opened[0], ended.end()))
            opened = (at, mark)
    return opened


def _pair_nested(text: str, marks: Sequence[int]) -> list[Span] | None:
    """The outermost of quotations inside quotations; None if none is, or they do not balance."""
    stack: list[int] = []
    found: list[Span] = []
    deepest = 0
    for at in marks:
        if text[at] in _SINGLE:
            continue
        opening = _opens(text, at) and (not at or text[at - 1].isspace() or text[at - 1] in _BEFORE)
        if stack and text[at] in _CLOSERS[text[stack[-1]]] and not opening:
            start = stack.pop()
            if not stack:
                found.append(Span(start, at + 1))
        elif opening:
            stack.append(at)
            deepest = max(deepest, len(stack))
        else:
            return None
    fits = all(len(span) <= _LONGEST_QUOTATION for span in found)
    return found if deepest > 1 and not stack and fits else None


def _is_plural_genitive(text: str, at: int, opener: str, following: Sequence[int]) -> bool:
    """Whether a mark behind an -s is an apostrophe: ‘the workers’ harbour’ closes later."""
    if opener not in _SINGLE or text[at - 1] not in "sxzSXZ":
        return False
    if not text[at + 1 : at + 2].isspace() or not text[at + 2 : at + 3].isalpha():
        return False
    for later in following:
        if not (text[later - 1].isalnum() and text[later + 1 : later + 2].isalnum()):
            return text[later] in _CLOSERS[opener] and _closes(text, later, text[later])
    return False


def _is_stray(text: str, start: int, end: int) -> bool:
    """Whether two apostrophes are no quotation: opened before a small word, closed sentences later."""
    if text[start] not in "'‘" or not text[start + 1 : start + 2].islower():
        return False
    return _SENTENCE_END.search(text, start, end) is not None


def _go_on(text: str, opener: str, following: _Paragraph) -> str:
    """The mark that stays open in the next paragraph, if that begins by closing it; else none."""
    if not following.marks or text[following.start : following.start + 1] == opener:
        return ""
    at = following.marks[0]
    closes = text[at] in _CLOSERS[opener] and _closes(text, at, text[at])
    opens = at == following.start or text[at - 1].isspace()
    return opener if closes and not opens and opener not in _SINGLE else ""


def _opens(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return text[at] in _CLOSERS and not before.isalnum() and bool(after) and not after.isspace()


def _closes(text: str, at: int, mark: str) -> bool:
    # An apostrophe or inch mark between letters closes nothing; a straight mark after a
    # space and before a letter opens anew.
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark in "’'‘":
        return not after.isalnum()
    return not (mark == '"' and before.isspace() and after.isalnum())


def _answers(words: Words, start: int, verbs: Container[str]) -> bool:
    """Whether it stands behind a speech verb and a colon."""
    if not start or words.words[start - 1] != ":" or not words.caps[start + 1]:
        return False
    for k in range(start - 2, max(-1, start - 2 - _LONGEST_INQUIT), -1):
        if words.words[k] in _ENDS or words.breaks[k + 1]:
            return False
        if words.lows[k] in verbs and not words.caps[k]:
            return True
    return False


def _is_name(words: Words, start: int, stop: int) -> bool:
    """Whether a quotation is nothing but a name: "„Wache von Aldora“", "„3. Aldoraer Hafentag“"."""
    if start and words.words[start - 1] == ":":
        return False
    inside = range(start + 1, stop - 1)
    counted = words.words[start + 1].isdecimal() and words.words[start + 2] == "."
    named = inside[2:] if counted else inside
    return all(words.caps[k] or words.lows[k] in _NAME_PARTICLES for k in named)
