"""Fetches one address at a time: within limits, as robots.txt allows, unhurried.

Every hop of a redirection is looked at like the address itself. No cookie is kept, no password
sent, and no proxy of the environment used: it would look up the names itself.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from time import monotonic, sleep
from typing import TYPE_CHECKING, TypeVar

from wortlaut.index.errors import SourceError
from wortlaut.index.web.addresses import FetchLimits, find_hosts, read_address

if TYPE_CHECKING:
    import ssl

    import httpx
    from protego import Protego

_AGENT = "Wortlaut"
_MAX_REDIRECTS = 5
_MAX_ROBOTS_BYTES = 500_000
# For each step towards an answer.
_STEP_S = 15.0
# A host may ask for longer pauses than ours, up to this.
_LONGEST_PAUSE_S = 60.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What an address answered; `final` is where its redirections ended."""

    address: str
    final: str
    kind: str
    charset: str | None
    body: bytes
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: httpx.Headers
    body: bytes


class Fetcher:
    """Fetches addresses for one run; knows which hosts it has asked and what they allow."""

    def __init__(self, *, allow_private: bool = False, limits: FetchLimits = FetchLimits()) -> None:
        self._allow_private = allow_private
        self._limits = limits
        self._agent = f"{_AGENT}/{_read_version()}"
        self._robots: dict[str, Protego | None] = {}
        self._asked: dict[str, float] = {}
        self._context: ssl.SSLContext | None = None

    def fetch(
        self, address: str, etag: str | None = None, modified: str | None = None
    ) -> FetchedPage | None:
        """What stands there, or `None` if nothing changed since the answer with these marks.

        Raises SourceError with what to do.
        """
        url = read_address(address)
        try:
            return self._fetch(address, url, etag, modified)
        except SourceError as error:
            way = "" if error.path in (address, str(url)) else f"by way of {error.path[:200]}: "
            raise SourceError(address, f"{way}{error.reason}") from error

    def _fetch(
        self, address: str, url: httpx.URL, etag: str | None, modified: str | None
    ) -> FetchedPage | None:
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {name: value for name, value in marks.items() if value}
        for _ in range(_MAX_REDIRECTS + 1):
            self._check_robots(url)
            self._wait(url)
            reply = self._get(url, headers, self._limits.size)
            if reply.status == 304 and headers:
                return None
            if (target := _find_target(url, reply)) is None:
                return _open_reply(address, url, reply)
            url = target
        raise SourceError(address, "leads from address to address; open it and index the last one")

    def _wait(self, url: httpx.URL) -> None:
        """Let the host rest between two questions."""
        robots = self._robots.get(_name_site(url))
        asked = robots.crawl_delay(_AGENT) if robots else None
        pause = max(self._limits.pause_s, min(float(asked or 0), _LONGEST_PAUSE_S))
        if (last := self._asked.get(url.host)) is not None:
            sleep(max(0.0, last + pause - monotonic()))
        self._asked[url.host] = monotonic()

    def _check_robots(self, url: httpx.URL) -> None:
        """Return if the host lets us read the page; else raise SourceError."""
        site = _name_site(url)
        if site not in self._robots:
            try:
                self._robots[site] = self._read_robots(url)
            except SourceError as error:
                raise SourceError(str(url), error.reason) from error
        robots = self._robots[site]
        if robots is not None and not robots.can_fetch(str(url), _AGENT):
            raise SourceError(
                str(url),
                "its robots.txt asks programs not to read it; save it in a browser and index the "
                "file",
            )

    def _read_robots(self, url: httpx.URL) -> Protego | None:
        """What the host's robots.txt says; `None` where it has none."""
        from protego import Protego

        robots = url.join("/robots.txt")
        for _ in range(_MAX_REDIRECTS + 1):
            reply = self._get(robots, {}, _MAX_ROBOTS_BYTES, may_cut=True)
            if (target := _find_target(robots, reply)) is None:
                break
            robots = target
        if reply.status == 429 or reply.status >= 500:
            raise SourceError(
                str(url), f"its host's robots.txt cannot be read ({reply.status}); try again later"
            )
        return Protego.parse(reply.body.decode("utf-8", "replace")) if reply.status == 200 else None

    def _get(
        self, url: httpx.URL, headers: Mapping[str, str], size: int, *, may_cut: bool = False
    ) -> _Reply:
        """The answer to one question; raises SourceError within the time limit."""
        deadline = monotonic() + self._limits.time_s

        def ask() -> _Reply:
            return self._ask(url, headers, size, may_cut, deadline)

        return _run_until(deadline + 1, ask, str(url))

    def _ask(
        self, url: httpx.URL, headers: Mapping[str, str], size: int, may_cut: bool, deadline: float
    ) -> _Reply:
        import httpx

        if self._context is None:
            self._context = httpx.create_ssl_context()
        hosts = find_hosts(url, allow_private=self._allow_private)
        step = min(_STEP_S, self._limits.time_s)
        for number, host in enumerate(hosts, 1):
            # A client for each question: it keeps cookies and connections.
            with httpx.Client(verify=self._context, timeout=step, trust_env=False) as client:
                request = client.build_request(
                    "GET",
                    url.copy_with(host=host),
                    headers={
                        "Host": url.netloc.decode("ascii"),
                        "User-Agent": self._agent,
                        "Accept-Encoding": "gzip",
                        **headers,
                    },
                    extensions={"sni_hostname": url.raw_host.decode("ascii").strip("[]")},
                )
                try:
                    return _receive(client, request, url, size, may_cut, deadline)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    if number == len(hosts):
                        raise SourceError(str(url), _explain_no_connection(error)) from error
                except httpx.TimeoutException as error:
                    raise SourceError(str(url), "does not answer; try again later") from error
                except (httpx.HTTPError, httpx.StreamError, ValueError) as error:
                    raise SourceError(
                        str(url), f"an answer that breaks off ({_say(error)}); try again later"
                    ) from error
        raise SourceError(str(url), "its host has no address; check the spelling")


def _receive(
    client: httpx.Client,
    request: httpx.Request,
    url: httpx.URL,
    size: int,
    may_cut: bool,
    deadline: float,
) -> _Reply:
    """The answer with its body, as far as `size` allows, unpacked."""
    response = client.send(request, stream=True, follow_redirects=False)
    try:
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("", "identity", "gzip", "x-gzip"):
            raise SourceError(str(url), f"comes packed as {packing[:20]!r}; save it as a file")
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in packing else None
        body, received = bytearray(), 0
        for chunk in response.iter_raw():
            received += len(chunk)
            # No more than one letter beyond the limit, however much is packed in the chunk.
            body += unpack.decompress(chunk, size + 1 - len(body)) if unpack else chunk
            if len(body) > size:
                break
            if monotonic() > deadline:
                raise SourceError(str(url), "takes too long to answer; try again later")
        if len(body) > size and not may_cut:
            raise SourceError(str(url), f"more than {size / 1e6:.0f} MB; save it and split it")
        if unpack and received and not unpack.eof and len(body) <= size:
            raise SourceError(str(url), "breaks off before its end; try again later")
        return _Reply(response.status_code, response.headers, bytes(body[:size]))
    except zlib.error as error:
        raise SourceError(str(url), "comes packed and broken; try again later") from error
    finally:
        response.close()


def _run_until(deadline: float, work: Callable[[], _T], place: str) -> _T:
    """What the work returns or raises; SourceError when it is not done by then.

    Looking a name up and waiting for headers that come letter by letter know no limit of their own.
    """
    done: list[_T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - monotonic()))
    if failed:
        raise failed[0]
    if not done:
        raise SourceError(place, "takes too long to answer; try again later")
    return done[0]


def _find_target(url: httpx.URL, reply: _Reply) -> httpx.URL | None:
    """Where the answer sends us, looked at like any address."""
    import httpx

    location = reply.headers.get("location")
    if reply.status not in (301, 302, 303, 307, 308) or not location:
        return None
    try:
        return read_address(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(str(url), "leads to no address; open it in a browser") from error


def _open_reply(address: str, url: httpx.URL, reply: _Reply) -> FetchedPage:
    status = reply.status
    if status != 200:
        raise SourceError(address, _explain(status))
    if not reply.body.strip():
        raise SourceError(address, "holds nothing; check the address")
    kind, _, rest = reply.headers.get("content-type", "").partition(";")
    charset = rest.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return FetchedPage(
        address,
        str(url),
        kind.strip().lower(),
        charset or None,
        reply.body,
        reply.headers.get("etag"),
        reply.headers.get("last-modified"),
    )


def _explain(status: int) -> str:
    if status in (401, 402, 403, 407, 451):
        return f"not open to all ({status}); save it in a browser and index the file"
    if status in (404, 410):
        return f"not there ({status}); check the address"
    if status in (408, 425, 429) or status >= 500:
        return f"its host cannot answer now ({status}); try again later"
    return f"an answer that is no page ({status}); open it in a browser"


def _explain_no_connection(error: Exception) -> str:
    reason = f"no connection ({_say(error)})"
    if "CERTIFICATE" in reason:
        return f"{reason}; its certificate does not hold: open it in a browser"
    if any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ):
        return f"{reason}; proxies are not used here: save it in a browser and index the file"
    return f"{reason}; check the network"


def _name_site(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _say(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:120]


def _read_version() -> str:
    try:
        return version("wortlaut")
    except PackageNotFoundError:
        return "0"
