"""Questions to begin with: about what stands anywhere in the archive, each asked once before it is shown."""

from __future__ import annotations

import logging
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING

from wortlaut.index.archive import Archive
from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.calendar import name_month
from wortlaut.index.lang.names import find_spelt_gender, fold_name
from wortlaut.index.lang.roles import Gender
from wortlaut.index.lang.words import Language

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

_LATEST: dict[Language, str] = {
    "en": "What did {speaker} say most recently?",
    "de": "Was sagte {speaker} zuletzt?",
    "ru": "Что {speaker} говорит в последнее время?",
}
_TOPIC = "Was sagte {speaker} zu {topic}?"
# In these a German noun would be a second language; Russian says it by the speaker's gender.
_IN_YEAR: dict[Language, str] = {
    "en": "What did {speaker} say in {year}?",
    "ru": "Что {said} {speaker} в {year} году?",
}
_SAID: dict[Gender, str] = {"m": "сказал", "f": "сказала", "": "сказал(а)"}
_OFFICE: dict[Language, str] = {
    "en": "What did {office} say?",
    "de": "Was sagte {office}?",
    "ru": "Что говорит {office}?",
}
_PERIOD: dict[Language, str] = {
    "en": "What was reported in {month} {year}?",
    "de": "Was wurde im {month} {year} berichtet?",
    "ru": "О чём сообщали в {month} {year} года?",
}
# Who is asked for by office again and again, whoever holds it; the archive says whether it knows one.
_OFFICES: tuple[dict[Language, str], ...] = (
    {"de": "der Bundeskanzler", "en": "the German chancellor", "ru": "канцлер Германии"},
    {"de": "der US-Präsident", "en": "the US president", "ru": "президент США"},
    {"de": "der ukrainische Präsident", "en": "the Ukrainian president", "ru": "президент Украины"},
    {"de": "der russische Präsident", "en": "the Russian president", "ru": "президент России"},
    {"de": "der russische Außenminister", "en": "the Russian foreign minister",
     "ru": "министр иностранных дел России"},
    {"de": "der französische Präsident", "en": "the French president", "ru": "президент Франции"},
    {"de": "der britische Premierminister", "en": "the British prime minister",
     "ru": "премьер-министр Великобритании"},
    {"de": "der Nato-Generalsekretär", "en": "the NATO secretary general",
     "ru": "генеральный секретарь НАТО"},
    {"de": "der UN-Generalsekretär", "en": "the UN secretary general",
     "ru": "генеральный секретарь ООН"},
    {"de": "der US-Außenminister", "en": "the US secretary of state", "ru": "госсекретарь США"},
    {"de": "der Bundespräsident", "en": "the German president", "ru": "президент Германии"},
)  # fmt: skip
_NOUN = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]{5,}")
# Nouns of these endings name a matter, not a person, a place or an office.
_MATTER = re.compile(r"(?:ung|ungen|heit|keit|schaft|schaften|tion|tionen|tät|tien|ment|nisse?)$")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){1,4}")
_LONGEST_NAME = 40
_MOST_STATEMENTS = 200
# So many places of the archive are looked at, and so many questions of one kind tried.
_SAMPLES, _TRIES = 40, 4
_QUESTIONS = 4
# While others index, there is something new all the time.
_FRESH_S = 120.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody whose words stand in the archive, and the day of some of them."""

    name: str
    statements: int
    published: date | None


class Examples:
    """The example questions of the archive as it is, found in the background."""

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat
        self._lock = threading.Lock()
        self._found: dict[Language, tuple[int, float, tuple[str, ...]]] = {}
        self._looking: set[Language] = set()

    def read(self, language: Language) -> tuple[str, ...] | None:
        """The questions; `None` while the first are still looked for. Nobody waits."""
        newest = self._chat.archive.newest_change
        with self._lock:
            found = self._found.get(language)
            is_fresh = found is not None and (
                found[0] == newest or (bool(found[2]) and monotonic() - found[1] < _FRESH_S)
            )
            if not is_fresh and language not in self._looking:
                self._looking.add(language)
                look = threading.Thread(target=self._look, args=(language, newest), daemon=True)
                look.start()
        # None were found in what is another archive now, or was empty: there may be some.
        return found[2] if found and (found[2] or is_fresh) else None

    def _look(self, language: Language, newest: int) -> None:
        questions: tuple[str, ...] = ()
        try:
            questions = tuple(self._chat.suggest_questions(language))
        except WortlautError as error:
            _log.warning("no example questions: %s", error)
        except Exception:
            _log.exception("no example questions")
        finally:
            with self._lock:
                self._found[language] = newest, monotonic(), questions
                self._looking.discard(language)


def suggest(
    archive: Archive,
    language: Language,
    *,
    answers: Callable[[str, str | None], bool],
    holds: Callable[[str], bool],
) -> list[str]:
    """Questions of several kinds, in one language each, that are answered.

    `answers` says whether a question is, by the person named, if one is; `holds` whether somebody
    who speaks in the archive has an office.
    """
    chance = random.Random(archive.newest_change)
    people = _draw_people(archive, chance)
    months = list(dict.fromkeys(p.published for p in people if p.published))
    offices = [named[language] for named in _OFFICES]
    chance.shuffle(offices)
    kinds: list[Iterator[tuple[str, str | None]]] = [
        _ask_more(archive, people, language),
        ((_LATEST[language].format(speaker=p.name), p.name) for p in people),
        ((_OFFICE[language].format(office=o), None) for o in offices if holds(o)),
        ((_ask_period(day, language), None) for day in months),
        # In place of a kind that this archive has none of.
        ((_LATEST[language].format(speaker=p.name), p.name) for p in reversed(people)),
    ]
    found: list[str] = []
    told: set[str] = set()
    for kind in kinds:
        wanted = ((q, name) for q, name in kind if name is None or name not in told)
        for question, name in islice(wanted, _TRIES):
            if answers(question, name):
                found.append(question)
                told |= {name} if name else set()
                break
    return found[:_QUESTIONS]


def _draw_people(archive: Archive, chance: random.Random) -> list[_Person]:
    """Persons who are quoted at some places all over the archive; who is quoted often first."""
    first, last = archive.query("SELECT min(number), max(number) FROM articles")[0]
    if first is None:
        return []
    people: dict[str, _Person] = {}
    for _ in range(_SAMPLES):
        rows = archive.query(
            "SELECT s.speaker, a.published FROM statements s "
            "JOIN articles a ON a.number = s.article WHERE s.article >= ? AND s.is_person = 1 "
            "AND s.voice <> 'narrated' AND s.speaker LIKE '% %' ORDER BY s.article, s.start LIMIT 1",
            (chance.randint(first, last),),
        )
        for name, day in rows:
            if name in people or len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
                continue
            count = archive.query("SELECT count(*) FROM statements WHERE speaker = ?", (name,))
            published = date.fromisoformat(day) if day else None
            people[name] = _Person(name, count[0][0], published)
    # One sentence alone is a thin answer.
    return sorted(people.values(), key=lambda person: person.statements < 2)


def _ask_more(
    archive: Archive, people: Sequence[_Person], language: Language
) -> Iterator[tuple[str, str | None]]:
    """What each person said about a matter, or in a year."""
    for person in people:
        if language != "de":
            if person.published:
                year = person.published.year
                said = _SAID[find_spelt_gender(person.name)]
                asked = _IN_YEAR[language].format(speaker=person.name, year=year, said=said)
                yield asked, person.name
        elif topic := _find_topic(archive, person.name):
            yield _TOPIC.format(speaker=person.name, topic=topic), person.name


def _ask_period(day: date, language: Language) -> str:
    month = name_month(day.month, language, "in" if language == "ru" else "name")
    return _PERIOD[language].format(month=month, year=day.year)


def _find_topic(archive: Archive, speaker: str) -> str | None:
    """The noun for a matter that somebody uses most, the longer of two; no part of a name."""
    rows = archive.query(
        'SELECT substr(a.text, s.start + 1, s."end" - s.start) FROM statements s '
        "JOIN articles a ON a.number = s.article WHERE s.speaker = ? "
        "ORDER BY s.article, s.start LIMIT ?",
        (speaker, _MOST_STATEMENTS),
    )
    own = set(fold_name(speaker).split())
    nouns = Counter(
        noun
        for noun in _NOUN.findall("\n".join(row[0] for row in rows))
        if _MATTER.search(noun) and not set(fold_name(noun).split()) & own
    )
    return max(nouns, key=lambda noun: (nouns[noun], len(noun)), default=None)
