"""What a check of one sentence finds, and what anything that checks must offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from wortlaut.index.lang.language import Language
from wortlaut.rag.answer import Citation, Label

_SURE: dict[Label, float] = {"supported": 1.0, "refuted": 0.0, "not_enough_info": 0.1}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the cited spans bear a claim out, and why.

    `support` in [0, 1] is how sure it is that they do; `reason` one plain English sentence;
    `rule` the short code of what decided, as `number` or `negation`.
    """

    label: Label
    support: float
    reason: str
    rule: str


def decide(label: Label, reason: str, rule: str) -> Verdict:
    """The verdict of a rule, which is sure of it."""
    return Verdict(label, _SURE[label], reason, rule)


class Verifier(Protocol):
    """Checks one claim at a time; whatever checks by other means has this shape."""

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites."""
        ...
