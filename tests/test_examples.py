"""The scripts in `examples/` run as they stand."""

from __future__ import annotations

import csv
import io
import runpy
import sys
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "examples"
SHOWN = {
    "ask.py": "Sergej Lawrow",
    "llamaindex_program.py": "Sergej Lawrow: ",
    "own_embedder.py": "0.",
    "score_ragas.py": "'41 million euros'",
    "timeline_csv.py": "published,speaker,voice,quote,article",
}


@cache
def run_example(name: str) -> str:
    """What the script prints, run as a program but in this process."""
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setattr(sys, "argv", [str(FOLDER / name)])
        runpy.run_path(str(FOLDER / name), run_name="__main__")
    return printed.getvalue()


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.py")))
def test_an_example_runs_and_shows_what_it_promises(name):
    assert SHOWN[name] in run_example(name)


def test_the_timeline_is_csv_and_oldest_first():
    rows = list(csv.DictReader(io.StringIO(run_example("timeline_csv.py"))))
    days = [row["published"] for row in rows if row["published"]]
    assert len(days) > 1
    assert days == sorted(days)
    assert {row["speaker"] for row in rows} == {"Sergej Lawrow"}
