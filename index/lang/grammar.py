"""What is asked with in one language, read from `de/questions.toml` and the like.

The words and patterns are data; the verbs that ask for a speaker come from the table of verbs,
what people and bodies are called from that of offices too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from wortlaut.index.lang.tables import match_any, read_rows
from wortlaut.index.lang.verbs import AskingVerbs, read_asking_verbs
from wortlaut.index.lang.words import Language, read_typed_words

_WORD_STARTS, _WORD_ENDS = r"(?<!\w)", r"(?!\w)"
_NOTHING = r"(?!)"
_MAY_LACK = ("aides", "common")


@dataclass(frozen=True, slots=True)
class Grammar:
    """What question understanding knows of one language; all words lower case."""

    language: Language
    verbs: AskingVerbs
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
    places_back: frozenset[str]  # the same for a place: "there"
    conjunctions: frozenset[str]
    fillers: frozenset[str]
    chatter: frozenset[str]  # opens what is no question: thanks, a greeting
    nouns: frozenset[str]  # for what somebody says: "X's position"
    given: frozenset[str]  # the same, but only with a verb of saying: "what motive did X name"
    links: frozenset[str]  # prepositions inside an office: "spokesman of the firm"
    places: frozenset[str]  # the same, but what they lead may be left out: "minister in Aldora"
    things: frozenset[str]  # of links and places, those that may lead the topic as well
    genitives: frozenset[str]  # articles that lead a genitive
    states: frozenset[str]  # function words that are a country inside an office: "the us president"
    homes: frozenset[str]  # lead the institution of somebody named before them: "X of Y said"
    agents: frozenset[str]  # lead the one who speaks: "quotes by X"
    agreeing: frozenset[str]  # adjectives of two who agree or not
    reporting: frozenset[str]  # for what was published, and when: "articles from May"
    happening: frozenset[str]  # ask for whatever there is of a time: "What happened on 8 March?"
    quoting: frozenset[str]  # their passive has the speaker as subject: "X was quoted"
    possessives: frozenset[str]  # "her spokesman"
    first: frozenset[str]  # before a verb of saying: asks for the first, as `oldest` does
    last: frozenset[str]
    titles: re.Pattern[str]
    modifiers: re.Pattern[str]  # part of a title, but none alone: "the Foreign Ministry"
    bodies: re.Pattern[str]  # institutions and groups that may speak
    aides: re.Pattern[str]  # whose, a name without a preposition may say: "представитель Лензова"
    generic: re.Pattern[str]  # titles so plain that they mean whoever was talked about
    common: re.Pattern[str]  # a lone capitalised word of this shape is a thing, no person
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
    published: re.Pattern[str]  # asks for what was published
    that_time: re.Pattern[str]  # "on that day"

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

    def read_order(self, text: str) -> Literal["oldest", "newest", "relevance"]:
        """Which of several statements the text asks for: "first said", "most recent"."""
        words = [word.text for word in read_typed_words(text)]
        said = {one.lower() for one, other in pairwise(words) if self._is_plain_verb(other)}
        if self.oldest.search(text) or said & self.first:
            return "oldest"
        return "newest" if self.newest.search(text) or said & self.last else "relevance"

    def _is_plain_verb(self, word: str) -> bool:
        return any(not form.noun for form in self.verbs.read(word))

    def agrees(self, word: str) -> bool:
        """Whether the word tells that two agree or contradict each other."""
        return word.lower() in self.agreeing or self.verbs.agrees(word)


@cache
def read_grammar(language: Language) -> Grammar:
    """The grammar of questions in one language; read once."""
    text = (Path(__file__).parent / language / "questions.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    words = {name: frozenset(listed.split()) for name, listed in table["words"].items()}
    shapes = {name: "".join(pattern.split()) for name, pattern in table["shapes"].items()}
    phrases = {name: _join_phrase(phrase) for name, phrase in table["phrases"].items()}
    coarse = words.pop("coarse")
    for name, kind in (("titles", "role"), ("bodies", "institution"), ("modifiers", "field")):
        shapes[name] = f"(?:{shapes.get(name, _NOTHING)}|{_match_offices(kind, language, coarse)})"
    patterns = dict.fromkeys(_MAY_LACK, _NOTHING) | shapes | phrases
    fields: dict[str, Any] = words | {
        name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()
    }
    return Grammar(language=language, verbs=read_asking_verbs(language), **fields)


def _match_offices(kind: str, language: Language, coarse: frozenset[str]) -> str:
    """A pattern for the words of a kind in offices.tsv, but the coarse ones; none that open others.

    German ones may end a compound, a Russian one is the beginning of a word: longer for a field,
    which has adjectives, too.
    """
    cells = (row[language].split() for row in read_rows("offices.tsv") if row["kind"] == kind)
    words = {word.removeprefix("-") for cell in cells for word in cell if not word.endswith("-")}
    ending = r"\w{0,12}" if kind == "field" else r"\w{0,4}"
    before, after = {"de": (r"\w{0,24}", ""), "en": ("", ""), "ru": ("", ending)}[language]
    return before + match_any(sorted(words - coarse)) + after if words - coarse else _NOTHING


def _join_phrase(phrase: Mapping[str, str | list[str]]) -> str:
    lead, tail = phrase.get("lead", _WORD_STARTS), phrase.get("tail", _WORD_ENDS)
    return f"{lead}(?:{'|'.join(phrase['any'])}){tail}"
