"""The command line as a shell sees it: in this process, or in one of its own, which takes seconds."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]


def run(*arguments: object, stdin: str = "", data: Path | None = None, **environment: str) -> Done:
    """What `wortlaut ARGUMENTS` ends with and prints, run by its own `main` in this process."""
    from wortlaut.ui.terminal.cli import main

    printed, told = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    command = ["wortlaut", *map(str, arguments)]
    status: object = 0
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(printed),
        redirect_stderr(told),
    ):
        patch.setattr(sys, "argv", command)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        for name, value in _make_environment(data, environment).items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as end:
            status = end.code
    assert status is None or isinstance(status, int), status
    return Done(command, status or 0, _read_back(printed), _read_back(told))


def start(
    *arguments: object, stdin: str = "", data: Path | None = None, **environment: str
) -> Done:
    """The same in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wortlaut.ui.terminal.cli", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, check=False,
        env=os.environ | _make_environment(data, environment),
    )  # fmt: skip


def _make_environment(data: Path | None, environment: dict[str, str]) -> dict[str, str]:
    return environment | ({"WORTLAUT_DATA": str(data)} if data else {})


def _read_back(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
