"""An office in any of the three languages as concepts that can be compared.

What the tables do not know (a company, a country of its own) is compared by sound.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from wortlaut.index.lang.places import Place, find_opening, find_place, find_run
from wortlaut.index.lang.roles import Gender, is_address, read_english_gender, role_gender
from wortlaut.index.lang.tables import Row, read_rows
from wortlaut.index.lang.words import CYRILLIC_LETTER, LANGUAGES, fold_word

_STOP = frozenset(
    """der die das des dem den ein eine einer eines einem einen und von vom für in im am an auf aus
    bei beim zu zum zur über mit als dr prof neu neue neuer neuen neues derzeitige
    derzeitigen amtierende amtierenden amtierender aktuelle aktuellen jetzige jetzigen zuständige
    zuständigen the of for at to and by from with a an on new current acting incumbent mr mrs ms
    его её их в во на по от из о об и с при новый новая нового официальный официальная
    нынешний нынешняя дел делам affairs offizielle offizieller chefs federal федеральн""".split()
)
_LINKS = re.compile(
    r"\b(?:of|for|at|from|in|to|by|des|der|vom|von|für|beim|bei|im|am|aus|eines|einer)\b"
)
_FORMER = re.compile(
    r"(?:ex|früher\w*|ehemalig\w*|einstig\w*|vormalig\w*|damalig\w*|former|late|then|бывш\w+|экс)\Z"
)
_DEPUTY = re.compile(
    r"(?:vize|stellvertretend\w*|deputy|vice|замести\w+|замглав\w+|замминистр\w*|вице)\Z"
)
_TOKEN = re.compile(r"[^\W\d]+")
_POSSESSIVE = re.compile(r"['’]s?\s+(?=\w)")
_APOSTROPHE_S = re.compile(r"['’]s?\b")
_ADDRESS = frozenset("frau herr herrn".split())
# "us" as a pronoun, in small letters, and not before the noun that it would describe.
_PRONOUN_US = re.compile(r"(?<!the )\bus\b(?![- ]\w)")
_RUSSIAN_ADJECTIVE = re.compile(
    r".*(?:ий|ый|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|[иы]м|[иы]х|ую|юю|ей)\Z"
)
_INFLECTION = re.compile(r"(?:innen|in|es|en|er|em|s|n|e)?\Z")
_FUGUE = re.compile(r"(?:es|en|er|s|n)\Z")
_DEMONYM = re.compile(
    r"(?:isch(?:e[nrsm]?)?|ians?|ien[s]?|iens|eses?|ese[rn]?|ans?|ia|ern?|e[nrsm]?|[saoi])\Z"
)
_CYRILLIC_DEMONYM = re.compile(
    r"(?:[иы]?йск|ск)(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их|ими|ое)\Z|(?:ии|ия|ию|ией|[аыуеяюои]|ом|ой)\Z"
)
# Nobody's office has as many letters; what is longer is hostile.
_LONGEST_OFFICE = 400
_LONGEST_WORD = 60
# German like English: they show no gender.
_SHARED = frozenset("minister premier senator professor general analyst boss".split())
_SHORTEST = 4
_US = re.compile(r"\bu\.s\.")
_US_GEORGIA = re.compile(
    r"\b(governor|senator|gouverneur|bundesstaat|state|us)((?:in|s|es)?(?: of| from| von"
    r"| des bundesstaat\w*)?(?: (?:us )?state(?: of)?)?)[ -]georgia\b"
)
# A token of its own for a country of several words: no word has this letter.
_MARK = "\u01c3"
# What ends a name between two of its words.
_APART = re.compile(r"[|,;:!?()]")
# Beside these a word is English: "Islands" is no Iceland.
_ENGLISH = frozenset("the of for from and prime deputy former".split())
_Table = dict[str, str]


@dataclass(frozen=True, slots=True)
class Office:
    """An office as concepts: `head` is the role or the institution, "" if the words name neither.

    `words` are concepts ("#verkehr") and plain words by sound; `places` country codes, `towns` the
    capitals among them, by sound. `gender` is what the words show; it makes no other office.
    """

    head: str = ""
    words: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    former: bool = False
    deputy: bool = False
    gender: Gender = field(default="", compare=False)

    @property
    def is_institution(self) -> bool:
        """Whether the head speaks without being a person."""
        return self.head in INSTITUTIONS


@dataclass(slots=True)
class _Tables:
    """Stems of offices.tsv that end words, open words, are words, and Russian ones."""

    ends: _Table = field(default_factory=dict)
    opens: _Table = field(default_factory=dict)
    whole: _Table = field(default_factory=dict)
    russian: _Table = field(default_factory=dict)
    kinds: dict[str, frozenset[str]] = field(default_factory=dict)
    english: frozenset[str] = frozenset()

    def add(self, concept: str, row: Row) -> None:
        """Take in the words of one row."""
        self.whole[concept[1:]] = concept
        for stem in f"{row['de']} {row['en']}".casefold().split():
            if stem.startswith("-"):
                self.ends[stem[1:]] = concept
            elif stem.endswith("-"):
                self.opens[stem[:-1]] = concept
            else:
                self.whole[stem] = concept
        for stem in row["ru"].casefold().split():
            self.russian[stem.removesuffix("-")] = concept


def _read_tables() -> _Tables:
    tables = _Tables()
    rows = [row for row in read_rows("offices.tsv") if row["kind"] != "phrase"]
    named = [("concept", row) for row in rows]
    named += [("key", row) for row in read_rows("exonyms.tsv") if row["kind"] in ("land", "city")]
    for column, row in named:
        concept = f"#{row[column].casefold()}"
        tables.add(concept, row)
        kind = row["kind"]
        tables.kinds[kind] = tables.kinds.get(kind, frozenset()) | {concept}
    german = {word for row in rows for word in f"{row['concept']} {row['de']}".casefold().split()}
    english = {word for row in rows for word in row["en"].casefold().split()}
    tables.english = frozenset(english - german) | _ENGLISH
    return tables


def _read_phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Expressions of several words, each with the plain words that mean the same."""
    phrases = [(_US_GEORGIA, r"\1\2 us usgeorgia")]
    for row in read_rows("offices.tsv"):
        if row["kind"] == "phrase":
            cells = "; ".join(row[language] for language in LANGUAGES if row[language])
            patterns = [_write_pattern(phrase) for phrase in cells.split("; ")]
            patterns.sort(key=lambda pattern: "(?=" in pattern)
            phrases.append((re.compile(rf"\b(?:{'|'.join(patterns)})"), row["concept"]))
    return tuple(phrases)


def _write_pattern(phrase: str) -> str:
    if phrase.endswith("-"):
        return re.escape(phrase[:-1]) + r"-?(?=\w)"
    end = "" if phrase.endswith("*") else r"\b"
    return re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ ", " ") + end


_TABLES = _read_tables()
_ENDS, _OPENS, _WHOLE, _RUSSIAN = _TABLES.ends, _TABLES.opens, _TABLES.whole, _TABLES.russian
_PHRASES = _read_phrases()
ROLES = _TABLES.kinds["role"]
INSTITUTIONS = _TABLES.kinds["institution"]
FIELDS = _TABLES.kinds["field"]


def is_role(low: str) -> bool:
    """Whether a word in lower case is one for somebody's office or trade."""
    if role_gender(low) is not None:
        return not is_address(low)
    return _WHOLE.get(low.removesuffix("s")) in ROLES or _WHOLE.get(low) in ROLES


@lru_cache(maxsize=65536)
def is_place(low: str) -> bool:
    """Whether a word in lower case is a country's, or its people's; not "us", a pronoun.

    The name before somebody's trade counts: "Irakbeauftragter".
    """
    if low == "us":
        return False
    place = find_place(low)
    if place is not None:
        return not place.guarded
    return _find_office_place(low) is not None or (low.startswith("bundes") and is_role(low))


def is_federal(low: str) -> bool:
    """Whether a German word in lower case is of the federal state: "bundesregierung"."""
    return low.startswith("bundes") and find_place(low) is None


@lru_cache(maxsize=65536)
def _find_office_place(token: str) -> tuple[Place, str] | None:
    """The country that opens a compound for somebody's office, and the office."""
    if len(token) > _LONGEST_WORD or not is_role(token):
        return None
    opening = find_opening(token)
    return opening if opening is not None and is_role(opening[1]) else None


def read_office(text: str) -> Office:
    """The office that the words name, in any of the three languages; cached.

    The head is what stands before the first "of": "Frau des Präsidenten" is no president. Only the
    first 400 letters are read.
    """
    return _read_office(text[:_LONGEST_OFFICE])


@lru_cache(maxsize=65536)
def _read_office(text: str) -> Office:
    reader = _Reader(text)
    low = _PRONOUN_US.sub(" ", unicodedata.normalize("NFC", text))
    low = reader.mark_places(_US.sub("us", low.casefold().replace("ё", "е")))
    low = _POSSESSIVE.sub(" | ", low)
    low = _APOSTROPHE_S.sub(" ", low)
    for pattern, words in _PHRASES:
        low = pattern.sub(f" {words} ", low)
    for number, part in enumerate(_split_links(low)):
        reader.read(part, number)
    return reader.build()


def _split_links(low: str) -> tuple[str, str]:
    """The words of the head, and those that a link or a possessive ties to it."""
    before, after = low, ""
    for link in _LINKS.finditer(low):
        if any(token not in _STOP for token in _TOKEN.findall(low[: link.start()])):
            before, after = low[: link.start()], low[link.end() :]
            break
    owner, _, owned = before.rpartition("|")
    return owned, f"{owner} {after}"


def _is_head(token: str) -> bool:
    concepts = _split_word(token)
    return any(c in ROLES or c in INSTITUTIONS for c in concepts) or is_role(token)


def _is_state_role(token: str) -> bool:
    return any(concept in ROLES for concept in _split_word(token)[-1:])


def _read_gender(token: str) -> Gender:
    """The gender of a word for an office, where it is one that has another for the other."""
    if role_gender(token) == "f":
        return "f"
    bare = token if token in _WHOLE else token.removesuffix("s")
    if read_english_gender(token) or bare in _SHARED:
        return read_english_gender(token)
    paired = bare + "in" in _ENDS or _cut_end(bare + "in")[0] is not None
    return "m" if paired and len(token) <= _LONGEST_WORD and role_gender(token) == "m" else ""


class _Reader:
    """Gathers the concepts of one office."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._marks: dict[str, Place] = {}
        self._heads: list[list[str]] = [[], []]
        self._words: list[list[str]] = [[], []]
        self._genders: set[Gender] = set()
        self._loose = False
        self._places: set[str] = set()
        self._towns: set[str] = set()
        self._weak: set[str] = set()
        self._former = self._deputy = False
        self._russian = False

    def mark_places(self, low: str) -> str:
        """The text with one token for each country of several words, "Republic of Korea"."""
        found = list(_TOKEN.finditer(low))
        tokens = [match[0] for match in found]
        parts, done, n = [], 0, 0
        while n < len(found):
            run = find_run(tokens, n)
            start, n = found[n].start(), n + 1 if run is None else run[1]
            end = found[n - 1].end()
            if run is None or found[n - 1].start() == start or _APART.search(low, start, end):
                continue
            mark = _MARK + chr(ord("a") + len(self._marks) % 26)
            self._marks[mark] = run[0]
            parts += [low[done:start], mark]
            done = end
        return "".join([*parts, low[done:]])

    def read(self, part: str, number: int) -> None:
        """Take in the head part (0) of the office, or what follows it (1)."""
        tokens = [token for token in _TOKEN.findall(part) if token not in _STOP]
        for token, after in zip(tokens, (*tokens[1:], ""), strict=False):
            if token in _ADDRESS:
                self._words[number] += [] if number or _is_head(after) else [token]
            elif _FORMER.match(token):
                self._former = True
            elif _DEPUTY.match(token):
                self._deputy = True
                if "министр" in token or "глав" in token:
                    self._add("#minister" if "министр" in token else "#chef", number)
            else:
                if number == 0:
                    self._note_head(token)
                self._read_token(token, number)

    def _note_head(self, token: str) -> None:
        """What the words of the head show: Russian, gender, and a noun that has the rest for its
        genitives, "друг министра".
        """
        if CYRILLIC_LETTER.search(token) is None:
            self._genders.add(_read_gender(token))
            return
        self._russian = True
        known = self._find_place(token) is not None or _split_word(token)[0].startswith("#")
        if not self._heads[0] and not known and not _RUSSIAN_ADJECTIVE.match(token):
            self._loose = True

    def _read_token(self, token: str, number: int) -> None:
        for prefix in ("alt", "ex"):
            if token.startswith(prefix) and _is_state_role(token[len(prefix) :]):
                self._former, token = True, token[len(prefix) :]
        if token.startswith("vize") and len(token) > 6:
            self._deputy, token = True, token[4:]
        if is_federal(token):
            self._weak.add("DE")
            token = token.removeprefix("bundes")
        place, rest = self._find_place(token), ""
        if place is None and (opening := _find_office_place(token)) is not None:
            place, rest = opening
        if place is not None:
            self._places.add(place.code)
            if place.town:
                self._towns.add(stem_word(place.town.casefold()))
        if place is None or rest:
            for concept in _split_word(rest or token):
                self._add(concept, number)

    def _find_place(self, token: str) -> Place | None:
        if token in self._marks:
            return self._marks[token]
        place = find_place(token)
        return None if place is not None and place.guarded and self._is_ordinary(token) else place

    def _is_ordinary(self, token: str) -> bool:
        """Whether a word that is no country in small letters, or in English, is none here."""
        words = {word.casefold(): word for word in _TOKEN.findall(self._text)}
        capital = words.get(token, "")[:1].isupper()
        return not capital or (token.isascii() and not _TABLES.english.isdisjoint(words))

    def _add(self, concept: str, number: int) -> None:
        if concept in ROLES or concept in INSTITUTIONS:
            self._heads[number].append(concept)
        self._words[number].append(concept)

    def build(self) -> Office:
        """The office of all that was taken in."""
        heads = [] if self._loose else self._heads[0]
        roles = [concept for concept in heads if concept in ROLES]
        ordered = roles or heads
        head = "" if not ordered else ordered[0 if self._russian else -1]
        words = {word for part in self._words for word in part} - {head}
        if "#kreml" in (head, *words):
            self._places.add("RU")
        if head == "":
            head = next((w for w in self._words[0] if w.startswith("role:")), "")
            words.discard(head)
        head, words = _normalise(head, words)
        gender: Gender = "f" if "f" in self._genders else "m" if "m" in self._genders else ""
        return Office(
            head, frozenset(words), frozenset(self._places or self._weak),
            frozenset(self._towns), self._former, self._deputy, gender,
        )  # fmt: skip


def _normalise(head: str, words: set[str]) -> tuple[str, set[str]]:
    """One head for what is the same: who is at the head of a ministry is a minister."""
    if head == "#chef" and "#ministerium" in words:
        return "#minister", words - {"#ministerium"}
    if head == "#chef" and words & {"#kreml", "#staat"}:
        return "#präsident", words - {"#kreml", "#staat"}
    if head in ("#präsident", "#anwaltschaft"):
        return head, words - {"#staat"}
    if head == "#chef" and "#regierung" in words:
        return "#premier", words - {"#regierung"}
    if head == "#sekretär" and words & FIELDS:
        return "#minister", words
    return head, words


@lru_cache(maxsize=65536)
def _split_word(token: str) -> tuple[str, ...]:
    """The concepts of one word: a compound's parts, what is not in the table by sound."""
    if len(token) > _LONGEST_WORD:
        return (stem_word(token[:_LONGEST_WORD]),)
    if CYRILLIC_LETTER.search(token):
        found = max((s for s in _RUSSIAN if token.startswith(s)), key=len, default="")
        return (_RUSSIAN[found],) if found else (stem_word(token),)
    if (concept := _WHOLE.get(token) or _WHOLE.get(token.removesuffix("s"))) is not None:
        return (concept,)
    head, rest = _cut_end(token)
    parts = [*_cut_opening(rest)] if len(rest) > 1 else []
    if head is None and role_gender(token) is not None:
        return (f"role:{stem_word(token)}",)
    return (*parts, head) if head else tuple(parts)


def _cut_end(token: str) -> tuple[str | None, str]:
    """The concept that ends the word, and the letters before it."""
    for at in range(len(token)):
        rest = token[at:]
        for stem in {rest, *(rest[:-n] for n in (1, 2, 3) if _INFLECTION.match(rest[-n:]))}:
            if stem in _ENDS and (at == 0 or at > 1):
                return _ENDS[stem], _FUGUE.sub("", token[:at]) if at > 4 else token[:at]
    return None, token


def _cut_opening(rest: str) -> list[str]:
    found = []
    while rest:
        stem = max((s for s in _OPENS if rest.startswith(s)), key=len, default="")
        if not stem:
            stem = next((s for s in _OPENS if s.startswith(rest) and len(s) - len(rest) < 3), "")
        if not stem:
            break
        found.append(_OPENS[stem])
        rest = rest[len(stem) :]
        end, before = _cut_end(rest)
        if end is not None and not before:
            return [*found, end]
    end, before = _cut_end(rest)
    if end is not None and before != rest:
        return [*found, *([stem_word(before)] if len(before) > 2 else []), end]
    return found if len(rest) <= 3 and found else [*found, stem_word(rest)]


@lru_cache(maxsize=65536)
def stem_word(token: str) -> str:
    """A word by sound without the endings of adjectives and inhabitants, so that scripts meet."""
    demonym = _CYRILLIC_DEMONYM if CYRILLIC_LETTER.search(token) else _DEMONYM
    bare = token
    for _ in range(2):
        cut = demonym.sub("", bare)
        bare = cut if len(cut) >= _SHORTEST else bare
    return fold_word(bare, keep_s=True, nominative=False)
