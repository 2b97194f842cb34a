"""PDF (`.pdf`): one article, its columns read one after the other.

The day on which a file was made is not the day of publication, and the title that a program wrote
into it is often another's: only what a publisher declares (PRISM) is taken as the day, and a title
only where the text has it.
"""

from __future__ import annotations

import io
import math
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.columns import PrintedRun, join_pages, join_printed_lines
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
        is_empty = not any(piece.text.strip() for piece in pieces)
        pictures += is_empty and _has_picture(page)
        pages.append(pieces)
    return pages, pictures, total - len(pages)


def _read_page(page: PageObject) -> list[PrintedRun]:
    """The pieces of text in the order of the file; of turned ones, only if most are turned so."""
    turned: dict[int, list[PrintedRun]] = {}
    angle = 0

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        nonlocal angle
        ahead, up = _map(tm[0], tm[1], cm), _map(tm[2], tm[3], cm)
        if text.strip():  # Blanks and line ends have no place of their own.
            angle = round(math.degrees(math.atan2(ahead[1], ahead[0])) / 10) * 10
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        x, y = _map(tm[4], tm[5], cm)
        x, y = x + cm[4], y + cm[5]
        turned.setdefault(angle, []).append(
            PrintedRun(text, x * cos + y * sin, y * cos - x * sin, abs(size) * math.hypot(*up))
        )

    page.extract_text(visitor_text=visit)
    return max(turned.values(), key=lambda runs: sum(len(run.text) for run in runs), default=[])


def _map(x: float, y: float, matrix: list[float]) -> tuple[float, float]:
    return x * matrix[0] + y * matrix[2], x * matrix[1] + y * matrix[3]


def _has_picture(page: PageObject) -> bool:
    """Whether a page draws a picture or a form, as letters that are drawn may be."""
    resources = page.get("/Resources")
    return resources is not None and bool(resources.get_object().get("/XObject"))


def _find_title(reader: PdfReader, paragraphs: list[str]) -> str | None:
    """The file's own title where the text begins with it or has it near its head."""
    written = reader.metadata.title if reader.metadata else None
    title = join_printed_lines([written]) if isinstance(written, str) else ""
    near = "\n".join(paragraphs[:5])[:1000].casefold()
    return title if len(title) > 3 and title.casefold() in near else None


def _find_day(reader: PdfReader) -> str | None:
    stream = reader.root_object.get("/Metadata")
    data = stream.get_object().get_data() if stream is not None else b""
    match = _PRISM_DAY.search(data.decode("utf-8", "replace"))
    return match[1] if match else None
