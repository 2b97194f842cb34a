"""A suite: gold questions to ask, or answers to score, from any of the files that people have."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from wortlaut.eval.suites.foreign import unfold
from wortlaut.eval.suites.formats import (
    SquadFile,
    SquadQuestion,
    check_places,
    make_articles,
    name_language,
    name_paragraph,
    read_squad,
)
from wortlaut.eval.suites.transcripts import NEEDS as TRANSCRIPT_NEEDS
from wortlaut.eval.suites.transcripts import (
    Transcript,
    hash_files,
    list_files,
    looks_like_transcript,
    read_transcripts,
)
from wortlaut.index.article import Article, Span, make_article_id, normalise_text
from wortlaut.index.errors import ConfigError, DatasetError, StoreError
from wortlaut.index.splitter import split_sentences
from wortlaut.rag.answer import Filters
from wortlaut.rag.desk.keeping import revive

SuiteKind = Literal["questions", "squad", "transcripts"]


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A sentence that answers rightly, in the article under `article_id`.

    `start` is where it stands, if that is known; of an empty `quote` only the article is known.
    """

    article_id: str
    path: Path
    quote: str
    start: int | None = None

    def find(self, article: Article) -> Span | None:
        """Where the sentence stands in the article; `None` if it does not."""
        if article.id != self.article_id or not self.quote:
            return None
        start = article.text.find(self.quote) if self.start is None else self.start
        span = Span(max(start, 0), max(start, 0) + len(self.quote))
        return span if span.of(article.text) == self.quote else None


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """The turns of a conversation whose last one is scored; without `gold` it is unanswerable.

    `answers` are the shortest strings that answer it, in the archive's own words; `source` names
    what it is about: questions about one source are not independent. One that is `proposed` was
    made by a program, and nobody has checked it. `filters` are what was fixed beside each turn;
    empty where nothing was.
    """

    id: str
    type: str
    language: str
    turns: tuple[str, ...]
    speaker: str | None
    date: str | None
    as_of: datetime.date | None
    gold: tuple[GoldSpan, ...]
    answers: tuple[str, ...] = ()
    source: str | None = None
    proposed: bool = False
    filters: tuple[Filters, ...] = ()

    def list_filters(self) -> tuple[Filters, ...]:
        """What is fixed beside each turn; `as_of` holds for those that name no day of their own."""
        given = self.filters or (Filters(),) * len(self.turns)
        return tuple(replace(one, as_of=one.as_of or self.as_of) for one in given)

    @property
    def question(self) -> str:
        """The turns on one line."""
        return " | ".join(self.turns)

    @property
    def is_answerable(self) -> bool:
        """Whether the archive holds the answer."""
        return bool(self.gold)


def read_questions(file: Path) -> list[GoldQuestion]:
    """The questions in file order; raises DatasetError that names the line.

    Gold paths are relative to the file's folder.
    """
    try:
        # Not splitlines: a line separator inside a JSON string is no line's end.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file}: {error}; check the path") from error
    questions = list(_parse(file, lines))
    if not questions:
        raise DatasetError(f"{file} holds no question; write one JSON object a line")
    return questions


def _parse(file: Path, lines: list[str]) -> Iterator[GoldQuestion]:
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _make_question(file.parent, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DatasetError(
                f"{file}:{number}: no gold question ({_explain(error)}); "
                f'it needs "id", "type", "language", "turns" and "gold"; an answer to score needs '
                f"{TRANSCRIPT_NEEDS}"
            ) from error
        if first.setdefault(question.id, number) != number:
            raise DatasetError(
                f"{file}:{number}: the id {question.id!r} stands in line {first[question.id]} "
                "already; give each question its own"
            )
        yield question


def _explain(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f'"{error.args[0]}" is missing'
    return " ".join(str(error).split())[:120]


def _make_question(folder: Path, row: dict[str, Any]) -> GoldQuestion:
    turns = row.get("turns") or [row["question"]]
    if not isinstance(turns, list):
        raise TypeError('"turns" is no list')
    gold = tuple(_make_span(folder, span) for span in row["gold"])
    answer = normalise_text(str(row.get("answer") or ""))
    return GoldQuestion(
        id=normalise_text(str(row["id"])),
        type=normalise_text(str(row["type"])),
        language=normalise_text(str(row["language"])),
        turns=tuple(normalise_text(str(turn)) for turn in turns),
        speaker=_read_text(row, "speaker"),
        date=_read_date(row),
        as_of=datetime.date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
        gold=gold,
        # An answer in other words than the archive's cannot be looked for in its quotes.
        answers=(answer,) if answer and any(answer in span.quote for span in gold) else (),
        source=gold[0].article_id if gold else None,
        proposed=row.get("status") == "proposed",
        filters=_read_filters(row.get("filters") or [], len(turns)),
    )


def _read_filters(rows: Any, turns: int) -> tuple[Filters, ...]:
    """What is fixed beside each turn, as `wortlaut feedback --json` has it."""
    if not isinstance(rows, list) or len(rows) not in (0, turns):
        raise ValueError(f'"filters" is no list of {turns}, one for each turn, {{}} for none')
    known = {field.name for field in fields(Filters)}
    for row in rows:
        if unknown := sorted(set(row) - known):
            raise ValueError(f'"filters" knows no {unknown[0]!r}, only {", ".join(sorted(known))}')
    try:
        return tuple(revive(Filters, row, _read_no_article) for row in rows)
    except StoreError as error:
        raise ValueError(f'"filters": {error}') from error


def _read_no_article(_: str) -> None:
    return None


def _read_text(row: dict[str, Any], name: str) -> str | None:
    text = row.get(name)
    if text is not None and not isinstance(text, str):
        raise TypeError(f'"{name}" is no text')
    return normalise_text(text) if text else None


def _read_date(row: dict[str, Any]) -> str | None:
    """The day, month or year as it is written: `2026-01-29`, `2026-01`, `2026`."""
    text = _read_text(row, "date")
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
            datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
            return text
    except ValueError:
        pass
    raise ValueError(f'"date" is {text[:40]!r}, no day, month or year like 2026-01-29')


def _make_span(folder: Path, span: dict[str, Any]) -> GoldSpan:
    path = (folder / span["path"]).resolve()
    quote = normalise_text(span["quote"])
    return GoldSpan(make_article_id(str(path), span.get("record") or ""), path, quote)


@dataclass(frozen=True, slots=True)
class Suite:
    """`questions` to ask, or `transcripts` to score: one of the two is empty.

    `sha256` is of every file that it was read from. `articles` are what the questions are about,
    where the suite brings them; `problems` say, one line each, what could not be read.
    """

    name: str
    kind: SuiteKind
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
        kind = find_suite_kind(path)
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


def find_suite_kind(path: Path) -> SuiteKind:
    """What the file or folder holds: transcripts where any line is one."""
    if path.is_dir():
        return "transcripts"
    if path.suffix.lower() == ".json":
        value = unfold(_read_json(path.read_bytes()))
        if isinstance(value, dict) and isinstance(value.get("data"), list):
            return "transcripts" if any(map(looks_like_transcript, value["data"])) else "squad"
        if isinstance(value, list | dict):
            inner = value if isinstance(value, list) else [value, *value.values()]
            return "transcripts" if any(map(looks_like_transcript, _flatten(inner))) else "squad"
    with path.open("rb") as lines:
        if any(looks_like_transcript(_read_json(line)) for line in lines):
            return "transcripts"
    return "squad" if path.suffix.lower() == ".json" else "questions"


def _flatten(values: Sequence[Any]) -> list[Any]:
    return [item for value in values for item in (value if isinstance(value, list) else [value])]


def _read_json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


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
        gold = () if question.is_impossible else _list_gold(twin, articles[name_paragraph(place)])
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
