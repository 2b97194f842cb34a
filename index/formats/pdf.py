"""PDF (`.pdf`): one article, its columns read one after the other.

The day on which a file was made is not the day of publication, and the title that a program wrote
into it is often another's: only what a publisher declares (PRISM) is taken as the day, and a title
only where the text has it.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.columns import PrintedRun, join_lines, join_pages
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, SourceNotice

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAX_PDF_BYTES = 200_000_000
_MOST_PAGES = 1_000
_LONGEST_SECONDS = 120
_PRISM_DAY = re.compile(
    r"prism:(?:publicationDate|coverDate)(?:>|=[\"'])\s{0,9}(\d{4}-\d\d(?:-\d\d)?)"
)


def read_pdf(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a PDF; pages that are pictures of text are named."""
    from pypdf import PdfReader

    raw = file.read_bytes(MAX_PDF_BYTES)
    if not raw.strip():
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    with name_broken(file.place, "a PDF", "pypdf"):
        reader = PdfReader(io.BytesIO(raw))
        _unlock(reader, file.place)
        pages, pictures, unread = _read_pages(reader)
        paragraphs = join_pages(pages)
        title = _find_title(reader, paragraphs)
        published = _find_day(reader)
    if not any(re.search(r"\w", text) for text in paragraphs):
        kind = "holds pictures of text only; run OCR over it (ocrmypdf) and index again"
        raise SourceError(file.place, kind if pictures else "a PDF without text; remove it")
    if pictures:
        yield SourceNotice(
            file.place,
            f"{pictures} pages are pictures of text, not read; run OCR over it (ocrmypdf)",
        )
    if unread:
        yield SourceNotice(file.place, f"its last {unread} pages are not read; split it")
    yield RawArticle("\n\n".join(paragraphs), title=title, published=published)


def _unlock(reader: PdfReader, place: str) -> None:
    """Opens what is locked by the empty password, as most locked files are; else SourceError."""
    try:
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
    except Exception:  # A method of locking for which a library is missing.
        is_open = False
    if not is_open:
        raise SourceError(
            place, "locked by a password; print it into a new PDF without one and index again"
        )


def _read_pages(reader: PdfReader) -> tuple[list[list[PrintedRun]], int, int]:
    """What is printed on each page, how many are mere pictures, and how many were too many."""
    pages: list[list[PrintedRun]] = []
    pictures = 0
    total = len(reader.pages)
    start = time.monotonic()
    for number in range(min(total, _MOST_PAGES)):
        if time.monotonic() - start > _LONGEST_SECONDS:
            break
        page = reader.pages[number]
        pieces = _read_page(page)
        pictures += not pieces and _has_picture(page)
        pages.append(pieces)
    return pages, pictures, total - len(pages)


def _read_page(page: PageObject) -> list[PrintedRun]:
    try:
        pieces = _read_places(page)
    except Exception:  # pypdf's own layout: what it does not know, plain extraction may.
        pieces = []
    drawn = sum(len(piece.text) for piece in pieces)
    if pieces and not _has_form(page):
        return pieces
    # Text in forms has no place there: then the order of the file is the best there is.
    lines = page.extract_text().splitlines()
    if drawn >= 0.8 * sum(len(line.strip()) for line in lines):
        return pieces
    return [
        PrintedRun(line.strip(), 0.0, float(len(line.strip())), -2.0 * number, 1.0)
        for number, line in enumerate(lines)
        if line.strip()
    ]


def _read_places(page: PageObject) -> list[PrintedRun]:
    """Each run of text with its place on the page, from pypdf's layout mode; none is turned."""
    from pypdf._text_extraction._layout_mode._fixed_width_page import recurse_to_target_op
    from pypdf._text_extraction._layout_mode._text_state_manager import TextStateManager
    from pypdf.generic import ContentStream

    contents = page.get_contents()
    if contents is None:
        return []
    fonts = page._layout_mode_fonts()
    operations = iter(ContentStream(contents, page.pdf, "bytes").operations)
    state = TextStateManager()
    shown: list[Any] = []
    for operands, operator in operations:
        if operator in (b"BT", b"q"):
            target: Any = b"ET" if operator == b"BT" else b"Q"
            shown += recurse_to_target_op(operations, state, target, fonts, True)[1]
        elif operator == b"Tf":
            _set_font(state, fonts, operands)
        elif operator == b"cm":
            state.add_cm(*operands)
        else:
            state.set_state_param(operator, operands)
    return [
        PrintedRun(run.text.strip(), run.tx, run.displaced_tx, run.ty, run.font_height)
        for run in shown
        if run.text.strip() and not run.rotated and run.font.interpretable
    ]


def _set_font(state: Any, fonts: Any, operands: list[Any]) -> None:
    if operands and operands[0] in fonts:
        state.set_font(fonts[operands[0]], operands[1])


def _list_drawn(page: PageObject) -> Iterator[Any]:
    """The pictures and forms that a page may draw."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    for drawn in (objects.get_object() if objects is not None else {}).values():
        yield drawn.get_object()


def _has_form(page: PageObject) -> bool:
    try:
        return any(drawn.get("/Subtype") == "/Form" for drawn in _list_drawn(page))
    except Exception:
        return False


def _has_picture(page: PageObject) -> bool:
    try:
        return any(drawn.get("/Subtype") in ("/Image", "/Form") for drawn in _list_drawn(page))
    except Exception:
        return False


def _find_title(reader: PdfReader, paragraphs: list[str]) -> str | None:
    """The file's own title where the text begins with it or has it near its head."""
    written = reader.metadata.title if reader.metadata else None
    title = join_lines([written]) if isinstance(written, str) else ""
    near = "\n".join(paragraphs[:5])[:1000].casefold()
    return title if len(title) > 3 and title.casefold() in near else None


def _find_day(reader: PdfReader) -> str | None:
    stream = reader.root_object.get("/Metadata")
    data = stream.get_object().get_data() if stream is not None else b""
    match = _PRISM_DAY.search(data.decode("utf-8", "replace"))
    return match[1] if match else None
