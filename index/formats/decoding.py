"""Bytes -> text: UTF-8, 16 and 32, else the old encoding that makes words of them, with a notice."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    b"PAR1",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# By name as a user knows them; the first of equals is taken.
_LATIN = {"cp1252": "Windows-1252", "iso8859-15": "ISO-8859-15", "mac_roman": "Mac Roman",
          "cp850": "DOS code page 850"}  # fmt: skip
_CYRILLIC = {"cp1251": "Windows-1251", "koi8-r": "KOI8-R", "cp866": "DOS code page 866",
             "iso8859-5": "ISO-8859-5", "mac_cyrillic": "Mac Cyrillic"}  # fmt: skip
_SAMPLE = 200_000
# Signs that a text has, and letters of a Latin alphabet; all other signs speak against it.
_LETTERS = "äöüÄÖÜßéèêëàâáåãçñíìîïóòôõøúùûæœšžčÉÈÀÁÂÇÑÓÅØŠŽŒÆ"
_SIGNS = "„“”‚‘’«»‹›–—…§€°•´·×†\xa0"
# In DOS these bytes are letters: two quotation marks weigh as much as those would.
_QUOTES = "„“”‚‘’"
_COMMON_RUSSIAN = frozenset("оеаинтсрвлкмдпуя")
_HIGH = re.compile(rb"[\x80-\xff]")
_STRAY = re.compile("[\udc80-\udcff]+")


def decode_text(file: SourceFile, limit: int = MAX_ARTICLE_BYTES) -> tuple[str, str | None]:
    """The file's text, and what the user should know of it.

    Raises SourceError for what is no text or larger than `limit`, or OSError.
    """
    raw = file.read_bytes(limit)
    if wide := find_wide_encoding(raw):
        return decode_wide(raw, wide, file.place), say_wide(wide)
    control = sum(raw.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    if raw.startswith(_MAGIC) or control > len(raw) // 20:
        raise SourceError(file.place, "a binary file, not a text; convert it to text first")
    text, notice = decode_noting(raw)
    return text, notice or ("holds NUL bytes; read as spaces" if b"\0" in raw else None)


def decode_wide(raw: bytes, encoding: str, place: str) -> str:
    """The text of UTF-16 or UTF-32; raises SourceError where the bytes are none."""
    try:
        text = raw.decode(encoding, "replace").removeprefix("\ufeff")
    except UnicodeError:
        text = ""
    if text.count("\ufffd") > len(text) // 20:
        raise SourceError(place, f"no {encoding.upper()}, though it begins so; convert it to UTF-8")
    return text


def say_wide(encoding: str) -> str | None:
    """What the user should know of UTF-16 or UTF-32: nothing of UTF-16 that says so itself."""
    return None if encoding == "utf-16" else f"read as {encoding.upper()}"


def decode_bytes(raw: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8; else it is read in the likeliest old encoding."""
    text, notice = decode_noting(raw)
    return text, notice is None


def decode_noting(raw: bytes) -> tuple[str, str | None]:
    """The text of one-byte letters or UTF-8, and what the user should know where it is not UTF-8."""
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    if _is_mostly_utf8(raw):
        text = mend_stray(raw.decode("utf-8-sig", "surrogateescape"))
        return text, "not all of it is UTF-8; the rest is read as Windows-1252"
    encoding, name = find_old_encoding(raw)
    return raw.decode(encoding, "replace"), f"not UTF-8; read as {name}"


def mend_stray(text: str) -> str:
    """The text with what was no UTF-8 in it, kept as surrogates, read as Windows-1252."""
    return _STRAY.sub(
        lambda match: match[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text
    )


def find_wide_encoding(raw: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or by its zeros; `None` for other bytes."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    head = raw[:4000]
    # Every space is half zeros, whatever the script.
    if head.count(0) < max(2, len(head) // 30):
        return None
    return next((encoding for encoding in _WIDE if _is_prose(head, encoding)), None)


def _is_prose(raw: bytes, encoding: str) -> bool:
    """Whether the bytes are letters that one writes in Europe, and not NULs nor other scripts."""
    width = 4 if "32" in encoding else 2
    try:
        text = raw[: len(raw) // width * width].decode(encoding, "strict")
    except UnicodeDecodeError:
        return False
    usual = sum(
        letter in "\t\n\r" or " " <= letter <= "\u052f" or "\u2010" <= letter <= "\u20bf"
        for letter in text
    )
    return bool(text) and usual > len(text) * 0.95


def find_old_encoding(raw: bytes) -> tuple[str, str]:
    """The one-byte encoding that makes words of the bytes, and its name.

    Windows-1252 where none is plainly better; its name then says so.
    """
    sample = raw[:_SAMPLE]
    high = len(_HIGH.findall(sample))
    plain = len(re.findall(rb"[A-Za-z]", sample))
    if high > plain and high > 8:
        scores = {code: _weigh_russian(sample.decode(code, "replace")) for code in _CYRILLIC}
        best = max(scores, key=lambda code: scores[code])
        if scores[best] > 0.7:
            return best, _CYRILLIC[best]
    weights = {code: _weigh_latin(sample.decode(code, "replace")) for code in _LATIN}
    best = max(weights, key=lambda code: weights[code])
    # Windows-1252 is usual; another must be plain.
    if weights[best] <= (0 if best == "cp1252" else high * 0.4):
        return "cp1252", "Windows-1252, as no encoding fits; convert it to UTF-8 and index again"
    return best, _LATIN[best]


def _weigh_russian(text: str) -> float:
    """Which part of the foreign letters are small ones that are common in Russian, or so."""
    foreign = [letter for letter in text if letter > "\x7f"]
    cyrillic = [letter for letter in foreign if "А" <= letter <= "я" or letter in "Ёё"]
    common = sum(letter in _COMMON_RUSSIAN for letter in cyrillic)
    # In a wrong alphabet capitals stand within words.
    inside = len(re.findall("(?<=[а-я])[А-Я]", text))
    return (len(cyrillic) * 0.5 + common - inside) / max(1, len(foreign))


def _weigh_latin(text: str) -> float:
    """The foreign signs that stand where they belong, less those that do not."""
    return sum(_judge_sign(text, match) for match in re.finditer(r"[^\x00-\x7f]", text))


def _judge_sign(text: str, match: re.Match[str]) -> float:
    sign = match[0]
    before = text[match.start() - 1 : match.start()]
    after = text[match.end() : match.end() + 1]
    beside = _is_letter(before) or _is_letter(after)
    if sign in _LETTERS:
        if not beside:
            return -0.5
        # "grÖße", "äWir": a change of case within a word is a sign of another encoding.
        is_other = sign.isupper() and before.islower()
        is_quote = sign.islower() and after.isupper() and not before.isalpha()
        return -1 if is_other or is_quote else 1 if sign in _LETTERS[:7] else 0.8
    if sign in _SIGNS:
        is_inside = _is_letter(before) and _is_letter(after) and sign not in "’‘´·–\xa0"
        return -1 if is_inside else 0.9 if sign in _QUOTES else 0.5
    return -1


def _is_letter(letter: str) -> bool:
    return letter.isalpha() and (letter.isascii() or letter in _LETTERS)


def _is_mostly_utf8(raw: bytes) -> bool:
    """Whether most of the foreign letters are whole in UTF-8: some lines came from elsewhere."""
    text = raw[:_SAMPLE].decode("utf-8", "surrogateescape")
    strays = _count_letters(text, "\udc80", "\udcff")
    return strays * 3 < _count_letters(text, "\x80", "\ud7ff")


def _count_letters(text: Iterable[str], first: str, last: str) -> int:
    return sum(first <= letter <= last for letter in text)
