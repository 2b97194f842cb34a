"""An archive with an embedder of your own: here letters in threes, hashed, for lack of a model.

python examples/own_embedder.py

A sentence-transformers model needs none of this: wortlaut.open("archive", embedder="name/on-hub").
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

import wortlaut

SAMPLE = Path(__file__).parents[1] / "seeds" / "archive"


class LetterEngine:
    """What an `Embedder` asks of the model behind it."""

    dimension = 256
    max_tokens = 512

    def __init__(self) -> None:
        self._hashing = HashingVectorizer(
            n_features=self.dimension, analyzer="char_wb", ngram_range=(3, 3)
        )

    def encode(self, texts: list[str], role: Literal["query", "document"]) -> np.ndarray:
        """One vector a text, `(n, dimension)`; their length does not matter."""
        return self._hashing.transform(texts).toarray().astype(np.float32)

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[np.ndarray, np.ndarray]:
        """The passages' vectors, and those of all their sentences in order."""
        sentences = [sentence for passage in units for sentence in passage]
        return self.encode(list(texts), "document"), self.encode(sentences, "document")

    def count_tokens(self, texts: list[str]) -> list[int]:
        """How much of `max_tokens` each text takes."""
        return [len(text) // 4 for text in texts]


def main() -> None:
    """Index and search with it; an archive refuses every other embedder from then on."""
    embedder = wortlaut.Embedder(LetterEngine(), name="letters in threes", prompts={})
    with (
        tempfile.TemporaryDirectory() as folder,
        wortlaut.open(folder, embedder=embedder) as archive,
    ):
        archive.index(SAMPLE)
        for found in archive.search("Sicherheitsgarantien für die Ukraine", limit=3):
            print(f"{found.score:.2f} {found.article.title or found.article.path}")


if __name__ == "__main__":
    main()
