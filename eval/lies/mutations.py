"""One true sentence -> the same with one thing made false.

Names of months, weekdays and numbers are facts and come from `index.lang`, as the verifier's do.
What makes a sentence false is judged here alone: no table of negations, amounts, units, moods or
places is shared with the verifier, whose gaps the lies are to find.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from wortlaut.index.lang.calendar import list_names
from wortlaut.index.lang.numerals import name_number
from wortlaut.index.lang.places import name_capital, name_place
from wortlaut.index.lang.words import LANGUAGES, Language, read_function_words

Mutate = Callable[[str, Language, random.Random], str | None]

# Verbs that stand before their negation as auxiliaries do, in Russian behind it.
_FINITE: dict[Language, str] = {"de": "gibt gab steht liegt bleibt", "en": "", "ru": "стал стала"}
_NOT: dict[Language, str] = {"de": "nicht", "en": "not", "ru": "не"}
_DROPS: dict[Language, tuple[tuple[str, str], ...]] = {
    "de": ((r"\bnicht ", ""), (r"\b([Kk])ein(e[nmrs]?)?\b", ""), (r"\bnie(?:mals)? ", ""),
           (r"\bweder\b(.+?)\bnoch\b", r"sowohl\1als auch"), (r"\bohne\b", "mit")),
    "en": ((r"\b(?:not|never) ", ""), (r"(?<=\w)n['’]t\b", ""), (r"\bno (?=[a-z])", "a "),
           (r"\bwithout\b", "with"), (r"\bneither\b(.+?)\bnor\b", r"both\1and")),
    "ru": ((r"\bне ", ""), (r"\bникогда ", ""), (r"\bбез ", "с ")),
}  # fmt: skip
# What joins the names of a list.
_AND = r",|,? (?:und|oder|sowie|and|or|и|или|[/&–-])"
_COUNTS: dict[Language, Sequence[str]] = {
    "de": [name_number(value, "de") for value in (*range(2, 13), 20, 30)],
    "en": [name_number(value, "en") for value in (*range(2, 13), 20, 30)],
    "ru": [name_number(value, "ru") for value in (*range(2, 11), 20, 30)],
}
_MONTHS: dict[Language, Sequence[str]] = {
    "de": list_names("month", "de"),
    # "May" and "мая" are other words too often.
    "en": [name for name in list_names("month", "en") if name != "May"],
    "ru": [name for name in list_names("month", "ru", "day") if name != "мая"],
}
_DAYS: dict[Language, Sequence[str]] = {
    language: list_names("weekday", language, "in") for language in LANGUAGES
}
_COUNTRIES = "DE FR RU CN PL IT ES JP IN CA".split()
_CAPITALS = "DE FR GB RU CN AT IT ES BE US".split()
_TRADES: dict[Language, tuple[tuple[str, str], ...]] = {
    "de": (("viele", "wenige"), ("alle", "einige"), ("mehr", "weniger"), ("Tausende", "Hunderte"),
           ("mindestens", "höchstens"), ("die meisten", "die wenigsten"), ("mehrere", "sämtliche"),
           ("beide", "alle drei"), ("die Hälfte", "ein Viertel"), ("Millionen", "Milliarden"),
           ("rund", "mehr als"), ("jede", "kaum eine"), ("jeder", "kaum ein")),
    "en": (("many", "few"), ("all", "some"), ("more", "fewer"), ("thousands", "hundreds"),
           ("at least", "at most"), ("most", "few"), ("several", "all"), ("both", "all three"),
           ("half", "a quarter"), ("million", "billion"), ("about", "more than")),
    "ru": (("много", "мало"), ("все", "некоторые"), ("более", "менее"), ("миллион", "миллиард")),
}  # fmt: skip
_UNITS: dict[Language, tuple[tuple[str, ...], ...]] = {
    "de": (("Minuten", "Stunden", "Tage", "Wochen", "Monate", "Jahre"), ("Tagen", "Wochen", "Monaten", "Jahren"),
           ("Meter", "Kilometer", "Meilen"), ("Euro", "Dollar", "Rubel"), ("Prozent", "Promille"),
           ("Kilogramm", "Tonnen")),
    "en": (("minutes", "hours", "days", "weeks", "months", "years"), ("metres", "kilometres", "miles"),
           ("meters", "kilometers"), ("euros", "dollars", "pounds"), ("percent", "per mille"),
           ("kilograms", "tons")),
    "ru": (("минут", "часов", "дней", "месяцев", "лет"), ("евро", "долларов", "рублей")),
}  # fmt: skip
_MOODS: dict[Language, tuple[tuple[str, str], ...]] = {
    "de": ((r"\bkönnte\b", "wird"), (r"\bkönnten\b", "werden"), (r"\bmöglicherweise ", ""),
           (r"\b(?:angeblich|mutmaßlich|vermutlich|vielleicht|wahrscheinlich|offenbar) ", ""),
           (r"\bmuss\b", "kann"), (r"\bwill\b", "wird")),
    "en": ((r"\b(?:could|might|may)\b", "will"), (r"\b(?:possibly|perhaps|probably|allegedly|reportedly) ", ""),
           (r"\bmust\b", "may")),
    "ru": ((r"\bможет\b", "будет"), (r"\b(?:возможно|вероятно|якобы),? ", "")),
}  # fmt: skip


def drop_negation(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence without its first negation; None where there is none."""
    for pattern, instead in _DROPS[language]:
        match = re.search(pattern, text)
        if match:
            if "ein(e" in pattern:  # "keine Zusage" -> "eine Zusage"
                instead = "E" if match[1] == "K" else "e"
                return text[: match.start()] + instead + match[0][2:] + text[match.end() :]
            return text[: match.start()] + match.expand(instead) + text[match.end() :]
    return None


def add_negation(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with a negation at its first auxiliary; None where it has one already."""
    if re.search(rf"\b{_NOT[language]}\b|\bkein|\bnie|n['’]t\b", text):
        return None
    words = "|".join(
        sorted({*_FINITE[language].split(), *read_function_words("negatable", language)})
    )
    match = re.search(rf"\b(?:{words})\b(?= \w)", text)
    if not match:
        return None
    at = match.start() if language == "ru" else match.end()
    pair = (f"{_NOT[language]} ", "") if language == "ru" else ("", f" {_NOT[language]}")
    return text[:at] + pair[0] + pair[1] + text[at:]


def change_number(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with one number replaced; years and days of dates are left to `change_date`."""
    months = "|".join(_MONTHS[language])
    digits = [
        m
        for m in re.finditer(r"(?<![\d.,])\d+(?:[.,]\d+)*(?![\d]|\.\d)", text)
        if not re.fullmatch(r"(?:1\d|20)\d\d", m[0])
        and not re.match(rf"\.?,? (?:{months})", text[m.end() :])
        and not re.search(rf"(?:{months}) \Z", text[: m.start()])
        and m[0].strip("0,.")
    ]
    spelled = list(re.finditer(rf"\b(?:{'|'.join(_COUNTS[language])})\b", text))
    found = digits + spelled
    if not found:
        return None
    match = random.choice(found)
    if match[0][0].isdigit():
        places = [n for n, c in enumerate(match[0]) if c.isdigit()]
        at = places[0]
        new = random.choice([d for d in "123456789" if d != match[0][at]])
        instead = match[0][:at] + new + match[0][at + 1 :]
    else:
        instead = random.choice([w for w in _COUNTS[language] if w != match[0]])
    return text[: match.start()] + instead + text[match.end() :]


def change_date(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with another month, weekday, day of the month or year."""
    forms = [(rf"\b(?:{'|'.join(rows[language])})\b", rows[language]) for rows in (_MONTHS, _DAYS)]
    found: list[tuple[re.Match[str], Sequence[str]]] = [
        (match, rows) for pattern, rows in forms for match in re.finditer(pattern, text)
    ]
    for match in re.finditer(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d)\b", text):
        found.append((match, [str(int(match[0]) + step) for step in (-7, -2, 1, 3)]))
    for match in re.finditer(rf"\b\d\d?(?=\.? (?:{'|'.join(_MONTHS[language])}))", text):
        found.append((match, [str(day) for day in range(1, 29)]))
    if not found:
        return None
    match, choices = random.choice(found)
    instead = random.choice([word for word in choices if word != match[0]])
    return text[: match.start()] + instead + text[match.end() :]


def change_place(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with one well-known place for another."""
    known = _list_places(language)
    found = list(re.finditer(rf"\b(?:{'|'.join(known)})\b", text))
    if not found:
        return None
    match = random.choice(found)
    others = [place for place in known if place not in text]
    return text[: match.start()] + random.choice(others) + text[match.end() :]


def _list_places(language: Language) -> list[str]:
    # In Russian the nominatives of few capitals stand in a text as they are.
    capitals = _CAPITALS[:2] if language == "ru" else _CAPITALS
    countries = [name_place(code, language) for code in _COUNTRIES]
    return [*countries, *(name_capital(code, language) for code in capitals)]


def change_quantity(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with "many" for "few", "at least" for "at most", "million" for "billion"."""
    rows = [*_TRADES[language], *((b, a) for a, b in _TRADES[language])]
    found = [(m, b) for a, b in rows for m in re.finditer(rf"\b{a}\b", text)]
    if not found:
        return None
    match, instead = random.choice(found)
    return text[: match.start()] + instead + text[match.end() :]


def change_unit(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with another unit behind a number."""
    found = [
        (match, row)
        for row in _UNITS[language]
        for match in re.finditer(rf"(?<=[\w.,] )(?:{'|'.join(row)})\b", text)
    ]
    if not found:
        return None
    match, row = random.choice(found)
    instead = random.choice([unit for unit in row if unit != match[0]])
    return text[: match.start()] + instead + text[match.end() :]


def change_mood(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with what may be turned into what is, or what must into what may."""
    for pattern, instead in _MOODS[language]:
        if re.search(pattern, text):
            return re.sub(pattern, instead, text, count=1)
    return None


def swap_numbers(text: str, language: Language, random: random.Random) -> str | None:
    """The sentence with its first two whole numbers in each other's place."""
    numbers = list(dict.fromkeys(re.findall(r"(?<![\d.,])\d+(?![\d.,]\d)", text)))
    return swap_words(text, numbers[0], numbers[1]) if len(numbers) > 1 else None


def swap_words(text: str, one: str, other: str) -> str | None:
    """The sentence with two of its words or names in each other's place; None if one is missing."""
    if one == other or one in other or other in one:
        return None
    if not re.search(rf"\b{re.escape(one)}\b", text) or not re.search(
        rf"\b{re.escape(other)}\b", text
    ):
        return None
    pattern = rf"\b(?:{re.escape(one)}|{re.escape(other)})\b"
    return re.sub(pattern, lambda match: other if match[0] == one else one, text)


def swap_roles(text: str, names: Sequence[str]) -> str | None:
    """The sentence with two of its names in each other's place; None where no two can be swapped.

    Names of one list ("Talberg und Hellwig") stay: the sentence would be as true.
    """
    here = sorted((name for name in set(names) if name in text), key=lambda n: (text.index(n), n))
    for one, other in pairwise(here):
        listed = rf"{re.escape(one)}(?:{_AND}) (?:[A-ZÄÖÜА-ЯЁ][\w-]+ )*{re.escape(other)}\b"
        false = None if re.search(listed, text) else swap_words(text, one, other)
        if false:
            return false
    return None


MUTATIONS: dict[str, Mutate] = {
    "negation dropped": drop_negation,
    "negation added": add_negation,
    "number changed": change_number,
    "date changed": change_date,
    "place changed": change_place,
    "quantity changed": change_quantity,
    "unit changed": change_unit,
    "mood changed": change_mood,
    "numbers swapped": swap_numbers,
}
