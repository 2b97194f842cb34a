"""One person, many spellings: keys that German, English and Russian spellings share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from index.article import Span
from index.offices import role_gender

SAME_PERSON = 0.8

_CYRILLIC_LETTER = re.compile("[а-яёіїєґў]")
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")
_APOSTROPHE_S = re.compile(r"['’]s?\b")
_PARTICLES = frozenset("von van der den de del di da al el bin ibn und фон ван дер де аль".split())
_TITLES = frozenset(
    """dr prof mr mrs ms sir lord dame herr herrn frau frl madame monsieur genosse president
    prime foreign defence defense finance interior chancellor г-н г-жа господин госпожа президент
    президента президенту министр министра глава канцлер канцлера премьер премьер-министр
    генсек генсека госсекретарь госсекретаря пресс-секретарь""".split()
)
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e e s s i i k l m n o p r s t u f h s c s s _ i _ e iu ia i i ie g u".split(),
        strict=True,
    )
)
# Cyrillic case endings of surnames, longest first, with what stands in the nominative.
_CASES = (
    ("скому", "ский"), ("ского", "ский"), ("ским", "ский"), ("ском", "ский"), ("скую", "ская"),
    ("цкого", "цкий"), ("цкому", "цкий"), ("ской", "ская"), ("овым", "ов"), ("евым", "ев"),
    ("иным", "ин"), ("овой", "ова"), ("евой", "ева"), ("иной", "ина"), ("ову", "ов"),
    ("еву", "ев"), ("ину", "ин"), ("ове", "ов"), ("еве", "ев"), ("ине", "ин"), ("ова", "ов"),
    ("ева", "ев"), ("ёва", "ёв"), ("ина", "ин"), ("ами", ""), ("ого", "ий"), ("ому", "ий"),
    ("ем", ""), ("ём", ""), ("ом", ""), ("ою", "а"), ("ой", "а"), ("у", ""), ("ю", ""), ("а", ""),
    ("я", ""), ("е", ""), ("ы", ""),
)  # fmt: skip
# Latin spellings to one sound each, in this order; z, sh, zh and s fall together because German
# writes the voiced s of Russian names with s, and sh with sch.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"schtsch|shch", "s"),
        (r"tsch|tch|(?<=[iy])ch\b|(?<=[iy])c\b", "c"),
        (r"sch|sh|zh", "s"),
        (r"ae", "e"),
        (r"oe(?!$)", "e"),
        (r"ue(?=[^aeiouy])", "u"),
        (r"e[iy](?!\b)", "ai"),
        (r"ck|kk|q", "k"),
        (r"(?<=[aeiou])h(?=[^aeiouy]|\b)", ""),
        (r"kh|ch", "h"),
        (r"ph|ff|f|w", "v"),
        (r"th|dt", "t"),
        (r"tz|ts|z|ß", "s"),
        (r"\bx", "s"),
        (r"x", "ks"),
        (r"c(?=[aou]|[^aeiouy\s]|\b)(?!\b)", "k"),
        (r"c(?=[eiy])", "s"),
        (r"[yj]", "i"),
        (r"([a-z])\1+", r"\1"),
        (r"ie", "i"),
        (r"(?<=[aeou])i(?=[aeou])", "i"),
        (r"([a-z])\1+", r"\1"),
        (r"(?<=[oe]v)a\b|(?<=in)a\b", ""),
        (r"(?<=sk)a(?:ia|a|i)?\b", "i"),
    )
)
_FUNCTION_WORDS = frozenset(
    """what who when where why how did does said say says tell told about over the and for with
    from that this these those have has had was were war are is not his her their its him she
    been will would can could should last first next year month week news article since before
    after between against into than then them they you your our all any more most some such
    was wer wann wo warum wie hat haben hatte sagt sagte gesagt über der die das den dem des ein
    eine einer und oder aber nicht mit von für auf aus bei nach vor zum zur sich ist sind waren
    wird wurde werden kann man noch auch nur schon seit bis gegen zwischen ihr ihre sein seine
    dieser diese dieses welche welcher welches alle mehr heute gestern jahr monat woche
    что кто когда где почему как про над под для без при или его она они оно был была было были
    быть есть нет это этот эта эти сказал сказала сказали говорил говорила заявил заявила после
    год году месяц неделя война мир new times post world press people deal talks peace
    frieden krieg russland ukraine russia kiev moscow moskau europa usa""".split()
)
_SHORT = 4


def fold_name(name: str) -> str:
    """The comparison key: romanised by sound, lower case, without titles, case endings and -s.

    Spellings of one name get equal or nearly equal keys; the empty string if no letter is left.
    """
    return " ".join(_fold_parts(name))


def match_names(a: str, b: str) -> float:
    """0..1 that both name the same person; from `SAME_PERSON` on they count as one.

    Surnames are compared by sound. First names, where both show them, must agree too; an
    initial agrees with any name it starts.
    """
    return max(
        _match_parts(_fold_parts(a, case), _fold_parts(b, case)) for case in _cases_of(a + b)
    )


def _cases_of(text: str) -> tuple[bool, ...]:
    """Cyrillic is read as it stands and as a case form of something; Latin once."""
    return (True, False) if _CYRILLIC_LETTER.search(text.casefold()) else (True,)


def _match_parts(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    if not left or not right:
        return 0.0
    score = _compare(left[-1], right[-1])
    if score < SAME_PERSON:
        # East Asian names carry the family name first: too little to merge on by itself.
        single, other = (left, right) if len(left) == 1 else (right, left)
        return 0.6 if len(single) == 1 < len(other) and single[0] == other[0] else 0.0
    if len(left) == 1 or len(right) == 1:
        return score * (1.0 if len(left) == len(right) else 0.97)
    first = max(_compare_first(x, y) for x in left[:-1] for y in right[:-1])
    return score * first if first >= 0.7 else 0.3 * score


def find_names(text: str, known: Sequence[str]) -> list[tuple[Span, str]]:
    """Where `text`, a question in any of the languages, mentions names of `known`, in order.

    Any case form, spelling or lower-case typing. Of several names that share the surname, those
    that the first name beside it rules out are left out; if none stands there, all are given.
    """
    names: dict[str, list[str]] = {}
    for name in dict.fromkeys(known):
        parts = _fold_parts(name)
        # "der Minister" is nobody's name.
        if not parts or role_gender(name.split()[-1].casefold()) is not None:
            continue
        names.setdefault(parts[-1], []).append(name)
        if len(parts) > 1 and len(name.split()[0]) < _SHORT:
            names.setdefault(parts[0], []).append(name)
    tokens = list(_TOKEN.finditer(_APOSTROPHE_S.sub(lambda m: " " * len(m[0]), text)))
    found: list[tuple[Span, str]] = []
    keys = list(names)
    for number, token in enumerate(tokens):
        bearers = [n for key in _find_keys(token[0], keys, names) for n in names[key]]
        if not bearers:
            continue
        start, chosen = _choose(text, tokens, number, bearers)
        span = Span(start, token.end())
        found = [item for item in found if item[0].overlap(span) == 0 or item[1] not in chosen]
        found += [(span, name) for name in dict.fromkeys(chosen)]
    return found


def _find_keys(token: str, keys: list[str], names: dict[str, list[str]]) -> list[str]:
    low = token.casefold().rstrip(".")
    if low in _FUNCTION_WORDS or len(low) < 2 or (low == token and low in {"may", "mark"}):
        return []
    folded = _fold_words((low,))[0] if _fold_words((low,)) else ""
    if not folded:
        return []
    forms = {folded, _fold_word(low, keep_s=True), *_fold_words((low,), False)}
    cyrillic = not low.isascii() and _CYRILLIC_LETTER.search(low) is not None
    typed_low = token[0].islower()
    if len(folded) < _SHORT:
        exact = {n for f in forms for n in names.get(f, ())}
        shown = {p for n in exact for p in re.split(r"[\s-]", n.casefold())}
        ok = low in shown or (not typed_low and cyrillic)
        return [f for f in forms if f in names] if ok else []
    hits = [f for f in forms if f in names]
    if hits:
        return hits
    cutoff = 92.5 if typed_low else 80.0 if cyrillic else 88.0
    ranked = [
        best
        for form in sorted(forms)
        if (best := process.extractOne(form, keys, scorer=fuzz.ratio, score_cutoff=cutoff))
        and best[0][0] == form[0]
        and len(best[0]) > _SHORT
        and abs(len(best[0]) - len(form)) <= 2
    ]
    if not ranked:
        return []
    key = max(ranked, key=lambda item: item[1])[0]
    return [key] if cyrillic or _looks_like(low, names[key]) else []


def _looks_like(low: str, bearers: list[str]) -> bool:
    """Whether a word that only sounds nearly like a surname is also spelled like it."""
    surnames = (name.split()[-1].casefold() for name in bearers)
    return any(
        fuzz.ratio(low, surname) >= (72.0 if low[0] == surname[0] else 80.0) for surname in surnames
    )


def _choose(
    text: str, tokens: list[re.Match[str]], number: int, bearers: list[str]
) -> tuple[int, list[str]]:
    """The bearers that the words before the surname allow, and where their name starts."""
    token = tokens[number]
    if number == 0:
        return token.start(), bearers
    before = tokens[number - 1]
    adjacent = text[before.end() : token.start()].strip() == ""
    given = _fold_words((before[0].casefold().rstrip("."),)) if adjacent else ()
    if not given:
        return token.start(), bearers
    fitting = [
        name
        for name in bearers
        if any(_compare_first(given[0], part) >= 0.7 for part in _fold_parts(name)[:-1])
    ]
    if fitting:
        return before.start(), fitting
    low = before[0].casefold()
    # "Boris Müller" is none of the Müllers we know; "die Aussage Müllers" is any of them.
    genitive = token[0].endswith("s") or _CYRILLIC_LETTER.search(token[0].casefold())
    capitals = before[0][0].isupper() and token[0][0].isupper()
    ordinary = low in _FUNCTION_WORDS or low in _TITLES or role_gender(low) is not None
    if number > 1 and capitals and not genitive and not ordinary:
        bearers = [name for name in bearers if len(_fold_parts(name)) == 1]
    return token.start(), bearers


def _fold_parts(name: str, nominative: bool = True) -> tuple[str, ...]:
    name = unicodedata.normalize("NFC", name)
    words = tuple(m[0].casefold().rstrip(".") for m in _TOKEN.finditer(_APOSTROPHE_S.sub("", name)))
    kept = [w for w in words if w not in _PARTICLES]
    while len(kept) > 1 and (kept[0] in _TITLES or role_gender(kept[0]) is not None):
        kept.pop(0)
    return _fold_words(tuple(kept), nominative)


@lru_cache(maxsize=65536)
def _fold_words(words: tuple[str, ...], nominative: bool = True) -> tuple[str, ...]:
    return tuple(folded for word in words if (folded := _fold_word(word, nominative=nominative)))


def _fold_word(word: str, keep_s: bool = False, nominative: bool = True) -> str:
    if _CYRILLIC_LETTER.search(word):
        word = _to_nominative(word) if nominative else word
        word = "й" + word if word.startswith("е") else word
        word = re.sub(r"(?<=[бвгджзклмнпрстфхцчшщ])ю", "у", word)
        word = "".join(_CYRILLIC.get(letter, letter) for letter in word).replace("_", "")
    elif len(word) > 4 and word.endswith("s") and not word.endswith("ss") and not keep_s:
        word = word[:-1]
    word = word.replace("ö", "oe").replace("ä", "ae").replace("ø", "oe").replace("ß", "ss")
    word = word.replace("ł", "l").replace("ı", "i").replace("đ", "d").replace("æ", "ae")
    word = word.replace("š", "sh").replace("ž", "zh").replace("č", "tsch").replace("ć", "tsch")
    word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _to_nominative(word: str) -> str:
    for ending, base in _CASES:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) > 1 else 3):
            return word[: -len(ending)] + base
    return word


def _compare(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if min(len(a), len(b)) < _SHORT or a[0] != b[0]:
        return 0.0
    return fuzz.ratio(a, b) / 100


def _compare_first(a: str, b: str) -> float:
    if len(a) == 1 or len(b) == 1:
        return 1.0 if a[0] == b[0] else 0.0
    return fuzz.ratio(a, b) / 100
