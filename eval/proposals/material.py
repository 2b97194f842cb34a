"""What an archive offers to ask about: its persons, their statements, and the nouns they turn on.

A topic is a German noun that a question can name, in its base form.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from wortlaut.index.archive import Archive, Vectors
from wortlaut.index.article import Article, Span, make_article_id
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.names import spell_parts
from wortlaut.index.lang.roles import names_institution, role_gender
from wortlaut.index.lang.words import Word, make_terms, read_function_words, read_name_words
from wortlaut.index.reading.people import People
from wortlaut.rag.evidence import find_statement

_SHORTEST, _LONGEST = 25, 420
# What the same person says twice: cosine of the sentences, or the share of words in common.
_SAME_COSINE = 0.93
_SAME_WORDS = 85
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…]['\"“”»«‘’]*\s+|[\"„“»«‘‚(]\s*)$")
_ACRONYM = re.compile(r"[A-ZÄÖÜ]{3,6}\Z")
# Behind these a noun stands in the genitive.
_GENITIVE = frozenset("des eines dieses jenes seines ihres unseres keines jedes".split())
# Behind these, without an article, a noun is part of a phrase: "ohne Einschränkung".
_BARE = read_function_words("bare")
_PLURAL = re.compile(r"(?:ungen|ionen|ien|heiten|keiten|schaften|täten|anten|enten|eln|innen)\Z")
_FEMININE = re.compile(r"(?:ung|heit|keit|schaft|tion|sion|tät|ik|enz|anz)\Z")
# Nouns of any article: times, amounts, turns of speech, and who or what in general.
_GENERAL = frozenset(
    """jahr jahre jahren tag tage tagen woche wochen monat monate monaten stunde stunden minute
    minuten zeit zeiten mal
    morgen abend nachmittag vormittag nacht mittag anfang ende beginn mitte heute gestern
    jahresende prozent euro dollar million millionen milliarde milliarden tausend hundert
    dutzend teil teile seite seiten weg wege fall fälle grund gründe ziel ziele frage fragen
    art arten sache sachen punkt punkte stelle stellen bild bilder wort worte worten wörter
    tisch hand hände kopf auge augen herz leben welt land länder ländern stadt ort orte platz
    haus menschen mensch mann männer frau frauen kind kinder leute person personen anzahl zahl
    zahlen reihe rahmen hinblick zusammenhang bezug angaben angabe aussage aussagen bericht
    berichte artikel meldung meinung ansicht auffassung aufgabe aufgaben rolle lage situation
    möglichkeit möglichkeiten problem probleme bereich bereiche form formen name namen
    beispiel eindruck ansatz anlass folge folgen ergebnis ergebnisse entscheidung erklärung
    interview gespräch sprecher sprecherin kollege kollegin kollegen chef chefin minister
    ministerin präsident präsidentin herr dame bürger regierung partei deutschland europa spur
    recht rechte verstoß unterschied bedeutung erfolg erkenntnis erkenntnisse jahrhundert
    jahrzehnt jahrzehnte letzter letzte ding dinge wahrheit schritt schritte part anspruch
    vergleich hinweis hinweise lauf zuge gefahr hilfe kraft kräfte mittel zukunft
    vergangenheit dank boden rest moment augenblick antwort antworten bedenken forderung
    forderungen vorwurf vorwürfe bereitschaft unbekannter unbekannte politik vorschlag
    vorschläge plan pläne maßnahme maßnahmen fortschritt fortschritte nachbarland vorbehalte
    umsetzung einführung vorstellung stellungnahme geschwindigkeit entfernung zentimeter
    umgebung untersuchung untersuchungen thema themen quelle quellen hintergrund lösung
    absicht chance chancen opfer hoffnung sonder diskussion debatte öffentlichkeit gelegenheit
    umstand umstände gruppe gruppen mitglied mitglieder vertreter kreise kreisen nummer alter
    uhr""".split()
) | {*list_forms("month", "de"), *list_forms("weekday", "de")}


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A sentence of an article, or the person's part of it, as an answer would quote it.

    `words` are what is said, without "said the minister in Tarvo".
    """

    article: Article
    span: Span
    speaker: str | None
    words: str
    is_direct: bool
    vector: Vectors

    @property
    def quote(self) -> str:
        """The article's exact words."""
        return self.span.of(self.article.text)

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from every other sentence."""
        return self.article.id, self.span.start

    def says_same(self, other: Said) -> bool:
        """Whether the two say the same, as near-duplicate articles do."""
        return (
            float(self.vector @ other.vector) >= _SAME_COSINE
            or fuzz.token_sort_ratio(self.quote, other.quote) >= _SAME_WORDS
        )


class Material:
    """Reads an archive for questions; every list is in an order that stays the same."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.people = People(archive.list_speakers())
        self._articles: dict[str, list[tuple[Article, Span, Vectors]]] = {}
        self._texts: dict[str, list[str]] = {}
        self._records: dict[str, dict[str, str]] = {}

    def list_persons(self) -> list[str]:
        """The persons with first name and surname, most quoted first; no institutions."""
        rows = self.archive.query(
            "SELECT speaker FROM statements WHERE speaker IS NOT NULL AND is_person = 1 "
            "GROUP BY speaker ORDER BY count(*) DESC, speaker"
        )
        found = [self.people.find_person(str(row[0])) for row in rows]
        persons = dict.fromkeys(person for person in found if person)
        return [person for person in persons if self._is_full_name(person)]

    def _is_full_name(self, name: str) -> bool:
        words = name.split()
        if len(spell_parts(name)) < 2 or names_institution(name):
            return False
        if role_gender(words[0].casefold()) is not None or words[-1].isupper():
            return False
        # "Projektleiter Rolo Fentmark": no first name is as long as that.
        if len(words) > 2 and len(words[0]) > 11:
            return False
        # "Besondere Probleme": the first word of a name is no adjective that stands elsewhere.
        return not self.archive.query(
            "SELECT 1 FROM articles WHERE instr(text, ?) > 0 LIMIT 1", (f" {words[0].casefold()} ",)
        )

    def list_said(self, person: str) -> list[Said]:
        """All that the person says in the archive, by article and place."""
        spellings = self.people.list_spellings(person)
        marks = ",".join("?" * len(spellings))
        rows = self.archive.query(
            "SELECT a.id FROM articles a WHERE a.number IN (SELECT s.article FROM statements s "
            f"WHERE s.speaker IN ({marks})) ORDER BY a.path, a.id",
            spellings,
        )
        said = []
        for (article_id,) in rows:
            statements = self.archive.read_statements(str(article_id))
            for article, span, vector in self.read_sentences(str(article_id)):
                part, statement = find_statement(span, statements, frozenset(spellings))
                if statement is not None and _is_quotable(part.of(article.text)):
                    start, end = (
                        max(part.start, statement.span.start),
                        min(part.end, statement.span.end),
                    )
                    words = article.text[start:end]
                    is_direct = statement.voice == "direct"
                    said.append(Said(article, part, person, words, is_direct, vector))
        return said

    def read_sentences(self, article_id: str) -> list[tuple[Article, Span, Vectors]]:
        """The article's sentences as its passages have them, with their vectors."""
        if article_id not in self._articles:
            rows = self.archive.query(
                "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article "
                "WHERE a.id = ? ORDER BY p.ordinal",
                (article_id,),
            )
            read = self.archive.read_passages([str(row[0]) for row in rows])
            self._articles[article_id] = [
                (article, span, embedded.sentence_vectors[number])
                for article, embedded in read
                for number, span in enumerate(embedded.passage.sentences)
            ]
        return self._articles[article_id]

    def list_sentences(self, article_id: str) -> list[Said]:
        """The article's sentences, whoever says them."""
        return [
            Said(article, span, None, span.of(article.text), False, vector)
            for article, span, vector in self.read_sentences(article_id)
        ]

    def list_introducing(self, person: str, office: str) -> list[str]:
        """The ids of the articles that give the person this office, in these words."""
        spellings = self.people.list_spellings(person)
        marks = ",".join("?" * len(spellings))
        rows = self.archive.query(
            "SELECT a.id FROM articles a WHERE a.number IN (SELECT o.article FROM offices o "
            f"WHERE o.office = ? AND o.speaker IN ({marks})) ORDER BY a.path, a.id",
            [office, *spellings],
        )
        return [str(row[0]) for row in rows]

    def list_texts_with(self, person: str) -> list[str]:
        """The texts of the articles that name the person, by surname; kept once read."""
        if person not in self._texts:
            surname = person.split()[-1]
            rows = self.archive.query(
                "SELECT text FROM articles WHERE instr(text, ?) > 0", (surname,)
            )
            self._texts[person] = [str(row[0]) for row in rows]
        return self._texts[person]

    def locate(self, article: Article, folder: Path) -> dict[str, str | None] | None:
        """The path from the folder, and the record in the file, that a suite names it by.

        `None` where there are none that lead back to it: its source file is gone, or is no file.
        """
        if not article.path:
            return None
        relative = os.path.relpath(article.path, folder)
        path = str((folder / relative).resolve())
        for record in self._guess_records(article):
            if make_article_id(path, record) == article.id:
                return {"path": relative, "record": record or None}
        return None

    def _guess_records(self, article: Article) -> Iterator[str]:
        """What the record may be called: only its hash is kept, in the article's id."""
        yield from ("", article.url or "", article.text_sha256)
        path = article.path
        if path not in self._records:
            named = _read_records(Path(path))
            self._records[path] = {make_article_id(path, record): record for record in named}
        yield self._records[path].get(article.id, "")


def _read_records(path: Path) -> list[str]:
    if path.suffix.lower() != ".jsonl":
        return []
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    except OSError:
        return []
    return [record for line in lines if (record := _read_id(line))]


def _read_id(line: str) -> str | None:
    try:
        found = json.loads(line).get("id")
    except (ValueError, AttributeError, RecursionError):
        return None
    return None if found is None else str(found).strip()


def _is_quotable(quote: str) -> bool:
    return _SHORTEST <= len(quote) <= _LONGEST and re.search(r"\n\s*\n", quote) is None


def find_same(said: Sequence[Said], others: Sequence[Said]) -> list[Said]:
    """`said`, and those of `others` that say the same as one of them."""
    known = {item.place for item in said}
    same = [o for o in others if o.place not in known and any(o.says_same(s) for s in said)]
    return [*said, *same]


def max_cosine(vector: Vectors, said: Sequence[Said]) -> float:
    """How near any of the sentences comes to the vector; -1 without any."""
    return max((float(np.dot(vector, item.vector)) for item in said), default=-1.0)


@dataclass(frozen=True, slots=True)
class Topic:
    """A noun as a question names it: its `base` form, with `article` in front ("" if none fits).

    `key` in lower case is what all its forms, and compounds that end in it, contain; `weight` grows with how much
    it tells. `is_name` marks a word that other languages write alike, such as NATO.
    """

    base: str
    article: str
    key: str
    weight: float
    is_name: bool

    def is_in(self, text: str) -> bool:
        """Whether the text has the noun, in any form or compound."""
        return re.search(rf"{re.escape(self.key)}\w{{0,4}}(?!\w)", text.casefold()) is not None


class TopicFinder:
    """Finds topics by what is rare in the archive and returns in the article."""

    def __init__(self, archive: Archive, names: Collection[str]) -> None:
        self._archive = archive
        self._names = frozenset(word.low for name in names for word in read_name_words(name))
        self._total = max(int(archive.query("SELECT count(*) FROM passages")[0][0]), 1)
        self._counts: dict[str, int] = {}

    def find(self, sentence: str, text: str) -> list[Topic]:
        """The sentence's topics, most telling first; `text` is the article's."""
        found: dict[str, Topic] = {}
        forms = Counter(_bare(word) for word in read_name_words(text) if word.is_capitalised)
        often = Counter(make_terms(text))
        for word, before in _list_nouns(sentence):
            topic = self._make(word, before, text, forms, often)
            if topic:
                found.setdefault(topic.key, topic)
        return sorted(found.values(), key=lambda topic: (-topic.weight, topic.base))

    def _make(
        self, word: str, before: str, text: str, forms: Counter[str], often: Counter[str]
    ) -> Topic | None:
        low = word.casefold()
        is_name = _ACRONYM.match(word) is not None
        if not is_name and (len(word) < 5 or self._is_general(low)):
            return None
        term = make_terms(word)[0]
        times, passages = often[term], self._count(term)
        # What is named once in passing makes no topic, unless it is long enough to be precise.
        precise = len(word) > 10 and before not in _BARE
        if (times < 2 and not precise) or passages > max(5, self._total * 0.15):
            return None
        base = word if is_name else _find_base(word, before, forms, text)
        if base is None:
            return None
        key = base.casefold() if len(base) < 6 else base.casefold()[: max(5, len(base) - 2)]
        weight = math.log(1 + self._total / max(passages, 1)) * (0.5 + math.log(max(times, 1)))
        article = "" if is_name else _find_article(base, text)
        return Topic(base, article, key, weight, is_name)

    def _is_general(self, low: str) -> bool:
        parts = set(low.split("-")) | {low}
        return bool(parts & (_GENERAL | self._names)) or role_gender(low) is not None

    def _count(self, term: str) -> int:
        if term not in self._counts:
            rows = self._archive.query("SELECT doc FROM passages_vocab WHERE term = ?", (term,))
            self._counts[term] = int(rows[0][0]) if rows else 0
        return self._counts[term]


def _list_nouns(sentence: str) -> Iterator[tuple[str, str]]:
    """The capitalised words that do not begin a sentence, with the word before in lower case."""
    before = ""
    words = read_name_words(sentence)
    for read, behind in zip_longest(words, words[1:]):
        word = _bare(read)
        starts = _SENTENCE_START.search(sentence[: read.start]) is not None
        if read.is_capitalised and (not starts or _ACRONYM.match(word)):
            # "Tilo Marbach", "Financial Times": of two capitalised words in a row none is a topic.
            is_beside = behind is not None and behind.start == read.start + len(word) + 1
            if not (is_beside and behind.is_capitalised) and not before[:1].isupper():
                yield word, before.casefold()
        before = word


def _bare(word: Word) -> str:
    """The word without the full stop that may belong to the sentence."""
    return word.text.rstrip(".")


def _find_base(word: str, before: str, forms: Counter[str], text: str) -> str | None:
    """The word's basic form, or `None` where only another case of it is to be seen."""
    alike = [
        form
        for form in forms
        if abs(len(form) - len(word)) <= 2 and form[: len(word) - 2] == word[: len(word) - 2]
        and set(form[len(word) - 2 :]) <= set("ensr" + word[-2:])
    ]  # fmt: skip
    shorter = [form for form in alike if len(form) < len(word) and word.startswith(form)]
    if word.endswith("s") and before in _GENITIVE:
        return min(shorter, key=len) if shorter else None
    if word.endswith("n") and not _PLURAL.search(word):
        if word[:-1] in shorter:
            return word[:-1]
        return word if _is_nominative(word, text) else None
    return word


def _is_nominative(word: str, text: str) -> bool:
    """Whether the text shows the plural in a case that is no dative."""
    return (
        re.search(rf"\b(?:[Dd]ie|[Dd]er|für|gegen|ohne|um|als) {re.escape(word)}\b", text)
        is not None
    )


def _find_article(base: str, text: str) -> str:
    """The article that the accusative takes, read from the text; "" where it does not show."""
    if _FEMININE.search(base):
        return "die"
    seen = {
        match[1].casefold()
        for match in re.finditer(rf"\b([Dd](?:as|ie|en|er)) {re.escape(base)}\b", text)
    }
    for shown in ("das", "die"):
        if shown in seen:
            return shown
    return "den" if "den" in seen and not base.endswith("n") else ""
