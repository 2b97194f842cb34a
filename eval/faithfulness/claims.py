"""An answer -> the sentences that claim something; a context -> windows a model can read."""

from __future__ import annotations

import re
from itertools import pairwise

from index.article import Article, Span, hash_text
from index.splitter import split_segments

# Only what holds a word, or a number that is no list's, can be a claim.
_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2,}|\d")
_BARE_LISTING = re.compile(r"\W*(?:\d{1,2}|[a-z])\s*[.):]?\W*\Z", re.IGNORECASE)
_SOURCES = (
    r"(?:passages?|contexts?|sources?|articles?|texts?|documents?|reports?|archives?"
    r"|Dokumente?n?|Texte?n?|Quellen?|Artikeln?|Archiv|документ\w*|источник\w*|текст\w*|стать\w*|архив\w*)"
)
_TELL = (
    r"(?:say|says|state|states|mention|mentions|specify|specifies|contain|contains|provide|provides"
    r"|include|includes|give|gives|tell|tells|address|addresses|explain|explains|discuss|discusses"
    r"|indicate|indicates|describe|describes|offer|offers|have|has)"
)
# "The passages do not say when": of the sources, what they leave out.
_LACKS = re.compile(
    rf"\b{_SOURCES}\b(?: \w+){{0,4}} (?:(?:do|does|did) ?(?:not|n['’]t)|cannot|never|don['’]t|doesn['’]t)"
    rf"(?: \w+)? {_TELL}\b"
    rf"|\b(?:not|n['’]t) (?:\w+ )?(?:mentioned|specified|stated|provided|given|contained|included|found)\b"
    rf"(?: \w+){{0,3}} (?:in|by) (?:\w+ ){{0,3}}{_SOURCES}\b"
    rf"|\bno (?:specific |direct |relevant )?(?:information|details?|mention|answer)\b(?: \w+){{0,8}} "
    rf"(?:in|by) (?:\w+ ){{0,3}}{_SOURCES}\b"
    rf"|\b(?:nicht|nichts|keine?n?)\b(?: \w+){{0,3}} in (?:\w+ ){{0,2}}{_SOURCES}\b"
    rf"|\b{_SOURCES}\b(?: \w+){{0,3}} (?:sagt|sagen|nennt|nennen|enthält|enthalten|erwähnt|erwähnen)"
    rf"\b(?: \w+){{0,3}} (?:nicht|nichts|keine?n?)\b"
    rf"|\bв (?:\w+ )?{_SOURCES}\b(?: \w+){{0,3}} (?:нет|не|ничего)\b"
    rf"|\b(?:нет|не|ничего)\b(?: \w+){{0,3}} в (?:\w+ )?{_SOURCES}\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:I|we) (?:(?:can ?not|can['’]t|could not|couldn['’]t)"
    r"|(?:am|are|was|were) (?:not able|unable) to) (?:answer|find|determine|tell|say|provide|give)\b"
    r"|\bI (?:do not|don['’]t) (?:know|have)\b|\bno (?:answer|information) (?:is|was) (?:available|found|given)\b"
    r"|\bich\b.{0,60}\bnicht\b.{0,30}\b(?:beantworten|finden|sagen)\b|\bweiß ich nicht\b"
    r"|\bich weiß (?:es |das )?nicht\b"
    r"|\b(?:dazu|darüber|hierzu)\b.{0,30}\b(?:keine?|nichts)\b"
    r"|\b(?:я )?не (?:знаю|могу (?:ответить|найти|сказать)|удалось найти)\b",
    re.IGNORECASE,
)
# What refuses only where nothing else is said.
_WHOLE_REFUSAL = re.compile(
    r"\W*(?:(?:there is )?no answer(?: (?:found|available))?|unanswerable|not answerable|n/?a"
    r"|(?:sorry,? )?(?:unable|not able) to answer\b[^.!?]{0,80}|not (?:found |stated |mentioned )?in the \w+(?: \w+)?"
    r"|keine antwort(?: (?:gefunden|möglich))?|nicht beantwortbar|(?:ist )?unbekannt"
    r"|(?:das|es|dies|davon) steht (?:\w+ )?(?:nicht|nichts) (?:im|in der|in dem|in den) \w+"
    r"|(?:the|das) (?:archive|archiv) (?:does not answer|beantwortet)\b[^.!?]{0,60}"
    r"|нет ответа|ответа нет|неизвестно)\W*",
    re.IGNORECASE,
)
_LONGEST_REFUSAL = 30


def says_what_lacks(sentence: str) -> bool:
    """Whether a sentence tells of the sources what they do not hold."""
    return _LACKS.search(sentence) is not None


def is_refusal(sentence: str) -> bool:
    """Whether a sentence only says that there is no answer, in any of the languages."""
    is_short = len(sentence.split()) <= _LONGEST_REFUSAL
    return is_short and (says_what_lacks(sentence) or _REFUSAL.search(sentence) is not None)


def is_refusal_answer(answer: str) -> bool:
    """Whether an answer says nothing but that there is none."""
    if _WHOLE_REFUSAL.fullmatch(answer):
        return True
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
