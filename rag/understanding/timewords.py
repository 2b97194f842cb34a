"""The words for times in English, German and Russian, as patterns and as numbers.

Every pattern repeats only bounded, separated pieces, so matching stays linear in the text.
"""

from __future__ import annotations

import re
from typing import Literal

from index.article import Span

Unit = Literal["day", "week", "month", "year"]
LeadMode = Literal["in", "since", "after", "before", "until"]

_Y = r"(?:19|20)\d\d"
_RU_YEAR = r"(?:\s?(?:год(?:ами|ах|ов|ом|а|у|е|ы)?|гг?\.|г)(?!\w))"
_EN_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = (
    rf"(?:januars?|jänners?|februars?|märz(?:es)?|maerz|aprils?|mais?|junis?|julis?|augusts?"
    rf"|septembers?|oktobers?|okt|novembers?|dezembers?|dez|{_EN_MONTH}"
    r"|(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)(?:ь|я|ю|е|ем|ём)"
    r"|(?:март|август)(?:а|е|у|ом)?|ма(?:й|я|ю|е|ем))"
)
_PART = (
    r"(?:(?P<part>early|mid(?:dle)?|late|start|beginning|end|anfang|beginn|mitte|ende"
    r"|начал[аеоу]|середин[аеуы]|кон(?:ец|ца|це|цу))(?:\s|-)(?:(?:of|in)\s)?(?:des\s)?)?"
)
_LAST = (
    r"last|previous|letzte[mnrs]?|vergangene[mnrs]?|vorige[mnrs]?|прошл(?:ом|ой|ого|ую|ый|ым|ое)"
    r"|предыдущ(?:ем|ей|его|ую|ий)|минувш(?:ем|ей|его|ую|ий)"
)
_THIS = (
    r"this|(?:the\s)?current|diese[mnrs]?|laufende[mnrs]?|эт(?:ом|ой|от|у|ого|им)"
    r"|текущ(?:ем|ей|его|ую|ий)"
)
_LONG_AGO = r"vorletzte[mnrs]?|позапрошл(?:ом|ой|ого|ую)"
_WHICH = rf"(?P<which>{_LAST}|{_THIS}|{_LONG_AGO})"
_REL_YEAR = rf"(?P<rel>(?:{_LAST}|{_THIS}|{_LONG_AGO})\s(?:year|jahre?s|года))"
_OF = r"(?:,?\s(?:of\s|in\s|im\sjahr\s|des\sjahres\s|в\s)?"
_YEAR_AFTER = rf"{_OF}(?:(?P<year>{_Y})(?![\w%]){_RU_YEAR}?|{_REL_YEAR}))?"
_NTH = r"(?:\.|st|nd|rd|th|-?го|-?е)?"
_NUMBERS = (
    ("one", "a", "an", "ein", "eine", "einem", "einer", "einen", "один", "одну"),
    ("two", "zwei", "два", "две"),
    ("three", "drei", "три"),
    ("four", "vier", "четыре"),
    ("five", "fünf", "пять"),
    ("six", "sechs", "шесть"),
    ("seven", "sieben", "семь"),
    ("eight", "acht", "восемь"),
    ("nine", "neun", "девять"),
    ("ten", "zehn", "десять"),
    ("eleven", "elf", "одиннадцать"),
    ("twelve", "zwölf", "двенадцать"),
)
_COUNTS = {word: n for n, group in enumerate(_NUMBERS, 1) for word in group}
COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_UNIT_WORDS = (
    r"days?|weeks?|months?|years?|tag(?:en?)?|wochen?|monat(?:en?|s)?|jahr(?:en?|es)?"
    r"|день|дня|дней|недел(?:я|ю|и|е|ь)|месяц(?:а|ев|е)?|год(?:а|у)?|лет"
)
_UNIT = rf"(?P<unit>{_UNIT_WORDS})"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){pattern}(?!\w)", re.IGNORECASE)


DATES = (
    _compile(rf"(?P<year>{_Y})-(?P<month>\d\d)(?:-(?P<day>\d\d))?(?!-)"),
    _compile(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>{_Y})"),
    _compile(rf"(?P<day>\d{{1,2}})(?P<sep>/)(?P<month>\d{{1,2}})/(?P<year>{_Y})"),
    _compile(rf"(?P<month>\d{{1,2}})[./](?P<year>{_Y})"),
    _compile(r"(?P<short>)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)"),
    _compile(
        rf"(?:(?P<d0>\d{{1,2}}){_NTH}\s?(?:-|–|to|until|bis|bis\szum|and|und|по|и|до)\s?)?"
        rf"(?P<day>\d{{1,2}}){_NTH}\s?(?:of\s)?(?P<month>{_MONTH})\.?{_YEAR_AFTER}"
    ),
    _compile(
        rf"(?P<month>{_EN_MONTH})\.?\s(?:(?P<d0>\d{{1,2}})\s?[-–]\s?)?(?P<day>\d{{1,2}})"
        rf"(?:st|nd|rd|th)?(?!\d){_YEAR_AFTER}"
    ),
)
MONTH = _compile(rf"{_PART}(?P<month>{_MONTH})(?:\.(?=\s\d))?{_YEAR_AFTER}")
_ORDINAL = (
    r"first|second|third|fourth|[1-4](?:\.|st|nd|rd|th|-м|-й)?|iv|i{1,3}|erste[mnrs]?"
    r"|zweite[mnrs]?|dritte[mnrs]?|vierte[mnrs]?|перв(?:ом|ый|ая|ой|ую|ого)"
    r"|втор(?:ом|ой|ая|ую|ого)|треть(?:ем|ей|его)|третий|четв[её]рт(?:ом|ый|ого)"
)
FRACTION = _compile(
    rf"(?:(?P<q>[qh][1-4])|(?P<number>{_ORDINAL})\s(?P<unit>quarter|half|quartals?|halbjahre?s?"
    r"|hälfte|jahreshälfte|квартал(?:а|е)?|полугоди(?:е|я|и)|половин(?:а|е|у|ы)))"
    rf"(?:\s(?:of\s(?:the\syear\s)?|des\sjahres\s|von\s)?(?P<year>{_Y}){_RU_YEAR}?)?"
)
SEASON = _compile(
    rf"(?:{_WHICH}\s)?(?P<season>spring|summer|autumn|fall|winters?|frühjahrs?|frühlings?|sommers?"
    r"|herbst(?:es)?|весн(?:а|ой|ы|у)|лет(?:о|ом|а)|осен(?:ь|ью|и)|зим(?:а|ой|ы|у))"
    rf"(?:\s(?:of\s|des\sjahres\s)?(?P<year>{_Y})(?:/\d\d)?{_RU_YEAR}?)?"
)
YEAR = re.compile(
    rf"{_PART}(?<![\w.,/€$£#])(?<![^\W\d_][-‑–])(?P<year>{_Y})"
    r"(?:(?P<decade>(?<=0)(?:s|er[ns]?(?:[- ]jahren?)?|-?[еыё]?-?х|-е))|/(?P<to>\d\d))?"
    rf"(?![\w%])(?![.,]\d)(?!-[^\W\d_]){_RU_YEAR}?(?!\s(?:euros?|dollars?|people|men|soldiers|ships"
    r"|menschen|soldaten|prozent|percent|per\scent|mal|times|meters?|metres?|km|kilomet\w{0,4}|uhr"
    r"|tonnen|tons?|tonnes|mw|million\w{0,3}|человек|солдат|рублей|евро|долларов|процент\w{0,3}"
    r"|тонн|раз|метров)(?!\w))",
    re.IGNORECASE,
)
AGO = (
    _compile(rf"{COUNT}\s{_UNIT}\sago"),
    _compile(rf"vor\s{COUNT}\s{_UNIT}"),
    _compile(rf"(?:{COUNT}\s)?{_UNIT}\s(?:тому\s)?назад"),
)
ROLLING = (
    _compile(rf"(?:in|over|within|during|for|throughout)\sthe\s(?:last|past)\s{COUNT}\s{_UNIT}"),
    _compile(rf"(?:(?:in|over|within|during|for)\s)?the\spast\s(?:{COUNT}\s)?{_UNIT}"),
    _compile(rf"over\sthe\slast\s(?:{COUNT}\s)?{_UNIT}"),
    _compile(rf"(?:den|der|die)\s(?:letzten|vergangenen|vorigen)\s{COUNT}\s{_UNIT}"),
    _compile(rf"seit\s{COUNT}\s{_UNIT}"),
    _compile(rf"(?:за|в\sтечение)\sпоследн(?:ий|юю|ие|их|ей|его)\s(?:{COUNT}\s)?{_UNIT}"),
)
THIS = (
    _compile(rf"{_PART}{_WHICH}\s(?P<unit>{_UNIT_WORDS})"),
    _compile(
        r"(?P<part>beginning|start|middle|end|anfang|beginn|mitte|ende|начал[ае]|середин[ыеу]"
        r"|кон(?:ца|це))\s(?P<which>of\sthe|des|)\s?(?P<unit>year|jahres|года)"
    ),
    _compile(r"(?P<which>)(?P<part>jahres(?:beginn|anfang|mitte|ende))(?P<unit>)"),
)
DAY_WORD = _compile(
    r"(?:(?:the\s)?day\sbefore\syesterday|yesterday|today|vorgestern|gestern|heute"
    r"|позавчера|вчера|сегодня)"
)
WEEKDAY = _compile(
    rf"(?:{_WHICH}\s)?(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag"
    r"|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|понедельник|вторник|сред[уыа]"
    r"|четверг|пятниц[уыа]|суббот[уыа]|воскресенье)"
)

_SINCE = r"since|starting(?:\sin|\sfrom)?|seit|ab|со?|начиная\sсо?"
_AFTER = r"after|following|nach|после"
_BEFORE = r"before|prior\sto|earlier\sthan|vor|до|ранее|раньше"
_UNTIL = (
    r"по\sсостоянию\sна|until|till|up\sto|through|by|as\sof|bis(?:\s(?:zum|einschließlich))?"
    r"|stand|по"
)
_RANGE = r"from|between|von|vom|zwischen|между"
_IN = (
    rf"{_RANGE}|in|during|throughout|on|im|in|am|während|innerhalb|aus|во?|за|от"
    rf"|в\sтечение|im\slaufe|{_LAST}|{_THIS}"
)
_FILL_YEAR = (
    r"(?:(?:the\syear|(?:dem|den|des)\sjahre?s?|jahr(?:en?)?|years|the\speriod|период|годы)\s"
    r"(?:from\s|со?\s|of\s)?)?"
)
_FILL = rf"(?:(?:the|dem|den|der|des|month\sof|monat|месяце)\s|{_FILL_YEAR})?"
_LEADS = rf"{_SINCE}|{_AFTER}|{_BEFORE}|{_UNTIL}|{_IN}"
LEAD = re.compile(rf"(?<!\w)(?P<lead>{_LEADS}|на)\s{_FILL}$", re.IGNORECASE)
# "in the 2010 drought" names the drought: an article leads no bare year.
LEAD_YEAR = re.compile(rf"(?<!\w)(?P<lead>{_LEADS})\s{_FILL_YEAR}$", re.IGNORECASE)
ONWARD = re.compile(r"\s(?:onwards?(?!\w)|(?:on|an)(?=\s?[?!.,]|$))", re.IGNORECASE)
LIST = re.compile(r"\s?,?\s?(?:,|and|or|und|oder|sowie|и|или)\s?", re.IGNORECASE)
_THROUGH = r"-|–|—|to|until|till|through|bis(?:\szum)?|по|до"
_JOINT = re.compile(rf"\s?(?:{_THROUGH})\s?{_FILL}", re.IGNORECASE)
_JOINT_OPENED = re.compile(rf"\s(?:and|und|и)\s{_FILL}", re.IGNORECASE)
_JOINT_LEAD = re.compile(rf"(?:{_THROUGH})\s", re.IGNORECASE)
# Nouns that a year belongs to: the year of the thing, not of the article.
_THING = re.compile(
    r"(?:the|a|an|its|his|her|their|our|of|for|about|für|на|о|об|про|no\.|nr\.|№|number|nummer"
    r"|agenda|expo|vision|fifa|euro|olympi\w{0,8}|\w{0,30}(?:haushalt|etat|budget|wahl|wahlen|gipfel"
    r"|spiele|konferenz|plan|strategie|cup|games|бюджет|саммит|выборы))",
    re.IGNORECASE,
)
_INSTRUMENTAL = {"весной", "летом", "осенью", "зимой"}
_MONTHS = (
    ("jan", "jän", "янв"), ("feb", "фев"), ("mar", "mär", "mae", "мар"), ("apr", "апр"),
    ("may", "mai", "май", "мая", "маю", "мае"), ("jun", "июн"), ("jul", "июл"), ("aug", "авг"),
    ("sep", "сен"), ("oct", "okt", "окт"), ("nov", "ноя"), ("dec", "dez", "дек"),
)  # fmt: skip
_MONTH_NUMBERS = {stem: n for n, stems in enumerate(_MONTHS, 1) for stem in stems}
_SEASONS = {"sp": 3, "fr": 3, "ве": 3, "su": 6, "so": 6, "ле": 6, "au": 9, "fa": 9, "he": 9,
            "ос": 9, "wi": 12, "зи": 12}  # fmt: skip
_WEEKDAYS = (
    ("mon", "пон"), ("tue", "die", "вто"), ("wed", "mit", "сре"), ("thu", "don", "чет"),
    ("fri", "fre", "пят"), ("sat", "sam", "суб"), ("sun", "вос"),
)  # fmt: skip
_WEEKDAY_NUMBERS = {stem: n for n, stems in enumerate(_WEEKDAYS) for stem in stems}
_ORDINALS = {"fi": 1, "se": 2, "th": 3, "fo": 4, "er": 1, "zw": 2, "dr": 3, "vi": 4, "пе": 1,
             "вт": 2, "тр": 3, "че": 4, "i": 1, "ii": 2, "ii ": 3, "iv": 4}  # fmt: skip


def month_number(word: str) -> int | None:
    """1 to 12 for a month's name in any form, the number itself for digits."""
    return int(word) if word.isdigit() else _MONTH_NUMBERS.get(word.lower()[:3])


def season_month(word: str) -> int:
    """The month in which a season begins: 3, 6, 9 or 12."""
    return _SEASONS[word.lower()[:2]]


def stands_alone(season: str) -> bool:
    """Whether a season's name needs no preposition (Russian "летом")."""
    return season.lower() in _INSTRUMENTAL


def weekday(word: str) -> int:
    """0 for Monday to 6 for Sunday."""
    lower = word.lower()
    if lower.startswith("sonn"):
        return 5 if lower == "sonnabend" else 6
    return _WEEKDAY_NUMBERS[lower[:3]]


def ordinal(word: str) -> int | None:
    """1 to 4 for "first", "2.", "III", "втором"."""
    lower = word.lower()
    if lower[0].isdigit():
        return int(lower[0])
    return 3 if lower == "iii" else _ORDINALS.get(lower[:2])


def is_half(unit: str) -> bool:
    """Whether the word means half a year, else a quarter."""
    return unit.lower()[:1] == "h" or unit.lower()[:3] in ("пол", "jah")


def count(word: str | None) -> int:
    """The number a word or digits stand for; 1 for none."""
    if word is None:
        return 1
    return int(word) if word.isdigit() else _COUNTS[word.lower()]


def unit(word: str) -> Unit:
    """The unit of time a word names; none named is a year."""
    lower = word.lower()
    for stem, name in (("da", "day"), ("ta", "day"), ("д", "day"), ("w", "week"), ("н", "week"),
                       ("mo", "month"), ("ме", "month")):  # fmt: skip
        if lower.startswith(stem):
            return name  # type: ignore[return-value]
    return "year"


def days_ago(word: str) -> int:
    """0 for today, 1 for yesterday, 2 for the day before."""
    lower = word.lower()
    if lower in ("today", "heute", "сегодня"):
        return 0
    return 1 if lower in ("yesterday", "gestern", "вчера") else 2


def which(word: str | None) -> Literal["this", "last"] | None:
    """Whether "last", "letzte", "прошлый" or "this", "diese", "этот" was said."""
    if not word:
        return None
    return "this" if re.fullmatch(_THIS, word, re.IGNORECASE) else "last"


def periods_back(word: str | None) -> int:
    """0 for this week, 1 for last week, 2 for the one before ("vorletzte")."""
    if not word or not re.match(rf"(?:{_LAST}|{_LONG_AGO})(?!\w)", word, re.IGNORECASE):
        return 0
    return 2 if re.match(_LONG_AGO, word, re.IGNORECASE) else 1


def part_of_period(word: str | None) -> Literal["start", "middle", "end"] | None:
    """Which third of a year or month a word such as "early", "Mitte" or "конец" means."""
    lower = (word or "").lower().removeprefix("jahres")
    if not lower:
        return None
    if lower.startswith(("mi", "се")):
        return "middle"
    return "end" if lower.startswith(("late", "en", "ко")) else "start"


def lead_mode(word: str) -> LeadMode:
    """What the word before a time makes of it."""
    for pattern, mode in ((_SINCE, "since"), (_AFTER, "after"), (_BEFORE, "before"),
                          (_UNTIL, "until")):  # fmt: skip
        if re.fullmatch(pattern, word, re.IGNORECASE):
            return mode  # type: ignore[return-value]
    return "in"


def opens_range(word: str) -> bool:
    """Whether "and" after the first time closes a range: "between", "von", "с"."""
    return re.fullmatch(rf"{_RANGE}|{_SINCE}", word, re.IGNORECASE) is not None


def joins_range(gap: str, second: str, *, opened: bool) -> bool:
    """Whether the words between two times (or the second's own lead) make them a range."""
    if _JOINT.fullmatch(gap) or (opened and _JOINT_OPENED.fullmatch(gap)):
        return True
    return gap.strip() in ("", ",") and _JOINT_LEAD.match(second) is not None


def names_a_thing(text: str, span: Span, language: str) -> bool:
    """Whether a year without a preposition belongs to a noun: "Expo 2020", "the 2008 war"."""
    if language == "ru" and span.of(text).lower().endswith(("года", "г.", "г")):
        return True
    before = text[: span.start].split()
    if not before:
        return False
    word = before[-1].strip("\"'«»„“”()")
    acronym = len(word) > 1 and word.isupper() and not text.isupper()
    named = language != "de" and len(before) > 1 and word[:1].isupper()
    return acronym or named or _THING.fullmatch(word) is not None
