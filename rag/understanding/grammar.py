"""What question understanding knows of one language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.lang.language import Language


def join_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern, written over several lines, for whole words in any case."""
    return re.compile("".join(pattern.split()), re.IGNORECASE)


def match_phrase(pattern: str) -> re.Pattern[str]:
    """The pattern for several words in any case."""
    return re.compile(pattern, re.IGNORECASE)


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
    bodies: re.Pattern[str]  # institutions and groups that may speak
    links: frozenset[str]  # prepositions inside an office: "spokesman of the firm"
    aides: re.Pattern[str]  # whose, a name without a preposition may say: "представитель Лензова"
    places: frozenset[str]  # the same, but what they lead may be left out: "minister in Aldora"
    genitives: frozenset[str]  # articles that lead a genitive
    states: frozenset[str]  # function words that are a country inside an office: "the us president"
    generic: re.Pattern[str]  # titles so plain that they mean whoever was talked about
    possessives: re.Pattern[str]  # "her spokesman"
    agents: frozenset[str]  # lead the one who speaks: "quotes by X"
    agreeing: re.Pattern[str]  # verbs for two opinions that are compared
    quoting: re.Pattern[str]  # their passive has the speaker as subject: "X was quoted"
    when: re.Pattern[str]
    amount: re.Pattern[str]  # "how long": verbs that need not mean saying do not count
    attribution: re.Pattern[str]
    connective: re.Pattern[str]
    request: re.Pattern[str]
    newest: re.Pattern[str]
    oldest: re.Pattern[str]
    earlier: re.Pattern[str]
    later: re.Pattern[str]
    now: re.Pattern[str]
    further: re.Pattern[str]  # "what else"
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
