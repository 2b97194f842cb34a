"""What turns or loosens a sentence with one word: negation, opposites, moods, plans, conditions.

The tables name concepts, each with its words in German, English and Russian, so that a claim in
one language is compared with a span in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.verbs import read_verb_forms
from wortlaut.index.lang.words import (
    CYRILLIC_LETTER,
    Word,
    compile_forms,
    list_patterns,
    read_function_words,
    read_stance,
)

_NEGATORS = re.compile(rf"(?:{read_stance('negator')})\Z")
# Negation inside another word: it answers for a negator in another wording or language.
_HALF_NEGATORS = re.compile(rf"(?:{read_stance('half_negator')})\Z")
# "nicht nur", "no more than" negate nothing.
_NOT_NEGATING = re.compile(rf"\b(?:{read_stance('idle_negator')})\b")

# Time units by how their words begin: what "not" governs is compared across languages.
_GOVERNED = {
    name: re.compile(rf"(?:{form})")
    for name, form in (
        ("day", r"tag(?:e|en)?\Z|days?\Z|дн(?:и|я|ей|ях)\Z|день"), ("week", r"woche|week|недел"),
        ("month", r"monat|month|месяц"), ("year", r"jahr|year|год|лет\Z"),
        ("hour", r"stunde|hour|час(?:а|ов|ы)?\Z"), ("minute", r"minute|минут"),
    )
}  # fmt: skip
_GOVERNED_WITHIN = 4

# Two sides of one matter: a claim on one and a cited text on the other only contradict each other.
_SIDES = [compile_forms(" ".join(list_patterns(row))) for row in read_rows("opposites.tsv")]

_TIME_UNIT = r"(?:year|month|week|jahr|monat|woche|год|месяц|недел)"
_LAST_THIS_NEXT = tuple(
    re.compile(rf"\b(?:{form})\b|\b(?:{before})\s+{_TIME_UNIT}", re.IGNORECASE)
    for form, before in (
        ("vorjahr\\w*|vormonat\\w*|vorwoche", "last|previous|vergangene\\w*|vorige\\w*|letzte[nsmr]?|прошл\\w+"),
        ("heuer", "this|current|diese[nsmr]?|laufenden|этом|этого|текуще\\w+|этой"),
        (r"(?!)", "next|coming|following|kommende\\w*|nächste\\w*|folgende\\w*|следующ\\w+|будущ\\w+"),
    )
)  # fmt: skip

_MOODS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"(?:{read_stance(name)})\Z")
    for name in ("possible", "alleged", "intended", "obliged", "certain")
}
_MODALS = {
    name: re.compile(rf"(?:{form})\Z")
    for name, form in (
        ("can", r"kann|können|könn\w+|konnten?|can|could|может|могут|мог\w{0,2}"),
        ("must", r"muss|müss\w+|mussten?|must|долж\w+"),
        ("shall", r"soll\w*|shall|should|следует"),
        ("allowed", r"darf|dürf\w+|durften?"),
        ("want", r"will|wollen|wollt\w+|wolle|хо(?:чет|тят|тел\w*)"),
        ("may", r"may|might|mag|mögen|möge"),
    )
}  # fmt: skip
_KONJUNKTIV_I = re.compile(
    rf"(?:{'|'.join(sorted(read_function_words('reported')))}|möge|gebe|gehe|komme|stehe|bleibe)\Z"
)

_HEDGED = re.compile(
    rf"(?:{read_stance('possible')}|{read_stance('alleged')}"
    r"|can|kann|können|mag|mögen|scheint|scheinen|seem\w*|appear\w*)\Z"
)
# Modal verbs that translate each other.
_COMPATIBLE = (
    frozenset({"can", "may", "allowed"}), frozenset({"must", "shall"}), frozenset({"want", "shall"}),
)  # fmt: skip

_IS_TO = re.compile(
    r"\b(?:is|are|was|were) (?:due |set |scheduled |planned |expected |supposed )?to \w",
    re.IGNORECASE,
)

# What else says what a modal verb says.
_LIKE_MODALS = {
    name: re.compile(rf"(?:{read_stance(f'like_{name}')})\Z")
    for name in ("can", "must", "shall", "allowed", "want")
}

# What the cited text only holds out.
_PLANNED = re.compile(rf"(?:{read_stance('planned')})\Z")
# What in a claim keeps it from telling of something done.
_OPEN = re.compile(rf"(?:{read_stance('open')})\Z")
_DONE = compile_forms(r"""
    hat haben hatten? ist sind war waren wurden? worden ge\w{3,}(?:t|en)
    (?!heute|seite|leute|letzte|erste|\w*(?:wart|halt|arbeit|biet|leist|tret|rat)en?\Z)\w{3,}ten?
    kam(?:en)? ging(?:en)? gab(?:en)? stand(?:en)? lag(?:en)?
    fiel(?:en)? nahm(?:en)? zog(?:en)? fand(?:en)? begann(?:en)? hielt(?:en)? ließ(?:en)?
    has have had was were did \w{2,}ed held took gave made went came won lost built left met sent
    \w{3,}(?:л|ла|ло|ли|лся|лась|лось|лись|ны|на|но|ен)
""")
_SPEECH = frozenset(read_verb_forms())
_CONDITION = compile_forms(r"wenn falls sofern if unless provided если")
_OPENS_CONDITION = compile_forms(r"sollten? ohne without should без")
_CONDITIONAL = compile_forms(r"""
    wenn falls sofern soweit solange sobald sollten? ohne nur erst bei beim voraussetzung\w* bedingung\w*
    bedingt\w* abhäng\w* bis ob würden? könnten? wären? hätten? müssten?
    if unless provided providing without only once when whenever until should condition\w* depend\w*
    case otherwise whether as while after lack\w* absen[ct]\w*
    если без только лишь когда при условии\w* услови\w* случа\w* пока бы иначе
""")

_PROVEN = re.compile(rf"(?:{read_stance('proven')})\Z")
_UNPROVEN = re.compile(rf"(?:{read_stance('unproven')})\Z")
_UNSETTLED = re.compile(rf"(?:{read_stance('unsettled')})\Z")
_WHETHER = frozenset({"ob", "whether"})
_WOULD = compile_forms("would could might")


def is_negator(word: Word) -> bool:
    """Whether the word denies something by itself."""
    return _NEGATORS.match(word.low) is not None


def find_negators(words: Sequence[Word], text: str) -> list[Word]:
    """The words that deny something, in order; "not only" and its like left out."""
    idle = [match.span() for match in _NOT_NEGATING.finditer(text.casefold())]
    found = [
        word for word in words if is_negator(word) and not any(a <= word.start < b for a, b in idle)
    ]
    # "Никто не пришёл" denies once.
    return found[:1] if found and CYRILLIC_LETTER.match(found[0].low) else found


def count_half_negated(words: Sequence[Word]) -> int:
    """How many words hold a negation of their own: "ohne", "unlikely", "refuse"."""
    return sum(1 for word in words if _HALF_NEGATORS.match(word.low))


def find_moved_negator(claim: Sequence[Word], cited: Sequence[Word]) -> str | None:
    """The time unit the claim's "not" governs, where the cited text's governs another."""
    ours, theirs = _find_governed(claim), _find_governed(cited)
    return min(ours) if ours and theirs and not ours & theirs else None


def _find_governed(words: Sequence[Word]) -> set[str]:
    found = set()
    for number, word in enumerate(words):
        if not _NEGATORS.match(word.low):
            continue
        after = words[number + 1 : number + 1 + _GOVERNED_WITHIN]
        names = (name for w in after for name, form in _GOVERNED.items() if form.match(w.low))
        found |= {name for name in [next(names, None)] if name}
    return found


def find_opposite(claim: Sequence[Word], cited: Sequence[Word]) -> tuple[str, str] | None:
    """A word of the claim and its opposite in the cited text, where nothing reconciles them."""
    for one, other in zip(_SIDES[::2], _SIDES[1::2], strict=True):
        for side, counter in ((one, other), (other, one)):
            said = _first(side, claim)
            if said is None or _first(counter, claim) or _first(side, cited):
                continue
            opposed = _first(counter, cited)
            if opposed:
                return said.text, opposed.text
    return None


def _first(form: re.Pattern[str], words: Sequence[Word]) -> Word | None:
    return next((word for word in words if form.match(word.low)), None)


def find_moved_time(claim: str, cited: str) -> str | None:
    """What the claim calls last, this or next year where the cited text calls it another."""
    there = [bool(form.search(cited)) for form in _LAST_THIS_NEXT]
    for form, said in zip(_LAST_THIS_NEXT, there, strict=True):
        found = form.search(claim)
        if found and not said and any(there):
            return found[0]
    return None


def find_moods(words: Sequence[Word]) -> frozenset[str]:
    """Which of possible, alleged, intended, obliged, certain the words express."""
    return frozenset(
        name for name, form in _MOODS.items() if any(form.match(word.low) for word in words)
    )


def is_hedged(words: Sequence[Word]) -> bool:
    """Whether anything among the words leaves it open."""
    return any(_HEDGED.match(word.low) for word in words)


def oppose_modals(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both have modal verbs and none translates any of the other's: must and may."""
    if not one or not other or one & other:
        return False
    return not any(group & one and group & other for group in _COMPATIBLE)


def find_modals(words: Sequence[Word]) -> frozenset[str]:
    """The modal verbs among the words, whatever their form."""
    return frozenset(
        name for name, form in _MODALS.items() if any(form.match(word.low) for word in words)
    )


def list_untold_modals(
    modals: frozenset[str], words: Sequence[Word], others: frozenset[str]
) -> frozenset[str]:
    """Those of the modal verbs that the words say by none of their own, `others`, nor otherwise."""
    like = (name for name, form in _LIKE_MODALS.items() if _first(form, words))
    return modals - others - frozenset(like)


def is_reported(words: Sequence[Word]) -> bool:
    """Whether a German verb stands in the Konjunktiv of reported speech."""
    return any(_KONJUNKTIV_I.match(word.low) for word in words)


def is_planned(text: str) -> bool:
    """Whether an English text says what is to happen: "the train is to leave"."""
    return _IS_TO.search(text) is not None


def find_plan_as_done(
    claim: Sequence[Word], cited: Sequence[Word], stops: Sequence[int]
) -> str | None:
    """The cited word of a plan, threat or wish that a claim tells as done; None where it is not.

    Only where the cited words tell of nothing else that is done: `stops` are the positions in them
    at which a clause begins.
    """
    if find_moods(claim) or find_modals(claim) or not _tells_of_done(claim):
        return None
    if any(_PLANNED.match(word.low) or _OPEN.match(word.low) for word in claim):
        return None
    plans = [word for word in cited if _PLANNED.match(word.low)]
    if not plans:
        return None
    for clause in _split_clauses(cited, stops):
        if any(_PLANNED.match(word.low) or _CONDITION.match(word.low) for word in clause):
            continue
        if not _is_infinitive(clause) and _tells_of_done(clause):
            return None
    return plans[0].text


def find_unproven(claim: Sequence[Word], cited: Sequence[Word]) -> str | None:
    """The claim's word for a thing proven or confessed, where the cited words only suspect it."""
    told = _first(_PROVEN, claim)
    if told is None or _first(_PROVEN, cited) or is_hedged(claim) or _first(_UNPROVEN, claim):
        return None
    if _first(_CONDITION, claim):
        return None
    return told.text if _first(_UNPROVEN, cited) and not find_negators(claim, "") else None


def find_open_question(
    claim: Sequence[Word], cited: Sequence[Word], stops: Sequence[int]
) -> str | None:
    """The "ob" that opens what the cited text leaves open and the claim answers."""
    if any(_UNSETTLED.match(word.low) or is_negator(word) for word in claim):
        return None
    opened = next((cited[n] for n in stops if n < len(cited) and cited[n].low in _WHETHER), None)
    told = opened is not None and sum(1 for w in cited if _UNSETTLED.match(w.low)) > 1
    return opened.text if opened and told else None


def _tells_of_done(words: Sequence[Word]) -> bool:
    return any(
        _DONE.match(w.low) and w.low not in _SPEECH and not _is_noun(w, words) for w in words
    )


def _is_noun(word: Word, words: Sequence[Word]) -> bool:
    return word.is_capitalised and word is not words[0]


def _is_infinitive(words: Sequence[Word]) -> bool:
    """Whether a German clause is of the kind "das Gebiet zu erobern"."""
    return any(word.low == "zu" for word in words[-4:-1]) and words[-1].low.endswith("n")


def _split_clauses(words: Sequence[Word], stops: Sequence[int]) -> list[Sequence[Word]]:
    """The words by clause."""
    ends = [*stops[1:], len(words)]
    return [words[a:b] for a, b in zip(stops, ends, strict=True) if a < b]


def find_dropped_condition(
    claim: Sequence[Word],
    cited: Sequence[Word],
    stops: Sequence[int],
    window: tuple[int, int],
    *,
    is_attributed: bool,
) -> str | None:
    """The cited "if", "unless" or "without" that the claimed clause depends on and the claim drops.

    `window` are the positions of the cited words the claim speaks of. "Would" keeps a condition
    only where it is not reported speech.
    """
    if any(_CONDITIONAL.match(word.low) for word in claim):
        return None
    if not is_attributed and any(_WOULD.match(word.low) for word in claim):
        return None
    starts = [stop for stop in stops if stop < len(cited)]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(cited)
        opener = _find_opener(cited, start, opens=number == 0)
        if opener is None:
            continue
        before = starts[number - 1] if number else start
        after = starts[number + 2] if number + 2 < len(starts) else len(cited)
        governed = (before, start) if number else (start, after)
        alone = number == 0 and end == len(cited)
        if alone or (governed[0] <= window[0] and window[1] <= max(governed[1], end)):
            return opener.text
    return None


def _find_opener(cited: Sequence[Word], start: int, *, opens: bool) -> Word | None:
    word = cited[start]
    if _CONDITION.match(word.low):
        return word
    return word if opens and _OPENS_CONDITION.match(word.low) else None
