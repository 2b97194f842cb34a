"""Speed by size: an archive of N synthetic passages, asked through the real path.

Full text, Chroma, people, offices and dates are as real articles would make them: words and names
drawn by Zipf's law, vectors in clusters that all point roughly one way, as e5's do. Everything but
the embedder is the real thing; a query's vector is drawn, and so costs nothing in any size.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from wortlaut.eval.figures.metrics import quantile
from wortlaut.eval.synthetic import SyntheticPress, fill_archive, open_synthetic_embedder
from wortlaut.index.errors import WortlautError
from wortlaut.rag.answer import Filters
from wortlaut.rag.assembly import make_chat, open_library
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import IN_NO_SERVER, Settings, load_settings

_WARM = 3
_OPENINGS = 3

_Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of a kind, with its filters; `before` is asked first, as its conversation."""

    kind: str
    text: str
    filters: Filters = field(default_factory=Filters)
    before: str | None = None


def measure_scale(
    settings: Settings, sizes: Sequence[int], keep: Path, questions: int, tell: _Tell
) -> dict[str, Any]:
    """By size the milliseconds of each kind of question, of opening, and MB; then the ratios.

    Each size has an archive of its own in `keep`, made if it is not there, and is asked in a
    process of its own. The ratios are to the smallest size of the run.
    """
    by_size: dict[str, dict[str, Any]] = {}
    for size in sorted(set(sizes)):
        folder = keep / f"passages-{size}"
        made = fill_archive(folder, size, tell)
        tell(f"{size:,} passages: asking")
        alone = [_run_alone(settings, folder, 0) for _ in range(_OPENINGS)]
        asked = _run_alone(settings, folder, questions)
        for name in alone[0].keys() - {"peak_mb"}:
            asked[name] = min(one[name] for one in alone)
        by_size[str(size)] = {"made_s": made} | asked
    first, *others = by_size
    ratios = {size: _compare(by_size[first], by_size[size]) for size in others}
    return {"sizes": by_size, "ratios_to": int(first), "ratios": ratios}


def _compare(small: dict[str, Any], large: dict[str, Any]) -> dict[str, float]:
    """How many times as much the larger archive takes, and a window of the open question."""
    names = [name for name, value in small.items() if isinstance(value, int | float) and value]
    ratios = {name: round(large[name] / small[name], 2) for name in names if name != "made_s"}
    for kind in small["kinds"]:
        for name in small["kinds"][kind]:
            ratio = large["kinds"][kind][name] / max(small["kinds"][kind][name], 1e-3)
            ratios[f"{kind} {name}"] = round(ratio, 2)
    plain = large["kinds"]["open"]
    for kind in ("narrow window", "wide window"):
        for name in plain:
            ratio = large["kinds"][kind][name] / plain[name]
            ratios[f"{kind} / open {name}"] = round(ratio, 2)
    return ratios


def _run_alone(settings: Settings, folder: Path, questions: int) -> dict[str, Any]:
    """What the program below prints, in a process of its own."""
    told = {"WORTLAUT_READER": settings.reader, "HF_HUB_OFFLINE": "1"}
    environment = os.environ | told | IN_NO_SERVER
    command = [sys.executable, "-P", "-m", "wortlaut.eval.scale", str(folder), str(questions)]
    started = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    wall = (perf_counter() - started) * 1000
    if done.returncode:
        line = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise WortlautError(f"asking {folder} failed: {line[0]}; delete the folder, run it again")
    result: dict[str, Any] = json.loads(done.stdout)
    return result | {"cold_ms": round(wall, 1)}


def _ask_all(folder: Path, count: int) -> dict[str, Any]:
    """The figures of one archive in this process: opening, the first question, then by kind."""
    settings = load_settings(None, data=folder)
    press = SyntheticPress(_read_size(folder))
    embedder = open_synthetic_embedder(press)
    asked = list(_list_questions(press, max(count, 1)))
    started, worked = perf_counter(), process_time()
    chat = make_chat(settings, open_library(settings, embedder))
    opened = perf_counter()
    chat.ask(asked[0].text)
    answered = perf_counter()
    figures: dict[str, Any] = {
        "opening_ms": _round(opened - started),
        "first_question_ms": _round(answered - opened),
        "opened_and_answered_ms": _round(answered - started),
        "opened_and_answered_cpu_ms": _round(process_time() - worked),
    }
    if count:
        kinds = _time_kinds(chat, asked)
        figures |= _sum_up([each for times in kinds.values() for each in times])
        figures["kinds"] = {kind: _sum_up(times) for kind, times in kinds.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures | {"peak_mb": round(peak)}


def _sum_up(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Of wall and processor milliseconds the quantiles: the latter tell more on a busy machine."""
    wall, own = zip(*times, strict=True)
    return {
        "p50_ms": _quantile(wall, 0.5), "p95_ms": _quantile(wall, 0.95),
        "cpu_p50_ms": _quantile(own, 0.5), "cpu_p95_ms": _quantile(own, 0.95),
    }  # fmt: skip


def _time_kinds(chat: NewsChat, asked: Sequence[_Asked]) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds on the wall and of the processor by kind; each question once, once warm."""
    for one in asked[:_WARM]:
        chat.ask(one.text, filters=one.filters)
    kinds: dict[str, list[tuple[float, float]]] = {}
    for one in asked:
        history = [chat.ask(one.before)] if one.before else []
        started, worked = perf_counter(), process_time()
        chat.ask(one.text, history, one.filters)
        took = (perf_counter() - started) * 1000, (process_time() - worked) * 1000
        kinds.setdefault(one.kind, []).append(took)
    return kinds


def _list_questions(press: SyntheticPress, count: int) -> Iterator[_Asked]:
    """So many questions of every kind, the kinds by turns."""
    for number in range(count):
        facts = [press.ask_fact(8 * number + k) for k in range(8)]
        speaker, topic = press.ask_speaker(number)
        narrow, wide = press.pick_month(number), press.pick_years(number)
        yield _Asked("open", facts[0])
        yield _Asked("narrow window", facts[1], Filters(since=narrow[0], until=narrow[1]))
        yield _Asked("wide window", facts[2], Filters(since=wide[0], until=wide[1]))
        yield _Asked("speaker filter", facts[3], Filters(speaker=speaker))
        yield _Asked("source filter", facts[4], Filters(source=press.pick_source(number)))
        yield _Asked("speaker", f"Was sagte {speaker} zu {topic}?")
        yield _Asked("speaker, no topic", f"Was sagte {speaker}?")
        yield _Asked("speaker, window", f"Was sagte {speaker} zu {topic}?", Filters(since=wide[0]))
        yield _Asked("office", f"Was sagte {press.ask_office(number)} zu {topic}?")
        yield _Asked("follow-up", f"Und zu {topic}?", before=f"Was sagte {speaker}?")
        yield _Asked("abstaining", press.ask_absent(number))
        yield _Asked("unknown speaker", f"Was sagte {press.make_stranger(number)} zu {topic}?")


def _read_size(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _round(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _quantile(times: Sequence[float], share: float) -> float:
    return round(quantile(times, share) or 0.0, 1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_ask_all(Path(sys.argv[1]), int(sys.argv[2]))))
