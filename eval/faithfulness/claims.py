"""An answer's claims, found amid its layout and its talk.

Thoughts, citation marks, headings, lists of sources, signs of Markdown, what leads in, courtesies
and refusals claim nothing. All that is no claim's word becomes blanks: each place stays where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from wortlaut.eval.faithfulness.layout import (
    find_headings,
    find_openings,
    find_sources,
    find_tables,
    states_something,
)
from wortlaut.eval.faithfulness.marks import find_marks, level_marks
from wortlaut.index.article import Span
from wortlaut.index.lang.refusals import is_refusal
from wortlaut.index.lang.tables import match_any, read_phrases
from wortlaut.index.lang.words import Word, read_words
from wortlaut.index.splitter import split_segments
from wortlaut.rag.model.thinking import find_thoughts

# Only what holds a word, or a number, can be a claim.
_SAYS_SOMETHING = re.compile(r"[^\W\d_]{2,}|\d")
_LONGEST_NAME = 4
_LONGEST_COURTESY = 40
_BEFORE_STOP = re.compile(r" ([.,;:!?…])")
_LABELLED = re.compile(r"\w[^:\n]{0,60}[:：]\s+\S")
# Counts are bounded: a hostile text must not make the search slow.
_NOISE = (
    re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)"),
    re.compile(r"\]\([^)\n]{1,2000}\)|\[(?=[^\[\]\n]{1,300}\]\([^)\n]{1,2000}\))"),
    re.compile(r"<?https?://[^\s<>)\]]{1,2000}>?"),
    re.compile(r"</?[a-zA-Z][^<>\n]{0,200}>"),
    re.compile(r"[*`~|]+|(?<!\w)_+|(?<!_)_+(?!\w)"),
    re.compile(r"^[ \t]*(?:>+|#{1,6})(?=\s)", re.M),
)


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """What an answer claims: spans of `text`, which is as long as the answer, blanks for the rest.

    `refuses` is whether it says that it has no answer, and claims nothing beside. `leads` are the
    sentences that lead in to others; whoever knows the sources may find that one claims something.
    """

    text: str
    claims: tuple[Span, ...]
    refuses: bool
    leads: tuple[Span, ...] = ()

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
    leads: list[Span] = []
    refuses = False
    for segment in split_segments(text):
        span, words = segment.span, segment.span.of(text)
        if is_refusal(words):
            refuses = True
        elif not _SAYS_SOMETHING.search(words) or _is_courtesy(words):
            continue
        elif _leads_in(words):
            leads.append(span)
        elif _is_bare(words) or (
            any(span.overlap(heading) for heading in headings) and not states_something(words)
        ):
            bare.append(span)
        else:
            claims.append(_drop_opening(span, words))
    if not claims and not refuses and is_asked:
        claims = [span for span in bare if not _is_label(span.of(text))]
    return AnswerReading(text, tuple(claims), refuses and not claims, tuple(leads))


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
    _wipe(letters, find_sources("".join(letters)))
    return letters


def _blank(answer: str) -> tuple[str, list[Span]]:
    """The answer with blanks for what is no claim's word, and where its headings are."""
    letters = _drop_asides(answer)
    _wipe(letters, (mark.span for mark in find_marks("".join(letters))))
    text = "".join(letters)
    headings = list(find_headings(text))
    _wipe(letters, find_tables(text))
    for noise in _NOISE:
        _wipe(letters, (Span(*match.span()) for match in noise.finditer("".join(letters))))
    text = "".join(letters)
    _wipe(letters, find_openings(text))
    return "".join(letters), headings


def _wipe(letters: list[str], spans: Iterable[Span]) -> None:
    for span in spans:
        for at in range(span.start, span.end):
            if letters[at] != "\n":
                letters[at] = " "


@dataclass(frozen=True, slots=True)
class _Forms:
    """What opens sentences that claim nothing, and what such sentences hold."""

    framing: re.Pattern[str]
    interjection: re.Pattern[str]
    courtesy: re.Pattern[str]
    condition: re.Pattern[str]
    request: re.Pattern[str]
    service: re.Pattern[str]
    reader: re.Pattern[str]


@cache
def _read_forms() -> _Forms:
    lists = read_phrases("layout.tsv")
    any_of = {name: match_any(words) for name, words in lists.items()}
    stems = {
        name: "|".join(re.escape(word).replace(r"\*", r"\w*") for word in lists[name])
        for name in ("service", "reader", "request")
    }
    return _Forms(
        framing=re.compile(rf"(?:[^,:]{{1,120}},\s+)?{any_of['framing']}\b", re.I),
        interjection=re.compile(rf"\W*{any_of['interjection']}\b[\s,.!:–—-]*", re.I),
        courtesy=re.compile(rf"\W*{any_of['courtesy']}\b", re.I),
        condition=re.compile(rf"\W*{any_of['condition']}\b", re.I),
        request=re.compile(rf"\W*{any_of['please']}\s+(?:{stems['request']})\b", re.I),
        service=re.compile(rf"\b(?:{stems['service']})\b", re.I),
        reader=re.compile(rf"\b(?:{stems['reader']})\b", re.I),
    )


def _leads_in(words: str) -> bool:
    """Whether a sentence only leads in to what follows: "Here are the steps:", "Fares:"."""
    bare = words.strip().strip("*_ ")
    if not bare.endswith((":", "：")) or re.search(r"\d", bare):
        return False
    return _read_forms().framing.match(bare) is not None or len(bare.split()) <= _LONGEST_NAME


def _is_courtesy(words: str) -> bool:
    """Whether a sentence only speaks to the reader: "I hope this helps!", "Sure!".

    "Sure, he stole it" says something behind its opening.
    """
    if re.search(r"\d", words) or len(words.split()) > _LONGEST_COURTESY:
        return False
    forms = _read_forms()
    rest = words
    while opening := forms.interjection.match(rest):
        rest = rest[opening.end() :]
    if len(rest) < len(words) and not rest.strip(" .,!?:…"):
        return True
    return _speaks_to_reader(rest, is_answering=len(rest) < len(words))


def _drop_opening(span: Span, words: str) -> Span:
    """The span without its "Sure, ": what stands behind it is judged alone."""
    start = 0
    while opening := _read_forms().interjection.match(words, start):
        if not re.search(r"[,.!:–—-]\s*\Z", opening[0]):
            break
        start = opening.end()
    return Span(span.start + start, span.end) if start < len(words) else span


def _speaks_to_reader(words: str, *, is_answering: bool) -> bool:
    """Whether words offer or ask something of the reader; `is_answering` behind "Sure,"."""
    forms = _read_forms()
    serves = forms.service.search(words) is not None
    addresses = forms.reader.search(words) is not None
    if forms.condition.match(words):
        wish, _, then = words.partition(",")
        is_wish = forms.service.search(wish) is not None
        return is_wish and (not then.strip() or _speaks_to_reader(then, is_answering=True))
    if opening := forms.courtesy.match(words):
        return serves or not words[opening.end() :].strip(" .,!?:…")
    return serves and addresses and (is_answering or forms.request.match(words) is not None)


def _is_label(words: str) -> bool:
    return words.rstrip(" *_").endswith((":", "："))


def _is_bare(words: str) -> bool:
    """Whether a sentence is one word, or a mere name: "Yes.", "Ortrud Falkenhain", "1997".

    "Minister: Ortrud Falkenhain" says who that is.
    """
    if _LABELLED.match(words.strip()):
        return False
    read = read_words(words)
    if len(read) > _LONGEST_NAME:
        return False
    return len(read) <= 1 or (not words.rstrip().endswith((".", "!", "?")) and _is_name(read))


def _is_name(words: Iterable[Word]) -> bool:
    return all(word.is_capitalised for word in words if word.is_content)
