"""An answer as a chat client shows it: Markdown whose `[n]` lead to the sources, and their places.

Articles and models are not trusted: nothing of theirs becomes a link, a picture, HTML or a marker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation
from wortlaut.rag.desk.houseformat import choose_url, quote_citation
from wortlaut.rag.model.writing import estimate_tokens
from wortlaut.rag.wording import strike_out
from wortlaut.ui.render import clean_controls, clean_line, describe_place, list_refused, split_line

# What Markdown would make of letters: a link, a picture, a reference, HTML, emphasis, code; and what
# it would make of a line by its beginning: a heading, a list, a quotation, a rule.
_SIGNS = re.compile(
    r"!(?=\[)|\[(?=\d{1,4}\])|\](?=[(\[:])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|[\\`*~]|(?<!\w)_|_(?!\w)"
)
_LINE_SIGNS = re.compile(r"^\s*(?=[#>+=-])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s)")
_AFTER_MARKER = re.compile(r"[(\[:]")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\\]")
_TITLE_SIGNS = re.compile(r'([\\"])')
_LONGEST_TITLE = 200


Locate = Callable[[Citation], str]


@dataclass(frozen=True, slots=True)
class CitedText:
    """Markdown and where its markers are: `text[start:end] == "[n]"`, in order."""

    text: str
    places: tuple[tuple[int, int, int], ...] = ()

    def annotate(self, answer: Answer, locate: Locate) -> list[dict[str, Any]]:
        """A `url_citation` for each marker, as OpenAI's clients read it."""
        by_marker = {citation.marker: citation for citation in answer.citations}
        return [
            {
                "type": "url_citation",
                "url_citation": {
                    "start_index": start,
                    "end_index": end,
                    "title": _name_source(by_marker[marker], answer.language),
                    "url": locate(by_marker[marker]),
                },
            }
            for marker, start, end in self.places
        ]


def find_address(citation: Citation, base: str, *, has_page: bool) -> str:
    """Where the cited article can be read: at its own address, else below `base`, this server's.

    With a page it shows the words there, else it is the API that has the article.
    """
    if url := choose_url(citation.article):
        return _NOT_IN_ADDRESS.sub(lambda sign: quote(sign[0]), clean_controls(url))
    if has_page:
        return base + quote_citation(citation).address.lstrip("/")
    return f"{base}api/v1/article/{quote(citation.article.id, safe='')}"


def write_cited(answer: Answer) -> CitedText:
    """The answer's text as Markdown."""
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    length = 0

    def put(part: str) -> None:
        nonlocal length
        parts.append(part)
        length += len(part)

    struck = {strike_out(c.text, c.reason or "", answer.language) for c in list_refused(answer)}
    before = ""
    for number, line in enumerate(answer.text.split("\n")):
        # Two blanks keep the line break.
        put("  \n" if before and line else "\n" if number else "")
        before, is_first, is_behind_marker = line, True, False
        for piece in split_line(line, () if line in struck else answer.citations):
            if piece.kind == "marker":
                places.append((piece.marker, length, length + len(piece.text)))
                put(piece.text)
                is_first, is_behind_marker = False, True
                continue
            shown = _escape(piece.text, is_first=is_first, is_struck=line in struck)
            if is_behind_marker and _AFTER_MARKER.match(shown):
                shown = f"\\{shown}"
            put(shown)
            is_first = is_behind_marker = False
    return CitedText("".join(parts), tuple(places))


def write_end(answer: Answer, locate: Locate) -> str:
    """What stands below: the notice, and a line for each cited source that `[n]` then leads to."""
    parts = []
    if answer.notice:
        parts.append(_escape(clean_line(answer.notice)))
    lines = [
        f"[{citation.marker}]: <{locate(citation)}> "
        f'"{_TITLE_SIGNS.sub(_put_backslash, _name_source(citation, answer.language))}"'
        for citation in answer.citations
    ]
    parts += ["\n".join(lines)] if lines else []
    return "".join(f"\n\n{part}" for part in parts)


def _escape(text: str, *, is_first: bool = True, is_struck: bool = False) -> str:
    """The text so that Markdown shows it as it is; `is_first` of its line; one struck out stays so."""
    shown = clean_controls(text)
    if is_struck:
        shown, _, reason = shown.removeprefix("~~").rpartition("~~")
        return f"~~{_escape(shown).strip()}~~{_escape(reason, is_first=False)}"
    shown = _SIGNS.sub(_put_backslash, shown)
    if is_first:
        # Four blanks would make a block of code.
        shown = shown.lstrip()
        shown = _LINE_SIGNS.sub(lambda blanks: f"{blanks[0]}\\", shown)
        shown = _NUMBERED.sub(r"\1\\\2", shown)
    return shown


def _put_backslash(sign: re.Match[str]) -> str:
    return f"\\{sign[0]}"


def _name_source(citation: Citation, language: Language) -> str:
    """The source's name, day and title, on one line."""
    place = describe_place(citation.article, language)
    return clean_line(f"{place}: {citation.article.title}")[:_LONGEST_TITLE]


def count_tokens(texts: Iterable[str]) -> int:
    """About how many tokens: there is no tokenizer that would count them for every model."""
    return sum(estimate_tokens(text) for text in texts)


class Growth:
    """What an answer that grows is sure to begin with, once more of it is known.

    A model's sentences may give way to the archive's words as long as none of them holds.
    """

    def __init__(self) -> None:
        self._sent = ""
        self._last: str | None = None

    def grow(self, answer: Answer) -> str:
        """What can be sent of it by now, "" for nothing."""
        shown = write_cited(answer).text.rstrip()
        if answer.mode == "llm":
            if not _stands(answer):
                return ""
            # A note may stand below the sentences: what two different states share is settled.
            last, self._last = self._last, shown
            shown = "" if last in (None, shown) else _find_common(last or "", shown)
        if len(shown) <= len(self._sent) or not shown.startswith(self._sent):
            return ""
        new, self._sent = shown[len(self._sent) :], shown
        return new

    def finish(self, answer: Answer) -> tuple[str, CitedText]:
        """What is to be sent still, and the whole that was sent, with its markers' places."""
        cited = write_cited(answer)
        if cited.text.startswith(self._sent):
            return cited.text[len(self._sent) :], cited
        # Nothing that was sent can be taken back.
        before = f"{self._sent}\n\n"
        places = tuple(
            (n, start + len(before), end + len(before)) for n, start, end in cited.places
        )
        return f"\n\n{cited.text}", CitedText(before + cited.text, places)


def _find_common(one: str, other: str) -> str:
    """What both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    length = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
    return one[:length]


def _stands(answer: Answer) -> bool:
    """Whether a sentence that a model wrote is borne out, so that its text is the answer's."""
    return any(c.verdict == "supported" and c.reason is not None for c in answer.claims)
