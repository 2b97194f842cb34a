"""The day on which a page of the web was published, from what it declares; nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# In the order of trust, in small letters; days of changes and of copyrights are none of these.
_NAMES = (
    "article:published_time", "article:published", "og:article:published_time",
    "og:published_time", "og:pubdate", "datepublished", "prism.publicationdate",
    "prism:publicationdate", "citation_publication_date", "citation_date",
    "dc.date.issued", "dcterms.issued", "dc:date:issued", "dcterms.created", "dc.date.created",
    "dc.date", "dcterms.date", "dc:date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "rnews:datepublished", "publish-date", "publish_date",
    "publishdate", "publishing-date", "published_date", "publication_date", "publicationdate",
    "pubdate", "pub_date", "published", "article.published", "originalpublicationdate",
    "article_date_original", "article:post_date", "release_date", "issuedate", "last-published",
    "timestamp", "date",
)  # fmt: skip
# Things in the data of a page that have days of their own.
_ATTACHED = re.compile(
    r"(?:Video|Image|Audio|Media)Object|Comment|Review|Person|WebSite|Podcast|Clip", re.IGNORECASE
)
_ARTICLE = re.compile(r"Article|Posting|Report", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:(?:19|20)\d\d-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}\. ?\d{1,2}\. ?(?:19|20)\d\d|\d{1,2}\.? [^\W\d_]{3,12}\.? (?:19|20)\d\d"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d)\b"
)
_IN_ADDRESS = re.compile(
    r"[/-]((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/._-]|\Z)"
)
# Parts of a page that show the days of other articles.
_ELSEWHERE = re.compile(
    r"comment|kommentar|related|teaser|sidebar|recommend|footer|copyright|modified|updated"
    r"|aktualisiert|archive|more-|mehr-|newsletter|widget", re.IGNORECASE
)  # fmt: skip
_DAY_CLASS = re.compile(r"publish|pub-?date|(?:^|[-_ ])(?:date|datum|time-?stamp|datetime)", re.I)
_DEEPEST = 8


def find_page_date(tree: HtmlElement) -> str | None:
    """The day of publication as the page writes it, `None` where it declares none."""
    ways = (_find_in_data, _find_in_head, _find_marked, _find_in_address)
    return next(filter(None, (way(tree) for way in ways)), None)


def _find_in_data(tree: HtmlElement) -> str | None:
    """`datePublished` of JSON-LD: an article's before that of anything else that is the page."""
    articles: list[str] = []
    others: list[str] = []
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            data = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _list_things(data, 0):
            kind = str(thing.get("@type"))
            written = thing.get("datePublished") or thing.get("dateCreated")
            if isinstance(written, str) and written.strip() and not _ATTACHED.search(kind):
                (articles if _ARTICLE.search(kind) else others).append(written.strip())
    return next(iter(articles + others), None)


def _list_things(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for part in data:
            yield from _list_things(part, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"):
            yield from _list_things(data.get(key), depth + 1)


def _find_in_head(tree: HtmlElement) -> str | None:
    said: dict[str, str] = {}
    for meta in tree.iter("meta"):
        for key in ("property", "name", "itemprop"):
            name = (meta.get(key) or "").strip().lower()
            content = (meta.get("content") or meta.get("datetime") or "").strip()
            if name and re.search(r"\d", content):
                said.setdefault(name, content)
    return next((said[name] for name in _NAMES if name in said), None)


def _find_marked(tree: HtmlElement) -> str | None:
    """The day that an element of the article is marked as: microdata, `<time>`, a class."""
    marked = tree.xpath("//*[contains(@itemprop, 'datePublished')]") + list(tree.iter("time"))
    for element in marked:
        written = element.get("content") or element.get("datetime") or element.text_content()
        match = _DATE.search(" ".join(written.split())[:100])
        if match and not _is_elsewhere(element):
            return match[0]
    for element in tree.xpath("//body//*[@class]"):
        if not _DAY_CLASS.search(element.get("class")) or _is_elsewhere(element):
            continue
        text = " ".join("".join(islice(element.itertext(), 9)).split())
        match = _DATE.search(text)
        if match and len(text) <= 80:
            return match[0]
    return None


def _is_elsewhere(element: HtmlElement) -> bool:
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("body", "html"):
            return False
        named = f"{outer.get('class') or ''} {outer.get('id') or ''} {outer.get('itemprop') or ''}"
        if outer.tag in ("aside", "nav", "footer") or _ELSEWHERE.search(named):
            return True
    return False


def _find_in_address(tree: HtmlElement) -> str | None:
    addresses = tree.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    for address in addresses:
        if match := _IN_ADDRESS.search(address):
            return "-".join(match.groups())
    return None
