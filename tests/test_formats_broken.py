"""A broken file of any format is one clear line, whatever is wrong with it."""

import bz2
import gzip
import lzma
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import make_docx, make_epub, make_odt, make_pdf, make_zip, set_lines

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import SourceNotice, read_articles

TEXT = "Der Damm von Tarvo hält, sagte Deichgraf Enno Wattmann."
PAR = f"<w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p>"
MAIL = f"From: Enno <e@t.example>\nSubject: Damm\n\n{TEXT}\n"
GOOD = {
    "html": f"<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>".encode(),
    "pdf": make_pdf(set_lines(50, 700, [TEXT])),
    "docx": make_docx(PAR),
    "odt": make_odt(f"<text:p>{TEXT}</text:p>"),
    "fodt": make_odt(f"<text:p>{TEXT}</text:p>", flat=True).encode(),
    "rtf": rf"{{\rtf1 {TEXT}}}".encode("cp1252"),
    "epub": make_epub({"k1.xhtml": f"<h1>Damm</h1><p>{TEXT}</p>"}),
    "eml": MAIL.encode(),
    "mbox": f"From e@t.example Tue Feb  3 23:30:00 2026\n{MAIL}".encode(),
    "zip": make_zip({"a.txt": TEXT}),
    "gz": gzip.compress(TEXT.encode()),
    "bz2": bz2.compress(TEXT.encode()),
    "xz": lzma.compress(TEXT.encode()),
}


def read(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw)
    results = list(read_articles(path, date(2026, 3, 1)))
    for result in results:
        assert "\n" not in str(result) or isinstance(result, Article)
    return results


def name_file(kind):
    return f"a.txt.{kind}" if kind in ("gz", "bz2", "xz") else f"a.{kind}"


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_file_of_each_kind_is_read(tmp_path, kind):
    (article,) = read(tmp_path, name_file(kind), GOOD[kind])
    assert TEXT in article.text


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: b" \n\n",
        lambda raw: bytes(500),
        lambda raw: bytes(range(256)) * 4,
        lambda raw: b"Nur ein Text, sonst nichts; er hat den falschen Namen.",
    ],
    ids=["empty", "blank", "zeros", "bytes", "text"],
)
def test_what_is_nothing_of_its_kind_is_one_clear_line(tmp_path, kind, spoil):
    (error,) = read(tmp_path, name_file(kind), spoil(GOOD[kind]))
    assert isinstance(error, SourceError)
    assert ";" in error.reason
    assert "None" not in error.reason


@pytest.mark.parametrize("kind", ["pdf", "docx", "odt", "fodt", "epub", "zip", "gz", "bz2", "xz"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_that_is_cut_off_is_one_clear_line_or_read(tmp_path, kind, part):
    raw = GOOD[kind]
    results = read(tmp_path, name_file(kind), raw[: int(len(raw) * part)])
    assert len(results) == 1
    # A PDF that lost its table is mended by its reader.
    assert isinstance(results[0], SourceError) or kind == "pdf"


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_under_a_text_s_name_is_read_as_what_it_is(tmp_path, kind):
    if kind in ("fodt", "eml", "mbox"):
        pytest.skip("is text, and read as such")
    for name in ("b.txt", "b.md", "b.jsonl"):
        results = read(tmp_path, name, GOOD[kind])
        notice, article = (results * 2)[:2]
        if kind in ("gz", "bz2", "xz") and name != "b.txt":
            continue
        assert isinstance(notice, SourceNotice), (kind, name)
        assert TEXT in article.text


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_spoilt_bytes_never_stop_the_rest(tmp_path, kind, data):
    raw = bytearray(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for result in read(tmp_path, name_file(kind), bytes(raw)):
        assert isinstance(result, Article | SourceError | SourceNotice)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(kind=st.sampled_from(sorted(GOOD)), raw=st.binary(max_size=300))
def test_random_bytes_never_stop_the_rest(tmp_path, kind, raw):
    for head in (b"", GOOD[kind][:8]):
        for result in read(tmp_path, name_file(kind), head + raw):
            assert isinstance(result, Article | SourceError | SourceNotice)
