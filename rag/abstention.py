"""No answer, and why: what was searched, and the nearest that exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wortlaut.index.archive import Archive
from wortlaut.index.lang.language import Language
from wortlaut.index.selection import Selection, count_selected
from wortlaut.rag.answer import Answer, Citation
from wortlaut.rag.evidence import Evidence, EvidenceFinder
from wortlaut.rag.extractive import cite
from wortlaut.rag.query import Query
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.rag.wording import AbstainReason, explain_abstention, say_nearest, say_searched


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
    ) -> Answer:
        """The abstention with its reason as a code, and in words."""
        counts = self._archive.count()
        reason = _find_reason(query, evidence, counts.articles)
        window = query.window
        names = query.speakers or query.unknown_speakers or query.offices
        sentences = [
            explain_abstention(
                reason, language, names=names, since=window.since, until=window.until
            )
        ]
        nearest = None
        if counts.articles:
            selection = Selection(window.since, window.until, source)
            searched = count_selected(self._archive, selection)[0]
            since, until = window.since, window.until
            if searched:
                since, until = since or counts.since, until or counts.until
            sentences.append(say_searched(searched, since, until, language))
            nearest = self._find_nearest(query, evidence, source, fixed)
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
        self, query: Query, evidence: Sequence[Evidence], source: str | None, fixed: Window
    ) -> Citation | None:
        """The best there is: at another time, or by another speaker if there is nothing else."""
        if evidence:
            return cite(1, evidence[0])
        anytime = replace(query, window=fixed)
        anybody = replace(anytime, speakers=(), unknown_speakers=(), offices=(), kind="fact")
        for some in (anytime, anybody):
            if found := self._finder.find(some, source, fixed):
                return cite(1, found[0])
        return None


def _find_reason(query: Query, evidence: Sequence[Evidence], articles: int) -> AbstainReason:
    if articles == 0:
        return "empty_archive"
    if query.speakers and query.further:
        return "nothing_further"
    if query.speakers:
        silent_then = not evidence and not query.window.is_open
        return "speaker_silent_then" if silent_then else "speaker_silent"
    if query.unknown_speakers or query.offices:
        return "unknown_speaker"
    return "no_evidence" if evidence or query.window.is_open else "nothing_then"
