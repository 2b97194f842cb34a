"""The offline scorer, or another of ours, as a metric of Ragas: no key, no network, no telemetry.

`pip install "wortlaut[ragas]"`. Ragas asks its own model nothing for it.
"""

from __future__ import annotations

import asyncio
import math
import os
from typing import Any

from wortlaut.eval.faithfulness.scorer import Scorer

# It tells its makers of each evaluation, unless it is told not to before that.
os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
try:
    from ragas import _analytics
    from ragas.metrics.base import MetricType, SingleTurnMetric
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f'{error}; install Ragas with: pip install "wortlaut[ragas]"', name=error.name
    ) from error
# It may have looked already.
_analytics.do_not_track.cache_clear()


class WortlautRagasFaithfulness(SingleTurnMetric):  # type: ignore[misc]
    """How far `retrieved_contexts` bear `response` out, in [0, 1], by any of our scorers.

    Not a number where nothing is claimed, as in a mere refusal to answer: Ragas leaves that out of
    its means.
    """

    def __init__(self, scorer: Scorer, name: str = "wortlaut_faithfulness") -> None:
        columns = {"user_input", "response", "retrieved_contexts"}
        super().__init__({MetricType.SINGLE_TURN: columns}, name)
        self.scorer = scorer

    def init(self, run_config: Any) -> None:
        """Nothing to set up."""

    async def _single_turn_ascore(self, sample: Any, callbacks: Any) -> float:
        found = await asyncio.to_thread(
            self.scorer.score,
            sample.user_input or "",
            sample.response or "",
            sample.retrieved_contexts or (),
        )
        return math.nan if found.score is None else found.score
