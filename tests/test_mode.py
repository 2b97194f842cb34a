"""`--mode llm` from the command line to the archive: settings, answers, failures."""

import json

import pytest
from llmserver import Reply, serve
from ports import find_port
from terminal import run

from wortlaut.index.errors import ConfigError
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import load_settings

pytestmark = pytest.mark.usefixtures("unread")

QUESTION = "Was sagte Lawrow im Januar 2026 über Garantien?"


def open_with(seeded, models, server, **flags):
    settings = load_settings(
        data=seeded, models=models, llm_base_url=server.address, mode="llm", **flags
    )
    return open_chat(settings)


def quote_first(request):
    """The answer of a model that copies the first source, and invents a second sentence."""
    prompt = "\n".join(message["content"] for message in request["messages"])
    quote = "Zu Absprachen über eine kollektive Sicherheit in der Region sei Moskau hingegen bereit"
    assert quote in prompt
    number = next(
        n for n in range(1, 9) if f"[{n}]" in prompt and quote in prompt.split(f"[{n}]", 1)[1][:400]
    )
    return Reply(
        f"{quote}, wenn sie die russische Sicherheit einschlössen. [{number}] "
        f"Moskau hat 500 Panzer nach Lundavien verkauft. [{number}]"
    )


def test_a_supported_sentence_is_shown_and_an_invented_one_is_not(seeded, models):
    with serve(quote_first) as server:
        answer = open_with(seeded, models, server).ask(QUESTION)
    assert answer.mode == "llm"
    assert answer.model == "scripted-1"
    assert "wenn sie die russische Sicherheit einschlössen. [" in answer.text
    assert "500 Panzer" not in answer.text
    refused = [claim for claim in answer.claims if claim.verdict != "supported"]
    assert len(refused) == 1
    assert "500" in refused[0].text
    assert refused[0].reason


def test_a_refused_sentence_can_be_struck_out_in_place_of_quoted(seeded, models):
    with serve(quote_first) as server:
        answer = open_with(seeded, models, server, on_unsupported="strike").ask(QUESTION)
    assert "~~Moskau hat 500 Panzer nach Lundavien verkauft." in answer.text


def test_while_it_streams_nothing_unchecked_stands_in_the_text(seeded, models):
    with serve(quote_first) as server:
        chat = open_with(seeded, models, server)
        answers = list(chat.stream(QUESTION))
    assert len(answers) > 3
    assert any("500 Pan" in answer.draft for answer in answers)
    assert not any("500 Pan" in answer.text for answer in answers)
    assert answers[-1].draft == ""


def test_a_model_that_is_down_leaves_the_archives_words_and_a_notice(seeded, models):
    done = run(
        "--data", seeded, "ask", "--mode", "llm", "--json", QUESTION, "Und 2022?",
        WORTLAUT_LLM_BASE_URL=f"http://127.0.0.1:{find_port()}", WORTLAUT_LLM_RETRIES="0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["mode"] == second["mode"] == "extractive"
    assert "WORTLAUT_LLM_BASE_URL" in first["notice"] or "antwortet" in first["notice"]
    assert first["citations"]
    assert second["citations"]


def test_a_question_without_evidence_never_reaches_the_model(seeded, models):
    with serve("Sourdough needs time. [1]") as server:
        answer = open_with(seeded, models, server).ask("How do I bake sourdough bread?")
        assert answer.abstained
        assert server.requests == []


def test_mode_llm_without_a_model_says_what_to_set(seeded):
    done = run("--data", seeded, "ask", "--mode", "llm", QUESTION)
    assert done.returncode == 2
    assert "WORTLAUT_LLM_BASE_URL" in done.stderr
    assert done.stdout == ""


def test_the_extractive_mode_asks_no_model_though_one_is_set(seeded, models):
    with serve("Nobody asked me.") as server:
        settings = load_settings(data=seeded, models=models, llm_base_url=server.address)
        assert open_chat(settings).ask(QUESTION).mode == "extractive"
        assert server.paths == []


def test_a_real_small_model_shows_nothing_its_sources_do_not_bear_out(seeded, models, smollm):
    settings = load_settings(
        data=seeded, models=models, llm_base_url=smollm, llm_max_tokens=64, mode="llm"
    )
    chat = open_chat(settings)
    answer = chat.ask("What did Lavrov say about guarantees?")
    assert answer.citations
    assert all(c.quote == c.article.text[c.span.start : c.span.end] for c in answer.citations)
    shown = [claim for claim in answer.claims if claim.verdict == "supported"]
    assert shown
    assert not any(
        claim.text in answer.text for claim in answer.claims if claim.verdict != "supported"
    )


def test_the_doctor_names_the_model_or_what_is_wrong_with_it(seeded):
    with serve("") as server:
        done = run("--data", seeded, "doctor", "--json", WORTLAUT_LLM_BASE_URL=server.address)
    assert json.loads(done.stdout)["language_model"] == "scripted-1"
    gone = run("--data", seeded, "doctor", "--json", WORTLAUT_LLM_BASE_URL=server.address)
    facts = json.loads(gone.stdout)
    assert server.address.removeprefix("http://") in facts["language_model"]
    assert facts["healthy"]
    needed = run(
        "--data", seeded, "doctor", WORTLAUT_LLM_BASE_URL=server.address, WORTLAUT_MODE="llm"
    )
    assert needed.returncode == 1


@pytest.mark.parametrize(
    ("environment", "address", "key"),
    [
        ({"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, "http://127.0.0.1:1/v1", None),
        (
            {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "OPENAI_API_KEY": "k"},
            "http://127.0.0.1:1/v1",
            "k",
        ),
        ({"OPENAI_API_KEY": "k"}, None, None),
        ({"OLLAMA_HOST": "127.0.0.1"}, "http://127.0.0.1:11434/v1", None),
        ({"OLLAMA_HOST": "127.0.0.1:5", "OPENAI_API_KEY": "k"}, "http://127.0.0.1:5/v1", None),
        (
            {"OLLAMA_HOST": "127.0.0.1:5", "WORTLAUT_LLM_BASE_URL": "http://127.0.0.1:6"},
            "http://127.0.0.1:6",
            None,
        ),
        (
            {"WORTLAUT_LLM_BASE_URL": "http://127.0.0.1:6", "OPENAI_API_KEY": "k"},
            "http://127.0.0.1:6",
            None,
        ),
        (
            {"WORTLAUT_LLM_BASE_URL": "https://api.openai.com/v1", "OPENAI_API_KEY": "k"},
            "https://api.openai.com/v1",
            "k",
        ),
        (
            {
                "OPENAI_BASE_URL": "http://127.0.0.1:1/v1",
                "OPENAI_API_KEY": "k",
                "WORTLAUT_LLM_API_KEY": "own",
            },
            "http://127.0.0.1:1/v1",
            "own",
        ),
    ],
)
def test_a_key_goes_only_to_the_server_it_was_meant_for(monkeypatch, environment, address, key):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.llm_base_url == address
    found = settings.llm_api_key
    assert (found.get_secret_value() if found else None) == key
    assert "own" not in repr(settings)


def test_a_key_for_one_server_is_not_sent_to_a_flags(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    for address in ("http://flag.example", "http://[bad"):
        settings = load_settings(llm_base_url=address)
        assert (settings.llm_base_url, settings.llm_api_key) == (address, None)
    assert load_settings(llm_base_url="https://api.openai.com/v1").llm_api_key is not None


def test_a_setting_of_the_model_that_is_wrong_is_named(monkeypatch):
    monkeypatch.setenv("WORTLAUT_LLM_TIMEOUT_S", "soon")
    with pytest.raises(ConfigError, match="llm_timeout_s"):
        load_settings()
