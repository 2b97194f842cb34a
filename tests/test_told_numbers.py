"""Numbers, dates and hours told otherwise, and others told instead: a table of sentences, kind by kind."""

from datetime import date
from pathlib import Path

import pytest
from test_vetoes import find_rule

# What a claim says of a German sentence in an article of 29 January 2026, or of one without a date.
ROWS = [
    line.split("\t")
    for line in Path(__file__)
    .with_name("told_numbers.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith(("#", "kind\t"))
]
PUBLISHED = {"dated": date(2026, 1, 29), "undated": None}


def list_told(verdict):
    return [
        pytest.param(text, claim, language, PUBLISHED[dated], id=f"{kind}: {claim}")
        for kind, told, language, dated, text, claim in ROWS
        if told == verdict
    ]


@pytest.mark.parametrize(("text", "claim", "language", "published"), list_told("same"))
def test_the_same_told_otherwise_is_not_refuted(text, claim, language, published):
    assert find_rule(text, claim, language, published) is None


@pytest.mark.parametrize(("text", "claim", "language", "published"), list_told("other"))
def test_another_number_date_or_hour_is_refuted(text, claim, language, published):
    assert find_rule(text, claim, language, published) is not None
