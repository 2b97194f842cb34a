"""What question understanding knows of one language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language import Language


@dataclass(frozen=True, slots=True)
class Grammar:
    """What question understanding knows of one language; all words lower case."""

    language: Language
    question_words: frozenset[str]
    who: frozenset[str]
    what: frozenset[str]
    which: frozenset[str]
    auxiliaries: frozenset[str]
    passive: frozenset[str]  # with a participle: the subject does not speak
    prepositions: frozenset[str]
    clause_words: frozenset[str]
    articles: frozenset[str]
    pronouns: frozenset[str]  # may stand for a speaker asked about before
    objects: frozenset[str]  # the same after a preposition
    anaphora: frozenset[str]  # may stand for the topic talked about before
    pointers: frozenset[str]  # stand for something named in an earlier question
    conjunctions: frozenset[str]
    fillers: frozenset[str]
    verbs: re.Pattern[str]
    weak_verbs: re.Pattern[str]
    separable: tuple[tuple[re.Pattern[str], frozenset[str]], ...]  # verb, and what it needs behind
    nouns: re.Pattern[str]
    titles: re.Pattern[str]
    modifiers: frozenset[str]  # part of a title, but none alone: "the Foreign Ministry"
    when: re.Pattern[str]
    amount: re.Pattern[str]  # "how long": verbs that need not mean saying do not count
    attribution: re.Pattern[str]
    connective: re.Pattern[str]
    request: re.Pattern[str]
    newest: re.Pattern[str]
    oldest: re.Pattern[str]
    earlier: re.Pattern[str]
    later: re.Pattern[str]
    common: re.Pattern[str]  # a lone capitalised word of this shape is a thing, no person

    def is_function_word(self, word: str) -> bool:
        """Whether the word says nothing about the topic at the edge of a phrase."""
        return any(
            word in words
            for words in (
                self.question_words, self.auxiliaries, self.prepositions, self.clause_words,
                self.articles, self.pronouns, self.objects, self.anaphora, self.conjunctions,
                self.fillers,
            )
        )  # fmt: skip
