"""Who a question asks about: the speaker in subject position, not a person merely mentioned.

`CueFinder` finds the verb of saying, `SpeakerReader` whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from wortlaut.index.article import Span
from wortlaut.index.lang.grammar import Grammar
from wortlaut.index.lang.names import find_gender
from wortlaut.index.lang.verbs import HAVE, AskingForm
from wortlaut.rag.understanding.namescan import POSSESSIVE, Asked, NameScanner, Token
from wortlaut.rag.understanding.office import OfficeReader, Resolve, resolve_nobody

# From the strongest sign of a speaker to the weakest, as verbs have them; "will" says least.
Sign = Literal["sure", "weak", "known", "modal"]
SIGNS: tuple[Sign, ...] = ("sure", "weak", "known", "modal")
_STATES = frozenset(["ist", "sind", "war", "waren"])
_FUTURE = frozenset(["wird", "werden"])

_OPENING = 3  # words in which a question says what it asks for: "what good reason"
_PLURAL_AUXILIARIES = frozenset(["haben", "hatten", "wollen", "wollten", "sollen"])


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
        alone = self.grammar.language == "ru" and _read_past_gender(tokens[n].lower)
        if form.strength == "agree" and tokens[0].lower in self.grammar.what and not alone:
            return False  # "What did they agree on"; but "Что возразил X"
        state = form.shape == "participle" and sign == "known" and not form.moves
        if state and any(t.lower in _STATES for t in tokens[:n]):
            return False  # "Wer ist ausgeschlossen" tells what became of him
        return self._is_complete(tokens, n, form)

    def _is_complete(self, tokens: Sequence[Token], n: int, form: AskingForm) -> bool:
        """Whether a reading of token `n` has around it what it needs to be this verb."""
        if form.particle and self.find_particle(tokens, n, form.particle) is None:
            return False
        if form.beside and form.beside.isdisjoint(
            t.lower for t in self._list_beside(tokens, n, form)
        ):
            return False
        return not form.noun or self._stands_as_verb(tokens, n, form)

    def _list_beside(self, tokens: Sequence[Token], n: int, form: AskingForm) -> Sequence[Token]:
        """The words among which one of those must be that the verb at `n` needs beside it.

        Behind it, or anywhere where it closes the clause; what is asked for stands in front: "What
        reason did X give", "Welchen Grund gab X an".
        """
        if form.shape in ("participle", "infinitive"):
            return tokens
        asked = tokens[0].lower in self.grammar.which | self.grammar.what
        return (*(tokens[1:3] if asked and n > 2 else ()), *tokens[n + 1 :])

    def _stands_as_verb(self, tokens: Sequence[Token], n: int, form: AskingForm) -> bool:
        """Whether an English word that may be a noun is the verb: "did X report", "X reports"."""
        grammar, before = self.grammar, tokens[n - 1] if n else None
        if before is None or POSSESSIVE.search(before.text):
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


@dataclass(slots=True)
class SpeakerReader:
    """Reads the speaker out of a question's tokens by one language's grammar."""

    grammar: Grammar
    text: str
    resolve: Resolve = resolve_nobody
    follows: bool = False  # a few words may be a follow-up: then an office alone is a speaker
    scanner: NameScanner = field(init=False)
    cues: CueFinder = field(init=False)
    offices: OfficeReader = field(init=False)

    def __post_init__(self) -> None:
        self.scanner = NameScanner(self.grammar, self.text)
        self.cues = CueFinder(self.grammar, self.text, self.scanner)
        self.offices = OfficeReader(self.grammar, self.text, self.scanner, self.resolve)

    def read(self, tokens: Sequence[Token]) -> Asked:
        """The speaker asked about, from the strongest sign to the weakest."""
        attributed = self._attribution(tokens)
        if attributed.anybody:
            return attributed
        amount = self.grammar.amount.match(self.text) is not None
        for sign in SIGNS[:1] if amount else SIGNS:
            cue = self.cues.find(tokens, sign)
            if cue is not None:
                asked = self._subject(tokens, cue)
                if sign != "sure" and asked.unknown:
                    asked = Asked(asked.names, speaker_spans=asked.speaker_spans)
                if sign == "sure" or asked.somebody or (asked.anybody and sign != "known"):
                    by_noun = Asked() if asked.anybody else self._by_noun(tokens)
                    if by_noun.anybody:
                        return by_noun
                    return self._with_cue(self._with_partners(asked, tokens, cue), tokens, cue)
        by_noun = self._by_noun(tokens)
        return by_noun if by_noun.anybody else self._keywords(tokens)

    def _with_partners(self, asked: Asked, tokens: Sequence[Token], cue: int) -> Asked:
        """Both sides of an agreement: "Did X agree with Y?"."""
        if not self.grammar.agrees(tokens[cue].text) or not asked.names:
            return asked
        for n, token in enumerate(tokens):
            if token.names and not any(token.span.overlap(s) for s in asked.speaker_spans):
                names = (*asked.names, *(t for t in token.names if t not in asked.names))
                spans = (*asked.speaker_spans, token.span)
                asked = replace(asked, names=names, speaker_spans=spans, role=False)
            elif token.lower in ("with", "mit", "с", "со"):
                asked = self.offices.complete(asked, tokens[n + 1 :], sure=False)
        return asked

    def _with_cue(self, asked: Asked, tokens: Sequence[Token], cue: int) -> Asked:
        """What was asked with its verb, and the one beside it: "quoted as saying"."""
        grammar = self.grammar
        parts = self.cues.list_parts(tokens, cue)
        spans = [
            t.span
            for n, t in enumerate(tokens)
            if n in parts
            or (t.lower in grammar.quoting and n < cue)
            or (0 < n < min(cue, _OPENING) and self._is_asked_for(t, tokens, cue))
            or (cue < n <= cue + 3 and tokens[cue].lower in grammar.quoting
                and grammar.verbs.is_sure(t.text))
        ]  # fmt: skip
        return replace(asked, cue_spans=(*asked.cue_spans, *spans))

    def _is_asked_for(self, token: Token, tokens: Sequence[Token], cue: int) -> bool:
        """Whether a word of the opening only says what kind of saying it is: "what fault did …"."""
        grammar = self.grammar
        opening = tokens[tokens[0].lower in grammar.prepositions]
        if token.names or opening.lower not in grammar.which | grammar.what:
            return False
        beside = {word for f in grammar.verbs.read(tokens[cue].text) for word in f.beside}
        return token.lower in grammar.given | beside - grammar.prepositions

    def _subject(self, tokens: Sequence[Token], cue: int) -> Asked:
        """The subject of the verb at `cue`: before it after the auxiliary, else right behind it."""
        grammar = self.grammar
        if grammar.language == "ru":
            tokens = self._mark_objects(tokens, cue)
        start, auxiliary = self._find_start(tokens, cue)
        quoted = tokens[cue].lower in grammar.quoting
        if self.cues.is_passive(tokens, cue) and not quoted:
            return self._agent(tokens)
        finite = auxiliary if auxiliary in grammar.auxiliaries else tokens[cue].lower
        plural = finite in _PLURAL_AUXILIARIES or (
            finite == tokens[cue].lower and finite[-1] == "n"
        )
        before = self.scanner.scan(tokens[start:cue], plural)
        if start == 1 and tokens[0].lower in self.grammar.which - self.grammar.what:
            before = replace(before, unknown=())  # "Which NASA team supported …"
        else:
            before = self._add_offices(before, tokens[start:cue])
        if before.names or before.unknown or before.pronoun:
            return before
        led = auxiliary in grammar.auxiliaries or tokens[0].lower not in grammar.which
        if before.offices and led:
            return before
        parts = self.cues.list_parts(tokens, cue)
        rest = [t for n, t in enumerate(tokens) if n > cue and n not in parts]
        behind = self.scanner.scan(rest, plural)
        if not any(t.lower in grammar.question_words for t in tokens[:cue]):
            # "Fordert Russland …?" may be answered by anybody.
            behind = replace(behind, unknown=(), role=bool(behind.unknown) or behind.role)
        behind = self._add_offices(behind, rest)
        if grammar.language == "en" and not behind.somebody and not behind.offices:
            # "I know what X had to find fault with": no English subject stands behind its verb.
            ahead = self._ungoverned(tokens[:cue])
            behind = ahead if ahead.names else behind
        if behind.anybody or before.role:
            return behind if behind.names or not before.role else before
        front = self._in_front(tokens) if grammar.language == "ru" else Asked()
        agent = front if front.anybody else self._agent(tokens)
        return agent if agent.anybody else self._ungoverned(tokens)

    def _add_offices(self, asked: Asked, run: Sequence[Token]) -> Asked:
        """The speakers with those named by office; in Russian a lone office beside is an object."""
        joins = any(t.lower in self.grammar.conjunctions for t in run)
        if self.grammar.language == "ru" and asked.names and not joins:
            return asked
        return self.offices.complete(asked, run)

    def _mark_objects(self, tokens: Sequence[Token], cue: int) -> list[Token]:
        """The tokens with those persons marked that Russian cases, or the verb, show to be objects.

        "К чему призвал Боша Тальберг", "В чём упрекнула Лавренко Брандт".
        """
        mentions = [t.mention for t in tokens if t.mention is not None]
        groups = {m: [t for t in tokens if t.mention == m] for m in mentions}
        declined = {m for m, group in groups.items() if self.scanner.is_declined(group)}
        subjects = [m for m in groups if m not in declined]
        gender = _read_past_gender(tokens[cue].lower)
        genders = {m: find_gender(groups[m][0].names[0]) for m in subjects}
        joined = any(t.lower in self.grammar.conjunctions for t in tokens)
        if gender and gender in genders.values() and not joined:
            # Of whom the gender is unknown, the verb may be.
            declined |= {m for m in subjects if genders[m] not in ("", gender)}
        if not subjects:
            # "Что сказала Россова" is no Rossow's, whose genitive it would be.
            first = next((n for n, t in enumerate(tokens) if t.mention is not None), 0)
            led = first > 0 and self.scanner.is_role(tokens[first - 1])
            alone = gender == "f" and len(groups) == 1 and not led
            if alone and _ends_feminine(groups[mentions[0]]):
                return [replace(t, names=(), mention=None) for t in tokens]
            return list(tokens)
        return [
            replace(t, names=(), mention=None, acted_on=True) if t.mention in declined else t
            for t in tokens
        ]

    def _find_start(self, tokens: Sequence[Token], cue: int) -> tuple[int, str]:
        """Where a subject before the verb begins, and the auxiliary or question word there."""
        grammar = self.grammar
        start, word = 0, ""
        for n in range(cue):
            lower = tokens[n].lower
            if tokens[n].names or tokens[n].timed:
                continue
            if self._opens_clause(tokens, n) and lower in grammar.question_words:
                asked = tokens[0].lower in grammar.question_words
                if not asked and not any(t.names for t in tokens[:n]):
                    start, word = n + 1, lower  # "Können Sie zusammenfassen, was X sagte"
            elif word in grammar.auxiliaries:
                continue
            elif lower in grammar.auxiliaries or (n <= 2 and lower in grammar.question_words):
                start, word = n + 1, lower
        told = grammar.nouns | grammar.given
        if word in grammar.which and start < cue and tokens[start].lower in told:
            start += 1  # "Aus welchem Grund kritisierte X"
        return start, word

    def _in_front(self, tokens: Sequence[Token]) -> Asked:
        """The subject in front of the question word: "А мэр что говорит?"."""
        words = self.grammar.question_words
        end = next((n for n, t in enumerate(tokens) if t.lower in words), 0)
        return self.offices.complete(self.scanner.scan(tokens[:end]), tokens[:end])

    def _agent(self, tokens: Sequence[Token]) -> Asked:
        """The agent of a passive: "said by X", "von X gesagt"."""
        for n, token in enumerate(tokens[:-1]):
            if token.lower not in ("by", "von"):
                continue
            if token.names:  # "Was wurde von Aldorf gefordert", of Karl von Aldorf
                return self.scanner.scan(tokens[n:])
            asked = self.scanner.scan(tokens[n + 1 :]) if tokens[n + 1].names else Asked()
            asked = self.offices.complete(asked, tokens[n + 1 :], sure=False)
            if asked.names:
                return asked
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
            comma = next((n for n in range(1, len(behind)) if self._opens_clause(behind, n)), None)
            behind = behind[:comma]
            asked = self.scanner.scan(behind)
            german = self.grammar.language == "de"
            if german and asked.unknown and " " not in asked.unknown[0]:
                asked = Asked(role=True)  # "laut Vertrag" is far more common than an unknown name
            asked = self.offices.complete(asked, behind)
            return replace(asked, cue_spans=(Span(*match.span()),))
        for n, token in enumerate(tokens):
            if token.lower == "zufolge" and n:
                first = next((k for k in range(n) if tokens[k].names), n - 1)
                asked = self.offices.complete(self.scanner.scan(tokens[first:n]), tokens[:n])
                return replace(asked, cue_spans=(token.span,))
        return Asked()

    def _opens_clause(self, tokens: Sequence[Token], n: int) -> bool:
        """Whether a comma before token `n` ends what "according to" governs."""
        gap = self.text[tokens[n - 1].span.end : tokens[n].span.start]
        return "," in gap and not tokens[n].names

    def _by_noun(self, tokens: Sequence[Token]) -> Asked:
        """ "X's position", "die Haltung von X", "позиция X", "welche Forderungen stellte X"."""
        for n, token in enumerate(tokens):
            if token.names or token.lower not in self.grammar.nouns:
                continue
            if 0 < n < _OPENING and tokens[0].lower in self.grammar.prepositions:
                continue  # "For what reason" is no more than "why"
            asked = self._possessor(tokens, n)
            if not asked.anybody:
                asked = self._holder(tokens, n)
            if not asked.anybody:
                asked = self._office_of(tokens, n)
            if asked.anybody:
                return replace(asked, cue_spans=(*asked.cue_spans, token.span))
        return Asked()

    def _office_of(self, tokens: Sequence[Token], noun: int) -> Asked:
        """ "the minister's position", "die Haltung der Gewerkschaft", "позиция министра"."""
        grammar, first = self.grammar, noun
        if noun and POSSESSIVE.search(tokens[noun - 1].text):
            while first > 0 and not tokens[first - 1].names:
                low = tokens[first - 1].lower
                if low in grammar.auxiliaries | grammar.question_words | grammar.prepositions:
                    break
                first -= 1
            return self.offices.complete(Asked(), tokens[first:noun])
        rest = tokens[noun + 1 :]
        if not rest or rest[0].names:
            return Asked()
        low = rest[0].lower
        if low in ("of", "by", "from", "von", "vom") or low in grammar.genitives:
            return self.offices.complete(Asked(), rest[1:])
        russian = grammar.language == "ru" and low not in grammar.prepositions
        return self.offices.complete(Asked(), rest) if russian else Asked()

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
        if POSSESSIVE.search(token.text):
            return True
        german = self.grammar.language == "de"
        # "Borviks Haltung", but not "des Ministers Haltung" or the plural of a common noun.
        return german and self.scanner.is_capital(token) and token.text.endswith("s")

    def _holder(self, tokens: Sequence[Token], noun: int) -> Asked:
        """The one named behind a noun: "position of X", "Welche Haltung hat X"."""
        rest = list(tokens[noun + 1 :])
        linked = bool(rest) and not rest[0].names and rest[0].lower in ("of", "by", "from", "von")
        if linked:
            rest = rest[1:]
        asked = self.scanner.scan(rest)
        genitive = bool(rest) and self.scanner.is_capital(rest[0]) and self.grammar.language == "ru"
        if asked.names or (asked.unknown and (linked or genitive)):
            return replace(asked, role=False)
        if asked.role and rest[0].lower in self.grammar.auxiliaries:
            asked = self.offices.complete(Asked(), rest[1:], sure=False)
            if asked.names:
                return asked  # "What reason did the ministry give"
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
        by = self._agent_alone(words) if self.follows else Asked()
        if by.names or clause or len(words) > 8:
            return by
        named = self._ungoverned(tokens)
        return named if named.anybody else self._office_keyword(words)

    def _agent_alone(self, words: Sequence[Token]) -> Asked:
        """ "And by Talberg?", "Auch welche von Brandt?": no more than who speaks."""
        grammar = self.grammar
        plain = next((n for n, t in enumerate(words) if t.names), 0)
        led = plain > 0 and words[plain - 1].lower in grammar.agents
        if not led or not all(t.names or grammar.is_function_word(t.lower) for t in words):
            return Asked()
        return self.scanner.scan(words[plain:])

    def _is_idle(self, token: Token) -> bool:
        return not token.names and self.grammar.is_function_word(token.lower)

    def _office_keyword(self, words: Sequence[Token]) -> Asked:
        """ "Foreign minister on guarantees", and in a follow-up "the foreign minister"."""
        grammar = self.grammar
        idle = next((n for n, t in enumerate(words) if not self._is_idle(t)), len(words))
        by = [n + 1 for n, t in enumerate(words[:idle]) if t.lower in grammar.agents]
        run = list(words[by[-1] if by else 0 :])  # "that of the president"
        asked = self.offices.complete(Asked(), run, sure=False)
        if not asked.names:
            return Asked()
        last = max(s.end for s in asked.speaker_spans)
        behind = [t for t in run if t.span.start >= last and t.lower not in grammar.fillers]
        led = bool(behind) and behind[0].lower in grammar.prepositions
        return asked if led or (self.follows and not behind) else Asked()


def _read_past_gender(verb: str) -> str:
    """The gender that a Russian verb's past shows: "m", "f", or ""."""
    bare = verb.removesuffix("ся").removesuffix("сь")
    return "f" if bare.endswith("ла") else "m" if bare.endswith("л") else ""


def _ends_feminine(mention: Sequence[Token]) -> bool:
    named = mention[0].names[0] if mention else ""
    return bool(mention) and mention[-1].lower.endswith("а") and find_gender(named) == "m"


def _strip_genitive(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") and len(name) > 3 else name
