"""An office or a group for a speaker: "the president said", "experts warn"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Article, Statement
from index.descriptors import find_offices
from index.lang.functionwords import read_function_words
from index.lang.names import SAME_PERSON, match_names
from index.lang.verbs import read_verb_forms
from index.lang.words import read_words
from index.officewords import FIELDS, Office, read_office

_SAYING = frozenset(read_verb_forms())
# Who speaks for many and is nobody's office.
_GROUPS = re.compile(
    r"(?:kritiker\w*|gegner\w*|anhänger\w*|befürworter\w*|beobachter\w*|anwohner\w*|einwohner\w*"
    r"|bürger\w*|fachleute\w*|leute|menschen|demonstrant\w*|umweltschützer\w*|insider\w*"
    r"|critics?|opponents?|supporters?|observers?|residents?|locals|people|citizens?|insiders?"
    r"|protesters?|campaigners?|authorities|everyone|everybody|many|some|scientists?"
    r"|критики|противники|сторонники|наблюдатели|жители|люди|граждане|многие|некоторые"
    r"|опозици\w*|оппозици\w*|opposition\w*)\Z"
)
_FRAME = re.compile(r"\b(?:according to|nach angaben|по (?:словам|мнению|данным))\b", re.I)


def find_office(claim: str, said: str) -> str | None:
    """The office or group that the claim gives for its speaker, without a name; else None."""
    at = claim.find(said)
    frame = claim[:at] + " " + claim[at + len(said) :] if at >= 0 and said != claim else ""
    words = [
        word.text
        for word in read_words(_FRAME.sub(" ", frame))
        if word.low not in _SAYING and not _is_verb(word.low)
    ]
    text = " ".join(words)
    if any(_GROUPS.match(word.casefold()) for word in words):
        return text
    return text if read_office(text).head else None


def _is_verb(low: str) -> bool:
    return low in read_function_words("after-office")


def holds_office(
    office: str, names: Sequence[str], article: Article, said: Sequence[Statement]
) -> bool:
    """Whether the article gives one of the speakers this office, in whatever language."""
    claimed = read_office(office)
    if not claimed.head:
        low = {word.low for word in read_words(office)}
        return any(low & {word.low for word in read_words(name)} for name in names)
    held = [
        words
        for speaker, words in find_offices(article.text, said)
        if any(match_names(speaker, name) >= SAME_PERSON for name in names)
    ]
    return any(_fits(claimed, read_office(words)) for words in (*names, *held))


def _fits(claimed: Office, held: Office) -> bool:
    if claimed.head != held.head and claimed.head not in held.words:
        return False
    fields, theirs = claimed.words & FIELDS, held.words & FIELDS
    if fields and theirs and not fields & theirs:
        return False
    return not (claimed.places and held.places) or bool(claimed.places & held.places)
