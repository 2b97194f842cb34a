"""What is printed on pages -> paragraphs: columns in their order, running heads left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from wortlaut.index.lang.grammar import read_grammar
from wortlaut.index.lang.words import LANGUAGES

_SAME_LINE = 0.4  # of the letters' size, as all measures below
_WORD_GAP = 0.15
_SEGMENT_GAP = 1.0
_GUTTER = 0.7
_INDENT = 0.7
_FEWEST_LINES = 3
_SHORTEST_COLUMN_LINE = 14
_MOST_ROWS = 400
_END = re.compile(r"[.!?:…][\"“”»«'’)\]]*\Z")
_MARGIN_LINES = 3
_PAGE_NUMBER = re.compile(r"[-–—|/ .]{0,9}0(?: ?/ ?0)?[-–—|/ .]{0,9}")


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """A run of text on a page: from `left` to `right` at the height `y`, letters of `size`."""

    text: str
    left: float
    right: float
    y: float
    size: float


def join_pages(pages: Iterable[Sequence[PrintedRun]]) -> list[str]:
    """The paragraphs of the pages in reading order, words whole that a line's end has cut."""
    rows = [_make_rows(pieces) for pieces in pages]
    kept = _drop_running(rows)
    paragraphs: list[str] = []
    for page in kept:
        for column in _order(page):
            for number, lines in enumerate(_split_paragraphs(column)):
                text = join_lines(lines)
                if not number and paragraphs and _goes_on(paragraphs[-1], text):
                    paragraphs[-1] = join_lines([paragraphs[-1], text])
                else:
                    paragraphs.append(text)
    return [text for text in paragraphs if text]


def join_lines(lines: Iterable[str]) -> str:
    """The lines as one; a word is whole again that a hyphen at the end of a line has cut.

    The hyphen stays where it is the word's own: before a capital ("Rheinland-Pfalz"), after a
    figure or an abbreviation ("US-amerikanisch"), before a conjunction ("Ost- und Westküste").
    """
    joined = ""
    for line in lines:
        line = " ".join(line.split())
        first = re.match(r"\w+", line)
        cut = re.search(r"(\w+)([-\u00ad\u2010])\Z", joined)
        if not (cut and first):
            joined = f"{joined} {line}" if joined and line else joined or line
        elif cut[2] == "\u00ad":
            joined = joined[:-1] + line
        elif any(first[0] in read_grammar(language).conjunctions for language in LANGUAGES):
            joined = f"{joined} {line}"
        elif not line[0].islower() or cut[1][-1].isdigit() or re.search(r"[A-ZÄÖÜ]{2}\Z", cut[1]):
            joined += line
        else:
            joined = joined[:-1] + line
    return joined.replace("\u00ad", "")


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence runs over the end of a column or page."""
    return not _END.search(before) and bool(re.match(r"[\"„»]?[a-zäöüßа-яё0-9]", after))


def _make_rows(pieces: Sequence[PrintedRun]) -> list[list[PrintedRun]]:
    """The pieces as rows from the top, each of its runs from the left; near ones are one run."""
    rows: list[list[PrintedRun]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and abs(rows[-1][0].y - piece.y) <= _SAME_LINE * piece.size:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_join_row(sorted(row, key=lambda piece: piece.left)) for row in rows[:_MOST_ROWS]]


def _join_row(row: list[PrintedRun]) -> list[PrintedRun]:
    runs = row[:1]
    for piece in row[1:]:
        last = runs[-1]
        gap = (piece.left - last.right) / (max(piece.size, last.size) or 1)
        # The same letters drawn twice are one bold letter.
        if piece.text == last.text and abs(piece.left - last.left) < 0.3 * last.size:
            continue
        if gap > _SEGMENT_GAP:
            runs.append(piece)
            continue
        space = " " if gap > _WORD_GAP else ""
        runs[-1] = PrintedRun(
            last.text + space + piece.text, last.left, max(last.right, piece.right), last.y,
            max(last.size, piece.size),
        )  # fmt: skip
    return runs


def _say_row(row: list[PrintedRun]) -> str:
    return re.sub(r"\d+", "0", " ".join(piece.text for piece in row)).strip()


def _drop_running(pages: list[list[list[PrintedRun]]]) -> list[list[list[PrintedRun]]]:
    """The pages without the lines that stand at the head or foot of several, and page numbers."""
    sizes = [run.size for page in pages for row in page for run in row]
    body = median(sizes) if sizes else 0.0
    heads = Counter(_say_row(row) for page in pages for row in page[:_MARGIN_LINES])
    feet = Counter(_say_row(row) for page in pages for row in page[-_MARGIN_LINES:])
    fewest = max(2, len(pages) // 3)
    kept = []
    for number, page in enumerate(pages):
        # The headline that gives the running head its words is no running head.
        largest = body * 1.2 if not number else float("inf")
        start = _count_running(page, heads, fewest, largest)
        end = len(page) - _count_running(page[start:][::-1], feet, fewest, largest)
        kept.append(page[start:end])
    return kept


def _count_running(
    rows: list[list[PrintedRun]], counts: Counter[str], fewest: int, largest: float
) -> int:
    """How many rows from the edge of a page are no text of its own."""
    for number, row in enumerate(rows[:_MARGIN_LINES]):
        text = _say_row(row)
        is_number = len(rows) > 1 and not number and _PAGE_NUMBER.fullmatch(text)
        if not is_number and (counts[text] < fewest or row[0].size > largest):
            return number
    return min(len(rows), _MARGIN_LINES)


def _order(rows: list[list[PrintedRun]]) -> list[list[PrintedRun]]:
    """The rows as columns in reading order, each a list of lines."""
    found = _find_columns(rows)
    if found is None:
        lines = [_join_cells(row) for row in rows if row]
        return [lines] if lines else []
    start, end, middle = found
    left = [[piece for piece in row if piece.left < middle] for row in rows[start:end]]
    right = [[piece for piece in row if piece.left >= middle] for row in rows[start:end]]
    inner = _order([row for row in left if row]) + _order([row for row in right if row])
    return _order(rows[:start]) + inner + _order(rows[end:])


def _join_cells(row: list[PrintedRun]) -> PrintedRun:
    text = "  ".join(piece.text for piece in row)
    size = max(row, key=lambda piece: len(piece.text)).size
    return PrintedRun(text, row[0].left, row[-1].right, row[0].y, size)


def _find_columns(rows: list[list[PrintedRun]]) -> tuple[int, int, float] | None:
    """The longest run of rows with one empty stripe down through it: first, last + 1, where."""
    best: tuple[int, int, float] | None = None
    for start in range(len(rows)):
        if best and len(rows) - start <= best[1] - best[0]:
            break
        found = _follow_gutter(rows, start)
        if found and (best is None or found[1] - found[0] > best[1] - best[0]):
            best = found
    return best


def _follow_gutter(rows: list[list[PrintedRun]], start: int) -> tuple[int, int, float] | None:
    left = min(piece.left for row in rows for piece in row)
    right = max(piece.right for row in rows for piece in row)
    free = [(left, right)]
    best = None
    for end in range(start, len(rows)):
        least = _GUTTER * min(piece.size for piece in rows[end])
        for piece in rows[end]:
            free = [
                gap
                for low, high in free
                for gap in ((low, min(high, piece.left)), (max(low, piece.right), high))
                if gap[1] - gap[0] >= least
            ]
        if not free:
            break
        for low, high in free:
            if _parts_columns(rows[start : end + 1], (low + high) / 2):
                best = (start, end + 1, (low + high) / 2)
                break
    return best


def _parts_columns(rows: list[list[PrintedRun]], middle: float) -> bool:
    """Whether what stands on both sides is running text, and not the cells of a table."""
    sides: tuple[list[int], list[int]] = ([], [])
    for row in rows:
        for piece in row:
            sides[piece.left >= middle].append(len(piece.text))
    return all(
        len(side) >= _FEWEST_LINES and median(side) >= _SHORTEST_COLUMN_LINE for side in sides
    )


def _split_paragraphs(lines: list[PrintedRun]) -> list[list[str]]:
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    steps = [above.y - below.y for above, below in pairwise(lines)]
    # The lower half: gaps between paragraphs are no lines' distance.
    usual = median(sorted(steps)[: len(steps) // 2 + 1]) if steps else 0.0
    paragraphs = [[lines[0].text]]
    for above, below in pairwise(lines):
        if _starts_anew(above, below, usual, (left, right)):
            paragraphs.append([])
        paragraphs[-1].append(below.text)
    return paragraphs


def _starts_anew(
    above: PrintedRun, below: PrintedRun, usual: float, edges: tuple[float, float]
) -> bool:
    size = below.size or 1
    left, right = edges
    if abs(above.size - below.size) > 0.1 * size:
        return True
    if above.y - below.y > 1.3 * usual + 0.1 * size:
        return True
    if below.left - above.left > _INDENT * size and above.left - left < _INDENT * size:
        return True
    room = (right - above.right) / ((right - left) or 1)
    if room > 0.12 and _END.search(above.text):
        return True
    # A short line before a capital: a heading, or a line that somebody has broken on purpose.
    return room > 0.4 and bool(re.match(r"[^\W\d_]", below.text)) and below.text[0].isupper()
