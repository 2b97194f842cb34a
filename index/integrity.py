"""Whether the archive still holds what was stored: seals, and a check of all of it.

An article's text has its hash, its record (title, date, source, place) a seal, what was derived
from it another, and each passage one over its spans and one over its vectors. They tell damage; who
wants to forge an archive can make them anew. An archive of an older version is sealed by its writer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from wortlaut.index.article import hash_text
from wortlaut.index.errors import ArchiveDamaged

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive
    from wortlaut.index.database.tables import Database

# An article's record as every reader asks for it; the text has a hash of its own.
RECORD = (
    "id, title, text, text_sha256, source, url, language, published, published_precision, path, "
    "guid, version"
)
STATEMENT = 'start, "end", speaker, speaker_start, speaker_end, cue, voice, via, is_person'
PASSAGE = 'p.id, ordinal, start, "end", sentences, vector, sentence_vectors'
# Whether no article is without its seals: one that is without is then damaged.
SEALED = "sealed"
_TEXT, _TEXT_HASH, _SEAL = 2, 3, 12
# So many hex digits tell spans and vectors from damaged ones.
_DIGITS = 16
_AT_ONCE = 200
_MOST_NAMED = 20

_Row = Sequence[Any]


def make_seal(values: object) -> str:
    """The hex digest of texts, numbers and lists of them, the same on every machine."""
    # Letters of a damaged text may be none; they are written as escapes.
    written = json.dumps(values, default=_write_bytes, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()[: 2 * _DIGITS]


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _write_bytes(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def seal_record(row: _Row) -> str:
    """The seal of a record in the order of `RECORD`, its text left out."""
    return make_seal([*row[:_TEXT], *row[_TEXT_HASH:_SEAL]])


def seal_passage(row: _Row) -> str:
    """The seal of a row of `PASSAGE` and its terms: of its spans, and of what it is found by."""
    found_by = hashlib.sha256(b"\0".join(map(_as_bytes, row[5:]))).hexdigest()
    return make_seal(list(row[:5]))[:_DIGITS] + found_by[:_DIGITS]


def seal_parts(
    statements: Iterable[_Row], offices: Iterable[_Row], passages: Iterable[str | None]
) -> str:
    """The seal of what was derived from an article: its statements first, then all the rest.

    Of statements with one span the first is kept, as by the table; `passages` are their seals.
    """
    kept: dict[tuple[Any, ...], _Row] = {}
    for row in statements:
        kept.setdefault(tuple(row[:2]), row)
    held = sorted(set(map(tuple, offices)), key=lambda row: list(map(str, row)))
    rest = make_seal([held, sorted(map(str, passages))])
    return seal_statements(kept.values()) + rest[:_DIGITS]


def seal_statements(rows: Iterable[_Row]) -> str:
    """The seal of an article's statements, as their table has them without the article's number."""
    return make_seal(sorted(map(list, rows), key=lambda row: (str(row[0]), str(row[1]))))[:_DIGITS]


def find_record_fault(row: _Row, is_sealed: bool) -> str | None:
    """What is wrong with an article's record; `row` has `RECORD`, then its seal.

    `is_sealed` says that a record without a seal has lost it.
    """
    text = row[_TEXT]
    if not isinstance(text, str) or hash_text(text) != row[_TEXT_HASH]:
        return "its text is not what was stored"
    if not is_record_kept(row, is_sealed):
        return "its title, date, source or place changed"
    return None


def is_record_kept(row: _Row, is_sealed: bool) -> bool:
    """Whether a record is what was stored, whatever stands in the place of its text."""
    return seal_record(row) == row[_SEAL] or (row[_SEAL] is None and not is_sealed)


def find_statement_fault(rows: Sequence[_Row], parts: str | None, is_sealed: bool) -> str | None:
    """What is wrong with an article's statements, `parts` being the seal of what was derived."""
    if parts is None and not is_sealed:
        return None
    if parts is None or seal_statements(rows) != str(parts)[:_DIGITS]:
        return "who says what in it changed"
    return None


def find_spans_fault(row: _Row, seal: str | None, is_sealed: bool) -> str | None:
    """What is wrong with the spans of a passage: (id, ordinal, start, end, sentences)."""
    if seal is None and not is_sealed:
        return None
    if seal is None or make_seal(list(row))[:_DIGITS] != str(seal)[:_DIGITS]:
        return "its sentences begin and end elsewhere"
    return None


def list_damage_of(archive: Archive, article_id: str) -> list[str]:
    """All that is wrong with the article and what was derived from it; `[]` where nothing is."""
    try:
        rows = archive.query(f"SELECT {RECORD}, seal FROM articles WHERE id = ?", (article_id,))
        if not rows:
            return []
        fault = find_record_fault(rows[0], archive.is_sealed)
        return [*([fault] if fault else []), *_list_part_faults(archive, rows[0])]
    except ArchiveDamaged:
        return ["the pages that it stands on cannot be read"]


def _list_part_faults(archive: Archive, record: _Row) -> Iterator[str]:
    article_id, sealed, size = record[0], archive.is_sealed, len(str(record[_TEXT]))
    parts, statements, offices, passages = _read_parts(archive, article_id)
    if fault := find_statement_fault(statements, parts, sealed):
        yield fault
    seals = []
    for *row, seal in passages:
        seals.append(seal)
        if fault := find_spans_fault(row[:5], seal, sealed):
            yield fault
        elif seal is not None and seal_passage(row)[_DIGITS:] != str(seal)[_DIGITS:]:
            yield "vectors or words of a passage changed"
    if parts is not None and seal_parts((), offices, seals)[_DIGITS:] != str(parts)[_DIGITS:]:
        yield "passages or offices changed or gone"
    if not all(_is_inside(row, size) for row in passages):
        yield "a passage or a sentence of it points outside its text"
    if not all(_is_within(row[0], row[1], size) for row in statements):
        yield "a statement of it points outside its text"
    if not all(row[3] is None or _is_within(row[3], row[4], size) for row in statements):
        yield "the name of a speaker points outside its text"


def _read_parts(
    archive: Archive, article_id: str
) -> tuple[str | None, list[_Row], list[_Row], list[_Row]]:
    """The seal of the article's parts, its statements, its offices, its passages with their seals."""
    number, parts = archive.query(
        "SELECT number, parts_seal FROM articles WHERE id = ?", (article_id,)
    )[0]
    return (
        parts,
        list(archive.query(f"SELECT {STATEMENT} FROM statements WHERE article = ?", (number,))),
        list(archive.query("SELECT speaker, office FROM offices WHERE article = ?", (number,))),
        list(
            archive.query(
                f"SELECT {PASSAGE}, f.terms, seal FROM passages p "
                f"LEFT JOIN {archive.database.stored_terms} f ON f.number = p.number "
                "WHERE article = ?",
                (number,),
            )
        ),
    )


def _is_within(start: object, end: object, size: int) -> bool:
    return isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= size


def _is_inside(passage: _Row, size: int) -> bool:
    start, end, packed = passage[2:5]
    if not _is_within(start, end, size) or not isinstance(packed, bytes) or len(packed) % 8:
        return False
    spans = np.frombuffer(packed, "<u4").astype(np.int64).reshape(-1, 2)
    ordered = spans[:, 0] <= spans[:, 1]
    return bool(np.all(ordered & (spans[:, 0] >= start) & (spans[:, 1] <= end)))


def seal_unsealed(archive: Archive) -> int:
    """How many articles of an older version were sealed as they stand; the caller is the writer."""
    if archive.is_sealed:
        return 0
    sealed = 0
    while rows := archive.query(
        f"SELECT number, {RECORD} FROM articles WHERE seal IS NULL OR parts_seal IS NULL LIMIT ?",
        (_AT_ONCE,),
    ):
        with archive.transaction() as db:
            for number, *record in rows:
                _seal_stored(db, archive, number, record)
        sealed += len(rows)
    archive.write_meta(SEALED, "1")
    archive.is_sealed = True
    return sealed


def _seal_stored(db: Database, archive: Archive, number: int, record: _Row) -> None:
    _, statements, offices, passages = _read_parts(archive, record[0])
    seals = {row[0]: seal_passage(row[:-1]) for row in passages}
    db.executemany(
        "UPDATE passages SET seal = ? WHERE id = ?", [(seal, key) for key, seal in seals.items()]
    )
    db.execute(
        "UPDATE articles SET seal = ?, parts_seal = ? WHERE number = ?",
        (seal_record(record), seal_parts(statements, offices, seals.values()), number),
    )


def require_sound(archive: Archive) -> None:
    """Return if the archive's database is in order at a quick look; else raise ArchiveDamaged.

    Before anything else is blamed for what may be the archive's fault.
    """
    with archive.hold() as db:
        fault = db.find_fault()
    if fault is not None:
        raise archive.blame(fault)


def find_file_faults(archive: Archive) -> list[str]:
    """What the database finds wrong with itself and its references; `[]` if nothing."""
    try:
        with archive.hold() as db:
            return db.list_faults(_MOST_NAMED)
    except ArchiveDamaged as error:
        return [str(error)]


def mend_full_text(archive: Archive) -> bool:
    """Whether the full text had to be made anew from the passages' words, which are sealed."""
    with archive.transaction() as db:
        return db.mend_texts()


def find_damaged(archive: Archive) -> dict[str, list[str]]:
    """By id what is wrong with each damaged article; every article is read whole."""
    try:
        ids = [row[0] for row in archive.query("SELECT id FROM articles ORDER BY number")]
    except ArchiveDamaged:
        return {}
    found = ((identity, list_damage_of(archive, identity)) for identity in ids)
    return {identity: faults for identity, faults in found if faults}


def mark_damaged(archive: Archive, damaged: Mapping[str, Collection[str]]) -> None:
    """Have the next run read the damaged articles' sources again, and make anew what it can.

    Where a record is damaged nobody knows its source: then every file is read.
    """
    where, paths = "path = ?", list[tuple[str, ...]]()
    for identity in damaged:
        sql = f"SELECT {RECORD}, seal FROM articles WHERE id = ?"
        rows = archive.query(sql, (identity,))
        if not rows or not is_record_kept(rows[0], archive.is_sealed):
            where, paths = "1 = 1", [()]
            break
        paths.append((rows[0][9],))
    with archive.transaction() as db:
        marks = [(identity,) for identity in damaged]
        db.executemany("UPDATE articles SET made_by = '' WHERE id = ?", marks)
        # How its fields are read stays known.
        db.executemany(f"UPDATE files SET size = -1, sha256 = '' WHERE {where}", paths)


def find_future(archive: Archive) -> str | None:
    """A line on articles that are dated later than tomorrow: then some clock is wrong."""
    today = datetime.now(UTC).date()
    count, latest = archive.query(
        "SELECT count(*), max(published) FROM articles WHERE published > ?",
        ((today + timedelta(days=1)).isoformat(),),
    )[0]
    if not count:
        return None
    return f"{count} dated after today ({today}), the last {latest}: is a clock wrong?"


def describe_damaged(damaged: Mapping[str, Sequence[str]]) -> list[str]:
    """A line for each damaged article, and one for those that are too many to name."""
    lines = [f"article {i}: {'; '.join(dict.fromkeys(faults))}" for i, faults in damaged.items()]
    more = len(lines) - _MOST_NAMED
    if lines:
        lines[_MOST_NAMED:] = [f"and {more} articles more"] if more > 0 else []
        lines.append("left out of answers until they are put back: wortlaut index their sources")
    return lines
