"""What a file really is, whatever its name says, and the one line for what is broken."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import SourceFile

_MAGIC = {
    b"%PDF-": ".pdf",
    rb"{\rtf": ".rtf",
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\xfd7zXZ\0": ".xz",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ".doc",
}
_PAGE = re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,1000}?-->\s*)*<(?:!doctype\s+html|html)\b",
                   re.IGNORECASE | re.DOTALL)  # fmt: skip
# What a ZIP is that holds such a member.
_ZIPPED = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
    "META-INF/container.xml": ".epub",
}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OPEN_DOCUMENT_SUFFIXES = {b"text": ".odt", b"spreadsheet": ".ods", b"presentation": ".odp"}


def sniff_suffix(file: SourceFile) -> str | None:
    """The usual ending of what the bytes are, `None` where they do not tell; raises OSError."""
    head = file.read_head()
    if head.startswith(b"PK\x03\x04"):
        return _look_into_zip(file)
    if head.startswith(b"BZh") and head[4:10] not in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        return None
    for magic, suffix in _MAGIC.items():
        if head.startswith(magic):
            return suffix
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    is_page = _PAGE.match(head.decode(encoding, "replace").lstrip())
    return ".html" if is_page else None


def _look_into_zip(file: SourceFile) -> str:
    try:
        with file.open() as stream, zipfile.ZipFile(stream) as packed:
            names = set(packed.namelist())
            for name, suffix in _ZIPPED.items():
                if name in names:
                    return suffix
            if "mimetype" in names:
                with packed.open("mimetype") as member:
                    said = member.read(100).strip()
                if said.startswith(_OPEN_DOCUMENT):
                    kind = said.removeprefix(_OPEN_DOCUMENT)
                    return _OPEN_DOCUMENT_SUFFIXES.get(kind, ".odf")
    except OSError:
        raise
    except Exception:  # A broken one: the reader that its name asks for says so.
        return file.suffix
    return ".zip"


@contextmanager
def name_broken(place: str, kind: str, *loggers: str) -> Iterator[None]:
    """Whatever a library raises inside becomes one SourceError; its loggers are silent meanwhile.

    Real files are broken in many ways, and libraries raise errors of every kind at them.
    """
    levels = {name: logging.getLogger(name).level for name in loggers}
    for name in loggers:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        # The system's own errors have a number; gzip and bz2 say so of data.
        if isinstance(error, OSError) and error.errno:
            raise
        raise SourceError(
            place, f"{kind} that is broken ({_say_error(error)}); save it anew and index again"
        ) from error
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _say_error(error: Exception) -> str:
    said = " ".join(str(error).split())
    return (said[:100] or type(error).__name__).rstrip(". ")
