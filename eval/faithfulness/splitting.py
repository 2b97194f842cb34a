"""An answer -> the sentences that claim something; a context -> windows a model can read."""

from __future__ import annotations

import re
from itertools import pairwise

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.splitter import split_segments
from wortlaut.rag.refusals import is_refusal

# Only what holds a word, or a number that is no list's, can be a claim.
_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2,}|\d")
_BARE_LISTING = re.compile(r"\W*(?:\d{1,2}|[a-z])\s*[.):]?\W*\Z", re.IGNORECASE)


def is_refusal_answer(answer: str) -> bool:
    """Whether an answer says nothing but that there is none."""
    spans = [segment.span for segment in split_segments(answer)]
    return bool(spans) and all(is_refusal(span.of(answer)) for span in spans)


def split_claims(answer: str) -> list[Span]:
    """The answer's sentences, headings and list items in order, disjoint spans of it.

    A bare number or bullet belongs to what follows it: "1." is no claim of its own. An answer that
    only says that it has none claims nothing.
    """
    if is_refusal_answer(answer):
        return []
    spans = [segment.span for segment in split_segments(answer)]
    if len(spans) == 1:
        return spans if _SAYS_SOMETHING.search(answer) else []
    merged: list[Span] = []
    start: int | None = None
    for span in spans:
        begin = span.start if start is None else start
        text = span.of(answer)
        if _SAYS_SOMETHING.search(text) and not _BARE_LISTING.match(text):
            merged.append(Span(begin, span.end))
            start = None
        else:
            start = begin
    return merged


def cut_windows(context: str, letters: int) -> list[Span]:
    """Spans of whole sentences, each at most `letters` long unless one sentence is longer.

    Neighbours share a sentence, so that what two sentences say together is found in one window.
    """
    sentences = [segment.span for segment in split_segments(context)]
    windows: list[Span] = []
    first = 0
    for place, (span, after) in enumerate(pairwise([*sentences, Span(len(context), len(context))])):
        if after.end - sentences[first].start > letters or place == len(sentences) - 1:
            windows.append(Span(sentences[first].start, span.end))
            first = max(place, first + 1)
    return windows


def make_context(number: int, text: str) -> Article:
    """A context as what a citation can point into; `text` is normalised."""
    return Article(f"context-{number}", f"Context {number}", text, hash_text(text))
