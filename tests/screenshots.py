"""Makes a picture of each main state of the page, light and dark.

`python tests/screenshots.py FOLDER [--docs]` indexes `seeds/` and writes a PNG a state into FOLDER;
with `--docs` it also renews the pictures in `docs/` that the README shows.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What the README shows, and the state that it is a picture of.
_SHOWN = {"page": "wide-answer", "timeline": "wide-timeline", "quotes": "wide-quotes"}


def take_all(folder: Path) -> list[Path]:
    """The pictures that were made, each named for its state."""
    from tests.states import open_sample, paint, walk
    from tests.test_app import open_browser
    from wortlaut.rag.assembly import index_paths
    from wortlaut.rag.config import load_settings

    made = []
    with tempfile.TemporaryDirectory() as place:
        settings = load_settings(data=Path(place) / "archive")
        index_paths(settings, [ROOT / "seeds" / "archive"])
        with (
            open_sample(settings, Path(place)) as address,
            open_browser(Path(place) / "chromium", address) as browser,
        ):
            for state in walk(browser, address):
                for theme in ("dark", "light"):
                    paint(browser, theme)
                    # Two frames: what was hovered or is moving has come to rest.
                    browser.call("Runtime.evaluate", awaitPromise=True, expression=(
                        "new Promise(done => requestAnimationFrame(() => setTimeout(done, 400)))"
                    ))  # fmt: skip
                    shot = browser.call("Page.captureScreenshot", format="png")
                    path = folder / f"{state}{'-dark' if theme == 'dark' else ''}.png"
                    path.write_bytes(base64.b64decode(shot["data"]))
                    made.append(path)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docs", action="store_true", help="renew the README's pictures too")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ["HF_HUB_OFFLINE"] = "1"
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in take_all(options.folder):
        print(path)  # noqa: T201
    for name, state in _SHOWN.items() if options.docs else ():
        picture = (options.folder / f"{state}.png").read_bytes()
        (ROOT / "docs" / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main()
