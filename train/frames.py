"""Claims about who said what, made by rule: written claims with a speaker put to both sides."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from train.claims import Claim
from wortlaut.index.lang.words import LANGUAGES, Language, read_class, read_words

SHARE_TOLD = 0.5
# So many come behind a sentence that somebody says on another matter, which tells nothing.
_SHARE_BEHIND = 0.4
_LONGEST = 170
# What may stand in quotation marks or before "sagte" as it is.
_PLAIN = re.compile(r"[A-ZÄÖÜ\d][^„“”»«\"?!:;]{25,}\.")
_SPEECH = re.compile(
    r"sag|laut |zufolge|erklär|mitteil|teilte|Angaben|meint|\bso\b|[.] [A-ZÄÖÜ]|\b(?:the|and|of|was)\b"
)
_ABOUT_TEXT = re.compile(r"speaker|sentence|text|говорящ|текст|автор|Text|Sprecher|author", re.I)
_BETWEEN = ("", "", " am Montag", " am Mittwoch", " der Nachrichtenagentur", " in einem Interview")
# The finite verbs whose reported form is plain.
_REPORTED = {
    "ist": "sei", "sind": "seien", "hat": "habe", "wird": "werde", "kann": "könne", "muss": "müsse", "soll": "solle",
    "will": "wolle", "darf": "dürfe", "gibt": "gebe", "kostet": "koste", "braucht": "brauche", "steht": "stehe",
    "liegt": "liege", "bleibt": "bleibe", "kommt": "komme", "bekommt": "bekomme", "beginnt": "beginne",
}  # fmt: skip
_FINITE = re.compile(rf"\b(?:{'|'.join(_REPORTED)})\b")
# False claims are kept so often: a speaker alone must not make a claim suspicious.
_SHARE_FALSE = 0.6
_QUOTES = ("„{}“", "»{}«", "«{}»")
# Surnames, as German and as Russian newspapers write them; made up of parts.
_FIRST_PARTS = (
    ("Ad", "Ад"), ("Bram", "Брам"), ("Falken", "Фалькен"), ("Gold", "Гольд"), ("Hell", "Хелль"), ("Kal", "Каль"),
    ("Lind", "Линд"), ("Mar", "Мар"), ("Nord", "Норд"), ("Oster", "Остер"), ("Rot", "Рот"), ("Stein", "Штайн"),
    ("Tal", "Таль"), ("Ul", "Уль"), ("Winter", "Винтер"), ("Born", "Борн"), ("Hal", "Хал"), ("Dorn", "Дорн"),
)  # fmt: skip
_LAST_PARTS = (
    ("berg", "берг"), ("hain", "хайн"), ("mann", "ман"), ("ner", "нер"), ("ow", "ов"), ("stedt", "штедт"),
    ("wig", "виг"), ("ler", "лер"), ("ke", "ке"), ("ach", "ах"), ("dorf", "дорф"), ("en", "ен"),
)  # fmt: skip
# An office as the evidence gives it, and as claims do; from `_WOMEN` on a woman's.
_OFFICES: tuple[dict[str, str], ...] = (
    {"de": "Minister", "en": "minister", "ru": "министр"},
    {"de": "Präsident", "en": "president", "ru": "президент"},
    {"de": "Bürgermeister", "en": "mayor", "ru": "мэр"},
    {"de": "Regierungssprecher", "en": "government spokesman", "ru": "представитель правительства"},
    {"de": "Anwalt", "en": "lawyer", "ru": "адвокат"},
    {"de": "Verbandschef", "en": "head of the association", "ru": "глава ассоциации"},
    {"de": "Ministerin", "en": "minister", "ru": "министр"},
    {"de": "Präsidentin", "en": "president", "ru": "президент"},
    {"de": "Bürgermeisterin", "en": "mayor", "ru": "мэр"},
    {"de": "Sprecherin", "en": "spokeswoman", "ru": "представительница"},
)  # fmt: skip
_WOMEN = 6
_FIRST_NAMES = (
    (("Emil", "Эмиль"), ("Jonas", "Йонас"), ("Peter", "Петер"), ("Karl", "Карл"), ("Milan", "Милан")),
    (("Marta", "Марта"), ("Hedda", "Хедда"), ("Anna", "Анна"), ("Ilse", "Ильзе"), ("Nora", "Нора")),
)  # fmt: skip
_FRAMES: dict[Language, tuple[str, ...]] = {
    "de": ("{who} sagte, {said}.", "{Said}, sagte {who}.", "{Said}, so {who}.", "{who}: {Said}.",
           "{who} teilte mit: {Said}.", "{Said}, erklärte {who}.", "Wie {who} sagte: {Said}."),
    "en": ("{who} said {said}.", "{who} said that {said}.", "According to {who}, {said}.", "{Said}, {who} said.",
           "{Said}, according to {who}.", "{who} stated that {said}.", "{who} says {said}."),
    "ru": ("{who} {verb}, что {said}.", "{Said}, {verb} {who}.", "{who} {verb}: {said}.", "{Said}, — {verb} {who}."),
}  # fmt: skip
_VERBS = (
    ("сказал", "заявил", "сообщил", "отметил"),
    ("сказала", "заявила", "сообщила", "отметила"),
)
_SMALL = frozenset(
    word
    for language in LANGUAGES
    for name in ("article", "determiner", "pronoun", "preposition", "conjunction")
    for word in read_class(name, language)
)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Somebody with an office, named as each language does."""

    office: dict[str, str]
    first: tuple[str, str]
    last: tuple[str, str]
    is_woman: bool

    def introduce(self) -> str:
        return f"{self.office['de']} {self.first[0]} {self.last[0]}"

    def name(self, language: Language, draw: random.Random) -> str:
        """The name, or now and then the office alone, as a claim in the language has it."""
        place = int(language == "ru")
        full, last = f"{self.first[place]} {self.last[place]}", self.last[place]
        article = {"en": "the ", "de": "die " if self.is_woman else "der ", "ru": ""}[language]
        office = self.office[language]
        titled = office[:1].upper() + office[1:] if language == "en" else office
        return draw.choice((full, last, last, f"{titled} {last}", f"{article}{office}"))


def tell_speech(claims: Sequence[Claim], draw: random.Random) -> Iterator[Claim]:
    """Written claims over one German sentence, put into somebody's mouth on both sides or on one.

    True stay those that tell it of the speaker, or as a plain fact where the evidence quotes it; false
    becomes what is told of somebody else, or of somebody where nobody is said to say it.
    """
    fitting = [claim for claim in claims if _may_be_said(claim)]
    for told in _tell(fitting, draw):
        if draw.random() < _SHARE_BEHIND:
            before = draw.choice(fitting).evidence
            told = replace(told, context=_say_evidence(before, _draw_speaker(draw), draw))
        yield told


def _tell(fitting: Sequence[Claim], draw: random.Random) -> Iterator[Claim]:
    for place, claim in enumerate(fitting):
        if claim.label != "supported" and draw.random() > _SHARE_FALSE:
            continue
        speaker, other = _draw_speaker(draw), _draw_speaker(draw)
        if speaker.office["en"] == other.office["en"] or speaker.last == other.last:
            continue
        way = draw.random()
        told = _say_evidence(claim.evidence, speaker, draw)
        second = fitting[place - draw.randint(1, 40)].evidence
        if way < 0.2:
            yield replace(claim, evidence=told, share=SHARE_TOLD, kind="said")
        elif way < 0.6:
            framed = _frame(claim, speaker, draw)
            text = f"{told} {_say_evidence(second, other, draw)}" if way < 0.4 else told
            yield replace(framed, evidence=text, share=SHARE_TOLD, kind="said")
        elif way < 0.9 and claim.label == "supported":
            both = [told, _say_evidence(second, other, draw)]
            draw.shuffle(both)
            yield _attribute_wrongly(_frame(claim, other, draw), " ".join(both), claim)
        elif claim.label == "supported":
            yield _attribute_wrongly(_frame(claim, other, draw), claim.evidence, claim)


def _may_be_said(claim: Claim) -> bool:
    return (
        not claim.context
        and len(claim.evidence) <= _LONGEST
        and bool(_PLAIN.fullmatch(claim.evidence))
        and not _SPEECH.search(claim.evidence)
        and claim.text.endswith(".")
        and not _ABOUT_TEXT.search(claim.text)
        and (claim.label == "supported" or bool(claim.marks))
    )


def _draw_speaker(draw: random.Random) -> _Speaker:
    number = draw.randrange(len(_OFFICES))
    is_woman = number >= _WOMEN
    one, two = draw.choice(_FIRST_PARTS), draw.choice(_LAST_PARTS)
    last = one[0] + two[0], one[1] + two[1]
    return _Speaker(_OFFICES[number], draw.choice(_FIRST_NAMES[is_woman]), last, is_woman)


def _say_evidence(sentence: str, speaker: _Speaker, draw: random.Random) -> str:
    """The sentence as the speaker's, in quotation marks or reported."""
    said = sentence.rstrip(" .")
    who, when = speaker.introduce(), draw.choice(_BETWEEN)
    quoted = draw.choice(_QUOTES)
    forms = [
        f"{quoted.format(said)}, sagte {who}{when}.",
        f"{quoted.format(said)}, erklärte {who}{when}.",
        f"{who} sagte{when}: {quoted.format(said + '.')}",
    ]
    if _FINITE.search(said):
        said = _FINITE.sub(lambda verb: _REPORTED[verb[0]], said)
        forms = [forms[0], f"{said}, sagte {who}{when}.", f"{said}, teilte {who}{when} mit."]
        if _begins_small(said):
            forms.append(f"{who} sagte{when}, {_begin_small(said)}.")
    return draw.choice(forms)


def _frame(claim: Claim, speaker: _Speaker, draw: random.Random) -> Claim:
    """The claim as the speaker's; what was marked stays marked."""
    language: Language = claim.language if claim.language in LANGUAGES else "de"  # type: ignore[assignment]
    said = claim.text.rstrip(" .")
    who = speaker.name(language, draw)
    forms = [
        f for f in _FRAMES[language] if _begins_small(said) or "{Said}" in f or ": {said}" in f
    ]
    form = draw.choice(forms)
    verb = draw.choice(_VERBS[speaker.is_woman])
    text = form.format(who=who, said=_begin_small(said), Said=said, verb=verb)
    text = text[:1].upper() + text[1:]
    at = _find_said(text, said)
    marks = tuple((first + at, min(last, len(said)) + at) for first, last in claim.marks or ())
    return replace(claim, text=text, marks=marks)


def _attribute_wrongly(framed: Claim, evidence: str, claim: Claim) -> Claim:
    said = claim.text.rstrip(" .")
    at = _find_said(framed.text, said)
    outside = [w for w in read_words(framed.text) if w.end <= at or w.start >= at + len(said)]
    marks = tuple((w.start, w.end) for w in outside if w.is_content)
    return replace(
        framed, evidence=evidence, label="not_enough_info", marks=marks or None, share=SHARE_TOLD,
        kind="attribution",
    )  # fmt: skip


def _find_said(text: str, said: str) -> int:
    """Where a claim stands in its frame: as it was, but for its first letter."""
    return text.find(said[1:]) - 1


def _begins_small(said: str) -> bool:
    """Whether the first word is surely no name or noun."""
    return said.split()[0].casefold() in _SMALL


def _begin_small(said: str) -> str:
    """The sentence as it goes on behind "said"."""
    return said[0].lower() + said[1:] if _begins_small(said) else said
