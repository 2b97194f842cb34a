"""`wortlaut statements` and `timeline`: who said what, and when; `verify`: whether it still holds."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wortlaut.index.article import Article, Statement, hash_text
from wortlaut.index.errors import SourceError, WortlautError
from wortlaut.ui.render import clean_controls, collapse

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive
    from wortlaut.index.lang.language import Language
    from wortlaut.rag.answer import Citation
    from wortlaut.rag.config import Settings
    from wortlaut.rag.receipt import Receipt
    from wortlaut.rag.recheck import Finding
    from wortlaut.rag.verification.verdict import Verdict, Verifier

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
    from wortlaut.index.sources import SourceNotice, find_files, read_articles

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
    from wortlaut.index.splitter import split_sentences
    from wortlaut.index.statements import drop_mere_nouns, extract_statements

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


class LateVerifier:
    """A verifier that is opened when it is first asked: quotes are checked without a model."""

    def __init__(self, open_verifier: Callable[[], Verifier]) -> None:
        self._open = open_verifier
        self._opened: Verifier | None = None

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict of the verifier behind."""
        self._opened = self._opened or self._open()
        return self._opened.verify(claim, citations, language)


def check_files(settings: Settings, paths: Sequence[Path], *, as_json: bool) -> int:
    """Check every receipt against the settings' archive, print each result; return exit status.

    0 when all hold, 1 when one does not, 2 when one is no receipt of this archive.
    """
    from wortlaut.index.archive import Archive

    status = 0
    with closing(Archive(settings.data)) as archive:
        verifier = LateVerifier(partial(open_verifier_for, settings, archive))
        for path in paths:
            status = max(status, _check_file(path, archive, verifier, as_json))
    return status


def open_verifier_for(settings: Settings, archive: Archive) -> Verifier:
    """The offline verifier for the archive's articles, without its vector store."""
    from wortlaut.index.embedder import load_embedder
    from wortlaut.rag.assembly import open_verifier

    return open_verifier(archive, load_embedder(settings.embedder, settings.models_folder))


def _check_file(path: Path, archive: Archive, verifier: Verifier, as_json: bool) -> int:
    from wortlaut.rag.receipt import read_receipt
    from wortlaut.rag.recheck import Finding, check_receipt

    try:
        receipt = read_receipt(path)
        findings = check_receipt(receipt, archive, verifier)
    except Exception as error:
        if os.environ.get("WORTLAUT_DEBUG"):
            raise
        known = isinstance(error, WortlautError)
        line = str(error) if known else f"unforeseen: {type(error).__name__}: {str(error)[:300]}"
        if as_json:
            _print_json(path, [Finding(line)])
        else:
            line = line if str(path) in line else f"{path}: {line}"
            print(f"wortlaut: {_clean(line)}", file=sys.stderr)
        return error.exit_status if isinstance(error, WortlautError) else 1
    if as_json:
        _print_json(path, findings)
    else:
        _print_lines(path, receipt, findings)
    return int(_fails(findings))


def _fails(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "failure" for finding in findings)


def _print_json(path: Path, findings: Sequence[Finding]) -> None:
    rows = [
        dataclasses.asdict(finding) | {"reason": _clean(finding.reason)} for finding in findings
    ]
    row = {"path": _clean(str(path)), "ok": not _fails(findings), "findings": rows}
    print(json.dumps(row, ensure_ascii=False), flush=True)


def _print_lines(path: Path, receipt: Receipt, findings: Sequence[Finding]) -> None:
    for finding in findings:
        kind = "FAILS" if finding.severity == "failure" else "note"
        places = [
            f"turn {finding.turn}" if finding.turn else "",
            f"[{finding.marker}]" if finding.marker else "",
            f"claim {finding.claim}" if finding.claim else "",
        ]
        place = ", ".join(part for part in places if part)
        text = f"{place}: {finding.reason}" if place else finding.reason
        print(_clean(f"{path}: {kind}: {text}"))
    if not _fails(findings):
        quotes = sum(len(turn.citations) for turn in receipt.turns)
        claims = sum(len(turn.claims) for turn in receipt.turns)
        counts = f"turns {len(receipt.turns)}, quotes {quotes}, claims {claims}"
        print(_clean(f"{path}: holds ({counts})"), flush=True)


def _clean(text: str) -> str:
    """The text on one line, without what could steer the terminal or could not be printed."""
    return clean_controls(collapse(text)).encode("utf-8", "replace").decode("utf-8")
