"""What of an article is compared with others: its report, without headline, dateline and credits."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.agency import find_boilerplate
from wortlaut.index.lang.lines import join_lines
from wortlaut.index.lang.words import level_wording
from wortlaut.index.press.wiretext import replace_spans

# Of two texts that share a share s of their shingles, 1 - (1 - s ** 2) ** 48 meet in some band:
# .95 at .25, .99 at .3, .9999 at .42. What meets by chance is thrown out by the texts themselves.
BANDS = 48
_ROWS = 2
_WHOLE = BANDS * _ROWS
# However much of a tail is cut, the opening stays: it has bands of its own.
OPENING_BANDS = 6
_OPENING_ROWS = 3
_OPENING_WORDS = 40
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHINGLE = 4
_SEED = 12
FEWEST_WORDS = 5
# Longer texts are compared by their beginnings.
_MOST_WORDS = 6000
_LONGEST_HEADLINE = 200
_LONGEST_RECALLED = 20_000
# A line so short that ends no sentence and holds no number: a byline, a credit, a sub-heading.
_LONGEST_CREDIT = 90
_ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"“”„»«'’‘)\]]*\s*\Z")
_BETWEEN = re.compile(r"(?<=[.!?…:])[\"“”»«'’)\]]*\s+(?=[\"„“»«‚'(]*[A-ZÄÖÜА-ЯЁ0-9])")
# Soft hyphens, and what stands for the line end in a word that was cut there.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b"))

Signature = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Report:
    """The report's words in order, folded, and of each the number of its sentence."""

    words: tuple[str, ...]
    sentences: tuple[int, ...]

    @property
    def wording(self) -> bytes:
        """A digest: two reports of the same words have the same."""
        return hashlib.blake2b(" ".join(self.words).encode(), digest_size=12).digest()

    def list_shingles(self, most: int | None = None) -> list[str]:
        """Every run of four words, each once, in the first `most`; of fewer words the whole."""
        words = self.words[:most]
        last = max(1, len(words) - _SHINGLE + 1)
        return list({" ".join(words[start : start + _SHINGLE]) for start in range(last)})


def read_report(title: str, text: str) -> Report:
    """The article's report: what stays the same where an editor prints it under his own headline."""
    # What is remembered is remembered with its text.
    return (_recall_report if len(text) <= _LONGEST_RECALLED else _read_report)(title, text)


def _read_report(title: str, text: str) -> Report:
    text = _drop_headline(title, text)
    body = replace_spans(text, find_boilerplate(text), lambda _: "\n")
    body = join_lines(body).translate(_UNSEEN)
    told = [" ".join(line.split()) for line in body.split("\n") if line.strip()]
    kept = [line for line in told if not _is_credit(line)]
    if sum(map(len, kept)) * 2 < sum(map(len, told)):
        kept = told
    words: list[str] = []
    sentences: list[int] = []
    for number, sentence in enumerate(s for line in kept for s in _BETWEEN.split(line)):
        own = level_wording(sentence).casefold().split()
        words += own
        sentences += [number] * len(own)
        if len(words) > _MOST_WORDS:
            break
    return Report(tuple(words[:_MOST_WORDS]), tuple(sentences[:_MOST_WORDS]))


# A story's prints come in close together.
_recall_report = lru_cache(maxsize=256)(_read_report)


def _drop_headline(title: str, text: str) -> str:
    """The text without a first line that is its headline, under which others print other ones."""
    text = text.lstrip()
    first, _, rest = text.partition("\n")
    if not rest.strip() or len(first) > _LONGEST_HEADLINE:
        return text
    line = " ".join(first.strip("#* \t").split())
    if line.endswith(".") and not line.endswith(".."):
        return text
    is_wrapped = rest[:1].islower() or not (line == title or rest.startswith("\n"))
    return text if is_wrapped else rest


def _is_credit(line: str) -> bool:
    if len(line) > _LONGEST_CREDIT or _ENDS_SENTENCE.search(line):
        return False
    return not any(character.isdigit() for character in line)


def sign_report(report: Report) -> Signature:
    """The report's MinHash signature and that of its opening, `(96 + 18,)`."""
    from rensa import RMinHash

    sizes = ((_WHOLE, None), (OPENING_BANDS * _OPENING_ROWS, _OPENING_WORDS))
    values: list[int] = []
    for size, most in sizes:
        sketch = RMinHash(num_perm=size, seed=_SEED)
        sketch.update(report.list_shingles(most))
        values += sketch.digest()
    return np.array(values, dtype="<u4")


def list_bands(signature: Signature) -> list[int]:
    """One key for each band of the signature; reports that share any may be prints of one story."""
    whole = signature[:_WHOLE].astype(np.uint64).reshape(BANDS, _ROWS)
    opening = signature[_WHOLE:].astype(np.uint64).reshape(OPENING_BANDS, _OPENING_ROWS)
    mixed = np.concatenate([_mix(whole), _mix(opening)])
    mixed = (mixed + np.arange(1, len(mixed) + 1, dtype=np.uint64) * _ODD) * _ODD
    return [int(key) for key in mixed >> np.uint64(32)]


def _mix(bands: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = np.zeros(len(bands), np.uint64)
    for column in bands.T:
        mixed = (mixed ^ column) * _ODD
        mixed ^= mixed >> np.uint64(29)
    return mixed


def guess_held(a: Signature, b: Signature, words: tuple[int, int]) -> float:
    """About which share of the shorter report's shingles the other holds, by their signatures."""
    shared = float(np.count_nonzero(a[:_WHOLE] == b[:_WHOLE])) / _WHOLE
    return min(1.0, shared * sum(words) / (1 + shared) / max(1, min(words)))


def list_sentence_bounds(report: Report) -> list[tuple[int, int]]:
    """Where each of the report's sentences begins and ends, in words."""
    numbers = report.sentences
    cuts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(numbers)) if a != b), len(numbers)]
    return list(pairwise(cuts)) if numbers else []
