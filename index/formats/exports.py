"""Exports of press databases: many articles in one text file (Nexis, Factiva, GENIOS/wiso).

`is_export` asks the head of a file whether it may be one; `split_export` gives its articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from wortlaut.index.formats.databases import (
    FACTIVA_END,
    RIGHTS_LINE,
    WORD_COUNT,
    join_words,
    make_body,
    read_factiva,
    read_genios,
    read_language_name,
    split_blocks,
)
from wortlaut.index.formats.raw import RawArticle, number_twins
from wortlaut.index.press.days import find_date

# A file may hold as many articles as fit in here.
MAX_EXPORT_BYTES = 200_000_000

_NEXIS = re.compile(
    r"^[ \t]*(?:FOCUS - )?(?:\d{1,5} (?:of|von|de|van) \d{1,5} (?:DOCUMENTS?|DOKUMENTEN?)"
    r"|(?:Dokument|Document) \d{1,5} (?:von|of) \d{1,5})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NEXIS_END = re.compile(r"^[ \t]*(?:End of Document|Ende des Dokuments)[ \t]*$", re.MULTILINE)
_FACTIVA_CODE = re.compile(r"^(?:HD|LP|TD|AN|WC)[ \t]*(?:\n|[ \t]\S)", re.MULTILINE)
_GENIOS_SOURCE = re.compile(r"^[ \t]*(?:Quelle|Publikation|Medium):[ \t]*\S", re.MULTILINE)
_GENIOS_NUMBER = re.compile(
    r"^[ \t]*(?:Dokumentnummer|Dokument-Nr\.?|Dokumenten-Nr\.?|Dauerhafte Adresse des Dokuments):",
    re.MULTILINE,
)


def is_export(head: str) -> bool:
    """Whether a text, or the beginning of one, is an export of one of the databases."""
    return _find_reader(head) is not None


def split_export(text: str) -> Iterator[RawArticle]:
    """The articles of an export, each with a key of its own; nothing for any other text."""
    read = _find_reader(text)
    yield from number_twins(read(text) if read else ())


def _find_reader(text: str) -> Callable[[str], Iterator[RawArticle]] | None:
    if _NEXIS.search(text):
        return _read_nexis
    if _NEXIS_END.search(text):
        return _read_nexis
    if FACTIVA_END.search(text) or (_FACTIVA_CODE.search(text) and WORD_COUNT.search(text)):
        return read_factiva
    if WORD_COUNT.search(text) and re.search(r"^Dokument|^Document", text, re.MULTILINE):
        return read_factiva
    if _GENIOS_SOURCE.search(text) and _GENIOS_NUMBER.search(text):
        return read_genios
    return None


# Nexis: "1 of 2 DOCUMENTS", the head in the middle of its lines, labels, body, labels, rights.
_LABEL = re.compile(
    r"^[ \t]*(?P<label>[A-ZÄÖÜ][\wÄÖÜäöüß]*(?:[- ][\wÄÖÜäöü]+){0,2}):[ \t]*(?P<value>[^\n]*)"
)
_LENGTHS = {"länge", "length", "umfang"}
_TAIL_LABELS = {
    "load-date", "update", "sprache", "language", "publication-type", "zeitungs-code", "pub-type",
    "zeitungscode", "journal-code", "journal code", "grafik", "graphic", "subject", "classification",
    "publikationstyp", "dateiname", "industry", "geographic", "person", "company", "notes",
}  # fmt: skip
_HEAD_LABELS = {
    "autor", "author", "byline", "rubrik", "section", "ressort", "dateline", "quelle", "seite",
    "ausgabe", "edition", "highlight", "series", "distribution", "ort", *_LENGTHS,
}  # fmt: skip
_TEASERS, _HEADLINES = {"highlight"}, {"headline", "titel", "überschrift"}
_BODY_MARKS = ("Body", "Volltext", "Text")
_CENTRED = " " * 8


def _read_nexis(text: str) -> Iterator[RawArticle]:
    parts = _NEXIS.split(text)[1:] or _NEXIS_END.split(text)[:-1]
    for part in parts:
        if blocks := split_blocks(_NEXIS_END.sub("", part)):
            yield _read_nexis_document(blocks)


def _find_lengths(labels: list[str]) -> list[int]:
    return [k for k, label in enumerate(labels) if label in _LENGTHS]


def _read_label(block: str) -> str:
    match = _LABEL.match(block)
    return match["label"].lower() if match else ""


def _read_nexis_document(blocks: list[str]) -> RawArticle:
    labels = [_read_label(block) for block in blocks]
    marked = [k for k, block in enumerate(blocks) if block.strip() in _BODY_MARKS]
    if marked:  # A line says where the body begins; there are more labels in front of it.
        blocks[marked[0]] = "Länge:"
        labels[marked[0]] = "länge"
    head_end = next((k for k in (*marked, *_find_lengths(labels))), -1)
    if head_end < 0:
        dated = next((k for k, block in enumerate(blocks[:6]) if find_date(block)), 0)
        head_end = dated + 1 if dated + 2 < len(blocks) else dated
    title, source, day = _read_nexis_head(blocks[: head_end + 1])
    rest = blocks[head_end + 1 :]
    while rest and _read_label(rest[0]) in _HEAD_LABELS - _TEASERS:
        rest = rest[1:]
    end = next((k for k, block in enumerate(rest) if _read_label(block) in _TAIL_LABELS), len(rest))
    tail = {_read_label(block): _LABEL.sub(r"\g<value>", block, count=1) for block in rest[end:]}
    teasers = [block for block in blocks[:head_end] if _read_label(block) in _TEASERS]
    paragraphs = [_LABEL.sub(r"\g<value>", block) if _read_label(block) in _TEASERS else block
                  for block in teasers + rest[:end]]  # fmt: skip
    loaded = tail.get("load-date") or tail.get("update") or ""
    published = (find_date(day) if day else None) or find_date(loaded) or (day or None)
    return RawArticle(
        make_body(paragraphs),
        key="|".join(filter(None, [source, published, title])),
        title=title or None,
        published=published,
        source=source or None,
        language=read_language_name(tail.get("language") or tail.get("sprache") or ""),
    )


def _read_nexis_head(blocks: list[str]) -> tuple[str, str, str]:
    """Title, source and the words of the day, in the old order (source, day, title) or the new."""
    before: list[str] = []
    after: list[str] = []
    day = named = ""
    for block in blocks:
        if (label := _read_label(block)) in _HEAD_LABELS or label in _HEADLINES:
            named = join_words(_LABEL.sub(r"\g<value>", block)) if label in _HEADLINES else named
        elif RIGHTS_LINE.match(block):
            continue
        elif day:
            after += [] if block.startswith(_CENTRED) else [join_words(block)]
        elif find_date(block):
            lines = block.split("\n")
            number = next((k for k, line in enumerate(lines) if find_date(line)), 0)
            before += [join_words(line) for line in lines[:number]]
            day = join_words(lines[number])
        else:
            before.append(join_words(block))
    if named or after:
        return named or after[0], before[0] if before else "", day
    return (before[0], before[-1] if len(before) > 1 else "", day) if before else ("", "", day)
