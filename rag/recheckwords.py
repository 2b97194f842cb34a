"""What a receipt's answer may say beside its claims: headings, notes and abstentions, all ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import get_args

from index.archive import Archive
from index.article import Article, Precision, Span
from rag.evidence import Evidence
from rag.extractive import compose_answer
from rag.language import Language
from rag.receipt import CitedQuote, JudgedClaim, Turn
from rag.wording import (
    AbstainReason,
    explain_abstention,
    format_date,
    format_period,
    say_nearest,
    say_searched,
)
from rag.wordingllm import strike_out

_MARKER = re.compile(r"\[\d{1,4}\]")
_MOST_SPEAKERS = 6
# Stand for what a sentence is made of, until a pattern takes their place.
_NUMBER = 987654321
_SINCE, _UNTIL = date(1111, 11, 11), date(1222, 12, 22)
_NAMES = "\ue000"


def list_unheld(turn: Turn) -> Iterator[str]:
    """What the answer says in no claim that was supported, in no heading and no note of ours."""
    pieces = sorted(_list_shown(turn.claims), key=len, reverse=True)
    ours = set(_list_headings(turn)) | set(_list_notes(turn)) | set(_list_struck(turn))
    for line in turn.answer.split("\n"):
        if line in ours:
            continue
        rest = line
        for piece in pieces:
            rest = rest.replace(piece, " ")
        if rest := " ".join(rest.split()):
            yield " ".join(_MARKER.sub(" ", rest).split()) or rest


def find_abstention_fault(turn: Turn, archive: Archive) -> str | None:
    """Why an abstention's words are not ours; the number that was searched may be another now."""
    if turn.abstain_reason not in get_args(AbstainReason):
        return "an abstention for a reason that there is not"
    rest = _drop_reason(turn)
    if rest is None:
        return "an abstention says what its reason does not"
    if turn.abstain_reason == "empty_archive":
        return "an abstention says more than its reason" if rest else None
    searched = re.match(_make_searched_pattern(turn.language), rest)
    if searched is None:
        return "an abstention does not say what was searched"
    rest = rest[searched.end() :].removeprefix(" ")
    if rest and not _is_nearest(rest, turn.language, archive):
        return "the nearest article that an abstention names is not in the archive"
    return None


def _list_shown(claims: Sequence[JudgedClaim]) -> Iterator[str]:
    """The supported claims as they stand in an answer, each with its markers."""
    for claim in claims:
        if claim.verdict != "supported" or not claim.text or not claim.markers:
            continue
        yield f"{claim.text} {''.join(f'[{marker}]' for marker in claim.markers)}"
        if claim.text.endswith(f" [{claim.markers[0]}]"):
            yield claim.text


def _list_struck(turn: Turn) -> Iterator[str]:
    for claim in turn.claims:
        if claim.verdict != "supported":
            yield strike_out(claim.text, claim.reason or "", turn.language)


def _list_headings(turn: Turn) -> Iterator[str]:
    """The headings of the cited articles, whose date, source and title are compared elsewhere."""
    for quote in turn.citations:
        day = _read_day(quote)
        precision: Precision = quote.published_precision if day else "unknown"
        article = Article(
            "", quote.title, quote.quote, "", quote.source, published=day,
            published_precision=precision,
        )  # fmt: skip
        evidence = Evidence(article, Span(0, len(quote.quote)), 0.0, 0.0, None)
        yield compose_answer([evidence], turn.language)[0].split("\n")[0]


def _read_day(quote: CitedQuote) -> date | None:
    try:
        return date.fromisoformat(f"{quote.published or ''}-01-01"[:10])
    except ValueError:
        return None


def _list_notes(turn: Turn) -> Iterator[str]:
    """Every note that may stand below the answer to what was understood."""
    asked, language = turn.understood, turn.language
    since, until = asked.since, asked.until
    speakers = asked.speakers[:_MOST_SPEAKERS]
    reason: AbstainReason = "speaker_silent_then" if since or until else "speaker_silent"
    for count in range(1, len(speakers) + 1):
        for names in combinations(speakers, count):
            yield explain_abstention(reason, language, names=names, since=since, until=until)
    if asked.unknown_speakers:
        yield explain_abstention("unknown_speaker", language, names=asked.unknown_speakers)
    if since or until:
        yield explain_abstention("nothing_then", language, since=since, until=until)


def _drop_reason(turn: Turn) -> str | None:
    """What follows the sentence that words the recorded reason; `None` if that is not there."""
    asked, language = turn.understood, turn.language
    reason: AbstainReason = turn.abstain_reason  # type: ignore[assignment]
    names = asked.speakers or asked.unknown_speakers or (_NAMES,)
    sentence = explain_abstention(
        reason, language, names=names, since=asked.since, until=asked.until
    )
    # Offices stand in no receipt: what the question says in a few words may be one.
    pattern = re.escape(sentence).replace(_NAMES, "(.{1,300}?)")
    found = re.match(rf"{pattern}(?: |\Z)", turn.answer)
    if found is None or not all(_is_asked(part, turn) for part in found.groups()):
        return None
    return turn.answer[found.end() :]


def _is_asked(names: str, turn: Turn) -> bool:
    asked = f"{turn.question} {turn.understood.text}".casefold()
    known = {*re.findall(r"\w+", asked), "or", "oder", "или"}
    return set(re.findall(r"\w+", names.casefold())) <= known


def _make_searched_pattern(language: Language) -> str:
    """A pattern for the sentence on what was searched, whatever the number and the days."""
    periods = ((None, None), (_SINCE, None), (None, _UNTIL), (_SINCE, _UNTIL), (_SINCE, _SINCE))
    day = _make_day_pattern(language)
    sentences = []
    for since, until in periods:
        pattern = re.escape(say_searched(_NUMBER, since, until, language))
        for sign in (_SINCE, _UNTIL):
            pattern = pattern.replace(re.escape(format_period(sign, sign, language)), day)
        sentences.append(pattern.replace(str(_NUMBER), r"\d{1,9}"))
    return f"(?:{'|'.join(sentences)})(?= |\\Z)"


def _make_day_pattern(language: Language) -> str:
    days = (format_date(date(1111, month, 22), "day", language) for month in range(1, 13))
    patterns = (
        re.escape(day).replace("1111", r"\d{1,4}").replace("22", r"\d{1,2}") for day in days
    )
    return f"(?:{'|'.join(patterns)})"


def _is_nearest(sentence: str, language: Language, archive: Archive) -> bool:
    """Whether the sentence points to an article of the archive."""
    sql = "SELECT id, title FROM articles WHERE instr(?, rtrim(title, ' .:')) > 0"
    for identity, title in archive.query(sql, (sentence,)):
        article = archive.read_article(identity)
        if article is None:
            continue
        place = title.rstrip(" .:")
        said = say_nearest(article.published, article.published_precision, place, language)
        if sentence == said.replace("….", "…"):
            return True
    return False
