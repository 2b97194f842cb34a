"""How figures are shown: what each metric means, how it is written, and the curves as SVG.

The curves take their colours and type from the page around them. Own drawing, for matplotlib's is
in fixed colours, names outside addresses and weighs 75 MB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from wortlaut.eval.figures.intervals import wilson

_BY_WHOM = (
    "the judge is the scorer, and for our own answers the archive's record of who said what "
    "and the verifier that passed them"
)
_MEANINGS = {
    "answer.right": "share answered with a gold sentence by the right speaker and of the right "
    "date, or rightly left unanswered",
    "answer.sentence": "share of answers that cite a gold sentence",
    "answer.speaker": "share of answers that cite nobody but the right speaker",
    "answer.date": "share of answers that cite an article of the right date",
    "answer.exact_match": "share of answers that are the gold answer, word for word (SQuAD)",
    "answer.f1": "words that an answer shares with the gold answer (F1, SQuAD)",
    "answer.contains_gold": "share of answers in which the gold answer stands as whole words",
    "answer.sentence_f1": "words that the best quote of an answer shares with a gold sentence (F1)",
    "citation.precision": "share of citations that help bear out the sentence they stand at (ALCE); "
    + _BY_WHOM,
    "citation.recall": "share of sentences that their citations bear out (ALCE); " + _BY_WHOM,
    "citation.exact_span": "share of quotes that stand in the source, word for word",
    "faithfulness.supported": "share of an answer's claims that its sources bear out",
    "faithfulness.score": "probability that nothing in an answer is unsupported",
    "retrieval.recall": "share of the relevant passages that are among the first {k}",
    "retrieval.mrr": "1 / rank of the first relevant passage, among the first {k}",
    "retrieval.ndcg": "how early the relevant passages come, among the first {k} (nDCG)",
    "abstention.precision": "of the questions left unanswered, the share that has no answer",
    "abstention.recall": "of the questions that have no answer, the share left unanswered",
    "abstention.auroc": "how well confidence tells answerable questions from others; 0.5 is chance",
    "abstention.aurc": "share of wrong answers, averaged over all shares of questions answered; "
    "less is better",
    "abstention.selective_80": "share right among the most confident 80 % of the answers",
    "calibration.ece": "how far confidence is from the share of right answers; less is better",
    "calibration.brier": "squared distance of confidence from right or wrong; less is better",
    "latency.p50_ms": "half of the answers took at most this long",
    "latency.p95_ms": "19 of 20 answers took at most this long",
    "errors": "questions that failed",
    "failed": "share of questions that failed",
}
_LESS_IS_BETTER = ("parity.", "calibration.", "abstention.aurc", "errors", "failed")
_HEADLINES = (
    "answer.right", "faithfulness.supported", "citation.precision", "citation.recall",
    "abstention.auroc", "latency.p50_ms", "answer.f1", "answer.contains_gold",
    "faithfulness.score",
)  # fmt: skip
UNDEFINED = "–"
_WIDTH, _HEIGHT = 360, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 14, 46
_MOST_POINTS = 200
_BUCKETS = 18


def describe_metric(name: str) -> str:
    """What the metric says in half a sentence; "" of one that is not ours."""
    stem, _, k = name.partition("@")
    return _MEANINGS.get(stem, "").format(k=k)


def is_less_better(name: str) -> bool:
    """Whether a smaller figure is the better one: times, errors, gaps between languages, risks."""
    return name.startswith(_LESS_IS_BETTER) or name.endswith("_ms")


def is_share(name: str) -> bool:
    """Whether the figure lies in [0, 1]."""
    return not name.endswith("_ms") and name != "errors"


def choose_headlines(defined: set[str], most: int) -> list[str]:
    """Up to `most` of the metrics that are defined, what matters first."""
    return [name for name in _HEADLINES if name in defined][:most]


def show_figure(name: str, value: float | None) -> str:
    """The figure as a person reads it, with its unit; "–" where it is undefined, never 0."""
    if value is None:
        return UNDEFINED
    if name.endswith("_ms"):
        shown = f"{value:,.0f} ms" if abs(value) >= 100 else f"{value:.1f} ms"
    else:
        shown = f"{value:.3f}" if is_share(name) else f"{value:g}"
    return shown.replace("-", "−")


def show_interval(name: str, low: float | None, high: float | None) -> str:
    """The interval from low to high, "–" where there is none."""
    if low is None or high is None:
        return UNDEFINED
    return f"{show_figure(name, low).removesuffix(' ms')} to {show_figure(name, high)}"


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
