"""What a claim is held against: the cited spans, read once, with what stands around them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from wortlaut.index.article import Article, ReadArticle, Span, Statement
from wortlaut.index.lang.names import TITLES
from wortlaut.index.lang.numerals import read_unit
from wortlaut.index.lang.offices import Office
from wortlaut.index.lang.verbs import SAYING_NOUNS
from wortlaut.index.lang.words import (
    LANGUAGES,
    Language,
    Word,
    detect_language,
    level_wording,
    read_words,
)
from wortlaut.rag.answer import Citation
from wortlaut.rag.verification.dates import DateMention, read_dates
from wortlaut.rag.verification.numbers import Quantity, read_quantities
from wortlaut.rag.verification.officeholders import read_held_offices

_MOST_ARTICLES = 64
_CONTEXT = 3
_BESIDE = 2
_STOPS = ',;:.!?–—()„“”»«"'


class CitedArticle:
    """An article's sentences, statements and words; most claims are told without the words."""

    def __init__(self, article: Article, read: ReadArticle) -> None:
        self._article = article
        self.sentences = read.sentences
        self.statements = read.statements

    @property
    def whole(self) -> str:
        """Its title and text; no sentence goes on from the one into the other."""
        return f"{self._article.title}\n{self._article.text}".lstrip()

    @cached_property
    def wordings(self) -> frozenset[str]:
        """Its sentences, each as `level_wording` has it."""
        return frozenset(level_wording(s.of(self._article.text)) for s in self.sentences)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of its title and text."""
        return tuple(read_words(self.whole))

    @cached_property
    def offices(self) -> tuple[tuple[str, Office], ...]:
        """Whom it gives which office: surnames with what they are called."""
        return tuple(read_held_offices(self.words, self.whole))


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text with all that the rules ask of it; `stops` are word positions that open a clause."""

    text: str
    language: Language
    words: tuple[Word, ...]
    stops: tuple[int, ...]
    dates: tuple[DateMention, ...]
    quantities: tuple[Quantity, ...]

    def parts(self, stop: int) -> bool:
        """Whether the stop is between clauses, no dash within "Hamburg–Mailand"."""
        return not stop or self.text[self.words[stop - 1].end : self.words[stop].start] not in "-–—"


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """One cited span: its reading, the whole sentences it lies in, and what is about them.

    `before` leads up to them, `ahead` is the text of it that comes last; `beside` are the sentences
    next to them, which are not cited.
    """

    citation: Citation
    span: ReadText
    sentences: tuple[str, ...]
    around: ReadText
    before: tuple[Word, ...]
    ahead: str
    beside: tuple[str, ...]
    article: CitedArticle
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
        return _name_voices(holding, text) or self.voices


def _name_voices(statements: Iterable[Statement], text: str) -> frozenset[str]:
    """Who speaks, by name; whom no name is known for by the article's words: "Verteidigung"."""
    names = (
        name
        for s in statements
        for name in (s.speaker or _read_mention(s.speaker_span, text), s.via)
    )
    return frozenset(name for name in names if name)


def _read_mention(mention: Span | None, text: str) -> str | None:
    """The noun that a statement is by; None for a pronoun, and for "Angaben", which are nobody."""
    said = mention.of(text) if mention else ""
    words = [word for word in read_words(said) if word.is_content]
    if not any(word.is_capitalised for word in words) or SAYING_NOUNS.search(words[-1].low):
        return None
    # "Die 61-Jährige" is a pronoun, "zwölf Minuten später" nobody.
    if any(read_unit(word.low) for word in words):
        return None
    return said[words[0].start : words[-1].end]


def _strip(quotation: str) -> str:
    return quotation.strip(" .,;:!?…")


def read_text(text: str, language: Language) -> ReadText:
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
    return ReadText(text, language, tuple(words), tuple(stops), tuple(dates), tuple(quantities))


def _is_abbreviated(word: Word) -> bool:
    """Whether a full stop behind it need not end a sentence: "Dr.", "J.", "1." """
    return len(word.text) == 1 or word.low in TITLES or word.low.isdecimal()


class EvidenceReader:
    """Reads citations; the last few dozen articles stay read."""

    def __init__(self, read_article: Callable[[Article], ReadArticle]) -> None:
        self._read_article = read_article
        self._articles: OrderedDict[tuple[str, str, str], CitedArticle] = OrderedDict()

    def read(self, citation: Citation) -> CitedSpan:
        """The citation with its surroundings."""
        article = citation.article
        read = self._find_article(article)
        inside = [s for s in read.sentences if s.overlap(citation.span)]
        start = min([citation.span.start, *(s.start for s in inside)])
        end = max([citation.span.end, *(s.end for s in inside)])
        ahead = [s for s in read.sentences if s.end <= start][-_CONTEXT:]
        behind = [s for s in read.sentences if s.start >= end]
        language = find_language(article, citation.quote)
        parts = [
            Span(max(s.start, citation.span.start), min(s.end, citation.span.end)) for s in inside
        ]
        return CitedSpan(
            citation,
            read_text(citation.quote, language),
            tuple(part.of(article.text) for part in parts) or (citation.quote,),
            read_text(article.text[start:end], language),
            tuple(read_words(" ".join(s.of(article.text) for s in ahead))),
            " ".join(s.of(article.text) for s in ahead[-_BESIDE:]),
            tuple(s.of(article.text) for s in [*ahead[-_BESIDE:], *behind[:_BESIDE]]),
            read,
            _name_voices(
                [s for s in read.statements if s.span.overlap(citation.span)], article.text
            ),
        )

    def _find_article(self, article: Article) -> CitedArticle:
        key = (article.id, article.title, article.text_sha256)
        if key not in self._articles:
            self._articles[key] = CitedArticle(article, self._read_article(article))
            if len(self._articles) > _MOST_ARTICLES:
                self._articles.popitem(last=False)
        self._articles.move_to_end(key)
        return self._articles[key]


def find_language(article: Article, text: str) -> Language:
    """The language of a span: the article's, else what its words look like."""
    if article.language in LANGUAGES:
        return article.language
    return detect_language(text, "de")


def merge_texts(readings: Sequence[ReadText]) -> ReadText:
    """Several spans as one text."""
    return (
        readings[0]
        if len(readings) == 1
        else read_text("\n".join(reading.text for reading in readings), readings[0].language)
    )
