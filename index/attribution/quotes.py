"""Quotation marks paired into quotations, in the four German and English styles."""

from __future__ import annotations

import re

from index.article import Span

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
# A quotation longer than this is a mark that was never closed.
_LONGEST = 4000


def pair_quotes(text: str) -> list[Span]:
    """The outermost quotations with their marks, in order, never across a blank line.

    A mark that is never closed opens nothing, except before a paragraph that opens with the
    same mark again (the press's way to go on quoting). Linear in the text.
    """
    found: list[Span] = []
    opened: tuple[int, str] | None = None
    for match in _MARK.finditer(text):
        at, mark = match.start(), match[0]
        if mark.startswith("''"):
            continue
        if len(mark) > 1:
            if opened and text[match.end() : match.end() + 1] == opened[1]:
                found.append(Span(opened[0], at))
            opened = None
        elif opened is None:
            opened = (at, mark) if _opens(text, at) else None
        elif mark in _CLOSERS[opened[1]] and _closes(text, at, mark):
            if at - opened[0] <= _LONGEST:
                found.append(Span(opened[0], at + 1))
            opened = None
        elif mark == opened[1] and _opens(text, at):
            opened = (at, mark)
    return found


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
