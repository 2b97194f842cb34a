"""Article text -> sentences -> passages; offsets are tracked, never searched for afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from wortlaut.index.agency import find_boilerplate
from wortlaut.index.article import Article, Passage, Span

LONGEST_SENTENCE = 1200
_LONGEST_HEADING = 120
_LONGEST_QUESTION_HEADING = 80
_TERMINATED = re.compile(r"[.!?…:;](?:[\"“”„»«'’‘‚)\]]|\s)*\Z")
# The network called X ends sentences; its full stop is taken for an initial's.
_AFTER_X = re.compile(r"\b(?:[Pp]lattform|[Nn]etzwerk|[Dd]ienst|auf|bei|on) X\. (?=[A-ZÄÖÜ\"„»])")
_LINE = re.compile(r"[^\n]+")
_LETTER = re.compile(r"\w")

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence or heading; `opens_block` marks the first of a paragraph."""

    span: Span
    is_heading: bool
    opens_block: bool


def split_sentences(text: str) -> list[Span]:
    """The text's sentences in order, disjoint, trimmed; headings and boilerplate left out."""
    return [segment.span for segment in split_segments(text) if not segment.is_heading]


def split_segments(text: str) -> list[Segment]:
    """The text's sentences and headings in order.

    A text that holds nothing but headings has them as its sentences.
    """
    segments = [
        segment
        for block in _split_blocks(text, find_boilerplate(text))
        for segment in _split_block(text, block)
    ]
    if all(segment.is_heading for segment in segments):
        return [Segment(segment.span, False, True) for segment in segments]
    return segments


def split_passages(
    article: Article,
    segments: Sequence[Segment],
    count_tokens: CountTokens,
    target: int,
    limit: int,
) -> list[Passage]:
    """Passages of at most `limit` tokens that cover every sentence once, in order.

    A passage closes at the paragraph's end that comes next after two thirds of `target` tokens,
    and at `target` tokens at the latest. `limit` counts the model's prompt and special tokens.
    """
    pieces = _fit(article.text, segments, count_tokens, limit)
    groups: list[list[Segment]] = []
    tokens = 0
    for segment, cost in pieces:
        enough = segment.opens_block and tokens >= target * 2 // 3
        if not groups or enough or tokens + cost > target:
            groups.append([])
            tokens = 0
        groups[-1].append(segment)
        tokens += cost
    return [
        passage
        for ordinal, group in enumerate(_keep_headings_with_text(groups))
        for passage in [_make_passage(article, ordinal, group)]
    ]


def _make_passage(article: Article, ordinal: int, group: Sequence[Segment]) -> Passage:
    sentences = tuple(segment.span for segment in group if not segment.is_heading)
    span = Span(group[0].span.start, group[-1].span.end)
    return Passage(f"{article.id}:{ordinal}", article.id, ordinal, span, sentences)


def _keep_headings_with_text(groups: list[list[Segment]]) -> Iterator[list[Segment]]:
    """Move headings that close a passage to the one they head; drop a last one that heads none."""
    carried: list[Segment] = []
    for group in groups:
        group = carried + group
        carried = []
        while group and group[-1].is_heading:
            carried.insert(0, group.pop())
        if group:
            yield group


def _fit(
    text: str, segments: Sequence[Segment], count_tokens: CountTokens, limit: int
) -> list[tuple[Segment, int]]:
    """Each segment with its token count, those over the limit halved until they fit."""
    counts = count_tokens([segment.span.of(text) for segment in segments])
    fitted: list[tuple[Segment, int]] = []
    for segment, count in zip(segments, counts, strict=True):
        if count <= limit or len(segment.span) < 2:
            fitted.append((segment, count))
            continue
        middle = segment.span.start + _find_cut(segment.span.of(text), len(segment.span) // 2)
        halves = [
            Segment(Span(segment.span.start, middle), segment.is_heading, segment.opens_block),
            Segment(Span(middle, segment.span.end), segment.is_heading, False),
        ]
        fitted += _fit(text, halves, count_tokens, limit)
    return fitted


def _split_blocks(text: str, boilerplate: Sequence[Span]) -> Iterator[Span]:
    """Paragraphs: runs of text between line ends (blank lines where the copy is hard-wrapped)."""
    pattern = re.compile(r"(?:[^\n]|\n(?![ \t]*\n))+") if _is_hard_wrapped(text) else _LINE
    for match in pattern.finditer(text):
        position = match.start()
        for span in boilerplate:
            if span.end <= position or span.start >= match.end():
                continue
            yield from _trim(text, position, max(position, span.start))
            position = min(span.end, match.end())
        yield from _trim(text, position, match.end())


def _is_hard_wrapped(text: str) -> bool:
    lines = [len(line) for line in text[:20_000].split("\n")]
    if len(lines) < 4 or max(lines) > 110:
        return False
    full = [
        line
        for line in text[:20_000].split("\n")
        if len(line) >= 50 and not _TERMINATED.search(line)
    ]
    return len(full) * 2 >= sum(1 for length in lines if length)


def _split_block(text: str, block: Span) -> Iterator[Segment]:
    words = block.of(text)
    if len(words) <= _LONGEST_HEADING and not _TERMINATED.search(words):
        yield Segment(block, True, True)
        return
    spans = [piece for span in _segment(words, block.start, text) for piece in _cut(text, span)]
    asks = words.endswith("?") and len(words) <= _LONGEST_QUESTION_HEADING and len(spans) == 1
    for number, span in enumerate(spans):
        yield Segment(span, asks, number == 0)


def _segment(words: str, offset: int, text: str) -> Iterator[Span]:
    import sentencex

    start = offset
    for boundary in sentencex.get_sentence_boundaries("de", words):
        end = offset + boundary["end_index"]
        for match in _AFTER_X.finditer(text, start, end):
            yield from _trim(text, start, match.end())
            start = match.end()
        yield from _trim(text, start, end)
        start = end


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without white space at its ends, if any letter or digit is left."""
    words = text[start:end]
    if _LETTER.search(words):
        start += len(words) - len(words.lstrip())
        yield Span(start, start + len(words.strip()))


def _cut(text: str, span: Span) -> Iterator[Span]:
    """The span in pieces of at most `LONGEST_SENTENCE` letters."""
    start = span.start
    while span.end - start > LONGEST_SENTENCE:
        cut = start + _find_cut(text[start : start + LONGEST_SENTENCE], LONGEST_SENTENCE)
        yield from _trim(text, start, cut)
        start = cut
    yield from _trim(text, start, span.end)


def _find_cut(words: str, at: int) -> int:
    """The last clause end or white space before `at`, else `at` itself."""
    for mark in (". ", "; ", ", ", " "):
        cut = words.rfind(mark, at // 2, at)
        if cut > 0:
            return cut + 1
    return at
