"""The verb of saying in a question: which word asks for a speaker, and with what around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wortlaut.index.lang.grammar import Grammar
from wortlaut.index.lang.speech import HAVE
from wortlaut.index.lang.verbs import AskingForm
from wortlaut.rag.understanding.namescan import NameScanner, Token

# From the strongest sign of a speaker to the weakest, as verbs have them; "will" says least.
Sign = Literal["sure", "weak", "known", "modal"]
SIGNS: tuple[Sign, ...] = ("sure", "weak", "known", "modal")
_POSSESSIVE = re.compile(r"['’]s?$")
_STATES = frozenset(["ist", "sind", "war", "waren"])
_FUTURE = frozenset(["wird", "werden"])


@dataclass(frozen=True, slots=True)
class CueFinder:
    """Finds the verbs of saying in a question's tokens by one language's grammar."""

    grammar: Grammar
    text: str
    scanner: NameScanner

    def find(self, tokens: Sequence[Token], sign: Sign = "sure") -> int | None:
        """The first verb of saying that is such a sign; nouns of the same form do not count."""
        for n, token in enumerate(tokens):
            if token.names or token.timed or self._is_noun(tokens, n):
                continue
            forms = self.grammar.verbs.read(token.text)
            counts = any(self._counts(tokens, n, form, sign) for form in forms)
            counts = counts or (sign == "sure" and self._compares(tokens, n))
            if counts and not self._asks_us(tokens, n):
                return n
        return None

    def is_passive(self, tokens: Sequence[Token], cue: int) -> bool:
        """Whether the verb at `cue` is a passive participle: "was X accused"."""
        grammar, word = self.grammar, tokens[cue]
        if word.lower.endswith("ing") or grammar.agrees(word.text):
            return False
        shapes = {form.shape for form in grammar.verbs.read(word.text)}
        if grammar.language == "de" and shapes:
            future = "plain" in shapes and any(t.lower in _FUTURE for t in tokens[:cue])
            if future or "participle" not in shapes:
                return False  # "Was wird X sagen" asks for what is to come
        start = 0
        for n in range(cue):
            # "What is it that X said": the auxiliary is another clause's.
            opens = tokens[n].lower in grammar.clause_words and not tokens[n].names
            if opens and any(t.names for t in tokens[n:cue]):
                start = n
        near = (*tokens[start:cue], *tokens[cue + 1 : cue + 2])
        return any(t.lower in grammar.passive for t in near)

    def find_particle(self, tokens: Sequence[Token], n: int, particle: str) -> int | None:
        """Where the particle of the verb at `n` stands: at the end of its clause, by its index.

        A particle that may be a preposition or an article closes the clause only where nothing
        follows that it could govern.
        """
        grammar = self.grammar
        plain = particle not in grammar.prepositions | grammar.articles
        for k in range(n + 1, len(tokens)):
            if tokens[k].names or tokens[k].lower != particle:
                continue
            if plain or k + 1 == len(tokens) or tokens[k + 1].timed:
                return k
            after = tokens[k + 1]
            apart = self.text[tokens[k].span.end : after.span.start].strip()
            closed = grammar.prepositions | grammar.clause_words | grammar.conjunctions
            if apart or after.lower in closed | grammar.question_words:
                return k
        return None

    def list_parts(self, tokens: Sequence[Token], cue: int) -> set[int]:
        """The words that are the verb at `cue`: itself and the particle that belongs to it."""
        particles = {form.particle for form in self.grammar.verbs.read(tokens[cue].text)} - {""}
        found = {self.find_particle(tokens, cue, particle) for particle in particles}
        return {cue, *(n for n in found if n is not None)}

    def _is_noun(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether a word stands as nouns do: with a capital of its own, or behind an article."""
        if not n:
            return False
        capital = tokens[n].text[0].isupper() and not self.scanner.flat
        return capital or tokens[n - 1].lower in self.grammar.articles

    def _counts(self, tokens: Sequence[Token], n: int, form: AskingForm, sign: Sign) -> bool:
        """Whether a reading of token `n` asks for a speaker, with what it needs around it."""
        modal = form.strength == "weak" and tokens[n].lower in self.grammar.auxiliaries
        own = "modal" if modal else "sure" if form.strength == "agree" else form.strength
        if own != sign:
            return False
        if form.strength == "agree" and tokens[0].lower in self.grammar.what:
            return False  # "What did they agree on"
        state = form.shape == "participle" and sign == "known" and not form.moves
        if state and any(t.lower in _STATES for t in tokens[:n]):
            return False  # "Wer ist ausgeschlossen" tells what became of him
        return self._is_complete(tokens, n, form)

    def _is_complete(self, tokens: Sequence[Token], n: int, form: AskingForm) -> bool:
        """Whether a reading of token `n` has around it what it needs to be this verb."""
        if form.particle and self.find_particle(tokens, n, form.particle) is None:
            return False
        first = 0 if form.shape == "participle" else n + 1
        if form.beside and form.beside.isdisjoint(t.lower for t in tokens[first:]):
            return False
        return not form.noun or self._stands_as_verb(tokens, n, form)

    def _stands_as_verb(self, tokens: Sequence[Token], n: int, form: AskingForm) -> bool:
        """Whether an English word that may be a noun is the verb: "did X report", "X reports"."""
        grammar, before = self.grammar, tokens[n - 1] if n else None
        if before is None or _POSSESSIVE.search(before.text):
            return False
        if form.shape == "third":
            k = n - 1
            while k and tokens[k].lower.endswith("ly") and not tokens[k].names:
                k -= 1
            subject = tokens[k]
            person = subject.names or self.scanner.is_title(subject)
            return bool(person) or subject.lower in grammar.pronouns
        if before.lower == "to":
            return True
        modal = grammar.auxiliaries - grammar.passive - HAVE
        led = any(t.lower in modal and not t.names for t in tokens[: n - 1])
        return led and before.lower not in grammar.prepositions

    def _asks_us(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether the verb only asks us for what the rest asks: "Can you explain what X said"."""
        grammar = self.grammar
        opening, behind = tokens[:n], tokens[n + 1 : n + 3]
        if not opening or tokens[0].lower in grammar.question_words:
            return False
        asks = any(t.lower in grammar.question_words for t in behind)
        return asks and not any(t.names or not grammar.is_function_word(t.lower) for t in opening)

    def _compares(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether the word is one for agreeing or being quoted; "What did they agree on" is not."""
        grammar, low = self.grammar, tokens[n].lower
        if low in grammar.quoting:
            return any(t.names and not t.timed for t in tokens)
        return low in grammar.agreeing and tokens[0].lower not in grammar.what
