"""Proper names: which words of a claim are some, and whether the cited text knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from index.attribution.offices import role_gender
from index.lang.calendar import list_forms
from index.lang.language import Language
from index.lang.names import TITLES, sound_of
from index.lang.tables import match_any
from index.lang.words import Word, read_words

# Places whose names differ between the languages, by how their words begin; adjectives included.
_EXONYMS = tuple(
    tuple(line.casefold().split())
    for line in """
deutsch german bundesrepublik герман немец немц фрг
russ россий росси рус moskauer? kreml?
moskau moscow москв moskow
ukrain украин
kiew kyiv kiev kyjiw киев
europ европ
eu европейск ес eu-
usa us u.s. amerika america american vereinigt united states сша америк соединен
washington вашингтон
china chin китай кита
polen poln poland polish польш польск
frankreich franz france french франц
großbritann britisch brit british britain england english engl british велико британ англи
italien ital italy итал
spanien span spain исп
österreich austria austrian австри
schweiz swiss switzerland швейцар
tschech czech чех чеш
ungar hungar венгр венгер
türk turk turkey турц турец
griech greec greek греци гречес
niederländ niederl dutch netherland holland голланд нидерл
belg belgien belgium belgian бельг
schwed sweden swedish швец швед
norweg norway norwegian норвег
finn finland фин
dänemark dän denmark danish дан
estland estn eston эстон
lettland lett latvia латв латыш
litau lithuan литв литов
weißruss belarus белорус беларус
georg georgien georgia груз
armen армян армен
japan japan япон
korea korean nordkorea südkorea коре
indi india инди
israel израил
palästin palestin палест
syri syria сири
irak iraq irakisch иракс ирак
iran iran иран
afghan афган
pakistan пакистан
ägypt egypt египет егип
libyen liby libya ливи
saudi саудов
vae emirate emirates arab эмират арабск
südafrika south африк africa afrika african
brasil brazil браз
mexik mexico mexic мексик
kanad canad канад
austral австрал
köln cologne кельн кёльн
münchen munich мюнхен
wien vienna вен
genf geneva женев
brüssel brussels брюссел
warschau warsaw варшав
prag prague праг
rom roman rome рим römer römisch
peking beijing пекин
kairo cairo каир
jerusalem иерусалим
venedig venice венец
mailand milan милан
lissabon lisbon лиссабон
athen athens афин
kopenhagen copenhagen копенгаг
donbass donbas донбас
krim crimea крым
rhein rhine рейн
donau danube дуна
bayer bavaria бавар
preuß prussia прус
sachs saxon saxony саксон
nato otan нато
uno un united nations vereint nationen оон
brexit брексит
weltbank welt- world мир мировой welt
rot red красн
schwarz black черн
christ христ
juden jewish jüdisch jews jude евре
musl islam musul мусульман ислам
kathol cathol катол
protestant протестант
asien asia asian ази азиат
atlant атлант
pazifik pacific тихий тихоокеан
mittelmeer mediterran средизем
""".strip().splitlines()
)
_COMMON = re.compile(
    r"(?:president|prime|minist(?:er|ry|ers)|foreign|defen[cs]e|interior|finance|secretary|state|general"
    r"|government|parliament|senate|congress|court|supreme|army|navy|air|force|forces|police|party|union"
    r"|council|committee|commission|university|college|school|institute|church|bank|company|group|office"
    r"|department|agency|federal|national|international|republic|kingdom|empire|city|county|river|lake"
    r"|mountain|mount|sea|ocean|island|islands|street|bridge|tower|house|hall|park|museum|theat(?:er|re)"
    r"|war|battle|treaty|act|law|constitution|king|queen|emperor|prince|princess|duke|lord|sir|pope|bishop"
    r"|saint|st|mr|mrs|ms|dr|north|south|east|west|northern|southern|eastern|western|central|new|old|great"
    r"|i|first|second|world|god|bible|internet|media|day"
    r"|chancellor|governor|mayor|spokesman|spokeswoman|ambassador|chairman|director|professor|club|league"
    r"|association|society|organi[sz]ation|front|movement|revolution|age|era|century|summit|conference"
    rf"|{match_any([*list_forms('weekday', 'en'), *list_forms('month', 'en')])})\Z"
)
_CYRILLIC = re.compile("[а-яёіїєґ]")
# Between two scripts vowels are spelled by ear, consonants less so: Пэнтерс, Panthers.
_VOWELS = re.compile("[aeiouy ]")
_FEWEST_BONES = 3
_NEAR_BONES = 80.0
_ROLE_PREFIX = 5
_NEAR = 80.0


@lru_cache(maxsize=16384)
def _groups(low: str) -> frozenset[int]:
    """Which rows of the table a word may belong to."""
    return frozenset(
        number
        for number, row in enumerate(_EXONYMS)
        if any(low == form or (len(form) > 2 and low.startswith(form)) for form in row)
    )


# A country speaks through its capital: rows of the table that answer for each other.
_SEATS = {"moskau": "russ", "kiew": "ukrain", "washington": "usa", "wien": "österreich",
          "warschau": "polen", "prag": "tschech", "peking": "china", "eu": "europ"}  # fmt: skip
# Rows of the table that are no country, people or place.
_NO_COUNTRY = frozenset(
    "rot schwarz christ juden musl kathol protestant weltbank brexit rom atlant pazifik asien"
    " mittelmeer georg rhein donau südafrika vae".split()
)
# Common words that begin as a row does.
_NO_COUNTRY_WORD = re.compile(
    r"(?:dan(?:n|k|ach|eb|ger|ce|iel)|indi(?:v|rek|rec|k|z|c|g)|fin(?:an|d|al|ge|ish[ei]|e|s|t)"
    r"|фин(?:ан|ал|иш)|дан(?:н|о|ы|и)|исп(?:ол|ы|р|у)|мир|pragm|коре(?:н|ш)|груз|вен[еч]|chines\w*mus"
    r"|polish(?:ed|ing)|рим|чехо[лн])"
)


@lru_cache(maxsize=16384)
def _find_country(text: str) -> str | None:
    low = text.casefold()
    if _NO_COUNTRY_WORD.match(low) or (len(low) < 3 and not text.isupper()):
        return None
    rows = [_EXONYMS[number][0] for number in sorted(_groups(low))]
    row = next((row for row in rows if row not in _NO_COUNTRY), None)
    return _SEATS.get(row, row) if row else None


def find_country(word: Word) -> str | None:
    """The key of the country, people or region that a word names; None where it names none.

    Only what has a capital, or an adjective in German or Russian, is read as one.
    """
    is_adjective = re.search(r"(?:isch|deutsch|ск)[а-яёa-z]{0,4}\Z", word.low) is not None
    return _find_country(word.text) if word.is_capitalised or is_adjective else None


@lru_cache(maxsize=65536)
def same_word(a: str, b: str) -> bool:
    """Whether two words name the same: by sound, as case or adjective, or as an exonym."""
    low, other = a.casefold(), b.casefold()
    if low == other or _groups(low) & _groups(other):
        return True
    left, right = sound_of(a), sound_of(b)
    if not left or not right:
        return False
    if left == right:
        return True
    shorter = min(len(left), len(right))
    if bool(_CYRILLIC.search(low)) != bool(_CYRILLIC.search(other)):
        bones = _VOWELS.sub("", left), _VOWELS.sub("", right)
        if min(map(len, bones)) >= _FEWEST_BONES and fuzz.ratio(*bones) >= _NEAR_BONES:
            return True
    if shorter < 4 or left[0] != right[0]:
        return False
    if left[:_ROLE_PREFIX] == right[:_ROLE_PREFIX] and shorter >= _ROLE_PREFIX:
        return True
    return fuzz.ratio(left, right) >= _NEAR


def same_name(a: str, b: str) -> bool:
    """Whether two names of institutions or places share their last telling word."""
    left = [w for w in read_words(a) if w.is_content and w.low not in TITLES]
    right = [w for w in read_words(b) if w.is_content and w.low not in TITLES]
    if not left or not right:
        return False
    short, long = sorted((left, right), key=len)
    return all(any(same_word(x.text, y.text) for y in long) for x in short)


def find_names(
    words: Sequence[Word], text: str, language: Language, known: frozenset[str]
) -> list[list[Word]]:
    """Runs of words of the claim that look like proper names, in order.

    In German every noun has a capital: there only a run of two, a word from `known` (folded) or
    one that stands without an article counts.
    """
    runs: list[list[Word]] = []
    for number, word in enumerate(words):
        if not _may_be_name(word, number, words, text, language):
            continue
        joins = runs and number and runs[-1][-1] is words[number - 1]
        if joins and text[words[number - 1].end : word.start] in (" ", "-"):
            runs[-1].append(word)
        else:
            runs.append([word])
    if language != "de":
        return runs
    return [name for run in runs if (name := _read_german_name(run, words, text, known))]


def _may_be_name(
    word: Word, number: int, words: Sequence[Word], text: str, language: Language
) -> bool:
    if not word.is_capitalised or not word.is_content or word.low in TITLES:
        return False
    if role_gender(word.low) is not None or _COMMON.match(word.low):
        return False
    before = text[: word.start].rstrip()
    opens = number == 0 or before[-1:] in '.!?:“„"«»(–'
    if not opens:
        return True
    following = words[number + 1] if number + 1 < len(words) else None
    return following is not None and following.is_capitalised and language != "de"


_DETERMINER = re.compile(r"(?:[a-zäöüß]+(?:e[nrms]?)|das|im|am|zum|zur|vom|beim|ins)\Z")
# Two nouns in a row that are no name: "Ende Oktober", "Millionen Menschen".
_MEASURES = re.compile(
    r"(?:ende|anfang|mitte|richtung|million(?:en)?|milliarden?|tausende?|hunderte?|dutzend|prozent|euro"
    r"|dollar|uhr|mal|jahre?n?|monate?n?|tage?n?|stunden?|minuten?|meter|kilometer|tonnen|liter"
    rf"|{match_any(list_forms('month', 'de'))}|{match_any(list_forms('daypart', 'de'))}"
    r"|\w+tag|art|teil|anzahl|menge|gruppe|reihe)\Z"
)


def _read_german_name(
    run: list[Word], words: Sequence[Word], text: str, known: frozenset[str]
) -> list[Word]:
    """The part of a run that is a name: "Grafschaft" and "Werke" beside one are nouns."""
    is_known = any(sound_of(word.text) in known or _groups(word.low) for word in run)
    if not is_known and (len(run) < 2 or any(_MEASURES.match(word.low) for word in run)):
        return []
    before = text[: run[0].start].split()[-1:]
    if len(run) > 1 and before and _DETERMINER.match(before[0]):
        run = run[1:]
    if len(run) > 1 and run[-2].low.endswith("s"):
        run = run[:-1]
    return run


def find_strange_names(
    runs: Iterable[Sequence[Word]], near: Sequence[Word], article: Sequence[Word]
) -> list[str]:
    """The names of the claim, or their parts, that the cited text does not bear.

    `near` are the words of the spans and of what belongs to them (speaker, title, source, the
    sentence's rest, what leads up to it). Where one word of a name stands there, its others may
    stand anywhere in the article: "Sergej" beside "Lawrow".
    """
    close = {word.text for word in near}
    far = {word.text for word in article}
    strange = []
    for run in runs:
        borne = [any(same_word(word.text, other) for other in close) for word in run]
        if not borne[0] and run[0].start == 0 and len(run) > 1:
            # "Despite Talberg": only the sentence's start gives it a capital.
            borne[0] = True
        if all(borne) or _stands_joined(run, close):
            continue
        others = far if any(borne) else close
        missing = [
            word.text
            for word, ok in zip(run, borne, strict=True)
            if not ok and not any(same_word(word.text, other) for other in others)
        ]
        if missing:
            strange.append(" ".join(missing))
    return strange


def _stands_joined(run: Sequence[Word], near: Iterable[str]) -> bool:
    """Whether a name stands there as one word or by its first letters."""
    joined = sound_of("".join(word.text for word in run))
    letters = "".join(word.text[0] for word in run).casefold()
    return len(run) > 1 and any(
        sound_of(other) == joined or other.casefold() == letters for other in near
    )
