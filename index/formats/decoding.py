"""Bytes -> text: UTF-8, else Windows-1252 with a notice; what is no text is named."""

from __future__ import annotations

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import MAX_ARTICLE_BYTES, SourceFile

_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"SQLite format",
)


def decode_text(file: SourceFile, limit: int = MAX_ARTICLE_BYTES) -> tuple[str, str | None]:
    """The file's text, and what the user should know of it.

    Raises SourceError for what is no text or larger than `limit`, or OSError.
    """
    raw = file.read_bytes(limit)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), None
    control = sum(raw.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    if raw.startswith(_MAGIC) or control > len(raw) // 20:
        raise SourceError(file.place, "a binary file, not a text; convert it to text first")
    notice = "holds NUL bytes; read as spaces" if b"\0" in raw else None
    text, is_utf8 = decode_bytes(raw)
    return text, notice if is_utf8 else "not UTF-8; read as Windows-1252"


def decode_bytes(raw: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8; else it is read as Windows-1252."""
    try:
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), False
