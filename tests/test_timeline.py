"""Statements over time: what is merged, where points stand, what the picture and the panel say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from terminal import run

from tests.chatdouble import BRIDGE, HOSTILE, PORT, TRAP, Chat, cite, make_article
from tests.test_render import EVIL, Reader
from wortlaut.index.errors import ConfigError
from wortlaut.index.twins.origins import PrintedArticle
from wortlaut.rag.answer import Filters
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.session import Session
from wortlaut.ui.browser.timeline import (
    ShownTimeline,
    TimelineAsk,
    begin_timeline,
    list_shown,
    read_timeline_ask,
    render_timeline_html,
)
from wortlaut.ui.timelineplot import TimelineRow, draw_timeline, is_dated, merge_prints

pytestmark = pytest.mark.usefixtures("unread")
SVG = "{http://www.w3.org/2000/svg}"
ZUSAGEN = "das Land brauche verlässliche Zusagen"


def say(day, words="Der Damm hält.", source="Bote", voice="reported", precision="day", **values):
    """A statement of that day in an article of its own."""
    name = f"{source}-{day}-{abs(hash(words)) % 999}"
    article = make_article(name, f"Titel {name}", words, day, precision, source)
    return replace(cite(1, article, words, "Oda Falk", voice), **values)


class Talk(Chat):
    """A chat that has a timeline, too: of Talberg, and of whoever else nothing."""

    def list_timeline(self, speaker, topic, filters):
        assert filters == Filters()
        self.asked_for = (speaker, topic)
        if speaker == "fehler":
            raise ConfigError("a name of 300 letters; shorten it")
        if "Talberg" not in speaker:
            return []
        return [
            cite(1, BRIDGE, BRIDGE.text, "Mira Talberg", "reported", "Küstenbote"),
            cite(2, PORT, ZUSAGEN, "Mira Talberg", "reported"),
            cite(3, PORT, "„Ohne Zusagen gibt es keinen Bau“", "Mira Talberg", "direct"),
            cite(4, TRAP, HOSTILE, HOSTILE, "reported", HOSTILE),
        ]


def find_points(svg):
    return [e for e in ElementTree.fromstring(svg).iter() if "point" in e.get("class", "").split()]


def test_prints_of_one_story_are_one_row_that_counts_them():
    first, later = date(2031, 1, 1), date(2031, 1, 2)
    twin = PrintedArticle("x", "Titel")
    found = [
        say(later, source="Kurier", origin="story"),
        say(first, origin="story", also_in=(twin,)),
        say(first, "der Damm hält", source="Blatt", origin="other"),
        say(later, "Der Damm bricht.", origin="story"),
    ]
    rows = merge_prints([found])
    assert [(r.citation.article.source, r.prints) for r in rows] == [
        ("Blatt", 1), ("Bote", 3), ("Bote", 1),
    ]  # fmt: skip
    assert [r.citation.marker for r in rows] == [1, 2, 3]
    assert rows[1].citation.article.published == first


def test_two_persons_with_the_same_words_stay_two():
    day = date(2031, 1, 1)
    rows = merge_prints([[say(day, origin="s")], [say(day, origin="s")]])
    assert [row.lane for row in rows] == [0, 1]


def test_undated_statements_come_last_and_have_no_point():
    rows = merge_prints([[say(None, precision="unknown"), say(date(2031, 1, 1), "Ja.")]])
    assert list(map(is_dated, rows)) == [True, False]
    assert len(find_points(draw_timeline(rows, ["Oda Falk"], "de"))) == 1
    assert draw_timeline(rows[1:], ["Oda Falk"], "de") == ""


@pytest.mark.parametrize("count", [1, 12, 400])
def test_as_many_points_as_statements_though_all_are_of_one_day(count):
    day = date(2031, 1, 1)
    rows = merge_prints([[say(day, f"Satz {n}.") for n in range(count)]])
    points = find_points(draw_timeline(rows, ["Oda Falk"], "en"))
    assert len({(p.get("cx"), p.get("cy")) for p in points}) == len(points) == count
    svg = ElementTree.fromstring(draw_timeline(rows, ["Oda Falk"], "en"))
    height = float(svg.get("height"))
    assert height < 320
    assert all(0 < float(point.get("cy")) < height for point in points)


def test_points_that_would_cover_one_another_are_stacked_and_later_is_further_right():
    days = [date(2031, 1, 1) + timedelta(days=n) for n in range(0, 400, 5)]
    rows = merge_prints([[say(day, f"Satz {n}.") for n, day in enumerate(days)]])
    points = find_points(draw_timeline(rows, ["Oda Falk"], "en"))
    places = [(float(p.get("cx")), float(p.get("cy"))) for p in points]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    for number, (x, y) in enumerate(places):
        for other, (a, b) in enumerate(places):
            assert number == other or abs(x - a) > 8 or abs(y - b) > 8


def test_the_voice_is_a_shape_and_a_month_is_a_reach():
    day = date(2031, 1, 1)
    rows = merge_prints(
        [
            [say(day, f"{v}.", voice=v) for v in ("direct", "reported", "narrated")],
            [say(day, "Im Januar.", precision="month")],
        ]
    )
    svg = draw_timeline(rows, ["Oda Falk", "Jon Vesk"], "en")
    kinds = sorted((p.tag.removeprefix(SVG), p.get("class")) for p in find_points(svg))
    assert kinds == [
        ("circle", "point lane-1 direct"), ("circle", "point lane-1 reported"),
        ("circle", "point lane-2 reported"), ("rect", "point lane-1 narrated"),
    ]  # fmt: skip
    assert svg.count('class="reach lane-2"') == 1


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (date(2026, 1, 1), ["1 January 2026"]),
        (date(2026, 1, 20), ["1 January 2026", "20 January 2026"]),
        (date(2026, 4, 9), ["January 2026", "February 2026", "March 2026", "April 2026"]),
        (date(2029, 4, 9), ["2026", "2027", "2028", "2029"]),
        (date(2061, 4, 9), ["2030", "2035", "2040", "2045", "2050", "2055", "2060"]),
    ],
)
def test_the_axis_has_round_days_as_far_as_there_is_room(last, labels):
    rows = merge_prints([[say(date(2026, 1, 1)), say(last, "Später.")]])
    root = ElementTree.fromstring(draw_timeline(rows, ["Oda Falk"], "en", width=480))
    assert [e.text for e in root.iter() if e.get("class") == "tick"][: len(labels) + 1] == labels


@given(st.lists(EVIL, min_size=4, max_size=4), st.booleans())
def test_whatever_an_article_holds_is_text_in_the_picture(texts, alone):
    quote, name, title, source = (text + "x\ufffe" for text in texts)
    quote = quote.replace("\ud800", "")  # No article's text can hold one.
    article = make_article("a", title, quote, date(2031, 1, 1), "day", source)
    row = TimelineRow(replace(cite(1, article, quote, name), voice="direct"))
    svg = draw_timeline([row], [name], "en", title=title if alone else None)
    found = list(ElementTree.fromstring(svg).iter())
    tags = {element.tag.removeprefix(SVG) for element in found}
    assert tags <= {"svg", "title", "style", "text", "tspan", "line", "circle"}
    names = {name for element in found for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name or "src" in name}


def test_a_picture_that_stands_alone_has_both_lights_and_loads_nothing():
    svg = draw_timeline(merge_prints([[say(date(2031, 1, 1))]]), ["Oda Falk"], "ru", title="Falk")
    assert "prefers-color-scheme: dark" in svg
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    titles = [e.text for e in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    assert titles[0] == "Falk"
    assert "1 января 2031" in titles[1]
    assert "Der Damm hält." in titles[1]


# The panel


@pytest.fixture
def page():
    return ChatPage(Talk())


def plot(page, session, **values):
    return Reader(page.pane.plot_timeline(session, values))


def list_rows(reader):
    return [a["data-marker"] for tag, a in reader.found if a.get("class") == "stated"]


def test_the_panel_lists_what_the_picture_shows_and_the_undated_apart(page):
    reader = plot(page, Session(), first="Mira Talberg")
    assert list_rows(reader) == ["1", "2", "3", "4"]
    points = [a["data-row"] for _, a in reader.found if "point" in a.get("class", "")]
    assert sorted(points) == ["1", "2", "3"]
    assert reader.text_in("h3", "day") == "Undated"
    assert reader.text_in("p", "found") == "Statements: 4"


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"since": "2028-01-01"}, ["2", "3"]),
        ({"until": "2028-01-01"}, ["1"]),
        ({"source": "Küstenbote"}, ["1"]),
        ({"voice": "direct"}, ["3"]),
        ({"voice": "loud", "since": "soon"}, ["1", "2", "3", "4"]),
        ({"source": "Nirgendblatt"}, []),
    ],
)
def test_filters_leave_what_fits_and_can_be_taken_back(page, values, left):
    session = Session()
    assert list_rows(plot(page, session, first="Talberg", **values)) == left
    assert len(list_rows(plot(page, session, first="Talberg"))) == 4


def test_a_statement_opens_its_span_and_the_way_back(page):
    session = Session()
    plot(page, session, first="Mira Talberg")
    source = page.pane.open_source(session, "t", "2")
    assert f'<mark class="cited">{ZUSAGEN}</mark>' in source
    assert 'data-panel="timeline"' in source
    assert 'data-turn="t" data-marker="3"' in source
    for wrong in ("9", "", None, {"a": 1}, "²"):
        assert page.pane.open_source(session, "t", wrong) is None
    assert page.pane.open_source(Session(), "t", "2") is None


def test_an_answer_opens_the_timeline_of_its_speaker_topic_and_days(page):
    session = Session(tongue="de")
    *_, (_, current, _) = page.ask(session, "What did Talberg say?")
    assert 'data-press="timeline" data-turn="0"' in current
    reader = Reader(page.pane.open_timeline(session, "0"))
    assert page._chat.asked_for == ("Mira Talberg", "x")
    assert session.timeline.ask.since == date(2027, 1, 1)
    assert list_rows(reader) == ["1", "2", "3"]
    assert list_rows(Reader(page.pane.open_timeline(session, None))) == ["1", "2", "3"]
    assert page.start("en", session)[0].timeline == session.timeline


def test_an_answer_in_which_nobody_speaks_opens_none():
    query = Query("?", "?", "Damm", (), (), Window(), "en", "fact")
    answer = replace(Chat().ask("Die Falle?"), query=query, citations=())
    assert begin_timeline(answer).people == ()


def test_an_error_and_a_stranger_are_told(page):
    session = Session()
    assert "shorten it" in plot(page, session, first="fehler").text_in("p", "notice-line")
    assert plot(page, session, first="Oxenrath").text_in("p", "found") == "No statement fits."
    assert "name a person" in plot(page, session).text_in("p", "hint")


def test_what_no_form_would_send_is_nothing():
    for wrong in (None, 7, [], {"first": 7, "since": [], "voice": None}):
        assert read_timeline_ask(wrong) == TimelineAsk()
    asked = read_timeline_ask({"first": "  Oda\n Falk ", "second": "Oda Falk", "topic": "x" * 999})
    assert (asked.people, len(asked.topic)) == (("Oda Falk",), 200)


def test_a_hostile_article_is_text_in_the_panel(page):
    session = Session()
    html = page.pane.plot_timeline(session, {"first": f"Talberg {HOSTILE}", "topic": HOSTILE})
    reader = Reader(html)
    assert not reader.stack
    tags = {tag for tag, _ in reader.found}
    assert not tags & {"script", "img", "a", "iframe", "style", "link"}
    assert not any(name.startswith("on") for _, some in reader.found for name in some)
    shown = ShownTimeline(TimelineAsk((HOSTILE,)), session.timeline.rows)
    assert len(list_shown(shown)) == 4
    assert "window.hit" not in re.sub(
        r"&lt;.*?&gt;|[^<]*window\.hit[^<]*", "", render_timeline_html(shown, [HOSTILE], "ru")
    )


# `wortlaut timeline --plot`


def test_the_command_writes_the_picture_and_prints_the_same_rows(seeded, tmp_path):
    file = tmp_path / "lawrow.svg"
    plain = run("timeline", "--speaker", "Lavrov", "--json", data=seeded)
    done = run("timeline", "--speaker", "Lavrov", "--json", "--plot", file, data=seeded)
    assert (done.returncode, done.stdout) == (0, plain.stdout)
    assert len(find_points(file.read_bytes())) > 3
    assert [path.name for path in tmp_path.iterdir() if "svg" in path.name or "plot" in path.name] == [
        "lawrow.svg"
    ]  # fmt: skip


def test_two_persons_share_one_picture_and_one_list(seeded, tmp_path):
    file = tmp_path / "both.svg"
    names = ["--speaker", "Lavrov", "--beside", "Rubio"]
    done = run("timeline", *names, "--csv", "--plot", file, "--language", "de", data=seeded)
    assert done.returncode == 0
    assert "Lawrow" in done.stdout
    assert "Rubio" in done.stdout
    lanes = {p.get("class").split()[1] for p in find_points(file.read_bytes())}
    assert lanes == {"lane-1", "lane-2"}


@pytest.mark.parametrize("name", ["no/such/folder/a.svg", "a.png", "folder.svg"])
def test_a_path_that_cannot_be_written_is_one_line_and_nothing_is_left(seeded, tmp_path, name):
    (tmp_path / "folder.svg").mkdir()
    before = sorted(tmp_path.iterdir())
    done = run("timeline", "--speaker", "Lavrov", "--plot", tmp_path / name, data=seeded)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, name in line) == (2, True)
    assert sorted(tmp_path.iterdir()) == before


def test_without_a_statement_no_picture_is_made(seeded, tmp_path):
    file = tmp_path / "a.svg"
    done = run("timeline", "--speaker", "Oxenrath", "--plot", file, data=seeded)
    assert (done.returncode, file.exists()) == (3, False)
