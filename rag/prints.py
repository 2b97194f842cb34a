"""One story, many prints, in an answer: it is quoted from one print, and never first as it was wrong.

The earliest print is cited: it is nearest to the source, and an agency's own comes before those who
print it. Of those of one day it is the longest: nobody has cut it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, Span
from wortlaut.index.lang.words import level_wording
from wortlaut.index.splitter import find_headline, is_headline, split_segments
from wortlaut.index.twins.origins import Origin, PrintedArticle
from wortlaut.rag.retriever import ScoredPassage

if TYPE_CHECKING:
    from wortlaut.rag.evidence import Evidence

# From this share of common words on a sentence is another print's, changed.
_SAME_SENTENCE = 0.5
# Of a story that is printed everywhere so many prints are read for the quoted words.
_MOST_READ = 200


def rate_print(article: Article, origin: Origin | None) -> tuple[bool, date, int, str]:
    """How a print stands among those of its story: the least of them is cited."""
    last = origin is not None and origin.superseded_by is not None
    return last, article.published or date.max, -len(article.text), article.id


def drop_reprints(
    passages: Sequence[ScoredPassage], origins: Mapping[str, Origin]
) -> list[ScoredPassage]:
    """The passages but those whose every sentence stands in one of another print of the story."""
    stories: dict[str, list[ScoredPassage]] = {}
    for scored in passages:
        if origin := origins.get(scored.article.id):
            stories.setdefault(origin.key, []).append(scored)
    dropped: set[str] = set()
    for prints in stories.values():
        told: dict[str, str] = {}
        for scored in sorted(prints, key=lambda s: rate_print(s.article, origins[s.article.id])):
            own, text = scored.article.id, scored.article.text
            others = [wording for identity, wording in told.items() if identity != own]
            # A changed headline alone tells nothing new.
            spans = [s for s in scored.passage.sentences if not is_headline(scored.article, s)]
            sentences = [_level(span.of(text)) for span in spans]
            if all(any(s in other for other in others) for s in sentences):
                dropped.add(scored.passage.id)
            else:
                told[own] = f"{told.get(own, '')} {_level(scored.passage.span.of(text))}"
    return [scored for scored in passages if scored.passage.id not in dropped]


def keep_one_print(evidence: Sequence[Evidence], *, by_article: bool = False) -> list[Evidence]:
    """The evidence with each story's sentence from one print, at the place of the best of them.

    `by_article` takes the prints' first sentences for one another, whatever they say.
    """
    places: dict[tuple[str, ...], int] = {}
    seen: set[str] = set()
    kept: list[Evidence] = []
    for item in evidence:
        story = item.origin.key if item.origin else item.article.id
        is_first = item.article.id not in seen
        seen.add(item.article.id)
        whole = by_article and is_first
        key = (story,) if whole else (story, item.speaker or "", _level(item.quote))
        place = places.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(item)
            continue
        before = kept[place]
        best = min(before, item, key=lambda e: rate_print(e.article, e.origin))
        score, sure = max(before.score, item.score), max(before.confidence, item.confidence)
        kept[place] = replace(best, score=score, confidence=sure)
    return kept


def find_counterpart(article: Article, quote: str) -> Span | None:
    """The sentence of the article that says what the quote does, or now says in its place."""
    asked = _level(quote).split()
    best, most = None, _SAME_SENTENCE
    segments = split_segments(article.text)
    headline = find_headline(article, segments)
    sentences = [segment.span for segment in segments if not segment.is_heading]
    for span in [headline, *sentences] if headline else sentences:
        words = _level(span.of(article.text)).split()
        shared = sum(min(asked.count(word), words.count(word)) for word in set(asked))
        share = 2 * shared / max(1, len(asked) + len(words))
        if share >= most:
            best, most = span, share
    return best


def list_holding(
    archive: Archive, article: Article, span: Span, origin: Origin
) -> tuple[PrintedArticle, ...]:
    """The other prints of the story that hold the quoted words too.

    Of a headline every other print: under whichever one, it is the same report.
    """
    others = [p for p in origin.prints if p.article_id != article.id]
    title = span.end <= len(article.title) and article.text.startswith(article.title)
    if title or is_headline(article, span):
        return tuple(others)
    quote = f" {_level(span.of(article.text))} "
    holding = []
    for printed in others[:_MOST_READ]:
        other = archive.read_article(printed.article_id)
        if other is not None and quote in f" {_level(other.text)} ":
            holding.append(printed)
    return tuple(holding)


# The quotes of an answer are looked for in the same prints.
@lru_cache(maxsize=512)
def _level(text: str) -> str:
    return level_wording(text).casefold()
