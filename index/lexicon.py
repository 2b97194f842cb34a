"""Full text: the words of passages and questions, and how much of a question a text covers."""

from __future__ import annotations

import math
import re
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.database.tables import AFTER_ALL, Wordings
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
    drop_possessives,
    find_letter_runs,
    find_runs,
    fold,
    make_terms,
    read_function_words,
)
from wortlaut.index.live.passagemap import PassageMap

_SQL_BATCH = 500
_LONGEST_MATCH = 64
# Words that stand in more than a third of the passages tell nothing, and cost most to look up.
_LEAST_TELLING = 1.0
_SHORTEST_OPENING, _SHORTEST_COMPOUND = 4, 5
# Behind what is compared of a German name there may be another ending.
_LONGEST_ENDING = 2
_SURELY = 0.95
# So many letters of a text hold its dateline; passages and headlines are read in such portions.
_HEAD, _HEADS_AT_ONCE = 150, 5000
_HEAD_OF = f"a.title, substr(a.text, 1, {_HEAD})"
_FIRST_READ, _READ_MORE = 16, 4
_EMPTY = read_function_words("empty", "de")
_HEADS_SEEN = "head words seen"
_BETWEEN = re.compile("['’-]")


def measure_coverage(weights: Mapping[str, float], terms: Collection[str]) -> float:
    """The share in [0, 1] of the question's term weight that stands in `terms`."""
    mass = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in terms) / mass if mass else 0.0


class _Heads:
    """The words of headlines and of how texts begin: datelines stand in no passage."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_term: dict[str, list[str]] = {}
        self._folded: list[str] = []
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        """Know the words of more; others may be looking."""
        words = _fold_words_of(texts)
        for word, low in words:
            if word[0].isupper():
                self._by_term.setdefault(low[:TERM_LETTERS], []).append(word)
        new = [low for low in {low for _, low in words} if not self._holds(low)]
        # Sorting what is sorted but for its end is quick.
        self._folded = sorted([*self._folded, *new])

    def say_any(self, german: Sequence[str]) -> bool:
        """Whether any of the German names has all its words here."""
        names = [_split_name(name) for name in german]
        return any(all(map(self._has, name)) for name in names if name)

    def spell(self, word: str) -> bool:
        """Whether a spelling of the word is here."""
        return any(
            _hold_name(self._list_typed(term), word, term)
            for term in list_beginnings(word, TERM_LETTERS, self._opens)
        )

    def _list_typed(self, term: str) -> Iterable[str]:
        """The capitalised words of the term, as they are typed."""
        return self._by_term.get(term, ())

    def _has(self, part: str) -> bool:
        if len(part) >= _SHORTEST_OPENING:
            return self._opens(_cut_ending(part))
        return self._holds(part)

    def _holds(self, low: str) -> bool:
        at = bisect_left(self._folded, low)
        return self._folded[at : at + 1] == [low]

    def _opens(self, beginning: str) -> bool:
        at = bisect_left(self._folded, beginning)
        return at < len(self._folded) and self._folded[at].startswith(beginning)


class _KeptHeads(_Heads):
    """The same, but for what has come since looked up in the archive's table of such words."""

    def __init__(self, archive: Archive, texts: Iterable[str]) -> None:
        self._archive = archive
        super().__init__(texts)

    def _list_typed(self, term: str) -> Iterable[str]:
        rows = self._archive.query(
            "SELECT word FROM head_words WHERE low >= ? AND low < ?", (term, term + AFTER_ALL)
        )
        kept = [word for (word,) in rows if word[0].isupper()]
        return [*kept, *super()._list_typed(term)]

    def _holds(self, low: str) -> bool:
        kept = self._archive.query("SELECT 1 FROM head_words WHERE low = ? LIMIT 1", (low,))
        return bool(kept) or super()._holds(low)

    def _opens(self, beginning: str) -> bool:
        rows = self._archive.query(
            "SELECT low FROM head_words WHERE low >= ? ORDER BY low LIMIT 1", (beginning,)
        )
        kept = bool(rows) and str(rows[0][0]).startswith(beginning)
        return kept or super()._opens(beginning)


def keep_head_words(archive: Archive, least: int = 1) -> None:
    """Bring the table of the words of headlines up to date if so many notes are missing."""
    kept = archive.read_meta(_HEADS_SEEN)
    changes = archive.read_changes(int(kept)) if kept is not None else None
    newest = changes.number if changes else archive.newest_change
    if changes and changes.is_whole:
        if changes.number - int(kept or 0) < least:
            return
        parts = iter([_read_heads_of(archive, changes.articles)])
    else:
        parts = _read_all_heads(archive)
    for texts in parts:
        with archive.transaction() as db:
            rows = [(low, word) for word, low in _fold_words_of(texts)]
            db.executemany(
                "INSERT INTO head_words VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(rows)
            )
    archive.write_meta(_HEADS_SEEN, str(newest))


def _open_heads(archive: Archive) -> _Heads:
    """The words of all headlines and beginnings, read of all articles where no table has them."""
    kept = archive.read_meta(_HEADS_SEEN)
    changes = archive.read_changes(int(kept)) if kept is not None else None
    if changes and changes.is_whole and len(changes.articles) <= _HEADS_AT_ONCE:
        return _KeptHeads(archive, _read_heads_of(archive, changes.articles))
    return _Heads(text for texts in _read_all_heads(archive) for text in texts)


def _read_all_heads(archive: Archive) -> Iterator[list[str]]:
    last, limit = -1, _HEADS_AT_ONCE
    while True:
        rows = archive.query(
            f"SELECT {_HEAD_OF}, a.number FROM articles a WHERE a.number > ? "
            "ORDER BY a.number LIMIT ?",
            [last, limit],
        )
        yield list(_join_heads(rows))
        last = rows[-1][-1] if rows else last
        if len(rows) < limit:
            return


def _read_heads_of(archive: Archive, articles: Sequence[str]) -> list[str]:
    sql = f"SELECT {_HEAD_OF} FROM articles a WHERE a.id IN ({{}})"
    return list(_join_heads(archive.query_each(sql, articles, "article")))


def _fold_words_of(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The distinct words of the texts, each with its folded form."""
    # Word by word it would take thrice as long.
    typed = {word for text in texts for word in text.split()}
    words = list(set(find_runs("\n".join(typed))))
    folded = fold("\n".join(words)).split("\n") if words else []
    return list(zip(words, folded, strict=True))


class _Known:
    """What has been read of the archive, each when it is first asked for, up to a note of a change.

    What comes in is added. Words of articles that are gone stay: then a name may count as standing
    in the archive that no longer does, until so much has changed that all is read anew.
    """

    def __init__(self, archive: Archive) -> None:
        self.seen = archive.newest_change
        self._archive = archive
        self._beginnings: dict[str, set[str]] = {}
        self._heads: _Heads | None = None

    def keep_up(self) -> bool:
        """Add what has come in since; False where that cannot be told, and all is to be read anew."""
        if self._archive.newest_change == self.seen:
            return True
        changes = self._archive.read_changes(self.seen)
        for start in range(0, len(changes.articles), _SQL_BATCH):
            self._add(changes.articles[start : start + _SQL_BATCH])
        self.seen = changes.number
        return changes.is_whole

    def _add(self, articles: Sequence[str]) -> None:
        among = f"a.id IN ({','.join('?' * len(articles))})"
        for (terms,) in self._archive.query(
            "SELECT f.terms FROM passages p JOIN articles a ON a.number = p.article "
            f"JOIN passages_fts f ON f.rowid = p.number WHERE {among}",
            articles,
        ):
            for term in terms.split():
                if (found := self._beginnings.get(term[:2])) is not None:
                    found.update(term[:end] for end in range(1, len(term) + 1))
        if self._heads is not None:
            self._heads.add(_read_heads_of(self._archive, articles))

    def read_heads(self) -> _Heads:
        """The words of all headlines and beginnings."""
        if (heads := self._heads) is None:
            heads = self._heads = _open_heads(self._archive)
        return heads

    def stands(self, beginning: str) -> bool:
        """Whether some word begins so; those of two letters in common are read together, once."""
        opening = beginning[:2]
        found = self._beginnings.get(opening)
        if found is None:
            rows = self._archive.query(
                "SELECT term FROM passages_vocab WHERE term >= ? AND term < ?",
                (opening, opening + AFTER_ALL),
            )
            found = {term[:end] for (term,) in rows for end in range(1, len(term) + 1)}
            self._beginnings[opening] = found
        return beginning in found


def _join_heads(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Headline and beginning of each article."""
    for title, text, *_ in rows:
        # A word cut in two is none.
        yield f"{title}\n{text if len(text) < _HEAD else text.rpartition(' ')[0]}"


class Lexicon:
    """The archive's full-text index."""

    def __init__(self, archive: Archive, passage_map: PassageMap | None = None) -> None:
        self._archive = archive
        self._map = passage_map or PassageMap(archive)
        self._known = _Known(archive)
        self._lock = threading.Lock()

    def weigh_terms(self, text: str) -> dict[str, float]:
        """The text's distinct terms with their inverse document frequency (BM25's).

        A term that the archive lacks weighs most: what a question in another language asks for
        is hardly covered, and so hardly counts.
        Source: Robertson & Zaragoza 2009 (BM25).
        """
        terms = list(dict.fromkeys(make_terms(text)))[:_LONGEST_MATCH]
        if view := self._map.read():
            return {term: _weigh(view.count(term), view.rows) for term in terms}
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
        opening = dict.fromkeys(stem[:TERM_LETTERS] for stem in stems)
        if view := self._map.read():
            found = sum(view.count_opening(stem) for stem in opening)
            return _weigh(min(found, view.rows), view.rows)
        for stem in opening:
            rows = self._archive.query(
                "SELECT sum(doc) FROM passages_vocab WHERE term >= ? AND term < ?",
                (stem, stem + AFTER_ALL),
            )
            found += int(rows[0][0] or 0)
        total = int(self._archive.query("SELECT count(*) FROM passages")[0][0])
        return _weigh(min(found, total), total)

    def names_any_article(self, name: str) -> bool:
        """Whether an article names what `name` does, in any spelling, script, case and language.

        "Merkel", "Меркелем", "Chekhov" as it is spelt in German, "США" as USA, Vereinigte Staaten or
        amerikanisch. Of several words one is enough, but for the first names of a person. Headlines
        and how texts begin are read where the passages have nothing.
        """
        pieces = _BETWEEN.sub(" ", drop_possessives(name))
        known = self._keep_up()
        runs = find_letter_runs(pieces)
        if german := list_german(runs):
            is_said = self._say_any(german) or known.read_heads().say_any(german)
            # One word that only begins like a place stands as it is spelt, too: "Rotmoor".
            if is_said or len(runs) > 1:
                return is_said
        parts = [part for part in spell_parts(pieces) if len(part) > 1]
        if len(parts) > 1 and is_first_name(parts[0]) and not is_family_first(pieces):
            parts = parts[-1:]
        # "Lawrows", of whom the archive may only have "Lawrow".
        cut = [p[:-1] for p in parts if p.endswith("s") and len(p) >= _SHORTEST_COMPOUND]
        told = [german for part in parts if (german := list_german([part]))]
        if any(map(self._say_any, told)) or any(map(self._spell, [*parts, *cut])):
            return True
        heads = known.read_heads() if parts else _Heads(())
        return any(map(heads.say_any, told)) or any(map(heads.spell, [*parts, *cut]))

    def _keep_up(self) -> _Known:
        """What is known of the archive as it is now."""
        with self._lock:
            if not self._known.keep_up():
                self._known = _Known(self._archive)
            return self._known

    def _say_any(self, german: Sequence[str]) -> bool:
        """Whether a passage has any of the German names, all the words of it."""
        names = [_split_name(name) for name in german]
        wordings = _list_wordings(german)
        return any(
            any(all(_begins(words, part) for part in name) for name in names if name)
            for text in (self._read_matches(wordings) if wordings else ())
            if (words := set(find_runs(fold(text))))
        )

    def _spell(self, word: str) -> bool:
        """Whether a passage has a spelling of the word."""
        return any(
            _hold_name(find_letter_runs(text), word, term)
            for term in list_beginnings(word, TERM_LETTERS, self._stands)
            for text in self._read_matches([[(term, False)]])
        )

    def _stands(self, beginning: str) -> bool:
        """Whether some word of a passage begins so."""
        view = self._map.read()
        return view.opens(beginning) if view else self._keep_up().stands(beginning)

    def _read_matches(self, wordings: Wordings) -> Iterator[str]:
        """The passages that hold any of the wordings: few, then more and more at a time."""
        last, limit = -1, _FIRST_READ
        table, values = self._archive.database.find_wordings(wordings)
        while True:
            rows = self._archive.query(
                'SELECT p.number, substr(a.text, p.start + 1, p."end" - p.start) '
                f"FROM {table} f JOIN passages p ON p.number = f.number "
                "JOIN articles a ON a.number = p.article "
                "WHERE f.number > ? ORDER BY f.number LIMIT ?",
                [*values, last, limit],
            )
            yield from (text for _, text in rows)
            if len(rows) < limit:
                return
            last, limit = rows[-1][0], min(limit * _READ_MORE, _SQL_BATCH)

    def search(self, terms: Mapping[str, float], limit: int, selection: Selection) -> list[str]:
        """The ids of the selected passages that hold some of the terms, best first by BM25."""
        telling = [t for t in terms if terms[t] >= _LEAST_TELLING]
        if not telling:
            return []
        if view := self._map.read():
            hits = view.search_terms(telling, limit, view.choose(self._archive, selection))
            return view.list_ids(self._archive, hits)
        where, values = selection.as_sql()
        table, matched, order = self._archive.database.rank_terms(telling)
        rows = self._archive.query(
            f"SELECT p.id FROM {table} f JOIN passages p ON p.number = f.number "
            f"JOIN articles a ON a.number = p.article WHERE {where} ORDER BY {order} LIMIT ?",
            [*matched, *values, limit],
        )
        return [row[0] for row in rows]

    def read_terms(self, ids: Sequence[str]) -> dict[str, set[str]]:
        """The terms of each passage."""
        rows = self._archive.query_each(
            "SELECT p.id, f.terms FROM passages p JOIN passages_fts f ON f.rowid = p.number "
            "WHERE p.id IN ({})",
            ids,
            "passage",
        )
        return {identity: set(terms.split()) for identity, terms in rows}


def _list_wordings(names: Iterable[str]) -> Wordings:
    """What any of the names is found by, all the words of each."""
    every = [make_terms(name) for name in names]
    # "EU" is no beginning of "Euro".
    return [[(t, len(t) >= _SHORTEST_OPENING) for t in terms] for terms in every if terms]


def _split_name(name: str) -> list[str]:
    return find_runs(fold(name))


def _begins(words: Iterable[str], part: str) -> bool:
    """Whether one of the words has the part of a name, in whatever case: "EU" is no "Euro"."""
    if len(part) < _SHORTEST_OPENING:
        return part in words
    stem = _cut_ending(part)
    return any(word.startswith(stem) for word in words)


def _cut_ending(part: str) -> str:
    return part[: max(TERM_LETTERS, len(part) - _LONGEST_ENDING)]


def _hold_name(words: Iterable[str], name: str, term: str) -> bool:
    """Whether one of the words, of the term, may be a spelling of the name."""
    words = {word for word in words if word[0].isupper()}
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
