"""Asks a served page as many browsers would, and says how it bears it.

`python tests/loading.py FOLDER [PART…]` indexes `seeds/` into FOLDER (once), serves it by a process of
its own, and prints one JSON object a part: `load` (one conversation alone, then 50 at once, then one
alone again), `long` (a conversation of 120 turns), `memory` (5,000 questions), `page` (in a real
Chromium, against a bare `gr.ChatInterface` over the same archive); all of them where none is named.
`--alone`, `--crowd`, `--conversations`, `--questions` and `--pages` make it shorter or longer.

What is asked, and how, is what the page's own script sends: an event and a stream of answers. All
timings are of one run; only their ratios say something.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean, median
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
# Each kind of question, in each language: of what is said, of facts, of what nobody says.
QUESTIONS = (
    "What did Lavrov say about guarantees?",
    "Wie hoch ist der Olme-Damm?",
    "Что сказал Рубио о гарантиях?",
    "Was sagte Jorun Telmark über den Hafen?",
    "What is the capital of Australia?",
    "What did Peskov say about security guarantees for Ukraine?",
    "Was sagt Lannholt über die Messpunkte?",
    "How long did Trump and Putin talk on the phone?",
    "Wann fährt der Nachtzug?",
    "What did Wiesgrund say about the dam?",
)
_LONG_TURNS = 120
_STEPS = 20
_SERVE = "import sys; from wortlaut.ui.terminal.cli import main; sys.exit(main())"


@contextmanager
def serve(*command: str) -> Iterator[tuple[str, int]]:
    """A server's address and the number of its process, which tells where it is in its first line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        found = next((m for line in process.stdout if (m := re.search(r"http://\S+", line))), None)
        if found is None:
            raise SystemExit(f"the server ended with {process.wait()}")
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(20)


def serve_page(folder: Path) -> Any:
    """The page as its users serve it."""
    return serve("-c", _SERVE, "--data", str(folder), "chat", "--port", "0")


def serve_rival(folder: Path) -> None:
    """Serve a bare `gr.ChatInterface` over the same archive and the same answers."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import socket

    import gradio as gr
    import uvicorn
    from fastapi import FastAPI

    from wortlaut.rag.assembly import open_chat
    from wortlaut.rag.config import load_settings

    chat = open_chat(load_settings(data=folder))

    def answer(message: str, history: list[Any]) -> Iterator[str]:
        for shown in chat.stream(message):
            yield shown.text

    app = gr.mount_gradio_app(FastAPI(), gr.ChatInterface(answer), path="/", ssr_mode=False)
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


class Conversation:
    """One browser tab: loads the page's parts as its script does, and asks one question at a time."""

    def __init__(self, client: httpx.AsyncClient, config: dict[str, Any], name: str) -> None:
        self._client = client
        self._name = name
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        found = {
            (tuple(target), name): number
            for number, event in enumerate(config["dependencies"])
            for target in event["targets"]
            for name in [event["api_name"]]
        }
        self._ask = next(n for (t, _), n in found.items() if t == (ids["waiting"], "ask"))
        self._load = next(n for (t, _), n in found.items() if t[1] == "load")
        self._cookie = ""
        self._shown = ""
        self._turns = 0
        self.sent = 0

    async def open(self) -> None:
        """Have the page begin."""
        await self._send(self._load, ["/"], None)

    async def ask(self, question: str) -> bool:
        """Whether the question was answered; `sent` are the bytes that came for it."""
        shown = {"question": question, "shown": self._shown, "count": self._turns}
        text = await self._send(self._ask, [None], shown)
        own = f'class=\\"turn\\" data-turn=\\"{self._turns}\\"'
        self._turns += 1
        if found := re.search(r'data-conversation=\\"([^"\\]+)', text):
            self._shown = found[1]
        _, is_shown, turn = text.rpartition(own)
        done = text.rpartition('"msg":"process_completed"')[2]
        return bool(is_shown) and '"success":true' in done and "notice failed" not in turn

    async def _send(self, event: int, data: list[Any], sent: Any) -> str:
        body = {
            "data": data, "event_data": sent, "fn_index": event, "session_hash": self._name,
            "trigger_id": None,
        }  # fmt: skip
        # Never what the client has been given for another conversation.
        headers = {"Cookie": self._cookie or "none=none"}
        joined = await self._client.post("/gradio_api/queue/join", json=body, headers=headers)
        joined.raise_for_status()
        if given := joined.headers.get("set-cookie"):
            self._cookie = given.partition(";")[0]
        parts = []
        place = f"/gradio_api/queue/data?session_hash={self._name}"
        async with self._client.stream("GET", place, headers=headers) as stream:
            async for part in stream.aiter_bytes():
                parts.append(part)
        received = b"".join(parts)
        self.sent = len(received)
        return received.decode()


class Crowd:
    """Conversations with one server, each of a number that no other has had."""

    def __init__(self, address: str, process: int) -> None:
        self._address = address
        self._process = process
        self._config = httpx.get(f"{address}/config").json()
        self._begun = 0
        self.waits: list[float] = []
        self.sizes: list[int] = []
        self.errors = 0

    async def run(self, count: int, seconds: float = 1e9, questions: int = 10**9) -> dict[str, Any]:
        """Have `count` conversations ask without pause for so long, or so many questions in all."""
        self.waits, self.sizes, self.errors = [], [], 0
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(
            base_url=self._address, limits=limits, timeout=120, trust_env=False
        ) as client:
            names = range(self._begun, self._begun + count)
            self._begun += count
            talks = [Conversation(client, self._config, f"load{number}") for number in names]
            await asyncio.gather(*(talk.open() for talk in talks))
            worked, started = read_work(self._process), time.monotonic()
            until = started + seconds
            left = iter(range(questions))
            await asyncio.gather(
                *(self._talk(talk, n, until, left) for n, talk in enumerate(talks))
            )
        # To the last answer: what was begun in time is counted, and so is its time.
        took = time.monotonic() - started
        worked = read_work(self._process) - worked
        return {
            "conversations": count,
            "questions": len(self.waits),
            "errors": self.errors,
            "a_second": round(len(self.waits) / took, 3),
            "work_a_question_s": round(worked / len(self.waits), 3),
            "mean_wait_s": round(fmean(self.waits), 3),
            "longest_by_mean": round(max(self.waits) / fmean(self.waits), 2),
        }

    async def _talk(
        self, talk: Conversation, number: int, until: float, left: Iterator[int]
    ) -> None:
        asked = number
        while time.monotonic() < until and next(left, None) is not None:
            began = time.monotonic()
            try:
                is_answered = await talk.ask(QUESTIONS[asked % len(QUESTIONS)])
            except httpx.HTTPError:
                is_answered = False
            self.errors += not is_answered
            self.waits.append(time.monotonic() - began)
            self.sizes.append(talk.sent)
            asked += 1


def read_work(process: int) -> float:
    """The seconds that the process has worked on all cores so far: other work nearby adds nothing."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read_memory(process: int) -> float:
    """The megabytes that the process has in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def measure_load(crowd: Crowd, options: argparse.Namespace) -> dict[str, Any]:
    """One alone, all at once, one alone: how many answers a second, and who waits longest."""
    asyncio.run(crowd.run(1, questions=len(QUESTIONS)))
    before = asyncio.run(crowd.run(1, options.alone))
    at_once = asyncio.run(crowd.run(options.conversations, options.crowd))
    after = asyncio.run(crowd.run(1, options.alone))
    alone = (before["a_second"] + after["a_second"]) / 2
    return {
        "part": "load", "share": round(at_once["a_second"] / alone, 3),
        "of_before": round(at_once["a_second"] / before["a_second"], 3),
        "of_after": round(at_once["a_second"] / after["a_second"], 3),
        "before": before, "at_once": at_once, "after": after,
    }  # fmt: skip


def measure_long(crowd: Crowd) -> dict[str, Any]:
    """A conversation of many turns: what a question brings, its first ten and its last ten."""
    told = asyncio.run(crowd.run(1, questions=_LONG_TURNS))
    return {
        "part": "long", "turns": _LONG_TURNS, "errors": told["errors"],
        "kB_first": round(fmean(crowd.sizes[:10]) / 1000, 1),
        "kB_last": round(fmean(crowd.sizes[-10:]) / 1000, 1),
        "kB_most": round(max(crowd.sizes) / 1000, 1),
    }  # fmt: skip


def measure_memory(crowd: Crowd, process: int, questions: int) -> dict[str, Any]:
    """The server's memory after each twentieth of so many questions, in conversations of ten turns."""
    seen, errors = [read_memory(process)], 0
    for _ in range(_STEPS):
        for _ in range(max(1, questions // _STEPS // 50)):
            errors += asyncio.run(crowd.run(5, questions=50))["errors"]
        seen.append(read_memory(process))
        sys.stderr.write(f"{seen[-1]:.0f} MB\n")
    return {
        "part": "memory", "questions": questions, "errors": errors,
        "MB": [round(value) for value in seen],
        "last_half_grows_MB": round(seen[-1] - seen[len(seen) // 2], 1),
    }  # fmt: skip


# Watched in the browser itself: when the box is there, and when the first words of an answer are.
_WATCH = """(() => {
  window.times = {};
  const look = () => {
    const { times } = window;
    const box = document.querySelector("textarea");
    if (!times.ready && box && box.offsetParent && !box.disabled) times.ready = performance.now();
    if (times.asked && !times.text && [...document.querySelectorAll("SELECTOR")].some(
      (part) => part.innerText.includes("WORDS"))) times.text = performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.times.asked = performance.now();
  }, true);
})()"""
_ASKED, _WORDS = "What did Hegseth say about American soldiers in Ukraine?", "Hegseth"
_SHOWN = {"ours": "#current .answer", "rival": ".bot"}


def measure_pages(folder: Path, address: str, pages: int) -> dict[str, Any]:
    """Both pages in turn in one browser: milliseconds until ready, and from Enter to an answer."""
    import tempfile

    from tests.test_app import open_browser

    took: dict[str, list[tuple[float, float]]] = {"ours": [], "rival": []}
    with (
        tempfile.TemporaryDirectory() as place,
        serve(str(Path(__file__)), str(folder), "--rival") as (rival, _),
        open_browser(Path(place), "about:blank") as browser,
    ):
        browser.call("Page.enable")
        # Each is opened once before it counts.
        for number in range(pages + 1):
            for name, at in (("ours", address), ("rival", rival)):
                measured = time_page(browser, at, _SHOWN[name])
                if number:
                    took[name].append(measured)
    told: dict[str, Any] = {"part": "page", "pages": pages}
    for place_, what in enumerate(("ready", "text")):
        mine, theirs = (median(times[place_] for times in took[name]) for name in took)
        told |= {
            f"{what}_ms": round(mine), f"rival_{what}_ms": round(theirs),
            f"{what}_by_rival": round(mine / theirs, 2),
        }  # fmt: skip
    return told


def time_page(browser: Any, address: str, shown: str) -> tuple[float, float]:
    """Milliseconds from the address to a box to type in, and from Enter to the answer's first words."""
    browser.call("Page.navigate", url="about:blank")
    script = _WATCH.replace("SELECTOR", shown).replace("WORDS", _WORDS)
    given = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)
    browser.call("Page.navigate", url=address)
    browser.wait_for("window.times?.ready")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=given["identifier"])
    # What is typed before the page's beginning has arrived would be swept away by it.
    browser.wait_for("!document.querySelector('#current') || !!document.querySelector('.welcome')")
    time.sleep(1)
    browser.run("document.querySelector('textarea').focus()")
    browser.send(_ASKED, "textarea")
    times = browser.wait_for("window.times.text && window.times")
    return times["ready"], times["text"] - times["asked"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--alone", type=float, default=30)
    parser.add_argument("--crowd", type=float, default=60)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--questions", type=int, default=5000)
    parser.add_argument("--pages", type=int, default=7)
    parser.add_argument("--rival", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.rival:
        serve_rival(options.folder)
        return
    parts = options.parts or ["load", "long", "page", "memory"]
    if wrong := set(parts) - {"load", "long", "page", "memory"}:
        parser.error(f"no such part: {', '.join(sorted(wrong))}")
    index = ["-c", _SERVE, "--data", str(options.folder), "index", "--if-empty", "seeds/archive"]
    subprocess.run(
        [sys.executable, *index], cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with serve_page(options.folder) as (address, process):
        crowd = Crowd(address, process)
        for part in parts:
            if part == "load":
                told = measure_load(crowd, options)
            elif part == "long":
                told = measure_long(crowd)
            elif part == "page":
                told = measure_pages(options.folder, address, options.pages)
            else:
                told = measure_memory(crowd, process, options.questions)
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
