"""Protocols of parliaments: the Bundestag's XML, and debates in TEI (ParlaMint).

Each speech is a paragraph under a line that names who speaks, "Vorname Nachname (Partei):".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import RawArticle, SourceItem
from wortlaut.index.formats.xmltext import find_all, find_first, name_of, read_xml_words

if TYPE_CHECKING:
    from lxml.etree import _Element

_SOURCE = "Deutscher Bundestag"
_ITEMS = ("sitzungsbeginn", "tagesordnungspunkt", "sitzungsende")
_INNER_CAPITAL = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")


def read_plenary(root: _Element, place: str) -> Iterator[SourceItem]:
    """The items of the day's agenda, an article each."""
    term, number = (root.get(name) or read_xml_words(find_first(root, tag)) for name, tag in
                    (("wahlperiode", "wahlperiode"), ("sitzung-nr", "sitzungsnr")))  # fmt: skip
    dated = find_first(root, "datum")
    day = root.get("sitzung-datum") or (dated.get("date") if dated is not None else None)
    sitting = f"Plenarprotokoll {term}/{number}".rstrip("/ ")
    items = [each for name in _ITEMS for each in find_all(root, f"sitzungsverlauf/{name}")]
    for count, item in enumerate(items, 1):
        name = item.get("top-id") or name_of(item).capitalize()
        if text := "\n\n".join(_read_turns(item)):
            yield RawArticle(
                text,
                key=item.get("top-id") or f"{name_of(item)} {count}",
                title=f"{sitting}, {name}",
                published=day,
                source=_SOURCE,
                language="de",
                place=f"{place}: {name}",
            )
    if not items:
        yield SourceError(place, "a protocol without its course (sitzungsverlauf); passed over")


def _read_turns(item: _Element) -> Iterator[str]:
    """The paragraphs of an item: labels over what they said, comments in lines of their own."""
    turn: list[str] = []
    for part in item.iter():
        kind, klasse = name_of(part), part.get("klasse") or ""
        if kind not in ("p", "name", "kommentar") or _is_within(part, item):
            continue
        words = read_xml_words(part)
        if klasse == "redner" or (kind == "name" and words.endswith(":")):
            if turn:
                yield "\n".join(turn)
            turn = [_read_label(part)]
        elif not words or kind == "name":
            continue
        elif kind == "kommentar" or not turn or turn[-1].endswith((":", ")")):
            turn.append(words)
        else:
            turn[-1] += f" {words}"
    if turn:
        yield "\n".join(turn)


def _is_within(part: _Element, item: _Element) -> bool:
    """Whether a name is a piece of a larger part: the speaker's name in the label of a speech."""
    above = part.getparent()
    while above is not None and above is not item:
        if name_of(above) in ("p", "redner", "kommentar"):
            return True
        above = above.getparent()
    return False


def _read_label(part: _Element) -> str:
    """The label as it is printed, "Dr. Arvid Holmsen (SDP):"; else made from the name's pieces."""
    speaker = find_first(part, "redner")
    if speaker is None:
        return read_xml_words(part)
    printed = " ".join(f"{part.text or ''} {' '.join(each.tail or '' for each in part)}".split())
    if printed.endswith(":"):
        return printed
    pieces = {name: read_xml_words(find_first(speaker, f"name/{name}")) for name in (
        "titel", "vorname", "namenszusatz", "nachname", "fraktion")}  # fmt: skip
    group = pieces.pop("fraktion")
    role = read_xml_words(find_first(speaker, "rolle_lang"))
    name = " ".join(filter(None, pieces.values()))
    return f"{name}, {role}:" if role else f"{name} ({group}):" if group else f"{name}:"


def read_debate(root: _Element, place: str) -> Iterator[SourceItem]:
    """The debate of a TEI document; another TEI text is passed over by name."""
    turns = list(_read_utterances(root))
    if not turns:
        yield SourceError(place, "TEI without utterances (<u>); convert it to text")
        return
    dated = find_first(root, "setting/date")
    day = dated.get("when") if dated is not None else None
    titles = [read_xml_words(each) for each in find_all(root, "titleStmt/title")]
    language = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    yield RawArticle("\n\n".join(turns), title=next(filter(None, titles), None), published=day,
                     language=language, place=place)  # fmt: skip


def _read_utterances(root: _Element) -> Iterator[str]:
    label = ""
    for part in root.iter():
        kind = name_of(part)
        if kind == "note" and part.get("type") == "speaker":
            label = read_xml_words(part).rstrip(":") + ":"
        elif kind == "u":
            who = (part.get("who") or "").lstrip("#")
            segments = find_all(part, "seg") or [part]
            words = " ".join(filter(None, map(_read_segment, segments)))
            yield f"{label or _INNER_CAPITAL.sub(' ', who) + ':'}\n{words}"
            label = ""


def _read_segment(segment: _Element) -> str:
    """The words of a segment; in an annotated one they are elements, with marks glued in front."""
    tokens = [each for each in segment.iter() if name_of(each) in ("w", "pc")]
    if not tokens:
        return read_xml_words(segment)
    glued = "".join(
        (each.text or "") + ("" if each.get("join") == "right" else " ") for each in tokens
    )
    return " ".join(glued.split())
