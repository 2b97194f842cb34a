"""Mood: what may be, must be or is planned, and a claim that tells it as done.

The tables name concepts, each with its words in German, English and Russian, so that a claim in
one language is compared with a span in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.verbs import read_verb_forms
from wortlaut.index.lang.words import Word, compile_forms

_POSSIBLE = r"""
    könnten? könntest möglicherweise vielleicht eventuell womöglich dürften? may might could
    possibly perhaps maybe probably likely wahrscheinlich voraussichtlich vermutlich может могут
    potenziell potentiell potentially потенциально возможно вероятно
    наверное? мог могла могли
"""
_ALLEGED = r"""
    angeblich\w* mutmaßlich\w* vermeintlich\w* offenbar allegedly alleged reportedly purported\w*
    supposedly якобы предположительно soll sollen предполагаем\w* apparently anscheinend
"""
_CERTAIN = r"""
    sicher gewiss definitiv zweifellos certainly definitely undoubtedly surely безусловно несомненно
    точно
"""
_INTEND = r"""
    will wollen wollten? wolle plan\w* geplant\w* beabsichtig\w* vorhaben want\w* intend\w* aim\w*
    plann\w* hof\w* hop(?:e|es|ed|ing) хо(?:чет|тят|тел\w*) планир\w* намерен\w* собира\w+ seek\w*
    versuch\w* try tries tried attempt\w* пыта\w* стрем\w* würden? would бы should sollten? shall
    werden? wird going будет будут
"""
_OBLIGED = r"""
    muss müssen müssten? musste\w* müsse soll sollen sollten? solle sollen must should need\w* ought
    obliged required должн?[аоы]? должен необходимо нужно fordern? fordert\w* verlang\w* demand\w*
    bedarf notwendig nötig necessary
"""
_MOODS: dict[str, re.Pattern[str]] = {
    name: compile_forms(form)
    for name, form in (
        ("possible", _POSSIBLE), ("alleged", _ALLEGED), ("intended", _INTEND), ("obliged", _OBLIGED),
        ("certain", _CERTAIN),
    )
}  # fmt: skip
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


def find_moods(words: Sequence[Word]) -> frozenset[str]:
    """Which of possible, alleged, intended, obliged, certain the words express."""
    return frozenset(
        name for name, form in _MOODS.items() if any(form.match(word.low) for word in words)
    )


_HEDGED = compile_forms(
    _POSSIBLE + _ALLEGED + r"can kann können mag mögen scheint scheinen seem\w* appear\w*"
)
# Modal verbs that translate each other.
_COMPATIBLE = (
    frozenset({"can", "may", "allowed"}), frozenset({"must", "shall"}), frozenset({"want", "shall"}),
)  # fmt: skip


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


def is_reported(words: Sequence[Word]) -> bool:
    """Whether a German verb stands in the Konjunktiv of reported speech."""
    return any(_KONJUNKTIV_I.match(word.low) for word in words)


_IS_TO = re.compile(
    r"\b(?:is|are|was|were) (?:due |set |scheduled |planned |expected |supposed )?to \w",
    re.IGNORECASE,
)


def is_planned(text: str) -> bool:
    """Whether an English text says what is to happen: "the train is to leave"."""
    return _IS_TO.search(text) is not None


# What the cited text only holds out.
_PLANNED = compile_forms(r"""
    ankündig\w* angekündig\w* kündig(?:t|te|ten|en|ung) droh(?:t|te|ten|en|e|ung) gedroht androh\w*
    angedroht aussicht plan(?:t|te|ten|en|e) geplant\w* pläne\w* beabsichtig\w* soll(?:te|ten|en|e)?
    woll(?:en|te|ten|e) will hoff(?:t|te|ten|en|e|ung)\w* forder(?:t|te|ten|n|e|ung)\w* gefordert
    verlang(?:t|te|ten|en|e) vorschl\w* vorgeschlagen einig vereinbar(?:t|te|ten|en)
    announc\w* threat\w* plan(?:s|ned|ning)? intend\w* hop(?:e|es|ed|ing) demand(?:s|ed|ing)?
    propos\w* want(?:s|ed)? agree[ds]? aims?
    объяви\w* анонсир\w* гроз\w* угро\w* планир\w* намерен\w* наде(?:ет|ют|ял)\w* требу\w*
    потребов\w* предлож\w* хо(?:чет|тят|тел\w*) договори\w*
""")
# What in a claim keeps it from telling of something done.
_OPEN = compile_forms(r"""
    bereit\w* möchte\w* versprech\w* versproch\w* versprach zusag\w* zugesagt angebot\w* anbiet\w*
    erwart\w* absicht\w* ziel\w* zukunft künftig\w* damit um zu falls wenn ob wunsch\w* warn\w*
    gewarnt bitte\w* gebeten aufgefordert aufruf\w* rief aufgerufen appell\w* verhandel\w* würden?
    ready promis\w* pledg\w* offer\w* expect\w* future if whether to possib\w* wish\w* warn\w*
    urg\w* call(?:s|ed|ing)? ask(?:s|ed|ing)? propos\w* due negotiat\w* prospect\w* suppos\w*
    готов\w* обеща\w* пообеща\w* ожида\w* если чтобы призва\w* призыва\w* предупре\w* проси\w*
    попроси\w* будущ\w* переговор\w* бы
""")
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

_WOULD = compile_forms("would could might")


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
    for clause in split_clauses(cited, stops):
        if any(_PLANNED.match(word.low) or _CONDITION.match(word.low) for word in clause):
            continue
        if not _is_infinitive(clause) and _tells_of_done(clause):
            return None
    return plans[0].text


def _tells_of_done(words: Sequence[Word]) -> bool:
    return any(
        _DONE.match(w.low) and w.low not in _SPEECH and not _is_noun(w, words) for w in words
    )


def _is_noun(word: Word, words: Sequence[Word]) -> bool:
    return word.is_capitalised and word is not words[0]


def _is_infinitive(words: Sequence[Word]) -> bool:
    """Whether a German clause is of the kind "das Gebiet zu erobern"."""
    return any(word.low == "zu" for word in words[-4:-1]) and words[-1].low.endswith("n")


def split_clauses(words: Sequence[Word], stops: Sequence[int]) -> list[Sequence[Word]]:
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
