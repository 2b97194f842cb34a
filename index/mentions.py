"""Who is named where: noun phrases read off word shapes, and the cast of one article."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from index.article import Span

Gender = Literal["m", "f", ""]
Kind = Literal["person", "role", "pronoun", "group"]

DETERMINERS: dict[str, Gender] = {
    "der": "m", "ein": "m", "die": "f", "eine": "f", "das": "", "the": "", "a": "", "an": "",
    "dem": "m", "den": "", "einem": "m", "einer": "f", "einen": "m", "des": "m", "eines": "m",
    "sein": "m", "seine": "f", "ihr": "m", "ihre": "f", "dessen": "", "deren": "", "unser": "m",
    "dieser": "m", "diese": "f", "dieses": "", "diesem": "m", "seiner": "f", "ihrer": "f",
    "seinem": "m", "ihrem": "m", "seinen": "", "ihren": "", "zwei": "", "drei": "", "mehrere": "",
    "viele": "", "einige": "", "beide": "", "alle": "", "his": "", "her": "", "its": "",
    "their": "", "vier": "", "manche": "", "kein": "", "keine": "", "jeder": "", "jede": "",
    "several": "", "some": "", "many": "", "two": "", "this": "", "these": "", "zahlreiche": "",
    "andere": "", "weitere": "", "verschiedene": "",  "mehreren": "", "vielen": "",
    "einigen": "",  "wenige": "", "meisten": "",
}  # fmt: skip
PRONOUNS: dict[str, Gender] = {
    "er": "m", "sie": "f", "dieser": "m", "jener": "m", "diese": "f", "letzterer": "m",
    "letztere": "f", "he": "m", "she": "f", "they": "", "ihm": "m", "ihr": "f", "ihnen": "",
    "man": "",
}  # fmt: skip
_COUNTING = frozenset("mehrere viele einige beide zahlreiche andere weitere verschiedene wenige".split())
_ABBREVIATED = frozenset({"dr", "prof", "st", "mr", "mrs", "ms"})
_PARTICLES = frozenset("von van de der den al el bin ben ibn da di du la le del dos zu zur".split())
CALENDAR = frozenset(
    """montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz
    april mai juni juli august september oktober november dezember uhr monday tuesday wednesday
    thursday friday saturday sunday january february march june july october december
    montagabend dienstagabend mittwochabend donnerstagabend freitagabend samstagabend sonntagabend
    prozent euro dollar millionen milliarden anfang ende mitte heute gestern""".split()
)
NOT_NAMES = frozenset(
    """in im am an auf aus bei beim nach laut mit von vom zu zum zur für gegen um über unter vor
    wie wenn als dass ob weil nachdem während obwohl da denn und oder aber doch auch so nun nur es
    noch schon bereits dabei dazu damit dagegen danach demnach dadurch daher darum deshalb trotz
    seit bis ohne durch es man wir ich sich nicht wer was wo wann warum wieder zudem außerdem
    allerdings jedoch hingegen insgesamt derzeit zuvor später inzwischen gemäß the it in on at but
    and he she they we according for from with after before while as when if that this however
    hier dort heute gestern morgen jetzt dann ferner weiter weiterhin ebenso unterdessen mittlerweile
    zunächst schließlich dies das der die den dem des ein eine einer er sie ihr sein seine ihre
    diese dieser dieses alle viele mehrere einige beide kein keine über nicht wäre hätte würde war ist
    hatte hat wurde wird werden sind waren können konnte sollte eines anders gerade seitdem sogar
    unter hinter neben zwischen ferner weder entweder sowohl sowie sondern jetzt laut welche welcher
    falls oberhalb unterhalb aufgrund gleichzeitig besorgt insbesondere bezüglich hinsichtlich
    angesichts anschließend bislang bisher derzeit ebenso einerseits andererseits erst erstmals folglich
    immerhin infolge innerhalb außerhalb jedenfalls lediglich leider letztlich mehrfach meist mitunter
    möglicherweise nachdem nämlich offenbar offensichtlich rund selbst somit sonst stattdessen teilweise
    tatsächlich trotzdem überdies ursprünglich vielleicht vielmehr vorerst wahrscheinlich wegen weshalb
    wörtlich zugleich zumindest zunächst zusätzlich zwar sollte würden könnte kurz fast knapp etwa
    unmissverständlich allein beispiel begründung grund bei darunter davon darin daran dafür darauf darüber deren dessen ebenfalls eher etwa etwas immer""".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase `[first, stop)` in words; `name` is its person's or group's bare name."""

    first: int
    stop: int
    span: Span
    kind: Kind
    name: str
    role: str = ""
    gender: Gender = ""
    definite: bool = False


def _is_adjective(low: str) -> bool:
    if low in NOT_NAMES or low in PRONOUNS or (low in DETERMINERS and low not in _COUNTING):
        return False
    return low[0].isdigit() or (len(low) > 3 and low.endswith(("e", "en", "er", "em", "es"))) or (
        low in {"jahre", "so", "us", "ex"} or low.endswith(("ische", "ian", "ish", "-led", "eign"))
    )


def read_mention(words: Words, first: int, stop: int) -> Mention | None:
    """The noun phrase that starts at word `first`, with its genitive and name; None if none."""
    if first >= stop:
        return None
    low = words.lows[first]
    i, definite, gender = first, False, ""
    if low in DETERMINERS and not (low in PRONOUNS and not _noun_follows(words, first + 1, stop)):
        definite = low in {"der", "die", "das", "the", "dem", "den"}
        gender = DETERMINERS[low]
        i += 1
        if low.startswith(("ein", "viel", "mehrer")) and i < stop and words.lows[i] in {"der", "von"}:
            i += 1
        i = _skip_insert(words, i, stop)
    elif low in PRONOUNS:
        span = Span(words.starts[first], words.ends[first])
        return Mention(first, first + 1, span, "pronoun", "", "", PRONOUNS[low], True)
    i = _skip_adjectives(words, i, stop)
    if i < stop and words.words[i] in "„\"“»‚‘«'":
        return _read_title(words, first, i, stop)
    head = i
    if head < stop and words.lows[head] in NOT_NAMES:
        return None
    if head == first and head + 1 < stop and _is_adjective(low) and not words.caps[head + 1]:
        following = _skip_adjectives(words, head + 1, stop)
        if following > head + 1 and following < stop and words.caps[following]:
            head = i = following
    i = read_run(words, i, stop)
    if i == head:
        return None
    return _finish(words, first, head, i, stop, definite, gender)  # type: ignore[arg-type]


def _noun_follows(words: Words, i: int, stop: int) -> bool:
    i = _skip_adjectives(words, i, stop)
    return i < stop and words.caps[i]


def _skip_adjectives(words: Words, i: int, stop: int) -> int:
    limit = min(stop, i + 6)
    while i < limit and not words.caps[i] and _is_adjective(words.lows[i]):
        i += 1
    return i


def _skip_insert(words: Words, i: int, stop: int) -> int:
    """Past the phrase between article and adjective: "der [für Verkehr] zuständige Leiter"."""
    if i >= stop or words.lows[i] not in _INSERTS:
        return i
    for k in range(i + 2, min(stop - 1, i + 9)):
        if not words.words[k].isalnum() and "-" not in words.words[k]:
            break
        adjective = not words.caps[k] and _is_adjective(words.lows[k])
        if adjective and words.caps[k + 1] and words.lows[k - 1] not in DETERMINERS:
            return k
    return i


def read_run(words: Words, i: int, stop: int) -> int:
    first, limit = i, min(stop, i + 9)
    while i < limit:
        low = words.lows[i]
        if i > first and words.breaks[i]:
            break
        if words.caps[i] and low not in CALENDAR and not (i > first and low in NOT_NAMES):
            i += 1
        elif low in _PARTICLES and i + 1 < limit and words.caps[i + 1] and _in_name(words, i):
            i += 1
        elif low == "." and i > first and (len(words.words[i - 1]) == 1 or words.lows[i - 1] in _ABBREVIATED) and i + 1 < limit and words.caps[i + 1]:
            i += 1
        elif low not in DETERMINERS and role_gender(low) is not None and i + 1 < limit and words.caps[i + 1]:
            i += 1
        else:
            break
    return i


def _in_name(words: Words, i: int) -> bool:
    low = words.lows[i]
    return low not in {"von", "der", "den", "zu", "zur"} or (
        i > 0 and words.caps[i - 1] and role_gender(words.lows[i - 1]) is None and i > 1
        and (role_gender(words.lows[i - 2]) is not None)
    ) or (low == "der" and words.lows[i - 1] in {"von", "van"})


def _read_title(words: Words, first: int, i: int, stop: int) -> Mention | None:
    limit = min(stop, i + 8)
    j = i + 1
    while j < limit and words.words[j] not in "„\"“”»‚‘’«'":
        j += 1
    if j >= limit or j == i + 1 or (j > i + 4 and not any(words.caps[i + 1 : j])):
        return None
    name = " ".join(words.words[i + 1 : j])
    return Mention(first, j + 1, Span(words.starts[first], words.ends[j]), "group", name)


def _finish(
    words: Words, first: int, head: int, stop_run: int, stop: int, definite: bool, gender: Gender
) -> Mention:
    roles = [k for k in range(head, stop_run) if role_gender(words.lows[k]) is not None]
    role_at = roles[-1] if roles else -1
    role = words.lows[role_at] if roles else ""
    if roles:
        gender = role_gender(role) or gender
    named = range(role_at + 1, stop_run) if roles else range(head, stop_run)
    bare = first == head
    i = stop_run
    if roles and not named:
        i, name_range = read_complement(words, i, stop)
        named = name_range
    elif not bare and not roles:
        i, _ = read_complement(words, i, stop)
    i = _skip_bracket(words, i, stop)
    if i < stop and words.words[i] in "„\"»‚" and not bare:
        title = _read_title(words, i, i, stop)
        i = title.stop if title else i
    span = Span(words.starts[first], words.ends[i - 1])
    name = " ".join(words.words[k] for k in named).replace(" . ", ". ")
    if roles:
        kind: Kind = "person" if name else "role"
        return Mention(first, i, span, kind, name, role, gender, definite)
    kind = "person" if bare and len(named) <= 4 else "group"
    if len(named) > 1 and _MEDIUM.search(words.lows[named[0]]):
        kind, text = "group", " ".join(words.words[k] for k in named[1:])
    elif bare:
        text = name
    else:
        text = " ".join(words.words[k] for k in range(first + (words.lows[first] in DETERMINERS), i))
    return Mention(first, i, span, kind, text, "", gender if not bare else "", definite)


def _skip_bracket(words: Words, i: int, stop: int) -> int:
    if i < stop and words.words[i] == "(":
        for j in range(i + 1, min(stop, i + 9)):
            if words.words[j] == ")":
                return j + 1
    return i


def read_complement(words: Words, i: int, stop: int) -> tuple[int, range]:
    """Past the genitive or prepositional part of a noun; the name after its comma, if any."""
    i = _skip_bracket(words, i, stop)
    for _ in range(3):
        if i >= stop or words.lows[i] not in _LINKS:
            break
        j = i + 1
        if words.lows[i] in _PLACE_LINKS and not (j < stop and words.caps[j]):
            break
        if j < stop and words.lows[j] in DETERMINERS:
            j += 1
        j = _skip_adjectives(words, j, stop)
        k = read_run(words, j, stop)
        if k == j:
            break
        i = _skip_bracket(words, k, stop)
    if i + 1 < stop and words.words[i] == "," and words.caps[i + 1]:
        k = read_run(words, i + 1, stop)
        named = range(i + 1, k)
        ended = k >= stop or words.words[k] in ",.(" or not words.caps[k]
        if 1 <= len(named) <= 4 and ended and words.lows[i + 1] not in NOT_NAMES:
            return k, named
    return i, range(0)


_MEDIUM = re.compile(r"(?:agentur|zeitung|magazin|sender|portal|blatt|organisation|journal)\Z")
_INSERTS = frozenset("für in im am an auf aus bei mit von vom zu zum zur über unter seit".split())
_PLACE_LINKS = frozenset({"in", "im", "aus", "beim", "am"})
_LINKS = frozenset("des der eines einer vom von für of for im in aus beim am seiner ihrer ihres und".split())


def can_speak(mention: Mention) -> bool:
    """Whether a noun phrase names an office, is a pronoun or sounds like an institution."""
    if mention.role or mention.kind == "pronoun":
        return True
    return names_institution(mention.name)


