"""Word pieces by our own look-up are those of the `tokenizers` library, and stand where they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.index.bundled import find_weights, unpack_model
from wortlaut.index.pieces import PieceTable

WEIGHTS = find_weights()
pytestmark = pytest.mark.skipif(WEIGHTS is None, reason="the bundled model is not installed")
TEXTS = [
    "Der Minister sagte: „Das kostet 3,5 Millionen Euro – mehr nicht.“",
    "How many houses were damaged in Falkenhain on 3 June?",
    "Что сказал министр о гарантиях безопасности?",
    "Überfällige Straßenbahnhaltestellenumbauten in Groß-Gerau (65) …",
    "  zwei  Blanks,\tein Tabulator\nund ein Zeilenende ",
    "½ Liter, ﬁnanziell, №5, 1 000 Stück, naïve Coöperation",
    "x",
    "",
]


@pytest.fixture(scope="module")
def table() -> PieceTable:
    assert WEIGHTS is not None
    return PieceTable.open(WEIGHTS)


@pytest.fixture(scope="module")
def library(models):
    from tokenizers import Tokenizer

    assert WEIGHTS is not None
    return Tokenizer.from_file(str(unpack_model(WEIGHTS, models) / "tokenizer.json"))


@pytest.mark.parametrize("text", TEXTS)
def test_the_pieces_are_those_of_the_library(table, library, text):
    # The library makes a piece of a blank at the end, SentencePiece and we do not.
    wanted = library.encode(text.rstrip(), add_special_tokens=False).ids
    assert table.split(text).ids.tolist() == wanted


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("abcdeäöüßABCÄéñабвгдАБВ0123456789 .,-–„“\n"), max_size=60))
def test_any_latin_or_cyrillic_text_has_the_pieces_of_the_library(table, library, text):
    wanted = library.encode(text.rstrip(), add_special_tokens=False).ids
    assert table.split(text).ids.tolist() == wanted


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_pieces_stand_in_order_inside_the_text(table, text):
    pieces = table.split(text)
    places = [place for pair in zip(pieces.starts, pieces.ends, strict=True) for place in pair]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)


def test_every_letter_of_a_word_is_in_a_piece(table):
    text = "Die Waffenruhe hält."
    pieces = table.split(text)
    shown = "".join(text[a:b] for a, b in zip(pieces.starts, pieces.ends, strict=True))
    assert shown == text.replace(" ", "")


def test_a_pieces_vector_is_the_row_of_the_model(table, models):
    import numpy as np
    from safetensors.numpy import load_file

    assert WEIGHTS is not None
    rows = load_file(str(unpack_model(WEIGHTS, models) / "model.safetensors"))
    wanted = rows["embeddings.word_embeddings.weight"]
    ids = table.split("Was sagte der Minister?").ids
    assert np.allclose(table.read_vectors(ids), wanted[ids], atol=1e-3)


def test_what_is_remembered_may_be_forgotten_between_two_words(table, monkeypatch):
    wanted = table.split("Sieben alte Kähne").ids.tolist()
    monkeypatch.setattr("wortlaut.index.pieces._MOST_KEPT", 0)
    assert table.split("Sieben neue Kähne").ids.tolist()[0] == wanted[0]
    assert table.split("Sieben alte Kähne").ids.tolist() == wanted
