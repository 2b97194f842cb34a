"""Follow-up questions: what they leave out comes from the conversation before them.

What was understood is said again as a whole question, which the archive is searched with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from wortlaut.index.lang.grammar import Grammar
from wortlaut.index.lang.offices import read_office
from wortlaut.index.lang.words import Language
from wortlaut.index.reading.people import find_names
from wortlaut.rag.understanding.query import Query, QueryKind
from wortlaut.rag.understanding.reading import Reading
from wortlaut.rag.understanding.timewindow import OPEN, Window, find_window

_LEADING_LETTERS = 5  # of a preposition between an office and the topic
_OF_A_COUNTRY = re.compile(r"(?:isch|ск)(?:e[rnms]?|ий|ая|ого|ой|ие)$")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

_SPEAKER_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("What did {who} say about {topic}", "What did {who} say"),
    "de": ("Was {said} {who} zu {topic}", "Was {said} {who}"),
    "ru": ("Что {says} {who} {about} {topic}", "Что {says} {who}"),
}
_DATE_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("When did {who} speak about {topic}", "When did {who} speak"),
    "de": ("Wann {spoke} {who} über {topic}", "Wann {spoke} {who}"),
    "ru": ("Когда {says} {who} {about} {topic}", "Когда {says} {who}"),
}
_WHO_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("Who spoke about {topic}", "Who said something"),
    "de": ("Wer äußerte sich zu {topic}", "Wer äußerte sich"),
    "ru": ("Кто высказался {about} {topic}", "Кто высказался"),
}
_AND: dict[Language, str] = {"en": " and ", "de": " und ", "ru": " и "}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Completes a question from the conversation before it."""

    query: Query
    reading: Reading
    last: Query
    history: Sequence[Query]
    today: date

    def complete(self) -> Query:
        """The query with what it leaves out inherited, and which parts that are.

        A whole new question inherits nothing, nor does what is none.
        """
        if self.reading.is_nonsense:
            return self.query
        whole = self._complete()
        return replace(whole, inherited=_list_inherited(self.query, whole))

    def _complete(self) -> Query:
        reading = self.reading
        if self.query.lists:
            past = reading.widen(self._choose_window(self.query))
            return self.query if reading.times else replace(self.query, stated=past)
        swapped = self._swap_office()
        if swapped is not None and swapped.speakers:
            return FollowUp(swapped, reading, self.last, self.history, self.today)._inherit(swapped)
        if swapped is not None:
            # Nobody is known to hold it: the last speaker is certainly not meant.
            unheld = FollowUp(swapped, reading, self.last, self.history, self.today)
            return unheld._ask_role(swapped.offices[0])
        role = reading.lone_role() or self._office_meant()
        if role is not None:
            return self._ask_role(role)
        named = self._name_in_fragment(self._resolve_object(self.query))
        empty = not named.topic
        follows = reading.fragment or reading.asked.pronoun or empty
        apart = not follows and named is self.query
        if apart and (reading.points_back() or reading.is_elliptic or self._means_a_thing()):
            return self._add_context()
        if apart and not reading.connective:
            return self.query
        return self._inherit(self._inherit_speaker(named, empty))

    def _inherit(self, named: Query) -> Query:
        reading, empty = self.reading, not named.topic
        query = replace(
            named,
            topic=self._choose_topic(named),
            kind=self._choose_kind(named, empty),
            stated=self._choose_window(named),
            order=self.last.order
            if reading.fragment and named.order == "relevance"
            else named.order,
        )
        return replace(query, text=self._compose(query, empty), follows=True)

    def _swap_office(self) -> Query | None:
        """ "And the Norvian one?": the last office, of another country."""
        reading, grammar = self.reading, self.reading.grammar
        words = [t for t in reading.tokens if not (t.timed or grammar.is_function_word(t.lower))]
        words = [t for t in words if t.lower not in ("one", "ones")]
        if not (reading.fragment and self.last.offices and len(words) == 1):
            return None
        named = words[0].names or reading.offices.scanner.is_role(words[0])
        if named or any(t.lower in grammar.prepositions for t in reading.tokens):
            return None
        office = self.last.offices[-1].split()
        heads = [" ".join(office[1:]), office[-1].rpartition("-")[2]] if office[1:] else []
        phrases = [
            f"{words[0].text} {head}" for head in (*heads, office[0].rpartition("-")[2]) if head
        ]
        for phrase in phrases:
            holders = tuple(reading.offices.resolve(phrase))
            if holders and set(holders) != set(self.last.speakers):
                return replace(self.query, speakers=holders, topic="", offices=(phrase,))
        if phrases and (_OF_A_COUNTRY.search(words[0].lower) or read_office(words[0].text).places):
            return replace(self.query, speakers=(), topic="", offices=(phrases[0],))
        return None

    def _means_a_thing(self) -> bool:
        """Whether "for it", in a gender as for people, can only mean what was asked about."""
        return self.reading.find_object() is not None and not self._last_people()

    def _office_meant(self) -> str | None:
        """The office that "he" stands for, where nobody knows who holds it."""
        if self.reading.asked.pronoun is None or self.query.speakers:
            return None
        for past in reversed(self.history):
            if past.speakers or past.unknown_speakers:
                return None
            if past.offices:
                return past.offices[0]
        return None

    def _ask_role(self, role: str) -> Query:
        """Somebody without a name on the conversation's topic: anybody may report it."""
        office = self.query.offices or (_drop_articles(role, self.reading.grammar),)
        own = "" if self.reading.fragment else _without(self.query.topic, office)
        query = replace(self.query, topic=own or self._last_topic(), kind="fact", offices=office)
        times = self._time_words(query) if query.stated.is_open else ""
        text = _close(_fill(_SPEAKER_TEXT, query, role), times)
        topic = f"{role}, {query.topic}".rstrip(", ")
        stated = self._choose_window(query)
        return replace(query, text=text, topic=topic, stated=stated, follows=True)

    def _last_topic(self) -> str:
        """The conversation's topic without an office that only said who speaks."""
        return _without(*self._topic_before())

    def _topic_before(self) -> tuple[str, tuple[str, ...]]:
        """The topic, with the offices in it; "what else" leaves it open but does not end it."""
        past = next((p for p in reversed(self.history) if p.topic or not p.further), self.last)
        return past.topic, past.offices

    def _add_context(self) -> Query:
        """ "How long can the country pay for it?": the last question says what "it" is."""
        query = self.query
        if query.kind not in ("fact", "date") or query.speakers or query.unknown_speakers:
            return query
        # The question first: on the seeds the last one's words in front hid two answers of three.
        topic = self._last_topic()
        return replace(
            query,
            text=f"{query.text} ({topic})" if topic else query.text,
            own=query.text,
            topic=f"{query.topic}, {self._last_topic()}".rstrip(", "),
            stated=self._choose_window(query),
            follows=True,
        )

    def _resolve_object(self, query: Query) -> Query:
        """ "What did Brandt say about her?": she is whom the conversation is about."""
        token = self.reading.find_object()
        people = self._last_people()
        if token is None or query.topic or not people or set(people) == set(query.speakers):
            return query
        if self.reading.asked.pronoun is not None or self.reading.compares:
            return query
        return replace(query, topic=" ".join(people))

    def _last_people(self) -> tuple[str, ...]:
        for past in reversed(self.history):
            if past.speakers or past.unknown_speakers:
                return past.speakers or past.unknown_speakers
        return ()

    def _name_in_fragment(self, query: Query) -> Query:
        """ "And Borvik?" after a question to a speaker asks for a speaker we do not know."""
        someone = self.last.speakers or self.last.unknown_speakers
        if query.speakers or query.unknown_speakers or not someone:
            return query
        name = self.reading.lone_name() if self.reading.fragment else None
        if name is None or name.lower() in self.last.topic.lower():
            return query
        return replace(query, topic="", unknown_speakers=(name,))

    def _inherit_speaker(self, query: Query, empty: bool) -> Query:
        reading = self.reading
        if query.speakers or query.unknown_speakers or reading.asked.role or query.kind == "who":
            return query
        if reading.fragment and reading.asks_who:
            return query
        if reading.compares and not reading.asked.pronoun:
            return query
        if not (reading.asked.pronoun or reading.fragment or empty):
            return query
        source = self.last
        if reading.asked.pronoun:
            past = (p for p in reversed(self.history) if p.speakers or p.unknown_speakers)
            source = next(past, self.last)
        return replace(
            query, speakers=source.speakers, unknown_speakers=source.unknown_speakers,
            offices=query.offices or source.offices,
        )  # fmt: skip

    def _choose_kind(self, query: Query, empty: bool) -> QueryKind:
        reading = self.reading
        given = self.query.speakers or query.unknown_speakers != self.last.unknown_speakers
        if not reading.fragment:
            someone = query.speakers or query.unknown_speakers
            return "speaker" if query.kind == "fact" and someone and empty else query.kind
        if reading.asks_who:
            return "who"
        if reading.asks_otherwise and self.last.kind == "date":
            return "speaker" if query.speakers or query.unknown_speakers else "fact"
        if query.kind == "date":
            return "date"
        if given and self.last.kind in ("fact", "who"):
            return "speaker"
        return self.last.kind

    def _choose_topic(self, query: Query) -> str:
        """The new topic; in a conversation about facts it narrows the old one."""
        someone = query.speakers or query.unknown_speakers or self.reading.asks_who
        if self.reading.fragment and query.topic and self.last.kind in ("fact", "date"):
            return query.topic if someone else f"{self.last.topic}, {query.topic}".strip(", ")
        if query.topic:
            return query.topic
        if self.reading.further and not self.reading.anaphora:
            return ""
        # Somebody else is asked: the last one's office is no part of the topic.
        return self._last_topic() if self.query.speakers else self._topic_before()[0]

    def _choose_window(self, query: Query) -> Window:
        if not query.stated.is_open:
            return query.stated
        before, after = self.reading.shifts()
        past = self.last.stated
        if self.reading.step is not None:
            return self.reading.step.take(past)
        if self.reading.asks_now:
            return OPEN
        if before and past.since is not None:
            return Window(None, past.since - timedelta(days=past.since > date.min))
        if after and past.until is not None:
            return Window(past.until + timedelta(days=past.until < date.max), None)
        return past

    def _compose(self, query: Query, empty: bool) -> str:
        """The question in words that need no conversation."""
        reading, last = self.reading, self.last
        who = self._show_people(query)
        times = self._time_words(query)
        if not reading.fragment and not empty and query.topic == reading.topic:
            return _close(reading.rewrite(who), times if not reading.times else "")
        if query.kind in ("speaker", "date") and who and not reading.asks_otherwise:
            texts = _SPEAKER_TEXT if query.kind == "speaker" else _DATE_TEXT
            return _close(_fill(texts, query, who), times)
        if query.kind == "who":
            return _close(_fill(_WHO_TEXT, query, ""), times)
        if empty and not reading.asks_otherwise and query.kind == last.kind:
            return _close(_without_times(last.text, self.today, last.language), times)
        return f"{last.text} {query.question.strip()}"

    def _time_words(self, query: Query) -> str:
        if self.reading.times:
            return " ".join(span.of(self.reading.body) for span in self.reading.times)
        if query.stated != self.last.stated:
            return ""
        _, spans = find_window(self.last.text[:1000], self.today, language=self.last.language)
        return " ".join(span.of(self.last.text) for span in spans)

    def _show_people(self, query: Query) -> str:
        """The speakers as the question's script writes them where the conversation shows that."""
        shown = []
        for name in query.speakers:
            typed = [
                span.of(text)
                for text in (self.reading.body, self.last.text[:1000])
                for span, _ in find_names(text, [name])
                if bool(_CYRILLIC.search(span.of(text))) == (query.language == "ru")
            ]
            same = bool(_CYRILLIC.search(name)) == (query.language == "ru")
            shown.append(name if same or not typed else typed[0])
        return _AND[query.language].join([*dict.fromkeys(shown), *query.unknown_speakers])


def set_topic(query: Query, topic: str) -> Query:
    """The query about another topic, said as a whole question; without one, about anything."""
    changed = replace(query, topic=topic, own="", further=False, lists=False)
    who = _AND[query.language].join([*query.speakers, *query.unknown_speakers])
    if who and query.kind == "date":
        return replace(changed, text=_close(_fill(_DATE_TEXT, changed, who), ""))
    if who:
        return replace(changed, text=_close(_fill(_SPEAKER_TEXT, changed, who), ""))
    if query.kind == "who":
        return replace(changed, text=_close(_fill(_WHO_TEXT, changed, ""), ""))
    return replace(changed, text=topic)


def _list_inherited(own: Query, whole: Query) -> frozenset[str]:
    """What the completed question has and does not say itself."""
    parts = {
        "speaker": bool(whole.speakers or whole.unknown_speakers)
        and not (own.speakers or own.unknown_speakers or own.offices),
        "topic": bool(whole.topic) and whole.topic != own.topic,
        "since": whole.stated.since is not None and whole.stated.since != own.stated.since,
        "until": whole.stated.until is not None and whole.stated.until != own.stated.until,
        "order": whole.order not in ("relevance", own.order),
    }
    if not whole.event.is_open and whole.stated != own.stated:
        parts["event"] = True
    return frozenset(part for part, is_inherited in parts.items() if is_inherited)


def _without(topic: str, offices: Sequence[str]) -> str:
    """The topic less the words for who speaks, and less what then leads it: "office, on rents"."""
    for office in offices:
        before, found, after = topic.partition(office)
        if found:
            words = after.lstrip(" ,").split(" ")
            short = len(words) > 1 and len(words[0]) <= _LEADING_LETTERS and words[0].islower()
            topic = (before.rstrip(" ,") + " " + " ".join(words[short:])).strip()
    return topic


def _drop_articles(role: str, grammar: Grammar) -> str:
    first, _, rest = role.partition(" ")
    return rest if rest and first.lower() in grammar.articles else role


def _fill(texts: dict[Language, tuple[str, str]], query: Query, who: str) -> str:
    """The question of one kind about `who` and the query's topic, without its mark."""
    several = len(query.speakers) + len(query.unknown_speakers) > 1
    return texts[query.language][not query.topic].format(
        who=who,
        topic=query.topic,
        said="sagten" if several else "sagte",
        spoke="sprachen" if several else "sprach",
        says="говорят" if several else "говорит",
        about="об" if query.topic[:1].lower() in tuple("аэиоу") else "о",
    )


def _close(text: str, times: str) -> str:
    """The question with its time words and one question mark at the end."""
    body = text.rstrip(" ?!.")
    return f"{body} {times}?" if times else f"{body}?"


def _without_times(text: str, today: date, language: Language) -> str:
    """The question less the words that give a time."""
    _, spans = find_window(text[:1000], today, language=language)
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return " ".join(text.split())
