"""The archive as one file: what is exported comes back, and nothing else is let in."""

import json
import random
import shutil
import sqlite3
import threading
import zipfile
from hashlib import sha256

import pytest
import terminal
from ports import find_port
from test_store import make_passages

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, Passage, Span, hash_text
from wortlaut.index.errors import ConfigError, StoreError, StoreUnavailable, WortlautError
from wortlaut.index.ingest import RUN_FLAG
from wortlaut.index.moving import package, transfer
from wortlaut.index.moving.transfer import export_archive, import_archive
from wortlaut.index.server import ChromaServer
from wortlaut.index.store import PassageStore
from wortlaut.rag.assembly import index_paths, open_library
from wortlaut.rag.config import load_settings

EMBEDDER = "a model of eight numbers"


def put_article(archive, number):
    """An article of two passages, without a model."""
    text = f"Der Damm {number} hält. Er ist dicht."
    article = Article(f"a{number}", "Damm", text, hash_text(text), path=f"/x/{number}")
    passages = []
    for n, (_, made) in enumerate(make_passages(2, seed=number)):
        span = Span(17 * n, 17 * n + 17)
        passages.append(
            type(made)(Passage(f"a{number}:{n}", article.id, n, span, (span,)), made.vector,
                       made.sentence_vectors, "damm hält")
        )  # fmt: skip
    archive.replace_article(article, passages, [], "14")


@pytest.fixture
def folder(tmp_path):
    archive = Archive(tmp_path / "held")
    archive.bind_embedder(EMBEDDER)
    for number in range(3):
        put_article(archive, number)
    archive.close()
    return archive.folder


@pytest.fixture
def exported(folder, tmp_path):
    export_archive(folder, tmp_path / "held.wortlaut")
    return tmp_path / "held.wortlaut"


def bring_in(file, folder):
    return import_archive(folder, file, folder / "chroma")


def reseal(file, parts, manifest=None):
    """A file with these parts whose checksums are right: damage is not what it shows."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            if name != "manifest.json":
                packed.writestr(name, content)
        packed.writestr("manifest.json", json.dumps(manifest or json.loads(parts["manifest.json"])))
        packed.comment = b"wortlaut-export sha256 " + b"0" * 64
    whole = file.read_bytes()
    file.write_bytes(whole[:-64] + sha256(whole[:-64]).hexdigest().encode())


def unpack(file):
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def replace_part(file, content, **manifest):
    """The export with another part, of which its manifest tells the truth."""
    parts = unpack(file) | {"archive.sqlite": content}
    told = json.loads(parts["manifest.json"]) | manifest
    told["parts"] = {
        "archive.sqlite": {"bytes": len(content), "sha256": sha256(content).hexdigest()}
    }
    reseal(file, parts, told)


def refuse(file, folder, words, error=StoreError):
    with pytest.raises(error, match=words) as refused:
        bring_in(file, folder)
    assert "\n" not in str(refused.value)
    assert not (folder / "archive.sqlite").exists()
    assert not (folder / "importing").exists()
    assert not (folder / "chroma").exists()


def test_an_archive_that_was_carried_answers_the_same(write, tmp_path, monkeypatch):
    monkeypatch.setenv("WORTLAUT_READER", "none")
    write("damm.txt", " date 2026-02-04 „Der Damm hält“, sagte Ministerin Oda Falk.\n")
    place = write(
        "hafen.txt", " date 2026-01 Der Hafen von Brakkum bleibt, sagte Jan Holm.\n"
    ).parent
    settings = load_settings()
    index_paths(settings, [place])
    shutil.rmtree(place)
    file, there = tmp_path / "archive.wortlaut", tmp_path / "elsewhere"
    told = json.loads(terminal.run("export", "--json", file).stdout)
    assert told["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert (told["complete"], told["counts"]["articles"], told["counts"]["files"]) == (True, 2, 2)
    done = terminal.run("import", file, data=there)
    assert (done.returncode, done.stderr) == (0, "")
    for command in (
        ["info", "--json"],
        ["doctor", "--json"],
        ["ask", "--json", "Was sagte Falk?", "Was ist mit dem Hafen?"],
        ["timeline", "--speaker", "Holm", "--json"],
        ["articles", "--json"],
    ):
        ours, theirs = terminal.run(*command), terminal.run(*command, data=there)
        lines = [[json.loads(line) for line in done.stdout.splitlines()] for done in (ours, theirs)]
        for row in (*lines[0], *lines[1]):
            row.pop("timings_ms", None)
            row.pop("data", None)
            row.pop("archive", None)
        assert lines[0] == lines[1]
        assert (ours.returncode, theirs.returncode) == (0, 0)
    again = terminal.run("import", file, data=there)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "holds 2 articles; import into a new folder" in again.stderr


def test_everything_that_sqlite_holds_is_carried(folder, exported, tmp_path):
    bring_in(exported, tmp_path / "new")
    dumps = []
    for place in (folder, tmp_path / "new"):
        db = sqlite3.connect(place / "archive.sqlite")
        tables = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")
            if row[0] not in ("meta", "changes", "pending", "sqlite_sequence")
        ]  # fmt: skip
        dumps.append({table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables})
        db.close()
    assert dumps[0] == dumps[1]
    assert len(dumps[0]["passages"]) == 6


def test_a_half_indexed_archive_says_so_and_stays_so(folder, tmp_path, capsys):
    archive = Archive(folder)
    archive.write_meta(RUN_FLAG, "1")
    archive.close()
    done = terminal.run("export", tmp_path / "half.wortlaut", data=folder)
    assert "was not complete" in done.stderr
    done = terminal.run("import", tmp_path / "half.wortlaut", data=tmp_path / "new")
    assert (done.returncode, "was not complete" in done.stderr) == (0, True)
    assert "not finished" in terminal.run("info", data=tmp_path / "new").stdout


def test_an_export_is_of_one_moment_while_somebody_writes(folder, tmp_path):
    stop = threading.Event()

    def write_on():
        archive, number = Archive(folder), 3
        while not stop.is_set():
            put_article(archive, number)
            number += 1
        archive.close()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        reports = [export_archive(folder, tmp_path / "moving.wortlaut") for _ in range(4)]
    finally:
        stop.set()
        writer.join()
    counts = [report.counts for report in reports]
    assert all(count["passages"] == 2 * count["articles"] for count in counts)
    assert counts[-1]["articles"] > counts[0]["articles"]
    report = bring_in(tmp_path / "moving.wortlaut", tmp_path / "new")
    assert report.counts == counts[-1]


def test_no_changed_cut_off_or_longer_file_is_let_in(exported, tmp_path):
    whole = exported.read_bytes()
    chance = random.Random(13)
    damaged = tmp_path / "damaged.wortlaut"
    places = chance.sample(range(len(whole)), 120)
    bad = [whole[:n] + bytes([whole[n] ^ 1 << n % 8]) + whole[n + 1 :] for n in places]
    bad += [whole[:n] for n in chance.sample(range(len(whole)), 40)]
    bad += [whole + b"\0", whole + whole, b"\0" + whole]
    for content in bad:
        damaged.write_bytes(content)
        with pytest.raises((StoreError, ConfigError)) as refused:
            bring_in(damaged, tmp_path / "new")
        assert "is damaged" in str(refused.value) or "no export" in str(refused.value)
    assert not (tmp_path / "new" / "archive.sqlite").exists()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\3\4 a ZIP of others", None])
def test_another_file_is_no_export(content, tmp_path):
    file = tmp_path / "other"
    if content is not None:
        file.write_bytes(content)
    done = terminal.run("import", file, data=tmp_path / "new")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "new").exists()


def test_a_part_of_another_export_is_refused(folder, exported, tmp_path):
    archive = Archive(folder)
    put_article(archive, 9)
    archive.close()
    export_archive(folder, tmp_path / "later.wortlaut")
    mixed = unpack(exported) | {
        "archive.sqlite": unpack(tmp_path / "later.wortlaut")["archive.sqlite"]
    }
    reseal(exported, mixed)
    refuse(exported, tmp_path / "new", "is damaged: its (manifest|archive)")
    replace_part(exported, mixed["archive.sqlite"])
    refuse(exported, tmp_path / "new", "its manifest says another counts than its archive")


def test_an_export_of_a_newer_version_is_named(exported, tmp_path):
    parts = unpack(exported)
    reseal(exported, parts, json.loads(parts["manifest.json"]) | {"format": "wortlaut-export/2"})
    refuse(exported, tmp_path / "new", "is an export of a newer Wortlaut", ConfigError)


def test_parts_that_lead_elsewhere_or_swell_are_refused(exported, tmp_path):
    other = shutil.copy(exported, tmp_path / "other.wortlaut")
    reseal(other, unpack(exported) | {"../../etc/passwd": b"x"})
    refuse(other, tmp_path / "new", "it holds other parts than an export")
    replace_part(exported, bytes(package._SMALL + 1))
    refuse(exported, tmp_path / "new", "grows beyond all measure")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM articles; END",
            "no archive .*'t'",
        ),
        ("CREATE VIEW v AS SELECT 1", "holds what no archive of this Wortlaut does: 'v'"),
        ("UPDATE articles SET text = replace(text, 'hält', 'birst')", "the text of article a0"),
        ("UPDATE meta SET value = 'other' WHERE key = 'archive_id'", "says another archive_id"),
        ("DELETE FROM passages WHERE number = 1", "says another counts"),
        ("DROP TABLE passages", "says another counts"),
        ("DROP TABLE articles", "is damaged: no such table"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused(sql, words, exported, tmp_path):
    file = tmp_path / "part.sqlite"
    file.write_bytes(unpack(exported)["archive.sqlite"])
    with sqlite3.connect(file) as db:
        db.execute(sql)
    db.close()
    replace_part(exported, file.read_bytes())
    refuse(exported, tmp_path / "new", words)


def test_torn_pages_are_refused_by_export_and_import(folder, exported, tmp_path):
    torn = bytearray(unpack(exported)["archive.sqlite"])
    torn[9 * 4096 : 10 * 4096] = bytes(random.Random(1).randbytes(4096))
    replace_part(exported, bytes(torn))
    refuse(exported, tmp_path / "new", "is damaged")
    (folder / "archive.sqlite").write_bytes(torn)
    with pytest.raises(WortlautError):
        export_archive(folder, tmp_path / "torn.wortlaut")
    assert not (tmp_path / "torn.wortlaut").exists()
    assert list(tmp_path.glob(".*partial")) == []


def test_no_other_file_is_written_over_and_an_older_export_is(folder, exported, tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("wichtig")
    for target, words in ((text, "is no export"), (tmp_path, "is no export"),
                          (tmp_path / "none" / "x", "no such folder")):  # fmt: skip
        done = terminal.run("export", target, data=folder)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert words in done.stderr
    assert text.read_text() == "wichtig"
    before = exported.stat()
    export_archive(folder, exported)
    after = exported.stat()
    assert (after.st_ino, after.st_mtime_ns) != (before.st_ino, before.st_mtime_ns)


def test_an_archive_without_articles_is_not_exported_nor_made(tmp_path):
    done = terminal.run("export", tmp_path / "x", data=tmp_path / "none")
    assert (done.returncode, "there is no archive in" in done.stderr) == (2, True)
    assert not (tmp_path / "none").exists()
    Archive(tmp_path / "empty").close()
    done = terminal.run("export", tmp_path / "x", data=tmp_path / "empty")
    assert (done.returncode, "holds no article" in done.stderr) == (2, True)


def test_an_export_that_fails_or_is_killed_leaves_the_older_one(folder, exported, monkeypatch):
    before = exported.read_bytes()
    left = exported.parent / f".{exported.name}.killed.partial"
    left.mkdir()
    (left / "archive.sqlite").write_bytes(b"half")

    def fail(handle):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(package.os, "fsync", fail)
        with pytest.raises(StoreUnavailable, match="No space left on device; check its disk's"):
            export_archive(folder, exported)
    assert exported.read_bytes() == before
    assert list(exported.parent.glob(".*partial")) == []


def test_an_import_that_is_killed_while_chroma_is_filled_is_mended_at_the_next_opening(
    exported, tmp_path, monkeypatch
):
    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(transfer, "_fill", kill)
        with pytest.raises(Killed):
            bring_in(exported, tmp_path / "new")
    archive = Archive(tmp_path / "new")
    store = PassageStore(tmp_path / "new" / "chroma", archive.store_id, EMBEDDER)
    assert store.count() == 0
    transfer.repair_store(archive, store)
    assert store.list_ids() == archive.list_passage_ids()
    store.close()
    archive.close()


def test_who_has_the_empty_archive_open_sees_what_is_imported(exported, tmp_path):
    reader = Archive(tmp_path / "new")
    generation = reader.generation
    assert reader.count().articles == 0
    bring_in(exported, tmp_path / "new")
    assert reader.count().articles == 3
    assert reader.generation != generation
    reader.close()
    again = Archive(tmp_path / "new")
    assert again.query("PRAGMA integrity_check") == [("ok",)]
    assert again.query("PRAGMA journal_mode") == [("wal",)]
    again.close()


def test_an_archive_with_pages_of_another_size_is_carried_too(folder, tmp_path):
    db = sqlite3.connect(folder / "archive.sqlite")
    for line in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 8192", "VACUUM"):
        db.execute(line)
    db.close()
    export_archive(folder, tmp_path / "large.wortlaut")
    bring_in(tmp_path / "large.wortlaut", tmp_path / "new")
    archive = Archive(tmp_path / "new")
    assert (archive.count().articles, archive.count().passages) == (3, 6)
    archive.close()


def test_nothing_is_changed_where_chroma_cannot_be_opened(exported, tmp_path):
    server = ChromaServer(f"http://127.0.0.1:{find_port()}")
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        import_archive(tmp_path / "new", exported, server)
    assert not (tmp_path / "new" / "archive.sqlite").exists()


def test_a_library_opens_after_an_import_by_its_own_names(exported, tmp_path, monkeypatch):
    bring_in(exported, tmp_path / "new")
    archive = Archive(tmp_path / "new")
    held = archive.read_meta("archive_id")
    assert archive.store_id not in ("", held)
    assert not archive.store_id.startswith(held)
    archive.close()
    with pytest.raises(WortlautError, match="this archive was made with the embedder a model"):
        open_library(load_settings(data=tmp_path / "new"))
