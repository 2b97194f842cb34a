"""A conversation with the archive: question in, cited answer or abstention out; questions to begin with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from wortlaut.index.archive import Archive, Selection, has_source
from wortlaut.index.article import mend_letters
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import Language
from wortlaut.index.live.gaps import Gaps, read_gaps, read_state
from wortlaut.rag.answer import Answer, Asking, Citation, Filters, Mode
from wortlaut.rag.evidence import Evidence, EvidenceFinder, FoundFacts, names_any
from wortlaut.rag.extractive import (
    Abstention,
    choose_evidence,
    cite_print,
    compose_answer,
    list_fitting,
    list_timeline,
    split_growing,
)
from wortlaut.rag.reader import Reader
from wortlaut.rag.retriever import Retriever, ScoredPassage
from wortlaut.rag.roster import Roster
from wortlaut.rag.suggesting import suggest
from wortlaut.rag.understanding.choices import ArchiveChoices
from wortlaut.rag.understanding.followup import set_topic
from wortlaut.rag.understanding.office import is_somebody
from wortlaut.rag.understanding.query import Query, QueryKind
from wortlaut.rag.understanding.question import understand
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.rag.wording import explain_abstention, explain_damage, explain_gaps

if TYPE_CHECKING:
    from wortlaut.rag.model.writing import AnswerWriter

LONGEST_QUESTION = 2000

# What is left of the confidence in an answer to a question that names what no article does.
_ABSENT_SHARE = 0.4


class NewsChat:
    """Answers questions from one archive; what was said before comes in as `history`."""

    def __init__(
        self,
        archive: Archive,
        retriever: Retriever,
        *,
        quotes: int = 6,
        min_confidence: float = 0.3,
        mode: Mode = "extractive",
        open_reader: Callable[[], Reader | None] = lambda: None,
        open_writer: Callable[[], AnswerWriter] | None = None,
    ) -> None:
        self.archive = archive
        self.retriever = retriever
        self._finder = EvidenceFinder(archive, retriever, open_reader, quotes)
        self._abstention = Abstention(archive, self._finder)
        self.choices = ArchiveChoices(archive, self._finder.roster)
        self._quotes = quotes
        self._min_confidence = min_confidence
        self._mode = mode
        self._open_writer = open_writer
        self._writer: AnswerWriter | None = None
        # Told of each question and its answer; of one that failed or was left, None.
        self.listener: Callable[[str, Answer | None], None] | None = None

    @property
    def mode(self) -> Mode:
        """Who words an answer where nothing else is asked for."""
        return self._mode

    @property
    def has_model(self) -> bool:
        """Whether a language model is set; it may be down all the same."""
        return self._open_writer is not None

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters = Filters(),
        mode: Mode | None = None,
    ) -> Answer:
        """The answer, or an abstention that says why; raises ConfigError for no question."""
        *_, answer = self._tell(question, self._answer(question, history, filters, mode))
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        filters: Filters = Filters(),
        mode: Mode | None = None,
    ) -> Iterator[Answer]:
        """Answers that grow: line by line, or as a language model writes; the last is whole."""
        for answer in self._tell(question, self._answer(question, history, filters, mode)):
            if answer.mode == "llm":
                yield answer
                continue
            for text in split_growing(answer.text):
                yield replace(answer, text=text)

    def _tell(self, question: str, answers: Iterator[Answer]) -> Iterator[Answer]:
        """The answers, the last of which the listener hears of."""
        whole, last = None, None
        try:
            for last in answers:
                yield last
            whole = last
        finally:
            if self.listener is not None:
                self.listener(question, whole)

    def _answer(
        self, question: str, history: Sequence[Answer], filters: Filters, mode: Mode | None
    ) -> Iterator[Answer]:
        """Answers that grow while a language model writes; else the one."""
        writer = self._find_writer() if (mode or self._mode) == "llm" else None
        started, asked = perf_counter(), datetime.now().astimezone()
        # As a receipt can keep it.
        question = mend_letters(question)
        state = read_state(self.archive)
        check_source(self.archive, filters.source)
        # Before anything is looked for: what comes in meanwhile may not be found.
        gaps = read_gaps(self.archive)
        query = interpret(question, history, filters, self._finder.roster)
        understood = perf_counter()
        found: FoundFacts = {}
        told = _list_told(history)
        evidence = self._finder.find(query, filters.source, told, found, filters.skip)
        if query.further:
            evidence = _leave_out_shown(evidence, history)
        retrieved = perf_counter()
        earlier = [answer.question for answer in history]
        for answer in self._compose(query, evidence, filters, writer, earlier, found):
            composed = perf_counter()
            timings = {
                "understand": (understood - started) * 1000,
                "retrieve": (retrieved - understood) * 1000,
                "compose": (composed - retrieved) * 1000,
                "verify": 0.0,
                "total": (composed - started) * 1000,
            }
            is_same = state == read_state(self.archive)
            asking = Asking(asked, filters, tuple(history), state if is_same else None)
            answer = replace(answer, asking=asking, timings_ms=timings | answer.timings_ms)
            answer = _say_gaps(answer, gaps)
            yield _say_damage(answer, self.archive.list_damaged())

    def gloss(self, answer: Answer, markers: Collection[int]) -> Answer:
        """The answer with translations of those quotes that are in another language than it is.

        The set language model makes them; what does not say the same is left out.
        """
        wanted = [c for c in answer.citations if c.marker in markers]
        glosses = self._find_writer().gloss(wanted, answer.language)
        return replace(answer, glosses=answer.glosses | glosses)

    def _find_writer(self) -> AnswerWriter:
        if self._open_writer is None:
            raise ConfigError(
                "no language model is set; set WORTLAUT_LLM_BASE_URL to an OpenAI-compatible "
                "server, for example http://127.0.0.1:11434"
            )
        if self._writer is None:
            self._writer = self._open_writer()
        return self._writer

    def check_model(self) -> str:
        """The language model's name, once it answers; else raises LLMUnavailable or ConfigError."""
        return self._find_writer().check()

    def suggest_questions(self, language: Language = "en") -> list[str]:
        """Example questions from all over the archive; each was asked, and is answered."""

        def answers(question: str, speaker: str | None) -> bool:
            *_, answer = self._answer(question, (), Filters(), "extractive")
            if answer.abstained or not answer.citations:
                return False
            spoke = {citation.speaker for citation in answer.citations}
            return speaker is None or not spoke.isdisjoint(self._finder.list_spellings([speaker]))

        def holds(office: str) -> bool:
            return bool(self._finder.find_holders(office))

        return suggest(self.archive, language, answers=answers, holds=holds)

    def list_timeline(self, speaker: str, topic: str, filters: Filters) -> list[Citation]:
        """What the person said, on the topic if there is one: oldest first, undated last."""
        return list_timeline(self._finder, speaker, topic, filters, self._min_confidence)

    def cite_print(self, citation: Citation, article_id: str) -> Citation | None:
        """The citation as another print of its story has it; of one without the words, its opening."""
        return cite_print(self.archive, citation, article_id)

    def list_spellings(self, speaker: str) -> tuple[str, ...]:
        """Every name in the archive that is this speaker's; none where nobody so named speaks."""
        query = interpret(speaker, (), Filters(speaker=speaker), self._finder.roster)
        return self._finder.list_spellings(query.speakers)

    def search(self, text: str, limit: int, filters: Filters = Filters()) -> list[ScoredPassage]:
        """The passages that fit the text best, best first."""
        check_source(self.archive, filters.source)
        query = interpret(text, (), filters, self._finder.roster)
        speakers = self._finder.list_spellings(query.speakers) if filters.speaker else ()
        if filters.speaker and not speakers:
            return []
        selection = Selection(query.window.since, query.window.until, filters.source, speakers)
        return self.retriever.search(text, limit, selection)

    def _compose(
        self,
        query: Query,
        evidence: Sequence[Evidence],
        filters: Filters,
        writer: AnswerWriter | None,
        earlier: Sequence[str],
        found: FoundFacts,
    ) -> Iterator[Answer]:
        language = filters.language or query.language
        absent = self._finder.list_absent(query)
        if absent:
            # It may be misspelt, or spelt by another rule, and the rest enough to find it by.
            evidence = [replace(e, confidence=e.confidence * _ABSENT_SHARE) for e in evidence]
        confidence = max((item.confidence for item in evidence), default=0.0)
        chosen = choose_evidence(query, evidence, self._quotes, self._min_confidence, filters.skip)
        if not chosen:
            fixed = fix_window(filters)
            answer = self._abstention.compose(
                query, evidence, filters.source, fixed, language, absent, found
            )
            yield replace(answer, confidence=confidence)
            return
        chosen = self._finder.name_prints(chosen)
        # What is added to an answer does not say again what is missing.
        notes = [] if filters.skip else self._note_what_is_missing(query, chosen, language)
        fitting = self._count_fitting(query, evidence, filters, len(chosen))
        if writer is None or filters.skip:
            answers = iter([_quote(query, chosen, language, filters.skip + 1)])
        else:
            answers = writer.write(query, chosen, language, earlier)
        for answer in answers:
            text = "\n\n".join(part for part in (answer.text, *notes) if part)
            yield replace(answer, text=text, confidence=confidence, statements_found=fitting)

    def _count_fitting(
        self, query: Query, evidence: Sequence[Evidence], filters: Filters, quoted: int
    ) -> int | None:
        """How many statements fit, quoted or not; `None` for a question of fact."""
        if not (query.speakers or query.lists or query.kind == "who"):
            return None
        fitting = len(list_fitting(query, evidence, self._min_confidence))
        if query.speakers and not query.topic and not query.further and quoted < fitting:
            # Of many, only the first articles were looked at.
            fitting = max(fitting, self._finder.count_statements(query, filters.source))
        return fitting

    def _note_what_is_missing(
        self, query: Query, chosen: Sequence[Evidence], language: Language
    ) -> list[str]:
        """What was asked for and is not among the quotes: a speaker, a time."""
        quoted = {item.speaker for item in chosen}
        silent = [
            name for name in query.speakers if not quoted & set(self._finder.list_spellings([name]))
        ]
        notes = []
        if silent:
            window = query.window
            notes.append(
                explain_abstention(
                    "speaker_silent" if window.is_open else "speaker_silent_then",
                    language, names=silent, since=window.since, until=window.until,
                )
            )  # fmt: skip
        if names := [n for n in query.unknown_speakers if not names_any([n], chosen)]:
            notes.append(explain_abstention("unknown_speaker", language, names=names))
        window = query.window
        if not any(
            window.admits(item.article.published, item.article.published_precision)
            for item in chosen
        ):
            notes.append(
                explain_abstention("nothing_then", language, since=window.since, until=window.until)
            )
        return notes


def interpret(question: str, history: Sequence[Answer], filters: Filters, roster: Roster) -> Query:
    """What the question asks for, with its conversation and filters; raises ConfigError for none."""
    if len(question) > LONGEST_QUESTION:
        raise ConfigError(
            f"a question of {len(question)} letters, the limit is {LONGEST_QUESTION}; "
            "ask in fewer words"
        )
    query = understand(
        question,
        [answer.query for answer in history],
        known_speakers=roster.list_people(),
        as_of=filters.as_of,
        since=filters.since,
        until=filters.until,
        speaker=filters.speaker,
        # Offices are read when a question first needs them.
        find_holders=lambda phrase: roster.list_offices().find(phrase),
        choose_bearers=lambda title, names: roster.list_offices().choose(title, names),
        told=roster.list_told_offices(_list_told(history)),
    )
    # "Will the Americans take part": no office, so nobody who would have to speak.
    held = tuple(words for words in query.offices if is_somebody(words, query))
    fixed = fix_window(filters)
    query = replace(query, offices=held).bind(fixed)
    query = _leave_out(query, filters.without, fixed)
    return _set_wishes(query, filters)


def _say_gaps(answer: Answer, gaps: Gaps) -> Answer:
    """The answer, with what the archive it is from was known to lack."""
    if not gaps:
        return answer
    told = explain_gaps(gaps.unfinished, gaps.failed, answer.language)
    notice = f"{told} {answer.notice}" if answer.notice else told
    return replace(answer, notice=notice, archive_incomplete=True)


def _say_damage(answer: Answer, damaged: tuple[str, ...]) -> Answer:
    """The answer, with the articles that it leaves out because they are not what was stored."""
    if not damaged:
        return answer
    told = explain_damage(damaged, answer.language)
    notice = f"{answer.notice} {told}" if answer.notice else told
    return replace(answer, notice=notice, archive_incomplete=True, damaged_articles=damaged)


def _list_told(history: Sequence[Answer]) -> tuple[str, ...]:
    """The ids of the articles that the last answer with quotes was taken from."""
    told = next((answer.citations for answer in reversed(history) if answer.citations), ())
    return tuple(dict.fromkeys(citation.article.id for citation in told))


def _leave_out_shown(evidence: Sequence[Evidence], history: Sequence[Answer]) -> list[Evidence]:
    """ "What else did he say?": nothing that an earlier answer quoted."""
    shown = {(c.article.id, c.span) for answer in history for c in answer.citations}
    return [item for item in evidence if (item.article.id, item.span) not in shown]


def _quote(query: Query, chosen: Sequence[Evidence], language: Language, first: int = 1) -> Answer:
    text, citations, claims = compose_answer(chosen, language, first)
    return Answer(
        query.question, text, False, None, "extractive", language, query, citations, claims
    )


def check_source(archive: Archive, source: str | None) -> None:
    """Return if some article is from the source; else raise ConfigError that lists what is."""
    if source is None or has_source(archive, source):
        return
    rows = archive.query(
        "SELECT source FROM articles WHERE source IS NOT NULL GROUP BY source "
        "ORDER BY count(*) DESC, source LIMIT 10"
    )
    known = ", ".join(str(row[0]) for row in rows) or "none"
    raise ConfigError(f"no article is from the source {source!r}; there are: {known}")


def fix_window(filters: Filters) -> Window:
    """The window that the user fixed, whatever the question says."""
    return Window(filters.since, filters.until).intersect(Window(None, filters.as_of))


def _leave_out(query: Query, without: frozenset[str], fixed: Window) -> Query:
    """The query less the parts of it that the user took away; what he fixed stays."""
    query = replace(query, inherited=query.inherited - without)
    if "speaker" in without:
        kind: QueryKind = "fact" if query.kind == "speaker" else query.kind
        query = replace(query, speakers=(), unknown_speakers=(), offices=(), kind=kind)
    if "topic" in without and (query.speakers or query.unknown_speakers):
        query = set_topic(query, "")
    if "order" in without:
        query = replace(query, order="relevance")
    if "event" in without and not query.event.is_open:
        query = replace(query, stated=Window())
    if not without & {"since", "until"}:
        return query.bind(fixed)
    since = None if "since" in without else query.stated.since
    until = None if "until" in without else query.stated.until
    return replace(query, stated=Window(since, until)).bind(fixed)


def _set_wishes(query: Query, filters: Filters) -> Query:
    """The query with the topic, the event's time and the order that were chosen beside it."""
    if filters.speaker:
        query = replace(query, inherited=query.inherited - {"speaker"})
    if filters.topic and filters.topic.strip():
        topic = " ".join(filters.topic.split())[:LONGEST_QUESTION]
        query = set_topic(replace(query, inherited=query.inherited - {"topic"}), topic)
    event = Window(filters.event_since, filters.event_until)
    # Of what somebody said the only time is when it was said.
    if not event.is_open and not replace(query, stated=event).event.is_open:
        inherited = query.inherited - {"event"}
        query = replace(query, stated=event, inherited=inherited).bind(fix_window(filters))
    if filters.order:
        query = replace(query, order=filters.order, inherited=query.inherited - {"order"})
    return query
