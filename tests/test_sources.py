import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import MAX_ARTICLE_BYTES, SourceNotice, find_files, read_articles

TODAY = date(2026, 3, 1)


def read(path):
    return list(read_articles(path, TODAY))


def test_a_plain_text_without_a_header_is_kept_unchanged(write):
    text = "  Der Damm hält. \n\nNiemand war dort.\n"
    (article,) = read(write("a.txt", text))
    assert article.text == text
    assert article.published is None
    assert article.published_precision == "unknown"


def test_a_plain_text_gets_date_source_and_title(write):
    (article,) = read(
        write("a.txt", " date 2026-01 TARVO (kda) - Der Damm hält. Niemand war dort.")
    )
    assert (article.published, article.published_precision) == (date(2026, 1, 1), "month")
    assert (article.source, article.title) == ("kda", "Der Damm hält.")


def test_front_matter_is_data_and_no_text(write):
    path = write(
        "a.md",
        "---\ntitle: Damm hält\ndate: 2026-02-04\nsource: kda\nlanguage: de\n---\n\nNiemand war dort.\n",
    )
    (article,) = read(path)
    assert (article.title, article.published, article.source, article.language) == (
        "Damm hält", date(2026, 2, 4), "kda", "de",
    )  # fmt: skip
    assert article.text == "Damm hält\n\nNiemand war dort.\n"


@pytest.mark.parametrize("text", ["Damm hält\n\nNiemand war dort.", "# Damm  hält\nNiemand da."])
def test_a_headline_is_text_and_stands_in_it_once(write, text):
    path = write("a.md", f"---\ntitle: Damm hält\n---\n{text}")
    (article,) = read(path)
    assert (article.title, article.text) == ("Damm hält", text)


def test_broken_front_matter_is_one_clear_line(write):
    (error,) = read(write("a.md", "---\ntitle: [\n---\nText."))
    assert isinstance(error, SourceError)
    assert "front matter" in error.reason
    assert "\n" not in str(error)


def test_json_lines_are_articles_and_a_broken_line_does_not_stop_the_rest(write):
    good = {
        "id": "1",
        "headline": "Damm",
        "content": "Der Damm hält.",
        "publish_date": "2026-01-05",
    }
    lines = [json.dumps(good), "{broken", json.dumps({"id": "2"}), json.dumps(good | {"id": "3"})]
    first, broken, empty, last = read(write("a.jsonl", "\n".join(lines)))
    assert (first.title, first.published) == ("Damm", date(2026, 1, 5))
    assert isinstance(broken, SourceError)
    assert broken.path.endswith("a.jsonl:2")
    assert isinstance(empty, SourceError)
    assert isinstance(last, Article)
    assert first.id != last.id


def test_the_same_id_twice_in_a_file_is_named(write):
    line = json.dumps({"id": "1", "content": "Der Damm hält."})
    first, second = read(write("a.jsonl", f"{line}\n{line}\n"))
    assert isinstance(first, Article)
    assert "twice" in second.reason


def test_a_file_of_questions_is_passed_over_with_a_note(write):
    (notice,) = read(write("questions.jsonl", json.dumps({"id": "q", "turns": ["Wer?"]})))
    assert isinstance(notice, SourceNotice)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no text"),
        (b"\n \n\t\n", "no text"),
        (bytes(range(32)) * 20, "binary"),
    ],
)
def test_what_is_no_text_is_skipped_with_a_reason(tmp_path, content, reason):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    (error,) = read(path)
    assert reason in error.reason


def test_a_fifty_megabyte_text_is_refused_with_what_to_do(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_ARTICLE_BYTES * 10)
    (error,) = read(path)
    assert "50 MB" in error.reason
    assert "split" in error.reason


def test_latin_1_is_read_with_a_note(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Größe über alles.".encode("latin-1"))
    notice, article = read(path)
    assert "UTF-8" in notice.text
    assert article.text == "Größe über alles."


def test_nul_bytes_are_read_as_spaces_with_a_note(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"Der Damm\0haelt seit langem und noch lange. " * 3)
    notice, article = read(path)
    assert "NUL" in notice.text
    assert "\0" not in article.text


def test_a_future_date_is_named_and_kept(write):
    future = (TODAY + timedelta(days=40)).isoformat()
    notice, article = read(write("a.txt", f" date {future} Der Damm hält."))
    assert "future" in notice.text
    assert article.published == TODAY + timedelta(days=40)


def test_folders_are_walked_sorted_and_housekeeping_is_passed_over(write):
    for name in ("b.txt", "a.md", "c/d.jsonl", "README.md", ".hidden.txt", "Thumbs.db"):
        root = write(name, "Text.")
    root = next(parent for parent in root.parents if parent.name == "sources")
    assert [path.name for path in find_files([root])] == ["a.md", "b.txt", "d.jsonl"]


def test_in_a_folder_an_unknown_kind_is_an_error_and_pictures_are_one_notice(write):
    for name in ("a.txt", "b.png", "c.jpg", "d.xyz"):
        root = write(name, "Text.").parent
    article, error, notice = find_files([root])
    assert article.name == "a.txt"
    assert error.path.endswith("d.xyz")
    assert "files that hold no text: 2 (.jpg, .png)" in notice.text


def test_a_missing_path_and_an_unknown_kind_are_errors_and_the_rest_goes_on(write, tmp_path):
    good, picture = write("a.txt", "Text."), write("b.png", "x")
    found = list(find_files([tmp_path / "missing", picture, good, good]))
    assert [type(item).__name__ for item in found] == [
        "SourceError",
        "SourceError",
        type(good).__name__,
    ]
    assert isinstance(found[2], Path)


ODD = {
    "date.md": b"---\ndate: 2026-02-30\n---\nDer Damm.",
    "nested.md": b"---\ntitle: " + b"[" * 20_000 + b"\n---\nDer Damm.",
    "tag.md": b"---\ntitle: !!timestamp nie\n---\nDer Damm.",
    "nested.jsonl": b"[" * 200_000,
    "number.jsonl": b'{"content": "Der Damm.", "id": ' + b"9" * 5000 + b"}",
    "utf16.jsonl": '{"content": "Der Damm."}'.encode("utf-16"),
    **{
        f"{key}.jsonl": json.dumps({"content": "Der Damm.", "url": "u", key: "\ud800"}).encode()
        for key in ("id", "source", "url", "language", "headline", "content", "publish_date")
    },
    os.fsdecode(b"a\xff.txt"): b"Der Damm.",
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_source_does_not_keep_a_good_one_beside_it_out(write, name):
    good = write("good.txt", "Der Zug fährt.")
    (good.parent / name).write_bytes(ODD[name])
    readings = []
    for found in find_files([good.parent]):
        readings += [found] if isinstance(found, SourceError) else read(found)
    articles = [reading for reading in readings if isinstance(reading, Article)]
    assert "Der Zug fährt." in [article.text for article in articles]
    # All of it can be kept and printed.
    for reading in readings:
        str(reading).encode("utf-8")
        repr(reading).encode("utf-8")
    assert len(readings) >= 2


def test_titles_and_sources_are_one_line_without_controls(write):
    record = {
        "content": "Der Damm.",
        "headline": "Der\n\x1b[2J Damm\u202e",
        "source": " k\nda\x9b ",
    }
    (article,) = read(write("a.jsonl", json.dumps(record)))
    assert (article.title, article.source) == ("Der [2J Damm", "k da")


def test_a_value_that_is_a_list_is_no_title(write):
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n"
    (article,) = read(write("a.md", f"---\n{bomb}---\nDer Damm hält."))
    assert article.title == "Der Damm hält."


@pytest.mark.parametrize(
    "day", ["gestern", "vor 2 Stunden", "2026-02-30", "03/04/2026", 17172000000]
)
def test_a_date_that_cannot_be_read_is_named(write, day):
    notice, article = read(
        write("a.jsonl", json.dumps({"content": "Der Damm.", "publish_date": day}))
    )
    assert isinstance(notice, SourceNotice)
    assert str(day) in notice.text
    assert (article.published, article.published_precision) == (None, "unknown")


def test_a_header_with_an_impossible_date_is_named(write):
    notice, article = read(write("a.txt", " date 2026-02-30 Der Damm hält."))
    assert "2026-02-30" in notice.text
    assert article.published is None


def test_json_lines_with_a_byte_order_mark_lose_nothing(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"content": "Der Damm."}).encode())
    (article,) = read(path)
    assert article.text == "Der Damm."


def test_json_lines_in_latin_1_are_read_with_one_note(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [f'{{"id": "{n}", "content": "Größe {n}."}}' for n in range(3)]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    notice, *articles = read(path)
    assert isinstance(notice, SourceNotice)
    assert [article.text for article in articles] == [f"Größe {n}." for n in range(3)]


def test_pipes_and_links_to_nothing_or_themselves_are_named_and_do_not_wait(write, tmp_path):
    write("good.txt", "Der Damm bei Auenstadt hält.")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "dead.txt").symlink_to("nowhere.txt")
    (tmp_path / "self.txt").symlink_to("self.txt")
    found = list(find_files([tmp_path]))
    assert [path.name for path in found if isinstance(path, Path)] == ["good.txt"]
    faults = {Path(error.path).name for error in found if isinstance(error, SourceError)}
    assert faults == {"pipe.txt", "dead.txt", "self.txt"}


def test_raw_line_breaks_within_json_strings_are_read(write):
    (article,) = read(write("a.json", '{"title": "Damm", "text": "Er hält.\n\nNoch."}'))
    assert article.text == "Damm\n\nEr hält.\n\nNoch."
