"""Answers as JSON and back: articles are kept by id, hash and quoted words, and read again.

What is kept outlives the program that kept it: fields that are missing have their defaults, fields
that nobody knows are left aside, and what cannot be understood is a `StoreError`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from wortlaut.index.article import Article, Span
from wortlaut.index.errors import StoreError
from wortlaut.rag.answer import Asking, Citation

# The history of an asking is the conversation that it is kept in; an article is in the archive.
_LEFT_OUT = {Asking: {"history"}, Article: {"text", "path"}}
_PLAIN = (str, int, float, bool)


def keep(value: Any) -> Any:
    """The value of dataclasses, tuples, sets, days and plain values as JSON has it.

    Fields that hold their default are left out.
    """
    if isinstance(value, Citation) and value.original is not None:
        return keep(_put_back(value)) | {"quote": value.quote}
    if is_dataclass(value) and not isinstance(value, type):
        left_out = _LEFT_OUT.get(type(value), set())
        kept = {
            field.name: keep(getattr(value, field.name))
            for field in fields(value)
            if field.name not in left_out and getattr(value, field.name) != _find_default(field)
        }
        return kept | {"quote": value.quote} if isinstance(value, Citation) else kept
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): keep(item) for name, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(keep(item) for item in value)
    if isinstance(value, tuple | list):
        return [keep(item) for item in value]
    return value


def _put_back(citation: Citation) -> Citation:
    """The citation where it stood, in a text that is no longer to be had."""
    answer = citation.answer_span
    if answer is not None:
        answer = answer.moved(citation.place.start - citation.span.start)
    return replace(citation, span=citation.place, answer_span=answer, original=None)


def revive(kind: Any, kept: Any, read_article: Callable[[str], Article | None]) -> Any:
    """The value of type `kind` that was kept; raises StoreError for what is no such value.

    A citation's article is the archive's if that is still the one that was cited. Else it holds the
    quoted words alone, under the hash of the text that they were in: the citation is stale.
    """
    try:
        return _revive(kind, kept, read_article)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        name = getattr(kind, "__name__", kind)
        raise StoreError(f"a kept {name} cannot be read: {error}") from error


def _revive(kind: Any, kept: Any, read: Callable[[str], Article | None]) -> Any:
    if kind is Any:
        return kept
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if kept is None else _revive(_choose_part(inside), kept, read)
    if origin is Literal:
        return _check(kept, kept in inside)
    if origin in (tuple, frozenset):
        items = (_revive(inside[0], item, read) for item in _check(kept, isinstance(kept, list)))
        return origin(items)
    if origin is dict:
        # JSON has strings alone for names.
        return {inside[0](name): _revive(inside[1], item, read) for name, item in kept.items()}
    if kind is Citation:
        return _revive_citation(kept, read)
    if is_dataclass(kind):
        return _revive_fields(kind, kept, read)
    if kind in (date, datetime):
        return kind.fromisoformat(kept)
    if kind is float and type(kept) is int:
        return float(kept)
    return _check(kept, kind in _PLAIN and type(kept) is kind)


def _revive_fields(kind: Any, kept: Any, read: Callable[[str], Article | None]) -> Any:
    hints = _read_hints(kind)
    values = {
        field.name: _revive(hints[field.name], kept[field.name], read)
        for field in fields(kind)
        if field.name in kept
    }
    return kind(**values)


def _revive_citation(kept: Any, read: Callable[[str], Article | None]) -> Citation:
    """The citation on the archive's article, or on the words that were quoted alone."""
    quote = _check(kept["quote"], isinstance(kept["quote"], str))
    cited, span = kept["article"], _revive_fields(Span, kept["span"], read)
    article = read(str(cited["id"]))
    if (
        article is not None
        and article.text_sha256 == cited["text_sha256"]
        and span.of(article.text) == quote
    ):
        return _revive_rest(kept, article, span, kept.get("answer_span"), read)
    article = _revive_fields(Article, {**cited, "text": quote}, read)
    answer = kept.get("answer_span")
    if answer is not None:
        start, end = int(answer["start"]) - span.start, int(answer["end"]) - span.start
        answer = {"start": start, "end": end} if 0 <= start <= end <= len(quote) else None
    # The sentence before it is not there any more.
    alone = {name: value for name, value in kept.items() if name != "context"}
    revived = _revive_rest(alone, article, Span(0, len(quote)), answer, read)
    return replace(revived, original=span)


def _revive_rest(
    kept: Any, article: Article, span: Span, answer: Any, read: Callable[[str], Article | None]
) -> Citation:
    hints = _read_hints(Citation)
    given = {"article", "span", "answer_span"}
    values = {
        field.name: _revive(hints[field.name], kept[field.name], read)
        for field in fields(Citation)
        if field.name in kept and field.name not in given
    }
    found = None if answer is None else _revive_fields(Span, answer, read)
    return Citation(article=article, span=span, answer_span=found, **values)


def _choose_part(parts: tuple[Any, ...]) -> Any:
    """What an optional value is when it is there; no other union is kept."""
    there = [part for part in parts if part is not types.NoneType]
    if len(there) != 1:
        raise TypeError(f"no one type: {parts}")
    return there[0]


def _check(kept: Any, is_right: bool) -> Any:
    if not is_right:
        raise ValueError(f"unexpected {str(kept)[:40]!r}")
    return kept


@cache
def _read_hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _find_default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
