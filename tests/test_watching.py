"""Watched folders: real files, the real watcher, and the command in a process of its own."""

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import islice

import pytest
from webserver import serve_site

from wortlaut.index.archive import Archive
from wortlaut.index.errors import ConfigError
from wortlaut.index.ingest import lock_writer
from wortlaut.index.live.watching import watch_files
from wortlaut.index.sources import is_passed_over
from wortlaut.index.web.addresses import WebRequest
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings
from wortlaut.rag.live import follow_sources

DAM = "Der Damm an der Olme ist sicher, sagte Energieministerin Oda Falk.\n"
PORT = "Der Hafen von Brakkum wird nicht verkauft, sagte Bürgermeister Jan Holm.\n"


class Watched:
    """A watcher at work in a thread; what it has come up with so far."""

    def __init__(self, *paths, poll=False):
        self.stop = threading.Event()
        self.alls = 0
        self.files = []
        self.gone = []
        self._thread = threading.Thread(target=self._run, args=(paths, poll), daemon=True)
        self._thread.start()
        wait_until(lambda: self.alls)

    def _run(self, paths, poll):
        for batch in watch_files(paths, self.stop, poll=poll):
            if batch is None:
                continue
            self.alls += batch.is_all
            self.files += [file.name for file in batch.files]
            self.gone += [file.name for file in batch.gone]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


def wait_until(is_so, seconds=60):
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("poll", [False, True])
def test_new_changed_and_deleted_files_are_told(tmp_path, poll):
    (tmp_path / "alt.txt").write_text(DAM, encoding="utf-8")
    with Watched(tmp_path, poll=poll) as seen:
        (tmp_path / "neu.txt").write_text(PORT, encoding="utf-8")
        wait_until(lambda: seen.files == ["neu.txt"])
        (tmp_path / "neu.txt").write_text(DAM + PORT, encoding="utf-8")
        wait_until(lambda: seen.files == ["neu.txt"] * 2)
        (tmp_path / "alt.txt").unlink()
        wait_until(lambda: seen.gone == ["alt.txt"])


def test_a_file_that_is_still_growing_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("wortlaut.index.live.watching._REST_S", 3.0)
    with Watched(tmp_path) as seen:
        with (tmp_path / "lang.txt").open("w", encoding="utf-8") as file:
            for _ in range(10):
                file.write(DAM)
                file.flush()
                time.sleep(0.5)
                assert seen.files == []
        wait_until(lambda: seen.files == ["lang.txt"])


def test_a_file_that_is_replaced_by_renaming_is_told_once_and_its_draft_never(tmp_path):
    target = tmp_path / "artikel.txt"
    target.write_text(DAM, encoding="utf-8")
    with Watched(tmp_path) as seen:
        draft = tmp_path / "artikel.txt.part"
        draft.write_text(PORT, encoding="utf-8")
        draft.replace(target)
        wait_until(lambda: "artikel.txt" in seen.files)
        time.sleep(0.5)
        assert seen.files == ["artikel.txt"]


def test_a_named_file_is_followed_through_its_renamings(tmp_path):
    target = tmp_path / "ticker.jsonl"
    target.write_text("{}\n", encoding="utf-8")
    (tmp_path / "anderes.txt").write_text(DAM, encoding="utf-8")
    with Watched(target) as seen:
        for number in range(2):
            draft = tmp_path / "draft"
            draft.write_text('{"content": "x"}\n' * (number + 1), encoding="utf-8")
            draft.replace(target)
            (tmp_path / "anderes.txt").write_text(PORT, encoding="utf-8")
            wait_until(lambda wanted=number + 1: seen.files == ["ticker.jsonl"] * wanted)


def test_folders_that_come_whole_are_looked_through(tmp_path):
    outside = tmp_path / "outside" / "ressort" / "tief"
    outside.mkdir(parents=True)
    (outside / "a.txt").write_text(DAM, encoding="utf-8")
    watched = tmp_path / "watched"
    watched.mkdir()
    with Watched(watched) as seen:
        shutil.move(tmp_path / "outside" / "ressort", watched / "ressort")
        wait_until(lambda: seen.files == ["a.txt"])


def test_a_folder_that_goes_and_comes_is_looked_through_anew(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with Watched(disk) as seen:
        disk.rename(tmp_path / "unmounted")
        time.sleep(0.6)
        disk.mkdir()
        (disk / "a.txt").write_text(DAM, encoding="utf-8")
        wait_until(lambda: seen.alls == 2)
        (disk / "b.txt").write_text(DAM, encoding="utf-8")
        wait_until(lambda: "b.txt" in seen.files)
        assert seen.gone == []


def test_what_a_walk_passes_over_is_not_told(tmp_path):
    for name in (".hidden.txt", "README.md", "bild.jpg", ".git/a.txt"):
        assert is_passed_over(tmp_path / name, tmp_path)
    for name in ("a.txt", "sub/b.md", "fremd.xyz"):
        assert not is_passed_over(tmp_path / name, tmp_path)
    assert not is_passed_over(tmp_path / "README.md", tmp_path / "README.md")


def test_many_files_come_in_batches(tmp_path):
    with Watched(tmp_path) as seen:
        for number in range(80):
            (tmp_path / f"{number}.txt").write_text(DAM, encoding="utf-8")
        wait_until(lambda: len(set(seen.files)) == 80)


def test_what_is_not_there_cannot_be_watched(tmp_path):
    with pytest.raises(ConfigError, match="make it first"):
        next(follow_sources(load_settings(), [tmp_path / "nirgends"], threading.Event()))


def test_a_feed_that_is_watched_is_visited_again_and_its_new_entries_come_in(tmp_path, write):
    entry = "<item><title>{0}</title><guid>{0}</guid><description>{1}</description></item>"
    feed = "<rss version='2.0'><channel><title>Bote</title>{}</channel></rss>"
    first, second = entry.format("Damm", DAM), entry.format("Hafen", PORT)
    stop = threading.Event()
    added = []
    with serve_site() as site:
        site.put("/feed", feed.format(first), "application/rss+xml")
        web = WebRequest((site.at("/feed"),), allow_private=True)
        reports = follow_sources(load_settings(), [], stop, web=web, every_s=0.1)
        for report in islice(reports, 20):
            added += [report.added] if report.added else []
            if added:
                site.put("/feed", feed.format(first + second), "application/rss+xml")
            if len(added) == 2:
                stop.set()
    assert added == [1, 1]


def test_a_watched_file_is_read_by_the_fields_that_are_named(tmp_path):
    def put(name, text):
        record = json.dumps({"worte": text, "content": "Nicht dies."})
        (folder / name).write_text(record + "\n", encoding="utf-8")

    folder = tmp_path / "in"
    folder.mkdir()
    put("a.jsonl", DAM)
    reports = follow_sources(
        load_settings(), [folder], stop := threading.Event(), fields={"text": "worte"}
    )
    assert next(reports).added == 1
    put("b.jsonl", PORT)
    assert next(reports).added == 1
    stop.set()
    assert list(reports) == []
    archive = Archive(load_settings().data)
    texts = {text.strip() for (text,) in archive.query("SELECT text FROM articles")}
    archive.close()
    assert texts == {DAM.strip(), PORT.strip()}


def test_no_file_is_looked_for_where_an_address_alone_is_watched(tmp_path, write):
    article = write("damm.txt", DAM)
    index_paths(load_settings(), [article])
    article.unlink()
    stop = threading.Event()
    with serve_site() as site:
        site.put("/a", f"<html><body><article><p>{PORT}</p></article></body></html>", "text/html")
        web = WebRequest((site.at("/a"),), allow_private=True)
        done = follow_sources(load_settings(), [], stop, web=web, prune=True)
        reports = [next(done), next(done)]
    stop.set()
    assert list(done) == []
    assert [report.pruned for report in reports] == [0, 0]


_WATCH = """
import sys
from pathlib import Path
from wortlaut.rag.config import load_settings
from wortlaut.ui.terminal import watching

watching._NICENESS = 0
watching.watch_sources(load_settings(), [Path(sys.argv[1])], prune=True, as_json=True)
"""


@pytest.fixture
def command(tmp_path):
    """The command at work on `tmp_path/in`: the process, and the reports it has printed."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "damm.txt").write_text(DAM, encoding="utf-8")
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", _WATCH, str(tmp_path / "in")], stdout=out, stderr=err
        )

    def read_reports():
        return [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]

    yield process, read_reports
    process.kill()
    process.wait()


def test_the_command_follows_a_folder_and_ends_well_at_ctrl_c(tmp_path, command):
    process, read_reports = command
    folder, settings = tmp_path / "in", load_settings()
    wait_until(read_reports, 240)
    assert read_reports()[0]["added"] == 1
    (folder / "hafen.txt").write_text(PORT, encoding="utf-8")
    (folder / "fremd.xyz").write_text("?", encoding="utf-8")
    wait_until(lambda: sum(r["added"] for r in read_reports()) == 2, 120)
    wait_until(lambda: any(r["failed"] for r in read_reports()), 120)
    # The lock is free between batches: other commands may write, and it goes on from there.
    other = tmp_path / "other.txt"
    other.write_text("Der Turm von Tarvo wird verputzt.\n", encoding="utf-8")
    assert index_paths(settings, [other]).added == 1
    (folder / "damm.txt").unlink()
    (folder / "hafen.txt").write_text(DAM, encoding="utf-8")
    wait_until(lambda: sum(r["pruned"] + r["updated"] for r in read_reports()) == 2, 120)
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 0
    told = (tmp_path / "err").read_text().splitlines()
    assert told[-1].startswith("stopped after ")
    assert "2 added, 1 updated" in told[-1]
    assert not any("Traceback" in line for line in told)
    archive = Archive(settings.data)
    texts = {text for (text,) in archive.query("SELECT text FROM articles")}
    assert len(texts) == 2
    assert not any("Hafen" in text for text in texts)
    archive.close()


def test_a_killed_command_is_finished_by_the_next_run(tmp_path, command):
    process, read_reports = command
    wait_until(read_reports, 240)
    with lock_writer(load_settings().data, 60):
        # It waits for the lock with these in hand.
        for number in range(5):
            (tmp_path / "in" / f"{number}.txt").write_text(DAM, encoding="utf-8")
        time.sleep(2)
        process.kill()
        process.wait()
    assert index_paths(load_settings(), [tmp_path / "in"]).added == 5
