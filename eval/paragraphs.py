"""An archive of a SQuAD file's paragraphs, made for one run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.squad import SquadFile, make_articles, name_place
from eval.suites import hash_files
from index.article import hash_text
from index.errors import ConfigError
from index.sources import find_files
from rag.assembly import Library, index_articles, index_paths, open_library
from rag.config import Settings

_STAMP = "abstention.json"


@contextmanager
def open_archive(
    settings: Settings, squad: SquadFile, distractors: Path | None, keep: Path | None = None
) -> Iterator[Library]:
    """An archive of the paragraphs, an article each, and the distractors; gone afterwards.

    With `keep` it stays in that folder, and what is there already is not embedded again. Raises
    ConfigError where the folder holds an archive of anything else.
    """
    if keep is not None:
        _claim(keep, squad, distractors)
    with tempfile.TemporaryDirectory(prefix="wortlaut-eval-") as folder:
        update = {"data": keep or Path(folder), "models": settings.models_folder, "chroma": None}
        inner = settings.model_copy(update=update)
        index_articles(inner, make_articles(squad))
        if distractors is not None:
            index_paths(inner, [distractors])
        library = open_library(inner)
        try:
            yield library
        finally:
            library.close()


def _claim(folder: Path, squad: SquadFile, distractors: Path | None) -> None:
    """Note in the folder what its archive is made of, or compare with what is noted there."""
    texts = [[name_place(place), text] for place, text in sorted(squad.paragraphs.items())]
    files = [] if distractors is None else find_files([distractors])
    made_of = {
        "paragraphs": hash_text(json.dumps(texts)),
        "distractors": hash_files([file for file in files if isinstance(file, Path)]),
    }
    stamp = folder / _STAMP
    advice = "name another folder: --keep"
    try:
        if (folder / "archive.sqlite").exists():
            if not stamp.exists():
                raise ConfigError(f"{folder} holds another archive; {advice}")
            if json.loads(stamp.read_text("utf-8")) != made_of:
                raise ConfigError(f"{folder} holds an archive of other paragraphs; {advice}")
            return
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps(made_of) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{stamp} cannot be used; {advice}") from error
