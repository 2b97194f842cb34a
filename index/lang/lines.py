"""Line ends: which of them end a paragraph, and which only a line of hard-wrapped copy.

Agency copy is wrapped at 40 to 100 letters. A line end inside a paragraph is read as a blank, a word
that is hyphenated there as one word; the text keeps its length, so that offsets stay what they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from wortlaut.index.lang.tables import read_rows

_WIDEST, _NARROWEST = 110, 30
# A flash of two or three lines is told by its words, from this length of a line on.
_FULL_LINE, _FEW_PAIRS = 50, 2
# By so many letters a line may miss the width before it counts as cut short.
_SLACK = 8
# In prose every second line begins with a small letter, in a list hardly any; in a few lines of
# prose none may.
_LEAST_SMALL, _FEW_LINES = 0.1, 4
# A first line that is shorter, beside the width, may be a headline.
_HEADLINE = 0.85

_ENDED = re.compile(r"[.!?…:;](?:[\"“”„»«'’‘‚)\]]|\s)*\Z")
_BULLET = re.compile(r"[-–—•*·▪►+] ")
_NUMBER = re.compile(r"(?:\d{1,2}|[a-z])[.)] ")
_LABEL = re.compile(r"[A-ZÄÖÜ][^:.!?„“”\"»«]{1,70}:(?=\s|\Z)|\d{1,2}[.:]\d\d Uhr\b")
_TEXT_INSIDE = re.compile(r"[.!?] |\([A-Za-z][^()]{1,30}\) ?[-–—] ")
# "18.", "J.": what ends no sentence.
_ORDINAL = re.compile(r"(?:\A|[\s(„\"»«])(?:\d{1,4}|[A-ZÄÖÜ])\.\Z")
_HYPHENATED = re.compile(r"(\w+)[-\u00ad]\Z")
_DATELINE = re.compile(r"[A-ZÄÖÜ][^()\n]{1,60} ?\([A-Za-z][^()]{1,30}\) ?[-–—]")
_MARKS = ".,;:!?…()[]„“”\"»«'’"
_SUSPENDED = frozenset("und oder bis sowie bzw noch and or".split())
# A word and its hyphen, where something is joined to it.
_JOINED = re.compile(r"\b(\w++)-(?=[^\W_])")
_LONGEST_WORD = 60
_SOFT_HYPHEN, _UNSEEN = "\u00ad", "\u200b"


@cache
def _list_leaning() -> frozenset[str]:
    """The words that end no sentence: a line that ends in one goes on."""
    lean = {"article", "determiner", "preposition", "conjunction"}
    rows = read_rows("de/function_words.tsv")
    return frozenset(row["word"] for row in rows if not lean.isdisjoint(row["class"].split()))


@cache
def _list_opening() -> frozenset[str]:
    """The words that open a sentence where they stand with a capital."""
    rows = read_rows("de/function_words.tsv")
    opening = (r for r in rows if "opening" in r["uses"].split() and r["class"] != "noun")
    return frozenset(row["word"] for row in opening) - {"sie"}  # "Sie" is polite, too


@cache
def _list_dotted() -> frozenset[str]:
    return frozenset(row["word"] for row in read_rows("titles.tsv") if row["dotted"])


@dataclass(frozen=True, slots=True)
class _Line:
    """One line `[start, end)` of a text without the blanks at its ends."""

    start: int
    end: int
    indent: int
    words: str

    @property
    def width(self) -> int:
        return self.indent + len(self.words)

    @property
    def is_ended(self) -> bool:
        return _ENDED.search(self.words) is not None

    @property
    def leans(self) -> bool:
        return self.words.rsplit(None, 1)[-1] in _list_leaning()

    @property
    def is_item(self) -> bool:
        return _BULLET.match(self.words) is not None or _NUMBER.match(self.words) is not None


class _Compounds:
    """The words of a text that are written with a hyphen; they are looked for when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._behind: dict[str, list[str]] | None = None

    def has(self, before: str, rest: str) -> bool:
        """Whether the text has a word of these halves, whatever ends it."""
        if self._behind is None:
            self._behind = {}
            for match in _JOINED.finditer(self._text):
                behind = self._text[match.end() : match.end() + _LONGEST_WORD]
                self._behind.setdefault(match[1], []).append(behind)
            for known in self._behind.values():
                known.sort()
        known, rest = self._behind.get(before, []), rest[:_LONGEST_WORD]
        at = bisect_left(known, rest)
        return at < len(known) and known[at].startswith(rest)


def join_lines(text: str) -> str:
    """The text with blanks for the line ends inside its paragraphs, letter for letter as long.

    Where a line ends in a hyphen, marks that no reader sees stand for it and the line end: the
    word is whole. Linear in the text.
    """
    if "\n" not in text:
        return text
    lines = list(_read_lines(text))
    width = _find_width(text, lines)
    if not width:
        return text
    parts: list[str] = []
    compounds = _Compounds(text)
    done, opens = 0, True
    for number, (line, following) in enumerate(pairwise(lines), 2):
        apart = _ends_paragraph(line, following, width, opens)
        if not apart and 0 < line.indent == following.indent and number < len(lines):
            # Paragraphs that begin with an indented line: this one has a line of its own.
            apart = lines[number].indent < line.indent and lines[number].width > 0
        opens = apart
        if not apart:
            start = line.end
            joint = " " * (following.start - start)
            if match := _HYPHENATED.search(line.words):
                start -= 1
                joint = _join_word(compounds, match[1], following.words, following.start - start)
            parts += (text[done:start], joint)
            done = following.start
    return "".join([*parts, text[done:]])


def _read_lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.split("\n"):
        words = line.strip()
        indent = len(line) - len(line.lstrip()) if words else 0
        yield _Line(at + indent, at + indent + len(words), indent, words)
        at += len(line) + 1


def _find_width(text: str, lines: Sequence[_Line]) -> int:
    """How wide the text is wrapped; 0 if its line ends all end paragraphs."""
    long = sum(line.width for line in lines if line.width > _WIDEST and " " in line.words)
    if long * 2 > len(text):
        return 0
    pairs = [
        (a, b) for a, b in pairwise(lines)
        if a.words and b.words and a.width <= _WIDEST and b.width <= _WIDEST
    ]  # fmt: skip
    # A long address stands out.
    plain = (line for pair in pairs for line in pair if "://" not in line.words)
    width = max((line.width for line in plain), default=0)
    if width < _NARROWEST:
        return 0
    if len(pairs) <= _FEW_PAIRS:
        return width if any(_goes_on(a, b) for a, b in pairs) else 0
    open_ends = [(a, b) for a, b in pairs if not a.is_ended]
    running = [(a, b) for a, b in open_ends if _is_full(a, b, width - _SLACK)]
    closing = sum(a.is_ended and not _is_full(a, b, width - _SLACK) for a, b in pairs)
    if len(running) * 2 < len(open_ends) or len(running) * 3 < len(pairs) - closing:
        return 0
    small = sum(b.words[0].islower() for _, b in running)
    prose = 0 < small >= _LEAST_SMALL * len(running)
    if len(running) <= _FEW_LINES:
        prose = prose or any(a.leans or _TEXT_INSIDE.search(a.words) for a, _ in running)
    return width if prose else 0


def _goes_on(line: _Line, following: _Line) -> bool:
    """Whether a line of a flash goes on in the next one."""
    if line.is_ended or line.width < _FULL_LINE:
        return False
    ended = following.is_ended or "." in following.words
    told = ended and not line.words.isupper() and "." in line.words
    return following.words[0].islower() or told or line.leans


def _is_full(line: _Line, following: _Line, width: int) -> bool:
    """Whether the next line's first word had no room on this one."""
    return line.width + 1 + len(following.words.split(None, 1)[0]) > width


def _ends_paragraph(line: _Line, following: _Line, width: int, opens: bool) -> bool:
    """Whether a line is its paragraph's last; `opens`: it is the first, too."""
    if not line.words or not following.words or max(line.width, following.width) > _WIDEST:
        return True
    full = _is_full(line, following, width)
    ended = line.is_ended and not _ends_in_short_form(line.words)
    if ended and (not full or following.is_item or _LABEL.match(following.words)):
        return not line.words.endswith(":") or following.words[0] not in '„“"»«'
    indented = following.indent > line.indent and not line.is_item
    if (indented or _BULLET.match(following.words)) and not full:
        return True
    if line.is_item and following.is_item and (ended or not full):
        return True
    return opens and not line.is_ended and _is_headline(line, following, width, full)


def _is_headline(line: _Line, following: _Line, width: int, full: bool) -> bool:
    """Whether a first line is a headline right above its text: short, or what follows begins anew."""
    first = following.words.split(None, 1)[0].strip(_MARKS)
    if full and line.start > line.indent:
        return False  # not the text's first line
    if _TEXT_INSIDE.search(line.words) or line.words.endswith((",", "-")) or line.leans:
        return False
    if first[:1].islower() or (full and not following.words[0].isalnum()):
        return False
    anew = first.lower() in _list_opening() or _DATELINE.match(following.words) is not None
    return anew or (not full and line.width <= _HEADLINE * width)


def _ends_in_short_form(words: str) -> bool:
    """Whether a line ends in a full stop that ends no sentence: "Dr.", "18.", "J."."""
    last = words.rsplit(None, 1)[-1].lstrip('(„"»«')
    return _ORDINAL.search(words) is not None or last[:-1].lower() in _list_dotted()


def _join_word(compounds: _Compounds, before: str, following: str, length: int) -> str:
    """What stands between the halves of a word that a line's end parts, `length` letters long.

    "Bundes-/tag" is one word, "US-/Minister" and "60-/jährig" keep the hyphen, "Haupt-/und" ends.
    """
    rest = following.split(None, 1)[0].strip(_MARKS)
    if not rest[:1].isalnum() or rest.lower() in _SUSPENDED:
        return "-" + " " * (length - 1)
    compound = len(before) == 1 or before.isupper() or before[-1].isdigit()
    if not rest[0].islower() or compound or compounds.has(before, rest):
        return _UNSEEN * (length - 1) + "-"
    return _SOFT_HYPHEN + _UNSEEN * (length - 1)
