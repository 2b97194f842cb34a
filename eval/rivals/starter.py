"""The plain LlamaIndex starter, for comparison: what a user would pick instead.

Run as a program, with `index|ask|serve ARTICLES STORE MODEL [QUESTION]`, this module does what the
LlamaIndex tutorial does (SimpleDirectoryReader, VectorStoreIndex on Chroma, default chunks and
default number of them) with the same embedding model; `ask` prints the number of passages found,
`serve` answers questions line by line. `Starter` holds such a process open, `Shelf` the files that
it reads. Nothing of ours is imported up here: the process is timed against ours.
"""

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
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wortlaut.index.article import Article, Span
    from wortlaut.rag.config import Settings

_PATIENCE_S = 60


def list_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours with the arguments.

    It is the installed one, and none that the user's folder happens to hold by that name.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def make_embedding(model: str) -> Any:
    """LlamaIndex's embedding interface over the sentence-transformers model."""
    from llama_index.core.embeddings import BaseEmbedding
    from sentence_transformers import SentenceTransformer

    class Embedding(BaseEmbedding):
        encoder: Any = None

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._encode([f"query: {query}"])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._encode([f"passage: {text}"])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._encode([f"passage: {text}" for text in texts])

        def _encode(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = self.encoder.encode(
                texts, prompt="", normalize_embeddings=True
            ).tolist()
            return vectors

    return Embedding(encoder=SentenceTransformer(model, local_files_only=True))


def answer_lines(index: Any) -> None:
    """Answer the questions on standard input, a JSON object a line, until it ends.

    `{"question", "depth"}` gives `{"ms", "shown", "ranked"}`: the milliseconds that retrieval with
    the defaults took, what it found, and the first `depth` of the same ranking, each as
    {"path", "start", "end", "text", "score"}; `text` only where LlamaIndex knows no place.
    """
    usual = index.as_retriever()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        started = perf_counter()
        shown = usual.retrieve(asked["question"])
        took = (perf_counter() - started) * 1000
        ranked = index.as_retriever(similarity_top_k=asked["depth"]).retrieve(asked["question"])
        answer = {"ms": took, "shown": _describe(shown), "ranked": _describe(ranked)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _describe(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "path": each.node.metadata["file_path"],
            "start": each.node.start_char_idx,
            "end": each.node.end_char_idx,
            "text": None if _is_placed(each.node) else each.node.get_content(),
            "score": each.score,
        }
        for each in found
    ]


def _is_placed(node: Any) -> bool:
    return node.start_char_idx is not None and node.end_char_idx is not None


def run_starter() -> None:
    """Index the articles, ask the question, or serve many, as the arguments say."""
    task, articles, folder, model, *question = sys.argv[1:]
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("starter", embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    embedding = make_embedding(model)
    if task == "index":
        documents = SimpleDirectoryReader(articles, recursive=True).load_data()
        VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=embedding,
        )
        return
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    if task == "serve":
        answer_lines(index)
        return
    sys.stdout.write(f"{len(index.as_retriever().retrieve(question[0]))}\n")


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
        from wortlaut.rag.answer import format_published

        published = format_published(article) or ""
        # The text of an article from a file begins with its title.
        data = {"source": article.source, "published": published}
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
        from wortlaut.index.article import Span

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
                list_command("wortlaut.eval.rivals.starter", "serve", str(shelf.theirs), str(store), model),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
                env=os.environ | {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"},
            )  # fmt: skip
        self._read()

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            from wortlaut.index.errors import WortlautError

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


if __name__ == "__main__":
    run_starter()
