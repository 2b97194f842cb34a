"""Which paths are served, and what each is for: one list, for the page and the other doors alike."""

from __future__ import annotations

import re

from wortlaut.ui.browser.address import is_page
from wortlaut.ui.gate.figures import RequestKind

LARGEST_BODY = 1_000_000
UPLOAD_PATH, STATE_PATH = "/archive/upload", "/page/state"
SCRIPT_PATH, STYLE_PATH = "/page/script.js", "/page/style.css"
ARTICLE_PATH = "/archive/article/"
JOIN_PATH, STREAM_PATH = "/gradio_api/queue/join", "/gradio_api/queue/data"
HEALTH_PATH, READY_PATH, METRICS_PATH = "/healthz", "/readyz", "/metrics"
SIGN_IN_PATH, SIGN_OUT_PATH = "/sign-in", "/sign-out"
_PAGE_PARTS = (
    r"/(assets|static|svelte)/.+|/(theme\.css|favicon\.ico|manifest\.json|robots\.txt)/?"
    rf"|{re.escape(SCRIPT_PATH)}|{re.escape(STYLE_PATH)}"
)
_SERVED = re.compile(
    rf"/|/config/?|{_PAGE_PARTS}"
    r"|/export/(quotes/[a-z]{1,8}|receipt/[0-9a-f]{64}\.json)"
    r"|/gradio_api/(queue/(join|data)|startup-events|info|app_id|reset|cancel"
    r"|login_check|theme\.css)/?"
    rf"|{ARTICLE_PATH}[^/]{{1,200}}|/api/v1/.+|/v1/.+|/mcp(/.*)?"
    f"|{UPLOAD_PATH}|{STATE_PATH}|{METRICS_PATH}"
)
_VERSIONED = frozenset({"/theme.css", SCRIPT_PATH, STYLE_PATH})
# What changes the archive is for editors.
_EDITING = re.compile(rf"{UPLOAD_PATH}|{ARTICLE_PATH}.+|/api/v1/(articles?|uploads?|index)(/.*)?")
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# These cost little and are many; all else counts as a request.
_UNCOUNTED = re.compile(rf"{_PAGE_PARTS}|{STATE_PATH}")
# These limit each body themselves, also one of unknown length.
_HAS_LIMITS = re.compile(r"/(api/v1|v1)/")
_LARGEST_ANYWHERE = 20_000_000
_KINDS: tuple[tuple[str, RequestKind], ...] = (
    ("/api/", "api"), ("/v1/", "model"), ("/mcp", "mcp"), ("/archive/", "files"),
    ("/export/", "files"), ("/sign-", "sign_in"), (HEALTH_PATH, "health"), (READY_PATH, "health"),
)  # fmt: skip


def is_served(path: str) -> bool:
    """Whether anything is to be had at the path; "" is the root without its slash."""
    return not path or _SERVED.fullmatch(path) is not None or is_page(path)


def is_named_by_content(path: str, query: bytes) -> bool:
    """Whether the address is another one as soon as anything else is to be had there."""
    return path.startswith("/assets/") or (path in _VERSIONED and query.startswith(b"v="))


def needs_editor(method: str, path: str) -> bool:
    """Whether it is for editors alone."""
    return method not in READING_METHODS and _EDITING.fullmatch(path) is not None


def counts_as_request(path: str) -> bool:
    """Whether it counts against the requests that one has a minute."""
    return _UNCOUNTED.fullmatch(path) is None


def is_fit(length: str, method: str, path: str, largest_upload: int) -> bool:
    """Whether a body of that content length, "" for an unknown one, is taken at the path."""
    has_limits = _HAS_LIMITS.match(path) is not None
    if method in READING_METHODS or (not length and (has_limits or method == "DELETE")):
        return True
    largest = _LARGEST_ANYWHERE if has_limits else LARGEST_BODY
    if path == UPLOAD_PATH:
        largest = max(largest, largest_upload)
    return length.isascii() and length.isdecimal() and int(length) <= largest


def name_kind(path: str) -> RequestKind:
    """What a request was for; a path of its own could be anybody's words."""
    for start, kind in _KINDS:
        if path.startswith(start):
            return kind
    return "page"
