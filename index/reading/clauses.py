"""One sentence cut into clauses: what is said in which of them, and what is denied.

Here are the small words that tell clauses apart. Sentences that a quotation spans are joined first,
and what is read in the whole is brought back to its sentences (`join_sentences`, `merge`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from wortlaut.index.article import Span, Voice
from wortlaut.index.lang.verbs import BE, HAVE, KONJUNKTIV, KONJUNKTIV_II, VerbForm, find_verbs
from wortlaut.index.lang.words import Words, read_class, read_function_words
from wortlaut.index.reading.mentions import Mention

Range = tuple[int, int]

BREAKS = frozenset(",;:()–—")
RELATIVE = read_function_words("relative")
CONJUNCTIONS = read_function_words("joining")
THAT = frozenset({"dass", "daß", "ob", "that"})
PREPOSITIONS = read_function_words("leading")
OBLIQUE = read_function_words("oblique")
MOODS = KONJUNKTIV | KONJUNKTIV_II
FINITE = (
    HAVE
    | BE
    | MOODS
    | read_function_words("finite")
    | frozenset(
        "gibt geht steht kommt liegt bleibt gehen stehen kommen liegen bleiben dürfte".split()
    )
)
# Plurals that are past tense and Konjunktiv II alike; these of "-ten" are past tense only.
_BOTH = frozenset(
    """blieben ließen gingen liefen schrieben fielen hielten riefen stiegen trieben hießen schienen
    gerieten verblieben stießen verließen erhielten enthielten stritten""".split()
)
_PAST_ONLY = frozenset(
    """hatten konnten mussten durften mochten brachten dachten wussten kannten nannten verbrachten
    unten mitten hinten selten zweiten dritten vierten fünften ersten letzten nächsten meisten
    gesamten bekannten geplanten besten größten alten guten kosten""".split()
)
_ADVERBS = read_class("adverb", "de") | read_class("negation", "de")
_PAST_ENDINGS = ("te", "ten", "t")
_LONGEST_BRACKET = 10

# Sentences that quotations join are read as one, up to this many words.
_LONGEST_UNIT = 1200
QUOTE_MARKS = frozenset("\"„“”»«‚‘’'‹›")
_SHORTEST_ALONE = 6
_SHORTEST_PIECE = 3

CONDITIONAL = frozenset("if unless whether lest".split())
_GERMAN_CONDITIONAL = frozenset("falls sofern wenn ob".split())
_NOT = frozenset("never not cannot".split())
_GERMAN_NOT = frozenset("nicht nie niemals keineswegs keinesfalls mitnichten".split())
_NOBODY = frozenset("nobody none neither no".split())
_GERMAN_NOBODY = frozenset("niemand keiner keine".split())
# "not only said", "nicht nur, dass": said all the same.
ONLY = frozenset("only just merely nur bloß allein lediglich zuletzt ohne".split())
_BETWEEN = frozenset("been also ever quite yet once again either even".split())
_POINTING = frozenset("dazu darüber davon hierzu".split())
# Not to deny, not to rule out: that is to say something.
_DENYING = find_verbs("denies", "de")


@dataclass(frozen=True, slots=True)
class Frame:
    """What announces a statement: `said` are the word ranges of what is said, `at` is the cue.

    Without a `mention` the last speaker goes on, unless `anonymous`; `via` passes it on. What is
    `denied` the mention did not say, or nobody knows whether: "never said", "if X said".
    """

    mention: Mention | None
    cue: str
    said: tuple[Range, ...]
    anonymous: bool = False
    via: Mention | None = None
    group: str = ""
    at: int = -1
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """Words `[first, stop)` of one sentence; `masked` words stand in quotations."""

    first: int
    stop: int
    masked: frozenset[int]
    clauses: tuple[Range, ...]

    @property
    def whole(self) -> Range:
        """The range of all its words."""
        return self.first, self.stop

    def clause_at(self, i: int) -> int:
        """The number of the clause that holds word `i`, else of the last."""
        for number, (start, end) in enumerate(self.clauses):
            if start <= i < end:
                return number
        return len(self.clauses) - 1


def cut_unit(words: Words, first: int, stop: int, quotes: Sequence[Range]) -> Unit:
    """The sentence `[first, stop)` cut at commas, colons, dashes and free-standing quotations."""
    masked = frozenset(i for a, b in quotes for i in range(a, b))
    apart = frozenset(i for q in quotes if _is_apart(words, q, first, stop) for i in range(*q))
    clauses: list[Range] = []
    start = resume = first
    for i in range(first, stop):
        if i < resume:
            continue
        resume = _past_bracket(words, i, stop)
        if resume > i:
            continue
        breaks = words.words[i] in BREAKS and i not in masked
        # "Jon Hale (DSP sagte": a bracket that nobody closed parts nothing.
        if words.words[i] == "(" and ")" not in words.words[i:stop]:
            breaks = False
        if i in apart or breaks:
            if i > start:
                clauses.append((start, i))
            start = i + 1
    if start < stop:
        clauses.append((start, stop))
    return Unit(first, stop, masked, tuple(clauses))


def _past_bracket(words: Words, i: int, stop: int) -> int:
    if words.words[i] == "(":
        for k in range(i + 1, min(stop, i + _LONGEST_BRACKET)):
            if words.words[k] == ")":
                return k + 1
    return i


def _is_apart(words: Words, quote: Range, first: int, stop: int) -> bool:
    """Whether a quotation stands between marks, not inside a clause."""
    before = words.words[quote[0] - 1] if quote[0] > first else "."
    after = words.words[quote[1]] if quote[1] < stop else "."
    return not before[-1].isalnum() or after in ",:"


def is_final(finite: int, end: int) -> bool:
    """Whether the verb ends its clause, as in a subordinate one."""
    return finite >= end - 2


def may_be_mood(words: Words, first: int, stop: int) -> bool:
    """Whether a sentence's verb may be Konjunktiv II: "Die Kosten blieben gleich"."""
    for k in range(first + 1, stop):
        low = words.lows[k]
        if words.caps[k] or low in _PAST_ONLY or words.lows[k - 1] in OBLIQUE | RELATIVE:
            continue
        if low in _BOTH or (len(low) > 5 and low.endswith("ten") and not low.startswith("ge")):
            return True
    return False


def is_relative(words: Words, unit: Unit, start: int) -> bool:
    """Whether the clause from word `start` opens as a relative one: behind a comma, no colon."""
    return start > unit.first and words.lows[start] in RELATIVE and words.words[start - 1] != ":"


def has_verb(words: Words, unit: Unit, stop: int) -> bool:
    """Whether what stands before word `stop` is a sentence of its own, or a quotation."""
    if stop - 1 in unit.masked or stop - 2 in unit.masked:
        return True
    return any(
        _is_verb(words, unit.first, k)
        for start, end in unit.clauses
        # "Y, der Z leitete, sagte": the verb of a relative clause is none of the sentence's.
        if start < stop and not is_relative(words, unit, start)
        for k in range(start, min(end, stop))
    )


def _is_verb(words: Words, first: int, k: int) -> bool:
    """Whether word `k` of a sentence looks like a finite verb."""
    lows = words.lows
    if (words.caps[k] and k > first) or lows[k] in _ADVERBS:
        return False
    if lows[k] in FINITE:
        return True
    # "der drittgrößten Stadt" has an adjective, no verb.
    attributive = k > first and (lows[k - 1] in OBLIQUE or lows[k - 1] in RELATIVE)
    # "das nicht gebilligte Gesetz"
    attributive = attributive or (lows[k].startswith("ge") and words.caps[k + 1 : k + 2] == [True])
    return len(lows[k]) > 4 and lows[k].endswith(_PAST_ENDINGS) and not attributive


@dataclass(frozen=True, slots=True)
class Joint:
    """Sentences that share quotations, mostly just one."""

    sentences: tuple[Range, ...]
    quotes: tuple[Range, ...]

    @property
    def first(self) -> int:
        """The first word."""
        return self.sentences[0][0]

    @property
    def stop(self) -> int:
        """Behind the last word."""
        return max([self.sentences[-1][1], *(stop for _, stop in self.quotes)])


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of words that somebody says."""

    first: int
    stop: int
    voice: Voice
    frame: Frame | None


def locate_sentences(
    words: Words, sentences: Sequence[Span], cuts: Container[int] = ()
) -> Iterator[Range]:
    """The sentences in words, cut at semicolons and before the words `cuts`; none is empty."""
    for sentence in sentences:
        start, stop = words.at(sentence.start), words.at(sentence.end)
        for i in range(start, stop):
            if words.words[i] == ";":
                if i > start:
                    yield start, i
                start = i + 1
            elif i > start and i in cuts:
                yield start, i
                start = i
        if stop > start:
            yield start, stop


def join_sentences(words: Words, sentences: list[Range], quotes: list[Range]) -> Iterator[Joint]:
    """Sentences with their quotations; sentences that share a quotation come as one.

    So does a sentence that ends in a colon with the quotation behind it, in its own paragraph.
    """
    at = i = 0
    while i < len(sentences):
        joined, inside = [sentences[i]], []
        limit = joined[0][0] + _LONGEST_UNIT
        stop = joined[0][1]
        quoted = at < len(quotes) and quotes[at][0] == stop and words.words[stop - 1] == ":"
        if quoted and quotes[at][1] <= limit and i + 1 < len(sentences):
            i += 1
            joined.append(sentences[i])
        while at < len(quotes) and quotes[at][0] < joined[-1][1]:
            start, stop = quotes[at]
            at += 1
            if start < joined[0][0] or stop > limit:
                continue
            inside.append((start, stop))
            while i + 1 < len(sentences) and sentences[i + 1][0] < stop:
                i += 1
                joined.append(sentences[i])
        first, stop = joined[-1]
        joined[-1] = first, max(first + 1, min(stop, limit))
        yield Joint(tuple(joined), tuple(inside))
        i += 1


def merge(frames: list[Frame], unit: Joint, words: Words) -> list[Piece]:
    """The frames' ranges and the quotations as disjoint pieces in order."""
    pieces: list[Piece] = []
    for quote in unit.quotes:
        near = sorted(frames, key=lambda frame: _distance(frame.at, quote))
        holder, said = _find_holding(near, quote)
        if said and not _stands_for(quote, said, unit.first, words):
            continue
        if holder or frames or _stands_alone(quote, unit, words):
            pieces.append(Piece(*quote, "direct", holder or (near[0] if near else None)))
    for frame in frames:
        for start, stop in frame.said:
            pieces += [
                Piece(left, right, "reported", frame)
                for left, right in _without(start, stop, pieces)
                if right - left >= _SHORTEST_PIECE - (left == unit.first and right == stop)
            ]
    return sorted(pieces, key=lambda piece: piece.first)


def _find_holding(frames: list[Frame], quote: Range) -> tuple[Frame | None, Range | None]:
    """The first frame that announces the whole quotation, and its range that does."""
    for frame in frames:
        for start, stop in frame.said:
            if start <= quote[0] and quote[1] <= stop:
                return frame, (start, stop)
    return None, None


def _distance(at: int, quote: Range) -> int:
    return min(abs(at - quote[0]), abs(at - quote[1]))


def _stands_for(quote: Range, said: Range, first: int, words: Words) -> bool:
    """Whether the quotation is what is said, not some words of an indirect sentence."""
    before = words.words[quote[0] - 1] if quote[0] > first else "."
    clause = before in ".:" or before in QUOTE_MARKS or words.caps[min(quote[0] + 1, quote[1] - 1)]
    return clause and quote[1] - quote[0] >= 0.5 * (said[1] - said[0])


def _stands_alone(quote: Range, unit: Joint, words: Words) -> bool:
    """Whether a quotation without a cue is a statement: long enough, and no title."""
    length = quote[1] - quote[0]
    fragment = not words.caps[min(quote[0] + 1, quote[1] - 1)]
    before = words.words[quote[0] - 1] if quote[0] > unit.first else "."
    whole = before in ".:" or before in QUOTE_MARKS
    return (
        length >= _SHORTEST_ALONE
        and length >= 0.3 * (unit.stop - unit.first)
        and (whole or fragment)
    )


def _without(start: int, stop: int, pieces: list[Piece]) -> Iterator[Range]:
    """What of `[start, stop)` no piece has taken."""
    for piece in sorted(pieces, key=lambda piece: piece.first):
        if piece.stop <= start or piece.first >= stop:
            continue
        if piece.first > start:
            yield start, piece.first
        start = max(start, piece.stop)
    if start < stop:
        yield start, stop


def find_denial(lows: Sequence[str], start: int, verb: int) -> int | None:
    """The word that denies the English verb in the clause from `start`; None if none does."""
    for k in range(verb - 1, start, -1):
        low = lows[k]
        if low in _NOT or low.endswith(("n't", "n’t")):
            return None if lows[k + 1] in ONLY else k
        if not (low in HAVE or low in _BETWEEN or low in ONLY or low.endswith("ly")):
            return None
    return None


def names_nobody(lows: Sequence[str], first: int, before: int) -> bool:
    """Whether the English subject from `first` is "nobody", "no minister", "neither X nor Y"."""
    if first >= before or lows[first] not in _NOBODY:
        return False
    return not (lows[first] == "no" and lows[first + 1][0] in ".0123456789")


def is_denied_in_german(
    lows: Sequence[str], start: int, end: int, verb: int, form: VerbForm
) -> bool:
    """Whether the verb of the clause `[start, end)` is said not to have been done, or to be open.

    Only verbs of saying: who does not believe it has an opinion.
    """
    while end > verb + 1 and not lows[end - 1].isalnum():
        end -= 1
    if form.group != "say" or form.english:
        return False
    if lows[start] in _GERMAN_CONDITIONAL and verb >= end - 2:
        return True
    if lows[start] in _GERMAN_NOBODY and start < verb:
        return True
    if form.lemma in _DENYING:
        return False
    last = end - 1
    while last > verb and (lows[last] == form.particle or lows[last] in _POINTING):
        last -= 1
    near = 2 if form.form == "participle" or lows[verb].endswith("en") else 1
    if form.lemma == "zitieren":
        near = end  # "wird nicht mit den Worten zitiert"
    return any(
        lows[k] in _GERMAN_NOT
        and (k + 1 == end or lows[k + 1] not in ONLY)
        and (k < verb <= k + near or (verb < k and k in (verb + 1, last)))
        for k in range(start, end)
    )
