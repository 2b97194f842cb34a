"""Who says it: the statements of an article, each with its speaker, cue and voice.

A sentence is a statement where something announces one (see `index.reading.frames`): a quotation, a
speech verb, "laut …", "so …", or the Konjunktiv, which goes on with the last speaker. Speakers
are resolved inside the article: offices and pronouns to persons, surnames to full names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wortlaut.index.article import Article, ReadArticle, Span, Statement
from wortlaut.index.lang.names import find_spelt_gender
from wortlaut.index.lang.roles import (
    FORMER_PREFIX,
    Gender,
    is_party_office,
    names_institution,
    role_gender,
)
from wortlaut.index.lang.verbs import ANSWERING_LABELS, SUBORDINATORS, read_verb_forms
from wortlaut.index.lang.words import clean_word, read_words_and_marks
from wortlaut.index.press.wiretext import level_lines
from wortlaut.index.reading.cast import (
    OF_STATE,
    Cast,
    Figure,
    FullNames,
    Institutions,
    drop_trade,
    strip_case,
    strip_genitive,
)
from wortlaut.index.reading.clauses import (
    MOODS,
    OBLIQUE,
    PREPOSITIONS,
    Frame,
    Joint,
    Piece,
    Range,
    join_sentences,
    locate_sentences,
    may_be_mood,
    merge,
)
from wortlaut.index.reading.frames import FrameReader
from wortlaut.index.reading.headlines import (
    find_headline_body,
    find_headline_person,
    read_headline_source,
)
from wortlaut.index.reading.mentions import HEAD_ENDS, Mention, MentionKind, can_speak
from wortlaut.index.reading.quotes import (
    find_torn_ends,
    is_quotation,
    pair_quotes,
)
from wortlaut.index.reading.turns import LabelledTurn, find_turns
from wortlaut.index.splitter import find_headline, split_segments

_FORMS = read_verb_forms()
_TRIMMED = " \t\n,;:–—-"
_BACKWARD = frozenset({"dies", "das", "dieses", "davon", "darüber", "this", "that"})
_LONGEST_BACKWARD = 24
_FILLING = 0.8
# Sentences that a speaker goes on over, where none of them is about anybody else.
_FARTHEST = 4
_SHORTEST_HEADLINE = 3
_ARTICLES = frozenset("ein eine der die a an the".split())
_THE = frozenset("der die das dem den des".split())
_GENITIVES = frozenset("des eines seines ihres dieses jenes".split())
_CASES = _GENITIVES | frozenset("dem der den einem einer diesem dieser".split())
# Endings of adjectives that a name writes with a capital: "des Auswärtigen Amtes".
_ADJECTIVES = ("schen", "igen", "lichen", "alen", "ären", "iven", "euen", "oten", "oßen", "reien")
_SHORTEST_ADJECTIVE = 5
_THEY = frozenset({"sie", "they", "ihrer", "ihren", "ihrem", "them", "their"})
_SINGULAR = frozenset({"er", "sie", "he", "she"})
_DEMONSTRATIVE = ("dies", "letzter")
# Descriptions that stand for the person just named, whatever office he holds.
_DESCRIPTIONS = (
    "chef",
    "chefin",
    "boss",
    "vertraute",
    "vertrauter",
    "politiker",
    "politikerin",
    "diplomat",
    "diplomatin",
    "vize",
    "jurist",
    "juristin",
)
# Those that stand for somebody of a party alone: "die SPD-Kreisvorsitzende".
_PARTY_DESCRIPTIONS = ("vorsitzende", "vorsitzender", "abgeordnete", "abgeordneter")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Who it is: `name` is None for nobody known; `figure` where it is a person of the cast."""

    name: str | None
    span: Span | None
    figure: Figure | None = None


_NOBODY = _Speaker(None, None)


def extract_article(article: Article) -> ReadArticle:
    """The article's sentences and statements, read from its text: what the archive keeps of it."""
    segments = split_segments(article.text)
    sentences = [segment.span for segment in segments if not segment.is_heading]
    headline = find_headline(article, segments)
    statements = extract_statements(
        article.text, sentences, article_id=article.id, headline=headline
    )
    quotable = (headline, *sentences) if headline else tuple(sentences)
    return ReadArticle(quotable, tuple(drop_mere_nouns(statements, article.text)))


def extract_statements(
    text: str,
    sentences: Sequence[Span],
    *,
    article_id: str = "",
    language: str | None = None,
    headline: Span | None = None,
) -> list[Statement]:
    """The article's direct and reported statements, in order, disjoint.

    `sentences` are spans of `text`, in order; the `headline` above them is none of them. What is
    in no statement is the agency's own word. German and English are read alike; `language` is
    there for callers that know it. Linear in the text.
    """
    reading = _Reading(level_lines(text), sentences, article_id)
    found = reading.read()
    return [*reading.read_headline(headline), *found] if headline else found


def drop_mere_nouns(statements: Sequence[Statement], text: str = "") -> list[Statement]:
    """The statements with nobody for a speaker that is no person, office, institution or title.

    No speaker is better than a wrong one: "Risse" say nothing. The mention's span stays. With the
    article's `text` a name counts that stands behind such a word: "die Agentur Aldapress".
    """
    return [
        s
        if s.speaker is None or s.is_person or _may_speak(s.speaker) or _is_introduced(s, text)
        else replace(s, speaker=None)
        for s in statements
    ]


def _is_introduced(statement: Statement, text: str) -> bool:
    mention = statement.speaker_span
    words = mention.of(text).split() if mention and text else []
    office = any(role_gender(word.casefold()) is not None for word in words)
    return office or names_institution(" ".join(words))


def _may_speak(name: str) -> bool:
    words = name.split()
    capitals = all(word[0].isupper() for word in words)
    if names_institution(name) or (len(name) > 1 and name.isupper()):
        return True
    return role_gender(words[0].casefold()) is not None or (capitals and len(words) > 1)


class _Reading:
    """One pass through one article."""

    def __init__(self, text: str, sentences: Sequence[Span], article_id: str) -> None:
        self._text = text
        self._article_id = article_id
        self._words = read_words_and_marks(text)
        self._cast = Cast(self._words)
        self._institutions = Institutions(self._words)
        self._frames = FrameReader(self._words, self._cast, _FORMS)
        spans = pair_quotes(text)
        torn = frozenset(map(self._words.at, find_torn_ends(text, spans)))
        self._sentences = list(locate_sentences(self._words, sentences, torn))
        quotes = ((self._words.at(q.start), self._words.at(q.end)) for q in spans)
        self._quotes = [q for q in quotes if is_quotation(self._words, *q, _FORMS)]
        self._turns = find_turns(text)
        self._labels = frozenset(turn.label for turn in self._turns)
        self._found: list[Statement] = []
        self._told = FullNames()
        self._last = _NOBODY
        self._last_named = self._last_said = -9
        self._previous: Range = (0, 0)
        self._doubtful = -9

    def read(self) -> list[Statement]:
        """Every statement, unit by unit."""
        for number, unit in enumerate(join_sentences(self._words, self._sentences, self._quotes)):
            self._read_unit(number, unit)
            self._previous = unit.sentences[-1]
        return self._found

    def read_headline(self, span: Span) -> list[Statement]:
        """What the headline says somebody says, if the text below it, read before, knows whom.

        Nothing of it is left where one of its speakers is unknown: it would be quoted as another's.
        """
        first, stop = self._words.at(span.start), self._words.at(span.end)
        if stop - first < _SHORTEST_HEADLINE or any(t.opens < span.end for t in self._turns):
            return []
        named = read_headline_source(self._words, first, stop)
        if named:
            pieces = [Piece(*named.said, named.voice, Frame(named.mention, "", ()))]
        else:
            quotes = [q for q in self._quotes if q[0] >= first and q[1] <= stop]
            frames = self._frames.read(first, stop, quotes, False)
            pieces = merge(frames, Joint(((first, stop),), tuple(quotes)), self._words)
        said = [self._make_headline(piece, stop) for piece in pieces]
        return [s for s in said if s] if all(said) else []

    def _make_headline(self, piece: Piece, below: int) -> Statement | None:
        """What a headline says by the person or institution of the text below that it names."""
        mention = piece.frame.mention if piece.frame and not piece.frame.denied else None
        start, end = self._words.starts[piece.first], self._words.ends[piece.stop - 1]
        if mention is None or end - start < 2:
            return None
        figure = find_headline_person(self._cast, mention, below)
        name = figure.name if figure else find_headline_body(self._found, mention)
        if not name:
            return None
        cue = (piece.frame.cue or None) if piece.frame else None
        span, known = Span(start, end), figure is not None
        return Statement(self._article_id, span, name, mention.span, cue, piece.voice, None, known)

    def _read_unit(self, number: int, unit: Joint) -> None:
        turn = self._find_turn(unit)
        if turn:
            self._read_turn(number, unit, turn)
            return
        follows = number - self._last_said == 1
        frames = []
        for first, stop in unit.sentences:
            inside = [q for q in unit.quotes if q[0] < stop and q[1] > first]
            frames += self._frames.read(first, stop, inside, follows)
        if not any(frame.mention or frame.denied for frame in frames):
            frames += self._read_quoted(unit)
        if self._doubtful == number - 1 and self._is_mood(unit, frames):
            self._emit(number - 1, Piece(*self._previous, "reported", Frame(None, "", ())))
        if self._points_back(number, unit, frames):
            self._emit(number - 1, Piece(*self._previous, "reported", frames[0]))
        pieces = merge(frames, unit, self._words)
        for piece in pieces:
            if piece.frame is None:
                piece = replace(piece, frame=self._read_silent(piece, unit, follows))
            self._emit(number, piece)
        if not pieces and frames and frames[0].mention:
            self._last = self._identify(frames[0].mention, number)
            self._last_named = number
        silent = follows and not frames and not pieces and not self._words.breaks[unit.first]
        if silent and may_be_mood(self._words, unit.first, unit.stop):
            self._doubtful = number

    def _find_turn(self, unit: Joint) -> LabelledTurn | None:
        """The turn of an interview that the words, or their label, stand in."""
        at = bisect_right(self._turns, self._words.starts[unit.first], key=lambda t: t.opens)
        turn = self._turns[at - 1] if at else None
        return turn if turn and self._words.starts[unit.first] < turn.stop else None

    def _read_turn(self, number: int, unit: Joint, turn: LabelledTurn) -> None:
        first = max(unit.first, self._words.at(turn.start))
        if not turn.name or first >= unit.stop:
            return
        label = self._words.at(turn.label.start)
        kind: MentionKind = "person" if turn.is_person else "group"
        mention = Mention(label, label + 1, turn.label, kind, turn.name)
        self._emit(number, Piece(first, unit.stop, "direct", Frame(mention, "", ())))

    def _is_mood(self, unit: Joint, frames: list[Frame]) -> bool:
        """Whether the last speaker goes on in this paragraph, by the Konjunktiv alone."""
        mood = bool(frames) and not (frames[0].mention or frames[0].cue or frames[0].anonymous)
        return mood and not self._words.breaks[unit.first]

    def _read_silent(self, piece: Piece, unit: Joint, follows: bool) -> Frame | None:
        """The frame of a quotation without a cue; None where it is the last speaker's.

        His are a whole sentence and, right after a statement, a part of one in marks, but no title.
        A part of a sentence about somebody who may speak is that one's.
        """
        if piece.stop - piece.first >= _FILLING * (unit.stop - unit.first):
            return None
        subject = self._frames.read_subject(*unit.sentences[0])
        named = subject and subject.kind != "pronoun" and subject.stop <= piece.first
        if subject and named and (can_speak(subject) or self._is_known(subject)):
            return Frame(subject, "", ())
        if follows and not self._words.caps[piece.first + 1]:
            return None
        return Frame(None, "", (), True)

    def _read_quoted(self, unit: Joint) -> list[Frame]:
        """A frame for quotations that no speech verb announces, if somebody is at hand."""
        for quote in unit.quotes:
            credit = self._frames.read_credit(quote[1])
            if credit:
                return [Frame(credit, "", ())]
            mention = self._frames.read_quoted(unit.first, unit.stop, quote)
            dative = self._names_dative(unit.first, quote[0])
            if mention and (not dative or self._frames.may_speak(mention)):
                return [Frame(mention, "", ())]
            if dative:
                return [Frame(None, "", (), True)]
        return []

    def _names_dative(self, first: int, colon: int) -> bool:
        """Whether "Dem X gefällt das nicht: „…“" opens with somebody who is no subject."""
        return self._words.lows[first] in OBLIQUE and self._words.words[colon - 1] == ":"

    def _points_back(self, number: int, unit: Joint, frames: list[Frame]) -> bool:
        """Whether "Das berichtete X." only says whose word the sentence before it was."""
        if not number or not frames or frames[0].said or not frames[0].mention:
            return False
        if frames[0].denied:
            return False
        first, stop = unit.first, unit.stop
        if stop - first > _LONGEST_BACKWARD or self._words.lows[first] not in _BACKWARD:
            return False
        unclaimed = self._last_said < number - 1 and self._previous[1] <= first
        return unclaimed and not self._words.caps[min(first + 1, stop - 1)]

    def _emit(self, number: int, piece: Piece) -> None:
        span, frame = self._trim(piece), piece.frame
        who = frame.mention if frame else None
        if span is None or (who and who.span.start <= span.start and span.end - 1 <= who.span.end):
            return
        speaker = self._find_speaker(number, frame)
        via = self._identify(frame.via, number).name if frame and frame.via else None
        via = None if via == speaker.name else via
        cue = (frame.cue or None) if frame else None
        self._told.add(speaker.name)
        self._found.append(
            Statement(
                self._article_id,
                span,
                speaker.name,
                speaker.span,
                cue,
                piece.voice,
                via,
                speaker.figure is not None,
            )
        )
        if frame and frame.cue == "demnach":
            speaker = self._look_back(number)
        self._last, self._last_named, self._last_said = speaker, number, number

    def _trim(self, piece: Piece) -> Span | None:
        if piece.stop <= piece.first:
            return None
        start, end = self._words.starts[piece.first], self._words.ends[piece.stop - 1]
        if self._found:
            start = max(start, self._found[-1].span.end)
        while start < end and self._text[start] in _TRIMMED:
            start += 1
        while end > start and self._text[end - 1] in _TRIMMED:
            end -= 1
        return Span(start, end) if end - start > 1 else None

    # -- who ----------------------------------------------------------------------------------

    def _find_speaker(self, number: int, frame: Frame | None) -> _Speaker:
        if frame is None:
            return self._continue(number)
        if frame.denied:
            return _NOBODY
        if frame.mention and frame.cue == "demnach":
            return replace(self._look_back(number), span=frame.mention.span)
        if frame.mention:
            return self._identify(frame.mention, number)
        return _NOBODY if frame.anonymous else self._continue(number)

    def _look_back(self, number: int) -> _Speaker:
        """Whom "demnach" means: the last speaker, or the text or person of the sentence before."""
        if number - self._last_named > 1:
            source = self._frames.read_text(*self._previous)
            if source is None:
                subject = self._frames.read_subject(*self._previous)
                source = subject if subject and self._frames.may_speak(subject) else None
            if source:
                return self._identify(source, number - 1)
        return self._last

    def _continue(self, number: int) -> _Speaker:
        """Who goes on speaking: the last speaker, or whom the sentence before is about."""
        away = number - self._last_named
        if away > 1:
            subject = self._frames.read_subject(*self._previous)
            told = MOODS.isdisjoint(self._words.lows[slice(*self._previous)])
            if subject and told and self._frames.may_speak(subject):
                return self._identify(subject, number - 1)
        return self._last if away <= _FARTHEST else _NOBODY

    def _is_known(self, mention: Mention) -> bool:
        if mention.kind != "person":
            return False
        return self._cast.find_name(mention.name, mention.first) is not None

    def _identify(self, mention: Mention, number: int) -> _Speaker:
        """The mention as a person of the cast, else under its own words."""
        if mention.kind == "pronoun":
            if self._is_contested(mention):
                return _Speaker(None, mention.span)
            figure = None if mention.plural else self._resolve(mention, number)
            if figure is None:
                group = self._resolve_group(mention, number)
                figure = self._find_sole(mention) if group.name is None else None
                return group if figure is None else _speak(figure, mention)
            return _speak(figure, mention)
        if mention.kind == "person":
            figure = self._find_person(mention)
            # "StS Holm", "Antwort Holm" is the cast's name for him, "Ada Holm" a fuller one.
            labelled = mention.span in self._labels
            if labelled and not (figure and self._is_fuller(figure.name, mention.name)):
                figure = Figure(mention.name)
        elif mention.kind == "role":
            figure = self._find_holder(mention, number) if mention.definite else None
            if self._is_own_minister(mention):
                figure = self._cast.find_only_holder(mention.role)
            figure = self._cast.find_of_land(figure, mention) if figure else None
        else:
            figure = None
        if figure:
            return _speak(figure, mention)
        return _Speaker(self._find_full(mention) or self._name(mention) or None, mention.span)

    def _is_fuller(self, full: str, name: str) -> bool:
        """Whether a name is another's with the first name, or itself."""
        first = full.split()[0]
        return full.endswith(name) and first.istitle() and first.lower() not in ANSWERING_LABELS

    def _find_full(self, mention: Mention) -> str:
        """The full name that "das Ministerium" or "laut Ministerium" stands for; empty if none."""
        lows, length = self._words.lows, mention.stop - mention.first
        if mention.kind not in ("group", "person") or mention.role or " " in mention.name:
            return ""
        if length > 2 or (length == 2 and lows[mention.first] not in _THE):
            return ""
        if self._is_attributed(mention.stop):
            return ""
        noun = self._to_nominative(mention, mention.name)
        full = self._institutions.find(noun, mention.first)
        if full is None:
            return ""
        name = self._name(full)
        # By the name that somebody has been quoted under already, if that is longer.
        return self._told.find(name) or name

    def _is_attributed(self, i: int) -> bool:
        """Whether a genitive without an article begins at word `i`: "Verband [freier Reeder]"."""
        lows = self._words.lows[i : i + 1]
        follows = self._words.caps[i + 1 : i + 2] == [True]
        return follows and not self._words.caps[i] and lows[0].endswith("er") and len(lows[0]) > 4

    def _find_person(self, mention: Mention) -> Figure | None:
        """The person of that name, though an object may follow it: "fordert [X] Zusagen"."""
        parts = mention.name.split()
        if mention.role and parts and self._cast.is_possessor(mention.name):
            return None
        for count in range(len(parts), 0, -1):
            name = " ".join(parts[:count])
            if count < len(parts) and self._cast.is_possessor(name):
                continue  # "Jon Hales Partei"
            figure = self._cast.find_name(name, mention.first)
            if figure:
                return figure
        return None

    def _name(self, mention: Mention) -> str:
        """What to call a speaker who is no person of the cast."""
        # "Anwalt Jon Hales", "Sprecherin Aldoras": the name only says whose office it is.
        lone = " " not in mention.name and mention.name != strip_genitive(mention.name)
        owned = mention.role and (lone or self._cast.is_possessor(mention.name))
        if mention.kind == "role" or owned:
            return self._name_role(mention)
        subject = ""
        if mention.kind == "person":
            subject = self._cast.find_subject(self._words, mention.first, mention.stop)
            name = subject or drop_trade(mention.name)
            # "Nach Angaben Peer Lannholts": called by the name itself.
            return strip_genitive(name) if mention.is_genitive else name
        return self._to_nominative(mention, mention.name)

    def _name_role(self, mention: Mention) -> str:
        """The office without its article: "Sprecher der Polizei"."""
        article = not self._words.caps[mention.first] and mention.stop - mention.first > 1
        article = article or self._words.lows[mention.first] in _ARTICLES
        words = self._text[self._words.starts[mention.first + article] : mention.span.end]
        return self._to_nominative(mention, clean_word(" ".join(words.split())))

    def _to_nominative(self, mention: Mention, name: str) -> str:
        """The name of an office or institution as its own subject: "des Ministeriums" is one.

        Its head loses a genitive's -s, the adjectives before it the -n of their case.
        """
        determiner = self._words.lows[mention.first]
        words = name.split(" ")
        head = next((k for k, word in enumerate(words) if word in HEAD_ENDS), len(words))
        if determiner in _CASES:
            first = next((k for k, word in enumerate(words) if word[:1].isupper()), 0)
            head = min(
                head, next((k for k, w in enumerate(words) if k > first and w[:1].islower()), head)
            )
            for k in range(head):
                words[k] = self._strip_case(words[k], determiner, k + 1 < head)
        return " ".join(words)

    def _strip_case(self, word: str, determiner: str, inside: bool) -> str:
        """One word of a name behind `determiner` without its case; `inside`: a noun follows."""
        low = word.lower()
        adjective = low.endswith("en") and (word.islower() or low.endswith(_ADJECTIVES))
        if inside and adjective and role_gender(low) is None:
            return word[:-1] if len(low) > _SHORTEST_ADJECTIVE else word
        if determiner in _GENITIVES and (names_institution(low) or not inside):
            return strip_case(word)
        return word

    def _is_own_minister(self, mention: Mention) -> bool:
        """Whether it is "sein Außenminister": of an office of state a country has but one."""
        owned = self._words.lows[mention.first].startswith(("sein", "ihr"))
        return owned and OF_STATE.search(mention.role) is not None

    def _find_holder(self, mention: Mention, number: int) -> Figure | None:
        """The person meant by "der Minister" or, near his name, by any other description."""
        lows, role = self._words.lows, mention.role.removeprefix(FORMER_PREFIX)
        # "sagte der Minister in Genf": where he says it, not what he is minister of.
        placed = mention.stop - mention.first > 3 and lows[mention.stop - 2] == "in"
        plain = lows[mention.stop - (3 if placed else 1)] == role
        last = self._last.figure
        shown = mention.gender
        holder = self._cast.find_role(mention.role, mention.first, last, shown) if plain else None
        part = self._read_part(mention.role)
        if part is None or (holder and (not part or mention.role in holder.roles)):
            return holder
        found = holder or self._resolve(mention, number) or self._find_sole(mention)
        if found is None or not part:
            return found
        fits = self._cast.may_be_described(found, mention, part)
        return found if fits else None

    def _read_part(self, role: str) -> str | None:
        """What a description has before its office, "bahn" of "bahnchef"; None for an office."""
        known = _DESCRIPTIONS + _PARTY_DESCRIPTIONS
        base = max((d for d in known if role.endswith(d)), key=len, default=None)
        part = None if base is None else role[: -len(base)].strip("-")
        bare = base in _PARTY_DESCRIPTIONS and (not part or not is_party_office("", part))
        return None if bare else part

    def _find_sole(self, mention: Mention) -> Figure | None:
        """The only person whom "er", "sie" or "die Politikerin" fits, however long ago named.

        Nobody right behind a sentence about somebody else, be it an institution or a stranger.
        """
        singular = self._words.lows[mention.first] in _SINGULAR or mention.kind == "role"
        if mention.plural or not singular or not mention.gender:
            return None
        subject = self._frames.read_subject(*self._previous) if self._previous[1] else None
        if subject and subject.kind != "pronoun":
            stranger = subject.kind == "group" and subject.gender == mention.gender
            stranger = stranger and mention.kind == "pronoun"
            if stranger or self._frames.may_speak(subject):
                return None
        sole = self._cast.find_sole(mention.first, mention.gender)
        # Behind "Sie wirbt" it may be a thing again, unless the person surely is a woman.
        thing = subject is not None and subject.kind == "pronoun" and mention.gender == "f"
        return None if sole and thing and not sole.gender else sole

    def _resolve(self, mention: Mention, number: int) -> Figure | None:
        """The person a pronoun or description stands for: the last speaker, or one just named."""
        last = self._last.figure
        low = self._words.lows[mention.first]
        if low == "it":
            return None
        demonstrative = low.startswith(_DEMONSTRATIVE)
        fits = last and (not mention.gender or last.gender in ("", mention.gender))
        if fits and number - self._last_named <= 2 and not demonstrative:
            return last
        first, stop = self._previous
        found = self._cast.find_between(stop, mention.first, mention.gender)
        if found and self._is_governed(stop, mention.first):
            found = self._find_subject(first, stop, mention) or found
        if found is None and not demonstrative and self._words.lows[first] in PREPOSITIONS:
            found = self._find_subject(first, stop, mention)
        found = found or self._cast.find_between(first, stop, mention.gender, demonstrative)
        if found or not last or fits or demonstrative or not mention.gender:
            return found
        return self._cast.find_only(mention.first, mention.gender)

    def _is_governed(self, first: int, stop: int) -> bool:
        """Whether the person named in words `[first, stop)` is no subject: "Mit [X] sprach er"."""
        at = self._cast.find_place(first, stop)
        opens = self._words.lows[first] in SUBORDINATORS
        return at is not None and not opens and self._words.lows[at - 1] in PREPOSITIONS

    def _find_subject(self, first: int, stop: int, mention: Mention) -> Figure | None:
        """The person a sentence is about: "Nach dem Treffen mit X reiste [Y] ab"."""
        subject = self._frames.read_subject(first, stop)
        if subject is None or subject.kind != "person":
            return None
        figure = self._find_person(subject)
        fits = figure and (not mention.gender or figure.gender in ("", mention.gender))
        return figure if fits else None

    def _is_contested(self, mention: Mention) -> bool:
        """Whether "X will seinen Worten nach gehen" may mean X or the last speaker."""
        last = self._last.figure
        if mention.stop - mention.first < 2 or last is None or not mention.gender:
            return False
        if last.gender not in ("", mention.gender):
            return False
        start = self._previous[1]
        rival = self._cast.find_between(start, mention.first, mention.gender, True)
        return rival is not None and rival is not last

    def _resolve_group(self, mention: Mention, number: int) -> _Speaker:
        """Who "sie" or "man" is when it is no person: the last speaker, or the last subject."""
        away = number - self._last_named
        if away > 1 and self._words.lows[mention.first] in _THEY:
            subject = self._frames.read_subject(*self._previous)
            if subject and can_speak(subject) and subject.kind != "pronoun":
                return _Speaker(self._identify(subject, number).name, mention.span)
        last = self._last.figure
        gender = last.gender if last else self._read_gender(self._last.name or "")
        fits = not mention.gender or gender in ("", mention.gender)
        fits = fits or (mention.plural and last is None)  # "die Studenten" … "sie"
        if self._words.lows[mention.first] == "it":
            fits = last is None
        if self._words.lows[mention.first].startswith(_DEMONSTRATIVE):
            fits = False  # "Dieser" is another than who spoke last.
        if away <= 2 and fits and not (mention.plural and last):
            return _Speaker(self._last.name, mention.span, self._last.figure)
        return _Speaker(None, mention.span)

    def _read_gender(self, name: str) -> Gender:
        """The gender of a speaker who is no person of the cast, by first name or office."""
        office = name.split()[0].lower() if name else ""
        shown: Gender | None = "" if self._words.english else role_gender(office)
        return find_spelt_gender(name) or shown or ""


def _speak(figure: Figure, mention: Mention) -> _Speaker:
    return _Speaker(figure.name, mention.span, figure)
