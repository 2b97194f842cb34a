"""Shared fixtures: sockets closed but for loopback, settings from nowhere, one unpacked model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from llmserver import smollm  # noqa: F401

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["ANONYMIZED_TELEMETRY"] = "False"

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    from pytest_socket import enable_socket, socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, models: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("WORTLAUT_", "OPENAI_", "OLLAMA_", "GRADIO_SERVER")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("WORTLAUT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WORTLAUT_MODELS", str(models))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the bundled model is unpacked, once a session."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a source file under the test's own folder."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    """A data folder with the sample archive indexed; to be read only."""
    from wortlaut.rag.assembly import index_paths
    from wortlaut.rag.config import Settings

    data = tmp_path_factory.mktemp("seeded")
    report = index_paths(Settings(data=data, models=models), [SEEDS / "archive"])
    assert not report.failed
    return data


@pytest.fixture(scope="session")
def nli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny entailment model with random weights and its labels in an unusual order."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("nli")
    words = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", *"it costs takes 40 14 hours the ferry".split()]
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=64,
    ).save_pretrained(folder)  # fmt: skip
    names = {0: "neutral", 1: "CONTRADICTION", 2: "entailment"}
    BertForSequenceClassification(
        BertConfig(
            vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=16, id2label=names, label2id={v: k for k, v in names.items()},
        )
    ).save_pretrained(folder)  # fmt: skip
    return folder


@pytest.fixture
def judge_saying() -> Callable[..., Any]:
    """Make a judge whose language model gives the answers in turn, the last one for ever."""
    from llama_index.core.llms import ChatMessage, ChatResponse, MockLLM

    from wortlaut.rag.model.llm import wrap_llm
    from wortlaut.rag.verification.judges import JudgeVerifier

    def make_judge(*answers: str, prompts: list[str] | None = None) -> JudgeVerifier:
        asked: list[str] = [] if prompts is None else prompts

        class Parrot(MockLLM):  # type: ignore[misc]
            def stream_chat(self, messages: Any, **options: Any) -> Iterator[ChatResponse]:
                answer = answers[min(len(asked), len(answers) - 1)]
                asked.append(messages[0].content)
                yield ChatResponse(message=ChatMessage(content=answer), delta=answer)

        return JudgeVerifier(wrap_llm(Parrot()))

    return make_judge
