"""Negation and mood: what turns a sentence into another claim with one word.

The tables name concepts, each with its words in German, English and Russian, so that a claim in
one language is compared with a span in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.verification.words import Word, compile_forms

_CYRILLIC = re.compile("[а-яё]")
_NEGATORS = re.compile(
    r"(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|nirgends|nirgendwo|weder|keinesfalls|keineswegs"
    r"|not|no|never|nobody|none|nothing|neither|nowhere|cannot|\w+n't"
    r"|не|нет|ни|никто|никого|никому|никогда|ничего|ничто|нельзя|нигде|никак\w*)\Z"
)
# Negation inside another word: it answers for a negator in another wording or language.
_HALF_NEGATORS = re.compile(
    r"(?:ohne|kaum|without|hardly|barely|scarcely|без|едва|вряд"
    r"|un(?!ter|ser|gefähr|iver|i[otv]|it|der|til|ab|gar|ten)\w{5,}|in(?:stead|ability|sufficient|effective)\w*"
    r"|im(?:possible|moral)\w*|dis(?!cuss|tr|play|tan|cover|ease|tin|aster|k)\w{5,}"
    r"|(?!un)\w{4,}los(?:e[nrms]?|igkeit)?|(?!none|neverthe|unl)\w{4,}less"
    r"|fehl\w*|mangel\w*|lack\w*|fail\w*|scheiter\w*|verhinder\w*|prevent\w*|vermeid\w*|vermied\w*"
    r"|avoid\w*|verweiger\w*|weiger\w*|refus\w*|lehn\w*|abgelehnt\w*|ablehn\w*|declin\w*|reject\w*"
    r"|bestr(?:eit|itt)\w*|den(?:y|ied|ies|ying)|dementier\w*|ausschließ\w*|ausgeschlossen"
    r"|exclud\w*|verb(?:iet|ot)\w*|bann?ed|prohibit\w*|verzicht\w*|statt|anstatt|anders|rather"
    r"|selten\w*|rare\w*|seldom|wenig\w*|few\w*|little|abgesehen|anything but"
    r"|non|missing|absen[ct]\w*|abwesen\w*|illegal\w*"
    r"|не\w{4,}|бес\w{4,}|отказ\w*|отрица\w*|отверг\w*|запре\w*|кроме|вместо)\Z"
)
# "nicht nur", "no more than" negate nothing.
_NOT_NEGATING = re.compile(
    r"\b(?:nicht (?:nur|zuletzt|mehr als|weniger als|allein)|not (?:only|least|just|more than|less than)"
    r"|no (?:more|less|fewer|later) than|не (?:только|менее|более)|no\. ?\d)"
)

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
    r"(?:sei|seien|habe|werde|könne|müsse|dürfe|solle|wolle|möge|gebe|gehe|komme|stehe|bleibe)\Z"
)


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
    return found[:1] if found and _CYRILLIC.match(found[0].low) else found


def count_half_negated(words: Sequence[Word]) -> int:
    """How many words hold a negation of their own: "ohne", "unlikely", "refuse"."""
    return sum(1 for word in words if _HALF_NEGATORS.match(word.low))


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
