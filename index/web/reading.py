"""Addresses -> articles: a page is an article, a feed its entries, or the pages behind them.

Nothing is fetched but on the user's request to index it. What an address answered last is kept as
a `Visit`, so that what has not changed is not sent, or not even asked for, again.
"""

from __future__ import annotations

import codecs
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.feeds import (
    Feed,
    FeedEntry,
    describe_fault,
    describe_summaries,
    is_feed,
    make_raw_entry,
    parse_feed,
)
from wortlaut.index.formats.raw import SourceFile
from wortlaut.index.sources import (
    READER_VERSION,
    SourceResult,
    finish_article,
    read_document,
    reads_kind,
)
from wortlaut.index.web.addresses import WebRequest, read_address
from wortlaut.index.web.fetching import FetchedPage, Fetcher

# Of one feed in one run; the next run goes on with the rest.
_MAX_PAGES = 500
_HEAD = 16_384
_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf",
    "text/markdown": ".md", "text/csv": ".csv", "application/json": ".json",
    "application/ld+json": ".json", "application/x-ndjson": ".jsonl", "application/jsonl": ".jsonl",
    "text/xml": ".xml", "application/xml": ".xml", "application/rtf": ".rtf", "text/rtf": ".rtf",
    "application/epub+zip": ".epub", "message/rfc822": ".eml",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}  # fmt: skip
# Said of anything: the name and the first bytes tell more.
_VAGUE = frozenset(("", "text/plain", "application/octet-stream", "binary/octet-stream"))
_LETTERS = frozenset((".html", ".txt", ".md", ".csv"))


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address answered when its articles were last read, and who read it how.

    `stamp` is the hash of the answer, or of the feed's entry that led to the page.
    """

    etag: str | None
    modified: str | None
    stamp: str
    reader: str


@dataclass(frozen=True, slots=True)
class Visited:
    """The address is read whole: all its articles came before."""

    address: str
    visit: Visit


@dataclass(frozen=True, slots=True)
class Unchanged:
    """There is nothing new at the address that was asked for, or in the one article there."""

    address: str
    is_article: bool = False


WebResult = SourceResult | Visited | Unchanged


class WebReader:
    """Reads what a request names; `recall` and `find` know what the archive has of it.

    `reader` names the version that the caller makes articles with: another one's visits count
    for nothing.
    """

    def __init__(
        self,
        request: WebRequest,
        recall: Callable[[str], Visit | None],
        find: Callable[[str], Article | None],
        reader: str = READER_VERSION,
    ) -> None:
        self._request = request
        self._recall = recall
        self._find = find
        self._reader = reader
        self._fetcher = Fetcher(allow_private=request.allow_private, limits=request.limits)

    def read(self) -> Iterator[WebResult]:
        """The articles of each address, and what is wrong with any, one line each."""
        for text in dict.fromkeys(self._request.addresses):
            try:
                address = str(read_address(text))
                yield from self._read_address(address)
            except SourceError as error:
                yield error

    def _read_address(self, address: str) -> Iterator[WebResult]:
        readers = [self._reader, f"{self._reader}+pages"]
        if not self._request.follow:
            readers.append(f"{self._reader}+feed")
        known = self._recall(address)
        known = known if known and known.reader in readers else None
        page = self._fetch(address, known)
        stamp = hashlib.sha256(page.body).hexdigest() if page else ""
        if page is None or (known and known.stamp == stamp):
            yield Unchanged(address)
            return
        file = make_file(page)
        reader = self._reader
        found: Iterator[WebResult] = _read_page(page, file)
        if file.suffix == ".rss":
            reader += "+pages" if self._request.follow else "+feed"
            found = self._read_feed(file)
        is_whole = True
        for item in found:
            is_whole = is_whole and not isinstance(item, SourceError)
            yield item
        if is_whole:
            yield Visited(address, Visit(page.etag, page.modified, stamp, reader))

    def _fetch(self, address: str, known: Visit | None) -> FetchedPage | None:
        if known is None:
            return self._fetcher.fetch(address)
        return self._fetcher.fetch(address, known.etag, known.modified)

    def _read_feed(self, file: SourceFile) -> Iterator[WebResult]:
        feed = parse_feed(file)
        yield from describe_fault(feed, file)
        if not self._request.follow:
            yield from describe_summaries(feed, file)
        fetched = 0
        for entry, page in _find_pages(feed):
            visit = self._recall(page) if page else None
            if page is None:
                yield from finish_article(make_raw_entry(entry), file)
            elif visit and (visit.stamp, visit.reader) == (_stamp(entry), self._reader):
                yield Unchanged(page, is_article=True)
            elif not self._request.follow:
                yield from self._read_entry(entry, page)
            elif fetched < _MAX_PAGES:
                fetched += 1
                yield from self._follow(entry, page, visit)
            else:
                yield SourceError(page, "not fetched in this run; run it again for the rest")

    def _read_entry(self, entry: FeedEntry, page: str) -> Iterator[WebResult]:
        """The entry's own text as the page's article; never a summary in place of more."""
        for made in _finish_entry(entry, page):
            held = self._find(made.id) if isinstance(made, Article) and entry.is_summary else None
            if held and isinstance(made, Article) and len(held.text) > len(made.text):
                yield Unchanged(page, is_article=True)
            else:
                yield made

    def _follow(self, entry: FeedEntry, page: str, visit: Visit | None) -> Iterator[WebResult]:
        """The article of the page behind the entry, else the entry's own text."""
        known = visit if visit and visit.reader == self._reader else None
        stamp = _stamp(entry)
        try:
            fetched = self._fetch(page, known)
            found = [] if fetched is None else _read_behind(fetched)
        except SourceError as error:
            fetched, found = None, [error]
        if fetched is None and known and not found:
            yield Unchanged(page, is_article=True)
            yield Visited(page, replace(known, stamp=stamp))
            return
        is_read = any(isinstance(item, Article) for item in found)
        told = next((a for a in _finish_entry(entry, page) if isinstance(a, Article)), None)
        yield from (_complete(item, told) for item in found)
        if not is_read:
            yield from self._read_entry(entry, page)
        elif fetched and not any(isinstance(item, SourceError) for item in found):
            yield Visited(page, Visit(fetched.etag, fetched.modified, stamp, self._reader))


def _find_pages(feed: Feed) -> list[tuple[FeedEntry, str | None]]:
    """Each entry with the address of its page; `None` where it has none or several share it."""
    pages: list[str | None] = []
    for entry in feed.entries:
        try:
            pages.append(str(read_address(entry.link)) if entry.link else None)
        except SourceError:
            pages.append(None)
    counts = Counter(pages)
    own = [page if counts[page] == 1 else None for page in pages]
    return list(zip(feed.entries, own, strict=True))


def _read_behind(page: FetchedPage) -> list[SourceResult]:
    """What the page behind an entry holds."""
    file = make_file(page)
    if file.suffix == ".rss":
        raise SourceError(page.address, "a feed, not a page; index it by itself")
    return list(_read_page(page, file))


def _read_page(page: FetchedPage, file: SourceFile) -> Iterator[SourceResult]:
    for item in read_document(file):
        if isinstance(item, Article) and item.url is None:
            yield replace(item, url=page.final)
        else:
            yield item


def _finish_entry(entry: FeedEntry, page: str) -> Iterator[SourceResult]:
    file = SourceFile(page, Path("entry"), address=page)
    return finish_article(replace(make_raw_entry(entry), key=""), file)


def _complete(item: SourceResult, told: Article | None) -> SourceResult:
    """The page's article with what only its feed tells of it."""
    if not isinstance(item, Article) or told is None:
        return item
    dated = item if item.published else told
    return replace(
        item,
        published=dated.published,
        published_precision=dated.published_precision,
        source=item.source or told.source,
        language=item.language or told.language,
        guid=item.guid or told.guid,
        version=item.version or told.version,
    )


def _stamp(entry: FeedEntry) -> str:
    told = (entry.title, entry.text, entry.published, entry.updated)
    return hashlib.sha256("\0".join(map(str, told)).encode()).hexdigest()


def make_file(page: FetchedPage) -> SourceFile:
    """What was fetched as a file to read, its ending by what it is."""
    suffix = _find_suffix(page)
    body = _recode(page) if suffix in _LETTERS else page.body
    return SourceFile(page.address, Path(f"page{suffix}"), data=body, address=page.address)


def _find_suffix(page: FetchedPage) -> str:
    head = page.body[:_HEAD]
    if is_feed(head):
        return ".rss"
    if page.kind not in _VAGUE:
        return _SUFFIXES.get(page.kind) or Path(f"x.{page.kind.rpartition('/')[2]}").suffix
    if head.startswith(b"%PDF-"):
        return ".pdf"
    if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        return ".html"
    name = unquote(page.final.partition("?")[0].rpartition("/")[2])
    suffix = Path(name.replace("\0", "")).suffix.lower()
    return suffix if reads_kind(suffix) else ".txt"


def _recode(page: FetchedPage) -> bytes:
    """The letters in UTF-8 where the answer says that they are in another encoding."""
    try:
        named = codecs.lookup(page.charset or "utf-8").name
        if named != "utf-8" and not page.body.startswith(
            (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
        ):
            return page.body.decode(named).encode()
    except (LookupError, ValueError, AttributeError):
        pass
    return page.body
