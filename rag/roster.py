"""Who speaks in an archive and in which office, kept up with it while others index."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from wortlaut.index.archive import Archive
from wortlaut.index.lang.names import fold_name
from wortlaut.index.lang.organisations import list_bodies
from wortlaut.index.reading.directory import Directory, OfficeDirectory, open_directory
from wortlaut.index.reading.people import Bodies, Offices, People


@dataclass(frozen=True, slots=True)
class _Known:
    """What stood in the archive up to a note of a change; `offices` are read when asked for."""

    seen: int
    names: dict[str, None]
    bodies: dict[str, None]
    people: People
    offices: Offices | None = None


class Roster:
    """The archive's speakers and offices as they are now; safe to use from several threads.

    Looked up in the archive's tables of names; where a writer has kept none, read whole once, and
    afterwards only those again whom a change touches: all are a second's work for 60,000 passages.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.RLock()
        self._known: _Known | None = None

    def list_people(self) -> People:
        """Who speaks in the archive."""
        return self._keep_up().people

    def list_offices(self) -> Offices:
        """Who holds which office."""
        with self._lock:
            known = self._keep_up()
            if known.offices is None:
                if isinstance(known.people, Directory):
                    offices: Offices = OfficeDirectory(self._archive, known.people)
                else:
                    offices = Offices(self._archive.list_offices(), known.people)
                known = self._known = _Known(
                    known.seen, known.names, known.bodies, known.people, offices
                )
        assert known.offices is not None
        return known.offices

    def list_spellings(self, names: Sequence[str]) -> tuple[str, ...]:
        """Every name in the archive that is one of these persons'."""
        people, offices = self.list_people(), self.list_offices()
        bodies = people.bodies
        listed = (
            bodies.list_spellings(n) or offices.list_spellings(n) or people.list_spellings(n)
            for n in names
        )
        own = [spelling for some in listed for spelling in some]
        return tuple(dict.fromkeys([*own, *self.list_spokesmen(names)]))

    def list_spokesmen(self, names: Sequence[str]) -> list[str]:
        """Every name in the archive of those who speak for these, where they are institutions."""
        people, offices = self.list_people(), self.list_offices()
        every = dict.fromkeys(n for name in names for n in (name, *people.bodies.list_names(name)))
        speaking = (one for name in every for one in offices.find_spokesmen(name))
        return [spelling for one in speaking for spelling in people.list_spellings(one)]

    def list_told_offices(self, articles: Sequence[str]) -> list[tuple[str, str]]:
        """Who speaks in these articles, each with each of his offices there."""
        if not articles:
            return []
        marks = ",".join("?" * len(articles))
        rows = self._archive.query(
            "SELECT o.speaker, o.office FROM offices o JOIN articles a ON a.number = o.article "
            f"WHERE a.id IN ({marks}) ORDER BY 1, 2",
            articles,
        )
        return [(speaker, office) for speaker, office in rows]

    def _keep_up(self) -> _Known:
        with self._lock:
            known = self._known
            if known is not None and known.seen == self._archive.newest_change:
                return known
            if directory := open_directory(self._archive, list_bodies()):
                known = self._known = _Known(directory.seen, {}, {}, directory)
                return known
            if known and isinstance(known.people, Directory):
                known = None
            changes = self._archive.read_changes(known.seen) if known else None
            if known is None or changes is None or not changes.is_whole:
                known = self._read_all()
            else:
                known = self._read_some(known, changes.number, changes.speakers)
            self._known = known
            return known

    def _read_all(self) -> _Known:
        seen = self._archive.newest_change
        names = dict.fromkeys(self._archive.list_speakers())
        bodies = dict.fromkeys(self._archive.list_bodies())
        return _Known(seen, names, bodies, People(names, _make_bodies(names, bodies)))

    def _read_some(self, known: _Known, seen: int, touched: Sequence[str]) -> _Known:
        """What is known once the touched speakers have been read again."""
        names = self._archive.list_speakers(touched)
        bodies = self._archive.list_bodies(touched)
        added = [name for name in names if name not in known.names]
        gone = [name for name in touched if name in known.names and name not in names]
        all_names = _replace(known.names, touched, names)
        all_bodies = _replace(known.bodies, touched, bodies)
        people = known.people
        if added or gone or all_bodies.keys() != known.bodies.keys():
            people = people.change(added, gone, _make_bodies(all_names, all_bodies))
        offices = known.offices
        if offices is not None:
            offices = offices.change(touched, people, self._archive.list_offices)
        return _Known(seen, all_names, all_bodies, people, offices)


class NameParts:
    """The folded words of all speakers' names; those of speakers who are gone stay."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._seen = archive.newest_change
        self._parts = _fold_parts(archive.list_speakers())

    def read(self) -> frozenset[str]:
        """The words, those of speakers who have come since among them."""
        with self._lock:
            if self._archive.newest_change != self._seen:
                changes = self._archive.read_changes(self._seen)
                among = changes.speakers if changes.is_whole else None
                self._parts |= _fold_parts(self._archive.list_speakers(among))
                self._seen = changes.number
            return self._parts


def _fold_parts(names: Sequence[str]) -> frozenset[str]:
    return frozenset(part for name in names for part in fold_name(name).split())


def _make_bodies(names: dict[str, None], bodies: dict[str, None]) -> Bodies:
    capitals = (name for name in names if name.isupper())
    return Bodies(dict.fromkeys([*bodies, *capitals]), list_bodies())


def _replace(known: dict[str, None], touched: Sequence[str], now: Sequence[str]) -> dict[str, None]:
    """The known names less those touched that are no more, and the new ones last."""
    there = set(now)
    gone = {name for name in touched if name not in there}
    kept = {name: None for name in known if name not in gone} if gone else dict(known)
    return kept | dict.fromkeys(now)
