"""What serving costs: a question over HTTP against the same in this process, and very many at once."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from statistics import median
from time import perf_counter
from typing import Any

from wortlaut.eval.figures.metrics import quantile
from wortlaut.index.errors import ConfigError, StoreError
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings

# How often each question is asked on either way, by turns.
_ROUNDS = 10
_PATIENCE_S = 600
_ADDRESS = re.compile(r"http://\S+")


def measure_serving(settings: Settings, total: int, connections: int) -> dict[str, Any]:
    """Milliseconds in this process and over HTTP, their ratio; then what `total` questions came to.

    The questions are the archive's own examples, asked of a `wortlaut serve` on the same archive.
    """
    chat = open_chat(settings)
    questions = chat.suggest_questions("en") or chat.suggest_questions("de")
    if not questions:
        raise ConfigError("the archive answers no example question; index more articles first")
    with _serve(settings) as address:
        inside, outside = _measure_by_turns(chat.ask, questions, address)
        result = {
            "inside_p50_ms": round(_find_p50(inside) * 1000, 2),
            "http_p50_ms": round(_find_p50(outside) * 1000, 2),
            "http_vs_inside": round(_find_p50(outside) / _find_p50(inside), 3),
            # Of each question the fastest alone: other programs got in between less.
            "http_vs_inside_fastest": round(_add_fastest(outside) / _add_fastest(inside), 3),
        }
        return result | asyncio.run(_ask_at_once(address, questions, total, connections))


def _measure_by_turns(
    ask: Any, questions: Sequence[str], address: str
) -> tuple[list[list[float]], list[list[float]]]:
    """Seconds by question, in this process and over one open connection."""
    import httpx

    inside: list[list[float]] = [[] for _ in questions]
    outside: list[list[float]] = [[] for _ in questions]
    with httpx.Client(base_url=address, timeout=_PATIENCE_S) as client:
        # The first round only warms up.
        for is_warm in (False, *([True] * _ROUNDS)):
            for question, own, served in zip(questions, inside, outside, strict=True):
                started = perf_counter()
                ask(question).as_json()
                between = perf_counter()
                client.post("/api/v1/ask", json={"question": question}).raise_for_status()
                if is_warm:
                    own.append(between - started)
                    served.append(perf_counter() - between)
    return inside, outside


def _find_p50(seconds: Sequence[Sequence[float]]) -> float:
    return median(chain.from_iterable(seconds))


def _add_fastest(seconds: Sequence[Sequence[float]]) -> float:
    return sum(map(min, seconds))


async def _ask_at_once(
    address: str, questions: Sequence[str], total: int, connections: int
) -> dict[str, Any]:
    import httpx

    waiting = iter(range(total))
    seconds: list[float] = []
    failed: list[str] = []

    async def ask_on(client: httpx.AsyncClient) -> None:
        # All share one iterator: each takes the next question that is left.
        for number in waiting:
            started = perf_counter()
            try:
                asked = {"question": questions[number % len(questions)]}
                got = await client.post("/api/v1/ask", json=asked)
                got.raise_for_status()
                got.json()["answer"]
            except (httpx.HTTPError, ValueError, KeyError) as error:
                failed.append(f"{type(error).__name__}: {error}")
            seconds.append(perf_counter() - started)

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    started = perf_counter()
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=_PATIENCE_S) as client:
        await asyncio.gather(*(ask_on(client) for _ in range(connections)))
    whole = perf_counter() - started
    return {
        "questions": len(seconds),
        "connections": connections,
        "errors": len(failed),
        "first_error": failed[0] if failed else None,
        "questions_a_second": round(total / whole, 1),
        "p50_s": round(median(seconds), 2),
        "p95_s": round(quantile(seconds, 0.95) or 0.0, 2),
    }


@contextmanager
def _serve(settings: Settings) -> Iterator[str]:
    """The address of a server of its own on the settings' archive, while it runs."""
    command = [sys.executable, "-m", "wortlaut.ui.terminal.cli", "--data", str(settings.data)]
    command += ["serve", "--host", "127.0.0.1", "--port", "0"]
    set_too = {"WORTLAUT_MODELS": str(settings.models_folder), "WORTLAUT_READER": settings.reader}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | set_too,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            found = _ADDRESS.search(process.stdout.readline())
            if found is None:
                raise StoreError("the server did not start; see why with: wortlaut serve")
            yield found[0]
        finally:
            process.terminate()
