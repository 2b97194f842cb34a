"""Noun phrases read off word shapes: who is mentioned where, as what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.names import is_spelt_first_name
from wortlaut.index.lang.roles import (
    Gender,
    is_address,
    is_fronting,
    is_noble,
    names_institution,
    read_role,
    read_titles,
    role_gender,
)
from wortlaut.index.lang.words import Words, read_class, read_function_words, read_genders

MentionKind = Literal["person", "role", "pronoun", "group"]

DETERMINERS = read_genders("determiner")
PRONOUNS = read_genders("pronoun")
_COUNTING = read_function_words("quantity")
_PARTITIVES = ("ein", "viel", "mehrer")
_ABBREVIATED = read_titles("dotted")
_PARTICLES = read_function_words("name-run")
# Particles that are also common words: part of a name only right behind an office.
_AMBIGUOUS = frozenset({"von", "der", "den", "zu", "zur"})
CALENDAR = frozenset(
    """uhr prozent euro dollar millionen milliarden anfang ende mitte heute gestern""".split()
).union(
    list_forms("month", "de"),
    list_forms("weekday", "de", "en"),
    (day + part for day in list_forms("weekday", "de") for part in list_forms("daypart", "de")),
    # "may" is a verb, "May" a person.
    (month for month in list_forms("month", "en") if month != "may"),
)
NOT_NAMES = read_function_words("opening")
_ENGLISH_DETERMINERS = frozenset({"the", "a", "an", "his", "her", "their", "its"})
_DEFINITE = frozenset({"der", "die", "das", "the", "dem", "den"})
_DATIVE_OF_WOMEN = frozenset({"der", "einer", "dieser", "seiner", "ihrer"})
_APPOSED = frozenset({"der", "die", "dem"})
_INSERTS = read_function_words("insert")
_ADVERBS = read_class("adverb", "de")
_PLACE_LINKS = frozenset({"in", "im", "aus", "beim", "am"})
_LINKS = _PLACE_LINKS | read_function_words("link")
MEDIUM = re.compile(r"(?:agentur|zeitung|magazin|sender|portal|blatt|organisation|journal)\Z")
# What politics takes, makes and pays: no surname ends so. Nouns made from verbs, and a few more.
_OBJECT = re.compile(
    r"(?:ab|an|auf|aus|bei|ein|ent|fort|hin|nach|rück|über|um|unter|vor|zurück|zu|ver|be)"
    r"(?:tritt|str(?:ich|eit)|griff|w[uü]rf|tr[aä]g|schl[aä]g|schritt|sage|gabe|nahme|lage|schl[uü]ss|dr[uü]ck"
    r"|br[uü]ch|spr[uü]ch|spr[aä]che|stand|ständ|weis|k[aä]uf|bau|satz|sätz|zug|züge|kommen|teil)"
    r"(?:e?[ns]?|es)\Z"
    r"|(?:\w*(?:gespräch|verhandlung|maßnahm|sanktion|problem|vorw[uü]rf|zusag|reform|truppe"
    r"|soldat|waffe|lieferung|garantie|hilfe|folge|konsequenz|gründ|fehler|chance|steuer"
    r"|schulden|kosten|gelder|strafe|interesse|zugeständniss|forderung|bedingung|änderung)"
    r"e?[ns]?|geld|kritik|pläne|fragen|rechte|schritte)\Z"
)
_ABSTRACT = ("ung", "tion", "schaft", "heit", "keit", "tät", "gruppe", "stelle", "schule")
ADJECTIVE_ENDINGS = ("e", "en", "er", "em", "es")
_ADVERB_ENDINGS = ("lich", "isch", "ig", "weise", "ell")
_ENGLISH_ENDINGS = ("ian", "ish", "-led", "eign")
_OPENING = frozenset("„\"“»‚‘«'")
_MARKS = _OPENING | {"”", "’"}
# Behind one of these a noun is another's: "Haltung der Regierung".
HEAD_ENDS = read_function_words("head-end", "de")
_COMPOUNDING = frozenset({",", "und", "oder", "sowie", "/"})
AGED = re.compile(r"\d{1,3}-?jährige[nr]?\Z")
_LONGEST_RUN = 12
_MOST_COMPLEMENTS = 5
_LONGEST_TITLE = 8
_MOST_ADJECTIVES = 6


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase, words `[first, stop)`; `name` is the bare name of its person or group.

    `is_genitive` where it stands behind a noun of saying as whose it is: "Angaben Holms".
    """

    first: int
    stop: int
    span: Span
    kind: MentionKind
    name: str
    role: str = ""
    gender: Gender = ""
    definite: bool = False
    plural: bool = False
    is_genitive: bool = False


def read_mention(words: Words, first: int, stop: int) -> Mention | None:
    """The noun phrase that starts at word `first`, with its genitive and name; None if none."""
    if first >= stop:
        return None
    low = words.lows[first]
    i = first
    gender: Gender = ""
    if low == "an" and not words.english:
        return None
    if low in DETERMINERS and (low not in PRONOUNS or noun_follows(words, first + 1, stop)):
        gender = DETERMINERS[low]
        i = _skip_insert(words, _past_determiner(words, first, stop), stop)
    elif low in PRONOUNS:
        span = Span(words.starts[first], words.ends[first])
        return Mention(first, first + 1, span, "pronoun", "", "", PRONOUNS[low], True)
    aged = i if i < stop and AGED.match(words.lows[i]) else -1
    if aged > first and not (
        i + 1 < stop and (words.caps[i + 1] or _is_adjective(words.lows[i + 1]))
    ):
        # "der 81-Jährige": whoever was spoken of.
        span = Span(words.starts[first], words.ends[i])
        return Mention(first, i + 1, span, "pronoun", "", "", gender, True)
    head = _find_head(words, first, _skip_adjectives(words, i, stop), stop)
    if low in _ENGLISH_DETERMINERS:
        office = _find_english_office(words, i, stop)
        if office >= 0:
            return _build(words, first, office, office + 1, stop, gender)
    if head >= stop or words.lows[head] in NOT_NAMES:
        return None
    if words.words[head] in _OPENING:
        return _read_title(words, first, head, stop)
    end = read_run(words, head, stop)
    return _build(words, first, head, end, stop, gender) if end > head else None


def _find_english_office(words: Words, i: int, stop: int) -> int:
    """Where "the [Aldoran foreign] minister" has its office, written small; -1 if nowhere."""
    for k in range(i, min(stop, i + 4)):
        if not words.words[k].replace("-", "").isalnum():
            break
        if not words.caps[k] and role_gender(words.lows[k]) is not None:
            return k
    return -1


def _past_determiner(words: Words, first: int, stop: int) -> int:
    """Behind "der", or behind "einer der", "viele von"."""
    i = first + 1
    partitive = words.lows[first].startswith(_PARTITIVES)
    return i + (partitive and i < stop and words.lows[i] in {"der", "von"})


def _find_head(words: Words, first: int, head: int, stop: int) -> int:
    """Past an adjective that opens the sentence with a capital: "Führende deutsche Politiker"."""
    if head != first or head + 1 >= stop or words.caps[head + 1]:
        return head
    following = _skip_adjectives(words, head + 1, stop)
    opens = _is_adjective(words.lows[first]) and head + 1 < following < stop
    return following if opens and words.caps[following] else head


def _is_adjective(low: str) -> bool:
    if low in NOT_NAMES or low in PRONOUNS or (low in DETERMINERS and low not in _COUNTING):
        return False
    if low[0].isdigit() or low in {"jahre", "us", "ex"}:
        return True
    return (len(low) > 3 and low.endswith(ADJECTIVE_ENDINGS)) or low.endswith(_ENGLISH_ENDINGS)


def noun_follows(words: Words, i: int, stop: int) -> bool:
    """Whether a noun stands at word `i`, or behind its adjectives."""
    i = _skip_adjectives(words, i, stop)
    return i < stop and words.caps[i]


def _skip_adjectives(words: Words, i: int, stop: int) -> int:
    limit = min(stop, i + _MOST_ADJECTIVES)
    while i < limit and not words.caps[i]:
        if _is_adjective(words.lows[i]):
            i += 1
            # "die afghanischen und ausländischen Soldaten"
            i += i + 2 < limit and words.lows[i] == "und" and _is_adjective(words.lows[i + 1])
        elif i + 2 < limit and _qualifies(words, i):
            i += 2
        else:
            break
    return i


def _qualifies(words: Words, i: int) -> bool:
    """Whether word `i` is an adverb before an adjective: "die [staatlich] kontrollierten Medien"."""
    after = words.lows[i + 1]
    adverb = words.lows[i].endswith(_ADVERB_ENDINGS) and words.lows[i].isalpha()
    return adverb and not words.caps[i + 1] and len(after) > 4 and after.endswith(ADJECTIVE_ENDINGS)


def _skip_insert(words: Words, i: int, stop: int) -> int:
    """Past the phrase between article and adjective: "der [für Verkehr] zuständige Leiter"."""
    # "der ebenfalls angereiste Minister"
    adverb = i + 2 < stop and words.lows[i] in _ADVERBS and not words.caps[i + 1]
    if adverb and _is_adjective(words.lows[i + 1]):
        return i + 1
    # "die das Unglück überlebende Ada Holm"
    object_inside = i + 3 < stop and words.lows[i] in {"das", "die"} and words.caps[i + 1]
    if i >= stop or (words.lows[i] not in _INSERTS and not object_inside):
        return i
    for k in range(i + 2, min(stop - 1, i + 9)):
        if not words.words[k].isalnum() and "-" not in words.words[k]:
            break
        adjective = not words.caps[k] and _is_adjective(words.lows[k])
        named = words.caps[k + 1] or words.words[k + 1] in _OPENING
        if adjective and named and words.lows[k - 1] not in DETERMINERS:
            return k
    return i


def read_run(words: Words, first: int, stop: int) -> int:
    """Where the run of capitalised words from word `first` ends, name particles included."""
    limit = min(stop, first + _LONGEST_RUN)
    i = first
    while i < limit and _continues_run(words, first, i, limit):
        i += 1
    return i


def _continues_run(words: Words, first: int, i: int, limit: int) -> bool:
    low = words.lows[i]
    if i > first and words.breaks[i]:
        return False
    if words.caps[i] and low not in CALENDAR and not (i > first and low in NOT_NAMES):
        return True
    if i > first and (_is_in_compound(words, first, i, limit) or _is_slashed(words, i, limit)):
        return True
    if i + 2 < limit and low in {"von", "van"} and _is_double_particle(words, i):
        return True
    if i + 1 >= limit or not words.caps[i + 1]:
        return False
    if low in _PARTICLES and _is_in_name(words, i):
        return True
    if low == ".":
        before = words.words[i - 1] if i > first else ""
        return len(before) == 1 or before.lower() in _ABBREVIATED
    return low not in DETERMINERS and role_gender(low) is not None


def _is_slashed(words: Words, i: int, limit: int) -> bool:
    """Whether word `i` is inside a party's name with a slash: "Bündnis 90/Die Grünen"."""
    slash = next((k for k in range(i - 1, min(i + 2, limit - 1)) if words.words[k] == "/"), -1)
    if slash < 1 or not words.caps[slash + 1]:
        return False
    joined = (
        words.starts[slash] == words.ends[slash - 1]
        and words.ends[slash] == words.starts[slash + 1]
    )
    return joined and (words.caps[slash - 1] or words.words[slash - 1].isdigit())


def _is_in_compound(words: Words, first: int, i: int, limit: int) -> bool:
    """Whether a mark or "und" at word `i` is inside "Gesundheits-, Sozial- und Baudirektor"."""
    hyphen = i if words.words[i] == "-" else i - 1
    if words.words[hyphen] != "-" or hyphen <= first or hyphen + 1 >= limit:
        return False
    joined = words.starts[hyphen] == words.ends[hyphen - 1] and words.caps[hyphen - 1]
    follows = words.lows[hyphen + 1] in _COMPOUNDING
    return joined and follows and hyphen + 2 < limit and words.caps[hyphen + 2]


def _is_double_particle(words: Words, i: int) -> bool:
    """Whether "von der" at word `i` goes on with a name: an office and a first name precede it."""
    name = words.lows[i + 2]
    common = names_institution(name) or name.endswith(_ABSTRACT)
    adjective = name.endswith(ADJECTIVE_ENDINGS) and words.caps[min(i + 3, len(words.caps) - 1)]
    double = words.lows[i + 1] in {"der", "den", "dem"} and words.caps[i + 2]
    return double and not common and not adjective and _is_in_name(words, i)


def _is_in_name(words: Words, i: int) -> bool:
    low = words.lows[i]
    if low not in _AMBIGUOUS:
        return True
    if i > 0 and is_title_in_name(words, i - 1):
        return True
    if i > 0 and low == "der" and words.lows[i - 1] in {"von", "van"}:
        return True
    behind_name = i > 1 and words.caps[i - 1] and role_gender(words.lows[i - 1]) is None
    return behind_name and role_gender(words.lows[i - 2]) is not None


def _read_title(words: Words, first: int, i: int, stop: int) -> Mention | None:
    """A name in quotation marks: the newspaper in "die „Aldorner Post“"."""
    limit = min(stop, i + _LONGEST_TITLE)
    end = next((k for k in range(i + 1, limit) if words.words[k] in _MARKS), limit)
    inside = words.words[i + 1 : end]
    if (
        end >= limit
        or not any(word[0].isalnum() for word in inside)
        or (len(inside) not in (2, 3) and not any(words.caps[i + 1 : end]))
    ):
        return None
    span = Span(words.starts[first], words.ends[end])
    return Mention(first, end + 1, span, "group", _join(words, range(i + 1, end)))


def _build(words: Words, first: int, head: int, end: int, stop: int, gender: Gender) -> Mention:
    """The mention whose capitalised words are `[head, end)`, with what belongs to it."""
    roles = find_office_words(words, head, end)
    before = words.lows[roles[-1] - 1] if roles and roles[-1] else ""
    role = read_role(words.lows[roles[-1]], before) if roles else ""
    bare = first == head
    end -= (bool(roles) or bare) and _ends_in_object(words, roles[-1] + 1 if roles else head, end)
    named = range(roles[-1] + 1, end) if roles else range(head, end)
    if len(named) > 1 and words.words[named[0]] == ".":
        named = named[1:]  # "Dr. Ada Holm"
    introduced = not roles and opens_with_noun(words.words[named.start : named.stop])
    named = named[1:] if introduced else named
    # "die" before a man's office is the plural, which stands for nobody in particular.
    several = role_gender(role) == "m" or (roles and words.lows[roles[-1]].endswith("en"))
    plural = words.lows[first] == "die" and role != "" and bool(several)
    definite = words.lows[first] in _DEFINITE and not plural
    i = end
    if roles and not named:
        i, named = read_complement(words, end, stop)
    elif not roles and not bare and not opens_with_noun(words.words[head:end]):
        i, _ = read_complement(words, end, stop)
    elif not bare and len(named) == 1 and words.words[end - 1].endswith("s"):
        # "die Botschafterin Aldoras, Ada Holm,": the name behind its comma is hers.
        apposed = _read_apposition(words, end, stop)
        if apposed and words.words[apposed.stop : apposed.stop + 1] == [","]:
            i, named = apposed.stop, apposed
    i = _past_bracket(words, i, stop)
    title = _read_quoted_name(words, i, stop)
    if title and MEDIUM.search(words.lows[end - 1]):
        span = Span(words.starts[first], title.span.end)
        return Mention(first, title.stop, span, "group", title.name, "", gender, definite)
    i = title.stop if title and not bare else i
    span = Span(words.starts[first], words.ends[i - 1])
    name = _join(words, named)
    kind: MentionKind
    if roles:
        kind = "person" if name else "role"
        gender = read_holder_gender(words, roles[-1]) or ("" if plural else gender)
        return Mention(first, i, span, kind, name, role, gender, definite)
    if len(named) > 1 and MEDIUM.search(words.lows[named[0]]):
        return Mention(first, i, span, "group", _join(words, named[1:]), "", gender, definite)
    if bare or introduced:
        kind = "person" if len(named) <= 4 else "group"
        return Mention(first, i, span, kind, name)
    text = _join(words, range(first + (words.lows[first] in DETERMINERS), i))
    return Mention(first, i, span, "group", text, "", gender, definite)


def opens_with_noun(name: Sequence[str]) -> bool:
    """Whether a common noun stands before first name and surname: "Bruder Jon Hale"."""
    if len(name) < 3 or not is_fronting(name[0].lower()):
        return False
    return is_spelt_first_name(name[1].lower()) and not is_spelt_first_name(name[0].lower())


def find_office_words(words: Words, first: int, stop: int) -> list[int]:
    """The words `[first, stop)` that are somebody's office, none of them inside a name."""
    return [
        k
        for k in range(first, stop)
        if role_gender(words.lows[k]) is not None and not is_title_in_name(words, k)
    ]


def is_title_in_name(words: Words, k: int) -> bool:
    """Whether word `k` is a title inside a name: "Jon Prinz von Hale", "Prinz zu Hale"."""
    if not is_noble(words.lows[k]) or not words.caps[k] or not all(words.caps[k + 2 : k + 3]):
        return False
    link = words.lows[k + 1 : k + 2]
    named = k > 0 and words.caps[k - 1] and is_spelt_first_name(words.lows[k - 1])
    return link == ["zu"] or (link == ["von"] and named)


def read_holder_gender(words: Words, office: int) -> Gender:
    """The gender of who holds the office at that word: "die Vorsitzende" is a woman's.

    An office of both genders shows it by its article alone, "die Vorsitzenden" not even by that.
    """
    low = words.lows[office]
    gender = role_gender(low) or ""
    if gender or words.english or not office:
        return gender
    k = office - 1
    while k and office - k < _MOST_ADJECTIVES and words.lows[k] not in DETERMINERS:
        if not words.caps[k] and not _is_adjective(words.lows[k]):
            return ""
        k -= 1
    shown = DETERMINERS.get(words.lows[k], "")
    if not low.endswith("en"):
        return shown
    return "f" if words.lows[k] in _DATIVE_OF_WOMEN else "" if shown == "f" else shown


def _ends_in_object(words: Words, first: int, end: int) -> bool:
    """Whether a full name is followed by an object: "will Jon Hale [Zusagen] machen"."""
    return end - first > 2 and names_object(words.lows[end - 1])


def names_object(low: str) -> bool:
    """Whether a word is by its form a common noun, as an object behind a name may be."""
    return _OBJECT.match(low) is not None or low.endswith(("ung", "ungen"))


def _join(words: Words, named: range) -> str:
    """The words as the text has them, white space aside."""
    parts = []
    for k in named:
        apart = k > named.start and words.starts[k] > words.ends[k - 1]
        parts.append(f" {words.words[k]}" if apart else words.words[k])
    return "".join(parts)


def _read_quoted_name(words: Words, i: int, stop: int) -> Mention | None:
    """A name in quotation marks right behind its noun: "die Zeitung „Post“"."""
    if i >= stop or words.words[i] not in _OPENING - {"“", "‘", "'"}:
        return None
    return _read_title(words, i, i, stop)


def _past_bracket(words: Words, i: int, stop: int) -> int:
    if i < stop and words.words[i] == "(":
        for k in range(i + 1, min(stop, i + 9)):
            if words.words[k] == ")":
                return k + 1
    return i


def read_complement(words: Words, i: int, stop: int, joined: bool = True) -> tuple[int, range]:
    """Past the genitive or prepositional part of a noun; the person it leads to, if any.

    The name stands behind a comma, "der Chef der Bank, Jon Hale,", at the part's end, "der Chef
    der Bank Jon Hale", or behind a second office: "die Chefin der Bank und Rätin Ada Holm".
    """
    office = i - 1
    i = _past_bracket(words, i, stop)
    for _ in range(_MOST_COMPLEMENTS):
        if i >= stop or words.lows[i] not in _LINKS:
            break
        k = i + 1
        if words.lows[i] in _PLACE_LINKS and not _places_holder(words, k, stop):
            break
        if words.lows[i] == "und":
            if k < stop and words.lows[k] in DETERMINERS:
                break  # "ein Experte und die Präsidentin": two
            second = _read_second_office(words, office, k, stop) if joined else None
            if second:
                return second
        determined = words.lows[i] in DETERMINERS
        if k < stop and words.lows[k] in DETERMINERS:
            k, determined = k + 1, True
        k = _skip_insert(words, k, stop) if determined else k
        k = _skip_adjectives(words, k, stop)
        end = read_run(words, k, stop)
        if end == k:
            break
        named = _read_last_name(words, i, k, end) if _is_office(words, office) else range(0)
        if named:
            return end, named
        i = _past_bracket(words, end, stop)
    named = _read_apposition(words, i, stop) or _read_titled(words, office, i, stop)
    return (named.stop if named else i), named


def _places_holder(words: Words, i: int, stop: int) -> bool:
    """Whether what follows "in" is of the office: "im Rat", or "in der Kammer, Ada Holm, sagte"."""
    if i >= stop or words.caps[i]:
        return i < stop
    if words.lows[i] not in DETERMINERS:
        return False
    start = _skip_adjectives(words, i + 1, stop)
    end = read_run(words, start, stop)
    end = read_run(words, end + 1, stop) if words.lows[end : end + 1] == ["des"] else end
    named = _read_apposition(words, end, stop) if end > start else range(0)
    return bool(named) and words.words[named.stop : named.stop + 1] == [","]


def _is_office(words: Words, i: int) -> bool:
    return i >= 0 and role_gender(words.lows[i]) is not None


def _read_last_name(words: Words, link: int, first: int, end: int) -> range:
    """The name that ends a run of capitals behind an institution: "Bank Jon Hale"; else empty."""
    start = end - 2
    if start <= first or not (words.caps[start] and words.caps[end - 1]):
        return range(0)
    before = words.lows[start - 1]
    if before.endswith((".", "-")) or not words.caps[start - 1]:
        return range(0)
    if not is_address(before):
        owner = role_gender(before) is not None or "des" in words.lows[link:first]
        if owner and not names_institution(before):
            return range(0)  # "Witwe des Malers Jon Hale"
    plain = role_gender(words.lows[end - 1]) is None and not names_object(words.lows[end - 1])
    plain = plain and not names_institution(words.lows[end - 1])
    return range(start, end) if plain and is_spelt_first_name(words.lows[start]) else range(0)


def _read_second_office(words: Words, office: int, i: int, stop: int) -> tuple[int, range] | None:
    """The person of two offices: "die Chefin der Bank und [frühere] Rätin Ada Holm"."""
    if not _is_office(words, office):
        return None
    start = _skip_adjectives(words, i, stop)
    end = read_run(words, start, stop)
    roles = [k for k in range(start, end) if role_gender(words.lows[k]) is not None]
    if not roles or not _agree(words.lows[office], words.lows[roles[-1]]):
        return None
    if roles[-1] + 1 < end:
        return end, range(roles[-1] + 1, end)
    past, named = read_complement(words, end, stop, False)
    return (past, named) if named else None


def _agree(office: str, second: str) -> bool:
    """Whether two offices may be one person's, by their genders."""
    return len({role_gender(office), role_gender(second)} - {""}) < 2


def _read_titled(words: Words, office: int, i: int, stop: int) -> range:
    """The name behind an office's comma and an article: "der Leiter, der Biologe Jon Hale,"."""
    if i + 3 >= stop or words.words[i] != "," or words.lows[i + 1] not in _APPOSED:
        return range(0)
    start = _skip_adjectives(words, i + 2, stop)
    end = read_run(words, start, stop)
    roles = [k for k in range(start, end) if role_gender(words.lows[k]) is not None]
    named = range(roles[-1] + 1, end) if roles else range(start, end)
    closed = end >= stop or words.words[end] in ",.("
    if end + 1 < stop and (words.caps[end + 1] or words.lows[end + 1] in DETERMINERS):
        closed = closed and words.words[end] != ","  # one of several
    if not closed or not 1 <= len(named) <= 4 or not _is_office(words, office):
        return range(0)
    if roles:
        return named if _agree(words.lows[office], words.lows[roles[-1]]) else range(0)
    first_name = len(named) > 1 and is_spelt_first_name(words.lows[start])
    return named if first_name else range(0)


def _read_apposition(words: Words, i: int, stop: int) -> range:
    """The name behind an office and its comma: "der Chef der Bank, Jon Hale,"."""
    if i + 1 >= stop or words.words[i] != "," or not words.caps[i + 1]:
        return range(0)
    end = read_run(words, i + 1, stop)
    start = next((k for k in range(i + 1, end) if role_gender(words.lows[k]) is None), end)
    ended = end >= stop or words.words[end] in ",.(" or not words.caps[end]
    fits = 1 <= end - start <= 4 and words.lows[i + 1] not in NOT_NAMES
    return range(start, end) if ended and fits else range(0)


def can_speak(mention: Mention) -> bool:
    """Whether a noun phrase names an office, is a pronoun or sounds like an institution.

    By its head: "die Haltung der Regierung" says nothing.
    """
    if mention.role or mention.kind == "pronoun":
        return True
    words = mention.name.split()
    head = next((k for k, word in enumerate(words) if word in HEAD_ENDS), len(words))
    return names_institution(" ".join(words[:head]))
