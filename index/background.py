"""What no relation looks like: sentences and questions about everything, embedded once."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import Embedder

_SENTENCES = "background_sentences.txt"
_QUESTIONS = "background_questions.tsv"


def name_sentences() -> str:
    """The name under which an archive keeps the sentences; another for other sentences."""
    return f"sentences {_read(_SENTENCES)[1]}"


def name_questions(language: str) -> str:
    """The name under which an archive keeps the language's questions about everything."""
    return f"questions {language} {_read(_QUESTIONS)[1]}"


def keep_backgrounds(archive: Archive, embedder: Embedder) -> None:
    """Embed into the archive what it lacks of the sentences and questions about everything.

    Sentences are passages to every question, questions are queries to every sentence: how near
    the one comes to the other says how near two texts are that have nothing to do with each other.
    """
    name = name_sentences()
    if not archive.has_background(name):
        archive.write_background(name, embedder.encode_document(list(_read(_SENTENCES)[0])))
    header, *rows = [line.split("\t") for line in _read(_QUESTIONS)[0]]
    for language, questions in zip(header, zip(*rows, strict=True), strict=True):
        name = name_questions(language)
        if not archive.has_background(name):
            archive.write_background(name, embedder.encode_query(questions))


@cache
def _read(file: str) -> tuple[tuple[str, ...], str]:
    """The file's lines, and what tells this version of it from others."""
    text = (files("wortlaut.index") / file).read_text(encoding="utf-8")
    return tuple(text.splitlines()), hashlib.sha256(text.encode()).hexdigest()[:8]
