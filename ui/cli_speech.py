"""`wortlaut statements` and `wortlaut timeline`: who said what, and when."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.article import Article, Statement, hash_text
from index.errors import SourceError
from ui.render import clean_controls

if TYPE_CHECKING:
    from rag.answer import Citation

_COLUMNS = (
    "published", "published_precision", "speaker", "voice", "via", "quote", "source", "title",
    "url", "path", "article_id", "text_sha256", "start", "end",
)  # fmt: skip


def print_statements(paths: Sequence[Path], *, as_json: bool) -> bool:
    """Print each article's statements; return whether every source could be read."""
    whole = True
    for read in _read_sources(paths):
        if isinstance(read, SourceError):
            print(f"skipped: {read}", file=sys.stderr)
            whole = False
            continue
        row = _describe(read)
        print(_dump(row) if as_json else _show(row), flush=True)
    return whole


def _read_sources(paths: Sequence[Path]) -> Iterator[Article | SourceError]:
    from index.sources import SourceNotice, find_files, read_articles

    if [str(path) for path in paths] == ["-"]:
        yield from _read_lines(sys.stdin)
        return
    for file in find_files(paths):
        if isinstance(file, SourceError):
            yield file
            continue
        for read in read_articles(file):
            if isinstance(read, SourceNotice):
                print(f"note: {read.path}: {read.text}", file=sys.stderr)
            else:
                yield read


def _read_lines(lines: Iterable[str]) -> Iterator[Article | SourceError]:
    """The articles of `{"text": …}` lines, each text exactly as it came."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
            text.encode()  # a lone surrogate could not be printed again
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            text = None
        if isinstance(text, str):
            yield Article(f"-:{number}", "", text, hash_text(text), path="-")
        else:
            yield SourceError(f"-:{number}", 'this line is no {"text": …}; mend it')


def _dump(row: dict[str, Any]) -> str:
    """The row as one line of JSON, whatever the reader takes for the end of a line."""
    line = json.dumps(row, ensure_ascii=False)
    for separator in "\x85\u2028\u2029":
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    return line


def _describe(article: Article) -> dict[str, Any]:
    from index.splitter import split_sentences
    from index.statements import drop_mere_nouns, extract_statements

    sentences = split_sentences(article.text)
    found = extract_statements(article.text, sentences, article_id=article.id)
    return {
        "path": article.path,
        "text": article.text,
        "statements": [
            _describe_statement(statement) for statement in drop_mere_nouns(found, article.text)
        ],
    }


def _describe_statement(statement: Statement) -> dict[str, Any]:
    mention = statement.speaker_span
    return {
        "start": statement.span.start,
        "end": statement.span.end,
        "speaker": statement.speaker,
        "speaker_start": mention.start if mention else None,
        "speaker_end": mention.end if mention else None,
        "cue": statement.cue,
        "voice": statement.voice,
        "via": statement.via,
    }


def _show(row: dict[str, Any]) -> str:
    lines = [row["path"]]
    for statement in row["statements"]:
        words = " ".join(row["text"][statement["start"] : statement["end"]].split())
        via = f", via {statement['via']}" if statement["via"] else ""
        lines.append(f"  {statement['speaker'] or '?'} ({statement['voice']}{via}): {words}")
    return clean_controls("\n".join(lines)) + "\n"


def print_timeline(citations: Sequence[Citation], *, as_json: bool, as_csv: bool) -> None:
    """Print one statement a row: JSON lines, CSV with a header, or lines to read."""
    rows = [citation.as_json() for citation in citations]
    if as_json:
        for row in rows:
            print(_dump({key: row[key] for key in _COLUMNS}))
        return
    if as_csv:
        writer = csv.DictWriter(sys.stdout, _COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        return
    for row in rows:
        via = f", via {row['via']}" if row["via"] else ""
        who = f"{row['speaker']} ({row['voice']}{via})"
        words = " ".join(row["quote"].split())
        place = " ".join(f"{row['source'] or row['title']} · {row['path']}".split())
        print(clean_controls(f"{row['published'] or 'undated':10}  {who}: {words}"))
        print(clean_controls(f"{'':10}  {place}"))
