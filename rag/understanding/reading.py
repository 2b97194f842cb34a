"""One question read by itself: its speakers, times, kind and topic, before the conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from wortlaut.index.article import Span
from wortlaut.index.lang.grammar import Grammar, read_grammar
from wortlaut.index.lang.names import PARTICLES, find_gender
from wortlaut.index.lang.roles import read_address_gender
from wortlaut.index.lang.words import LANGUAGES, Language, read_typed_words
from wortlaut.index.reading.people import People, find_names
from wortlaut.rag.askedwords import find_bodies
from wortlaut.rag.understanding.asked import SpeakerReader
from wortlaut.rag.understanding.namescan import Asked, Token, split_tokens
from wortlaut.rag.understanding.office import OfficeReader, Resolve, resolve_nobody
from wortlaut.rag.understanding.query import Order, QueryKind
from wortlaut.rag.understanding.timewindow import (
    TimeStep,
    Window,
    find_step,
    find_window,
    widen_window,
)
from wortlaut.rag.understanding.timewords import read_time_unit

# Grammar is read in the first part of a question only; the rest still counts as its text.
_READ_LETTERS = 1000
_TOPIC_LETTERS = 400
_LONG_FRAGMENT = 5
_FEW = 1  # content words of a question that names nothing
_NEAR = 4  # words between "who" and its verb
_OBJECT_QUESTION = frozenset(("did", "does", "do", "has", "have"))


_LONGEST_TITLE = 3  # words
# The rows of the keyboards that the three languages are written with.
_KEYS = ("qwertzuiop", "qwertyuiop", "asdfghjkl", "asdfghjklöä", "yxcvbnm", "zxcvbnm",
         "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")  # fmt: skip
_SHORTEST_RUN = 4
_LONGEST_SHORT = 5  # letters of a short form: "bmwk"
_VOWEL = re.compile("[aeiouyäöüáéíóúàèаеёиоуыэюя\\d]")

# Of some namesakes those who hold the office that stands before the name.
ChooseBearers = Callable[[str, Sequence[str]], Sequence[str]]


def is_gibberish(word: str) -> bool:
    """Whether somebody only tried the keys: "asdf", "йцукен", "hhhh", "123"."""
    low = word.lower()
    if low.isdecimal() or (len(low) > 2 and len(set(low)) == 1):
        return True
    if len(low) > _LONGEST_SHORT and not _VOWEL.search(low) and not word.isupper():
        return True
    # Inside of a row lies many a word: "wert".
    rows = [row for keys in _KEYS for row in (keys, keys[::-1])]
    return len(low) >= _SHORTEST_RUN and any(r.startswith(low) or r.endswith(low) for r in rows)


@cache
def _list_chatter() -> frozenset[str]:
    """Words of thanks and greetings; whoever talks so does not always use the language he asks in."""
    return frozenset(word for each in LANGUAGES for word in read_grammar(each).chatter)


def choose_all(title: str, names: Sequence[str]) -> Sequence[str]:
    """All of them: for archives that know no offices."""
    return names


@dataclass(frozen=True, slots=True)
class Reading:
    """One question read by itself, before the conversation completes it."""

    text: str
    body: str
    grammar: Grammar
    tokens: tuple[Token, ...]
    asked: Asked
    kind: QueryKind
    topic: str
    window: Window
    times: tuple[Span, ...]
    connective: bool
    anaphora: bool
    fragment: bool
    order: Order
    step: TimeStep | None
    offices: OfficeReader
    reports: bool
    lists: bool

    @property
    def further(self) -> bool:
        """Whether it asks for something else than was said before: "What else …?"."""
        return self.kind != "who" and self.grammar.further.search(self.body) is not None

    @property
    def compares(self) -> bool:
        """Whether its verb is one of agreeing or contradicting."""
        return any(self.grammar.agrees(t.text) for t in self.tokens)

    @property
    def asks_now(self) -> bool:
        """Whether it is no more than "And now?"."""
        words = [t for t in self.tokens if not t.timed]
        return bool(words) and self.grammar.now.match(self.body, words[0].span.start) is not None

    @property
    def asks_who(self) -> bool:
        """Whether it opens with "who"."""
        return bool(self.tokens) and self.tokens[0].lower in self.grammar.who

    @property
    def asks_otherwise(self) -> bool:
        """Whether a question word other than who, what and when opens a fragment: "Why?"."""
        if not self.fragment or not self.tokens or self.kind == "date":
            return False
        first = self.tokens[0].lower
        return first in self.grammar.question_words - self.grammar.who - self.grammar.what

    def find_object(self) -> Token | None:
        """The pronoun that stands alone after a preposition: "about her", "о нём"."""
        for before, token in pairwise(self.tokens):
            if before.lower in self.grammar.prepositions and token.lower in self.grammar.objects:
                return token
        return None

    def lone_name(self) -> str | None:
        """The unknown name that is all a fragment says: "And Borvik?", "Und Ministerin Borvik?"."""
        words = [t for t in self.tokens if not t.timed]
        titles = self.grammar.titles
        names = [t for t in words if not titles.fullmatch(t.text)]
        if not 1 <= len(names) <= 3 or self.body.isupper():
            return None
        for token in names:
            plain = not token.text[0].isupper() or (len(token.text) > 1 and token.text.isupper())
            if plain or token.names or self.grammar.is_function_word(token.lower):
                return None
        if len(words) == len(names) == 1 and self.grammar.common.fullmatch(names[0].text):
            return None
        if not self.connective and len(names) == 1 and len(words) == 1:
            return None  # "Sanctions?" opens with a capital only because it opens.
        return self.body[names[0].span.start : names[-1].span.end]

    def lone_role(self) -> str | None:
        """ "And the firm's spokesman?", "А что говорит профсоюз?": somebody new without a name."""
        words = [t for t in self.tokens if not t.timed]
        if not words or self.asked.somebody:
            return None
        if not self.fragment:
            return self.asked.offices[0] if self.asked.offices and self.connective else None
        if not (self.connective or words[0].lower in self.grammar.articles):
            return None
        phrases = self.offices.find_phrase(words)
        if not phrases or not any(self.offices.may_speak(t) for t in words):
            return None
        led = words[0].lower in self.grammar.prepositions
        if led and not any(self.offices.scanner.is_role(t) for t in words):
            return None  # "And about his brother?"
        behind = [t for t in words if t.span.start >= phrases[0].end]
        if any(not self.grammar.is_function_word(t.lower) for t in behind):
            return None
        return self.body[words[0].span.start : phrases[0].end]

    def points_back(self) -> bool:
        """Whether a word stands for something that an earlier question named: "it", "davon"."""
        pointing = self.grammar.pointers
        if not self.asked.anybody:
            pointing |= self.grammar.pronouns | self.grammar.places_back
        return any(t.lower in pointing for t in self.tokens)

    @property
    def is_elliptic(self) -> bool:
        """Whether it says too little to be about anything new: "When does the first one leave?"."""
        asks = any(t.lower in self.grammar.question_words for t in self.tokens[:2])
        content = [t for t in self.tokens if not t.timed and not self._is_idle(t)]
        german = self.grammar.language == "de"
        named = any(t.names or (not german and t.text[0].isupper()) for t in content)
        return asks and self.kind in ("fact", "date") and not named and len(content) <= _FEW

    @property
    def is_nonsense(self) -> bool:
        """Whether it asks nothing: keys struck at random, a bare number, thanks or a greeting."""
        if self.connective or self.asked.anybody or self.times or self.step is not None:
            return False
        words = [token.lower for token in self.tokens]
        if not words or any(self.grammar.is_function_word(word) for word in words):
            return False
        said = words[0]
        chatter = said in _list_chatter() or (len(words) > 1 and set(words) == {said})
        return chatter or all(is_gibberish(token.text) for token in self.tokens)

    def _is_idle(self, token: Token) -> bool:
        return not token.names and self.grammar.is_function_word(token.lower)

    def widen(self, window: Window) -> Window:
        """The time talked about as "that week", "in diesem Jahr" has it."""
        said = self.grammar.that_time.search(self.body)
        for word in said[0].split() if said else ():
            window = widen_window(window, read_time_unit(word, "day"))
        return window

    def shifts(self) -> tuple[bool, bool]:
        """Whether it asks for the time before, or after, the one talked about."""
        if self.topic:
            return False, False
        return (
            self.grammar.earlier.search(self.body) is not None,
            self.grammar.later.search(self.body) is not None,
        )

    def rewrite(self, who: str) -> str:
        """The question without its "and", the pronoun for a speaker replaced by the name."""
        start = self.tokens[0].span.start if self.connective and self.tokens else 0
        pronoun = self.asked.pronoun
        text = self.text[start:]
        if pronoun is not None and who:
            text = self.text[start : pronoun.start] + who + self.text[pronoun.end :]
        return text[:1].upper() + text[1:]


def read_question(
    text: str,
    language: Language,
    known: Sequence[str],
    today: date,
    near: Window | None,
    resolve: Resolve = resolve_nobody,
    choose_bearers: ChooseBearers = choose_all,
) -> Reading:
    """The question by itself: its speakers, times, kind and topic.

    `near` is the conversation's window, `None` for a first question; `resolve` gives who holds an
    office, `choose_bearers` which of some namesakes does.
    """
    grammar = read_grammar(language)
    body = text[:_READ_LETTERS]
    names = _find_people(body, known, grammar)
    names = _choose_by_title(names, body, choose_bearers)
    step = find_step(body, language) if near is not None else None
    masked = _mask(body, names)
    if near is not None and step is not None:
        # "the previous year" counts from the conversation's time, not from today.
        masked, near = _mask(masked, [(step.span, "")]), step.take(near)
    window, times = find_window(masked, today, language=language, near=near)
    order = _read_order(body, times, grammar)
    connective = grammar.connective.match(body)
    start = connective.end() if connective else 0
    request = grammar.request.match(body, start)
    start = request.end() if request else start
    tokens = split_tokens(body, names, [*times, *([step.span] if step else [])], start)
    reader = SpeakerReader(grammar, body, resolve, near is not None)
    kind, asked = _read_kind(tokens, reader, body[start:])
    topic = _read_topic(body, tokens, asked, reader, kind)
    verb = reader.cues.find(tokens)
    words = [t for t in tokens if not t.timed]
    asks = any(t.lower in grammar.question_words or t.lower in grammar.auxiliaries for t in words)
    that_time = grammar.that_time.search(body)
    content = [
        t
        for t in words
        if not grammar.is_function_word(t.lower.removesuffix("'s").removesuffix("’s"))
        and not (that_time and that_time.start() <= t.span.start < that_time.end())
    ]
    reports = verb is not None or _names_reports(body, words, grammar)
    cue = reader.cues.list_parts(tokens, verb) if verb is not None else set()
    idle = grammar.happening | grammar.reporting | {tokens[n].lower for n in cue}
    lists = kind == "fact" and bool(content) and all(t.lower in idle for t in content)
    lists = lists and bool(times or that_time)
    led = bool(words) and words[0].lower in grammar.prepositions
    longest = _LONG_FRAGMENT if connective else 2  # in content words
    fragment = len(content) <= longest + 2 * led and verb is None and not (asks and content)
    return Reading(
        text=text, body=body, grammar=grammar, tokens=tuple(tokens), asked=asked, kind=kind,
        topic=topic, window=window, times=tuple(times), connective=connective is not None,
        anaphora=any(t.lower in grammar.anaphora for t in tokens), fragment=fragment, order=order,
        step=step, offices=reader.offices, reports=reports, lists=lists,
    )  # fmt: skip


def _names_reports(body: str, words: Sequence[Token], grammar: Grammar) -> bool:
    """Whether it is about what was published: "articles from May", "published in May"."""
    named = any(token.lower in grammar.reporting for token in words)
    return named or grammar.published.search(body) is not None


def _find_people(body: str, known: Sequence[str], grammar: Grammar) -> list[tuple[Span, str]]:
    """The known people; also behind a title, or beside another: "Stimmte Brandt Talberg zu?"."""
    names = find_names(body, known)
    words = list(read_typed_words(body))
    agreeing = any(grammar.agrees(word.text) for word in words)
    for before, word in pairwise(words):
        title = grammar.titles.fullmatch(before.text) is not None
        beside = agreeing and any(span.end == before.end for span, _ in names)
        covered = any(span.start < word.end and word.start < span.end for span, _ in names)
        if not (title or beside) or covered or not word.is_capitalised:
            continue
        # Read by itself, the word before it is no first name that does not fit.
        found = find_names(body[word.start :].partition("?")[0], known)
        shift = word.start
        names += [(Span(shift, s.end + shift), name) for s, name in found if s.start == 0]
    names += [item for item in _find_bodies(body, known, grammar) if not _covers(names, item[0])]
    return _clip(sorted(names, key=lambda found: found[0].start), body, grammar)


def _find_bodies(body: str, known: Sequence[str], grammar: Grammar) -> list[tuple[Span, str]]:
    """The organisations that speak in the archive under a name of their own: "the IMF", "МВФ"."""
    if not isinstance(known, People):
        return []
    found = find_bodies(body, grammar.language)
    named = [(span, known.bodies.find_one(names)) for span, names in found]
    return [(span, name) for span, name in named if name is not None]


def _covers(names: Sequence[tuple[Span, str]], span: Span) -> bool:
    return any(found.overlap(span) for found, _ in names)


def _choose_by_title(
    names: Sequence[tuple[Span, str]], body: str, choose: ChooseBearers
) -> list[tuple[Span, str]]:
    """The persons less those whom the word before the name rules out: "Frau", "Landrätin".

    A form of address goes by the first name, an office by who is known to hold it.
    """
    words = list(read_typed_words(body))
    chosen: list[tuple[Span, str]] = []
    for span in dict.fromkeys(span for span, _ in names):
        bearers = [name for found, name in names if found == span]
        before = [word for word in words if word.end <= span.start][-_LONGEST_TITLE:]
        if before and not body[before[-1].end : span.start].strip():
            bearers = [*_choose_bearers(bearers, [word.text for word in before], choose)]
        chosen += [(span, name) for name in bearers]
    return chosen


def _choose_bearers(
    bearers: list[str], before: Sequence[str], choose: ChooseBearers
) -> Sequence[str]:
    gender = read_address_gender(before[-1].lower())
    if gender:
        return [name for name in bearers if find_gender(name) in ("", gender)]
    for first in range(len(before)):
        held = choose(" ".join(before[first:]), bearers) if len(bearers) > 1 else bearers
        if len(held) < len(bearers):
            return held
    return bearers


def _clip(names: Sequence[tuple[Span, str]], text: str, grammar: Grammar) -> list[tuple[Span, str]]:
    """The mentions without a function word that looks like an initial ("И Брандт")."""
    clipped = []
    for span, name in names:
        first = span.of(text).split(" ", 1)
        low = first[0].lower()
        if len(first) == 2 and grammar.is_function_word(low) and low not in PARTICLES:
            span = Span(span.start + len(first[0]) + 1, span.end)
        clipped.append((span, name))
    return clipped


def _mask(text: str, names: Sequence[tuple[Span, str]]) -> str:
    """The text with names made unreadable as times ("April", "August") at the same length."""
    for span, _ in names:
        text = text[: span.start] + "x" * len(span) + text[span.end :]
    return text


def _read_order(body: str, times: Sequence[Span], grammar: Grammar) -> Order:
    for span in times:
        body = body[: span.start] + "." * len(span) + body[span.end :]
    return grammar.read_order(body)


def _read_kind(
    tokens: Sequence[Token], reader: SpeakerReader, rest: str
) -> tuple[QueryKind, Asked]:
    """The kind of question, and the speaker where one is asked about."""
    grammar = reader.grammar
    if tokens and _asks_who(tokens, reader):
        cue = reader.cues.find(tokens)
        parts = reader.cues.list_parts(tokens, cue) if cue is not None else set()
        return "who", Asked(cue_spans=tuple(tokens[n].span for n in sorted(parts)))
    asked = reader.read(tokens)
    if grammar.when.match(rest):
        return "date", asked
    return ("speaker" if asked.somebody else "fact"), asked


def _asks_who(tokens: Sequence[Token], reader: SpeakerReader) -> bool:
    """Whether the question asks for the speaker: "Who demanded …", "Welche Partei forderte …"."""
    grammar = reader.grammar
    cue = reader.cues.find(tokens)
    if cue is None:
        return False
    forms = reader.grammar.verbs.read(tokens[cue].text)
    if reader.cues.is_passive(tokens, cue) or (
        forms and all(f.shape == "infinitive" for f in forms)
    ):
        return False
    first = tokens[0].lower
    if first in grammar.who:
        # "Who did X accuse" asks for the accused: there X speaks.
        accused = tokens[1].lower in _OBJECT_QUESTION and any(t.names for t in tokens[2:cue])
        return not accused and (cue <= _NEAR or tokens[1].lower in grammar.auxiliaries)
    if grammar.agrees(tokens[cue].text):
        return False  # "Which firm agreed to pay" tells a deed
    between = tokens[1:cue]
    if any(t.lower in grammar.nouns | grammar.given for t in between):
        return False  # "Welchen Grund nannte X"
    behind = tokens[cue + 1 : cue + 2]
    return (
        first in grammar.which
        and 0 < len(between) < _NEAR
        and not any(t.names or t.lower in grammar.auxiliaries for t in (*between, *behind))
    )


def _read_topic(
    body: str, tokens: Sequence[Token], asked: Asked, reader: SpeakerReader, kind: QueryKind
) -> str:
    """What is left of the question without its speaker, cue, times and question words."""
    grammar = reader.grammar
    gone = [*asked.speaker_spans, *asked.cue_spans]
    if kind in ("date", "who"):
        cue = reader.cues.find(tokens)
        gone += [tokens[cue].span] if cue is not None and asked.anybody else []
    kept = [t for t in tokens if not t.timed and not any(t.span.overlap(s) for s in gone)]
    if asked.pronoun is not None:
        kept = [t for t in kept if t.span != asked.pronoun]
    runs: list[list[Token]] = []
    for token in kept:
        joined = runs and not any(
            runs[-1][-1].span.end <= t.span.start < token.span.start for t in tokens
        )
        if joined:
            runs[-1].append(token)
        else:
            runs.append([token])
    runs = [_put_place_last(run, grammar) for run in runs]
    trimmed = [_trim(run, grammar, reader.scanner.flat) for run in runs]
    parts = [_show(run, body) for run in trimmed if run]
    return " ".join(parts)[:_TOPIC_LETTERS].strip()


def _put_place_last(run: list[Token], grammar: Grammar) -> list[Token]:
    """The run with the place in front behind its object: "in Aldora einen Durchbruch"."""
    places = len(run) > 3 and run[0].lower in grammar.places and run[1].text[0].isupper()
    if places and run[2].lower in grammar.articles - grammar.genitives:
        return [*run[2:], *run[:2]]
    return run


def _show(run: list[Token], body: str) -> str:
    """The words of the run, as typed."""
    if all(a.span.end <= b.span.start for a, b in pairwise(run)):
        return body[run[0].span.start : run[-1].span.end]
    return " ".join(token.text for token in run)


def _trim(run: list[Token], grammar: Grammar, flat: bool) -> list[Token]:
    def is_idle(token: Token) -> bool:
        acronym = not flat and len(token.text) > 1 and token.text.isupper()  # "US troops"
        return not token.names and not acronym and grammar.is_function_word(token.lower)

    start, end = 0, len(run)
    while start < end and is_idle(run[start]):
        start += 1
    while end > start and is_idle(run[end - 1]):
        end -= 1
    return run[start:end]
