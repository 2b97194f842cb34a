"""XML (`.xml`), told apart by its root element: NewsML-G2, NewsML 1.2, NITF, protocols, TEI."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.protocols import read_debate, read_plenary
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, SourceNotice
from wortlaut.index.formats.xmltext import (
    find_all,
    find_first,
    name_of,
    parse_xml,
    read_paragraphs,
    read_xml_words,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_XML_BYTES = 50_000_000
_COMPACT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?!\d)")


def read_xml(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of an XML file of a kind that is known by its root element."""
    root = parse_xml(file, MAX_XML_BYTES)
    read = _find_reader(name_of(root))
    if read is None:
        yield SourceError(
            file.place,
            f"XML with the root element <{name_of(root)}>, not a kind that is read here "
            "(NewsML, NITF, Bundestag protocol, TEI); convert it to text",
        )
        return
    yield from read(root, file.place)


def _find_reader(root: str) -> Callable[[_Element, str], Iterator[SourceItem]] | None:
    match root:
        case "newsItem" | "newsMessage" | "packageItem" | "knowledgeItem" | "conceptItem":
            return _read_items
        case "NewsML":
            return _read_old_items
        case "nitf":
            return _read_nitf
        case "dbtplenarprotokoll":
            return read_plenary
        case "TEI" | "teiCorpus":
            return read_debate
    return None


def _read_items(root: _Element, place: str) -> Iterator[SourceItem]:
    """The items of NewsML-G2 that hold a text; of the others one line says how many they are."""
    items = [root] if name_of(root) == "newsItem" else find_all(root, "newsItem")
    if packages := len(find_all(root, "packageItem")) + (name_of(root) == "packageItem"):
        yield SourceNotice(place, f"passed over, packages that only list other items: {packages}")
    silent = 0
    for item in items:
        spot = f"{place}: {item.get('guid') or ''}".rstrip(": ")
        status = _read_code(find_first(item, "itemMeta/pubStatus"))
        if status in ("canceled", "cancelled", "withheld"):
            yield SourceNotice(spot, f"{status} by its maker; passed over")
            continue
        text = _read_content(item)
        if not text:
            silent += 1
            continue
        if notice := _note_embargo(find_first(item, "itemMeta/embargoed")):
            yield SourceNotice(spot, notice)
        yield _make_item(item, text, spot)
    if silent or not (items or packages):
        yield SourceNotice(place, f"passed over, items without a text (pictures, links): {silent}")


def _make_item(item: _Element, text: str, place: str) -> RawArticle:
    meta = [find_first(item, f"itemMeta/{name}") for name in ("versionCreated", "firstCreated")]
    made = [*meta, find_first(item, "contentMeta/contentModified"),
            find_first(item, "contentMeta/contentCreated")]  # fmt: skip
    sources = ["itemMeta/provider", "contentMeta/infoSource", "contentMeta/creditline"]
    titles = [*find_all(item, "headline"), *find_all(item, "itemMeta/title")]
    language = find_first(item, "contentMeta/language")
    return RawArticle(
        text,
        key=item.get("guid") or "",
        title=_choose_title(titles),
        published=next(
            (words for each in made if (words := _read_day(read_xml_words(each)))), None
        ),
        source=next(
            (name for path in sources if (name := _read_name(find_first(item, path)))), None
        ),
        language=(language.get("tag") if language is not None else None) or _read_language(item),
        guid=item.get("guid"),
        version=item.get("version"),
        place=place,
    )


def _choose_title(titles: list[_Element]) -> str | None:
    """The first headline, no sub-headline if there is another."""
    whole = [each for each in titles if not re.search("(?i)sub", each.get("role") or "")]
    return next((words for each in whole + titles if (words := read_xml_words(each))), None)


def _read_content(item: _Element) -> str:
    """The text of the first rendition that has one: XHTML or NITF inside, else plain words."""
    for inline in find_all(item, "contentSet/inlineXML"):
        bodies = find_all(inline, "body.content") or find_all(inline, "body") or [inline]
        if text := read_paragraphs(bodies[0]):
            return text
    for inline in find_all(item, "contentSet/inlineData"):
        if not inline.get("encoding") and (words := "".join(map(str, inline.itertext())).strip()):
            return _strip_markup(words) if "html" in (inline.get("contenttype") or "") else words
    return ""


def _strip_markup(words: str) -> str:
    from lxml import html

    return read_paragraphs(html.fromstring(f"<div>{words}</div>"))


def _read_code(element: _Element | None) -> str:
    """A code without its vocabulary: "stat:canceled" is "canceled"."""
    return "" if element is None else (element.get("qcode") or "").rpartition(":")[2].lower()


def _read_name(element: _Element | None) -> str:
    """A party's name, its literal, its code in that order: "dpa"."""
    if element is None:
        return ""
    code = (element.get("qcode") or element.get("uri") or "").rpartition(":")[2]
    names = [read_xml_words(each) for each in find_all(element, "name")]
    plain = "" if find_all(element, "name") else read_xml_words(element)
    return next((name for name in (*names, plain, element.get("literal") or "", code) if name), "")


def _read_language(item: _Element) -> str | None:
    return item.get("{http://www.w3.org/XML/1998/namespace}lang")


def _note_embargo(element: _Element | None) -> str | None:
    words = read_xml_words(element)
    try:
        until = datetime.fromisoformat(words)
    except ValueError:
        return f"has an embargo ({words[:40]}); read all the same" if element is not None else None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return f"has an embargo until {words}; read all the same" if until > datetime.now(UTC) else None


def _read_day(words: str) -> str:
    """A time as ISO has it: "20220218T164600Z" begins "2022-02-18"."""
    return _COMPACT_DAY.sub(r"\1-\2-\3", words, count=1)


def _read_nitf(root: _Element, place: str) -> Iterator[SourceItem]:
    """The one article of a NITF document."""
    body = find_first(root, "body/body.content")
    text = read_paragraphs(body if body is not None else find_first(root, "body"))
    dateline = read_xml_words(find_first(root, "dateline"))
    if dateline and not text.startswith(dateline[:20]) and "(" in dateline:
        text = f"{dateline} {text}"
    subheads = [words for each in find_all(root, "hedline/hl2") if (words := read_xml_words(each))]
    days = [("docdata/date.issue", "norm"), ("docdata/date.release", "norm"), ("pubdata", "date.publication"),
            ("dateline/story.date", "norm")]  # fmt: skip
    titles = [find_first(root, path) for path in ("hedline/hl1", "head/title")]
    number = find_first(root, "docdata/doc-id")
    owner = number.get("regsrc") if number is not None else None
    yield RawArticle(
        "\n\n".join([*subheads, text]),
        title=next((words for each in titles if (words := read_xml_words(each))), None),
        published=next(
            (day for path, name in days if (day := _read_attribute(root, path, name))), None
        ),
        source=read_xml_words(find_first(root, "distributor")) or owner or None,
        language=_read_language(root),
        guid=number.get("id-string") if number is not None else None,
        version=_read_attribute(root, "docdata/du-key", "version"),
        place=place,
    )


def _read_attribute(root: _Element, path: str, name: str) -> str | None:
    values = [each.get(name) for each in find_all(root, path)]
    return next((_read_day(value) for value in values if value), None)


def _read_old_items(root: _Element, place: str) -> Iterator[SourceItem]:
    """The items of NewsML 1.2 that hold a text."""
    silent = 0
    for item in find_all(root, "NewsItem"):
        contents = [read_paragraphs(each) for each in find_all(item, "DataContent")]
        text = next((words for words in contents if words), "")
        if not text:
            silent += 1
            continue
        number = find_first(item, "Identification/NewsIdentifier")
        ids = {name_of(each): read_xml_words(each) for each in number} if number is not None else {}
        days = [
            find_first(item, f"NewsManagement/{name}")
            for name in ("ThisRevisionCreated", "FirstCreated")
        ]
        language = find_first(item, "DescriptiveMetadata/Language")
        sources = [
            find_first(item, "NewsLines/CreditLine"),
            find_first(item, "AdministrativeMetadata/Provider/Party"),
        ]
        names = [
            read_xml_words(each) or (each.get("FormalName") if each is not None else "")
            for each in sources
        ]
        yield RawArticle(
            text,
            key=ids.get("PublicIdentifier") or ids.get("NewsItemId") or "",
            title=read_xml_words(find_first(item, "NewsLines/HeadLine")) or None,
            published=next(
                (day for each in days if (day := _read_day(read_xml_words(each)))), None
            ),
            source=next((name for name in names if name), None) or ids.get("ProviderId"),
            language=language.get("FormalName") if language is not None else _read_language(item),
            guid=ids.get("NewsItemId") and f"{ids.get('ProviderId')}:{ids['NewsItemId']}",
            version=ids.get("RevisionId"),
            place=place,
        )
    if silent:
        yield SourceNotice(place, f"passed over, items without a text (pictures, links): {silent}")
