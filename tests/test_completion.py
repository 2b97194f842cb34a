"""Shell completion, as `wortlaut --install-completion` sets it up, in the shells that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

_MAIN = "import sys; sys.argv[0] = 'wortlaut'; from wortlaut.ui.terminal.cli import main; sys.exit(main())"
# What each shell does when one presses Tab behind `wortlaut ti`, and behind `wortlaut ask --sp`.
_BASH = """
. ~/.bashrc
tab() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wortlaut_completion wortlaut; echo "${{COMPREPLY[@]}}"; }}
complete -p wortlaut >&2
tab wortlaut ti; tab wortlaut ask --sp
"""
_ZSH = """
. ~/.zshrc; print -r -- ${{_comps[wortlaut]}} >&2
compdef() {{ : }}
. ~/.zfunc/_wortlaut
_arguments() {{ print -r -- "$@" }}
words=(wortlaut ti); CURRENT=2; _wortlaut_completion
words=(wortlaut ask --sp); CURRENT=3; _wortlaut_completion
"""
_FISH = 'complete -C "wortlaut ti"; complete -C "wortlaut ask --sp"'


@pytest.mark.parametrize(
    ("shell", "script"),
    [("bash", _BASH), ("zsh", _ZSH), ("fish", _FISH)],
    ids=["bash", "zsh", "fish"],
)
def test_a_shell_completes_commands_and_options_once_it_is_installed(tmp_path, shell, script):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine")
    program = tmp_path / "bin" / "wortlaut"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{_MAIN}" "$@"\n')
    program.chmod(0o755)
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / ".config"),
        "ZDOTDIR": str(tmp_path),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    # Which shell it is, the program finds out by itself; a second line keeps the shell waiting for it.
    done = _run(shell, "wortlaut --install-completion\ntrue", environment)
    assert done.returncode == 0, done.stderr
    assert "completion installed" in done.stdout
    assert "Traceback" not in done.stderr
    done = _run(shell, script.format(), environment)
    assert "timeline" in done.stdout, done.stderr
    assert "--speaker" in done.stdout
    assert "index" not in done.stdout


def _run(shell, script, environment):
    return subprocess.run(
        [shell, "-c", script], env=environment, capture_output=True, text=True, timeout=60
    )
