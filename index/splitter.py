"""Article text -> sentences -> passages; offsets are tracked, never searched for afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wortlaut.index.agency import find_boilerplate
from wortlaut.index.article import Article, Passage, Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.words import (
    read_class,
    read_function_words,
    read_genders,
    read_typed_words,
)
from wortlaut.index.press.wiretext import level_lines

LONGEST_SENTENCE = 1200
_LONGEST_HEADING = 120
_LONGEST_REMEMBERED = 20_000
_LONGEST_QUESTION_HEADING = 80
_TERMINATED = re.compile(r"[.!?…:;](?:[\"“”„»«'’‘‚)\]]|\s)*\Z")
# A sentence in marks, whose speaker's name closes the line: "„Das geht nicht.“ – Jon Hale".
_QUOTED_END = re.compile(r"\w{2}[.!?][“”\"«»]\s*[–—-]\s")
# The network called X ends sentences; its full stop is taken for an initial's.
_AFTER_X = re.compile(r"\b(?:[Pp]lattform|[Nn]etzwerk|[Dd]ienst|auf|bei|on) X\. (?=[A-ZÄÖÜ\"„»])")
_LINE = re.compile(r"[^\n]+")
# What stands before a full stop that may be an ordinal's, and the word behind it.
_NUMBERED = re.compile(r"(?<![\w.,:])(?P<lead>[(„\"»«]?)(?P<number>\d{1,4})\.\s*\Z")
_ENDED = re.compile(r"[.!?…][\"“”«»’)\]]*\s+\Z")
_SMALL_END = re.compile(r"(?<!\w)(?=[a-zäöüß]*[aeiouäöüy])[a-zäöüß]{3,}[.!?…][\"“”«»’)\]]*\s+\Z")
_LISTED = re.compile(r"(\d{1,2})\. ")
_CHAINED = re.compile(r"\d{1,4}\.(?:[,/–-]?\s*)(?:und|oder|bis|sowie|/|–|-)\s*\Z")
# "Deutschlands 1. Liga"; "Gleis 5", "Haus 3", "Bus 12" are no genitives.
_GENITIVE = re.compile(r"[A-ZÄÖÜ][\w-]{2,}(?<!i)(?<!u)(?<!s)(?<!x)s\Z")
_NUMBER_MARKS = (":", ",", "(", "–", "-", "/", "„", "»", "«", '"')
_LONGEST_LEFT = 60
# What may end a sentence is looked for in so many letters at a time: the splitter's own time grows
# with the square of the quotation marks that are never closed.
_WINDOW = 10_000
_LAST_DAY = 31
# So many figures are a year's, where no article stands before them.
_YEAR = 4
_LETTER = re.compile(r"\w")
# What Markdown writes before a heading.
_HEADING_MARKS = "# *"
# The splitter waits for the mark that closes one of these, over any number of sentences.
_PAIRED = re.compile(r"[()\[\]]|(?<![\w'])['‘](?=[a-zäöüß])|(?<!')['’](?![\w'])")
_CLOSERS = {"(": ")", "[": "]", "'": "'’", "‘": "’'"}
_NEXT_SENTENCE = r"[.!?][\"“”«»]?\s+[„“«»\"]?[A-ZÄÖÜ]"
_SENTENCE_INSIDE = re.compile(rf"[a-zäöüß]{{2}}{_NEXT_SENTENCE}")
# What stands in brackets may be an abbreviation: "engl. „Peak“".
_LONG_SENTENCE_INSIDE = re.compile(rf"[a-zäöüß]{{5}}{_NEXT_SENTENCE}")
_SHORTEST_STRAY = 40
# A bound that no article reaches; it keeps hostile text linear.
_DEEPEST = 20

_MONTHS = frozenset(list_forms("month", "de"))
_DETERMINERS = frozenset(read_genders("determiner")) | read_class("determiner", "de")
# Behind one of these a number with a full stop is an ordinal ("zur 2. Lesung").
_BEFORE_ORDINALS = _DETERMINERS | read_function_words("before-ordinal", "de")
_SENTENCE_OPENERS = (
    read_function_words("opening", "de") | _DETERMINERS | read_class("pronoun", "de")
) - {"begründung", "beispiel", "grund"}

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


def split_segments(text: str) -> tuple[Segment, ...]:
    """The text's sentences and headings in order.

    A text that holds nothing but headings has them as its sentences. An article's are asked for
    three times while it is indexed, and remembered unless it is very long.
    """
    return _split_again(text) if len(text) <= _LONGEST_REMEMBERED else _split(text)


def _split(text: str) -> tuple[Segment, ...]:
    boilerplate = find_boilerplate(text)
    text = level_lines(text)
    segments = [
        segment
        for block in _split_blocks(text, boilerplate)
        for segment in _split_block(text, block)
    ]
    if all(segment.is_heading for segment in segments):
        return tuple(Segment(segment.span, False, True) for segment in segments)
    return tuple(segments)


# As many as the articles of one batch, each with the text its title is looked for in.
_split_again = lru_cache(maxsize=128)(_split)


def find_headline(article: Article, segments: Sequence[Segment]) -> Span | None:
    """The article's title where it is a heading above the text's first sentence; else None.

    `segments` are the text's. A headline is quoted like a sentence, though it is none.
    """
    for segment in segments:
        if not segment.is_heading:
            return None  # The text begins, or it is one of headings alone.
        words = segment.span.of(article.text)
        start = segment.span.start + len(words) - len(words.lstrip(_HEADING_MARKS))
        headline = Span(start, segment.span.end)
        if is_headline(article, headline):
            return headline
    return None


def is_headline(article: Article, span: Span) -> bool:
    """Whether the span is the article's title, and by its end no sentence of the text."""
    words = " ".join(span.of(article.text).split())
    if words != article.title or not words:
        return False
    return words.endswith("?") or not (_TERMINATED.search(words) or _QUOTED_END.search(words))


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
    The first begins with the headline, as a sentence.
    """
    headline = find_headline(article, segments)
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
        for passage in [_make_passage(article, ordinal, group, headline)]
    ]


def _make_passage(
    article: Article, ordinal: int, group: Sequence[Segment], headline: Span | None
) -> Passage:
    sentences = [segment.span for segment in group if not segment.is_heading]
    span = Span(group[0].span.start, group[-1].span.end)
    if headline and span.start <= headline.start < span.end:
        sentences.insert(0, headline)
    return Passage(f"{article.id}:{ordinal}", article.id, ordinal, span, tuple(sentences))


def _keep_headings_with_text(groups: list[list[Segment]]) -> Iterator[list[Segment]]:
    """Move headings that close a passage to the one they head; drop a last one that heads none."""
    carried: list[Segment] = []
    for group in groups:
        kept = len(group)
        while kept and group[kept - 1].is_heading:
            kept -= 1
        if kept:
            yield carried + group[:kept]
            carried = []
        carried += group[kept:]


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
    """Paragraphs: runs of text between line ends. `boilerplate` is in order and disjoint."""
    first = 0
    for match in _LINE.finditer(text):
        position = match.start()
        while first < len(boilerplate) and boilerplate[first].end <= position:
            first += 1
        for number in range(first, len(boilerplate)):
            span = boilerplate[number]
            if span.start >= match.end():
                break
            yield from _trim(text, position, max(position, span.start))
            position = min(span.end, match.end())
        yield from _trim(text, position, match.end())


def _split_block(text: str, block: Span) -> Iterator[Segment]:
    words = block.of(text)
    ended = _TERMINATED.search(words) or _QUOTED_END.search(words)
    if len(words) <= _LONGEST_HEADING and not ended:
        yield Segment(block, True, True)
        return
    spans = [piece for span in _segment(words, block.start, text) for piece in _cut(text, span)]
    asks = words.endswith("?") and len(words) <= _LONGEST_QUESTION_HEADING and len(spans) == 1
    for number, span in enumerate(spans):
        yield Segment(span, asks, number == 0)


def _segment(words: str, offset: int, text: str) -> Iterator[Span]:
    start = offset
    for found in _find_ends(words):
        end = offset + found
        for match in _AFTER_X.finditer(text, start, end):
            yield from _trim(text, start, match.end())
            start = match.end()
        ordinal = _NUMBERED.search(text, max(start, end - _LONGEST_LEFT), end)
        if ordinal and end < offset + len(words):
            number = ordinal.start("lead")
            before = text[max(start, number - _LONGEST_LEFT) : number]
            if _opens_sentence(before, text[start : start + _LONGEST_LEFT], ordinal["number"]):
                yield from _trim(text, start, number)
                start = number
                continue
            following = next(read_typed_words(text, end), None)
            word = following.text if following and following.start == end else ""
            if _is_ordinal(before, ordinal["number"], word):
                continue
        yield from _trim(text, start, end)
        start = end
    yield from _trim(text, start, offset + len(words))


def _find_ends(words: str) -> Iterator[int]:
    """Where sentences of a paragraph end, as offsets, in order. Linear in the text."""
    import sentencex

    words = _drop_strays(words)
    start = 0
    while start < len(words):
        window = words[start : start + _WINDOW]
        ends = [each["end_index"] for each in sentencex.get_sentence_boundaries("de", window)]
        if start + _WINDOW < len(words) and len(ends) > 1:
            ends.pop()  # The last one may go on behind the window.
        yield from (start + end for end in ends)
        start += ends[-1] if ends and ends[-1] else len(window)


def _drop_strays(words: str) -> str:
    """The words with blanks for brackets and single marks that are never closed.

    And for those that another sentence closes: "Jon Hale [DSP sagte. Er ging ans Meer]."
    """
    opened: list[int] = []
    strays: list[int] = []
    for match in _PAIRED.finditer(words):
        at = match.start()
        if match[0] in _CLOSERS and not (match[0] == "'" and _closes_single(words, opened, at)):
            opened.append(at)
            continue
        near = reversed(opened[-_DEEPEST:])
        k = next((k for k in near if match[0] in _CLOSERS[words[k]]), -1)
        if k < 0:
            continue
        while opened[-1] != k:
            strays.append(opened.pop())
        opened.pop()
        if _joins_sentences(words, k, at):
            strays += (k, at)
    strays += opened
    if not strays:
        return words
    letters = list(words)
    for at in strays:
        letters[at] = " "
    return "".join(letters)


def _closes_single(words: str, opened: Sequence[int], at: int) -> bool:
    return bool(opened) and words[opened[-1]] in "'‘" and not words[at + 1 : at + 2].isalnum()


def _joins_sentences(words: str, start: int, end: int) -> bool:
    """Whether a pair opens inside one sentence and closes inside another."""
    if end - start < _SHORTEST_STRAY or words[end - 1] in ".!?":
        return False
    inside = words[max(0, start - 3) : start].rstrip()[-1:] not in ("", ".", "!", "?", ":")
    if end - start > LONGEST_SENTENCE:
        return inside
    pattern = _LONG_SENTENCE_INSIDE if words[start] in "([" else _SENTENCE_INSIDE
    return inside and pattern.search(words, start, end) is not None


def _opens_sentence(before: str, opening: str, number: str) -> bool:
    """Whether a number and its full stop open a sentence: "Das steht fest. 2. Bundesliga: …".

    That is so behind a small word, which is no abbreviation; and in a list, whose number before it
    opens the sentence so far.
    """
    if not _ENDED.search(before):
        return False
    listed = _LISTED.match(opening)
    follows = listed is not None and int(listed[1]) + 1 == int(number)
    return follows or _SMALL_END.search(before) is not None


def _is_ordinal(before: str, number: str, following: str) -> bool:
    """Whether a number's full stop is an ordinal's: "die 2615. Plakette", "2. Bundesliga".

    `before` are the sentence's words before it, `following` is the word behind it.
    """
    low = following.lower()
    if not following or (len(number) > 1 and number.startswith("0")):
        return False
    if low in _MONTHS:
        return int(number) <= _LAST_DAY
    if low in _SENTENCE_OPENERS:
        return not before
    words = before.split()
    if not words or words[-1].endswith(_NUMBER_MARKS):
        return not words or len(number) < _YEAR
    last = words[-1].lower().lstrip('„"»«(')
    if last in _BEFORE_ORDINALS:
        small = last in _DETERMINERS or len(number) < _YEAR
        # "um die 20. Polizisten kamen"
        return small and (last != "die" or words[-2:-1] != ["um"])
    if _CHAINED.search(before):
        return True
    if last.endswith(("e", "en", "er", "es")) and len(words) > 1:
        return words[-1].islower() and words[-2].lower() in _DETERMINERS and len(number) < _YEAR
    return len(number) < _YEAR and _GENITIVE.match(words[-1]) is not None


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
