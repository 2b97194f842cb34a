"""Whether a sentence says that there is no answer, in German, English or Russian.

How a refusal is worded stands in the tables (index/lang/*/refusals.tsv). What is put into
somebody's mouth is no refusal, nor is a sentence that goes on to claim something.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import LANGUAGES, Language, read_typed_words

# What the model says when the lines do not answer; `is_refusal` knows it again.
REFUSALS: dict[Language, str] = {
    "en": "Not in the archive.",
    "de": "Nicht im Archiv.",
    "ru": "Нет в архиве.",
}
_LONGEST = 40
_QUOTED = re.compile(r"[\"“„«»][^\"“”„«»]*[\"“”«»]")
_MARKER = re.compile(r"\[[\d, -]+\]")
_CLAUSE_END = re.compile(r"[;:()]|\s[–—-]\s|[.!?…](?=\s|\Z)")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_ELEMENT = re.compile(r"\([^)]*\)|\S+")
_DIGIT = re.compile(r"\d")
_ANY_WORDS = "..."
# A clause of fewer words than this claims nothing.
_FEWEST_WORDS = 3
# More than so many words behind a refusal, without a comma, lead away from it; more are needed
# where they say what nothing is told of.
_LONGEST_TAIL = 12
_LONGEST_TOPIC = 28
_OPENING = 4
_NEAR = 60


def is_refusal(sentence: str) -> bool:
    """Whether a sentence only says that there is no answer, in any of the languages."""
    if len(sentence.split()) > _LONGEST:
        return False
    plain = _QUOTED.sub(" ", _MARKER.sub("", sentence))
    return any(_refuses(plain, _read_wording(language)) for language in LANGUAGES)


def says_what_lacks(sentence: str) -> bool:
    """Whether a sentence tells of the sources what they do not hold, whatever else it says."""
    level = _level(sentence)
    return any(_names_lack(level, _read_wording(language)) for language in LANGUAGES)


def mentions_lack(text: str) -> bool:
    """Whether sources and a lack are named near each other, whoever lacks what."""
    return _read_loosely().search(text) is not None


@cache
def _read_loosely() -> re.Pattern[str]:
    choices = {
        kind: "|".join(
            re.escape(row["pattern"]).replace(r"\|", "|").replace(r"\*", r"\w*")
            for language in LANGUAGES
            for row in read_rows(f"{language}/refusals.tsv")
            if row["kind"] == kind
        )
        for kind in ("NEAR", "LACKING")
    }
    source, lack = (rf"\b(?:{choices[kind]})\b" for kind in ("NEAR", "LACKING"))
    between = f".{{0,{_NEAR}}}?"
    return re.compile(f"{source}{between}{lack}|{lack}{between}{source}", re.I | re.S)


@dataclass(frozen=True, slots=True)
class _Wording:
    """How one language refuses: a pattern for each kind of row of its table."""

    lack: re.Pattern[str]
    self: re.Pattern[str]
    whole: re.Pattern[str]
    never: re.Pattern[str]
    lead: re.Pattern[str]
    tied: re.Pattern[str]
    turn: re.Pattern[str]
    said: re.Pattern[str]
    ask: re.Pattern[str]
    topic: re.Pattern[str]
    about: re.Pattern[str]


def _names_lack(level: str, wording: _Wording) -> bool:
    return wording.lack.search(level) is not None and wording.never.search(level) is None


def _refuses(text: str, wording: _Wording) -> bool:
    clauses = [
        clause
        for part in _CLAUSE_END.split(text)
        for clause in wording.turn.split(_level(part))
        if clause.strip(" ,")
    ]
    if any(wording.never.search(clause) for clause in clauses):
        return False
    kinds = {_sort_clause(clause, wording) for clause in clauses}
    return "refuses" in kinds and "claims" not in kinds


def _sort_clause(clause: str, wording: _Wording) -> Literal["refuses", "claims", "neither"]:
    """What a clause does; a part of it beside the refusal may claim something, too."""
    rest = f" {wording.lead.sub('', clause).strip(' ,')} "
    if wording.whole.fullmatch(rest):
        return "refuses"
    found = wording.lack.search(rest) or wording.self.search(rest)
    before, behind = (rest[: found.start()], rest[found.end() - 1 :]) if found else (rest, "")
    if _is_told(before, wording) or wording.said.match(behind.partition(" ,")[2], 1):
        return "claims"
    same, *others = behind.split(" ,")
    words = same.split()
    opening = f" {' '.join(words[:_OPENING])} "
    longest = _LONGEST_TOPIC if wording.topic.search(opening) else _LONGEST_TAIL
    if len(words) > longest and not wording.ask.match(same, 1):
        return "claims"
    parts = [*before.split(" ,")[:-1], *others] if found else [rest]
    if any(_claims(part, wording) for part in parts):
        return "claims"
    if found and _ties_number(behind, wording):
        return "claims"
    return "refuses" if found else "neither"


def _ties_number(behind: str, wording: _Wording) -> bool:
    """Whether a clause tied to what nothing is told of holds a number: "the dam which killed 12"."""
    return any(
        behind[: tied.start()].strip(" ,") and _DIGIT.search(behind, tied.end())
        for tied in wording.tied.finditer(behind)
    )


def _is_told(before: str, wording: _Wording) -> bool:
    """Whether somebody else says what follows: "She said that …", but not "What she said …"."""
    said = wording.said.search(before)
    return said is not None and wording.ask.search(before[: said.start() + 1]) is None


def _claims(part: str, wording: _Wording) -> bool:
    """Whether a part that refuses nothing says something of its own."""
    opens = wording.ask.match(part, 1) is not None
    return len(part.split()) >= _FEWEST_WORDS and not opens and not wording.about.search(part)


def _level(text: str) -> str:
    """The words in small letters and the commas, a blank on either side of each."""
    parts = _DECIMAL_COMMA.sub(".", text).split(",")
    words = (" ".join(word.low.replace("’", "'") for word in read_typed_words(p)) for p in parts)
    return f" {' , '.join(words)} "


@cache
def _read_wording(language: Language) -> _Wording:
    lists: dict[str, str] = {}
    patterns: dict[str, list[str]] = {}
    for row in read_rows(f"{language}/refusals.tsv"):
        if row["kind"].isupper():
            lists[row["kind"]] = _write_choice(row["pattern"], lists)
        else:
            patterns.setdefault(row["kind"], []).append(_write_pattern(row["pattern"], lists))
    forms = {kind: re.compile(rf"(?<= )(?:{'|'.join(each)})") for kind, each in patterns.items()}
    forms["whole"] = re.compile(rf" (?:{'|'.join(patterns['whole'])})")
    return _Wording(**forms)


def _write_pattern(pattern: str, lists: Mapping[str, str]) -> str:
    """A row's pattern as a regular expression over words that a blank follows each."""
    written = []
    for element in _ELEMENT.findall(pattern):
        bare = element.strip("()")
        if bare == _ANY_WORDS:
            written.append("(?:[^ ,]+ ){0,4}?")
            continue
        choice = f"{'(?:, )?' if written else ''}(?:{_write_choice(bare, lists)}) "
        written.append(f"(?:{choice})?" if element.startswith("(") else choice)
    return "".join(written)


def _write_choice(words: str, lists: Mapping[str, str]) -> str:
    return "|".join(
        lists.get(word) or re.escape(word).replace(r"\*", "[^ ,]*").replace(r"\#", r"\d+")
        for word in words.split("|")
    )
