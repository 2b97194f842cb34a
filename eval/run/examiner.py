"""Asks gold questions of the chat and scores what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from wortlaut.eval.figures.metrics import (
    contains_gold,
    mean,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
    token_f1,
)
from wortlaut.eval.figures.rows import RunRow, Scores
from wortlaut.eval.run.judging import CitationCheck, list_told
from wortlaut.eval.suites.questions import GoldQuestion, GoldSpan
from wortlaut.index.archive import Archive
from wortlaut.index.errors import DatasetError
from wortlaut.index.lang.names import SAME_PERSON, match_names
from wortlaut.index.selection import Selection
from wortlaut.rag.answer import Answer, Citation, Filters, format_published
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.query import Query
from wortlaut.rag.retriever import ScoredPassage
from wortlaut.rag.verification.verdict import Verifier

if TYPE_CHECKING:
    from wortlaut.eval.faithfulness.scorer import Scorer

_DEPTH = 50
_MOST_NAMED = 3
_LONGEST_QUOTE = 80


def ask_conversation(chat: NewsChat, question: GoldQuestion) -> Answer:
    """The answer to the last turn, after all before it."""
    history: list[Answer] = []
    for turn in question.turns:
        history.append(chat.ask(turn, history, Filters(as_of=question.as_of)))
    return history[-1]


def search_as_asked(
    chat: NewsChat, query: Query, as_of: date | None, limit: int
) -> Sequence[ScoredPassage]:
    """The best passages; like the chat, at any time where nothing is from a bare year."""
    window = query.window
    if window.is_empty:
        return []
    found = chat.retriever.search(query.text, limit, Selection(window.since, window.until))
    if not found and query.stated.is_bare_year:
        found = chat.retriever.search(query.text, limit, Selection(until=as_of))
    return found


class Examiner:
    """Asks the chat and scores its answers against gold; what the archive says is read anew.

    `verifier` tells for ALCE whether citations bear out a claim that is no quote; with `by_article` retrieval is to
    find the gold article, else the passages that hold gold sentences. A `scorer` gives the whole
    answer's faithfulness to the articles that it cites.
    """

    def __init__(
        self,
        chat: NewsChat,
        verifier: Verifier,
        *,
        by_article: bool = False,
        scorer: Scorer | None = None,
    ) -> None:
        self._chat = chat
        self._citations = CitationCheck(chat.archive, verifier)
        self._by_article = by_article
        self._scorer = scorer

    def examine(self, question: GoldQuestion) -> RunRow:
        """The row of the conversation's last answer.

        Raises DatasetError where a gold sentence is not in its article.
        """
        if lost := find_lost(self._chat.archive, question):
            raise DatasetError(explain_lost(lost))
        answer = ask_conversation(self._chat, question)
        data = answer.as_json()
        return RunRow(
            id=question.id,
            type=question.type,
            language=question.language,
            question=question.question,
            answer=answer.text,
            answerable=question.is_answerable,
            abstained=answer.abstained,
            confidence=answer.confidence,
            scores={
                **self._score_retrieval(question, answer.query),
                **score_answer(question, answer),
                **self._citations.score(answer),
                **self._score_faithfulness(answer),
            },
            claims=tuple(data["claims"]),
            citations=tuple(data["citations"]),
            gold=question.answers or tuple(span.quote for span in question.gold if span.quote),
            source=question.source,
            latency_ms=answer.timings_ms["total"],
        )

    def _score_retrieval(self, question: GoldQuestion, query: Query) -> Scores:
        """Where passage search for the understood question has the gold, inside its window.

        A question of what somebody said is answered from his statements; what is measured for it
        is the same search of passages all the same.
        """
        relevant = self._list_relevant(question)
        ranked: list[str] = []
        if relevant:
            found = search_as_asked(self._chat, query, question.as_of, _DEPTH)
            names = (each.article.id if self._by_article else each.passage.id for each in found)
            ranked = list(dict.fromkeys(names))
        return {
            **{f"retrieval.recall@{k}": recall_at_k(ranked, relevant, k) for k in (1, 5, 10)},
            "retrieval.mrr@10": reciprocal_rank(ranked, relevant, 10),
            "retrieval.ndcg@10": ndcg_at_k(ranked, relevant, 10),
        }

    def _list_relevant(self, question: GoldQuestion) -> set[str]:
        """The gold articles, or the passages that share a letter with a gold sentence."""
        if self._by_article:
            return {gold.article_id for gold in question.gold}
        relevant = set()
        for gold in question.gold:
            article = self._chat.archive.read_article(gold.article_id)
            if article is None or (span := gold.find(article)) is None:
                continue
            rows = self._chat.archive.query(
                "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article "
                'WHERE a.id = ? AND p.start < ? AND p."end" > ?',
                (article.id, span.end, span.start),
            )
            relevant |= {str(row[0]) for row in rows}
        return relevant

    def _score_faithfulness(self, answer: Answer) -> Scores:
        verdicts = [float(claim.verdict == "supported") for claim in answer.claims]
        scores: dict[str, float | None] = {"faithfulness.supported": mean(verdicts)}
        if self._scorer is not None and answer.citations:
            told = "\n".join(list_told(answer))
            articles = dict.fromkeys(citation.article.text for citation in answer.citations)
            found = self._scorer.score(answer.question, told, list(articles))
            scores["faithfulness.score"] = found.score
        return scores


def check_archive(
    chat: NewsChat,
    questions: Sequence[GoldQuestion],
    remedy: str = "first run: wortlaut index",
) -> None:
    """Return if every gold article is in the archive; else raise DatasetError.

    `remedy` is what to do with the folder that is missing.
    """
    gold = {span.article_id: span.path for question in questions for span in question.gold}
    missing = {path for i, path in gold.items() if chat.archive.read_article(i) is None}
    if missing:
        folder = sorted(path.parent for path in missing)[0]
        named = sorted(map(str, missing))[:_MOST_NAMED]
        more = ", …" if len(missing) > len(named) else ""
        raise DatasetError(
            f"{len(missing)} of the {len(set(gold.values()))} files that the questions are about "
            f"are not in this archive: {', '.join(named)}{more} (a gold path is relative to the "
            f"file of questions); {remedy} {folder}"
        )


def find_lost(archive: Archive, question: GoldQuestion) -> GoldSpan | None:
    """The first gold sentence that is not in its article; `None` if each is."""
    for gold in question.gold:
        article = archive.read_article(gold.article_id)
        if gold.quote and (article is None or gold.find(article) is None):
            return gold
    return None


def explain_lost(gold: GoldSpan) -> str:
    """One line that says which gold sentence is not in which file, and what to do."""
    quote = " ".join(gold.quote.split())
    shown = quote if len(quote) <= _LONGEST_QUOTE else f"{quote[:_LONGEST_QUOTE]} …"
    return (
        f"its gold sentence is not in {gold.path}: “{shown}”; copy it from there, letter by letter"
    )


def score_answer(question: GoldQuestion, answer: Answer) -> Scores:
    """Right is: abstained where nothing answers; else a gold sentence, speaker and date as gold.

    The speaker is right when everything that is cited is by the gold speaker, the date when an
    article of the gold date is cited. An answer is made of quotes: it contains a gold string when
    one of them does, and its sentence F1 is the best of a quote with a gold sentence. Where only
    the article is gold, nobody knows what is right, and it is `None`.
    """
    if not question.is_answerable:
        return {"answer.right": float(answer.abstained)}
    cited = answer.citations
    sentences = [gold.quote for gold in question.gold if gold.quote]
    sentence = speaker = dated = None
    if sentences:
        sentence = float(any(_is_gold(question, citation) for citation in cited))
    if question.speaker:
        name = question.speaker
        theirs = [match_names(name, each.speaker or "") >= SAME_PERSON for each in cited]
        speaker = float(bool(cited) and all(theirs))
    if question.date:
        days = [format_published(citation.article) or "" for citation in cited]
        dated = float(any(day.startswith(question.date) for day in days))
    parts = [each for each in (sentence, speaker, dated) if each is not None]
    return {
        "answer.right": None if sentence is None else min(parts),
        "answer.sentence": sentence,
        "answer.speaker": speaker,
        "answer.date": dated,
        "answer.contains_gold": _find_string(question.answers, cited),
        "answer.sentence_f1": _compare_quotes(cited, sentences),
    }


def _is_gold(question: GoldQuestion, citation: Citation) -> bool:
    """Whether the citation and a gold sentence share half of the shorter one."""
    spans = [gold.find(citation.article) for gold in question.gold]
    return any(
        span.overlap(citation.span) * 2 >= min(len(span), len(citation.span))
        for span in spans
        if span is not None
    )


def _find_string(strings: Sequence[str], cited: Sequence[Citation]) -> float | None:
    """1 if a quote contains one of the strings as whole words, else 0; `None` without strings."""
    found = [contains_gold(each.quote, strings, each.article.language or "de") for each in cited]
    return max((share or 0.0 for share in found), default=0.0) if strings else None


def _compare_quotes(cited: Sequence[Citation], sentences: Sequence[str]) -> float | None:
    """The best F1 of a quote's words with a gold sentence's; `None` without gold sentences."""
    if not sentences:
        return None
    shares = [token_f1(each.quote, sentences, each.article.language or "de") for each in cited]
    return max((share or 0.0 for share in shares), default=0.0)
