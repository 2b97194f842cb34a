"""An address like OpenAI's: `/v1/chat/completions` and `/v1/models`, so that chat clients can ask.

The conversation is what the client sends: its user's words are the questions. What it tells a model
to be or to do is not obeyed. Imported only where something is served.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from wortlaut.rag.answer import Answer, Mode
from wortlaut.ui.api.asking import Answerer, Enquiry, keep_last
from wortlaut.ui.api.citing import Growth, Locate, count_tokens, find_address, write_end
from wortlaut.ui.api.pool import AnswerPool
from wortlaut.ui.api.problems import JsonResponse, Unanswered, describe_error, explain
from wortlaut.ui.terminal.printing import dump_line

_MODELS: dict[str, Mode | None] = {
    "wortlaut": None, "wortlaut-extractive": "extractive", "wortlaut-llm": "llm",
}  # fmt: skip
# Clients have models name chats, find tags and search words: it is the client that speaks then.
_TASK = re.compile(r"\s*#{1,4} ?Task:", re.IGNORECASE)
_NO_TASK = (
    "Wortlaut answers questions from its archive, in the archive's words; it writes nothing else."
)
_NO_STORE = {"cache-control": "no-store"}
_DONE = "data: [DONE]\n\n"


class _Sent(BaseModel):
    """What clients send beside what is read here is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ContentPart(_Sent):
    """A part of a message."""

    type: str
    text: str | None = None


class SentMessage(_Sent):
    """A message of the conversation."""

    role: str
    content: str | list[ContentPart] | None = None


class StreamOptions(_Sent):
    """What comes with a stream."""

    include_usage: bool = False


class ResponseFormat(_Sent):
    """What kind of text is wanted."""

    type: str = "text"


class CompletionRequest(_Sent):
    """A conversation whose last question is to be answered."""

    model: str = "wortlaut"
    messages: list[SentMessage] = Field(min_length=1, max_length=10_000)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    tool_choice: Any = None
    response_format: ResponseFormat | None = None


@dataclass(frozen=True, slots=True)
class _Conversation:
    """The last question, those before it, and what reading them is reckoned to cost."""

    question: str
    history: tuple[str, ...]
    tokens: int

    @property
    def is_task(self) -> bool:
        """Whether it is the client that has the model do something, and nobody who asks."""
        return bool(_TASK.match(self.question))


class CompletionRoutes:
    """What `/v1` answers; `has_page` tells whether articles can be read at this server's `/a/…`."""

    def __init__(self, answerer: Answerer, pool: AnswerPool, *, has_page: bool = True) -> None:
        self._answerer = answerer
        self._pool = pool
        self._has_page = has_page
        self._started = int(time.time())

    def make_router(self) -> APIRouter:
        """All of them."""
        router = APIRouter()
        router.add_api_route("/models", self.list_models, methods=["GET"])
        router.add_api_route("/models/{name:path}", self.show_model, methods=["GET"])
        router.add_api_route("/chat/completions", self.complete, methods=["POST"])
        return router

    def _list_names(self) -> list[str]:
        has_model = self._answerer.chat.has_model
        return [name for name, mode in _MODELS.items() if mode != "llm" or has_model]

    def _describe_model(self, name: str) -> dict[str, Any]:
        return {"id": name, "object": "model", "created": self._started, "owned_by": "wortlaut"}

    async def list_models(self) -> Response:
        """The models: how an answer is written."""
        return JsonResponse(
            {"object": "list", "data": [self._describe_model(name) for name in self._list_names()]}
        )

    async def show_model(self, name: str) -> Response:
        """One of them."""
        self._check_model(name)
        return JsonResponse(self._describe_model(name))

    def _check_model(self, name: str) -> None:
        if name not in self._list_names():
            known = ", ".join(self._list_names())
            raise Unanswered(
                404, f"there is no model {name[:80]!r}; there are: {known}",
                field="model", code="model_not_found",
            )  # fmt: skip

    async def complete(self, request: Request, asked: CompletionRequest) -> Response:
        """Answer the last question of the conversation."""
        self._check_model(asked.model)
        _refuse_unable(asked)
        talk = _read_conversation(asked.messages)
        chunks = _Chunks(asked.model, talk.tokens)
        if talk.is_task:
            return _respond_at_once(asked, chunks, _NO_TASK)
        enquiry = Enquiry(talk.question, keep_last(talk.history), mode=_MODELS[asked.model])
        base = str(request.base_url)
        locate = partial(find_address, base=base, has_page=self._has_page)
        if asked.stream:
            answers = self._pool.stream(
                lambda is_left: self._answerer.stream(enquiry, is_left), request.is_disconnected
            )
            # What is wrong from the start is told by the status.
            first = await anext(answers)
            is_counted = asked.stream_options is not None and asked.stream_options.include_usage
            return _stream(chunks.write(first, answers, locate, is_counted=is_counted))
        answer = await self._pool.run(
            lambda is_left: self._answerer.stream(enquiry, is_left), request.is_disconnected
        )
        _, cited = Growth().finish(answer)
        return JsonResponse(
            chunks.write_whole(
                cited.text + write_end(answer, locate), cited.annotate(answer, locate)
            ),
            headers=_NO_STORE,
        )


class _Chunks:
    """The pieces of one completion, as OpenAI's clients read them."""

    def __init__(self, model: str, prompt_tokens: int) -> None:
        self._model = model
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._prompt_tokens = prompt_tokens

    def _describe(
        self, kind: Literal["chat.completion", "chat.completion.chunk"]
    ) -> dict[str, Any]:
        return {
            "id": self._id, "object": kind, "created": self._created, "model": self._model,
        }  # fmt: skip

    def _count(self, text: str) -> dict[str, int]:
        written = count_tokens([text])
        return {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": written,
            "total_tokens": self._prompt_tokens + written,
        }

    def write_whole(self, text: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
        """The whole completion."""
        message = {
            "role": "assistant", "content": text, "refusal": None, "annotations": annotations,
        }  # fmt: skip
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._describe("chat.completion") | {"choices": [choice], "usage": self._count(text)}

    async def write(
        self, first: Answer, answers: AsyncIterator[Answer], locate: Locate, *, is_counted: bool
    ) -> AsyncIterator[str]:
        """The completion as events, while the answer grows."""
        growth, answer = Growth(), first
        try:
            yield self.write_beginning(is_counted)
            if new := growth.grow(first):
                yield self._write_delta({"content": new}, is_counted)
            async for answer in answers:
                if new := growth.grow(answer):
                    yield self._write_delta({"content": new}, is_counted)
        except Exception as error:
            yield f"data: {dump_line(describe_error(explain(error)), is_tight=True)}\n\n"
            return
        rest, cited = growth.finish(answer)
        end = write_end(answer, locate)
        annotations = cited.annotate(answer, locate)
        for event in self.write_end(rest + end, cited.text + end, annotations, is_counted):
            yield event

    def write_beginning(self, is_counted: bool) -> str:
        """The first event: who speaks."""
        return self._write_delta({"role": "assistant", "content": ""}, is_counted)

    def write_end(
        self, rest: str, text: str, annotations: list[dict[str, Any]], is_counted: bool
    ) -> list[str]:
        """The last events: what is left of the text, its annotations, why it ends, what it cost."""
        delta = {"content": rest, "annotations": annotations}
        events = [self._write_delta(delta, is_counted), self._write_delta({}, is_counted, "stop")]
        if is_counted:
            events.append(self._write({"choices": [], "usage": self._count(text)}))
        return [*events, _DONE]

    def _write_delta(
        self, delta: dict[str, Any], is_counted: bool, reason: str | None = None
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        counted = {"usage": None} if is_counted else {}
        return self._write({"choices": [choice]} | counted)

    def _write(self, rest: dict[str, Any]) -> str:
        return (
            f"data: {dump_line(self._describe('chat.completion.chunk') | rest, is_tight=True)}\n\n"
        )


def _respond_at_once(asked: CompletionRequest, chunks: _Chunks, text: str) -> Response:
    if not asked.stream:
        return JsonResponse(chunks.write_whole(text, []), headers=_NO_STORE)
    is_counted = asked.stream_options is not None and asked.stream_options.include_usage

    async def write() -> AsyncIterator[str]:
        yield chunks.write_beginning(is_counted)
        for event in chunks.write_end(text, text, [], is_counted):
            yield event

    return _stream(write())


def _stream(events: AsyncIterator[str]) -> Response:
    async def encode() -> AsyncIterator[bytes]:
        async for event in events:
            yield event.encode("utf-8", "replace")

    return StreamingResponse(
        encode(), media_type="text/event-stream", headers=_NO_STORE | {"x-accel-buffering": "no"}
    )


def _refuse_unable(asked: CompletionRequest) -> None:
    """Return if all that a client insists on can be done; what it merely wishes is passed over."""
    if asked.n is not None and asked.n != 1:
        raise Unanswered(
            400, "there is one answer to a question; leave out n, or set it to 1", field="n"
        )
    if asked.tool_choice == "required" or isinstance(asked.tool_choice, dict):
        raise Unanswered(
            400, "Wortlaut calls no tools; leave out tool_choice, or set it to auto",
            field="tool_choice",
        )  # fmt: skip
    if asked.response_format is not None and asked.response_format.type != "text":
        raise Unanswered(
            400, "answers are text; leave out response_format, or ask /api/v1/ask for JSON",
            field="response_format",
        )  # fmt: skip


def _read_conversation(messages: list[SentMessage]) -> _Conversation:
    """The user's questions; raises Unanswered where there is none, or something that is no text."""
    texts = [(message.role, _read_text(message)) for message in messages]
    questions = [text for role, text in texts if role == "user" and text.strip()]
    if not questions:
        raise Unanswered(
            400, "no message of the user holds a question; send one with the role user",
            field="messages",
        )  # fmt: skip
    *earlier, question = questions
    history = tuple(text for text in earlier if not _TASK.match(text))
    return _Conversation(question, history, count_tokens(text for _, text in texts))


def _read_text(message: SentMessage) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    for part in message.content:
        if part.type not in ("text", "input_text", "output_text", "refusal"):
            raise Unanswered(
                400, f"a part of the type {part.type[:40]!r} cannot be read; send text alone",
                field="messages", code="unsupported_content",
            )  # fmt: skip
    return "\n".join(part.text or "" for part in message.content)
