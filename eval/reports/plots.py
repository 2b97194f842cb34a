"""Draws a run's curves as SVG that takes its colours and its type from the page around it.

Own drawing, for matplotlib's is in fixed colours, names outside addresses and weighs 75 MB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from eval.intervals import wilson

_WIDTH, _HEIGHT = 360, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 14, 46
_MOST_POINTS = 200
_BUCKETS = 18


def draw_reliability(bins: Sequence[Mapping[str, Any]]) -> str:
    """Share of right answers over confidence as SVG; a dot's area grows with its answers.

    A dot's line is its 95 % interval (Wilson). `bins` as in
    `Summary.curves["reliability"]`. Source: Guo et al. 2017.
    """
    filled = [each for each in bins if each["n"] and each["accuracy"] is not None]
    summary = f"Right answers over confidence, in {len(filled)} bins; on the diagonal is calibrated"
    plot = _Plot.open(summary, "confidence", "share of right answers")
    plot.draw_line([(0, 0), (1, 1)], "diagonal")
    points = [(each["confidence"], each["accuracy"]) for each in filled]
    plot.draw_line(points, "curve")
    most = max((each["n"] for each in filled), default=1)
    for each, (x, y) in zip(filled, points, strict=True):
        low, high = wilson(y, each["n"])
        plot.draw_line([(x, low), (x, high)], "whisker")
        told = f"confidence {x:.2f}: {y:.2f} right ({low:.2f} to {high:.2f}) of {each['n']}"
        plot.draw_dot(x, y, 3 + 7 * math.sqrt(each["n"] / most), told)
    return plot.write()


def draw_risk_coverage(curve: Sequence[Sequence[float]]) -> str:
    """The share of wrong answers over the share of questions answered, the surest first, as SVG.

    `curve` holds (coverage, risk), coverage rising. Source: El-Yaniv and Wiener 2010.
    """
    points = [(float(coverage), float(risk)) for coverage, risk in thin(curve, _MOST_POINTS)]
    top = _round_up(max((risk for _, risk in points), default=1))
    last = f"; {points[-1][1]:.3f} wrong when all are answered" if points else ""
    summary = f"Wrong answers over the share of questions answered, the surest first{last}"
    plot = _Plot.open(summary, "share of questions answered", "share of wrong answers", top=top)
    if points:
        edge = [(points[0][0], 0.0), *points, (points[-1][0], 0.0)]
        plot.draw_line(edge, "area")
    plot.draw_line(points, "curve")
    for coverage, risk in thin(points, 10):
        plot.draw_dot(coverage, risk, 3, f"{coverage:.2f} answered: {risk:.3f} wrong")
    return plot.write()


def draw_times(milliseconds: Sequence[float]) -> str:
    """How many answers took how long, as SVG; the last bar holds all slower than its start."""
    ordered = sorted(milliseconds)
    # One that hung would press all others into the first bar.
    end = max(_round_up(ordered[int(0.98 * (len(ordered) - 1))] if ordered else 1), 1.0)
    counts = [0] * _BUCKETS
    for time in ordered:
        counts[min(int(time / end * _BUCKETS), _BUCKETS - 1)] += 1
    # From five on, the five ticks are whole numbers.
    top = max(_round_up(max(counts)), 5.0)
    summary = f"How long {len(ordered)} answers took"
    plot = _Plot.open(summary, "milliseconds", "answers", right=end, top=top)
    for bucket, count in enumerate(counts):
        low, high = end * bucket / _BUCKETS, end * (bucket + 1) / _BUCKETS
        if count:
            more = " or more" if bucket == _BUCKETS - 1 else f" to {high:,.0f}"
            plot.draw_bar(low, high, count, f"{low:,.0f}{more} ms: {count}")
    return plot.write()


def thin(points: Sequence[Any], most: int) -> list[Any]:
    """At most `most` of the points at even steps, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(i * step)] for i in range(most)]


def _round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 4, 5 times a power of ten, so that ticks are round; 0 of 0."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        (step * power for step in (1, 2, 2.5, 4, 5, 10) if value <= step * power + 1e-12), power
    )


@dataclass(frozen=True, slots=True)
class _Plot:
    """Axes from 0 to `right` and `top`, and what is drawn in them."""

    svg: Element
    right: float
    top: float

    @classmethod
    def open(
        cls, summary: str, x_label: str, y_label: str, *, right: float = 1.0, top: float = 1.0
    ) -> _Plot:
        """Empty axes with ticks and labels."""
        svg = Element("svg", viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img")
        svg.set("aria-label", summary)
        SubElement(svg, "title").text = summary
        plot = cls(svg, right, top or 1.0)
        for i in range(6):
            x, y = plot._place(right * i / 5, plot.top * i / 5)
            plot._line(x, _TOP, x, _HEIGHT - _BOTTOM, "grid")
            plot._line(_LEFT, y, _WIDTH - _RIGHT, y, "grid")
            plot._text(x, _HEIGHT - _BOTTOM + 16, _tick(right * i / 5, right), "middle")
            plot._text(_LEFT - 7, y + 4, _tick(plot.top * i / 5, plot.top), "end")
        middle = _LEFT + (_WIDTH - _LEFT - _RIGHT) / 2
        plot._text(middle, _HEIGHT - 8, x_label, "middle", "label")
        label = plot._text(0, 0, y_label, "middle", "label")
        height = _TOP + (_HEIGHT - _TOP - _BOTTOM) / 2
        label.set("transform", f"translate(12 {height:g}) rotate(-90)")
        return plot

    def draw_line(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Add a line through the points, of the kind that the page's style names."""
        if len(points) < 2:
            return
        places = " ".join("{:.1f},{:.1f}".format(*self._place(x, y)) for x, y in points)
        tag = "polygon" if kind == "area" else "polyline"
        SubElement(self.svg, tag, {"points": places, "class": kind})

    def draw_dot(self, x: float, y: float, radius: float, told: str) -> None:
        """Add a dot that tells its figures when it is pointed at."""
        cx, cy = self._place(x, y)
        dot = SubElement(
            self.svg, "circle", {"cx": f"{cx:.1f}", "cy": f"{cy:.1f}", "r": f"{radius:.1f}"}
        )
        dot.set("class", "dot")
        SubElement(dot, "title").text = told

    def draw_bar(self, low: float, high: float, value: float, told: str) -> None:
        """Add an upright bar from `low` to `high` that tells its figures when it is pointed at."""
        x, y = self._place(low, value)
        end, ground = self._place(high, 0)
        bar = SubElement(
            self.svg,
            "rect",
            {"x": f"{x + 0.5:.1f}", "y": f"{y:.1f}", "width": f"{end - x - 1:.1f}"},
        )
        bar.set("height", f"{ground - y:.1f}")
        bar.set("class", "column")
        SubElement(bar, "title").text = told

    def write(self) -> str:
        """The drawing as markup; all text in it is escaped."""
        return tostring(self.svg, encoding="unicode")

    def _place(self, x: float, y: float) -> tuple[float, float]:
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        across = min(max(x / self.right, 0.0), 1.0)
        up = min(max(y / self.top, 0.0), 1.0)
        return _LEFT + width * across, _TOP + height * (1 - up)

    def _line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        line = SubElement(self.svg, "line", {name: f"{at:.1f}" for name, at in ends.items()})
        line.set("class", kind)

    def _text(self, x: float, y: float, text: str, anchor: str, kind: str = "tick") -> Element:
        each = SubElement(self.svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "class": kind})
        each.set("text-anchor", anchor)
        each.text = text
        return each


def _tick(value: float, end: float) -> str:
    """The tick's number with as many digits as the axis needs."""
    if end >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if end >= 1 else f"{value:.2f}" if end >= 0.1 else f"{value:.3f}"
