"""Which office a text gives to whom: a claim must not lend a person another's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from wortlaut.index.lang.offices import FIELDS, Office, read_office
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.words import CYRILLIC_LETTER, Word, read_function_words
from wortlaut.rag.verification.names import same_word

_LONGEST = 4
_LONGEST_GENITIVE = 2
_LINKS = frozenset("der des of the for von für".split())
_STOPS = read_function_words("empty") - _LINKS
# Of these heads the tables know every name; of others ("Experte") one may be another.
_SURE_HEADS = frozenset(
    f"#{head}"
    for head in """minister premier präsident kanzler bürgermeister gouverneur botschafter general
    richter anwalt sprecher senator papst kommissar chef staatssekretär sekretär generalsekretär
    kommandeur beauftragter""".split()
)
# Of the police, a court, a bank.
_ALIKE = {"#chef", "#präsident"}


def find_borrowed_office(
    claim: Sequence[Word], text: str, held: Sequence[tuple[str, Office]]
) -> tuple[str, str] | None:
    """A person's office in the claim and their name, where the articles give them only others.

    `text` is the claim's; `held` are the articles' surnames, each with an office.
    """
    for n, office in _list_offices(claim, text):
        claimed = read_office(office)
        name = claim[n].text
        told = [each for surname, each in held if same_word(name, surname)]
        if told and not any(_may_be(claimed, each) for each in told):
            return office, name
    return None


def read_held_offices(words: Sequence[Word], text: str) -> Iterator[tuple[str, Office]]:
    """The surnames of a text, each with an office that it gives them."""
    for n, words_of_office in _list_offices(words, text):
        office = read_office(words_of_office)
        if office.head:
            yield words[n].text, office


def _list_offices(words: Sequence[Word], text: str) -> Iterator[tuple[int, str]]:
    """Every name with an office at it: its place among the words, and the office's words."""
    for n, word in enumerate(words):
        if not word.is_capitalised or role_gender(word.low) is not None or not word.is_content:
            continue
        if read_office(word.text).head:
            continue
        last = _find_surname(words, n, text)
        for office in (_read_before(words, n, text), _read_behind(words, n, text)):
            if office and read_office(office).head:
                yield last, office


def _find_surname(words: Sequence[Word], n: int, text: str) -> int:
    """The last of the capitalised words that a name begins."""
    while (
        n + 1 < len(words)
        and words[n + 1].is_capitalised
        and text[words[n].end : words[n + 1].start] in (" ", "-")
    ):
        n += 1
    return n


def _read_before(words: Sequence[Word], n: int, text: str) -> str:
    """The words of an office before a name, a first name between them: "Außenminister Falk Rosen"."""
    start = n
    while start > 0 and n - start < _LONGEST + 1:
        gap = text[words[start - 1].end : words[start].start]
        before = words[start - 1]
        if gap not in (" ", "-") or before.low in _STOPS or not before.low[0].isalpha():
            break
        start -= 1
    run = words[start:n]
    ends = [m for m, word in enumerate(run) if _is_head(word.text)]
    # In Russian what the office is for stands behind it: "министр иностранных дел".
    russian = bool(run) and CYRILLIC_LETTER.search(run[-1].low) is not None
    if not ends or len(run) - 1 - ends[-1] > (_LONGEST_GENITIVE if russian else 1):
        return ""
    end = len(run) if russian else ends[-1] + 1
    return " ".join(word.text for word in run[:end])


def _read_behind(words: Sequence[Word], n: int, text: str) -> str:
    """The words of an office behind a name, between commas: "Falk Rosen, der Außenminister, …"."""
    if n + 1 >= len(words) or text[words[n].end : words[n + 1].start].strip() != ",":
        return ""
    run = [words[n + 1]]
    for word in words[n + 2 : n + 2 + _LONGEST]:
        if text[run[-1].end : word.start] not in (" ", "-"):
            break
        run.append(word)
    head = next((m for m, word in enumerate(run) if _is_head(word.text)), None)
    if head is None or head > 2 or any(word.low in _STOPS for word in run[:head]):
        return ""
    return " ".join(word.text for word in run)


@lru_cache(maxsize=16384)
def _is_head(word: str) -> bool:
    return bool(read_office(word).head) and not read_office(word).is_institution


def _may_be(claimed: Office, held: Office) -> bool:
    """Whether somebody who holds one office may be called by the other."""
    if claimed.head not in _SURE_HEADS or held.head not in _SURE_HEADS:
        return True
    if {claimed.head, held.head} == _ALIKE:
        return True
    if claimed.head != held.head and claimed.head not in held.words:
        return False
    if held.deputy and not claimed.deputy:
        return False
    fields, theirs = claimed.words & FIELDS, held.words & FIELDS
    return not fields or not theirs or bool(fields & theirs)
