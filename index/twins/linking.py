"""Links an article that is kept with the prints of its story that the archive holds already.

Called inside the transaction that keeps the article. MinHash bands find who may be kin, the texts
decide. An edge stands between two articles and goes with either, so no cluster outlives its prints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from wortlaut.index.article import Article
from wortlaut.index.database.tables import Database, write_upsert
from wortlaut.index.twins.comparison import Likeness, compare_reports
from wortlaut.index.twins.marks import (
    Mark,
    Reason,
    compare_days,
    compare_versions,
    names_one_story,
    read_mark,
)
from wortlaut.index.twins.report import (
    FEWEST_WORDS,
    Report,
    Signature,
    guess_held,
    list_bands,
    read_report,
    sign_report,
)

# So many of a story's prints are compared with a new one: the likeliest, and the first.
_MOST_COMPARED = 24
_MOST_OF_WORDING = 8
# A key of more articles than this is a template's or a publisher's own words.
_MOST_OF_KEY = 200
_LEAST_GUESS = 0.25
_CORRECTED_WITHIN_DAYS = 31
# What replaces more than this share of the words is another report from the same template.
_MOST_CORRECTED = 0.15


@dataclass(frozen=True, slots=True)
class _Print:
    number: int
    article: Article
    report: Report

    @property
    def mark(self) -> Mark | None:
        """What it is marked as; only kin is read for it."""
        return read_mark(self.article.title, self.article.text)


def link_article(db: Database, number: int, article: Article) -> None:
    """Note how the article, kept under `number`, stands to the others."""
    report = read_report(article.title, article.text)
    if len(report.words) < FEWEST_WORDS:
        return
    signature = sign_report(report)
    keys = list_bands(signature)
    same = _list_same_wording(db, report, number)
    others = _find_kin(db, keys, signature, len(report.words), article.guid)
    db.execute(
        write_upsert("prints", "article", "wording words signature guid"),
        (number, report.wording, len(report.words), signature.tobytes(), article.guid),
    )
    db.executemany(
        "INSERT INTO bands VALUES (?,?) ON CONFLICT DO NOTHING", [(key, number) for key in keys]
    )
    own = _Print(number, article, report)
    for other in _read_prints(db, dict.fromkeys([*same, *others])):
        _relate(db, own, other)


def unlink_article(db: Database, article_id: str) -> None:
    """Take the article's keys out, before itself; its edges go with it."""
    for number, signature in db.execute(
        "SELECT p.article, p.signature FROM prints p JOIN articles a ON a.number = p.article "
        "WHERE a.id = ?",
        (article_id,),
    ).fetchall():
        keys = list_bands(np.frombuffer(signature, "<u4"))
        db.executemany(
            "DELETE FROM bands WHERE key = ? AND article = ?", [(key, number) for key in keys]
        )


def _list_same_wording(db: Database, report: Report, number: int) -> list[int]:
    rows = db.execute(
        "SELECT article FROM prints WHERE wording = ? AND article <> ? ORDER BY article LIMIT ?",
        (report.wording, number, _MOST_OF_WORDING),
    )
    return [row[0] for row in rows]


def _find_kin(
    db: Database,
    keys: Sequence[int],
    signature: Signature,
    words: int,
    guid: str | None,
) -> list[int]:
    """The articles most likely to be prints of the same story, likeliest first."""
    met: Counter[int] = Counter()
    # All at once: a server is asked over a wire.
    each = (
        "SELECT article FROM (SELECT article FROM bands WHERE key = ? ORDER BY article LIMIT ?) k"
    )
    values = [value for key in keys for value in (key, _MOST_OF_KEY)]
    met.update(row[0] for row in db.execute(" UNION ALL ".join([each] * len(keys)), values))
    likeliest = [other for other, _ in met.most_common(4 * _MOST_COMPARED)]
    guesses = {}
    for start in range(0, len(likeliest), 500):
        some = likeliest[start : start + 500]
        marks = ",".join("?" * len(some))
        for other, count, packed in db.execute(
            f"SELECT article, words, signature FROM prints WHERE article IN ({marks})", some
        ):
            theirs = np.frombuffer(packed, "<u4")
            guesses[other] = guess_held(signature, theirs, (words, count))
    kin = sorted(
        (n for n, held in guesses.items() if held >= _LEAST_GUESS), key=lambda n: -guesses[n]
    )
    named: list[int] = []
    if guid is not None:
        rows = db.execute(
            "SELECT article FROM prints WHERE guid = ? ORDER BY article DESC LIMIT ?",
            (guid, _MOST_COMPARED),
        )
        named = [row[0] for row in rows]
    return [*named, *kin[:_MOST_COMPARED]]


def _read_prints(db: Database, numbers: dict[int, None]) -> Iterator[_Print]:
    for number in numbers:
        row = db.execute(
            "SELECT id, title, text, text_sha256, source, published, published_precision, guid, "
            "version FROM articles WHERE number = ?",
            (number,),
        ).fetchone()
        if row is None:
            continue
        identity, title, text, digest, source, day, precision, guid, version = row
        published = date.fromisoformat(day) if day else None
        article = Article(
            identity, title, text, digest, source, published=published,
            published_precision=precision, guid=guid, version=version,
        )  # fmt: skip
        yield _Print(number, article, read_report(title, text))


def _relate(db: Database, own: _Print, other: _Print) -> None:
    """Note the edge between two prints, if there is one."""
    likeness = compare_reports(own.report, other.report)
    if later := _order_by_guid(own, other, likeness):
        earlier = other if later is own else own
        corrects = later.mark is not None and later.mark.reason == "correction"
        _supersede(db, earlier, later, "correction" if corrects else "version", 0)
        return
    if likeness.is_version and own.report.words != other.report.words:
        turned = likeness.turn()
        for later, earlier, view in ((own, other, turned), (other, own, likeness)):
            if reason := _find_reason(earlier, later, view):
                _supersede(db, earlier, later, reason, view.differences)
                return
    if likeness.is_copy:
        pair = sorted((own.number, other.number))
        db.execute("INSERT INTO copies VALUES (?,?) ON CONFLICT DO NOTHING", pair)


def _order_by_guid(own: _Print, other: _Print, likeness: Likeness) -> _Print | None:
    """The later version of one id; None where the ids differ or nothing says which is later."""
    guid = own.article.guid
    if guid is None or guid != other.article.guid:
        return None
    if not likeness.is_version and not names_one_story(guid):
        return None
    order = compare_versions(own.article, other.article)
    return {1: own, -1: other, 0: None}[order]


def _find_reason(earlier: _Print, later: _Print, likeness: Likeness) -> Reason | None:
    """Why `later` stands in place of `earlier`, by its mark; `likeness` is earlier's to it.

    What says the same in other words' company, or in fewer of them, is but another print of it.
    """
    mark, before = later.mark, earlier.mark
    if mark is None or not likeness.is_version or compare_days(earlier.article, later.article) > 0:
        return None
    if before is not None and before.reason == "correction" and mark.reason == "version":
        return None
    if before is not None and before.reason == mark.reason:
        follows = mark.rank > before.rank or compare_days(later.article, earlier.article) > 0
        if mark.rank < before.rank or not follows:
            return None
    apart = _count_days(earlier.article, later.article)
    if apart is not None and apart > _CORRECTED_WITHIN_DAYS:
        return None
    is_after = compare_days(later.article, earlier.article) > 0
    if mark.reason == "version":
        grown = len(later.report.words) > len(earlier.report.words)
        return "version" if likeness.differences or grown else None
    if likeness.differences > max(4, _MOST_CORRECTED * len(earlier.report.words)):
        return None
    changed = likeness.differences or (likeness.dropped and (before is None and is_after))
    return "correction" if changed else None


def _count_days(a: Article, b: Article) -> int | None:
    return abs((a.published - b.published).days) if a.published and b.published else None


def _supersede(
    db: Database, earlier: _Print, later: _Print, reason: Reason, differences: int
) -> None:
    """Note it; a correction stands in place of those that it differs least from, and no others.

    What differs in more than the error is another report: yesterday's, from the same template.
    """
    if reason == "correction" and differences:
        least = db.execute(
            "SELECT min(differences) FROM superseded WHERE by = ? AND reason = 'correction' "
            "AND differences > 0",
            (later.number,),
        ).fetchone()[0]
        if least is not None and differences > least:
            return
        db.execute(
            "DELETE FROM superseded WHERE by = ? AND reason = 'correction' AND differences > ?",
            (later.number, differences),
        )
    db.execute(
        write_upsert("superseded", "article by", "reason differences"),
        (earlier.number, later.number, reason, differences),
    )
