"""Who a question asks about: the speaker in subject position, not a person merely mentioned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.article import Span
from rag.understanding.grammar import Grammar
from rag.understanding.namescan import Asked, NameScanner, Token

_POSSESSIVE = re.compile(r"['’]s?$")
_PLURAL_AUXILIARIES = frozenset(["haben", "hatten", "wollen", "wollten", "sollen"])


@dataclass(slots=True)
class SpeakerReader:
    """Reads the speaker out of a question's tokens by one language's grammar."""

    grammar: Grammar
    text: str
    scanner: NameScanner = field(init=False)

    def __post_init__(self) -> None:
        self.scanner = NameScanner(self.grammar, self.text)

    def read(self, tokens: Sequence[Token]) -> Asked:
        """The speaker asked about, from the strongest sign to the weakest."""
        attributed = self._attribution(tokens)
        if attributed.anybody:
            return attributed
        amount = self.grammar.amount.match(self.text) is not None
        for verbs in (self.grammar.verbs, self.grammar.weak_verbs)[: 1 if amount else 2]:
            cue = self.find_verb(tokens, verbs)
            if cue is not None:
                asked = self._subject(tokens, cue)
                if verbs is self.grammar.weak_verbs and asked.unknown:
                    asked = Asked(asked.names, speaker_spans=asked.speaker_spans)
                if asked.anybody or verbs is self.grammar.verbs:
                    by_noun = Asked() if asked.anybody else self._by_noun(tokens)
                    return by_noun if by_noun.anybody else self._with_cue(asked, tokens[cue])
        by_noun = self._by_noun(tokens)
        return by_noun if by_noun.anybody else self._keywords(tokens)

    def find_verb(
        self, tokens: Sequence[Token], verbs: re.Pattern[str] | None = None
    ) -> int | None:
        """The first verb of saying, by its index; nouns of the same form do not count."""
        verbs = verbs or self.grammar.verbs
        for n, token in enumerate(tokens):
            if token.names or token.timed or not verbs.fullmatch(token.text):
                continue
            noun = n > 0 and (token.text[0].isupper() and not self.scanner.flat)
            noun = noun or (n > 0 and tokens[n - 1].lower in self.grammar.articles)
            behind = {t.lower for t in tokens[n + 1 :]}
            alone = any(
                verb.fullmatch(token.text) and not needs & behind
                for verb, needs in self.grammar.separable
            )
            if not noun and not alone:
                return n
        return None

    def is_passive(self, tokens: Sequence[Token], cue: int) -> bool:
        """Whether the verb at `cue` is a passive participle: "was X accused"."""
        if tokens[cue].lower.endswith("ing"):
            return False
        return any(
            t.lower in self.grammar.passive for t in (*tokens[:cue], *tokens[cue + 1 : cue + 2])
        )

    def _with_cue(self, asked: Asked, cue: Token) -> Asked:
        return replace(asked, cue_spans=(*asked.cue_spans, cue.span))

    def _subject(self, tokens: Sequence[Token], cue: int) -> Asked:
        """The subject of the verb at `cue`: before it after the auxiliary, else right behind it."""
        grammar = self.grammar
        start, auxiliary = 0, ""
        for n in range(cue):
            lower = tokens[n].lower
            if tokens[n].names or tokens[n].timed:
                continue
            if lower in grammar.auxiliaries or (n <= 2 and lower in grammar.question_words):
                start, auxiliary = n + 1, lower
                if lower in grammar.auxiliaries:
                    break
        if self.is_passive(tokens, cue):
            return self._agent(tokens)
        finite = auxiliary if auxiliary in grammar.auxiliaries else tokens[cue].lower
        plural = finite in _PLURAL_AUXILIARIES or (
            finite == tokens[cue].lower and finite[-1] == "n"
        )
        before = self.scanner.scan(tokens[start:cue], plural)
        if start == 1 and tokens[0].lower in self.grammar.which - self.grammar.what:
            before = replace(before, unknown=())  # "Which NASA team supported …"
        if before.names or before.unknown or before.pronoun:
            return before
        behind = self.scanner.scan(tokens[cue + 1 :], plural)
        if not any(t.lower in grammar.question_words for t in tokens[:cue]):
            # "Fordert Russland …?" may be answered by anybody.
            behind = replace(behind, unknown=(), role=bool(behind.unknown) or behind.role)
        if behind.anybody or before.role:
            return behind if behind.names or not before.role else before
        agent = self._agent(tokens)
        return agent if agent.anybody else self._ungoverned(tokens)

    def _agent(self, tokens: Sequence[Token]) -> Asked:
        """The agent of a passive: "said by X", "von X gesagt"."""
        for n, token in enumerate(tokens[:-1]):
            if token.lower in ("by", "von") and tokens[n + 1].names:
                return self.scanner.scan(tokens[n + 1 :])
        return Asked()

    def _ungoverned(self, tokens: Sequence[Token]) -> Asked:
        """The first known name that no preposition governs."""
        for n, token in enumerate(tokens):
            if token.names and not self.scanner.is_governed(tokens, n):
                return self.scanner.scan(tokens[n:])
        return Asked()

    def _attribution(self, tokens: Sequence[Token]) -> Asked:
        """ "according to X", "laut X", "X zufolge", "по словам X"."""
        match = self.grammar.attribution.search(self.text)
        if match is not None:
            behind = [t for t in tokens if t.span.start >= match.end()]
            asked = self.scanner.scan(behind)
            german = self.grammar.language == "de"
            if german and asked.unknown and " " not in asked.unknown[0]:
                asked = Asked(role=True)  # "laut Vertrag" is far more common than an unknown name
            return replace(asked, cue_spans=(Span(*match.span()),))
        for n, token in enumerate(tokens):
            if token.lower == "zufolge" and n:
                first = next((k for k in range(n) if tokens[k].names), n - 1)
                return self._with_cue(self.scanner.scan(tokens[first:n]), token)
        return Asked()

    def _by_noun(self, tokens: Sequence[Token]) -> Asked:
        """ "X's position", "die Haltung von X", "позиция X", "welche Forderungen stellte X"."""
        for n, token in enumerate(tokens):
            if token.names or not self.grammar.nouns.fullmatch(token.text):
                continue
            asked = self._possessor(tokens, n)
            if not asked.anybody:
                asked = self._holder(tokens, n)
            if asked.anybody:
                return self._with_cue(asked, token)
        return Asked()

    def _possessor(self, tokens: Sequence[Token], noun: int) -> Asked:
        """The genitive before a noun, over at most two adjectives."""
        last = noun - 1
        while last > max(noun - 4, 0) and not (
            tokens[last].names
            or self.scanner.is_capital(tokens[last])
            or self._ends_possessive(last, tokens)
        ):
            last -= 1
        if last < 0 or self.scanner.is_governed(tokens, last):
            return Asked()
        first = last
        conjunctions = self.grammar.conjunctions
        while first > 0 and (
            tokens[first - 1].names
            or self.scanner.is_title(tokens[first - 1])
            or self.scanner.is_capital(tokens[first - 1])
            or (tokens[first - 1].lower in conjunctions and first > 1 and tokens[first - 2].names)
        ):
            first -= 1
        if not tokens[last].names and not self._ends_possessive(last, tokens):
            return Asked()
        asked = self.scanner.scan(tokens[first : last + 1])
        return replace(asked, unknown=tuple(_strip_genitive(u) for u in asked.unknown), role=False)

    def _ends_possessive(self, n: int, tokens: Sequence[Token]) -> bool:
        token = tokens[n]
        if _POSSESSIVE.search(token.text):
            return True
        german = self.grammar.language == "de"
        # "Borviks Haltung", but not "des Ministers Haltung" or the plural of a common noun.
        return german and self.scanner.is_capital(token) and token.text.endswith("s")

    def _holder(self, tokens: Sequence[Token], noun: int) -> Asked:
        """The one named behind a noun: "position of X", "Welche Haltung hat X"."""
        rest = list(tokens[noun + 1 :])
        linked = bool(rest) and rest[0].lower in ("of", "by", "from", "von")
        if linked:
            rest = rest[1:]
        asked = self.scanner.scan(rest)
        genitive = bool(rest) and self.scanner.is_capital(rest[0]) and self.grammar.language == "ru"
        if asked.names or (asked.unknown and (linked or genitive)):
            return replace(asked, role=False)
        return Asked(pronoun=asked.pronoun) if asked.pronoun else Asked()

    def _keywords(self, tokens: Sequence[Token]) -> Asked:
        """ "Talberg guarantees 2022": a few words, no clause, one of them a known name."""
        grammar = self.grammar
        words = [t for t in tokens if not t.timed]
        clause = any(
            t.lower in grammar.question_words or t.lower in grammar.auxiliaries
            for t in words
            if not t.names
        )
        return Asked() if clause or len(words) > 8 else self._ungoverned(tokens)


def _strip_genitive(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") and len(name) > 3 else name
