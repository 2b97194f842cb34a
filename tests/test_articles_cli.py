"""`wortlaut articles` lists what is held; `wortlaut article` shows one."""

import json
from datetime import date
from time import perf_counter

import pytest
from rich.cells import cell_len
from terminal import run

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, Span, Statement, hash_text
from wortlaut.index.holdings import list_holdings, tell_language

KEYS = [
    "id", "title", "source", "published", "published_precision", "language", "passages",
    "statements", "path", "url", "also_in", "superseded_by",
]  # fmt: skip


def keep(archive, identity, text, **facts):
    """Put an article in without reading or embedding it."""
    article = Article(identity, facts.pop("title", "T"), text, hash_text(text), **facts)
    said = [Statement(identity, Span(0, 4), "Oda Falk", None, None, "reported", None, True)]
    archive.replace_article(article, [], said, "test")
    return article


def day(text):
    return {"published": date.fromisoformat(text), "published_precision": "day"}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "held"
    archive = Archive(folder)
    keep(archive, "ab01", "Der Damm hält, und die Stadt ist froh.", path="/a.txt", source="Bote",
         title="Der Damm hält", **day("2024-03-01"))  # fmt: skip
    keep(archive, "ab02", "The dam holds, and the town is glad of it.", path="/b.txt",
         title="The dam", **day("2024-05-01"))  # fmt: skip
    keep(archive, "cd03", "Плотина держится, и город рад.", path="/c.txt", language="ru-RU",
         title="Плотина", published=date(2023, 1, 1), published_precision="year")  # fmt: skip
    keep(archive, "cd04", "Ohne Tag.", path="/d.txt", title="Ohne Tag", language="de_AT")
    archive.close()
    return folder


def list_ids(data, *options):
    done = run("articles", "--json", *options, data=data)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_each_line_of_json_is_an_article_with_its_text(data):
    lines = run("articles", "--json", data=data).stdout.splitlines()
    row = json.loads(lines[1])
    assert list(row)[: len(KEYS)] == KEYS
    assert row["id"] == "ab01"
    assert (row["title"], row["source"], row["published"]) == (
        "Der Damm hält",
        "Bote",
        "2024-03-01",
    )
    assert (row["statements"], row["passages"], row["also_in"]) == (1, 0, [])
    assert row["superseded_by"] is None
    assert row["text"] == "Der Damm hält, und die Stadt ist froh."


def test_the_latest_comes_first_and_the_undated_last(data):
    assert list_ids(data) == ["ab02", "ab01", "cd03", "cd04"]


def test_a_period_binds_the_day_of_publication_to_its_precision(data):
    assert list_ids(data, "--since", "2024") == ["ab02", "ab01"]
    assert list_ids(data, "--until", "2024-03") == ["ab01", "cd03"]
    assert list_ids(data, "--as-of", "2024-03-15", "--since", "2024") == ["ab01"]
    assert list_ids(data, "--since", "2023-06", "--until", "2023-07") == ["cd03"]
    assert list_ids(data, "--since", "2025", "--as-of", "2024") == []


def test_a_language_is_the_sources_or_the_texts_own(data):
    assert list_ids(data, "--language", "de") == ["ab01", "cd04"]
    assert list_ids(data, "--language", "en") == ["ab02"]
    assert list_ids(data, "--language", "RU") == ["cd03"]
    assert list_ids(data, "--language", "fr") == []


def test_a_text_that_tells_no_language_has_none():
    assert tell_language(Article("x", "T", "12:30", "")) is None
    assert tell_language(Article("x", "T", "12:30", "", language="deu")) == "de"


def test_a_source_is_named_whole_and_a_strange_one_is_refused(data):
    assert list_ids(data, "--source", "bote") == ["ab01"]
    done = run("articles", "--source", "Anzeiger", data=data)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Bote" in done.stderr


def test_the_first_few_are_enough_where_a_limit_is_set(data):
    assert list_ids(data, "--limit", 2) == ["ab02", "ab01"]


def test_a_speaker_is_found_by_another_spelling(seeded):
    every = run("articles", "--json", data=seeded).stdout.splitlines()
    some = run("articles", "--json", "--speaker", "Lavrov", data=seeded).stdout.splitlines()
    assert 0 < len(some) < len(every)
    assert all("Lawrow" in json.loads(line)["text"] for line in some)
    nobody = run("articles", "--json", "--speaker", "Quastenflosser", data=seeded)
    assert (nobody.returncode, nobody.stdout) == (0, "")
    assert "no article fits" in nobody.stderr


def test_what_goes_to_no_window_has_its_titles_whole(data):
    title = "Der Damm bei Brakkum hält auch das Wasser dieses langen Winters aus"
    archive = Archive(data)
    keep(archive, "ab00", "Er hält.", path="/e.txt", title=title)
    archive.close()
    lines = run("articles", data=data, COLUMNS="").stdout.splitlines()
    assert any(line.endswith(f" {title}") for line in lines)


def test_the_table_is_cut_to_the_width(data):
    archive = Archive(data)
    keep(archive, "ef05", "Text.", path="/e.txt", title="Ein sehr langer Titel " * 20,
         source="東京" * 20)  # fmt: skip
    archive.close()
    for width in ("80", "120", "200"):
        lines = run("articles", data=data, COLUMNS=width).stdout.splitlines()
        assert len(lines) == 6
        assert all(cell_len(line) < int(width) for line in lines)
    assert lines[0].split() == ["id", "date", "source", "pass", "stat", "title"]
    assert lines[1].startswith("ab02        2024-05-01  en  ")


def test_what_steers_a_terminal_is_taken_out_of_titles_and_texts(data):
    archive = Archive(data)
    keep(archive, "ff06", "Rot \x1b[31m und\x9b31m rechts\u202e.", title="A\x1b]0;x\x07\u202eB",
         source="Q\x1b[2J", path="/f\x1b.txt")  # fmt: skip
    archive.close()
    for arguments in (["articles"], ["article", "ff06"]):
        printed = run(*arguments, data=data).stdout
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(printed)
    row = json.loads(run("article", "ff06", "--json", data=data).stdout)
    assert row["text"].startswith("Rot \x1b[31m")


def test_a_line_of_json_has_no_other_ends_of_line(data):
    archive = Archive(data)
    keep(archive, "aa07", "Erste\u2028zweite\x85dritte.", path="/g.txt")
    archive.close()
    assert len(run("articles", "--json", data=data).stdout.splitlines()) == 5


def test_an_empty_archive_says_how_to_fill_it(tmp_path):
    done = run("articles", data=tmp_path / "none")
    assert (done.returncode, done.stdout) == (0, "")
    assert "wortlaut index PATH" in done.stderr


def test_an_article_is_printed_whole_with_its_statements(data):
    done = run("article", "ab01", data=data)
    assert done.returncode == 0
    for words in ("Der Damm hält\n", "2024-03-01", "Bote", "/a.txt", "und die Stadt ist froh."):
        assert words in done.stdout
    assert "1. Oda Falk (reported): Der" in done.stdout


def test_an_article_in_json_has_its_statements_as_spans(data):
    row = json.loads(run("article", "ab01", "--json", data=data).stdout)
    assert [(s["start"], s["end"], s["speaker"]) for s in row["statements"]] == [(0, 4, "Oda Falk")]
    assert row["text"][0:4] == "Der "


def test_a_unique_beginning_of_an_id_is_enough(data):
    assert "ab02" in run("article", "AB02", data=data).stdout
    assert "cd03" in run("article", "cd03", data=data).stdout
    several = run("article", "cd", data=data)
    assert several.returncode == 1
    assert "cd03, cd04" in several.stderr
    assert "give more letters" in several.stderr


@pytest.mark.parametrize("identity", ["zz", "%", "ab_", "' OR 1=1"])
def test_an_unknown_id_is_one_line(data, identity):
    done = run("article", identity, data=data)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "no article's id begins with" in done.stderr


def test_an_empty_id_is_wrong_use(data):
    assert run("article", "", data=data).returncode == 2


def test_a_large_archive_is_listed_in_few_queries_from_its_first_article_on(tmp_path):
    archive = Archive(tmp_path)
    text = "Der Damm hält, und das ist gut."
    digest = hash_text(text)
    with archive.transaction() as db:
        db.executemany(
            "INSERT INTO articles (id, title, text, text_sha256, published, published_precision, "
            "path, made_by) VALUES (?, 'T', ?, ?, ?, 'day', '', '')",
            ((f"{n:016x}", text, digest, f"20{n % 25:02}-01-01") for n in range(20_000)),
        )
    archive.is_sealed = False
    queries = []
    ask = archive.query
    archive.query = lambda *values: queries.append(values[0]) or ask(*values)
    started = perf_counter()
    listing = list_holdings(archive)
    first = next(listing)
    assert len(queries) <= 5
    assert first.article.published == date(2024, 1, 1)
    assert perf_counter() - started < 5
    rest = list(listing)
    assert len(rest) == 19_999
    assert len(queries) <= 20_000 / 500 * 3 + 1
