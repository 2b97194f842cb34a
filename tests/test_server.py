"""Chroma over HTTP: what holds for the embedded one holds for a server, behind TLS and a token too."""

import os
import socket
import threading

import pytest
import terminal
from chromaserver import CA, ServedChroma, keep_gate
from ports import find_port

# The same tests as with the embedded Chroma, with `settings` that name a server.
from test_ingest import (  # noqa: F401
    ids_in_both,
    sources,
    test_a_changed_file_replaces_its_passages,
    test_a_difference_that_keeps_the_count_is_found_by_a_thorough_check,
    test_a_killed_run_leaves_no_half_article_and_the_next_run_completes_it,
    test_a_lost_chroma_is_rebuilt_from_sqlite_on_open,
    test_a_second_run_costs_nothing_and_changes_nothing,
    test_prune_drops_what_is_gone_and_nothing_else,
    test_rebuild_needs_no_source,
)
from test_store import make_passages

from wortlaut.index import store as store_module
from wortlaut.index.embedder import Embedder, load_embedder
from wortlaut.index.errors import ConfigError, StoreUnavailable
from wortlaut.index.server import ChromaServer
from wortlaut.index.store import PassageStore, make_nodes
from wortlaut.rag.assembly import (
    export_to,
    import_from,
    index_paths,
    open_chat,
    open_library,
)
from wortlaut.rag.config import load_settings


@pytest.fixture(scope="module")
def chroma(tmp_path_factory):
    server = ServedChroma(tmp_path_factory.mktemp("served"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(chroma, monkeypatch):
    monkeypatch.setenv("WORTLAUT_CHROMA", chroma.address)
    monkeypatch.setenv("WORTLAUT_READER", "none")
    return load_settings()


@pytest.fixture
def gate(chroma):
    with keep_gate(chroma.port) as gate:
        yield gate


@pytest.fixture
def behind_gate(gate, monkeypatch):
    for name, value in {"": gate.address, "_TOKEN": gate.token, "_CA": str(CA)}.items():
        monkeypatch.setenv(f"WORTLAUT_CHROMA{name}", value)


def open_gate(gate, **changed):
    values = {"token": gate.token, "ca": CA} | changed
    return PassageStore(ChromaServer(gate.address, **values), "gate", "model")


def test_an_index_on_a_server_leaves_no_vectors_here(settings, sources):  # noqa: F811
    assert index_paths(settings, [sources]).passages == 3
    assert not (settings.data / "chroma").exists()
    chat = open_chat(settings)
    assert chat.ask("Was sagte Oda Falk?").citations[0].quote == "„Der Damm hält“, sagte Falk."


def test_a_rebuild_on_a_server_goes_into_a_collection_of_its_own(settings, sources, models):  # noqa: F811
    class Stopped(BaseException):
        pass

    def stop(done, total, what):
        raise Stopped

    index_paths(settings, [sources])
    chat = open_chat(settings)
    usual = load_embedder("multilingual-e5-small", models)
    other = Embedder(usual._engine, "another-model", {})
    with pytest.raises(Stopped):
        index_paths(settings, [], rebuild=True, load=lambda letters: other, progress=stop)
    assert len(chat.search("Hält der Damm?", 3)) == 3
    assert index_paths(settings, [], load=lambda letters: other).updated == 3
    library = open_library(settings, other)
    names = {collection.name for collection in library.store._client.list_collections()}
    own = {name for name in names if library.archive.read_meta("archive_id") in name}
    assert own == {f"wortlaut-{library.archive.store_id}"}
    assert library.store.list_ids() == library.archive.list_passage_ids()
    library.close()


@pytest.mark.usefixtures("behind_gate")
def test_all_commands_go_through_tls_a_token_and_a_path(gate, sources):  # noqa: F811
    for command in (["index", sources], ["doctor"], ["ask", "Was sagte Oda Falk?"]):
        done = terminal.run(*command, WORTLAUT_READER="none")
        assert (done.returncode, gate.refused) == (0, 0), done.stderr
    assert "Der Damm hält" in done.stdout
    assert {line.split()[1].partition("/api/")[0] for line in gate.asked} == {"/vectors"}


@pytest.mark.usefixtures("behind_gate")
@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("TOKEN", "falsch", "refuses the token (HTTP 401); set WORTLAUT_CHROMA_TOKEN"),
        ("TOKEN", "", "wants a token (HTTP 401); set WORTLAUT_CHROMA_TOKEN"),
        ("TOKEN", "mit\nUmbruch", "holds what no header may"),
        ("CA", "", "is not to be trusted: unable to get local issuer certificate; name its CA's"),
        ("CA", "/nowhere/ca.pem", "No such file or directory; name a PEM file in WORTLAUT_CHROMA_CA"),
        ("CA", __file__, "name a PEM file in WORTLAUT_CHROMA_CA"),
        ("", "http://127.0.0.1:0", "is no Chroma address; write it like http://127.0.0.1:8000"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_line_and_status_2(setting, value, words, sources):  # noqa: F811
    name = f"WORTLAUT_CHROMA_{setting}".rstrip("_")
    done = terminal.run("index", sources, **{name: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert "vier-Deiche" not in done.stderr


@pytest.mark.parametrize(
    "address",
    ["localhost:8000", "ftp://x", "http://", "http://[::1", "http://a:b", "http://a/?x=1", ""],
)
def test_a_wrong_address_is_one_clear_line(address):
    with pytest.raises(ConfigError, match="http://127"):
        ChromaServer(address)


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("http://localhost", "http://localhost:8000"),
        ("https://vectors.example/", "https://vectors.example"),
        ("http://[::1]:9000/a/b/", "http://[::1]:9000/a/b"),
        ("http://[::1]", "http://[::1]:8000"),
    ],
)
def test_an_address_is_made_whole(address, whole):
    assert ChromaServer(address).url == whole


def test_a_password_in_an_address_and_the_token_are_never_shown():
    server = ChromaServer("http://falk:geheim@localhost:8000", token="vier-Deiche")
    assert str(server) == "http://localhost:8000"
    assert "vier-Deiche" not in repr(server)


def test_a_server_that_is_not_there_is_named():
    address = f"http://127.0.0.1:{find_port()}"
    with pytest.raises(StoreUnavailable, match=r"cannot be reached.*is the server running"):
        PassageStore(ChromaServer(address), "archive", "model")


def test_a_server_without_tls_is_told_from_one_with(chroma, gate):
    with pytest.raises(ConfigError, match="speaks no TLS; write http://"):
        PassageStore(ChromaServer(chroma.address.replace("http", "https")), "archive", "model")
    with pytest.raises(StoreUnavailable, match=r"broke off.*the address right"):
        PassageStore(ChromaServer(gate.address.replace("https", "http")), "archive", "model")


def test_a_certificate_of_another_host_is_refused(gate):
    address = gate.address.replace("127.0.0.1", "localhost.localdomain")
    real = socket.getaddrinfo

    def resolve(host, *rest, **more):
        name = host.decode() if isinstance(host, bytes) else host
        return real("127.0.0.1" if name == "localhost.localdomain" else host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        with pytest.raises(ConfigError, match=r"Hostname mismatch.*or check the address"):
            PassageStore(ChromaServer(address, ca=CA), "archive", "model")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"version": '"0.6.3"'}, "is version 0.6.3; run one of 1.0 or newer"),
        ({"version": "<h1>Deiche</h1>"}, "is no Chroma; check the address"),
        ({"status": 404}, "is none of version 1.0 or newer; check the address"),
        ({"status": 302}, "is no Chroma; check the address"),
        ({"status": 500}, r"failed \(HTTP 500\)"),
        ({"status": 403}, r"refuses the token \(HTTP 403\)"),
    ],
)
def test_what_is_no_server_of_ours_is_told_apart(answer, words, gate):
    for name, value in answer.items():
        setattr(gate, name, value)
    with pytest.raises((StoreUnavailable, ConfigError), match=words):
        open_gate(gate)


def test_a_server_that_does_not_answer_is_left(gate, monkeypatch):
    monkeypatch.setattr("wortlaut.index.server._FIRST_ANSWER_S", 0.2)
    gate.delay_s = 1.0
    with pytest.raises(StoreUnavailable, match="does not answer in time"):
        open_gate(gate)


def test_a_tenant_or_database_that_is_not_there_is_named(chroma):
    server = ChromaServer(chroma.address, tenant="fehlt")
    with pytest.raises(StoreUnavailable, match="make tenant 'fehlt' and database"):
        PassageStore(server, "archive", "model")


def test_archives_of_two_databases_do_not_meet(chroma):
    from chromadb import AdminClient
    from chromadb.config import Settings

    admin = AdminClient(
        Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI", anonymized_telemetry=False,
            chroma_server_host=chroma.address, chroma_server_http_port=chroma.port,
        )
    )  # fmt: skip
    admin.create_tenant("presse")
    admin.create_database("heute", "presse")
    ours = PassageStore(ChromaServer(chroma.address, tenant="presse", database="heute"), "x", "m")
    ours.upsert(make_nodes(make_passages(2)))
    others = PassageStore(ChromaServer(chroma.address), "x", "m")
    assert (ours.count(), others.count()) == (2, 0)


def test_batches_are_as_small_as_the_server_or_a_proxy_wants(gate, monkeypatch):
    monkeypatch.setattr(store_module, "_REQUEST_RECORDS", 20)
    passages = make_passages(50)
    store = open_gate(gate)
    gate.most_bytes = 4000
    store.upsert(make_nodes(passages))
    assert gate.refused > 0
    refused = gate.refused
    store.upsert(make_nodes(passages))
    assert (store.count(), gate.refused) == (50, refused)
    store.delete([p.passage.id for _, p in passages])
    assert store.count() == 0
    gate.most_bytes = 10
    with pytest.raises(StoreUnavailable, match="takes no request of this size; allow more there"):
        store.upsert(make_nodes(passages[:2]))


def test_what_is_written_waits_for_a_server_that_starts_again(chroma, caplog):
    store = PassageStore(ChromaServer(chroma.address), "restart", "model")
    passages = make_passages(4)
    store.upsert(make_nodes(passages[:2]))
    chroma.stop()
    starter = threading.Timer(0.3, chroma.start)
    starter.start()
    try:
        store.upsert(make_nodes(passages[2:]))
    finally:
        starter.join()
    assert store.count() == 4
    assert "cannot be reached" in caplog.text
    assert "tried again" in caplog.text


@pytest.mark.usefixtures("behind_gate")
def test_a_server_that_stays_away_ends_the_run_and_the_next_one_completes_it(
    sources, gate, monkeypatch  # noqa: F811
):  # fmt: skip
    monkeypatch.setattr(store_module, "_PAUSES_S", (0.01,))
    real = PassageStore._put

    def fail(self, records):
        gate.status = 503
        real(self, records)

    with monkeypatch.context() as patch:
        patch.setattr(PassageStore, "_put", fail)
        done = terminal.run("index", sources)
    assert done.returncode == 1
    assert "failed (HTTP 503)" in done.stderr.splitlines()[-1]
    gate.status = None
    settings = load_settings()
    index_paths(settings, [sources])
    kept, stored = ids_in_both(settings)
    assert kept == stored
    assert len(kept) == 3


def test_an_archive_and_its_copy_on_one_server_leave_each_other_alone(settings, sources, tmp_path):  # noqa: F811
    index_paths(settings, [sources])
    copy = settings.model_copy(update={"data": tmp_path / "copy"})
    export_to(settings, tmp_path / "a.wortlaut")
    import_from(copy, tmp_path / "a.wortlaut")
    assert not (copy.data / "chroma").exists()
    (sources / "damm.txt").unlink()
    index_paths(settings, [sources], prune=True)
    for one, held in ((settings, 2), (copy, 3)):
        kept, stored = ids_in_both(one)
        assert kept == stored
        assert len(kept) == held


def test_a_server_that_lost_everything_is_filled_again(settings, sources):  # noqa: F811
    index_paths(settings, [sources])
    chat = open_chat(settings)
    store = PassageStore(ChromaServer(os.environ["WORTLAUT_CHROMA"]), "wipe", "model")
    archive_id = chat.archive.read_meta("archive_id")
    store._client.delete_collection(f"wortlaut-{archive_id}")
    done = terminal.run("doctor")
    assert "brought back in line: 3 passages" in done.stdout
    kept, stored = ids_in_both(settings)
    assert kept == stored
