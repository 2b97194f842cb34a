"""What a claim is held against: the cited spans, read once, with what stands around them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article, Span, Statement
from index.names import TITLES
from index.splitter import split_sentences
from index.statements import extract_statements
from rag.answer import Citation
from rag.language import Language, detect_language
from rag.verification.dates import DateMention, read_dates
from rag.verification.quantities import Quantity, read_quantities
from rag.verification.words import Word, read_words

_MOST_ARTICLES = 64
_CONTEXT = 3
_BESIDE = 2
_STOPS = ',;:.!?–—()„“”»«"'


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article's sentences, statements and words; `names` are its speakers'."""

    sentences: tuple[Span, ...]
    statements: tuple[Statement, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with all that the rules ask of it; `stops` are word positions that open a clause."""

    text: str
    language: Language
    words: tuple[Word, ...]
    stops: tuple[int, ...]
    dates: tuple[DateMention, ...]
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One cited span: its reading, the whole sentences it lies in, and what is about them.

    `before` leads up to them; `beside` are the sentences next to them, which are not cited.
    """

    citation: Citation
    span: Reading
    sentences: tuple[str, ...]
    around: Reading
    before: tuple[Word, ...]
    beside: tuple[str, ...]
    article: ReadArticle
    voices: frozenset[str]

    @property
    def overlapping(self) -> tuple[Statement, ...]:
        """The article's statements that the span touches."""
        return tuple(s for s in self.article.statements if s.span.overlap(self.citation.span))

    def find_voices(self, quotations: Sequence[str]) -> frozenset[str]:
        """Who speaks in the span; where several do and all quotations are theirs, who said them."""
        if not quotations or len(self.voices) < 2:
            return self.voices
        text = self.citation.article.text
        holding = [
            statement
            for statement in self.overlapping
            if all(_strip(q) in statement.span.of(text) for q in quotations)
        ]
        return frozenset(n for s in holding for n in (s.speaker, s.via) if n) or self.voices


def _strip(quotation: str) -> str:
    return quotation.strip(" .,;:!?…")


def read_text(text: str, language: Language) -> Reading:
    """The text as every rule wants it."""
    words = read_words(text)
    dates = read_dates(text, language)
    quantities = read_quantities(text, language, [(d.start, d.end) for d in dates])
    stops = [0]
    for number in range(1, len(words)):
        between = text[words[number - 1].end : words[number].start]
        if _is_abbreviated(words[number - 1]) and between.startswith("."):
            between = between[1:]
        if any(mark in _STOPS for mark in between):
            stops.append(number)
    return Reading(text, language, tuple(words), tuple(stops), tuple(dates), tuple(quantities))


def _is_abbreviated(word: Word) -> bool:
    """Whether a full stop behind it need not end a sentence: "Dr.", "J.", "1." """
    return len(word.text) == 1 or word.low in TITLES or word.low.isdecimal()


class EvidenceReader:
    """Reads citations; the last few dozen articles stay read."""

    def __init__(self) -> None:
        self._articles: OrderedDict[str, ReadArticle] = OrderedDict()
        self._spans: OrderedDict[tuple[str, int, int], Evidence] = OrderedDict()

    def read(self, citation: Citation) -> Evidence:
        """The citation with its surroundings."""
        article = citation.article
        read = self._read_article(article)
        inside = [s for s in read.sentences if s.overlap(citation.span)]
        start = min([citation.span.start, *(s.start for s in inside)])
        end = max([citation.span.end, *(s.end for s in inside)])
        ahead = [s for s in read.sentences if s.end <= start][-_CONTEXT:]
        behind = [s for s in read.sentences if s.start >= end]
        language = find_language(article, citation.quote)
        parts = [
            Span(max(s.start, citation.span.start), min(s.end, citation.span.end)) for s in inside
        ]
        return Evidence(
            citation,
            read_text(citation.quote, language),
            tuple(part.of(article.text) for part in parts) or (citation.quote,),
            read_text(article.text[start:end], language),
            tuple(read_words(" ".join(s.of(article.text) for s in ahead))),
            tuple(s.of(article.text) for s in [*ahead[-_BESIDE:], *behind[:_BESIDE]]),
            read,
            frozenset(
                name
                for s in read.statements
                if s.span.overlap(citation.span)
                for name in (s.speaker, s.via)
                if name
            ),
        )

    def _read_article(self, article: Article) -> ReadArticle:
        key = article.text_sha256
        if key not in self._articles:
            sentences = split_sentences(article.text)
            statements = extract_statements(article.text, sentences)
            words = read_words(f"{article.title} {article.text}")
            self._articles[key] = ReadArticle(tuple(sentences), tuple(statements), tuple(words))
            if len(self._articles) > _MOST_ARTICLES:
                self._articles.popitem(last=False)
        self._articles.move_to_end(key)
        return self._articles[key]


def find_language(article: Article, text: str) -> Language:
    """The language of a span: the article's, else what its words look like."""
    if article.language in ("de", "en", "ru"):
        return article.language  # type: ignore[return-value]
    return detect_language(text, "de")


def merge_readings(readings: Sequence[Reading]) -> Reading:
    """Several spans as one text."""
    return (
        readings[0]
        if len(readings) == 1
        else read_text("\n".join(reading.text for reading in readings), readings[0].language)
    )
