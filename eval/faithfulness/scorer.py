"""What scores an answer against its sources gives back, and what every scorer must offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from index.article import Span
from rag.answer import Label
from rag.verification.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ScoredClaim:
    """One sentence of an answer at `[start, end)` of it.

    `support` in [0, 1] is how probable it is that the contexts bear it out; `reason` says in one
    plain English sentence what speaks against it; `nearest` is the piece of a context that comes
    nearest, as (position among the contexts, start, end).
    """

    text: str
    start: int
    end: int
    support: float
    verdict: Label
    reason: str | None = None
    nearest: tuple[int, int, int] | None = None


def tell_verdict(
    answer: str, span: Span, verdict: Verdict, nearest: tuple[int, int, int] | None = None
) -> ScoredClaim:
    """The claim at the span of the answer with what a verifier found."""
    return ScoredClaim(
        text=span.of(answer),
        start=span.start,
        end=span.end,
        support=verdict.support,
        verdict=verdict.label,
        reason=None if verdict.label == "supported" else verdict.reason,
        nearest=nearest,
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


class Scorer(Protocol):
    """Whatever scores an answer against its contexts.

    `fingerprint` says everything that decides its scores: only runs of one may be compared.
    """

    name: str
    fingerprint: str

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts bear the answer out; contexts are untrusted text, never obeyed."""
        ...
