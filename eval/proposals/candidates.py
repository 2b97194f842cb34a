"""A question that could be asked, before it is worded."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from eval.proposals.material import Said
from eval.proposals.topics import Topic
from eval.proposals.wording import is_known, word_question
from index.lang.language import Language


@dataclass(frozen=True, slots=True)
class Turn:
    """One question, not yet worded: its form, and what fills it."""

    form: str
    speaker: str = ""
    topic: Topic | None = None
    month: datetime.date | None = None
    quote: str = ""
    words: str = ""

    def word(self, language: Language) -> str:
        """The question in the language."""
        return self.words or word_question(
            self.form, language, speaker=self.speaker, topic=self.topic, month=self.month,
            quote=self.quote,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked; `about` is what it uses up: persons, articles, topics."""

    type: str
    turns: tuple[Turn, ...]
    gold: tuple[Said, ...]
    why: str
    about: tuple[str, ...]
    speaker: str | None = None
    date: str | None = None
    as_of: datetime.date | None = None
    answer: str | None = None

    @property
    def weight(self) -> float:
        """How much its topics tell; 0 without any."""
        return min((turn.topic.weight for turn in self.turns if turn.topic), default=0.0)

    def can_be_in(self, language: Language) -> bool:
        """Whether the language has words for all of it."""
        return all(
            (language == "de" or not turn.words)
            and (turn.topic is None or is_known(turn.topic, language))
            for turn in self.turns
        )
