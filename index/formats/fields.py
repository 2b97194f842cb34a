"""The fields of a record -> a raw article: by the user's mapping, else by the names that are usual."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from wortlaut.index.agency import read_source
from wortlaut.index.article import hash_text, normalise_text
from wortlaut.index.errors import ConfigError, SourceError
from wortlaut.index.formats.dates import is_no_date, write_field_date
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    SourceFile,
    SourceItem,
    SourceNotice,
    say_size,
)
from wortlaut.index.lang.tables import read_lists

# The names that are documented; of any other the user is told.
_OWN: Mapping[str, tuple[str, ...]] = {
    "text": ("content", "text"),
    "title": ("headline", "title"),
    "date": ("publish_date", "published", "date"),
    "source": ("source",),
    "url": ("url",),
    "language": ("language",),
    "id": ("id",),
}
# The other names that are usual: `_fold` writes a name as the table has it.
_USUAL = read_lists("fields.tsv")
_ALIASES = {"content": "text", "headline": "title", "published": "date", "publish_date": "date"}
# Where the words are within a field that is a record itself.
_TEXT_INSIDE = ("text", "value", "rendered", "html", "content", "body", "plain", "blocks", "data")
_NAME_INSIDE = (
    "name", "value", "main", "basic", "rendered", "default", "title", "text", "literal",
    "$date", "$numberlong", "$oid", "@value", "#text", "@id", "url", "id",
)  # fmt: skip
_LANGUAGES = {word: name[-2:] for name, words in _USUAL.items() if name.startswith("called ")
              for word in words}  # fmt: skip
_PICTURES = frozenset({"picture", "graphic", "photo", "image", "video", "audio", "animation"})
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:[/:?#].*)?\Z", re.I)
_GLOBAL_ID = re.compile(r"(?:urn|tag|https?):|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\Z", re.I)
# What programs write into a table where there is nothing.
_NO_TEXT = frozenset({"", "none", "null", "nan", "nat", "n/a"})
_DEEPEST = 6
_LONGEST_NAMED = 60
_MOST_NAMED = 12


def parse_fields(text: str) -> dict[str, str]:
    """The mapping that `text=body,date=meta.day` stands for; raises ConfigError for any other."""
    parts = [part.partition("=") for part in filter(str.strip, text.split(","))]
    return _name_own((ours, theirs) for ours, _, theirs in parts)


def check_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The mapping of our fields to a record's; raises ConfigError for one that is none."""
    if not isinstance(fields, Mapping):
        raise ConfigError(f"fields are a mapping like {{'text': 'body'}}, not {str(fields)[:60]!r}")
    return _name_own(fields.items())


def _name_own(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for given, named in pairs:
        ours, theirs = str(given).strip(), str(named).strip()
        ours = _ALIASES.get(ours, ours)
        if not theirs or ours not in _OWN or ours in fields:
            raise ConfigError(
                f"--fields cannot read {f'{given}={named}'.strip()[:60]!r}; write it like "
                f"text=body,date=day, each of {', '.join(_OWN)} once at most"
            )
        fields[ours] = theirs
    return fields


def is_known_field(name: str, fields: Mapping[str, str]) -> bool:
    """Whether a column of that name is one of ours, or what the user's mapping names."""
    wanted = {_fold(path.partition(".")[0]) for path in fields.values()}
    return name in fields.values() or _fold(name.strip()) in wanted | _list_known()


@cache
def _list_known() -> frozenset[str]:
    names = [name for names in (*_OWN.values(), *_USUAL.values()) for name in names]
    return frozenset({"type"} | {_fold(name.partition(".")[0]) for name in names})


class RecordReader:
    """The records of one file as articles, and at its end what was guessed and what is not there."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._fields = file.fields
        self._guessed: dict[str, dict[str, None]] = {}
        self._missing = set(self._fields)
        self._seen: dict[str, None] = {}
        self._versions: dict[str, str | None] = {}
        self._textless: list[str] = []
        self._has_text = False
        self._pictures = 0
        self._dated = False
        self._may_date = ""

    def has_text(self, record: Mapping[str, Any]) -> bool:
        """Whether the record is an article: the field of its text is there."""
        return bool(self._find_text(record, "text")[1])

    def has_lead(self, record: Mapping[str, Any]) -> bool:
        """Whether the record holds at least what stands at the head of an article."""
        return bool(self._find_text(record, "late text")[1])

    def read(self, record: Mapping[str, Any], place: str) -> Iterator[SourceItem]:
        """The record's article, or why there is none."""
        if len(self._seen) < _MOST_NAMED:
            self._seen.update(dict.fromkeys(map(str, record)))
        self._missing -= {ours for ours in self._missing if _look(record, self._fields[ours])}
        name, text = self._find_text(record, "text")
        if not text and str(_get(record, "type")).lower() in _PICTURES:
            self._pictures += 1
            return
        if not text:
            name, text = self._find_text(record, "late text")
        if not text:
            yield from self._say_textless(place)
            return
        yield from self._catch_up()
        if len(text) > MAX_ARTICLE_BYTES:
            yield SourceError(place, say_size(len(text)))
            return
        self._note("text", name)
        yield self._make(record, normalise_text(text), place)

    def finish(self) -> Iterator[SourceItem]:
        """What is to be said of the file as a whole."""
        names = [name[:_LONGEST_NAMED] for name in list(self._seen)[:_MOST_NAMED] if name]
        seen = ", ".join(names) or "none"
        if self._textless and not self._has_text:
            asked = self._fields.get("text")
            what = (
                f"no record has the field {asked!r}"
                if asked
                else "no record has a text in a field that is known"
            )
            yield SourceError(
                self._file.place, f"{what}; its fields are {seen}; name it: --fields text=FIELD"
            )
        for ours in sorted(self._missing - {"text"}) if self._has_text else ():
            yield SourceError(
                self._file.place,
                f"no record has the field {self._fields[ours]!r} for the {ours}; its fields are "
                f"{seen}; name another: --fields {ours}=FIELD",
            )
        if self._pictures:
            yield SourceNotice(
                self._file.place, f"{self._pictures} pictures or films without a text, passed over"
            )
        if self._may_date and not self._dated:
            yield SourceNotice(
                self._file.place,
                f"no date among the fields that are known; {self._may_date!r} holds one: "
                f"--fields 'date={self._may_date}'",
            )
        if self._guessed:
            pairs = (f"{ours}={' or '.join(names)}" for ours, names in self._guessed.items())
            yield SourceNotice(
                self._file.place,
                f"fields guessed: {', '.join(pairs)}; where one is wrong, name it with --fields",
            )

    def _say_textless(self, place: str) -> Iterator[SourceError]:
        """One line a record; one for all, at the end, where no record has a text."""
        self._textless.append(place)
        if self._has_text:
            yield from self._catch_up()

    def _catch_up(self) -> Iterator[SourceError]:
        self._has_text = True
        asked = self._fields.get("text", "content")
        for place in self._textless:
            yield SourceError(
                place, f'no "{asked}" with the text of an article; the line is passed over'
            )
        self._textless.clear()

    def _make(self, record: Mapping[str, Any], text: str, place: str) -> RawArticle:
        identity = self._take(record, "id")
        url = self._find_url(record)
        version = _as_text(_find(record, _USUAL["version"])[1])
        key = identity or url or hash_text(text)
        # An older and a newer version of one article in one file are two articles.
        if version and self._versions.setdefault(key, version) != version:
            key = f"{key}\0{version}"
        return RawArticle(
            text,
            key=key,
            title=self._take(record, "title"),
            published=self._find_date(record),
            source=self._find_source(record, url, text),
            url=url,
            language=_as_language(self._take(record, "language")),
            guid=_find_guid(record),
            version=version,
            place=place,
        )

    def _find_text(self, record: Mapping[str, Any], kind: str) -> tuple[str, str]:
        if asked := self._fields.get("text"):
            return asked, take_text(_look(record, asked)) if kind == "text" else ""
        names = _OWN["text"] + _USUAL["text"] if kind == "text" else _USUAL[kind]
        for name, value in _find_all(record, names):
            if text := take_text(value):
                return name, text
        return "", ""

    def _take(self, record: Mapping[str, Any], ours: str) -> str | None:
        if asked := self._fields.get(ours):
            return _as_text(_look(record, asked))
        for name, value in _find_all(record, _OWN[ours] + _USUAL[ours]):
            if text := _as_text(value):
                self._note(ours, name)
                return text
        return None

    def _find_date(self, record: Mapping[str, Any]) -> str | None:
        """The day of publication as ISO, or what is written and cannot be read."""
        if asked := self._fields.get("date"):
            found = [(asked, _look(record, asked))]
        else:
            found = [*_find_all(record, _OWN["date"] + _USUAL["date"]),
                     *_find_all(record, _USUAL["late date"])]  # fmt: skip
        unread = None
        self._note_unnamed_date(record)
        for name, value in found:
            plain = value if isinstance(value, date | int | float) else _as_text(value)
            if not value or value is True or is_no_date(value):
                continue
            self._dated = True
            if written := write_field_date(plain):
                self._note("date", name)
                return written
            unread = unread if unread is not None else _as_text(value) or ""
        return unread

    def _note_unnamed_date(self, record: Mapping[str, Any]) -> None:
        """Keep the name of a field that is not known and holds a date."""
        if self._dated or self._may_date or "date" in self._fields:
            return
        for name, value in record.items():
            is_short = isinstance(value, date) or (isinstance(value, str) and 8 <= len(value) <= 40)
            if is_short and not is_known_field(name, self._fields) and write_field_date(value):
                self._may_date = name
                return

    def _find_url(self, record: Mapping[str, Any]) -> str | None:
        if asked := self._fields.get("url"):
            return _as_text(_look(record, asked))
        for name, value in _find_all(record, _OWN["url"] + _USUAL["url"]):
            text = _as_text(value)
            if text and (name in _OWN["url"] or text.lower().startswith(("http://", "https://"))):
                self._note("url", name)
                return text
        return None

    def _find_source(self, record: Mapping[str, Any], url: str | None, text: str) -> str | None:
        """Who published it: a name; the host's where there is none, and no agency in the text."""
        if asked := self._fields.get("source"):
            return _as_text(_look(record, asked))
        for name, value in _find_all(record, _OWN["source"] + _USUAL["source"]):
            if (found := _as_text(value)) and _is_name(found):
                self._note("source", name)
                return found
        for name, value in _find_all(record, _USUAL["host"]):
            if (found := _as_text(value)) and (host := _read_host(found)):
                self._note("source", name)
                return host
        return read_source(text) or (_read_host(url) if url else None)

    def _note(self, ours: str, name: str) -> None:
        if name not in _OWN[ours] and ours != "id" and ours not in self._fields:
            self._guessed.setdefault(ours, {})[name] = None


def make_raw_record(data: Mapping[str, Any], text: str, *, key: str, place: str) -> RawArticle:
    """The raw article of a record whose text is known: title, date, source, address, language."""
    plain = {
        name: value for name, value in data.items() if not isinstance(value, list | tuple | dict)
    }
    dates = (value for _, value in _find_all(data, _OWN["date"] + _USUAL["date"]) if value)
    written = next(dates, None)
    published = write_field_date(written) if written else None
    return RawArticle(
        text,
        key=key,
        title=_as_text(plain.get("headline")) or _as_text(plain.get("title")),
        published=published or _as_text(written) or ("" if written is not None else None),
        source=_as_text(plain.get("source")),
        url=_as_text(plain.get("url")),
        language=_as_language(_as_text(plain.get("language") or plain.get("lang"))),
        place=place,
    )


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    """A field's name however it is written: `datePublished` is `date_published`, `og:title` `ogtitle`."""
    return re.sub(r"(?<=.)[\s_:-]+", "", name.lower()) or name


def _fold_keys(record: Mapping[str, Any]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for key in record:
        folded.setdefault(_fold(key) if len(str(key)) < 60 else key, key)
    return folded


def _get(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    key = _fold_keys(record).get(_fold(name))
    return None if key is None else record[key]


def _look(record: Mapping[str, Any], path: str) -> Any:
    """The value of a field, its name written as it likes; `meta.day` is the `day` in `meta`."""
    if path in record or "." not in path:
        return _get(record, path)
    name, _, rest = path.partition(".")
    inner = _get(record, name)
    for item in inner if isinstance(inner, list) else [inner]:
        if isinstance(item, Mapping) and (found := _look(item, rest)) not in (None, ""):
            return found
    return None


def _find_all(record: Mapping[str, Any], names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """The fields that are there, each under the name that it has in the record."""
    folded = _fold_keys(record)
    for name in names:
        if name in record:
            yield name, record[name]
        elif (key := folded.get(_fold(name))) is not None:
            yield key, record[key]
        elif "." in name and (value := _look(record, name)) is not None:
            yield name, value


def _find(record: Mapping[str, Any], names: Iterable[str]) -> tuple[str, Any]:
    return next(((name, value) for name, value in _find_all(record, names) if value), ("", None))


def take_text(value: object, depth: int = 0) -> str:
    """The text that a field holds, itself or in its parts: paragraphs, sections, blocks, bodies."""
    if isinstance(value, str):
        return "" if _is_nothing(value) else value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list | tuple):
        parts = (take_text(item, depth + 1) for item in _choose_bodies(value))
        return "\n\n".join(filter(None, parts))
    if not isinstance(value, Mapping):
        return ""
    folded = {_fold(str(key)): inner for key, inner in value.items()}
    if {"paragraphs", "sections"} & folded.keys():
        parts = (
            take_text(folded.get(name), depth + 1)
            for name in ("summary", "headline", "paragraphs", "sections")
        )
        return "\n\n".join(filter(None, parts))
    found = (take_text(folded[name], depth + 1) for name in _TEXT_INSIDE if name in folded)
    return next(filter(None, found), "")


def _is_nothing(text: str) -> bool:
    return text.isspace() or (len(text) < 9 and text.strip().lower() in _NO_TEXT)


def _choose_bodies(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    """Of one text in several formats or roles, as in ninjs, the main one; else all."""
    typed = [(item, _get(item, "contenttype") or "") for item in items
             if isinstance(item, Mapping) and {"contenttype", "role"} & set(_fold_keys(item))]  # fmt: skip
    if len(typed) != len(items) or not typed:
        return list(items)
    heads = ("summary", "abstract", "caption", "teaser", "description")
    main = [(item, kind) for item, kind in typed if str(_get(item, "role")).lower() not in heads]
    kinds = [kind for _, kind in main or typed]
    chosen = next((kind for kind in kinds if "html" in str(kind)), kinds[0])
    return [item for item, kind in main or typed if kind == chosen]


def _as_text(value: object) -> str | None:
    """A plain value as one line of text, of a list or a record its name; `None` for none."""
    for _ in range(_DEEPEST):
        if isinstance(value, list | tuple):
            value = next((item for item in value if item), None)
        elif isinstance(value, Mapping):
            value = _find(value, _NAME_INSIDE)[1]
    if not value or not isinstance(value, str | int | float | date) or value is True:
        return None
    try:
        line = " ".join(normalise_text(str(value)).split())
    except ValueError:  # A number of thousands of digits.
        return None
    return None if line.lower() in _NO_TEXT else line


def _as_language(written: str | None) -> str | None:
    """`de` for de, de-AT, de_DE and German."""
    if written is None:
        return None
    low = written.lower()
    return _LANGUAGES.get(low) or (low[:2] if re.match(r"[a-z]{2}(?:[-_]|\Z)", low) else written)


def _read_host(written: str) -> str | None:
    """The host that an address or a host's name stands for."""
    if not _HOST.match(written):
        return None
    try:
        host = urlsplit(written if "//" in written else f"//{written}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _is_name(written: str) -> bool:
    return not _HOST.match(written) and any(map(str.isalpha, written))


def _find_guid(record: Mapping[str, Any]) -> str | None:
    """The id that stays the same wherever the article lies: a URN, an address, a UUID."""
    for _, value in _find_all(record, _OWN["id"] + _USUAL["id"]):
        if (text := _as_text(value)) and _GLOBAL_ID.match(text):
            return text
    return None
