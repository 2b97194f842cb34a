"""Full text: the words of passages and questions, and how much of a question a text covers."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.lang.names import (
    SAME_PERSON,
    is_family_first,
    is_first_name,
    list_beginnings,
    match_words,
    spell_parts,
    spell_word,
)
from wortlaut.index.lang.places import list_german
from wortlaut.index.lang.words import (
    TERM_LETTERS,
    find_letter_runs,
    make_terms,
    read_function_words,
)

_SQL_BATCH = 500
_LONGEST_MATCH = 64
# Words that stand in more than a third of the passages tell nothing, and cost most to look up.
_LEAST_TELLING = 1.0
_AFTER_ALL = "\uffff"
_SHORTEST_OPENING, _SHORTEST_COMPOUND = 4, 5
_SURELY = 0.95
_EMPTY = read_function_words("empty", "de")
_POSSESSIVE = re.compile(r"['’]s\b")
_BETWEEN = re.compile("['’-]")


def measure_coverage(weights: Mapping[str, float], terms: Collection[str]) -> float:
    """The share in [0, 1] of the question's term weight that stands in `terms`."""
    mass = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms) / mass if mass else 0.0


class Lexicon:
    """The archive's full-text index."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._generation = archive.generation
        self._beginnings: dict[str, set[str]] = {}

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

    def count_articles(self, name: str) -> int:
        """How many articles name what `name` does, in any spelling, script, case and language.

        "Merkel", "Меркелем", "Chekhov" as it is spelt in German, "США" as USA, Vereinigte Staaten or
        amerikanisch; 0 says that the archive never speaks of it. Of several words one is enough, but
        for the first names of a person. Headlines are not read.
        """
        if self._archive.generation != self._generation:
            self._beginnings, self._generation = {}, self._archive.generation
        pieces = _BETWEEN.sub(" ", _POSSESSIVE.sub("", name))
        if german := list_german(find_letter_runs(pieces)):
            return len(self._match(_match_any(german)))
        parts = [part for part in spell_parts(pieces) if len(part) > 1]
        if len(parts) > 1 and is_first_name(parts[0]) and not is_family_first(pieces):
            parts = parts[-1:]
        found = [
            self._find_spellings(part) | self._match(_match_any(list_german([part])))
            for part in parts
        ]
        return len(set().union(*found))

    def _find_spellings(self, word: str) -> set[int]:
        """The numbers of the articles with a spelling of the word."""
        found: set[int] = set()
        if word.endswith("s") and len(word) >= _SHORTEST_COMPOUND:
            # "Lawrows", of whom the archive may only have "Lawrow".
            found |= self._find_spellings(word[:-1])
        for term in list_beginnings(word, TERM_LETTERS, self._stands):
            rows = self._archive.query(
                'SELECT a.number, substr(a.text, p.start + 1, p."end" - p.start) FROM passages_fts '
                "JOIN passages p ON p.number = passages_fts.rowid "
                "JOIN articles a ON a.number = p.article WHERE passages_fts MATCH ?",
                [f'"{term}"'],
            )
            for article, text in rows:
                if article not in found and _holds_name(text, word, term):
                    found.add(article)
        return found

    def _stands(self, beginning: str) -> bool:
        """Whether some word begins so; those of two letters in common are read together, once."""
        opening = beginning[:2]
        if opening not in self._beginnings:
            rows = self._archive.query(
                "SELECT term FROM passages_vocab WHERE term >= ? AND term < ?",
                (opening, opening + _AFTER_ALL),
            )
            self._beginnings[opening] = {
                term[:end] for (term,) in rows for end in range(1, len(term) + 1)
            }
        return beginning in self._beginnings[opening]

    def _match(self, match: str) -> set[int]:
        """The numbers of the articles with a passage that the expression of full text fits."""
        sql = (
            "SELECT DISTINCT p.article FROM passages_fts "
            "JOIN passages p ON p.number = passages_fts.rowid WHERE passages_fts MATCH ?"
        )
        return {row[0] for row in self._archive.query(sql, [match])} if match else set()

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


def _match_any(names: Iterable[str]) -> str:
    """The expression of full text for any of the names, all the words of each."""
    every = [make_terms(name) for name in names]
    # "EU" is no beginning of "Euro".
    return " OR ".join(
        "(" + " AND ".join(f'"{t}"{"*" * (len(t) >= _SHORTEST_OPENING)}' for t in terms) + ")"
        for terms in every
        if terms
    )


def _holds_name(text: str, name: str, term: str) -> bool:
    """Whether the text has a word of the term that may be a spelling of the name."""
    words = {word for word in find_letter_runs(text) if word[0].isupper()}
    words = {word for word in words if word.lower() not in _EMPTY}
    forms = {spell_word(word) for word in words if make_terms(word)[:1] == [term]}
    forms |= {form[:-1] for form in forms if form.endswith("s")}
    if any(form and match_words(name, form) >= SAME_PERSON for form in forms):
        return True
    # Its other cases and its compounds: "Weserkraftwerkes", "Viktoriasee".
    sizes = range(len(name) - 1, len(name) + 3) if len(name) >= _SHORTEST_COMPOUND else ()
    cut = {form[:size] for form in forms for size in sizes if size < len(form)}
    return any(match_words(name, form) >= _SURELY for form in cut)


def _weigh(found: int, total: int) -> float:
    return math.log(1 + (total - found + 0.5) / (found + 0.5))
