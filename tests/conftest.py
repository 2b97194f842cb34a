"""Shared fixtures: sockets closed but for loopback, settings from nowhere, one unpacked model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

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
    from rag.assembly import index_paths
    from rag.config import Settings

    data = tmp_path_factory.mktemp("seeded")
    report = index_paths(Settings(data=data, models=models), [SEEDS / "archive"])
    assert not report.failed
    return data
