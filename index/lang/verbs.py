"""The verbs of saying in three languages, every form of each, and what each form may stand for.

The verbs are rows in `de/verbs.tsv`, `en/verbs.tsv` and `ru/verbs.tsv`, one a row, with their
irregular parts; the forms are made here. Articles are read with the German and English ones, all
but those that only questions ask with; questions with those of their language. The words that
show reported speech without a verb are lists in `de/speech.tsv` and `en/speech.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from wortlaut.index.lang.tables import Row, read_lists, read_rows
from wortlaut.index.lang.words import LANGUAGES, Language

Group = Literal["say", "tell", "think"]
Form = Literal["finite", "participle"]
# "plain" is the infinitive, in English and German a form of the present, too; it and the English
# "third" may also be nouns: "report", "reports".
Shape = Literal["finite", "plain", "third", "participle", "infinitive"]
Strength = Literal["sure", "weak", "known", "agree"]

_INSEPARABLE = ("be", "er", "ver", "ent", "emp", "ge", "zer", "wider", "über", "unter", "miss")
_GROUPS: Mapping[str, Group] = {"say": "say", "tell": "tell", "think": "think"}
_STRENGTHS: Mapping[str, Strength] = {
    "": "sure", "weak": "weak", "known": "known", "agree": "agree",
}  # fmt: skip

_GERMAN, _ENGLISH = read_lists("de/speech.tsv"), read_lists("en/speech.tsv")

KONJUNKTIV = frozenset(_GERMAN["konjunktiv"])
KONJUNKTIV_II = frozenset(_GERMAN["konjunktiv_2"])
CONTENT_ADJECTIVES = frozenset(_GERMAN["content_adjectives"])
SUBORDINATORS = frozenset(_GERMAN["subordinators"] + _ENGLISH["subordinators"])
COMPLEMENT_OPENERS = frozenset(_GERMAN["openers"] + _ENGLISH["openers"])
HAVE = frozenset(_GERMAN["have"] + _ENGLISH["have"])
BE = frozenset(_GERMAN["be"] + _ENGLISH["be"])

# "nach Angaben", "laut Mitteilung": the noun stands for what is said.
SAYING_NOUNS = re.compile(
    rf"(?:{'|'.join(_GERMAN['saying_noun_ends'])}|\A(?:{'|'.join(_GERMAN['saying_nouns'])}))\Z"
)
# "In einem Brief wurde gefordert": the noun is where it is written.
DOCUMENTS = re.compile(rf"(?:{'|'.join(_GERMAN['documents'])})(?:e?s|en)?\Z")
# A noun that a dass-clause, an infinitive or a colon spells out.
CONTENT_NOUNS = re.compile(rf"\A(?:{'|'.join(_GERMAN['content_nouns'])})\Z")

# "Ihr Urteil: „…“": the noun stands for a verb of saying.
QUOTING_NOUNS = re.compile(rf"(?:{'|'.join(_GERMAN['quoting_nouns'])})\Z")

# "Frage: …", in an interview: somebody without a name.
ASKING_LABELS = frozenset(_GERMAN["asking_labels"])
# "Antwort: …", "Antwort Holm: …": whoever was asked.
ANSWERING_LABELS = frozenset(_GERMAN["answering_labels"])
# Times and measures, which say nothing: "zehn Tonnen Käse".
MEASURES = frozenset(_GERMAN["time_nouns"]) | frozenset(
    word for row in read_rows("units.tsv") for word in row["de"].split() if word.isalpha()
)

_JUDGED = re.compile(rf"(?:{'|'.join(_GERMAN['judged_ends'])})(?:e?s|en)?\Z")
_SEEN_IN = frozenset(_GERMAN["seen_in"])
_JUDGING = frozenset(_GERMAN["judging"])


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One reading of a word as a form of a speech verb; `particle` must follow in its clause."""

    lemma: str
    group: Group
    form: Form
    particle: str = ""
    english: bool = False


VerbForms = Mapping[str, tuple[VerbForm, ...]]


@dataclass(frozen=True, slots=True)
class AskingForm:
    """One reading of a word of a question as a form of a verb of saying.

    `strength` tells whom it makes the question's speaker: its subject ("sure"), unless that is an
    unknown name ("weak"), only if it is a known person ("known"), or one of two who agree or not
    ("agree"). `particle` must close its clause; one of `beside` must stand behind it. A `noun` is
    a word that is a noun as often; `moves` is of verbs that have their perfect with "sein".
    """

    lemma: str
    strength: Strength
    shape: Shape
    particle: str = ""
    beside: frozenset[str] = frozenset()
    noun: bool = False
    moves: bool = False


@dataclass(frozen=True, slots=True)
class AskingVerbs:
    """The verbs of one language that make a question ask for a speaker, by their forms."""

    forms: Mapping[str, Sequence[tuple[Row, Shape, str]]]

    def read(self, word: str) -> tuple[AskingForm, ...]:
        """The readings of a word, in any case; none for a word that is no verb of saying."""
        found = self.forms.get(fold_verb(word), ())
        return tuple(dict.fromkeys(_make_asking_form(*form) for form in found))

    def is_sure(self, word: str) -> bool:
        """Whether the word is the form of a verb that anybody says with, and no noun."""
        return any(form.strength == "sure" and not form.noun for form in self.read(word))

    def agrees(self, word: str) -> bool:
        """Whether the word is the form of a verb for two who agree or contradict."""
        return any(form.strength == "agree" for form in self.read(word))


@cache
def read_verb_forms() -> VerbForms:
    """Every inflected form of the verbs that articles are read with, in lower case."""
    forms: dict[str, list[VerbForm]] = {}
    for language in ("de", "en"):
        rows = [row for row in read_rows(f"{language}/verbs.tsv") if row["where"] != "questions"]
        for row in rows:
            for word, form in _make_statement_forms(row, language == "en"):
                readings = forms.setdefault(word, [])
                if form not in readings:
                    readings.append(form)
    return {word: tuple(readings) for word, readings in forms.items()}


@cache
def read_asking_verbs(language: Language) -> AskingVerbs:
    """The verbs that make a question in `language` ask for a speaker."""
    forms: dict[str, list[tuple[Row, Shape, str]]] = {}
    for row in read_rows(f"{language}/verbs.tsv"):
        if row["asks"] != "no":
            for word, shape, particle in conjugate(row, language):
                forms.setdefault(fold_verb(word), []).append((row, shape, particle))
    return AskingVerbs(forms)


def conjugate(row: Row, language: Language) -> Iterator[tuple[str, Shape, str]]:
    """The forms of a row's verb, each with its shape and the particle that must follow it."""
    if language == "de":
        return _inflect_german(row)
    return _inflect_english(row) if language == "en" else _inflect_russian(row)


def fold_verb(word: str) -> str:
    """The word as verbs are looked up: in lower case, without the dots of a Russian ё."""
    return word.lower().replace("ё", "е")


def find_verbs(mark: str, language: Language) -> frozenset[str]:
    """The verbs with a mark in their language's table, as lemmas."""
    return frozenset(
        row["verb"].replace("|", "")
        for row in read_rows(f"{language}/verbs.tsv")
        if mark in row["marks"].split()
    )


@cache
def list_marked_forms(mark: str, *shapes: Shape) -> frozenset[str]:
    """Every form, or those of the shapes, of the verbs with a mark, in all three languages.

    As verbs are looked up, and as they are written; none that a particle must follow.
    """
    found = set()
    for language in LANGUAGES:
        for row in read_rows(f"{language}/verbs.tsv"):
            if mark in row["marks"].split():
                forms = [form for form in conjugate(row, language) if not form[2]]
                found |= {word for word, shape, _ in forms if not shapes or shape in shapes}
    return frozenset(found | {fold_verb(word) for word in found})


@cache
def read_plural_groups() -> Mapping[str, Group]:
    """The English verbs whose plain form says something behind a plural, with their groups."""
    plural = find_verbs("plural", "en")
    rows = read_rows("en/verbs.tsv")
    return {row["verb"]: _GROUPS[row["group"]] for row in rows if row["verb"] in plural}


@cache
def read_bare_words() -> Mapping[str, frozenset[str]]:
    """The German verbs that report on their own only with one of these words in the sentence."""
    rows = [row for row in read_rows("de/verbs.tsv") if row["bare"]]
    return {row["verb"].replace("|", ""): frozenset(row["bare"].split()) for row in rows}


@cache
def read_other_senses() -> Mapping[str, re.Pattern[str]]:
    """The German verbs that mean something else with a word of this shape in their clause."""
    return {
        row["verb"].replace("|", ""): re.compile(
            rf"\A(?:{'|'.join(row['not'].split()).replace('*', '.*')})\Z"
        )
        for row in read_rows("de/verbs.tsv")
        if row["not"]
    }


def is_judgement(words: Sequence[str]) -> bool:
    """Whether words in lower case go on behind "sieht" as an opinion does.

    "in dem Gesetz eine Gefahr", "keinen Durchbruch kommen"; figures make it a report of a match.
    """
    judged = [k for k, word in enumerate(words) if _JUDGED.search(word)]
    if not judged or "man" in words or any(word[0].isdigit() for word in words):
        return False
    if words[-1] in {"kommen", "zukommen"}:
        return True
    for k, word in enumerate(words):
        placed = word == "in" and words[k + 1 : k + 2] and words[k + 1] in _SEEN_IN
        if placed or word in {"darin", "hierin", "im"}:
            first = k + 1 if word in {"darin", "hierin"} else k + 2 + bool(placed)
            return any(not _JUDGING.isdisjoint(words[max(first, j - 4) : j]) for j in judged)
    return False


def _make_asking_form(row: Row, shape: Shape, particle: str) -> AskingForm:
    marks = row["marks"].split()
    return AskingForm(
        row["verb"].replace("|", ""),
        _STRENGTHS[row["asks"]],
        shape,
        particle,
        frozenset(row.get("beside", "").split()),
        "noun" in marks and shape in ("plain", "third"),
        "sein" in marks,
    )


def _make_statement_forms(row: Row, english: bool) -> Iterator[tuple[str, VerbForm]]:
    """The forms that articles are read with: no English plain form, no infinitive with "zu"."""
    lemma, group = row["verb"].replace("|", ""), _GROUPS[row["group"]]
    made: dict[tuple[Form, str], VerbForm] = {}
    for word, shape, particle in conjugate(row, "en" if english else "de"):
        if shape == "infinitive" or (english and shape == "plain"):
            continue
        form: Form = "participle" if shape == "participle" else "finite"
        if (form, particle) not in made:
            made[form, particle] = VerbForm(lemma, group, form, particle, english)
        yield word, made[form, particle]


def _inflect_german(row: Row) -> Iterator[tuple[str, Shape, str]]:
    """Third person of present and past, the infinitive (also with "zu"), the participle.

    Rows of strong verbs give present, past and participle.
    """
    particle, _, base = row["verb"].rpartition("|")
    parts = row["parts"].split()
    if parts:
        present, past, participle = parts
    else:
        stem = base[:-2] if base.endswith("en") else base[:-1]
        glide = "e" if stem.endswith(("t", "d", "chn", "ffn", "gn")) else ""
        present, past = stem + glide + "t", stem + glide + "te"
        whole = base.startswith(_INSEPARABLE) or base.endswith("ieren")
        participle = ("" if whole else "ge") + stem + glide + "t"
    plural = past + ("n" if past.endswith("e") else "en")
    for word in dict.fromkeys((present, past, plural, base)):
        shape: Shape = "plain" if word == base else "finite"
        yield word, shape, particle
        if particle:
            yield particle + word, shape, ""
    yield particle + participle, "participle", ""
    if particle:
        yield particle + "zu" + base, "infinitive", ""


def _inflect_english(row: Row) -> Iterator[tuple[str, Shape, str]]:
    """The plain form, -s, past, participle and -ing; rows give past and participle if irregular."""
    verb, _, particle = row["verb"].partition("|")
    parts = row["parts"].split()
    hissing = verb.endswith(("s", "sh", "ch", "x", "z", "o"))
    to_i = verb.endswith("y") and verb[-2] not in "aeiou"
    third = verb[:-1] + "ies" if to_i else verb + ("es" if hissing else "s")
    regular = verb[:-1] + "ied" if to_i else verb + ("d" if verb.endswith("e") else "ed")
    past, participle = (parts or [regular])[0], (parts or [regular])[-1]
    doubled = past == verb + verb[-1] + "ed"
    silent = verb.endswith("e") and not verb.endswith(("ee", "oe", "ie"))
    stem = verb[:-2] + "y" if verb.endswith("ie") else verb[:-1] if silent else verb
    yield third, "third", particle
    for word in dict.fromkeys((past, participle)):
        yield word, "finite", particle
    yield participle, "participle", particle
    yield verb, "plain", particle
    yield stem + (verb[-1] if doubled else "") + "ing", "infinitive", particle


def _inflect_russian(row: Row) -> Iterator[tuple[str, Shape, str]]:
    """The infinitive, the third person of present or future, and the past.

    Rows give the third person in both numbers, and the past of "he" and "she", if irregular; all
    of them without the -ся of a reflexive verb.
    """
    verb, parts = row["verb"], row["parts"].split()
    base = verb[:-2] if verb.endswith(("ся", "сь")) else verb
    stem = base[:-2]
    if base.endswith("овать"):
        present = [base[:-5] + "ует", base[:-5] + "уют"]
    elif base.endswith("ить"):
        present = [stem + "т", stem[:-1] + ("ат" if stem[-2] in "жчшщ" else "ят")]
    elif base.endswith("нуть"):
        present = [base[:-3] + "ет", base[:-3] + "ут"]
    else:
        present = [stem + "ет", stem + "ют"]
    singular, plural, he, she = [*parts, *[*present, stem + "л", stem + "ла"][len(parts) :]]
    yield verb, "infinitive", ""
    for word in (singular, plural, he, she, she[:-1] + "о", she[:-1] + "и"):
        own = "" if base == verb else "сь" if word[-1] in "аоуиеёюяы" else "ся"
        yield word + own, "finite", ""
