"""A suite: what to ask, or which answers to score, from any of the files that people have."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.questions import GoldQuestion, GoldSpan, read_questions
from eval.squad import (
    SquadFile,
    SquadQuestion,
    check_places,
    make_articles,
    name_language,
    name_place,
    read_squad,
)
from eval.transcripts import Transcript, list_files, looks_like_transcript, read_transcripts
from index.article import Article, Span
from index.errors import ConfigError, DatasetError
from index.splitter import split_sentences

Kind = Literal["questions", "squad", "transcripts"]


@dataclass(frozen=True, slots=True)
class Suite:
    """`questions` to ask, or `transcripts` to score: one of the two is empty.

    `sha256` is of every file that it was read from. `articles` are what the questions are about,
    where the suite brings them; `problems` say, one line each, what could not be read.
    """

    name: str
    kind: Kind
    sha256: str
    questions: tuple[GoldQuestion, ...] = ()
    transcripts: tuple[Transcript, ...] = ()
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()


def read_suite(path: Path, parallel: Sequence[Path] = (), limit: int | None = None) -> Suite:
    """The suite in the file or folder; raises DatasetError when nothing in it can be read.

    `parallel` are SQuAD files that ask about the same paragraphs in other languages. `limit` is
    the most questions or transcripts, the first ones; of each SQuAD file as many, from as many of
    its articles as there are, so that what a smaller limit takes a larger one takes too.
    """
    try:
        kind = find_kind(path)
    except OSError as error:
        raise DatasetError(
            f"cannot read {path}: {error.strerror}; name a file of questions, or of answers"
        ) from error
    if parallel and kind != "squad":
        raise ConfigError(f"--questions goes with SQuAD JSON alone; {path} is none")
    digest = hash_files([*list_files(path), *parallel])
    if kind == "transcripts":
        transcripts, problems = read_transcripts(path)
        some = tuple(transcripts[:limit])
        return Suite(path.name, kind, digest, transcripts=some, problems=tuple(problems))
    if kind == "questions":
        return Suite(path.name, kind, digest, tuple(read_questions(path)[:limit]))
    squad = read_squad(path)
    articles = {article.id: article for article in make_articles(squad)}
    questions: list[GoldQuestion] = []
    for number, file in enumerate((path, *parallel)):
        asked = squad if number == 0 else read_squad(file)
        check_places(file, asked, squad)
        questions += _ask_squad(file, asked, squad, articles, limit)
    if not questions:
        raise DatasetError(f"{path} asks nothing; name files with questions: --questions FILE")
    # Parallel files have the same ids.
    ids = [question.id for question in questions]
    if len(set(ids)) < len(ids):
        raise DatasetError(f"{path}: one id stands for two questions; give each its own")
    return Suite(path.name, kind, digest, tuple(questions), articles=tuple(articles.values()))


def find_kind(path: Path) -> Kind:
    """What the file or folder holds: transcripts where any line is one."""
    if path.is_dir():
        return "transcripts"
    if path.suffix.lower() == ".json":
        value = _parse(path.read_bytes())
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            return "transcripts" if any(map(looks_like_transcript, value["data"])) else "squad"
        if isinstance(value, list | dict):
            inner = value if isinstance(value, list) else [value, *value.values()]
            return "transcripts" if any(map(looks_like_transcript, _flatten(inner))) else "squad"
    with path.open("rb") as lines:
        if any(looks_like_transcript(_parse(line)) for line in lines):
            return "transcripts"
    return "squad" if path.suffix.lower() == ".json" else "questions"


def _flatten(values: Sequence[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def hash_files(files: Sequence[Path]) -> str:
    """The SHA-256 over names and bytes of the files; one that cannot be read counts as such."""
    digest = hashlib.sha256()
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            content = "unreadable"
        digest.update(f"{file.name}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _ask_squad(
    path: Path,
    asked: SquadFile,
    squad: SquadFile,
    articles: dict[str, Article],
    limit: int | None,
) -> list[GoldQuestion]:
    """The file's questions, each with its gold in the paragraphs of `squad`."""
    language = name_language(path, asked)
    theirs = {question.id: question for question in squad.questions}
    made = []
    for question in _spread(asked.questions, limit):
        place = question.place
        # The answers of a parallel file stand in other paragraphs: those of the same question count.
        is_own = asked.paragraphs[place] == squad.paragraphs[place]
        twin = question if is_own else theirs.get(question.id)
        gold = () if question.is_impossible else _list_gold(twin, articles[name_place(place)])
        made.append(
            GoldQuestion(
                id=f"{language}:{question.id}",
                type="fact" if gold else "unanswerable",
                language=language,
                turns=(question.text,),
                speaker=None,
                date=None,
                as_of=None,
                gold=gold,
                answers=tuple(dict.fromkeys(text for text, _ in twin.answers)) if twin else (),
                source=squad.titles[place] or f"article {place[0]}",
            )
        )
    return made


def _spread(questions: Sequence[SquadQuestion], limit: int | None) -> list[SquadQuestion]:
    """At most `limit` of the questions in file order: one of each article, then a second, ….

    Questions of one article are not independent, and a file's first ones are all of one.
    """
    seen: Counter[int] = Counter()
    turns = {}
    # Inside an article in an order that has nothing to do with its text's.
    for question in sorted(questions, key=lambda each: _mix(each.id)):
        article = question.place[0]
        turns[question.id] = (seen[article], article)
        seen[article] += 1
    chosen = set(sorted(turns, key=lambda name: turns[name])[:limit])
    return [question for question in questions if question.id in chosen]


def _mix(identity: str) -> bytes:
    return hashlib.sha256(identity.encode("utf-8", "replace")).digest()


def _list_gold(question: SquadQuestion | None, article: Article) -> tuple[GoldSpan, ...]:
    """The sentences that hold an answer, each once; without an answer the article alone."""
    sentences = split_sentences(article.text)
    spans: dict[Span, None] = {}
    for text, start in question.answers if question else ():
        if article.text[start : start + len(text)] != text:
            start = article.text.find(text)
        if start < 0 or not text:
            continue
        answer = Span(start, start + len(text))
        holding = [sentence for sentence in sentences if sentence.overlap(answer)]
        spans |= dict.fromkeys(holding or [answer])
    path = Path(article.path)
    if not spans:
        return (GoldSpan(article.id, path, ""),)
    return tuple(GoldSpan(article.id, path, s.of(article.text), s.start) for s in spans)
