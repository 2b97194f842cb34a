"""The plain LlamaIndex starter in a process of its own, over the same articles as ours."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.article import Article, Span
from index.errors import WortlautError
from rag.answer import format_published
from rag.config import Settings

_PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of an article's text, by the article's id."""

    article_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Found:
    """What the starter hands to a reader, its ranking, and the milliseconds that the first took.

    `lost` counts what it found and gave no place for, and its file does not have in one place.
    """

    shown: tuple[Shown, ...]
    ranked: tuple[Shown, ...]
    ms: float
    lost: int = 0


class Shelf:
    """The articles written out as files: for ours with their data, for the starter as plain text.

    The starter's files begin with title and date, so that it can see them too; articles that come
    from no file are the bare text on both sides.
    """

    def __init__(self, folder: Path, articles: Iterable[Article]) -> None:
        self.ours, self.theirs = folder / "ours", folder / "theirs"
        self._ids: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._headers: dict[str, int] = {}
        self.ours.mkdir()
        self.theirs.mkdir()
        for number, article in enumerate(articles):
            self._write(f"{number:05}", article)

    def _write(self, name: str, article: Article) -> None:
        published = format_published(article) or ""
        data = {"title": article.title, "source": article.source, "published": published}
        kept = {key: value for key, value in data.items() if value and article.path}
        # JSON's strings are YAML's.
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in kept.items()]
        front = "\n".join(["---", *(lines or ["{}"]), "---", ""])
        header = "\n".join([article.title, published, "", ""]) if article.path else ""
        (self.ours / f"{name}.md").write_text(front + article.text, encoding="utf-8")
        (self.theirs / f"{name}.txt").write_text(header + article.text, encoding="utf-8")
        self._ids[name] = article.id
        self._names[article.id] = name
        self._headers[name] = len(header)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._names

    def name_article(self, path: str) -> str:
        """The id of the article that the file was written from."""
        return self._ids[Path(path).stem]

    def find(self, path: str, text: str) -> Shown | None:
        """Where the text stands in the starter's file, whatever the blanks; `None` unless once."""
        written = Path(path).read_text(encoding="utf-8")
        words = map(re.escape, text.split())
        found = list(re.finditer(r"\s+".join(words), written)) if text.strip() else []
        return self.locate(path, *found[0].span()) if len(found) == 1 else None

    def locate(self, path: str, start: int, end: int) -> Shown:
        """What the starter found in its file, without the header, in the article's own letters."""
        header = self._headers[Path(path).stem]
        span = Span(max(start - header, 0), max(end - header, 0))
        return Shown(self.name_article(path), span)


class Starter:
    """The starter's retriever, open until `close`, answering one question after another."""

    def __init__(self, settings: Settings, shelf: Shelf, store: Path, model: str) -> None:
        self._shelf = shelf
        # A pipe that nobody reads would fill, and stop it.
        self._log = store.with_suffix(".log")
        with self._log.open("w") as complaints:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "eval.rivals.starter", "serve", str(shelf.theirs), str(store), model],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
                env=os.environ | {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"},
            )  # fmt: skip
        self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait(_PATIENCE_S)
            last = self._log.read_text(errors="replace").strip().splitlines()[-1:] or ["no message"]
            self.close()
            raise WortlautError(f"the starter stopped: {last[0]}")
        return line

    def ask(self, question: str, depth: int) -> Found:
        """What it finds; raises WortlautError when it has stopped."""
        assert self._process.stdin is not None
        # If it has stopped, reading says why.
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"question": question, "depth": depth}) + "\n")
            self._process.stdin.flush()
        answer = json.loads(self._read())
        shown, ranked = (self._locate(answer[name]) for name in ("shown", "ranked"))
        lost = sum(each is None for each in (*shown, *ranked))
        return Found(_drop_lost(shown), _drop_lost(ranked), answer["ms"], lost)

    def _locate(self, found: Iterable[dict[str, Any]]) -> list[Shown | None]:
        return [
            self._shelf.find(f["path"], f["text"] or "")
            if f["start"] is None or f["end"] is None
            else self._shelf.locate(f["path"], f["start"], f["end"])
            for f in found
        ]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait(_PATIENCE_S)
        for stream in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                stream.close() if stream else None


def _drop_lost(found: Iterable[Shown | None]) -> tuple[Shown, ...]:
    return tuple(each for each in found if each is not None)
