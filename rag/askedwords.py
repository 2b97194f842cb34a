"""The words a question asks with, and which of them a passage holds, in its language too.

Vectors tell that a passage is about what was asked, hardly whether it holds just that: a question
about one year of a city's history is nearly as near to another year's. Words tell, but in German
for a German archive only; for the others a table of everyday words in three languages stands in
(`concepts.tsv`, written by hand for this project), another of international organisations, and for
names how alike they are spelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from wortlaut.index.article import Span
from wortlaut.index.lang.grammar import read_grammar
from wortlaut.index.lang.names import TITLES, is_family_first, is_first_name, spell_word
from wortlaut.index.lang.offices import FIELDS, is_role, read_office
from wortlaut.index.lang.organisations import find_named_bodies
from wortlaut.index.lang.places import find_end, list_german
from wortlaut.index.lang.words import (
    TERM_LETTERS,
    Language,
    Word,
    drop_possessives,
    find_letter_runs,
    find_runs,
    fold,
    read_typed_words,
    read_words,
    sound_forms,
)
from wortlaut.rag.verification.names import find_name_runs

Stems = tuple[str, ...]

# A stem may stand inside a compound from this length on, else at a word's beginning only, with
# no more than an ending or a short second part behind it.
_INSIDE = 5
_SHORTEST_STEM = 3
_LONGEST_ENDING = 6
# What is a name begins as an everyday word, too, but goes on for longer than an ending does.
_LONGEST_CASE = 4
# A compound's first part has so many letters at least; its last word's ending may be another by two.
_SHORTEST_FIRST, _LONGEST_INFLECTION = 3, 2
# Two spellings are perhaps one name's from this share of equal letters on, surely from the other.
_LIKE = 0.75
_SURELY_LIKE = 0.9
_UNLIKE = 0.65
_SHORTEST_NAME = 5
_LONGEST_CODE = 5
_ANY = 1000
# "Верховный суд", "Iberian": what German says in other words.
_RUSSIAN_ADJECTIVE = re.compile(
    "(?:[ыио]й|[ая]я|[ое]е|[ыи]е|[ое]го|[ое]му|[ыи]м|[ыи]ми|[ыи]х|[ую]ю)\\Z"
)
_ENGLISH_ADJECTIVE = re.compile(r"(?:[ie]an|ese|ish|ic|ism|ist)s?\Z")
# The letters that a sound may be written with at a word's beginning, where it is not its own alone.
_OPENINGS = {"v": "vwfp", "k": "kcq", "s": "szctx", "c": "ct", "h": "hck", "t": "td", "i": "ijy"}


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word of a question, `folded`; the German `stems` that say the same, if the table has it.

    `sounds` are what it sounds like if it is a name, in the cases it may stand in. `is_known` is
    whether a text in another language can be expected to show it: a number, a name or a word of
    the table. Of any other it says little that a passage lacks it.
    """

    folded: str
    stems: Stems
    is_known: bool
    sounds: tuple[str, ...]


def read_asked_words(text: str, language: Language) -> list[AskedWord]:
    """The question's distinct words in order, without those that only make it a question."""
    grammar = read_grammar(language)
    asked: dict[str, AskedWord] = {}
    text, bodies = _take_bodies(text, language)
    for names in bodies:
        folded = fold(names[0])
        stems = tuple(name for name in map(fold, names) if len(name) >= _SHORTEST_STEM)
        asked.setdefault(folded, AskedWord(folded, stems, True, (folded,)))
    for position, raw in enumerate(find_runs(text)):
        folded = fold(raw)
        if grammar.is_function_word(raw.lower()) or (len(folded) < 2 and not folded.isdigit()):
            continue
        stems = _look_up(folded, language)
        is_name = raw[0].isupper() and position > 0 and language != "de"
        is_known = bool(stems) or folded.isdigit() or is_name or language == "de"
        asked.setdefault(folded, AskedWord(folded, stems, is_known, sound_forms(raw)))
    return list(asked.values())


def say_in_german(text: str, language: Language) -> str:
    """The text with international organisations as German papers call them: "МВФ" is "IWF"."""
    if language == "de":
        return text
    rest, bodies = _take_bodies(text, language)
    return " ".join([rest, *(names[0] for names in bodies)])


def find_bodies(text: str, language: Language) -> list[tuple[Span, Stems]]:
    """Where the text names organisations and parties of the table, each with its German names."""
    return [(Span(a, b), names) for a, b, names in find_named_bodies(text, language)]


def list_german_names(name: str, language: Language) -> list[str]:
    """The name, and what German papers may call the organisation that it is."""
    found = find_bodies(name, language)
    return list(dict.fromkeys([name, *(form for _, names in found for form in names)]))


def _take_bodies(text: str, language: Language) -> tuple[str, list[Stems]]:
    """The text without the names of international organisations, and the German names of each."""
    kept, done, found = [], 0, []
    for start, end, names in find_named_bodies(text, language):
        kept.append(text[done:start])
        found.append(names)
        done = end
    return " ".join([*kept, text[done:]]), list(dict.fromkeys(found))


def find_asked_names(topic: str, language: Language) -> list[str]:
    """The proper names of a topic, as typed: for `Lexicon.names_any_article`.

    Every noun of German has a capital: there only places, runs of two and first names with what
    follows are told to be names. In the others a run with an everyday word in it, "Supreme Court",
    is one only where a table of places has it: German says it in other words.
    """
    # Inside a sentence a capital says that it is a name.
    text = f"x {_take_bodies(topic, language)[0]}"
    words = read_words(text)
    named = find_name_runs(words, text, language, frozenset())
    spans = _find_places(words)
    places = tuple(spans)
    for run, behind in _find_capitals(text):
        names = [word for word in run if _is_in(word, named) and not _is_known(word, language)]
        ordinary = [w for w in run if w.is_content and w not in names and not _is_title(w)]
        if language != "de" and not is_first_name(spell_word(run[0].text)):
            is_led = behind is not None and _RUSSIAN_ADJECTIVE.search(run[-1].low)
            names = [] if ordinary or is_led else names
        for word in names:
            if any(word.start < end and start < word.end for start, end in places):
                continue
            joins = spans and text[spans[-1][1] : word.start] == " "
            spans.append((spans.pop()[0] if joins else word.start, word.end))
    return list(dict.fromkeys(text[start:end] for start, end in sorted(spans)))


def is_comparable(name: str, language: Language) -> bool:
    """Whether the articles surely lack what a name of a question names if they lack its spellings.

    What is asked in German is; else a place that a table has, or a person: a first name and what
    follows, or a single word that says nothing in its language.
    """
    words = find_letter_runs(drop_possessives(name))
    if language == "de" or list_german(words):
        return True
    if len(words) != 1:
        return bool(words) and (is_first_name(spell_word(words[0])) or is_family_first(name))
    low = words[0].lower()
    office = read_office(low)
    is_word = read_grammar(language).is_function_word(low) or bool(
        _look_up(fold(low), language, _LONGEST_CASE)
    )
    is_office = bool(office.head or office.words & FIELDS) or office.is_institution
    return not (is_word or is_office or _ENGLISH_ADJECTIVE.search(low))


def _find_places(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Where places with names of several words stand: "Lake Constance", "New Zealand"."""
    texts, found, at = [word.text for word in words], [], 0
    while at < len(words):
        end = max(find_end(texts, at), at + 1)
        if end > at + 1 and any(word.is_capitalised for word in words[at:end]):
            found.append((words[at].start, words[end - 1].end))
        at = end
    return found


def _find_capitals(text: str) -> Iterator[tuple[list[Word], Word | None]]:
    """The runs of capitalised words, each with the small word of content that follows it."""
    run: list[Word] = []
    for word in read_typed_words(text):
        joins = run and text[run[-1].end : word.start] == " "
        if run and not (joins and word.is_capitalised):
            yield run, word if joins and word.is_content else None
            run = []
        if word.is_capitalised:
            run.append(word)
    if run:
        yield run, None


def _is_in(word: Word, runs: Iterable[Sequence[Word]]) -> bool:
    return any(word.start < run[-1].end and run[0].start < word.end for run in runs)


def _is_known(word: Word, language: Language) -> bool:
    return bool(_look_up(fold(word.text), language, _LONGEST_CASE)) or _is_code(word.text)


def _is_title(word: Word) -> bool:
    """Whether it is none of a name, and makes none an everyday word: "Chancellor Talberg"."""
    return word.low in TITLES or is_role(word.low) or _is_code(word.text)


def _is_code(word: str) -> bool:
    """Whether it is an abbreviation, which another language may make of other words."""
    return word.isupper() and len(word) <= _LONGEST_CODE and not list_german([word])


def measure_held(words: Sequence[AskedWord], texts: Sequence[str]) -> list[list[float]]:
    """For each text how far in [0, 1] it holds each of the words."""
    folded = [fold(text) for text in texts]
    split = [set(find_runs(text)) for text in folded]
    likes = [_compare_names(word, split) for word in words]
    held = []
    for number, (text, some) in enumerate(zip(folded, split, strict=True)):
        terms = {word[:TERM_LETTERS] for word in some}
        held.append(
            [
                1.0
                if word.folded[:TERM_LETTERS] in terms
                or any(_stands_in(stem, text, some) for stem in word.stems)
                or _is_head(word.folded, text, some)
                else like[number]
                for word, like in zip(words, likes, strict=True)
            ]
        )
    return held


def _stands_in(stem: str, text: str, words: set[str]) -> bool:
    if len(stem) >= _INSIDE or stem not in text:
        return stem in text
    longest = len(stem) + _LONGEST_ENDING
    return any(word.startswith(stem) and len(word) <= longest for word in words)


def _is_head(asked: str, text: str, words: set[str]) -> bool:
    """Whether a compound of the text ends in the word: who speaks of Kaufgarantien, of Garantien."""
    stem = asked[:TERM_LETTERS]
    if len(stem) < TERM_LETTERS or stem not in text or stem.isdigit():
        return False
    places = ((word, word.find(stem, _SHORTEST_FIRST)) for word in words)
    return any(
        place > 0 and abs(len(word) - place - len(asked)) <= _LONGEST_INFLECTION
        for word, place in places
    )


def _compare_names(word: AskedWord, texts: Sequence[set[str]]) -> list[float]:
    """How alike the word and the likest one of each text are spelt, 0 where no name is meant."""
    from rapidfuzz import fuzz, process

    if word.stems or word.folded.isdigit() or len(word.folded) < _SHORTEST_NAME:
        return [0.0] * len(texts)
    sounds = _list_sounds(word, {other for words in texts for other in words})
    alike: dict[str, float] = {}
    for wanted in word.sounds:
        for other, score, _ in process.extract(
            wanted, set(sounds.values()), scorer=fuzz.ratio, score_cutoff=_LIKE * 100, limit=None
        ):
            like = min(1.0, (score / 100 - _UNLIKE) / (_SURELY_LIKE - _UNLIKE))
            alike[other] = max(like, alike.get(other, 0.0))
    return [
        max((alike.get(sounds.get(other, ""), 0.0) for other in words), default=0.0)
        for words in texts
    ]


def _list_sounds(word: AskedWord, others: Iterable[str]) -> dict[str, str]:
    """The words by sound that may be another spelling of the name.

    Names keep their first sound, and most of their length.
    """
    firsts = {sound[0] for sound in word.sounds}
    letters = {letter for first in firsts for letter in _OPENINGS.get(first, first)}
    near = [
        other
        for other in others
        if other[0] in letters and abs(len(other) - len(word.folded)) <= _INSIDE
    ]
    sounds = {other: sound for other in near for sound in sound_forms(other)[:1]}
    return {other: sound for other, sound in sounds.items() if sound[0] in firsts}


def _look_up(folded: str, language: Language, most: int = _ANY) -> Stems:
    """The stems of the longest key of the table that the word begins with, and `most` letters more."""
    table = _read_table()[language]
    for length in range(len(folded), 1, -1):
        ending = len(folded) - length
        if ending > most:
            return ()
        if ending > (2 if length <= 3 else 3) and length < _INSIDE:
            return ()
        if stems := table.get(folded[:length]):
            return stems
    return ()


@cache
def _read_table() -> Mapping[Language, Mapping[str, Stems]]:
    """By language each key with the German stems of all rows it stands in."""
    text = (files("wortlaut.rag") / "concepts.tsv").read_text(encoding="utf-8")
    header, *rows = [line.split("\t") for line in text.splitlines()]
    german = header.index("de")
    tables: dict[Language, dict[str, dict[str, None]]] = {"en": {}, "ru": {}, "de": {}}
    for row in rows:
        stems = dict.fromkeys(fold(stem) for stem in row[german].split())
        for language, cell in zip(header, row, strict=True):
            for key in cell.split():
                tables[language].setdefault(fold(key), {}).update(stems)  # type: ignore[index]
    return {
        language: {key: tuple(stems) for key, stems in table.items()}
        for language, table in tables.items()
    }
