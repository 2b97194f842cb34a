"""The archive's own words as an answer or a timeline, or an abstention; no language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.article import Article, Span
from wortlaut.index.lang.words import Language
from wortlaut.index.splitter import split_sentences
from wortlaut.index.twins.origins import read_origins
from wortlaut.rag.answer import Answer, Citation, Claim, Filters
from wortlaut.rag.askedwords import is_comparable
from wortlaut.rag.context import find_context
from wortlaut.rag.evidence import (
    EVERY_PASSAGE,
    Evidence,
    EvidenceFinder,
    FoundFacts,
    find_statement,
    holds_name,
)
from wortlaut.rag.prints import find_counterpart
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.rag.wording import (
    SPEECH_MARKS,
    AbstainReason,
    explain_abstention,
    format_date,
    is_verbatim,
    say_nearest,
    say_searched,
    voice_label,
)

_QUOTATION_MARKS = frozenset('“”„«»"')
# Around each fact: the best sentences of XQuAD and MLQA among 2,365 passages hold the answer in
# .56 of the questions alone, in .71 with those this near, 2.4 on average.
_MARGIN = 0.02
_MOST_FACTS = 4
# The same after reading; the score holds the reader's margin.
_READ_MARGIN = 0.06
_MOST_READ = 3
_MOST_OF_ONE_ARTICLE = 3
_LONGEST_NAME = 80
_NO_BRACKETS = str.maketrans("[]", "()")


def list_fitting(
    query: Query, evidence: Sequence[Evidence], min_confidence: float
) -> list[Evidence]:
    """All that an answer could quote, what it quotes first at the front."""
    if not any(item.confidence >= min_confidence for item in evidence):
        return []
    if query.speakers:
        return _rank_statements([e for e in evidence if e.confidence >= min_confidence])
    read = not query.lists and any(item.answer for item in evidence)
    least = evidence[0].score - (_READ_MARGIN if read else _MARGIN)
    return [item for item in evidence if item.score >= least]


def choose_evidence(
    query: Query,
    evidence: Sequence[Evidence],
    limit: int,
    min_confidence: float,
    skip: int = 0,
) -> list[Evidence]:
    """The sentences to quote, at most `limit`, dates in the order asked for; `[]` if none will do.

    Without another wish the newest article comes first, undated ones last; inside an article the
    sentences stand in its own order. Where a reader has read for a question of fact, the sentence
    that answers best comes first. The first `skip` of what fits are passed over.
    """
    fitting = list_fitting(query, evidence, min_confidence)
    if query.speakers and not skip:
        chosen = _leave_out_many(fitting)[:limit]
    elif query.speakers or query.lists:
        chosen = fitting[skip : skip + limit]
    elif any(item.answer for item in evidence):
        chosen = _choose_read(fitting, limit) if not skip else fitting[skip : skip + limit]
        if query.order == "relevance":
            return sorted(chosen, key=_is_superseded)
    else:
        chosen = fitting[skip : skip + min(limit, _MOST_FACTS)]
    newest_first = query.order != "oldest"

    def place(item: Evidence) -> tuple[bool, bool, int, str, int]:
        published = item.article.published
        day = (published or date.min).toordinal()
        day = -day if newest_first else day
        return _is_superseded(item), published is None, day, item.article.id, item.span.start

    return sorted(chosen, key=place)


def _is_superseded(item: Evidence) -> bool:
    return item.superseded_by is not None


def _choose_read(near: Sequence[Evidence], limit: int) -> list[Evidence]:
    """The best sentences, those of one article that stands among them together."""
    chosen = near[: min(limit, _MOST_READ)]
    order = list(dict.fromkeys(item.article.id for item in chosen))
    return sorted(chosen, key=lambda item: order.index(item.article.id))


def _rank_statements(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best of each speaker and article first, so that no date is crowded out.

    What is more than a few of one article comes behind everything else.
    """
    taken: dict[tuple[str | None, str], int] = {}
    rounds: list[tuple[int, int, Evidence]] = []
    for rank, item in enumerate(evidence):
        key = (item.speaker, item.article.id)
        taken[key] = taken.get(key, 0) + 1
        rounds.append((taken[key], rank, item))
    return [item for _, _, item in sorted(rounds, key=lambda row: row[:2])]


def _leave_out_many(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The statements, of one person in one article the first few."""
    taken: Counter[tuple[str | None, str]] = Counter()
    kept = []
    for item in evidence:
        taken[item.speaker, item.article.id] += 1
        if taken[item.speaker, item.article.id] <= _MOST_OF_ONE_ARTICLE:
            kept.append(item)
    return kept


def compose_answer(
    chosen: Sequence[Evidence], language: Language, first: int = 1
) -> tuple[str, tuple[Citation, ...], tuple[Claim, ...]]:
    """The answer's text, citations and claims; every claim is a quote, verbatim.

    The markers count from `first` on.
    """
    citations = _add_contexts([cite(marker, item) for marker, item in enumerate(chosen, first)])
    claims = []
    lines: list[str] = []
    for article, group in groupby(citations, key=lambda citation: citation.article):
        lines.append(_head(article, language))
        for citation in group:
            line = _write_claim(citation, language)
            lines.append(line)
            claims.append(Claim(line, (citation.marker,), "supported", 1.0))
        lines.append("")
    return "\n".join(lines).rstrip(), citations, tuple(claims)


def cite(marker: int, item: Evidence) -> Citation:
    """The evidence as citation number `marker`."""
    statement = item.statement
    citation = Citation(
        marker, item.article, item.span, answer_span=item.answer, also_in=item.also_in,
        superseded_by=item.superseded_by, origin=item.origin.key if item.origin else None,
    )  # fmt: skip
    if statement is None:
        return citation
    return replace(citation, speaker=statement.speaker, voice=statement.voice, via=statement.via)


def _add_contexts(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations with the sentence before, where one needs it and none of the others has it."""
    quoted = {(citation.article.id, citation.span.start) for citation in citations}
    added = []
    for citation in citations:
        context = find_context(citation.article, citation.span)
        if context and (citation.article.id, context.start) not in quoted:
            citation = replace(citation, context=context)
        added.append(citation)
    return tuple(added)


def cite_print(archive: Archive, citation: Citation, article_id: str) -> Citation | None:
    """The citation as another print of its story has it; of one without its words, the opening."""
    article = archive.read_article(article_id)
    if article is None or archive.find_damage(article_id):
        return None
    span = find_counterpart(article, citation.quote)
    if span is None:
        opening = next(iter(split_sentences(article.text)), Span(0, 0))
        return Citation(citation.marker, article, opening)
    span, statement = find_statement(span, archive.read_statements(article_id))
    origin = read_origins(archive, [article_id]).get(article_id)
    return cite(citation.marker, Evidence(article, span, 0.0, 0.0, statement, origin=origin))


def _head(article: Article, language: Language) -> str:
    day = format_date(article.published, article.published_precision, language)
    return f"{day} · {_tidy(article.source or article.title).rstrip(' .:')}:"


def _tidy(name: str) -> str:
    """A name from outside as part of a heading: one short line that holds no marker."""
    line = " ".join(name.translate(_NO_BRACKETS).split())
    return line if len(line) <= _LONGEST_NAME else line[:_LONGEST_NAME].rsplit(" ", 1)[0] + " …"


def _write_claim(citation: Citation, language: Language) -> str:
    return _write_line(citation, mark_quote(citation, language), language)


def write_marked_claim(citation: Citation, language: Language) -> str:
    """The claim as it was worded when every quote stood in quotation marks: receipts have it so."""
    opening, closing = SPEECH_MARKS[language]
    words = " ".join(citation.quote.split())
    return _write_line(citation, f"{opening}{words}{closing}", language)


def _write_line(citation: Citation, quoted: str, language: Language) -> str:
    line = f"{quoted} [{citation.marker}]"
    if citation.speaker is None:
        return line
    label = voice_label(citation.voice, citation.via, language)
    return f"{_tidy(citation.speaker)}, {label}: {line}"


def mark_quote(citation: Citation, language: Language) -> str:
    """The quote on one line, in quotation marks where it has none and is somebody's very words.

    Letter by letter as the article has it, marks of its own included: `write_quote` of the house's
    formats is what changes those.
    """
    words = " ".join(citation.quote.split())
    if not is_verbatim(citation.voice, citation.speaker) or not _QUOTATION_MARKS.isdisjoint(words):
        return words
    opening, closing = SPEECH_MARKS[language]
    return f"{opening}{words}{closing}"


def split_growing(text: str) -> Iterator[str]:
    """The text's beginnings, a line longer each time; the last is the whole."""
    lines = text.split("\n")
    for end in range(1, len(lines) + 1):
        if lines[end - 1] or end == len(lines):
            yield "\n".join(lines[:end])


def list_timeline(
    finder: EvidenceFinder, speaker: str, topic: str, filters: Filters, min_confidence: float
) -> list[Citation]:
    """The person's statements, oldest first and undated last, each with its citation.

    With a `topic` only those that are about it; nothing when nobody of that name speaks here.
    """
    people = finder.list_people()
    names = tuple(dict.fromkeys(name for _, name in people.find(speaker)))
    if not names:
        return []
    window = Window(filters.since, filters.until).intersect(Window(None, filters.as_of))
    query = Query(speaker, speaker, topic, names, (), window, filters.language or "en", "speaker")
    found = finder.find_statements(query, filters.source, EVERY_PASSAGE)
    chosen = sorted((e for e in found if e.confidence >= min_confidence), key=_date_first)
    chosen = finder.name_prints(chosen)
    return [cite(number, item) for number, item in enumerate(chosen, 1)]


class Abstention:
    """Says that the archive has no answer; never names what `fixed` and `source` shut out."""

    def __init__(self, archive: Archive, finder: EvidenceFinder) -> None:
        self._archive = archive
        self._finder = finder

    def compose(
        self,
        query: Query,
        evidence: Sequence[Evidence],
        source: str | None,
        fixed: Window,
        language: Language,
        absent: Sequence[str] = (),
        known: FoundFacts | None = None,
    ) -> Answer:
        """The abstention with its reason as a code, and in words.

        `absent` are names asked about that no article holds in any spelling known here, `known` is
        what was found when the evidence was looked for.
        """
        counts = self._archive.count_articles()
        reason = _find_reason(query, evidence, counts.articles, absent)
        nearest = None
        if counts.articles:
            nearest = self._find_nearest(query, evidence, source, fixed, known)
        named = nearest is not None and any(
            holds_name(name, nearest.quote) for name in query.unknown_speakers
        )
        if reason == "unknown_speaker" and named:
            reason = "no_evidence"  # "no statement by X" would stand beside a quote that names X
        window = query.window
        names = query.speakers or query.unknown_speakers or query.offices
        if reason == "absent_name":
            names = tuple(name for name in absent if is_comparable(name, query.language))
        sentences = [
            explain_abstention(
                reason,
                language,
                names=names,
                since=window.since,
                until=window.until,
                articles=counts.articles,
            )
        ]
        if counts.articles:
            selection = Selection(window.since, window.until, source)
            searched = self._finder.count(selection)
            since, until = window.since, window.until
            if searched:
                since, until = since or counts.since, until or counts.until
            sentences.append(say_searched(searched, since, until, language))
        if nearest is not None:
            article = nearest.article
            place = article.title.rstrip(" .:")
            said = say_nearest(article.published, article.published_precision, place, language)
            sentences.append(said.replace("….", "…"))
        return Answer(
            query.question, " ".join(sentences), True, reason, "extractive", language, query,
            nearest=nearest,
        )  # fmt: skip

    def _find_nearest(
        self,
        query: Query,
        evidence: Sequence[Evidence],
        source: str | None,
        fixed: Window,
        known: FoundFacts | None,
    ) -> Citation | None:
        """The best there is: at another time, or by another speaker if there is nothing else."""
        if evidence:
            return cite(1, evidence[0])
        anytime = replace(query, window=fixed)
        anybody = replace(anytime, speakers=(), unknown_speakers=(), offices=(), kind="fact")
        for some in (anytime, anybody):
            if some == query and query.speakers and not query.further:
                continue  # That was the question: they said nothing.
            if found := self._finder.find(some, source, known=known):
                return cite(1, found[0])
        return None


def _date_first(item: Evidence) -> tuple[bool, date, str, int]:
    published = item.article.published
    return (published is None, published or date.min, item.article.id, item.span.start)


def _find_reason(
    query: Query, evidence: Sequence[Evidence], articles: int, absent: Sequence[str]
) -> AbstainReason:
    if articles == 0:
        return "empty_archive"
    if any(is_comparable(name, query.language) for name in absent):
        return "absent_name"
    if query.speakers and query.further:
        return "nothing_further"
    if query.speakers:
        if not evidence and not query.window.is_open:
            return "speaker_silent_then"
        # What is asked about may stand here by another name.
        return "no_evidence" if absent else "speaker_silent"
    if query.unknown_speakers or query.offices:
        return "unknown_speaker"
    bound = not query.window.is_open and query.event.is_open
    return "nothing_then" if bound and not evidence else "no_evidence"
