"""The turns of an interview, a protocol or a press conference, told by the labels at lines' starts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from wortlaut.index.article import Span
from wortlaut.index.lang.names import is_spelt_first_name
from wortlaut.index.lang.roles import names_institution, names_press, role_gender
from wortlaut.index.lang.verbs import ANSWERING_LABELS, ASKING_LABELS
from wortlaut.index.lang.words import read_function_words

# "Dr. Jon Hale, Minister für Seefahrt:" at a line's start, behind a live ticker's time and Markdown's
# marks; "(Beifall)" on a line of its own.
_LABEL = re.compile(
    r"^[ \t>]*(?:\*\*|__)?(?:[\[(]?\d{1,2}[.:]\d\d(?: Uhr)?[\])]?[:,]?[ \t]+(?:\*\*|__)?)?"
    r"((?:von|van|vom|zu|zur|de|del|di|al|el|ten|ter)? ?[A-ZÄÖÜ][^\n:„“”\"»«?!]{0,90}?):"
    r"(?=\s|\*\*|__)(?:\*\*|__)?",
    re.MULTILINE,
)
_ASIDE = re.compile(r"^[ \t]*[(\[][^\n]*[)\]][ \t]*$", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")
_BRACKET = re.compile(r"\s*\([^()]*\)\s*\Z")
# "StS", "MdB", "SRS'in", "Dr.", "Abg.": what stands before a name and is none of it.
_SHORTENED = re.compile(r"[A-ZÄÖÜ]\w*(?:\.|[A-ZÄÖÜ]\w*(?:[’'*:]?in)?)\Z")
# "Frau Holm", "Herr Dr. Holm": who is asked.
_ADDRESSED = re.compile(r"\b(?:Frau|Herrn?|Mr\.?|Mrs\.?|Ms\.?)(?: (?:Dr|Prof)\.)* ([A-ZÄÖÜ][\w-]+)")
# "«Brenner Tagblatt» zum Hafen", "Pressestimme: Brenner Tagblatt zum Hafen", a line of its own.
_COMMENT = re.compile(
    r"\s*(?:#+ )?(?P<kind>(?:Pressestimmen?|Presseschau|Kommentar|Leitartikel|Auszug)"
    r"(?: (?:der|des|aus der|aus dem|im|in der))?:? )?"
    r"(?P<mark>[„“”\"»«]?)(?P<paper>[A-ZÄÖÜ][^\n„“”\"»«:,.]{2,50}?)(?: \([^()\n]{2,30}\))?[“”\"«»]?"
    r"(?: \([^()\n]{2,30}\))? (?:zu|zum|zur|über) [^\n.]{3,120}\n"
)
_OPENERS, _CLOSERS = '„“”"»«', '“”"«»'
_NAME_PARTICLES = read_function_words("in-medium") | {"-", "&", "van", "zu", "zur", "vom"}
_FEWEST_TURNS, _FEWEST_NAMES = 4, 3
_LONGEST_NAME = 5


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """What one speaker of an interview says, `[start, stop)`; `name` is empty where nobody has one.

    The turn, or this part of it, `opens` where its label's line does.
    """

    label: Span
    name: str
    opens: int
    start: int
    stop: int
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class _Label:
    """A label: its place, the name in it, "" if nobody's, and where its words begin and end.

    `is_sure` if it is surely no more than a label: a title, an office, a party stands in it, or it
    asks; `is_full` if its name begins with a known first name.
    """

    span: Span
    name: str
    opens: int
    start: int
    stop: int
    is_sure: bool
    is_full: bool = False
    answers: bool = False


def find_turns(text: str) -> list[LabelledTurn]:
    """The turns of an interview or protocol, by the labels at its lines' starts; else none.

    A text is one if two labels have a title, an office or a party, or ask; if a name comes again
    among four, or answers who asked for it. The last turn ends with its paragraph: what follows
    may be the agency's. Under the headline "«Brenner Tagblatt» zum Hafen" all is that paper's.
    """
    comment = _read_comment(text)
    if comment:
        return [comment]
    labels = list(_read_labels(text))
    asked = {match[1] for match in _ADDRESSED.finditer(text)} if labels else set()
    if not _is_conversation(labels, asked):
        return []
    sole = asked.pop() if len(asked) == 1 else ""
    turns: list[LabelledTurn] = []
    for number, label in enumerate(labels):
        named = replace(label, name=sole) if label.answers and not label.name else label
        turns += _cut_turns(text, named, number + 1 == len(labels))
    return turns


def _read_comment(text: str) -> LabelledTurn | None:
    """The whole text as a paper's, where its headline says so; else None."""
    match = _COMMENT.match(text)
    if match is None or not names_press(match["paper"]):
        return None
    if not (match["kind"] or match["mark"]):
        return None  # "Deutsche Post zum Jahresende teurer"
    label = Span(*match.span("paper"))
    return LabelledTurn(label, match["paper"], 0, match.end(), len(text), False)


def _read_labels(text: str) -> Iterator[_Label]:
    """The labels at the lines' starts, and what ends as a question and is a paper's, or nobody's."""
    found = list(_LABEL.finditer(text))
    if not found:
        return
    ends = [*(match.start() for match in found[1:]), len(text)]
    labels = [
        _read_label(match, text[match.end() : end]) for match, end in zip(found, ends, strict=True)
    ]
    kept = [label for label in labels if label]
    for label, following in pairwise([*kept, None]):
        if label:
            yield replace(label, stop=following.opens if following else len(text))


def _is_conversation(labels: list[_Label], asked: set[str]) -> bool:
    counts = Counter(label.name for label in labels if label.name)
    surely = sum(label.is_sure for label in labels)
    full = sum(label.is_full and not label.is_sure for label in labels)
    again = len(labels) >= _FEWEST_TURNS and max(counts.values(), default=0) > 1
    asks = any(not label.name for label in labels)
    answers = asks and any(name.split()[-1] in asked for name in counts)
    return surely > 1 or again or answers or (surely == 1 and full > 0) or full >= _FEWEST_NAMES


def _cut_turns(text: str, label: _Label, is_last: bool) -> Iterator[LabelledTurn]:
    """What a label's person says, in parts between asides; a quotation alone where it opens one."""
    start, stop = label.start, label.stop
    if is_last:
        ends = (_BLANK.search(text, start + 2, stop), _ASIDE.search(text, start, stop))
        stop = min([stop, *(found.start() for found in ends if found)])
    words = text[start:stop].strip()
    if words[:1] in _OPENERS and words[:1]:
        paragraph = _BLANK.search(text, start + 2, stop)
        stop = paragraph.start() if paragraph else stop
        if text[start:stop].rstrip()[-1:] not in _CLOSERS:
            return  # "…“, sagte er": read like any other text
    opens = label.opens
    for aside in _ASIDE.finditer(text, start, stop):
        yield LabelledTurn(label.span, label.name, opens, start, aside.start())
        yield LabelledTurn(label.span, "", aside.start(), aside.start(), aside.end())
        opens = start = aside.end()
    yield LabelledTurn(label.span, label.name, opens, start, stop)


def _read_label(match: re.Match[str], words: str) -> _Label | None:
    """The label that a line begins with, and what stands behind it up to the next; None if it is none."""
    written = match[1].replace("**", "").replace("__", "")
    bare = _BRACKET.sub("", written)
    party = bare != written
    head, _, office = bare.partition(",")
    parts = head.split()
    span = Span(match.start(1), match.start(1) + len(match[1].rstrip("*_ ")))
    label = _Label(span, "", match.start(), match.end(), match.end(), True)
    if not parts or head.lower() in ASKING_LABELS:
        return label if parts else None
    if parts[0].lower() in ANSWERING_LABELS:
        label, parts = replace(label, answers=True), parts[1:]
        if not parts:
            return label
    name = list(parts)
    while name and (_SHORTENED.match(name[0]) or role_gender(name[0].lower()) is not None):
        if len(name) == 1 and len(parts) == 1:
            break
        name.pop(0)
    titled = len(name) < len(parts) or label.answers
    titled = titled or any(role_gender(word.lower()) is not None for word in office.split())
    asks = words.rstrip().rstrip("*_").endswith("?")
    medium = names_institution(" ".join(name)) or (len(parts) == 1 and head.isupper())
    if medium and not party:
        # "ZEIT:", "Tagblatt:": who asks.
        return replace(label, is_sure=False) if asks or head.isupper() else None
    small = [word for word in name if not word[0].isupper() and word not in _NAME_PARTICLES]
    if not 1 <= len(name) <= _LONGEST_NAME or small or (medium and not party):
        return None
    if party and all(word.isupper() for word in name if len(word) > 1):
        name = [word.title() for word in name]
    full = len(name) > 1 and is_spelt_first_name(name[0].lower())
    return replace(label, name=" ".join(name), is_sure=titled or party, is_full=full)
