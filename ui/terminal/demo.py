"""The sample archive that ships with Wortlaut, for a look at it before one has an archive."""

from __future__ import annotations

import hashlib
import math
from importlib.resources import as_file, files
from pathlib import Path

from wortlaut.rag.config import Settings

_FOLDER = "demo"


def open_demo(settings: Settings) -> Settings:
    """The same settings for the sample archive, which is indexed the first time.

    It lies in the user's cache folder: the user's own archive is neither read nor changed.
    """
    with as_file(files("wortlaut") / "seeds" / "archive") as articles:
        demo = settings.beside(_find_folder(articles))
        if settings.models is None:
            demo = demo.model_copy(update={"models": demo.data / "models"})
        _index_once(demo, articles)
    return demo


def _find_folder(articles: Path) -> Path:
    """One for every version of the samples, so that a new one is not mixed into the old."""
    from platformdirs import user_cache_path

    digest = hashlib.sha256()
    for path in sorted(articles.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return user_cache_path("wortlaut", appauthor=False) / f"{_FOLDER}-{digest.hexdigest()[:8]}"


def _index_once(demo: Settings, articles: Path) -> None:
    from wortlaut.rag.assembly import count_articles, index_paths, is_complete
    from wortlaut.ui.terminal.printing import show_progress

    if count_articles(demo) and is_complete(demo):
        return
    with show_progress("indexing the sample archive") as progress:
        # Whoever else opens it for the first time at this moment is waited for.
        index_paths(demo, [articles], progress=progress, wait_s=math.inf)
