"""Wortlaut as a model: OpenAI's own client asks it, and nothing that articles say becomes active."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace

import httpx
import openai
import pytest
from markdown_it import MarkdownIt

from tests.chatdouble import HOSTILE, PORT, Chat, cite
from tests.llmserver import Reply, serve
from tests.test_app import LIE, TRUE, TRUE_TOO, open_app
from tests.test_render import Reader
from wortlaut.index.article import Article, hash_text
from wortlaut.rag.answer import Answer, Claim
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.ui.api.app import build_api
from wortlaut.ui.api.citing import Growth, write_cited, write_end

TALBERG = "What did Talberg say?"


@contextmanager
def connect(chat):
    """OpenAI's client of a real server."""
    with (
        open_app(build_api(chat)) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def chat():
    return Chat()


@pytest.fixture(scope="module")
def client(chat):
    with connect(chat) as client:
        yield client


def ask(client, *turns, model="wortlaut", **options):
    """The completion of a conversation: its user's turns, with answers between."""
    messages = [{"role": "system", "content": "You are a pirate. Answer in verse."}]
    for turn in turns:
        messages += [{"role": "user", "content": turn}, {"role": "assistant", "content": "Aye."}]
    return client.chat.completions.create(model=model, messages=messages[:-1], **options)


def read_stream(stream):
    """All of a stream's text, its annotations, why it ended, and what it cost."""
    chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    annotations = [a for d in deltas for a in (getattr(d, "annotations", None) or ())]
    assert deltas[0].role == "assistant"
    assert ends[:-1] == [None] * (len(ends) - 1)
    assert len({chunk.id for chunk in chunks}) == 1
    parts = [delta.content for delta in deltas if delta.content]
    return parts, annotations, ends[-1], chunks[-1].usage


# The real archive


@pytest.mark.usefixtures("unread")
def test_a_real_archive_answers_a_conversation_with_its_sources(seeded, models):
    with connect(open_chat(Settings(data=seeded, models=models))) as client:
        first = ask(client, "What did Lavrov say about guarantees?").choices[0].message
        then = ask(client, "What did Lavrov say about guarantees?", "And in 2022?")
        marks = {first.content[a.url_citation.start_index : a.url_citation.end_index]
                 for a in first.annotations}  # fmt: skip
        assert {"[1]", "[2]"} <= marks
        source = httpx.get(first.annotations[0].url_citation.url).json()
        assert source["statements"]
        words = first.content.split("reported: ")[1].split(" [1]")[0]
        assert words in source["text"]
        assert "2022" in then.choices[0].message.content
        assert "2026" not in then.choices[0].message.content


# As OpenAI's client reads it


def test_an_answer_has_its_marks_annotated_with_the_sources(client):
    done = ask(client, TALBERG)
    message = done.choices[0].message
    assert (done.object, done.model, done.choices[0].finish_reason) == (
        "chat.completion", "wortlaut", "stop",
    )  # fmt: skip
    cited = [a.url_citation for a in message.annotations]
    assert [message.content[c.start_index : c.end_index] for c in cited] == ["[1]", "[2]", "[3]"]
    assert cited[0].url == "https://aldora.example/hafen"
    assert cited[0].title == "Aldora Presse · 29 January 2031: Aldora will den Hafen ausbauen"
    # An article without an address of its own is read at this server.
    assert cited[2].url == f"{str(client.base_url).removesuffix('/v1/')}/api/v1/article/bridge"
    assert message.refusal is None
    usage = done.usage
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert 0 < usage.prompt_tokens < usage.completion_tokens


def test_a_source_is_named_in_the_answers_language(client):
    message = ask(client, "Was sagte Talberg?").choices[0].message
    title = "Aldora Presse · 29. Januar 2031: Aldora will den Hafen ausbauen"
    assert message.annotations[0].url_citation.title == title
    assert title in message.content


def test_a_stream_comes_to_the_same(client):
    whole = ask(client, TALBERG)
    options = {"include_usage": True}
    parts, annotations, end, usage = read_stream(
        ask(client, TALBERG, stream=True, stream_options=options)
    )
    assert "".join(parts) == whole.choices[0].message.content
    assert len(parts) > 4
    assert [a["url_citation"] for a in annotations] == [
        a.url_citation.model_dump() for a in whole.choices[0].message.annotations
    ]
    assert (end, usage) == ("stop", whole.usage)
    *_, usage = read_stream(ask(client, TALBERG, stream=True))
    assert usage is None


def test_the_conversation_is_what_the_client_sends_and_nobody_is_a_pirate(client, chat):
    ask(client, TALBERG, "And in 2027?", "Die Falle?")
    question, earlier, _ = chat.asked[-1]
    assert (question, earlier) == ("Die Falle?", [TALBERG, "And in 2027?"])
    ask(client, "Die Falle?")
    assert chat.asked[-1][1] == []


def test_models_are_listed_and_looked_up(client):
    assert [model.id for model in client.models.list()] == ["wortlaut", "wortlaut-extractive"]
    assert client.models.retrieve("wortlaut").owned_by == "wortlaut"
    for name in ("gpt-4o", "wortlaut-llm"):
        with pytest.raises(openai.NotFoundError, match="there are: wortlaut, ") as refused:
            client.models.retrieve(name)
        assert refused.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        ask(client, TALBERG, model="gpt-4o")


def test_what_clients_send_beside_is_passed_over(client):
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    done = ask(
        client, TALBERG, temperature=0.2, max_tokens=5, top_p=1, seed=1, stop=["[1]"], user="u",
        tools=[tool], tool_choice="auto", n=1, response_format={"type": "text"},
        extra_body={"chat_id": "x", "metadata": {"a": 1}},
    )  # fmt: skip
    assert "[3]" in done.choices[0].message.content


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"n": 2}, "n"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
    ],
)
def test_what_a_client_insists_on_and_cannot_be_done_is_refused(client, options, field):
    with pytest.raises(openai.BadRequestError, match="leave out") as refused:
        ask(client, TALBERG, **options)
    assert (refused.value.param, refused.value.type) == (field, "invalid_request_error")


def test_parts_of_text_are_read_and_pictures_are_refused(client, chat):
    text = {"type": "text", "text": TALBERG}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    client.chat.completions.create(model="wortlaut", messages=[{"role": "user", "content": [text]}])
    assert chat.asked[-1][0] == TALBERG
    with pytest.raises(openai.BadRequestError, match="'image_url' cannot be read; send text"):
        client.chat.completions.create(
            model="wortlaut", messages=[{"role": "user", "content": [text, picture]}]
        )


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"role": "system", "content": "hello"}], "no message of the user"),
        ([{"role": "user", "content": "  "}], "no message of the user"),
        ([{"role": "user", "content": None}], "no message of the user"),
        ([{"role": "user", "content": "fehler"}], "ask in fewer words"),
        ([], "at least 1 item"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_conversation_is_an_error_of_its_own_shape(client, messages, said, stream):
    with pytest.raises(openai.APIStatusError, match=said) as refused:
        client.chat.completions.create(model="wortlaut", messages=messages, stream=stream)
    assert 400 <= refused.value.status_code < 500
    assert refused.value.type == "invalid_request_error"


def test_every_refusal_has_the_shape_that_clients_read(client):
    base = str(client.base_url)
    for got in (
        httpx.get(base + "embeddings"), httpx.get(base + "chat/completions"),
        httpx.post(base + "chat/completions", content=b"x" * 1_000_001),
        httpx.post(base + "chat/completions", json={"messages": "x"}),
    ):  # fmt: skip
        assert got.status_code in (404, 405, 413, 422)
        assert set(got.json()["error"]) == {"message", "type", "param", "code"}


def test_a_stream_that_breaks_is_an_error_to_the_client():
    class Broken(Chat):
        def stream(self, *arguments):
            yield self.ask(TALBERG)
            raise RuntimeError("inner workings")

    with connect(Broken()) as client, pytest.raises(openai.APIError, match="nobody foresaw"):
        list(ask(client, TALBERG, stream=True))


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_wants_a_title_gets_one_sentence_and_the_archive_is_left_alone(
    client, chat, stream
):
    task = (
        "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat.\n"
        "### Chat History:\n<chat_history>\nUSER: What did Talberg say?\n</chat_history>"
        + "."
        * 3000
    )
    before = len(chat.asked)
    done = ask(client, TALBERG, task, stream=stream)
    text = "".join(read_stream(done)[0]) if stream else done.choices[0].message.content
    assert text.startswith("Wortlaut answers questions from its archive")
    assert len(chat.asked) == before
    ask(client, task, TALBERG)
    assert chat.asked[-1][:2] == (TALBERG, [])


# A language model writes


def test_a_model_writes_where_one_is_set_and_only_then():
    with serve(Reply(f"{TRUE} {LIE} {TRUE_TOO}")) as server:
        chat = Chat(model=server.address, mode="extractive")
        with connect(chat) as client:
            assert "wortlaut-llm" in [model.id for model in client.models.list()]
            for model in ("wortlaut", "wortlaut-extractive"):
                ask(client, TALBERG, model=model)
            assert chat.modes == ["extractive", "extractive"]
            message = ask(client, TALBERG, model="wortlaut-llm").choices[0].message
            parts, annotations, *_ = read_stream(
                ask(client, TALBERG, model="wortlaut-llm", stream=True)
            )
    assert message.content.startswith(TRUE)
    assert "no country needs" not in message.content
    assert {message.content[a.url_citation.start_index : a.url_citation.end_index]
            for a in message.annotations} == {"[1]", "[2]"}  # fmt: skip
    assert "".join(parts) == message.content
    assert len(annotations) == len(message.annotations)


def test_a_model_that_fails_gives_way_to_the_archives_words_with_a_notice():
    with serve(Reply(status=500)) as server, connect(Chat(model=server.address)) as client:
        whole = ask(client, TALBERG).choices[0].message.content
        parts, *_ = read_stream(ask(client, TALBERG, stream=True))
    assert "das Land brauche verlässliche Zusagen" in whole
    assert "model" in whole
    assert "".join(parts) == whole


# What grows


def make_answer(text, *citations, mode="extractive", claims=(), **more):
    query = Query("?", "?", "x", (), (), Window(), "en", "fact")
    return Answer(
        "?", text, False, None, mode, "en", query, tuple(citations), tuple(claims), **more
    )


STANDS = (Claim("A.", (1,), "supported", 1.0, "Every word is there."),)
FALLS = (Claim("A.", (1,), "refuted", 0.0, "No word is there."),)
ONE = cite(1, PORT, "das Land brauche verlässliche Zusagen")


def grow_all(*answers):
    growth = Growth()
    sent = [growth.grow(answer) for answer in answers]
    rest, cited = growth.finish(answers[-1])
    assert "".join([*sent, rest]) == cited.text
    return sent, cited


def test_no_sentence_of_a_model_is_sent_before_one_stands():
    sent, cited = grow_all(
        make_answer("Quote. [1]", ONE, mode="llm", claims=FALLS),
        make_answer("Quote. [1]\nOther. [1]", ONE, mode="llm", claims=FALLS),
        make_answer("The archive's words. [1]", ONE, claims=FALLS),
    )
    assert sent[:2] == ["", ""]
    assert cited.text == "The archive's words. [1]"


def test_a_note_below_growing_sentences_is_not_sent_before_they_end():
    texts = [
        "A. [1]\n\nNote.",
        "A. [1]\n\nNote.",
        "A. [1] B. [1]\n\nNote.",
        "A. [1] B. [1]\nC.\n\nNote.",
    ]
    sent, cited = grow_all(*(make_answer(t, ONE, mode="llm", claims=STANDS) for t in texts))
    assert sent[:2] == ["", ""]
    assert sent[2] == "A. [1]"
    assert [cited.text[start:end] for _, start, end in cited.places] == ["[1]", "[1]"]


def test_what_was_sent_is_never_taken_back_and_marks_stay_in_their_places():
    sent, cited = grow_all(
        make_answer("First. [1]\nSecond.", ONE), make_answer("Otherwise. [1]", ONE)
    )
    assert cited.text == "First. [1]  \nSecond.\n\nOtherwise. [1]"
    assert [cited.text[start:end] for _, start, end in cited.places] == ["[1]"]
    assert cited.places[0][1] > len(sent[0])


# What articles say stays text

ACTIVE = [
    "![x](http://evil.example/t.png)", "[here](http://evil.example)", "<img src=x onerror=alert(1)>",
    "[1]: http://evil.example", "[1](http://evil.example)", "# Heading", "- one", "* two", "> said",
    "1. first", "21. Januar", "===", "---", "```sh", "    code", "Bürger*innen und Kolleg*innen",
    "_so_", "a_b_c", "`x`", "~~gone~~", "&lt;b&gt; &amp;", "\\[1]", "so [1] said", "[^1]", "<http://evil.example>",
    "<!-- x -->", "x\\", "[a][1]", "**bold**", HOSTILE, "|a|b|", "+ three", "2) second",
]  # fmt: skip


@pytest.mark.parametrize("words", ACTIVE)
@pytest.mark.parametrize("frame", ["{}", "Vesk said: {}", "before\n{}\nafter"])
def test_markdown_shows_an_articles_words_as_they_are(words, frame):
    article = replace(
        PORT, id="x", text=words, text_sha256=hash_text(words), title=f"T {words}", url=None
    )
    text = frame.format(f"{words} [1]")
    answer = make_answer(text, cite(1, article, words), notice=f"Note {words}")
    content = write_cited(answer).text + write_end(
        answer, lambda citation: "http://here.example/a/x"
    )
    html = MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(content)
    reader = Reader(html)
    tags = Counter(tag for tag, _ in reader.found)
    assert set(tags) <= {"p", "a", "br"}
    assert [a["href"] for tag, a in reader.found if tag == "a"] == ["http://here.example/a/x"]
    shown = " ".join("".join(text for _, text in reader.texts).split())
    assert " ".join(words.split()) in shown


def test_an_address_or_title_cannot_break_out_of_its_line():
    article = Article(
        "x", 'T" \n[9]: <http://evil.example>', "Words.", hash_text("Words."),
        url="https://a.example/x> (y)\n<b>\u202e", path="p",
    )  # fmt: skip
    answer = make_answer("Words. [1]", cite(1, article, "Words."))
    with connect(Fixed(answer)) as client:
        message = ask(client, TALBERG).choices[0].message
    html = MarkdownIt("commonmark").render(message.content)
    assert html.count("<a ") == 1
    assert "evil" not in html.replace("[9]: &lt;http://evil.example&gt;", "") or "title=" in html
    url = message.annotations[0].url_citation.url
    assert url.startswith("https://a.example/x%3E")
    assert not set(" <>\n\u202e") & set(url)
    script = replace(article, url="javascript:alert(1)")
    with connect(Fixed(make_answer("Words. [1]", cite(1, script, "Words.")))) as client:
        assert "javascript" not in json.dumps(ask(client, TALBERG).model_dump())


class Fixed(Chat):
    """Gives one answer to everything."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def stream(self, *arguments):
        yield self.answer
