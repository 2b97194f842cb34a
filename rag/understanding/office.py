"""Speakers that a question names by their office: "the Kremlin spokesman", "die Gewerkschaft"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wortlaut.index.article import Span
from wortlaut.index.lang.grammar import Grammar, read_grammar
from wortlaut.index.lang.offices import read_office
from wortlaut.index.lang.places import find_place, names_place
from wortlaut.index.lang.roles import names_institution, names_relative, role_gender
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language, find_runs, fold, read_function_words
from wortlaut.rag.askedwords import AskedWord, find_bodies, measure_held, read_asked_words
from wortlaut.rag.understanding.namescan import POSSESSIVE, Asked, NameScanner, Token
from wortlaut.rag.understanding.query import Query

Resolve = Callable[[str], Sequence[str]]
_SHORTEST_ACRONYM = 2  # letters
# What may be another's name for a party or a town counts from this likeness on, in a few articles.
_LIKE_ENOUGH = 0.6
_MOST_MEANT = 3
_OPENING = 2  # words: "And what"
_INNER = re.compile(rf" {match_any(read_function_words('office-inner'))} ")
_CASE = re.compile(r"(?:in|s|а|у|ом|е)$")


def resolve_nobody(phrase: str) -> Sequence[str]:
    """Nobody: for archives that know no offices."""
    return ()


@dataclass(frozen=True, slots=True)
class HolderFinder:
    """Says who an office means in a conversation: those already talked about come first.

    `told` are the speakers, each with an office, of the articles that were just quoted: where the
    words tell no more than the role, it is theirs, and so it is where nobody else holds it.
    """

    find_holders: Callable[[str], Sequence[str]] | None
    history: tuple[Query, ...]
    generic: re.Pattern[str]
    contrasts: bool  # "And the minister?" is not whoever was asked about last
    told: Sequence[tuple[str, str]] = ()
    language: Language = "en"

    def resolve(self, phrase: str) -> tuple[str, ...]:
        """The canonical names; none where nobody is known."""
        meant = self._recall(phrase) if " " not in phrase.strip() else ()
        if meant:
            return meant
        holders = tuple(dict.fromkeys(self.find_holders(phrase))) if self.find_holders else ()
        if self.told and (not holders or not _is_specific(phrase)):
            last = self.history[-1].speakers if self.contrasts and self.history else ()
            among = [row for row in self.told if row[0] not in last]
            holders = find_among(phrase, among, self.language) or holders
        if not self.generic.fullmatch(phrase):
            return holders
        past = [name for query in reversed(self.history) for name in query.speakers]
        known = [name for name in past if name in holders]
        return (known[0],) if known else holders or self._recall_named()

    def _recall(self, title: str) -> tuple[str, ...]:
        """Whom the conversation called so: "the minister" after "the foreign minister"."""
        wanted = _head(title)
        for past in reversed(self.history):
            if len(past.speakers) == 1 and any(_head(o).endswith(wanted) for o in past.offices):
                return past.speakers
        return ()

    def _recall_named(self) -> tuple[str, ...]:
        """The one person the conversation named, who may well be "the minister"."""
        last = self.history[-1].speakers if self.history else ()
        for past in reversed(self.history):
            if self.contrasts and past.speakers == last:
                continue
            if past.speakers and not past.offices:
                return past.speakers if len(past.speakers) == 1 else ()
        return ()


def find_among(phrase: str, told: Sequence[tuple[str, str]], language: Language) -> tuple[str, ...]:
    """Those of a few speakers, each with an office, whom the phrase asks for, in any language.

    Where so few are meant, an office need not say its country, and a party may be its leader.
    """
    asked = read_office(phrase)
    if not asked.head:
        return ()
    fields = {word for word in asked.words if word.startswith("#")}
    proper = [word for word in phrase.split() if _is_plain(word) and read_office(word).words]
    words = [word for text in proper for word in read_asked_words(f"x {text}", language)]
    found: dict[str, float] = {}
    for speaker, text in told:
        office = read_office(text)
        concepts = {office.head, *office.words}
        fits = office.head == asked.head or (asked.is_institution and asked.head in concepts)
        apart = asked.places and office.places and asked.places.isdisjoint(office.places)
        if fits and not apart and fields <= concepts:
            sounds = [word for word in concepts if not word.startswith("#")]
            found[speaker] = max(found.get(speaker, 0.0), _compare(words, text, sounds))
    best = max(found.values(), default=0.0)
    if words and best < _LIKE_ENOUGH:
        return ()
    chosen = tuple(speaker for speaker, like in found.items() if like == best)
    return chosen if len(chosen) <= _MOST_MEANT else ()


def _compare(words: Sequence[AskedWord], text: str, sounds: Sequence[str]) -> float:
    """How well the office's text holds the words asked for: the share, by sense or by sound."""
    if not words:
        return 1.0
    (held,) = measure_held(words, [text])
    others = find_runs(fold(text))
    likes = [
        max(
            share,
            *(_ratio(a, b) for a in word.sounds for b in sounds),
            *(_ratio(word.folded, other) for other in others),
        )
        for word, share in zip(words, held, strict=True)
    ]
    return sum(likes) / len(likes)


def _ratio(a: str, b: str) -> float:
    from rapidfuzz import fuzz

    return fuzz.ratio(a, b) / 100


def is_somebody(phrase: str, query: Query) -> bool:
    """Whether words that name a query's speaker are for one who has to speak himself, known or not.

    An office, a relative, an organisation or a party of which it is asked what it said; not a
    people, "the Americans".
    """
    words = phrase.split()
    if read_office(phrase).head or any(names_relative(word.lower()) for word in words):
        return True
    opening = {word.lower() for word in find_runs(query.question.lower())[:_OPENING]}
    if not query.follows and opening.isdisjoint(read_grammar(query.language).what):
        return False
    return _is_body(phrase, query.language) or all(_is_body(w, query.language) for w in words)


def _is_body(text: str, language: Language) -> bool:
    """Whether the text is an organisation's or a party's name, or an abbreviation, no country's."""
    for typed in (text, text.capitalize()):
        if any(len(span) == len(text) for span, _ in find_bodies(typed, language)):
            return True
    return text.isupper() and text.isalpha() and len(text) > 1 and find_place(text.lower()) is None


def _is_plain(word: str) -> bool:
    """Whether the word is no part of an office, no place and no function word: a name, perhaps."""
    office = read_office(word)
    concepts = any(concept.startswith("#") for concept in office.words)
    return not office.head and not office.places and not concepts


def _is_specific(phrase: str) -> bool:
    """Whether the words say whose office it is."""
    office = read_office(phrase)
    return bool(office.places or any(not word.startswith("#") for word in office.words))


@dataclass(frozen=True, slots=True)
class OfficeReader:
    """Finds the offices in a run of tokens, and who holds them."""

    grammar: Grammar
    text: str
    scanner: NameScanner
    resolve: Resolve = resolve_nobody

    def complete(self, asked: Asked, run: Sequence[Token], *, sure: bool = True) -> Asked:
        """What was asked, with the holders of the offices in `run` as speakers.

        Not `sure` that the run names a speaker at all, an office counts only if somebody holds it.
        """
        for part in self._split(run):
            asked = self._add(asked, part, sure)
        return asked

    def find_phrase(self, run: Sequence[Token]) -> list[Span]:
        """The office that `run` opens with, as spans from the longest to the shortest reading."""
        start = self._skip(run, 0)
        ends = list(self._ends(run, start))
        spans = []
        for end in reversed(ends):
            last = run[end - 1]
            suffix = POSSESSIVE.search(last.text)
            stop = last.span.end - (len(suffix[0]) if suffix else 0)
            spans.append(Span(run[start].span.start, stop))
        return spans

    def may_speak(self, token: Token) -> bool:
        """Whether a word is for somebody, or a body, that speaks: an office, a relative, a party."""
        if self.scanner.is_role(token):
            return True
        if token.names or self.scanner.flat or self.grammar.is_function_word(token.lower):
            return False
        return names_relative(token.lower) or _is_body(token.text, self.grammar.language)

    def _add(self, asked: Asked, run: Sequence[Token], sure: bool) -> Asked:
        spans = self.find_phrase(run)
        if not spans:
            return asked
        inside = [t for t in run if t.span.start < spans[0].end and t.span.start >= spans[0].start]
        mine = inside[0].lower in self.grammar.possessives  # "her spokesman"
        role = any(self.scanner.is_role(t) or (mine and names_relative(t.lower)) for t in inside)
        role = role or (sure and asked.role and any(self._is_proper(t) for t in inside))
        if _names_directly(asked, inside):
            return asked
        named = self._named_behind(inside)
        if named:
            asked = replace(asked, role=False, speaker_spans=(*asked.speaker_spans, spans[0]))
            return replace(asked, names=tuple(dict.fromkeys((*asked.names, *named))))
        owners = {name for t in inside for name in t.names}
        # "Bundeskanzler Borvik" is no other chancellor.
        strangers = [t for t in run if not t.names and self._is_led_name(asked, t, run)]
        spans = [s for s in spans if all(t.span.overlap(s) for t in strangers)]
        for span in () if mine or not (role or asked.unknown) else spans:
            holders = tuple(n for n in self.resolve(span.of(self.text)) if n not in owners)
            if holders:
                return self._name(asked, span, run, holders)
        if not (sure and role and spans) or (asked.unknown and not owners):
            return asked
        return replace(
            asked, role=not asked.names, offices=(*asked.offices, spans[-1].of(self.text))
        )

    def _is_led_name(self, asked: Asked, token: Token, run: Sequence[Token]) -> bool:
        """Whether a word is part of an unknown name, right behind the title that introduces it."""
        words = {word for name in asked.unknown for word in name.split()}
        before = [t for t in run if t.span.end <= token.span.start]
        while before and before[-1].text in words:
            before.pop()
        if token.text not in words or not before or role_gender(before[-1].lower) is None:
            return False
        german = self.grammar.language == "de"
        role = self.scanner.is_role(token) or (german and names_institution(token.lower))
        return german and not role and not names_place(token.lower)

    def _named_behind(self, inside: Sequence[Token]) -> tuple[str, ...]:
        """Whom "Secretary of State Borvik" names, behind all the office's words."""
        first = len(inside)
        while first and inside[first - 1].names:
            first -= 1
        if not 0 < first < len(inside):
            return ()
        before, grammar = inside[first - 1], self.grammar
        bound = before.lower in grammar.links | grammar.places | grammar.genitives
        bound = bound or POSSESSIVE.search(before.text) is not None
        led = any(t.lower in grammar.links | grammar.genitives for t in inside[:first])
        if grammar.language == "ru" or bound or not led or self.scanner.is_role(before):
            return ()
        return inside[first].names

    def _name(
        self, asked: Asked, span: Span, run: Sequence[Token], holders: tuple[str, ...]
    ) -> Asked:
        """What was asked with `holders` for the office at `span`, its articles taken in."""
        before = [t for t in run if t.span.end <= span.start]
        first = before[0].span.start if before else span.start
        named = Span(first, span.end)
        kept = [rest for s in asked.speaker_spans for rest in _cut(s, named)]
        return replace(
            asked,
            names=tuple(dict.fromkeys((*asked.names, *holders))),
            unknown=tuple(u for u in asked.unknown if u not in span.of(self.text)),
            pronoun=None,
            role=False,
            speaker_spans=(*kept, named),
            offices=(*asked.offices, span.of(self.text)),
        )

    def _split(self, run: Sequence[Token]) -> Iterator[list[Token]]:
        """The run in parts: at "and" where a name or another office follows."""
        part: list[Token] = []
        for n, token in enumerate(run):
            if token.lower in self.grammar.conjunctions and not token.names:
                after = run[self._skip(run, n + 1) :][:3]
                if any(t.names or self.scanner.is_role(t) for t in after):
                    yield part
                    part = []
                    continue
            part.append(token)
        yield part

    def _skip(self, run: Sequence[Token], n: int) -> int:
        """Where the words begin that are not articles or fillers."""
        possessives = self.grammar.possessives
        while n < len(run) and not run[n].names:
            low = run[n].lower
            passed = low in self.grammar.articles or low in self.grammar.fillers
            if not passed or low in possessives or low in self.grammar.states:
                break
            n += 1
        return n

    def _ends(self, run: Sequence[Token], start: int) -> Iterator[int]:
        """Where the phrase from `start` may end, shortest first."""
        grammar = self.grammar
        n, led, role = start, False, False
        while n < len(run) and not self._stops(run, n, start, role and not led, led):
            token, low = run[n], run[n].lower
            linking = role and not led and low in grammar.links | grammar.places
            if linking and self._may_drop(run, n):
                yield n
            apart = role and not led and not linking and self._stands_apart(token)
            # "die Staatsanwaltschaft München" is no other's.
            if apart and not (names_place(token.lower) and self.scanner.is_role(run[n - 1])):
                yield n
            if apart and not self._may_belong(token):
                return
            led = linking or low in grammar.articles
            role = role or self.scanner.is_role(token) or token.text.isupper()
            n += 1
        while n > start and not run[n - 1].names and grammar.is_function_word(run[n - 1].lower):
            n -= 1
        if n > start:
            yield n

    def _stops(self, run: Sequence[Token], n: int, start: int, open_: bool, led: bool) -> bool:
        """Whether the phrase ends before token `n`; `open_`: a preposition may go on with it."""
        grammar, token, low = self.grammar, run[n], run[n].lower
        gap = self.text[run[n - 1].span.end : token.span.start] if n > start else ""
        if token.timed or gap.strip() or self._closes(token, n == start):
            return True
        if open_ and low in grammar.links | grammar.places:
            last = n + 1 == len(run) or run[n + 1].timed
            return last or (low in grammar.places and not self._opens_place(run, n + 1))
        if low in grammar.articles:
            return not led and low not in grammar.genitives
        return n > start and not token.names and grammar.is_function_word(low)

    def _may_drop(self, run: Sequence[Token], n: int) -> bool:
        """Whether what the preposition at `n` leads need not be part of the office."""
        low = run[n].lower
        if low in self.grammar.things:
            return True
        # "the ministry in Aldora" is no other country's; "the minister in Aldora" may be there.
        return low in self.grammar.places and self.scanner.is_title(run[n - 1])

    def _closes(self, token: Token, first: bool) -> bool:
        """Whether a word cannot be inside an office."""
        grammar, low = self.grammar, token.lower
        if token.names:
            return False
        if low in grammar.question_words or low in grammar.clause_words or low in grammar.pronouns:
            return True
        verb = grammar.verbs.is_sure(low) or low in grammar.auxiliaries
        return verb and not (first and self.scanner.is_role(token))

    def _is_proper(self, token: Token) -> bool:
        """Whether an institution may be called so: "EU", "the Red Cross"."""
        if self.scanner.flat or len(token.text) < _SHORTEST_ACRONYM:
            return False
        english = self.grammar.language == "en"
        capital = token.text.isupper() or (english and token.text[0].isupper())
        return capital or _is_body(token.text, self.grammar.language)

    def _opens_place(self, run: Sequence[Token], n: int) -> bool:
        token = run[n]
        return bool(token.names) or token.text[0].isupper() or self.scanner.flat

    def _stands_apart(self, token: Token) -> bool:
        """Whether a word behind a German noun may begin another phrase."""
        genitive = token.lower in self.grammar.genitives
        return self.grammar.language == "de" and not token.names and not genitive

    def _may_belong(self, token: Token) -> bool:
        return self.scanner.flat or token.text[0].isupper()


def _cut(span: Span, gone: Span) -> list[Span]:
    """What of `span` lies before and behind `gone`."""
    before = Span(span.start, max(span.start, min(span.end, gone.start)))
    behind = Span(min(span.end, max(span.start, gone.end)), span.end)
    return [part for part in (before, behind) if len(part)]


def _names_directly(asked: Asked, inside: Sequence[Token]) -> bool:
    """Whether the office only introduces a speaker who is named: "Minister Talberg"."""
    spans = asked.speaker_spans
    return bool(asked.names) and any(t.span.overlap(s) for s in spans for t in inside)


def _head(office: str) -> str:
    """The word for the one who holds it: "minister" of "foreign minister of Aldora"."""
    words = _INNER.split(office.lower(), maxsplit=1)[0].split()
    russian = re.search("[а-яё]", office.lower()) is not None
    word = words[0] if russian else words[-1]
    return _CASE.sub("", POSSESSIVE.sub("", word))
