"""Files and folders -> articles; what cannot be read is named and passed over.

`_READERS` says which module of `index/formats/` reads what; what a reader gives is cleaned,
dated, titled and given its id here, in one place for all formats.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from stat import S_ISREG

from wortlaut.index.agency import find_boilerplate, read_published, read_source
from wortlaut.index.article import Article, hash_text, make_article_id, mend_letters, normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import sniff_suffix
from wortlaut.index.formats.cleaning import clean_heading, clean_text
from wortlaut.index.formats.dates import say_unreadable, write_field_date
from wortlaut.index.formats.epub import read_epub
from wortlaut.index.formats.feeds import is_feed, read_feed
from wortlaut.index.formats.html import read_html
from wortlaut.index.formats.mail import read_mail, read_mailbox
from wortlaut.index.formats.markdown import read_markdown
from wortlaut.index.formats.newsml import read_xml
from wortlaut.index.formats.office import read_docx, read_odt, refuse_old_office
from wortlaut.index.formats.packed import read_packed
from wortlaut.index.formats.pdf import read_pdf
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    ReadFormat,
    SourceFile,
    SourceNotice,
    is_companion,
    is_housekeeping,
)
from wortlaut.index.formats.records import read_json, read_jsonl
from wortlaut.index.formats.rtf import read_rtf
from wortlaut.index.formats.tables import read_csv, read_parquet
from wortlaut.index.formats.text import read_text_file
from wortlaut.index.press.wiretext import replace_spans
from wortlaut.index.splitter import split_segments

__all__ = [
    "MAX_ARTICLE_BYTES",
    "READER_VERSION",
    "SourceNotice",
    "check_kind",
    "find_files",
    "finish_article",
    "is_passed_over",
    "read_articles",
    "read_document",
    "read_sources",
    "reads_kind",
]

READER_VERSION = "3"
_READERS: dict[str, ReadFormat] = {
    ".txt": read_text_file, ".iptc": read_text_file, ".md": read_markdown, ".xml": read_xml,
    ".json": read_json, ".jsonl": read_jsonl, ".ndjson": read_jsonl,
    ".csv": read_csv, ".tsv": read_csv, ".parquet": read_parquet,
    ".html": read_html, ".htm": read_html, ".xhtml": read_html,
    ".pdf": read_pdf, ".docx": read_docx, ".odt": read_odt, ".fodt": read_odt, ".rtf": read_rtf,
    ".doc": refuse_old_office, ".epub": read_epub, ".eml": read_mail, ".mbox": read_mailbox,
    ".zip": read_packed, ".tar": read_packed, ".tgz": read_packed, ".gz": read_packed,
    ".bz2": read_packed, ".xz": read_packed,
    ".rss": read_feed, ".atom": read_feed, ".rdf": read_feed,
}  # fmt: skip
_ADVICE = {
    ".xls": "save it as .csv", ".xlsx": "save it as .csv", ".ods": "save it as .csv",
    ".pages": "export it as .docx", ".wpd": "save it as .docx", ".wps": "save it as .docx",
    ".ppt": "export it as .pdf", ".pptx": "export it as .pdf", ".odp": "export it as .pdf",
    ".msg": "save it as .eml", ".pst": "export it as .mbox", ".mobi": "convert it to .epub",
    ".azw3": "convert it to .epub", ".djvu": "convert it to .pdf with its text",
    ".rar": "pack it as .zip", ".7z": "pack it as .zip",
}  # fmt: skip
# Packed files within packed files, so deep and no deeper.
_DEEPEST = 3
_LONGEST_TITLE = 140
# So many letters of the wire's own may stand in front of a headline.
_FRAME = 1000
# Titles and sources are printed as headings; these could steer a terminal or turn the writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

SourceResult = Article | SourceError | SourceNotice


def find_files(paths: Sequence[Path]) -> Iterator[Path | SourceError | SourceNotice]:
    """The readable files under the paths, sorted within each folder, each once.

    Inside a folder, hidden files and READMEs are passed over silently, pictures and the like with
    one notice a folder; a file of another kind is an error, like one that is named itself.
    """
    # Of a million files not the names but what tells them apart.
    seen: set[bytes] = set()
    for path in paths:
        for found in _find_under(path):
            if isinstance(found, SourceError):
                yield SourceError(mend_letters(found.path), found.reason)
            elif isinstance(found, SourceNotice):
                yield SourceNotice(mend_letters(found.path), found.text)
            elif mend_letters(str(found)) != str(found):
                yield SourceError(
                    mend_letters(str(found)), "its name is not UTF-8; rename it and index again"
                )
            elif (fault := _find_fault(found)) is not None:
                yield SourceError(str(found), fault)
            elif (digest := _digest(resolved := found.resolve())) not in seen:
                seen.add(digest)
                yield resolved


def _digest(path: Path) -> bytes:
    return hashlib.blake2b(os.fsencode(path), digest_size=12).digest()


def _find_fault(found: Path) -> str | None:
    """Why what has a file's name cannot be read as one: to open a pipe would wait for ever."""
    try:
        mode = found.stat().st_mode
    except FileNotFoundError:
        return "leads to nothing, or was taken away just now; remove it or mend its link"
    except OSError as error:
        return f"cannot be looked at ({error.strerror}); check its rights and where it leads"
    return None if S_ISREG(mode) else "a pipe or a device, not a file; remove it or save it as one"


def check_kind(path: Path) -> None:
    """Return if files of such a name are read here; else raise the SourceError that says why not."""
    if not _is_known(path):
        raise _refuse_kind(path)


def _find_under(path: Path) -> Iterator[Path | SourceError | SourceNotice]:
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError as error:
        yield SourceError(str(path), f"cannot be looked at ({error.strerror}); check its rights")
        return
    if is_folder:
        yield from _walk(path)
    elif not is_file:
        yield SourceError(str(path), "no such file or folder; check the spelling")
    else:
        yield path if _is_known(path) else _refuse_kind(path)


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in _READERS


def _refuse_kind(path: Path) -> SourceError:
    return SourceError(str(path.absolute()), _say_kind(path.suffix.lower()))


def _say_kind(suffix: str) -> str:
    kinds = ", ".join(sorted(_READERS.keys() - {".doc"}))
    return f"not a kind that is read here ({kinds}); {_ADVICE.get(suffix, 'convert it')}"


def is_passed_over(file: Path, root: Path) -> bool:
    """Whether a file in the folder `root` is one that the walk through it says nothing of."""
    if file == root:
        return False
    hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
    return hidden or is_housekeeping(file) or is_companion(file)


def _walk(folder: Path) -> Iterator[Path | SourceError | SourceNotice]:
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        companions: Counter[str] = Counter()
        names.sort()
        for file in (Path(root, name) for name in names if not name.startswith(".")):
            if is_housekeeping(file):
                continue
            if is_companion(file):
                companions[file.suffix.lower()] += 1
            # A companion may be of a kind that is read.
            if _is_known(file):
                yield file
            elif not is_companion(file):
                yield _refuse_kind(file)
        if companions:
            kinds = ", ".join(sorted(companions))
            yield SourceNotice(
                root, f"passed over, files that hold no text: {companions.total()} ({kinds})"
            )
        while refused:
            error = refused.pop()
            yield SourceError(str(error.filename), "this folder cannot be read; check its rights")
    for error in refused:
        yield SourceError(str(error.filename), "this folder cannot be read; check its rights")


def read_sources(paths: Sequence[Path], today: date | None = None) -> Iterator[SourceResult]:
    """The articles of all files under the paths, and what is wrong with any, one line each."""
    for found in find_files(paths):
        if isinstance(found, Path):
            yield from read_articles(found, today)
        else:
            yield found


def read_articles(
    path: Path, today: date | None = None, fields: Mapping[str, str] | None = None
) -> Iterator[SourceResult]:
    """The file's articles in order, and what is wrong with it, one line each.

    `today` is the day after which a date counts as a mistake; `fields` says which field of a
    record is which of ours.
    """
    today = today or date.today()
    file = SourceFile(str(path), path, fields=fields or {})
    yield from _read_file(file, today, set(), 0)


def read_document(file: SourceFile, today: date | None = None) -> Iterator[SourceResult]:
    """The articles of what lies on no disk: `file` has the bytes and the name that says their kind."""
    yield from _read_file(file, today or date.today(), set(), 0)


def finish_article(
    raw: RawArticle, file: SourceFile, today: date | None = None
) -> Iterator[SourceResult]:
    """The article of a raw one that was read out of `file` by other ways than its reader."""
    yield from _make_article(raw, file, today or date.today(), set())


def reads_kind(suffix: str) -> bool:
    """Whether there is a reader for names with this ending."""
    return suffix in _READERS


def _read_file(file: SourceFile, today: date, seen: set[str], depth: int) -> Iterator[SourceResult]:
    if depth > _DEEPEST:
        yield SourceError(file.place, f"packed more than {_DEEPEST} times; unpack it")
        return
    try:
        really = sniff_suffix(file)
        reader = _READERS.get(really or file.suffix)
        if reader in (read_xml, read_json) and is_feed(file.read_head()):
            reader = read_feed
        if reader is None:
            yield SourceError(file.place, _say_kind(really or file.suffix))
            return
        if really and reader is not _READERS.get(file.suffix, reader):
            yield SourceNotice(file.place, f"is {really} by its content; read as such")
        for read in reader(file):
            if isinstance(read, SourceFile):
                yield from _read_file(read, today, seen, depth + 1)
            elif isinstance(read, RawArticle):
                yield from _make_article(read, file, today, seen)
            else:
                yield read
    except SourceError as error:
        yield error
    except OSError as error:
        yield SourceError(file.place, f"cannot be read ({error.strerror}); check its rights")


def _make_article(
    raw: RawArticle, file: SourceFile, today: date, seen: set[str]
) -> Iterator[SourceResult]:
    """The article of a raw one; `seen` are the ids that the same file on the disk has used."""
    place = raw.place or file.place
    text, note = clean_text(normalise_text(raw.text))
    text = normalise_text(text)
    if not re.search(r"\w", text):
        yield SourceError(place, "holds no text; fill or remove it")
        return
    identity = make_article_id(file.origin, "\0".join(filter(None, (file.inside, raw.key))))
    if identity in seen:
        yield SourceError(place, "its id stands twice; the later is passed over")
        return
    seen.add(identity)
    if note:
        yield SourceNotice(place, note)
    published, precision = read_published(text, write_field_date(raw.published))
    if raw.published is not None and published is None:
        yield SourceNotice(place, say_unreadable(str(raw.published)))
    # A day's grace: agencies and machines live in different time zones.
    if published and published > today + timedelta(days=1):
        yield SourceNotice(place, f"dated {published}, in the future; check the date")
    title = _make_line(clean_heading(raw.title) or "")
    text = _join_title(title, text)
    yield Article(
        id=identity,
        title=title or _make_title(text),
        text=text,
        text_sha256=hash_text(text),
        source=_make_line(clean_heading(raw.source) or read_source(text) or "") or None,
        url=raw.url,
        language=raw.language,
        published=published,
        published_precision=precision,
        path=file.origin,
        guid=raw.guid,
        version=raw.version,
    )


def _join_title(title: str, text: str) -> str:
    """The text under its title: a headline is text, searched, quoted and cited."""
    if not title:
        return text
    opening = text[: len(title) * 2 + _FRAME]
    opening = replace_spans(opening, find_boilerplate(opening), lambda _: "")
    # It may stand below a line that says the topic or the day.
    lines = (" ".join(line.split()).strip("#* ") for line in opening.split("\n")[:8])
    has_it = " ".join(opening.split()).lstrip("#* ").startswith(title) or title in lines
    return text if has_it else f"{title}\n\n{text}"


def _make_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", normalise_text(text)).split())


def _make_title(text: str) -> str:
    """The first heading or sentence, cut at a word."""
    segments = split_segments(text[:5000])
    first = segments[0].span.of(text) if segments else text.strip()
    first = _make_line(first.lstrip("#"))
    if len(first) <= _LONGEST_TITLE:
        return first
    return first[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
