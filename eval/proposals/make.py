"""Gold questions proposed from an archive: what could be asked of it, and a balanced choice."""

from __future__ import annotations

import datetime
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wortlaut.eval.proposals.material import (
    Material,
    Said,
    Topic,
    TopicFinder,
    find_same,
    max_cosine,
)
from wortlaut.eval.proposals.wording import Candidate, CandidateTurn, ask_number
from wortlaut.index.archive import Archive
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.index.lang.offices import read_office
from wortlaut.index.lang.roles import names_institution
from wortlaut.index.lang.words import LANGUAGES, Language
from wortlaut.rag.answer import format_published

# A type and a form of question.
Share = tuple[str, str]

# Shares of a suite by type and form; what one cannot fill goes to the others.
_SHARES: dict[Share, float] = {
    ("speaker", "about"): 0.26,
    ("speaker", "quote"): 0.05,
    ("fact", "office"): 0.14,
    ("fact", "number"): 0.06,
    ("date", "when"): 0.08,
    ("date", "month"): 0.07,
    ("follow-up", "further"): 0.1,
    ("unanswerable", "before"): 0.09,
    ("unanswerable", "elsewhere"): 0.09,
    ("unanswerable", "silent"): 0.06,
}
# Topics within so much of each other's weight are as good: chance decides.
_COARSE = 3.0
_TYPES = tuple(dict.fromkeys(kind for kind, _ in _SHARES))
_MOST_GOLD = 10
_MOST_ARTICLES = 1000
_MOST_FOREIGN = 200
# A topic from elsewhere whose own sentence comes nearer than this to what a person said might be
# his topic after all.
_FAR_COSINE = 0.86
# "der bisherige Präsident" holds no office, "der verletzte Spieler" is described by an accident.
_PASSING = re.compile(r"^(?:Ex-|bisherig|früher|ehemalig|einstig|damalig|\w+te )|[Kk]olleg")
_QUOTATION = re.compile(r"[„“\"»‚‘]([^„“”\"«»‘’‚]{25,160}?)[.,]?[“”\"«‘’][.,]?\Z")


class Proposer:
    """Proposes questions about one archive; the same ones for the same `seed`."""

    def __init__(self, archive: Archive, seed: int = 7) -> None:
        self._material = Material(archive)
        self._random = random.Random(seed)
        self._asker = Asker(archive, self._random)

    def propose(
        self, folder: Path, n: int = 60, languages: Sequence[Language] = LANGUAGES
    ) -> list[dict[str, Any]]:
        """At most `n` questions as JSON rows, balanced over types, languages, persons, articles.

        Gold paths are relative to `folder`. Raises DatasetError where nobody is quoted.
        """
        pools = {
            share: [candidate for candidate in some if self._is_found(candidate, folder)]
            for share, some in self._asker.ask().items()
        }
        if "de" not in languages:
            pools["fact", "number"] = []
        if not any(pools.values()):
            raise DatasetError(
                "nothing to ask about: the archive quotes no person by name, or its source files "
                "are gone; index articles first, with: wortlaut index FOLDER"
            )
        rows = []
        counts: Counter[str] = Counter()
        for language, candidate in self._choose(pools, n, languages):
            name = f"{candidate.type}-{language}"
            counts[name] += 1
            rows.append(self._write(f"{name}-{counts[name]:02}", language, candidate, folder))
        return sorted(rows, key=lambda row: (_TYPES.index(row["type"]), row["id"]))

    def _is_found(self, candidate: Candidate, folder: Path) -> bool:
        return all(self._material.locate(said.article, folder) for said in candidate.gold)

    def _choose(
        self, pools: dict[Share, list[Candidate]], n: int, languages: Sequence[Language]
    ) -> Iterator[tuple[Language, Candidate]]:
        """The candidates that repeat persons, articles and topics least, best topics first."""
        used: Counter[str] = Counter()
        for pool in pools.values():
            self._random.shuffle(pool)
        shares = _list_shares({share: len(pool) for share, pool in pools.items()}, n)
        for number, share in enumerate(shares):
            language = languages[number % len(languages)]

            def rank(candidate: Candidate, language: Language = language) -> tuple[float, ...]:
                foreign = not candidate.can_be_in(language)
                times = [used[name] for name in candidate.about]
                return foreign, max(times), sum(times), -round(candidate.weight / _COARSE)

            best = min(pools[share], key=rank)
            language = "de" if best.turns[0].words else language
            pools[share].remove(best)
            used.update(best.about)
            yield language, best

    def _write(
        self, name: str, language: Language, candidate: Candidate, folder: Path
    ) -> dict[str, Any]:
        why = candidate.why
        if not candidate.can_be_in(language):
            why += "; put the German words into the question's language"
        gold = []
        for said in candidate.gold:
            place = self._material.locate(said.article, folder) or {}
            gold.append(place | {"quote": said.quote})
        return {
            "id": name,
            "type": candidate.type,
            "language": language,
            "turns": [turn.word(language) for turn in candidate.turns],
            "speaker": candidate.speaker,
            "date": candidate.date,
            "as_of": candidate.as_of.isoformat() if candidate.as_of else None,
            "gold": gold,
            "answer": candidate.answer,
            "status": "proposed",
            "why": why,
        }


def _list_shares(available: dict[Share, int], n: int) -> list[Share]:
    """The type and form of each question: by share, what one lacks spread over the others."""
    left = dict(available)
    taken: Counter[Share] = Counter()
    while taken.total() < n and any(left.values()):
        share = min((k for k in left if left[k]), key=lambda k: (taken[k] + 0.5) / _SHARES[k])
        left[share] -= 1
        taken[share] += 1
    return [share for share in _SHARES for _ in range(taken[share])]


def write_suite(rows: Sequence[dict[str, Any]], file: Path, *, force: bool = False) -> None:
    """Write the rows; raises ConfigError rather than overwrite what somebody may have edited."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        if file.exists() and not force and file.read_text(encoding="utf-8") != text:
            raise ConfigError(
                f"{file} is there already, and may be edited; name another file with --out, "
                "or overwrite it with --force"
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot write {file}: {error}; name another with --out") from error


@dataclass(frozen=True, slots=True)
class _Matter:
    """A topic of a person's, with all that he says about it."""

    speaker: str
    topic: Topic
    said: tuple[Said, ...]


class Asker:
    """Asks whatever one archive can be asked, form by form; the same for the same `rng`."""

    def __init__(self, archive: Archive, rng: random.Random, most_persons: int = 400) -> None:
        self._material = Material(archive)
        self._random = rng
        persons = self._material.list_persons()
        self._topics = TopicFinder(archive, archive.list_speakers())
        # The most quoted come first everywhere: a large archive's others are left to chance.
        chosen = persons[: most_persons // 2]
        rest = persons[most_persons // 2 :]
        chosen += self._random.sample(rest, min(len(rest), most_persons - len(chosen)))
        self._said = {person: self._material.list_said(person) for person in chosen}
        self._matters = [matter for person in chosen for matter in self._list_matters(person)]

    def ask(self) -> dict[Share, list[Candidate]]:
        """Every candidate by type and form."""
        asked = {
            ("speaker", "about"): self._ask_about(),
            ("speaker", "quote"): self._ask_quotes(),
            ("fact", "office"): self._ask_offices(),
            ("fact", "number"): self._ask_numbers(),
            ("date", "when"): self._ask_when(),
            ("date", "month"): self._ask_months(),
            ("follow-up", "further"): self._ask_further(),
            ("unanswerable", "before"): self._ask_before(),
            ("unanswerable", "elsewhere"): self._ask_elsewhere(),
            ("unanswerable", "silent"): self._ask_silent(),
        }
        return {share: list(candidates) for share, candidates in asked.items()}

    # What persons said

    def _list_matters(self, person: str) -> Iterator[_Matter]:
        said = self._said[person]
        found: dict[str, Topic] = {}
        for item in said:
            for topic in self._topics.find(item.words, item.article.text)[:3]:
                known = found.get(topic.key)
                if known is None or topic.weight > known.weight:
                    found[topic.key] = topic
        for topic in sorted(found.values(), key=lambda t: (-t.weight, t.base)):
            about = tuple(find_same([s for s in said if topic.is_in(s.words)], said))
            if 0 < len(about) <= _MOST_GOLD:
                yield _Matter(person, topic, about)

    def _ask_about(self) -> Iterator[Candidate]:
        for matter in self._matters:
            dates = {format_published(said.article) for said in matter.said}
            only = dates.pop() if len(dates) == 1 else None
            yield Candidate(
                "speaker", (CandidateTurn("about", matter.speaker, matter.topic),), matter.said,
                f"{matter.speaker} speaks of {matter.topic.base} in {_count(matter.said)}",
                _use(matter.speaker, matter.said, matter.topic), matter.speaker, only,
            )  # fmt: skip

    def _ask_quotes(self) -> Iterator[Candidate]:
        for person, said in self._said.items():
            for item in said:
                match = _QUOTATION.match(item.words) if item.is_direct else None
                if match and 5 <= len(match[1].split()) <= 22:
                    same = [s for s in said if match[1] in s.quote and s is not item]
                    yield Candidate(
                        "speaker", (CandidateTurn("quote", quote=match[1]),),
                        (item, *same),
                        "a sentence quoted word for word", _use(person, [item]), person,
                        format_published(item.article), answer=person,
                    )  # fmt: skip

    # Facts

    def _list_offices(self) -> dict[str, list[str]]:
        """The offices of each person asked about, in the archive's words."""
        held: dict[str, list[str]] = {}
        for speaker, office, _, _ in self._material.archive.list_offices():
            person = self._material.people.find_person(speaker)
            if person in self._said and _is_office(office):
                held.setdefault(person, []).append(office)
        return {person: list(dict.fromkeys(offices)) for person, offices in held.items()}

    def _ask_offices(self) -> Iterator[Candidate]:
        for person, offices in self._list_offices().items():
            gold = self._list_introductions(person, offices)
            if 0 < len(gold) <= _MOST_GOLD:
                yield Candidate(
                    "fact", (CandidateTurn("office", person),), gold, f"introduced as: {', '.join(offices)}",
                    _use(person, gold[:1]), answer=max(offices, key=lambda o: len(o.split())),
                )  # fmt: skip

    def _list_introductions(self, person: str, offices: Iterable[str]) -> tuple[Said, ...]:
        """The sentences that have the person's name beside one of the offices."""
        name = re.escape(person.split()[-1])
        found: dict[tuple[str, int], Said] = {}
        for office in offices:
            words = re.escape(office)
            near = re.compile(
                rf"(?<![\w-]){words} (?:\S+ ){{0,3}}{name}|{name}[ ,]+(?:\S+ ){{0,4}}{words}\b"
            )
            for i in self._material.list_introducing(person, office):
                for sentence in self._material.list_sentences(i):
                    if near.search(sentence.quote):
                        found[sentence.place] = sentence
        return tuple(found.values())

    def _ask_numbers(self) -> Iterator[Candidate]:
        rows = self._material.archive.query("SELECT id FROM articles ORDER BY path, id")
        ids = [str(row[0]) for row in rows]
        for i in self._random.sample(ids, min(len(ids), _MOST_ARTICLES)):
            for sentence in self._material.list_sentences(i):
                counted = ask_number(sentence.quote)
                if counted and self._topics.find(sentence.quote, sentence.article.text):
                    yield Candidate(
                        "fact", (CandidateTurn("number", words=counted.question),), (sentence,),
                        f"the sentence counts {counted.unit}; say what is meant where only the article tells",
                        _use("", [sentence]), date=format_published(sentence.article),
                        answer=counted.answer,
                    )  # fmt: skip

    # Dates

    def _ask_when(self) -> Iterator[Candidate]:
        for matter in self._matters:
            dates = {format_published(said.article) for said in matter.said}
            only = dates.pop() if len(dates) == 1 else None
            if only and len(only) > 4:
                yield Candidate(
                    "date", (CandidateTurn("when", matter.speaker, matter.topic),), matter.said,
                    f"{matter.speaker} speaks of {matter.topic.base} only in what is dated {only}",
                    _use(matter.speaker, matter.said, matter.topic), matter.speaker, only, answer=only,
                )  # fmt: skip

    def _ask_months(self) -> Iterator[Candidate]:
        for person, said in self._said.items():
            months: dict[str, list[Said]] = {}
            for item in said:
                months.setdefault((format_published(item.article) or "")[:7], []).append(item)
            for month, some in months.items():
                if len(month) == 7 and len(some) <= _MOST_GOLD:
                    yield Candidate(
                        "date", (CandidateTurn("month", person, month=datetime.date.fromisoformat(f"{month}-01")),),
                        tuple(some), f"all that {person} says in {month}", _use(person, some),
                        person, month,
                    )  # fmt: skip

    # Conversations

    def _ask_further(self) -> Iterator[Candidate]:
        by_person: dict[str, list[_Matter]] = {}
        by_topic: dict[str, list[_Matter]] = {}
        for matter in self._matters:
            by_person.setdefault(matter.speaker, []).append(matter)
            by_topic.setdefault(matter.topic.key, []).append(matter)
        for one in self._matters:
            for two in self._sample(by_person[one.speaker]):
                turn = CandidateTurn("then-topic", topic=two.topic)
                yield from _follow(one, two, turn, "the same person, another topic")
            for two in self._sample(by_topic[one.topic.key]):
                turn = CandidateTurn("then-speaker", two.speaker)
                yield from _follow(one, two, turn, "another person, the same topic")

    def _sample(self, matters: Sequence[_Matter]) -> list[_Matter]:
        return self._random.sample(matters, min(len(matters), 2))

    # What has no answer

    def _ask_before(self) -> Iterator[Candidate]:
        """By removal: asked as of the day before the first article that answers."""
        first = self._material.archive.count().since
        for matter in self._matters:
            days = [said.article.published for said in matter.said]
            if None in days or any(s.article.published_precision != "day" for s in matter.said):
                continue
            eve = min(day for day in days if day) - datetime.timedelta(days=1)
            if first is None or eve < first:
                continue
            name, noun = matter.speaker, matter.topic.base
            # Whoever said other things before is harder to be silent about.
            spoke = any(_is_by(said, eve) for said in self._said[name])
            yield Candidate(
                "unanswerable", (CandidateTurn("about", name, matter.topic),), (),
                f"removed by as_of: {name} speaks of {noun} only after {eve}"
                + (", of other things before it too" if spoke else ""),
                _use(name, matter.said, matter.topic), as_of=eve,
            )  # fmt: skip

    def _ask_elsewhere(self) -> Iterator[Candidate]:
        """A known person, and a topic of articles that have nothing of him."""
        persons = list(self._said)
        for matter in self._random.sample(self._matters, min(len(self._matters), _MOST_FOREIGN)):
            for person in self._random.sample(persons, min(len(persons), 6)):
                if self._is_foreign(person, matter):
                    yield Candidate(
                        "unanswerable", (CandidateTurn("about", person, matter.topic),), (),
                        f"{matter.topic.base} stands in no article with {person}",
                        (person, *_use("", matter.said, matter.topic)),
                    )  # fmt: skip
                    break

    def _is_foreign(self, person: str, matter: _Matter) -> bool:
        said = self._said[person]
        if person == matter.speaker or not said:
            return False
        if any(max_cosine(item.vector, said) >= _FAR_COSINE for item in matter.said):
            return False
        return not any(matter.topic.is_in(text) for text in self._material.list_texts_with(person))

    def _ask_silent(self) -> Iterator[Candidate]:
        """A month of the archive in which the person says nothing."""
        rows = self._material.archive.query(
            "SELECT DISTINCT substr(published, 1, 7) FROM articles "
            "WHERE published_precision IN ('day', 'month') ORDER BY 1"
        )
        for person, said in self._said.items():
            spoken = {(format_published(item.article) or "")[:7] for item in said}
            if any(len(month) == 4 for month in spoken):
                continue
            for (month,) in rows:
                if month not in spoken:
                    yield Candidate(
                        "unanswerable",
                        (CandidateTurn("month", person, month=datetime.date.fromisoformat(f"{month}-01")),), (),
                        f"nothing by {person} is dated {month}", (person, f"month {month}"),
                    )  # fmt: skip


def _follow(one: _Matter, two: _Matter, turn: CandidateTurn, why: str) -> Iterator[Candidate]:
    """The conversation, if its two answers have nothing in common."""
    if {said.place for said in one.said} & {said.place for said in two.said}:
        return
    used = dict.fromkeys(
        (*_use(one.speaker, one.said, one.topic), *_use(two.speaker, two.said, two.topic))
    )
    opening = CandidateTurn("about", one.speaker, one.topic)
    yield Candidate("follow-up", (opening, turn), two.said, why, tuple(used), two.speaker)


def _is_office(words: str) -> bool:
    """Whether the words name an office that is held, not what somebody is or was for a while."""
    head = re.split(r" (?:der|des|von|für) ", words)[0]
    return bool(read_office(words).head) and not (_PASSING.search(words) or names_institution(head))


def _is_by(said: Said, day: datetime.date) -> bool:
    return said.article.published is not None and said.article.published <= day


def _count(said: Sequence[Said]) -> str:
    return f"{len(said)} sentences" if len(said) > 1 else "one sentence"


def _use(speaker: str, said: Iterable[Said], topic: Topic | None = None) -> tuple[str, ...]:
    used = [speaker, *dict.fromkeys(item.article.id for item in said), topic.key if topic else ""]
    return tuple(name for name in used if name)
