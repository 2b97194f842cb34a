"""News feeds: RSS, Atom and JSON Feed; an entry is an article, of its full text or its summary.

feedparser reads the XML once lxml has mended it and dropped DTDs and entities. What it makes of dates
is left aside, for it takes MEZ for UTC and knows no German month: the day as written is the day.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Any
from urllib.parse import urljoin, urlsplit

from wortlaut.index.article import hash_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import decode_bytes
from wortlaut.index.formats.fragments import EMPTY_LINE, join_paragraphs, read_fragment
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, SourceNotice

MAX_FEED_BYTES = 20_000_000
_MAX_ENTRIES = 20_000
# feedparser reads some ten thousand a second.
_MAX_ELEMENTS = 500_000
_ROOTS = re.compile(rb"<(?:[\w.-]{1,40}:)?(rss|RDF|feed)[\s>/]")
_BEFORE_ROOT = re.compile(
    rb"\s+|<\?[^>]{0,500}\?>|<!--.{0,4000}?-->|<!DOCTYPE[^\[>]{0,500}(?:\[[^\]]{0,8000}\]\s*)?>",
    re.S,
)
_ROOT_ENDS = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:rss|RDF|feed)\s*>")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
# Control signs that XML knows not even escaped.
_NO_XML = bytes(n for n in range(32) if n not in b"\t\n\r")
_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([a-zA-Z]{2,8};)")
_LONE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[\da-fA-F]{1,6}|\w{1,10});)")
_JSON_FEED = re.compile(
    rb'"version"\s*:\s*"https?:(?:\\?/){2}(?:www\.)?jsonfeed\.org(?:\\?/)version'
)
# Where a description is so long, it is the text itself: many systems put it there.
_FULL_LETTERS = 1200
_FULL_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: its text, or the `summary` alone; `link` is the page that has it whole."""

    title: str | None
    text: str
    is_summary: bool
    link: str | None
    guid: str | None
    published: str | None
    updated: str | None
    source: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed with its entries in order; `fault` is what is broken in it, "" if nothing is."""

    entries: tuple[FeedEntry, ...]
    fault: str = ""
    is_cut: bool = False


def is_feed(head: bytes) -> bool:
    """Whether a document that begins so is a feed: its root is rss, RDF or feed, or a JSON Feed."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    if head.lstrip()[:1] == b"{":
        return _JSON_FEED.search(head[:4096]) is not None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    position = 0
    while match := _BEFORE_ROOT.match(head, position):
        position = match.end()
    return _ROOTS.match(head, position) is not None


def read_feed(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of a feed's entries, and what is broken in it."""
    feed = parse_feed(file)
    yield from describe_fault(feed, file)
    yield from describe_summaries(feed, file)
    for entry in feed.entries:
        yield make_raw_entry(entry)


def describe_fault(feed: Feed, file: SourceFile) -> Iterator[SourceError | SourceNotice]:
    """What is broken in the feed, if anything is."""
    if feed.is_cut:
        yield SourceError(file.place, f"{feed.fault}; fetch it again for the rest")
    elif feed.fault:
        yield SourceNotice(file.place, f"{feed.fault}; read all the same, check its articles")


def describe_summaries(feed: Feed, file: SourceFile) -> Iterator[SourceNotice]:
    """How many entries hold no more than a summary, if any do."""
    if short := sum(entry.is_summary for entry in feed.entries):
        way = "wortlaut index --follow reads the pages" if file.address else "index the pages too"
        yield SourceNotice(
            file.place, f"{short} of {len(feed.entries)} entries hold a summary alone; {way}"
        )


def make_raw_entry(entry: FeedEntry) -> RawArticle:
    """The entry as the raw article that it is."""
    return RawArticle(
        entry.text,
        key=entry.guid or entry.link or hash_text(f"{entry.title}\n{entry.text}"),
        title=entry.title,
        published=entry.published,
        source=entry.source,
        url=entry.link,
        language=entry.language,
        guid=entry.guid,
        version=entry.updated,
    )


def parse_feed(file: SourceFile) -> Feed:
    """The feed with its entries, newest first as they stand; raises SourceError for none, or OSError."""
    raw = file.read_bytes(MAX_FEED_BYTES)
    if not raw.strip():
        raise SourceError(file.place, "holds no text; fill or remove it")
    is_json = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    try:
        feed = _parse_json(raw, file.place) if is_json else _parse_xml(raw, file)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        kind = type(error).__name__
        raise SourceError(
            file.place, f"a feed that cannot be read ({kind}); fetch it again"
        ) from error
    if not feed.entries:
        raise SourceError(file.place, "a feed without entries; fetch it again later")
    return feed


def _parse_xml(raw: bytes, file: SourceFile) -> Feed:
    import io

    import feedparser

    if not is_feed(raw[:16_384]):
        raise SourceError(file.place, "no feed (RSS, Atom or JSON Feed); give it the right ending")
    clean, fault = _clean_xml(raw, file.place)
    # A stream: feedparser would open what looks like the name of a file or an address.
    parsed = feedparser.parse(
        io.BytesIO(clean),
        response_headers={"content-location": file.address} if file.address else {},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    about = parsed["feed"]
    home = _get(about, "link") or file.address
    source, language = _read_line(about, "title"), _get(about, "language")
    found = (_read_entry(entry, source, language, home) for entry in parsed["entries"])
    is_cut = bool(fault) and not _ROOT_ENDS.search(raw[-4000:].replace(b"\0", b""))
    return Feed(
        tuple(entry for entry in found if entry), "ends in the middle" if is_cut else fault, is_cut
    )


def _clean_xml(raw: bytes, place: str) -> tuple[bytes, str]:
    """The feed as well-formed UTF-8 without a DTD or entities, and what was broken in it.

    So feedparser never needs its other parser, which takes minutes for what is broken on purpose.
    """
    from lxml import etree

    fault = ""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        fault = f"no well-formed XML ({str(error.msg)[:100]})"
        mended, is_utf8 = _mend_xml(raw)
        fault = fault if is_utf8 else "not in the encoding that it names; read as Windows-1252"
        lenient = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
        root = etree.fromstring(mended, lenient)
    if root is None:
        raise SourceError(place, f"{fault}; fetch it again")
    etree.strip_elements(root, etree.Entity, with_tail=False)
    tags = Counter(etree.QName(node).localname for node in root.iter("{*}*"))
    if (entries := tags["item"] + tags["entry"]) > _MAX_ENTRIES:
        raise SourceError(place, f"{entries} entries, the limit is {_MAX_ENTRIES}; split it")
    if tags.total() > _MAX_ELEMENTS:
        raise SourceError(place, f"{tags.total()} elements, more than a feed can have; split it")
    return etree.tostring(root, encoding="utf-8"), fault


def _mend_xml(raw: bytes) -> tuple[bytes, bool]:
    """The XML with its letters and ampersands put right, and whether its letters were."""
    declared = _DECLARED.match(raw.removeprefix(b"\xef\xbb\xbf"))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        declared and declared[1].lower() not in (b"utf-8", b"utf8")
    ):
        return raw, True
    text, is_utf8 = decode_bytes(raw.translate(None, _NO_XML))
    text = _HTML_ENTITY.sub(lambda match: html5.get(match[1], match[0]), text)
    return _LONE_AMPERSAND.sub("&amp;", text).encode(), is_utf8


def _read_entry(
    entry: Mapping[str, Any], source: str | None, language: str | None, home: str
) -> FeedEntry | None:
    title = _read_line(entry, "title")
    contents = [part for part in entry.get("content", ()) if _is_text(part)]
    content = max((_read_detail(part) for part in contents), key=len, default="")
    detail = entry.get("summary_detail")
    summary = _read_detail(detail) if isinstance(detail, Mapping) else ""
    own = _get(entry.get("source") or {}, "title")
    tongue = next((part["language"] for part in contents if part.get("language")), None)
    written = [_get(entry, key) for key in ("published", "updated", "created")]
    return _make_entry(
        title,
        content,
        summary,
        link=_get(entry, "link"),
        guid=_get(entry, "id"),
        home=home,
        published=next(filter(None, written), None),
        updated=_get(entry, "updated"),
        source=read_fragment(own) if own else source,
        language=tongue or language,
    )


def _make_entry(
    title: str | None,
    content: str,
    summary: str,
    *,
    link: str | None,
    guid: str | None,
    home: str,
    published: str | None,
    updated: str | None,
    source: str | None,
    language: str | None,
) -> FeedEntry | None:
    """The entry of its longer text; `None` where it holds no word."""
    text = content if len(content) > len(summary) else summary
    is_full = text == content or (
        len(text) >= _FULL_LETTERS or len(text.split("\n\n")) >= _FULL_PARAGRAPHS
    )
    text = text or title or ""
    if not re.search(r"\w", text):
        return None
    link = urljoin(home, link) if link and home else link
    link = link if link and urlsplit(link).scheme in ("http", "https") else None
    return FeedEntry(
        title,
        text,
        not is_full or text == title,
        link,
        _make_guid(guid or link, home),
        published,
        updated,
        source,
        language,
    )


def _make_guid(guid: str | None, home: str) -> str | None:
    """The id as it is where it is one in all the world, else with its feed's home before it."""
    if guid is None or re.match(r"[a-z][a-z0-9+.-]{1,20}:|[\da-f]{8}-[\da-f]{4}-", guid, re.I):
        return guid
    return f"{home} {guid}" if home else None


def _get(holder: Mapping[str, Any], key: str) -> str | None:
    """The plain value as it stands, without feedparser's stand-ins for what is missing."""
    value = dict.get(holder, key) if isinstance(holder, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def _is_text(part: Mapping[str, Any]) -> bool:
    return str(part.get("type") or "text/plain").startswith(("text/", "application/xhtml"))


def _read_line(holder: Mapping[str, Any], name: str) -> str | None:
    detail = holder.get(f"{name}_detail")
    text = _read_detail(detail) if isinstance(detail, Mapping) else _get(holder, name) or ""
    return " ".join(text.split()) or None


def _read_detail(detail: Mapping[str, Any]) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    plain = detail.get("type") == "text/plain" and not re.search(r"</\w|<br|&[a-z]{2,8};", value)
    return join_paragraphs(EMPTY_LINE.split(value)) if plain else read_fragment(value)


# JSON Feed, https://www.jsonfeed.org/version/1.1/


def _parse_json(raw: bytes, place: str) -> Feed:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise SourceError(place, f"no JSON ({error}); fetch it again") from error
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(data.get("version")):
        raise SourceError(place, "no feed (RSS, Atom or JSON Feed); give it the right ending")
    found = (_read_item(item, data) for item in items[:_MAX_ENTRIES] if isinstance(item, dict))
    return Feed(tuple(entry for entry in found if entry))


def _read_item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> FeedEntry | None:
    markup, plain = _get(item, "content_html"), _get(item, "content_text")
    number = item.get("id")
    return _make_entry(
        " ".join((_get(item, "title") or "").split()) or None,
        read_fragment(markup) if markup else join_paragraphs(EMPTY_LINE.split(plain or "")),
        read_fragment(_get(item, "summary") or ""),
        link=_get(item, "url") or _get(item, "external_url"),
        guid=str(number) if isinstance(number, int) else _get(item, "id"),
        home=_get(feed, "home_page_url") or _get(feed, "feed_url") or "",
        published=_get(item, "date_published") or _get(item, "date_modified"),
        updated=_get(item, "date_modified"),
        source=" ".join((_get(feed, "title") or "").split()) or None,
        language=_get(item, "language") or _get(feed, "language"),
    )
