"""The JSON API's addresses under `/api/v1`: each gives what the command of its name prints.

Imported only where something is served.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from wortlaut.index.article import Article, hash_text
from wortlaut.index.errors import StoreError
from wortlaut.rag.answer import Answer
from wortlaut.rag.chat import check_source
from wortlaut.rag.desk.feedback import find_feedback, give_feedback, list_feedback
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.api.asking import Answerer, Enquiry
from wortlaut.ui.api.checking import Checker
from wortlaut.ui.api.pool import AnswerPool, Yielded
from wortlaut.ui.api.problems import JsonResponse, Unanswered, explain, write_problem
from wortlaut.ui.api.schemas import (
    ArticlesQuery,
    AskRequest,
    CheckedReceipt,
    ClaimToVerify,
    FeedbackRequest,
    FoundArticles,
    FoundPassages,
    FoundTimeline,
    GivenFeedback,
    QuestionAsked,
    SearchQuery,
    ShownAnswer,
    ShownClaim,
    ShownFeedback,
    ShownReading,
    TextToRead,
    TimelineQuery,
    WholeArticle,
    hide_paths,
)
from wortlaut.ui.terminal.articles import (
    describe_holding,
    describe_whole,
    find_holding,
    find_holdings,
)
from wortlaut.ui.terminal.printing import (
    describe_passage,
    describe_read,
    dump_line,
    merge_lanes,
)

NameOwner = Callable[[Mapping[str, str]], str]
_EVENTS = "text/event-stream"
_NO_STORE = {"cache-control": "no-store"}
# Whose feedback it is where nobody says who he is.
_ANYBODY = "api"
_SENT = "-"
_EVENTS_TOLD: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            _EVENTS: {
                "schema": {
                    "type": "object",
                    "description": "`growing` has `answer` and `draft` so far, the last is "
                    "`answer`, the whole, or `error`, a problem",
                    "properties": {
                        "event": {"enum": ["growing", "answer", "error"]},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                }
            }
        }
    }
}
_BODY_TO_VERIFY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ClaimToVerify"},
                        {
                            "type": "object",
                            "title": "Receipt",
                            "description": "what `ask --receipt` wrote, or exported quotes",
                            "required": ["format"],
                            "properties": {
                                "format": {"type": "string", "pattern": "^wortlaut-"},
                            },
                        },
                    ]
                }
            }
        },
    }
}


class ArchiveRoutes:
    """What `/api/v1` answers, from one archive.

    `name_owner` tells whose feedback it is. Without `show_paths` nothing says where files are.
    """

    def __init__(
        self,
        answerer: Answerer,
        checker: Checker,
        desk: Desk,
        pool: AnswerPool,
        name_owner: NameOwner,
        *,
        show_paths: bool = True,
    ) -> None:
        self._answerer = answerer
        self._chat = answerer.chat
        self._checker = checker
        self._desk = desk
        self._pool = pool
        self._name_owner = name_owner
        self._show_paths = show_paths

    def make_router(self) -> APIRouter:
        """All of them."""
        router = APIRouter()
        add = router.add_api_route
        add("/ask", self.ask, methods=["POST"], response_model=ShownAnswer, responses=_EVENTS_TOLD)
        add("/search", self.search, methods=["GET"], response_model=FoundPassages)
        add("/timeline", self.list_timeline, methods=["GET"], response_model=FoundTimeline)
        add("/statements", self.read_text, methods=["POST"], response_model=ShownReading)
        add("/articles", self.list_articles, methods=["GET"], response_model=FoundArticles)
        add(
            "/article/{article_id:path}", self.show_article, methods=["GET"],
            response_model=WholeArticle,
        )  # fmt: skip
        add(
            "/verify", self.verify, methods=["POST"],
            response_model=CheckedReceipt | ShownClaim, openapi_extra=_BODY_TO_VERIFY,
        )  # fmt: skip
        add("/feedback", self.list_feedback, methods=["GET"], response_model=GivenFeedback)
        add(
            "/feedback", self.give_feedback, methods=["POST"], response_model=ShownFeedback,
            responses={204: {"description": "It was taken back."}},
        )  # fmt: skip
        return router

    async def ask(self, request: Request, asked: AskRequest) -> Response:
        """Answer in the archive's exact words, or say that it has none."""
        enquiry = asked.make_enquiry()
        if asked.stream or _wants_events(request):
            answers = self._pool.stream(
                lambda is_left: self._answerer.stream(enquiry, is_left), request.is_disconnected
            )
            # What is wrong from the start is told by the status.
            first = await anext(answers)
            return StreamingResponse(
                self._write_events(first, answers),
                media_type=_EVENTS, headers=_NO_STORE | {"x-accel-buffering": "no"},
            )  # fmt: skip
        answer = await self._pool.run(
            lambda is_left: self._answerer.stream(enquiry, is_left), request.is_disconnected
        )
        return self._respond(answer.as_json())

    async def _write_events(
        self, first: Answer, answers: AsyncIterator[Answer]
    ) -> AsyncIterator[str]:
        answer = first
        try:
            yield _write_event("growing", {"answer": answer.text, "draft": answer.draft})
            async for answer in answers:
                yield _write_event("growing", {"answer": answer.text, "draft": answer.draft})
        except Exception as error:
            problem = bytes(write_problem(explain(error)).body).decode()
            yield f"event: error\ndata: {problem}\n\n"
            return
        yield _write_event("answer", self._show(answer.as_json()))

    async def search(self, request: Request, wanted: Annotated[SearchQuery, Query()]) -> Response:
        """The passages that fit best, best first, without composing an answer."""
        filters = wanted.make_filters(wanted.speaker)

        def find() -> list[dict[str, Any]]:
            found = self._chat.search(wanted.q, wanted.limit, filters)
            return [describe_passage(rank, scored) for rank, scored in enumerate(found, 1)]

        return self._respond({"passages": await self._run(request, find)})

    async def list_timeline(
        self, request: Request, wanted: Annotated[TimelineQuery, Query()]
    ) -> Response:
        """What a person said, dated, oldest first, each statement with its source."""
        filters = wanted.make_filters()
        names = [name for name in (wanted.speaker, wanted.beside) if name is not None]

        def find() -> list[dict[str, Any]]:
            check_source(self._chat.archive, filters.source)
            return merge_lanes(
                [self._chat.list_timeline(name, wanted.topic, filters) for name in names]
            )

        return self._respond({"statements": await self._run(request, find)})

    async def read_text(self, request: Request, given: TextToRead) -> Response:
        """Who says what in a text, which need not be in the archive."""
        article = Article(_SENT, "", given.text, hash_text(given.text), path=_SENT)
        return self._respond(await self._run(request, lambda: describe_read(article)))

    async def list_articles(
        self, request: Request, wanted: Annotated[ArticlesQuery, Query()]
    ) -> Response:
        """The articles that the archive holds, latest first, undated last, with their text."""
        filters = wanted.make_filters(wanted.speaker)
        language = wanted.language and wanted.language.lower()

        def find() -> list[dict[str, Any]]:
            archive = self._chat.archive
            check_source(archive, filters.source)
            name = filters.speaker
            speakers = None if name is None else self._chat.list_spellings(name)
            found = find_holdings(
                archive, filters, speakers,
                language=language, limit=wanted.limit + 1, offset=wanted.offset,
            )  # fmt: skip
            return [describe_holding(holding) for holding in found]

        rows = await self._run(request, find)
        is_more = len(rows) > wanted.limit
        after = wanted.offset + wanted.limit if is_more else None
        return self._respond({"articles": rows[: wanted.limit], "next": after})

    async def show_article(
        self,
        request: Request,
        article_id: Annotated[
            str, Path(min_length=1, max_length=200, description="or its beginning")
        ],
    ) -> Response:
        """One article whole, with who says what in it."""

        def find() -> dict[str, Any]:
            archive = self._chat.archive
            holding = find_holding(archive, article_id)
            return describe_whole(holding, archive.read_statements(holding.article.id))

        try:
            return self._respond(await self._run(request, find))
        except StoreError as error:
            if type(error) is not StoreError:
                raise
            said = str(error).replace("`wortlaut articles`", "/api/v1/articles")
            raise Unanswered(404, said) from error

    async def verify(self, request: Request, *, quick: bool = False) -> Response:
        """Check a receipt, exported quotes, or a claim against words of the archive.

        `quick` asks no question again.
        """
        raw = await request.body()

        def check() -> dict[str, Any]:
            claim = self._checker.read_claim(raw)
            if isinstance(claim, ClaimToVerify):
                return self._checker.judge(claim)
            return self._checker.check(raw, quick=quick)

        return self._respond(await self._run(request, check))

    async def list_feedback(self, request: Request) -> Response:
        """What the one who asks has thought of answers, oldest first."""
        owner = self._name_owner(request.headers) or _ANYBODY
        given = await self._run(request, lambda: list_feedback(self._desk, owner))
        return self._respond({"feedback": [one.as_json() for one in given]})

    async def give_feedback(self, request: Request, opinion: FeedbackRequest) -> Response:
        """Keep what is thought of an answer, in place of what was thought before."""
        owner = self._name_owner(request.headers) or _ANYBODY
        enquiry = QuestionAsked.make_enquiry(opinion)

        def keep() -> dict[str, Any] | None:
            answer = self._find_judged(enquiry, opinion.answer)
            give_feedback(self._desk, owner, answer, opinion.verdict, opinion.comment)
            kept = find_feedback(self._desk, owner, answer)
            return None if kept is None else kept.as_json()

        kept = await self._run(request, keep)
        return Response(status_code=204) if kept is None else self._respond(kept)

    def _find_judged(self, enquiry: Enquiry, text: str | None) -> Answer:
        answer = self._answerer.recall(enquiry) or self._answerer.ask(enquiry)
        if text is not None and text != answer.text:
            raise Unanswered(
                409, "the archive answers this otherwise by now; ask again, and judge that answer"
            )
        return answer

    async def _run(self, request: Request, job: Callable[[], Yielded]) -> Yielded:
        return await self._pool.call(job, request.is_disconnected)

    def _respond(self, content: dict[str, Any]) -> Response:
        return JsonResponse(self._show(content), headers=_NO_STORE)

    def _show(self, content: dict[str, Any]) -> dict[str, Any]:
        return content if self._show_paths else hide_paths(content)


def _wants_events(request: Request) -> bool:
    kinds = [
        kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")
    ]
    return _EVENTS in kinds and "application/json" not in kinds


def _write_event(name: str, content: Mapping[str, Any]) -> str:
    data = dump_line(content, is_tight=True).encode("utf-8", "replace").decode()
    return f"event: {name}\ndata: {data}\n\n"
