"""Files of rows: CSV in every writing, and Parquet."""

from datetime import date, datetime, timedelta, timezone

import pytest

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import SourceNotice, read_articles

TODAY = date(2026, 3, 1)


def read(path, fields=None):
    return list(read_articles(path, TODAY, fields))


def read_bytes(folder, name, content, fields=None):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, fields)


WRITINGS = {
    "commas.csv": 'title,text,date\nDamm,"Er sagte: ""Ja, er hält"".",2022-02-18\n',
    "semicolons.csv": 'title;text;date\nDamm;"Er sagte: ""Ja, er hält"".";18.02.2022\n',
    "excel.csv": '\ufeffsep=;\r\ntitle;text;date\r\nDamm;"Er sagte: ""Ja, er hält"".";18.2.22\r\n',
    "tabs.tsv": 'title\ttext\tdate\nDamm\t"Er sagte: ""Ja, er hält""."\t2022/02/18\n',
    "bare.tsv": 'title\ttext\tdate\nDamm\tEr sagte: "Ja, er hält".\t18 Feb 2022\n',
    "tabs.csv": 'title\ttext\tdate\nDamm\tEr sagte: "Ja, er hält".\t20220218\n',
    "pipes.csv": 'title|text|date\nDamm|Er sagte: "Ja, er hält".|2022-02-18\n',
    "escaped.csv": 'title,text,date\nDamm,"Er sagte: \\"Ja, er hält\\".",2022-02-18\n',
}


@pytest.mark.parametrize("name", WRITINGS)
def test_delimiter_and_quoting_are_found_out(tmp_path, name):
    (article,) = read_bytes(tmp_path, name, WRITINGS[name])
    assert article.text == 'Damm\n\nEr sagte: "Ja, er hält".'
    assert (article.title, article.published) == ("Damm", date(2022, 2, 18))


def test_a_cell_that_begins_with_a_quotation_keeps_its_marks(tmp_path):
    text = 'title\ttext\nDamm\t"Er hält", sagte Oda Falk.\n'
    (article,) = read_bytes(tmp_path, "a.tsv", text)
    assert article.text == 'Damm\n\n"Er hält", sagte Oda Falk.'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_of_german_columns_is_read_in_its_encoding(tmp_path, encoding):
    table = "Überschrift;Volltext;Datum;Quelle\nDamm;Der Dämm hält.;18. Februar 2022;kda\n"
    found = read_bytes(tmp_path, "a.csv", table.encode(encoding))
    (article,) = (item for item in found if isinstance(item, Article))
    assert (article.text, article.source) == ("Damm\n\nDer Dämm hält.", "kda")
    assert article.published == date(2022, 2, 18)
    notices = " ".join(item.text for item in found if isinstance(item, SourceNotice))
    assert "text=Volltext" in notices
    assert ("Windows-1252" in notices) == (encoding == "cp1252")


def test_long_cells_with_lines_are_whole(tmp_path):
    body = "Der Damm hält.\n" * 20_000
    (article,) = read_bytes(tmp_path, "a.csv", f'title,text\nDamm,"{body}"\n')
    assert article.text == f"Damm\n\n{body}"


def test_one_column_of_texts_is_a_table_too(tmp_path):
    first, second = read_bytes(tmp_path, "a.csv", "text\nDer Damm, ja.\nDer Deich.\n")
    assert (first.text, second.text) == ("Der Damm, ja.", "Der Deich.")


def test_a_bad_row_does_not_stop_the_rest(tmp_path):
    table = 'title,text\nA,"Der Damm."\nB,Der Deich, ja\nC,"Der "Hafen" da."\nD,Die Bahn.\n'
    found = read_bytes(tmp_path, "a.csv", table)
    articles = [item.title for item in found if isinstance(item, Article)]
    errors = [item for item in found if isinstance(item, SourceError)]
    assert articles == ["A", "D"]
    assert [error.path.rpartition(":")[2] for error in errors] == ["3", "4"]


def test_what_pandas_writes_for_nothing_is_nothing(tmp_path):
    table = "id,title,text,date,source\n1,nan,Der Damm.,NaT,None\n2,B,nan,nan,nan\n"
    article, error = read_bytes(tmp_path, "a.csv", table)
    assert (article.title, article.published, article.source) == ("Der Damm.", None, None)
    assert isinstance(error, SourceError)


def test_a_column_that_stands_twice_is_named_and_unknown_ones_are_asked_for(tmp_path):
    notice, article = read_bytes(tmp_path, "a.csv", "text,text\nDer Damm.,Der Deich.\n")
    assert "twice" in notice.text
    assert article.text == "Der Damm."
    (error,) = read_bytes(tmp_path, "b.csv", "a,b\n1,2\n")
    assert "a, b" in error.reason
    assert "--fields" in error.reason
    (article,) = read_bytes(tmp_path, "c.csv", "a;b\n1;Der Damm.\n", {"text": "b", "id": "a"})
    assert article.text == "Der Damm."


@pytest.fixture
def write_parquet(tmp_path):
    def write(columns):
        import pyarrow as pa
        from pyarrow import parquet

        parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
        return tmp_path / "a.parquet"

    return write


def test_parquet_is_read_row_by_row(write_parquet):
    import pyarrow as pa

    late = datetime(2022, 2, 18, 23, 30, tzinfo=timezone(timedelta(hours=1)))
    path = write_parquet({
        "title": ["Damm", "Deich", None],
        "maintext": ["Der Damm hält.", "Der Deich hält.", None],
        "date_publish": pa.array([late, None, None], pa.timestamp("ns", "+01:00")),
        "source": [{"name": "kda"}, None, None],
        "vector": [[0.5] * 3] * 3,
    })  # fmt: skip
    first, second, error, notice = read(path)
    assert (first.title, first.source, first.published) == ("Damm", "kda", date(2022, 2, 18))
    assert (second.text, second.published) == ("Deich\n\nDer Deich hält.", None)
    assert error.path.endswith("a.parquet:3")
    assert "text=maintext" in notice.text


def test_without_its_library_parquet_is_one_line_that_says_how_to_get_it(
    write_parquet, monkeypatch
):
    path = write_parquet({"title": ["Damm"], "text": ["Der Damm hält."]})
    monkeypatch.setattr("wortlaut.index.formats.tables.find_spec", lambda name: None)
    (error,) = read(path)
    assert 'pip install "wortlaut[parquet]"' in error.reason


def test_broken_parquet_is_one_clear_line(write_parquet):
    path = write_parquet({"title": ["Damm"] * 500, "text": [f"Der Damm {n}." for n in range(500)]})
    whole = path.read_bytes()
    for broken in (b"", b"PAR1", whole[:-30], whole[:100] + b"x" * 300 + whole[400:]):
        path.write_bytes(broken)
        *_, error = read(path)
        assert isinstance(error, SourceError)
        assert "\n" not in str(error)
    (error,) = read(write_parquet({"a": ["Der Damm."]}))
    assert "--fields" in error.reason


def test_a_table_without_rows_is_named(tmp_path, write_parquet):
    for path in (tmp_path / "a.csv", tmp_path / "b.tsv"):
        path.write_text("title,text,date\n")
        (result,) = read_articles(path)
        assert isinstance(result, SourceError)
        assert "without rows" in result.reason


def test_texts_that_parquet_holds_as_bytes_are_read(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table({"text": pa.array(["Die Brücke ist zu.".encode()], pa.binary())})
    parquet.write_table(table, tmp_path / "a.parquet")
    (article,) = read_articles(tmp_path / "a.parquet")
    assert article.text == "Die Brücke ist zu."
