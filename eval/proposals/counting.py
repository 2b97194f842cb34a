"""Questions for a number, by turning a German main clause around."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.lang.calendar import list_names
from index.lang.functionwords import read_function_words

_AMOUNT = re.compile(
    r"(?P<about>(?i:etwa|rund|circa|ca\.|fast|knapp|mehr als|über|insgesamt|gut|bis zu|ungefähr) )?"
    r"(?P<number>\d[\d.,]*(?: Millionen| Milliarden)?) (?P<unit>[A-ZÄÖÜ][a-zäöüß]{2,})(?![\w-])"
)
_FINITE = read_function_words("counted") | frozenset(
    """kostet kosten kostete beträgt betrug kamen starben leben lebten gibt gab verlor verloren
    erhielt erhielten zählt zählte nahmen demonstrierten erreichte umfasst arbeiten stieg sank
    fuhr fuhren beteiligten beschäftigt sahen stimmten dauerte dauert liegt lag""".split()
)
# Words that only the sentences before can explain, and negations.
_LEANING = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(read_function_words('leaning')))}|ihr\w*|sein\w{{0,2}}|dies\w*"
    r"|jen\w*|hier\w*|da(?:bei|mit|von|rin|ran|zu|für|gegen|nach|durch|raus|rum|rüber|rauf|her|hin)?"
    r"|kein\w*|weitere\w*|andere\w*|beide\w*|solch\w*|letzte\w*|uns\w*)(?!\w)",
    re.IGNORECASE,
)
_BEFORE_NUMBER = read_function_words("before-number")
# What may open the clause: an adverb or a participle there leans on what was told before.
_OPENING = _BEFORE_NUMBER | frozenset("ein eine einem einer innerhalb binnen laut".split())
_NO_COUNT = frozenset(
    ["Uhr", "Grad", "Jahre", "Jahren", "Millionen", "Milliarden", *list_names("month", "de")]
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A question for the number in a sentence, with the answer."""

    question: str
    answer: str
    unit: str


def ask_number(sentence: str) -> Counted | None:
    """The German question for the one number of a sentence that stands by itself, if it is one.

    Only a plain main clause is turned: what stands first and the number change places around the
    verb, and no word may lean on another sentence.
    """
    if re.search(r"[,;:()„“”\"«»–\n]", re.sub(r"(?<=\d),(?=\d)", "", sentence)):
        return None
    found = list(_AMOUNT.finditer(sentence))
    if len(found) != 1 or found[0]["unit"] in _NO_COUNT or not sentence.endswith("."):
        return None
    amount = found[0]
    rest = sentence[: amount.start()] + sentence[amount.end() :]
    if re.search(r"\d", rest) and not re.search(r"\b(?:19|20)\d\d\b", rest):
        return None
    if _LEANING.search(rest) or len(sentence.split()) > 28:
        return None
    question = _turn(sentence[: amount.start()], sentence[amount.end() :].strip(), amount["unit"])
    if question is None:
        return None
    answer = f"{amount['number']} {amount['unit']}"
    return Counted(question, answer, amount["unit"])


def _turn(before: str, behind: str, unit: str) -> str | None:
    many = f"Wie viel {unit}" if unit == "Prozent" else f"Wie viele {unit}"
    if not before.strip():
        return f"{many} {behind[:-1]}?" if _has_verb(behind) else None
    words = before.split()
    if words[-1].casefold() in _BEFORE_NUMBER:
        return None
    verb = next((n for n, word in enumerate(words) if word in _FINITE), None)
    if verb is None or not 0 < verb < 9:
        return None
    first = words[:verb]
    if first == ["Das"] or first[0].casefold() not in _OPENING:
        return None
    first[0] = first[0].casefold()
    return " ".join([many, words[verb], *first, *words[verb + 1 :], behind[:-1]]).rstrip() + "?"


def _has_verb(behind: str) -> bool:
    return any(word in _FINITE for word in behind[:-1].split()[:8])
