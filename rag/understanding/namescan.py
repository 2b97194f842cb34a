"""Names in a question's words: known people, and capitalised ones that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from wortlaut.index.article import Span
from wortlaut.index.lang.grammar import Grammar
from wortlaut.index.lang.names import is_declined
from wortlaut.index.lang.roles import names_institution, role_gender
from wortlaut.index.lang.words import read_typed_words

POSSESSIVE = re.compile(r"['’]s?$")
ANYBODY = frozenset(
    """
    people everyone everybody anyone anybody someone somebody experts critics leute alle jemand
    man experten kritiker люди все кто-то эксперты критики nobody keiner никто
    """.split()
)
_LONGEST_NAME = 4  # words
_MOST_BEFORE_OFFICE = 2  # small words


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the question; `names` are the known people it stands for."""

    span: Span
    text: str
    names: tuple[str, ...] = ()
    mention: Span | None = None
    timed: bool = False
    acted_on: bool = False  # a person's name, but not the subject's: "призвал Боша"

    @property
    def lower(self) -> str:
        """The word in lower case."""
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question says of its speaker; the spans are the words that say it."""

    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    pronoun: Span | None = None
    role: bool = False  # "the minister", "Experten": somebody, but no name
    speaker_spans: tuple[Span, ...] = ()
    cue_spans: tuple[Span, ...] = ()
    offices: tuple[str, ...] = ()  # words that name the speaker without a name

    @property
    def anybody(self) -> bool:
        """Whether the question has a speaker at all, named or not."""
        return self.somebody or self.role

    @property
    def somebody(self) -> bool:
        """Whether the speaker is named, or meant by a pronoun."""
        return bool(self.names or self.unknown or self.pronoun)


def split_tokens(
    text: str, names: Sequence[tuple[Span, str]], times: Sequence[Span], start: int = 0
) -> list[Token]:
    """The words from `start` on, each with the known names and times that cover it."""
    tokens = []
    for word in read_typed_words(text, start):
        span = Span(word.start, word.end)
        covering = [(s, name) for s, name in names if s.overlap(span)]
        tokens.append(
            Token(
                span,
                word.text,
                tuple(dict.fromkeys(name for _, name in covering)),
                covering[0][0] if covering else None,
                any(s.overlap(span) for s in times),
            )
        )
    return tokens


@dataclass(slots=True)
class _Phrase:
    """What a scan has met so far."""

    names: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    first: int | None = None  # where titles before the name begin, as a text offset
    article: bool = False
    title: bool = False
    thing: bool = False  # a common noun stands before: "защитника Пэнтерс" is no subject
    role: bool = False
    aide: bool = False
    relation: bool = False  # "der Sprecher des Ministers": whoever is named next is another

    def name(self, span: Span, known: Sequence[str], typed: str) -> None:
        """Take in one name, with the titles before it."""
        if known:
            self.names += [name for name in known if name not in self.names]
        else:
            self.unknown.append(POSSESSIVE.sub("", typed))
        self.spans.append(Span(span.start if self.first is None else self.first, span.end))
        self.first, self.article, self.title = None, False, False

    def begin(self, token: Token) -> None:
        """Note that the titles before a name begin here, unless they have begun before."""
        self.first = token.span.start if self.first is None else self.first

    def asked(self) -> Asked:
        """The names, or else whether somebody without a name was met."""
        role = self.role and not self.names and not self.unknown
        return Asked(tuple(self.names), tuple(self.unknown), None, role, tuple(self.spans))


@dataclass(slots=True)
class NameScanner:
    """Finds the names, known or not, that a run of tokens begins with, by one grammar."""

    grammar: Grammar
    text: str
    flat: bool = field(init=False)

    def __post_init__(self) -> None:
        # Without a difference of case a capital says nothing, and names are told by position only.
        self.flat = self.text.islower() or self.text.isupper()

    def scan(self, tokens: Sequence[Token], plural: bool = False) -> Asked:
        """The first name or names, up to a preposition or a new clause.

        `plural` says that the verb is: then a lone capitalised noun is "experts", no name.
        """
        phrase = _Phrase()
        n = 0
        while n < len(tokens):
            token = tokens[n]
            if self._ends_phrase(token):
                apposed = (
                    self._find_apposed(tokens, n) if phrase.role and not phrase.names else None
                )
                if apposed is None:
                    break
                n = apposed
                continue
            end = n if token.timed else self._run_end(tokens, n)
            if end > n:
                follow = self._take(phrase, tokens, n, end, plural)
                if follow is None:
                    break
                n = follow
                continue
            if token.lower in self.grammar.pronouns:
                return phrase.asked() if phrase.names else Asked(pronoun=token.span)
            self._pass(phrase, token)
            n += 1
        if len(phrase.names) == len(phrase.spans) == 1:
            end = phrase.spans[0].end
            phrase.spans += self._find_home(tokens, end) or self._find_apposition(tokens, end)
        return phrase.asked()

    def _find_apposed(self, tokens: Sequence[Token], n: int) -> int | None:
        """Where the name stands, between commas, whose office goes on at `n`: "of Y, X, said"."""
        for k in range(n + 1, len(tokens)):
            if not self._is_apart(tokens, k):
                continue
            end = self._run_end(tokens, k) if tokens[k].names and not tokens[k].timed else k
            return k if end > k and (end == len(tokens) or self._is_apart(tokens, end)) else None
        return None

    def _find_apposition(self, tokens: Sequence[Token], end: int) -> list[Span]:
        """The office between commas behind a name that ends there: "X, the spokesman of Y,"."""
        first = next((k for k, t in enumerate(tokens) if t.span.start >= end), None)
        if not first or not self._is_apart(tokens, first):
            return []
        last = next((k for k in range(first + 1, len(tokens)) if self._is_apart(tokens, k)), None)
        if last is None and self.grammar.language != "en":
            return []
        inside = tokens[first:last]
        if any(t.names for t in inside) or not any(self.is_role(t) for t in inside):
            return []
        return [Span(inside[0].span.start, inside[-1].span.end)]

    def _find_home(self, tokens: Sequence[Token], end: int) -> list[Span]:
        """The institution that somebody is of whose name ends there: "X из Y", "X of Y"."""
        first = next((k for k, t in enumerate(tokens) if t.span.start >= end), None)
        if not first or self.flat or tokens[first].lower not in self.grammar.homes:
            return []
        last = self._run_end(tokens, first + 1) if first + 1 < len(tokens) else 0
        home = last > first + 1 and not self._is_apart(tokens, first)
        return [Span(tokens[first].span.start, tokens[last - 1].span.end)] if home else []

    def _is_apart(self, tokens: Sequence[Token], k: int) -> bool:
        """Whether a comma stands before token `k`."""
        return k > 0 and "," in self.text[tokens[k - 1].span.end : tokens[k].span.start]

    def is_declined(self, tokens: Sequence[Token]) -> bool:
        """Whether the words of a known name show, in Russian, that it is no subject: "Боша"."""
        if self.grammar.language != "ru":
            return False
        names = tokens[0].names
        return bool(names) and all(any(is_declined(t.text, n) for t in tokens) for n in names)

    def is_title(self, token: Token) -> bool:
        """Whether the word is a title or office."""
        return not token.names and self.grammar.titles.fullmatch(token.text) is not None

    def _is_modifier(self, token: Token) -> bool:
        """Whether the word is part of a title, but none alone: "energy", "deputy"."""
        low = POSSESSIVE.sub("", token.lower)
        return self.grammar.modifiers.fullmatch(low) is not None

    def is_role(self, token: Token) -> bool:
        """Whether the word is one for somebody, or some body, that speaks by office."""
        low = POSSESSIVE.sub("", token.lower)
        grammar = self.grammar
        if token.names or low in ANYBODY or self._is_modifier(token):
            return False
        if grammar.titles.fullmatch(low) or grammar.bodies.fullmatch(low):
            return True
        if grammar.language == "ru" or grammar.is_function_word(low):
            return False
        return role_gender(low) is not None or names_institution(low)

    def is_capital(self, token: Token) -> bool:
        """Whether the word may be a name by its capital."""
        capital = not self.flat and token.text[0].isupper()
        return capital and not self.grammar.is_function_word(token.lower)

    def is_governed(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether the phrase that ends at token `n` opens with a preposition."""
        while n > 0:
            n -= 1
            token = tokens[n]
            if token.lower in self.grammar.prepositions and not token.names:
                return True
            inside = token.names or self.is_title(token) or token.lower in self.grammar.articles
            if not inside and token.lower not in self.grammar.conjunctions:
                return False
        return False

    def _ends_phrase(self, token: Token) -> bool:
        return not (token.names or token.timed) and (
            token.lower in self.grammar.prepositions or token.lower in self.grammar.clause_words
        )

    def _take(
        self, phrase: _Phrase, tokens: Sequence[Token], n: int, end: int, plural: bool
    ) -> int | None:
        """Take in the run `n:end`; where to go on, `None` when the phrase is complete."""
        known, more = tokens[n].names, self._continues(tokens, end)
        possessive = POSSESSIVE.search(tokens[end - 1].text)
        owner = possessive or (known and _ends_genitive(tokens[end - 1]))
        behind = self._find_owned(tokens, end) if owner else None
        if behind is not None:
            phrase.role = True  # "Talberg's spokesman" is not Talberg
            if not self._names_owned(tokens, behind):
                return None
            phrase.begin(tokens[n])
            return behind
        apart = self._is_apart(tokens, n)
        apposed = apart and phrase.role
        if apart and end < len(tokens) and not self._is_apart(tokens, end):
            phrase.first = None  # "the president, Talberg and Brandt"
        if known and not phrase.names and not apposed and self._is_served(phrase, tokens[n:end]):
            phrase.role = True
            return None
        if not known:
            if end < len(tokens) and self.is_title(tokens[end]):
                phrase.role = True  # "Palace spokesman", "Norvian minister", "Energy Minister"
                phrase.begin(tokens[n])
                return end
            alone = not (more or phrase.unknown or phrase.names)
            common = phrase.article or phrase.thing or (plural and alone and end == n + 1)
            typed = self.text[tokens[n].span.start : tokens[end - 1].span.end]
            institution = typed.isupper() and not self.flat  # "NATO" speaks through many people
            if (common or institution) and not phrase.title:
                phrase.role = True
                return end
            if end < len(tokens) and tokens[end].names and not tokens[end].timed:
                # "Chefunterhändler Talberg": a title that is not listed.
                phrase.begin(tokens[n])
                return end
        span = Span(tokens[n].span.start, tokens[end - 1].span.end)
        phrase.name(span, known, span.of(self.text))
        return end + (tokens[end].lower in self.grammar.conjunctions) if more else None

    def _pass(self, phrase: _Phrase, token: Token) -> None:
        """Note what a word that is no name says about the name to come."""
        if token.timed:
            return
        if token.acted_on or token.lower in self.grammar.conjunctions:
            phrase.first = None  # what comes is another phrase
            return
        grammar = self.grammar
        if grammar.aides.fullmatch(token.text):
            phrase.aide = True
        if self.is_title(token):
            whole = not self._is_modifier(token)
            nested = phrase.title and whole
            phrase.relation |= nested and grammar.language == "ru" and token.lower[-1] in "аяыи"
            phrase.title = phrase.title or whole
            phrase.role = True
        elif token.lower in self.grammar.articles:
            phrase.relation |= phrase.role and token.lower in grammar.genitives
            phrase.article = True
        elif token.lower in self.grammar.fillers:
            return
        else:
            phrase.thing = not self.grammar.is_function_word(token.lower)
            phrase.role = phrase.role or phrase.thing
            verb = token.lower in grammar.auxiliaries | grammar.question_words
            # An English subject stands in one; in Russian only the titles' genitives belong to it.
            inside = grammar.language == "en" or (grammar.language == "ru" and phrase.title)
            if verb or (not inside and not self._is_modifier(token)):
                phrase.first = None
                return
        phrase.begin(token)

    def _find_owned(self, tokens: Sequence[Token], n: int) -> int | None:
        """One past the office that stands at `n` behind its owner, with the words before it.

        "[Talberg's] spokesman", "[Aldora's] fisheries ministry".
        """
        start = n
        while n < len(tokens) and not self.is_role(tokens[n]):
            token = tokens[n]
            small = token.text[0].islower() and not self.grammar.is_function_word(token.lower)
            if n - start == _MOST_BEFORE_OFFICE or token.names or not small:
                return None
            n += 1
        while n < len(tokens) and self.is_role(tokens[n]):
            n += 1
        return n if n > start and self.is_role(tokens[n - 1]) else None

    def _names_owned(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether the office that ends at `n` leads a name: "Aldora's spokesman Talberg"."""
        if n == len(tokens) or tokens[n].timed:
            return False
        if tokens[n].names:
            return not POSSESSIVE.search(tokens[n].text)
        english = self.grammar.language == "en" and not self._is_apart(tokens, n)
        return english and not self.flat and self.is_capital(tokens[n])

    def _is_served(self, phrase: _Phrase, tokens: Sequence[Token]) -> bool:
        """Whether the name is that of the person whose spokesman or aide was met before it."""
        token = tokens[-1]
        if phrase.relation:
            return True
        if self.grammar.language == "de":
            return phrase.title and _ends_genitive(token)
        if not phrase.aide:
            return False
        if self.is_declined(tokens):
            return True
        if token.lower[-1] in "ауыеиюя":
            return False
        # "представитель Тальберг": a woman's surname has no cases.
        return token.names[0].split()[0][-1] in "aа"

    def _run_end(self, tokens: Sequence[Token], n: int) -> int:
        """One past the last token of the name, known or not, that begins at `n`; `n` for none."""
        end = n
        if tokens[n].names:
            while end < len(tokens) and tokens[end].mention == tokens[n].mention:
                end += 1
            return end
        while end < len(tokens) and self._may_name(tokens[end]):
            apart = end > n and self.text[tokens[end - 1].span.end : tokens[end].span.start].strip()
            if apart:
                break
            end += 1
        return end if end - n <= _LONGEST_NAME else n

    def _may_name(self, token: Token) -> bool:
        """Whether a word that is no known name may be part of an unknown one."""
        if token.names or token.timed or token.acted_on or self.is_title(token):
            return False
        if not self.flat:
            body = self.grammar.language == "de" and names_institution(token.lower)
            return self.is_capital(token) and not body
        return not (
            token.lower in ANYBODY
            or self.grammar.is_function_word(token.lower)
            or self.grammar.verbs.is_sure(token.text)
            or token.text[0].isdigit()
        )

    def _continues(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether another name follows: after "and", or after a comma."""
        if end >= len(tokens):
            return False
        if tokens[end].lower in self.grammar.conjunctions and end + 1 < len(tokens):
            after = tokens[end + 1]
            return bool(after.names) or self.is_capital(after) or self.is_title(after)
        gap = self.text[tokens[end - 1].span.end : tokens[end].span.start]
        return gap.strip() == "," and bool(tokens[end].names)


def _ends_genitive(token: Token) -> bool:
    """Whether a known name is written with a genitive -s of its own: "Talbergs"."""
    return token.lower.endswith("s") and not token.names[0].lower().endswith("s")
