"""How sure it is that the evidence answers the question, from 0 to 1; below a cut: abstain."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from index.archive import Vectors
from rag.language import Language
from rag.retriever import ScoredPassage

# Logistic regression on XQuAD with the gold paragraph, or its whole article, taken away (2,364
# passages). AUROC, paragraph / article taken: EN .852/.941, DE .932/.980, RU .767/.850.
_BEST_SENTENCE = 33.8
_LEAD_ON_TEN = 32.7
_LEAD_ON_NEXT = 27.8
_COVERAGE = 2.88
_BIAS: dict[Language, float] = {"en": -29.3, "de": -32.6, "ru": -28.6}
# Questions of `seeds/` and the same with topics of other countries put in: AUROC .973, and one
# cut for all languages, since the background takes out what each adds to every cosine.
_TOPIC_SLOPE = 2.5
_TOPIC_CUT = 1.6


def judge_passages(
    passages: Sequence[ScoredPassage], background: Vectors, language: Language
) -> float:
    """The probability that the best passages answer the question.

    `background` holds the question's cosines to sentences from everywhere: they stand in for the
    other articles that a small archive lacks.
    """
    if not passages:
        return 0.0
    scores = [passage.score for passage in passages]
    others = sorted([*scores[1:], *background.tolist()], reverse=True)[:9]
    sentences = [float(p.sentence_cosines.max()) for p in passages if len(p.sentence_cosines)]
    logit = (
        _BEST_SENTENCE * max(sentences, default=scores[0])
        + _LEAD_ON_TEN * (scores[0] - sum(others) / len(others))
        + _LEAD_ON_NEXT * (scores[0] - others[0])
        + _COVERAGE * passages[0].coverage
        + _BIAS[language]
    )
    return _squash(logit)


def judge_topic(cosine: float, background: Vectors) -> float:
    """The probability that a statement is about the topic: how far it stands out.

    `cosine` is the statement's to the topic, with some of its passage's; `background` the topic's
    to sentences from everywhere.
    """
    spread = float(np.std(background)) or 1e-6
    return _squash(_TOPIC_SLOPE * ((cosine - float(np.mean(background))) / spread - _TOPIC_CUT))


def _squash(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
