"""Shared fixtures: sockets closed but for loopback, settings from nowhere, one loaded model."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from llmserver import smollm  # noqa: F401
from postgresserver import FoldersInPostgres, PostgresServer, run_server

if TYPE_CHECKING:
    from wortlaut.index.archive import Vectors
    from wortlaut.index.embedder import Embedder
    from wortlaut.index.engines import Engine, Role

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["ANONYMIZED_TELEMETRY"] = "False"

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
# What all tests that know no better keep their archives in: WORTLAUT_TEST_ARCHIVE=postgres.
_KIND = os.environ.get("WORTLAUT_TEST_ARCHIVE", "sqlite")


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    from pytest_socket import enable_socket, socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def _clean_environment(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    models: Path,
    _places: Iterator[Path],
) -> None:
    for name in list(os.environ):
        if name.startswith(("WORTLAUT_", "OPENAI_", "OLLAMA_", "GRADIO_SERVER")):
            monkeypatch.delenv(name)
    # A folder for each of thousands of tests costs more than most of them.
    has_folder = "tmp_path" in request.fixturenames
    place = request.getfixturevalue("tmp_path") if has_folder else next(_places)
    monkeypatch.setenv("WORTLAUT_DATA", str(place / "data"))
    monkeypatch.setenv("WORTLAUT_MODELS", str(models))
    if "unread" in request.fixturenames:
        monkeypatch.setenv("WORTLAUT_READER", "none")
    if _KIND == "postgres" and has_folder:
        folders = request.getfixturevalue("_everything_in_postgres")
        monkeypatch.setenv("WORTLAUT_ARCHIVE", folders.find(place / "data"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, for those tests that ask for it."""
    with run_server() as server:
        yield server


@pytest.fixture(scope="session", autouse=_KIND == "postgres")
def _everything_in_postgres(postgres: PostgresServer) -> Iterator[FoldersInPostgres]:
    with pytest.MonkeyPatch.context() as patch:
        folders = FoldersInPostgres(postgres)
        folders.patch(patch)
        yield folders


@pytest.fixture(scope="session")
def _places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Places of their own for tests that ask for none, not made before one is used."""
    folder = tmp_path_factory.mktemp("places")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(scope="module")
def unread() -> Iterator[None]:
    """Answers are made without the reader: `pytestmark = pytest.mark.usefixtures("unread")`.

    It reads every passage for a question of fact, which then takes six times as long. That is for
    tests of answers, abstention and evaluation; how an answer is shown, kept, checked again or
    printed does not hang on which of the found sentences it quotes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORTLAUT_READER", "none")
        yield


class RememberingEngine:
    """A real engine, asked but once for the vectors of a text."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.dimension = engine.dimension
        self.max_tokens = engine.max_tokens
        self.count_tokens = engine.count_tokens
        self._texts: dict[tuple[str, ...], Vectors] = {}
        self._passages: dict[tuple[str, ...], tuple[Vectors, Vectors]] = {}

    def encode(self, texts: list[str], role: Role) -> Vectors:
        key = (role, *texts)
        if key not in self._texts:
            self._texts[key] = self._engine.encode(texts, role)
        return self._texts[key].copy()

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        keys = [(text, *some) for text, some in zip(texts, units, strict=True)]
        new = {key: n for n, key in enumerate(keys) if key not in self._passages}
        if new:
            some = [units[n] for n in new.values()]
            joined, alone = self._engine.encode_passages([texts[n] for n in new.values()], some)
            for key, passage in zip(new, joined, strict=True):
                count = len(key) - 1
                self._passages[key], alone = (passage, alone[:count]), alone[count:]
        found = [self._passages[key] for key in keys]
        return np.stack([passage for passage, _ in found]), np.concatenate(
            [own for _, own in found]
        )


@pytest.fixture(scope="session", autouse=True)
def _shared_model() -> Iterator[None]:
    """The archives of a session share each loaded model, and the vectors of each text.

    Every opening of an archive loads the models, each new archive embeds the same 160 sentences and
    questions about everything, and the sample articles are indexed a dozen times.
    """
    from wortlaut.index import embedder as module
    from wortlaut.rag.reader import open_bundled_reader

    @lru_cache(maxsize=4)
    def load_once(name: str, models_dir: Path, job_chars: int) -> Embedder:
        embedder = module.load_embedder(name, models_dir, job_chars=job_chars)
        embedder._engine = RememberingEngine(embedder._engine)
        return embedder

    def load(name: str, models_dir: Path, *, job_chars: int = 0) -> Embedder:
        is_bulk = job_chars >= module.BULK_CHARS
        return load_once(name, models_dir, module.BULK_CHARS if is_bulk else 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wortlaut.rag.assembly.load_embedder", load)
        patch.setattr("wortlaut.rag.assembly.open_bundled_reader", cache(open_bundled_reader))
        yield


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
def make_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make the folder of a tiny cross-encoder with random weights that knows these words."""

    def make_folder(name: str, known: str, **config: Any) -> Path:
        from tokenizers import Tokenizer, models, pre_tokenizers
        from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

        folder = tmp_path_factory.mktemp(name)
        words = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", *known.split()]
        numbers = {word: number for number, word in enumerate(words)}
        tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
            sep_token="[SEP]", model_max_length=64,
        ).save_pretrained(folder)  # fmt: skip
        BertForSequenceClassification(
            BertConfig(
                vocab_size=len(words), hidden_size=16, num_hidden_layers=1,
                num_attention_heads=2, intermediate_size=16, **config,
            )
        ).save_pretrained(folder)  # fmt: skip
        return folder

    return make_folder


@pytest.fixture(scope="session")
def nli_folder(make_cross_encoder: Callable[..., Path]) -> Path:
    """A tiny entailment model with its labels in an unusual order."""
    names = {0: "neutral", 1: "CONTRADICTION", 2: "entailment"}
    labels = {"id2label": names, "label2id": {label: n for n, label in names.items()}}
    return make_cross_encoder("nli", "it costs takes 40 14 hours the ferry", **labels)


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
