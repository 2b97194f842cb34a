"""What each metric means, which way is better, and how its figures are written."""

from __future__ import annotations

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
