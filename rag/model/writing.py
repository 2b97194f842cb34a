"""Evidence -> an answer that a language model writes, each sentence checked before it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Literal

from wortlaut.index.errors import LLMError, LLMUnavailable
from wortlaut.index.lang.language import Language
from wortlaut.index.lang.words import find_runs
from wortlaut.rag.answer import Answer, Citation, Claim
from wortlaut.rag.evidence import Evidence
from wortlaut.rag.extractive import compose_answer
from wortlaut.rag.model.citations import Draft, DraftSplitter
from wortlaut.rag.model.llm import LanguageModel
from wortlaut.rag.model.prompts import CountTokens, Prompt, build_prompt
from wortlaut.rag.query import Query
from wortlaut.rag.refusals import is_refusal
from wortlaut.rag.verification.verdict import Verifier
from wortlaut.rag.wording import NoticeKind, strike_out, write_notice

OnUnsupported = Literal["quote", "strike"]
_CITES_NOTHING = "it cites none of the sources"
_NO_SENTENCE = "it is no whole sentence"
# "Ukraine [1]" states nothing that could be borne out.
_STUTTER = re.compile(r"\b(\w+)(?:\W+\1){2,}\b", re.IGNORECASE)
_FEWEST_WORDS = 3


class AnswerWriter:
    """Lets a model write from evidence; what its sources do not bear out is never shown as fact.

    Such a sentence gives way to the quotes it cites ("quote") or is struck out ("strike").
    """

    def __init__(
        self,
        model: LanguageModel,
        verifier: Verifier,
        *,
        on_unsupported: OnUnsupported = "quote",
        count_tokens: CountTokens | None = None,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._on_unsupported = on_unsupported
        self._count_tokens = count_tokens

    def write(
        self,
        query: Query,
        chosen: Sequence[Evidence],
        language: Language,
        earlier: Sequence[str] = (),
    ) -> Iterator[Answer]:
        """Answers that grow; the last is whole. Raises ValueError without evidence.

        `draft` holds what is being written and not checked yet. When the model fails, or nothing
        it wrote holds, the last is the extractive answer with a notice that says so. `earlier`
        are the conversation's questions so far. Timings: `compose`, `verify`.
        """
        if not chosen:
            raise ValueError("no evidence to write from")
        started = perf_counter()
        page = _Page(query, chosen, language, self._on_unsupported, self._verifier)
        for _ in self._read(page, earlier):
            yield page.show(self._model.name)
        answer = page.finish(self._model.name)
        verify_ms = page.verify_s * 1000
        compose_ms = (perf_counter() - started) * 1000 - verify_ms
        yield replace(answer, timings_ms={"compose": compose_ms, "verify": verify_ms})

    def _build_prompt(self, page: _Page, earlier: Sequence[str]) -> Prompt:
        query = page.query
        question = query.question
        if earlier and query.text.strip() != question.strip():
            # A follow-up says little by itself: "And in 2022?"
            question = f"{question} ({query.text})"
        return build_prompt(
            question,
            page.citations,
            page.language,
            earlier=earlier,
            context_tokens=self._model.context_tokens,
            max_tokens=self._model.max_tokens,
            count_tokens=self._count_tokens,
        )

    def _read(self, page: _Page, earlier: Sequence[str]) -> Iterator[None]:
        """Read the model's answer onto the page; yields whenever there is something new."""
        splitter = DraftSplitter({}, page.language)
        try:
            prompt = self._build_prompt(page, earlier)
            splitter = DraftSplitter({c.marker: c.quote for c in prompt.citations}, page.language)
            with closing(self._model.stream(prompt.messages)) as stream:
                for delta in stream:
                    for draft in splitter.feed(delta):
                        page.add(draft)
                    page.tail = splitter.tail
                    yield
        except LLMError as error:
            page.failure = error
        # After a failure too: what is whole may stand.
        page.tail = ""
        for draft in splitter.close():
            page.add(draft)


@dataclass(slots=True)
class _Page:
    """The answer as far as it is written."""

    query: Query
    chosen: Sequence[Evidence]
    language: Language
    on_unsupported: OnUnsupported
    verifier: Verifier
    tail: str = ""
    verify_s: float = 0.0
    lines: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    unknown_markers: int = 0
    has_refused: bool = False
    is_cut: bool = False
    failure: LLMError | None = None
    text: str = field(init=False)
    citations: tuple[Citation, ...] = field(init=False)
    _quotes: tuple[Claim, ...] = field(init=False)
    _shown: set[int] = field(default_factory=set)
    _quoted: set[int] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _in_paragraph: bool = False

    def __post_init__(self) -> None:
        self.text, self.citations, self._quotes = compose_answer(self.chosen, self.language)

    def add(self, draft: Draft) -> None:
        """Check a sentence and put down what may be shown of it."""
        self.unknown_markers += draft.unknown
        key = draft.text.casefold()
        if not key or key in self._seen:
            return
        self._seen.add(key)
        if not draft.is_complete:
            self.is_cut = True
        elif not draft.markers:
            self._add_uncited(draft.text)
        else:
            self._judge(draft)

    def _add_uncited(self, text: str) -> None:
        if is_refusal(text):
            self.has_refused = True
        elif not text.endswith(":"):
            self._refuse(Claim(text, (), "not_enough_info", 0.0, _CITES_NOTHING))

    def _judge(self, draft: Draft) -> None:
        cited = [self.citations[marker - 1] for marker in draft.markers]
        if len(find_runs(draft.text)) < _FEWEST_WORDS or _STUTTER.search(draft.text):
            self._refuse(Claim(draft.text, draft.markers, "not_enough_info", 0.0, _NO_SENTENCE))
            return
        started = perf_counter()
        verdict = self.verifier.verify(draft.text, cited, self.language)
        self.verify_s += perf_counter() - started
        claim = Claim(draft.text, draft.markers, verdict.label, verdict.support, verdict.reason)
        if verdict.label != "supported":
            self._refuse(claim)
            return
        self.claims.append(claim)
        self._shown.update(draft.markers)
        sentence = f"{draft.text} {''.join(f'[{marker}]' for marker in draft.markers)}"
        if self._in_paragraph:
            self.lines[-1] += f" {sentence}"
        else:
            self.lines.append(sentence)
        self._in_paragraph = True

    def _refuse(self, claim: Claim) -> None:
        self.claims.append(claim)
        if self.on_unsupported == "strike":
            self.lines.append(strike_out(claim.text, claim.reason or "", self.language))
            self._in_paragraph = False
            return
        for marker in claim.markers:
            if marker not in self._quoted:
                self._quoted.add(marker)
                self._shown.add(marker)
                self.claims.append(self._quotes[marker - 1])
                self.lines.append(self._quotes[marker - 1].text)
                self._in_paragraph = False

    def show(self, model: str | None) -> Answer:
        """The answer so far, with what is being written as its draft."""
        query = self.query
        return Answer(
            query.question, "\n".join(self.lines), False, None, "llm", self.language, query,
            tuple(c for c in self.citations if c.marker in self._shown), tuple(self.claims),
            draft=self.tail, model=model, unknown_markers=self.unknown_markers,
        )  # fmt: skip

    def finish(self, model: str | None) -> Answer:
        """The whole answer: the model's if some of it holds, else the archive's own words."""
        failure = self.failure
        refused = [claim for claim in self.claims if claim.verdict != "supported"]
        written = [claim for claim in self.claims if claim.reason is not None]
        notices = []
        if len(written) > len(refused):
            if failure is not None or self.is_cut:
                notices.append(self._notice("broken_off"))
            if refused:
                notices.append(write_notice("unheld", self.language, count=len(refused)))
            return replace(self.show(model), notice=" ".join(notices) or None)
        kind: NoticeKind = "nothing_held" if refused or self.is_cut else "malformed"
        if self.has_refused and not refused:
            kind = "refused"
        if failure is not None:
            kind = "unavailable" if isinstance(failure, LLMUnavailable) else "malformed"
        return replace(
            self.show(model),
            text=self.text,
            mode="extractive",
            citations=self.citations,
            claims=(*self._quotes, *refused),
            notice=self._notice(kind),
        )

    def _notice(self, kind: NoticeKind) -> str:
        return write_notice(kind, self.language, detail=str(self.failure or ""))
