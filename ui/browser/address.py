"""The page's addresses: `/c/ID` is a conversation, `/a/ARTICLE#START-END-HASH8` a quote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wortlaut.index.article import Span

_CONVERSATION = re.compile(r"/c/([A-Za-z0-9_-]{16,64})/?")
_ARTICLE = re.compile(r"/a/([A-Za-z0-9_.-]{1,64})/?")
_WORDS = re.compile(r"#?(\d{1,9})-(\d{1,9})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class LinkedQuote:
    """What an address names: words of an article whose text has a hash of this beginning."""

    article_id: str
    span: Span | None = None
    hash8: str = ""


def is_page(path: str) -> bool:
    """Whether the page itself is shown at this path."""
    return path == "/" or bool(_CONVERSATION.fullmatch(path) or _ARTICLE.fullmatch(path))


def read_conversation_id(address: object) -> str | None:
    """The id of the conversation that an address's path names."""
    found = _CONVERSATION.fullmatch(_cut(address)[0])
    return found[1] if found else None


def read_linked_quote(address: object) -> LinkedQuote | None:
    """The quote that an address names; without a span where it names no words."""
    path, words = _cut(address)
    found = _ARTICLE.fullmatch(path)
    if found is None:
        return None
    place = _WORDS.fullmatch(words)
    if place is None or int(place[1]) >= int(place[2]):
        return LinkedQuote(found[1])
    return LinkedQuote(found[1], Span(int(place[1]), int(place[2])), place[3])


def _cut(address: object) -> tuple[str, str]:
    """Path and fragment of what a browser sent."""
    text = address if isinstance(address, str) and len(address) < 200 else ""
    path, _, words = text.partition("#")
    return path, words
