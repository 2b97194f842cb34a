"""How many: whether the numbers of a claim, and "all", "many", "at least", are the cited text's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from wortlaut.index.lang.calendar import list_times
from wortlaut.index.lang.numerals import match_amounts, read_unit
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import read_words
from wortlaut.rag.verification.arithmetic import (
    DOWNWARDS,
    UPWARDS,
    ToldTimes,
    follows,
    oppose_bounds,
)
from wortlaut.rag.verification.numbers import SHARE, Bound, Quantity, joins_numbers, same_value

# "H5N1", "S-400", "3:2"; "5km" and "2nd" are numbers.
_CODE = re.compile(r"(?<![\w.,:])(?:[A-ZÄÖÜА-Я]{1,5}-?\d[\w-]*|\d+[:–-]\d+)(?!\w|[.,:]\d)")
_DASHES = re.compile(r"[‐‑‒–—-]+")

# "Gut 80" is "more than 80" as well as "about 80".
_LEVEL: dict[Bound, Bound] = {"just over": "about", "just under": "about"}
_LOOSE_UNITS = frozenset({"time", "months", "century"})

# "a few" is many.
_CLASSES = {
    name: re.compile(rf"(?<!\w){'(?<!a )' if name == 'few' else ''}{match_amounts(name)}(?!\w)")
    for name in ("all", "most", "many", "few", "both")
}
_LEAST = re.compile(rf"\b{match_amounts('at least')}\b")
_MOST = re.compile(rf"\b{match_amounts('at most')}\b")
_MAJORITY = re.compile(rf"\b{match_amounts('majority')}\b", re.IGNORECASE)
# A smaller number with a dash behind it may be a score: "2-3".
_YEARS_FROM, _CENTURY = 1000, 100
_SIGNS = ("%", "€", "$", "£", "°")
_A_SMALL_SHARE = 0.45
_FALLING = re.compile(rf"\b{match_amounts('falling')}\b", re.IGNORECASE)
_REST = re.compile(rf"\b{match_amounts('rest')}\b", re.IGNORECASE)
_TOGETHER = re.compile(rf"\b{match_amounts('together')}\b", re.IGNORECASE)
_PERIOD = re.compile(r"[QH][1-4]")
_HAS_PERIODS = re.compile(rf"\b{match_any([*list_times('quarter'), *list_times('half')])}\b", re.I)
_BOTH = re.compile(match_amounts("both"), re.IGNORECASE)
# "The first" and "the second" may count what the cited text only lists.
_FEW_RANKS = 3
# "Nicht mehr" compares nothing, within so many letters.
_MORE_WITHIN = 40
_NO_MORE = re.compile(r"\b(?:nicht|nie|nichts|niemand|kaum|kein\w*(?: \w+)?)\s*\Z")
_COMPARED = re.compile(rf"\b{match_amounts('comparing')}\b", re.IGNORECASE)


def count_comparisons(text: str, bounded: Sequence[tuple[int, int]] = ()) -> Counter[str]:
    """How often the text says "more", "less" and the like; near copies say each as often.

    `bounded` are the places of its numbers with their bounds, which are compared as such.
    """
    words = (
        m
        for m in _COMPARED.finditer(text)
        if not any(a <= m.start() < b for a, b in bounded)
        and not (m[0].casefold() == "mehr" and _tells_of_end(text, m.start(), m.end()))
    )
    return Counter(match[0].casefold() for match in words)


def _tells_of_end(text: str, start: int, end: int) -> bool:
    """Whether a "mehr" stands in "nicht mehr", and compares nothing."""
    before = text[max(0, start - _MORE_WITHIN) : start].casefold()
    return _NO_MORE.search(before) is not None and " als " not in text[end : end + _MORE_WITHIN]


def find_wrong_quantifier(claim: str, cited: str) -> str | None:
    """The word of the claim that says another amount than the cited text; None where none does.

    Only words against words: an amount the cited text does not mention is left to other rules.
    """
    claim, cited = claim.casefold(), cited.casefold()
    for ours, theirs in ((_LEAST, _MOST), (_MOST, _LEAST)):
        found = ours.search(claim)
        if found and theirs.search(cited) and not ours.search(cited):
            return found[0]
    there = {name for name, form in _CLASSES.items() if form.search(cited)}
    for name, form in _CLASSES.items():
        found = form.search(claim)
        if found and name in ("all", "many", "few") and there and name not in there:
            return found[0]
    return None


def find_wrong_share(
    claim: str, claimed: Sequence[Quantity], cited: Sequence[Quantity]
) -> str | None:
    """The "most" or "nearly all" of a claim without numbers, where the cited shares are all small."""
    found = _MAJORITY.search(claim)
    shares = [
        q.raw if q.unit == SHARE else q.raw / 100 for q in cited if q.unit in (SHARE, "percent")
    ]
    if found is None or claimed or not shares or max(shares) >= _A_SMALL_SHARE:
        return None
    return found[0]


def find_strange_code(
    claim: str,
    cited: str,
    taken: Sequence[tuple[int, int]] = (),
    joined: Sequence[tuple[float, float]] = (),
) -> str | None:
    """The first code or score of the claim that the cited text lacks.

    `taken` are its dates; `joined` the pairs of numbers that the cited text joins: "drei zu zwei".
    """
    theirs = {_level_code(match[0]) for match in _CODE.finditer(cited)}
    ranges = {_level_code(match[0]) for match in _CODE.finditer(cited) if _is_range(match, cited)}
    for match in _CODE.finditer(claim):
        if any(a <= match.start() < b for a, b in taken):
            continue
        # The digit of "Q3" is left to the rule on numbers: "im dritten Quartal".
        if _PERIOD.fullmatch(match[0]) and _HAS_PERIODS.search(cited):
            continue
        code = _level_code(match[0])
        if ":" in match[0] and code in ranges:
            return match[0]
        if any(code == other or other.startswith(code) for other in theirs):
            continue
        pair = read_pair(code)
        if pair and (pair in joined or (_turn(pair) not in theirs and _is_range(match, claim))):
            continue
        # English tells the higher first, whoever lost: "lost 2-0".
        if pair and pair[0] > pair[1] and tells_of_fall(claim) and _turn(pair) in theirs:
            continue
        return match[0]
    return None


def _turn(pair: tuple[float, float]) -> str:
    return f"{pair[1]:.0f}-{pair[0]:.0f}"


def read_pair(code: str) -> tuple[float, float] | None:
    """The two numbers of a score or a range; the second year of "2024-25" in full."""
    one, dash, other = _DASHES.sub("-", code.replace(":", "-")).partition("-")
    if not dash or not (one.isdecimal() and other.isdecimal()):
        return None
    is_season = len(one) == 4 and len(other) == 2
    return float(one), float(one[:2] + other if is_season else other)


def _is_range(match: re.Match[str], text: str) -> bool:
    """Whether two numbers are the ends of a range, which the rule on numbers reads, and no score."""
    pair = read_pair(match[0])
    if pair is None or ":" in match[0] or pair[0] >= pair[1]:
        return False
    before, behind = text[: match.start()].rstrip(), text[match.end() :].lstrip(" \u00a0")
    has_sign = before.endswith(_SIGNS) or behind.startswith(_SIGNS)
    following = read_words(behind[:40])[:1]
    counted = following and behind.startswith(following[0].text)
    is_counted = counted and (following[0].is_content or read_unit(following[0].low))
    return pair[0] >= _YEARS_FROM or has_sign or bool(is_counted)


def list_joined(
    text: str, quantities: Sequence[Quantity], *, as_scores: bool = False
) -> list[tuple[float, float]]:
    """The pairs of numbers that a text joins: "zehn bis zwölf", "3 zu 2", "2024/25".

    `as_scores` leaves out those of a unit, which are no score.
    """
    joined = []
    for one, other in pairwise(quantities):
        between = text[one.end : other.start]
        if (as_scores and other.unit) or not (joins_numbers(between) or between.strip() == "/"):
            continue
        joined.append((one.raw, other.raw))
        if one.form == "year" and other.raw < _CENTURY:
            joined.append((one.raw, one.raw // _CENTURY * _CENTURY + other.raw))
    return joined


def find_wrong_number(
    claimed: Sequence[Quantity],
    cited: Sequence[Quantity],
    times: ToldTimes,
    *,
    is_copy: bool,
    falls: bool = False,
    adds_up: bool = False,
    rests: bool = False,
    denied: Sequence[Quantity] = (),
) -> tuple[str, str] | None:
    """Why a number of the claim does not hold, with the rule's code; None when all do, or may.

    `times` are those of the span and of its article. What follows from the cited numbers may hold,
    but not in a copy, unless the claim `adds_up`; where only one of the texts tells of the rest (`rests`),
    one share tells the other. A lost or added "at least" or "at most" is a
    different number, but where only one of the two is `denied` ("nicht mehr als drei"); "about" is so
    only in a copy, where nothing excuses it. Where one of the texts `falls`, "minus 3 percent" is
    "3 percent".
    """
    may_follow = adds_up or not is_copy
    for quantity in claimed:
        dated = quantity.form == "year" and (times.is_open or int(quantity.value) in times.years)
        if dated or _is_left_open(quantity, cited):
            continue
        equal = [other for other in cited if _holds(quantity, other, falls=falls)]
        if not equal:
            if may_follow and follows(quantity, cited, times, rests=rests):
                continue
            return f"the claim says {quantity.text!r}; the cited text does not", "number"
        fitting = [other for other in equal if _same_unit(quantity, other)]
        if not fitting:
            others = [q for q in cited if q not in equal]
            if may_follow and follows(quantity, others, times, rests=rests):
                continue
            return f"the cited text gives {quantity.text!r} of something else", "unit"
        bounded = quantity.form == "ordinal" or any(
            _same_bound(quantity.bound, o.bound, is_copy) for o in fitting
        )
        # A single other number may be what is bounded: "28 percent" is "less than a third".
        others = [q for q in cited if may_follow and quantity.bound and q not in equal]
        if not bounded and not (
            _is_turned(quantity, fitting, denied) or any(follows(quantity, [q]) for q in others)
        ):
            return f"the cited text says {fitting[0].told!r}, not {quantity.told!r}", "bound"
    swapped = (_find_swap(claimed, cited) or _find_repeat(claimed, cited)) if is_copy else None
    if swapped:
        return f"the cited text gives {swapped.text!r} of something else", "number_swap"
    return None


def _is_turned(claimed: Quantity, cited: Sequence[Quantity], denied: Sequence[Quantity]) -> bool:
    """Whether one of the two sides denies the number, the other does not."""
    ours, theirs = (any(q is d for q in qs for d in denied) for qs in ([claimed], cited))
    return ours != theirs


def tells_of_sum(text: str) -> bool:
    """Whether the text adds up: "insgesamt", "together"."""
    return _TOGETHER.search(text) is not None


def tells_of_fall(text: str) -> bool:
    """Whether something falls, is lost or less there, so that a minus may be left out."""
    return _FALLING.search(text) is not None


def tells_of_rest(text: str) -> bool:
    """Whether it tells of what is left of something: "the rest"."""
    return _REST.search(text) is not None


def _is_left_open(quantity: Quantity, cited: Sequence[Quantity]) -> bool:
    """Whether the number need not stand there: "both" of those named, "the second" of two steps."""
    if _BOTH.fullmatch(quantity.text) or quantity.is_known_group or _is_one_year(quantity):
        return True
    others = [q for q in cited if q.form == "ordinal" and quantity.value > 1]
    return quantity.form == "ordinal" and quantity.value <= _FEW_RANKS and not others


def _is_one_year(quantity: Quantity) -> bool:
    """ "Ein Jahr zuvor" is "im Vorjahr"."""
    return quantity.unit == "months" and quantity.value == 12 and quantity.raw == 1


def _holds(claimed: Quantity, cited: Quantity, *, falls: bool) -> bool:
    """Whether the cited number is the claim's; its sign may be in a word but for degrees."""
    if same_value(claimed, cited):
        return True
    if not falls or "degree" in (claimed.unit, cited.unit) or claimed.raw * cited.raw >= 0:
        return False
    return same_value(replace(claimed, value=-claimed.value, raw=-claimed.raw), cited)


def _level_code(code: str) -> str:
    digits = re.match(r"\d+[:-]\d+", _DASHES.sub("-", code))
    return digits[0].replace(":", "-") if digits else _DASHES.sub("", code).casefold()


def _same_unit(a: Quantity, b: Quantity) -> bool:
    if {a.surely, b.surely} == {"year", "count"}:
        return False
    if a.unit == b.unit or {a.unit, b.unit} in ({SHARE, "percent"}, {"time", "months"}):
        return True
    if a.unit and b.unit:
        return False
    bare = b if a.unit else a
    # "75 Jahre alt" and "75"; "vier Millionen" where the euros stand elsewhere; of what is counted,
    # a percentage is never one.
    return (a.unit or b.unit) in _LOOSE_UNITS or not bare.noun


def _same_bound(a: Bound, b: Bound, is_copy: bool) -> bool:
    if a == b or {a, b} <= UPWARDS or {a, b} <= DOWNWARDS:
        return True
    if oppose_bounds(a, b):
        return False
    if "within" in (a, b):
        return not {a, b} & UPWARDS
    a, b = _LEVEL.get(a, a), _LEVEL.get(b, b)
    if not is_copy and {a, b} & {"over", "under"}:
        # "über 19,2° Ost" is a place, no bound.
        return "" in (a, b)
    loose = {"about", ""} if not is_copy else {""}
    return (a in loose and b in loose) or {a, b} == {"exactly", ""}


def _find_repeat(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number that stands once more than in the cited text, in the place of another."""
    if len(claimed) != len(cited):
        return None
    return next(
        (q for q in claimed if _count(q, claimed) > _count(q, cited)),
        None,
    )


def _count(quantity: Quantity, others: Sequence[Quantity]) -> int:
    return sum(same_value(quantity, other) for other in others)


def _find_swap(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number whose noun the cited text counts otherwise: "3 dead, 50 hurt" for the reverse."""
    for quantity in claimed:
        if not quantity.noun or quantity.form in ("year", "ordinal"):
            continue
        counted = [other for other in cited if other.noun == quantity.noun]
        if counted and not any(same_value(quantity, other) for other in counted):
            return quantity
    return None
