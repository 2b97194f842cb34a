"""LlamaIndex's `MetadataFilters` as a selection of articles; what cannot be honoured is refused.

A date filter speaks of the article's period: of one that is known to the month, all its days. An
undated article meets no condition on the date but NE, NIN and IS_EMPTY.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from wortlaut.index.archive import LAST_DAY, Archive, Condition, Selection
from wortlaut.index.article import mend_letters
from wortlaut.index.errors import ConfigError
from wortlaut.index.holdings import list_languages, shorten_language
from wortlaut.rag.answer import Filters, read_window
from wortlaut.rag.chat import interpret
from wortlaut.rag.roster import Roster

if TYPE_CHECKING:
    from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters

_DATES = ("published", "published_day", "date")
_COLUMNS = {
    "title": "a.title", "path": "a.path", "url": "a.url", "text_sha256": "a.text_sha256",
    "published_precision": "a.published_precision", "article_id": "a.id", "ref_doc_id": "a.id",
}  # fmt: skip
_KEYS = (*_DATES, "source", "speaker", "language", *_COLUMNS)
_ORDERED = ("==", ">", ">=", "<", "<=")
_NEVER, _ALWAYS = Condition("1 = 0"), Condition("1 = 1")
_MOST_VALUES = 10_000
# How LlamaIndex spells the operators that a list goes with.
_OF_LISTS = ("in", "nin", "any", "all")

Make = Callable[[], Condition]


class MetadataSelection:
    """The articles that some `MetadataFilters` let through, as the archive stands when asked.

    Raises ConfigError for a key, operator or value that has no meaning here, before any search.
    """

    def __init__(self, filters: MetadataFilters, archive: Archive) -> None:
        self._archive = archive
        self._roster: Roster | None = None
        self._languages: tuple[int, dict[int, str | None]] = (-1, {})
        try:
            self._make = self._read_all(filters)
        except RecursionError:
            raise ConfigError("the filters are nested too deeply; join fewer of them") from None

    def select(self) -> Selection:
        """The selection as the archive now is."""
        return Selection(where=self._make())

    def _read_all(self, filters: MetadataFilters) -> Make:
        parts = [self._read(each) for each in filters.filters]
        condition = getattr(filters.condition, "value", filters.condition) or "and"
        if condition == "not":
            if len(parts) != 1:
                raise ConfigError(
                    "NOT over several filters is read in two ways; give it one: a filter, or "
                    "filters joined by AND or OR"
                )
            (only,) = parts
            return lambda: _negate(only())
        word = {"and": "AND", "or": "OR"}[condition]
        return lambda: _join([make() for make in parts], word)

    def _read(self, filters: MetadataFilter | MetadataFilters) -> Make:
        from llama_index.core.vector_stores.types import MetadataFilters

        if isinstance(filters, MetadataFilters):
            return self._read_all(filters)
        key, value, operator = filters.key, filters.value, filters.operator.value
        if operator == "is_empty":
            column = "a.published" if key in _DATES else _COLUMNS.get(key) or f"a.{key}"
            if key not in _KEYS or key in ("speaker", "language"):
                raise _refuse(filters)
            return lambda: Condition(f"coalesce({column}, '') = ''")
        if (operator in _OF_LISTS) != isinstance(value, list):
            raise ConfigError(f"the filter {_show(filters)} wants {_say_wanted(operator)}")
        if isinstance(value, list) and len(value) > _MOST_VALUES:
            raise ConfigError(
                f"{key}: {len(value)} values; {_MOST_VALUES} can be looked for at once"
            )
        values = value if isinstance(value, list) else [value]
        return self._read_values(filters, operator, values)

    def _read_values(self, filters: MetadataFilter, operator: str, values: Sequence[Any]) -> Make:
        if operator in ("!=", "nin"):
            meets = self._read_values(filters, "==" if operator == "!=" else "in", values)
            return lambda: _negate(meets())
        plain = "==" if operator == "in" else operator
        if filters.key == "speaker":
            # One article has several: any of them may be meant, or all.
            plain = "==" if operator in ("in", "any", "all", "contains") else operator
        if not values:
            # No value is compared, but what it would be is refused as ever.
            self._read_value(filters, plain, "2026" if filters.key in _DATES else "any")
        if filters.key in _COLUMNS and plain == "==" and len(values) > 1:
            return self._read_column(filters, values)
        parts = [self._read_value(filters, plain, value) for value in values]
        word = "AND" if operator == "all" else "OR"
        return lambda: _join([make() for make in parts], word)

    def _read_column(self, filters: MetadataFilter, values: Sequence[Any]) -> Make:
        """The column is one of the values."""
        marks = ",".join("?" * len(values))
        texts = tuple(_read_text(filters, value) for value in values)
        found = Condition(f"{_COLUMNS[filters.key]} IN ({marks})", texts)
        return lambda: found

    def _read_value(self, filters: MetadataFilter, operator: str, value: Any) -> Make:
        """One comparison; raises ConfigError where it has no meaning."""
        if filters.key in _DATES and operator in _ORDERED:
            dated = _compare_days(filters, operator, value)
            return lambda: dated
        if filters.key not in _KEYS or operator != "==" or filters.key in _DATES:
            raise _refuse(filters)
        value = _read_text(filters, value)
        if filters.key == "speaker":
            return lambda: self._find_speaking(value)
        if filters.key == "language":
            return lambda: self._find_written_in(shorten_language(value))
        if filters.key == "source":
            where, values = Selection(source=value or " ").as_sql()
            return lambda: Condition(where, tuple(values))
        equal = Condition(f"{_COLUMNS[filters.key]} = ?", (value,))
        return lambda: equal

    def _find_speaking(self, name: str) -> Condition:
        """In these articles somebody of that name speaks, however they spell it."""
        self._roster = self._roster or Roster(self._archive)
        try:
            query = interpret(name, (), Filters(speaker=name), self._roster)
        except ConfigError:
            # Nobody is called that.
            return _NEVER
        spellings = self._roster.list_spellings(query.speakers) if query.speakers else ()
        if not spellings:
            return _NEVER
        where, values = Selection(speakers=tuple(spellings)).as_sql()
        return Condition(where, tuple(values))

    def _find_written_in(self, language: str) -> Condition:
        newest = self._archive.newest_change
        if self._languages[0] != newest:
            self._languages = (newest, list_languages(self._archive))
        told = self._languages[1]
        fitting = [number for number, own in told.items() if own == language]
        others = [number for number, own in told.items() if own != language]
        # Of the two lists the shorter: most archives are in one language.
        if len(fitting) <= len(others):
            return Condition(f"a.number IN ({_list(fitting)})") if fitting else _NEVER
        return Condition(f"a.number NOT IN ({_list(others)})") if others else _ALWAYS


def _list(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _read_text(filters: MetadataFilter, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"the filter {_show(filters)} wants a text, not {value!r}")
    return mend_letters(value)


def _compare_days(filters: MetadataFilter, operator: str, value: Any) -> Condition:
    """The article's period against that of the value: a day, a month or a year."""
    first, last = _read_period(filters, value)
    if operator == "==":
        return Condition(f"{LAST_DAY} >= ? AND a.published <= ?", (first, last))
    if operator in (">", ">="):
        return Condition(
            f"{LAST_DAY} {operator} ?", (_stretch(last) if operator == ">" else first,)
        )
    return Condition(f"a.published {operator} ?", (first if operator == "<" else last,))


def _stretch(last: str) -> str:
    """The day, a month's last as the archive compares it: always as the 31st."""
    day = date.fromisoformat(last)
    return f"{last[:8]}31" if (day + timedelta(days=1)).day == 1 else last


def _read_period(filters: MetadataFilter, value: Any) -> tuple[str, str]:
    """The first and the last day of `2026-01-29`, `2026-01`, `2026`, also as numbers: 20260129."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not isinstance(value, str) and text.isdecimal() and len(text) in (6, 8):
        text = "-".join(part for part in (text[:4], text[4:6], text[6:]) if part)
    try:
        first, last, _ = read_window(text, text, None)
    except ConfigError:
        first = last = None
    if first is None or last is None:
        raise ConfigError(
            f"the filter {_show(filters)}: {value!r} is no date; write it like 2026-01-29, 2026-01, "
            "2026, or 20260129"
        )
    return first.isoformat(), last.isoformat()


def _join(conditions: Sequence[Condition], word: str) -> Condition:
    if not conditions:
        # As of any list: all of none hold, and none of none does.
        return _ALWAYS if word == "AND" else _NEVER
    if len(conditions) == 1:
        return conditions[0]
    # By halves: databases read a long row of conditions as that many within each other.
    middle = len(conditions) // 2
    first, second = _join(conditions[:middle], word), _join(conditions[middle:], word)
    return Condition(f"({first.sql}) {word} ({second.sql})", first.values + second.values)


def _negate(condition: Condition) -> Condition:
    """What does not hold, or of which nothing is known."""
    return Condition(f"CASE WHEN ({condition.sql}) THEN 0 ELSE 1 END = 1", condition.values)


def _refuse(filters: MetadataFilter) -> ConfigError:
    if filters.key not in _KEYS:
        return ConfigError(
            f"no article has {filters.key!r} to filter by; there are: {', '.join(_KEYS)}"
        )
    dated = "==, !=, >, >=, <, <=, in, nin, is_empty"
    allowed = {"speaker": "==, !=, in, nin, any, all, contains", "language": "==, !=, in, nin"}
    usual = dated if filters.key in _DATES else "==, !=, in, nin, is_empty"
    return ConfigError(
        f"the filter {_show(filters)} cannot be honoured; {filters.key!r} is compared by: "
        f"{allowed.get(filters.key, usual)}"
    )


def _say_wanted(operator: str) -> str:
    return "a list of values" if operator in _OF_LISTS else "one value"


def _show(filters: MetadataFilter) -> str:
    shown = " ".join(repr(filters.value).split())[:60]
    return f"{filters.key} {filters.operator.value} {shown}"
