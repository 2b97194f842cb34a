"""What does not belong to a text, taken out of it: markup, entities, wrong encodings, unseen signs.

A text without any such fault is given back as it is, letter for letter. What is changed:

* HTML in a text is read as a browser would: blocks are paragraphs, scripts and styles are nothing.
  A "<" that is a sign ("3 < 5", "<dpa>") stays.
* Entities with their semicolon become their letters, escaped once or twice.
* UTF-8 that was read as something else ("fÃ¼r") is mended by ftfy, its quotation marks, ligatures
  and widths left alone; letters that are lost ("Gr�ße") are named.
* Soft hyphens and signs without width go; a space that does not break becomes a space: neither is
  wording, and names, searches and quotations must not hang on it.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# Elements that begin a new paragraph, that are no text, and the others that HTML and NITF know.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 head header hl1 hl2 hr html legend li main nav ol p pre "
    "section summary table tbody tfoot thead title tr ul body.content block media byline".split()
)
_SILENT = frozenset(
    "script style noscript template svg iframe object button select textarea nav".split()
)
_INLINE = frozenset(
    "a abbr acronym audio b base bdi bdo big br canvas cite code col colgroup data del dfn em embed "
    "font i img input ins kbd label link map mark meta o:p output param picture progress q rp rt "
    "ruby s samp small source span strike strong sub sup td th time track tt u var video wbr "
    "strike em person location org chron money num".split()
)
_ELEMENTS = _BLOCKS | _SILENT | _INLINE
# What nobody writes as a sign: an end of an element, or a beginning that stands for itself.
_MARKUP = re.compile(
    r"</([a-z][a-z0-9:.]{0,12})\s{0,9}>|<(br|hr|p|img|div|wbr)\b[^<>]{0,2000}>|<!(?:doctype|--)",
    re.IGNORECASE,
)
# Bounded and without a way back: a hostile text must cost linear time.
_TAG = re.compile(
    r"<(/?)([a-z][a-z0-9:.]{0,12})(?![a-z0-9:.])((?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,20}+)>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A letter as JSON escapes it, left in a text: "M\\u00fcller".
_ESCAPE = re.compile(r"\\u(00[a-f][0-9a-f]|0[14][0-9a-f]{2}|20[0-3a][0-9a-f])", re.IGNORECASE)
_HIGH = (
    "\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a"
    "\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
# What stands behind a letter in any text.
_SIGNS = "‘’‚“”„–—…»«›‹§€"
# UTF-8 read as Windows-1252, 1251, 1250, Mac Roman or DOS.
_SUSPECT = re.compile(
    # "Ä‘" is an Ä in quotation marks, and no "đ"; "é“…" the end of a quotation.
    rf"(?![ÄÅ][{_SIGNS}])[ÂÃÄÅÆÇÐÑÎÏØÙ][{_HIGH} ]"
    rf"|(?![äé][{_SIGNS}]{{2}})[âãäåæçèéðïî][{_HIGH}][{_HIGH}]"
    r"|[РС][ЂЃѓ†‡€‰Љ‹ЊЌЋЏђ•™љ›њќћџЎўЈ¤Ґ¦§Є¬®Ї°±Ііґµ¶·єјЅѕї]|Г[¤¶јџ„–њ©]"
    r"|Ă[¤¶Ľźľ„–ś]|√[§∂ºüÑÖÜ©®°]|‚Ä[ûúìîôòò]|├[ñÂ╝ƒäÄÖ╢┤]"
)
# What is left when it could not be mended.
_LEFT = re.compile(rf"Ã[{_HIGH.replace(' ', '')}]|â€|\ufffd")
# Windows-1252 read as Latin-1: "\x84Ja\x93"; a lone one is a control sign.
_CONTROL = re.compile(r"[\x80-\x9f]")
_WESTERN = re.compile(r"[À-ÿ]{4}")
_INVISIBLE = re.compile("\u00ad\n?|[\u200b\u200e\u200f\u2060\u2063\ufeff\ufffe]")
_JOINER = re.compile(
    "(?<=[\\s!-~\u00a0-\u052f])[\u200c\u200d]|[\u200c\u200d](?=[\\s!-~\u00a0-\u052f])"
)
_SPACE = re.compile("[\u00a0\u2007\u202f]")
_LINE = re.compile("[\u2028\u2029\x85]")
_FAULT = re.compile(
    "[&<\u00ad\u200b-\u200f\u2060\u2063\ufeff\ufffd\ufffe\u00a0\u2007\u202f\u2028\u2029]"
    rf"|{_SUSPECT.pattern}|{_CONTROL.pattern}|{_WESTERN.pattern}|\\u[0-9a-fA-F]{{4}}"
)

# Russian has these as every fifth letter and more, as "àåèîó"; "ÄÄÖÜß" has none.
_RUSSIAN_VOWELS = "аеиоу"
_FEWEST_VOWELS, _SHARE_OF_VOWELS = 2, 0.2
MENDED = "wrongly encoded letters (like Ã¼ for ü) were mended; compare it with its source"
LOST = "holds letters that a wrong encoding has lost; get it anew from its source"


def clean_text(text: str) -> tuple[str, str | None]:
    """The text without its faults, and what the user should know of it; cheap where it has none."""
    if not _FAULT.search(text):
        return text, None
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if "<![CDATA[" in text:
        text = text.replace("<![CDATA[", "").replace("]]>", "")
    plain = _strip_markup(text)
    text, mended = _mend_encoding(plain)
    text = _INVISIBLE.sub("", _JOINER.sub("", text))
    text = _SPACE.sub(" ", _LINE.sub("\n", text))
    note = MENDED if mended else None
    return text, LOST if _LEFT.search(text) else note


def clean_heading(text: str | None) -> str | None:
    """The same of a title or a name."""
    return clean_text(text)[0] if text else text


def _strip_markup(text: str) -> str:
    """The text of HTML, of escaped HTML, or of a text with entities."""
    if not _holds_markup(text):
        escaped = "&lt;" in text
        text = unescape_entities(text)
        # What was a sign once written as an entity is none; "&lt;p&gt;" is markup, escaped.
        return read_markup(text) if escaped and _holds_markup(text) else text
    return read_markup(text)


def _holds_markup(text: str) -> bool:
    return "<" in text and any(
        (match[1] or match[2] or "p").lower() in _ELEMENTS for match in _MARKUP.finditer(text)
    )


def unescape_entities(text: str) -> str:
    """The text with letters for its entities, also where they were escaped twice."""
    for _ in range(3):
        if "&" not in text:
            return text
        plain = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
        if plain == text:
            return text
        text = plain
    return text


def read_markup(text: str) -> str:
    """The text that a browser shows of HTML: paragraphs apart by an empty line."""
    holds_blocks = re.search(r"<(?:p|div|li|h[1-6]|td|body)[\s>/]", text, re.IGNORECASE)
    parts: list[str] = []
    for piece, is_tag in _cut_markup(text):
        if is_tag:
            parts.append(piece)
        elif holds_blocks:
            # A line's end is but a space here; an empty line was meant by somebody.
            lines = re.split(r"\n[ \t\r]*\n\s*", unescape_entities(piece))
            parts.append("\n\n".join(re.sub(r"[ \t\n\r\f]+", " ", line) for line in lines))
        else:
            parts.append(unescape_entities(piece))
    joined = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts))
    joined = re.sub(r"\v\n?", "\n", re.sub(r"[ \t]*\v[ \t]*", "\v", joined))
    joined = re.sub(r" {2,}", " ", joined) if holds_blocks else joined
    return re.sub(r"\n{3,}", "\n\n", joined).strip()


def _cut_markup(text: str) -> list[tuple[str, bool]]:
    """The text's pieces, and what stands for its tags: breaks and spaces.

    A "<" that begins no tag is a piece of text. One way through, whatever is left open.
    """
    pieces: list[tuple[str, bool]] = []
    low = text.lower()
    position = 0
    unclosed: set[str] = set()
    while (start := text.find("<", position)) >= 0:
        if start > position:
            pieces.append((text[position:start], False))
        position, shown = _read_tag(text, low, start, unclosed)
        pieces.append(shown)
    pieces.append((text[position:], False))
    return pieces


def _read_tag(text: str, low: str, start: int, unclosed: set[str]) -> tuple[int, tuple[str, bool]]:
    """Where the text goes on behind the "<", and what stands for what it opens."""
    if low.startswith("<!--", start) and "-->" not in unclosed:
        end = text.find("-->", start)
        if end >= 0:
            return end + 3, ("", True)
        unclosed.add("-->")
    if low.startswith(("<!doctype", "<?xml"), start) and ">" not in unclosed:
        end = text.find(">", start)
        if end >= 0:
            return end + 1, ("", True)
        unclosed.add(">")
    match = _TAG.match(text, start)
    name = match[2].lower() if match else ""
    if match is None or name not in _ELEMENTS:
        return start + 1, ("<", False)
    position = match.end()
    if name in _SILENT and not match[1] and not match[3].endswith("/"):
        closing = f"</{name}"
        end = low.find(closing, position) if closing not in unclosed else -1
        if end >= 0:
            position = text.find(">", end) + 1 or len(text)
        else:
            unclosed.add(closing)
    return position, (_show_tag(name), True)


def _show_tag(name: str) -> str:
    if name == "br":
        return "\v"
    if name in ("td", "th"):
        return " "
    return "\n\n" if name in _BLOCKS or name in _SILENT else ""


@cache
def _configure_ftfy() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        replace_lossy_sequences=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def _mend_encoding(text: str) -> tuple[str, bool]:
    """The text with its letters right, and whether any was wrong."""
    if _WESTERN.search(text) and (russian := _mend_russian(text)):
        return russian, True
    has_controls = len(_CONTROL.findall(text)) > 1
    if not has_controls and not _SUSPECT.search(text):
        return text, False
    from ftfy import fix_encoding

    # Line by line: half a text may be wrong, and its right half must not speak against that.
    lines = [
        fix_encoding(line, _configure_ftfy())
        if _SUSPECT.search(line) or (has_controls and _CONTROL.search(line))
        else line
        for line in text.split("\n")
    ]
    mended = "\n".join(lines)
    return mended, mended != text


def _mend_russian(text: str) -> str | None:
    """Windows-1251 that was read as Windows-1252: "Ïðèâåò"; `None` for other text."""
    letters = re.findall(r"[^\W\d_]", text)
    if sum("À" <= letter <= "ÿ" for letter in letters) < len(letters) * 0.6:
        return None
    try:
        russian = text.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return None
    vowels = [letter for letter in russian.casefold() if letter in _RUSSIAN_VOWELS]
    if len(set(vowels)) < _FEWEST_VOWELS or len(vowels) < len(letters) * _SHARE_OF_VOWELS:
        return None
    return russian
