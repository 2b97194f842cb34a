"""A scorer that asks a language model, claim by claim."""

from __future__ import annotations

from collections.abc import Sequence

from eval.faithfulness.claims import make_context, split_claims
from eval.faithfulness.scorer import Faithfulness, ScoredClaim, tell_verdict
from index.article import Span, normalise_text
from index.lang.language import detect_language
from rag.answer import Citation
from rag.judges import JudgeVerifier


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
        spans = split_claims(answer)
        citations = [
            Citation(number, make_context(number, text), whole)
            for number, text in enumerate(map(normalise_text, contexts), 1)
            for whole in [Span(0, len(text))]
            if text.strip()
        ]
        if not spans:
            return Faithfulness(None, ())
        claims = tuple(self._score_claim(span, answer, citations) for span in spans)
        return Faithfulness(sum(claim.support for claim in claims) / len(claims), claims)

    def _score_claim(self, span: Span, answer: str, citations: Sequence[Citation]) -> ScoredClaim:
        text = span.of(answer)
        verdict = self._verifier.verify(text, citations, detect_language(text))
        return tell_verdict(answer, span, verdict)
