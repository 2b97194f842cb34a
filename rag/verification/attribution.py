"""Who says it: what a claim says of its speaker, and what the cited spans know of theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from wortlaut.index.article import Article, Span, Statement
from wortlaut.index.lang.names import SAME_PERSON, match_names, sound_of
from wortlaut.index.lang.offices import FIELDS, INSTITUTIONS, Office, read_office
from wortlaut.index.lang.organisations import read_bodies
from wortlaut.index.lang.places import find_place
from wortlaut.index.lang.roles import names_institution, role_gender
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.verbs import (
    KONJUNKTIV,
    list_marked_forms,
    read_asking_verbs,
    read_verb_forms,
)
from wortlaut.index.lang.words import (
    CYRILLIC_LETTER,
    Language,
    Word,
    read_function_words,
    read_stance,
    read_words,
)
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.evidence import CitedSpan
from wortlaut.rag.verification.names import same_name, same_word
from wortlaut.rag.verification.negation import find_negators
from wortlaut.rag.verification.surenames import VOICES

# A Russian verb of saying, set off by `_mark_verbs`.
_MARK = "\0"
_SAY_RU = rf"{_MARK}[А-ЯЁа-яё]+"
_RUSSIAN_WORD = re.compile(r"[А-ЯЁа-яё]+")
_NAME_RU = r"[А-ЯЁ][а-яё-]+(?:\s+[А-ЯЁ][а-яё-]+){0,2}"
_RUSSIAN = (
    re.compile(
        rf"\A(?P<title>[^«»:,]*?)(?P<who>{_NAME_RU})\s+(?:[а-яё]+\s+){{0,2}}?(?P<verb>{_SAY_RU})\b"
        r"(?P<mid>[^«»:,]{0,60})(?:,\s*(?:что|будто)|:)\s*(?P<said>.+)\Z", re.S),
    re.compile(
        rf"\A(?:по|согласно)\s+(?:словам|мнению|данным|заявлению|сообщению|оценке|информации)?\s*"
        rf"(?P<title>[^«»:,]*?)(?P<who>{_NAME_RU})\s*,\s*(?P<said>.+)\Z", re.S | re.I),
    re.compile(
        rf"\A(?P<said>.+?)[»“”\"]?\s*,\s*[–—-]?\s*(?:как\s+)?(?P<verb>{_SAY_RU})\s+(?P<title>[^«»:,]*?)"
        rf"(?P<who>{_NAME_RU})\b", re.S),
    re.compile(rf"\A(?P<title>[^«»:,]{{0,60}}?)(?P<who>{_NAME_RU})\s*:\s*(?P<said>.+)\Z", re.S),
)  # fmt: skip
_COLON = re.compile(r"\A(?P<who>[^:“”„\"«»]{2,70}?)(?:,[^:“”„\"«»]{2,40})?:\s*(?P<said>.+)\Z", re.S)
_PRONOUN = re.compile(rf"\A(?:{'|'.join(sorted(read_function_words('speaker')))})\b", re.IGNORECASE)
_SOURCE_WORDS = frozenset(
    """article report archive source text agency newspaper artikel bericht archiv quelle agentur
    zeitung meldung статья сообщение архив источник агентство газета""".split()
)
_SAME_START = 2
# Words of an office; what is longer is no office but the claim itself.
_LONGEST_OFFICE = 5
_SAYING = frozenset(read_verb_forms())
# Who speaks for many and is nobody's office.
_GOVERNMENTS = frozenset({"#regierung", "#kreml", "#weisseshaus"})
_GROUPS = re.compile(
    r"(?:kritiker\w*|gegner\w*|anhänger\w*|befürworter\w*|beobachter\w*|anwohner\w*|einwohner\w*"
    r"|bürger\w*|fachleute\w*|leute|menschen|demonstrant\w*|umweltschützer\w*|insider\w*"
    r"|critics?|opponents?|supporters?|observers?|residents?|locals|people|citizens?|insiders?"
    r"|protesters?|campaigners?|authorities|everyone|everybody|many|some|scientists?"
    r"|критики|противники|сторонники|наблюдатели|жители|люди|граждане|многие|некоторые"
    r"|опозици\w*|оппозици\w*|opposition\w*)\Z"
)
_ACCORDING = re.compile(r"\b(?:according to|nach angaben|по (?:словам|мнению|данным))\b", re.I)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the claim says of who says it.

    `speakers` are the names given; `said` is the text that is attributed, the whole claim where
    nothing is; `is_attributed` tells whether the claim reports speech at all.
    """

    speakers: tuple[str, ...]
    said: str
    is_attributed: bool


def read_attribution(claim: str, language: Language) -> Attribution:
    """Whom the claim makes say what."""
    if language == "ru":
        return _read_russian(claim)
    statements = drop_mere_nouns(extract_statements(claim, [Span(0, len(claim))]))
    speakers = [s.speaker for s in statements if s.speaker]
    said = " ".join(s.span.of(claim) for s in statements if not s.span.of(claim).startswith("("))
    match = _COLON.match(claim)
    if not speakers and match and _is_name(match["who"]):
        return Attribution((match["who"].strip(),), match["said"], True)
    attributed = bool(statements) or bool(_REPORTING.search(claim))
    return Attribution(tuple(dict.fromkeys(speakers)), said or claim, attributed)


def _is_name(text: str) -> bool:
    words = text.split()
    return 0 < len(words) <= 6 and words[-1][0].isupper()


def _read_russian(claim: str) -> Attribution:
    marked = _mark_verbs(claim)
    for form in _RUSSIAN:
        match = form.match(marked)
        if match:
            return Attribution((match["who"],), match["said"].replace(_MARK, ""), True)
    return Attribution((), claim, bool(_REPORTING.search(claim)))


def _mark_verbs(claim: str) -> str:
    """The claim with a mark before each form of a Russian verb of saying."""
    return _RUSSIAN_WORD.sub(lambda word: _MARK * _says_in_russian(word[0]) + word[0], claim)


def _says_in_russian(word: str) -> bool:
    """Whether a Russian word is a form of a verb of saying."""
    if not CYRILLIC_LETTER.search(word.casefold()):
        return False
    return any(form.strength != "weak" for form in read_asking_verbs("ru").read(word))


def find_wrong_speaker(
    attribution: Attribution,
    citations: Sequence[Citation],
    voices: Sequence[frozenset[str]],
    around: Sequence[Sequence[Word]],
    *,
    is_person: Callable[[str], bool],
) -> tuple[str, str] | None:
    """Why the spans are surely not by whom the claim says, with the rule's code; None if they may be.

    `voices` are, beside each citation, the names its article gives for who speaks there, `around`
    the words of the sentences it lies in. Sure is only a person's name, as `is_person` tells, and
    an organisation that the table has: others may be called by other words in another language.
    """
    named = [name for name in attribution.speakers if not _is_unnamed(name)]
    known = [
        [n for n in (citation.speaker, citation.via, *sorted(own)) if n]
        for citation, own in zip(citations, voices, strict=True)
    ]
    for name in named:
        heard = [_is_heard(name, *each) for each in zip(known, citations, around, strict=True)]
        if any(heard) or any(_may_be_spelt(name, other) for each in known for other in each):
            continue
        others = [other for each in known for other in each]
        is_named = is_person(name) or any(_share_first_name(name, other) for other in others)
        if not is_named and not (read_bodies(name) and all(map(read_bodies, others))):
            continue
        # A pronoun may be anybody, and who is named there may speak for an institution.
        apart = [other for other in others if not names_institution(other)]
        if apart or (others and not any(_stands_in(name, words) for words in around)):
            return _say_who(others, name)
    return None


def find_unheard_speaker(
    attribution: Attribution,
    citations: Sequence[Citation],
    voices: Sequence[frozenset[str]],
    around: Sequence[Sequence[Word]],
) -> tuple[str, str] | None:
    """As `find_wrong_speaker`, where one of several spans is another's, or nobody's by name."""
    named = [name for name in attribution.speakers if not _is_unnamed(name)]
    unheard = set(named)
    for citation, own, words in zip(citations, voices, around, strict=True):
        known = [n for n in (citation.speaker, citation.via, *sorted(own)) if n]
        heard = {name for name in named if _is_heard(name, known, citation, words)}
        unheard -= heard
        if named and not heard:
            return _say_who(known, named[0])
    return _say_who([], sorted(unheard)[0]) if unheard else None


def _share_first_name(name: str, other: str) -> bool:
    """Whether two names of several words begin with the same: then both are persons'."""
    one, two = name.split(), other.split()
    return min(len(one), len(two)) > 1 and one[0] == two[0]


def _may_be_spelt(name: str, other: str) -> bool:
    """Whether a Cyrillic name begins as the other does: how it is spelt is not known for certain."""
    if not CYRILLIC_LETTER.search(name.casefold()):
        return False
    last = [sound_of(words[-1]) for words in (name.split(), other.split())]
    return last[0][:_SAME_START] == last[1][:_SAME_START]


def _is_heard(name: str, known: Sequence[str], citation: Citation, words: Sequence[Word]) -> bool:
    """Whether the citation can be by whom the claim names, or is of no known speaker but names it."""
    source = citation.article.source
    if any(same_speaker(name, other) for other in known) or (source and same_name(name, source)):
        return True
    if any(word.low in _SOURCE_WORDS for word in read_words(name)):
        return True
    return not known and _stands_in(name, words)


def _say_who(known: Sequence[str], name: str) -> tuple[str, str]:
    if known:
        return f"{known[0]} says it, not {name}", "speaker"
    return f"the cited text does not say that {name} said it", "speaker_unknown"


def _stands_in(name: str, words: Sequence[Word]) -> bool:
    last = [word for word in read_words(name) if word.is_content][-1:]
    return bool(last) and any(same_word(last[0].text, word.text) for word in words)


def _is_unnamed(name: str) -> bool:
    """Whether it is a pronoun or an office, which anybody can be meant by."""
    words = [word.low for word in read_words(name)]
    if not words or not any(word[0].isupper() for word in name.split()):
        return True
    if len(words) == 1 and CYRILLIC_LETTER.search(words[0]) and read_office(name).head:
        return True
    return len(words) <= 2 and (bool(_PRONOUN.match(name)) or role_gender(words[-1]) is not None)


def same_speaker(a: str, b: str) -> bool:
    """Whether both name one person or institution, in whatever language."""
    if match_names(a, b) >= SAME_PERSON or same_name(a, b):
        return True
    if names_institution(a) and names_institution(b) and a.split()[-1] == b.split()[-1]:
        return True
    if read_bodies(a) & read_bodies(b):
        return True
    # "The Foreign Ministry" is "das Außenministerium", and "a spokesman for" it speaks for it.
    one, other = _read_body(a), _read_body(b)
    if _governs(a, other) or _governs(b, one):
        return True
    if not one.is_institution or one.head != other.head:
        return False
    if one.words != other.words:
        return False
    return not (one.places and other.places) or bool(one.places & other.places)


def _governs(name: str, body: Office) -> bool:
    """Whether a capital or country is named for the government that sits there: "Moscow said"."""
    place = find_place(name)
    if place is None or place.kind not in ("capital", "name"):
        return False
    return body.head in _GOVERNMENTS and place.code in body.places


def _read_body(name: str) -> Office:
    """The office of a name; of whoever speaks for an institution that institution."""
    office = read_office(name)
    bodies = sorted(office.words & INSTITUTIONS) if office.head in VOICES else []
    if not bodies:
        return office
    return replace(office, head=bodies[0], words=office.words - {bodies[0]})


def find_wrong_office(
    claim: str, attribution: Attribution, evidence: Sequence[CitedSpan]
) -> str | None:
    """Why the spans' named speakers are not whom the claim calls by an office; None if they are."""
    if any(not _is_unnamed(name) for name in attribution.speakers):
        return None
    office = _find_office(claim, attribution.said)
    if office is None:
        return None
    for item in evidence:
        known = [n for n in (item.citation.speaker, item.citation.via, *sorted(item.voices)) if n]
        if not known:
            continue
        if not _holds_office(office, known, item.citation.article, item.article.statements):
            return f"{known[0]} says it; the article does not call them {office!r}"
    return None


def _find_office(claim: str, said: str) -> str | None:
    """The office or group that the claim gives for its speaker, without a name; else None."""
    at = claim.find(said)
    frame = claim[:at] + " " + claim[at + len(said) :] if at >= 0 and said != claim else ""
    # "The negotiator told Fox News": whom he told is nobody's office.
    told, _, addressee = frame.partition(" told ")
    words = [
        word.text
        for word in read_words(_ACCORDING.sub(" ", told if told.strip() else addressee))
        if word.low not in _SAYING and not _is_verb(word.low) and not _says_in_russian(word.text)
    ]
    text = " ".join(words)
    if len(words) > _LONGEST_OFFICE:
        return None
    if any(_GROUPS.match(word.casefold()) for word in words):
        return text
    return text if read_office(text).head else None


def _is_verb(low: str) -> bool:
    return low in read_function_words("after-office")


def _holds_office(
    office: str, names: Sequence[str], article: Article, said: Sequence[Statement]
) -> bool:
    """Whether the article gives one of the speakers this office, in whatever language."""
    claimed = read_office(office)
    mine = [word.text for word in read_words(office) if word.is_capitalised]
    theirs = [word.text for name in names for word in read_words(name) if word.is_capitalised]
    if any(same_word(word, other) for word in mine for other in theirs):
        return True
    if not claimed.head:
        low = {word.low for word in read_words(office)}
        return any(low & {word.low for word in read_words(name)} for name in names)
    held = [
        words
        for speaker, words in find_offices(article.text, said)
        if any(match_names(speaker, name) >= SAME_PERSON for name in names)
    ]
    offices = [read_office(words) for words in (*names, *held)]
    return any(_fits(claimed, each) for each in offices) or not any(each.head for each in offices)


def _fits(claimed: Office, held: Office) -> bool:
    if claimed.head != held.head and claimed.head not in held.words:
        return False
    fields, theirs = claimed.words & FIELDS, held.words & FIELDS
    if fields and theirs and not fields & theirs:
        return False
    return not (claimed.places and held.places) or bool(claimed.places & held.places)


def find_speech_as_fact(
    claim: str, attribution: Attribution, evidence: Sequence[CitedSpan], *, is_reported: bool
) -> str | None:
    """Whose words the claim states as a plain fact; None where it does not, or they are nobody's."""
    if attribution.is_attributed or is_reported or _PRONOUN_SUBJECT.match(claim):
        return None
    speakers = []
    for item in evidence:
        who = _find_speaker(item)
        if who is None:
            return None
        words = {word.text for word in read_words(claim)}
        if any(match_names(word, who) >= SAME_PERSON or same_name(word, who) for word in words):
            return None
        if _opens_with_office(claim, who, item):
            return None
        speakers.append(who)
    return speakers[0] if speakers else None


def _opens_with_office(claim: str, who: str, item: CitedSpan) -> bool:
    """Whether the claim tells what the speaker does, by office: "The ambassador thanked"."""
    words = [word.text for word in read_words(claim)[:_LONGEST_OFFICE]]
    for count in range(1, len(words) + 1):
        office = " ".join(words[:count])
        if (claimed := read_office(office)).head:
            held = [text for name, text in find_offices(item.citation.article.text, item.article.statements)
                    if match_names(name, who) >= SAME_PERSON]  # fmt: skip
            return any(_fits(claimed, read_office(text)) for text in (who, *held))
    return False


def _find_speaker(item: CitedSpan) -> str | None:
    """Whose words the span is; None where it is the article's own, or partly."""
    citation = item.citation
    if citation.voice != "narrated":
        anybody = any(word.low in KONJUNKTIV for word in item.span.words)
        return citation.speaker or citation.via or ("Somebody" if anybody else None)
    covered = sum(
        min(s.span.end, citation.span.end) - max(s.span.start, citation.span.start)
        for s in item.overlapping
    )
    if covered < _MOSTLY * len(citation.span):
        return None
    people = [s.speaker for s in item.overlapping if s.speaker and s.is_person]
    return next((name for name in people if _stands_in(name, item.span.words)), None)


def find_broken_frame(claim: str, sentences: Sequence[str]) -> str | None:
    """What calls the rest of a cited sentence untrue, where the claim has nothing of the kind."""
    if _UNTRUE.search(claim) or find_negators(read_words(claim), claim):
        return None
    for sentence in sentences:
        match = _UNTRUE_FRAME.match(sentence)
        if match is None:
            return None
    return match["frame"] if sentences and match else None


# The rest of such a sentence tells who says it.
_MOSTLY = 0.6
_PRONOUN_SUBJECT = re.compile(
    rf"\A(?:{'|'.join(sorted(read_function_words('human')))})\b", re.IGNORECASE
)


def _match_stances(*names: str) -> str:
    """A pattern for the words of the stances, and for the verbs with marks of these names."""
    words = "|".join(read_stance(name) for name in names)
    verbs = match_any(sorted(form for name in names for form in list_marked_forms(name)))
    return rf"\b(?:{words}|{verbs})\b"


_REPORTING = re.compile(_match_stances("reports"), re.IGNORECASE)
_UNTRUE = re.compile(_match_stances("refutes", "objects"), re.IGNORECASE)
_UNTRUE_FRAME = re.compile(
    rf"\A(?P<frame>[^:„“”\"»«]*?{_match_stances('refutes')}[^:„“”\"»«,]{{0,40}}(?::|, (?:dass|daß|что)))",
    re.I,
)
