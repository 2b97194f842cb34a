"""The field's formats: TREC runs and qrels, BEIR folders; read, written, and scored."""

import gzip
import json
import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal import run
from test_eval import ASKED, PARAGRAPHS, write_squad
from typer.testing import CliRunner

from wortlaut.eval.figures.metrics import average_precision_of_ranking, ndcg_at_k
from wortlaut.eval.retrieval import score_run
from wortlaut.eval.suites.formats import (
    read_beir,
    read_qrels,
    read_trec_run,
    write_beir,
    write_qrels,
    write_trec_run,
)
from wortlaut.index.article import Article, hash_text
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.ui.terminal.cli import app

IDS = st.text(string.ascii_letters + string.digits + "äжß-_:#/", min_size=1, max_size=6)
SCORES = st.floats(allow_nan=False, width=32)
RUNS = st.dictionaries(IDS, st.dictionaries(IDS, SCORES, min_size=1, max_size=5), min_size=1)
QRELS = st.dictionaries(
    IDS, st.dictionaries(IDS, st.integers(-2, 4), min_size=1, max_size=5), min_size=1
)
# d6 is judged bad, d3 not relevant, d9 not at all; d9 and d1 tie, and the later id comes first
RUN = """\
q1 Q0 d3 1 5.0 theirs
q1 Q0 d1 2 4.0 theirs
q1 Q0 d9 3 4.0 theirs
q1\tQ0\td2\t4\t1e0\ttheirs

q1 Q0 d6 99 9 theirs
"""
JUDGED = "q1 0 d1 2\nq1 0 d2 1\nq1 0 d3 0\nq1 0 d5 1\nq1 0 d6 -1\n"


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def make_article(identity, text, title=""):
    return Article(identity, title, text, hash_text(text))


@settings(deadline=None)
@given(RUNS)
def test_a_run_that_was_written_is_read_back_in_the_order_of_its_scores(tmp_path_factory, found):
    file = tmp_path_factory.getbasetemp() / "found.run"
    write_trec_run(file, {query: list(ranked.items()) for query, ranked in found.items()})
    read = read_trec_run(file)
    assert {query: dict(ranked) for query, ranked in read.items()} == found
    for ranked in read.values():
        scores = [score for _, score in ranked]
        assert scores == sorted(scores, reverse=True)


@settings(deadline=None)
@given(QRELS)
def test_qrels_that_were_written_are_read_back(tmp_path_factory, qrels):
    file = tmp_path_factory.getbasetemp() / "written.qrels"
    write_qrels(file, qrels)
    assert read_qrels(file) == qrels


@settings(deadline=None)
@given(
    st.dictionaries(IDS, st.text(min_size=1, max_size=20).filter(str.strip), min_size=1),
    st.dictionaries(IDS | st.just("a query"), st.text(max_size=20), min_size=1),
    st.data(),
)
def test_a_beir_folder_that_was_written_is_read_back(tmp_path_factory, texts, queries, data):
    folder = tmp_path_factory.mktemp("beir")
    articles = [
        make_article(identity, text, f"Title {number}")
        for number, (identity, text) in enumerate(texts.items())
        if "\0" not in text and "\r" not in text
    ]
    judged = st.dictionaries(st.sampled_from(sorted(texts)), st.integers(0, 3), min_size=1)
    qrels = {query: data.draw(judged) for query in queries}
    write_beir(folder, articles, queries, qrels)
    read = read_beir(folder)
    assert [(a.id, a.title) for a in read.articles] == [(a.id, a.title) for a in articles]
    assert read.queries == queries
    assert read.qrels == qrels


def test_ties_go_to_the_later_id_and_ranks_do_not_count(tmp_path):
    # by score 9, 5, then d9 before d1 at 4, then 1: as trec_eval sorts, whatever the ranks say
    read = read_trec_run(write(tmp_path / "a.run", RUN))
    assert [document for document, _ in read["q1"]] == ["d6", "d3", "d9", "d1", "d2"]


def test_scores_that_differ_beyond_single_precision_tie(tmp_path):
    # 1 + 1e-11 is 1 as a C float: pytrec_eval finds a third (reciprocal rank 1/3)
    lines = "q Q0 a 1 1.00000000001 t\nq Q0 b 2 1.0 t\nq Q0 c 3 1.0 t\n"
    read = read_trec_run(write(tmp_path / "a.run", lines))
    assert [document for document, _ in read["q"]] == ["c", "b", "a"]
    lines = lines.replace("1.00000000001", "1.000001")
    read = read_trec_run(write(tmp_path / "b.run", lines))
    assert [document for document, _ in read["q"]] == ["a", "c", "b"]


def test_a_run_is_scored_as_trec_eval_scores_it(tmp_path):
    # pytrec_eval-terrier 0.5.11 on the same lines: map .216667, recip_rank .25, ndcg_cut_10
    # .398669, recall_1 0, recall_5 .666667.
    found = score_run(
        read_trec_run(write(tmp_path / "a.run", RUN)),
        read_qrels(write(tmp_path / "a.qrels", JUDGED)),
    )
    values = {name: each.value for name, each in found.metrics.items()}
    # of d1, d2 and d5 two are found, fourth and fifth
    assert values["recall@1"] == 0
    assert values["recall@5"] == pytest.approx(2 / 3)
    assert values["recall@10"] == pytest.approx(2 / 3)
    assert values["mrr"] == 1 / 4
    # two precisions over three relevant: 1/4 and 2/5 make .65
    assert values["map"] == pytest.approx(0.65 / 3)
    # 2 / log2(5) + 1 / log2(6) = .8614 + .3869 = 1.2482; best: 2 + 1 / log2(3) + 1 / log2(4) =
    # 2 + .6309 + .5 = 3.1309; 1.2482 / 3.1309
    assert values["ndcg@10"] == pytest.approx(0.398669, abs=1e-6)


def test_what_a_run_lacks_counts_nothing_and_what_nobody_judged_good_is_undefined():
    # q1 is found first, q2 not at all, q3 has nothing to find, q4 is not in the qrels
    run_ = {"q1": [("a", 1.0)], "q3": [("c", 1.0)], "q4": [("a", 1.0)]}
    found = score_run(run_, {"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 0}})
    assert (found.queries, found.missing, found.unjudged) == (3, 1, 1)
    for estimate in found.metrics.values():
        assert (estimate.value, estimate.n) == (0.5, 2)
    undefined = score_run(run_, {"q3": {"c": 0}})
    assert {each.value for each in undefined.metrics.values()} == {None}
    with pytest.raises(DatasetError, match="no query of the qrels"):
        score_run({"q4": [("a", 1.0)]}, {"q1": {"a": 1}})


def test_grades_count_in_ndcg():
    # the better document second: (1 + 3 / log2(3)) / (3 + 1 / log2(3)) = 2.8928 / 3.6309
    assert ndcg_at_k(["a", "b"], {"a": 1, "b": 3, "c": 0}, 10) == pytest.approx(0.79671, abs=1e-4)
    assert ndcg_at_k(["b", "a"], {"a": 1, "b": 3, "c": -1}, 10) == 1
    assert ndcg_at_k(["a"], {"a": 0, "c": -1}, 10) is None


def test_average_precision_counts_what_is_not_ranked_as_0():
    # relevant at 1 and 3: (1/1 + 2/3) / 2; with one that is not ranked: / 3
    assert average_precision_of_ranking(["a", "x", "b"], {"a", "b"}) == pytest.approx(5 / 6)
    assert average_precision_of_ranking(["a", "x", "b"], {"a", "b", "c"}) == pytest.approx(5 / 9)
    assert average_precision_of_ranking(["a"], set()) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("q Q0 d 1 1.0", r":2: no line of a run"),
        ("q Q0 d 1 1.0 tag more", r":2: no line of a run"),
        ("q Q0 d 1 high tag", r":2: the score 'high' is no number"),
        ("q Q0 d 1 nan tag", r":2: the score 'nan' is no number"),
        ("q Q0 d 1 1_0 tag", r":2: the score '1_0' is no number"),
        ("q Q0 a 2 0.5 tag", r":2: a is ranked twice for query q"),
    ],
)
def test_a_bad_line_of_a_run_is_named(tmp_path, line, said):
    file = write(tmp_path / "bad.run", f"q Q0 a 1 1.0 tag\n{line}\n")
    with pytest.raises(DatasetError, match=said):
        read_trec_run(file)


@pytest.mark.parametrize(
    ("first", "line", "said"),
    [
        ("q 0 a 1", "q a 1", r":2: no judgement"),
        ("q 0 a 1", "q 0 b high", r":2: the grade 'high' is no whole number"),
        ("q 0 a 1", "q 0 b 1.5", r":2: the grade '1.5' is no whole number"),
        ("q 0 a 1", "q 0 a 2", r":2: a is judged twice for query q"),
        ("query-id\tcorpus-id\tscore", "q 0 a 1", r":2: no judgement; write \"query-id"),
    ],
)
def test_a_bad_judgement_is_named(tmp_path, first, line, said):
    with pytest.raises(DatasetError, match=said):
        read_qrels(write(tmp_path / "bad.qrels", f"{first}\n{line}\n"))


def test_what_cannot_be_read_or_is_empty_is_said(tmp_path):
    with pytest.raises(DatasetError, match=r"cannot read .*No such file"):
        read_trec_run(tmp_path / "none.run")
    with pytest.raises(DatasetError, match="ranks nothing"):
        read_trec_run(write(tmp_path / "empty.run", "\n"))
    with pytest.raises(DatasetError, match="judges nothing"):
        read_qrels(write(tmp_path / "empty.qrels", "query-id\tcorpus-id\tscore\n"))
    (tmp_path / "latin.run").write_bytes("q Q0 Köln 1 1.0 t\n".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"latin\.run:1: no UTF-8"):
        read_trec_run(tmp_path / "latin.run")
    (tmp_path / "cut.run.gz").write_bytes(gzip.compress(RUN.encode())[:-9])
    with pytest.raises(DatasetError, match="cannot read"):
        read_trec_run(tmp_path / "cut.run.gz")


def test_a_gzipped_run_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "a.run.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + RUN.encode()))
    assert list(read_trec_run(tmp_path / "a.run.gz")) == ["q1"]


@pytest.mark.parametrize("identity", ["two words", "a\tb", "", "a\nb", "\udc80"])
def test_an_id_that_the_format_cannot_hold_is_refused(tmp_path, identity):
    with pytest.raises(DatasetError, match="cannot stand"):
        write_trec_run(tmp_path / "a.run", {"q": [(identity, 1.0)]})
    with pytest.raises(DatasetError, match="cannot stand"):
        write_qrels(tmp_path / "a.qrels", {identity: {"a": 1}})


def test_a_beir_folder_is_read_as_it_comes(tmp_path):
    corpus = [
        {"_id": "d1", "title": "Aldora", "text": "Der Leuchtturm ist hoch.", "metadata": {}},
        {"_id": "d2", "title": "Only a title", "text": " "},
        {"_id": "d3", "title": "", "text": ""},
    ]
    write(tmp_path / "corpus.jsonl", "\n".join(map(json.dumps, corpus)))
    asked = [{"_id": "q1", "text": "How high?"}, {"_id": "q2", "text": "Nobody judged this."}]
    write(tmp_path / "queries.jsonl", "\n".join(map(json.dumps, asked)))
    write(tmp_path / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\r\nq1\td1\t2\r\n")
    read = read_beir(tmp_path)
    assert [(a.id, a.text) for a in read.articles] == [
        ("d1", "Der Leuchtturm ist hoch."),
        ("d2", "Only a title"),
    ]
    assert read.queries == {"q1": "How high?"}
    assert read.qrels == {"q1": {"d1": 2}}
    write(tmp_path / "qrels" / "test.tsv", "query-id\tcorpus-id\tscore\nq9\td1\t1\n")
    with pytest.raises(DatasetError, match=r"judges query q9, which queries\.jsonl lacks"):
        read_beir(tmp_path)


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"_id": "d"}', '{"_id": 5, "text": ""}', '{"_id": "a", "text": "twice"}']
)
def test_a_bad_line_of_a_corpus_is_named(tmp_path, line):
    write(tmp_path / "corpus.jsonl", f'{{"_id": "a", "text": "A text."}}\n{line}\n')
    with pytest.raises(DatasetError, match=r"corpus\.jsonl:2: "):
        read_beir(tmp_path)


def test_a_folder_that_holds_something_is_not_written_into(tmp_path):
    write(tmp_path / "notes.txt", "mine")
    with pytest.raises(ConfigError, match="holds something already"):
        write_beir(tmp_path, [], {}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_documents_date_source_and_address_are_kept(tmp_path):
    article = Article(
        "d1", "Aldora", "Text.", hash_text("Text."), source="dpa", url="https://example.org/1",
        published=date(2026, 3, 1), published_precision="day",
    )  # fmt: skip
    write_beir(tmp_path / "beir", [article], {"q": "?"}, {"q": {"d1": 1}})
    row = json.loads((tmp_path / "beir" / "corpus.jsonl").read_text("utf-8"))
    assert row == {
        "_id": "d1", "title": "Aldora", "text": "Text.",
        "metadata": {"source": "dpa", "url": "https://example.org/1", "published": "2026-03-01"},
    }  # fmt: skip


def test_any_systems_run_is_scored_on_the_command_line(tmp_path):
    theirs = write(tmp_path / "theirs.run", RUN + "q7 Q0 d1 1 1 t\n")
    judged = write(tmp_path / "judged.qrels", JUDGED + "q2 0 d1 1\n")
    done = run("eval", "retrieval", "--score", theirs, "--qrels", judged, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["queries"], told["missing"], told["unjudged"]) == (2, 1, 1)
    # q1 has 1/4, q2 is not ranked: 1/8
    assert told["metrics"]["mrr"]["value"] == 0.125
    assert told["metrics"]["mrr"]["n"] == 2
    assert "1 of 2 queries are not in the run" in done.stderr
    done = run("eval", "retrieval", "--score", theirs, "--qrels", judged)
    assert done.stdout.splitlines()[0].split()[:3] == ["metric", "value", "n"]
    assert any(line.split()[:3] == ["mrr", "0.125", "2"] for line in done.stdout.splitlines())
    write(theirs, "q1 Q0 d1\n")
    done = run("eval", "retrieval", "--score", theirs, "--qrels", judged)
    assert done.returncode == 1
    assert done.stderr.startswith(f"wortlaut: {theirs}:1: no line of a run")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "nothing to measure"),
        (("--score", "a.run"), "--qrels FILE"),
        (("--score", "a.run", "--qrels", "a.qrels", "--data", "x.json"), "nothing is searched"),
        (("--data", ".", "--questions", "x.json"), "goes with SQuAD JSON alone"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    done = CliRunner().invoke(app, ["eval", "retrieval", *options])
    assert isinstance(done.exception, ConfigError)
    assert said in str(done.exception)


def test_a_suite_is_exported_found_again_and_scored(tmp_path):
    squads = [write_squad(tmp_path, tongue, ASKED[tongue]) for tongue in ("de", "en")]
    folder = tmp_path / "beir"
    done = run("eval", "export", squads[0], folder, "--questions", squads[1])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{folder}: 3 documents, 6 queries"
    beir = read_beir(folder)
    assert [article.text for article in beir.articles] == PARAGRAPHS
    assert beir.queries["en:q0"] == ASKED["en"][0]
    assert beir.qrels["de:q2"] == {"paragraph-0-2": 1}
    found, judged = tmp_path / "found.run", tmp_path / "judged.qrels"
    done = run("eval", "retrieval", "--data", folder, "--run", found, "--qrels", judged, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["metrics"]["recall@5"]["value"] == 1
    again = run("eval", "retrieval", "--score", found, "--qrels", judged, "--json")
    assert json.loads(again.stdout) == told
    # The run of the SQuAD files themselves is the same: one corpus, one retriever.
    other = tmp_path / "other.run"
    done = run(
        "eval", "retrieval", "--data", squads[0], "--questions", squads[1], "--run", other, "--json"
    )
    assert done.returncode == 0, done.stderr
    assert read_trec_run(other) == read_trec_run(found)
    german = json.loads(done.stdout)["languages"]["de"]
    assert german["n"] == 3
    assert german["recall@5"] == 1


def test_gold_questions_are_exported_with_the_archive_they_are_asked_of(tmp_path):
    articles = tmp_path / "articles"
    write(articles / "a.txt", PARAGRAPHS[0])
    write(articles / "b.txt", PARAGRAPHS[1])
    common = {"type": "fact", "language": "de"}
    questions = [
        common | {"id": "g1", "turns": ["Der Damm?", "Wie hoch?"], "gold": [{"path": "articles/a.txt", "quote": "92 Meter"}]},
        common | {"id": "g2", "turns": ["Wer war es?"], "gold": []},
    ]  # fmt: skip
    suite = write(tmp_path / "suite.jsonl", "\n".join(map(json.dumps, questions)))
    folder = tmp_path / "beir"
    done = run("eval", "export", suite, folder, data=tmp_path / "data")
    assert done.returncode == 2
    assert "holds no archive" in done.stderr
    assert run("index", articles, data=tmp_path / "data").returncode == 0
    done = run("eval", "export", suite, folder, data=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert "1 questions without gold are left out" in done.stderr
    beir = read_beir(folder)
    assert sorted(article.text for article in beir.articles) == sorted(PARAGRAPHS[:2])
    assert beir.queries == {"g1": "Der Damm? Wie hoch?"}
    (gold,) = beir.qrels["g1"]
    assert next(a.text for a in beir.articles if a.id == gold) == PARAGRAPHS[0]
