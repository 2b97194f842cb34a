"""The sample archive for a first look: `--demo` on `ask` and `chat`, from the package itself."""

from importlib.resources import files
from pathlib import Path

import pytest
from terminal import run

from wortlaut.rag.assembly import count_articles
from wortlaut.rag.config import Settings
from wortlaut.ui.terminal import demo

QUESTION = "What did Lavrov say about guarantees?"


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(cache, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: cache)


def test_a_question_is_asked_of_the_samples_and_the_users_archive_is_left_alone(tmp_path):
    own = tmp_path / "own"
    done = run("ask", "--demo", QUESTION, data=own)
    assert done.returncode == 0, done.stderr
    assert "Lawrow" in done.stdout
    assert not own.exists()


def test_the_samples_are_indexed_once(cache, monkeypatch):
    first = demo.open_demo(Settings())
    assert count_articles(first) == 17

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("indexed again")

    monkeypatch.setattr("wortlaut.rag.assembly.index_paths", refuse)
    assert demo.open_demo(Settings()).data == first.data
    assert [path.name for path in cache.iterdir()] == [first.data.name]


def test_a_stopped_first_run_is_completed_by_the_next(cache, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    settings = Settings().beside(demo._find_folder(Path(str(files("wortlaut") / "seeds/archive"))))

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wortlaut.rag.assembly.load_embedder", stop)
        with pytest.raises(KeyboardInterrupt):
            demo.open_demo(Settings())
    assert count_articles(settings) == 0
    assert count_articles(demo.open_demo(Settings())) == 17


def test_other_samples_get_a_folder_of_their_own(cache, tmp_path):
    (tmp_path / "a.txt").write_text("eins", encoding="utf-8")
    before = demo._find_folder(tmp_path)
    (tmp_path / "a.txt").write_text("zwei", encoding="utf-8")
    assert demo._find_folder(tmp_path) != before


def test_the_chat_opens_on_the_samples(tmp_path, monkeypatch):
    served = []
    monkeypatch.setattr(
        "wortlaut.ui.browser.app.serve", lambda chat, **given: served.append((chat, given))
    )
    done = run("chat", "--demo", "--port", "0", data=tmp_path / "own")
    assert done.returncode == 0, done.stderr
    [(chat, given)] = served
    assert chat.archive.count().articles == 17
    assert given["settings"].data.name.startswith("demo-")
    assert not (tmp_path / "own").exists()
