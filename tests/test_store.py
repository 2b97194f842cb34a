"""Chroma itself, embedded; as a server: test_server.py."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from wortlaut.index.archive import EmbeddedPassage
from wortlaut.index.article import Article, Passage, Span, hash_text
from wortlaut.index.errors import EmbedderMismatch, StoreUnavailable
from wortlaut.index.store import PassageStore, make_nodes, set_aside

DIMENSION = 8


def make_passages(count, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    text = "Der Damm hält."
    article = Article("a", "Damm", text, hash_text(text))
    span = Span(0, len(text))
    return [
        (article, EmbeddedPassage(Passage(f"a:{n}", "a", n, span, (span,)), vector, vector[None]))
        for n, vector in enumerate(vectors)
    ]


@pytest.fixture
def store(tmp_path):
    store = PassageStore(tmp_path / "chroma", "archive", "model one")
    yield store
    store.close()


def test_search_returns_cosines_best_first(store):
    passages = make_passages(30)
    store.upsert(make_nodes(passages))
    query = passages[7][1].vector
    found = store.search(query, 30)
    wanted = sorted(
        ((p.passage.id, float(p.vector @ query)) for _, p in passages), key=lambda row: -row[1]
    )
    assert [i for i, _ in found] == [i for i, _ in wanted]
    assert [s for _, s in found] == pytest.approx([s for _, s in wanted], abs=1e-5)


def test_upserting_known_ids_replaces_their_vectors(store):
    store.upsert(make_nodes(make_passages(3, seed=1)))
    renewed = make_passages(3, seed=2)
    store.upsert(make_nodes(renewed))
    assert store.count() == 3
    identity, cosine = store.search(renewed[2][1].vector, 1)[0]
    assert (identity, cosine) == ("a:2", pytest.approx(1, abs=1e-5))


def test_one_relative_name_in_two_working_folders_is_two_stores(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "one")
    first = PassageStore(Path("chroma"), "archive", "model one")
    first.upsert(make_nodes(make_passages(3)))
    monkeypatch.chdir(tmp_path / "other")
    second = PassageStore(Path("chroma"), "archive", "model one")
    assert (first.count(), second.count()) == (3, 0)
    assert (tmp_path / "other" / "chroma" / "chroma.sqlite3").exists()
    first.close()
    second.close()


def test_an_empty_store_finds_nothing(store):
    assert store.search(np.ones(DIMENSION, np.float32), 5) == []


def test_only_the_writer_drops_vectors_of_another_embedder(store, tmp_path):
    store.upsert(make_nodes(make_passages(3)))
    store.close()
    with pytest.raises(EmbedderMismatch, match="index --rebuild"):
        PassageStore(tmp_path / "chroma", "archive", "model two")
    again = PassageStore(tmp_path / "chroma", "archive", "model two", may_replace=True)
    assert again.count() == 0
    again.close()


def test_a_reader_leaves_the_collection_of_a_running_rebuild_alone(store, tmp_path):
    writer = PassageStore(tmp_path / "chroma", "archive", "model two", may_replace=True)
    writer.upsert(make_nodes(make_passages(3)))
    with pytest.raises(EmbedderMismatch):
        store.reopen()
    assert writer.count() == 3
    writer.close()


def test_searching_while_another_thread_reopens_never_fails(store):
    passages = make_passages(20)
    store.upsert(make_nodes(passages))
    stop = threading.Event()

    def keep_reopening():
        while not stop.is_set():
            store.reopen()

    with ThreadPoolExecutor() as pool:
        reopening = pool.submit(keep_reopening)
        try:
            for _ in range(12):
                assert store.search(passages[0][1].vector, 1)[0][0] == "a:0"
        finally:
            stop.set()
        reopening.result()


def test_a_panic_of_chromas_core_is_one_clear_line(store, monkeypatch):
    class PanicException(BaseException):
        pass

    def panic():
        raise PanicException("index out of bounds\nin a thread")

    monkeypatch.setattr(store.collection, "count", panic)
    with pytest.raises(StoreUnavailable, match=r"bounds in a thread; .*wortlaut doctor"):
        store.search(np.ones(DIMENSION, np.float32), 1)


def test_a_folder_without_rights_or_space_is_not_taken_for_damaged(tmp_path, monkeypatch):
    folder = tmp_path / "chroma"
    folder.mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert set_aside(folder) is None
    assert folder.is_dir()


def test_a_plain_llamaindex_vector_store_reads_what_is_kept(store):
    from llama_index.core.vector_stores import VectorStoreQuery

    passages = make_passages(5)
    store.upsert(make_nodes(passages))
    query = VectorStoreQuery(query_embedding=passages[3][1].vector.tolist(), similarity_top_k=1)
    node = store.as_vector_store().query(query).nodes[0]
    assert (node.node_id, node.get_content()) == ("a:3", "Der Damm hält.")
