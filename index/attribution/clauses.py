"""One sentence cut into clauses, and the small words that tell clauses apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wortlaut.index.attribution.mentions import Mention
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.speech import BE, HAVE, KONJUNKTIV, KONJUNKTIV_II
from wortlaut.index.lang.words import Words

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
_PAST_ENDINGS = ("te", "ten", "t")
_LONGEST_BRACKET = 10


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
        if i in apart or (words.words[i] in BREAKS and i not in masked):
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


def has_verb(words: Words, unit: Unit, stop: int) -> bool:
    """Whether what stands before word `stop` is a sentence of its own, or a quotation."""
    if stop - 1 in unit.masked or stop - 2 in unit.masked:
        return True
    lows = words.lows
    for k in range(unit.first, stop):
        if words.caps[k] and k > unit.first:
            continue
        if lows[k] in FINITE:
            return True
        # "der drittgrößten Stadt" has an adjective, no verb.
        attributive = k > unit.first and (lows[k - 1] in OBLIQUE or lows[k - 1] in RELATIVE)
        if len(lows[k]) > 4 and lows[k].endswith(_PAST_ENDINGS) and not attributive:
            return True
    return False
