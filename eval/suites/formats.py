"""The field's formats: SQuAD JSON, TREC runs and qrels, BEIR folders.

Runs and qrels are trec_eval's, read as it reads them (version 9.0: form_res_rels.c, get_qrels.c,
README): of a run the scores count and not the ranks.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from wortlaut.index.article import Article, hash_text, normalise_text
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.index.lang.words import detect_language

TrecRun = Mapping[str, Sequence[tuple[str, float]]]  # by query: documents with scores, best first
Qrels = Mapping[str, Mapping[str, int]]  # by query: documents with grades
# Article and paragraph position: the same in every language's file.
ParagraphPlace = tuple[int, int]

_BEIR_HEAD = ["query-id", "corpus-id", "score"]
_CORPUS, _QUERIES, _QRELS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question about the paragraph at `place`; `answers` are texts with their start in it.

    With `is_impossible` (SQuAD 2) the paragraph looks as if it answered, and does not.
    """

    id: str
    text: str
    place: ParagraphPlace
    answers: tuple[tuple[str, int], ...]
    is_impossible: bool = False


@dataclass(frozen=True, slots=True)
class SquadFile:
    """The paragraphs by place, with their article's title, and the questions, in file order."""

    paragraphs: dict[ParagraphPlace, str]
    titles: dict[ParagraphPlace, str]
    questions: tuple[SquadQuestion, ...]


def read_squad(path: Path) -> SquadFile:
    """The file's content; raises DatasetError when it is not SQuAD JSON."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _parse(data)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}; check the path") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f'{path} is no SQuAD JSON ({error}); it needs "data" > "paragraphs" > "qas"'
        ) from error


def _parse(data: Any) -> SquadFile:
    paragraphs: dict[ParagraphPlace, str] = {}
    titles: dict[ParagraphPlace, str] = {}
    questions: list[SquadQuestion] = []
    for a, article in enumerate(data["data"]):
        for p, paragraph in enumerate(article["paragraphs"]):
            paragraphs[a, p] = str(paragraph["context"])
            titles[a, p] = str(article.get("title") or "")
            for qa in paragraph["qas"]:
                impossible = bool(qa.get("is_impossible"))
                found = () if impossible else qa["answers"]
                answers = tuple((str(x["text"]), int(x["answer_start"])) for x in found)
                identity, text = str(qa["id"]), str(qa["question"])
                questions.append(SquadQuestion(identity, text, (a, p), answers, impossible))
    return SquadFile(paragraphs, titles, tuple(questions))


def check_places(path: Path, file: SquadFile, squad: SquadFile) -> None:
    """Return if every question of `file` is about a paragraph of `squad`; else raise DatasetError."""
    if any(question.place not in squad.paragraphs for question in file.questions):
        raise DatasetError(
            f"{path} asks about paragraphs that the data file lacks; is it parallel?"
        )


def make_articles(squad: SquadFile) -> Iterator[Article]:
    """Each paragraph as an article of its own, under `name_paragraph`."""
    for place, paragraph in squad.paragraphs.items():
        text = normalise_text(paragraph)
        yield Article(name_paragraph(place), squad.titles[place], text, hash_text(text))


def name_paragraph(place: ParagraphPlace) -> str:
    """The id of the article that is the paragraph at the place."""
    return f"paragraph-{place[0]}-{place[1]}"


def name_language(path: Path, file: SquadFile) -> str:
    """The questions' language: the file name's, else the one they are written in."""
    named = read_language(path)
    return named or detect_language(" ".join(q.text for q in file.questions[:20]))


def read_language(path: Path) -> str | None:
    """The questions' two-letter language in the file name, as in `xquad.en.json`.

    Of several the last counts: `mlqa.context-de.question-en.json` asks in English.
    """
    for part in reversed(path.name.split(".")[1:-1]):
        code = part.rsplit("-", 1)[-1]
        if len(code) == 2 and code.isalpha():
            return code.lower()
    return None


def read_trec_run(file: Path) -> TrecRun:
    """By query the documents with their scores, best first; raises DatasetError with file:line.

    A line is `qid Q0 docid rank score tag`. Best first is by score, descending, in the single
    precision that trec_eval keeps scores in; ties by document id, descending. One document twice
    under a query is an error, as it is there.
    """
    run: dict[str, dict[str, float]] = {}
    for place, line in _list_lines(file):
        fields = line.split()
        if len(fields) != 6:
            raise DatasetError(f'{place}: no line of a run; write "qid Q0 docid rank score tag"')
        query, document = _decode(place, fields[0]), _decode(place, fields[2])
        ranked = run.setdefault(query, {})
        if document in ranked:
            raise DatasetError(f"{place}: {document} is ranked twice for query {query}; keep one")
        ranked[document] = _read_score(place, fields[4])
    if not run:
        raise DatasetError(f"{file} ranks nothing; it needs lines of a TREC run")
    return {query: sorted(found.items(), key=_order, reverse=True) for query, found in run.items()}


def _order(ranked: tuple[str, float]) -> tuple[float, bytes]:
    with np.errstate(over="ignore"):
        return float(np.float32(ranked[1])), ranked[0].encode()


def write_trec_run(file: Path, run: TrecRun, tag: str = "wortlaut") -> None:
    """Write the run, its ranks from 1; raises DatasetError for an id that the format cannot hold."""
    lines = [
        f"{_check_id(query)} Q0 {_check_id(document)} {rank} {float(score)!r} {tag}"
        for query, ranked in run.items()
        for rank, (document, score) in enumerate(ranked, 1)
    ]
    _write_lines(file, lines)


def read_qrels(file: Path) -> Qrels:
    """By query the judged documents with their grades; raises DatasetError with file:line.

    A line is `qid 0 docid grade`; in a file with BEIR's header, qid, docid and grade between tabs.
    A grade of 0 or less says that the document is not relevant.
    """
    qrels: dict[str, dict[str, int]] = {}
    is_beir = False
    for place, line in _list_lines(file):
        if not qrels and [_decode(place, field) for field in line.split()] == _BEIR_HEAD:
            is_beir = True
            continue
        fields = line.rstrip(b"\r").split(b"\t") if is_beir else line.split()
        if len(fields) != (3 if is_beir else 4) or not all(fields):
            wanted = (
                "query-id, corpus-id and score between tabs" if is_beir else "qid 0 docid grade"
            )
            raise DatasetError(f'{place}: no judgement; write "{wanted}"')
        query, document, grade = (_decode(place, fields[n]) for n in (0, -2, -1))
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", grade):
            raise DatasetError(f"{place}: the grade {grade[:40]!r} is no whole number")
        judged = qrels.setdefault(query, {})
        if document in judged:
            raise DatasetError(f"{place}: {document} is judged twice for query {query}; keep one")
        judged[document] = int(grade)
    if not qrels:
        raise DatasetError(f"{file} judges nothing; it needs lines of TREC's or BEIR's qrels")
    return qrels


def write_qrels(file: Path, qrels: Qrels) -> None:
    """Write TREC's qrels; raises DatasetError for an id that the format cannot hold."""
    lines = [
        f"{_check_id(query)} 0 {_check_id(document)} {grade}"
        for query, judged in qrels.items()
        for document, grade in judged.items()
    ]
    _write_lines(file, lines)


@dataclass(frozen=True, slots=True)
class BeirFolder:
    """A collection as BEIR has it: the documents, the texts of the queries, and their qrels."""

    articles: tuple[Article, ...]
    queries: Mapping[str, str]
    qrels: Qrels


def read_beir(folder: Path) -> BeirFolder:
    """What corpus.jsonl, queries.jsonl and qrels/test.tsv hold; raises DatasetError with file:line.

    Of the queries those that are judged count. A document without a text is its title; one
    without either is left out.
    """
    texts = dict(_read_documents(folder / _CORPUS))
    articles = []
    for identity, row in texts.items():
        title = normalise_text(row.get("title") or "").strip()
        text = normalise_text(row["text"])
        text = text if text.strip() else title
        if text:
            articles.append(Article(identity, title, text, hash_text(text)))
    queries = {name: row["text"] for name, row in _read_documents(folder / _QUERIES)}
    qrels = read_qrels(folder / _QRELS)
    lost = [query for query in qrels if query not in queries]
    if lost:
        raise DatasetError(f"{folder / _QRELS} judges query {lost[0]}, which {_QUERIES} lacks")
    return BeirFolder(tuple(articles), {query: queries[query] for query in qrels}, qrels)


def _read_documents(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's `_id` and what else it says, once an id."""
    first: dict[str, str] = {}
    for place, line in _list_lines(file):
        try:
            row = json.loads(line)
            identity, title = row["_id"], row.get("title")
            if not isinstance(identity, str) or not isinstance(row["text"], str):
                raise TypeError('"_id" or "text" is no text')
            if title is not None and not isinstance(title, str):
                raise TypeError('"title" is no text')
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            said = " ".join(str(error).split())[:80]
            raise DatasetError(
                f'{place}: no line of a BEIR file ({said}); it needs "_id" and "text"'
            ) from error
        if first.setdefault(identity, place) != place:
            raise DatasetError(f"{place}: {identity!r} stands at {first[identity]} already")
        yield identity, row


def write_beir(
    folder: Path, articles: Iterable[Article], queries: Mapping[str, str], qrels: Qrels
) -> None:
    """Write the three files into a folder that is new or empty; raises ConfigError for another."""
    judged = [
        "\t".join([_check_id(query, "\t"), _check_id(document, "\t"), str(grade)])
        for query, grades in qrels.items()
        for document, grade in grades.items()
    ]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} holds something already; name a folder that is new")
    _write_lines(folder / _CORPUS, (_pack(_describe(article)) for article in articles))
    asked = ({"_id": query, "text": text, "metadata": {}} for query, text in queries.items())
    _write_lines(folder / _QUERIES, map(_pack, asked))
    _write_lines(folder / _QRELS, ["\t".join(_BEIR_HEAD), *judged])


def _describe(article: Article) -> dict[str, Any]:
    published = article.published.isoformat() if article.published else None
    told = {"source": article.source, "url": article.url, "published": published}
    metadata = {name: value for name, value in told.items() if value}
    row = {"_id": article.id, "title": article.title, "text": article.text}
    return row | {"metadata": metadata}


def _pack(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _list_lines(file: Path) -> Iterator[tuple[str, bytes]]:
    """Each line that is not blank, with "file:line"; gzipped files too."""
    try:
        data = file.read_bytes()
        data = gzip.decompress(data) if data.startswith(_GZIP) else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"cannot read {file}: {reason}; check the path") from error
    # A byte order mark is no part of the first id.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield f"{file}:{number}", line


def _write_lines(file: Path, lines: Iterable[str]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Only lone surrogates cannot be encoded; as \\udc80 they are what JSON knows them by.
        with file.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as opened:
            opened.writelines(f"{line}\n" for line in lines)
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror}; name another") from error


def _decode(place: str, field: bytes) -> str:
    try:
        return field.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DatasetError(f"{place}: no UTF-8; write the file anew in that encoding") from error


def _read_score(place: str, field: bytes) -> float:
    try:
        score = float("nan" if b"_" in field else field)
    except ValueError:
        score = float("nan")
    if isnan(score):
        shown = _decode(place, field)[:40]
        raise DatasetError(f"{place}: the score {shown!r} is no number")
    return score


def _check_id(identity: str, parting: str = " \t\v\f") -> str:
    """The id, if a line whose fields are parted so can hold it."""
    refused = {*parting, *"\r\n\ufeff"}
    if not identity or any(sign in refused or "\ud800" <= sign <= "\udfff" for sign in identity):
        raise DatasetError(f"the id {identity!r} cannot stand in such a file; rename it")
    return identity
