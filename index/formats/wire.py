"""Wire copy: messages after IPTC 7901, one or many in a file, with their control letters or not.

The text stays as it came, slug, notes and stamp with it: `index/press/wiretext.py` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wortlaut.index.formats.raw import RawArticle, number_twins
from wortlaut.index.press.wiretext import HEADER, read_headline

# Start and end of heading, of text and of transmission, and the idle letters between messages.
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a]")
_START = re.compile(rf"^(?={HEADER}$)", re.MULTILINE)
_HEAD = re.compile(rf"\A\s*{HEADER}$", re.MULTILINE)
_STAMP = re.compile(r"^\d{6}Z?(?: [A-Z]{3})? \w{3,4}\.? \d\d(?:\d\d)?[ \t]*$", re.MULTILINE)
# A letter of German copy in seven bits: "f}r", "M{rz" (DIN 66003).
_SEVEN_BITS = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_SEVEN_BIT_WORD = re.compile(r"[A-Za-z][{|}~][a-z]|[a-z]~|[{|}][a-z]{2}")
_FEWEST_WORDS = 3


def read_messages(text: str) -> Iterator[RawArticle]:
    """The messages of a text that holds wire copy; nothing for any other text."""
    parts = [part for part in text.split("\x01") if _CONTROLS.sub("", part).strip()]
    if len(parts) == 1:
        starts = [match.start() for match in _START.finditer(text)]
        parts = [text[start:end] for start, end in zip(starts, [*starts[1:], None], strict=False)]
        if starts and text[: starts[0]].strip("\x01\x16 \t\n"):
            return
    if not parts or not _HEAD.match(parts[0]):
        return
    yield from number_twins(_read_message(part, len(parts) == 1) for part in parts)


def _read_message(part: str, is_alone: bool) -> RawArticle:
    message = _decode(_CONTROLS.sub("", part).strip("\n") + "\n")
    return RawArticle(
        message, key="" if is_alone else _make_key(message), title=read_headline(message)
    )


def _make_key(message: str) -> str:
    """Service and number, stamp and headline: they stay when a text is mended."""
    number = " ".join(message.split()[:1])
    stamps = _STAMP.findall(message)
    return " ".join(filter(None, [number, *stamps[-1:], read_headline(message)]))


def _decode(message: str) -> str:
    """The message with umlauts, where it was written in seven bits without them."""
    if message.isascii() and len(_SEVEN_BIT_WORD.findall(message)) >= _FEWEST_WORDS:
        return message.translate(_SEVEN_BITS)
    return message
