"""What a question can be narrowed down to: the archive's people and its sources, counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from wortlaut.index.archive import Archive, list_sources, list_spoken
from wortlaut.index.lang.names import sound_of
from wortlaut.index.lang.words import find_letter_runs, fold
from wortlaut.rag.roster import Roster

_MOST_ALIKE = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose by its name; `value` stands for it where the name does not."""

    name: str
    count: int | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Counted:
    """Names with their counts, most first, and folded as they are searched in."""

    seen: int
    people: tuple[tuple[str, str, int], ...]
    sources: tuple[tuple[str, str, int], ...]


class ArchiveChoices:
    """The people with their statements, the sources with their articles; kept up with the archive."""

    def __init__(self, archive: Archive, roster: Roster) -> None:
        self._archive = archive
        self._roster = roster
        self._lock = threading.Lock()
        self._counted: _Counted | None = None

    def list_people(self, text: str, limit: int) -> list[Choice]:
        """Who speaks, by name or a part of it in any script; those with most statements first.

        One person's spellings are counted together, under the one that stands here most often.
        """
        people = self._roster.list_people()
        named = [name for _, name in people.find(text)] if text.strip() else []
        counts = {name: count for name, _, count in self._keep_up().people}
        found: dict[str, Choice] = {}
        spelt: set[str] = set()
        for name in (*named, *_search(self._keep_up().people, text)):
            if len(found) >= limit:
                break
            if name in spelt:
                continue
            person = people.find_person(name) or name
            spellings = {name, *(people.list_spellings(person) if people.knows(name) else ())}
            # Another may be meant by a surname that several bear.
            spellings = {s for s in spellings if s == name or people.find_person(s) == person}
            spelt |= spellings
            best = max(spellings, key=lambda one: (counts.get(one, 0), one))
            found[best] = Choice(best, sum(counts.get(one, 0) for one in spellings))
        return sorted(found.values(), key=lambda choice: -(choice.count or 0))

    def list_sources(self, text: str, limit: int) -> list[Choice]:
        """The sources whose name holds the text, those of most articles first."""
        counted = self._keep_up().sources
        counts = {name: count for name, _, count in counted}
        names = list(_search(counted, text))[:limit]
        return [Choice(name, counts[name]) for name in names]

    def _keep_up(self) -> _Counted:
        with self._lock:
            seen = self._archive.newest_change
            if self._counted is None or self._counted.seen != seen:
                self._counted = _Counted(
                    seen,
                    tuple((n, fold(n), c) for n, c in list_spoken(self._archive)),
                    tuple((n, fold(n), c) for n, c in list_sources(self._archive)),
                )
            return self._counted


def _search(counted: Sequence[tuple[str, str, int]], text: str) -> Iterator[str]:
    """The names in which each word of the text begins a word, by its letters or by its sound."""
    words = fold(text).split()
    sounds = [sound_of(word) for word in text.split()]
    found = 0
    for name, folded, _ in counted:
        if _begin(words, folded) or (sounds and _begin(sounds, _read_sound(name))):
            yield name
            found += 1
            if found >= _MOST_ALIKE:
                return


def _begin(words: Sequence[str], name: str) -> bool:
    spelt = f" {name.replace('-', ' ')}"
    return all(f" {word}" in spelt for word in words)


@lru_cache(maxsize=200_000)
def _read_sound(name: str) -> str:
    return " ".join(sound_of(word) for word in find_letter_runs(name))
