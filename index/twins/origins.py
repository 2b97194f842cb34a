"""Which articles of the archive are prints of one story, and which of them a newer one stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from wortlaut.index.article import Precision
from wortlaut.index.integrity import RECORD, is_record_kept
from wortlaut.index.twins.marks import Reason

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive

_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class PrintedArticle:
    """An article as a reader is pointed to it."""

    article_id: str
    title: str
    source: str | None = None
    published: date | None = None
    published_precision: Precision = "unknown"
    path: str = ""


@dataclass(frozen=True, slots=True)
class Supersession:
    """What stands in place of an article: its correction, or a newer version of it."""

    printed: PrintedArticle
    reason: Reason

    @property
    def article_id(self) -> str:
        """The id of what stands in its place."""
        return self.printed.article_id


@dataclass(frozen=True, slots=True)
class Origin:
    """The story that an article is a print of: `prints` are all of it, in the order they came in.

    `key` is the same for all of them. Corrections and newer versions are prints of their story too.
    """

    key: str
    article_id: str
    prints: tuple[PrintedArticle, ...]
    superseded_by: Supersession | None = None

    @property
    def also_in(self) -> tuple[str, ...]:
        """The ids of the other prints."""
        return tuple(p.article_id for p in self.prints if p.article_id != self.article_id)


def read_origins(
    archive: Archive, ids: Collection[str] | None = None, until: date | None = None
) -> dict[str, Origin]:
    """By id the origin of each article, or of `ids`, that has other prints; the rest stand alone.

    What was published after `until`, or nobody knows when, is not seen.
    """
    edges, by = _read_edges(archive, ids)
    clusters = list(_join_edges(edges))
    known = _read_printed(archive, [n for cluster in clusters for n in cluster])
    if until is not None:
        known = {n: p for n, p in known.items() if p.published and p.published <= until}
    wanted = None if ids is None else set(ids)
    origins: dict[str, Origin] = {}
    for cluster in clusters:
        numbers = [n for n in sorted(cluster) if n in known]
        prints = tuple(known[n] for n in numbers)
        for number in numbers if len(numbers) > 1 else ():
            identity = known[number].article_id
            if wanted is None or identity in wanted:
                last = _find_last(number, by, known)
                origins[identity] = Origin(prints[0].article_id, identity, prints, last)
    return origins


def _read_edges(
    archive: Archive, ids: Collection[str] | None
) -> tuple[set[tuple[int, int]], dict[int, dict[int, Reason]]]:
    """The edges of the articles' clusters, and what stands in whose place; all if there are no ids."""
    edges: set[tuple[int, int]] = set()
    by: dict[int, dict[int, Reason]] = {}
    if not archive.query("SELECT 1 FROM copies UNION ALL SELECT 1 FROM superseded LIMIT 1"):
        return edges, by
    if ids is None:
        steps: Iterable[tuple[str, Sequence[int]]] = [("1 = 1", ())]
        _add_edges(archive, steps, edges, by)
        return edges, by
    fresh = _read_numbers(archive, list(ids))
    seen = set(fresh)
    while fresh:
        found = _add_edges(archive, _list_steps(fresh), edges, by)
        fresh = [n for n in found if n not in seen]
        seen |= set(fresh)
    return edges, by


def _list_steps(numbers: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        yield f"{{first}} IN ({marks})", some
        yield f"{{second}} IN ({marks})", some


def _add_edges(
    archive: Archive,
    steps: Iterable[tuple[str, Sequence[int]]],
    edges: set[tuple[int, int]],
    by: dict[int, dict[int, Reason]],
) -> set[int]:
    """The articles at the ends of the edges that were added."""
    ends: set[int] = set()
    for where, values in steps:
        one = where.format(first="article", second="other")
        edges |= set(archive.query(f"SELECT article, other FROM copies WHERE {one}", values))
        two = where.format(first="article", second="by")
        for article, later, reason in archive.query(
            f"SELECT article, by, reason FROM superseded WHERE {two}", values
        ):
            edges.add((article, later))
            by.setdefault(article, {})[later] = cast(Reason, reason)
    for edge in edges:
        ends.update(edge)
    return ends


def _join_edges(edges: Iterable[tuple[int, int]]) -> Iterator[set[int]]:
    """What hangs together."""
    beside: dict[int, set[int]] = {}
    for a, b in edges:
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    while beside:
        start = next(iter(beside))
        cluster, fresh = {start}, [start]
        while fresh:
            for other in beside.pop(fresh.pop(), ()):
                if other not in cluster:
                    cluster.add(other)
                    fresh.append(other)
        yield cluster


def _find_last(
    number: int, by: Mapping[int, Mapping[int, Reason]], known: Mapping[int, PrintedArticle]
) -> Supersession | None:
    """What nothing else stands in place of; a correction on the way there makes it one."""
    seen, reason = {number}, None
    last = number
    while later := [n for n in by.get(last, ()) if n in known and n not in seen]:
        # Of several the one that nothing supersedes, the latest.
        chosen = max(later, key=lambda n: (not by.get(n), known[n].published or date.min, n))
        step = by[last][chosen]
        reason = step if reason is None or step == "correction" else reason
        seen.add(chosen)
        last = chosen
    return Supersession(known[last], reason) if reason else None


def _read_numbers(archive: Archive, ids: Sequence[str]) -> list[int]:
    sql = "SELECT number FROM articles WHERE id IN ({})"
    return [number for (number,) in archive.query_each(sql, ids, "article")]


def _read_printed(archive: Archive, numbers: Sequence[int]) -> dict[int, PrintedArticle]:
    printed: dict[int, PrintedArticle] = {}
    record = RECORD.replace(" text,", " '',")
    sql = f"SELECT number, {record}, seal FROM articles WHERE number IN ({{}})"
    for number, *row in archive.query_each(sql, numbers):
        # Its title and date are shown: damaged ones must not be.
        if is_record_kept(row, archive.is_sealed):
            identity, title, _, _, source, _, _, day, precision, path, *_ = row
            published = date.fromisoformat(day) if day else None
            printed[number] = PrintedArticle(identity, title, source, published, precision, path)
    return printed
