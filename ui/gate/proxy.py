"""What a proxy that is trusted says of a request, and nothing that anybody else claims to be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError

if TYPE_CHECKING:
    from starlette.types import Scope

Network = IPv4Network | IPv6Network
# Gradio would believe these of anybody.
_CLAIMS = frozenset(
    {
        b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host",
        b"x-forwarded-port", b"x-forwarded-prefix", b"x-forwarded-server", b"x-real-ip",
        b"x-gradio-server", b"x-gradio-user", b"x-original-url", b"x-rewrite-url",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came: from which `address`, under which path of ours, named by which user.

    `scope` is what the served app sees; `claimed` is "" where no trusted proxy names a user.
    `is_relayed` says that some proxy, trusted or not, has passed it on.
    """

    scope: Scope
    path: str
    address: str
    claimed: str
    is_relayed: bool = False


class Entrance:
    """Reads requests that come by trusted proxies, or directly, to what lies under `root_path`."""

    def __init__(
        self, trusted: Sequence[Network] = (), root_path: str = "", user_header: str = ""
    ) -> None:
        self._trusted = tuple(trusted)
        self._root = root_path
        self._user_header = user_header.lower().encode("latin-1")

    def receive(self, scope: Scope) -> Arrival:
        """The request without claims, its scheme, client and path put right."""
        peer = scope["client"][0] if scope.get("client") else ""
        headers = list(scope["headers"])
        is_trusted = self._trusts(peer)
        address, scheme, claimed = peer, scope.get("scheme", "http"), ""
        if is_trusted:
            address = self._find_client(peer, headers)
            scheme = _read_scheme(headers) or scheme
            claimed = self._read_user(headers)
        is_relayed = any(name.lower() in _CLAIMS or name.lower() == b"via" for name, _ in headers)
        dropped = _CLAIMS | {self._user_header}
        kept = [(name, value) for name, value in headers if name.lower() not in dropped]
        path = self._cut_root(scope["path"])
        whole = f"{self._root}{path}"
        raw = scope.get("raw_path") or whole.encode()
        root = self._root.encode()
        if self._root and not raw.startswith(root + b"/") and raw != root:
            raw = root + raw
        changed = {
            "headers": kept, "scheme": scheme, "client": (address, 0), "path": whole,
            "raw_path": raw, "root_path": self._root,
        }  # fmt: skip
        return Arrival({**scope, **changed}, path, address, claimed, is_relayed)

    def _cut_root(self, path: str) -> str:
        """The path below the root, whether the proxy has cut that off or not."""
        if self._root and (path == self._root or path.startswith(f"{self._root}/")):
            return path[len(self._root) :]
        return path

    def _trusts(self, address: str) -> bool:
        found = _read_address(address)
        return found is not None and any(found in network for network in self._trusted)

    def _find_client(self, peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """The last address that no trusted proxy has: those before it are anybody's word."""
        named = _read_all(headers, b"x-forwarded-for").split(",")
        for part in reversed(named):
            found = _read_address(part.strip())
            if found is None:
                return peer
            peer = str(found)
            if not self._trusts(peer):
                return peer
        return peer

    def _read_user(self, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """Whom the proxy names; "" for nobody, or where there are two names."""
        if not self._user_header:
            return ""
        found = [value for name, value in headers if name.lower() == self._user_header]
        return found[0].decode("utf-8", "replace").strip() if len(found) == 1 else ""


def _read_all(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in headers if name.lower() == wanted)


def _read_scheme(headers: Sequence[tuple[bytes, bytes]]) -> str:
    said = _read_all(headers, b"x-forwarded-proto").rpartition(",")[2].strip().lower()
    return said if said in ("http", "https") else ""


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The addresses and networks; raises ConfigError for what is none."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text, strict=False))
        except ValueError as error:
            raise ConfigError(
                f"--trust-proxy {text!r} is no address; give one like 10.0.0.2 or 10.0.0.0/8"
            ) from error
    return tuple(found)
