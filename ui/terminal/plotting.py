"""`wortlaut timeline --plot`: a picture in a file that is written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Citation
from wortlaut.rag.receipt import replace_file
from wortlaut.ui.terminal.printing import tell
from wortlaut.ui.timelineplot import draw_timeline, is_dated, merge_prints

_WIDTH = 960


def check_plot_target(path: Path) -> None:
    """Return if a picture may be written there; else raise ConfigError that says why not."""
    if path.suffix.lower() != ".svg":
        raise ConfigError(f"--plot {path}: the picture is SVG; name a file that ends in .svg")
    try:
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise ConfigError(f"--plot {path}: there is no such folder; make it, or name another")
        if not os.access(path.resolve().parent, os.W_OK):
            raise ConfigError(f"--plot {path}: nothing may be written there; name another folder")
    except (OSError, ValueError, RuntimeError) as error:
        raise _explain_failure(path, error) from error


def write_plot(
    path: Path,
    lanes: Sequence[Sequence[Citation]],
    names: Sequence[str],
    topic: str,
    language: Language,
) -> None:
    """The persons' statements as a picture that now stands in the file, if any has a date.

    Raises ConfigError where it cannot be written; what stood there then stands there still.
    """
    rows = merge_prints(lanes)
    if not any(map(is_dated, rows)):
        tell(f"wortlaut: no statement has a date; {path} is not written")
        return
    title = " · ".join(part for part in (" / ".join(names), topic) if part)
    picture = draw_timeline(rows, names, language, width=_WIDTH, title=title)
    data = f'<?xml version="1.0" encoding="UTF-8"?>\n{picture}\n'.encode()
    try:
        replace_file(path, data)
    except OSError as error:
        raise _explain_failure(path, error) from error


def _explain_failure(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or error
    return ConfigError(f"cannot write the picture to {path}: {reason}; name another file")
