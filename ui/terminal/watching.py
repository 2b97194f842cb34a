"""The command that goes on indexing: one line of report a batch, until Ctrl-C."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from wortlaut.index.ingest import IngestReport
from wortlaut.index.web.addresses import WebRequest
from wortlaut.rag.config import Settings
from wortlaut.rag.live import follow_sources
from wortlaut.ui.render import clean_line
from wortlaut.ui.terminal.audit import note_indexed
from wortlaut.ui.terminal.printing import describe_notices, describe_report, show_progress, tell

# Whoever asks the archive meanwhile comes first.
_NICENESS = 10


def watch_sources(
    settings: Settings,
    paths: Sequence[Path],
    *,
    web: WebRequest | None = None,
    every_s: float = 300.0,
    prune: bool = False,
    poll: bool = False,
    fields: Mapping[str, str] | None = None,
    as_json: bool = False,
) -> None:
    """Index what is there and what comes, a report a batch, until Ctrl-C or the system's request."""
    total = IngestReport()
    named = [*map(str, paths), *(web.addresses if web else ())]
    batches = 0
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    with _stop_on_signal() as stop, show_progress() as progress:
        for report in follow_sources(
            settings, paths, stop,
            web=web, every_s=every_s, prune=prune, poll=poll, fields=fields, progress=progress,
        ):  # fmt: skip
            if batches and not _is_worth_telling(report):
                continue
            batches += 1
            _add_up(total, report)
            note_indexed(settings, named, report)
            _print_batch(report, as_json)
    told = "1 batch" if batches == 1 else f"{batches} batches"
    tell(f"stopped after {told}: {describe_report(total)}")


def _is_worth_telling(report: IngestReport) -> bool:
    done = report.added + report.updated + report.pruned + report.repaired
    return bool(done or report.failed or report.notices)


def _print_batch(report: IngestReport, as_json: bool) -> None:
    for line in describe_notices(report):
        tell(line)
    for place, reason in report.failed:
        tell(clean_line(f"skipped: {place}: {reason}"))
    if as_json:
        print(json.dumps(dataclasses.asdict(report), ensure_ascii=False), flush=True)
    else:
        tell(describe_report(report))


def _add_up(total: IngestReport, report: IngestReport) -> None:
    for field in dataclasses.fields(report):
        # Counts, seconds and lists alike.
        setattr(total, field.name, getattr(total, field.name) + getattr(report, field.name))


@contextmanager
def _stop_on_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C or the system's request to end sets; the second time, they end at once."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()
        for each, handler in before.items():
            signal.signal(each, handler)

    for number in before:
        signal.signal(number, end)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
