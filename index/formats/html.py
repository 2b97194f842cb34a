"""Pages of the web (`.html`, `.htm`, `.xhtml`): the article without what stands around it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wortlaut.index.article import normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.decoding import decode_noting, find_wide_encoding
from wortlaut.index.formats.page_dates import find_page_date
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, SourceNotice

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{2,30})""", re.I)
# The encodings that pages declare; Python has others, of which some are no encodings of text.
_ENCODINGS = re.compile(r"(?:x-)?(?:iso-?8859|windows|cp|koi8|utf|mac|us-ascii|latin|gb|big5"
                        r"|euc|shift_jis|ibm)[\w.-]*|ascii", re.IGNORECASE)  # fmt: skip
_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")
_XHTML = re.compile(r"<\?xml|xmlns\s{0,5}=|//DTD XHTML", re.IGNORECASE)
# A reader of HTML takes `<title/>` for an opening tag and swallows what follows.
_EMPTY = re.compile(
    r"<(title|script|style|iframe|textarea|a|b|i|p|em|div|span|strong|td|th|li|ul|ol|h[1-6])"
    r"((?:\s[^<>]{0,500})?)/>",
    re.IGNORECASE,
)
_TWO_BREAKS = re.compile(r"(?:<br\b[^<>]{0,100}>(?:\s|&nbsp;)*){2,}", re.IGNORECASE)
_QUOTATION = re.compile(r"</?q(?:\s[^<>]{0,300})?>", re.IGNORECASE)
# What trafilatura does grows with the square of it: some ten seconds for so many.
_MOST_ELEMENTS = 20_000
# What stands on lines of its own, of HTML and of trafilatura's own names for it.
_BLOCKS = frozenset(
    "p div head h1 h2 h3 h4 h5 h6 item li list ul ol dl dt dd table row tr blockquote ab code pre "
    "article section main header footer aside figure figcaption caption body hr address center "
    "thead tbody tfoot form fieldset details summary nav title".split()
)
_BREAKS = frozenset(("br", "lb"))
_ROWS = frozenset(("row", "tr"))
_CELLS = frozenset(("cell", "td", "th"))
# What is struck out is no longer said; the others hold no text of the page.
_UNSAID = frozenset("del s strike script style noscript template rt rp graphic svg".split())
_LONGEST_ROW = 500


def read_html(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a page, with its headline, day, site, address and language.

    What comes over the network is given as `data`; where its charset is told beside it, as UTF-8.
    """
    from lxml.html import document_fromstring
    from trafilatura import bare_extraction

    raw = file.read_bytes()
    if not raw.strip():
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    markup, note = decode_page(raw)
    if not re.search(r"<\w", markup):
        raise SourceError(file.place, "no page of the web, it has no markup; name it .txt")
    if note:
        yield SourceNotice(file.place, note)
    with name_broken(file.place, "a page", "trafilatura", "htmldate"):
        tree = document_fromstring(markup)
        _check_size(tree, file.place)
        when = find_page_date(tree)
        found: Any = bare_extraction(
            markup,
            with_metadata=True,
            include_comments=False,
            include_tables=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        text = _read_found(found.body, tree) if found is not None else ""
    if not _is_article(text):
        raise SourceError(
            file.place, "a page without the text of an article; save the article's own page"
        )
    yield RawArticle(
        text,
        title=found.title,
        published=when,
        source=found.sitename,
        url=_find_address(found.url, file.place),
        language=_find_language(tree),
    )


def decode_page(raw: bytes) -> tuple[str, str | None]:
    """The markup, ready for a reader of HTML, and a note where its encoding had to be guessed.

    UTF-8 goes before what the page declares: what is UTF-8 throughout is nothing else.
    """
    text, note = _decode(raw)
    text = normalise_text(text)
    if _XHTML.search(text[:2000]):
        text = _EMPTY.sub(r"<\1\2></\1>", text)
    text = _TWO_BREAKS.sub("</p><p>", _PROLOGUE.sub("", text))
    # Its marks are drawn by the browser: without them nobody sees that somebody is quoted.
    return _QUOTATION.sub('"', text), note


def _decode(raw: bytes) -> tuple[str, str | None]:
    if wide := find_wide_encoding(raw):
        return raw.decode(wide, "replace"), None
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    match = _DECLARED.search(raw[:4096])
    name = match[1].decode("ascii").lower() if match else ""
    # As browsers do: what calls itself Latin-1 is Windows-1252.
    if re.fullmatch(r"(?:iso-?8859-1|latin-?1|us-ascii|ascii)", name):
        name = "windows-1252"
    try:
        if _ENCODINGS.fullmatch(name) and not name.startswith(("utf-16", "utf16", "utf-7")):
            return raw.decode(codecs.lookup(name).name, "replace"), None
    except (LookupError, UnicodeError, ValueError):
        pass
    return decode_noting(raw)


def _check_size(tree: HtmlElement, place: str) -> None:
    if sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise SourceError(
            place, f"more than {_MOST_ELEMENTS} elements in one page; split it into its articles"
        )


def _read_found(found: _Element, tree: HtmlElement) -> str:
    """The text of what trafilatura has found; of short pages it gives one line, words torn apart.

    Then the blocks of the page that stand in that line are the text.
    """
    text = join_blocks(found)
    body = tree.find("body")
    if "\n\n" in text or body is None:
        return text
    line = _squeeze(text)
    blocks = [block for block in join_blocks(body).split("\n\n") if _squeeze(block) in line]
    whole = "\n\n".join(blocks)
    return whole if 0.8 * len(line) <= len(_squeeze(whole)) <= 1.2 * len(line) else text


def _squeeze(text: str) -> str:
    return re.sub(r"[\s|]+", "", text)


def _is_article(text: str) -> bool:
    """Whether the text has a sentence: a mere list of links has none."""
    return bool(re.search(r"\w[^\n]{15,}[.!?…:;,\"“”»«]", text)) or len(text) > 600


def _find_address(canonical: str | None, place: str) -> str | None:
    for address in (canonical, place):
        if address and re.match(r"https?://\S+\Z", address):
            return address
    return None


def _find_language(tree: HtmlElement) -> str | None:
    said: list[Any] = [tree.get("lang"), tree.get("xml:lang")]
    said += tree.xpath("//meta[@property='og:locale']/@content")
    said += tree.xpath("//meta[@http-equiv='content-language']/@content")
    said += tree.xpath("//article/@lang")
    found = (re.match(r"\s*([A-Za-z]{2,3})(?![A-Za-z])", text) for text in said if text)
    return next((match[1].lower() for match in found if match), None)


def join_blocks(body: _Element) -> str:
    """The text of a tree of HTML: paragraphs apart by an empty line, the rows of tables by none.

    What stands within a line neither glues words nor splits them.
    """
    from lxml import etree

    blocks: list[tuple[bool, str]] = []
    line: list[str] = []
    row: _Element | None = None

    def flush(is_row: bool = False) -> None:
        lines = (" ".join(part.split()) for part in "".join(line).split("\n"))
        text = "\n".join(filter(None, lines)).removesuffix(" |")
        line.clear()
        if text:
            blocks.append((is_row, text))

    walk = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if event == "start" and name in _UNSAID:
            walk.skip_subtree()
        elif event == "start":
            if row is None and name in _BLOCKS:
                flush()
                row = element if name in _ROWS and _is_data(element) else None
            line.append(_read_start(element, name, row is not None))
        else:
            if element is row:
                flush(is_row=True)
                row = None
            elif row is None and name in _BLOCKS:
                flush()
            elif row is not None and name in _CELLS:
                line.append(" | ")
            elif name in _BLOCKS or name in _CELLS:
                line.append(" ")
            line.append(_fold(element.tail) if element is not body else "")
    flush()
    return join_rows(blocks)


def join_rows(blocks: Iterable[tuple[bool, str]]) -> str:
    """The blocks as one text: an empty line between two, none between the rows of a table."""
    parts: list[str] = []
    was_row = False
    for is_row, block in blocks:
        parts += ["\n" if was_row and is_row else "\n\n", block]
        was_row = is_row
    return "".join(parts[1:])


def lay_cells(cells: Iterable[list[str]]) -> Iterator[tuple[bool, str]]:
    """The cells of a row as one line, or as blocks where they only place paragraphs on the page."""
    filled = [cell for cell in cells if cell]
    blocks = [block for cell in filled for block in cell]
    if len(filled) < 2 or sum(map(len, blocks)) > _LONGEST_ROW:
        yield from ((False, block) for block in blocks)
    else:
        yield True, " | ".join(" ".join(" ".join(cell).split()) for cell in filled)


def _read_start(element: _Element, name: str, is_row: bool) -> str:
    if name in _BREAKS:
        return " " if is_row else "\n"
    return _fold(element.text)


def _fold(text: str | None) -> str:
    """The text with its line ends as spaces: only an element breaks a line."""
    return (text or "").replace("\n", " ").replace("\u200b", "").replace("\u00ad", "")


def _is_data(row: _Element) -> bool:
    """Whether a row of a table holds data: many a table only places paragraphs on the page."""
    cells = [cell for cell in row.iterchildren() if isinstance(cell.tag, str)]
    if len(cells) < 2 or row.find(".//{*}tr") is not None or row.find(".//{*}row") is not None:
        return False
    return sum(len(part) for part in row.itertext()) <= _LONGEST_ROW
