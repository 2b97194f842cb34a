"""Who says a headline: a label before it, a name behind its quotation, the persons of the text below.

A headline is no sentence: it goes without articles and first names, and its office alone may stand
for somebody. What it says is somebody's only where the text below knows who that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wortlaut.index.article import Statement, Voice
from wortlaut.index.lang.offices import is_place
from wortlaut.index.lang.roles import FORMER_PREFIX, names_institution, role_gender
from wortlaut.index.lang.words import Words, read_class
from wortlaut.index.reading.cast import Cast, Figure
from wortlaut.index.reading.clauses import PREPOSITIONS, Range
from wortlaut.index.reading.mentions import Mention, read_mention

_OPENERS, _CLOSERS = frozenset('„“”"»«‚‘'), frozenset('“”"«»‘’')
_DASHES = frozenset("–—-")
# "Holm zum Damm: …", "«…» – Holm zum Damm"; "Holm vor Gericht: …" are not her words.
_ABOUT = frozenset("zu zum zur über on about".split())
# "Holm: Wer zahlt?", "Holm: So lebt sie": asked and told about, not said by somebody.
_TOLD = read_class("question", "de") | frozenset({"so"})
# A "vizekanzler" is no chancellor, a "ministerpräsident" no president.
_OTHERS = frozenset("vize ex alt minister".split()) | {FORMER_PREFIX.rstrip("- ")}
_LONGEST_LABEL = 9
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class HeadlineSource:
    """Whom a headline names for its words `[first, stop)`: by a label, or behind its quotation."""

    mention: Mention
    said: Range
    voice: Voice


def read_headline_source(words: Words, first: int, stop: int) -> HeadlineSource | None:
    """Who a headline's label, or the name behind its quotation, says it is; None without any."""
    return _read_credit(words, first, stop) or _read_label(words, first, stop)


def find_headline_person(cast: Cast, mention: Mention, below: int) -> Figure | None:
    """The one person of the text from word `below` on that a headline means; None if two may be."""
    known = [figure for figure in cast.figures if figure.places and figure.places[-1] >= below]
    if mention.kind == "role" or not mention.name:
        role = mention.role
        holders = [f for f in known if role and any(_is_kind(held, role) for held in f.roles)]
        return holders[0] if len(holders) == 1 else None
    parts = mention.name.split()
    for count in range(len(parts), 0, -1):
        *given, last = parts[:count]
        meant = [f for f in known if f.name.split()[-1].casefold() == last.casefold()]
        meant = [f for f in meant if _may_precede(given, f)]
        if meant:
            return meant[0] if len({figure.name for figure in meant}) == 1 else None
    return None


def find_headline_body(statements: Sequence[Statement], mention: Mention) -> str:
    """The institution that speaks in the text and that a headline's noun means; empty if none."""
    name = mention.name or mention.role
    if not name or not (names_institution(name) or (name.isupper() and len(name) > 1)):
        return ""
    if is_place(name.casefold()):
        return ""
    speakers = {s.speaker for s in statements if s.speaker and not s.is_person}
    if name in speakers:
        return name
    ending = {s for s in speakers if s.split()[0].casefold().endswith(name.casefold())}
    return ending.pop() if len(ending) == 1 else ""


def _read_credit(words: Words, first: int, stop: int) -> HeadlineSource | None:
    """Of "«Wir bleiben» – Holm zum Damm": who stands behind a quotation that opens the headline."""
    if words.words[first] not in _OPENERS:
        return None
    closing = next((k for k in range(first + 2, stop) if words.words[k] in _CLOSERS), stop)
    mark = closing + 1
    if mark + 1 >= stop or words.words[mark] not in _DASHES | {":", "("}:
        return None
    end = stop - 1 if words.words[mark] == "(" and words.words[stop - 1] == ")" else stop
    mention = read_mention(words, mark + 1, end)
    if mention is None or mention.plural:
        return None
    behind = _skip_bracket(words, mention.stop, end)
    closed = behind >= end or words.lows[behind] in PREPOSITIONS | _ABOUT
    return HeadlineSource(mention, (first, mark), "direct") if closed else None


def _read_label(words: Words, first: int, stop: int) -> HeadlineSource | None:
    """Of "Holm: Der Damm hält", "Ministerin Holm zum Damm: «Er hält»": who stands before the colon."""
    near = range(first + 1, min(stop - 1, first + _LONGEST_LABEL))
    colon = next((k for k in near if words.words[k] == ":"), -1)
    if colon < 0:
        return None
    mention = read_mention(words, first, colon)
    if mention is None or mention.plural or mention.kind == "pronoun":
        return None
    said = colon + 1
    quoted = words.words[said] in _OPENERS and words.words[stop - 1] in _CLOSERS
    behind = _skip_bracket(words, mention.stop, colon)
    leading = PREPOSITIONS | _ABOUT if quoted else _ABOUT
    if behind < colon and words.lows[behind] not in leading:
        return None
    if not quoted and (words.lows[said] in _TOLD or words.words[stop - 1] == "?"):
        return None
    return HeadlineSource(mention, (said, stop), "direct" if quoted else "reported")


def _skip_bracket(words: Words, i: int, stop: int) -> int:
    """Behind "(DSP)" at word `i`, else `i`."""
    closed = i + 2 < stop and words.words[i] == "(" and words.words[i + 2] == ")"
    closed = closed or (i + 2 == stop - 1 and words.words[i : i + 1] == ["("])
    return min(stop, i + 3) if closed else i


def _may_precede(given: Sequence[str], figure: Figure) -> bool:
    """Whether what a headline has before a surname is that person's: a first name, an office."""
    if not given:
        return True
    own = figure.name.casefold().split()
    first = given[-1].casefold()
    lone = len(own) == 1 or first in own[:-1]
    return lone or first in figure.roles or role_gender(first) is not None


def _is_kind(held: str, role: str) -> bool:
    """Whether an office is the headline's, or of its kind: a "bundeskanzlerin", a "kanzlerin"."""
    if held == role or len(role) < _SHORTEST_STEM or not held.endswith(role):
        return held == role
    return held[: -len(role)].rstrip("-") not in _OTHERS
