"""A chat that is running sees what other processes index, and readers never see half a rebuild."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import Embedder, load_embedder
from wortlaut.index.errors import EmbedderMismatch, StoreBusy
from wortlaut.index.ingest import PIPELINE_VERSION, lock_writer
from wortlaut.index.lexicon import Lexicon
from wortlaut.index.live.nearest import NearestPassages
from wortlaut.index.live.rebuild import read_building
from wortlaut.index.reading.people import Bodies, Offices, People
from wortlaut.index.store import PassageStore
from wortlaut.rag.assembly import index_paths, open_chat, open_library
from wortlaut.rag.config import load_settings
from wortlaut.rag.roster import Roster

pytestmark = pytest.mark.usefixtures("unread")

TEXTS = {
    "damm.txt": " date 2026-02-04 TARVO (kda) - Der Damm an der Olme ist sicher, sagte "
    "Energieministerin Oda Falk.\n",
    "hafen.txt": " date 2026-01-09 BRAKKUM (kda) - Der Hafen von Brakkum wird nicht verkauft, sagte "
    "Bürgermeister Jan Holm.\n",
}
TOWER = (
    " date 2026-02-07 ROTMOOR (kda) - Der Turm von Rotmoor wird neu verputzt, sagte Baudezernentin "
    "Ute Sellering.\n"
)


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def sources(write):
    for name, text in TEXTS.items():
        path = write(name, text)
    return path.parent


def index_elsewhere(settings, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "wortlaut.ui.terminal.cli", "index", *map(str, arguments)],
        capture_output=True, text=True, check=False,
        env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def quote(answer):
    return " ".join(citation.quote for citation in answer.citations)


def test_a_running_chat_follows_what_another_process_indexes(settings, sources):
    index_paths(settings, [sources])
    chat = open_chat(settings)
    asked = "Was sagte Ute Sellering zum Turm?"
    assert chat.ask(asked).abstain_reason == "absent_name"
    (sources / "turm.txt").write_text(TOWER, encoding="utf-8")
    index_elsewhere(settings, sources)
    assert "neu verputzt" in quote(chat.ask(asked))
    assert "neu verputzt" in quote(chat.ask("Was sagte die Baudezernentin zum Turm?"))
    assert chat.search("Verputz für einen Turm", 1)[0].article.path.endswith("turm.txt")
    changed = TOWER.replace("neu verputzt", "bald abgerissen").replace("Ute", "Pia")
    (sources / "turm.txt").write_text(changed, encoding="utf-8")
    index_elsewhere(settings, sources)
    assert "bald abgerissen" in quote(chat.ask("Was sagte Pia Sellering zum Turm?"))
    assert "Ute Sellering" not in chat._finder.list_people()
    (sources / "turm.txt").unlink()
    index_elsewhere(settings, sources, "--prune")
    gone = chat.ask("Was sagte Pia Sellering zum Turm?")
    assert gone.abstained
    assert gone.query.speakers == ()
    assert chat._finder.find_holders("die Baudezernentin") == []


def test_what_chroma_was_not_told_is_found_all_the_same(settings, sources):
    index_paths(settings, [sources])
    chat = open_chat(settings)
    (sources / "turm.txt").write_text(TOWER, encoding="utf-8")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(sources)], check=False,
        env=os.environ | {"WORTLAUT_DATA": str(settings.data)},
    )  # fmt: skip
    assert killed.returncode == -9
    assert chat.archive.query("SELECT count(*) FROM pending") == [(1,)]
    with lock_writer(settings.data):
        # Somebody else is about to mend it: whoever opens the archive now may not.
        late = open_library(settings)
    for retriever in (chat.retriever, open_chat_over(late)):
        assert retriever.search("Wer verputzt den Turm?", 1)[0].article.path.endswith("turm.txt")
    late.close()


_KILLED = """
import os, sys
from pathlib import Path
from wortlaut.index import ingest
from wortlaut.index.archive import Archive
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings

real = Archive.replace_article

def replace_and_die(self, *args):
    real(self, *args)
    os.kill(os.getpid(), 9)

Archive.replace_article = replace_and_die
index_paths(load_settings(), [Path(sys.argv[1])])
"""


def open_chat_over(library):
    from wortlaut.rag.assembly import open_retriever

    return open_retriever(library)


def test_chroma_is_opened_afresh_in_the_background_once_much_has_come(
    settings, sources, monkeypatch
):
    index_paths(settings, [sources])
    library = open_library(settings)
    nearest = NearestPassages(library.archive, library.store)
    (sources / "turm.txt").write_text(TOWER, encoding="utf-8")
    index_elsewhere(settings, sources)
    vector = library.embedder.encode_query(["Turm von Rotmoor"])[0]
    found = nearest.search(vector, 3)
    assert len(found) == 3
    assert library.store._openings == 0
    monkeypatch.setattr("wortlaut.index.live.nearest._MOST_BESIDE", 0)
    nearest.search(vector, 3)
    if nearest._opening is not None:
        nearest._opening.join(60)
    assert library.store._openings == 1
    monkeypatch.setattr("wortlaut.index.live.nearest._MOST_BESIDE", 100)
    assert nearest.search(vector, 3) == found
    library.close()


def test_a_reader_that_has_missed_too_much_reads_all_anew(settings, sources, monkeypatch):
    index_paths(settings, [sources])
    library = open_library(settings)
    nearest, roster = NearestPassages(library.archive, library.store), Roster(library.archive)
    assert "Oda Falk" in roster.list_people()
    monkeypatch.setattr("wortlaut.index.archive._MOST_NOTED", 1)
    (sources / "turm.txt").write_text(TOWER, encoding="utf-8")
    (sources / "damm.txt").write_text(TEXTS["damm.txt"].replace("Oda", "Ida"), encoding="utf-8")
    index_paths(settings, [sources])
    assert "Ida Falk" in roster.list_people()
    assert "Oda Falk" not in roster.list_people()
    vector = library.embedder.encode_query(["Turm von Rotmoor"])[0]
    assert len(nearest.search(vector, 3)) == 3
    library.close()


COPY = [
    "Der Damm hält, sagte Energieministerin Oda Falk.",
    "Falk sagte: „Wir bauen weiter.“",
    "Der Zug fährt, sagte Bahnchef Jan Falk.",
    "Das Wetter wird besser, teilte der Tarvische Wetterdienst (TWD) mit.",
    "Der TWD warnte vor Sturm. Der Sprecher der Werft sagte, die Halle werde fertig.",
    "Die Halle werde fertig, sagte Werftsprecherin Ilse Brandauer.",
    "Ministerpräsident Petr Lawrow sagte, das Tal bleibe. Lawrov sagte: „Es bleibt.“",
    "Oda Falk, die Präsidentin von Tarvo, sagte, sie trete nicht an.",
]


def test_names_and_offices_that_are_followed_are_those_that_are_read_anew(tmp_path):
    from test_offices import make_article, read

    from wortlaut.index.reading.statements import extract_article

    archive = Archive(tmp_path)
    roster = Roster(archive)

    def put(number, text):
        article = replace(make_article(number, text), title="")
        statements = extract_article(article).statements
        archive.replace_article(article, [], statements, PIPELINE_VERSION, read(text))

    steps = [(n, text) for n, text in enumerate(COPY)]
    steps += [(2, COPY[5]), (0, None), (6, None), (3, COPY[0]), (1, None), (0, COPY[2]), (7, None)]
    put(99, COPY[0])
    roster.list_offices()
    for number, text in steps:
        if text is None:
            archive.delete_articles([f"a{number}"])
        else:
            put(number, text)
        names = archive.list_speakers()
        bodies = [*archive.list_bodies(), *(name for name in names if name.isupper())]
        people = People(names, Bodies(dict.fromkeys(bodies), _list_kin()))
        offices = Offices(archive.list_offices(), people)
        assert set(roster.list_people()) == set(people)
        for name in [*names, *bodies, "Oda Falk", "Falk", "Lavrov", "TWD", "Werft"]:
            assert set(roster.list_people().list_spellings(name)) == set(
                people.list_spellings(name)
            )
            mine = roster.list_people().bodies.list_spellings(name)
            assert set(mine) == set(people.bodies.list_spellings(name))
            assert set(roster.list_offices().list_spellings(name)) == set(
                offices.list_spellings(name)
            )
        for words in ("die Energieministerin", "railway boss", "the prime minister of Tarvo"):
            assert set(roster.list_offices().find(words)) == set(offices.find(words))
    archive.close()


def _list_kin():
    from wortlaut.index.lang.organisations import list_bodies

    return list_bodies()


def test_headlines_that_come_in_are_known_at_once(tmp_path):
    from test_offices import make_article

    archive = Archive(tmp_path)
    archive.replace_article(make_article(0, "Der Damm hält."), [], [], "1")
    lexicon = Lexicon(archive)
    assert not lexicon.names_any_article("Brakkum")
    archive.replace_article(make_article(1, "Brakkum baut einen Turm."), [], [], "1")
    assert lexicon.names_any_article("Brakkum")
    assert not lexicon.names_any_article("Olmental")
    archive.close()


class Stopped(BaseException):
    """As good as a kill: nothing is tidied up."""


def stop_at_once(done, total, what):
    raise Stopped


@pytest.fixture
def other(models):
    """The same model under other prompts: its vectors must not be compared with the usual ones."""
    usual = load_embedder("multilingual-e5-small", models)
    return Embedder(usual._engine, "another-model", {})


def test_a_rebuild_in_the_same_space_denies_nothing_while_it_is_stopped(settings, sources):
    index_paths(settings, [sources])
    chat = open_chat(settings)
    with pytest.raises(Stopped):
        index_paths(settings, [], rebuild=True, progress=stop_at_once)
    for running in (chat, open_chat(settings)):
        answer = running.ask("Was sagte Oda Falk zum Damm?")
        assert "Der Damm an der Olme ist sicher" in quote(answer)
        assert not answer.archive_incomplete
    assert index_paths(settings, []).updated == 2


def test_a_rebuild_with_another_embedder_stands_beside_the_old_state_until_it_is_whole(
    settings, sources, other
):
    index_paths(settings, [sources])
    chat = open_chat(settings)
    before = quote(chat.ask("Was sagte Oda Falk zum Damm?"))
    calls = []

    def stop_late(done, total, what):
        calls.append(what)
        if len(calls) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        index_paths(settings, [], rebuild=True, load=lambda letters: other, progress=stop_late)
    building = read_building(settings.data)
    assert (building.fingerprint, building.articles) == (other.fingerprint, 2)
    assert quote(chat.ask("Was sagte Oda Falk zum Damm?")) == before
    assert quote(open_chat(settings).ask("Was sagte Oda Falk zum Damm?")) == before
    # In between the old state goes on, and what it gains and loses is in the new one, too.
    (sources / "turm.txt").write_text(TOWER, encoding="utf-8")
    (sources / "hafen.txt").unlink()
    index_paths(settings, [sources], prune=True)
    assert "neu verputzt" in quote(chat.ask("Was sagte Ute Sellering zum Turm?"))
    # The next run with that embedder finishes it, told or not.
    report = index_paths(settings, [], load=lambda letters: other)
    assert report.updated == 2
    assert read_building(settings.data) is None
    library = open_library(settings, other)
    assert library.archive.list_passage_ids() == library.store.list_ids()
    assert len(library.store.list_ids()) == 2
    names = [c.name for c in library.store._client.list_collections()]
    assert names == [f"wortlaut-{library.archive.store_id}"]
    vector = other.encode_query(["Turm"])[0]
    assert NearestPassages(library.archive, library.store).search(vector, 2)
    assert len(library.archive.list_speakers()) == 2
    library.close()
    with pytest.raises(EmbedderMismatch, match="--embedder"):
        chat.search("Turm", 1)


def test_a_rebuild_with_the_usual_embedder_gives_up_one_with_another(settings, sources, other):
    index_paths(settings, [sources])
    with pytest.raises(Stopped):
        index_paths(settings, [], rebuild=True, load=lambda letters: other, progress=stop_at_once)
    assert read_building(settings.data)
    assert index_paths(settings, [], rebuild=True).updated == 2
    assert read_building(settings.data) is None


def test_a_rebuild_waits_for_another_writer_and_changes_nothing(settings, sources, other):
    index_paths(settings, [sources])
    with lock_writer(settings.data), pytest.raises(StoreBusy):
        index_paths(settings, [], rebuild=True, load=lambda letters: other)
    assert read_building(settings.data) is None
    assert index_paths(settings, []).updated == 0


def test_info_says_what_is_under_way(settings, sources, other, capsys):
    import json

    from wortlaut.ui.terminal.printing import print_info

    (sources / "leer.txt").write_text("\n", encoding="utf-8")
    index_paths(settings, [sources])
    with pytest.raises(Stopped):
        index_paths(settings, [], rebuild=True, load=lambda letters: other, progress=stop_at_once)
    print_info(settings, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["unread_files"] == [str(sources / "leer.txt")]
    assert "0 of 2 articles" in told["rebuild"]
    assert "another-model" in told["rebuild"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "nicht vollständig"), ("en", "not complete"), ("ru", "неполон")],
)
def test_an_answer_from_an_archive_that_lacks_files_says_so(settings, sources, language, words):
    from wortlaut.rag.answer import Filters

    (sources / "kaputt.jsonl").write_text('{"content": \n', encoding="utf-8")
    index_paths(settings, [sources])
    chat = open_chat(settings)
    for asked in ("Was sagte Oda Falk zum Damm?", "Was sagte Ute Sellering zum Turm?"):
        answer = chat.ask(asked, (), Filters(language=language))
        assert words in answer.notice
        assert answer.as_json()["archive_incomplete"] is True
    (sources / "kaputt.jsonl").unlink()
    index_paths(settings, [sources])
    answer = chat.ask("Was sagte Oda Falk zum Damm?")
    assert (answer.notice, answer.archive_incomplete) == (None, False)


def test_a_first_run_that_was_stopped_leaves_answers_that_say_so(settings, sources):
    calls = []

    def stop_late(done, total, what):
        calls.append(what)
        if len(calls) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        index_paths(settings, [sources], progress=stop_late)
    chat = open_chat(settings)
    assert chat.ask("Was sagte Ute Sellering zum Turm?").archive_incomplete
    index_paths(settings, [sources])
    assert not chat.ask("Was sagte Ute Sellering zum Turm?").archive_incomplete


def test_a_misspelt_path_is_no_article_that_is_missing(settings, sources):
    report = index_paths(settings, [sources, sources / "niemals"])
    assert report.failed
    assert not open_chat(settings).ask("Was sagte Oda Falk zum Damm?").archive_incomplete


def test_a_run_over_unchanged_files_leaves_the_archive_whole_meanwhile(settings, sources):
    index_paths(settings, [sources])
    chat = open_chat(settings)
    answers = []

    def ask(done, total, what):
        answers.append(chat.ask("Was sagte Oda Falk zum Damm?"))

    index_paths(settings, [sources], progress=ask)
    assert answers
    assert not any(answer.archive_incomplete for answer in answers)


def test_an_open_store_answers_while_it_is_opened_again(tmp_path):
    import numpy as np

    store = PassageStore(tmp_path / "chroma", "archive", "model")
    store.collection.upsert(ids=["a"], embeddings=[[1.0, 0.0]])
    for _ in range(3):
        store.reopen()
        assert store.search(np.array([1, 0], np.float32), 1)[0][0] == "a"
    store.close()


def test_an_archive_is_opened_while_another_process_writes(settings, sources):
    index_paths(settings, [sources])
    writer = sqlite3.connect(settings.data / "archive.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    archive = Archive(settings.data)
    assert archive.count().articles == len(TEXTS)
    assert time.monotonic() - begun < 5
    archive.close()
    writer.execute("ROLLBACK")
    writer.close()


def test_an_archive_of_an_older_version_gets_what_it_lacks_and_keeps_what_it_has(settings, sources):
    index_paths(settings, [sources])
    with closing(sqlite3.connect(settings.data / "archive.sqlite")) as older:
        for table in ("prints", "bands", "copies", "superseded", "changes", "failures", "visits"):
            older.execute(f"DROP TABLE {table}")
        for column in ("guid", "version"):
            older.execute(f"ALTER TABLE articles DROP COLUMN {column}")
        older.execute("UPDATE articles SET made_by = '9'")
        older.execute("PRAGMA user_version = 0")
        older.commit()
    report = index_paths(settings, [])
    assert (report.updated, report.added) == (len(TEXTS), 0)
    archive = Archive(settings.data)
    assert archive.count().articles == len(TEXTS)
    assert archive.query("SELECT count(*) FROM prints") == [(len(TEXTS),)]
    archive.close()
