"""What an archive offers to ask about: its persons, their statements, and where they come from."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from index.archive import Archive, Vectors
from index.article import Article, Span, make_article_id
from index.lang.names import fold_parts
from index.lang.roles import names_institution, role_gender
from index.people import People
from rag.evidence import find_statement

_SHORTEST, _LONGEST = 25, 420
# What the same person says twice: cosine of the sentences, or the share of words in common.
_SAME_COSINE = 0.93
_SAME_WORDS = 85


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A sentence of an article, or the person's part of it, as an answer would quote it.

    `words` are what is said, without "said the minister in Tarvo".
    """

    article: Article
    span: Span
    speaker: str | None
    words: str
    is_direct: bool
    vector: Vectors

    @property
    def quote(self) -> str:
        """The article's exact words."""
        return self.span.of(self.article.text)

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from every other sentence."""
        return self.article.id, self.span.start

    def says_same(self, other: Said) -> bool:
        """Whether the two say the same, as near-duplicate articles do."""
        return (
            float(self.vector @ other.vector) >= _SAME_COSINE
            or fuzz.token_sort_ratio(self.quote, other.quote) >= _SAME_WORDS
        )


class Material:
    """Reads an archive for questions; every list is in an order that stays the same."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.people = People(archive.list_speakers())
        self._articles: dict[str, list[tuple[Article, Span, Vectors]]] = {}
        self._texts: dict[str, list[str]] = {}
        self._records: dict[str, dict[str, str]] = {}

    def list_persons(self) -> list[str]:
        """The persons with first name and surname, most quoted first; no institutions."""
        rows = self.archive.query(
            "SELECT speaker FROM statements WHERE speaker IS NOT NULL AND is_person = 1 "
            "GROUP BY speaker ORDER BY count(*) DESC, speaker"
        )
        found = [self.people.find_person(str(row[0])) for row in rows]
        persons = dict.fromkeys(person for person in found if person)
        return [person for person in persons if self._is_full_name(person)]

    def _is_full_name(self, name: str) -> bool:
        words = name.split()
        if len(fold_parts(name)) < 2 or names_institution(name):
            return False
        if role_gender(words[0].casefold()) is not None or words[-1].isupper():
            return False
        # "Projektleiter Rolo Fentmark": no first name is as long as that.
        if len(words) > 2 and len(words[0]) > 11:
            return False
        # "Besondere Probleme": the first word of a name is no adjective that stands elsewhere.
        return not self.archive.query(
            "SELECT 1 FROM articles WHERE instr(text, ?) LIMIT 1", (f" {words[0].casefold()} ",)
        )

    def list_said(self, person: str) -> list[Said]:
        """All that the person says in the archive, by article and place."""
        spellings = self.people.list_spellings(person)
        marks = ",".join("?" * len(spellings))
        rows = self.archive.query(
            "SELECT DISTINCT a.id FROM statements s JOIN articles a ON a.number = s.article "
            f"WHERE s.speaker IN ({marks}) ORDER BY a.path, a.id",
            spellings,
        )
        said = []
        for (article_id,) in rows:
            statements = self.archive.read_statements(str(article_id))
            for article, span, vector in self.read_sentences(str(article_id)):
                part, statement = find_statement(span, statements, frozenset(spellings))
                if statement is not None and _is_quotable(part.of(article.text)):
                    start, end = (
                        max(part.start, statement.span.start),
                        min(part.end, statement.span.end),
                    )
                    words = article.text[start:end]
                    is_direct = statement.voice == "direct"
                    said.append(Said(article, part, person, words, is_direct, vector))
        return said

    def read_sentences(self, article_id: str) -> list[tuple[Article, Span, Vectors]]:
        """The article's sentences as its passages have them, with their vectors."""
        if article_id not in self._articles:
            rows = self.archive.query(
                "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article "
                "WHERE a.id = ? ORDER BY p.ordinal",
                (article_id,),
            )
            read = self.archive.read_passages([str(row[0]) for row in rows])
            self._articles[article_id] = [
                (article, span, embedded.sentence_vectors[number])
                for article, embedded in read
                for number, span in enumerate(embedded.passage.sentences)
            ]
        return self._articles[article_id]

    def list_sentences(self, article_id: str) -> list[Said]:
        """The article's sentences, whoever says them."""
        return [
            Said(article, span, None, span.of(article.text), False, vector)
            for article, span, vector in self.read_sentences(article_id)
        ]

    def list_introducing(self, person: str, office: str) -> list[str]:
        """The ids of the articles that give the person this office, in these words."""
        spellings = self.people.list_spellings(person)
        marks = ",".join("?" * len(spellings))
        rows = self.archive.query(
            "SELECT DISTINCT a.id FROM offices o JOIN articles a ON a.number = o.article "
            f"WHERE o.office = ? AND o.speaker IN ({marks}) ORDER BY a.path, a.id",
            [office, *spellings],
        )
        return [str(row[0]) for row in rows]

    def list_texts_with(self, person: str) -> list[str]:
        """The texts of the articles that name the person, by surname; kept once read."""
        if person not in self._texts:
            surname = person.split()[-1]
            rows = self.archive.query("SELECT text FROM articles WHERE instr(text, ?)", (surname,))
            self._texts[person] = [str(row[0]) for row in rows]
        return self._texts[person]

    def locate(self, article: Article, folder: Path) -> dict[str, str | None] | None:
        """The path from the folder, and the record in the file, that a suite names it by.

        `None` where there are none that lead back to it: its source file is gone, or is no file.
        """
        if not article.path:
            return None
        relative = os.path.relpath(article.path, folder)
        path = str((folder / relative).resolve())
        for record in self._guess_records(article):
            if make_article_id(path, record) == article.id:
                return {"path": relative, "record": record or None}
        return None

    def _guess_records(self, article: Article) -> Iterator[str]:
        """What the record may be called: only its hash is kept, in the article's id."""
        yield from ("", article.url or "", article.text_sha256)
        path = article.path
        if path not in self._records:
            named = _read_records(Path(path))
            self._records[path] = {make_article_id(path, record): record for record in named}
        yield self._records[path].get(article.id, "")


def _read_records(path: Path) -> list[str]:
    if path.suffix.lower() != ".jsonl":
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError:
        return []
    return [record for line in lines if (record := _read_id(line))]


def _read_id(line: str) -> str | None:
    try:
        found = json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None
    return None if found is None else str(found).strip()


def _is_quotable(quote: str) -> bool:
    return _SHORTEST <= len(quote) <= _LONGEST and re.search(r"\n\s*\n", quote) is None


def find_same(said: Sequence[Said], others: Sequence[Said]) -> list[Said]:
    """`said`, and those of `others` that say the same as one of them."""
    known = {item.place for item in said}
    same = [o for o in others if o.place not in known and any(o.says_same(s) for s in said)]
    return [*said, *same]


def max_cosine(vector: Vectors, said: Sequence[Said]) -> float:
    """How near any of the sentences comes to the vector; -1 without any."""
    return max((float(np.dot(vector, item.vector)) for item in said), default=-1.0)
