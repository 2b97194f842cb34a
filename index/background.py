"""What no relation looks like: sentences and questions about everything, embedded once."""

from __future__ import annotations

from importlib.resources import files

from index.archive import Archive
from index.embedder import Embedder

SENTENCES = "sentences"


def name_questions(language: str) -> str:
    """The name under which an archive keeps the questions about everything in the language."""
    return f"questions-{language}"


def keep_backgrounds(archive: Archive, embedder: Embedder) -> None:
    """Embed into the archive what it lacks of `background_sentences.txt` and `…_questions.tsv`.

    Sentences are passages to every question, questions are queries to every sentence: how near
    the one comes to the other says how near two texts are that have nothing to do with each other.
    """
    if archive.read_background(SENTENCES) is None:
        sentences = _read("background_sentences.txt")
        archive.write_background(SENTENCES, embedder.encode_document(sentences))
    header, *rows = [line.split("\t") for line in _read("background_questions.tsv")]
    for language, questions in zip(header, zip(*rows, strict=True), strict=True):
        name = name_questions(language)
        if archive.read_background(name) is None:
            archive.write_background(name, embedder.encode_query(questions))


def _read(name: str) -> list[str]:
    return (files("index") / name).read_text(encoding="utf-8").splitlines()
