"""How often a scorer is right, against what people found: ranking, decisions, calibration.

A scorer judges the same answers as people (`labelled`), and the two are held against each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wortlaut.eval.faithfulness.labelled import LabelledAnswer
from wortlaut.eval.faithfulness.scorer import Scorer
from wortlaut.eval.faithfulness.spans import SpanOverlap, compare_spans
from wortlaut.eval.figures.intervals import Estimate, Indices, bootstrap, bootstrap_mean
from wortlaut.eval.figures.metrics import (
    Bools,
    Numbers,
    auroc,
    average_precision,
    best_f1,
    brier_losses,
    calibration_bins,
    expected_calibration_error,
    precision_recall_f1,
)
from wortlaut.index.article import Span

_FOLDS = 5
# Of fewer that count, resampling shows too little.
_FEW = 10
_ENOUGH = 25
_ENOUGH_SOURCES = 8
_EPSILON = 1e-6


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
class JudgedAnswer:
    """An answer's judgement and, where people marked spans, its claims' and its own spans'.

    There is no judgement of an answer that claims nothing; what people marked in it is missed.
    """

    answer: Judgement | None
    claims: tuple[Judgement, ...]
    spans: SpanOverlap | None


def judge_answers(scorer: Scorer, answers: Iterable[LabelledAnswer]) -> Iterator[JudgedAnswer]:
    """Each answer, judged by the scorer; it is flagged with any of its claims."""
    for labelled in answers:
        found = scorer.score(labelled.question, labelled.answer, labelled.contexts)
        overlap = None
        if labelled.unsupported is not None:
            marked = [Span(mark.start, mark.end) for mark in found.unsupported]
            overlap = compare_spans(labelled.source, marked, labelled.unsupported)
        if found.score is None:
            yield JudgedAnswer(None, (), overlap)
            continue
        flags = [claim.verdict != "supported" for claim in found.claims]
        claims = [
            Judgement(labelled.source, claim.support, flagged, not supported)
            for claim, flagged in zip(found.claims, flags, strict=True)
            if (supported := labelled.is_supported(claim.start, claim.end)) is not None
        ]
        whole = Judgement(labelled.source, found.score, any(flags), not labelled.supported)
        yield JudgedAnswer(whole, tuple(claims), overlap)


@dataclass(frozen=True, slots=True)
class Level:
    """A scorer's figures over claims or answers; what is found are the unsupported ones.

    `auroc` and `average_precision` rank by 1 - support. `precision`, `recall`, `f1` are those of
    the scorer's own verdicts; the `refitted` ones, with `brier` and `ece` before and after, those
    of support put through a logistic curve and a cut that were fitted to the other sources
    (5-fold). Estimates have 95 % intervals, by source, and count what they are over: precision the
    flagged ones, recall the unsupported, `f1` those that are either. `auroc` and
    `average_precision` have no interval with fewer than ten of either label, `f1` with fewer than
    ten flagged or unsupported. `flagged` counts what the scorer calls unsupported, `caught` what
    of it people call so too.
    """

    n: int
    unsupported: int
    sources: int
    flagged: int
    caught: int
    figures: dict[str, Estimate]
    bins: list[dict[str, Any]]
    refitted_bins: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The figures by name, for `--json`."""
        return {
            "n": self.n,
            "unsupported": self.unsupported,
            "sources": self.sources,
            "true_positives": self.caught,
            "false_positives": self.flagged - self.caught,
            "false_negatives": self.unsupported - self.caught,
            "true_negatives": self.n - self.flagged - self.unsupported + self.caught,
            **{name: estimate.as_json() for name, estimate in self.figures.items()},
            "reliability": self.bins,
            "refitted_reliability": self.refitted_bins,
        }


@dataclass(frozen=True, slots=True)
class Curve:
    """Platt's logistic curve over a scorer's log-odds, and the `cut` that F1 wants: below it is
    flagged.

    Source: Platt 1999.
    """

    scale: float
    bias: float
    cut: float

    def apply(self, support: Numbers) -> Numbers:
        """`(n,)` probabilities of being supported."""
        return 1 / (1 + np.exp(-(self.scale * _logit(support) + self.bias)))


def fit_curve(judgements: Sequence[Judgement]) -> Curve | None:
    """The curve that fits the labels best; `None` unless both labels occur.

    Exactly what F1 is best with lies below its cut, of the judgements it is fitted to.
    """
    from sklearn.linear_model import LogisticRegression

    support, unsupported = _read(judgements)
    if len(set(unsupported.tolist())) < 2:
        return None
    fitted = LogisticRegression(C=1e4).fit(_logit(support)[:, None], ~unsupported)
    curve = Curve(float(fitted.coef_[0][0]), float(fitted.intercept_[0]), 0.5)
    curved = curve.apply(support)
    threshold = best_f1(unsupported, 1 - curved)
    if threshold is None:
        return curve
    # Not 1 - threshold, which may round to either side of what it was made of; amid the gap, so
    # that whoever computes the curve with another rounding flags the same.
    flagged = 1 - curved >= threshold.value
    highest = float(curved[flagged].max())
    lowest = float(curved[~flagged].min()) if not flagged.all() else highest
    cut = max((highest + lowest) / 2, math.nextafter(highest, math.inf))
    return Curve(curve.scale, curve.bias, cut)


def is_enough(judgements: Sequence[Judgement]) -> bool:
    """Whether a curve fitted to them may hold for others: 25 of either label, and 8 sources."""
    unsupported = sum(each.unsupported for each in judgements)
    sources = {each.source for each in judgements}
    fewest = min(unsupported, len(judgements) - unsupported)
    return fewest >= _ENOUGH and len(sources) >= _ENOUGH_SOURCES


def measure_level(judgements: Sequence[Judgement], *, resamples: int = 1000) -> Level:
    """The figures of the judgements; what cannot be computed of them is `None`."""
    support, unsupported = _read(judgements)
    flagged = np.array([each.flagged for each in judgements], bool)
    measure = _Measure(unsupported, [each.source for each in judgements], resamples)
    figures = measure.rank(support)
    figures |= measure.decide(flagged) | measure.calibrate(support)
    curved, flagged_after = _cross_fit(judgements)
    if curved is not None and flagged_after is not None:
        refitted = measure.decide(flagged_after) | measure.calibrate(curved)
        figures |= {f"refitted_{name}": estimate for name, estimate in refitted.items()}
    return Level(
        n=len(judgements),
        unsupported=int(unsupported.sum()),
        sources=len({each.source for each in judgements}),
        flagged=int(flagged.sum()),
        caught=int((flagged & unsupported).sum()),
        figures=figures,
        bins=_list_bins(unsupported, support),
        refitted_bins=[] if curved is None else _list_bins(unsupported, curved),
    )


@dataclass(frozen=True, slots=True)
class _Measure:
    """Holds scores and verdicts against what people found."""

    unsupported: Bools
    sources: Sequence[str]
    resamples: int

    def rank(self, support: Numbers) -> dict[str, Estimate]:
        labels, doubt = self.unsupported, 1 - support
        n, fewest = len(labels), min(labels.sum(), (~labels).sum())
        return {
            name: self._resample(statistic, n, fewest)
            for name, statistic in (
                ("auroc", lambda i: auroc(labels[i], doubt[i])),
                ("average_precision", lambda i: average_precision(labels[i], doubt[i])),
            )
        }

    def decide(self, flagged: Bools) -> dict[str, Estimate]:
        labels = self.unsupported
        return {
            "precision": self._average(labels, flagged),
            "recall": self._average(flagged, labels),
            "f1": self._resample(
                lambda i: precision_recall_f1(labels[i], flagged[i]).f1,
                int((labels | flagged).sum()),
                min(labels.sum(), flagged.sum()),
            ),
        }

    def calibrate(self, support: Numbers) -> dict[str, Estimate]:
        supported = ~self.unsupported
        error = expected_calibration_error(supported, support)
        return {
            "brier": self._average(brier_losses(supported, support), np.ones(len(support), bool)),
            # No interval: resampling alone raises it.
            "ece": Estimate(error, len(support)),
        }

    def _average(self, values: Numbers | Bools, among: Bools) -> Estimate:
        kept = [float(x) if y else None for x, y in zip(values, among, strict=True)]
        return bootstrap_mean(kept, self.sources, resamples=self.resamples)

    def _resample(
        self, statistic: Callable[[Indices], float | None], n: int, fewest: int
    ) -> Estimate:
        """The figure, over `n` that count; without an interval where `fewest` is few."""
        found = bootstrap(statistic, len(self.sources), self.sources, resamples=self.resamples)
        return Estimate(found.value, n) if fewest < _FEW else replace(found, n=n)


def _cross_fit(
    judgements: Sequence[Judgement],
) -> tuple[Numbers | None, Bools | None]:
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


def _read(judgements: Sequence[Judgement]) -> tuple[Numbers, Bools]:
    support = np.array([each.support for each in judgements], float)
    return support, np.array([each.unsupported for each in judgements], bool)


def _logit(support: Numbers) -> Numbers:
    kept = np.clip(support, _EPSILON, 1 - _EPSILON)
    logits: Numbers = np.log(kept / (1 - kept))
    return logits


def _list_bins(unsupported: Bools, support: Numbers) -> list[dict[str, Any]]:
    return [each._asdict() for each in calibration_bins(~unsupported, support)]
