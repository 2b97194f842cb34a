"""The report shows what was measured and nothing else, whatever the answers hold."""

import json
import random
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.eval.figures.intervals import Estimate
from wortlaut.eval.figures.rows import RunRow, count_faulty
from wortlaut.eval.figures.summary import SCORES, Summary, summarise
from wortlaut.eval.reports.report import (
    MetricLine,
    escape_markdown,
    find_worst,
    split_answer,
    write_report,
)
from wortlaut.eval.reports.showing import (
    describe_metric,
    draw_reliability,
    draw_risk_coverage,
    draw_times,
    is_less_better,
    show_figure,
    show_interval,
    thin,
)
from wortlaut.index.errors import ConfigError

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' | `x` [a](http://evil.example)"
TRAP = "\u202etxt.exe\x1b[31m\x00\ud800 {{ 7*7 }} {% raw %} </style> --> &lt;"
NASTY = EVIL + TRAP
CLAIM = "The rebuilding costs 40 million euros"
ANSWER = f"The port of Tarvo stays open [1]. {CLAIM} [2]. Fishermen agreed."
CLAIMS = (
    {"text": "The port of Tarvo stays open", "verdict": "supported", "support": 0.98},
    {"text": CLAIM, "verdict": "refuted", "support": 0.04, "reason": "14, not 40",
     "nearest": [1, 0, 27]},
    {"text": "Fishermen agreed.", "verdict": "not_enough_info", "support": 0.4, "reason": None},
)  # fmt: skip
CITED = (
    {"marker": 1, "quote": "Der Hafen von Tarvo bleibt offen.", "speaker": "Mira Talberg"},
    {"marker": 2, "quote": "Der Umbau kostet 14 Millionen Euro.", "title": "Umbau in Tarvo"},
)


def row(number, right=1.0, **more):
    scores = {"answer.right": right, "faithfulness.supported": 1.0, **more.pop("scores", {})}
    rng = random.Random(number)
    usual = {
        "id": f"q{number}", "type": rng.choice(["speaker", "date"]),
        "language": rng.choice(["de", "en", "ru"]), "question": f"Who spoke on day {number}?",
        "answer": ANSWER, "answerable": True, "confidence": rng.random(), "citations": CITED,
        "gold": ("Der Umbau kostet 14 Millionen Euro.",), "latency_ms": rng.uniform(20, 400),
    }  # fmt: skip
    return RunRow(**(usual | {"scores": scores} | more))


def wrong(number, faithful, **more):
    return row(number, 0.0, claims=CLAIMS, scores={"faithfulness.supported": faithful}, **more)


ROWS = [*(row(i) for i in range(30)), *(wrong(i, i / 40) for i in range(30, 40))]
SUMMARY = summarise(ROWS, suite="Tarvo", resamples=50)


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its attributes and its text."""

    VOID = frozenset({"meta", "br", "img", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())


def report(tmp_path, rows, summary=None, name="report.html"):
    write_report(summary or summarise(rows, suite="Tarvo", resamples=20), rows, tmp_path)
    return (tmp_path / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return Page(report(tmp_path_factory.mktemp("report"), ROWS, SUMMARY))


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nasty")
    claims = ({"text": NASTY, "verdict": NASTY, "reason": NASTY, "support": 0.1},
              {"text": "gone", "verdict": "refuted", "reason": NASTY})  # fmt: skip
    cited = (dict.fromkeys(("marker", "quote", "speaker", "title", "source", "url"), NASTY),)
    rows = [
        wrong(1, 0.0, id=NASTY, type=NASTY, language=NASTY, question=NASTY, answer=f"So: {NASTY}.")
    ]
    rows = [
        RunRow(**(rows[0].as_json() | {"claims": claims, "citations": cited, "gold": (NASTY,)})),
        row(2, type="date", language="en"),
        row(3, None, id="e", error=NASTY, question=NASTY),
        row(4, 0.0, claims=CLAIMS, type=NASTY, language=NASTY, scores={NASTY: 0.5}),
    ]
    summary = summarise(rows, suite=NASTY, resamples=20)
    write_report(summary, rows, folder)
    return folder


def test_the_report_is_three_files(tmp_path):
    report(tmp_path / "new" / "folder", ROWS, SUMMARY)
    names = {path.name for path in (tmp_path / "new" / "folder").iterdir()}
    assert names == {"report.html", "report.md", "report.json"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot write the report"):
        write_report(SUMMARY, ROWS, tmp_path / "taken")


def test_the_json_holds_the_summary(tmp_path):
    report(tmp_path, ROWS, SUMMARY)
    data = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert data.items() >= json.loads(json.dumps(SUMMARY.as_json())).items()


def test_the_page_asks_for_nothing_from_anywhere(page):
    for tag, name, value in page.attributes:
        assert name not in ("src", "srcset", "action", "data", "poster", "background")
        assert name != "href" or value.startswith("#")
        assert not name.startswith("on")
        assert "url(" not in value
        assert (tag, name) == ("meta", "content") or "//" not in value
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(
        page.tags
    )


def test_the_style_loads_nothing(tmp_path):
    styles = re.findall(r"<style>(.*?)</style>", report(tmp_path, ROWS[:3]), re.DOTALL)
    assert len(styles) == 1
    assert not re.search(r"url\(|@import|@font-face|//", styles[0])


def test_the_page_forbids_what_it_does_not_need(page):
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert ("meta", "content", policy) in page.attributes


def test_every_tag_is_closed_and_every_link_leads_somewhere(page):
    assert page.open == []
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {v[1:] for _, name, v in page.attributes if name == "href"} <= set(ids)
    labels = {v for _, name, v in page.attributes if name == "aria-labelledby"}
    assert labels <= set(ids)


def test_every_figure_stands_on_the_page_with_its_interval(page):
    for name, each in SUMMARY.metrics.items():
        assert name in page.text
        assert show_figure(name, each.value) in page.text
        assert show_interval(name, each.low, each.high) in page.text


def test_undefined_is_a_dash_and_never_zero(tmp_path):
    summary = Summary("Tarvo", 0, 0, {"answer.f1": Estimate(None, 0)})
    page = Page(report(tmp_path, [], summary))
    assert "answer.f1" in page.text
    assert "0.000" not in page.text
    assert "–" in page.text
    assert "| answer.f1 | – | – | 0 |" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_an_empty_run_makes_a_report(tmp_path):
    assert "Nothing: no question failed" in Page(report(tmp_path, [])).text


def test_plots_tell_in_words_what_they_show(page):
    labels = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(labels) == 3
    assert all(labels)
    assert page.tags.count("details") >= 2


def test_hostile_texts_are_shown_and_do_nothing(nasty):
    page = Page((nasty / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert not {"script", "img"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>\"'" in page.text
    assert "{{ 7*7 }} {% raw %}" in page.text


@pytest.mark.parametrize("name", ["report.html", "report.md"])
def test_no_control_sign_reaches_a_reader(nasty, name):
    text = (nasty / name).read_text(encoding="utf-8")
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text
    )


def test_hostile_texts_do_not_break_the_json(nasty):
    data = json.loads((nasty / "report.json").read_bytes())
    assert data["suite"] == NASTY


def test_hostile_texts_are_plain_in_markdown(nasty):
    from markdown_it import MarkdownIt

    text = (nasty / "report.md").read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inline = [child for token in tokens for child in token.children or []]
    kinds = {token.type for token in [*tokens, *inline]}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "code_inline", "fence"}
    assert "alert(1)" in text


def test_every_row_of_a_markdown_table_has_as_many_cells(nasty):
    lines = (nasty / "report.md").read_text(encoding="utf-8").splitlines()
    tables = "\n".join(line if line.startswith("|") else "" for line in lines).split("\n\n")
    for table in filter(str.strip, tables):
        cells = [len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().splitlines()]
        assert len(set(cells)) == 1


@given(st.text())
def test_markdown_shows_any_text_on_one_line(text):
    from markdown_it import MarkdownIt

    escaped = escape_markdown(text)
    assert "\n" not in escaped
    inline = MarkdownIt("commonmark").parseInline(f"x {escaped}")
    assert {child.type for token in inline for child in token.children} <= {"text", "text_special"}


def test_what_is_not_borne_out_is_marked_with_its_reason(tmp_path):
    html = report(tmp_path, [row(1), wrong(2, 1 / 3)])
    assert f'<mark class="refuted">{CLAIM}<sup>1</sup></mark>' in html
    assert '<mark class="open">Fishermen agreed.<sup>2</sup></mark>' in html
    page = Page(html)
    assert "refuted (0.04): 14, not 40" in page.text
    assert "nearest in the sources: “Der Umbau kostet 14 Million”" in page.text
    assert "Mira Talberg" in page.text
    assert "wrong, 2 unsupported claims" in page.text


def test_the_worst_are_those_that_went_wrong_the_least_faithful_first():
    failed = row(50, None, error="no answer in time")
    mute = row(51, 0.0, answer="", abstained=True, scores={"faithfulness.supported": None})
    unfaithful = row(52, 1.0, claims=CLAIMS, scores={"faithfulness.supported": 0.5})
    rows = [failed, mute, row(1), wrong(2, 0.9), unfaithful, wrong(3, 0.1)]
    worst = find_worst(rows, 9)
    assert [case.row.id for case in worst] == ["q3", "q52", "q2", "q51", "q50"]
    assert [case.row.id for case in find_worst(rows, 2)] == ["q3", "q52"]
    assert count_faulty(rows) == 5
    assert worst[3].faults == ("not answered, though there is an answer",)


def test_what_an_answer_missed_is_told():
    scores = {"answer.sentence": 1.0, "answer.speaker": 0.0, "answer.date": 0.0}
    (case,) = find_worst([row(1, 0.0, scores=scores)], 9)
    assert case.faults == ("wrong speaker", "wrong date")


def test_a_report_does_not_tell_whose_computer_it_was_made_on(tmp_path):
    cited = ({"marker": 1, "quote": "Ja.", "path": "/home/mira/archive/tarvo.txt"},)
    page = Page(report(tmp_path, [row(1, 0.0, citations=cited)]))
    assert "tarvo.txt" in page.text
    assert "/home" not in page.text


def test_an_answer_where_there_is_none_is_called_that():
    (case,) = find_worst([row(1, 0.0, answerable=False)], 9)
    assert case.faults == ("answered, though there is no answer",)


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.text(max_size=8), st.integers(-3, 70), st.integers(-3, 70)), max_size=5),
)
def test_the_pieces_of_an_answer_are_the_answer(answer, found):
    claims = [{"text": t, "start": a, "end": b, "verdict": "refuted"} for t, a, b in found]
    (case,) = find_worst([row(1, 0.0, answer=answer, claims=tuple(claims))], 1)
    pieces = split_answer(answer, claims, case.doubts)
    assert "".join(piece.text for piece in pieces) == answer
    assert all(piece.text for piece in pieces)


def test_a_claim_is_found_by_its_words_where_no_span_is_told():
    claims = [{"text": "Fishermen  agreed.", "verdict": "not_enough_info"}]
    (case,) = find_worst([row(1, answer="Yes. Fishermen\nagreed. No.", claims=tuple(claims))], 1)
    assert [piece.text for piece in case.pieces if piece.doubt] == ["Fishermen\nagreed."]


def test_one_claim_made_twice_is_marked_twice():
    claims = tuple({"text": "It closed.", "verdict": "refuted"} for _ in range(2))
    (case,) = find_worst([row(1, answer="It closed. It closed.", claims=claims)], 1)
    assert [piece.doubt.number for piece in case.pieces if piece.doubt] == [1, 2]


def test_a_claim_that_is_not_in_the_answer_is_listed_all_the_same(tmp_path):
    claims = ({"text": "The port burned.", "verdict": "refuted"},)
    assert "claimed: The port burned." in Page(report(tmp_path, [row(1, claims=claims)])).text


@pytest.mark.parametrize(
    "nearest", [None, [], [9, 0, 5], [0, 5, 2], [-1, 0, 3], ["a", 1, 2], 7, [0, 0, 10**9]]
)
def test_a_pointer_into_no_source_is_left_out(nearest):
    claims = ({"text": CLAIM, "verdict": "refuted", "nearest": nearest},)
    (case,) = find_worst([row(1, claims=claims)], 1)
    assert case.doubts[0].nearest in ("", CITED[0]["quote"])


def test_of_many_sources_those_are_shown_that_a_doubted_claim_comes_near_to():
    many = tuple({"marker": i, "quote": f"Satz {i}"} for i in range(40))
    claims = ({"text": CLAIM, "verdict": "refuted", "nearest": [33, 0, 4]},)
    (case,) = find_worst([row(1, claims=claims, citations=many)], 1)
    assert "Satz 33" in [source.quote for source in case.sources]
    assert len(case.sources) + case.left_out == 40


def test_a_bar_is_as_long_as_its_share():
    line = MetricLine.of("answer.right", Estimate(0.25, 8, 0.1, 0.5))
    assert (line.bar, line.low, line.high) == (25, 10, 50)
    # A gap's interval may reach below 0, where a bar has no room.
    assert MetricLine.of("answer.right", Estimate(0.1, 8, -0.2, 0.3)).low == 0
    assert MetricLine.of("latency.p50_ms", Estimate(80.0, 8, 70.0, 90.0)).bar is None
    assert MetricLine.of("de", Estimate(80.0, 8, 70.0, 160.0), "latency.p50_ms", end=160).bar == 50


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("answer.right", None, "–"),
        ("answer.right", 0.0, "0.000"),
        ("answer.right", -0.12345, "−0.123"),
        ("latency.p50_ms", 12.34, "12.3 ms"),
        ("latency.p95_ms", 1234.5, "1,234 ms"),
        ("errors", 3.0, "3"),
    ],
)
def test_figures_are_written_with_their_unit(name, value, shown):
    assert show_figure(name, value) == shown


def test_every_metric_that_a_summary_has_is_described():
    for name in {*SCORES, *SUMMARY.metrics}:
        assert describe_metric(name), name
    assert describe_metric("own.metric") == ""
    assert describe_metric("retrieval.recall@5").endswith("first 5")


def test_which_way_is_better_is_known():
    for name in ("latency.p50_ms", "abstention.aurc", "calibration.ece", "parity.answer.right"):
        assert is_less_better(name)
    for name in ("answer.right", "abstention.auroc", "retrieval.mrr@10"):
        assert not is_less_better(name)


def read_points(svg, kind):
    (line,) = [e for e in ElementTree.fromstring(svg) if e.get("class") == kind]
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def test_a_calibrated_run_lies_on_the_diagonal():
    bins = [
        {"low": i / 5, "high": (i + 1) / 5, "n": 10, "confidence": i / 5, "accuracy": i / 5}
        for i in range(6)
    ]
    svg = draw_reliability(bins)
    (x0, y0), (x1, y1) = read_points(svg, "diagonal")
    for i, (x, y) in enumerate(read_points(svg, "curve")):
        assert x == pytest.approx(x0 + (x1 - x0) * i / 5, abs=0.1)
        assert y == pytest.approx(y0 + (y1 - y0) * i / 5, abs=0.1)


def test_an_empty_bin_is_not_drawn():
    bins = [{"low": 0.0, "high": 0.5, "n": 0, "confidence": None, "accuracy": None},
            {"low": 0.5, "high": 1.0, "n": 3, "confidence": 0.7, "accuracy": 1.0}]  # fmt: skip
    dots = [e for e in ElementTree.fromstring(draw_reliability(bins)) if e.get("class") == "dot"]
    assert len(dots) == 1


def test_more_risk_is_drawn_higher_and_more_coverage_further_right():
    points = read_points(draw_risk_coverage([[0.25, 0.0], [0.5, 0.1], [1.0, 0.4]]), "curve")
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)


@given(st.lists(st.floats(0, 1e6), max_size=40))
def test_every_answer_is_in_one_bar(times):
    bars = [e for e in ElementTree.fromstring(draw_times(times)) if e.get("class") == "column"]
    assert sum(int(bar[0].text.rpartition(": ")[2]) for bar in bars) == len(times)
    assert all(float(bar.get("height")) >= 0 for bar in bars)


@given(st.lists(st.integers(), max_size=60), st.integers(2, 30))
def test_thinning_keeps_the_ends_and_the_order(points, most):
    few = thin(points, most)
    assert len(few) == min(len(points), most)
    assert few[:1] == points[:1]
    assert few[-1:] == points[-1:]


def test_a_long_curve_makes_a_short_plot():
    curve = [[(i + 1) / 5000, i / 10000] for i in range(5000)]
    assert len(draw_risk_coverage(curve)) < 20_000
