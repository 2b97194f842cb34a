"""A scorer that asks a cross-encoder: any entailment model by hub name or folder."""

from __future__ import annotations

from collections.abc import Sequence

from eval.faithfulness.claims import cut_windows, make_context, split_claims
from eval.faithfulness.scorer import Faithfulness, ScoredClaim, tell_verdict
from index.article import Span, normalise_text
from index.lang.language import detect_language
from rag.answer import Citation
from rag.judges import NliVerifier
from rag.verification.verdict import Verdict

# About 250 tokens: the models were trained on short premises, and 512 is where most end.
_WINDOW_LETTERS = 1000


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
        spans = split_claims(answer)
        windows = [
            Citation(number, make_context(number, text), window)
            for number, text in enumerate(map(normalise_text, contexts), 1)
            for window in cut_windows(text, _WINDOW_LETTERS)
        ]
        if not spans:
            return Faithfulness(None, ())
        claims = tuple(self._score_claim(span, answer, windows) for span in spans)
        return Faithfulness(min(claim.support for claim in claims), claims)

    def _score_claim(self, span: Span, answer: str, windows: Sequence[Citation]) -> ScoredClaim:
        text = span.of(answer)
        language = detect_language(text)
        nothing = Verdict("not_enough_info", 0.0, "There is no context.", "no_citation")
        found = [(self._verifier.verify(text, [each], language), each) for each in windows]
        verdict, best = max(found, key=lambda each: each[0].support, default=(nothing, None))
        place = (best.marker - 1, best.span.start, best.span.end) if best else None
        return tell_verdict(answer, span, verdict, place)
