"""Scores answers: the chat's to gold questions, and those that another system gave.

Of the chat's own, what the archive says is read anew; of another system's, whatever its transcript
tells, the contexts standing for the archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from wortlaut.eval.faithfulness.claims import keep_citing, read_answer
from wortlaut.eval.faithfulness.scorer import Faithfulness, ScoredClaim, Scorer
from wortlaut.eval.figures.metrics import (
    citation_precision,
    citation_recall,
    contains_gold,
    exact_match,
    mean,
    ndcg_at_k,
    recall_at_k,
    reciprocal_rank,
    token_f1,
)
from wortlaut.eval.figures.rows import RunRow, Scores
from wortlaut.eval.suites.questions import GoldQuestion, GoldSpan
from wortlaut.eval.suites.transcripts import Transcript
from wortlaut.index.archive import Archive, Selection
from wortlaut.index.article import Voice
from wortlaut.index.errors import DatasetError, StaleSpan
from wortlaut.index.lang.names import SAME_PERSON, match_names
from wortlaut.index.lang.words import LANGUAGES, Language
from wortlaut.rag.answer import Answer, Citation, Claim, Verifier, format_published
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.model.citations import SentenceStream, read_markers
from wortlaut.rag.retriever import ScoredPassage
from wortlaut.rag.wording import voice_label

_DEPTH = 50
_MOST_NAMED = 3
_LONGEST_QUOTE = 80
_VOICES: tuple[Voice, ...] = ("direct", "reported", "narrated")
_LINE = re.compile(r"(?:(?P<head>[^“„«]*?): )?(?P<words>.+) \[\d+\]", re.DOTALL)
_MARKED = re.compile(r"[“„«]([^“”„«»]+)[”“»]")
_MOST_MARKERS = 1000

# A sentence, and the numbers of what it cites.
Cited = tuple[str, tuple[int, ...]]


def ask_conversation(chat: NewsChat, question: GoldQuestion) -> Answer:
    """The answer to the last turn, after all before it."""
    history: list[Answer] = []
    for turn, filters in zip(question.turns, question.list_filters(), strict=True):
        history.append(chat.ask(turn, history, filters))
    return history[-1]


def search_as_asked(chat: NewsChat, answer: Answer, limit: int) -> Sequence[ScoredPassage]:
    """The best passages among those that the answered question admits."""
    query, asking = answer.query, answer.asking
    window = query.window
    if window.is_empty:
        return []
    source = asking.filters.source if asking else None
    return chat.retriever.search(query.text, limit, Selection(window.since, window.until, source))


class Examiner:
    """Asks the chat and scores its answers against gold; what the archive says is read anew.

    `verifier` tells for ALCE whether citations bear out a claim that is no quote; with `by_article`
    retrieval is to find the gold article, else the passages that hold gold sentences. A `scorer`
    gives the whole answer's faithfulness to the articles that it cites.
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
                **self._score_retrieval(question, answer),
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

    def _score_retrieval(self, question: GoldQuestion, answer: Answer) -> Scores:
        """Where passage search for the understood question has the gold, inside its window.

        A question of what somebody said is answered from his statements; what is measured for it
        is the same search of passages all the same.
        """
        relevant = self._list_relevant(question)
        ranked: list[str] = []
        if relevant:
            found = search_as_asked(self._chat, answer, _DEPTH)
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


@dataclass(frozen=True, slots=True)
class Quoting:
    """A line that quotes `words`; `speaker` is whom it names for them, if anybody."""

    words: str
    speaker: str | None


def read_quoting(
    line: str, language: Language, citations: Sequence[Citation] = ()
) -> Quoting | None:
    """What a line in the wording of `rag.extractive` tells; `None` of a line that is worded else.

    Without a speaker it stands in quotation marks, or is one of the citations word for word.
    """
    match = _LINE.fullmatch(line.strip())
    if match is None:
        return None
    head, words = match["head"], " ".join(match["words"].split())
    marked = _MARKED.fullmatch(words)
    words = marked[1] if marked else words
    if head is None:
        quoted = marked or words in {" ".join(each.quote.split()) for each in citations}
        return Quoting(words, None) if quoted else None
    labels = [f", {voice_label(voice, None, language)}" for voice in _VOICES]
    found = [head.find(label) for label in labels if head.find(label) > 0]
    return Quoting(words, head[: min(found)]) if found else None


def list_told(answer: Answer) -> list[str]:
    """What the answer tells as fact, claim by claim; of a line that quotes, the quoted words."""
    told = [claim.text for claim in answer.claims if claim.verdict == "supported"]
    read = [(text, read_quoting(text, answer.language, answer.citations)) for text in told]
    return [quoting.words if quoting else text for text, quoting in read]


class CitationCheck:
    """Scores an answer's citations against what the archive keeps.

    A line that quotes is borne out if its words stand in the cited span as the archive has it,
    and if whom it names is whom the archive's own statement at that place is by. What is worded
    else is put to the `verifier`.
    """

    def __init__(self, archive: Archive, verifier: Verifier) -> None:
        self._archive = archive
        self._verifier = verifier

    def score(self, answer: Answer) -> Scores:
        """ALCE over every claim of the answer, and how many quotes stand where they are said to.

        A claim that did not pass when the answer was written counts as not borne out.
        """
        cited = {citation.marker: citation for citation in answer.citations}
        statements = [
            (claim, [cited[marker] for marker in claim.markers if marker in cited])
            for claim in answer.claims
        ]

        def supports(claim: Claim, some: Sequence[Citation]) -> bool:
            return self._supports(claim, some, answer.language)

        exact = [float(self._read_kept(each) == each.quote) for each in answer.citations]
        return {
            "citation.precision": citation_precision(statements, supports),
            "citation.recall": citation_recall(statements, supports),
            "citation.exact_span": mean(exact),
        }

    def _supports(self, claim: Claim, some: Sequence[Citation], language: Language) -> bool:
        if claim.verdict != "supported":
            return False
        quoting = read_quoting(claim.text, language, some)
        if quoting is None:
            return self._verifier.verify(claim.text, some, language).label == "supported"
        return any(self._bears_out(quoting, citation) for citation in some)

    def _bears_out(self, quoting: Quoting, citation: Citation) -> bool:
        kept = self._read_kept(citation)
        if kept is None or quoting.words not in " ".join(kept.split()):
            return False
        if quoting.speaker is None:
            return True
        return any(
            match_names(quoting.speaker, statement.speaker or "") >= SAME_PERSON
            for statement in self._archive.read_statements(citation.article.id)
            if statement.span.overlap(citation.span)
        )

    def _read_kept(self, citation: Citation) -> str | None:
        """The words of the span as the archive has them; `None` where it has other text."""
        article = citation.article
        try:
            return self._archive.read_quote(article.id, article.text_sha256, citation.span)
        except StaleSpan:
            return None


def judge_transcript(transcript: Transcript, scorer: Scorer) -> RunRow:
    """The row of the answer: faithful to its contexts, as the gold has it, rightly cited.

    There is no `answer.right`: whether words that differ from the gold are right nobody knows.
    Where the transcript does not say if the system abstained, an answer without words and one
    that only refuses count as abstentions. Exact match and F1 are SQuAD's, of the whole answer
    without its marks. A `[n]` in the answer cites the n-th context, the first is 1, and so does what
    other systems write for it; without any, and without quotes, citations have no score. Nothing is
    said of retrieval: what else there was to be found is not known. The row's citations are all
    contexts; a claim's `nearest` is (position among them, start, end).
    """
    answer, language = transcript.answer, transcript.language
    reading = read_answer(answer, is_asked=bool(transcript.question.strip()))
    plain = " ".join(reading.text.split())
    found = scorer.score(transcript.question, answer, transcript.contexts)
    abstained = transcript.abstained
    if abstained is None:
        abstained = not re.search(r"\w", plain) or reading.refuses
    scores: dict[str, float | None] = {
        "answer.exact_match": exact_match(plain, transcript.gold, language),
        "answer.f1": token_f1(plain, transcript.gold, language),
        "answer.contains_gold": contains_gold(plain, transcript.gold, language),
        **_score_faithfulness(found),
        **_score_citations(transcript, scorer),
        "citation.exact_span": _find_quotes(transcript),
    }
    return RunRow(
        id=transcript.id,
        type=transcript.type,
        language=language,
        question=transcript.question,
        answer=answer,
        answerable=transcript.answerable,
        abstained=abstained,
        confidence=transcript.confidence,
        scores=scores,
        claims=tuple(_show_claim(claim) for claim in found.claims),
        citations=tuple(
            {"marker": marker, "quote": text} for marker, text in enumerate(transcript.contexts, 1)
        ),
        gold=transcript.gold,
        source=transcript.source,
        latency_ms=transcript.latency_ms,
    )


def _score_faithfulness(found: Faithfulness) -> Scores:
    verdicts = [float(claim.verdict == "supported") for claim in found.claims]
    return {"faithfulness.supported": mean(verdicts), "faithfulness.score": found.score}


def _show_claim(claim: ScoredClaim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "verdict": claim.verdict,
        "support": round(claim.support, 4),
        "reason": claim.reason,
        "nearest": list(claim.nearest) if claim.nearest else None,
        "unsupported": [
            {"start": s.start, "end": s.end, "text": s.text, "score": round(s.score, 4)}
            for s in claim.unsupported
        ],
    }


def _score_citations(transcript: Transcript, scorer: Scorer) -> Scores:
    cited = split_cited(transcript.answer, transcript.language)
    if not any(markers for _, markers in cited):
        cited = []
    supports = _make_check(transcript, scorer)
    return {
        "citation.precision": citation_precision(cited, supports),
        "citation.recall": citation_recall(cited, supports),
    }


def split_cited(answer: str, language: str) -> list[Cited]:
    """The answer's claims without their markers, each with the numbers that it cites."""
    stream = SentenceStream(next((each for each in LANGUAGES if each == language), "en"))
    sentences = [raw for raw, _ in [*stream.feed(keep_citing(answer)), *stream.close()]]
    read = [read_markers(raw, range(_MOST_MARKERS)) for raw in sentences]
    return [(text.strip(), markers) for text, markers, _ in read if read_answer(text).claims]


def _make_check(transcript: Transcript, scorer: Scorer) -> Callable[[str, Sequence[int]], bool]:
    """Whether the contexts under the numbers bear a sentence out, each asked once.

    A number that no context has bears nothing out.
    """
    contexts = dict(enumerate(transcript.contexts, 1))

    @cache
    def check(sentence: str, markers: tuple[int, ...]) -> bool:
        texts = [contexts[marker] for marker in markers if marker in contexts]
        if not texts:
            return False
        found = scorer.score(transcript.question, sentence, texts)
        return bool(found.claims) and all(c.verdict == "supported" for c in found.claims)

    return lambda sentence, markers: check(sentence, tuple(markers))


def _find_quotes(transcript: Transcript) -> float | None:
    """The share of the quotes that stand word for word in a context, whatever the blanks are."""
    contexts = [" ".join(context.split()) for context in transcript.contexts]
    quotes = [" ".join(quote.split()) for quote in transcript.quotes]
    return mean([float(any(quote in context for context in contexts)) for quote in quotes])
