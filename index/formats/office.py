"""Documents of Word and LibreOffice (`.docx`, `.odt`, `.fodt`): one article, as it reads at last.

What tracked changes have inserted is in, what they have deleted is out. The day a file was made is
not the day of publication and is not taken for it; the title of its properties, often an older
document's, only where the text has it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.html import join_rows, lay_cells
from wortlaut.index.formats.packed import open_zip, read_limited
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_DOCUMENT_BYTES = 100_000_000
_MAX_XML_BYTES = 50_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Of Word: deleted, moved away, hidden behind a newer form of the same, or no text of the page.
_WORD_UNSAID = frozenset(
    "del moveFrom Fallback instrText delText footnoteReference endnoteReference footnote rPr "
    "annotationRef sectPr tblPr tblGrid trPr tcPr sdtPr rt".split()
)
_TITLE_STYLE = re.compile(r"title\Z|titel\Z|headline|schlagzeile|überschrift\s?1|heading\s?1", re.I)
# Of LibreOffice: the store of what was deleted, notes, hidden text, tables of contents.
_ODF_UNSAID = frozenset(
    "tracked-changes note annotation annotation-end hidden-text table-of-content forms desc "
    "sequence-decls variable-decls user-field-decls binary-data ruby-text".split()
)
_MOST_SPACES = 80
# Whether it is the row of a table, and its text.
_Block = tuple[bool, str]


def read_docx(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a Word document; notes, comments and heads of pages are out."""
    from docx import Document

    raw = _read_whole(file)
    with name_broken(file.place, "a Word document"):
        with open_zip(file, io.BytesIO(raw)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MAX_XML_BYTES * 4:
                raise SourceError(file.place, "a document that unpacks to too much; split it")
            _refuse_entities(packed, file.place)
        document = Document(io.BytesIO(raw))
        blocks = list(_list_word_blocks(document.element.body))
        title = _find_word_title(document)
        title = title or _check_title(document.core_properties.title, blocks)
    yield _make_document(file, blocks, title)


def read_odt(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of an OpenDocument text, packed or flat; notes and comments are out."""
    from lxml import etree

    raw = _read_whole(file)
    with name_broken(file.place, "an OpenDocument text"):
        content, meta = _unpack_odf(file, raw) if raw.startswith(b"PK") else (raw, raw)
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        tree = etree.fromstring(content, parser)
        body = tree.find(".//{*}body/{*}text")
        if body is None:
            raise SourceError(file.place, "no text document; save it as .odt and index again")
        blocks = list(_list_odf_blocks(body))
        written = etree.fromstring(meta, parser).findtext(".//{*}meta/{*}title") if meta else None
        title = _check_title(written, blocks)
    yield _make_document(file, blocks, title)


def refuse_old_office(file: SourceFile) -> Iterator[SourceItem]:
    """Names what Office wrote before 2007, and what it has locked: both look alike."""
    raise SourceError(
        file.place,
        "an old or locked Office file; save it as .docx without a password and index again",
    )
    yield  # A reader is a generator.


def _read_whole(file: SourceFile) -> bytes:
    raw = file.read_bytes(MAX_DOCUMENT_BYTES)
    if not raw.strip(b"\0 \t\r\n"):
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    return raw


def _refuse_entities(packed: Any, place: str) -> None:
    """No document of Word declares entities; what does is after something else."""
    for info in packed.infolist():
        if info.filename.endswith((".xml", ".rels")):
            with packed.open(info) as member:
                if b"<!DOCTYPE" in member.read(1000):
                    raise SourceError(place, "declares entities, as no document does; not read")


def _make_document(file: SourceFile, blocks: list[_Block], title: str | None) -> RawArticle:
    if not blocks:
        raise SourceError(file.place, "a document without text; fill or remove it")
    return RawArticle(join_rows(blocks), title=title)


def _check_title(written: str | None, blocks: list[_Block]) -> str | None:
    """The title where one of the first paragraphs is or begins with it."""
    title = " ".join((written or "").split())
    return title if title and any(text.startswith(title) for _, text in blocks[:5]) else None


def _find_word_title(document: Any) -> str | None:
    for paragraph in document.paragraphs[:5]:
        style = paragraph.style.name if paragraph.style is not None else ""
        text = " ".join(_read_word(paragraph._p).split())
        if _TITLE_STYLE.search(style or "") and text:
            return text
    return None


def _name(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _list_word_blocks(parent: _Element) -> Iterator[_Block]:
    """The paragraphs and rows under an element; one whose end was deleted runs into the next."""
    open_text = ""
    for child in parent:
        name = _name(child)
        if name == "p":
            open_text += _read_word(child)
            if child.find(f"{_WORD}pPr/{_WORD}rPr/{_WORD}del") is not None:
                continue
            if text := _fold_lines(open_text):
                yield False, text
            open_text = ""
            for box in child.iterfind(f".//{_WORD}txbxContent"):
                if not any(_name(outer) == "Fallback" for outer in box.iterancestors()):
                    yield from _list_word_blocks(box)
        elif name == "tbl":
            for row in _list_rows(child, f"{_WORD}tbl", f"{_WORD}tr"):
                if row.find(f"{_WORD}trPr/{_WORD}del") is None:
                    cells = _list_rows(row, f"{_WORD}tr", f"{_WORD}tc")
                    yield from lay_cells(
                        [text for _, text in _list_word_blocks(cell)] for cell in cells
                    )
        elif name not in _WORD_UNSAID:
            yield from _list_word_blocks(child)
    if text := _fold_lines(open_text):
        yield False, text


def _list_rows(outer: _Element, kind: str, inner: str) -> Iterator[_Element]:
    """The `inner` elements of an outer one of a kind, not those of another of it within."""
    for found in outer.iter(inner):
        if next(found.iterancestors(kind), None) is outer:
            yield found


def _read_word(element: _Element) -> str:
    """The text of a paragraph or what stands in it, without what is deleted or hidden."""
    parts = []
    for child in element:
        name = _name(child)
        if name in _WORD_UNSAID or name in ("pPr", "txbxContent") or _is_hidden(child, name):
            continue
        if name == "t":
            parts.append(child.text or "")
        elif name in ("tab", "ptab"):
            parts.append("\t")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        else:
            parts.append(_read_word(child))
    return "".join(parts)


def _is_hidden(run: _Element, name: str) -> bool:
    if name != "r":
        return False
    hidden = run.find(f"{_WORD}rPr/{_WORD}vanish")
    return hidden is not None and hidden.get(f"{_WORD}val", "true") not in ("0", "false", "off")


def _fold_lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _unpack_odf(file: SourceFile, raw: bytes) -> tuple[bytes, bytes]:
    with open_zip(file, io.BytesIO(raw)) as packed:
        names = set(packed.namelist())
        if "META-INF/manifest.xml" in names:
            with packed.open("META-INF/manifest.xml") as member:
                if b"encryption-data" in member.read(1_000_000):
                    raise SourceError(file.place, "locked by a password; save it without one")
        parts = []
        for name in ("content.xml", "meta.xml"):
            with packed.open(name) if name in names else io.BytesIO() as member:
                size = packed.getinfo(name).compress_size if name in names else 0
                parts.append(read_limited(member, file.place, size))
    return parts[0], parts[1]


def _list_odf_blocks(body: _Element) -> Iterator[_Block]:
    """The paragraphs and rows of a text; what stands in a frame comes after its paragraph."""
    for child in body:
        name = _name(child)
        if name in _ODF_UNSAID or _get(child, "display") == "none":
            continue
        if name in ("p", "h"):
            if text := _fold_lines(_read_odf(child)):
                yield False, text
            for box in child.iterfind(".//{*}text-box"):
                yield from _list_odf_blocks(box)
        elif name == "table":
            for row in _list_rows(child, child.tag, "{*}table-row"):
                yield from lay_cells([text for _, text in _list_odf_blocks(cell)] for cell in row)
        else:
            yield from _list_odf_blocks(child)


def _read_odf(element: _Element) -> str:
    parts = [element.text or ""]
    for child in element:
        name = _name(child)
        if name == "s":
            count = _get(child, "c") or "1"
            parts.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES))
        elif name in ("tab", "line-break"):
            parts.append("\t" if name == "tab" else "\n")
        elif name not in _ODF_UNSAID and name not in ("frame", "text-box", ""):
            parts.append(_read_odf(child))
        parts.append(child.tail or "")
    return "".join(parts).replace("\u00ad", "")


def _get(element: _Element, name: str) -> str | None:
    return next(
        (str(value) for key, value in element.items() if str(key).endswith("}" + name)), None
    )
