"""What README and docs show runs: shell blocks line by line, Python blocks as programs.

README's shell blocks run in a shell. On other pages the plain `wortlaut` lines of a block run in
this process: a new one spends one second or ten on its imports. A block behind
`<!-- not run: why -->` is left out; `make` lines are what CI itself does.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import terminal

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(<!-- not run: [^>]+ -->\n)?^```(sh|python)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
NOT_HERE = ("make ", ". .venv")
# Commands that leave nothing behind in their shell for the next line.
APART = {"wortlaut", "echo", "mkdir"}
# What a word holds that is for the shell to read.
SHELLS = set("|&;<>$`*")


def list_blocks():
    for page in PAGES:
        blocks = [m.groups() for m in BLOCK.finditer(page.read_text(encoding="utf-8"))]
        run = [(kind, text) for skipped, kind, text in blocks if not skipped]
        if run:
            yield pytest.param(page.name, run, id=page.name)


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """The current folder as the pages assume it: with the sample articles."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_in_shell(code: str) -> None:
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = ["bash", "-euc", code]
    done = subprocess.run(command, env=os.environ | {"PATH": paths}, capture_output=True, text=True)
    assert done.returncode == 0, f"{code}\n{done.stderr}"


def run_here(code: str) -> None:
    """Run a shell block line by line, its plain `wortlaut` commands without a process."""
    for line in code.splitlines():
        program, *arguments = shlex.split(line, comments=True) or [""]
        asked = arguments.index("<") if "<" in arguments else len(arguments)
        arguments, files = arguments[:asked], arguments[asked + 1 :]
        if program != "wortlaut" or SHELLS & set("".join(arguments)):
            run_in_shell(line)
            continue
        done = terminal.run(*arguments, stdin="".join(Path(file).read_text() for file in files))
        assert done.returncode == 0, f"{line}\n{done.stderr}"


@pytest.mark.parametrize(("page", "blocks"), list(list_blocks()))
def test_what_a_page_shows_runs(page, blocks, desk):
    for kind, text in blocks:
        lines = [line for line in text.splitlines() if not line.startswith(NOT_HERE)]
        if kind == "python":
            exec(compile("\n".join(lines), page, "exec"), {"__name__": "__main__"})
        elif page == "README.md" or {line.partition(" ")[0] for line in lines} - APART:
            run_in_shell("\n".join(lines))
        else:
            run_here("\n".join(lines))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page):
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_files_that_contributing_names_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:index|rag|eval|ui|tests|docs|wortlaut)/[\w/]+\.\w+)`", text)
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []
