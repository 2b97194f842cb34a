"""Rich text (`.rtf`): one article, what tracked changes have deleted left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, say_size

MAX_RTF_BYTES = 30_000_000
_TOKEN = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.S
)
# Pictures and fields are large and hold no text; the tables of styles cost striprtf dear.
_LEFT_OUT = frozenset(
    "pict objdata fldinst stylesheet listtable listoverridetable themedata datastore panose falt "
    "colorschememapping latentstyles rsidtbl generator xmlnstbl info shpinst".split()
)
# With its formatting, without its pictures.
_MOST_LETTERS = 10_000_000
_ON = {"deleted", "v"}
_ENDLESS_FONTS = re.compile(r"\\fonttbl[^\n]{20000}")


def read_rtf(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a rich text; notes, heads of pages and hidden text are out."""
    from striprtf.striprtf import rtf_to_text

    raw = file.read_bytes(MAX_RTF_BYTES)
    if not raw.lstrip().startswith(b"{\\rtf"):
        reason = "no rich text by its content; give it its right ending" if raw.strip() else (
            "an empty file; remove it or copy it again"
        )  # fmt: skip
        raise SourceError(file.place, reason)
    with name_broken(file.place, "a rich text"):
        kept = "".join(_drop_unsaid(raw.lstrip().decode("cp1252", "replace")))
        if len(kept) > _MOST_LETTERS:
            raise SourceError(file.place, say_size(len(kept), _MOST_LETTERS))
        if _ENDLESS_FONTS.search(kept):
            raise SourceError(file.place, "a table of fonts without end; save it anew")
        text = str(rtf_to_text(kept, errors="replace"))  # type: ignore[no-untyped-call]
    blocks = ("\n".join(_fold_rows(block)) for block in text.split("\n\n"))
    text = "\n\n".join(filter(None, blocks)).replace("\u00ad", "")
    if not re.search(r"\w", text):
        raise SourceError(file.place, "a rich text without text; fill or remove it")
    yield RawArticle(text)


def _fold_rows(block: str) -> Iterator[str]:
    """The lines of a paragraph, the cells of a row of a table set apart."""
    for line in block.split("\n"):
        cells = (" ".join(cell.split()) for cell in line.split("|"))
        if row := " | ".join(filter(None, cells)):
            yield row


def _drop_unsaid(text: str) -> Iterator[str]:
    """The tokens without those of deleted or hidden text; the end of a paragraph stands twice."""
    stack: list[tuple[bool, bool]] = []
    left_out = unsaid = False
    skip = 0
    for match in _TOKEN.finditer(text):
        token, word = match[0], match[1]
        if match.start() < skip:
            continue
        if token == "{":
            stack.append((left_out, unsaid))
            yield token
        elif token == "}":
            left_out, unsaid = stack.pop() if stack else (False, False)
            # On a line of its own: striprtf searches each line of the fonts as a whole.
            yield "}\n"
        elif word in _LEFT_OUT:
            left_out = True
        elif word in _ON or word == "plain":
            unsaid = word in _ON and match[2] != "0"
        elif word == "bin":
            skip = match.end() + max(0, int(match[2] or 0))
        elif not (left_out or unsaid):
            yield r"\par\par " if word in ("par", "sect", "page") else token
