"""A conversation with the archive: question in, cited answer or abstention out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter

from index.archive import Archive
from index.errors import ConfigError
from index.selection import Selection, count_selected
from rag.answer import Answer, Citation, Filters, Language
from rag.evidence import Evidence, EvidenceFinder
from rag.extractive import choose_evidence, cite, compose_answer, split_growing
from rag.question import Query, understand
from rag.retriever import Retriever, ScoredPassage
from rag.suggestions import suggest_questions
from rag.timeline import list_timeline
from rag.understanding.timewindow import Window
from rag.wording import AbstainReason, explain_abstention, say_nearest, say_searched

LONGEST_QUESTION = 2000


class NewsChat:
    """Answers questions from one archive; what was said before comes in as `history`."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        *,
        quotes: int = 6,
        min_confidence: float = 0.3,
    ) -> None:
        self.archive = archive
        self.retriever = retriever
        self._finder = EvidenceFinder(archive, retriever)
        self._quotes = quotes
        self._min_confidence = min_confidence

    def ask(
        self, question: str, history: Sequence[Answer] = (), filters: Filters = Filters()
    ) -> Answer:
        """The answer, or an abstention that says why; raises ConfigError for no question."""
        started = perf_counter()
        query = self._understand(question, history, filters)
        understood = perf_counter()
        evidence = self._finder.find(query, filters.source, _fix_window(filters))
        retrieved = perf_counter()
        answer = self._compose(query, evidence, filters.source)
        composed = perf_counter()
        timings = {
            "understand": (understood - started) * 1000,
            "retrieve": (retrieved - understood) * 1000,
            "compose": (composed - retrieved) * 1000,
            "verify": 0.0,
            "total": (composed - started) * 1000,
        }
        return replace(answer, timings_ms=timings)

    def stream(
        self, question: str, history: Sequence[Answer] = (), filters: Filters = Filters()
    ) -> Iterator[Answer]:
        """Answers that grow line by line; the last is the whole one."""
        answer = self.ask(question, history, filters)
        for text in split_growing(answer.text):
            yield replace(answer, text=text)

    def suggest_questions(self, language: Language = "en") -> list[str]:
        """Example questions that the archive can answer: about those it quotes most."""
        speakers = [name for name in self._finder.list_people() if " " in name][:4]
        return suggest_questions(self.archive, speakers, language)

    def list_timeline(self, speaker: str, topic: str, filters: Filters) -> list[Citation]:
        """What the person said, on the topic if there is one: oldest first, undated last."""
        return list_timeline(self._finder, speaker, topic, filters, self._min_confidence)

    def search(self, text: str, limit: int, filters: Filters = Filters()) -> list[ScoredPassage]:
        """The passages that fit the text best, best first."""
        query = self._understand(text, (), filters)
        speakers = self._finder.list_spellings(query.speakers) if filters.speaker else ()
        if filters.speaker and not speakers:
            return []
        selection = Selection(query.window.since, query.window.until, filters.source, speakers)
        return self.retriever.search(text, limit, selection)

    def _understand(self, question: str, history: Sequence[Answer], filters: Filters) -> Query:
        if len(question) > LONGEST_QUESTION:
            raise ConfigError(
                f"a question of {len(question)} letters, the limit is {LONGEST_QUESTION}; "
                "ask in fewer words"
            )
        query = understand(
            question,
            [answer.query for answer in history],
            known_speakers=self._finder.list_people(),
            as_of=filters.as_of,
            since=filters.since,
            until=filters.until,
            speaker=filters.speaker,
            language=filters.language,
        )
        return _leave_out(query, filters.without)

    def _compose(self, query: Query, evidence: Sequence[Evidence], source: str | None) -> Answer:
        chosen = choose_evidence(query, evidence, self._quotes, self._min_confidence)
        confidence = max((item.confidence for item in evidence), default=0.0)
        if not chosen:
            reason = self._find_reason(query, evidence)
            return replace(self._abstain(query, reason, evidence, source), confidence=confidence)
        text, citations, claims = compose_answer(chosen, query.language)
        if query.unknown_speakers:
            names = query.unknown_speakers
            text += "\n\n" + explain_abstention("unknown_speaker", query.language, names=names)
        return Answer(
            query.question,
            text,
            False,
            None,
            "extractive",
            query.language,
            query,
            citations,
            claims,
            confidence=confidence,
        )

    def _find_reason(self, query: Query, evidence: Sequence[Evidence]) -> AbstainReason:
        if self.archive.count().articles == 0:
            return "empty_archive"
        if query.unknown_speakers and not query.speakers:
            return "unknown_speaker"
        if query.speakers:
            silent_then = not evidence and not query.window.is_open
            return "speaker_silent_then" if silent_then else "speaker_silent"
        return "no_evidence" if evidence or query.window.is_open else "nothing_then"

    def _abstain(
        self, query: Query, reason: AbstainReason, evidence: Sequence[Evidence], source: str | None
    ) -> Answer:
        window = query.window
        names = query.speakers or query.unknown_speakers
        sentences = [
            explain_abstention(
                reason, query.language, names=names, since=window.since, until=window.until
            )
        ]
        nearest = None
        if reason != "empty_archive":
            counts = self.archive.count()
            searched = count_selected(self.archive, Selection(window.since, window.until, source))[
                0
            ]
            since, until = window.since or counts.since, window.until or counts.until
            sentences.append(say_searched(searched, since, until, query.language))
            nearest = self._find_nearest(query, evidence)
        if nearest is not None:
            article = nearest.article
            sentences.append(
                say_nearest(
                    article.published,
                    article.published_precision,
                    article.title,
                    query.language,
                )
            )
        return Answer(
            query.question,
            " ".join(sentences),
            True,
            sentences[0],
            "extractive",
            query.language,
            query,
            nearest=nearest,
        )

    def _find_nearest(self, query: Query, evidence: Sequence[Evidence]) -> Citation | None:
        """The best there is; outside the window or by another speaker if there is nothing else."""
        speakers = replace(query, window=Window())
        anything = replace(speakers, speakers=(), unknown_speakers=(), kind="fact")
        for found in (evidence, *(self._finder.find(some) for some in (speakers, anything))):
            if found:
                return cite(1, found[0])
        return None


def _fix_window(filters: Filters) -> Window:
    """The window that the user fixed, whatever the question says."""
    return Window(filters.since, filters.until).intersect(Window(None, filters.as_of))


def _leave_out(query: Query, without: frozenset[str]) -> Query:
    """The query less the parts of it that the user took away."""
    if "speaker" in without:
        kind = "fact" if query.kind == "speaker" else query.kind
        query = replace(query, speakers=(), unknown_speakers=(), kind=kind)
    since = None if "since" in without else query.window.since
    until = None if "until" in without else query.window.until
    return replace(query, window=Window(since, until))
