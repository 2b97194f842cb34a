"""A model's stream of text -> finished sentences, each with the markers it cites.

Markers are read strictly: `[1]`, `[1][2]`, `[1, 2]`, `[1-3]`. Whatever else looks like one, and all
that could lead out of the page (links, images, HTML, addresses), is taken out of the text. Where a
sentence ends is decided only once the word after it is there, the same however the text arrives;
`sentencex` knows the abbreviations.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language

_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
_MARKER = re.compile(rf"(?<!\[)\[({_NUMBER}(?:(?:, ?|-){_NUMBER})*)\](?!\])")
_CITED = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
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
_DAYS_MONTH = match_any(list_forms("month", "de", short=True))
_LIST_NUMBER = re.compile(rf"^\s*\d\.\s+(?!(?i:{_DAYS_MONTH})(?!\w))")
_PREAMBLE = re.compile(r"^\s*(?:Answer|Antwort|Ответ)\s*:\s*", re.I)
_BEFORE_SIGN = re.compile(r"\s+([.,;:!?…])")
_EMPTY_BRACKETS = re.compile(r"[(\[]\s*[)\]]")

_ENDS = ".!?…"
_CLOSERS = "\"”“»«’')*_"
_RUN = re.compile(f"[{re.escape(_ENDS + _CLOSERS)}]+")
_PAIRS = {"„": "“”", "“": "”", "«": "»", "»": "«", '"': '"'}
_AFTER_WORD = ".,;:!?…\"”“»«’')"
_LONGEST_QUOTE = 400
_LONGEST_HEAD = 300
_LONGEST_WORD = 40
_BLANK = r"[^\S\n]*"
_GROUPS = re.compile(rf"(?:{_BLANK}[\[【［]+[^\[\]【】［］\n]{{0,60}}[\]】］]+)+[.!?]?")
_LED_LINE = re.compile(rf"\[[^\[\]\n]{{1,20}}\]{_BLANK}(\S)")
_LINE_END = re.compile(rf"{_BLANK}(?:\n|\Z)")
_OPEN_GROUP = re.compile(r"\s*(?:[\[【［]+[^\[\]【】［］\n]{0,60})?\Z")
_ANY_GROUP = re.compile(r"\s*\[[^\[\]]{0,60}\]")
_ITEM = re.compile(r"[-–•*#>]+\s|\d{1,2}[.)]\s")
_FOLLOWING = re.compile(r"\S+(?=\s)")
_FINISHED = re.compile(r"(?:[.!?…:][\"”“»«’')*_]*|[\]】］][.!?]?)\s*\Z")
_LONE_NUMBER = re.compile(r"\s*[*_#]*\d{1,3}\Z")


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


class SentenceStream:
    """Takes text bit by bit; gives (sentence with its markers, whether it is complete)."""

    def __init__(self, language: Language) -> None:
        self.rest = ""
        self._language = language
        self._is_final = False
        self._start_over(0)

    def feed(self, delta: str) -> list[tuple[str, bool]]:
        """The sentences that are finished by now."""
        self.rest += delta
        return self._take()

    def close(self) -> list[tuple[str, bool]]:
        """All that is left; the last is incomplete if nothing ends it."""
        self._is_final = True
        sentences = self._take()
        rest, self.rest = self.rest, ""
        if rest.strip():
            sentences.append((rest.strip(), _FINISHED.search(rest) is not None))
        return sentences

    def _start_over(self, at: int, stray: int = -1) -> None:
        """Go on from `at`; all before it is decided. `stray` is a mark that opens no quotation."""
        self._at = at
        self._stray = stray
        self._closing = ""
        self._opened = 0

    def _take(self) -> list[tuple[str, bool]]:
        sentences = []
        while (end := self._find_end()) is not None:
            sentence, self.rest = self.rest[:end].strip(), self.rest[end:]
            self._start_over(0)
            if sentence:
                sentences.append((sentence, True))
        return sentences

    def _find_end(self) -> int | None:
        """Where the first sentence ends, the white space after it included."""
        try:
            while True:
                while self._at < len(self.rest):
                    end = self._step(self._at, self.rest[self._at])
                    if end is not None:
                        return end
                    self._at += 1
                if not (self._closing and self._is_final):
                    return None
                # A quotation that nothing closes is none.
                self._start_over(self._opened, self._opened)
        except _Undecided:
            return None

    def _step(self, at: int, sign: str) -> int | None:
        """The sentence's end, if the sign at `at` ends it; raises _Undecided, nothing changed."""
        if self._closing:
            return self._step_in_quote(at, sign)
        if sign in _PAIRS and at != self._stray and self._opens(at):
            self._closing, self._opened = _PAIRS[sign], at
            return None
        if sign in _ENDS:
            return self._check_stop(at + 1)
        return self._check_line(at) if sign == "\n" else None

    def _step_in_quote(self, at: int, sign: str) -> int | None:
        text = self.rest
        if sign == "\n" and at + 1 == len(text) and not self._is_final:
            raise _Undecided
        if at - self._opened > _LONGEST_QUOTE or text.startswith("\n\n", at):
            self._start_over(self._opened - 1, self._opened)
            return None
        if sign not in self._closing:
            return None
        end = self._check_stop(at + 1) if text[at - 1] in _ENDS else None
        self._closing = ""
        return end

    def _opens(self, at: int) -> bool:
        """Whether the mark opens a quotation: it does where a word begins after it."""
        after = self.rest[at + 1 : at + 2]
        if not after and not self._is_final:
            raise _Undecided
        before = self.rest[at - 1 : at]
        return bool(after) and not after.isspace() and not (before and before.isalnum())

    def _check_stop(self, at: int) -> int | None:
        """The end of the sentence whose full stop lies before `at`, if it is one."""
        text = self.rest
        if closers := _RUN.match(text, at):
            at = closers.end()
        words = text[:at]
        stop = at
        at = self._skip_groups(at)
        if _OPEN_GROUP.match(text, at) and not self._is_final:
            raise _Undecided
        if _LONE_NUMBER.match(words.rstrip(_ENDS + _CLOSERS)):
            return None
        start = self._skip_blanks(at)
        if start == len(text):
            return start
        if start == at == stop:
            return None
        word = self._read_word(start)
        first = word.lstrip("\"„“»«‚‘'(*_")[:1]
        if first.islower():
            return None
        return start if at > stop or self._ends_before(words, word) else None

    def _check_line(self, at: int) -> int | None:
        """Where the next line starts, if a new sentence starts with it."""
        before = self.rest[:at].rstrip()
        if not before:
            return None
        end = self._skip_groups(at)
        start = self._skip_blanks(end)
        if _OPEN_GROUP.match(self.rest, start) and not self._is_final:
            raise _Undecided
        if start == len(self.rest):
            return start
        word = self._read_word(start)
        led = _LED_LINE.match(self.rest, start)
        if _ITEM.match(f"{word} ") or (led and led[1].isupper()):
            return start
        is_over = end > at or _FINISHED.search(before) or before.lstrip().startswith("#")
        is_over = is_over or self.rest.startswith("\n\n", at)
        return start if is_over and not word[:1].islower() else None

    def _skip_groups(self, at: int) -> int:
        """The end of the markers that follow; on the next line only if they stand there alone."""
        if groups := _GROUPS.match(self.rest, at):
            at = groups.end()
        line = self._skip_blanks(at)
        if "\n" in self.rest[at:line] and (groups := _GROUPS.match(self.rest, line)):
            if _OPEN_GROUP.match(self.rest, groups.end()) and not self._is_final:
                raise _Undecided
            if _LINE_END.match(self.rest, groups.end()):
                return groups.end()
        return at

    def _skip_blanks(self, at: int) -> int:
        while at < len(self.rest) and self.rest[at].isspace():
            at += 1
        return at

    def _read_word(self, start: int) -> str:
        word = _FOLLOWING.match(self.rest, start)
        if word:
            return word.group()[:_LONGEST_WORD]
        if not self._is_final and len(self.rest) - start < _LONGEST_WORD:
            raise _Undecided
        return self.rest[start : start + _LONGEST_WORD]

    def _ends_before(self, words: str, word: str) -> bool:
        import sentencex

        head = " ".join(_ANY_GROUP.sub("", words[-_LONGEST_HEAD:]).split())
        window = f"{head} {word.rstrip(_AFTER_WORD)}"
        boundaries = sentencex.get_sentence_boundaries(self._language, window)
        return any(boundary["end_index"] in (len(head), len(head) + 1) for boundary in boundaries)


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


def strip_markers(text: str) -> str:
    """The claim without its `[n]`, one space between words."""
    return " ".join(_CITED.sub("", text).split())


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


class _Undecided(Exception):
    """More text is needed to tell."""
