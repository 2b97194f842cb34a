"""Indexing with the real bundled model, SQLite and Chroma."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import load_embedder
from wortlaut.index.errors import EmbedderMismatch, StaleSpan, StoreBusy, StoreUnavailable
from wortlaut.index.ingest import lock_writer, repair_store
from wortlaut.index.reading.offices import find_offices
from wortlaut.rag.assembly import count_outstanding, index_paths, is_complete, open_library
from wortlaut.rag.config import load_settings

TEXTS = {
    "damm.txt": " date 2026-02-04 TARVO (kda) - Energieministerin Oda Falk hält den Damm für sicher. "
    "„Der Damm hält“, sagte Falk.\n",
    "hafen.txt": " date 2026-01 Der Hafen von Brakkum wird nicht verkauft, sagte Bürgermeister Jan Holm.\n",
    "bahn.md": "---\ntitle: Nachtzug\ndate: 2026-01-19\n---\nDer Nachtzug fährt wieder.\n",
}


@pytest.fixture
def sources(write):
    for name, text in TEXTS.items():
        path = write(name, text)
    return path.parent


@pytest.fixture
def settings():
    return load_settings()


def ids_in_both(settings):
    library = open_library(settings)
    try:
        return library.archive.list_passage_ids(), library.store.list_ids()
    finally:
        library.close()


def test_a_second_run_costs_nothing_and_changes_nothing(settings, sources):
    first = index_paths(settings, [sources])
    before = ids_in_both(settings)
    second = index_paths(settings, [sources])
    assert (first.added, first.passages) == (3, 3)
    assert (second.files_unchanged, second.added, second.updated, second.passages) == (3, 0, 0, 0)
    assert ids_in_both(settings) == before
    assert before[0] == before[1]


def test_a_touched_file_is_not_embedded_again(settings, sources):
    index_paths(settings, [sources])
    (sources / "damm.txt").touch()
    assert index_paths(settings, [sources]).passages == 0


def test_a_changed_file_replaces_its_passages(settings, sources):
    index_paths(settings, [sources])
    (sources / "damm.txt").write_text(
        " date 2026-02-05 Der Damm wird abgerissen.\n", encoding="utf-8"
    )
    report = index_paths(settings, [sources])
    assert (report.updated, report.added) == (1, 0)
    library = open_library(settings)
    texts = [row[0] for row in library.archive.query("SELECT text FROM articles")]
    library.close()
    assert not any("Falk" in text for text in texts)
    kept, stored = ids_in_both(settings)
    assert kept == stored


def test_a_citation_of_a_changed_article_is_stale(settings, sources):
    index_paths(settings, [sources])
    archive = Archive(settings.data)
    article_id = archive.query("SELECT id FROM articles WHERE text LIKE '%Falk%'")[0][0]
    article = archive.read_article(article_id)
    span = archive.read_statements(article_id)[0].span
    assert archive.read_quote(article_id, article.text_sha256, span) == span.of(article.text)
    (sources / "damm.txt").write_text("Der Damm wird abgerissen.\n", encoding="utf-8")
    index_paths(settings, [sources])
    with pytest.raises(StaleSpan):
        archive.read_quote(article_id, article.text_sha256, span)


def test_prune_drops_what_is_gone_and_nothing_else(settings, sources):
    index_paths(settings, [sources])
    (sources / "damm.txt").unlink()
    assert index_paths(settings, [sources]).pruned == 0
    assert index_paths(settings, [sources], prune=True).pruned == 1
    kept, stored = ids_in_both(settings)
    assert kept == stored
    assert len(kept) == 2


def test_prune_drops_a_record_that_left_its_file(settings, write):
    rows = [json.dumps({"id": str(n), "content": f"Der Damm {n} hält."}) for n in range(2)]
    path = write("a.jsonl", "\n".join(rows))
    index_paths(settings, [path])
    path.write_text(rows[0], encoding="utf-8")
    assert index_paths(settings, [path], prune=True).pruned == 1


def test_prune_takes_a_named_folder_that_is_gone_for_deleted_but_not_a_missing_disk(
    settings, tmp_path
):
    for name in ("disk/press/damm.txt", "disk/bahn.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Der Damm hält.", encoding="utf-8")
    disk = tmp_path / "disk"
    index_paths(settings, [disk])
    away = disk.rename(tmp_path / "unmounted")
    report = index_paths(settings, [disk / "press"], prune=True)
    assert (report.pruned, len(report.failed)) == (0, 1)
    assert index_paths(settings, [], prune=True).pruned == 0
    away.rename(disk)
    (disk / "press" / "damm.txt").unlink()
    (disk / "press").rmdir()
    assert index_paths(settings, [], prune=True).pruned == 0
    report = index_paths(settings, [disk / "press"], prune=True)
    assert (report.pruned, report.failed) == (1, [])


def test_prune_without_a_path_drops_files_that_left_their_folder(settings, sources):
    index_paths(settings, [sources])
    text = (sources / "damm.txt").read_bytes()
    stamp = (sources / "damm.txt").stat().st_mtime
    (sources / "damm.txt").unlink()
    assert index_paths(settings, [], prune=True).pruned == 1
    (sources / "damm.txt").write_bytes(text)
    os.utime(sources / "damm.txt", (stamp, stamp))
    assert index_paths(settings, [sources]).added == 1


def test_prune_leaves_a_file_alone_while_a_line_of_it_is_broken(settings, write):
    rows = [json.dumps({"id": str(n), "content": f"Der Damm {n} hält."}) for n in range(2)]
    path = write("A.JSONL", "\n".join(rows))
    index_paths(settings, [path])
    path.write_text(rows[0] + "\n" + rows[1][:9], encoding="utf-8")
    assert index_paths(settings, [path], prune=True).pruned == 0
    path.write_text(rows[0], encoding="utf-8")
    assert index_paths(settings, [path], prune=True).pruned == 1


def test_an_article_left_without_a_sentence_replaces_its_old_text(settings, sources):
    index_paths(settings, [sources])
    text = "© 2026 Copyright by KDA. Alle Rechte vorbehalten.\n"
    (sources / "damm.txt").write_text(text, encoding="utf-8")
    report = index_paths(settings, [sources])
    assert (report.updated, report.added, report.passages) == (1, 0, 0)
    assert [Path(place).name for place, _ in report.notices] == ["damm.txt"]
    archive = Archive(settings.data)
    texts = [row[0] for row in archive.query("SELECT text FROM articles")]
    archive.close()
    assert text in texts
    assert not any("Falk" in text for text in texts)
    kept, stored = ids_in_both(settings)
    assert (len(kept), kept) == (2, stored)
    assert index_paths(settings, [sources]).files_unchanged == 3


def test_a_damaged_chroma_is_moved_aside_and_filled_from_sqlite(settings, sources):
    index_paths(settings, [sources])
    damage(settings.data / "chroma" / "chroma.sqlite3", "noise")
    done = subprocess.run(
        [sys.executable, "-m", "wortlaut.ui.terminal.cli", "doctor", "--json"], capture_output=True, text=True,
        check=False, env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 passages" in json.loads(done.stdout)["store"]
    assert "chroma.damaged-1" in done.stderr
    assert (settings.data / "chroma.damaged-1").is_dir()
    kept, stored = ids_in_both(settings)
    assert (len(kept), kept) == (3, stored)


def damage(file, how):
    if how == "noise":
        file.write_bytes(bytes(range(256)) * 800)
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:20_000])
    else:
        file.unlink()
        file.mkdir()


def test_indexing_mends_a_damaged_chroma_in_the_same_process(settings, sources):
    index_paths(settings, [sources])
    for number, how in enumerate(["cut", "folder"], 1):
        damage(settings.data / "chroma" / "chroma.sqlite3", how)
        assert index_paths(settings, [sources]).repaired == 3
        assert (settings.data / f"chroma.damaged-{number}").is_dir()
    kept, stored = ids_in_both(settings)
    assert kept == stored


def test_a_stopped_rebuild_is_reported_and_finished_without_a_path(settings, sources):
    index_paths(settings, [sources])
    assert (count_outstanding(settings), is_complete(settings)) == (0, True)

    class Killed(BaseException):
        pass

    def die(done, total, what):
        raise Killed

    with pytest.raises(Killed):
        index_paths(settings, [], rebuild=True, progress=die)
    assert (count_outstanding(settings), is_complete(settings)) == (3, False)
    assert index_paths(settings, []).updated == 3
    assert (count_outstanding(settings), is_complete(settings)) == (0, True)


def test_reports_name_what_is_left_and_print_no_controls(settings, sources, capsys):
    from wortlaut.ui.terminal.printing import print_diagnosis, print_info, print_ingest_report

    report = index_paths(settings, [sources / "damm.txt"])
    report.notices.append(("a\x1b[2J\nb.txt", "odd"))
    print_ingest_report(report, as_json=False)
    printed = capsys.readouterr()
    assert "1 file (" in printed.out
    assert "1 passage embedded" in printed.out
    assert "\x1b" not in printed.err
    archive = Archive(settings.data)
    with archive.transaction() as db:
        db.execute("UPDATE articles SET made_by = 'old'")
    archive.close()
    print_info(settings, as_json=True)
    assert json.loads(capsys.readouterr().out)["outstanding"] == 1
    assert print_diagnosis(settings, as_json=True) is False


def test_a_rebuild_that_cannot_reach_its_store_forgets_nothing(settings, sources):
    index_paths(settings, [sources])
    away = settings.model_copy(update={"chroma": "http://127.0.0.1:9"})
    with pytest.raises(StoreUnavailable):
        index_paths(away, [], rebuild=True)
    assert count_outstanding(settings) == 0


def test_readers_are_told_of_changed_articles_and_of_nothing_else(settings, sources):
    index_paths(settings, [sources])
    archive = Archive(settings.data)
    before = archive.generation
    (sources / "damm.txt").touch()
    index_paths(settings, [sources])
    assert archive.generation == before
    (sources / "damm.txt").write_text("Der Damm wird abgerissen.\n", encoding="utf-8")
    index_paths(settings, [sources])
    assert archive.generation == before + 1
    archive.close()


def test_a_full_disk_is_one_clear_line(settings, sources):
    index_paths(settings, [sources])
    archive = Archive(settings.data)
    archive.query("PRAGMA max_page_count = 1")
    with pytest.raises(StoreUnavailable, match="space"):
        archive.write_meta("note", "x" * 10_000_000)
    assert archive.read_meta("note") is None
    archive.close()


def test_a_broken_file_is_named_each_time_and_the_rest_goes_on(settings, sources):
    (sources / "leer.txt").write_text("\n\n", encoding="utf-8")
    for _ in range(2):
        report = index_paths(settings, [sources])
        assert [Path(place).name for place, _ in report.failed] == ["leer.txt"]
    assert ids_in_both(settings)[0]


def test_a_lost_chroma_is_rebuilt_from_sqlite_on_open(settings, sources):
    index_paths(settings, [sources])
    library = open_library(settings)
    library.store.delete(sorted(library.store.list_ids())[:2])
    library.close()
    kept, stored = ids_in_both(settings)
    assert kept == stored


def test_a_difference_that_keeps_the_count_is_found_by_a_thorough_check(settings, sources):
    index_paths(settings, [sources])
    library = open_library(settings)
    gone = min(library.store.list_ids())
    library.store.delete([gone])
    vector = [0.0] * (library.embedder.dimension - 1) + [1.0]
    library.store.collection.upsert(ids=["stranger"], embeddings=[vector])
    with lock_writer(settings.data):
        assert repair_store(library.archive, library.store) == 0
        assert repair_store(library.archive, library.store, thorough=True) == 2
    assert library.archive.list_passage_ids() == library.store.list_ids()
    library.close()


def test_a_second_indexer_that_may_not_wait_says_what_to_do(settings, sources):
    settings.data.mkdir(parents=True)
    with lock_writer(settings.data):
        done = subprocess.run(
            [sys.executable, "-m", "wortlaut.ui.terminal.cli", "--data", str(settings.data), "index", "--wait", "1", str(sources)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "another process is indexing" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_lock_is_given_back(settings):
    settings.data.mkdir(parents=True)
    with lock_writer(settings.data), pytest.raises(StoreBusy), lock_writer(settings.data):
        pass
    with lock_writer(settings.data):
        pass


def test_another_embedder_is_refused_with_the_command_that_rebuilds(settings, sources):
    index_paths(settings, [sources])
    archive = Archive(settings.data)
    with pytest.raises(EmbedderMismatch, match="wortlaut index --rebuild"):
        archive.check_embedder("another model")


def test_rebuild_needs_no_source(settings, sources):
    index_paths(settings, [sources])
    before = ids_in_both(settings)
    for path in list(sources.iterdir()):
        path.unlink()
    report = index_paths(settings, [], rebuild=True)
    assert report.updated == 3
    assert ids_in_both(settings) == before


_KILLED = """
import os, sys
from pathlib import Path
from wortlaut.index import archive
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings

real = archive.Archive.replace_article
calls = []

def replace_two(self, *args):
    real(self, *args)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), 9)

archive.Archive.replace_article = replace_two
index_paths(load_settings(), [Path(sys.argv[1])])
"""


def test_a_killed_run_leaves_no_half_article_and_the_next_run_completes_it(settings, sources):
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(sources)], capture_output=True, check=False,
        env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
    )  # fmt: skip
    assert done.returncode == -9
    archive = Archive(settings.data)
    assert archive.count().articles == 2
    orphans = archive.query(
        "SELECT count(*) FROM articles WHERE number NOT IN (SELECT article FROM passages)"
    )
    assert orphans == [(0,)]
    archive.close()
    index_paths(settings, [sources])
    kept, stored = ids_in_both(settings)
    assert kept == stored
    assert len(kept) == 3


def test_a_reader_sees_what_another_process_indexed(settings, sources):
    from wortlaut.rag.assembly import open_chat

    index_paths(settings, [sources / "damm.txt"])
    chat = open_chat(settings)
    assert {s.article.title for s in chat.search("Nachtzug", 9)} != {"Nachtzug"}
    subprocess.run(
        [sys.executable, "-m", "wortlaut.ui.terminal.cli", "index", str(sources)], check=True, capture_output=True,
        env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
    )  # fmt: skip
    assert chat.search("Wann fährt der Nachtzug?", 9)[0].article.title == "Nachtzug"


def test_the_c_engine_and_torch_make_one_archive(settings, models):
    texts = ["Der Damm an der Olme hält.", "Niemand muss das Tal verlassen, sagte Falk."]
    small = load_embedder("multilingual-e5-small", models)
    bulk = load_embedder("multilingual-e5-small", models, job_chars=10**9)
    assert small.fingerprint == bulk.fingerprint
    cosines = (small.encode_document(texts) * bulk.encode_document(texts)).sum(axis=1)
    assert cosines.min() > 0.999


def test_the_measured_share_of_statements_includes_the_offices(settings, sources, monkeypatch):
    from wortlaut.eval import speed

    index_paths(settings, [sources])
    seen = []

    def find(text, statements):
        seen.extend(find_offices(text, statements))
        return seen

    monkeypatch.setattr(speed, "find_offices", find)
    assert speed._time_statements(settings) > 0
    assert ("Jan Holm", "Bürgermeister") in seen
