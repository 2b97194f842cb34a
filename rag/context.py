"""The sentence before a quote, where the quote is understood only with it: "Dort", "Er", "Damit"."""

from __future__ import annotations

import re

from wortlaut.index.article import Article, Span
from wortlaut.index.lang.words import read_class, read_function_words
from wortlaut.index.splitter import is_headline, split_sentences

_LONGEST = 400
_OPENING = re.compile(r"[\W\d_]*([^\W\d_]+)(?:[^\S\n]+([^\W\d_]+))?")


def find_context(article: Article, span: Span) -> Span | None:
    """The sentence before the span, if the span begins with a word that refers back to it.

    `None` where there is none, or none of the same paragraph or the one before it.
    """
    if article.language not in ("de", None) or not refers_back(span.of(article.text)):
        return None
    before = None
    for sentence in split_sentences(article.text):
        if sentence.start >= span.start:
            break
        # A quote that begins inside of a sentence has its beginning before it.
        before = Span(sentence.start, min(sentence.end, span.start))
    if before is None or is_headline(article, before) or len(before) > _LONGEST:
        return None
    text = before.of(article.text)
    trimmed = Span(before.start, before.start + len(text.rstrip()))
    return trimmed if re.search(r"\w{2}", trimmed.of(article.text)) else None


def refers_back(words: str) -> bool:
    """Whether the German words open with one that stands for something said before them."""
    found = _OPENING.match(words)
    if found is None:
        return False
    first, second = found[1].lower(), found[2] or ""
    if first == "das":
        # "Das sei falsch", but "Das Land braucht".
        return second in read_class("auxiliary", "de") | read_class("modal", "de")
    return first in read_function_words("referring", "de")
