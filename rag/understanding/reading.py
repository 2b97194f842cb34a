"""One question read by itself: its speakers, times, kind and topic, before the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index.article import Span
from index.people import find_names
from rag.language import Language
from rag.query import Kind, Order
from rag.understanding.asked import SpeakerReader
from rag.understanding.grammar import Grammar
from rag.understanding.namescan import Asked, Token, split_tokens
from rag.understanding.questionwords import GRAMMARS
from rag.understanding.timewindow import Window, find_window

# Grammar is read in the first part of a question only; the rest still counts as its text.
_READ_LETTERS = 1000
_TOPIC_LETTERS = 400
_LONG_FRAGMENT = 5
_NEAR = 4  # words between "who" and its verb
_OBJECT_QUESTION = frozenset(("did", "does", "do", "has", "have"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One question read by itself, before the conversation completes it."""

    text: str
    body: str
    grammar: Grammar
    tokens: tuple[Token, ...]
    asked: Asked
    kind: Kind
    topic: str
    window: Window
    times: tuple[Span, ...]
    connective: bool
    anaphora: bool
    fragment: bool
    order: Order

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
        if not self.connective or not words or any(t.names for t in words):
            return None
        if not self.fragment:
            return self.topic if self.asked.role and not self.times else None
        title = [n for n, t in enumerate(words[:3]) if self.grammar.titles.fullmatch(t.text)]
        led = words[0].lower in self.grammar.prepositions
        if led or not title or any(t.lower in self.grammar.clause_words for t in words):
            return None
        return self.body[words[0].span.start : words[-1].span.end]

    def points_back(self) -> bool:
        """Whether a word stands for something that an earlier question named: "it", "davon"."""
        return any(t.lower in self.grammar.pointers for t in self.tokens)

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
    text: str, language: Language, known: Sequence[str], today: date, near: Window | None
) -> Reading:
    """The question by itself: its speakers, times, kind and topic."""
    grammar = GRAMMARS[language]
    body = text[:_READ_LETTERS]
    names = _clip(find_names(body, known), body, grammar) if known else []
    window, times = find_window(_mask(body, names), today, language=language, near=near)
    order = _read_order(body, times, grammar)
    connective = grammar.connective.match(body)
    start = connective.end() if connective else 0
    request = grammar.request.match(body, start)
    start = request.end() if request else start
    tokens = split_tokens(body, names, times, start)
    reader = SpeakerReader(grammar, body)
    kind, asked = _read_kind(tokens, reader, body[start:])
    topic = _read_topic(body, tokens, asked, reader, kind)
    verb = reader.find_verb(tokens)
    words = [t for t in tokens if not t.timed]
    asks = any(t.lower in grammar.question_words or t.lower in grammar.auxiliaries for t in words)
    content = [t for t in words if not grammar.is_function_word(t.lower)]
    led = bool(words) and words[0].lower in grammar.prepositions
    longest = _LONG_FRAGMENT if connective else 2  # in content words
    fragment = len(content) <= longest + 2 * led and verb is None and not (asks and content)
    return Reading(
        text=text, body=body, grammar=grammar, tokens=tuple(tokens), asked=asked, kind=kind,
        topic=topic, window=window, times=tuple(times), connective=connective is not None,
        anaphora=any(t.lower in grammar.anaphora for t in tokens), fragment=fragment, order=order,
    )  # fmt: skip


def _clip(names: Sequence[tuple[Span, str]], text: str, grammar: Grammar) -> list[tuple[Span, str]]:
    """The mentions without a function word that looks like an initial ("И Брандт")."""
    clipped = []
    for span, name in names:
        first = span.of(text).split(" ", 1)
        if len(first) == 2 and grammar.is_function_word(first[0].lower()):
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
    if grammar.oldest.search(body):
        return "oldest"
    return "newest" if grammar.newest.search(body) else "relevance"


def _read_kind(tokens: Sequence[Token], reader: SpeakerReader, rest: str) -> tuple[Kind, Asked]:
    """The kind of question, and the speaker where one is asked about."""
    grammar = reader.grammar
    if tokens and _asks_who(tokens, reader):
        cue = reader.find_verb(tokens)
        return "who", Asked(cue_spans=(tokens[cue].span,) if cue is not None else ())
    asked = reader.read(tokens)
    if grammar.when.match(rest):
        return "date", asked
    return ("speaker" if asked.somebody else "fact"), asked


def _asks_who(tokens: Sequence[Token], reader: SpeakerReader) -> bool:
    """Whether the question asks for the speaker: "Who demanded …", "Welche Partei forderte …"."""
    grammar = reader.grammar
    cue = reader.find_verb(tokens)
    if cue is None:
        return False
    if reader.is_passive(tokens, cue):
        return False
    first = tokens[0].lower
    if first in grammar.who:
        # "Who did X accuse" asks for the accused: there X speaks.
        accused = tokens[1].lower in _OBJECT_QUESTION and any(t.names for t in tokens[2:cue])
        return not accused and (cue <= _NEAR or tokens[1].lower in grammar.auxiliaries)
    between = tokens[1:cue]
    behind = tokens[cue + 1 : cue + 2]
    return (
        first in grammar.which
        and 0 < len(between) < _NEAR
        and not any(t.names or t.lower in grammar.auxiliaries for t in (*between, *behind))
    )


def _read_topic(
    body: str, tokens: Sequence[Token], asked: Asked, reader: SpeakerReader, kind: Kind
) -> str:
    """What is left of the question without its speaker, cue, times and question words."""
    grammar = reader.grammar
    gone = [*asked.speaker_spans, *asked.cue_spans]
    if kind in ("date", "who"):
        cue = reader.find_verb(tokens)
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
    trimmed = [_trim(run, grammar) for run in runs]
    parts = [body[run[0].span.start : run[-1].span.end] for run in trimmed if run]
    return " ".join(parts)[:_TOPIC_LETTERS].strip()


def _trim(run: list[Token], grammar: Grammar) -> list[Token]:
    start, end = 0, len(run)
    while start < end and not run[start].names and grammar.is_function_word(run[start].lower):
        start += 1
    while end > start and not run[end - 1].names and grammar.is_function_word(run[end - 1].lower):
        end -= 1
    return run[start:end]
