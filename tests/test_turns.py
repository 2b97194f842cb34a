"""Several indexers at once: each gets its turn, and nothing is lost or doubled."""

import os
import subprocess
import sys
import threading
from collections import Counter

import pytest
from filelock import FileLock

from wortlaut.index.archive import Archive
from wortlaut.index.errors import StoreBusy
from wortlaut.index.ingest import RUN_FLAG, lock_writer
from wortlaut.index.live import turns
from wortlaut.index.live.gaps import read_gaps
from wortlaut.index.live.turns import WriterTurn
from wortlaut.rag.assembly import index_paths, is_complete, open_library
from wortlaut.rag.config import load_settings

# Two of these begin together, once each has made its imports, and give way after every article.
_INDEXER = """
import sys, time
from pathlib import Path
from wortlaut.index import ingest
from wortlaut.index.live import turns
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings
import chromadb, llama_index.core.ingestion

turns._TURN_S = 0
ingest._BATCH_ARTICLES = 1
ready, other, *paths = map(Path, sys.argv[1:])
give_way = turns.WriterTurn.give_way

def tell(turn):
    print("gave way")
    give_way(turn)

turns.WriterTurn.give_way = tell
ready.touch()
while not other.exists():
    time.sleep(0.01)
report = index_paths(load_settings(), paths, wait_s=120)
print("made", report.added, "of", report.files, "and", report.unchanged + report.files_unchanged)
"""


def test_two_processes_index_by_turns(write, tmp_path):
    settings = load_settings()
    for name in ("one", "two", "both"):
        for number in range(3):
            write(f"{name}/{number}.txt", f" date 2026-02-04 Der Damm {name} {number} hält.\n")
    index_paths(settings, [tmp_path / "sources" / "both"])
    archive = Archive(settings.data)
    archive.mark_outdated()
    archive.close()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _INDEXER, *(str(tmp_path / name) for name in marks),
             *(str(tmp_path / "sources" / name) for name in (own, "both"))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
        )
        for own, marks in (("one", ("a", "b")), ("two", ("b", "a")))
    ]  # fmt: skip
    told = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert all("gave way" in printed for printed, _ in told)
    library = open_library(settings)
    paths = Counter(path for (path,) in library.archive.query("SELECT path FROM articles"))
    assert len(paths) == 9
    assert set(paths.values()) == {1}
    assert library.store.list_ids() == library.archive.list_passage_ids()
    assert library.archive.query("SELECT count(*) FROM passages") == [(9,)]
    assert library.archive.query("SELECT count(*) FROM files") == [(9,)]
    assert library.archive.query("SELECT count(*) FROM pending") == [(0,)]
    assert not read_gaps(library.archive)
    library.close()
    assert is_complete(settings)
    assert list(settings.data.glob("suspended-*")) == []
    again = index_paths(settings, [tmp_path / "sources"])
    assert (again.files_unchanged, again.added, again.updated) == (9, 0, 0)


def test_who_waits_is_let_in_and_who_gave_way_comes_back(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(turns, "_TURN_S", 0)
    monkeypatch.setattr(turns, "_QUIET_S", 0.1)
    order = []
    first = WriterTurn(tmp_path)
    first.take(0)
    assert not first.is_over

    def write_too():
        with lock_writer(tmp_path, 60):
            order.append("second")

    second = threading.Thread(target=write_too)
    second.start()
    while not first.is_over:
        pass
    while not caplog.text:
        pass
    assert f"another process is indexing into {tmp_path}; this one takes turns" in caplog.text
    order.append("first")
    first.give_way()
    order.append("first again")
    first.end()
    second.join()
    assert order == ["first", "second", "first again"]
    assert list(tmp_path.glob("suspended-*")) == []


def test_nobody_gives_way_for_a_reader_that_opens_the_archive(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "_TURN_S", 0)
    with lock_writer(tmp_path) as turn:
        with pytest.raises(StoreBusy, match="another process is indexing"), lock_writer(tmp_path):
            pass
        assert not turn.is_over


def test_a_run_beside_one_that_gave_way_leaves_it_to_that_to_say_that_all_is_in(write):
    settings = load_settings()
    path = write("damm.txt", " date 2026-02-04 Der Damm hält.\n")
    settings.data.mkdir(parents=True)
    other = settings.data / "suspended-1-1.lock"
    with FileLock(other):
        index_paths(settings, [path])
        archive = Archive(settings.data)
        assert archive.read_meta(RUN_FLAG) is not None
        assert read_gaps(archive).unfinished
        archive.close()
        assert not is_complete(settings)
    # It was killed: nobody holds its lock any more.
    other.touch()
    index_paths(settings, [path])
    assert is_complete(settings)
    assert not other.exists()
