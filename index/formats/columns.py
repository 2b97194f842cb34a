"""What is printed on pages -> paragraphs: lines in the file's order, running heads left out.

Nearly every program writes a page in the order in which it is read, so that order is kept. Places
tell only where a paragraph begins, what stands at the edge of every page, and the rare page that
is written row by row across its columns. How wide letters are is not known: it is estimated.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from statistics import median

from wortlaut.index.lang.words import find_runs

# Of the letters' size, as are the gaps between lines below.
_SAME_LINE, _GAP, _INDENT = 0.6, 0.7, 0.7
_ERROR = 0.12  # of a width that is estimated
_FEWEST_ROWS = 4
_MOST_ROWS = 400
_SHORTEST_COLUMN_LINE = 14
_MARGIN = 3
_END = re.compile(r"[.!?:…][\"“”»«'’)\]]*\Z")
_PAGE_NUMBER = re.compile(r"[-–—|/ .]{0,9}\d{1,4}(?: ?/ ?\d{1,4})?[-–—|/ .]{0,9}")
_HYPHENS = "-\u00ad\u2010\ufffe"


@dataclass(frozen=True, slots=True)
class PrintedRun:
    """A run of text on a page that begins at `left` and the height `y`, with letters of `size`."""

    text: str
    left: float
    y: float
    size: float

    @property
    def right(self) -> float:
        """Where the run ends, by the usual widths of its letters."""
        narrow = len(re.findall(r"[iljtfrI.,;:'’!| -]", self.text.strip()))
        wide = len(re.findall(r"[mwMWЖШЩЮжшщюмы—]", self.text))
        ems = 0.55 * len(self.text.strip()) - 0.25 * narrow + 0.28 * wide
        return self.left + ems * self.size


_Row = list[PrintedRun]  # of one run, but where cells or columns stand side by side


def join_pages(pages: Iterable[Sequence[PrintedRun]]) -> list[str]:
    """The paragraphs of the pages in reading order, words whole that a line's end has cut."""
    rows = _drop_running([_make_rows(runs) for runs in pages])
    body = median([row[0].size for page in rows for row in page] or [0.0])
    paragraphs: list[list[PrintedRun]] = []
    for page in rows:
        for block in _split_blocks(_order(page)):
            parts = _split_paragraphs(block)
            end = len(parts)
            while end and parts[end - 1][0].size < 0.92 * body:
                end -= 1
            if end and paragraphs and _goes_on(paragraphs[-1], parts[0]):
                paragraphs[-1] += parts.pop(0)
                end -= 1
            paragraphs += parts[:end]
            # Notes and captions below text that goes on elsewhere stand before it.
            last = paragraphs[-1][-1] if paragraphs else None
            is_cut = last and _is_alike(last.size, body) and not _END.search(last.text.strip())
            place = len(paragraphs) - bool(is_cut)
            paragraphs[place:place] = parts[end:]
    # A word that has its hyphen in the midst of a line has it at the end of one too.
    drawn = " ".join(line.text for lines in paragraphs for line in lines)
    compounds = {word.casefold() for word in re.findall(r"\w+-\w+", drawn)}
    texts = (join_printed_lines((line.text for line in lines), compounds) for lines in paragraphs)
    return [text for text in texts if text]


def join_printed_lines(lines: Iterable[str], compounds: Collection[str] = ()) -> str:
    """The lines as one; a word is whole again that a hyphen at the end of a line has cut.

    The hyphen stays where it is the word's own: before a capital ("Rheinland-Pfalz"), after a
    figure or an abbreviation ("US-amerikanisch"), before a conjunction ("Ost- und Westküste").
    """
    joined = ""
    for line in lines:
        line = " ".join(line.split())
        first = next(iter(find_runs(line)), "")
        cut = re.search(rf"(\w+)[{_HYPHENS}]\Z", joined)
        if not (cut and first and line.startswith(first)):
            joined = f"{joined} {line}" if joined and line else joined or line
        elif first in _list_conjunctions():
            joined = f"{joined[:-1]}- {line}"
        else:
            is_whole = not line[0].islower() or re.search(r"\d\Z|[A-ZÄÖÜА-ЯЁ]{2}\Z", cut[1])
            is_known = f"{cut[1]}-{first}".casefold() in compounds
            joined = joined[:-1] + ("-" if is_whole or is_known else "") + line
    joined = re.sub(r"[\u00ad\ufffe](?=[ ,\dA-ZÄÖÜ])", "-", joined)
    return re.sub(r"[\u00ad\ufffe\ue000-\uf8ff]", "", joined).strip()  # and a symbol font's bullets


@cache
def _list_conjunctions() -> frozenset[str]:
    # Large tables, and a PDF is rare: whoever starts the command need not wait for them.
    from wortlaut.index.lang.grammar import read_grammar
    from wortlaut.index.lang.words import LANGUAGES

    return frozenset(word for language in LANGUAGES for word in read_grammar(language).conjunctions)


def _is_alike(size: float, other: float) -> bool:
    return abs(size - other) <= 0.1 * max(size, other)


def _goes_on(before: list[PrintedRun], after: list[PrintedRun]) -> bool:
    """Whether a sentence runs over the end of a column or page."""
    last = before[-1]
    if _END.search(last.text.strip()) or not _is_alike(last.size, after[0].size):
        return False
    if re.match(r"[\"„»«]?[a-zäöüßа-яё]", after[0].text.strip()):
        return True
    return len(before) > 1 and _count_room(last, after[0], before) < _ERROR


def _make_rows(runs: Sequence[PrintedRun]) -> list[_Row]:
    """The runs as rows in the order of the file, parted where a gap is wide."""
    rows: list[_Row] = []
    is_open = False
    for run in runs:
        if run.text.strip():
            size = max(run.size, rows[-1][-1].size) if is_open else 0.0
            if is_open and abs(rows[-1][-1].y - run.y) <= _SAME_LINE * size:
                _add_to_row(rows[-1], run)
            else:
                rows.append([run])
            is_open = True
        elif is_open and run.text:
            rows[-1][-1] = replace(rows[-1][-1], text=rows[-1][-1].text + " ")
        is_open = is_open and "\n" not in run.text
    return rows


def _add_to_row(row: _Row, run: PrintedRun) -> None:
    last, size = row[-1], max(row[-1].size, run.size)
    text = run.text.strip()
    # The same letters drawn twice are one bold letter.
    if text == last.text.strip() and abs(run.left - last.left) < 0.3 * size:
        return
    # The raised number of a footnote, but not of a square metre.
    is_raised = run.size < 0.8 * last.size and run.y > last.y + 0.15 * last.size
    if is_raised and text.isdigit() and re.search(r"(?:[^\W\d]{3}|[^\w\s])\Z", last.text):
        return
    if run.left - last.right > _GAP * size - _ERROR * (last.right - last.left):
        row.append(run)
    else:
        longest = max(last, run, key=lambda piece: len(piece.text))
        row[-1] = PrintedRun(last.text + run.text, last.left, longest.y, longest.size)


def _join_row(row: _Row) -> PrintedRun:
    longest = max(row, key=lambda run: len(run.text))
    return replace(longest, text="".join(run.text for run in row), left=row[0].left)


def _drop_running(pages: list[list[_Row]]) -> list[list[_Row]]:
    """The pages without the lines that stand at the edge of several, and page numbers."""
    sides = [sorted(page, key=lambda row: -row[0].y) for page in pages]
    said = {id(row): _say_row(row, number) for number, page in enumerate(sides) for row in page}
    edges = {id(row) for page in sides for row in page[:_MARGIN] + page[-_MARGIN:]}
    counts = Counter(key for row in edges for key in said[row])
    fewest = max(2, len(pages) // 3)
    running = {row for row in edges if max(counts[key] for key in said[row]) >= fewest}
    dropped: set[int] = set()
    for page in sides:
        for rows in (page, page[::-1]):
            dropped |= _list_running(rows[: _MARGIN + 1], running)
    return [[row for row in page if id(row) not in dropped] for page in pages]


def _list_running(rows: list[_Row], running: set[int]) -> set[int]:
    """Of rows from an edge inwards those that are no text of the page's, and stand apart from it."""
    count = 0
    for number, (row, inner) in enumerate(pairwise(rows), 1):
        is_number = number == 1 and _PAGE_NUMBER.fullmatch(_join_row(row).text.strip())
        if not is_number and id(row) not in running:
            break
        is_apart = abs(row[0].y - inner[0].y) > 1.7 * row[0].size
        if is_apart or not _is_alike(row[0].size, inner[0].size):
            count = number
    return {id(row) for row in rows[:count]}


def _say_row(row: _Row, page: int) -> set[tuple[str, int]]:
    """What a running line has the same on each page: height, and words but for the page's number."""
    text, height = " ".join(_join_row(row).text.split())[:200], round(row[0].y)
    said = {(text, height)}
    for found in re.finditer(r"\d{1,9}", text):
        counted = f"#{int(found[0]) - page}"
        said.add((text[: found.start()] + counted + text[found.end() :], height))
    return said


def _order(rows: list[_Row]) -> list[_Row]:
    """The rows, and where they run across columns: column by column."""
    for start, row in enumerate(rows[:_MOST_ROWS]):
        for run in row[1:]:
            end = _follow_columns(rows[:_MOST_ROWS], start, run.left)
            if end:
                left, right = _part(rows[start:end], run.left)
                return [*rows[:start], *_order(left), *_order(right), *_order(rows[end:])]
    return rows


def _part(rows: list[_Row], middle: float) -> list[list[_Row]]:
    left = [[run for run in row if run.left < middle - 0.3 * run.size] for row in rows]
    right = [[run for run in row if run.left >= middle - 0.3 * run.size] for row in rows]
    return [[row for row in side if row] for side in (left, right)]


def _follow_columns(rows: list[_Row], start: int, middle: float) -> int:
    """Where the rows end that have running text on both sides of `middle`; 0 if there are none."""
    end, hits = start, 0
    for above, row in pairwise([rows[start], *rows[start:]]):
        size = row[0].size or 1
        left = [run for run in row if run.left < middle - 0.3 * size]
        is_across = any(run.right - _ERROR * (run.right - run.left) > middle for run in left)
        if is_across or not -0.5 * size < above[0].y - row[0].y < 2.5 * size:
            break
        hits += any(abs(run.left - middle) < 0.3 * size for run in row[1:])
        end += 1
    if hits < _FEWEST_ROWS:
        return 0
    # The cells of a table are short.
    lengths = [
        [len(_join_row(row).text) for row in side] for side in _part(rows[start:end], middle)
    ]
    is_text = all(side and median(side) >= _SHORTEST_COLUMN_LINE for side in lengths)
    return end if is_text else 0


def _split_blocks(rows: list[_Row]) -> list[list[_Row]]:
    """The rows parted where they go up again: to the next column."""
    blocks: list[list[_Row]] = []
    for number, row in enumerate(rows):
        if not number or row[0].y > rows[number - 1][0].y + 0.5 * row[0].size:
            blocks.append([])
        blocks[-1].append(row)
    return blocks


def _split_paragraphs(rows: list[_Row]) -> list[list[PrintedRun]]:
    lines = [_join_row(row) for row in rows]
    steps = [above.y - below.y for above, below in pairwise(lines)]
    # The lower half: gaps between paragraphs are no lines' distance.
    usual = median(sorted(steps)[: len(steps) // 2 + 1]) if steps else 0.0
    paragraphs = [lines[:1]]
    is_table = False
    for number, (above, below) in enumerate(pairwise(rows), 1):
        near = lines[max(0, number - 3) : number + 4]
        is_row = _has_cells(above, below)
        is_left = is_table and below[0].left < above[-1].left - _INDENT * below[0].size
        last = replace(lines[number - 1], left=above[-1].left)
        is_new = is_row or is_left or _starts_anew(last, lines[number], usual, near)
        # A picture may stand in the midst of a sentence.
        is_far = last.y - lines[number].y > 5 * last.size
        if is_new and not (is_far and _goes_on(paragraphs[-1], [lines[number]])):
            paragraphs.append([])
            is_table = is_row
        paragraphs[-1].append(lines[number])
    return paragraphs


def _has_cells(above: _Row, below: _Row) -> bool:
    """Whether a row of a table begins: a cell of it stands below one of the row above."""
    size = below[0].size
    return any(abs(run.left - cell.left) < 0.3 * size for run in above for cell in below[1:])


def _starts_anew(
    above: PrintedRun, below: PrintedRun, usual: float, near: list[PrintedRun]
) -> bool:
    size = below.size or 1
    if not _is_alike(above.size, below.size):
        return True
    if above.y - below.y > max(1.3 * usual, 1.25 * size) + 0.1 * size:
        return True
    left = min(line.left for line in near)
    if below.left - above.left > _INDENT * size and above.left - left < _INDENT * size:
        return True
    room = _count_room(above, below, near)
    if room > _ERROR and _END.search(above.text.strip()):
        return True
    # A short line before a capital: a heading, or a line that somebody has broken on purpose.
    return room > 0.35 and below.text.strip()[:1].isupper()


def _count_room(line: PrintedRun, following: PrintedRun, near: list[PrintedRun]) -> float:
    """Which part of a column's width is left though the next word would go into it."""
    if "  " in line.text.strip():  # Its blanks are stretched: it is full.
        return 0.0
    alike = [other for other in near if _is_alike(other.size, line.size)]
    left, right = min(other.left for other in alike), max(other.right for other in alike)
    word = replace(following, text=following.text.split()[0], left=0.3 * line.size)
    return (right - line.right - word.right) / ((right - left) or 1)
