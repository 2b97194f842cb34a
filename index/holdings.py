"""What the archive holds: its articles one by one, each with how much of it can be found and quoted.

The ids and the order are read first, the articles then some hundred at a time: a listing of a
large archive begins at once, needs little memory and holds up no writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.article import Article
from wortlaut.index.lang.words import detect_language
from wortlaut.index.twins.origins import read_origins

_BATCH = 500
# So much of an article tells its language; more costs as much as all the rest of a listing.
_OPENING = 400
_MOST_WORDS = 8
_LIKE_SIGN, _ESCAPED = re.compile("[!%_]"), r"!\g<0>"
_THREE_LETTERS = {"deu": "de", "ger": "de", "eng": "en", "rus": "ru"}


@dataclass(frozen=True, slots=True)
class Copies:
    """The other articles that print the same story, and the one that has replaced it, by id."""

    also_in: tuple[str, ...] = ()
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """An article as the archive holds it.

    `language` is a code of two letters: what its source says, else what its opening tells.
    """

    article: Article
    passages: int
    statements: int
    language: str | None
    copies: Copies = Copies()


def list_holdings(
    archive: Archive,
    selection: Selection = Selection(),
    *,
    language: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[Holding]:
    """The selected articles, latest first and undated last; with `language` those in it alone.

    The first `offset` are passed over.
    """
    where, values = selection.as_sql()
    rows = archive.query(
        f"SELECT a.id FROM articles a WHERE {where} ORDER BY a.published DESC NULLS LAST, a.number",
        values,
    )
    ids = [row[0] for row in rows]
    if language is None:
        # What is passed over need not be read.
        ids, offset = ids[offset:], 0
    batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
    every = (holding for some in batches for holding in _read_holdings(archive, some))
    fitting = (h for h in every if language is None or h.language == shorten_language(language))
    return islice(fitting, offset, None if limit is None else offset + limit)


def _read_holdings(archive: Archive, ids: Sequence[str]) -> Iterator[Holding]:
    """The articles of these ids in their order; one that has left the archive is left out."""
    articles = archive.read_articles(ids)
    counts = _count_parts(archive, ids)
    copies = read_copies(archive, ids)
    for article in articles:
        passages, statements = counts.get(article.id, (0, 0))
        told = copies.get(article.id, Copies())
        yield Holding(article, passages, statements, tell_language(article), told)


def _count_parts(archive: Archive, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many passages and statements each article has."""
    rows = archive.query(
        "SELECT a.id, (SELECT count(*) FROM passages p WHERE p.article = a.number), "
        "(SELECT count(*) FROM statements s WHERE s.article = a.number) "
        f"FROM articles a WHERE a.id IN ({','.join('?' * len(ids))})",
        ids,
    )
    return {identity: (passages, statements) for identity, passages, statements in rows}


def read_copies(archive: Archive, ids: Sequence[str]) -> Mapping[str, Copies]:
    """What is known of other prints of these articles; articles without any are left out."""
    return {
        identity: Copies(
            origin.also_in, origin.superseded_by.article_id if origin.superseded_by else None
        )
        for identity, origin in read_origins(archive, ids).items()
    }


def read_holding(archive: Archive, article_id: str) -> Holding | None:
    """The one article of this id as the archive holds it."""
    return next(_read_holdings(archive, [article_id]), None)


def find_ids(archive: Archive, beginning: str, limit: int = 10) -> list[str]:
    """The ids that begin so, an id that is just this alone; at most `limit`, sorted."""
    rows = archive.query(
        "SELECT id FROM articles WHERE substr(id, 1, ?) = ? ORDER BY id LIMIT ?",
        (len(beginning), beginning, limit),
    )
    ids = [row[0] for row in rows]
    return [beginning] if beginning in ids else ids


def tell_language(article: Article) -> str | None:
    """The article's language as a code of two letters; `None` where nothing decides."""
    return _tell(article.language, article.text[:_OPENING])


def list_languages(archive: Archive) -> dict[int, str | None]:
    """Every article's language by its number, told as `tell_language` does."""
    rows = archive.query(
        "SELECT number, language, substr(text, 1, ?) FROM articles ORDER BY number", (_OPENING,)
    )
    return {number: _tell(language, opening) for number, language, opening in rows}


def _tell(language: str | None, opening: str) -> str | None:
    if language and (code := shorten_language(language)):
        return code
    found = detect_language(opening, "en")
    if found == "en" and detect_language(opening, "de") != "en":
        return None
    return found


def shorten_language(language: str) -> str:
    """The code of two letters: `de` of `de-AT`, `DE_at` and `deu`."""
    code = language.strip().casefold().replace("_", "-").partition("-")[0]
    return _THREE_LETTERS.get(code, code)


@dataclass(frozen=True, slots=True)
class HoldingsPage:
    """A page of the archive's articles, latest first: `total` fit, those from `first` on are shown."""

    total: int
    first: int
    articles: tuple[Article, ...]


def list_page(
    archive: Archive, selection: Selection, words: str, first: int, limit: int
) -> HoldingsPage:
    """The selected articles whose titles hold all of the words, `limit` from the `first` on."""
    where, values = selection.as_sql()
    for word in words.split()[:_MOST_WORDS]:
        # Databases fold the 26 letters alone, or none.
        forms = dict.fromkeys((word, word.lower(), word.capitalize(), word.upper()))
        likes = " OR ".join(["a.title LIKE ? ESCAPE '!'"] * len(forms))
        where += f" AND ({likes})"
        values += [f"%{_LIKE_SIGN.sub(_ESCAPED, form)}%" for form in forms]
    total = int(archive.query(f"SELECT count(*) FROM articles a WHERE {where}", values)[0][0])
    first = max(0, min(first, (total - 1) // limit * limit))
    rows = archive.query(
        f"SELECT a.id FROM articles a WHERE {where} "
        "ORDER BY a.published DESC NULLS LAST, a.number LIMIT ? OFFSET ?",
        (*values, limit, first),
    )
    return HoldingsPage(total, first, tuple(archive.read_articles([row[0] for row in rows])))


def count_sources(archive: Archive, limit: int) -> list[tuple[str, int]]:
    """The sources with the most articles, and how many each has."""
    rows = archive.query(
        "SELECT min(source), count(*) FROM articles WHERE source IS NOT NULL "
        "GROUP BY lower(source) ORDER BY 2 DESC, 1 LIMIT ?",
        (limit,),
    )
    return [(str(source), int(count)) for source, count in rows]
