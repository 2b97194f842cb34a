"""What README and docs show runs: shell blocks line by line, Python blocks as programs.

A block behind `<!-- not run: why -->` is left out; `make` lines are what CI itself does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(<!-- not run: [^>]+ -->\n)?^```(sh|python)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NOT_HERE = ("make ", ". .venv")


def list_blocks():
    for page in PAGES:
        blocks = [m.groups() for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]
        run = [(kind, text) for skipped, kind, text in blocks if not skipped]
        if run:
            yield pytest.param(run, id=page.name)


@pytest.fixture
def desk(tmp_path) -> Path:
    """A folder as the pages assume: one with the sample archive."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return tmp_path


@pytest.mark.parametrize("blocks", list(list_blocks()))
def test_what_a_page_shows_runs(blocks, desk):
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = os.environ | {"PATH": paths, "WORTLAUT_DATA": str(desk / "data")}
    for kind, text in blocks:
        lines = [line for line in text.splitlines() if not line.startswith(NOT_HERE)]
        code = "\n".join(lines)
        command = ["bash", "-euc", code] if kind == "sh" else [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=desk, env=settings, capture_output=True, text=True)
        assert done.returncode == 0, f"{code}\n{done.stderr}"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_files_that_contributing_names_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:index|rag|eval|ui|tests|docs|wortlaut)/[\w/]+\.\w+)`", text)
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []
