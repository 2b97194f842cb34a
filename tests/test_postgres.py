"""The archive in a real PostgreSQL: the same tables, the same hits, and what only a server does."""
# ruff: noqa: F811

import os
import re
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import terminal
from conftest import ROOT, SEEDS
from postgresserver import FoldersInPostgres
from test_articles_cli import *  # noqa: F403
from test_ingest import (  # noqa: F401
    settings,
    test_a_changed_file_replaces_its_passages,
    test_a_difference_that_keeps_the_count_is_found_by_a_thorough_check,
    test_a_killed_run_leaves_no_half_article_and_the_next_run_completes_it,
    test_a_lost_chroma_is_rebuilt_from_sqlite_on_open,
    test_a_second_indexer_that_may_not_wait_says_what_to_do,
    test_a_second_run_costs_nothing_and_changes_nothing,
    test_a_stopped_rebuild_is_reported_and_finished_without_a_path,
    test_an_article_left_without_a_sentence_replaces_its_old_text,
    test_prune_drops_what_is_gone_and_nothing_else,
    test_readers_are_told_of_changed_articles_and_of_nothing_else,
    test_rebuild_needs_no_source,
    test_the_lock_is_given_back,
)
from test_live import (  # noqa: F401
    other,
    test_a_rebuild_with_the_usual_embedder_gives_up_one_with_another,
    test_an_answer_from_an_archive_that_lacks_files_says_so,
    test_headlines_that_come_in_are_known_at_once,
    test_names_and_offices_that_are_followed_are_those_that_are_read_anew,
)
from test_live import (
    test_a_rebuild_with_another_embedder_stands_beside_the_old_state_until_it_is_whole as _beside,
)
from test_twins import (  # noqa: F401
    archive,
    test_a_cluster_is_mended_when_a_print_changes_or_goes,
    test_a_correction_leaves_other_reports_of_one_template_alone,
    test_a_correction_supersedes_whichever_came_in_first,
    test_a_roundup_joins_no_two_stories,
    test_a_story_printed_everywhere_is_one_cluster,
    test_contradicting_words_make_no_copy,
    test_of_one_id_the_latest_version_stands_for_all,
    test_what_was_printed_later_is_not_seen_before,
)

from wortlaut.index.archive import (
    Archive,
    EmbeddedPassage,
    Selection,
    count_selected,
    list_openings,
    list_selected,
)
from wortlaut.index.article import Article, Passage, Span, Statement, hash_text
from wortlaut.index.database import postgres as module
from wortlaut.index.database.postgres import read_postgres_address
from wortlaut.index.database.tables import SCHEMA_STAMP, list_tables
from wortlaut.index.errors import (
    ArchiveDamaged,
    ConfigError,
    DamagedArticle,
    StoreBusy,
    StoreUnavailable,
)
from wortlaut.index.holdings import list_holdings
from wortlaut.index.ingest import lock_writer
from wortlaut.index.integrity import (
    find_damaged,
    find_file_faults,
    mend_full_text,
    require_sound,
)
from wortlaut.index.lang.words import make_terms
from wortlaut.index.lexicon import Lexicon
from wortlaut.index.live import turns
from wortlaut.index.live.rebuild import read_building
from wortlaut.index.live.turns import WriterTurn
from wortlaut.index.moving.transfer import export_archive, import_archive
from wortlaut.index.reading.statements import extract_article
from wortlaut.index.sources import find_files, read_articles
from wortlaut.index.twins.origins import read_origins
from wortlaut.rag.config import load_settings

pytestmark = [
    pytest.mark.usefixtures("unread"),
    # Tests that leave a file of SQLite to itself leave a connection, too.
    pytest.mark.filterwarnings("ignore:.*ResourceWarning", "ignore:.*unclosed.*"),
]

test_a_rebuild_stands_beside_the_old_state = _beside
# The seeds' own folder is SQLite's; theirs is compared below. The other one gives rows no number.
del test_a_speaker_is_found_by_another_spelling  # noqa: F821
del test_a_large_archive_is_listed_in_few_queries_from_its_first_article_on  # noqa: F821


@pytest.fixture(autouse=True)
def _archives_of_other_tests_in_postgres(request, monkeypatch, _clean_environment):
    """The tests that come from other modules keep their archives in PostgreSQL here."""
    if request.function.__module__ != __name__:
        folders = FoldersInPostgres(request.getfixturevalue("postgres"))
        folders.patch(monkeypatch)
        monkeypatch.setenv("WORTLAUT_ARCHIVE", folders.find(Path(os.environ["WORTLAUT_DATA"])))


@pytest.fixture
def sources(request, write):
    """The files that the module of the test has."""
    for name, text in sys.modules[request.function.__module__].TEXTS.items():
        path = write(name, text)
    return path.parent


def keep_text(archive, identity, text, **facts):
    """Keep an article of one passage and one statement, without a model."""
    article = Article(
        identity, identity.title(), text, hash_text(text), "kda", None, "de", date(2026, 3, 1), "day",
        f"/{identity}.txt", **facts,
    )  # fmt: skip
    vector = np.ones(4, np.float32) / 2
    passage = Passage(f"{identity}:0", identity, 0, Span(0, len(text)), (Span(0, len(text)),))
    embedded = EmbeddedPassage(passage, vector, vector[None], " ".join(make_terms(text)))
    said = Statement(identity, Span(0, 3), "Oda Falk", None, "sagte", "reported", None, True)
    archive.replace_article(article, [embedded], [said], "1", [("Oda Falk", "Ministerin")])
    return article


def keep_seeds(archive):
    """Keep the sample articles, a passage a paragraph, without a model."""
    vector = np.ones(4, np.float32) / 2
    for found in find_files([SEEDS / "archive"]):
        for article in read_articles(found):
            read = extract_article(article)
            offices = [(s.speaker, "Minister") for s in read.statements if s.speaker]
            passages = []
            for part in re.finditer(r"(?:.+\n?)+", article.text):
                span = Span(*part.span())
                passage = Passage(
                    f"{article.id}:{len(passages)}", article.id, len(passages), span, (span,)
                )
                terms = " ".join(make_terms(part[0]))
                passages.append(EmbeddedPassage(passage, vector, vector[None], terms))
            archive.replace_article(article, passages, read.statements, "1", offices)


# Without a server


def test_statements_are_written_in_what_both_understand():
    """SQLite's own words stand in one module alone: PostgreSQL would refuse them."""
    own = re.compile(
        r"INSERT OR |lastrowid|PRAGMA|[=<>(,] ?\?\d|\bGLOB\b|\bMATCH \?|\bmain\.|\bNOT is_|NOCASE"
    )
    # An export is a file of SQLite, and so are some sources, and what users keep.
    ours = [
        ROOT / "index" / name
        for name in ("database/sqlite.py", "moving/transfer.py", "formats/databases.py")
    ]
    files = [f for part in ("index", "rag", "eval", "ui") for f in (ROOT / part).rglob("*.py")]
    ours += (ROOT / "rag" / "desk").glob("*.py")
    said = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in files
        if file not in ours
        for line in file.read_text("utf-8").splitlines()
        if '"' in line and own.search(line)
    ]
    assert said == []


def test_an_address_is_read_whole_and_its_password_told_to_nobody(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "Barkasse")
    read = read_postgres_address("postgresql://oda:H%40fen%2F7@db.test:6000/news?sslmode=require")
    assert (read.host, read.port, read.user, read.database) == ("db.test", 6000, "oda", "news")
    assert (read.password, read.ssl_mode) == ("H@fen/7", "require")
    assert "fen" not in f"{read} {read!r}"
    assert read_postgres_address("postgres://oda@[::1]/news").password == "Barkasse"
    local = read_postgres_address("postgresql://oda@/news?host=/run/postgresql")
    assert (local.host, str(local)) == (
        "/run/postgresql",
        "postgresql://oda@/news?host=/run/postgresql",
    )
    settings = load_settings(archive="postgresql://oda:Geheim@db.test/news")
    assert "Geheim" not in f"{settings} {settings!r}"


@pytest.mark.parametrize(
    "address",
    ["mysql://a:Geheim@b/c", "news", "postgresql://a:Geheim@b:x/c", "postgresql://a:Geheim@b/c?x=1",
     "postgresql://a:12?Geheim@b/c", "postgresql://a:12/Geheim@b/c",
     "postgresql://a:Geheim@b/c?schema=pg_x", "postgresql://a:Geheim@b/c?schema=information_schema",
     "postgresql://a:Geheim@b:0/c", "postgresql://a:Geheim@b/c%00", "postgresql://a:Geheim@b/c?sslrootcert=/no.pem",
     "postgresql://a:Geheim@b/c?sslmode=maybe", "postgresql://a:Geheim@b/c?schema=x;y", "postgresql://[a:Geheim@b/c"],
)  # fmt: skip
def test_a_wrong_address_is_wrong_use(tmp_path, address):
    with pytest.raises(ConfigError) as told:
        Archive(tmp_path, address)
    assert "Geheim" not in str(told.value)
    assert "\n" not in str(told.value)


def test_no_text_that_is_read_holds_a_nul(write):
    """PostgreSQL has no place for it."""
    path = write(
        "nul.txt", " date 2026-02-04 TARVO (kda) - Der Damm\x00 hält, sagte Oda\x00 Falk.\n"
    )
    read = list(read_articles(path))
    assert [a for a in read if isinstance(a, Article)] or [r for r in read if "\x00" not in str(r)]
    assert not any("\x00" in f"{a.title}{a.text}" for a in read if isinstance(a, Article))


# With one


def test_the_two_schemas_have_the_same_tables_and_columns(tmp_path, postgres):
    with (
        closing(Archive(tmp_path / "a")) as lite,
        closing(Archive(tmp_path / "b", postgres.make_database())) as served,
    ):
        kinds = {"BIGINT": "INTEGER", "BYTEA": "BLOB"}
        rows = lite.query("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        names = {n for n, _ in rows if not n.startswith("sqlite_") and "passages_fts_" not in n}
        own = served.query("SELECT tablename FROM pg_tables WHERE schemaname = 'wortlaut'")
        extra = {"postings", "passages_size"}
        assert {name for (name,) in own} - extra == names
        for table in names - {"passages_fts", "passages_vocab"}:
            wanted = [
                (name, kind, bool(needed or key), bool(key))
                for _, name, kind, needed, _, key in lite.query(f"PRAGMA table_info({table})")
            ]
            keys = served.query(
                "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
                "AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND i.indrelid = to_regclass(?)",
                (table,),
            )
            found = [
                (name, kinds.get(kind, kind), needed == "NO", (name,) in keys)
                for name, kind, needed, collation in served.query(
                    "SELECT column_name, upper(data_type), is_nullable, collation_name "
                    "FROM information_schema.columns WHERE table_name = ? "
                    "AND table_schema = 'wortlaut' ORDER BY ordinal_position",
                    (table,),
                )
                if kind != "TEXT" or collation == "C"
            ]
            # SQLite lets a key be null that it says nothing of.
            assert [row[:2] + row[3:] for row in found] == [row[:2] + row[3:] for row in wanted], (
                table
            )
            assert all(f[2] >= w[2] for f, w in zip(found, wanted, strict=True)), table


def test_the_seeds_are_found_in_the_same_order_with_the_same_scores(tmp_path, postgres):
    import json

    with (
        closing(Archive(tmp_path / "a")) as lite,
        closing(Archive(tmp_path / "b", postgres.make_address())) as served,
    ):
        both = (lite, served)
        for archive in both:
            keep_seeds(archive)
        lexicons = [Lexicon(archive) for archive in both]
        lines = (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
        asked = [" ".join(map(str, json.loads(line).get("turns", [line]))) for line in lines]
        found = 0
        for question in asked[:80]:
            weights, same = [lexicon.weigh_terms(question) for lexicon in lexicons]
            assert weights == same
            first, second = [_rank(archive, list(weights)) for archive in both]
            assert [i for i, _ in first] == [i for i, _ in second]
            assert np.allclose([s for _, s in first], [s for _, s in second], rtol=0, atol=1e-6)
            hits = [lexicon.search(weights, 20, Selection()) for lexicon in lexicons]
            assert hits[0] == hits[1]
            found += len(first)
            for word in question.split()[1:6]:
                told = [lexicon.names_any_article(word) for lexicon in lexicons]
                assert told[0] == told[1], word
        assert found > 100
        windows = [
            Selection(), Selection(since=date(2026, 1, 15)), Selection(until=date(2026, 1, 29)),
            Selection(source="DPA-afx"), Selection(since=date(2022, 2, 1), until=date(2026, 1, 31)),
        ]  # fmt: skip
        for look in (
            lambda a: (a.list_speakers(), a.list_bodies(), a.list_offices(), a.count()),
            lambda a: (a.list_paths(), read_origins(a)),
            lambda a: [count_selected(a, window) for window in windows],
            lambda a: [sorted(list_selected(a, window)) for window in windows],
            lambda a: [list_openings(a, window, 9) for window in windows],
            lambda a: list(list_holdings(a, Selection())),
            lambda a: a.query("SELECT term, doc FROM passages_vocab ORDER BY term"),
        ):
            assert look(lite) == look(served)


def _rank(archive, terms):
    table, values, order = archive.database.rank_terms(terms)
    sql = f"SELECT p.id, f.rank FROM {table} f JOIN passages p ON p.number = f.number ORDER BY {order}"
    return archive.query(sql, values) if terms else []


def test_the_full_text_follows_what_is_replaced_and_taken_out(tmp_path, postgres):
    texts = {
        "a": "Null null NULL sagt der Damm von Tarvo {a,b} \"so\" \\ 'so'",
        "b": "Der Damm von Brakkum", "c": "",
    }  # fmt: skip
    with (
        closing(Archive(tmp_path / "a")) as lite,
        closing(Archive(tmp_path / "b", postgres.make_address())) as served,
    ):
        for archive in (lite, served):
            for identity, text in texts.items():
                keep_text(archive, identity, text)
            keep_text(archive, "b", "Der Hafen von Brakkum, Damm um Damm")
            archive.delete_articles(["c"])
        for sql in (
            "SELECT term, doc FROM passages_vocab ORDER BY term",
            "SELECT rowid, terms FROM passages_fts ORDER BY rowid",
            "SELECT number, article, speakers FROM changes ORDER BY number",
            "SELECT passage, operation FROM pending ORDER BY passage",
        ):
            assert lite.query(sql) == served.query(sql)
        assert dict(_rank(lite, ["null", "damm"])) == pytest.approx(
            dict(_rank(served, ["null", "damm"])), abs=1e-12
        )
        for archive in (lite, served):
            archive.delete_articles(["a", "b"])
        assert served.query("SELECT passages, terms FROM passages_size") == [(0, 0)]
        for table in (
            "postings",
            "passages_vocab",
            "passages_fts",
            "statements",
            "offices",
            "prints",
        ):
            assert served.query(f"SELECT count(*) FROM {table}") == [(0,)]


def test_text_is_sorted_by_its_code_points(tmp_path, postgres):
    names = ["Ärzte", "Zoo", "apfel", "Яна", "_x", "z", "É", "\U0001f600", "\uffee"]
    with closing(Archive(tmp_path, postgres.make_address())) as served:
        with served.transaction() as db:
            for name in names:
                db.execute("INSERT INTO failures VALUES (?, ?)", (name, "'?' \"?\" ?"))
        rows = served.query("SELECT path, reason FROM failures WHERE reason <> '?' ORDER BY path")
    assert rows == [(name, "'?' \"?\" ?") for name in sorted(names)]


def test_a_restarted_server_is_asked_again_and_a_broken_write_is_told(tmp_path, postgres):
    address = postgres.make_address()
    with closing(Archive(tmp_path, address)) as served:
        keep_text(served, "a", "Der Damm hält")

        def restart():
            postgres.stop()
            postgres.start()

        def write_and_restart(archive):
            with archive.transaction() as db:
                db.execute("DELETE FROM articles")
                restart()
                db.execute("DELETE FROM articles")

        def restart_and_write(archive):
            with lock_writer(tmp_path, 0, archive):
                restart()
                keep_text(archive, "c", "Der Turm fällt")

        restart()
        assert served.count().articles == 1
        keep_text(served, "b", "Der Hafen schließt")
        with pytest.raises(StoreUnavailable, match="nothing is kept by half"):
            write_and_restart(served)
        assert served.count().articles == 2
        # Who was the only one to write is not so any more.
        with pytest.raises(StoreUnavailable, match="right to write"):
            restart_and_write(served)
        keep_text(served, "c", "Der Turm fällt")
        postgres.stop()
        with pytest.raises(StoreUnavailable, match="is it running") as told:
            served.count()
        assert postgres.password not in str(told.value)
        postgres.start()
        assert served.count().articles == 3


def test_a_killed_writer_leaves_nothing_half_and_holds_nobody_up(tmp_path, postgres):
    address = postgres.make_address()
    writing = f"""
import sys, time
sys.path.insert(0, {str(ROOT / "tests")!r})
from pathlib import Path
from wortlaut.index.archive import Archive
archive = Archive(Path({str(tmp_path / "a")!r}), {address!r})
assert archive.database.claim(0)
with archive.transaction() as db:
    db.execute("DELETE FROM articles")
    print("writing", flush=True)
    time.sleep(60)
"""
    with closing(Archive(tmp_path / "b", address)) as served:
        keep_text(served, "a", "Der Damm hält")
        with subprocess.Popen([sys.executable, "-c", writing], stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"writing\n"
            assert served.count().articles == 1
            busy = pytest.raises(StoreBusy, match="another process is indexing into PostgreSQL")
            with busy, lock_writer(tmp_path / "b", 0, served):
                pass
            process.kill()
        with lock_writer(tmp_path / "b", 20, served):
            keep_text(served, "b", "Der Hafen schließt")
        assert served.count().articles == 2


def test_several_machines_write_one_after_the_other(tmp_path, postgres):
    address = postgres.make_address()

    def index(name):
        (tmp_path / name).mkdir()
        with closing(Archive(tmp_path / name, address)) as machine:
            for number in range(6):
                with lock_writer(tmp_path / name, 60, machine):
                    keep_text(
                        machine, f"{name}{number}", f"Der Damm {number} von Tarvo hält {name}"
                    )

    threads = [threading.Thread(target=index, args=(name,)) for name in "pqr"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(Archive(tmp_path / "b", address)) as served:
        assert served.count().articles == 18
        assert served.newest_change == 18
        assert served.query("SELECT doc FROM passages_vocab WHERE term = 'damm'") == [(18,)]


def test_many_threads_read_from_one_archive(tmp_path, postgres):
    with closing(Archive(tmp_path, postgres.make_address())) as served:
        for number in range(5):
            keep_text(served, f"a{number}", f"Der Damm {number}")
        found = []

        def read():
            for _ in range(20):
                found.append(served.query("SELECT count(*) FROM articles WHERE id <> ?", ("a1",)))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [[(4,)]] * 80


def test_each_refusal_is_one_line_that_says_what_to_do(tmp_path, postgres, monkeypatch):
    address = postgres.make_database()
    base, _, database = address.rpartition("/")
    postgres.run("CREATE ROLE leser LOGIN PASSWORD 'Fischer-Netz-9'")
    port = f":{postgres.port}/"
    latin = postgres.make_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    cases = {
        address.replace(postgres.password, "Ganz-Falsch-1"): "PGPASSWORD",
        address.replace(f":{postgres.password}", ""): "PGPASSWORD",
        f"{base}/nirgends": "createdb --encoding UTF8 --template template0 nirgends",
        address.replace(port, ":9/"): "is it running, the address right",
        latin: "holds text in LATIN1",
        postgres.write_address(database, "leser", "Fischer-Netz-9"): "GRANT CREATE ON DATABASE",
        address + "?sslmode=require": "sslmode",
        f"postgresql://oda:Ganz-Falsch-1@/news?host={tmp_path}": "is it running",
    }  # fmt: skip
    for wrong, remedy in cases.items():
        with pytest.raises(StoreUnavailable) as told:
            Archive(tmp_path, wrong)
        line = str(told.value)
        assert remedy in line
        assert not any(p in line for p in (postgres.password, "Ganz-Falsch-1", "Fischer-Netz-9"))
        assert "\n" not in line
    monkeypatch.setattr(module, "_OLDEST_SERVER", 99)
    with pytest.raises(StoreUnavailable, match="is too old; Wortlaut needs PostgreSQL 99"):
        Archive(tmp_path, address)


def test_who_may_only_read_reads_and_is_told_when_he_would_write(tmp_path, postgres):
    address = postgres.make_database()
    database = address.rpartition("/")[2]
    with closing(Archive(tmp_path, address)) as served:
        keep_text(served, "a", "Der Damm hält")
    postgres.run(
        "CREATE ROLE archivar LOGIN PASSWORD 'Reuse'",
        "GRANT USAGE ON SCHEMA wortlaut TO archivar",
        "GRANT SELECT ON ALL TABLES IN SCHEMA wortlaut TO archivar",
        database=database,
    )
    with closing(
        Archive(tmp_path, postgres.write_address(database, "archivar", "Reuse"))
    ) as reader:
        assert reader.is_read_only
        with (
            pytest.raises(ConfigError, match="grant INSERT, UPDATE"),
            lock_writer(tmp_path, 0, reader),
        ):
            pass
        assert Lexicon(reader).names_any_article("Damm")
        with pytest.raises(StoreUnavailable, match="permission denied"):
            keep_text(reader, "b", "Der Hafen")
        assert reader.count().articles == 1
    # A rebuild beside it, in a schema that is closed to him, is not there for him.
    postgres.run("CREATE SCHEMA wortlaut_building", database=database)
    reading = postgres.write_address(database, "archivar", "Reuse")
    assert read_building(tmp_path, reading) is None
    postgres.run(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
    with closing(Archive(tmp_path, address)) as replica:
        assert replica.is_read_only
        assert replica.read_article("a").text == "Der Damm hält"
        with pytest.raises(StoreUnavailable, match="the address of the primary"):
            keep_text(replica, "b", "Der Hafen")
        assert replica.count().articles == 1


def test_a_word_of_sql_may_be_the_schema_and_a_source_have_any_letters(tmp_path, postgres):
    address = f"{postgres.make_database()}?schema=user"
    with (
        closing(Archive(tmp_path / "a")) as lite,
        closing(Archive(tmp_path / "b", address)) as served,
    ):
        for archive in (lite, served):
            keep_text(archive, "a", "Der Damm hält")
            keep_text(archive, "b", "Der Turm hält")
            with archive.transaction() as db:
                db.execute("UPDATE articles SET source = 'ТАСС' WHERE id = 'a'")
                db.execute("UPDATE articles SET source = 'Österreich-Dienst' WHERE id = 'b'")
        for source in ("ТАСС", "Österreich-Dienst", "ÖSTERREICH-dienst", "тасс", "kda"):
            counts = [
                count_selected(archive, Selection(source=source)) for archive in (lite, served)
            ]
            assert counts[0] == counts[1], source
        assert count_selected(served, Selection(source="ÖSTERREICH-dienst")) == (1, 1)


def test_who_waited_in_vain_for_the_writer_goes_on_reading(tmp_path, postgres):
    address = postgres.make_database()
    with closing(Archive(tmp_path / "a", address)) as first:
        keep_text(first, "a", "Der Damm hält")
        postgres.run(f"ALTER ROLE {postgres.user} SET lock_timeout = '100ms'")
        try:
            with (
                closing(Archive(tmp_path / "b", address)) as second,
                first.transaction() as db,
            ):
                db.execute("DELETE FROM failures")
                with pytest.raises(StoreUnavailable, match="lock timeout"):
                    keep_text(second, "b", "Der Turm hält")
                assert second.count().articles == 1
        finally:
            postgres.run(f"ALTER ROLE {postgres.user} RESET lock_timeout")


def test_info_names_the_server_and_no_password(tmp_path, postgres, capsys):
    from wortlaut.ui.terminal.printing import print_info

    address = postgres.make_address()
    settings = load_settings(archive=address)
    with closing(Archive(settings.data, address)) as served:
        keep_text(served, "a", "Der Damm hält")
    print_info(settings, as_json=True)
    shown = capsys.readouterr().out
    assert '"archive": "PostgreSQL ' in shown
    assert f"@127.0.0.1:{postgres.port}/" in shown
    assert '"articles": 1' in shown
    assert postgres.password not in shown
    assert not (settings.data / "archive.sqlite").exists()


def test_an_older_archive_gets_the_columns_that_it_lacks(tmp_path, postgres):
    address = postgres.make_address()
    with closing(Archive(tmp_path, address)) as older:
        article = keep_text(older, "a", "Der Damm hält")
        with older.transaction() as db:
            db.execute("ALTER TABLE articles DROP COLUMN version")
            db.execute("DROP TABLE superseded")
            db.execute("UPDATE meta SET value = '1' WHERE key = 'stamp'")
    with closing(Archive(tmp_path, address)) as served:
        assert served.read_article("a") == article
        assert served.query("SELECT count(*) FROM superseded") == [(0,)]


def read_rows(archive):
    """All that an archive holds, but for what says where its passages are in Chroma."""
    with archive.hold() as db:
        rows = {}
        for table, some in db.read_tables([*list_tables(), "passages_fts"]):
            rows.setdefault(table, set()).update(some)
    rows["meta"] = {
        row for row in rows["meta"] if row[0] not in ("store_base", "store_id", SCHEMA_STAMP)
    }
    return rows


def test_an_archive_is_carried_into_the_other_kind_and_back(tmp_path, postgres):
    address, other = postgres.make_address(), postgres.make_address()
    with closing(Archive(tmp_path / "lite")) as lite:
        lite.bind_embedder("made up")
        for number in range(3):
            keep_text(lite, f"a{number}", f"Der Damm {number} hält „nicht“")
        rows = read_rows(lite)
    first, second = tmp_path / "first.wortlaut", tmp_path / "second.wortlaut"
    export_archive(tmp_path / "lite", first)
    told = import_archive(tmp_path / "served", first, tmp_path / "served" / "chroma", None, address)
    assert told.counts["passages"] == 3
    assert not (tmp_path / "served" / "archive.sqlite").exists()
    with pytest.raises(ConfigError, match="holds 3 articles; import into a new schema"):
        import_archive(tmp_path / "served", first, tmp_path / "served" / "chroma", None, address)
    with closing(Archive(tmp_path / "served", address)) as served:
        # An import is a new state to whoever reads, and all is in Chroma.
        fresh = {"changes", "pending", "meta"}
        found = read_rows(served)
        assert {t: found[t] for t in rows.keys() - fresh} == {
            t: rows[t] for t in rows.keys() - fresh
        }
        assert find_damaged(served) == {}
        assert not served.database.mend_texts()
        assert Lexicon(served).names_any_article("Damm")
    back = export_archive(tmp_path / "served", second, None, address)
    assert (back.counts["articles"], back.archive_id) == (3, told.archive_id)
    import_archive(tmp_path / "back", second, tmp_path / "back" / "chroma")
    with closing(Archive(tmp_path / "back")) as again:
        found = read_rows(again)
        assert {t: found[t] for t in rows.keys() - fresh} == {
            t: rows[t] for t in rows.keys() - fresh
        }
        assert again.database.list_faults(9) == []
    with pytest.raises(ConfigError, match="there is no archive"):
        export_archive(tmp_path / "nowhere", second, None, other)


def test_what_was_changed_in_the_server_is_named_and_never_quoted(tmp_path, postgres):
    with closing(Archive(tmp_path, postgres.make_address())) as served:
        for identity in ("a", "b", "c"):
            keep_text(served, identity, "Der Damm hält nur im Sommer")
        with served.transaction() as db:
            db.execute("UPDATE articles SET text = replace(text, 'nur', 'nie') WHERE id = 'a'")
            db.execute(
                "UPDATE statements SET speaker = 'Jan Holm' WHERE article = "
                "(SELECT number FROM articles WHERE id = 'b')"
            )
        assert served.read_article("a") is None
        with pytest.raises(DamagedArticle):
            served.read_statements("b")
        assert find_damaged(served) == {
            "a": ["its text is not what was stored"], "b": ["who says what in it changed"],
        }  # fmt: skip
        assert served.read_article("c").text.endswith("Sommer")


def test_postings_that_are_lost_are_made_anew_from_the_passages(tmp_path, postgres):
    with closing(Archive(tmp_path, postgres.make_address())) as served:
        for number in range(3):
            keep_text(served, f"a{number}", f"Der Damm {number} hält, der Damm")
        keep_text(served, "empty", "")
        whole = _rank(served, ["damm", "1"])
        assert not mend_full_text(served)
        for damage in (
            "DELETE FROM postings WHERE term = 'damm' AND passage = 1",
            "UPDATE postings SET times = 9 WHERE term = 'damm'",
            "UPDATE passages_vocab SET doc = 1",
            "UPDATE passages_size SET terms = 5",
            "INSERT INTO postings VALUES ('turm', 1, 1, 1)",
        ):
            with served.transaction() as db:
                db.execute(damage)
            assert mend_full_text(served)
            assert not mend_full_text(served)
            assert _rank(served, ["damm", "1"]) == whole
        assert find_file_faults(served) == []
        with served.transaction() as db:
            db.execute("DELETE FROM passages_fts WHERE rowid = 1")
        assert find_file_faults(served) == [
            "1 passages and rows of the full text are without each other"
        ]
        with pytest.raises(ArchiveDamaged, match="put back a backup"):
            require_sound(served)


def test_machines_that_have_much_to_do_take_turns(tmp_path, postgres, monkeypatch, caplog):
    monkeypatch.setattr(turns, "_TURN_S", 0)
    monkeypatch.setattr(turns, "_QUIET_S", 0.1)
    address = postgres.make_address()
    order = []
    with (
        closing(Archive(tmp_path / "a", address)) as here,
        closing(Archive(tmp_path / "b", address)) as there,
    ):
        first, second = WriterTurn(tmp_path / "a", here), WriterTurn(tmp_path / "b", there)
        first.take(0)
        assert (first.is_over, first.is_last) == (False, True)
        with pytest.raises(StoreBusy, match="give another --archive"):
            second.take(0)

        def write_too():
            second.take(60)
            assert not second.is_last
            order.append("second")
            second.end()

        thread = threading.Thread(target=write_too)
        thread.start()
        while not (first.is_over and caplog.text):
            pass
        assert "indexing into PostgreSQL" in caplog.text
        order.append("first")
        first.give_way()
        order.append("first again")
        assert first.is_last
        first.end()
        thread.join()
    assert order == ["first", "second", "first again"]


def test_the_command_line_does_all_of_it_in_a_server(write, tmp_path, postgres, monkeypatch):
    monkeypatch.setenv("WORTLAUT_READER", "none")
    monkeypatch.setenv("WORTLAUT_ARCHIVE", address := postgres.make_address())
    place = write("damm.txt", " date 2026-02-04 „Der Damm hält nur im Mai“, sagte Oda Falk.\n")
    receipt = tmp_path / "receipt.json"
    assert terminal.run("index", place).returncode == 0
    asked = terminal.run("ask", "Was sagte Oda Falk zum Damm?", "--receipt", receipt)
    assert "Der Damm hält nur im Mai" in asked.stdout
    held = terminal.run("verify", receipt)
    assert (held.returncode, held.stderr) == (0, "")
    for command in (["info"], ["doctor"], ["articles"], ["timeline", "--speaker", "Falk"]):
        done = terminal.run(*command)
        assert (done.returncode, done.stderr) == (0, ""), command
    with closing(Archive(tmp_path / "elsewhere", address)) as served, served.transaction() as db:
        db.execute("UPDATE articles SET text = replace(text, 'nur', 'nie')")
    asked = terminal.run("ask", "Was sagte Oda Falk zum Damm?")
    assert "nie im Mai" not in asked.stdout
    assert terminal.run("verify", receipt).returncode == 1
    looked = terminal.run("doctor")
    assert looked.returncode == 1
    assert "its text is not what was stored" in looked.stdout + looked.stderr
    assert postgres.password not in "".join([asked.stdout, asked.stderr, looked.stdout])
    # The next run reads the source of what is damaged again.
    assert terminal.run("index", place).returncode == 0
    assert terminal.run("verify", receipt).returncode == 0
