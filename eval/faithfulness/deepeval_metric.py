"""The offline scorer, or another of ours, as a metric of DeepEval: no key, no network, no telemetry.

`pip install "wortlaut[deepeval]"`. DeepEval asks no model for it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from wortlaut.eval.faithfulness.scorer import Faithfulness, Scorer, list_unsupported

# It tells its makers of each run, and keeps an id for that, unless it is told not to.
os.environ.setdefault("DEEPEVAL_TELEMETRY_OPT_OUT", "1")
try:
    from deepeval.errors import MissingTestCaseParamsError
    from deepeval.metrics import BaseMetric
    from deepeval.test_case import SingleTurnParams
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f'{error}; install DeepEval with: pip install "wortlaut[deepeval]"', name=error.name
    ) from error


class WortlautDeepEvalFaithfulness(BaseMetric):  # type: ignore[misc]
    """How far `retrieval_context` bears `actual_output` out, in [0, 1], by any of our scorers.

    It passes where every claim is supported and the score is not below `threshold`; `reason` names
    the claims that are not. A test case whose answer claims nothing is skipped, and has no score.
    """

    _required_params = (
        SingleTurnParams.INPUT,
        SingleTurnParams.ACTUAL_OUTPUT,
        SingleTurnParams.RETRIEVAL_CONTEXT,
    )

    # DeepEval makes copies, one a test case, by these names.
    def __init__(self, scorer: Scorer, threshold: float = 0.0) -> None:
        self.scorer = scorer
        self.threshold = threshold
        self.include_reason = True
        self.evaluation_model = scorer.name
        self.found: Faithfulness | None = None
        self.error: str | None = None
        self.success: bool | None = None

    def measure(self, test_case: Any, *args: Any, **kwargs: Any) -> float | None:
        """The score; `None` where nothing is claimed."""
        if test_case.actual_output is None or test_case.retrieval_context is None:
            self.error = "'actual_output' and 'retrieval_context' cannot be None"
            raise MissingTestCaseParamsError(f"{self.error} for the '{self.__name__}' metric")
        contexts = [getattr(context, "context", context) for context in test_case.retrieval_context]
        found = self.scorer.score(test_case.input, test_case.actual_output, contexts)
        self.found, self.score, self.error = found, found.score, None
        self.skipped = found.score is None
        faults = list_unsupported(found)
        self.reason = "\n".join(faults) or "Every claim is supported."
        if self.skipped:
            self.reason = "The answer claims nothing."
        self.is_successful()
        return self.score

    async def a_measure(self, test_case: Any, *args: Any, **kwargs: Any) -> float | None:
        """The same, beside others."""
        return await asyncio.to_thread(self.measure, test_case)

    def is_successful(self) -> bool | None:
        """Whether the last one passed; `None` where nothing was claimed."""
        if self.error is not None:
            self.success = False
        elif self.found is None or self.score is None:
            self.success = None
        else:
            self.success = self.score >= self.threshold and not list_unsupported(self.found)
        return self.success

    @property
    def __name__(self) -> str:
        """As DeepEval's reports show it."""
        return "Wortlaut Faithfulness"
