"""Answers as a user gets them, against questions with gold and forbidden fragments.

A line of a question file is `{"id", "q" or "turns", "type", "lang", "gold": [{"any": [...]}],
"min_gold", "wrong": [...], "only_docs": [...]}`. Right is an answer that quotes enough of the gold
groups, no forbidden fragment and nothing outside `only_docs`; of a type "unanswerable" (or without
gold) an abstention. Of a conversation the last turn counts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from wortlaut.eval.figures.intervals import wilson
from wortlaut.index.article import make_article_id
from wortlaut.index.errors import DatasetError
from wortlaut.rag.answer import Answer

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

AnswerKind = Literal["right", "wrong_answer", "wrong_speaker", "abstained", "answered_un"]
ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
_UNANSWERABLE = "unanswerable"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """The turns of a conversation, and what the last answer must quote, and must not.

    `gold` holds groups of fragments, one of each group counts; `only_documents` are record ids.
    """

    id: str
    turns: tuple[str, ...]
    type: str
    language: str
    gold: tuple[tuple[str, ...], ...]
    least_gold: int
    forbidden: tuple[str, ...]
    only_documents: tuple[str, ...]

    @property
    def is_answerable(self) -> bool:
        """Whether anything is to be quoted at all."""
        return self.type != _UNANSWERABLE and bool(self.gold)


@dataclass(frozen=True, slots=True)
class AskedAnswer:
    """What became of a question: `quotes` were given, `gold_quotes` of them with gold in them."""

    id: str
    type: str
    language: str
    kind: AnswerKind
    why: str | None
    quotes: int
    gold_quotes: int
    first_is_gold: bool
    confidence: float | None


def read_asked_questions(file: Path) -> list[AskedQuestion]:
    """The file's questions, in order; raises DatasetError that names the line which is wrong."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file}: {error}; give JSON lines in UTF-8") from error
    asked = [
        _read_question(line, f"{file}:{number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not asked:
        raise DatasetError(f"{file} holds no question")
    twice = [name for name, n in Counter(question.id for question in asked).items() if n > 1]
    if twice:
        raise DatasetError(f"{file}: the id {twice[0]!r} stands twice")
    return asked


def _read_question(line: str, place: str) -> AskedQuestion:
    try:
        data = json.loads(line)
        turns = data["turns"] if "turns" in data else [data["q"]]
        gold = tuple(tuple(map(_collapse, group["any"])) for group in data.get("gold") or [])
        question = AskedQuestion(
            str(data["id"]),
            tuple(turns),
            str(data.get("type", "fact")),
            str(data.get("lang", "")),
            gold,
            int(data.get("min_gold", 1)),
            tuple(map(_collapse, data.get("wrong") or [])),
            tuple(map(str, data.get("only_docs") or [])),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DatasetError(
            f"{place} is no question: {type(error).__name__} {error}; "
            'a line needs "id", "q" or "turns", and "gold": [{"any": ["…"]}] if it has an answer'
        ) from error
    if not turns or not all(isinstance(turn, str) and turn.strip() for turn in turns):
        raise DatasetError(f'{place}: "turns" must be questions in words')
    return question


def ask_questions(chat: NewsChat, questions: Sequence[AskedQuestion]) -> Iterator[AskedAnswer]:
    """Each question asked, in order, every conversation from its beginning, and judged."""
    for question in questions:
        history: list[Answer] = []
        for turn in question.turns:
            history.append(chat.ask(turn, history))
        yield judge_answer(question, history[-1])


def judge_answer(question: AskedQuestion, answer: Answer) -> AskedAnswer:
    """Whether the answer is right, and if not, what is wrong with it."""
    quotes = [_collapse(citation.quote) for citation in answer.citations]
    fragments = [fragment for group in question.gold for fragment in group]
    is_gold = [any(fragment in quote for fragment in fragments) for quote in quotes]
    kind, why = _judge(question, answer, quotes)
    return AskedAnswer(
        question.id,
        question.type,
        question.language,
        kind,
        why,
        len(quotes),
        sum(is_gold),
        bool(is_gold and is_gold[0]),
        answer.confidence,
    )


def _judge(
    question: AskedQuestion, answer: Answer, quotes: Sequence[str]
) -> tuple[AnswerKind, str | None]:
    shown = " | ".join(quote[:70] for quote in quotes[:3])
    if not question.is_answerable:
        return ("right", None) if answer.abstained else ("answered_un", f"answered: {shown}")
    if answer.abstained:
        return "abstained", f"abstained: {answer.abstain_reason}"
    for fragment in question.forbidden:
        if any(fragment in quote for quote in quotes):
            return "wrong_speaker", f"quotes {fragment!r}"
    found = sum(any(f in quote for f in group for quote in quotes) for group in question.gold)
    if found < question.least_gold:
        return "wrong_answer", f"{found} of {question.least_gold} gold quoted: {shown}"
    for citation in answer.citations if question.only_documents else ():
        path = citation.article.path
        wanted = {make_article_id(path, document) for document in question.only_documents}
        if citation.article.id not in wanted:
            return "wrong_answer", f"from another article: {_collapse(citation.quote)[:70]}"
    return "right", None


def summarise_answers(judged: Sequence[AskedAnswer]) -> dict[str, Any]:
    """Counts by type, by language and of all; the share right with its 95 % interval (Wilson).

    `quotes` are a mean over the answers to answerable questions, `gold_share` and `first_gold`
    shares in [0, 1]; `None` where there is no such answer.
    """
    rows: dict[str, list[AskedAnswer]] = {}
    for each in judged:
        for name in dict.fromkeys((each.type, each.language)):
            rows.setdefault(name, []).append(each)
    rows = {name: rows[name] for name in sorted(rows) if name} | {"all": list(judged)}
    told = [each for each in judged if each.quotes and each.kind != "answered_un"]
    quotes = sum(each.quotes for each in told)
    n = len(told) or None
    return {
        "groups": {name: _count(some) for name, some in rows.items()},
        "quotes": n and quotes / n,
        "gold_share": n and sum(each.gold_quotes / each.quotes for each in told) / n,
        "first_gold": n and sum(each.first_is_gold for each in told) / n,
        "questions": [asdict(each) for each in judged],
    }


def _count(judged: Sequence[AskedAnswer]) -> Mapping[str, Any]:
    counts = Counter(each.kind for each in judged)
    share = counts["right"] / len(judged)
    low, high = wilson(share, len(judged))
    return {
        "n": len(judged),
        **{kind: counts[kind] for kind in ANSWER_KINDS},
        "share": share,
        "low": low,
        "high": high,
    }


def _collapse(text: str) -> str:
    return " ".join(text.split())
