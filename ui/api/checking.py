"""Receipts, exported quotes and claims that were sent, checked against an open archive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from wortlaut.index.article import Span
from wortlaut.index.errors import ConfigError, DamagedArticle, StaleSpan
from wortlaut.index.lang.words import detect_language
from wortlaut.rag.answer import Citation
from wortlaut.ui.api.problems import Unanswered, explain_invalid
from wortlaut.ui.api.schemas import ClaimToVerify, WordsToCite
from wortlaut.ui.terminal.printing import describe_check

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive
    from wortlaut.rag.answer import Verifier
    from wortlaut.rag.assembly import Library
    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.rag.receipt import Finding, Receipt

_SENT = Path("what was sent")


class Checker:
    """Checks against the chat's archive; without `settings` receipts are refused.

    What it needs for it is opened when it is first asked, and stays open.
    """

    def __init__(self, chat: NewsChat, settings: Settings | None) -> None:
        self._chat = chat
        self._settings = settings
        self._lock = Lock()
        self._verifier: Verifier | None = None
        self._library: Library | None = None

    def read_claim(self, raw: bytes) -> ClaimToVerify | None:
        """The claim that was sent; `None` for something else that has a format of its own."""
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Unanswered(
                422, "that is no JSON; send a receipt, exported quotes, or a claim with citations"
            ) from error
        if isinstance(data, dict) and "claim" not in data and isinstance(data.get("format"), str):
            return None
        try:
            return ClaimToVerify.model_validate_json(raw)
        except ValidationError as error:
            from fastapi.exceptions import RequestValidationError

            faults = error.errors(include_input=False, include_url=False, include_context=False)
            placed = [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
            raise explain_invalid(RequestValidationError(placed)) from error

    def judge(self, claim: ClaimToVerify) -> dict[str, Any]:
        """The claim with its verdict, as `ask --json` prints it.

        Raises StaleSpan where the words that it cites are not there, or not any more.
        """
        cited = [self._cite(number, words) for number, words in enumerate(claim.citations, 1)]
        language = claim.language or detect_language(claim.claim, "en")
        verdict = self._open_verifier().verify(claim.claim, cited, language)
        return {
            "text": claim.claim,
            "markers": [citation.marker for citation in cited],
            "verdict": verdict.label,
            "support": round(verdict.support, 4),
            "reason": verdict.reason,
        }

    def check(self, raw: bytes, *, quick: bool) -> dict[str, Any]:
        """What came of checking, as `verify --json` prints it; `quick` asks no question again.

        Raises ConfigError for what is no receipt of this archive.
        """
        from wortlaut.rag.desk.quotesfile import is_quotes, list_quote_findings, parse_quotes
        from wortlaut.rag.receipt import parse_receipt

        check = self._make_check(quick=quick)
        if is_quotes(raw):
            findings = list(list_quote_findings(parse_quotes(raw, _SENT), check))
        else:
            findings = list(check(parse_receipt(raw, _SENT)))
        return describe_check("-", findings)

    def _make_check(self, *, quick: bool) -> Callable[[Receipt], Iterator[Finding]]:
        from wortlaut.rag.assembly import reopen_chat
        from wortlaut.rag.recheck import list_findings
        from wortlaut.rag.roster import Roster
        from wortlaut.ui.terminal.printing import LateVerifier

        if self._settings is None:
            raise ConfigError("this server checks no receipts; check it with: wortlaut verify FILE")
        key = self._settings.receipt_key
        return partial(
            list_findings,
            archive=self._archive,
            verifier=LateVerifier(self._open_verifier),
            key=key.get_secret_value() if key else None,
            roster=Roster(self._archive),
            reopen=None if quick else partial(reopen_chat, self._settings, self._open_library),
        )

    @property
    def _archive(self) -> Archive:
        return self._chat.archive

    def _cite(self, marker: int, words: WordsToCite) -> Citation:
        archive = self._archive
        article = archive.read_article(words.article_id)
        if article is None:
            if fault := archive.find_damage(words.article_id):
                raise DamagedArticle(words.article_id, fault)
            raise Unanswered(
                404, f"no article has the id {words.article_id!r}; /api/v1/articles lists them"
            )
        if words.text_sha256 not in (None, article.text_sha256):
            raise StaleSpan(article.id)
        if not words.start < words.end <= len(article.text):
            raise Unanswered(
                422, f"citation {marker} is no part of the article's {len(article.text)} letters"
            )
        return self._attribute(Citation(marker, article, Span(words.start, words.end)))

    def _attribute(self, citation: Citation) -> Citation:
        """The citation with who says it, where the words lie in one statement."""
        from dataclasses import replace

        for statement in self._archive.read_statements(citation.article.id):
            span = statement.span
            if span.start <= citation.span.start and citation.span.end <= span.end:
                return replace(
                    citation, speaker=statement.speaker, voice=statement.voice, via=statement.via
                )
        return citation

    def _open_verifier(self) -> Verifier:
        from wortlaut.rag.assembly import open_verifier

        with self._lock:
            if self._verifier is None:
                self._verifier = open_verifier(self._archive, self._chat.retriever.embedder)
            return self._verifier

    def _open_library(self) -> Library:
        from wortlaut.rag.assembly import open_library

        assert self._settings is not None
        with self._lock:
            if self._library is None:
                self._library = open_library(self._settings, self._chat.retriever.embedder)
            return self._library
