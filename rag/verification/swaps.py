"""What stands in another's place: a person, a country, a number, who acts and who is acted on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from wortlaut.index.lang.names import sound_of
from wortlaut.index.lang.offices import is_federal, read_office
from wortlaut.index.lang.places import find_place
from wortlaut.index.lang.words import Word, read_function_words, read_words
from wortlaut.index.reading.clauses import FINITE, OBLIQUE, PREPOSITIONS, RELATIVE
from wortlaut.rag.answer import Verdict, decide
from wortlaut.rag.verification.case import Alignment, ClaimCase, is_near_copy
from wortlaut.rag.verification.evidence import ReadText
from wortlaut.rag.verification.names import find_countries, same_word
from wortlaut.rag.verification.numbers import Quantity, same_value

_ADVERBIAL = read_function_words("adverbial")
_PASSIVE = read_function_words("passive")
_NEAR = 3
# So many words before a country an office may stand that is its.
_OFFICE_WITHIN = 2


def find_swapped_person(
    claim: Sequence[Word], cited: Sequence[Word], known: frozenset[str], speakers: Iterable[str]
) -> tuple[str, str] | None:
    """A person whom the claim names and the cited words do not, and one for whom that is reversed.

    Either alone may be "he" or left out; both together are a swap. `known` are parts of names by
    sound; `speakers` of the spans need not be named in them.
    """
    parts = [part for speaker in speakers for part in speaker.split()]
    ours, theirs = _find_persons(claim, known), _find_persons(cited, known)
    strange = [run for run in ours if not _matches(run, [*_flatten(theirs), *parts])]
    missing = [run for run in theirs if not _matches(run, [*_flatten(ours), *parts])]
    if not strange or not missing:
        return None
    return " ".join(strange[0]), " ".join(missing[0])


def find_swapped_country(
    claim: Sequence[Word],
    cited: Sequence[Word],
    speakers: Iterable[str],
    home: frozenset[str] = frozenset(),
) -> tuple[str, str] | None:
    """A country or people the claim names and the cited words do not, and one the other way round.

    A capital stands for its country, a country for its towns, an adjective for its noun, in any of
    the three languages. What the cited text need not say is that it speaks of its `home`.
    """
    ours, theirs = find_countries(claim), find_countries(cited, with_wholes=True)
    parts = [word for speaker in speakers for word in read_words(speaker)]
    beside = frozenset().union(*(keys for keys, _ in find_countries(parts, with_wholes=True)))
    in_claim = frozenset().union(*(keys for keys, _ in ours))
    in_cited = frozenset().union(*(keys for keys, _ in theirs))
    missing = [text for keys, text in theirs if not keys & (in_claim | beside)]
    if any(is_federal(word.low) for word in cited):
        in_cited |= home
    strange = [
        text
        for keys, text in ours
        if not keys & (in_cited | beside) and (not keys & home or _stand_alike(text, missing))
    ]
    if not any(_is_of_office(cited, text) for text in missing):
        # "Der spanische Minister" may be he who says something in Brussels.
        strange = [text for text in strange if not _is_of_office(claim, text)]
    return (strange[0], missing[0]) if strange and missing else None


def _is_of_office(words: Sequence[Word], text: str) -> bool:
    """Whether a country stands beside somebody's office: "министр обороны [США]"."""
    first, *rest = text.split()
    for n, word in enumerate(words):
        if word.text == first:
            beside = (*words[max(0, n - _OFFICE_WITHIN) : n], *words[n + 1 + len(rest) :][:2])
            return any(read_office(other.text).head for other in beside)
    return False


def _stand_alike(text: str, others: Sequence[str]) -> bool:
    """Whether one of the others is an adjective as the text is one, or a name as it is."""
    return any(_is_adjective(text) == _is_adjective(other) for other in others)


def _is_adjective(text: str) -> bool:
    place = find_place(text)
    return place is not None and place.kind == "adjective"


def find_moved_number(
    claim: ReadText, cited: ReadText, alignment: Alignment | None
) -> tuple[str, str] | None:
    """Why two numbers seem to have changed places, with the rule's code; None where none did.

    Inside one language the words beside a number tell; across languages its place among the
    others, which translations keep.
    """
    ours = _find_unique(claim.quantities)
    theirs = _find_unique(cited.quantities)
    pairs = [(q, o) for q in ours for o in theirs if same_value(q, o)]
    if len(pairs) < 2:
        return None
    moved = (
        _find_by_order(pairs)
        if alignment is None
        else _find_by_words(claim, cited, alignment, pairs)
    )
    return (
        (f"the cited text gives {moved.text!r} of something else", "number_swap") if moved else None
    )


def check_roles(case: ClaimCase) -> Verdict | None:
    """In a near copy, names and numbers do not change places; in a translation, names do not."""
    if case.alignment is None:
        return _check_translated_roles(case)
    if not is_near_copy(case):
        return None
    pairs = case.alignment.pairs
    places = [
        (n, pairs[n], case.core[0] <= n < case.core[1])
        for n, word in enumerate(case.claim.words)
        if n in pairs and ((word.is_capitalised and word.is_content) or word.low[0].isdecimal())
    ]
    lows = {word.low for word in case.claim.words}
    first, stop = case.alignment.window
    theirs = {word.low for word in case.cited.words[first:stop]}
    if (lows ^ theirs) & _PASSIVE:
        return None
    mixed = _is_frame_torn(case, case.alignment)
    for (a, x, inside), (b, y, inside_too) in pairwise(places):
        # Where one of the two opens with an adverbial, names change places.
        if x > y and _is_inverted(case.claim, a, b) != _is_inverted(case.cited, y, x):
            continue
        if x > y and (mixed or inside == inside_too):
            names = f"{case.claim.words[a].text} and {case.claim.words[b].text}"
            return decide("refuted", f"The claim swaps {names}", "roles")
    return None


def _find_persons(words: Sequence[Word], known: frozenset[str]) -> list[list[str]]:
    """Runs of capitalised words of which one is part of a known name."""
    runs: list[list[Word]] = []
    for number, word in enumerate(words):
        if not word.is_capitalised or sound_of(word.text) not in known:
            continue
        if runs and number and runs[-1][-1] is words[number - 1]:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [[word.text for word in run] for run in runs]


def _flatten(runs: Sequence[Sequence[str]]) -> list[str]:
    return [text for run in runs for text in run]


def _matches(run: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the run's last word, a surname as a rule, is one of the others."""
    return any(same_word(run[-1], other) for other in others)


def _find_unique(quantities: Sequence[Quantity]) -> list[Quantity]:
    return [
        q
        for q in quantities
        if q.form != "ordinal" and sum(same_value(q, other) for other in quantities) == 1
    ]


def _find_by_order(pairs: Sequence[tuple[Quantity, Quantity]]) -> Quantity | None:
    """A number that stands before another in the claim and behind it in the cited text."""
    for (q, o), (_, p) in pairwise(pairs):
        if o.start > p.start and o.unit == p.unit and o.form == p.form:
            return q
    return None


def _find_by_words(
    claim: ReadText,
    cited: ReadText,
    alignment: Alignment,
    pairs: Sequence[tuple[Quantity, Quantity]],
) -> Quantity | None:
    """A number whose neighbours stand beside another number in the cited text."""
    places = [(_place(cited, o), o) for _, o in pairs]
    for quantity, other in pairs:
        at, home = _place(claim, quantity), _place(cited, other)
        for_it = against = 0
        for n in range(max(0, at - _NEAR), min(len(claim.words), at + _NEAR + 1)):
            word = claim.words[n]
            if n not in alignment.pairs or word.low[0].isdecimal() or n == at:
                continue
            there = alignment.pairs[n]
            nearest = min(places, key=lambda place: abs(place[0] - there))
            if abs(nearest[0] - there) > _NEAR + 1:
                continue
            for_it += nearest[1] is other or abs(home - there) == abs(nearest[0] - there)
            against += nearest[1] is not other and abs(home - there) > abs(nearest[0] - there)
        if against > for_it:
            return quantity
    return None


def _place(reading: ReadText, quantity: Quantity) -> int:
    return next(n for n, word in enumerate(reading.words) if word.start >= quantity.start)


def _is_frame_torn(case: ClaimCase, alignment: Alignment) -> bool:
    """Whether only some words of who says it changed sides with what is said.

    All of them do when a claim opens with the speaker whom the cited text names last.
    """
    first, stop = case.core
    content = [n for n, w in enumerate(case.claim.words) if w.is_content and n in alignment.pairs]
    turned = {
        (n < m) != (alignment.pairs[n] < alignment.pairs[m])
        for n in content
        for m in content
        if not first <= n < stop and first <= m < stop
    }
    return len(turned) == 2


def _check_translated_roles(case: ClaimCase) -> Verdict | None:
    """Whether two names stand the other way round, where order tells who is who.

    German may open a clause with an object or adverbial; then who comes first there is not who
    acts, and the claim must name behind what the cited text names before its verb.
    """
    lows = {word.low for word in (*case.claim.words, *case.cited.words)}
    if lows & _PASSIVE:
        return None
    places = []
    claim = case.claim.words[slice(*case.core)]
    for before, word in zip(["", *(word.low for word in claim)], claim, strict=False):
        dated = any(date.start <= word.start < date.end for date in case.claim.dates)
        if dated or not (word.is_capitalised and word.is_content):
            continue
        if before in PREPOSITIONS and _is_adjective(word.text):
            continue  # "is in Russian hands"
        found = [n for n, other in enumerate(case.cited.words) if same_word(word.text, other.text)]
        if len(found) == 1:
            places.append((word.text, found[0]))
    for (name, x), (other, y) in pairwise(places):
        if name == other or x == y or _names_office_of(name, other):
            continue
        if _is_inverted(case.cited, min(x, y), max(x, y)):
            if x < y and not _opens_obliquely(case.claim.words[slice(*case.core)]):
                reason = f"The cited text may have {name} and {other} the other way round"
                return decide("not_enough_info", reason, "roles")
        elif x > y and not _is_relative(case, y, x):
            return decide("refuted", f"The claim swaps {name} and {other}", "roles")
    return None


def _names_office_of(name: str, other: str) -> bool:
    """Whether the one is an office and the other the country whose it is: "Министр ... Испании"."""
    return bool(read_office(name).head) and find_place(other) is not None


def _is_inverted(reading: ReadText, first: int, second: int) -> bool:
    """Whether the verb stands between two names of a text, the first in an adverbial."""
    words = reading.words
    start = max(stop for stop in reading.stops if stop <= first)
    if start == first or not _opens_obliquely(words[start:first]):
        return False
    between = words[first + 1 : second]
    return any(not w.is_capitalised and _is_finite(w.low) for w in between)


def _is_relative(case: ClaimCase, first: int, second: int) -> bool:
    """Whether the second name stands in a relative clause on the first: "die Krim, die X nahm"."""
    words, stops = case.cited.words, case.cited.stops
    return any(first < n < second and words[n].low in RELATIVE for n in stops)


def _opens_obliquely(words: Sequence[Word]) -> bool:
    return bool(words) and words[0].low in PREPOSITIONS | OBLIQUE | _ADVERBIAL


def _is_finite(low: str) -> bool:
    return low in FINITE or (len(low) > 3 and low.endswith(("t", "te", "ten")))
