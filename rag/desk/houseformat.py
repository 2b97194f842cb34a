"""A quote in the words of a house: quotation marks, name, source, date, and where it stands.

A template names fields in braces; what stands in square brackets is left out where a field in it is
empty: `{words}[ – {name}][, {source}], {date} ({voice})`. A bracket or brace itself is doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from wortlaut.index.article import Article, Precision, Voice
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Citation
from wortlaut.rag.wording import SPEECH_MARKS, format_date, is_verbatim

# Where to look it up stands in lines of its own, so that they are easily left out.
_DEFAULT = "{words}[ – {name}][, {source}], {date} ({voice})\n[{url}\n]{address}\n{receipt}"
_TOKENS = re.compile(r"\{\{|\}\}|\[\[|\]\]|\{\w*\}|[\[\]{}]|[^\[\]{}]+")
_PARTNERS = {"„": "“", "“": "”", "”": "“", "«": "»", "»": "«", '"': '"'}
# A closing “ is German: its opening mark is no other.
_OPENINGS = _PARTNERS | {"“": "„"}
_VOICES: dict[Language, dict[Voice, str]] = {
    "en": {
        "direct": "direct quotation",
        "reported": "indirect speech",
        "narrated": "the article's words",
    },
    "de": {
        "direct": "wörtlich",
        "reported": "in indirekter Rede",
        "narrated": "Worte des Artikels",
    },
    "ru": {
        "direct": "прямая речь",
        "reported": "косвенная речь",
        "narrated": "слова статьи",
    },
}
_VIA: dict[Language, str] = {
    "en": "{voice}, according to {via}",
    "de": "{voice}, laut {via}",
    "ru": "{voice}, по данным {via}",
}
_RECEIPTS: dict[Language, str] = {
    "en": "Receipt: characters {start}–{end} of the text with the SHA-256 {hash}",
    "de": "Beleg: Zeichen {start}–{end} des Textes mit dem SHA-256 {hash}",
    "ru": "Для проверки: знаки {start}–{end} текста с SHA-256 {hash}",
}
QUOTE_FIELDS = (
    "words", "name", "source", "date", "voice", "title", "url", "address", "receipt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """A quote with all that a house says of it; `words` are the article's, on one line."""

    article_id: str
    text_sha256: str
    start: int
    end: int
    words: str
    title: str
    source: str | None
    url: str | None
    published: date | None
    precision: Precision
    speaker: str | None
    voice: Voice
    via: str | None

    @property
    def address(self) -> str:
        """The page's address of the quote, from the server's root."""
        return f"/a/{self.article_id}#{self.start}-{self.end}-{self.text_sha256[:8]}"


def quote_citation(citation: Citation) -> QuotedWords:
    """The citation as words to pass on: nothing of it says where the archive keeps its files."""
    article, span = citation.article, citation.place
    return QuotedWords(
        article.id, article.text_sha256, span.start, span.end, _collapse(citation.quote),
        _collapse(article.title), article.source, choose_url(article), article.published,
        article.published_precision, citation.speaker, citation.voice, citation.via,
    )  # fmt: skip


def choose_url(article: Article) -> str | None:
    """The article's own address if it is one of the web; of a file it is nobody's business."""
    try:
        is_web = urlsplit(article.url or "").scheme in ("http", "https")
    except ValueError:
        return None
    return article.url if is_web else None


def write_quote(
    quoted: QuotedWords, language: Language, template: str | None = None, origin: str = ""
) -> str:
    """The quote in the house's format; `origin` stands before the page's address of it."""
    values = describe_quote(quoted, language) | {"address": origin + quoted.address}
    filled = _fill(template or _DEFAULT, values)
    return "\n".join(" ".join(line.split()) for line in filled.split("\n")).strip()


def describe_quote(quoted: QuotedWords, language: Language) -> dict[str, str]:
    """The fields of a template, each on one line; "" where there is nothing to say."""
    receipt = _RECEIPTS[language].format(
        start=quoted.start, end=quoted.end, hash=quoted.text_sha256
    )
    values = {
        "words": mark_words(quoted, language),
        "name": quoted.speaker or "",
        "source": quoted.source or "",
        "date": format_date(quoted.published, quoted.precision, language),
        "voice": name_voice(quoted.voice, quoted.via, language),
        "title": quoted.title,
        "url": quoted.url or "",
        "address": quoted.address,
        "receipt": receipt,
    }
    return {name: _collapse(value) for name, value in values.items()}


def name_voice(voice: Voice, via: str | None, language: Language) -> str:
    """Direct or indirect, in the language, and by whom we know: "wörtlich, laut Interfax"."""
    said = _VOICES[language][voice]
    return _VIA[language].format(voice=said, via=via) if via else said


def check_template(template: str) -> None:
    """Return if the template can be filled; else raise ValueError that says what is wrong."""
    if not template.strip():
        raise ValueError("a template names what to copy, like {words} – {name}, {date}")
    depth = 0
    for token in _TOKENS.findall(template):
        if token in ("{", "}"):
            raise ValueError("a brace without its partner; write {{ or }} for the sign itself")
        if token.startswith("{") and token not in ("{{",) and token[1:-1] not in QUOTE_FIELDS:
            known = ", ".join(QUOTE_FIELDS)
            raise ValueError(f"there is no field {token}; the fields are: {known}")
        depth += {"[": 1, "]": -1}.get(token, 0)
        if depth not in (0, 1):
            raise ValueError("brackets that do not pair; write [[ or ]] for the sign itself")
    if depth:
        raise ValueError("a bracket is not closed; write [[ for the sign itself")


def _fill(template: str, values: Mapping[str, str]) -> str:
    done: list[str] = []
    inside: list[str] | None = None
    is_whole = True
    for token in _TOKENS.findall(template):
        if token == "[":
            inside, is_whole = [], True
            continue
        if token == "]":
            done += inside or [] if is_whole else []
            inside = None
            continue
        if token in ("{{", "}}", "[[", "]]"):
            text = token[0]
        else:
            text = values[token[1:-1]] if token.startswith("{") else token
            is_whole = is_whole and bool(text)
        (done if inside is None else inside).append(text)
    return "".join(done)


def mark_words(quoted: QuotedWords, language: Language) -> str:
    """The quote's words on one line, marked as what they are: speech, or the article's own."""
    if not is_verbatim(quoted.voice, quoted.speaker):
        return _collapse(quoted.words)
    return _mark_speech(quoted.words, language)


def _mark_speech(words: str, language: Language) -> str:
    """The words on one line in the language's quotation marks, never in two pairs.

    Where the article marks the speech inside its own sentence, that stays as it is; of a pair that
    the span cuts, the missing mark is put there. An answer, which repeats the archive letter by
    letter, has its own: `mark_quote`.
    """
    words = _collapse(words)
    if not words:
        return words
    opening, closing = SPEECH_MARKS[language]
    pairs = list(_find_pairs(words))
    if not pairs:
        return f"{opening}{words}{closing}"
    first, last = pairs[0], pairs[-1]
    if len(pairs) == 1 and first in ((0, len(words) - 1), (0, None), (None, len(words) - 1)):
        inner = words[first[0] is not None : len(words) - (first[1] is not None)]
        return f"{opening}{inner.strip()}{closing}"
    if last[1] is None and last[0] is not None:
        words += _PARTNERS[words[last[0]]]
    if first[0] is None and first[1] is not None:
        words = _OPENINGS[words[first[1]]] + words
    return words


def _find_pairs(words: str) -> Iterator[tuple[int | None, int | None]]:
    """Where quotation marks open and close; `None` for a mark that is not in the words."""
    opened: int | None = None
    for at, sign in enumerate(words):
        if sign not in '„“”«»"':
            continue
        before, behind = words[at - 1 : at] if at else " ", words[at + 1 : at + 2]
        # The end of a quote before a stop: "»." opens nothing, nor does what follows a word.
        opens = sign != "”" and (behind.isalnum() or behind in tuple("…‚‘'(["))
        opens = opens and (sign == "„" or not (before.isalnum() or before in ".,!?…;:)]"))
        if opens and opened is None:
            opened = at
        elif not opens:
            yield opened, at
            opened = None
    if opened is not None:
        yield opened, None


def _collapse(text: str) -> str:
    return " ".join(text.split())
