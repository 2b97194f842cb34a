"""A receipt held against the archive as it is now: every word, every speaker, every verdict.

What the answer says beside its claims is all ours, headings, notes and abstentions: it is made anew
here from what was understood, and whatever else stands there is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import get_args

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, Precision, Span, Statement, hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.index.ingest import PIPELINE_VERSION
from wortlaut.index.lang.words import Language, find_runs
from wortlaut.index.seal import Seal, is_same_stamp, read_seal, sign
from wortlaut.rag.answer import Citation, Verifier, format_published
from wortlaut.rag.evidence import Evidence, find_statement
from wortlaut.rag.extractive import compose_answer, write_marked_claim
from wortlaut.rag.reask import AskedAnew, Reopen
from wortlaut.rag.receipt import (
    VERIFIER_VERSION,
    CitedQuote,
    Finding,
    JudgedClaim,
    Receipt,
    Turn,
    name_model,
)
from wortlaut.rag.roster import Roster
from wortlaut.rag.wording import (
    AbstainReason,
    NoticeKind,
    explain_abstention,
    explain_gaps,
    format_date,
    format_period,
    say_nearest,
    say_searched,
    strike_out,
    write_notice,
)

_LONGEST_EXCERPT = 80
# So far apart the clocks of two machines may be that ask one archive.
_CLOCKS = timedelta(minutes=10)
_MARKER = re.compile(r"\[\d{1,4}\]")
_MOST_SPEAKERS = 6
# Stand for what a sentence is made of, until a pattern takes their place.
_NUMBER = 987654321
_SINCE, _UNTIL = date(1111, 11, 11), date(1222, 12, 22)
_NAMES = "\ue000"


def list_findings(
    receipt: Receipt,
    archive: Archive,
    verifier: Verifier,
    *,
    key: str | None = None,
    roster: Roster | None = None,
    reopen: Reopen | None = None,
) -> Iterator[Finding]:
    """What of the receipt does not hold, one after the other, what is found at once first.

    It holds where none is a failure.
    `key` is the user's, where one is set. The questions are asked again of the chat that `reopen`
    gives, if any. Raises ConfigError when the receipt is of another archive.
    """
    mine = archive.read_meta("archive_id")
    if receipt.archive != mine:
        raise ConfigError(
            f"the receipt is of the archive {receipt.archive[:40]!r}, this one is {mine!r}; "
            "name its folder: wortlaut --data DIR verify FILE"
        )
    if not receipt.is_intact:
        yield Finding("the receipt itself was changed")
    seal = read_seal(archive)
    unsealed = list(_check_seal(receipt, seal))
    yield from unsealed
    yield from _check_signature(receipt, key)
    yield from _check_times(receipt, seal)
    yield from _compare_versions(receipt, archive)
    yield from _check_settings(receipt)
    asked = AskedAnew(receipt, archive, roster or Roster(archive), reopen, not unsealed)
    for number, turn in enumerate(receipt.turns, 1):
        check = _TurnCheck(number, turn, archive, verifier)
        yield from check.run()
        yield from asked.check(turn, list(check.sound.values()), _read_searched(turn))


def _check_seal(receipt: Receipt, seal: Seal | None) -> Iterator[Finding]:
    """Why it is not certain that the archive wrote the receipt; nothing where it is."""
    if receipt.seal is not None:
        if seal is None:
            yield Finding("it is sealed, and the archive has no seal to hold against it")
        elif not is_same_stamp(receipt.seal, seal.stamp(receipt.sealed)):
            yield Finding("the seal is not the archive's: this is not what the archive wrote")
    elif seal is not None and (seal.from_birth or receipt.created > seal.since + _CLOCKS):
        since = "it was made" if seal.from_birth else f"{seal.since:%Y-%m-%d}"
        yield Finding(f"it has no seal, and the archive seals its receipts since {since}")
    else:
        reason = "it is from before receipts were sealed: nothing proves when and how it was asked"
        yield Finding(reason, severity="note")


def _check_signature(receipt: Receipt, key: str | None) -> Iterator[Finding]:
    if key is None:
        if receipt.signature is not None:
            reason = "signed, not checked; to check it, set WORTLAUT_RECEIPT_KEY to the key"
            yield Finding(reason, severity="note")
    elif receipt.signature is None:
        yield Finding("it is not signed, and a key is set (WORTLAUT_RECEIPT_KEY)")
    elif not is_same_stamp(receipt.signature, sign(key, receipt.digest)):
        yield Finding("the signature is not of the key that is set: changed, or another's")


def _check_times(receipt: Receipt, seal: Seal | None) -> Iterator[Finding]:
    """Times that cannot be: out of order, still to come, or from before the archive had a seal."""
    if receipt.created > datetime.now(UTC) + _CLOCKS:
        yield Finding("it says that it was written at a time still to come; check the clock")
    last: datetime | None = None
    for number, turn in enumerate(receipt.turns, 1):
        if turn.asked is None:
            continue
        if seal is not None and turn.asked < seal.since - _CLOCKS:
            yield Finding("asked earlier than the archive had a seal: it was not there", number)
        if last is not None and turn.asked < last:
            yield Finding("asked earlier than the turn before it: out of order", number)
        if turn.asked > receipt.created:
            yield Finding("asked later than the receipt was written: out of order", number)
        last = turn.asked


def _compare_versions(receipt: Receipt, archive: Archive) -> Iterator[Finding]:
    settings = receipt.settings
    for name, then, now in (
        ("embedder", settings.embedder, archive.read_meta("embedder")),
        ("pipeline", settings.pipeline, PIPELINE_VERSION),
        ("verifier", settings.verifier, VERIFIER_VERSION),
    ):
        if now is not None and then not in (now, name_model(now)):
            reason = f"written with the {name} {_excerpt(then)}, checked with {now}"
            yield Finding(reason, severity="note")


def _check_settings(receipt: Receipt) -> Iterator[Finding]:
    """Settings that contradict each other, or what was answered with them."""
    settings = receipt.settings
    of_model: list[object] = [settings.model, settings.on_unsupported, receipt.endpoint]
    of_model += [settings.context_tokens, settings.max_tokens]
    if settings.mode == "extractive" and any(value is not None for value in of_model):
        yield Finding("no language model was set, and the settings describe one")
    if settings.mode == "llm" and (settings.on_unsupported is None or settings.max_tokens is None):
        yield Finding("the settings of the language model are not there")
    for number, turn in enumerate(receipt.turns, 1):
        if turn.model is not None and settings.mode != "llm":
            yield Finding("it names a language model, which the settings do not", number)
        if turn.mode == "llm" and turn.model is None:
            yield Finding("a language model without a name wrote it", number)
        if len(turn.citations) > settings.quotes:
            yield Finding(f"it quotes more than the {settings.quotes} that were set", number)


class _TurnCheck:
    """The check of one turn."""

    def __init__(self, number: int, turn: Turn, archive: Archive, verifier: Verifier) -> None:
        self._number = number
        self._turn = turn
        self._archive = archive
        self._verifier = verifier
        self.sound: dict[int, Citation] = {}

    def run(self) -> Iterator[Finding]:
        """What does not hold; citations first, since claims rest on them."""
        turn = self._turn
        if turn.notice is not None and not _is_our_notice(turn):
            yield self._fail(f"the notice is none of ours: {_excerpt(turn.notice)}")
        if turn.abstained != (turn.abstain_reason is not None):
            yield self._fail("an abstention has a reason, an answer none")
        if turn.abstained:
            if turn.citations or turn.claims:
                yield self._fail("an abstention cites nothing, this one does")
            if fault := _find_abstention_fault(turn, self._archive):
                yield self._fail(f"{fault}: {_excerpt(turn.answer)}")
            return
        if not turn.citations:
            yield self._fail("the answer cites nothing")
        for quote in turn.citations:
            yield from self._check_citation(quote)
        for words in _list_unheld(turn):
            yield self._fail(f"the answer says what no supported claim says: {_excerpt(words)}")
        for number, claim in enumerate(turn.claims, 1):
            yield from self._check_claim(number, claim)

    def _fail(self, reason: str, marker: int | None = None, claim: int | None = None) -> Finding:
        return Finding(reason, self._number, marker, claim)

    def _check_citation(self, quote: CitedQuote) -> Iterator[Finding]:
        article = self._archive.read_article(quote.article_id)
        reasons = list(self._compare(quote, article))
        if article is not None and not reasons:
            span = Span(quote.start, quote.end)
            self.sound[quote.marker] = Citation(
                quote.marker, article, span, quote.speaker, quote.voice, quote.via
            )
        for reason in reasons:
            yield self._fail(reason, quote.marker)

    def _compare(self, quote: CitedQuote, article: Article | None) -> Iterator[str]:
        """Why the citation does not hold."""
        if hash_text(quote.quote) != quote.quote_sha256:
            yield "the quote in the receipt was changed: it has another hash than it says"
        if fault := self._archive.find_damage(quote.article_id):
            yield f"article damaged in the archive: {quote.article_id[:40]}: {fault}"
            return
        if article is None:
            yield f"article gone: {self._name(quote)}{self._find_elsewhere(quote)}"
            return
        if article.text_sha256 != quote.text_sha256:
            found = _say_where(quote, article)
            yield f"article changed since: {self._name(quote)}; {found}"
            return
        if article.text[quote.start : quote.end] != quote.quote:
            place = f"[{quote.start}, {quote.end})"
            yield f"the quote does not stand at {place}; {_say_where(quote, article)}"
            return
        yield from _compare_record(quote, article)
        yield from _compare_speaker(quote, self._archive.read_statements(article.id))

    @staticmethod
    def _name(quote: CitedQuote) -> str:
        return f"{quote.article_id[:40]} “{_excerpt(quote.title)}”, {_excerpt(quote.path)}"

    def _find_elsewhere(self, quote: CitedQuote) -> str:
        sql = "SELECT path FROM articles WHERE text_sha256 = ? ORDER BY path LIMIT 1"
        rows = self._archive.query(sql, (quote.text_sha256,))
        return f"; the same text now comes from {_excerpt(rows[0][0])}" if rows else ""

    def _check_claim(self, number: int, claim: JudgedClaim) -> Iterator[Finding]:
        was_supported = claim.verdict == "supported"
        known = {citation.marker for citation in self._turn.citations}
        unknown = [marker for marker in claim.markers if marker not in known]
        if was_supported and (unknown or not claim.markers):
            what = f"[{unknown[0]}], which the receipt has not" if unknown else "nothing"
            yield self._fail(f"the claim cites {what}: {_excerpt(claim.text)}", claim=number)
            return
        cited = [self.sound[marker] for marker in claim.markers if marker in self.sound]
        if len(cited) < len(claim.markers):
            # What was not shown has no citation; a broken one is a finding already.
            return
        if was_supported and self._is_quote(claim, cited):
            if (claim.support, claim.reason) != (1.0, None):
                yield self._fail("a quote is its own support, without a reason", claim=number)
            return
        verdict = self._verifier.verify(claim.text, cited, self._turn.language)
        if was_supported and verdict.label != "supported":
            label = verdict.label.replace("_", " ")
            reason = f"no longer supported ({label}: {verdict.reason}): {_excerpt(claim.text)}"
            yield self._fail(reason, claim=number)
        elif not was_supported and verdict.label == "supported":
            reason = f"was not supported and is now: {_excerpt(claim.text)}"
            yield Finding(reason, self._number, claim=number, severity="note")

    def _is_quote(self, claim: JudgedClaim, cited: list[Citation]) -> bool:
        """Whether the claim is the line that quotes its one citation, speaker and all."""
        if len(cited) != 1:
            return False
        (citation,) = cited
        statement = Statement(
            citation.article.id, citation.span, citation.speaker, None, None, citation.voice,
            citation.via,
        )  # fmt: skip
        evidence = Evidence(citation.article, citation.span, 0.0, 0.0, statement)
        _, _, (line,) = compose_answer([evidence], self._turn.language, citation.marker)
        return claim.text in (line.text, write_marked_claim(citation, self._turn.language))


def _compare_record(quote: CitedQuote, article: Article) -> Iterator[str]:
    """What the archive now says otherwise of an article whose text is the same."""
    for name, then, now in (
        ("date", quote.published, format_published(article)),
        ("date's precision", quote.published_precision, article.published_precision),
        ("source", quote.source, article.source),
        ("title", quote.title, article.title),
        ("address", quote.url, article.url),
        ("path", quote.path, article.path),
    ):
        # A portable receipt has no path: it follows from the article's id.
        if then != now and not (name == "path" and then == ""):
            yield f"the article's {name} is {_show(now)}, the receipt says {_show(then)}"


def _compare_speaker(quote: CitedQuote, statements: list[Statement]) -> Iterator[str]:
    """Whether the archive still has the same person say the words in the same way."""
    span = Span(quote.start, quote.end)
    wanted = frozenset([quote.speaker] if quote.speaker else [])
    then = (quote.speaker, quote.voice, quote.via)
    now = _attribute(span, statements, wanted)
    if then != now and wanted:
        now = _attribute(span, statements, frozenset())
    if then != now:
        yield f"attributed anew: {_show_voice(now)}, the receipt says {_show_voice(then)}"


def _attribute(
    span: Span, statements: list[Statement], wanted: frozenset[str]
) -> tuple[str | None, str, str | None]:
    _, statement = find_statement(span, statements, wanted)
    if statement is None:
        return None, "narrated", None
    return statement.speaker, statement.voice, statement.via


def _say_where(quote: CitedQuote, article: Article) -> str:
    """Where the quote's words stand now, whatever blanks are between them; nearest first."""
    words = quote.quote.split()
    if not words:
        return "the receipt quotes no words"
    places = []
    # A receipt may be made up: no pattern is longer than the text it is for.
    if sum(map(len, words)) <= len(article.text):
        pattern = r"\s+".join(map(re.escape, words))
        places = [(match.start(), match.end()) for match in re.finditer(pattern, article.text)]
    if not places:
        return f"its words are no longer there: {_excerpt(quote.quote)}"
    start, end = min(places, key=lambda place: abs(place[0] - quote.start))
    if (start, end) == (quote.start, quote.end):
        return "the quote's words still stand where they stood"
    return f"the quote's words now stand at [{start}, {end})"


def _show(value: str | None) -> str:
    return "not known" if value is None else _excerpt(value)


def _show_voice(voice: tuple[str | None, str, str | None]) -> str:
    speaker, how, via = voice
    who = _excerpt(speaker) if speaker else "nobody in particular"
    return f"{who} ({how}, via {_excerpt(via)})" if via else f"{who} ({how})"


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EXCERPT else line[: _LONGEST_EXCERPT - 1] + "…"


# What the answer may say beside its claims: headings, notes and abstentions, all ours.


def _list_unheld(turn: Turn) -> Iterator[str]:
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


def _find_abstention_fault(turn: Turn, archive: Archive) -> str | None:
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


def _read_searched(turn: Turn) -> int | None:
    """How many articles an abstention says were searched."""
    rest = _drop_reason(turn) if turn.abstain_reason in get_args(AbstainReason) else None
    found = re.match(_make_searched_pattern(turn.language), rest or "")
    number = re.search(r"\d{1,9}", found[0]) if found else None
    return int(number[0]) if number else None


def _is_our_notice(turn: Turn) -> bool:
    """Whether the notice tells of gaps in the archive, of the model that was asked, or both."""
    parts = []
    for unfinished, failed in ((True, 0), (False, _NUMBER), (True, _NUMBER)):
        parts.append(explain_gaps(unfinished, failed, turn.language))
    gaps = "|".join(re.escape(part).replace(str(_NUMBER), r"\d{1,9}") for part in parts)
    pattern = f"(?:{gaps})"
    if turn.model is not None:
        said = (
            re.escape(write_notice(k, turn.language, count=_NUMBER)) for k in get_args(NoticeKind)
        )
        told = "|".join(each.replace(str(_NUMBER), r"\d{1,9}") for each in said)
        one = rf"(?:{gaps}|(?:{told})(?: \(.{{1,2000}}\))?)"
        pattern = rf"{one}(?: {one}){{0,2}}"
    return re.fullmatch(pattern, turn.notice or "") is not None


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
    if reason == "absent_name":
        names = (_NAMES,)
    sentence = explain_abstention(
        reason, language, names=names, since=asked.since, until=asked.until, articles=_NUMBER
    )
    # Offices stand in no receipt: what the question says in a few words may be one.
    pattern = re.escape(sentence).replace(_NAMES, "(.{1,300}?)")
    pattern = pattern.replace(str(_NUMBER), r"\d{1,9}")
    found = re.match(rf"{pattern}(?: |\Z)", turn.answer)
    if found is None or not all(_is_asked(part, turn) for part in found.groups()):
        return None
    return turn.answer[found.end() :]


def _is_asked(names: str, turn: Turn) -> bool:
    asked = f"{turn.question} {turn.understood.text}".casefold()
    known = {*find_runs(asked), "or", "oder", "или"}
    return set(find_runs(names.casefold())) <= known


def _make_searched_pattern(language: Language) -> str:
    """A pattern for the sentence on what was searched, whatever the number and the days."""
    periods = ((None, None), (_SINCE, None), (None, _UNTIL), (_SINCE, _UNTIL), (_SINCE, _SINCE))
    day = _make_day_pattern(language)
    sentences = []
    for since, until in periods:
        pattern = re.escape(say_searched(_NUMBER, since, until, language))
        for mark in (_SINCE, _UNTIL):
            pattern = pattern.replace(re.escape(format_period(mark, mark, language)), day)
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
