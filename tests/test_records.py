"""Records of crawlers, agencies and archives: JSON, JSON lines, and the user's own fields."""

import json
from datetime import date

import pytest
from terminal import run

from wortlaut.index.article import Article
from wortlaut.index.errors import ConfigError, SourceError
from wortlaut.index.formats.fields import parse_fields
from wortlaut.index.sources import SourceNotice, read_articles

TODAY = date(2026, 3, 1)
TEXT = "Die Fähre fällt aus, sagte Hafenmeister Ubbo Tjaden."


def read(path, fields=None):
    return list(read_articles(path, TODAY, fields))


def read_one(write, record, name="a.json"):
    return next(item for item in read(write(name, json.dumps(record))) if isinstance(item, Article))


WRAPPED = {
    "one object": {"title": "Fähre", "text": TEXT},
    "a list": [{"title": "Fähre", "text": TEXT}],
    "articles in an object": {"status": "ok", "articles": [{"title": "Fähre", "text": TEXT}]},
    "a page of contents": {"content": [{"id": 1, "title": "Fähre", "body": TEXT}], "pages": 1},
    "a search engine's hit": {"hits": {"hits": [{"_id": "7", "_source": {"title": "Fähre", "body": TEXT}}]}},
    "an answer with fields": {"response": {"results": [{"webTitle": "Fähre", "fields": {"bodyText": TEXT}}]}},
    "by address": {
        "https://bote.example/1": {"title": "Fähre", "maintext": TEXT},
        "https://bote.example/2": {"title": "Damm", "maintext": "Der Damm hält."},
    },
    "a feed": {"title": "Bote", "items": [{"id": "1", "title": "Fähre", "content_html": f"<p>{TEXT}</p>"}]},
    "a graph": {"@graph": [
        {"@type": "WebSite", "name": "Web"}, {"@type": "NewsArticle", "headline": "Fähre", "articleBody": TEXT},
    ]},
}  # fmt: skip


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_json_is_read_however_its_articles_are_wrapped(write, wrapping):
    article = read_one(write, WRAPPED[wrapping])
    assert (article.title, article.text) == ("Fähre", f"Fähre\n\n{TEXT}")


TEXTS = {
    "news-please": {"maintext": TEXT},
    "schema.org": {"articleBody": TEXT},
    "ninjs 1": {"body_text": TEXT},
    "ninjs 1, marked up": {"body_xhtml": f"<div><p>{TEXT}</p></div>"},
    "ninjs 2": {"bodies": [{"role": "main", "contenttype": "text/plain", "value": TEXT}]},
    "ninjs 3": {"bodies": [
        {"role": "summary", "contentType": "text/plain", "value": "Kurz."},
        {"role": "main", "contentType": "text/html", "value": f"<section><p>{TEXT}</p></section>"},
        {"role": "main", "contentType": "text/plain", "value": TEXT},
    ]},
    "a blog": {"content": {"rendered": f"<p>{TEXT}</p>\n", "protected": False}},
    "paragraphs": {"paragraphs": [TEXT]},
    "sections": {"body": {"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT]}]}},
    "blocks": {"content_elements": [{"type": "text", "content": TEXT}, {"type": "image", "url": "x"}]},
    "a German table": {"Volltext": TEXT},
    "the head alone": {"description": TEXT},
}  # fmt: skip


@pytest.mark.parametrize("crawler", TEXTS)
def test_the_text_is_found_under_the_name_of_every_crawler(write, crawler):
    article = read_one(write, TEXTS[crawler] | {"headline": "Fähre"}, "a.jsonl")
    assert article.text == f"Fähre\n\n{TEXT}"


def test_sections_keep_their_lead_headings_and_paragraphs_in_order(write):
    body = {"summary": ["Vorweg."], "sections": [
        {"headline": [], "paragraphs": ["Eins.", "Zwei."]}, {"headline": ["Danach"], "paragraphs": ["Drei."]},
    ]}  # fmt: skip
    article = read_one(write, {"title": "Fähre", "body": body})
    assert article.text == "Fähre\n\nVorweg.\n\nEins.\n\nZwei.\n\nDanach\n\nDrei."


@pytest.mark.parametrize(
    "field",
    "publishing_date date_publish datePublished publishedAt published_at pubDate pub_date publication_date "
    "versionCreated versioncreated contentCreated firstcreated date_modify dateModified Datum "
    "first_publish_date webPublicationDate date_published updated_at seendate дата".split(),
)
def test_a_date_is_found_under_every_usual_name(write, field):
    article = read_one(write, {"text": TEXT, field: "2022-02-18T23:46:00-05:00"})
    assert (article.published, article.published_precision) == (date(2022, 2, 18), "day")


def test_the_day_of_publication_goes_before_that_of_a_change(write):
    record = {"text": TEXT, "date_modify": "2022-02-20", "date_publish": "2022-02-18"}
    assert read_one(write, record).published == date(2022, 2, 18)


def test_a_flag_and_a_null_are_no_date_and_nothing_is_said(write):
    record = {"text": TEXT, "published": True, "date": "NaT", "pubDate": "2022-02-18"}
    assert read_one(write, record).published == date(2022, 2, 18)


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"source": "kda"}, "kda"),
        ({"source": {"id": None, "name": "Bote"}}, "Bote"),
        ({"source": "https://bote.example/1", "sitename": "Der Bote"}, "Der Bote"),
        ({"source": "bote.example", "source-hostname": "Der Bote"}, "Der Bote"),
        ({"hostname": "bote.example", "publisher": {"@type": "Organization", "name": "Bote"}}, "Bote"),
        ({"infosource": [{"name": "kda"}]}, "kda"),
        ({"copyrightholder": "kda"}, "kda"),
        ({"meta_data": {"og": {"site_name": "Der Bote"}}}, "Der Bote"),
        ({"source_domain": "www.bote.example"}, "bote.example"),
        ({"source": "https://www.bote.example/1"}, "bote.example"),
        ({"url": "https://www.bote.example/1"}, "bote.example"),
        ({"source_id": 17, "medium": "Der Bote"}, "Der Bote"),
        ({}, None),
    ],
)  # fmt: skip
def test_a_name_is_the_source_and_a_host_only_where_no_name_stands(write, fields, source):
    assert read_one(write, {"text": TEXT} | fields).source == source


def test_an_agency_in_the_dateline_goes_before_the_host_of_an_address(write):
    record = {"text": f"BRAKKUM (kda) - {TEXT}", "url": "https://bote.example/1"}
    assert read_one(write, record).source == "kda"


def test_an_address_language_and_maker_s_id_are_found(write):
    record = {
        "uri": "urn:newsml:kda.example:20220218:1", "version": "2", "body_text": TEXT, "language": "de-AT",
        "link": "https://bote.example/1",
    }  # fmt: skip
    article = read_one(write, record)
    assert (article.guid, article.version) == ("urn:newsml:kda.example:20220218:1", "2")
    assert (article.url, article.language) == ("https://bote.example/1", "de")


def test_two_versions_of_one_article_in_a_file_are_two(write):
    lines = [json.dumps({"uri": "urn:kda:1", "body_text": TEXT + x, "version": x}) for x in "12"]
    articles = [
        item for item in read(write("a.ndjson", "\n".join(lines))) if isinstance(item, Article)
    ]
    assert [article.version for article in articles] == ["1", "2"]
    assert articles[0].id != articles[1].id


def test_what_is_guessed_is_said_once_a_file_and_what_is_documented_is_not(write):
    lines = [
        json.dumps({"title": "Fähre", "maintext": TEXT + x, "date_publish": "2022-02-18"})
        for x in "ab"
    ]
    *_, notice = found = read(write("a.jsonl", "\n".join(lines)))
    assert len(found) == 3
    assert "text=maintext, date=date_publish" in notice.text
    documented = {"headline": "F", "content": TEXT, "publish_date": "2022-02-18", "source": "kda",
                  "url": "https://bote.example", "language": "de", "id": "1"}  # fmt: skip
    assert len(read(write("b.jsonl", json.dumps(documented)))) == 1


def test_a_field_that_is_not_known_and_holds_a_date_is_named(write):
    record = {
        "headline": "Fähre",
        "content": TEXT,
        "Druckdatum im Blatt": "18.02.2022",
        "seite": "3",
    }
    article, notice = read(write("a.json", json.dumps(record)))
    assert article.published is None
    assert "--fields 'date=Druckdatum im Blatt'" in notice.text
    assert len(read(write("b.json", json.dumps(record | {"publish_date": "2022-02-19"})))) == 1
    (dated,) = read(write("c.json", json.dumps(record)), {"date": "Druckdatum im Blatt"})
    assert dated.published == date(2022, 2, 18)


def test_pictures_are_passed_over_with_a_notice(write):
    (notice,) = read(
        write("a.json", json.dumps({"type": "picture", "description_text": "Ein Bild."}))
    )
    assert isinstance(notice, SourceNotice)
    assert "picture" in notice.text


def test_lines_in_a_json_file_and_a_list_in_a_lines_file_are_read(write):
    records = [{"title": x, "text": f"{x} hält."} for x in ("Damm", "Deich")]
    lines = "\n".join(map(json.dumps, records))
    for path in (write("a.json", lines), write("b.jsonl", json.dumps(records, indent=1))):
        assert [article.title for article in read(path)] == ["Damm", "Deich"]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-8-sig"])
def test_records_are_read_in_every_unicode_encoding(tmp_path, name, encoding):
    path = tmp_path / name
    path.write_bytes(json.dumps({"text": "Der Dämm hält."}, ensure_ascii=False).encode(encoding))
    (article,) = (item for item in read(path) if isinstance(item, Article))
    assert article.text == "Der Dämm hält."


def test_a_doubled_key_is_named(write):
    article, notice = read(write("a.jsonl", '{"text": "Der Damm.", "text": "Der Deich."}'))
    assert article.text == "Der Deich."
    assert "'text'" in notice.text
    assert "twice" in notice.text


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"a": }', "5", "{}", "[]", '["a"]', "null", '{"name": "x", "version": 1}', "[" * 100_000],
)  # fmt: skip
def test_json_that_holds_no_article_is_one_clear_line(tmp_path, content):
    for name in ("a.json", "a.jsonl"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        (error,) = read(path)
        assert isinstance(error, SourceError)
        assert "\n" not in str(error)


def test_a_record_without_a_text_among_others_is_named_under_its_place(write):
    _, error, _ = read(
        write("a.json", json.dumps([{"text": "Damm."}, {"id": 2}, {"text": "Deich."}]))
    )
    assert error.path.endswith("a.json[1]")


def test_questions_on_paragraphs_are_passed_over(write):
    data = {
        "data": [
            {"title": "Fähre", "paragraphs": [{"context": TEXT, "qas": [{"question": "Was?"}]}]}
        ]
    }
    (notice,) = read(write("a.json", json.dumps(data)))
    assert isinstance(notice, SourceNotice)


NESTED = {
    "content": {"head": "Fähre", "body": TEXT},
    "meta": {"day": "18.02.22"},
    "paper": "Der Bote",
}


def test_the_user_s_fields_are_taken_also_from_within(write):
    fields = parse_fields("text=content.body, title=content.head,date=meta.day,source=paper")
    (article,) = read(write("a.jsonl", json.dumps(NESTED)), fields)
    assert (article.title, article.text) == ("Fähre", f"Fähre\n\n{TEXT}")
    assert (article.published, article.source) == (date(2022, 2, 18), "Der Bote")


@pytest.mark.parametrize(
    "written", ["body", "text=", "=body", "body=text", "text=a,text=b", "text=a,content=b"]
)
def test_fields_that_are_written_wrong_are_wrong_use(written):
    with pytest.raises(ConfigError, match="--fields"):
        parse_fields(written)


def test_a_field_that_no_record_has_is_named_with_those_there_are(write):
    path = write(
        "a.jsonl", "\n".join(json.dumps({"body": f"{TEXT} {x}", "day": "2022"}) for x in "ab")
    )
    (error,) = read(path, {"text": "bdoy"})
    assert "'bdoy'" in error.reason
    assert "body, day" in error.reason
    errors = [item for item in read(path, {"date": "dya"}) if isinstance(item, SourceError)]
    assert len(errors) == 1
    assert "'dya'" in errors[0].reason


def test_another_mapping_reads_a_file_anew_and_none_as_before(write, tmp_path):
    record = {
        "lang_a": "Der Damm hält. Oda Falk lobte ihn.",
        "lang_b": "Der Deich hält. Oda Falk lobte ihn.",
    }
    path = write("a.jsonl", json.dumps(record))
    data = tmp_path / "data"

    def index(*options):
        return run("index", path, *options, "--json", data=data)

    def held():
        report = run("search", "hält", "--json", data=data)
        return [json.loads(line) for line in report.stdout.splitlines()]

    assert index().returncode == 1
    assert index("--fields", "text").returncode == 2
    assert json.loads(index("--fields", "text=lang_a").stdout)["added"] == 1
    assert json.loads(index().stdout)["files_unchanged"] == 1
    assert json.loads(index("--fields", "text=lang_b").stdout)["files_unchanged"] == 0
    assert "Deich" in json.dumps(held())
    path.touch()
    report = index("--prune")
    assert report.returncode == 0
    assert json.loads(report.stdout)["pruned"] == 0 or "Deich" in json.dumps(held())


def test_a_file_that_has_changed_is_read_by_the_fields_it_was_read_by(tmp_path):
    def put(words):
        record = {"id": "1", "worte": words, "content": "Nicht dies."}
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")

    path, data = tmp_path / "a.jsonl", tmp_path / "data"
    put("Der Damm hält.")
    run("index", path, "--fields", "text=worte", data=data)
    put("Der Hafen bleibt zu.")
    run("index", path, data=data)
    (line,) = run("articles", "--json", data=data).stdout.splitlines()
    assert json.loads(line)["text"] == "Der Hafen bleibt zu."
