"""Who says it: the statements of an article, each with its speaker, cue and voice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.article import Span, Statement, Voice
from index.frames import Frame, FrameReader
from index.mentions import Cast, Figure, Mention, Words, can_speak, read_words
from index.quotes import pair_quotes

# A unit (a sentence, or several that one quotation joins) is read this far, in words.
_LONGEST_UNIT = 600
_TRIM = " \t\n,;:–—-"
_BACKWARD = frozenset({"dies", "das", "dieses", "davon", "darüber", "this", "that"})
_DESCRIPTIONS = ("vertraute", "vertrauter", "politiker", "politikerin", "diplomat", "diplomatin")
_QUOTES = frozenset("\"„“”»«‚‘’'‹›")


@dataclass(frozen=True, slots=True)
class Voiced:
    """One stretch of words somebody says."""

    first: int
    stop: int
    voice: Voice
    frame: Frame | None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who it is: `name` is None for nobody known; `figure` where it is a person of the cast."""

    name: str | None
    span: Span | None
    figure: Figure | None = None


_NOBODY = Speaker(None, None)


def extract_statements(
    text: str, sentences: Sequence[Span], *, article_id: str = "", language: str | None = None
) -> list[Statement]:
    """The article's direct and reported statements, in order, disjoint.

    `sentences` are spans of `text` in order. What is in no statement is the agency's own word.
    Linear in the text; German and English are read alike, so `language` only spares a guess.
    """
    return _Reading(text, sentences, article_id).read()


class _Reading:
    """One pass through one article."""

    def __init__(self, text: str, sentences: Sequence[Span], article_id: str) -> None:
        self._text = text
        self._article_id = article_id
        self._words = read_words(text)
        self._cast = Cast(self._words)
        ranges = [(self._words.at(q.start), self._words.at(q.end)) for q in pair_quotes(text)]
        self._quotes = [q for q in ranges if q[1] - q[0] >= 5]
        self._sentences = list(self._split(sentences))
        self._frames = FrameReader(self._words, self._cast)
        self._found: list[Statement] = []
        self._last = _NOBODY
        self._last_unit = -9
        self._last_said = -9
        self._previous = (0, 0)

    def _split(self, sentences: Sequence[Span]) -> Iterator[tuple[int, int]]:
        """The sentences in words, cut at semicolons."""
        for sentence in sentences:
            start, stop = self._words.at(sentence.start), self._words.at(sentence.end)
            for i in range(start, stop):
                if self._words.words[i] == ";":
                    yield start, i
                    start = i + 1
            yield start, stop

    def read(self) -> list[Statement]:
        """Every statement, unit by unit."""
        for number, (first, stop, quotes, bounds) in enumerate(self._units()):
            stop = min(stop, first + _LONGEST_UNIT)
            if first < stop:
                self._read_unit(number, first, stop, [q for q in quotes if q[1] <= stop], bounds)
                self._previous = (bounds[-1][0], min(bounds[-1][1], stop))
        return self._found

    def _units(self) -> Iterator[tuple[int, int, list[tuple[int, int]], list[tuple[int, int]]]]:
        """Sentences with their quotations; sentences that share a quotation come as one."""
        at, quotes, i = 0, self._quotes, 0
        while i < len(self._sentences):
            first, stop = self._sentences[i]
            bounds = [self._sentences[i]]
            mine: list[tuple[int, int]] = []
            while at < len(quotes) and quotes[at][0] < stop:
                if quotes[at][0] >= first:
                    mine.append(quotes[at])
                while i + 1 < len(self._sentences) and self._sentences[i + 1][0] < quotes[at][1]:
                    i += 1
                    stop = self._sentences[i][1]
                    bounds.append(self._sentences[i])
                stop = max(stop, quotes[at][1])
                at += 1
            yield first, stop, mine, bounds
            i += 1

    def _read_unit(
        self, number: int, first: int, stop: int, quotes: list[tuple[int, int]],
        bounds: list[tuple[int, int]],
    ) -> None:
        follows = number - self._last_unit <= 2
        frames = []
        for start, end in bounds:
            frames += self._frames.read(start, min(end, stop), quotes, number - self._last_said == 1)
        if not any(frame.mention for frame in frames):
            for quote in quotes:
                mention = self._frames.read_quoted(first, stop, quote)
                if mention:
                    frames.append(Frame(mention, "", ()))
                    break
        if self._points_back(number, first, stop, frames):
            self._emit(number - 1, Voiced(*self._previous, "reported", frames[0]), follows)
        voiced = _merge(frames, quotes, first, stop, self._words)
        for piece in voiced:
            self._emit(number, piece, follows)
        if not voiced and frames and frames[0].mention:
            self._last = self._identify(frames[0].mention, number)
            self._last_unit = number

    def _points_back(self, number: int, first: int, stop: int, frames: list[Frame]) -> bool:
        """Whether a short sentence only says whose word the sentence before it was."""
        if not number or not frames or frames[0].said or not frames[0].mention:
            return False
        if stop - first > 24 or self._words.caps[min(first + 1, stop - 1)]:
            return False
        low = self._words.lows[first]
        return low in _BACKWARD and self._last_said < number - 1 and self._previous[1] <= first

    def _emit(self, number: int, piece: Voiced, follows: bool) -> None:
        span = self._trim(piece)
        if span is None:
            return
        frame = piece.frame
        if frame and frame.mention and frame.cue == "demnach":
            speaker = Speaker(self._last.name, frame.mention.span, self._last.figure)
        elif frame and frame.mention:
            speaker = self._identify(frame.mention, number)
        elif frame and frame.anonymous:
            speaker = _NOBODY
        else:
            hearsay = frame is not None and frame.cue in {"soll", "sollen"}
            speaker = self._continue(number, follows, hearsay)
        via = self._identify(frame.via, number).name if frame and frame.via else None
        cue = frame.cue if frame and frame.cue else None
        self._found.append(
            Statement(self._article_id, span, speaker.name, speaker.span, cue, piece.voice, via)
        )
        self._last, self._last_unit, self._last_said = speaker, number, number

    def _continue(self, number: int, follows: bool, hearsay: bool) -> Speaker:
        """Who goes on speaking: the last speaker, or whom the sentence before is about."""
        if number - self._last_unit > 1 and not hearsay:
            subject = self._frames.read_subject(*self._previous)
            if subject and (can_speak(subject) or self._knows(subject)):
                return self._identify(subject, number - 1)
        return self._last if follows else _NOBODY

    def _knows(self, mention: Mention) -> bool:
        if mention.kind != "person":
            return False
        return self._cast.find_name(mention.name, mention.first) is not None

    def _trim(self, piece: Voiced) -> Span | None:
        start, end = self._words.starts[piece.first], self._words.ends[piece.stop - 1]
        if self._found:
            start = max(start, self._found[-1].span.end)
        while start < end and self._text[start] in _TRIM:
            start += 1
        while end > start and self._text[end - 1] in _TRIM:
            end -= 1
        return Span(start, end) if end - start > 1 else None

    def _identify(self, mention: Mention, number: int) -> Speaker:
        at = mention.first
        figure: Figure | None = None
        name: str | None = mention.name or None
        if mention.kind == "pronoun":
            figure = self._resolve_pronoun(mention, number)
            if figure is None:
                return self._resolve_group(mention, number)
            name = None
        elif mention.kind == "person":
            figure = self._cast.find_name(mention.name, at)
        elif mention.kind == "role":
            figure = self._find_holder(mention, number) if mention.definite else None
            name = self._name_role(mention)
        if figure:
            name = figure.name
        return Speaker(name, mention.span, figure)

    def _resolve_group(self, mention: Mention, number: int) -> Speaker:
        """Who "sie" or "man" is when it is no person: the last speaker, or the last subject."""
        if number - self._last_unit > 1 and self._words.lows[mention.first] in {"sie", "they"}:
            subject = self._frames.read_subject(*self._previous)
            if subject and can_speak(subject) and subject.kind != "pronoun":
                return Speaker(self._identify(subject, number).name, mention.span)
        if number - self._last_unit <= 2:
            return Speaker(self._last.name, mention.span, self._last.figure)
        return Speaker(None, mention.span)

    def _name_role(self, mention: Mention) -> str:
        """The office without its article: "Sprecher der Polizei"."""
        first = mention.first + (not self._words.caps[mention.first] and mention.stop - mention.first > 1)
        return self._text[self._words.starts[first] : mention.span.end]

    def _find_holder(self, mention: Mention, number: int) -> Figure | None:
        """The person meant by "der Minister" or, near his name, by any other description."""
        holder = self._cast.find_role(mention.role, mention.first)
        plain = self._words.lows[mention.stop - 1] == mention.role
        if holder or not (plain or mention.role.endswith(_DESCRIPTIONS)):
            return holder if plain else None
        return self._resolve_pronoun(mention, number)

    def _resolve_pronoun(self, mention: Mention, number: int) -> Figure | None:
        last = self._last.figure
        fits = last and (not mention.gender or last.gender in ("", mention.gender))
        low = self._words.lows[mention.first]
        if fits and number - self._last_unit <= 2 and not low.startswith("dies"):
            return last
        first, stop = self._previous
        found = self._cast.find_between(stop, mention.first, mention.gender)
        last_named = low.startswith(("dies", "letzter"))
        return found or self._cast.find_between(first, stop, mention.gender, last_named)


def _merge(
    frames: list[Frame], quotes: list[tuple[int, int]], first: int, stop: int, words: Words
) -> list[Voiced]:
    """The frames' ranges and the quotations as disjoint voiced stretches in order."""
    pieces: list[Voiced] = []
    for quote in quotes:
        inside = quote[1] - quote[0]
        near = sorted(frames, key=lambda f: _distance(f.at, quote))
        holder = next((f for f in near for s in f.said if s[0] <= quote[0] and quote[1] <= s[1]), None)
        whole = holder is None or (
            _is_clause(quote, first, words)
            and any(
                s[0] <= quote[0] and quote[1] <= s[1] and inside >= 0.5 * (s[1] - s[0])
                for s in holder.said
            )
        )
        if whole and (holder or frames or _stands_alone(quote, first, stop, words)):
            pieces.append(Voiced(*quote, "direct", holder or (near[0] if near else None)))
    for frame in frames:
        for start, end in frame.said:
            for left, right in _without(start, end, pieces):
                if right - left >= 3:
                    pieces.append(Voiced(left, right, "reported", frame))
    return sorted(pieces, key=lambda piece: piece.first)


def _distance(at: int, quote: tuple[int, int]) -> int:
    return min(abs(at - quote[0]), abs(at - quote[1]))


def _is_clause(quote: tuple[int, int], first: int, words: Words) -> bool:
    """Whether a quotation stands as a clause of its own, not as part of somebody's sentence."""
    before = words.words[quote[0] - 1] if quote[0] > first else "."
    return before in ".:" or before in _QUOTES or words.caps[min(quote[0] + 1, quote[1] - 1)]


def _without(start: int, end: int, pieces: list[Voiced]) -> Iterator[tuple[int, int]]:
    for piece in sorted(pieces, key=lambda p: p.first):
        if piece.stop <= start or piece.first >= end:
            continue
        if piece.first > start:
            yield start, piece.first
        start = max(start, piece.stop)
    if start < end:
        yield start, end


def _stands_alone(quote: tuple[int, int], first: int, stop: int, words: Words) -> bool:
    """Whether a quotation without a cue is a statement: most of its sentence, not a title."""
    length = quote[1] - quote[0]
    fragment = not words.caps[min(quote[0] + 1, quote[1] - 1)]
    whole = quote[0] == first or words.words[quote[0] - 1] in ".:" or words.words[quote[0] - 1] in _QUOTES
    return length >= 6 and length >= 0.3 * (stop - first) and (whole or fragment)
