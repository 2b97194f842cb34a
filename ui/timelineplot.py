"""Statements over time as a picture: the same SVG for the page and for a file.

`merge_prints` makes one row of what several papers print of one story; `draw_timeline` is a pure
function from rows to SVG, in which everything that comes from articles is escaped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from wortlaut.index.article import Precision
from wortlaut.index.lang.words import Language, find_runs
from wortlaut.rag.answer import Citation
from wortlaut.rag.understanding.timewords import month_days
from wortlaut.rag.wording import format_date
from wortlaut.ui.render import collapse, describe_place, describe_voice, escape_text, show_date
from wortlaut.ui.words.timeline import choose_timeline_words

# What XML cannot hold, though HTML can.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MARGIN = 22
_DOT = 4.5
_STEP = 11.0
_MOST_HIGH = 150.0
_TOP = 8
_HEADING = 22
_AXIS = 30
_LETTER_PX = 7.2
_LONGEST_TITLE = 300
_STYLE = """
  svg { --paper: #ffffff; --ink: #1f2326; --muted: #626a70; --line: #e3e0d8; --lane-1: #0f5e63;
        --lane-2: #a8480f; background: var(--paper); }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #1c2023; --ink: #e6e4df; --muted: #9aa2a8; --line: #2e3438; --lane-1: #7cc7c4;
          --lane-2: #f0a067; }
  }
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--muted); }
  .title { font-size: 15px; font-weight: 600; fill: var(--ink); }
  .name { font-weight: 600; fill: var(--ink); }
  .axis, .grid { stroke: var(--line); }
  .lane-1 { --dot: var(--lane-1); } .lane-2 { --dot: var(--lane-2); }
  .point, .reach { stroke: var(--dot); stroke-width: 1.6; fill: var(--paper); }
  .direct { fill: var(--dot); }
"""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One statement, of the person in lane 0 or 1; `prints` is in how many articles it stands."""

    citation: Citation
    lane: int = 0
    prints: int = 1


@dataclass(frozen=True, slots=True)
class _Point:
    number: int
    row: TimelineRow
    x: float
    y: float
    reach: tuple[float, float] | None


def merge_prints(lanes: Sequence[Sequence[Citation]]) -> list[TimelineRow]:
    """The persons' statements as rows, oldest first and undated last, marked anew from 1.

    Where several prints of one story hold the same words, the first of them stands for all.
    """
    rows: dict[tuple[object, ...], TimelineRow] = {}
    holding: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for lane, citations in enumerate(lanes):
        for citation in sorted(citations, key=_date_first):
            words = tuple(find_runs(citation.quote.casefold()))
            key = (lane, citation.origin or citation.article.id, words)
            holding[key] |= {citation.article.id, *(p.article_id for p in citation.also_in)}
            rows.setdefault(key, TimelineRow(citation, lane))
    made = [replace(row, prints=len(holding[key])) for key, row in rows.items()]
    made.sort(key=lambda row: (*_date_first(row.citation), row.lane))
    return [
        replace(row, citation=replace(row.citation, marker=number))
        for number, row in enumerate(made, 1)
    ]


def _date_first(citation: Citation) -> tuple[bool, date, str, int]:
    article = citation.article
    unknown = article.published is None or article.published_precision == "unknown"
    return (unknown, article.published or date.min, article.id, citation.span.start)


def is_dated(row: TimelineRow) -> bool:
    """Whether the row has a place on the axis."""
    return not _date_first(row.citation)[0]


def draw_timeline(
    rows: Sequence[TimelineRow],
    names: Sequence[str],
    language: Language,
    *,
    width: int = 480,
    title: str | None = None,
) -> str:
    """The dated rows as points on a time axis, a lane a name; "" where none is dated.

    With a `title` the picture stands alone: it has its style, its legend and each point's words.
    Without, the page gives colours and words, and a point carries its row's marker only.
    """
    dated = [row for row in rows if is_dated(row)]
    if not dated:
        return ""
    spans = [_find_days(row) for row in dated]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    scale = _Scale(first, last, width)
    start = top = float(_TOP + (_HEADING if title is not None else 0))
    body = []
    for lane, name in enumerate(names):
        points, height = _place(dated, spans, lane, scale)
        base = top + _HEADING + height
        body.append(
            f'<text class="name lane-{lane + 1}" x="{_MARGIN}" y="{top + 13:.1f}">'
            f'<tspan class="key lane-{lane + 1}" fill="var(--lane-{lane + 1})">● </tspan>'
            f"{_esc(_shorten(name, width))}</text>"
        )
        body += [_draw_point(point, base, language, told=title is not None) for point in points]
        body.append(
            f'<line class="axis" x1="{_MARGIN}" x2="{width - _MARGIN}" y1="{base + 7:.1f}" '
            f'y2="{base + 7:.1f}"/>'
        )
        top = base + 14
    ticks = "".join(_draw_ticks(scale, (start, top), language))
    height = top + _AXIS
    head = style = ""
    if title is not None:
        style = f"<title>{_esc(title)}</title><style>{_STYLE}</style>"
        head = f'<text class="title" x="{_MARGIN}" y="{_TOP + 12}">{_esc(_shorten(title, width))}</text>'
        legend = _draw_legend(rows, dated, height, language)
        body.append(legend)
        height += 24
    label = choose_timeline_words(language).picture.format(count=len(dated))
    named = f' aria-label="{_esc(label)}"' if title is None else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img"{named} '
        f'viewBox="0 0 {width} {height:.0f}" width="{width}" height="{height:.0f}">'
        f"{style}{head}{ticks}{''.join(body)}</svg>"
    )


class _Scale:
    """Days to places on the axis; where there is one day, it stands in the middle."""

    def __init__(self, first: date, last: date, width: int) -> None:
        self.first, self.last, self.width = first, last, width
        self._days = max((last - first).days, 1)
        self._room = width - 2 * _MARGIN - 2 * _DOT

    def place(self, day: date) -> float:
        if self.first == self.last:
            return self.width / 2
        return _MARGIN + _DOT + self._room * (day - self.first).days / self._days


def _find_days(row: TimelineRow) -> tuple[date, date]:
    """The first and the last day that the statement may be of."""
    article = row.citation.article
    published = article.published or date.min
    if article.published_precision == "month":
        return month_days(published.year, published.month)
    if article.published_precision == "year":
        return date(published.year, 1, 1), date(published.year, 12, 31)
    return published, published


def _place(
    rows: Sequence[TimelineRow], spans: Sequence[tuple[date, date]], lane: int, scale: _Scale
) -> tuple[list[_Point], float]:
    """The lane's points, `y` above its base; those that would cover one another are stacked.

    A stack that grows too high is pressed together: the points stay as many.
    """
    found = []
    for row, (start, end) in zip(rows, spans, strict=True):
        if row.lane == lane:
            reach = (scale.place(start), scale.place(end)) if start != end else None
            found.append((scale.place(start + (end - start) / 2), row.citation.marker, row, reach))
    right: list[float] = []  # Of each level, where its last point is.
    points = []
    for x, number, row, reach in sorted(found, key=lambda one: one[:2]):
        level = next((n for n, at in enumerate(right) if at <= x - _STEP), len(right))
        right[level : level + 1] = [x]
        points.append(_Point(number, row, x, level, reach))
    step = min(_STEP, _MOST_HIGH / max(len(right), 1))
    points = [replace(point, y=point.y * step) for point in points]
    return points, max((point.y for point in points), default=0.0) + _DOT


def _draw_point(point: _Point, base: float, language: Language, *, told: bool) -> str:
    """A filled dot for words in quotation marks, a ring for reported ones, a square for told ones."""
    row, y = point.row, base - point.y
    voice = row.citation.voice
    name = f'class="point lane-{row.lane + 1} {voice}" data-row="{point.number}"'
    words = f"<title>{_esc(_describe(row, language))}</title>" if told else ""
    if voice == "narrated":
        side = 2 * _DOT - 1
        place = f'x="{point.x - side / 2:.1f}" y="{y - side / 2:.1f}"'
        drawn = f'<rect {name} {place} width="{side}" height="{side}">{words}</rect>'
    else:
        place = f'cx="{point.x:.1f}" cy="{y:.1f}" r="{_DOT}"'
        drawn = f"<circle {name} {place}>{words}</circle>"
    if point.reach is None:
        return drawn
    left, right = point.reach
    return (
        f'<line class="reach lane-{row.lane + 1}" x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" '
        f'y2="{y:.1f}"/>{drawn}'
    )


def _describe(row: TimelineRow, language: Language) -> str:
    citation = row.citation
    quote = collapse(citation.quote)
    if len(quote) > _LONGEST_TITLE:
        quote = quote[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
    place = describe_place(citation.article, language)
    lines = [show_date(citation.article, language), describe_voice(citation, language), quote]
    return "\n".join([*lines, f"{collapse(citation.article.title)} · {place}"])


def _draw_ticks(scale: _Scale, height: tuple[float, float], language: Language) -> Iterator[str]:
    top, y = height
    for day, precision in _choose_ticks(scale):
        x = scale.place(day)
        label = format_date(day, precision, language)
        half = len(label) * _LETTER_PX / 2
        middle = min(max(x, half), scale.width - half)
        yield (
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{y:.1f}"/>'
            f'<text class="tick" x="{middle:.1f}" y="{y + 16:.1f}" text-anchor="middle">'
            f"{_esc(label)}</text>"
        )


def _choose_ticks(scale: _Scale) -> list[tuple[date, Precision]]:
    """Round days for the axis: as fine as there is room for, and two at least where there are two."""
    first, last = scale.first, scale.last
    months = (last.year - first.year) * 12 + last.month - first.month
    for step in (1, 2, 3, 6):
        starts = list(_list_months(first, months, step))
        if 2 <= len(starts) <= _count_room(scale, "September 2026"):
            return [(day, "month") for day in starts]
    years = last.year - first.year
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        starts = [
            date(year, 1, 1)
            for year in range(max(first.year, 1), last.year + 1)
            if year % step == 0 and first <= date(year, 1, 1) <= last
        ]
        if months > 6 and 2 <= len(starts) <= _count_room(scale, "2026 –"):
            return [(day, "year") for day in starts]
    if first == last:
        return [(first, "day")]
    if years >= 2:
        return [(first, "year"), (last, "year")]
    return [(first, "day"), (last, "day")]


def _list_months(first: date, months: int, step: int) -> Iterator[date]:
    for number in range(months + 1):
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        day = date(year, month + 1, 1)
        if month % step == 0 and day >= first:
            yield day


def _count_room(scale: _Scale, label: str) -> int:
    return int((scale.width - 2 * _MARGIN) / (len(label) * _LETTER_PX + 8))


def _draw_legend(
    rows: Sequence[TimelineRow], dated: Sequence[TimelineRow], y: float, language: Language
) -> str:
    """What the shapes say, as far as they occur, and how many statements have no day."""
    words = choose_timeline_words(language)
    signs = {"direct": "●", "reported": "○", "narrated": "□"}
    heard = {row.citation.voice for row in dated}
    parts = [f"{signs[voice]} {said}" for voice, said in words.voices.items() if voice in heard]
    if len(dated) < len(rows):
        parts.append(words.undated_count.format(count=len(rows) - len(dated)))
    return f'<text class="legend" x="{_MARGIN}" y="{y + 10:.1f}">{_esc("   ".join(parts))}</text>'


def _shorten(text: str, width: int) -> str:
    most = int((width - 2 * _MARGIN) / _LETTER_PX) - 2
    text = collapse(text)
    return text if len(text) <= most else f"{text[:most]} …"


def _esc(text: str) -> str:
    return escape_text(_NOT_XML.sub("", text))
