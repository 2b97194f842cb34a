"""A model's stream of text -> finished sentences, each with the markers it cites.

Markers are read strictly: `[1]`, `[1][2]`, `[1, 2]`, `[1-3]`. Whatever else looks like one, and all
that could lead out of the page (links, images, HTML, addresses), is taken out of the text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.language import Language
from rag.sentences import SentenceStream

_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
_MARKER = re.compile(rf"(?<!\[)\[({_NUMBER}(?:(?:, ?|-){_NUMBER})*)\](?!\])")
# What people and models write in place of `[1]`: 【1】, [１], [^1], [source 1], [1†a], [[1]], [n].
_ODD = re.compile(r"[\[【［]+(?:[^\[\]【】［］]{0,40}?\d[^\[\]【】［］]{0,40}|\s*\^?n\s*)[\]】］]+")
_MOST_OF_A_RANGE = 50
_LONGEST_TAIL = 500
_MOST_ROUNDS = 8

# Counts are bounded: a hostile text must not make the search slow.
_IMAGE = re.compile(r"!\[[^\]]{0,300}\]\s?(?:\([^)]{0,2000}\)?|\[[^\]]{0,300}\]?)")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^)]{0,2000}\)?")
_HALF_LINK = re.compile(r"(\]|!)(\(|\[)")
_BLOCK = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-zA-Z!?][^<>]*(?:>|\Z|(?=<))", re.S)
_ADDRESS = re.compile(
    r"""(?:[a-zａ-ｚ][a-z0-9ａ-ｚ+.-]{1,12}[:：]\s?[/／\\]{1,2}|[/／\\]{2}|www[.。．｡]
        |(?:javascript|data|mailto|vbscript|file|tel)[:：])[^\s"<>„“”»«]+
      | \b(?:[\w-]{1,63}(?:[.。．｡][\w-]{1,63}){0,5}[.。．｡][^\W\d_]{2,24}|localhost
        |\d{1,3}(?:[.。．｡]\d{1,3}){3})(?:[:：]\d{2,5}\b|(?:[:：]\d+)?[/／?\\])[^\s"<>„“”»«]*""",
    re.I | re.X,
)
_CLOSING = ".,;:!?)]'’"
_ORNAMENT = re.compile(r"[*`~|]+|(?<!\w)_+|_+(?!\w)|^\s*(?:>+|#+)\s*", re.M)
_BULLET = re.compile(r"^\s*(?:[-–•*]\s+|(?:\d{1,2})\)\s+)")
# A day is no number of a list: "3. Januar".
_LIST_NUMBER = re.compile(r"^\s*\d\.\s+(?!(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))")
_PREAMBLE = re.compile(r"^\s*(?:Answer|Antwort|Ответ)\s*:\s*", re.I)
_BEFORE_SIGN = re.compile(r"\s+([.,;:!?…])")
_EMPTY_BRACKETS = re.compile(r"[(\[]\s*[)\]]")

_REFUSALS = re.compile(
    r"\bnot (?:\w+ )?in the (?:\w+ )?archives?\b|\bnichts? (?:\w+ )?(?:im|in dem) Archiv\b"
    r"|\b(?:нет|не \w+) в архиве\b|\bв архиве (?:этого |об этом |ничего )*нет\b",
    re.I,
)
_LONGEST_REFUSAL = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence of the model's as plain text, without its markers.

    `markers` are numbers of the evidence, in order, each once; `unknown` counts those that are
    not. A sentence is not complete when the answer ended inside it.
    """

    text: str
    markers: tuple[int, ...]
    unknown: int
    is_complete: bool


def split_stream(
    deltas: Iterable[str], quotes: Mapping[int, str], language: Language
) -> Iterator[Draft]:
    """Each sentence as soon as it is finished, however the stream is cut into deltas.

    `quotes` has the evidence's words by marker.
    """
    splitter = DraftSplitter(quotes, language)
    for delta in deltas:
        yield from splitter.feed(delta)
    yield from splitter.close()


class DraftSplitter:
    """Takes the stream's text bit by bit and gives finished sentences; `tail` is the rest."""

    def __init__(self, quotes: Mapping[int, str], language: Language) -> None:
        self._quotes = quotes
        self._stream = SentenceStream(language)
        self._stem = ""

    @property
    def tail(self) -> str:
        """What there is of the unfinished sentence, as plain text."""
        return _make_plain(self._stream.rest[-_LONGEST_TAIL:], ())

    def feed(self, delta: str) -> list[Draft]:
        """The sentences that this makes whole."""
        return self._make_drafts(self._stream.feed(delta))

    def close(self) -> list[Draft]:
        """The sentences that are left; the last may be incomplete."""
        return self._make_drafts(self._stream.close())

    def _make_drafts(self, sentences: Iterable[tuple[str, bool]]) -> list[Draft]:
        drafts = [self._make_draft(raw, is_complete) for raw, is_complete in sentences]
        return [draft for draft in drafts if draft.text or draft.markers or draft.unknown]

    def _make_draft(self, raw: str, is_complete: bool) -> Draft:
        raw = _PREAMBLE.sub("", _drop_hidden(raw))
        is_item = bool(_BULLET.match(raw) or _LIST_NUMBER.match(raw))
        if is_item:
            raw = _LIST_NUMBER.sub("", _BULLET.sub("", raw, 1), 1)
        _, markers, unknown = read_markers(_defuse(raw, ()), self._quotes)
        text = _make_plain(raw, [self._quotes[marker] for marker in markers])
        # "Denied were: – the bridge": an item says nothing without what opens the list.
        if not is_item:
            self._stem = text if text.endswith(":") else ""
        elif self._stem:
            text = f"{self._stem} {text}"
        return Draft(text, markers, unknown, is_complete)


def read_markers(text: str, known: Iterable[int]) -> tuple[str, tuple[int, ...], int]:
    """The text without markers, the markers that are `known`, and how many are not."""
    numbers = set(known)
    found: dict[int, None] = {}
    unknown: set[int] = set()
    for match in _MARKER.finditer(text):
        for number in _expand(match[1]):
            if number in numbers:
                found[number] = None
            else:
                unknown.add(number)
    return _drop_markers(text), tuple(found), len(unknown)


def _drop_markers(text: str) -> str:
    return _ODD.sub("", _MARKER.sub("", text))


def _expand(inside: str) -> Iterator[int]:
    for part in inside.split(","):
        ends = [int(number) for number in part.split("-")]
        if len(ends) == 2 and ends[0] < ends[1]:
            yield from range(ends[0], min(ends[1], ends[0] + _MOST_OF_A_RANGE) + 1)
        else:
            yield from ends


def _make_plain(text: str, cited: Sequence[str]) -> str:
    """The text on one line, without markers, Markdown's signs and whatever leads out of the page.

    What is taken out may join the rest to something new: it is gone through until nothing
    changes. A text that keeps changing is meant to, and nothing is left of it.
    """
    for _ in range(_MOST_ROUNDS):
        plain = _EMPTY_BRACKETS.sub("", _ORNAMENT.sub("", _drop_markers(_defuse(text, cited))))
        plain = _HALF_LINK.sub(r"\1 \2", plain)
        plain = _BEFORE_SIGN.sub(r"\1", " ".join(plain.split()))
        if plain == text:
            return plain
        text = plain
    return ""


def is_refusal(text: str) -> bool:
    """Whether the sentence says that the archive has no answer, in any of the languages."""
    return len(text.split()) <= _LONGEST_REFUSAL and _REFUSALS.search(text) is not None


def _drop_hidden(text: str) -> str:
    """The text without signs nobody sees, entities spelled out: what is checked is what shows."""
    text = unicodedata.normalize("NFC", html.unescape(html.unescape(text)))
    return "".join(
        character
        for character in text
        if character in "\n\t " or unicodedata.category(character) not in {"Cf", "Cc", "Co", "Cs"}
    )


def _defuse(text: str, cited: Iterable[str]) -> str:
    """The text without images, HTML and links; addresses stay if a cited quote has them."""
    text = _IMAGE.sub("", _drop_hidden(text))
    text = _LINK.sub(lambda match: "" if match[1].strip(" ^").isdigit() else match[1], text)
    text = _TAG.sub("", _BLOCK.sub("", text))
    allowed = {
        address.group().rstrip(_CLOSING) for quote in cited for address in _ADDRESS.finditer(quote)
    }

    def check(match: re.Match[str]) -> str:
        address = match.group()
        bare = address.rstrip(_CLOSING)
        return address if bare in allowed else address[len(bare) :]

    return _ADDRESS.sub(check, text)
