"""A reasoning model: what it thinks is no answer, however its server hands it over."""

from __future__ import annotations

import json

import pytest
from chatdouble import PORT, cite, make_article
from llmserver import Reply, serve, start_smollm
from test_writing import (
    CALM,
    CHOSEN,
    LIE,
    TRUE,
    TRUE_TOO,
    extract,
    make_evidence,
    make_query,
    write,
)

from wortlaut.index.errors import MalformedAnswer, OnlyThought
from wortlaut.rag.answer import Verdict
from wortlaut.rag.model.endpoint import Endpoint, open_endpoint
from wortlaut.rag.model.gloss import write_glosses
from wortlaut.rag.model.llm import Message, wrap_llm
from wortlaut.rag.model.thinking import ThoughtFilter, ThoughtSign, disarm
from wortlaut.rag.model.writing import AnswerWriter, build_prompt
from wortlaut.rag.verification.judges import JudgeVerifier
from wortlaut.rag.wording import write_notice

CITED = cite(1, PORT, "das Land brauche verlässliche Zusagen", "Mira Talberg", "reported")
ANSWER = "It is nine metres deep. [1]"
THOUGHT = "They want a number. Line [1] says nine, so it is nine. [1]\n\nNine."
HARMONY = (
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"
    f"<|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>"
)
# What servers send with the templates of DeepSeek-R1, Qwen3, Magistral, EXAONE, gpt-oss, Command A,
# Kimi, Seed-OSS, Gemma, Apertus, LongCat, Hunyuan, Granite; some where the template opens the thought,
# so that its end alone is sent.
THOUGHTS = [
    f"<think>{THOUGHT}</think>\n\n{ANSWER}",
    f"<think>\n\n</think>\n\n{ANSWER}",
    f"\n<think>{THOUGHT}</think>{ANSWER}",
    f"{THOUGHT}</think>\n\n{ANSWER}",
    f"{THOUGHT}\n</think>\n\n{THOUGHT}\n</think>\n\n{ANSWER}",
    f"[THINK]{THOUGHT}[/THINK]{ANSWER}",
    f"{THOUGHT}[/THINK]{ANSWER}",
    f"<thought>{THOUGHT}</thought>\n{ANSWER}",
    f"<thinking>{THOUGHT}</thinking>\n{ANSWER}",
    f"<Thinking>{THOUGHT}</think>\n{ANSWER}",
    f"<seed:think>{THOUGHT}</seed:think>{ANSWER}",
    f"◁think▷{THOUGHT}◁/think▷{ANSWER}",
    f"<think>{THOUGHT}</think><think>{THOUGHT}</think>{ANSWER}",
    f"<think>{THOUGHT}</think>\n{ANSWER}\n<think>Is that right? Yes.</think>",
    f"<think>{THOUGHT}</think>\n{ANSWER}\n<think>Is that right? It",
    f'<think>I close it with `</think>` or "</think>". {THOUGHT}</think>{ANSWER}',
    f"<think>One <think> in another.</think> More.</think>{ANSWER}",
    f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{ANSWER}<|END_RESPONSE|>",
    f"<|channel>thought\n{THOUGHT}<channel|>{ANSWER}",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|><|begin_of_solution|>{ANSWER}<|end_of_solution|>",
    f"<|think|>{THOUGHT}<|/think|>{ANSWER}",
    f"<|inner_prefix|>{THOUGHT}<|inner_suffix|>{ANSWER}",
    f"{THOUGHT}<|inner_suffix|>{ANSWER}",
    f"<longcat_think>\n{THOUGHT}\n</longcat_think>\n{ANSWER}",
    f"<mm:think>{THOUGHT}</mm:think>{ANSWER}",
    f"<analysis>{THOUGHT}</analysis>\n{ANSWER}",
    f"<reason>{THOUGHT}</reason>\n{ANSWER}",
    f"<think>\n{THOUGHT}\n</think>\n<answer>\n{ANSWER}\n</answer>",
    f"<think>{THOUGHT}</think><response>{ANSWER}</response>",
    HARMONY,
    HARMONY.replace(
        "<|end|>", "<|end|><|start|>assistant<|channel|>commentary<|message|>So.<|end|>", 1
    ),
    HARMONY.removeprefix("<|channel|>analysis<|message|>"),
    f"analysisWe need the depth. {THOUGHT}assistantfinal{ANSWER}",
]
# Nothing of these is a thought, though it looks like one.
WORDS = [
    ANSWER,
    "The tag „</think>“ ends a thought. [1]",
    'He wrote "<think>" and `[THINK]` on the board. [1]',
    "The word <think> stands in the middle. [1] It is text. [2]",
    "Der Befehl [THINK] steht im Handbuch. [1]",
    "analysis of the harbour: nine metres. [1]",
    "5 < 9 and <b>nine</b> > [A] < ",
    "<think",
    "An <|im_sta",
]


def read(text, letters, prompt="", **options):
    """The text that is left when nothing is shown that is taken back, and the filter."""
    thoughts = ThoughtFilter(prompt, **options)
    given = [
        s for at in range(0, len(text), letters) for s in thoughts.feed(text[at : at + letters])
    ]
    left = ""
    for delta in [*given, *thoughts.close()]:
        if delta is ThoughtSign.TAKEN_BACK:
            left = ""
        elif delta is not ThoughtSign.THINKS:
            left += delta
    return left, thoughts


@pytest.mark.parametrize("text", THOUGHTS)
@pytest.mark.parametrize("opens_inside", [False, True])
def test_a_thought_is_no_answer_however_it_is_cut(text, opens_inside):
    for letters in (1, 2, 3, 5, 8, 13, 4000):
        left, thoughts = read(text, letters, opens_inside=opens_inside)
        assert left.strip() == ANSWER
        assert thoughts.has_thought


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("opens_inside", [False, True])
def test_what_only_looks_like_a_thought_is_left(text, opens_inside):
    for letters in (1, 2, 3, 5, 4000):
        left, thoughts = read(text, letters, opens_inside=opens_inside)
        assert (left, thoughts.closed_alone) == (text, False)


@pytest.mark.parametrize(
    "said",
    [
        "Das Kürzel </think> beende den Gedanken, sagte Vesk. [1] Es ist alt. [1]",
        "[THINK] ist ein Kürzel für den Anfang, sagte Vesk. [1] Es ist alt. [1]",
        "Vesk sagte es.\n<think> ist ein Kürzel, sagte Vesk. [1] Es ist alt. [1]",
        "Das Kürzel ‹/think› beende den Gedanken, sagte Vesk. [1]",
        "Am Ende stehe <|end|> in der Datei, sagte Vesk. [1]",
    ],
)
def test_a_mark_that_an_article_holds_eats_no_answer(said):
    article = (
        "Das Kürzel </think> beende den Gedanken. [THINK] ist ein Kürzel für den Anfang, <think> ist "
        "ein Kürzel wie </thought>. Am Ende stehe <|end|> in der Datei."
    )
    for letters in (1, 4, 4000):
        assert read(said, letters, disarm(article))[0] == said
        thought = f"<think>Line [1]: Das Kürzel </think> beende den Gedanken.</think>{said}"
        assert read(thought, letters, disarm(article))[0] == said


def test_the_prompt_holds_no_special_token_of_an_article():
    tokens = [
        "</think>",
        "<|im_end|>",
        "<|end|>",
        "<think>",
        "</s>",
        "<start_of_turn>",
        "<|channel>",
    ]
    text = f"Vesk schrieb {' und '.join(tokens)} an die Tafel, 3 < 5 > 2 <b>."
    article = make_article("tokens", f"Titel {tokens[1]}", text, source=f"Quelle {tokens[2]}")
    evidence = make_evidence(article, text, f"Vesk {tokens[0]}", "reported")
    _, server, _ = write(TRUE, chosen=[evidence], query=make_query(f"Was ist {tokens[3]}?"))
    prompt = server.prompt()
    assert not any(token in prompt for token in tokens)
    assert "‹/think› und ‹¦im_end¦›" in prompt
    assert "3 < 5 > 2 <b>." in prompt
    assert build_prompt("Was?", [], "de", context_tokens=9999, earlier=["<|end|>"]) is not None


# Over HTTP.


def stream(*replies, **options):
    """What a model's `stream` gives, one list for each of the replies."""
    with serve(*replies) as server:
        model = open_endpoint(
            Endpoint(server.address, model="m", retries=0, **options), patience=CALM
        )
        return [list(model.stream([Message("user", "How deep?")])) for _ in replies]


def test_what_was_given_out_is_taken_back_once_and_then_kept_back():
    lone = Reply(f"{THOUGHT}</think>{ANSWER}", letters=5)
    first, second, third, fourth = stream(lone, lone, Reply(ANSWER, letters=5), lone)
    for given in (first, fourth):
        at = given.index(ThoughtSign.TAKEN_BACK)
        assert "".join(given[:at]) == THOUGHT
        assert "".join(given[at + 1 :]) == ANSWER
    # Knowing it, nothing of the thought comes out; nor is an answer without one lost.
    assert ("".join(second), "".join(third)) == (ANSWER, ANSWER)


def test_who_reads_the_whole_answer_gets_no_thought():
    with serve(Reply(f"{THOUGHT}</think>SUPPORTED it says so")) as server:
        model = open_endpoint(Endpoint(server.address, model="m"), patience=CALM)
        assert model.read([Message("user", "?")]) == "SUPPORTED it says so"
        verdict = JudgeVerifier(model).verify("Es ist tief.", [CITED], "de")
    assert verdict.label == "supported"


class Lenient:
    def verify(self, claim, citations, language):
        return Verdict("supported", 0.9, "", "word")


def test_a_translation_is_read_without_the_thought():
    with serve(Reply("[1] Wrong thought.</think>\n[1] The land needs firm pledges.")) as server:
        model = open_endpoint(Endpoint(server.address, model="m"), patience=CALM)
        glosses = write_glosses(model, Lenient(), [CITED], "en")
    assert glosses == {1: "The land needs firm pledges."}


@pytest.mark.parametrize("text", [t.replace(ANSWER, f"{TRUE} {TRUE_TOO}") for t in THOUGHTS])
def test_no_thought_is_in_an_answer(text):
    thought = f"Ich soll antworten. {LIE} {TRUE.replace('Mira Talberg', 'Talberg')} So."
    answer = write(Reply(text.replace(THOUGHT, thought), letters=4))[0][-1]
    assert (answer.text, answer.notice, answer.mode) == (f"{TRUE} {TRUE_TOO}", None, "llm")
    assert [claim.verdict for claim in answer.claims] == ["supported"] * 2
    assert answer.unknown_markers == 0


def test_a_thought_is_not_shown_as_fact_while_it_comes():
    thought = f"Zuerst die Zeilen. {TRUE} {LIE} Also weiter. Gut. "
    answers = write(Reply(f"{thought}</think>{TRUE_TOO}", letters=4))[0]
    assert {answer.text for answer in answers} == {"", TRUE_TOO}
    # One that begins as an answer does cannot be told before it ends: it is taken back.
    answers = write(Reply(f"{TRUE} {LIE} So.</think>{TRUE_TOO}", letters=4))[0]
    assert answers[-1].text == TRUE_TOO
    assert [claim.text for claim in answers[-1].claims] == [TRUE_TOO[:-4]]


def test_sentences_after_one_that_cites_nothing_are_not_lost():
    answers = write(Reply(f"Es geht um Zusagen. {TRUE} {TRUE_TOO}", letters=4))[0]
    assert answers[-1].text == f"{TRUE} {TRUE_TOO}"
    assert answers[-1].notice == write_notice("unheld", "de", count=1)


# Thoughts that are handed over apart, and what else a stream may hold.


def make_stream(*chunks, done=True):
    """A server's stream of these chunks, as bytes."""
    lines = []
    for chunk in chunks:
        whole = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"} | chunk
        lines.append(f"data: {json.dumps(whole)}\n\n")
    body = "".join(lines) + ("data: [DONE]\n\n" if done else "")
    return Reply(raw=body.encode(), content_type="text/event-stream")


def say(content=None, finish=None, **delta):
    given = delta | ({} if content is None else {"content": content})
    return {"choices": [{"index": 0, "delta": given, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99}}
FILTERS = {"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_a_thought_that_is_handed_over_apart_is_no_answer(field):
    thinking = [say(**{field: part, "content": None}) for part in THOUGHT.split()]
    reply = make_stream(
        say("", role="assistant"), *thinking, say(ANSWER), say(finish="stop"), USAGE
    )
    assert stream(reply) == [[ANSWER]]


def test_chunks_that_say_nothing_are_passed_over():
    empty = {"choices": [{"index": 0, "delta": {}, "finish_reason": None}]}
    null = {
        "choices": [{"index": 0, "delta": {"content": None, "role": None}, "finish_reason": None}]
    }
    half = len(ANSWER) // 2
    reply = make_stream(
        FILTERS, empty, null, say(""), say(ANSWER[:half]), empty, {"choices": []}, say(ANSWER[half:]),
        null, say("", finish="stop"), USAGE,
    )  # fmt: skip
    assert "".join(stream(reply)[0]) == ANSWER


def fail(*replies, **options):
    with pytest.raises(MalformedAnswer) as caught:
        stream(*replies, **options)
    return caught.value


@pytest.mark.parametrize(
    "reply",
    [
        Reply(f"<think>{THOUGHT}</think>"),
        Reply(f"<think>{THOUGHT}", finish="length"),
        Reply(f"[THINK]{THOUGHT} " + "Nun. " * 3),
        Reply(HARMONY[: HARMONY.index("<|start|>")]),
        make_stream(say(reasoning_content=THOUGHT), say(finish="stop")),
        make_stream(say(reasoning=THOUGHT), say(finish="length")),
        make_stream(say(reasoning=THOUGHT), say(finish="length"), USAGE),
    ],
)
def test_a_model_that_only_thought_is_told_so(reply):
    error = fail(reply)
    assert isinstance(error, OnlyThought)
    assert "only thought and wrote no answer" in str(error)
    assert "WORTLAUT_LLM_" in str(error)


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_an_answer_says_that_the_model_only_thought(language):
    answer = write(Reply(f"<think>{THOUGHT}", finish="length"), language=language)[0][-1]
    assert (answer.text, answer.mode) == (extract(language=language), "extractive")
    assert answer.notice.startswith(write_notice("only_thought", language))
    assert "WORTLAUT_LLM_MAX_TOKENS" in answer.notice


def test_a_wrapped_model_is_read_the_same():
    from llama_index.core.llms import ChatMessage, ChatResponse, MockLLM

    class Thinker(MockLLM):
        def stream_chat(self, messages, **options):
            raise NotImplementedError

        def chat(self, messages, **options):
            message = ChatMessage(role="assistant", content=f"{THOUGHT}</think>{ANSWER}")
            return ChatResponse(message=message)

    assert wrap_llm(Thinker()).read([Message("user", "?")]) == ANSWER


def test_a_real_servers_lone_mark_ends_a_thought():
    said = f"They want a number. [1]\n</think>\n\n{ANSWER}"
    with start_smollm(256, says=said) as address:
        model = open_endpoint(Endpoint(address, max_tokens=64), patience=CALM)
        first, second = (list(model.stream([Message("user", "How deep?")])) for _ in range(2))
    at = first.index(ThoughtSign.TAKEN_BACK)
    assert "".join(first[:at]) == "They want a number. [1]\n"
    assert "".join(first[at + 1 :]).strip() == ANSWER
    assert "".join(second).strip() == ANSWER


# Cut for its length: by the limit that we set, or since the server's context was full.


def tell_usage(prompt, answer):
    return {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": answer,
                                     "total_tokens": prompt + answer}}  # fmt: skip


LLAMA_CPP = {"timings": {"cache_n": 1800, "prompt_n": 200, "predicted_n": 48, "predicted_ms": 9.5}}


@pytest.mark.parametrize(
    ("chunks", "size"),
    [
        ([say("It is nine", finish=None), say(finish="length"), tell_usage(2000, 48)], 2048),
        ([say("It is nine"), say(finish="length") | LLAMA_CPP], 2048),
        ([say(reasoning_content="Hm. "), say(finish="length") | LLAMA_CPP], 2048),
    ],
)
def test_a_context_that_is_full_is_named_with_its_size(chunks, size):
    error = str(fail(make_stream(*chunks)))
    assert f"set WORTLAUT_LLM_CONTEXT_TOKENS to {size} or less" in error
    assert "MAX_TOKENS" not in error


def test_a_limit_that_was_reached_is_named_alone():
    error = str(fail(make_stream(say("It is nine"), say(finish="length"), tell_usage(2000, 512))))
    assert "set WORTLAUT_LLM_MAX_TOKENS higher" in error
    assert "CONTEXT_TOKENS" not in error
    text = " ".join(f"word{number}" for number in range(300))
    error = str(fail(Reply(text, letters=50, finish="length")))
    assert "set WORTLAUT_LLM_MAX_TOKENS higher" in error
    assert "CONTEXT_TOKENS" not in error


def test_where_a_server_counts_nothing_a_short_answer_points_to_its_context():
    error = str(fail(Reply("It is nine", finish="length")))
    assert error.index("WORTLAUT_LLM_CONTEXT_TOKENS") < error.index("WORTLAUT_LLM_MAX_TOKENS")


def test_a_filter_is_named():
    assert "filter" in str(fail(Reply("It is", finish="content_filter")))


def test_writing_goes_on_after_a_thought_with_the_same_writer():
    lone = Reply(f"Zuerst die Zeilen. {TRUE}</think>{TRUE_TOO}", letters=4)
    with serve(lone) as server:
        model = open_endpoint(Endpoint(server.address, model="m"), patience=CALM)
        writer = AnswerWriter(model, Lenient())
        for _ in range(2):
            answers = list(writer.write(make_query(), CHOSEN, "de"))
            assert answers[-1].text == TRUE_TOO
        assert not any("Zeilen" in answer.draft for answer in answers)
