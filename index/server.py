"""A Chroma server: its address, what opens its door, and each of its failures in one line."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wortlaut.index.errors import ConfigError, StoreUnavailable, WortlautError

DEFAULT_TENANT = "default_tenant"
DEFAULT_DATABASE = "default_database"
_FIRST_ANSWER_S = 10.0
_ANSWER_S = 120.0
_OLDEST = 1
# What a proxy says while the server behind it starts again, or has too much to do.
_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """Where a Chroma server is; raises ConfigError for what is no address.

    `address` may have a path, for a proxy. `token` goes with each request, as `x-chroma-token` and
    as `Authorization: Bearer`; `ca` is a file of certificates to trust in place of the system's.
    """

    address: str
    token: str | None = field(default=None, repr=False)
    ca: Path | None = None
    tenant: str = DEFAULT_TENANT
    database: str = DEFAULT_DATABASE

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.address)
            is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
            is_address = is_address and not (parts.query or parts.fragment) and parts.port != 0
        except ValueError:
            is_address = False
        if not is_address:
            raise ConfigError(
                f"{self.address!r} is no Chroma address; write it like http://127.0.0.1:8000"
            )
        if self.token is not None and not (self.token.isascii() and self.token.isprintable()):
            raise ConfigError(
                "the token for Chroma holds what no header may; set WORTLAUT_CHROMA_TOKEN anew"
            )

    def __str__(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def url(self) -> str:
        """The whole address: the customary port where none is named, no slash at its end."""
        parts = urlsplit(self.address)
        port = "" if parts.port or parts.scheme == "https" else ":8000"
        netloc = parts.netloc.rstrip(":") + port
        return parts._replace(netloc=netloc, path=parts.path.rstrip("/")).geturl()

    @property
    def headers(self) -> dict[str, str]:
        """What opens the door: Chroma's own header, and the one that proxies know."""
        if self.token is None:
            return {}
        return {"x-chroma-token": self.token, "Authorization": f"Bearer {self.token}"}


def connect_server(server: ChromaServer, settings: Any) -> Any:
    """Chroma's client for the server, which has answered; its own errors may leave."""
    import chromadb

    _greet(server)
    settings.chroma_server_ssl_verify = str(server.ca) if server.ca else None
    client = chromadb.HttpClient(
        # A whole address: host and port alone have no room for a proxy's path.
        host=server.url,
        ssl=urlsplit(server.url).scheme == "https",
        headers=server.headers,
        settings=settings,
        tenant=server.tenant,
        database=server.database,
    )
    # Chroma's client would wait for ever.
    client._server._session.timeout = _ANSWER_S  # type: ignore[attr-defined]
    return client


def _greet(server: ChromaServer) -> None:
    """Return if a Chroma that is new enough answers; Chroma's client tells less of what is wrong."""
    import httpx

    with httpx.Client(
        verify=_trust(server), headers=server.headers, timeout=_FIRST_ANSWER_S
    ) as session:
        answer = session.get(f"{server.url}/api/v2/version")
        if not answer.is_redirect:
            answer.raise_for_status()
    version = answer.text.strip().strip('"')
    number = version.partition(".")[0]
    if answer.is_redirect or not number.isdecimal() or len(version) > 40:
        raise ConfigError(f"what answers at {server} is no Chroma; check the address and its path")
    if int(number) < _OLDEST:
        raise StoreUnavailable(f"Chroma at {server} is version {version}; run one of 1.0 or newer")


def _trust(server: ChromaServer) -> ssl.SSLContext | bool:
    if server.ca is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(server.ca))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"cannot read certificates from {server.ca}: {reason}; "
            "name a PEM file in WORTLAUT_CHROMA_CA"
        ) from error


def explain_refusal(error: BaseException, server: ChromaServer) -> WortlautError:
    """What the failure means, as one line that says what to do."""
    status = _find_status(error)
    chain = list(_follow(error))
    refused = next((e for e in chain if isinstance(e, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        return ConfigError(
            f"the certificate of Chroma at {server} is not to be trusted: "
            f"{refused.verify_message.rstrip('.')}; name its CA's file in WORTLAUT_CHROMA_CA, "
            "or check the address"
        )
    if any(isinstance(e, ssl.SSLError) for e in chain):
        return ConfigError(f"Chroma at {server} speaks no TLS; write http:// in its address")
    if status in {401, 403}:
        what = "refuses the token" if server.token else "wants a token"
        return ConfigError(f"Chroma at {server} {what} (HTTP {status}); set WORTLAUT_CHROMA_TOKEN")
    return StoreUnavailable(f"Chroma at {server} {_describe(error, status, server)}")


def _describe(error: BaseException, status: int | None, server: ChromaServer) -> str:
    import httpx

    chain = list(_follow(error))
    line = " ".join(str(error).split())[:300]
    if any(isinstance(e, httpx.ConnectError) for e in chain):
        where = next(str(e) for e in chain if isinstance(e, httpx.ConnectError))
        return f"cannot be reached: {where}; is the server running, the address right?"
    if any(isinstance(e, httpx.TimeoutException) for e in chain):
        return "does not answer in time; is the server running, the address right? then do it again"
    if any(isinstance(e, httpx.TransportError) for e in chain):
        return f"broke off: {line}; is the server running, the address right? then do it again"
    if status in {404, 410} and "/version" in line:
        return "is none of version 1.0 or newer; check the address, its path and the version"
    if "tenant" in line.lower() or "database" in line.lower():
        return (
            f"failed: {line}; make tenant {server.tenant!r} and database {server.database!r} "
            "there, or set WORTLAUT_CHROMA_TENANT and WORTLAUT_CHROMA_DATABASE"
        )
    if status == 413:
        return "or a proxy before it takes no request of this size; allow more there"
    if status == 404:
        return "has lost the passages; wortlaut doctor fills it from the archive's text"
    told = f" (HTTP {status})" if status else ""
    return f"failed{told}: {line or 'it says no more'}; look at the server, then do it again"


def is_passing(error: BaseException | None) -> bool:
    """Whether it may be well in a few seconds: a server that starts again, a broken line."""
    import httpx

    chain = list(_follow(error))
    if any(isinstance(e, ssl.SSLError) for e in chain):
        return False
    return any(isinstance(e, httpx.TransportError) for e in chain) or (
        _find_status(error) in _PASSING
    )


def is_too_large(error: BaseException | None) -> bool:
    """Whether the request had more bytes than the server or a proxy takes."""
    return _find_status(error) == 413


def _follow(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _find_status(error: BaseException | None) -> int | None:
    """The HTTP status that the server answered with, if that is what failed."""
    for each in _follow(error):
        response = getattr(each, "response", None)
        if response is not None:
            return int(response.status_code)
        code = getattr(each, "code", None)
        if callable(code) and type(each).__module__.startswith("chromadb"):
            return int(code())
    return None
