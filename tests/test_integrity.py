"""A damaged archive: named by `doctor`, never quoted; read-only folders, full disks, foreign clocks."""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import Embedder
from wortlaut.index.errors import (
    ArchiveDamaged,
    ArchiveUnavailable,
    DamagedArticle,
    StoreError,
    StoreUnavailable,
)
from wortlaut.index.integrity import find_damaged, find_file_faults
from wortlaut.index.live.nearest import ArchiveVectors
from wortlaut.rag.answer import Filters
from wortlaut.rag.assembly import (
    Library,
    check_stored,
    index_articles,
    index_paths,
    make_chat,
    open_chat,
    open_library,
)
from wortlaut.rag.config import load_settings
from wortlaut.rag.receipt import write_receipt
from wortlaut.ui.terminal.articles import print_article
from wortlaut.ui.terminal.printing import check_files, print_diagnosis

pytestmark = pytest.mark.usefixtures("unread")

TEXTS = {
    "damm.txt": " date 2026-02-04 TARVO (kda) - Energieministerin Oda Falk hält den Damm für sicher. "
    "„Der Damm hält nur bis zum Herbst“, sagte Falk am Mittwoch in Tarvo.\n",
    "turm.txt": " date 2026-02-05 Der Turm von Brakkum wird neu verputzt, sagte Baudezernentin Ute "
    "Sellering. „Der Damm ist ein anderes Thema“, sagte Sellering.\n",
    "hafen.txt": " date 2026-01 Der Hafen wird nicht verkauft, sagte Bürgermeister Jan Holm.\n",
}
ASKED = "Was sagte Oda Falk zum Damm?"


@pytest.fixture(scope="module")
def made(tmp_path_factory, models):
    """A data folder of three articles and a receipt of an answer; to be copied."""
    from wortlaut.rag.config import Settings

    folder = tmp_path_factory.mktemp("made")
    for name, text in TEXTS.items():
        (folder / "sources").mkdir(exist_ok=True)
        (folder / "sources" / name).write_text(text, encoding="utf-8")
    settings = Settings(data=folder / "data", models=models, reader="none")
    index_paths(settings, [folder / "sources"])
    chat = open_chat(settings)
    answer = chat.ask(ASKED)
    assert "nur bis zum Herbst" in answer.text
    write_receipt(folder / "receipt.json", [answer], archive=chat.archive, settings=settings)
    chat.archive.close()
    chat.retriever._nearest._store.close()
    with closing(sqlite3.connect(folder / "data" / "archive.sqlite")) as db:
        # No page without a use: whatever is overwritten then was something.
        db.execute("VACUUM")
    return folder


@pytest.fixture
def settings(made):
    settings = load_settings()
    shutil.copytree(made / "data", settings.data)
    return settings


def change(settings, sql, *values):
    with closing(sqlite3.connect(settings.data / "archive.sqlite")) as db:
        changed = db.execute(sql, values).rowcount
        db.commit()
    assert changed


def overwrite(settings, old, new):
    """Change bytes in the file, as a bad disk or a hex editor does."""
    file = settings.data / "archive.sqlite"
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new))


def find_id(settings, name):
    with closing(sqlite3.connect(settings.data / "archive.sqlite")) as db:
        return db.execute("SELECT id FROM articles WHERE path LIKE ?", (f"%{name}",)).fetchone()[0]


def read_exactly(settings):
    """A chat over the archive's own vectors: Chroma is neither needed nor opened."""
    from wortlaut.rag.assembly import load_embedder

    archive = Archive(settings.data)
    embedder = load_embedder("multilingual-e5-small", settings.models_folder)
    return make_chat(settings, Library(archive, ArchiveVectors(archive), embedder))


def list_asides(settings):
    return [path.name for path in settings.data.iterdir() if "damaged" in path.name]


def test_three_changed_bytes_are_never_shown_as_a_quote(settings, made, capsys):
    overwrite(settings, "hält nur bis".encode(), "hält nie bis".encode())
    damaged = find_id(settings, "damm.txt")
    library = open_library(settings)
    chat = make_chat(settings, library)
    answer = chat.ask(ASKED)
    assert answer.citations == ()
    assert answer.nearest is None or answer.nearest.article.id != damaged
    assert answer.damaged_articles == (damaged,)
    assert damaged in answer.notice
    assert answer.as_json()["damaged_articles"] == [damaged]
    assert answer.archive_incomplete
    # The rest goes on.
    other = chat.ask("Was sagte Ute Sellering zum Turm?")
    assert "neu verputzt" in other.text
    assert all(s.article.id != damaged for s in chat.search("Hält der Damm?", 5))
    assert chat.list_timeline("Oda Falk", "", Filters()) == []
    library.close()
    with pytest.raises(DamagedArticle, match=damaged):
        print_article(settings, damaged, as_json=False)
    assert check_files(settings, [made / "receipt.json"], as_json=False) == 1
    assert "damaged" in capsys.readouterr().out
    assert print_diagnosis(settings, as_json=True) is False
    facts = json.loads(capsys.readouterr().out)
    assert any(damaged in line and "its text" in line for line in facts["damaged"])
    assert list_asides(settings) == []


CHANGES = {
    "title": ("UPDATE articles SET title = 'Anders' WHERE id = ?", "title"),
    "date": ("UPDATE articles SET published = '2025-02-04' WHERE id = ?", "date"),
    "precision": ("UPDATE articles SET published_precision = 'year' WHERE id = ?", "date"),
    "source": ("UPDATE articles SET source = 'xyz' WHERE id = ?", "source"),
    "no date": ("UPDATE articles SET published = 'gestern' WHERE id = ?", "date"),
    "seal": ("UPDATE articles SET seal = NULL WHERE id = ?", "title"),
    "speaker": ("UPDATE statements SET speaker = 'Jan Holm' WHERE article = {}", "who says"),
    "voice": ("UPDATE statements SET voice = 'narrated' WHERE article = {}", "who says"),
    "span": ('UPDATE statements SET "end" = "end" - 1 WHERE article = {}', "who says"),
    "statement gone": ("DELETE FROM statements WHERE article = {}", "who says"),
    "sentences": ("UPDATE passages SET sentences = zeroblob(8) WHERE article = {}", "sentences"),
    "passage": ('UPDATE passages SET "end" = "end" + 900 WHERE article = {}', "sentences"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHANGES)
def test_a_changed_record_statement_or_span_is_named_and_refused(settings, made, kind):
    sql, words = CHANGES[kind]
    damaged = find_id(settings, "damm.txt")
    number = "(SELECT number FROM articles WHERE id = ?)"
    change(settings, sql.format(number), damaged)
    chat = read_exactly(settings)
    answer = chat.ask("Wer hält den Damm für sicher?")
    assert all(citation.article.id != damaged for citation in answer.citations)
    assert answer.damaged_articles == (damaged,)
    faults = find_damaged(chat.archive)
    assert list(faults) == [damaged]
    assert any(words in fault for fault in faults[damaged])
    chat.archive.close()
    assert check_files(settings, [made / "receipt.json"], as_json=False) == 1


def test_what_is_found_by_a_passage_is_checked_by_doctor(settings):
    damaged = find_id(settings, "turm.txt")
    number = "(SELECT number FROM articles WHERE id = ?)"
    change(
        settings, f"UPDATE passages SET vector = zeroblob(768) WHERE article = {number}", damaged
    )
    change(settings, "UPDATE passages_fts_content SET c0 = 'xyz' WHERE id = 1")
    broken, lines = check_stored(settings)
    assert broken == []
    assert any(damaged in line and "vectors or words" in line for line in lines)


def test_doctor_says_how_to_mend_it_and_the_next_run_does(settings, made, capsys):
    overwrite(settings, "hält nur bis".encode(), "hält nie bis".encode())
    number = "(SELECT number FROM articles WHERE path LIKE '%turm.txt')"
    change(settings, f"UPDATE statements SET speaker = 'Jan Holm' WHERE article = {number}")
    assert print_diagnosis(settings, as_json=False) is False
    assert "wortlaut index" in capsys.readouterr().out
    report = index_paths(settings, [made / "sources"])
    assert report.added + report.updated == 2
    assert print_diagnosis(settings, as_json=True) is True
    chat = read_exactly(settings)
    assert "nur bis zum Herbst" in chat.ask(ASKED).text
    assert chat.ask(ASKED).damaged_articles == ()


def test_a_run_without_sources_keeps_a_damaged_text_out(settings, capsys):
    overwrite(settings, "hält nur bis".encode(), "hält nie bis".encode())
    check_stored(settings)
    report = index_paths(settings, [])
    assert [line for place, line in report.notices if find_id(settings, "damm.txt") in place]
    assert read_exactly(settings).ask(ASKED).citations == ()


def test_an_article_that_is_mended_while_a_chat_runs_is_quoted_again(settings, made):
    change(settings, "UPDATE articles SET title = 'Anders' WHERE path LIKE '%damm.txt'")
    chat = read_exactly(settings)
    assert chat.ask(ASKED).damaged_articles
    check_stored(settings)
    index_paths(settings, [made / "sources"])
    answer = chat.ask(ASKED)
    assert "nur bis zum Herbst" in answer.text
    assert answer.damaged_articles == ()


def test_a_text_that_changes_under_a_running_chat_is_refused(settings):
    chat = read_exactly(settings)
    assert chat.ask(ASKED).citations
    change(settings, "UPDATE articles SET text = replace(text, 'nur', 'nie')")
    assert chat.ask(ASKED).citations == ()


def test_another_print_with_a_damaged_title_is_not_pointed_to(settings, made):
    from wortlaut.index.twins.origins import read_origins

    articles = [Archive(settings.data).read_article(find_id(settings, "damm.txt"))]
    text = articles[0].text
    from dataclasses import replace

    index_articles(settings, [replace(articles[0], id="0" * 16, text=text, path="zweitens")])
    with closing(Archive(settings.data)) as archive:
        if not read_origins(archive):
            with archive.transaction() as db:
                db.execute("INSERT INTO copies VALUES (1, (SELECT max(number) FROM articles))")
        assert len(read_origins(archive)) == 2
        change(settings, "UPDATE articles SET title = 'Anders' WHERE path = 'zweitens'")
        assert read_origins(archive) == {}


def test_the_page_shows_no_source_that_is_damaged_since(settings):
    from wortlaut.ui.browser.chatpage import ChatPage

    chat = read_exactly(settings)
    page = ChatPage(chat)
    session, *_ = page.start("de")
    *_, (_, _, _) = page.ask(session, ASKED)
    assert "stale" not in page.pane.open_source(session, 0, 1)
    change(settings, "UPDATE statements SET speaker = 'Jan Holm'")
    shown = page.pane.open_source(session, 0, 1)
    assert shown is None or "Jan Holm" not in shown


def list_contents(file):
    with closing(sqlite3.connect(file)) as db:
        tables = ("articles", "statements", "offices", "passages", "passages_fts_content")
        return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


@pytest.mark.parametrize("seed", range(40))
def test_a_random_page_is_named_by_doctor_and_nothing_false_is_quoted(settings, seed):
    rng = random.Random(seed)
    file = settings.data / "archive.sqlite"
    content = bytearray(file.read_bytes())
    page = rng.randrange(len(content) // 4096) * 4096
    content[page : page + 4096] = rng.randbytes(4096)
    file.write_bytes(content)
    assert is_named(settings)
    ask_all(settings)
    assert list_asides(settings) == []


def is_named(settings):
    try:
        broken, damaged = check_stored(settings)
    except ArchiveDamaged:
        return True
    return bool(broken or damaged)


def ask_all(settings):
    """Every quote stands in a source word by word, or the error is one of ours."""
    with suppress(StoreError):
        chat = read_exactly(settings)
        for question in (ASKED, "Was sagte Ute Sellering zum Turm?", "Wird der Hafen verkauft?"):
            with suppress(StoreError):
                for citation in chat.ask(question).citations:
                    assert any(citation.quote in text for text in TEXTS.values())
                    assert citation.speaker in (None, "Oda Falk", "Ute Sellering", "Jan Holm")
        chat.archive.close()


@pytest.mark.parametrize("seed", range(40))
def test_what_doctor_finds_sound_is_what_was_stored(settings, made, seed):
    rng = random.Random(seed)
    file = settings.data / "archive.sqlite"
    content = bytearray(file.read_bytes())
    for _ in range(3):
        content[rng.randrange(100, len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)
    if not is_named(settings):
        assert list_contents(file) == list_contents(made / "data" / "archive.sqlite")
    ask_all(settings)


@pytest.mark.parametrize("how", ["emptied", "gone", "cut", "noise"])
def test_a_lost_archive_beside_a_full_chroma_is_no_new_archive(settings, made, how, capsys):
    file = settings.data / "archive.sqlite"
    content = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        bad = {"emptied": b"", "cut": content[: len(content) // 2], "noise": b"\x07" * 9000}
        file.write_bytes(bad[how])
    for doing in (
        lambda: open_library(settings),
        lambda: index_paths(settings, [made / "sources"]),
        lambda: check_files(settings, [made / "receipt.json"], as_json=False),
    ):
        with pytest.raises(ArchiveDamaged, match=r"archive\.sqlite.*put back a copy"):
            doing()
    assert print_diagnosis(settings, as_json=True) is False
    facts = json.loads(capsys.readouterr().out)
    assert "archive.sqlite" in facts["damaged"][0]
    assert "not looked at" in facts["store"]
    assert list_asides(settings) == []
    file.write_bytes(content)
    library = open_library(settings)
    assert library.store.list_ids() == library.archive.list_passage_ids()
    library.close()


def test_chroma_keeps_its_place_when_it_is_sqlite_that_fails(settings, monkeypatch):
    from wortlaut.index import ingest

    def fail(store):
        raise StoreUnavailable("Chroma says no")

    with closing(Archive(settings.data)) as archive:
        fingerprint = archive.read_meta("embedder")
        monkeypatch.setattr(archive.database, "find_fault", lambda: "row 3 missing from index")
        with pytest.raises(ArchiveDamaged, match="row 3 missing"):
            ingest.open_writable(settings.data / "chroma", archive, fingerprint, fail)
    assert list_asides(settings) == []


def test_an_archive_of_an_older_version_is_sealed_by_its_next_writer(settings):
    with closing(sqlite3.connect(settings.data / "archive.sqlite")) as older:
        for table, column in (
            ("articles", "seal"),
            ("articles", "parts_seal"),
            ("passages", "seal"),
        ):
            older.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        older.execute("DELETE FROM meta WHERE key = 'sealed'")
        older.commit()
        older.execute("PRAGMA user_version = 0")
    chat = read_exactly(settings)
    assert not chat.archive.is_sealed
    assert "nur bis zum Herbst" in chat.ask(ASKED).text
    assert find_damaged(chat.archive) == {}
    index_paths(settings, [])
    with closing(Archive(settings.data)) as archive:
        assert archive.is_sealed
        assert find_damaged(archive) == {}
        rows = archive.query("SELECT count(*), count(seal), count(parts_seal) FROM articles")
        assert rows == [(3, 3, 3)]
    # What it lacks now, it has lost.
    change(settings, "UPDATE articles SET seal = NULL")
    with closing(Archive(settings.data)) as archive:
        assert len(find_damaged(archive)) == 3


def test_seals_are_the_same_whether_made_with_the_article_or_later(settings):
    with closing(Archive(settings.data)) as archive:
        before = archive.query("SELECT id, seal, parts_seal FROM articles ORDER BY id")
        passages = archive.query("SELECT id, seal FROM passages ORDER BY id")
    with closing(sqlite3.connect(settings.data / "archive.sqlite")) as db:
        db.executescript(
            "UPDATE articles SET seal = NULL, parts_seal = NULL; UPDATE passages SET seal = NULL;"
            "DELETE FROM meta WHERE key = 'sealed'"
        )
    index_paths(settings, [])
    with closing(Archive(settings.data)) as archive:
        assert archive.query("SELECT id, seal, parts_seal FROM articles ORDER BY id") == before
        assert archive.query("SELECT id, seal FROM passages ORDER BY id") == passages


# Folders that may only be read


@pytest.fixture
def locked(settings, monkeypatch):
    """As the folder is for somebody who may only read it: SQLite is asked for no more."""
    from wortlaut.index.database import sqlite

    def allow(folder, file):
        return False

    monkeypatch.setattr(sqlite, "_is_writable", allow)
    return settings


def test_a_folder_that_may_only_be_read_answers(locked, made, capsys):
    before = sorted(path.name for path in locked.data.iterdir())
    chat = open_chat(locked)
    assert chat.archive.is_read_only
    assert "nur bis zum Herbst" in chat.ask(ASKED).text
    assert len(chat.search("Hält der Damm?", 2)) == 2
    assert chat.list_timeline("Oda Falk", "", Filters())
    chat.archive.close()
    assert check_files(locked, [made / "receipt.json"], as_json=False) == 0
    capsys.readouterr()
    assert print_diagnosis(locked, as_json=True) is True
    assert "only be read" in json.loads(capsys.readouterr().out)["store"]
    assert sorted(path.name for path in locked.data.iterdir()) == before
    with closing(Archive(locked.data)) as archive, pytest.raises(ArchiveUnavailable, match="read"):
        archive.write_meta("note", "1")


def test_a_reader_without_rights_sees_what_another_writes(locked):
    chat = open_chat(locked)
    assert chat.ask(ASKED).citations
    with closing(sqlite3.connect(locked.data / "archive.sqlite")) as writer:
        writer.execute("INSERT INTO meta VALUES ('note', 'one')")
        writer.commit()
        assert chat.archive.read_meta("note") == "one"
        writer.execute("UPDATE meta SET value = 'two' WHERE key = 'note'")
        writer.commit()
    assert chat.archive.read_meta("note") == "two"
    chat.archive.close()


def test_what_a_killed_writer_left_is_read_from_a_copy(locked, tmp_path):
    file = locked.data / "archive.sqlite"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("INSERT INTO meta VALUES ('note', 'one')")
        writer.commit()
        for name in ("archive.sqlite", "archive.sqlite-wal"):
            shutil.copy(locked.data / name, tmp_path / name)
    for name in ("archive.sqlite", "archive.sqlite-wal"):
        shutil.move(tmp_path / name, locked.data / name)
    with closing(Archive(locked.data)) as archive:
        assert archive.read_meta("note") == "one"
        copied = Path(archive.database._file.copied.name)
        assert copied.is_dir()
    assert not copied.exists()


def test_an_older_archive_that_may_only_be_read_says_what_to_do(locked):
    with closing(sqlite3.connect(locked.data / "archive.sqlite")) as older:
        older.execute("ALTER TABLE articles DROP COLUMN seal")
        older.execute("PRAGMA user_version = 0")
    with pytest.raises(ArchiveUnavailable, match=r"another version.*can be written"):
        Archive(locked.data)


def test_no_archive_where_none_can_be_made_is_one_line(locked):
    shutil.rmtree(locked.data)
    locked.data.mkdir()
    with pytest.raises(ArchiveUnavailable, match="no archive in"):
        Archive(locked.data)


_READ_ALONE = """
import os, sys
os.environ["WORTLAUT_READER"] = "none"
from wortlaut.ui.terminal.cli import main
for arguments in (["ask", sys.argv[2]], ["info"], ["timeline", "--speaker", "Oda Falk"],
                  ["verify", sys.argv[3]], ["index", sys.argv[4]]):
    sys.argv = ["wortlaut", *arguments]
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code or 0
    print("STATUS", arguments[0], status, flush=True)
"""


def test_a_process_without_the_right_to_write_reads_and_says_so(settings, made):
    """As root by dropping the right to pass over rights; else by the folder's own."""
    drop = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("no setpriv to give up root's rights with")
        drop = ["setpriv", "--bounding-set=-dac_override,-fowner", "--"]
        for path in (settings.data, *settings.data.rglob("*")):
            os.chown(path, 65534, 65534)
    for path in (settings.data, *settings.data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = [*drop, sys.executable, "-c", _READ_ALONE, "-", ASKED]
    try:
        done = subprocess.run(
            [*command, made / "receipt.json", made / "sources"], capture_output=True, text=True,
            check=False, env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
        )  # fmt: skip
    finally:
        for path in (settings.data, *settings.data.rglob("*")):
            path.chmod(0o755)
    states = [line for line in done.stdout.splitlines() if line.startswith("STATUS")]
    assert states == [
        "STATUS ask 0", "STATUS info 0", "STATUS timeline 0", "STATUS verify 0", "STATUS index 1",
    ], done.stderr  # fmt: skip
    assert "nur bis zum Herbst" in done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert "check its rights" in done.stderr


# Full disks


class CountingEngine:
    """Vectors from nothing but letters: a run on a full disk needs no model."""

    dimension, max_tokens = 384, 512

    def encode(self, texts, role):
        seeds = [sum(text.encode()) for text in texts]
        return np.stack([np.random.default_rng(seed).normal(size=384) for seed in seeds])

    def encode_passages(self, texts, units):
        flat = [unit for some in units for unit in some]
        return self.encode(texts, "document"), self.encode(flat, "document")

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]


@pytest.mark.parametrize("pages", [60, 90])
def test_a_disk_that_is_full_ends_the_run_in_one_line_and_loses_nothing(made, tmp_path, pages):
    """No file may grow beyond so many pages: SQLite and Chroma both find the disk full."""
    embedder = Embedder(CountingEngine(), "counting", {})
    settings = load_settings(reader="none")
    sources = tmp_path / "sources"
    shutil.copytree(made / "sources", sources)
    index_paths(settings, [sources], load=lambda letters: embedder)
    for number in range(40):
        name = (
            f"Nachricht {number}: Die Brücke {number} bei Tarvo bleibt gesperrt, sagte Jan Holm.\n"
        )
        (sources / f"neu{number}.txt").write_text(f" date 2026-02-07 {name}" * 3, encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (pages * 4096, hard))
    try:
        with pytest.raises(StoreUnavailable) as refused:
            index_paths(settings, [sources], load=lambda letters: embedder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    line = str(refused.value)
    assert "\n" not in line
    assert "space" in line
    assert list_asides(settings) == []
    with closing(Archive(settings.data)) as archive:
        assert archive.count().articles >= 3
        assert find_file_faults(archive) == []
        assert find_damaged(archive) == {}
    index_paths(settings, [sources], load=lambda letters: embedder)
    with closing(Archive(settings.data)) as archive:
        assert archive.count().articles == 43
        assert find_damaged(archive) == {}
    library = open_library(settings, embedder)
    assert library.store.list_ids() == library.archive.list_passage_ids()
    library.close()


# Foreign clocks


def test_a_file_from_the_future_is_read_said_so_and_seen_to_change(made, tmp_path):
    settings = load_settings(reader="none")
    file = tmp_path / "sources" / "damm.txt"
    file.parent.mkdir()
    for text in ("Der Damm hält, sagte Oda Falk.\n", "Der Damm wich, sagte Oda Falk.\n"):
        file.write_text(f" date 2099-02-04 {text}", encoding="utf-8")
        os.utime(file, (4e9, 4e9))
        report = index_paths(settings, [file])
        assert report.added + report.updated == 1
        assert any("is a clock wrong" in line for _, line in report.notices)
    assert index_paths(settings, [file]).files_unchanged == 1


def test_articles_from_the_future_are_counted_by_doctor(settings, capsys):
    with closing(Archive(settings.data)) as archive:
        article = archive.read_article(find_id(settings, "damm.txt"))
    from dataclasses import replace
    from datetime import date

    index_articles(settings, [replace(article, id="f" * 16, published=date(2099, 1, 1))])
    print_diagnosis(settings, as_json=True)
    assert "2099-01-01" in json.loads(capsys.readouterr().out)["future"]
