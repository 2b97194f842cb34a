"""Tables: files of rows, one article a row (`.csv`, `.tsv`, `.parquet`)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import (
    decode_noting,
    find_old_encoding,
    find_wide_encoding,
    mend_stray,
    say_wide,
)
from wortlaut.index.formats.fields import RecordReader, is_known_field
from wortlaut.index.formats.raw import MAX_ARTICLE_BYTES, SourceFile, SourceItem, SourceNotice

_SAMPLE = 400_000
_SAMPLE_ROWS = 30
_DELIMITERS = (",", ";", "\t", "|")
_BATCH_ROWS = 64


def read_csv(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of a table of text; delimiter, quoting and encoding are found out."""
    head = file.read_head(_SAMPLE)
    encoding, notice = _find_encoding(head)
    sample = head.decode(encoding, "replace").removeprefix("\ufeff")
    if not sample.strip():
        yield SourceError(file.place, "holds no text; fill or remove it")
        return
    if notice:
        yield SourceNotice(file.place, notice)
    # The module's own limit is shorter than many articles.
    csv.field_size_limit(MAX_ARTICLE_BYTES)
    form = _find_form(sample, file)
    errors = "surrogateescape" if encoding == "utf-8-sig" else "replace"
    with file.open() as opened:
        stream = io.TextIOWrapper(opened, encoding, errors, newline="")
        rows = csv.reader(_skip_mark(stream), strict=True, **form)
        yield from _say_empty(_read_rows(rows, file), file)


def _say_empty(items: Iterator[SourceItem], file: SourceFile) -> Iterator[SourceItem]:
    """The items; where there is neither an article nor a word why not, that the table is empty."""
    is_empty = True
    for item in items:
        is_empty = is_empty and isinstance(item, SourceNotice)
        yield item
    if is_empty:
        yield SourceError(file.place, "a table without rows; fill or remove it")


def _read_rows(rows: Any, file: SourceFile) -> Iterator[SourceItem]:
    reader = RecordReader(file)
    header: list[str] | None = None
    while True:
        place = f"{file.place}:{rows.line_num + 1}"
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield SourceError(place, f"this row is no CSV ({error}); mend its quotation marks")
            continue
        if row is None:
            break
        if not any(map(str.strip, row)):
            continue
        if header is None:
            header = [name.strip() for name in row]
            yield from _check_header(header, file)
        elif len(row) > len(header):
            yield SourceError(
                place,
                f"{len(row)} cells for {len(header)} columns; quote the cells that hold a comma",
            )
        else:
            cells: dict[str, str] = {}
            for name, cell in zip(header, row, strict=False):
                cells.setdefault(name, mend_stray(cell))
            yield from reader.read(cells, place)
    yield from reader.finish()


def _check_header(header: list[str], file: SourceFile) -> Iterator[SourceNotice]:
    twice = sorted(name for name, count in Counter(header).items() if name and count > 1)
    if twice:
        names = ", ".join(map(repr, twice))
        yield SourceNotice(file.place, f"columns that stand twice: {names}; the first one counts")


def _find_encoding(head: bytes) -> tuple[str, str | None]:
    if wide := find_wide_encoding(head):
        return wide, say_wide(wide)
    # The sample may end within a letter.
    whole = head if len(head) < _SAMPLE else head[: head.rfind(b"\n") + 1]
    _, notice = decode_noting(whole)
    if notice is None or not notice.startswith("not UTF-8"):
        return "utf-8-sig", notice
    return find_old_encoding(whole)[0], notice


def _skip_mark(lines: Iterator[str]) -> Iterator[str]:
    """The lines without a byte order mark, and without the `sep=;` that Excel reads."""
    for number, line in enumerate(lines):
        line = line.removeprefix("\ufeff") if number == 0 else line
        if number or not line.lower().startswith("sep="):
            yield line


def _find_form(sample: str, file: SourceFile) -> dict[str, Any]:
    """How the table is written, as csv.reader takes it: what makes known columns of its head."""
    lines = sample.splitlines(keepends=True)
    first = lines[0].lower().strip()
    if first.startswith("sep=") and len(first) == 5:
        return {"delimiter": lines[0][4]} | _find_quoting(lines[1:], lines[0][4])
    best: tuple[tuple[int, float], str] = ((-1, 0.0), ",")
    for delimiter in _DELIMITERS:
        rows = _read_sample(lines, delimiter, {})
        known = {name.strip() for name in rows[0] if is_known_field(name, file.fields)}
        same = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        # A text in one column is a table too; of others that fit, the one that cuts most evenly.
        fit = (len(known), same if len(rows[0]) > 1 else 0.0)
        best = max(best, (fit, delimiter), key=lambda found: found[0])
    if best[0][1] == 0:  # One column, whose texts hold commas.
        return {"delimiter": "\x1f"}
    return {"delimiter": best[1]} | _find_quoting(lines, best[1])


def _find_quoting(lines: list[str], delimiter: str) -> dict[str, Any]:
    """Whether quotation marks are doubled within a cell, escaped, or but signs of the text."""
    text = "".join(lines)
    if '\\"' in text and '""' not in text.replace(f'{delimiter}""', ""):
        return {"doublequote": False, "escapechar": "\\"}
    plain = {"quoting": csv.QUOTE_NONE}
    quoted = _read_sample(lines, delimiter, {}, strict=True)
    bare = _read_sample(lines, delimiter, plain)
    even = all(len(row) == len(bare[0]) for row in bare) and len(bare[0]) > 1
    return plain if even and not quoted else {}


def _read_sample(
    lines: list[str], delimiter: str, quoting: dict[str, Any], strict: bool = False
) -> list[list[str]]:
    """The first rows; none where they are not well quoted and `strict` asks for that."""
    reader = csv.reader(iter(lines), delimiter=delimiter, strict=strict, **quoting)
    rows = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) > _SAMPLE_ROWS:
                break
    except csv.Error as error:
        # The end of the sample is not the end of the file.
        if strict and "unexpected end" not in str(error):
            return []
    return rows or [[]]


def read_parquet(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of a Parquet file, row by row; only the columns that a record may need."""
    if find_spec("pyarrow") is None:
        raise SourceError(
            file.place, 'Parquet takes one more package; pip install "wortlaut[parquet]"'
        )
    yield from _say_empty(_read_batches(file), file)


def _read_batches(file: SourceFile) -> Iterator[SourceItem]:
    import pyarrow as pa
    from pyarrow import parquet

    reader = RecordReader(file)
    try:
        with file.open() as opened, parquet.ParquetFile(opened) as table:
            names = table.schema_arrow.names
            known = [name for name in names if is_known_field(name, file.fields)]
            if not known:
                yield from reader.read(dict.fromkeys(names), file.place)
            number = 0
            for batch in table.iter_batches(_BATCH_ROWS, columns=known) if known else ():
                for row in _list_rows(batch, pa):
                    number += 1
                    yield from reader.read(row, f"{file.place}:{number}")
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError) as error:
        if isinstance(error, OSError) and error.strerror:  # Of the file, not of what it holds.
            raise
        line = " ".join(str(error).split())[:120]
        yield SourceError(file.place, f"no Parquet that can be read ({line}); write it anew")
        return
    yield from reader.finish()


def _list_rows(batch: Any, pa: Any) -> Sequence[dict[str, Any]]:
    """The rows of a batch as plain values."""
    columns = []
    for column in batch.columns:
        if pa.types.is_timestamp(column.type):
            # Python's times are no finer; the zone is kept, for the day is the one of the place.
            column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        columns.append(column)
    rows = pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()
    return [{name: _decode_cell(cell) for name, cell in row.items()} for row in rows]


def _decode_cell(cell: object) -> object:
    """The cell; as text where the writer has stored the bytes of one."""
    return decode_noting(cell)[0] if isinstance(cell, bytes) else cell
