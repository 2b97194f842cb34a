"""The JSON API and the address like OpenAI's as apps: beside the page, or alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wortlaut.index.errors import ConfigError
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.gate.paths import LARGEST_BODY

if TYPE_CHECKING:
    from fastapi import FastAPI

    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.ui.api.routes import NameOwner
    from wortlaut.ui.gate.doors import Doors

NATIVE_PATH, OPENAI_PATH, MCP_PATH = "/api/v1", "/v1", "/mcp"
# A receipt may hold a long conversation.
_LARGEST_TO_VERIFY = 16 * 2**20
_DESCRIPTION = (
    "Ask a news archive who said what, and when: every sentence stands on its exact words. "
    "The objects are those that the command line prints with --json."
)


def build_api(
    chat: NewsChat,
    settings: Settings | None = None,
    desk: Desk | None = None,
    *,
    name_owner: NameOwner | None = None,
    show_paths: bool = True,
) -> FastAPI:
    """The API alone, as an ASGI app; see `mount_api` for the arguments."""
    from fastapi import FastAPI

    from wortlaut.ui.api.problems import handle_errors, write_problem

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    handle_errors(app, write_problem)
    mount_api(
        app, Answerer(chat), settings, desk,
        name_owner=name_owner, show_paths=show_paths, has_page=False,
    )  # fmt: skip
    return app


def mount_api(
    app: FastAPI,
    answerer: Answerer,
    settings: Settings | None = None,
    desk: Desk | None = None,
    *,
    name_owner: NameOwner | None = None,
    show_paths: bool = True,
    has_page: bool = True,
) -> None:
    """Have the app answer below `/api/v1`, `/v1` and at `/mcp`, before whatever is mounted later.

    Without `settings` no receipt can be checked, without a `desk` feedback lasts as long as the
    program. `name_owner` tells from a request's headers whose feedback it is. Without `show_paths`
    nothing says where the server keeps files. `has_page` tells that articles can be read at `/a/…`.
    """
    from wortlaut.ui.api.checking import Checker
    from wortlaut.ui.api.completions import CompletionRoutes
    from wortlaut.ui.api.pool import AnswerPool
    from wortlaut.ui.api.problems import write_openai_error, write_problem
    from wortlaut.ui.api.routes import ArchiveRoutes

    pool = AnswerPool()
    native = ArchiveRoutes(
        answerer, Checker(answerer.chat, settings), desk or Desk(None), pool,
        name_owner or _name_anybody, show_paths=show_paths,
    )  # fmt: skip
    like_openai = CompletionRoutes(answerer, pool, has_page=has_page)
    app.mount(NATIVE_PATH, _make_app(native.make_router(), write_problem, is_described=True))
    app.mount(OPENAI_PATH, _make_app(like_openai.make_router(), write_openai_error))
    _mount_mcp(app, answerer, show_paths)


def _mount_mcp(app: FastAPI, answerer: Answerer, show_paths: bool) -> None:
    """Have the app speak MCP, too, where the SDK is; whoever stands before it knows the hosts."""
    from starlette.routing import Route

    from wortlaut.ui.mcp.server import build_mcp_app

    # Without the SDK there is nothing at the path.
    with suppress(ConfigError):
        served = build_mcp_app(answerer, None, show_paths=show_paths)
        app.router.routes.append(Route(MCP_PATH, served))


def _name_anybody(_: Mapping[str, str]) -> str:
    return ""


def serve_api(
    chat: NewsChat,
    settings: Settings | None = None,
    desk: Desk | None = None,
    doors: Doors | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
) -> None:
    """Serve the API alone until it is stopped, behind the gate that the page has, too."""
    from wortlaut.ui.gate.doors import Doors
    from wortlaut.ui.gate.guest import read_owner
    from wortlaut.ui.gate.running import put_gate, run_server

    doors = doors or Doors()
    api = build_api(chat, settings, desk, name_owner=read_owner, show_paths=not doors.is_for_others)
    run_server(lambda: put_gate(api, chat, desk, doors), host, port, path=doors.root_path)


def _make_app(router: Any, write: Any, *, is_described: bool = False) -> FastAPI:
    from importlib.metadata import version

    from fastapi import FastAPI

    from wortlaut.ui.api.problems import BodyLimit, handle_errors

    problem = {"$ref": "#/components/schemas/Problem"}
    app = FastAPI(
        title="Wortlaut", version=version("wortlaut"), description=_DESCRIPTION,
        docs_url=None, redoc_url=None, openapi_url="/openapi.json" if is_described else None,
        responses={
            "default": {
                "description": "Why there is no answer, and what to do next",
                "content": {"application/problem+json": {"schema": problem}},
            }
        },
    )  # fmt: skip
    app.include_router(router)
    handle_errors(app, write)
    app.add_middleware(
        BodyLimit, write=write, largest=LARGEST_BODY,
        limits={"/verify": _LARGEST_TO_VERIFY},
    )  # fmt: skip
    if is_described:
        _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Have the app's description hold what is named in it, but given by no route."""
    from pydantic.json_schema import models_json_schema

    from wortlaut.ui.api.schemas import ClaimToVerify, Problem

    describe = app.openapi

    def describe_whole() -> dict[str, Any]:
        described = describe()
        _, found = models_json_schema(
            [(Problem, "serialization"), (ClaimToVerify, "validation")],
            ref_template="#/components/schemas/{model}",
        )
        described["components"]["schemas"] |= found["$defs"]
        return described

    app.openapi = describe_whole  # type: ignore[method-assign]
