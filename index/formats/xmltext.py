"""XML trees -> words: parsed without entities, DTDs or network; text behind inline elements stays."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import SourceFile

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset(
    "p div section article header footer main h1 h2 h3 h4 h5 h6 hl1 hl2 li ul ol dl dt dd tr table caption "
    "blockquote pre block hr br body body.content body.head body.end abstract tagline bq".split()
)
_CELLS = frozenset(("td", "th"))
# What holds no words of the report.
_SILENT = frozenset(
    "script style media media-caption figure figcaption object video audio noscript nav form iframe".split()
)


def parse_xml(file: SourceFile, limit: int) -> _Element:
    """The root element; raises SourceError for what is too large or no sound XML, or OSError."""
    from lxml import etree

    raw = file.read_bytes(limit)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
        dtd_validation=False, attribute_defaults=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = " ".join(str(error).split())[:120]
        raise SourceError(file.place, f"no sound XML ({line}); mend it and index again") from None
    if root is None:
        raise SourceError(file.place, "holds no XML element; fill or remove it")
    return root


def name_of(element: _Element) -> str:
    """The element's name without its namespace; "" for a comment or an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def find_all(element: _Element, path: str) -> list[_Element]:
    """The elements below that end a path of names ("itemMeta/title"), whatever their namespaces."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    return cast("list[_Element]", element.xpath(f".//{steps}"))


def find_first(element: _Element, path: str) -> _Element | None:
    """The first of `find_all`, or `None`."""
    return next(iter(find_all(element, path)), None)


def read_xml_words(element: _Element | None) -> str:
    """The words of an element on one line, those in and behind its inline elements too."""
    words = "".join(_walk(element)) if element is not None else ""
    return " ".join(words.replace(_BREAK, " ").split())


def read_paragraphs(element: _Element | None) -> str:
    """The paragraphs of an element, an empty line between two."""
    words = "".join(_walk(element)) if element is not None else ""
    lines = (" ".join(part.split()) for part in words.split(_BREAK))
    return "\n\n".join(line for line in lines if line)


# Stands for the end of a paragraph; XML cannot hold it.
_BREAK = "\x00"


def _walk(element: _Element) -> Iterator[str]:
    """The text of an element in order, with breaks around its blocks. The parser bounds the depth."""
    from lxml import etree

    name = name_of(element)
    if element.tag is etree.Entity:
        yield _read_entity(element.text or "")
    if not name or name in _SILENT:
        return
    edge = _BREAK if name in _BLOCKS else ""
    yield edge + (element.text or "")
    for child in element:
        yield from _walk(child)
        yield child.tail or ""
    yield edge or (" " if name in _CELLS else "")


def _read_entity(text: str) -> str:
    """What a named entity of HTML stands for; nothing for one that a document makes up."""
    read = html.unescape(text)
    return "" if re.fullmatch(r"&[\w.-]+;", read) else read
