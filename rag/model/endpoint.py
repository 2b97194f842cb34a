"""An OpenAI-compatible server as a language model, through LlamaIndex's `OpenAILike`.

Ollama, llama.cpp, vLLM, LM Studio, OpenAI and the like. Requests are for the address that is set
alone: no redirect is followed. Loopback is reached directly; any other host through the proxy that
HTTP_PROXY, HTTPS_PROXY or ALL_PROXY name, as far as NO_PROXY does not except it.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from wortlaut.index.errors import ConfigError, LLMUnavailable, MalformedAnswer
from wortlaut.rag.model.failures import clean_detail
from wortlaut.rag.model.llm import LanguageModel, Patience

if TYPE_CHECKING:
    import httpx
    import openai
    from llama_index.core.llms import LLM

_OLLAMA_PORT = 11434
_ROUTES = re.compile(r"/(?:chat/completions|completions|models)/?$")
# Models that such servers list beside those that write.
_WRITES_NOTHING = re.compile(r"embed|rerank|whisper|tts|moderation|dall-e|image", re.IGNORECASE)
_MANY_MODELS = 20
_SOME = 5
_OPENAI = "api.openai.com"
_NO_MODEL_LIST = frozenset({404, 405, 501})
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# The client's own: with others the request could not be read, or would go astray.
_OWN_HEADERS = frozenset({
    "host", "content-length", "transfer-encoding", "content-type", "connection", "accept-encoding",
    "te", "trailer", "upgrade", "expect",
})  # fmt: skip
# Of a whole answer with all that is around it, and of one event in its stream.
_MOST_BYTES = 16 * 2**20
_LONGEST_EVENT = 2**18
_EVENT_ENDS = (b"\n\n", b"\r\r", b"\r\n\r\n")
_USER = re.compile(r"\A(.*?//)?.*@", re.S)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers, and how it is asked; `base_url` in any spelling people use.

    Without `model` the first that the server offers. `headers` go along with every request, as
    proxies want them, and win over what we send. `timeout_s` is for the whole answer, with all
    its tries.
    """

    base_url: str
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 120.0
    retries: int = 2
    context_tokens: int = 4096
    max_tokens: int = 512
    temperature: float = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold: the key, the headers' values and each of their words."""
        values = list(self.headers.values())
        words = [word for value in values for word in value.split()]
        return tuple(filter(None, (self.api_key, *values, *words)))


def open_endpoint(
    endpoint: Endpoint, *, patience: Patience | None = None, backoff_s: float = 0.5
) -> LanguageModel:
    """The endpoint's model; nothing is connected before it is asked.

    Raises ConfigError for an address, a key or a header that is none.
    """
    base_url = normalise_base_url(endpoint.base_url)
    key = (endpoint.api_key or "").strip()
    if not key.isascii() or re.search(r"\s", key):
        raise ConfigError("the language model's key holds signs that no key has; set it again")
    endpoint = replace(endpoint, api_key=key or None, headers=check_headers(endpoint.headers))
    patience = patience or Patience.within(endpoint.timeout_s)
    names = _Names(endpoint.model, endpoint.secrets)
    return LanguageModel(
        lambda: _HttpLine(endpoint, base_url, patience, names),
        place=f"at {base_url}",
        patience=patience,
        retries=endpoint.retries,
        context_tokens=endpoint.context_tokens,
        max_tokens=endpoint.max_tokens,
        backoff_s=backoff_s,
        read_name=names.show,
        secrets=endpoint.secrets,
    )


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers as they can be sent; raises ConfigError, which tells no value of any."""
    checked = {}
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name.strip()):
            raise ConfigError(
                "WORTLAUT_LLM_HEADERS holds a name that no header has; write NAME: VALUE"
            )
        if name.strip().lower() in _OWN_HEADERS:
            raise ConfigError(f"the header {name.strip()} cannot be set in WORTLAUT_LLM_HEADERS")
        if not _HEADER_VALUE.fullmatch(value.strip()):
            raise ConfigError(
                f"the value of {name.strip()} in WORTLAUT_LLM_HEADERS is empty or holds signs that "
                "no header has; set it again"
            )
        checked[name.strip()] = value.strip()
    return checked


def normalise_base_url(address: str) -> str:
    """The address with scheme and path, as `http://127.0.0.1:8080/v1`; raises ConfigError.

    A bare host gets `http://`, an address without a path `/v1`; the routes under it are cut off.
    """
    text = address.strip()
    parts = _split(text if "://" in text else f"http://{text}", address)
    if parts.scheme not in {"http", "https"}:
        raise _explain_address(address)
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "the language model's address holds a password; set WORTLAUT_LLM_API_KEY instead"
        )
    # A server that listens everywhere is told so by 0.0.0.0; nobody can connect to that.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(parts.hostname or "", parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    netloc = f"{host}:{parts.port}" if parts.port else host
    path = _ROUTES.sub("", parts.path.rstrip("/")).rstrip("/") or "/v1"
    return urlunsplit((parts.scheme, netloc, path, "", ""))


def read_ollama_host(value: str) -> str:
    """The base URL that Ollama's `OLLAMA_HOST` stands for: port 11434 unless it names another."""
    text = value.strip()
    if "://" in text:
        return normalise_base_url(text)
    text = f"127.0.0.1{text}" if text.startswith(":") else text or "127.0.0.1"
    parts = _split(f"http://{text}", value)
    return normalise_base_url(text if parts.port else f"{text.rstrip('/:')}:{_OLLAMA_PORT}")


def _split(text: str, address: str) -> SplitResult:
    wrong = _explain_address(address)
    try:
        parts = urlsplit(text)
        names_place = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise wrong from error
    if not names_place or re.search(r"\s", text):
        raise wrong
    return parts


def _explain_address(address: str) -> ConfigError:
    """The error about an address, quoted without the password or key that it may hold."""
    shown = _USER.sub(r"\1…@", address.partition("?")[0])
    return ConfigError(f"{shown!r} is no address of a language model; write http://HOST:PORT")


class _Names:
    """The model's name: the one set, else the one the server offered last."""

    def __init__(self, given: str | None, secrets: Sequence[str]) -> None:
        self.given = given
        self.offered: str | None = None
        self._secrets = secrets

    def show(self) -> str | None:
        """The name as a reader may see it, without the folders that llama.cpp puts before it."""
        name = clean_detail(self.given or self.offered or "", self._secrets) or None
        if name and name.endswith(".gguf"):
            return PurePosixPath(name.replace("\\", "/")).name
        return name


class _HttpLine:
    """One answer's own connection, which another thread can cut."""

    def __init__(
        self, endpoint: Endpoint, base_url: str, patience: Patience, names: _Names
    ) -> None:
        self._endpoint = endpoint
        self._base_url = base_url
        self._patience = patience
        self._names = names
        self._streams: list[Any] = []
        self._is_over = False
        self._http: httpx.Client | None = None
        self._make_llm = _load_openai_like()

    def open(self) -> LLM:
        """The model behind the connection; asks the server for its name where none is set."""
        endpoint = self._endpoint
        client = self._make_client()
        model = endpoint.model or self._find_model(client)
        self._names.offered = model
        return self._make_llm(
            model=model,
            api_base=self._base_url,
            api_key=client.api_key,
            is_chat_model=True,
            context_window=endpoint.context_tokens,
            max_tokens=endpoint.max_tokens,
            temperature=endpoint.temperature,
            # Tries are ours to count.
            max_retries=0,
            openai_client=client,
        )

    def find_name(self) -> str:
        """The model's name; raises LLMUnavailable if the server has a list without it."""
        self._names.offered = self._find_model(self._make_client())
        return self._names.offered

    def hang_up(self) -> None:
        """Cut the connection, so that a thread which waits on it wakes."""
        self._is_over = True
        for stream in list(self._streams):
            _cut(stream)

    def close(self) -> None:
        """Release the connection; for the thread that opened it."""
        if self._http is not None:
            self._http.close()

    def _make_http(self) -> httpx.Client:
        import httpx

        def watch(event: str, info: dict[str, Any]) -> None:
            if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
                self._streams.append(info["return_value"])
                if self._is_over:
                    self.hang_up()

        def prepare(request: httpx.Request) -> None:
            request.extensions["trace"] = watch
            # Compressed, a few bytes may stand for any number.
            request.headers["Accept-Encoding"] = "identity"
            # Here, where no client library logs or repeats them.
            for name, value in self._endpoint.headers.items():
                request.headers[name] = value

        def bound(response: httpx.Response) -> None:
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise MalformedAnswer("compresses its answer unasked; switch that off there")
            is_stream = response.request.method == "POST" and response.status_code == 200
            response.stream = _bound_body(response.stream, is_stream)

        patience = self._patience
        is_near = _is_loopback(self._base_url)
        return httpx.Client(
            # Without TLS the certificates, a tenth of a second to load, are not needed.
            verify=not (is_near and self._base_url.startswith("http:")),
            # A second more than the listener waits: it is the one to say what happened.
            timeout=httpx.Timeout(
                max(patience.first_token_s, patience.idle_s) + 1, connect=patience.connect_s
            ),
            trust_env=not is_near,
            follow_redirects=False,
            event_hooks={"request": [prepare], "response": [bound]},
        )

    def _make_client(self) -> openai.OpenAI:
        from openai import OpenAI

        self._http = self._make_http()
        client = OpenAI(
            # Without a key the library would send whatever OPENAI_API_KEY holds.
            api_key=self._endpoint.api_key or "none",
            base_url=self._base_url,
            max_retries=0,
            http_client=self._http,
        )
        if urlsplit(self._base_url).hostname != _OPENAI:
            # Read from the environment; an account with one firm is no business of another.
            client.organization = client.project = None
        return client

    def _find_model(self, client: openai.OpenAI) -> str:
        import openai

        given = self._endpoint.model
        try:
            listed = getattr(client.models.list(), "data", None) or ()
            offered = [str(name) for model in listed if (name := getattr(model, "id", None))]
        except openai.APIStatusError as error:
            if error.status_code in _NO_MODEL_LIST:
                return given or "default"
            raise
        if given:
            if given in offered or f"{given}:latest" in offered or not offered:
                return given
            raise LLMUnavailable(
                f"has no model {given!r}{self._list(offered)}; set WORTLAUT_LLM_MODEL"
            )
        names = [name for name in offered if not _WRITES_NOTHING.search(name)] or offered
        if not names or len(names) > _MANY_MODELS:
            raise LLMUnavailable(
                f"offers {len(names)} models{self._list(names)}; set WORTLAUT_LLM_MODEL"
            )
        return names[0]

    def _list(self, names: Sequence[str]) -> str:
        more = " and more" if len(names) > _SOME else ""
        some = [clean_detail(name, self._endpoint.secrets) for name in names[:_SOME]]
        return f" ({', '.join(some)}{more})" if names else ""


def _bound_body(body: Any, is_stream: bool) -> httpx.SyncByteStream:
    """The body, which raises MalformedAnswer when it grows beyond any answer."""
    import httpx

    class Bounded(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return bound_bytes(body, is_stream)

        def close(self) -> None:
            body.close()

    return Bounded()


def _load_openai_like() -> Callable[..., LLM]:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike


def _cut(stream: Any) -> None:
    """Shut the stream's socket down; a socket that is only closed does not wake its reader."""
    found = stream.get_extra_info("socket")
    with suppress(OSError):
        # The plain socket's own way: the TLS one forgets its state under the reader's feet.
        socket.socket.shutdown(found, socket.SHUT_RDWR)


def _is_loopback(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def bound_bytes(chunks: Iterable[bytes], is_stream: bool) -> Iterator[bytes]:
    """The same bytes; raises MalformedAnswer when they are more than any answer.

    In a stream an event, which its reader holds as a whole, is bounded too.
    """
    total = event = 0
    before = b""
    for chunk in chunks:
        total += len(chunk)
        seen = before + chunk
        before = seen[-3:]
        end = max(seen.rfind(sign) for sign in _EVENT_ENDS)
        event = event + len(chunk) if end < 0 else len(seen) - end
        if total > _MOST_BYTES or (is_stream and event > _LONGEST_EVENT):
            raise MalformedAnswer(
                "sends more than any answer is long; check that WORTLAUT_LLM_BASE_URL is an "
                "OpenAI-compatible endpoint"
            )
        yield chunk
