"""Compares runs of one suite question by question, and a run with the floors set for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wortlaut.eval.figures.intervals import (
    FEWEST_GROUPS,
    Indices,
    bootstrap,
    gather,
    paired_difference,
)
from wortlaut.eval.figures.metrics import (
    area_under_risk_coverage,
    auroc,
    brier,
    expected_calibration_error,
    selective_accuracy,
)
from wortlaut.eval.figures.rows import JUDGED, Pairing, Run, RunRow, is_right, pair_rows
from wortlaut.eval.figures.summary import COVERAGE, name_scores
from wortlaut.eval.reports.showing import describe_metric, is_less_better, is_share, show_figure
from wortlaut.index.errors import ConfigError

if TYPE_CHECKING:
    from wortlaut.eval.figures.summary import Summary

Pairs = Sequence[tuple[RunRow, RunRow]]
ChangeVerdict = Literal["better", "worse", "noise", "same", "undefined", "incomparable"]

_LEVEL = 0.95
_FAILED = "failed"
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """One metric of two runs over the `n` questions that both have it for.

    `difference` is b - a, with the interval from `low` to `high`. `verdict` is "noise" where the
    interval covers 0, where `p` exceeds 0.05, or where the sources are too few to tell; "same"
    where no question's figure changed; "incomparable" where another judge gave it, and then there
    is no difference. `p` is a randomisation test's for means, and read off the interval for figures
    of a whole set. `holds` is whether it is more than noise after Holm's correction, too.
    """

    metric: str
    n: int
    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: ChangeVerdict
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from run `a` to run `b`.

    `n` questions are in both; `only_a` and `only_b` count those in one alone, `reworded` those of
    one id that ask something else; all of these are left out. `failed_a` and `failed_b` count the
    failed among the `n`, which only the metric "failed" sees. `lost` and `won` are the
    (id, question) that went from right to wrong, and from wrong to right. `notes` are what a reader
    must know before believing the figures, a sentence each.
    """

    a: str
    b: str
    n: int
    only_a: int
    only_b: int
    reworded: int
    failed_a: int
    failed_b: int
    suites: tuple[str, str]
    changes: tuple[Change, ...]
    lost: tuple[tuple[str, str], ...]
    won: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The comparison for `--json`."""
        return asdict(self)


def compare_pair(a: Run, b: Run, metrics: Sequence[str] = ()) -> Comparison:
    """What changed from `a` to `b` in each metric, or only in `metrics`, paired by question.

    Rows about one source are resampled together. Raises DatasetError if the runs share no
    question, ConfigError for a metric that neither has.
    """
    found = pair_rows(a, b)
    pairs = found.pairs
    good = [(x, y) for x, y in pairs if x.error is None and y.error is None]
    sides = _Sides.of(pairs, good)
    # Where nothing tells the judge, it may be the same.
    apart = {name for name, each in a.judges.items() if each.is_other(b.judges.get(name, each))}
    changes = [sides.compare(name, name in apart) for name in sides.choose(metrics)]
    verdicts = [(x, is_right(x), is_right(y)) for x, y in good]
    return Comparison(
        a=a.name,
        b=b.name,
        n=len(pairs),
        only_a=found.only_a,
        only_b=found.only_b,
        reworded=found.reworded,
        failed_a=sum(x.error is not None for x, _ in pairs),
        failed_b=sum(y.error is not None for _, y in pairs),
        suites=(a.suite, b.suite),
        changes=tuple(_correct(changes)),
        lost=tuple((x.id, x.question) for x, old, new in verdicts if old and new is False),
        won=tuple((x.id, x.question) for x, old, new in verdicts if old is False and new),
        notes=tuple(_list_notes(a, b, found, changes)),
    )


def _list_notes(a: Run, b: Run, found: Pairing, changes: Sequence[Change]) -> list[str]:
    notes = []
    if a.suite and b.suite and a.suite != b.suite:
        notes.append(f"the suites differ: {a.suite} and {b.suite}")
    if found.by_text:
        notes.append("the runs share no id; questions of one text are paired, where it comes once")
    apart: dict[str, list[str]] = {}
    unknown = []
    for change in changes:
        one, other = (run.judges.get(change.metric) for run in (a, b))
        if change.verdict == "incomparable" and one and other:
            apart.setdefault(f"{one.describe()} in A, {other.describe()} in B", []).append(
                change.metric
            )
        elif change.metric in JUDGED and change.n and not (one and other):
            unknown.append(change.metric)
    notes += [
        f"ANOTHER JUDGE: {', '.join(metrics)} cannot be compared, for what is borne out was "
        f"decided by {who}; run both with one scorer"
        for who, metrics in apart.items()
    ]
    if unknown:
        notes.append(
            f"nothing tells who judged {', '.join(unknown)} in both; with two scorers they cannot "
            "be compared"
        )
    return notes


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rows of both runs side by side: each question's own metrics, and those of all."""

    scores: Mapping[str, Sequence[tuple[float | None, float | None]]]
    figures: Mapping[str, tuple[_Figure, _Figure]]
    sources: Sequence[str | None]
    every_source: Sequence[str | None]

    @classmethod
    def of(cls, pairs: Pairs, good: Pairs) -> _Sides:
        """Of all pairs what failed, of the good ones everything else."""
        ordered = name_scores([row for pair in good for row in pair])
        failures = [(float(x.error is not None), float(y.error is not None)) for x, y in pairs]
        scores: dict[str, Sequence[tuple[float | None, float | None]]] = {
            name: [(x.scores.get(name), y.scores.get(name)) for x, y in good] for name in ordered
        }
        if any(x or y for x, y in failures):
            scores = {_FAILED: failures, **scores}
        old, new = (_open_figures([pair[side] for pair in good]) for side in (0, 1))
        figures = {name: (old[name], new[name]) for name in old}
        return cls(scores, figures, _name_sources(good), _name_sources(pairs))

    def choose(self, metrics: Sequence[str]) -> list[str]:
        """The named metrics; without any, all that are defined in a run. Raises ConfigError."""
        known = [*self.scores, *self.figures]
        for name in metrics:
            if name not in known:
                raise ConfigError(
                    f"neither run has a metric {name!r}; they have: {', '.join(sorted(known))}"
                )
        return list(dict.fromkeys(metrics)) or [name for name in known if self._is_measured(name)]

    def _is_measured(self, name: str) -> bool:
        if name in self.scores:
            return any(value is not None for values in self.scores[name] for value in values)
        every = np.arange(len(self.sources))
        return any(figure.measure(every) is not None for figure in self.figures[name])

    def compare(self, name: str, is_apart: bool) -> Change:
        """The change of one metric; "undefined" if no question has it in both runs.

        Without a difference where it `is_apart`: given by two judges.
        """
        change = self._compare(name)
        if not is_apart or change.verdict == "undefined":
            return change
        kept = (change.n, change.a, change.b)
        return Change(name, *kept, None, None, None, None, "incomparable")

    def _compare(self, name: str) -> Change:
        if name not in self.scores:
            return _compare_figures(name, *self.figures[name], self.sources)
        sources = self.every_source if name == _FAILED else self.sources
        return _compare_means(name, self.scores[name], sources)


def _undefined(metric: str) -> Change:
    return Change(metric, 0, None, None, None, None, None, None, "undefined")


def _compare_means(
    metric: str,
    values: Sequence[tuple[float | None, float | None]],
    sources: Sequence[str | None],
) -> Change:
    both = [(x, y) for x, y in values if x is not None and y is not None]
    if not both:
        return _undefined(metric)
    old, new = zip(*values, strict=True)
    found = paired_difference(old, new, sources, level=_LEVEL)
    verdict = _judge(metric, found.value, found.is_noise, all(x == y for x, y in both))
    a, b = (sum(side) / len(both) for side in zip(*both, strict=True))
    return Change(metric, found.n, a, b, found.value, found.low, found.high, found.p, verdict)


def _compare_figures(
    metric: str, old: _Figure, new: _Figure, sources: Sequence[str | None]
) -> Change:
    every = np.arange(len(sources))
    a, b = old.measure(every), new.measure(every)
    if a is None or b is None:
        return _undefined(metric)

    def differ(drawn: Indices) -> float | None:
        x, y = old.measure(drawn), new.measure(drawn)
        return None if x is None or y is None else y - x

    found = bootstrap(differ, len(sources), sources, level=_LEVEL)
    counted = [i for i in range(len(sources)) if old.counted[i] or new.counted[i]]
    if len(gather(sources)) < FEWEST_GROUPS:
        verdict = _judge(metric, b - a, True, a == b)
        return Change(metric, len(counted), a, b, b - a, None, None, None, verdict)
    groups = len(gather([sources[i] for i in counted]))
    p = _read_p(b - a, found.low, found.high, groups)
    covers = found.low is not None and found.high is not None and found.low <= 0 <= found.high
    # Where all draws came out alike, so did the runs.
    is_same = a == b and found.low is None
    verdict = _judge(metric, b - a, covers or p > 1 - _LEVEL, is_same)
    return Change(metric, len(counted), a, b, b - a, found.low, found.high, p, verdict)


def _read_p(difference: float, low: float | None, high: float | None, groups: int) -> float:
    """How likely as large a difference is by chance, read off its interval.

    Without an interval, or with one of no width, all draws came out alike. However they come out,
    `groups` are not less likely to differ one way than so many coins. Source: Altman & Bland 2011.
    """
    least = min(1.0, 2.0 ** (1 - groups))
    if difference == 0:
        return 1.0
    if low is None or high is None or low == high:
        return least
    normal = NormalDist()
    error = (high - low) / (2 * normal.inv_cdf((1 + _LEVEL) / 2))
    return max(least, 2 * (1 - normal.cdf(abs(difference) / error)))


@dataclass(frozen=True, slots=True)
class _Figure:
    """A metric of a set of rows: which of them count, and what those at some positions come to."""

    counted: NDArray[np.bool_]
    figure: Callable[[Indices], float | None]

    def measure(self, drawn: Indices) -> float | None:
        """The figure over the rows at the positions; `None` if none of them counts."""
        left = drawn[self.counted[drawn]]
        return self.figure(left) if len(left) else None


def _open_figures(rows: Sequence[RunRow]) -> dict[str, _Figure]:
    """By metric what it comes to over the rows at given positions, as `summarise` has it."""
    rights = [row.scores.get("answer.right") for row in rows]
    told = _mark(row.confidence is not None for row in rows)
    timed = _mark(row.latency_ms is not None for row in rows)
    known = _mark(row.answerable is not None for row in rows)
    answerable = _mark(row.answerable is True for row in rows)
    abstained = _mark(row.abstained for row in rows)
    judged = ~abstained & told & _mark(each is not None for each in rights)
    right = _mark(each == 1 for each in rights)
    sure = np.array([row.confidence or 0.0 for row in rows], dtype=np.float64)
    times = np.array([row.latency_ms or 0.0 for row in rows], dtype=np.float64)
    return {
        "abstention.precision": _Figure(
            known & abstained, lambda i: float(np.mean(~answerable[i]))
        ),
        "abstention.recall": _Figure(known & ~answerable, lambda i: float(np.mean(abstained[i]))),
        "abstention.auroc": _Figure(known & told, lambda i: auroc(answerable[i], sure[i])),
        "abstention.aurc": _Figure(judged, lambda i: area_under_risk_coverage(right[i], sure[i])),
        "abstention.selective_80": _Figure(
            judged, lambda i: selective_accuracy(right[i], sure[i], COVERAGE)
        ),
        "calibration.brier": _Figure(judged, lambda i: brier(right[i], sure[i])),
        "calibration.ece": _Figure(judged, lambda i: expected_calibration_error(right[i], sure[i])),
        "latency.p50_ms": _Figure(timed, lambda i: float(np.quantile(times[i], 0.5))),
        "latency.p95_ms": _Figure(timed, lambda i: float(np.quantile(times[i], 0.95))),
    }


def _mark(flags: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(flags, dtype=np.bool_)


def _name_sources(pairs: Pairs) -> list[str | None]:
    return [x.source if x.source is not None else y.source for x, y in pairs]


def _judge(metric: str, difference: float | None, is_noise: bool, is_same: bool) -> ChangeVerdict:
    if is_same:
        return "same"
    if is_noise:
        return "noise"
    return "better" if ((difference or 0) < 0) == is_less_better(metric) else "worse"


def _correct(changes: Sequence[Change]) -> list[Change]:
    """The changes, marked where they hold though so many were looked at. Source: Holm 1979."""
    tested = sorted(
        (i for i, change in enumerate(changes) if change.p is not None),
        key=lambda i: changes[i].p or 0.0,
    )
    holding: set[int] = set()
    for rank, i in enumerate(tested):
        if (changes[i].p or 0.0) > (1 - _LEVEL) / (len(tested) - rank):
            break
        holding.add(i)
    return [
        replace(change, holds=i in holding and change.verdict in ("better", "worse"))
        for i, change in enumerate(changes)
    ]


def check_floors(summary: Summary, floors: Sequence[str]) -> list[str]:
    """What falls short, one sentence a floor in the order given; [] if all hold.

    A floor is `metric=value`. Where less is better (`latency.…`, `parity.…`, `calibration.…`,
    `abstention.aurc`, `errors`) the value is a ceiling. `type:speaker/answer.right=0.9` holds for
    one group only. An undefined metric never holds: nothing was measured. Raises ConfigError for
    a metric that the run does not have, or a value that it cannot take.
    """
    figures = _list_figures(summary)
    short = [_check_floor(figures, floor) for floor in floors]
    return [message for message in short if message]


def _list_figures(summary: Summary) -> dict[str, tuple[float | None, int]]:
    """Every figure that a floor may name, with its n."""
    figures = {name: (each.value, each.n) for name, each in summary.metrics.items()}
    figures |= {f"parity.{name}": (each.value, each.n) for name, each in summary.parity.items()}
    for kind, groups in summary.groups.items():
        for group, metrics in groups.items():
            figures |= {
                f"{kind}:{group}/{name}": (each.value, each.n) for name, each in metrics.items()
            }
    return figures | {"errors": (float(summary.errors), summary.n)}


def _check_floor(figures: dict[str, tuple[float | None, int]], floor: str) -> str:
    """The sentence that says how the floor is missed, "" if it holds."""
    name, bound = parse_floor(floor)
    if name not in figures:
        raise ConfigError(_explain_unknown(name, figures))
    metric = name.rpartition("/")[2]
    _check_range(floor, metric, bound)
    value, n = figures[name]
    if value is None:
        return f"{name} is undefined (n {n}), and so does not reach {show_figure(metric, bound)}"
    if is_less_better(metric):
        missed, word = value > bound + _SLACK, "above its ceiling"
    else:
        missed, word = value < bound - _SLACK, "below its floor"
    figure, limit = _tell_apart(metric, value, bound)
    return f"{name} is {figure} (n {n}), {word} {limit}" if missed else ""


def parse_floor(floor: str) -> tuple[str, float]:
    """The metric's name and the value of `metric=value`; raises ConfigError if it is none."""
    # A group's name may hold "=".
    name, _, number = floor.rpartition("=")
    try:
        bound = float(number)
    except ValueError:
        bound = math.nan
    if not name.strip() or not math.isfinite(bound):
        raise ConfigError(f"{floor!r} is no floor; write it like answer.right=0.9")
    metric = name.strip().rpartition("/")[2]
    # Of a name that is not ours it is first to be said that it is none.
    if describe_metric(metric):
        _check_range(floor, metric, bound)
    return name.strip(), bound


def _check_range(floor: str, metric: str, bound: float) -> None:
    if bound < 0 or (is_share(metric) and bound > 1):
        allowed = "from 0 to 1" if is_share(metric) else "0 or more"
        raise ConfigError(f"{floor!r}: {metric} is {allowed}; set its floor in that range")


def _tell_apart(metric: str, value: float, bound: float) -> tuple[str, str]:
    """Both figures as shown, with all their digits where rounding would make them look alike."""
    figure, limit = show_figure(metric, value), show_figure(metric, bound)
    return (f"{value!r}", f"{bound!r}") if figure == limit else (figure, limit)


def _explain_unknown(name: str, figures: dict[str, tuple[float | None, int]]) -> str:
    head, slash, metric = name.rpartition("/")
    if slash and any(known.endswith(f"/{metric}") for known in figures):
        groups = sorted({known.rpartition("/")[0] for known in figures if "/" in known})
        return f"this run has no group {head!r}; it has: {', '.join(groups)}"
    known = sorted(known for known in figures if "/" not in known and describe_metric(known))
    known += sorted(known for known in figures if "/" not in known and not describe_metric(known))
    return f"this run has no metric {metric!r}; it has: {', '.join(known)}"
