"""The passage map: what ranking reads, beside the archive, in files that it can be made from again.

A writer adds a segment of what has changed and joins small ones; a reader maps them, and reads
from the archive what has changed since. Where there is no map, or it is damaged or far behind,
the archive's own tables answer, slower.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from wortlaut.index.archive import Archive, Selection, Vectors, list_meeting
from wortlaut.index.live.segments import (
    Array,
    MapSegment,
    Mask,
    make_key,
    open_segment,
    read_segment,
    weigh_rare,
    write_segment,
)

_FOLDER, _MANIFEST = "map", "map.json"
_VERSION = 1
# A segment of so many passages is joined with no other: it bounds what making one takes.
_LARGEST = 120_000
_ARTICLES_AT_ONCE = 20_000
# Of a segment with a larger share of dead articles another is made.
_MOST_DEAD = 0.25
# A reader who has more to read of the archive himself leaves the map alone.
_MOST_BESIDE = 3000
# What he reads comes in so many pieces before it is read as one.
_MOST_PIECES = 8
# Up to so many rows all cosines are told; else the signs choose so many a hit, and at least so many.
_EXACT_ROWS = 4000
_LOOKED_AT, _LOOKED_AT_LEAST = 60, 4000

_log = logging.getLogger(__name__)

Hit = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Manifest:
    """The segments by name, each with the rows of its dead articles, up to a note of a change."""

    store_id: str
    seen: int
    segments: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The archive as it was at a note of a change; `alive` marks each segment's articles `(m,)`.

    The first `mapped` segments are files, the others hold the articles `beside`, changed since.
    """

    seen: int
    segments: tuple[MapSegment, ...]
    alive: tuple[Mask, ...]
    stamp: tuple[int, int]
    mapped: int
    beside: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many passages there are, dead ones among them."""
        return sum(segment.rows for segment in self.segments)

    def count(self, term: str) -> int:
        """How many passages have the term."""
        if (found := self.counts.get(term)) is None:
            found = self.counts[term] = sum(s.count(term) for s in self.segments)
        return found

    def count_opening(self, stem: str) -> int:
        """The sum of such counts over all terms that begin so."""
        return sum(segment.count_opening(stem) for segment in self.segments)

    def opens(self, beginning: str) -> bool:
        """Whether a term begins so."""
        return any(segment.opens(beginning) for segment in self.segments)

    def find_nearest(self, vector: Vectors, limit: int, chosen: Sequence[Mask]) -> list[Hit]:
        """The rows of the chosen articles' passages nearest to the unit vector, best first."""
        every = [s.list_rows(mask) for mask, s in zip(chosen, self.segments, strict=True)]
        total = sum(map(len, every))
        wanted = max(_LOOKED_AT * limit, _LOOKED_AT_LEAST)
        places, rows, cosines = [], [], []
        for place, (segment, found) in enumerate(zip(self.segments, every, strict=True)):
            if not len(found):
                continue
            if total > max(_EXACT_ROWS, wanted):
                apart = segment.rate_codes(vector, found)
                found = _take_least(apart, found, wanted * len(found) // total)
            places.append(np.full(len(found), place))
            rows.append(found)
            cosines.append(segment.rate(vector, found))
        if not rows:
            return []
        order = np.argsort(-np.concatenate(cosines), kind="stable")[:limit]
        return _pair(np.concatenate(places)[order], np.concatenate(rows)[order])

    def search_terms(self, terms: Sequence[str], limit: int, chosen: Sequence[Mask]) -> list[Hit]:
        """The rows of the chosen articles' passages that have some terms, best first by BM25."""
        total = self.rows
        idf = {term: weigh_rare(self.count(term), total) for term in terms if self.count(term)}
        lengths = sum(int(segment.lengths.sum(dtype=np.int64)) for segment in self.segments)
        places, rows, scores = [], [], []
        for place, (segment, mask) in enumerate(zip(self.segments, chosen, strict=True)):
            found = segment.list_rows(mask)
            rated = segment.rate_terms(idf, lengths / max(total, 1), found)
            best = np.flatnonzero(rated)
            if len(best) > limit:
                least = np.partition(rated[best], -limit)[-limit]
                best = best[rated[best] >= least]
            places.append(np.full(len(best), place))
            rows.append(found[best])
            scores.append(rated[best])
        if not rows:
            return []
        every = np.concatenate(scores)
        numbers = [s.numbers[r] for s, r in zip(self.segments, rows, strict=True)]
        order = np.lexsort((np.concatenate(numbers), -every))[:limit]
        return _pair(np.concatenate(places)[order], np.concatenate(rows)[order])

    def choose(self, archive: Archive, selection: Selection) -> tuple[Mask, ...]:
        """Which articles `(m,)` of each segment are selected."""
        spoken = _list_speaking(archive, selection.speakers) if selection.speakers else None
        meeting = None
        if selection.where:
            meeting = np.array(list_meeting(archive, selection.where), "<i8")
        without = np.array([make_key(i) for i in selection.without], "<u8")
        within = np.array([make_key(i) for i in selection.within], "<u8")
        chosen = []
        for segment, alive in zip(self.segments, self.alive, strict=True):
            mask = alive
            if selection.since:
                mask = mask & (segment.last >= selection.since.toordinal())
            if selection.until:
                mask = mask & (segment.first <= selection.until.toordinal()) & (segment.first >= 0)
            if selection.source:
                mask = mask & segment.mark_sources(selection.source)
            if spoken is not None:
                mask = mask & _mark_numbers(segment.article_numbers, spoken)
            if meeting is not None:
                mask = mask & _mark_numbers(segment.article_numbers, meeting)
            if selection.without:
                mask = mask & ~np.isin(segment.keys, without)
            if selection.within:
                mask = mask & np.isin(segment.keys, within)
            chosen.append(mask)
        return tuple(chosen)

    def list_by_date(
        self, archive: Archive, chosen: Sequence[Mask], limit: int, *, oldest: bool
    ) -> list[str]:
        """The ids of the newest or oldest so many of the chosen articles; of a day, by number."""
        pairs = list(zip(self.segments, chosen, strict=True))
        if not pairs:
            return []
        days = np.concatenate([segment.first[mask] for segment, mask in pairs])
        numbers = np.concatenate([segment.article_numbers[mask] for segment, mask in pairs])
        order = np.lexsort((numbers, days if oldest else -days))[:limit]
        return _list_ids(archive, "articles", numbers[order].tolist())

    def count_chosen(self, chosen: Sequence[Mask]) -> tuple[int, int]:
        """How many articles and passages the chosen are."""
        passages = sum(
            len(segment.list_rows(mask))
            for mask, segment in zip(chosen, self.segments, strict=True)
        )
        return sum(int(mask.sum()) for mask in chosen), passages

    def list_ids(self, archive: Archive, hits: Sequence[Hit]) -> list[str]:
        """The ids of the passages in these rows, in their order; those gone since are left out."""
        numbers = [int(self.segments[place].numbers[row]) for place, row in hits]
        return _list_ids(archive, "passages", numbers)


class PassageMap:
    """A reader's view of the map that keeps up with the archive; safe to use from several threads."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._view: View | None = None
        self._failed: tuple[int, int] | None = None

    def read(self) -> View | None:
        """The archive as it is now; `None` where its own tables must do."""
        with self._lock:
            stamp = _read_stamp(self._archive.folder)
            if stamp is None or stamp == self._failed:
                return None
            if self._view is None or self._view.stamp != stamp:
                self._view = self._open(stamp)
            if self._view is None or self._view.seen == self._archive.newest_change:
                return self._view
            self._view = self._keep_up(self._view)
            if self._view is None:
                # Only what a writer makes anew can be of use.
                self._failed = stamp
            return self._view

    def _open(self, stamp: tuple[int, int]) -> View | None:
        folder = self._archive.folder / _FOLDER
        try:
            manifest = _read_manifest(self._archive)
            segments = tuple(open_segment(folder / name) for name in manifest.segments)
        except (OSError, ValueError, KeyError, TypeError) as error:
            if _read_stamp(self._archive.folder) == stamp:
                _log.warning("%s; answers are slower until the next wortlaut index", error)
                self._failed = stamp
            return None
        alive = tuple(
            _mark_alive(segment, dead)
            for segment, dead in zip(segments, manifest.segments.values(), strict=True)
        )
        return View(manifest.seen, segments, alive, stamp, len(segments))

    def _keep_up(self, view: View) -> View | None:
        """The view with what has changed since; `None` where that is too much."""
        changes = self._archive.read_changes(view.seen)
        beside = tuple(dict.fromkeys([*view.beside, *changes.articles]))
        if not changes.is_whole or len(beside) > _MOST_BESIDE:
            return None
        keys = np.array([make_key(i) for i in changes.articles], "<u8")
        alive = [
            mask & ~np.isin(segment.keys, keys)
            for segment, mask in zip(view.segments, view.alive, strict=True)
        ]
        segments, read = list(view.segments), changes.articles
        if len(segments) - view.mapped >= _MOST_PIECES:
            del segments[view.mapped :], alive[view.mapped :]
            read = beside
        numbers = _list_numbers(self._archive, read)
        added = read_segment(self._archive, list(numbers.values()))
        return replace(
            view,
            seen=changes.number,
            segments=(*segments, added),
            alive=(*alive, np.ones(len(added.keys), np.bool_)),
            beside=beside,
            counts={},
        )


def update_map(archive: Archive, least: int = 1) -> None:
    """Bring the map up to date with the archive if so many notes are missing; for its writer.

    A map that cannot be written is done without.
    """
    folder = archive.folder / _FOLDER
    try:
        manifest = _find_manifest(archive)
        changes = archive.read_changes(manifest.seen) if manifest else None
        if manifest and changes and changes.is_whole:
            if changes.number - manifest.seen < least:
                return
            manifest = _add_changes(archive, folder, manifest, changes.articles, changes.number)
        else:
            manifest = _make_all(archive, folder)
        _write_manifest(archive, manifest)
        for file in folder.glob("*.seg"):
            if file.name not in manifest.segments:
                file.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("no passage map in %s: %s; answers are slower", folder, error)


def _make_all(archive: Archive, folder: Path) -> _Manifest:
    """Every segment anew, from the archive."""
    manifest = _Manifest(archive.store_id, archive.newest_change, {})
    last = -1
    while rows := archive.query(
        "SELECT number FROM articles WHERE number > ? ORDER BY number LIMIT ?",
        (last, _ARTICLES_AT_ONCE),
    ):
        last = rows[-1][0]
        manifest = _add_segment(folder, manifest, read_segment(archive, [n for (n,) in rows]))
    return manifest


def _add_changes(
    archive: Archive, folder: Path, manifest: _Manifest, articles: Sequence[str], seen: int
) -> _Manifest:
    keys = np.array([make_key(i) for i in articles], "<u8")
    known: dict[str, Sequence[int]] = {}
    joined: list[tuple[int, int]] = []
    sizes: dict[str, int] = {}
    for name, was_dead in manifest.segments.items():
        segment = open_segment(folder / name)
        dead = sorted({*was_dead, *segment.find_articles(keys).tolist()})
        if len(dead) > _MOST_DEAD * max(len(segment.keys), 1):
            joined += _list_alive(segment, dead)
        else:
            known[name], sizes[name] = dead, segment.rows
    total = 4 * (len(articles) + len(joined))
    for name in reversed(list(known)):
        # Each passage is so written anew as often as the archive doubles.
        if sizes[name] <= 2 * total and sizes[name] + total <= _LARGEST:
            joined += _list_alive(open_segment(folder / name), known.pop(name))
            total += sizes[name]
    was = dict(joined)
    fresh = _list_numbers(archive, articles)
    was |= {number: make_key(identity) for identity, number in fresh.items()}
    manifest = replace(manifest, seen=seen, segments=known)
    segment = read_segment(archive, list(was), list(was.values()))
    return _add_segment(folder, manifest, segment) if len(segment.keys) else manifest


def _add_segment(folder: Path, manifest: _Manifest, segment: MapSegment) -> _Manifest:
    folder.mkdir(exist_ok=True)
    name = f"{uuid.uuid4().hex[:12]}.seg"
    write_segment(folder / name, segment)
    return replace(manifest, segments={**manifest.segments, name: ()})


def _list_alive(segment: MapSegment, dead: Sequence[int]) -> list[tuple[int, int]]:
    """The numbers of the articles that are not dead, each with its key."""
    alive = _mark_alive(segment, dead)
    numbers, keys = segment.article_numbers[alive].tolist(), segment.keys[alive].tolist()
    return list(zip(numbers, keys, strict=True))


def _mark_alive(segment: MapSegment, dead: Sequence[int]) -> Mask:
    alive = np.ones(len(segment.keys), np.bool_)
    alive[list(dead)] = False
    return alive


def _list_ids(archive: Archive, table: str, numbers: Sequence[int]) -> list[str]:
    """The ids in the table that have these numbers, in their order; those gone are left out."""
    sql = f"SELECT number, id FROM {table} WHERE number IN ({{}})"
    names: dict[int, str] = dict(archive.query_each(sql, numbers))
    return [names[number] for number in numbers if number in names]


def _list_numbers(archive: Archive, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of the articles that are there."""
    sql = "SELECT id, number FROM articles WHERE id IN ({})"
    return dict(archive.query_each(sql, ids, "article"))


def _list_speaking(archive: Archive, speakers: Sequence[str]) -> Array:
    """The numbers of the articles in which one of them speaks, sorted."""
    marks = ",".join("?" * len(speakers))
    rows = archive.query(
        f"SELECT DISTINCT article FROM statements WHERE speaker IN ({marks})", speakers
    )
    return np.sort(np.array([number for (number,) in rows], "<i8"))


def _mark_numbers(numbers: Array, wanted: Array) -> Mask:
    """Which of the sorted numbers are among the wanted, sorted too."""
    mask = np.zeros(len(numbers), np.bool_)
    at = np.searchsorted(numbers, wanted)
    at = np.minimum(at, max(len(numbers) - 1, 0))
    mask[at[numbers[at] == wanted] if len(numbers) else at[:0]] = True
    return mask


def _take_least(apart: Array, rows: Array, count: int) -> Array:
    """The rows that differ least: at least so many, and all that differ no more."""
    count = max(count, 60)
    if count >= len(rows):
        return rows
    most = int(np.searchsorted(np.cumsum(np.bincount(apart)), count))
    return rows[apart <= most]


def _pair(places: Array, rows: Array) -> list[Hit]:
    return list(zip(places.tolist(), rows.tolist(), strict=True))


def _read_stamp(folder: Path) -> tuple[int, int] | None:
    """What tells one manifest from another; `None` where there is none."""
    try:
        stat = (folder / _FOLDER / _MANIFEST).stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino


def _find_manifest(archive: Archive) -> _Manifest | None:
    try:
        manifest = _read_manifest(archive)
        for name in manifest.segments:
            open_segment(archive.folder / _FOLDER / name)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest


def _read_manifest(archive: Archive) -> _Manifest:
    """The manifest; raises OSError, ValueError, KeyError or TypeError where it is none of this archive's."""
    file = archive.folder / _FOLDER / _MANIFEST
    told = json.loads(file.read_text(encoding="utf-8"))
    if told["version"] != _VERSION or told["store_id"] != archive.store_id:
        raise ValueError(f"{file} is of another archive or version")
    return _Manifest(told["store_id"], int(told["seen"]), dict(told["segments"]))


def _write_manifest(archive: Archive, manifest: _Manifest) -> None:
    folder = archive.folder / _FOLDER
    folder.mkdir(exist_ok=True)
    told = {
        "version": _VERSION,
        "store_id": manifest.store_id,
        "seen": manifest.seen,
        "segments": dict(manifest.segments),
    }
    fresh = folder / f"{_MANIFEST}.new"
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(told, out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / _MANIFEST)
