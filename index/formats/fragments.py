"""Pieces of HTML, as feeds and records hold them -> paragraphs of text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.index.article import normalise_text

_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li main ol "
    "p pre section table tr ul".split()
)
_NO_TEXT = frozenset(
    "audio button canvas figure form head iframe math noscript object script select style svg "
    "template textarea video".split()
)
_BLANKS = re.compile(r"\s+")
EMPTY_LINE = re.compile(r"\n[ \t\r\xa0]*\n")
# What weblog systems put below a text or a teaser.
_FOOTER = re.compile(
    r"(?:(?:Der Beitrag|The post) .{1,300} (?:erschien zuerst|appeared first) (?:auf|on) .{1,200}"
    r"|(?:Weiterlesen|Mehr lesen|Zum Artikel|Read more|Continue reading|Читать далее)\b.{0,120})",
    re.IGNORECASE | re.DOTALL,
)


def read_fragment(markup: str) -> str:
    """The text of a piece of HTML, its paragraphs apart by an empty line."""
    from lxml import etree
    from lxml import html as parser

    if "<" not in markup and "&" not in markup:
        return join_paragraphs(EMPTY_LINE.split(markup))
    try:
        root = parser.fragment_fromstring(normalise_text(markup), create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return join_paragraphs([re.sub(r"<[^<>]{0,2000}>", " ", markup)])
    pieces: list[list[str]] = [[]]
    hidden = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = node.tag if isinstance(node.tag, str) else ""
        is_end = event != "start"
        hidden += (tag in _NO_TEXT) * (-1 if is_end else 1)
        if tag in _BLOCKS:
            pieces.append([])
        elif tag in ("td", "th"):
            pieces[-1].append(" ")
        elif tag == "br" and is_end:
            pieces[-1].append("\n")
        text = node.tail if is_end else node.text
        if text and not hidden:
            pieces[-1].append(_BLANKS.sub(" ", text))
    # Two line breaks are what many writers have for a paragraph.
    return join_paragraphs([part for piece in pieces for part in EMPTY_LINE.split("".join(piece))])


def join_paragraphs(pieces: Sequence[str]) -> str:
    """The paragraphs without what weblog systems put below them."""
    paragraphs = [line for piece in pieces if (line := " ".join(piece.split()))]
    while paragraphs and _FOOTER.fullmatch(paragraphs[-1]):
        paragraphs.pop()
    return "\n\n".join(paragraphs)
