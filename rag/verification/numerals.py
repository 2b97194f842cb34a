"""Number words in German, English and Russian -> values."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.language import Language

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
    " sechzehn siebzehn achtzehn neunzehn"
).split()
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_RUSSIAN: dict[int, str] = {
    2: r"дв(?:а|е|ух|ум|умя|ое|оих)", 3: r"тр(?:и|[её]х|[её]м|емя|ое|оих)",
    4: r"четыр(?:е|[её]х|[её]м|ьмя)|четверо|четверых", 5: r"пят(?:ь|и|ью|еро|ерых)",
    6: r"шест(?:ь|и|ью|еро|ерых)", 7: r"сем(?:ь|и|ью|еро|ерых)", 8: r"вос(?:емь|ьми|емью)",
    9: r"девят(?:ь|и|ью)", 10: r"десят(?:ь|и|ью)", 11: r"одиннадцат(?:ь|и|ью)",
    12: r"двенадцат(?:ь|и|ью)", 13: r"тринадцат(?:ь|и|ью)", 14: r"четырнадцат(?:ь|и|ью)",
    15: r"пятнадцат(?:ь|и|ью)", 16: r"шестнадцат(?:ь|и|ью)", 17: r"семнадцат(?:ь|и|ью)",
    18: r"восемнадцат(?:ь|и|ью)", 19: r"девятнадцат(?:ь|и|ью)", 20: r"двадцат(?:ь|и|ью)",
    30: r"тридцат(?:ь|и|ью)", 40: r"сорок[а]?", 50: r"пят(?:ьдесят|идесяти)",
    60: r"шест(?:ьдесят|идесяти)", 70: r"сем(?:ьдесят|идесяти)", 80: r"вос(?:емьдесят|ьмидесяти)",
    90: r"девяност[оа]", 100: r"ст[оа]", 200: r"двести|двухсот", 300: r"триста|тр[её]хсот",
    400: r"четыреста|четыр[её]хсот", 500: r"пятьсот|пятисот", 600: r"шестьсот|шестисот",
    700: r"семьсот|семисот", 800: r"восемьсот|восьмисот", 900: r"девятьсот|девятисот",
}  # fmt: skip
_RUSSIAN_FORMS = [(value, re.compile(rf"(?:{form})\Z")) for value, form in _RUSSIAN.items()]
_SCALES: dict[Language, list[tuple[float, re.Pattern[str]]]] = {
    "de": [
        (1e12, re.compile(r"billion(?:en)?\Z|bio\Z")), (1e9, re.compile(r"milliarden?\Z|mrd\Z")),
        (1e6, re.compile(r"million(?:en)?\Z|mio\Z")), (1e3, re.compile(r"tausende?n?\Z|tsd\Z")),
        (100, re.compile(r"hunderte?n?\Z")), (12, re.compile(r"dutzende?n?\Z")),
    ],
    "en": [
        (1e12, re.compile(r"trillions?\Z")), (1e9, re.compile(r"billions?\Z|bn\Z")),
        (1e6, re.compile(r"millions?\Z|mn\Z")), (1e3, re.compile(r"thousands?\Z")),
        (100, re.compile(r"hundreds?\Z")), (12, re.compile(r"dozens?\Z")),
    ],
    "ru": [
        (1e12, re.compile(r"триллион\w*\Z|трлн\Z")), (1e9, re.compile(r"миллиард\w*\Z|млрд\Z")),
        (1e6, re.compile(r"миллион\w*\Z|млн\Z")), (1e3, re.compile(r"тысяч\w*\Z|тыс\Z")),
        (100, re.compile(r"сотн\w*\Z|сотен\Z")), (12, re.compile(r"дюжин\w*\Z")),
    ],
}  # fmt: skip
_ORDINALS: dict[str, int] = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
    "twentieth": 20, "thirtieth": 30, "hundredth": 100,
    "ers": 1, "drit": 3, "sieb": 7, "ach": 8,
}  # fmt: skip
_RUSSIAN_ORDINALS = (
    "перв", "втор", "трет", "четв[её]рт", "пят", "шест", "седьм", "восьм", "девят", "десят",
)  # fmt: skip
_RUSSIAN_ENDING = r"(?:ый|ой|ий|ая|ое|ые|ого|ому|ым|ом|ую|ых|ыми|ье|ья|ьего|ьему|ьей|ью|ьем|ьи|ьих)"
_GERMAN_ORDINAL = re.compile(r"([a-zäöüß]+)te[nmrs]?\Z")
_FRACTIONS: list[tuple[float, re.Pattern[str]]] = [
    (1 / 3, re.compile(r"drittel[sn]?\Z|thirds?\Z|треть\Z|трети\Z|третей\Z")),
    (1 / 4, re.compile(r"viertel[sn]?\Z|quarters?\Z|четверт[ьией]+\Z")),
    (1 / 5, re.compile(r"fünftel[sn]?\Z|fifths?\Z|пятую\Z|пятой\Z")),
    (1 / 10, re.compile(r"zehntel[sn]?\Z|tenths?\Z")),
]


@lru_cache(maxsize=16384)
def read_numeral(low: str, language: Language) -> float | None:
    """The value of a cardinal below a thousand, or of a German compound; None for other words.

    "ein" and "one" alone are articles as often as numbers and are none here.
    """
    if language == "en":
        return _index(low, _ENGLISH, 2) or _index_tens(low, _ENGLISH_TENS)
    if language == "de":
        return None if low in ("ein", "null") else _read_german(low)
    return next((float(value) for value, form in _RUSSIAN_FORMS if form.match(low)), None)


def _index(low: str, words: list[str], first: int) -> float | None:
    return float(words.index(low)) if low in words[first:] else None


def _index_tens(low: str, words: list[str]) -> float | None:
    return float(20 + 10 * words.index(low)) if low in words else None


def _read_german(low: str) -> float | None:
    """ "dreitausendzweihundertfünfundvierzig" and every part of it."""
    low = low.replace("zwo", "zwei").replace("dreissig", "dreißig")
    for scale, name in ((1000, "tausend"), (100, "hundert")):
        head, found, tail = low.partition(name)
        if not found:
            continue
        many = _read_german(head) if head else 1.0
        rest = _read_german(tail.removeprefix("und")) if tail else 0.0
        return None if many is None or rest is None else many * scale + rest
    if low in _GERMAN:
        return float(_GERMAN.index(low))
    head, found, tail = low.rpartition("und")
    tens = _index_tens(tail, _GERMAN_TENS)
    if found and head in _GERMAN[1:10] and tens is not None:
        return tens + _GERMAN.index(head)
    if low in ("beide", "beiden", "beider", "zweien", "dreien", "zweier", "dreier", "vieren"):
        return {"d": 3.0, "v": 4.0}.get(low[0], 2.0)
    return _index_tens(low, _GERMAN_TENS)


@lru_cache(maxsize=16384)
def read_scale(low: str, language: Language) -> float | None:
    """What a word multiplies by: "Millionen" 1e6; None for other words."""
    return next((value for value, form in _SCALES[language] if form.match(low)), None)


@lru_cache(maxsize=16384)
def read_ordinal(low: str, language: Language) -> int | None:
    """The rank an ordinal word gives, "zweiten" 2; None for other words."""
    if language == "en":
        value = read_numeral(low[:-2], "en") if low.endswith("th") else None
        return _ORDINALS.get(low, int(value) if value else None)
    if language == "ru":
        for rank, stem in enumerate(_RUSSIAN_ORDINALS, 1):
            if re.fullmatch(stem + _RUSSIAN_ENDING, low):
                return rank
        return None
    match = _GERMAN_ORDINAL.match(low)
    if not match:
        return None
    if match[1] in _ORDINALS:
        return _ORDINALS[match[1]]
    value = _read_german(match[1]) or (_read_german(match[1][:-1]) if match[1][-1] == "s" else None)
    return int(value) if value and value > 1 else None


@lru_cache(maxsize=16384)
def read_fraction(low: str) -> float | None:
    """The part a word names: "Drittel" 1/3; None for other words."""
    return next((value for value, form in _FRACTIONS if form.match(low)), None)


def read_digits(text: str, language: Language) -> float:
    """The value digits stand for: "2.800" is 2800 in German and 2.8 in English."""
    if text.isdecimal():
        return float(text)
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
    if re.fullmatch(grouped, text):
        return float(text.replace(thousands, "").replace(decimal, "."))
    parts = re.split(r"[.,]", text)
    return float(f"{parts[0]}.{parts[1]}" if len(parts) == 2 else "".join(parts))
