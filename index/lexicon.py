"""Full text: the words of passages and questions, and how much of a question a text covers."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.lang.words import TERM_LETTERS, make_terms

_SQL_BATCH = 500
_LONGEST_MATCH = 64
# Words that stand in more than a third of the passages tell nothing, and cost most to look up.
_LEAST_TELLING = 1.0
_AFTER_ALL = "\uffff"


def measure_coverage(weights: Mapping[str, float], terms: Collection[str]) -> float:
    """The share in [0, 1] of the question's term weight that stands in `terms`."""
    mass = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms) / mass if mass else 0.0


class Lexicon:
    """The archive's full-text index."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def weigh_terms(self, text: str) -> dict[str, float]:
        """The text's distinct terms with their inverse document frequency (BM25's).

        A term that the archive lacks weighs most: what a question in another language asks for
        is hardly covered, and so hardly counts.
        Source: Robertson & Zaragoza 2009 (BM25).
        """
        terms = list(dict.fromkeys(make_terms(text)))[:_LONGEST_MATCH]
        marks = ",".join("?" * len(terms))
        rows = self._archive.query(
            f"SELECT term, doc FROM passages_vocab WHERE term IN ({marks})", terms
        )
        found = {str(term): int(count) for term, count in rows}
        total = int(self._archive.query("SELECT count(*) FROM passages")[0][0])
        return {term: _weigh(found.get(term, 0), total) for term in terms}

    def weigh_stems(self, stems: Sequence[str]) -> float:
        """The inverse document frequency of words that begin with any of the stems."""
        found = 0
        for stem in dict.fromkeys(stem[:TERM_LETTERS] for stem in stems):
            rows = self._archive.query(
                "SELECT sum(doc) FROM passages_vocab WHERE term >= ? AND term < ?",
                (stem, stem + _AFTER_ALL),
            )
            found += int(rows[0][0] or 0)
        total = int(self._archive.query("SELECT count(*) FROM passages")[0][0])
        return _weigh(min(found, total), total)

    def search(self, terms: Mapping[str, float], limit: int, selection: Selection) -> list[str]:
        """The ids of the selected passages that hold some of the terms, best first by BM25."""
        telling = [t for t in terms if terms[t] >= _LEAST_TELLING]
        if not telling:
            return []
        where, values = selection.as_sql()
        match = " OR ".join(f'"{term}"' for term in telling)
        rows = self._archive.query(
            "SELECT p.id FROM passages_fts JOIN passages p ON p.number = passages_fts.rowid "
            "JOIN articles a ON a.number = p.article "
            f"WHERE passages_fts MATCH ? AND {where} ORDER BY passages_fts.rank LIMIT ?",
            [match, *values, limit],
        )
        return [row[0] for row in rows]

    def read_terms(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """The terms of each passage."""
        found: dict[str, set[str]] = {}
        for start in range(0, len(ids), _SQL_BATCH):
            some = ids[start : start + _SQL_BATCH]
            marks = ",".join("?" * len(some))
            for identity, terms in self._archive.query(
                "SELECT p.id, f.terms FROM passages p JOIN passages_fts f ON f.rowid = p.number "
                f"WHERE p.id IN ({marks})",
                some,
            ):
                found[identity] = set(terms.split())
        return found


def _weigh(found: int, total: int) -> float:
    return math.log(1 + (total - found + 0.5) / (found + 0.5))
