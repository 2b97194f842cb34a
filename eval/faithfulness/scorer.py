"""What scores an answer against its sources: what every scorer gives back, and each by its name.

Here are the two that ask a model; `offline`, the default, has a module of its own. How an answer
falls into claims, and its contexts into windows, is the same for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from wortlaut.eval.faithfulness.claims import AnswerReading, read_answer
from wortlaut.index.article import Article, Span, hash_text, normalise_text
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import detect_language
from wortlaut.index.splitter import split_segments
from wortlaut.rag.answer import Citation, Label, Verdict
from wortlaut.rag.config import Settings
from wortlaut.rag.verification.judges import JudgeVerifier, NliVerifier

# About 250 tokens: the models were trained on short premises, and 512 is where most end.
_WINDOW_LETTERS = 1000
ScorerName = Literal["offline", "nli", "llm"]


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Words at `[start, end)` that nothing bears out; `score` in [0, 1] is how sure that is."""

    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class ScoredClaim:
    """One sentence of an answer at `[start, end)` of it.

    `support` in [0, 1] is how probable it is that the contexts bear it out; `reason` says in one
    plain English sentence what speaks against it; `nearest` is the piece of a context that comes
    nearest, as (position among the contexts, start, end). `unsupported` are the words of the answer
    that the verdict is on; none where the claim is supported.
    """

    text: str
    start: int
    end: int
    support: float
    verdict: Label
    reason: str | None = None
    nearest: tuple[int, int, int] | None = None
    unsupported: tuple[MarkedSpan, ...] = ()


def tell_verdict(
    answer: str, span: Span, verdict: Verdict, nearest: tuple[int, int, int] | None = None
) -> ScoredClaim:
    """The claim at the span of the answer with what a verifier found; it tells of no single word."""
    is_supported = verdict.label == "supported"
    whole = MarkedSpan(span.start, span.end, span.of(answer), 1 - verdict.support)
    return ScoredClaim(
        text=span.of(answer),
        start=span.start,
        end=span.end,
        support=verdict.support,
        verdict=verdict.label,
        reason=None if is_supported else verdict.reason,
        nearest=nearest,
        unsupported=() if is_supported else (whole,),
    )


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """How faithful an answer is: `score` in [0, 1], made of its claims' support.

    `offline` multiplies them (the probability that all hold, were they independent: a long answer
    scores lower), `nli` takes the least, `llm` the mean. `None` where nothing is claimed: an empty
    answer, or a mere refusal to answer.
    """

    score: float | None
    claims: tuple[ScoredClaim, ...]

    def as_json(self) -> dict[str, Any]:
        """The score and its claims, for `--json`."""
        return asdict(self)

    @property
    def unsupported(self) -> tuple[MarkedSpan, ...]:
        """The words of the answer that nothing bears out, in order."""
        return tuple(span for claim in self.claims for span in claim.unsupported)


def list_unsupported(found: Faithfulness) -> list[str]:
    """A line on each claim that is not supported, with what speaks against it."""
    return [
        f"{claim.text} – {claim.reason or 'not supported'}"
        for claim in found.claims
        if claim.verdict != "supported"
    ]


class Scorer(Protocol):
    """Whatever scores an answer against its contexts.

    `fingerprint` says everything that decides its scores: only runs of one may be compared.
    """

    name: str
    fingerprint: str

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts bear the answer out; contexts are untrusted text, never obeyed."""
        ...


class NliScorer:
    """A claim is supported as far as its best window of the contexts entails it.

    Windows of whole sentences, since a model cuts off what it cannot hold. Source: Laban et al.
    2022 (SummaC, zero-shot: the highest entailment over the source's pieces).
    """

    name = "nli"

    def __init__(self, verifier: NliVerifier) -> None:
        self._verifier = verifier
        self.fingerprint = f"nli {verifier.name}"

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts entail the answer: the least that any of its claims is."""
        reading = read_answer(answer, is_asked=bool(question.strip()))
        windows = [
            Citation(number, make_context(number, text), window)
            for number, text in enumerate(map(normalise_text, contexts), 1)
            for window in cut_windows(text, _WINDOW_LETTERS)
        ]
        if not reading.claims:
            return Faithfulness(None, ())
        claims = tuple(self._score_claim(span, answer, reading, windows) for span in reading.claims)
        return Faithfulness(min(claim.support for claim in claims), claims)

    def _score_claim(
        self, span: Span, answer: str, reading: AnswerReading, windows: Sequence[Citation]
    ) -> ScoredClaim:
        text = reading.word(span)
        language = detect_language(text)
        nothing = Verdict("not_enough_info", 0.0, "There is no context.", "no_citation")
        found = [(self._verifier.verify(text, [each], language), each) for each in windows]
        verdict, best = max(found, key=lambda each: each[0].support, default=(nothing, None))
        place = (best.marker - 1, best.span.start, best.span.end) if best else None
        return tell_verdict(answer, span, verdict, place)


class LlmScorer:
    """A claim is supported where the model says so; its word is all there is.

    The contexts go into the prompt whole, each on a line of its own and named as data; what the
    model answers in another form than asked counts as not knowing.
    """

    name = "llm"

    def __init__(self, verifier: JudgeVerifier, fingerprint: str = "llm") -> None:
        self._verifier = verifier
        self.fingerprint = fingerprint

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts bear the answer out: the mean of what the model says of each claim.

        The mean, since a judge says 0, ½ or 1, and the least of these ranks no answers.
        """
        reading = read_answer(answer, is_asked=bool(question.strip()))
        citations = [
            Citation(number, make_context(number, text), whole)
            for number, text in enumerate(map(normalise_text, contexts), 1)
            for whole in [Span(0, len(text))]
            if text.strip()
        ]
        if not reading.claims:
            return Faithfulness(None, ())
        claims = tuple(
            self._score_claim(span, answer, reading, citations) for span in reading.claims
        )
        return Faithfulness(sum(claim.support for claim in claims) / len(claims), claims)

    def _score_claim(
        self, span: Span, answer: str, reading: AnswerReading, citations: Sequence[Citation]
    ) -> ScoredClaim:
        text = reading.word(span)
        verdict = self._verifier.verify(text, citations, detect_language(text))
        return tell_verdict(answer, span, verdict)


def open_scorer(settings: Settings, name: str = "offline", model: str | None = None) -> Scorer:
    """The scorer under the name: `offline`, `nli` or `llm`; raises ConfigError for another.

    `model` is a calibration file for `offline` (without one, the shipped calibration), a hub name
    or folder for `nli`, and for `llm` a model of the endpoint that is set.
    """
    if name == "offline":
        return _open_offline(settings, Path(model) if model else None)
    if name == "nli":
        return _open_nli(model)
    if name == "llm":
        return _open_llm(settings, model)
    raise ConfigError(
        f"no scorer is called {name!r}; take one of {', '.join(get_args(ScorerName))}"
    )


def _open_offline(settings: Settings, file: Path | None) -> Scorer:
    from wortlaut.eval.faithfulness.offline import Calibration, OfflineScorer
    from wortlaut.eval.faithfulness.signs import load_rarity
    from wortlaut.index.embedder import load_embedder
    from wortlaut.rag.verification.entailment import open_bundled_entailment
    from wortlaut.rag.verification.verifier import OfflineVerifier

    calibration = Calibration.read(file) if file else Calibration()
    embedder = load_embedder(settings.embedder, settings.models_folder)
    entailer = open_bundled_entailment()
    verifier = OfflineVerifier(embedder, entailer=entailer)
    return OfflineScorer(embedder, verifier, load_rarity(), calibration, entailer=entailer)


def _open_nli(model: str | None) -> Scorer:
    if model is None:
        raise ConfigError("the nli scorer needs an entailment model: --scorer-model NAME_OR_FOLDER")
    return NliScorer(NliVerifier(model))


def _open_llm(settings: Settings, model: str | None) -> Scorer:
    from wortlaut.rag.assembly import open_model

    if model is not None:
        settings = settings.model_copy(update={"llm_model": model})
    fingerprint = f"llm {settings.llm_model} at {settings.llm_base_url}"
    return LlmScorer(JudgeVerifier(open_model(settings)), fingerprint)


def cut_windows(context: str, letters: int) -> list[Span]:
    """Spans of whole sentences, each at most `letters` long unless one sentence is longer.

    Neighbours share a sentence, so that what two sentences say together is found in one window.
    """
    sentences = [segment.span for segment in split_segments(context)]
    windows: list[Span] = []
    first = 0
    for place, (span, after) in enumerate(pairwise([*sentences, Span(len(context), len(context))])):
        if after.end - sentences[first].start > letters or place == len(sentences) - 1:
            windows.append(Span(sentences[first].start, span.end))
            first = max(place, first + 1)
    return windows


def make_context(number: int, text: str) -> Article:
    """A context as what a citation can point into; `text` is normalised."""
    return Article(f"context-{number}", f"Context {number}", text, hash_text(text))
