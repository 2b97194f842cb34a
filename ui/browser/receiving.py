"""The page's own routes: files for the archive come in; its looks, and what has changed, go out.

Files do not come by Gradio's upload: that writes whatever anybody sends into a folder of its own and
tells nobody why a file was not taken. Here each is one request with a header that no foreign page can
send without being asked first, streamed into the archive's folder, and refused in one plain line.
"""

from __future__ import annotations

import hashlib
import logging
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from wortlaut.index.errors import SourceError, WortlautError
from wortlaut.index.lang.faults import say_fault
from wortlaut.ui.browser.header import describe_held
from wortlaut.ui.browser.holdings import render_batch_html
from wortlaut.ui.browser.settings import read_chosen_tongue, render_model_html
from wortlaut.ui.gate.guest import read_guest
from wortlaut.ui.gate.handing import PageHead
from wortlaut.ui.gate.paths import ARTICLE_PATH, SCRIPT_PATH, STATE_PATH, STYLE_PATH, UPLOAD_PATH
from wortlaut.ui.words.page import choose_tongue

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from wortlaut.rag.desk.intake import Intake
    from wortlaut.ui.browser.chatpage import ChatPage

_REMOVE_WAIT_S = 8.0
_BATCH_HEADER = "x-wortlaut-batch"
_NAME_HEADER = "x-wortlaut-name"
_NO_STORE = {"cache-control": "no-store"}
# Where Gradio shows the page's parts; twice the same class, to count for more than its own rules.
_WITHIN = ".gradio-container.gradio-container .contain"
_log = logging.getLogger(__name__)


def add_routes(app: FastAPI, page: ChatPage) -> None:
    """Have the app answer the page's own requests."""
    from starlette.responses import JSONResponse

    async def receive(request: Request) -> Response:
        return await _receive(request, page.archive.intake)

    def remove(request: Request) -> Response:
        return _remove(request, page.archive.intake)

    # Not async: it is answered in a thread, and may wait for the archive.
    def tell_state(request: Request) -> Response:
        return JSONResponse(_read_state(request, page), headers=_NO_STORE)

    app.add_route(UPLOAD_PATH, receive, methods=["POST"])
    app.add_route(f"{ARTICLE_PATH}{{article_id}}", remove, methods=["DELETE"])
    app.add_route(STATE_PATH, tell_state, methods=["GET"])


def _read_state(request: Request, page: ChatPage) -> dict[str, Any]:
    """What the page shows besides conversations, as far as it may have changed.

    `stamp` is another whenever the archive is; `model` and `batch` are HTML. `ready` says that
    there are examples to be had.
    """
    tongue = choose_tongue(request.query_params.get("tongue"))
    if request.query_params.get("ask") == "model":
        page.model.ask()
    model = render_model_html(page.model.state, tongue)
    state: dict[str, Any] = {"model": model, "batch": "", "busy": False}
    token = request.query_params.get("batch", "")
    batch = page.archive.intake.read_batch(token) if page.archive.intake and token else None
    if batch is not None:
        state |= {"batch": render_batch_html(batch, tongue), "busy": batch.is_busy}
    try:
        counts, newest = page.archive.read_counts()
        ready = page.examples.read(tongue) is not None
    except WortlautError as error:
        _log.warning("%s", error)
        return state
    held = describe_held(counts, tongue)
    stamp = f"{newest} {counts.articles}"
    is_ready = ready and counts.articles > 0
    return state | {"held": held, "stamp": stamp, "ready": is_ready}


def _remove(request: Request, intake: Intake | None) -> Response:
    """204 once the article is out of the archive, 202 while that waits; else why it is not."""
    from starlette.responses import PlainTextResponse, Response

    guest, article_id = read_guest(request), str(request.path_params["article_id"])
    if intake is None or intake.why_shut is not None or not guest.may_edit:
        return PlainTextResponse("nothing can be removed here", status_code=403)
    if not intake.holds(article_id):
        return PlainTextResponse("no such article; wortlaut articles lists them", status_code=404)
    removal = intake.remove(article_id, guest.name)
    is_over = removal.wait(_REMOVE_WAIT_S)
    if removal.fault:
        return PlainTextResponse(removal.fault, status_code=409)
    return Response(status_code=204 if is_over else 202)


async def _receive(request: Request, intake: Intake | None) -> Response:
    """204 for a file that will be read; else the reason why not.

    200 where its batch shows that: a browser calls 400 and more an error on its console, and a file
    of another kind is none. 403 where there is no batch to show it.
    """
    from starlette.responses import PlainTextResponse, Response

    status, reason = await _take(request, intake)
    if not reason:
        return Response(status_code=status)
    asked = read_chosen_tongue(request.headers.get("cookie"))
    tongue = choose_tongue(asked or request.headers.get("accept-language"))
    return PlainTextResponse(say_fault(reason, tongue)[0], status_code=status)


async def _take(request: Request, intake: Intake | None) -> tuple[int, str]:
    """The status of what was sent, and why it was not taken, "" if it was."""
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect

    token = request.headers.get(_BATCH_HEADER, "")
    name = unquote(request.headers.get(_NAME_HEADER, ""), errors="replace")
    if intake is None or intake.why_shut is not None or not read_guest(request).may_edit:
        return 403, "nothing can be added here"
    if not token or not name or request.headers.get("sec-fetch-site", "same-origin") not in (
        "same-origin", "none"
    ):  # fmt: skip
        return 403, "not sent by the page itself"
    reason = ""
    incoming = None
    try:
        incoming = await run_in_threadpool(intake.receive, token, name, read_guest(request).name)
        async for chunk in request.stream():
            if incoming.size + len(chunk) > intake.largest:
                raise SourceError(name, f"larger than {intake.largest // 1_000_000} MB; split it")
            await run_in_threadpool(incoming.write, chunk)
        await run_in_threadpool(incoming.keep)
    except SourceError as error:
        reason = error.reason
    except ClientDisconnect:
        reason = "was not sent to its end"
    except OSError as error:
        reason = f"cannot be kept ({error.strerror}); check the server's disk"
    finally:
        if incoming is not None:
            incoming.drop()
    if not reason:
        return 204, ""
    try:
        intake.refuse(token, name, reason)
    except SourceError as error:
        return 403, error.reason
    return 200, reason


# What the page looks like, and what runs in it


def serve_assets(app: FastAPI, start: str) -> PageHead:
    """What the page's head has of its own: its style, and the script that each of its parts runs.

    They are files, and not Gradio's `css=` and `head=`: those it would send with each page, and put
    in place only when all of its own had come.
    """
    script = f"function {start}(element, trigger, props, watch) {{\n{_read_assets('.js')}\n}}"
    script_at = _serve_file(app, SCRIPT_PATH, script, "text/javascript")
    style_at = _serve_file(app, STYLE_PATH, raise_style(_read_assets(".css")), "text/css")
    return PageHead(
        f'<script defer src="{script_at}"></script>\n{_read_assets(".first.html")}',
        f'<link rel="stylesheet" href="{style_at}">\n{_read_assets(".last.html")}',
    )


def _serve_file(app: FastAPI, path: str, text: str, kind: str) -> str:
    """Have the app answer with the text; where it is, from the page's root."""

    async def answer(request: Request) -> Response:
        from starlette.responses import Response

        return Response(text, media_type=kind)

    app.add_route(path, answer, methods=["GET"])
    return f"{path[1:]}?v={hashlib.sha256(text.encode()).hexdigest()[:16]}"


def raise_style(style: str) -> str:
    """The style sheet, its rules raised above Gradio's own, as Gradio does it with its `css=`.

    Rules in `@media` are for the page's parts alone. `.dark` stands on the page's body.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    raised = []
    # Blocks within blocks, one level deep.
    for block in re.finditer(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", style):
        head, body = block[1].strip(), block[2]
        if head.startswith("@media"):
            body = re.sub(
                r"([^{}]+)(\{[^{}]*\})", lambda rule: f"{_place_within(rule[1])} {rule[2]}\n", body
            )
        elif not head.startswith("@"):
            head = f"{head}, {_place_within(head)}"
        raised.append(f"{head} {{{body}}}")
    return "\n".join(raised)


def _place_within(selectors: str) -> str:
    """The rule's selectors, for what is within the page's parts."""
    # Commas that stand in no brackets.
    each = [one.strip() for one in re.split(r",(?![^()]*\))", selectors)]
    dark = [one.startswith(".dark") for one in each]
    bare = [one.removeprefix(".dark").strip() for one in each]
    return ", ".join(
        f"{'.dark ' if is_dark else ''}{_WITHIN} {one}".rstrip()
        for one, is_dark in zip(bare, dark, strict=True)
    )


def _read_assets(ending: str) -> str:
    """All assets of that ending, one after the other: `app` comes first, each area has its own."""
    found = [
        item for item in (files(__package__) / "assets").iterdir() if item.name.endswith(ending)
    ]
    found.sort(key=lambda item: (not item.name.startswith("app."), item.name))
    return "\n".join(item.read_text(encoding="utf-8") for item in found)
