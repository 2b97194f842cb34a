"""The persons and offices of an archive, looked up in its tables as questions name them.

To know all of a hundred thousand speakers takes a minute; a question is about a few. What a word
may mean is read with all that it could be taken for, so that the answer is the same as if all
were known. A writer keeps the tables; what has changed since, a reader adds himself.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rapidfuzz import fuzz, process

from wortlaut.index.archive import Archive
from wortlaut.index.article import Span
from wortlaut.index.database.tables import write_upsert
from wortlaut.index.lang.names import (
    SAME_PERSON,
    Spellings,
    read_name_parts,
    spell_parts,
    spell_word,
)
from wortlaut.index.lang.offices import Office, read_office
from wortlaut.index.reading.people import (
    Bodies,
    Held,
    Offices,
    People,
    fold_body,
    list_introduced,
    read_surname,
)

_SEEN, _SURNAMES, _WORDS = "names seen", "surnames", "office words"
_VERSION = "1"
_MOST_CHANGED = 3000
# So many names are kept of those that questions brought up.
_MOST_KEPT = 4000
_FIRST_NAMES = 16
# The offices of the last so many questions are kept.
_MOST_NEAR = 128
# An office of more holders than these is nobody's in particular; the best known of them are read.
_MOST_HOLDERS, _MOST_OF_HEAD = 300, 60
_BEST_KNOWN = (
    "SELECT speaker, articles FROM held_words WHERE word = ? "
    f"ORDER BY articles DESC, speaker LIMIT {_MOST_OF_HEAD}"
)
_LEAST_SOUND, _SHORTEST_PART = 85.0, 4
# What so short a beginning is asked for comes again and again.
_SHORT_BEGINNING, _MOST_SHORT = 6, 50_000


def update_directory(archive: Archive, least: int = 1) -> None:
    """Bring the tables of names up to date with the archive if so many notes are missing."""
    seen = _read_seen(archive)
    changes = archive.read_changes(seen) if seen is not None else None
    touched: Sequence[str] | None = None
    if changes and changes.is_whole:
        if changes.number - (seen or 0) < least:
            return
        touched = changes.speakers if len(changes.speakers) <= _MOST_CHANGED else None
    newest = changes.number if changes else archive.newest_change
    listed = set(archive.list_speakers(touched))
    said = _count_said(archive, touched)
    held: dict[str, list[Held]] = {}
    for row in archive.list_offices(touched):
        held.setdefault(row[0], []).append(row)
    names = [
        (name, read_surname(name) if name in listed else None, fold_body(name),
         _name_office(read_office(name)), *said.get(name, (0, 0)), bool(list_introduced(name)))
        for name in dict.fromkeys([*said, *held])
    ]  # fmt: skip
    with archive.transaction() as db:
        for table, column in (("names", "name"), ("held", "speaker"), ("held_words", "speaker")):
            if touched is None:
                db.execute(f"DELETE FROM {table}")
            else:
                db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(n,) for n in touched])
        db.executemany("INSERT INTO names VALUES (?,?,?,?,?,?,?)", names)
        db.executemany(
            "INSERT INTO held VALUES (?,?,?,?)", [r for some in held.values() for r in some]
        )
        db.executemany("INSERT INTO held_words VALUES (?,?,?)", _list_held_words(held))
        for key, sql in (
            (_SURNAMES, "SELECT DISTINCT surname FROM names WHERE surname IS NOT NULL"),
            (
                _WORDS,
                "SELECT DISTINCT word FROM held_words WHERE substr(word, 1, 1) NOT IN ('#', '@', '^')",
            ),
        ):
            text = "\n".join(sorted(row[0] for row in db.execute(sql)))
            db.execute(write_upsert("meta", "key", "value"), (key, text))
        told = json.dumps([_VERSION, newest])
        db.execute(write_upsert("meta", "key", "value"), (_SEEN, told))


def _read_seen(archive: Archive) -> int | None:
    told = json.loads(archive.read_meta(_SEEN) or "[0, 0]")
    return int(told[1]) if told[0] == _VERSION else None


def _count_said(archive: Archive, among: Sequence[str] | None) -> dict[str, tuple[int, int]]:
    """How many statements each speaker makes, and how many of them as none that is a person."""
    sql = (
        "SELECT speaker, count(*), sum(1 - is_person) FROM statements WHERE speaker IS NOT NULL "
        "AND {} GROUP BY speaker"
    )
    if among is None:
        return {name: (said, as_body) for name, said, as_body in archive.query(sql.format("1 = 1"))}
    rows = archive.query_each(sql.format("speaker IN ({})"), among)
    return {name: (said, as_body) for name, said, as_body in rows}


def _list_held_words(held: Mapping[str, Sequence[Held]]) -> Iterator[tuple[str, str, int]]:
    """What each speaker's offices can be asked by, and how many articles have him so."""
    for speaker, rows in held.items():
        counts: dict[str, int] = {}
        for _, text, _, articles in rows:
            office = read_office(text)
            head = {office.head, f"^{office.head}"} if office.head else set()
            for word in {*office.words, *head, *(f"@{place}" for place in office.places)}:
                counts[word] = counts.get(word, 0) + articles
        yield from ((word, speaker, articles) for word, articles in counts.items())


def _name_office(office: Office) -> str:
    """A text that is the same for equal offices."""
    parts = (office.head, sorted(office.words), sorted(office.places), sorted(office.towns))
    return json.dumps((*parts, office.former, office.deputy), ensure_ascii=False)


class _Beginnings(list[str]):
    """Sorted words, to be asked whether one of them begins so, marked as `Spellings` marks them."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__(words)
        self._short: dict[object, bool] = {}

    def __contains__(self, marked: object) -> bool:
        if (known := self._short.get(marked)) is not None:
            return known
        known = self._look_up(str(marked)[1:])
        if len(str(marked)) <= _SHORT_BEGINNING and len(self._short) < _MOST_SHORT:
            self._short[marked] = known
        return known

    def _look_up(self, low: str) -> bool:
        wanted = low.rstrip("$")
        at = bisect_left(self, wanted)
        found = self[at] if at < len(self) else ""
        return found == wanted if low.endswith("$") else found.startswith(wanted)


class Directory(People):
    """`People` of an archive up to a note of a change, each read when he is asked for.

    `touched` are the names that the changes since the tables were kept are about.
    """

    def __init__(self, archive: Archive, kin: Sequence[Sequence[str]], seen: int) -> None:
        changes = archive.read_changes(seen)
        self.seen = changes.number
        self.is_usable = changes.is_whole and len(changes.speakers) <= _MOST_CHANGED
        self.touched = frozenset(changes.speakers if self.is_usable else ())
        self._archive = archive
        self._guard = threading.RLock()
        self._since: dict[str, list[str]] = {}
        touched = sorted(self.touched)
        for name in archive.list_speakers(touched):
            if surname := read_surname(name):
                self._since.setdefault(surname, []).append(name)
        kept = (archive.read_meta(_SURNAMES) or "").split("\n")
        surnames = sorted({*kept, *self._since} - {""}) if self._since else kept
        self._spelt = Spellings.over(surnames, _Beginnings(surnames))
        super().__init__((), self._read_bodies(kin, touched))
        self._forget()

    def _read_bodies(self, kin: Sequence[Sequence[str]], touched: Sequence[str]) -> Bodies:
        """The bodies that have more than one name: by an article's introduction, or as kin."""
        rows = self._archive.query(
            "SELECT name, said, as_body FROM names WHERE is_introduced = 1 AND as_body > 0"
        )
        fresh = [(n, 1, 1) for n in self._archive.list_bodies(touched)]
        fresh += [(n, 1, 0) for some in self._since.values() for n in some if n.isupper()]
        keys = {fold_body(name) for row in kin for name in row}
        keys |= {key for name, *_ in [*rows, *fresh] for key in list_introduced(name)}
        sql = "SELECT name, said, as_body FROM names WHERE body IN ({})"
        rows += self._archive.query_each(sql, sorted(keys))
        rows = [row for row in rows if row[0] not in self.touched] + fresh
        bodies = sorted((r for r in rows if r[2]), key=lambda r: (-r[2], r[0]))
        capitals = sorted((r for r in rows if r[0].isupper()), key=lambda r: (-r[1], r[0]))
        return Bodies(dict.fromkeys(name for name, *_ in [*bodies, *capitals]), kin)

    def _forget(self) -> None:
        self._asked: set[str] = set()
        self._loaded: set[str] = set()
        self._near = People((), self.bodies)

    def _bring_in(self, words: Iterable[str]) -> People:
        """The people whom the words may name, with all who are like them, and those met before."""
        with self._guard:
            asked = [word for word in dict.fromkeys(words) if word]
            fresh = [word for word in asked if word not in self._asked]
            if not fresh:
                return self._near
            if len(self._near) > _MOST_KEPT:
                self._forget()
                fresh = asked
            self._asked.update(fresh)
            forms = dict.fromkeys(form for word in fresh for form in (word, word[:-1]) if form)
            found = dict.fromkeys(key for form in forms for key, _ in self._spelt.find(form))
            if names := self._read_names(self._list_kindred(found)):
                self._near = self._near.change(names, (), self.bodies)
            return self._near

    def bring_in_named(self, names: Iterable[str]) -> People:
        """The people of whom the names are, each with all who may be the same.

        Together they cost much less than one by one.
        """
        surnames = {key: None for name in names for key in spell_parts(name)[-1:]}
        with self._guard:
            fresh = [key for key in surnames if key not in self._loaded]
            if fresh and len(self._near) > _MOST_KEPT:
                self._forget()
                fresh = list(surnames)
            if fresh and (found := self._read_names(self._list_kindred(fresh))):
                self._near = self._near.change(found, (), self.bodies)
            return self._near

    def _list_kindred(self, surnames: Iterable[str]) -> list[str]:
        """The surnames and all that are spellings of the same, step by step; no known ones."""
        kindred: list[str] = []
        waiting = list(surnames)
        while waiting:
            key = waiting.pop()
            if key not in self._loaded:
                self._loaded.add(key)
                kindred.append(key)
                waiting += [k for k, score in self._spelt.find(key) if score >= SAME_PERSON]
        return kindred

    def _read_names(self, surnames: Sequence[str]) -> list[str]:
        sql = "SELECT name, said FROM names WHERE surname IN ({})"
        rows = [r for r in self._archive.query_each(sql, surnames) if r[0] not in self.touched]
        names = [name for name, _ in sorted(rows, key=lambda row: (-row[1], row[0]))]
        return names + [name for key in surnames for name in self._since.get(key, ())]

    def find(self, text: str) -> list[tuple[Span, str]]:
        """Where `text` names somebody known, as `People.find` has it."""
        return self._bring_in(spell_word(word.low) for word in read_name_parts(text)).find(text)

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive that is this person's."""
        return self.bring_in_named([name]).list_spellings(name)

    def list_alike(self, name: str) -> list[str]:
        """Every name in the archive that shares the surname, in whatever spelling."""
        return self.bring_in_named([name]).list_alike(name)

    def find_person(self, spelling: str) -> str | None:
        """The person whom a name of the archive is for; None where several may bear it."""
        return self.bring_in_named([spelling]).find_person(spelling)

    def knows(self, spelling: str) -> bool:
        """Whether it is one of the names this was made of, and one of a person or a title."""
        return self.bring_in_named([spelling]).knows(spelling)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self.bring_in_named([name])

    def __iter__(self) -> Iterator[str]:
        """The persons, those first who speak most."""
        met: set[str] = set()
        for name in self._list_names():
            person = self.find_person(name) or name
            if person not in met and person in self:
                met.add(person)
                yield person

    def _list_names(self) -> Iterator[str]:
        """The names, those first who speak most; mostly but few are wanted."""
        sql = "SELECT name FROM names WHERE surname IS NOT NULL ORDER BY said DESC, name LIMIT ? OFFSET ?"
        at, limit = 0, _FIRST_NAMES
        while rows := self._archive.query(sql, (limit, at)):
            yield from (name for (name,) in rows)
            at += limit
            limit *= 8

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at] if isinstance(at, slice) else next(islice(self, at, None))

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class OfficeDirectory(Offices):
    """`Offices` of an archive, each read when it is asked for."""

    def __init__(self, archive: Archive, people: Directory) -> None:
        super().__init__((), people)
        self._archive = archive
        self._directory = people
        self._spoken = (archive.read_meta(_WORDS) or "").split("\n")
        self._near: dict[frozenset[str], Offices] = {}

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive of an unnamed speaker, an office or institution."""
        if self._people.knows(name):
            return []
        return self._bring_in([name]).list_spellings(name)

    def find(self, phrase: str) -> list[str]:
        """The names of those whose office the phrase asks for; best first."""
        asked = read_office(phrase)
        return self._bring_in(self._list_asked(asked)).find(phrase) if asked.head else []

    def choose(self, phrase: str, names: Sequence[str]) -> list[str]:
        """Those of the persons who hold the office that the phrase names; all if none does."""
        return self._bring_in(names).choose(phrase, names)

    def find_spokesmen(self, name: str) -> list[str]:
        """Who speaks for an institution that goes by a name of its own."""
        words = read_office(name).words
        if not words:
            return []
        found = self._list_having(sorted(words))
        if not found and not self._directory.touched:
            return []
        return self._bring_in([*found, *self._people.list_spellings(name)]).find_spokesmen(name)

    def _list_asked(self, asked: Office) -> list[str]:
        """The speakers who may hold the office: all its words are theirs, and its places."""
        words = [*sorted(asked.words), *(f"@{place}" for place in sorted(asked.places))]
        if words:
            return self._list_having(words)
        heads = [f"^{head}" for head in sorted(self.list_heads(asked))]
        heads += [asked.head] if asked.is_institution else []
        found = [row for head in heads for row in self._archive.query(_BEST_KNOWN, (head,))]
        return [name for name, _ in sorted(found, key=lambda row: -row[1])[:_MOST_OF_HEAD]]

    def _list_having(self, words: Sequence[str]) -> list[str]:
        """The speakers whose offices have every word, the best known first."""
        having: dict[str, int] | None = None
        for word in words:
            found = self._read_word(self._list_sounding(word))
            having = found if having is None else {n: having[n] for n in having if n in found}
        ranked = sorted((having or {}).items(), key=lambda row: -row[1])
        return [name for name, _ in ranked[:_MOST_HOLDERS]]

    def _read_word(self, words: Sequence[str]) -> dict[str, int]:
        sql = "SELECT speaker, articles FROM held_words WHERE word IN ({})"
        found: dict[str, int] = {}
        for speaker, articles in self._archive.query_each(sql, words):
            found[speaker] = found.get(speaker, 0) + articles
        return found

    def _list_sounding(self, word: str) -> list[str]:
        """The words of offices that may be this one, or hold it, by sound."""
        if word.startswith(("#", "@", "^", "role:")):
            return [word]
        like = process.extract(
            word, self._spoken, scorer=fuzz.ratio, score_cutoff=_LEAST_SOUND, limit=None
        )
        parts = [
            known
            for known in self._spoken
            if len(known) >= _SHORTEST_PART and (known in word or word in known)
        ]
        return list(dict.fromkeys([word, *(known for known, *_ in like), *parts]))

    def _bring_in(self, speakers: Iterable[str]) -> Offices:
        """The offices of the speakers and of all who may be the same, and of those just changed."""
        wanted = frozenset({*speakers, *self._directory.touched})
        if (near := self._near.get(wanted)) is None:
            if len(self._near) >= _MOST_NEAR:
                # Another thread may be reading: what it holds stays its own.
                self._near = {}
            near = self._near[wanted] = Offices(self._read_held(wanted), self._people)
        return near

    def _read_held(self, speakers: Collection[str]) -> list[Held]:
        touched = self._directory.touched
        self._directory.bring_in_named(speakers)
        same: dict[str, None] = {}
        unnamed = []
        for speaker in sorted(speakers):
            if self._people.knows(speaker):
                person, alike = self._people.find_person(speaker), self._people.list_alike(speaker)
                own = [name for name in alike if self._people.find_person(name) == person]
                same |= dict.fromkeys([speaker, *own])
            else:
                same[speaker] = None
                unnamed.append(_name_office(read_office(speaker)))
        sql = "SELECT name FROM names WHERE office IN ({})"
        same |= dict.fromkeys(n for (n,) in self._archive.query_each(sql, unnamed))
        sql = "SELECT speaker, office, year, articles FROM held WHERE speaker IN ({})"
        held = [name for name in same if name not in touched]
        rows = list(self._archive.query_each(sql, held))
        rows += self._archive.list_offices(sorted(touched)) if touched else []
        return sorted(rows, key=lambda row: (row[0], row[1], row[2] or 0))


def open_directory(archive: Archive, kin: Sequence[Sequence[str]]) -> Directory | None:
    """The people of the archive as it is now; `None` where its tables do not tell."""
    seen = _read_seen(archive)
    directory = Directory(archive, kin, seen) if seen is not None else None
    return directory if directory is not None and directory.is_usable else None
