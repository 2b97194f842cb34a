"""How often a scorer is right, against what people found: ranking, decisions, calibration."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.faithfulness.labelled import LabelledAnswer
from eval.faithfulness.scorer import Scorer
from eval.intervals import Estimate, bootstrap
from eval.metrics import (
    auroc,
    average_precision,
    best_f1,
    brier,
    calibration_bins,
    expected_calibration_error,
    precision_recall_f1,
)

_FOLDS = 5
_EPSILON = 1e-6
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a scorer and people say of one claim or answer about `source`.

    `support` in [0, 1] is the scorer's, `flagged` whether it calls it unsupported, `unsupported`
    whether people do.
    """

    source: str
    support: float
    flagged: bool
    unsupported: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer's judgement and, where people marked spans, its claims'."""

    answer: Judgement
    claims: tuple[Judgement, ...]


def judge_answers(scorer: Scorer, answers: Iterable[LabelledAnswer]) -> Iterator[Judged]:
    """Each answer that claims something, judged by the scorer; an answer is flagged with any of
    its claims.
    """
    for labelled in answers:
        found = scorer.score(labelled.question, labelled.answer, labelled.contexts)
        if found.score is None:
            continue
        flags = [claim.verdict != "supported" for claim in found.claims]
        claims = [
            Judgement(labelled.source, claim.support, flagged, not supported)
            for claim, flagged in zip(found.claims, flags, strict=True)
            if (supported := labelled.is_supported(claim.start, claim.end)) is not None
        ]
        whole = Judgement(labelled.source, found.score, any(flags), not labelled.supported)
        yield Judged(whole, tuple(claims))


@dataclass(frozen=True, slots=True)
class Level:
    """A scorer's figures over claims or answers; what is found are the unsupported ones.

    `auroc` and `average_precision` rank by 1 - support. `precision`, `recall`, `f1` are those of
    the scorer's own verdicts; the `refitted` ones, with `brier` and `ece` before and after, those
    of support put through a logistic curve and a cut that were fitted to the other sources
    (5-fold). Estimates have 95 % intervals, resampled by source.
    """

    n: int
    unsupported: int
    sources: int
    figures: dict[str, Estimate]
    bins: list[dict[str, Any]]
    refitted_bins: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The figures by name, for `--json`."""
        return {
            "n": self.n,
            "unsupported": self.unsupported,
            "sources": self.sources,
            **{name: estimate.as_json() for name, estimate in self.figures.items()},
            "reliability": self.bins,
            "refitted_reliability": self.refitted_bins,
        }


@dataclass(frozen=True, slots=True)
class Curve:
    """Platt's logistic curve over a scorer's log-odds, and the support that F1 wants.

    Source: Platt 1999.
    """

    scale: float
    bias: float
    cut: float

    def apply(self, support: Numbers) -> Numbers:
        """`(n,)` probabilities of being supported."""
        return 1 / (1 + np.exp(-(self.scale * _logit(support) + self.bias)))


def fit_curve(judgements: Sequence[Judgement]) -> Curve | None:
    """The curve that fits the labels best; `None` unless both labels occur."""
    from sklearn.linear_model import LogisticRegression

    support, unsupported = _read(judgements)
    if len(set(unsupported.tolist())) < 2:
        return None
    fitted = LogisticRegression(C=1e4).fit(_logit(support)[:, None], ~unsupported)
    curve = Curve(float(fitted.coef_[0][0]), float(fitted.intercept_[0]), 0.5)
    threshold = best_f1(unsupported, 1 - curve.apply(support))
    cut = 0.5 if threshold is None else math.nextafter(1 - threshold.value, 1)
    return Curve(curve.scale, curve.bias, cut)


def measure_level(judgements: Sequence[Judgement], *, resamples: int = 1000) -> Level:
    """The figures of the judgements; what cannot be computed of them is `None`."""
    support, unsupported = _read(judgements)
    flagged = np.array([each.flagged for each in judgements], bool)
    sources = [each.source for each in judgements]
    curved, flagged_after = _cross_fit(judgements)
    columns: dict[str, Callable[[NDArray[np.intp]], float | None]] = {
        "auroc": lambda i: auroc(unsupported[i], 1 - support[i]),
        "average_precision": lambda i: average_precision(unsupported[i], 1 - support[i]),
        "precision": lambda i: precision_recall_f1(unsupported[i], flagged[i]).precision,
        "recall": lambda i: precision_recall_f1(unsupported[i], flagged[i]).recall,
        "f1": lambda i: precision_recall_f1(unsupported[i], flagged[i]).f1,
        "brier": lambda i: brier(~unsupported[i], support[i]),
    }
    # No interval: resampling alone raises it.
    fixed = {"ece": expected_calibration_error(~unsupported, support)}
    if curved is not None and flagged_after is not None:
        columns |= {
            "refitted_precision": lambda i: (
                precision_recall_f1(unsupported[i], flagged_after[i]).precision
            ),
            "refitted_recall": lambda i: (
                precision_recall_f1(unsupported[i], flagged_after[i]).recall
            ),
            "refitted_f1": lambda i: precision_recall_f1(unsupported[i], flagged_after[i]).f1,
            "refitted_brier": lambda i: brier(~unsupported[i], curved[i]),
        }
        fixed["refitted_ece"] = expected_calibration_error(~unsupported, curved)
    return Level(
        n=len(judgements),
        unsupported=int(unsupported.sum()),
        sources=len(set(sources)),
        figures={
            name: bootstrap(statistic, len(judgements), sources, resamples=resamples)
            for name, statistic in columns.items()
        }
        | {name: Estimate(value, len(judgements)) for name, value in fixed.items()},
        bins=_list_bins(unsupported, support),
        refitted_bins=[] if curved is None else _list_bins(unsupported, curved),
    )


def _cross_fit(
    judgements: Sequence[Judgement],
) -> tuple[Numbers | None, NDArray[np.bool_] | None]:
    """Support and flags by curves fitted without the judgement's own source."""
    support, _ = _read(judgements)
    names = list(dict.fromkeys(each.source for each in judgements))
    # Not file order: data sets come sorted by kind.
    order = np.random.default_rng(0).permutation(len(names))
    fold_of = {names[place]: rank % _FOLDS for rank, place in enumerate(order)}
    folds = np.array([fold_of[each.source] for each in judgements])
    curved, flagged = np.zeros(len(judgements)), np.zeros(len(judgements), bool)
    for fold in range(_FOLDS):
        inside = np.flatnonzero(folds == fold)
        curve = fit_curve([judgements[i] for i in np.flatnonzero(folds != fold).tolist()])
        if curve is None:
            return None, None
        curved[inside] = curve.apply(support[inside])
        flagged[inside] = curved[inside] < curve.cut
    return curved, flagged


def _read(judgements: Sequence[Judgement]) -> tuple[Numbers, NDArray[np.bool_]]:
    support = np.array([each.support for each in judgements], float)
    return support, np.array([each.unsupported for each in judgements], bool)


def _logit(support: Numbers) -> Numbers:
    kept = np.clip(support, _EPSILON, 1 - _EPSILON)
    logits: Numbers = np.log(kept / (1 - kept))
    return logits


def _list_bins(unsupported: NDArray[np.bool_], support: Numbers) -> list[dict[str, Any]]:
    return [each._asdict() for each in calibration_bins(~unsupported, support)]
