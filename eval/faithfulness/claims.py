"""An answer -> the sentences that claim something; a context -> windows a model can read."""

from __future__ import annotations

import re
from itertools import pairwise

from index.article import Span
from index.splitter import split_segments

_CLAIMS = re.compile(r"[^\W\d_]{2,}.*?[^\W\d_]{2,}|[^\W\d_]{4,}", re.DOTALL)

_REFUSAL = re.compile(
    r"\b(?:can ?not|can['’]t|could not|couldn['’]t|(?:am|is|are|was) (?:not able|unable)) (?:to )?"
    r"(?:answer|find|determine|tell|say|provide|give)\b"
    r"|\bI (?:do not|don['’]t) know\b|\bno (?:relevant )?(?:answer|information)\b"
    r"|\b(?:does|do|did) ?n[o'’]t (?:\w+ ){0,3}(?:contain|provide|mention|include|have|say|specify)\b"
    r"|\b(?:kann|konnte)\b.{0,60}\bnicht\b.{0,30}\b(?:beantworte|finde|sage)n?\b|\bweiß (?:ich )?(?:es )?nicht\b"
    r"|\b(?:keine?|nichts) (?:\w+ ){0,3}(?:Antwort|Angaben?|Informationen?|gefunden|enthalten)\b"
    r"|\bне (?:знаю|могу (?:ответить|найти|сказать)|удалось найти)\b|\bнет (?:\w+ )?(?:ответа|информации|сведений)\b",
    re.IGNORECASE,
)
_SOURCES = (
    r"\b(?:passages?|contexts?|sources?|articles?|texts?|documents?|information"
    r"|Dokument\w*|Text\w*|Quelle\w*|Artikel\w*|документ\w*|источник\w*|текст\w*|стать\w*)\b"
)
_LACKING = r"\b(?:not|no|n't|unable|cannot|without|lacks?|nichts?|keine?\w*|не|нет|ничего)\b"
_ABOUT_SOURCES = re.compile(
    rf"{_SOURCES}.{{0,60}}?{_LACKING}|{_LACKING}.{{0,60}}?{_SOURCES}", re.IGNORECASE | re.DOTALL
)
_LONGEST_REFUSAL = 30


def says_what_lacks(sentence: str) -> bool:
    """Whether a sentence tells of the sources what they do not hold."""
    return _ABOUT_SOURCES.search(sentence) is not None


def is_refusal(sentence: str) -> bool:
    """Whether a sentence only says that there is no answer, in any of the languages."""
    is_short = len(sentence.split()) <= _LONGEST_REFUSAL
    return is_short and (says_what_lacks(sentence) or _REFUSAL.search(sentence) is not None)


def split_claims(answer: str) -> list[Span]:
    """The answer's sentences, headings and list items in order, disjoint spans of it.

    A bare number or bullet belongs to what follows it: "1." is no claim of its own. An answer that
    only says that it has none claims nothing.
    """
    spans = [segment.span for segment in split_segments(answer)]
    if spans and all(is_refusal(span.of(answer)) for span in spans):
        return []
    merged: list[Span] = []
    start: int | None = None
    for span in spans:
        begin = span.start if start is None else start
        if _CLAIMS.search(span.of(answer)):
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
