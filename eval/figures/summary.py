"""A run's figures and counts, from its rows alone: by type and by language, figures with intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.eval.figures.intervals import (
    FEWEST_GROUPS,
    Estimate,
    Indices,
    bootstrap,
    bootstrap_gap,
    bootstrap_mean,
    gather,
)
from wortlaut.eval.figures.metrics import (
    Numbers,
    area_under_risk_coverage,
    auroc,
    brier_losses,
    calibration_bins,
    expected_calibration_error,
    mean,
    quantile,
    risk_coverage,
    selective_accuracy,
)
from wortlaut.eval.figures.rows import RunRow
from wortlaut.index.errors import DatasetError

Estimates = Mapping[str, Estimate]

SCORES = (
    "answer.right",
    "answer.sentence",
    "answer.speaker",
    "answer.date",
    "answer.contains_gold",
    "answer.exact_match",
    "answer.sentence_f1",
    "answer.f1",
    "citation.precision",
    "citation.recall",
    "citation.exact_span",
    "faithfulness.supported",
    "faithfulness.score",
    "retrieval.recall@1",
    "retrieval.recall@5",
    "retrieval.recall@10",
    "retrieval.mrr@10",
    "retrieval.ndcg@10",
)
"""A question's own metrics, in the order they are shown; others follow by name."""
# The share of its questions that a system is usually asked to answer.
COVERAGE = 0.8
_PARTS = {
    "sentence_right": "answer.sentence",
    "speaker_right": "answer.speaker",
    "date_right": "answer.date",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to.

    `n` counts the questions asked, `errors` those of them that failed and are in no figure.
    `metrics` are over all other rows; those in milliseconds end in `_ms`, the rest lie in [0, 1].
    `groups` holds the same metrics under "type" and "language", then the group's name. `parity`
    is, by metric, the best language's mean minus the worst's, of those with two rows or more; its
    interval allows for having picked the two, and one that reaches 0 may be chance.
    `curves` holds "risk_coverage" as [coverage, risk] pairs and "reliability" as bins of
    low, high, n, confidence and accuracy, both over the questions that were answered. `details`
    holds counts, `warnings` to show, and how the intervals were made.
    """

    suite: str
    n: int
    errors: int
    metrics: Estimates
    groups: Mapping[str, Mapping[str, Estimates]] = field(default_factory=dict)
    parity: Estimates = field(default_factory=dict)
    curves: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The summary as `report.json` holds it."""
        return asdict(self)


def summarise(
    rows: Sequence[RunRow], *, suite: str = "", resamples: int = 1000, seed: int = 0
) -> Summary:
    """The figures of `rows`, whatever their order; rows that failed are counted and left out.

    Rows about one `source` are resampled together. A question counts as answered if the system
    did not abstain; the risk-coverage curve, the reliability bins and `calibration.*` are over
    answered questions that have a confidence and an `answer.right`. `calibration.ece` has no
    interval: rows drawn twice make it larger, so resampling would put it too high. Raises
    DatasetError for a score or a confidence beyond [0, 1].
    """
    _check_bounds(rows)
    ordered = sorted(rows, key=lambda row: (row.id, row.type, row.language, row.answer))
    good = [row for row in ordered if row.error is None]
    measure = _Measure(name_scores(good), resamples, seed)
    groups = {
        "type": _split(good, lambda row: row.type),
        "language": _split(good, lambda row: row.language),
    }
    gaps = {name: measure.compare(name, groups["language"]) for name in measure.scores}
    return Summary(
        suite=suite,
        n=len(ordered),
        errors=len(ordered) - len(good),
        metrics=measure.measure(good),
        groups={
            kind: {name: measure.measure(some) for name, some in members.items()}
            for kind, members in groups.items()
        },
        parity={name: found[0] for name, found in gaps.items() if found},
        curves=_draw_curves(good),
        details={
            **_count(good),
            "parity": {name: found[1] for name, found in gaps.items() if found},
            "warnings": _warn(ordered),
            "interval": {"level": 0.95, "resamples": resamples, "seed": seed},
        },
    )


def name_scores(rows: Sequence[RunRow]) -> tuple[str, ...]:
    """The metrics of the rows' own scores, in the order they are shown."""
    seen = {name for row in rows for name in row.scores}
    return (*(name for name in SCORES if name in seen), *sorted(seen - set(SCORES)))


@dataclass(frozen=True, slots=True)
class _Measure:
    """Measures any set of rows in one way."""

    scores: tuple[str, ...]
    resamples: int
    seed: int

    def measure(self, rows: Sequence[RunRow]) -> dict[str, Estimate]:
        """Every metric of `rows`, the undefined ones with `None`."""
        scores = {
            name: self._average(rows, [row.scores.get(name) for row in rows])
            for name in self.scores
        }
        return {
            **scores,
            **self._measure_abstention(rows),
            **self._measure_calibration(rows),
            **self._measure_latency(rows),
        }

    def compare(
        self, name: str, languages: Mapping[str, Sequence[RunRow]]
    ) -> tuple[Estimate, dict[str, str]] | None:
        """The best language minus the worst by one score, and which they are; `None` without two."""
        values = {
            language: [row.scores.get(name) for row in rows] for language, rows in languages.items()
        }
        means = {
            language: average
            for language, some in values.items()
            if len(some) - some.count(None) > 1 and (average := mean(some)) is not None
        }
        if len(means) < 2:
            return None
        best, *_, worst = sorted(means, key=lambda language: (-means[language], language))
        estimate = bootstrap_gap(
            {language: values[language] for language in means},
            {language: _name_sources(languages[language]) for language in means},
            resamples=self.resamples,
            seed=self.seed,
        )
        return estimate, {"best": best, "worst": worst}

    def _measure_abstention(self, rows: Sequence[RunRow]) -> dict[str, Estimate]:
        known = [row for row in rows if row.answerable is not None]
        abstained = [row for row in known if row.abstained]
        unanswerable = [row for row in known if not row.answerable]
        told = [row for row in known if row.confidence is not None]
        answered = _list_judged(rows)
        answerable = np.array([bool(row.answerable) for row in told])
        confidences = _list_confidences(told)
        kept, right = _list_confidences(answered), _list_right(answered)
        return {
            "abstention.precision": self._average(
                abstained, [float(not row.answerable) for row in abstained]
            ),
            "abstention.recall": self._average(
                unanswerable, [float(row.abstained) for row in unanswerable]
            ),
            "abstention.auroc": self._resample(
                told, lambda i: auroc(answerable[i], confidences[i])
            ),
            "abstention.aurc": self._resample(
                answered, lambda i: area_under_risk_coverage(right[i], kept[i])
            ),
            "abstention.selective_80": self._resample(
                answered, lambda i: selective_accuracy(right[i], kept[i], COVERAGE)
            ),
        }

    def _measure_calibration(self, rows: Sequence[RunRow]) -> dict[str, Estimate]:
        answered = _list_judged(rows)
        confidences, right = _list_confidences(answered), _list_right(answered)
        error = expected_calibration_error(right, confidences)
        return {
            "calibration.brier": self._average(answered, list(brier_losses(right, confidences))),
            "calibration.ece": Estimate(error, len(answered)),
        }

    def _measure_latency(self, rows: Sequence[RunRow]) -> dict[str, Estimate]:
        timed = [row for row in rows if row.latency_ms is not None]
        times = np.array([row.latency_ms for row in timed], dtype=np.float64)
        return {
            "latency.p50_ms": self._resample(timed, lambda i: quantile(times[i], 0.5)),
            "latency.p95_ms": self._resample(timed, lambda i: quantile(times[i], 0.95)),
        }

    def _average(self, rows: Sequence[RunRow], values: Sequence[float | None]) -> Estimate:
        return bootstrap_mean(values, _name_sources(rows), resamples=self.resamples, seed=self.seed)

    def _resample(
        self, rows: Sequence[RunRow], statistic: Callable[[Indices], float | None]
    ) -> Estimate:
        return bootstrap(
            statistic, len(rows), _name_sources(rows), resamples=self.resamples, seed=self.seed
        )


def _check_bounds(rows: Sequence[RunRow]) -> None:
    for row in rows:
        for name, value in {**row.scores, "confidence": row.confidence}.items():
            if value is not None and not 0 <= value <= 1:
                raise DatasetError(f"row {row.id}: {name} is {value}, and must lie in [0, 1]")


def _name_sources(rows: Sequence[RunRow]) -> list[str | None]:
    return [row.source for row in rows]


def _split(rows: Sequence[RunRow], name: Callable[[RunRow], str]) -> dict[str, list[RunRow]]:
    groups: dict[str, list[RunRow]] = {}
    for row in rows:
        groups.setdefault(name(row), []).append(row)
    return dict(sorted(groups.items()))


def _list_judged(rows: Sequence[RunRow]) -> list[RunRow]:
    """The rows that were answered with a confidence, and of which it is known if they are right."""
    return [
        row
        for row in rows
        if not row.abstained
        and row.confidence is not None
        and row.scores.get("answer.right") is not None
    ]


def _list_confidences(rows: Sequence[RunRow]) -> Numbers:
    return np.array([row.confidence for row in rows], dtype=np.float64)


def _list_right(rows: Sequence[RunRow]) -> NDArray[np.bool_]:
    return np.array([row.scores["answer.right"] == 1 for row in rows], dtype=np.bool_)


def _draw_curves(rows: Sequence[RunRow]) -> dict[str, list[Any]]:
    answered = _list_judged(rows)
    right, confidences = _list_right(answered), _list_confidences(answered)
    return {
        "risk_coverage": [list(point) for point in risk_coverage(right, confidences)],
        "reliability": [each._asdict() for each in calibration_bins(right, confidences)],
    }


def _count(rows: Sequence[RunRow]) -> dict[str, int]:
    return {
        "answered": sum(not row.abstained for row in rows),
        "abstained": sum(row.abstained for row in rows),
        "answerable": sum(row.answerable is True for row in rows),
        "unanswerable": sum(row.answerable is False for row in rows),
        "judged": len(_list_judged(rows)),
        "sources": len({row.source for row in rows if row.source is not None}),
    }


def _warn(rows: Sequence[RunRow]) -> list[str]:
    """What a reader of the figures must know before believing them, a sentence each."""
    warnings = []
    failed = [row for row in rows if row.error is not None]
    if failed:
        warnings.append(
            f"{len(failed)} of {len(rows)} questions failed and are in no figure; "
            f"the first was {failed[0].id}: {failed[0].error}"
        )
    twice = [name for name, count in Counter(row.id for row in rows).items() if count > 1]
    if twice:
        warnings.append(
            f"{len(twice)} ids name more than one row, such as {twice[0]}; "
            "all of their rows are counted"
        )
    sources = _name_sources([row for row in rows if row.error is None])
    count = len(gather(sources))
    if 0 < count < FEWEST_GROUPS:
        warnings.append(
            f"{count} source{'s are' if count > 1 else ' is'} too few for intervals by bootstrap: "
            "AUROC, risk-coverage and times have none, and those of other figures are wide"
        )
    return warnings


def count_right(rows: Sequence[RunRow]) -> dict[str, Any]:
    """Counts and shares by type and language, the abstentions, and the time an answer takes.

    Rows that failed are in `n` alone; `right` is of the `judged`, the rows that have an
    `answer.right`; `refused` counts the answerable questions that were not answered.
    """
    good = [row for row in rows if row.error is None]
    times = [row.latency_ms for row in good if row.latency_ms is not None]
    return {
        "n": len(rows),
        **_count_judged(good),
        "types": {
            name: _count_group([row for row in good if row.type == name])
            for name in sorted({row.type for row in good})
        },
        "languages": {
            name: _count_group([row for row in good if row.language == name])
            for name in sorted({row.language for row in good})
        },
        "abstention": _count_abstentions(good),
        "latency_ms_p50": quantile(times, 0.5),
    }


def show_row(row: RunRow) -> dict[str, Any]:
    """One question as `eval run --json` lists it."""
    right = row.scores.get("answer.right")
    return {
        "id": row.id,
        "type": row.type,
        "language": row.language,
        "right": None if right is None else right == 1,
        **{name: _read_flag(row, score) for name, score in _PARTS.items()},
        "abstained": row.abstained,
        "answer": row.answer,
        "confidence": row.confidence,
        "scores": dict(row.scores),
        "error": row.error,
    }


def _count_judged(rows: Sequence[RunRow]) -> dict[str, Any]:
    rights = [row.scores.get("answer.right") for row in rows]
    return {
        "judged": len(rights) - rights.count(None),
        "right": rights.count(1),
        "right_share": mean(rights),
    }


def _count_group(rows: Sequence[RunRow]) -> dict[str, Any]:
    return {
        "n": len(rows),
        **_count_judged(rows),
        **{name: mean([row.scores.get(score) for row in rows]) for name, score in _PARTS.items()},
        "abstained": sum(row.abstained for row in rows),
        "refused": sum(row.abstained and row.answerable is True for row in rows),
    }


def _count_abstentions(rows: Sequence[RunRow]) -> dict[str, Any]:
    known = [row for row in rows if row.answerable is not None]
    abstained = [row for row in known if row.abstained]
    return {
        "n": sum(row.abstained for row in rows),
        "precision": mean([float(not row.answerable) for row in abstained]),
        "recall": mean([float(row.abstained) for row in known if not row.answerable]),
    }


def _read_flag(row: RunRow, score: str) -> bool | None:
    value = row.scores.get(score)
    return None if value is None else value == 1
