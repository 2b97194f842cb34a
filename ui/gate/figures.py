"""What a server counts of itself, for Prometheus: numbers alone, no question and no name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from wortlaut.index.archive import ArchiveCounts
    from wortlaut.rag.answer import Answer

RequestKind = Literal["page", "api", "model", "mcp", "files", "sign_in", "health"]
_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


class Figures:
    """Counts requests and answers; `write` is what `/metrics` says."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        from prometheus_client.gc_collector import GCCollector
        from prometheus_client.process_collector import ProcessCollector

        # One of its own: a process may serve more than one archive.
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._questions = Counter(
            "wortlaut_questions", "Questions, by who words the answer and what came of them.",
            ["mode", "outcome"], registry=registry,
        )  # fmt: skip
        self._abstentions = Counter(
            "wortlaut_abstentions", "Answers that say the archive has none, by why.",
            ["reason"], registry=registry,
        )  # fmt: skip
        self._took = Histogram(
            "wortlaut_answer_seconds", "How long answers took.", ["mode"],
            buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self._requests = Counter(
            "wortlaut_http_requests", "Requests, by what they were for and their status.",
            ["kind", "status"], registry=registry,
        )  # fmt: skip
        self._refused = Counter(
            "wortlaut_refused_requests", "Requests that the gate refused, by status.",
            ["status"], registry=registry,
        )  # fmt: skip
        self._open = Gauge("wortlaut_open_requests", "Requests being answered.", registry=registry)
        self._held = Gauge(
            "wortlaut_archive", "What the archive holds.", ["what"], registry=registry
        )

    def note_answer(self, answer: Answer | None) -> None:
        """Count a question; None for one that failed, or whose asker went away."""
        if answer is None:
            self._questions.labels("unknown", "unfinished").inc()
            return
        outcome = "abstained" if answer.abstained else "answered"
        self._questions.labels(answer.mode, outcome).inc()
        if answer.abstained:
            self._abstentions.labels(answer.abstain_reason or "unknown").inc()
        self._took.labels(answer.mode).observe(answer.timings_ms.get("total", 0.0) / 1000)

    def note_request(self, kind: RequestKind, status: int, *, refused: bool) -> None:
        """Count a request that was answered."""
        self._requests.labels(kind, str(status)).inc()
        if refused:
            self._refused.labels(str(status)).inc()

    def note_open(self, count: int) -> None:
        """So many requests are being answered."""
        self._open.set(count)

    def note_archive(self, counts: ArchiveCounts) -> None:
        """What the archive holds by now."""
        for what in ("articles", "passages", "statements"):
            self._held.labels(what).set(getattr(counts, what))

    def write(self) -> tuple[bytes, str]:
        """All figures, and their content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self._registry), CONTENT_TYPE_LATEST
