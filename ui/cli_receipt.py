"""`wortlaut ask --receipt` and `wortlaut verify`: answers that can be checked again later."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.archive import Archive
from index.errors import WortlautError
from ui.render import clean_controls, collapse

if TYPE_CHECKING:
    from index.lang.language import Language
    from rag.answer import Citation
    from rag.config import Settings
    from rag.receipt import Receipt
    from rag.recheck import Finding
    from rag.verification.verdict import Verdict, Verifier


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
    status = 0
    with closing(Archive(settings.data)) as archive:
        verifier = LateVerifier(partial(open_verifier_for, settings, archive))
        for path in paths:
            status = max(status, _check_file(path, archive, verifier, as_json))
    return status


def open_verifier_for(settings: Settings, archive: Archive) -> Verifier:
    """The offline verifier for the archive's articles, without its vector store."""
    from index.embedder import load_embedder
    from rag.assembly import open_verifier

    return open_verifier(archive, load_embedder(settings.embedder, settings.models_folder))


def _check_file(path: Path, archive: Archive, verifier: Verifier, as_json: bool) -> int:
    from rag.receipt import read_receipt
    from rag.recheck import Finding, check_receipt

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
