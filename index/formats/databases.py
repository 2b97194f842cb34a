"""Factiva, GENIOS and wiso: the articles of their text exports, and what all exports share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from wortlaut.index.formats.raw import RawArticle
from wortlaut.index.press.days import find_date

RIGHTS_LINE = re.compile(
    r"^[ \t(]*(?:©|\(c\)|copyright\b|alle rechte vorbehalten|all rights reserved)", re.IGNORECASE
)
_COLLAPSE = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
FACTIVA_END = re.compile(
    r"^(?:AN[ \t]+)?(?:Dokument|Document)[ \t]+(?P<id>[A-Z][A-Z0-9]{3,11}\d{8}[0-9a-z]{4,12})[ \t]*$",
    re.MULTILINE,
)
WORD_COUNT = re.compile(
    r"^\d{1,3}(?:[.,]?\d{3})*[ \t]+(?:Wörter|words|Wort|word)[ \t]*$", re.MULTILINE
)


def split_blocks(text: str) -> list[str]:
    """The paragraphs of a document, without blank lines and white space at the ends of lines."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return [block for block in _COLLAPSE.split(lines.strip("\n")) if block.strip()]


def join_words(words: str) -> str:
    """The words on one line."""
    return " ".join(words.split())


def make_body(blocks: list[str]) -> str:
    """The body's paragraphs; its own lines stay as they are."""
    while blocks and RIGHTS_LINE.match(blocks[-1]):
        blocks = blocks[:-1]
    return "\n\n".join("\n".join(line.strip() for line in block.split("\n")) for block in blocks)


def read_language_name(words: str) -> str | None:
    """The language's code, from its name in German or English."""
    low = words.strip().lower()
    return next((code for name, code in _LANGUAGES.items() if low.startswith(name)), None)


_LANGUAGES = {
    "german": "de", "deutsch": "de", "english": "en", "englisch": "en",
    "russian": "ru", "russisch": "ru",
}  # fmt: skip


# Factiva: each article ends with its number, "Dokument DTPA000020220218ei2i0001x".
_CODES = "SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|LA|CY|LP|TD|CO|IN|NS|RE|IPC|IPD|PUB|AN|CT|ART|RF|CLM|VOL|NGC|GC|DLN|CX"
_FIELD = re.compile(rf"^(?P<code>{_CODES})(?=[ \t]|$)[ \t]*", re.MULTILINE)
_PAGE = re.compile(
    r"^[ \t]*(?:Factiva®?|(?:Seite|Page) \d+ (?:von|of) \d+.*|(?:©|\(c\)).{0,60}Factiva.*)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_TIME = re.compile(r"^\d{1,2}[:.]\d\d(?:[ \t]*(?:Uhr|[AP]M|GMT|h))?$", re.IGNORECASE)
_LONGEST_SECTION = 25
_BYLINE = re.compile(r"^(?:Von|By|VON|BY)[ \t]\S")


def read_factiva(text: str) -> Iterator[RawArticle]:
    """The articles of a Factiva export, each with its number as key."""
    start = 0
    for match in FACTIVA_END.finditer(text):
        part = _PAGE.sub("", text[start : match.start()])
        start = match.end()
        fields = _read_fields(part)
        read = _read_coded if {"HD", "LP", "TD"} & fields.keys() else _read_counted
        article = read(part, fields)
        yield replace(article, key=match["id"], guid=match["id"])


def _read_fields(part: str) -> dict[str, str]:
    starts = list(_FIELD.finditer(part))
    ends = [match.start() for match in starts[1:]] + [len(part)]
    return {
        match["code"]: part[match.end() : end].strip("\n")
        for match, end in zip(starts, ends, strict=False)
    }


def _read_coded(_part: str, fields: dict[str, str]) -> RawArticle:
    body = split_blocks(fields.get("LP", "")) + split_blocks(fields.get("TD", ""))
    day = fields.get("PD", "")
    return RawArticle(
        make_body(body),
        title=join_words(fields.get("HD", "")) or None,
        published=find_date(day) or join_words(day) or None,
        source=join_words(fields.get("SN", "")) or None,
        language=read_language_name(fields.get("LA", "")),
    )


def _read_counted(part: str, _fields: dict[str, str]) -> RawArticle:
    """An article whose data stand below its headline: words, day, time, source, language, rights."""
    count = WORD_COUNT.search(part)
    if count is None:
        return RawArticle(make_body(split_blocks(part)))
    above = [block for block in split_blocks(part[: count.start()]) if not _BYLINE.match(block)]
    rest = part[count.end() :].lstrip("\n")
    data, _, body = rest.partition("\n\n")
    lines = [line.strip() for line in data.split("\n") if line.strip()]
    day = next((line for line in lines if find_date(line)), "")
    names = [line for line in lines if line != day and not _TIME.match(line)]
    languages = [code for line in names if (code := read_language_name(line))]
    return RawArticle(
        make_body([block for block in split_blocks(body) if not RIGHTS_LINE.match(block)]),
        title=join_words(_drop_section(above[-1])) if above else None,
        published=find_date(day) or day or None,
        source=names[0] if names and not RIGHTS_LINE.match(names[0]) else None,
        language=languages[0] if languages else None,
    )


def _drop_section(block: str) -> str:
    """The headline without the section in a line above it: "Politik"."""
    first, _, rest = block.partition("\n")
    return rest if rest and len(first) <= _LONGEST_SECTION else block


# GENIOS, wiso: a block of labels before the text or behind it.
_GENIOS_LABELS = (
    "Quelle|Publikation|Medium|Datum|Erscheinungsdatum|Ressort|Rubrik|Ausgabe|Seite|Autor|Verfasser|Titel|Untertitel"
    "|Dokumentnummer|Dokument-Nr\\.?|Dokumenten-Nr\\.?|ISSN|Sprache|Land|Branche|Schlagwörter|Nummer|Heft|Copyright"
    "|Dauerhafte Adresse des Dokuments|Alle Rechte vorbehalten"
)
_GENIOS_LINE = re.compile(rf"^[ \t]*(?P<label>{_GENIOS_LABELS}):[ \t]*(?P<value>.*)$")
_GENIOS_END = re.compile(
    r"^[ \t]*(?:(?:©|\(c\)).{0,20}GENIOS.*|[-=_*]{8,})[ \t]*$|\f", re.IGNORECASE | re.MULTILINE
)
_LONGEST_HEADLINE = 200
_ADDRESS = "Dauerhafte Adresse des Dokuments"
_NUMBERS = ("Dokumentnummer", "Dokument-Nr", "Dokumenten-Nr")


def read_genios(text: str) -> Iterator[RawArticle]:
    """The articles of an export of GENIOS or wiso, each with its number as key."""
    for labels, blocks in _split_genios(text):
        source = labels.get("Quelle") or labels.get("Publikation") or labels.get("Medium") or ""
        day = labels.get("Datum") or labels.get("Erscheinungsdatum") or ""
        number = next((labels[name] for name in _NUMBERS if name in labels), None)
        title = labels.get("Titel")
        published = find_date(day) or find_date(source) or day or None
        name = re.split(
            r",?[ \t](?:vom|v\.|den)[ \t]|,[ \t]*(?=\d|Nr|S\.)|[ \t](?=\d{1,2}\.)", source
        )[0]
        if len(blocks) > 1 and _is_page_line(blocks[0], name):
            blocks = blocks[1:]
        if title is None and len(blocks) > 1 and _is_headline(blocks[0]):
            title, blocks = join_words(blocks[0]), blocks[1:]
        yield RawArticle(
            make_body(blocks),
            key=number or "|".join(filter(None, [name, published, title])),
            title=title,
            published=published,
            source=name.strip() or None,
            url=labels.get(_ADDRESS) or None,
            language=read_language_name(labels.get("Sprache", "")),
            guid=number,
        )


def _is_page_line(block: str, name: str) -> bool:
    """Whether a block only says again where the article stood: "Börsenbote, 11.04.2022, Nr. 71"."""
    is_short = "\n" not in block.strip() and len(block) <= _LONGEST_HEADLINE
    return bool(name) and is_short and block.strip().startswith(name) and bool(find_date(block))


def _is_headline(block: str) -> bool:
    return len(block) <= _LONGEST_HEADLINE and not block.rstrip().endswith((".", ":"))


def _split_genios(text: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Each document's labels and paragraphs, its headline first."""
    parts = [_read_runs(part) for part in _GENIOS_END.split(text) if part.strip()]
    parts = [runs for runs in parts if any(labels for labels, _ in runs)]
    if len(parts) > 1 or not parts:
        for runs in parts:
            labels = {name: value for found, _ in runs for name, value in found.items()}
            yield labels, [block for _, blocks in runs for block in blocks]
        return
    runs = parts[0]
    closing = runs[-1][1]
    if not closing:  # The labels stand behind each text.
        yield from runs[:-1]
        return
    # They stand in front of it, under a headline or without one.
    has_headline = bool(runs[0][1])
    headline = runs[0][1][-1:]
    for (labels, _), (_, blocks) in pairwise(runs):
        is_last = blocks is closing
        own = blocks[:-1] if has_headline and not is_last else blocks
        yield labels, headline + own
        headline = blocks[-1:] if has_headline else []


def _read_runs(part: str) -> list[tuple[dict[str, str], list[str]]]:
    """Runs of labels, each with the paragraphs in front of it; what follows the last has none."""
    runs: list[tuple[dict[str, str], list[str]]] = []
    labels: dict[str, str] = {}
    words: list[str] = []
    for line in part.split("\n"):
        if match := _GENIOS_LINE.match(line):
            labels[match["label"].rstrip(".")] = match["value"].strip()
            continue
        if not labels.get(_ADDRESS, " ") and line.strip():
            labels[_ADDRESS] = line.strip()
            continue
        if labels and line.strip():
            runs.append((labels, split_blocks("\n".join(words))))
            labels, words = {}, []
        words.append(line)
    if labels:
        runs.append((labels, split_blocks("\n".join(words))))
        words = []
    return [*runs, ({}, split_blocks("\n".join(words)))]
