"""A faithfulness scorer inside somebody's LlamaIndex evaluation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.evaluation import BaseEvaluator, EvaluationResult
from llama_index.core.prompts.mixin import PromptDictType

from wortlaut.eval.faithfulness.scorer import Scorer, list_unsupported


class WortlautFaithfulnessEvaluator(BaseEvaluator):
    """Takes the place of LlamaIndex's `FaithfulnessEvaluator`, with any of our scorers.

    `score` is the scorer's in [0, 1], `passing` whether every claim is supported, `feedback` names
    those that are not, each with its reason. Without an answer or without any claim in it the
    result is invalid, and says so, instead of passing.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        """Nothing to update: the scorers keep their own prompts."""

    async def aevaluate(
        self,
        query: str | None = None,
        response: str | None = None,
        contexts: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> EvaluationResult:
        """The faithfulness of `response` to `contexts`; other arguments tell it nothing."""
        found = await asyncio.to_thread(
            self._scorer.score, query or "", response or "", contexts or ()
        )
        is_silent = found.score is None
        faults = list_unsupported(found)
        return EvaluationResult(
            query=query,
            response=response,
            contexts=contexts,
            passing=None if is_silent else not faults,
            score=found.score,
            feedback="\n".join(faults) or None,
            invalid_result=is_silent,
            invalid_reason="The response claims nothing." if is_silent else None,
        )
