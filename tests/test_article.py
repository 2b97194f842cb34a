import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.article import Span, make_article_id, normalise_text


@given(st.text(st.characters()))
def test_normalising_is_idempotent(raw):
    once = normalise_text(raw)
    assert normalise_text(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & {"\r", "\0"}


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="no span"):
        Span(3, 2)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_overlap_is_the_number_of_shared_positions(a, b, c, d):
    left, right = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    shared = set(range(left.start, left.end)) & set(range(right.start, right.end))
    assert left.overlap(right) == right.overlap(left) == len(shared)


def test_an_article_keeps_its_id_whatever_its_text():
    assert make_article_id("a.txt") == make_article_id("a.txt")
    assert make_article_id("a.jsonl", "1") != make_article_id("a.jsonl", "2")
