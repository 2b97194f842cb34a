"""Which passages a question may look at: decided from the archive, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from wortlaut.index.archive import Archive, Vectors

# The last day of an article's period, from its first day and its precision.
_LAST_DAY = """CASE a.published_precision
  WHEN 'year' THEN date(a.published, '+1 year', '-1 day')
  WHEN 'month' THEN date(a.published, '+1 month', '-1 day')
  ELSE a.published END"""


@dataclass(frozen=True, slots=True)
class Selection:
    """A time window (inclusive days; an article of a month or year overlaps it), source, speakers.

    An undated article is in no bounded window. `source` matches without regard to case. `without`
    are the ids of articles to look past.
    """

    since: date | None = None
    until: date | None = None
    source: str | None = None
    speakers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether everything is selected."""
        return self == Selection()

    def as_sql(self) -> tuple[str, list[Any]]:
        """A condition on `articles a`, and its values."""
        conditions: list[str] = ["1"]
        values: list[Any] = []
        if self.since:
            conditions.append(f"{_LAST_DAY} >= ?")
            values.append(self.since.isoformat())
        if self.until:
            conditions.append("a.published <= ?")
            values.append(self.until.isoformat())
        if self.source:
            conditions.append("a.source LIKE ? ESCAPE '\\'")
            values.append(self.source.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
        if self.speakers:
            marks = ",".join("?" * len(self.speakers))
            conditions.append(
                f"a.number IN (SELECT article FROM statements WHERE speaker IN ({marks}))"
            )
            values += self.speakers
        if self.without:
            conditions.append(f"a.id NOT IN ({','.join('?' * len(self.without))})")
            values += self.without
        return " AND ".join(conditions), values


def count_selected(archive: Archive, selection: Selection) -> tuple[int, int]:
    """How many articles and passages are selected."""
    where, values = selection.as_sql()
    articles = archive.query(f"SELECT count(*) FROM articles a WHERE {where}", values)[0][0]
    passages = archive.query(
        f"SELECT count(*) FROM passages p JOIN articles a ON a.number = p.article WHERE {where}",
        values,
    )[0][0]
    return articles, passages


def list_selected(archive: Archive, selection: Selection) -> list[str]:
    """The ids of the selected passages."""
    where, values = selection.as_sql()
    rows = archive.query(
        f"SELECT p.id FROM passages p JOIN articles a ON a.number = p.article WHERE {where}", values
    )
    return [row[0] for row in rows]


def read_vectors(archive: Archive, selection: Selection) -> tuple[list[str], Vectors]:
    """The ids of the selected passages and their vectors, `(n, dim)` float32."""
    where, values = selection.as_sql()
    rows = archive.query(
        "SELECT p.id, p.vector FROM passages p JOIN articles a ON a.number = p.article "
        f"WHERE {where}",
        values,
    )
    if not rows:
        return [], np.zeros((0, 0), np.float32)
    matrix = np.frombuffer(b"".join(row[1] for row in rows), "<f2").reshape(len(rows), -1)
    return [row[0] for row in rows], matrix.astype(np.float32)
