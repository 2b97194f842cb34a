"""Metrics as pure functions; an undefined metric is `None`, never 0.

`truths` are what holds, `scores` or `probabilities` what a system said of it, one to a row; they
may be lists or numpy arrays. Raises ValueError where their lengths differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from math import log2
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wortlaut.index.lang.words import read_class

_Statement = TypeVar("_Statement")
_Citation = TypeVar("_Citation")
Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]

_AROUND = " .,;:!?…\"'„“”«»‚‘’()"
_ARTICLES = {
    language: re.compile(rf"\b({'|'.join(sorted(read_class('article', language)))})\b")
    for language in ("en", "de")
}


def recall_at_k(ranked: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float | None:
    """The share in [0, 1] of the relevant items among the first `k`; `None` if none is relevant."""
    if k < 1:
        raise ValueError("k must be at least 1")
    if not relevant:
        return None
    return len(relevant & set(ranked[:k])) / len(relevant)


def reciprocal_rank(ranked: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float | None:
    """1 / rank of the first relevant item among the first `k`, else 0; `None` if there is none."""
    if not relevant:
        return None
    for rank, item in enumerate(ranked[:k], 1):
        if item in relevant:
            return 1 / rank
    return 0.0


def ndcg_at_k(
    ranked: Sequence[Hashable], relevant: Set[Hashable] | Mapping[Any, float], k: int
) -> float | None:
    """How early the relevant items come among the first `k`, in [0, 1]; `None` if none is relevant.

    `relevant` may map items to their grades: an item gains its grade / log2(rank + 1), one of a set
    gains as a grade of 1 does, and one of grade 0 or less is not relevant. It is a share of what
    the best order gains; an item that is ranked twice gains once. Source: Järvelin & Kekäläinen
    2002 (nDCG), grades as they are, as in trec_eval's ndcg_cut.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    graded = relevant if isinstance(relevant, Mapping) else dict.fromkeys(relevant, 1.0)
    grades = {item: grade for item, grade in graded.items() if grade > 0}
    if not grades:
        return None
    first = {item: rank for rank, item in reversed(list(enumerate(ranked[:k], 1)))}
    gained = sum(grades[item] / log2(rank + 1) for item, rank in first.items() if item in grades)
    best = sorted(grades.values(), reverse=True)[:k]
    return gained / sum(grade / log2(rank + 1) for rank, grade in enumerate(best, 1))


def average_precision_of_ranking(
    ranked: Sequence[Hashable], relevant: Set[Hashable]
) -> float | None:
    """The mean, over the relevant items, of the share relevant up to each, in [0, 1].

    One that is not ranked counts 0; `None` if none is relevant. Its mean over queries is MAP, as in
    trec_eval's map. Source: Buckley & Voorhees 2000.
    """
    if not relevant:
        return None
    first = list(dict.fromkeys(ranked))
    ranks = [rank for rank, item in enumerate(first, 1) if item in relevant]
    return sum(hits / rank for hits, rank in enumerate(ranks, 1)) / len(relevant)


def exact_match(answer: str, golds: Sequence[str], language: str = "en") -> float | None:
    """1 if the answer is one of the gold strings once normalised, else 0; `None` without a gold.

    Normalised is without case, punctuation and the language's articles (en, de; Russian has none).
    Source: Rajpurkar et al. 2016 (SQuAD); Lewis et al. 2020 (MLQA) for German articles.
    """
    if not golds:
        return None
    said = _list_tokens(answer, language)
    return float(any(said == _list_tokens(gold, language) for gold in golds))


def token_f1(answer: str, golds: Sequence[str], language: str = "en") -> float | None:
    """F1 in [0, 1] of the answer's words against the nearest gold string's; `None` without a gold.

    Words are as in `exact_match`. Of two without words the F1 is 1, of one with and one without 0.
    Source: Rajpurkar et al. 2016, 2018 (SQuAD).
    """
    if not golds:
        return None
    said = _list_tokens(answer, language)
    return max(_overlap(said, _list_tokens(gold, language)) for gold in golds)


def contains_gold(answer: str, golds: Sequence[str], language: str = "en") -> float | None:
    """1 if a gold string stands in the answer as whole words, else 0; `None` without a gold.

    Case, runs of blanks, articles, and punctuation around the gold string do not count.
    """
    said = _fold(answer, language)
    strings = [string for gold in golds if (string := _fold(gold, language).strip(_AROUND))]
    if not strings:
        return None
    return float(any(re.search(rf"(?<!\w){re.escape(each)}(?!\w)", said) for each in strings))


def _fold(text: str, language: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    if articles := _ARTICLES.get(language):
        folded = articles.sub(" ", folded)
    return " ".join(folded.split())


def _list_tokens(text: str, language: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(c for c in folded if not unicodedata.category(c).startswith(("P", "S")))
    if articles := _ARTICLES.get(language):
        plain = articles.sub(" ", plain)
    return plain.split()


def _overlap(said: list[str], gold: list[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    shared = sum((Counter(said) & Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold))


def citation_recall(
    cited: Sequence[tuple[_Statement, Sequence[_Citation]]],
    supports: Callable[[_Statement, Sequence[_Citation]], bool],
) -> float | None:
    """The share in [0, 1] of an answer's statements that all their citations together support.

    A statement that cites nothing is not supported; `None` without statements.
    Source: Gao et al. 2023 (ALCE), citation recall.
    """
    if not cited:
        return None
    return sum(bool(some) and supports(statement, some) for statement, some in cited) / len(cited)


def citation_precision(
    cited: Sequence[tuple[_Statement, Sequence[_Citation]]],
    supports: Callable[[_Statement, Sequence[_Citation]], bool],
) -> float | None:
    """The share in [0, 1] of an answer's citations that count towards a supported statement.

    A citation does not count if its statement is not supported by all its citations together, or
    if it alone does not support the statement while the others without it do. `None` without
    citations, where ALCE's own script has 0. Source: Gao et al. 2023 (ALCE), citation precision.
    """
    total = sum(len(some) for _, some in cited)
    if not total:
        return None
    needed = 0
    for statement, some in cited:
        if not some or not supports(statement, some):
            continue
        for i in range(len(some)):
            others = [*some[:i], *some[i + 1 :]]
            alone = not others or supports(statement, [some[i]])
            needed += alone or not supports(statement, others)
    return needed / total


class PrecisionRecall(NamedTuple):
    """How well rows were picked out; each in [0, 1]."""

    precision: float | None
    recall: float | None
    f1: float | None


def precision_recall_f1(truths: ArrayLike, picked: ArrayLike) -> PrecisionRecall:
    """How many picked rows are true, how many true ones are picked, and their harmonic mean.

    Precision is `None` if nothing is picked, recall if nothing is true, F1 if neither is any.
    """
    held, chosen = _pair(truths, picked, np.bool_)
    both, true, taken = int((held & chosen).sum()), int(held.sum()), int(chosen.sum())
    return PrecisionRecall(
        both / taken if taken else None,
        both / true if true else None,
        2 * both / (true + taken) if true + taken else None,
    )


class Threshold(NamedTuple):
    """The F1 that is reached if every row is picked that scores at least `value`."""

    value: float
    f1: float


def best_f1(truths: ArrayLike, scores: ArrayLike) -> Threshold | None:
    """The best F1 any threshold reaches on these rows, the highest such threshold; `None` if none is true.

    It is too good for other rows: choose the threshold on some rows, and report it on others.
    """
    held, told = _pair(truths, scores, np.float64)
    if not held.any():
        return None
    kept, true, values = _descend(held, told)
    f1 = 2 * true / (held.sum() + kept)
    best = int(np.argmax(f1))
    return Threshold(float(values[best]), float(f1[best]))


def auroc(truths: ArrayLike, scores: ArrayLike) -> float | None:
    """How probable it is that a true row scores above a false one, in [0, 1]; ties count half.

    `None` unless both kinds are there. Source: Hanley & McNeil 1982 (by ranks).
    """
    held, told = _pair(truths, scores, np.float64)
    true = int(held.sum())
    false = len(held) - true
    if not true or not false:
        return None
    _, places, counts = np.unique(told, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[places][held].sum() - true * (true + 1) / 2) / (true * false))


def average_precision(truths: ArrayLike, scores: ArrayLike) -> float | None:
    """The mean precision over the true rows as the threshold falls, in [0, 1]; `None` if none is true.

    Rows of one score are taken together, so that their order does not matter.
    """
    held, told = _pair(truths, scores, np.float64)
    if not held.any():
        return None
    kept, true, _ = _descend(held, told)
    return float((np.diff(true, prepend=0) * true / kept).sum() / held.sum())


def brier(truths: ArrayLike, probabilities: ArrayLike) -> float | None:
    """The mean of `brier_losses`, in [0, 1]; `None` without rows."""
    losses = brier_losses(truths, probabilities)
    return float(losses.mean()) if len(losses) else None


def brier_losses(truths: ArrayLike, probabilities: ArrayLike) -> Numbers:
    """Each row's squared distance in [0, 1] of the probability from what holds.

    Source: Brier 1950, for two outcomes.
    """
    held, told = _pair(truths, probabilities, np.float64)
    return (told - held) ** 2


class Bin(NamedTuple):
    """The rows whose probability lies in [low, high): their mean probability, their share true."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


def calibration_bins(truths: ArrayLike, probabilities: ArrayLike, bins: int = 10) -> list[Bin]:
    """The rows by probability in bins of equal width from 0 to 1, empty bins left out.

    The last bin holds 1 too. Raises ValueError for a probability beyond [0, 1].
    """
    held, told = _pair(truths, probabilities, np.float64)
    if len(told) and not (told.min() >= 0 and told.max() <= 1):
        raise ValueError("a probability must lie in [0, 1]")
    places = np.minimum((told * bins).astype(np.intp), bins - 1)
    counts = np.bincount(places, minlength=bins)
    sums = np.bincount(places, told, bins)
    right = np.bincount(places, held, bins)
    return [
        Bin(i / bins, (i + 1) / bins, int(n), float(sums[i] / n), float(right[i] / n))
        for i, n in enumerate(counts)
        if n
    ]


def expected_calibration_error(
    truths: ArrayLike, probabilities: ArrayLike, bins: int = 10
) -> float | None:
    """How far probability and share true differ in a bin, over rows, in [0, 1]; `None` without any.

    It is above 0 by chance alone where bins hold few rows. Source: Naeini et al. 2015 (ECE).
    """
    found = calibration_bins(truths, probabilities, bins)
    n = sum(each.n for each in found)
    return sum(each.n * abs(each.confidence - each.accuracy) for each in found) / n if n else None


def risk_coverage(right: ArrayLike, confidences: ArrayLike) -> list[tuple[float, float]]:
    """The share kept in (0, 1] and the share not right among it, as ever less confident rows are kept.

    One point to each confidence that occurs, since rows of one confidence are kept together; []
    without rows. Source: El-Yaniv & Wiener 2010.
    """
    held, told = _pair(right, confidences, np.float64)
    kept, wrong, _ = _descend(~held, told)
    return [
        (int(count) / len(held), int(bad) / int(count))
        for count, bad in zip(kept, wrong, strict=True)
    ]


def area_under_risk_coverage(right: ArrayLike, confidences: ArrayLike) -> float | None:
    """The mean share not right among the most confident 1, 2, … all rows, in [0, 1]; less is better.

    `None` without rows. Rows of one confidence count as in random order: it is the mean over all
    their orders. Source: Geifman, Uziel & El-Yaniv 2019 (AURC).
    """
    held, told = _pair(right, confidences, np.float64)
    if not len(held):
        return None
    kept, wrong, _ = _descend(~held, told)
    sizes = np.arange(1, len(held) + 1)
    return float((np.interp(sizes, [0, *kept], [0, *wrong]) / sizes).mean())


def selective_accuracy(right: ArrayLike, confidences: ArrayLike, coverage: float) -> float | None:
    """The share right among the most confident `coverage` of all rows, both in [0, 1].

    `None` without rows. Of rows of one confidence that are not all kept, each counts in part, as
    in random order. Source: El-Yaniv & Wiener 2010 (one less the risk at a coverage).
    """
    held, told = _pair(right, confidences, np.float64)
    if not len(held):
        return None
    kept, wrong, _ = _descend(~held, told)
    size = max(1.0, coverage * len(held))
    return 1 - float(np.interp(size, [0, *kept], [0, *wrong])) / size


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of the values that are defined; `None` if none is."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def parity_gap(values: Sequence[float | None]) -> float | None:
    """The largest minus the smallest value over languages; `None` unless two are defined."""
    defined = [value for value in values if value is not None]
    return max(defined) - min(defined) if len(defined) > 1 else None


def quantile(values: Sequence[float] | Numbers, share: float) -> float | None:
    """The value at `share` in [0, 1] of the sorted values, interpolated; `None` without any."""
    if not len(values):
        return None
    ordered = np.sort(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (position - below))


def _pair(
    truths: ArrayLike, told: ArrayLike, kind: type[np.generic]
) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    held, values = np.asarray(truths, dtype=np.bool_), np.asarray(told, dtype=kind)
    if held.shape != values.shape:
        raise ValueError("there must be one score to a row")
    return held, values


def _descend(
    held: NDArray[np.bool_], told: Numbers
) -> tuple[NDArray[np.intp], NDArray[np.intp], Numbers]:
    """How many rows score each score or more, how many of them are true, and that score, falling."""
    order = np.argsort(-told)
    ends = np.flatnonzero(np.diff(told[order], append=-np.inf))
    return ends + 1, np.cumsum(held[order], dtype=np.intp)[ends], told[order][ends]
