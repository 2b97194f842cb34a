"""An answer's claims, found amid its layout and its talk.

Thoughts, citation marks, headings, lists of sources, signs of Markdown, what leads in, courtesies
and refusals claim nothing. All that is no claim's word becomes blanks: each place stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from wortlaut.eval.faithfulness.marks import find_marks, level_marks
from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.refusals import is_refusal
from wortlaut.index.lang.tables import match_any, read_phrases
from wortlaut.index.lang.words import Word, read_words
from wortlaut.index.splitter import split_segments
from wortlaut.rag.model.thinking import find_thoughts

# Only what holds a word, or a number, can be a claim.
_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2,}|\d")
_LONGEST_ENTRY = 300
_LONGEST_HEADING = 12
_LONGEST_NAME = 4
_LONGEST_COURTESY = 40
_DAYS_MONTH = match_any([m for each in ("de", "en", "ru") for m in list_forms("month", each)])
_BEFORE_STOP = re.compile(r"\s+([.,;:!?…])")
_SENTENCE = re.compile(r"(?:\S+\s+){4}.*[^\W\d_]{3}[.!?]\s*\Z")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_HEADED = re.compile(r"\s{0,3}#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"\s*(?:\d{1,2}[.)]\s+)?(\*\*|__)(?:(?!\1).)+\1\s*:?\s*\Z")
# "1. ", "a) ", "- "; but "3. January" is a day.
_ITEM = re.compile(
    rf"\s*(?:(?:[-–—*•·◦▪‣+]|\(?\d{{1,2}}[.):]|\(?[a-z][.)])\s+)+(?=\S)(?!(?i:{_DAYS_MONTH})\b)"
)
_ENTRY = re.compile(
    r"\s*(?:[-–—*•+]\s|\(?\d{1,3}[.):]\s|[\[【［(]|https?://|##\d|[\"„“«]|[¹²³⁴-⁹]|\*)"
)
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*\Z")
_PIPED = re.compile(r"[ \t]*\|.*\|[ \t]*\Z")
# Counts are bounded: a hostile text must not make the search slow.
_NOISE = (
    re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)"),
    re.compile(r"\]\([^)\n]{1,2000}\)|\[(?=[^\[\]\n]{1,300}\]\([^)\n]{1,2000}\))"),
    re.compile(r"<?https?://[^\s<>)\]]{1,2000}>?"),
    re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>"),
    re.compile(r"[*`~|]+|(?<!\w)_+|_+(?!\w)"),
    re.compile(r"^[ \t]*(?:>+|#{1,6})(?=\s)", re.M),
)


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What an answer claims: spans of `text`, which is as long as the answer, blanks for the rest.

    `refuses` is whether it says that it has no answer, and claims nothing beside.
    """

    text: str
    claims: tuple[Span, ...]
    refuses: bool

    def word(self, span: Span) -> str:
        """The words of a claim, one blank between two."""
        return _BEFORE_STOP.sub(r"\1", " ".join(span.of(self.text).split()))


@lru_cache(maxsize=64)
def read_answer(answer: str, *, is_asked: bool = True) -> AnswerReading:
    """The answer's claims. A mere name, number or "yes" claims something only if it was asked for,
    and then only where nothing else does.
    """
    text, headings = _blank(answer)
    claims: list[Span] = []
    bare: list[Span] = []
    refuses = False
    for segment in split_segments(text):
        span, words = segment.span, segment.span.of(text)
        if is_refusal(words):
            refuses = True
        elif not _SAYS_SOMETHING.search(words) or _leads_in(words) or _is_courtesy(words):
            continue
        elif any(span.overlap(heading) for heading in headings) or _is_bare(words):
            bare.append(span)
        else:
            claims.append(span)
    if not claims and not refuses and is_asked:
        claims = [span for span in bare if not _is_label(span.of(text))]
    return AnswerReading(text, tuple(claims), refuses and not claims)


def split_claims(answer: str, *, is_asked: bool = True) -> list[Span]:
    """The answer's claims in order, disjoint spans of it; of a mere refusal, none."""
    return list(read_answer(answer, is_asked=is_asked).claims)


def is_refusal_answer(answer: str) -> bool:
    """Whether an answer says nothing but that there is none."""
    return read_answer(answer).refuses


def keep_citing(answer: str) -> str:
    """The answer without its thoughts and lists of sources, and each mark in it written `[n]`."""
    return level_marks("".join(_drop_asides(answer)))


def _drop_asides(answer: str) -> list[str]:
    """The answer's letters, blanks for those of thoughts and of lists of sources."""
    letters = list(answer)
    _wipe(letters, find_thoughts(answer))
    _wipe(letters, _find_sources("".join(letters)))
    return letters


def _blank(answer: str) -> tuple[str, list[Span]]:
    """The answer with blanks for what is no claim's word, and where its headings are."""
    letters = _drop_asides(answer)
    _wipe(letters, (mark.span for mark in find_marks("".join(letters))))
    text = "".join(letters)
    headings = []
    for line in _LINE.finditer(text):
        words = line[0]
        if _HEADED.match(words) or (
            _BOLD_LINE.match(words) and len(words.split()) <= _LONGEST_HEADING
        ):
            headings.append(Span(*line.span()))
    _wipe(letters, _find_tables(text))
    for noise in _NOISE:
        _wipe(letters, (Span(*match.span()) for match in noise.finditer("".join(letters))))
    text = "".join(letters)
    _wipe(letters, _find_openings(text))
    return "".join(letters), headings


def _wipe(letters: list[str], spans: Iterable[Span]) -> None:
    for span in spans:
        for at in range(span.start, span.end):
            if letters[at] != "\n":
                letters[at] = " "


def _find_openings(text: str) -> Iterator[Span]:
    """What opens lines and says nothing: bullets, list numbers, "Answer:"."""
    label = _read_forms().label
    for line in _LINE.finditer(text):
        at = line.start()
        for form in (_ITEM, label, _ITEM):
            if opening := form.match(text, at, line.end()):
                at = opening.end()
        if at > line.start():
            yield Span(line.start(), at)


def _find_sources(text: str) -> Iterator[Span]:
    """Lines that name sources, and the lists of them, with their heads."""
    forms = _read_forms()
    in_list = False
    for line in _LINE.finditer(text):
        words = line[0]
        if forms.references.fullmatch(words):
            in_list = True
        elif in_list and not (_ENTRY.match(words) and len(words) <= _LONGEST_ENTRY):
            in_list = False
        named = forms.origin.match(words)
        # "Source: dpa, May 2025", but no whole sentence.
        if named and _SENTENCE.search(words, named.end()):
            named = None
        if in_list or named:
            yield Span(*line.span())
        else:
            yield from (Span(*match.span()) for match in forms.told.finditer(text, *line.span()))


def _find_tables(text: str) -> Iterator[Span]:
    """The rules of tables, and the heads above them."""
    before: re.Match[str] | None = None
    for line in _LINE.finditer(text):
        if _TABLE_RULE.match(line[0]):
            yield Span(*line.span())
            if before is not None and _PIPED.match(before[0]):
                yield Span(*before.span())
        before = line


@dataclass(frozen=True, slots=True)
class _Forms:
    """What opens lines and sentences that claim nothing."""

    references: re.Pattern[str]
    origin: re.Pattern[str]
    told: re.Pattern[str]
    label: re.Pattern[str]
    framing: re.Pattern[str]
    courtesy: re.Pattern[str]
    service: re.Pattern[str]


@cache
def _read_forms() -> _Forms:
    lists = read_phrases("layout.tsv")
    any_of = {name: match_any(words) for name, words in lists.items()}
    stems = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in lists["service"])
    ornament = r"[\s#>*_–-]*"
    return _Forms(
        references=re.compile(
            rf"{ornament}(?:\d{{1,2}}[.)]\s*)?{any_of['references']}\s*[*_]*\s*[:：]?\s*[*_]*\s*", re.I
        ),
        origin=re.compile(
            rf"{ornament}\(?{any_of['origin']}[*_]*\s*(?:\[?\d{{1,3}}\]?\s*)?[:：]|\s*\[\^[\w-]{{1,30}}\]:"
            rf"|\s*\[\d{{1,3}}\]:?\s+(?:https?://|<)",
            re.I,
        ),
        told=re.compile(rf"\({any_of['origin']}\s?[:：][^()\n]{{1,200}}\)", re.I),
        label=re.compile(rf"\s*{any_of['label']}\s*[:：]\s+(?=\S)", re.I),
        framing=re.compile(rf"(?:[^,:]{{1,120}},\s+)?{any_of['framing']}\b", re.I),
        courtesy=re.compile(rf"\W*{any_of['courtesy']}\b", re.I),
        service=re.compile(rf"\b(?:{stems})\b", re.I),
    )  # fmt: skip


def _leads_in(words: str) -> bool:
    """Whether a sentence only leads in to what follows: "Here are the steps:", "Fares:"."""
    bare = words.strip().strip("*_ ")
    if not bare.endswith((":", "：")) or re.search(r"\d", bare):
        return False
    return _read_forms().framing.match(bare) is not None or len(bare.split()) <= _LONGEST_NAME


def _is_courtesy(words: str) -> bool:
    """Whether a sentence only speaks to the reader: "I hope this helps!"."""
    opening = _read_forms().courtesy.match(words)
    if opening is None or re.search(r"\d", words) or len(words.split()) > _LONGEST_COURTESY:
        return False
    rest = words[opening.end() :].strip(" .,!?:…")
    return not rest or _read_forms().service.search(rest) is not None


def _is_label(words: str) -> bool:
    return words.rstrip(" *_").endswith((":", "："))


def _is_bare(words: str) -> bool:
    """Whether a sentence is one word, or a mere name: "Yes.", "Ortrud Falkenhain", "1997"."""
    read = read_words(words)
    if len(read) > _LONGEST_NAME:
        return False
    return len(read) <= 1 or (not words.rstrip().endswith((".", "!", "?")) and _is_name(read))


def _is_name(words: Iterable[Word]) -> bool:
    return all(word.is_capitalised for word in words if word.is_content)
