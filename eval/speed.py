"""Speed and memory, as ratios to a baseline in the same run: machines are noisy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from wortlaut.eval.figures.metrics import quantile
from wortlaut.eval.rivals.starter import list_command
from wortlaut.index import bundled
from wortlaut.index.embedder import Embedder, load_embedder
from wortlaut.index.engines import load_model
from wortlaut.index.errors import WortlautError
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
from wortlaut.index.splitter import split_sentences
from wortlaut.rag.assembly import index_paths, open_chat, open_library
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import IN_NO_SERVER, Settings

_RUNS = 3
_QUESTIONS = 40
# Runs a command and prints its wall time and its own peak memory.
_TIMER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([done.returncode, seconds, peak / 1024, done.stderr[-300:]]))
"""


def measure(
    settings: Settings, articles: Path, question: str, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Figures by name: seconds, MB, milliseconds, and the ratios that the README promises.

    Indexes the articles afresh into a folder of its own, and the plain LlamaIndex starter into
    another; then asks both from cold, each in a process of its own, and ours warm.
    """
    with tempfile.TemporaryDirectory(prefix="wortlaut-speed-") as name:
        folder = Path(name)
        inner = settings.beside(folder / "ours")
        tell("indexing, and embedding the same passages bare")
        result = _measure_indexing(inner, articles)
        tell("asking warm")
        result |= _measure_questions(inner)
        tell("asking cold, and the plain LlamaIndex starter")
        return result | _measure_cold(inner, articles, folder / "starter", question)


def _measure_indexing(settings: Settings, articles: Path) -> dict[str, Any]:
    """Indexing against bare bulk embedding of the same passages by the same model.

    The bare embedding is sentence-transformers' own `encode_document` in its own precision
    (float32), every passage whole; ours computes in 8 bits. Both sides have the model loaded and
    warm before the clock starts. `statements` is the share of the indexing time that finding who
    says what, and in which office, takes.
    """
    embedder = load_embedder(settings.embedder, settings.models_folder, job_chars=10**9)
    embedder.encode_document(["warm"] * 8)
    started = perf_counter()
    report = index_paths(settings, [articles], load=lambda letters: embedder)
    ours = perf_counter() - started
    texts = _read_passages(settings)
    statements = _time_statements(settings)
    bare = _time_bare(settings, texts)
    return {
        "articles": report.added,
        "passages": report.passages,
        "index_s": round(ours, 2),
        "statements": round(statements / ours, 3),
        "bare_embedding_s": round(bare, 2),
        "index_speed_vs_bare_embedding": round(bare / ours, 3),
    }


def _read_passages(settings: Settings) -> list[str]:
    library = open_library(settings)
    try:
        ids = sorted(library.archive.list_passage_ids())
        read = library.archive.read_passages(ids)
        return [embedded.passage.span.of(article.text) for article, embedded in read]
    finally:
        library.close()


def _time_statements(settings: Settings) -> float:
    """The seconds that reading the indexed articles' statements, and the offices of those who make
    them, takes once more, alone.
    """
    library = open_library(settings)
    try:
        texts = [str(row[0]) for row in library.archive.query("SELECT text FROM articles")]
    finally:
        library.close()
    started = perf_counter()
    for text in texts:
        find_offices(text, drop_mere_nouns(extract_statements(text, split_sentences(text)), text))
    return perf_counter() - started


def _time_bare(settings: Settings, texts: Sequence[str]) -> float:
    model = load_model(find_model(settings), local_files_only=True)
    model.encode_document(["warm"] * 8)
    started = perf_counter()
    model.encode_document(list(texts), show_progress_bar=False)
    return perf_counter() - started


def find_model(settings: Settings) -> str:
    """A model that both sides can open by name: the bundled one unpacked, else the set one."""
    weights = bundled.find_weights() if settings.embedder == "multilingual-e5-small" else None
    if weights is None:
        return settings.embedder
    return str(bundled.unpack_model(weights, settings.models_folder))


def _measure_questions(settings: Settings) -> dict[str, Any]:
    chat = open_chat(settings)
    questions = _make_questions(chat)
    if not questions:
        raise WortlautError("these articles hold no statements to ask about; name others")
    embedder: Embedder = chat.retriever.embedder
    for question in questions[:5]:
        chat.ask(question)
    asked, encoded = [], []
    for question in questions:
        started = perf_counter()
        chat.ask(question)
        between = perf_counter()
        embedder.encode_query([question])
        encoded.append((perf_counter() - between) * 1000)
        asked.append((between - started) * 1000)
    ask, query = quantile(asked, 0.5) or 0.0, quantile(encoded, 0.5) or 1.0
    return {
        "warm_question_p50_ms": round(ask, 2),
        "query_embedding_p50_ms": round(query, 2),
        "warm_question_vs_query_embedding": round(ask / query, 2),
    }


def _make_questions(chat: NewsChat) -> list[str]:
    """Half ask for a speaker, half for a subject: a title of the archive."""
    speakers = chat.archive.list_speakers()[: _QUESTIONS // 2]
    rows = chat.archive.query("SELECT title FROM articles ORDER BY id LIMIT ?", (_QUESTIONS // 2,))
    said = [f"What did {speaker} say about the talks?" for speaker in speakers]
    return said + [f"Was ist bekannt über: {row[0]}" for row in rows]


def _measure_cold(settings: Settings, articles: Path, store: Path, question: str) -> dict[str, Any]:
    model = find_model(settings)
    starter = list_command("wortlaut.eval.rivals.starter")
    indexing = run_alone([*starter, "index", str(articles), str(store), model], settings)
    ask_starter = [*starter, "ask", str(articles), str(store), model, question]
    ask_ours = list_command(
        "wortlaut.ui.terminal.cli", "--data", str(settings.data), "ask", question
    )
    runs = [(run_alone(ask_starter, settings), run_alone(ask_ours, settings)) for _ in range(_RUNS)]
    theirs = [min(run[0][k] for run in runs) for k in (0, 1)]
    ours = [min(run[1][k] for run in runs) for k in (0, 1)]
    return {
        "starter_index_s": round(indexing[0], 2),
        "starter_cold_s": round(theirs[0], 2),
        "ask_cold_s": round(ours[0], 2),
        "ask_cold_vs_starter": round(ours[0] / theirs[0], 3),
        "starter_memory_mb": round(theirs[1]),
        "ask_memory_mb": round(ours[1]),
        "ask_memory_vs_starter": round(ours[1] / theirs[1], 3),
    }


def run_alone(command: Sequence[str], settings: Settings) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of the command, alone in a process."""
    environment = os.environ | {
        "WORTLAUT_MODELS": str(settings.models_folder),
        "WORTLAUT_EMBEDDER": settings.embedder,
        "ANONYMIZED_TELEMETRY": "False",
        "HF_HUB_OFFLINE": "1",
        **IN_NO_SERVER,
    }
    done = subprocess.run(
        [sys.executable, "-P", "-c", _TIMER, *command],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    status, seconds, megabytes, complaint = json.loads(done.stdout)
    if status:
        line = complaint.strip().splitlines()[-1] if complaint.strip() else "no message"
        raise WortlautError(f"the run to compare with failed: {line}")
    return float(seconds), float(megabytes)
