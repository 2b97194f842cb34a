"""Holds a run's figures against the floors that are set for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.reports.measures import describe_metric, is_less_better, is_share, show_figure
from index.errors import ConfigError

if TYPE_CHECKING:
    from eval.summary import Summary

_SLACK = 1e-9


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
