"""Mail (`.eml`, `.mbox`): each message an article, without quoted answers and signatures.

The sender's name is the source; addresses are not kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from wortlaut.index.article import hash_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.html import decode_page, join_blocks
from wortlaut.index.formats.raw import (
    RawArticle,
    SourceFile,
    SourceItem,
    SourceNotice,
    is_companion,
    say_size,
)

if TYPE_CHECKING:
    from email.message import EmailMessage

    from lxml.html import HtmlElement

MAX_MAIL_BYTES = 60_000_000
_MOST_PARTS = 500
_MOST_LINES_OF_PARTS = 5_000
_MOST_EARLIER = 100
_LONGEST_HEADS = 3_000
_ANSWER = re.compile(r"\A(?:(?:re|aw|antw|sv|vs|ответ|отв)(?:\[\d+\])?:\s{0,5})+", re.IGNORECASE)
_FORWARD = re.compile(r"\A(?:(?:fwd?|wg|tr|i|пересл)(?:\[\d+\])?:\s{0,5})+", re.IGNORECASE)
# "-----Original Message-----", whatever the language.
_EARLIER = re.compile(r"^[-_]{5,}[ \t]*(?:[^\W\d_][^\n]{2,60}?[-_]{5,})?[ \t]*$", re.MULTILINE)
_HEADER_LINE = re.compile(r"\*?[^\W\d_][\w. -]{1,20}:\*?[ \t]")
_QUOTED_HTML = (
    "//blockquote[@type='cite'] | //*[contains(@class, 'gmail_quote')]"
    " | //*[contains(@class, 'moz-cite-prefix')] | //*[contains(@class, 'yahoo_quoted')]"
    " | //*[contains(@class, 'moz-signature')] | //*[contains(@class, 'gmail_signature')]"
    " | //*[@id='divRplyFwdMsg'] | //*[@id='divRplyFwdMsg']/following-sibling::*"
    " | //*[@id='appendonsend']/following-sibling::*"
)
_HIDDEN_HTML = "//*[contains(translate(@style, ' ', ''), 'display:none')]"
# What travels with mail and is never an article.
_TRAVELLING = frozenset(".p7s .p7m .asc .sig .ics .vcf .dat".split())


def read_mail(file: SourceFile) -> Iterator[SourceItem]:
    """The article of one message, and its attachments as files of their own."""
    raw = file.read_bytes(MAX_MAIL_BYTES)
    if not raw.strip():
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    yield from _read_message(raw, file, "")


def read_mailbox(file: SourceFile) -> Iterator[SourceItem]:
    """The messages of a mailbox, one after the other; a broken one does not keep the rest out."""
    number = 0
    for raw in _split_mailbox(file):
        number += 1
        place = f"{file.place}:{number}"
        try:
            if len(raw) > MAX_MAIL_BYTES:
                raise SourceError(place, say_size(len(raw), MAX_MAIL_BYTES))
            yield from _read_message(raw, replace(file, place=place), place)
        except SourceError as error:
            yield error
    if not number:
        raise SourceError(
            file.place, "no mailbox, no line begins with 'From '; give it its right ending"
        )


def _split_mailbox(file: SourceFile) -> Iterator[bytes]:
    """The bytes of each message; read line by line, as a mailbox may be large."""
    lines: list[bytes] | None = None
    was_empty = True
    with file.open() as stream:
        for line in iter(lambda: stream.readline(1_000_000), b""):
            if was_empty and re.match(rb"From \S.{0,200}\d\d:\d\d|From [-\w.@]+\r?\n", line):
                if lines is not None:
                    yield b"".join(lines)
                lines = []
            elif lines is not None:
                lines.append(line[1:] if re.match(rb">+From ", line) else line)
            was_empty = not line.strip()
    if lines is not None:
        yield b"".join(lines)


def _read_message(raw: bytes, file: SourceFile, place: str) -> Iterator[SourceItem]:
    from email import message_from_bytes, policy

    with name_broken(file.place, "a message"):
        if len(re.findall(rb"^--", raw, re.MULTILINE)) > _MOST_LINES_OF_PARTS:
            raise SourceError(file.place, "too many parts for a message; save its text as .txt")
        message: Any = message_from_bytes(raw, policy=policy.default)
        if not message.keys():
            raise SourceError(file.place, "no mail, it has no heads like 'Subject:'; name it .txt")
        if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
            raise SourceError(file.place, "encrypted; save it decrypted and index again")
        subject = " ".join(str(_get_head(message, "subject") or "").split())
        is_forward = bool(_FORWARD.match(_ANSWER.sub("", subject)))
        text = _read_body(message, is_forward)
        key = " ".join(str(_get_head(message, "message-id") or "").split())
        article = RawArticle(
            text,
            key=(key or hash_text(text)) if place else "",
            title=_FORWARD.sub("", _ANSWER.sub("", subject)) or None,
            published=_read_day(message),
            source=_read_sender(message),
            guid=key or None,
            place=place,
        )
        attached, pictures = _list_attached(message, file, key or article.key)
    if re.search(r"\w", text):
        yield article
    elif not attached:
        yield SourceError(file.place, "a message without text; remove it")
    yield from attached
    if pictures:
        kinds = ", ".join(sorted(pictures))
        yield SourceNotice(
            file.place, f"{pictures.total()} files hold no text, passed over: {kinds}"
        )


def _get_head(message: EmailMessage, name: str) -> Any:
    """A head of the message, `None` for one that the library cannot parse."""
    try:
        return message[name]
    except Exception:  # It raises many kinds at hostile heads.
        return None


def _read_day(message: EmailMessage) -> date | str | None:
    header = _get_head(message, "date")
    try:
        when = header.datetime if header is not None else None
    except (AttributeError, ValueError):
        when = None
    return when.date() if when else (str(header) if header else None)


def _read_sender(message: EmailMessage) -> str | None:
    """The name of the sender, or the domain: a person's address is nobody's business."""
    header = _get_head(message, "from")
    for address in getattr(header, "addresses", ()):
        name = " ".join(address.display_name.split())
        if name and "@" not in name:
            return name
        if address.domain:
            return str(address.domain)
    return None


def _read_body(message: EmailMessage, is_forward: bool) -> str:
    plain: Any = message.get_body(("plain",))
    page: Any = message.get_body(("html",))
    text = _read_plain(plain, is_forward) if plain is not None else ""
    if page is None:
        return text
    html = _read_page(page, is_forward)
    # The plain part may be no more than "your program cannot show this message".
    return html if len(text) * 3 < len(html) else text


def _decode(part: EmailMessage) -> str:
    """The text of a part, whatever charset it declares, rightly or not."""
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    for charset in ("utf-8", part.get_content_charset() or "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _read_plain(part: EmailMessage, is_forward: bool) -> str:
    text = _decode(part).replace("\r\n", "\n")
    if part.get_param("format") == "flowed":
        text = _unflow(text, str(part.get_param("delsp")).lower() == "yes")
    text = re.split(r"^-- ?$", text, maxsplit=1, flags=re.MULTILINE)[0]
    return _drop_quoted(_cut_earlier(text, is_forward))


def _unflow(text: str, drops_space: bool) -> str:
    """The text with its soft line ends joined: those behind a space (RFC 3676)."""
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        line = line[1:] if line.startswith(" ") else line
        if is_open and not line.startswith(">") and line != "-- ":
            lines[-1] += line
        else:
            lines.append(line)
        is_open = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if is_open and drops_space:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _cut_earlier(text: str, is_forward: bool) -> str:
    """The text without an earlier message under it; of a forwarded one that message."""
    for match in islice(_EARLIER.finditer(text), _MOST_EARLIER):
        rest = text[match.end() :].lstrip("\n") if match.end() < len(text) else ""
        heads = _count_heads(rest[:_LONGEST_HEADS])
        if heads < 2:
            continue
        before = text[: match.start()].strip()
        if before and not is_forward:
            return before
        return "\n\n".join(filter(None, (before, rest.split("\n", heads)[-1].strip())))
    return text


def _count_heads(text: str) -> int:
    """How many lines from the first are heads of a message: "Von: …", "Betreff: …"."""
    lines = text.split("\n")
    return next((n for n, line in enumerate(lines) if not _HEADER_LINE.match(line)), len(lines) - 1)


def _drop_quoted(text: str) -> str:
    """The text without lines behind ">", and without the line before them that says whose."""
    kept: list[str] = []
    for line in text.split("\n"):
        if not line.startswith(">"):
            kept.append(line)
            continue
        while kept and not kept[-1].strip():
            kept.pop()
        # "Am 5. Januar schrieb Enno Wattmann <…>:" may be broken in two.
        if kept and kept[-1].rstrip().endswith(":"):
            said = kept.pop()
            if kept and kept[-1].strip() and not re.search(r"\d", said):
                kept.pop()
        kept.append("")
    return "\n".join(kept).strip("\n")


def _read_page(part: EmailMessage, is_forward: bool) -> str:
    from lxml.html import document_fromstring

    markup, _ = decode_page(_decode(part).encode("utf-8", "replace"))
    if not markup.strip():
        return ""
    tree = document_fromstring(markup)
    _remove(tree, _HIDDEN_HTML)
    if not is_forward:
        _remove(tree, _QUOTED_HTML)
    body = tree.find("body")
    text = join_blocks(tree if body is None else body)
    return re.split(r"^-- ?$", text, maxsplit=1, flags=re.MULTILINE)[0].strip("\n")


def _remove(tree: HtmlElement, path: str) -> None:
    for element in tree.xpath(path):
        if element.getparent() is not None and element.tag != "body":
            element.drop_tree()


def _list_attached(
    message: EmailMessage, file: SourceFile, key: str
) -> tuple[list[SourceFile], Counter[str]]:
    """The attachments to be read, and how many of each kind hold no text."""
    attached: list[SourceFile] = []
    pictures: Counter[str] = Counter()
    for number, part in enumerate(message.iter_attachments()):
        name = PurePosixPath((part.get_filename() or "").replace("\\", "/")).name
        if part.get_content_type() == "message/rfc822":
            name = name if name.lower().endswith(".eml") else f"{number}.eml"
        suffix = PurePosixPath(name).suffix.lower()
        if not suffix or suffix in _TRAVELLING or number >= _MOST_PARTS:
            continue
        if is_companion(PurePosixPath(name)):
            # Those of the signature stand in the text and are no loss.
            pictures.update([suffix] if part.get_content_disposition() == "attachment" else [])
            continue
        data = _read_attached(part)
        inside = "/".join(filter(None, (file.inside, key.strip("<>"), name)))
        attached.append(replace(file, place=f"{file.place}/{name}", inside=inside, data=data))
    return attached, pictures


def _read_attached(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_content()
        return bytes(inner)
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
