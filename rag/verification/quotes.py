"""Text in quotation marks must stand word for word in the cited text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Span
from index.attribution.quotes import pair_quotes

_MARKS = re.compile(r"[„“”\"»«‚‘’'›‹`´]")
_DASHES = re.compile(r"[‐‑‒–—―-]+")
_OMISSION = re.compile(r"\s*(?:\(\s*(?:\.{3}|…)\s*\)|\[\s*(?:\.{3}|…)\s*\]|\.{3}|…)\s*")
_EDGE = " \t\n.,;:!?"


def find_quotes(claim: str) -> list[Span]:
    """Where the claim quotes: each pair of marks with what is between."""
    return [span for span in pair_quotes(claim) if re.search(r"\w", span.of(claim))]


def find_false_quote(claim: str, quotes: Sequence[Span], texts: Sequence[str]) -> str | None:
    """The first quotation that no text holds verbatim; spaces, dashes and mark styles aside.

    "…" may stand for words left out, inside one text and in its order.
    """
    plain = [_level(text) for text in texts]
    for span in quotes:
        quotation = span.of(claim)[1:-1]
        parts = [part for p in _OMISSION.split(quotation) if (part := _level(p).strip(_EDGE))]
        if not any(_holds(text, parts) for text in plain):
            return quotation
    return None


def _level(text: str) -> str:
    return " ".join(_DASHES.sub("-", _MARKS.sub("", text)).split())


def _holds(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        # A sentence may open in the middle of the one it quotes.
        match = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(text, at)
        if match is None and part[:1].isalpha():
            turned = part[0].swapcase() + part[1:]
            match = re.compile(rf"(?<!\w){re.escape(turned)}(?!\w)").search(text, at)
        if match is None:
            return False
        at = match.end()
    return True
