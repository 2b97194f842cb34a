"""What may be asked for, and which addresses may be: http and https, and only hosts of the public internet.

A name is looked up once and the connection made to just the addresses that were looked at, so that
a name cannot stand for one machine while it is checked and for another when it is asked.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from wortlaut.index.errors import SourceError

if TYPE_CHECKING:
    import httpx

_LONGEST = 2000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}:(?=//)|https?:", re.IGNORECASE)
# IPv6 that carries IPv4 inside: its translation to the other net.
_TRANSLATED = IPv6Network("64:ff9b::/96")
# All of IPv6 that is given to single machines of the internet.
_UNICAST = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much and how long an answer may be, and the pause between two questions to a host."""

    size: int = 20_000_000
    time_s: float = 60.0
    pause_s: float = 1.0


@dataclass(frozen=True, slots=True)
class WebRequest:
    """What the user asks to be fetched: addresses, and with `follow` the pages behind feeds."""

    addresses: tuple[str, ...]
    follow: bool = False
    allow_private: bool = False
    limits: FetchLimits = field(default_factory=FetchLimits)


def is_web_address(text: str) -> bool:
    """Whether the text is the address of a page, not the path of a file."""
    return _SCHEME.match(text) is not None


def read_address(text: str) -> httpx.URL:
    """The address without its fragment; raises SourceError for one that may not be asked."""
    import httpx

    text = text.strip()
    shown = text[:200]
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise SourceError(shown, f"no address of a page ({error}); check the spelling") from error
    if url.scheme not in ("http", "https"):
        raise SourceError(shown, "only http:// and https:// addresses are read; save it as a file")
    if not url.host or len(text) > _LONGEST or not 0 < (url.port or 80) < 65536:
        raise SourceError(shown, "no address of a page; write it like https://host/page")
    if url.userinfo:
        shown = str(url.copy_with(username=None, password=None))
        raise SourceError(
            shown, "holds a name or password, which the archive would keep; save it as a file"
        )
    return url.copy_with(fragment=None, raw_path=url.raw_path or b"/")


def find_hosts(url: httpx.URL, *, allow_private: bool) -> list[str]:
    """The numeric addresses of the host; raises SourceError for an unknown or a forbidden one."""
    place = str(url)
    host = url.raw_host.decode("ascii").strip("[]")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(
            place, f"the host {host} is not found; check the address and the network"
        ) from error
    found = list(dict.fromkeys(str(row[4][0]) for row in rows))
    inside = [address for address in found if not is_public(address)]
    if inside and not allow_private:
        raise SourceError(
            place,
            f"leads to {inside[0]}, no address of the public internet; if it is meant, "
            "allow it with --allow-private",
        )
    return found


def is_public(address: str) -> bool:
    """Whether the numeric address is a single machine of the public internet."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(map(_is_global, _unwrap(parsed)))


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _unwrap(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """The address, or the ones that it carries inside."""
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address in _TRANSLATED:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    else:
        yield address
