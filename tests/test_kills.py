"""A run of the indexer may be killed at any write and any time: nothing is lost, doubled or half.

What is killed, and what is looked at afterwards, stands in `tests/killing.py`.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import Embedder
from wortlaut.index.live.slices import Pace
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings

DRIVER = Path(__file__).with_name("killing.py")
SEED = int(os.environ.get("KILL_SEED", "13"))
# One of each kind; all hundred with KILLS=100.
KILLS = int(os.environ.get("KILLS", "6"))


def kill_runs(tmp_path, kills, *address):
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(tmp_path), str(SEED), str(kills), *address],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in told if line["wrong"]] == []
    assert sum(kill.endswith("-9") for line in told for kill in line["kills"]) >= kills
    assert len({line["kind"] for line in told}) == 6


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks")
def test_killed_runs_lose_double_and_halve_nothing(tmp_path):
    kill_runs(tmp_path, KILLS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks")
def test_killed_runs_lose_nothing_in_postgres(tmp_path, postgres):
    kill_runs(tmp_path, max(3, KILLS // 4), postgres.make_database())


class Killed(BaseException):
    """What a kill is to a process that goes on."""


class CountingEngine:
    """A vector of ones each; killed at the call with that number."""

    dimension, max_tokens = 4, 512

    def __init__(self, dies_at=None):
        self.dies_at = dies_at
        self.letters = 0

    def encode(self, texts, role):
        if self.dies_at is not None:
            self.dies_at -= 1
            if self.dies_at < 0:
                raise Killed
        return np.ones((len(texts), 4), np.float32)

    def encode_passages(self, texts, units):
        vectors = self.encode(texts, "document")
        self.letters += sum(map(len, texts))
        return vectors, np.ones((sum(map(len, units)), 4), np.float32)

    def count_tokens(self, texts):
        return [len(text.split()) + 2 for text in texts]


def index(folder, dies_at=None):
    """How many letters were embedded, whether to the end or to the kill."""
    engine = CountingEngine(dies_at)
    embedder = Embedder(engine, "ones", {})
    with suppress(Killed):
        index_paths(load_settings(), [folder], load=lambda letters: embedder)
    return engine.letters


def write_long(write, paragraphs=3000):
    text = "\n\n".join(
        f"Der Hafen Nummer {n} wird teurer, sagte Oda Falk." for n in range(paragraphs)
    )
    return write("long.txt", text), len(text)


def test_a_kill_costs_no_more_than_a_slice_of_small_articles(write):
    for n in range(60):
        path = write(f"{n}.txt", f"Der Turm {n} wird verputzt, sagte Oda Falk. " * 20)
    index(path.parent, dies_at=0)
    # The sentences and questions about everything come first, in four calls.
    first = index(path.parent, dies_at=6)
    assert first > 0
    total = first + index(path.parent)
    letters = sum(len(file.read_text().strip()) for file in path.parent.iterdir())
    assert total == letters


def test_one_long_article_goes_on_where_it_was_killed(write):
    path, letters = write_long(write)
    parts = [index(path.parent, dies_at=6)]
    parts.append(index(path.parent, dies_at=1))
    parts.append(index(path.parent))
    assert all(parts)
    assert sum(parts) <= letters
    archive = Archive(load_settings().data)
    assert archive.query("SELECT count(*) FROM unfinished") == [(0,)]
    assert archive.count().articles == 1
    archive.close()


def test_an_article_that_changed_meanwhile_is_not_given_the_old_vectors(write):
    path, _ = write_long(write)
    index(path.parent, dies_at=6)
    path.write_text(path.read_text().replace("Hafen", "Turm"), encoding="utf-8")
    text = path.read_text()
    assert index(path.parent) >= len(text) - text.count("\n\n") * 2


def test_a_slice_takes_about_three_seconds_whatever_the_speed():
    for speed in (500, 3_000, 20_000):
        pace = Pace()
        for _ in range(10):
            pace.note(pace.letters, pace.letters / speed)
        assert pace.letters == max(8_000, 3 * speed)
    pace.note(10, 0.0001)
    assert pace.letters == 60_000


def test_a_slice_never_splits_an_item_and_never_waits_for_one_too_long():
    pace = Pace(100)
    slices = pace.slice([60, 60, 500, 30, 30, 30], lambda size: size)
    assert next(slices) == [60]
