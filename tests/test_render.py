"""What people see of an answer: exact quotes, dates in their language, and nothing that runs."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.chatdouble import BRIDGE, HOSTILE, PORT, TRAP, Archive, Chat, cite
from wortlaut.index.article import Article, Span, Statement, hash_text
from wortlaut.rag.answer import Citation, Claim
from wortlaut.rag.wording import (
    explain_abstention,
    format_period,
    say_searched,
    strike_out,
    voice_label,
)
from wortlaut.ui.browser.header import render_header_html
from wortlaut.ui.browser.page import (
    LONGEST_SHOWN,
    PageTurn,
    render_answer_html,
    render_no_source_html,
    render_source_html,
    render_switch_html,
    render_turn_html,
    render_welcome_html,
)
from wortlaut.ui.render import render_markdown, render_terminal, show_date, split_line
from wortlaut.ui.words.page import choose_tongue

OUR_TAGS = set(
    (
        "header div h1 h2 h3 p button section ul li article b span blockquote a mark pre code s "
        "details summary dialog dl dt dd kbd "
        # The panels' lists, forms and icons.
        "ol nav form input select option label progress svg path circle rect "
        "textarea"
    ).split()
)
VOID_TAGS = {"input"}
OUR_ATTRIBUTES = set(
    (
        "class lang type aria-controls aria-label aria-hidden aria-live aria-pressed title role tabindex "
        "disabled href target rel aria-busy checked "
        "id aria-labelledby hidden name value placeholder maxlength min max multiple webkitdirectory "
        "viewbox width height fill stroke stroke-width stroke-linecap stroke-linejoin focusable d cx "
        "cy r x y rx rows"
    ).split()
)


class Reader(HTMLParser):
    """The tags, attributes and texts of a page, texts by the tag and class they stand in."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.found, self.stack, self.texts = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.stack.append((tag, dict(attrs).get("class") or ""))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.stack), data))

    def text_in(self, tag, name):
        return "".join(
            text
            for stack, text in self.texts
            if any(t == tag and (not name or name in c.split()) for t, c in stack)
        )


def check_harmless(html):
    reader = Reader(html)
    assert not reader.stack
    for tag, attributes in reader.found:
        assert tag in OUR_TAGS
        for name in attributes:
            assert name in OUR_ATTRIBUTES or name.startswith("data-")
        assert attributes.get("href", "http").startswith("http")
    return reader


def show_terminal(answer):
    console = Console(file=io.StringIO(), width=100, force_terminal=False, highlight=False)
    render_terminal(answer, console)
    return console.file.getvalue()


@pytest.fixture
def answer():
    return Chat().ask("What did Talberg say?")


@pytest.fixture
def hostile():
    return Chat().ask("Die Falle?")


def test_a_date_is_shown_to_the_precision_that_is_known():
    article = replace(PORT, published=date(2026, 1, 29))
    assert show_date(article, "en") == "29 January 2026"
    assert show_date(article, "de") == "29. Januar 2026"
    assert show_date(article, "ru") == "29 января 2026"
    monthly = replace(article, published=date(2022, 1, 1), published_precision="month")
    assert [show_date(monthly, x) for x in ("en", "de", "ru")] == [
        "January 2022", "Januar 2022", "январь 2022",
    ]  # fmt: skip
    yearly = replace(article, published_precision="year")
    assert show_date(yearly, "de") == "2026"
    unknown = replace(article, published=None, published_precision="unknown")
    assert [show_date(unknown, x) for x in ("en", "de", "ru")] == [
        "undated", "ohne Datum", "без даты",
    ]  # fmt: skip


def test_the_voice_says_how_words_come_to_us():
    assert voice_label("direct", None, "en") == "said (verbatim)"
    assert (
        voice_label("reported", "Küstenbote", "en") == "said, as reported, according to Küstenbote"
    )
    assert voice_label("reported", "Küstenbote", "de").endswith("laut Küstenbote")
    assert len({voice_label(v, None, "ru") for v in ("direct", "reported", "narrated")}) == 3


def test_an_abstention_names_whom_and_which_days_it_searched():
    line = explain_abstention("unknown_speaker", "en", names=["Mira Talberg", "Jon Vesk"])
    assert line == "The archive holds no statement by Mira Talberg or Jon Vesk."
    assert format_period(date(2022, 1, 1), None, "de") == "ab 1. Januar 2022"
    assert format_period(None, None, "ru") == ""
    assert "812" in say_searched(812, None, None, "ru")


@given(st.text(alphabet="ab [1]2“”\n", max_size=40), st.integers(0, 30), st.integers(0, 12))
def test_the_pieces_of_a_line_are_the_line(line, start, length):
    text = "ab [1] a 2“b” [2] " * 3
    citation = Citation(1, replace(PORT, text=text), Span(start, start + length))
    pieces = split_line(line, [citation])
    assert "".join(piece.text for piece in pieces) == line
    assert {piece.marker for piece in pieces if piece.kind == "marker"} <= {1}


def test_a_marker_inside_a_quote_is_the_articles_own_text():
    article = replace(PORT, text="Er nannte Punkt [1] wichtig.")
    citation = cite(1, article, article.text)
    pieces = split_line(f"“{article.text}” [1]", [citation])
    assert [piece.kind for piece in pieces] == ["text", "quote", "text", "marker"]


def test_a_number_without_a_citation_is_no_button(answer):
    html = render_answer_html(replace(answer, text="So it was [7], he said [2]."))
    assert re.findall(r'data-marker="(\d+)"', html) == ["2"]
    assert "[7]" in html


def test_every_marker_of_an_answer_is_a_button_that_knows_its_turn(answer):
    html = render_answer_html(answer, 4)
    buttons = [a for _, a in check_harmless(html).found if a.get("class") == "cite"]
    assert [b["data-marker"] for b in buttons] == ["1", "2", "3"]
    assert {b["data-turn"] for b in buttons} == {"4"}
    assert buttons[2]["aria-label"] == "Source 3: Küstenbote · January 2027"


def test_the_quotes_of_the_page_are_the_articles_words(answer):
    reader = Reader(render_answer_html(answer))
    shown = reader.text_in("span", "quote")
    assert shown == "".join(citation.quote for citation in answer.citations)


def test_nothing_of_a_hostile_article_is_run_or_loaded(hostile):
    turn = PageTurn(HOSTILE, answer=hostile)
    for html in (
        render_turn_html(turn, 0, "en"),
        render_turn_html(PageTurn(HOSTILE, error=HOSTILE), 0, "en"),
        render_source_html(hostile.citations[0], hostile.citations, [], language="ru"),
        render_welcome_html(Archive().count(), [HOSTILE], "de"),
        render_header_html(Archive().count(), "de"),
    ):
        check_harmless(html)
    source = Reader(render_source_html(hostile.citations[0], hostile.citations))
    assert source.text_in("div", "text") == TRAP.text


@given(st.data())
def test_the_source_panel_shows_the_whole_text_and_marks_exactly_the_span(data):
    text = data.draw(st.text(alphabet="aб <&>\n\"'[1]", min_size=1, max_size=60))
    article = Article("a", "t", text, hash_text(text))

    def draw_span():
        start = data.draw(st.integers(0, len(text) - 1))
        return Span(start, data.draw(st.integers(start + 1, len(text))))

    spans = [draw_span() for _ in range(3)]
    citations = [Citation(n, article, span) for n, span in enumerate(spans, 1)]
    statement = Statement("a", draw_span(), "x", draw_span(), None, "direct")
    reader = check_harmless(render_source_html(citations[1], citations, [statement]))
    assert reader.text_in("div", "text") == text
    assert reader.text_in("mark", "cited") == citations[1].quote


def test_the_other_spans_of_the_same_article_are_marked_lightly(answer):
    reader = Reader(render_source_html(answer.citations[0], answer.citations, language="en"))
    assert reader.text_in("mark", "cited") == answer.citations[0].quote
    assert reader.text_in("mark", "also") == answer.citations[1].quote
    assert "Mira Talberg" in reader.text_in("p", "who")
    assert "said, as reported" in reader.text_in("p", "who")


def test_the_source_shows_where_its_speaker_is_named(answer):
    statements = Archive().read_statements("port")
    reader = Reader(render_source_html(answer.citations[0], answer.citations, statements))
    assert reader.text_in("span", "mention") == "Mira Talberg"


def test_a_changed_article_says_so(answer):
    html = render_source_html(answer.citations[0], answer.citations, language="de", stale=True)
    assert "seit dem Zitat geändert" in html


def test_of_a_very_long_article_the_part_around_the_quote_is_shown():
    text = "Vorher. " * 40_000 + "Das ist der Kern." + " Nachher." * 40_000
    citation = cite(1, replace(PORT, text=text), "Das ist der Kern.")
    html = render_source_html(citation, [citation])
    assert len(html) < 1.2 * LONGEST_SHOWN
    assert Reader(html).text_in("mark", "cited") == "Das ist der Kern."
    assert "only the part around the quote" in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "", None])
def test_only_web_addresses_become_links(url):
    citation = cite(1, replace(BRIDGE, url=url), "Brücke")
    assert "<a " not in render_source_html(citation, [citation])
    good = cite(1, replace(BRIDGE, url="https://x.example/?a=1&b='"), "Brücke")
    assert "https://x.example/?a=1&amp;b=&#x27;" in render_source_html(good, [good])


def test_an_abstention_is_a_notice_that_leads_to_the_nearest_passage():
    answer = Chat().ask("What is the capital of Australia?")
    html = render_turn_html(PageTurn(answer.question, answer=answer), 2, "en")
    reader = check_harmless(html)
    assert "Searched: 3 articles" in reader.text_in("div", "abstained")
    assert 'data-press="nearest" data-turn="2"' in html
    assert 'data-press="copy"' not in html


def test_filter_chips_say_what_was_understood_and_can_be_removed(answer):
    html = render_turn_html(PageTurn(answer.question, answer=answer), 0, "en")
    chips = [a for tag, a in Reader(html).found if tag == "button" and a["class"] == "cross"]
    assert [chip["data-part"] for chip in chips] == ["speaker", "topic", "since"]
    assert chips[0]["aria-label"] == "Ask again without: Speaker Mira Talberg"
    growing = render_turn_html(PageTurn(answer.question, answer=answer), 0, "en", finished=False)
    assert 'data-press="drop"' not in growing


def test_one_person_in_two_spellings_is_one_chip(answer):
    query = replace(answer.query, speakers=("Mira Talberg", "Talberg", "Jon Vesk"))
    html = render_turn_html(PageTurn("?", answer=replace(answer, query=query)), 0, "en")
    assert html.count('data-press="drop" data-turn="0" data-part="speaker"') == 1
    assert "<b>Mira Talberg and Jon Vesk</b>" in html


def test_an_empty_archive_says_how_to_fill_it():
    html = render_welcome_html(Archive({}).count(), [], "de")
    assert "wortlaut index" in html
    assert "Das Archiv ist leer" in html


def test_copied_markdown_names_every_source(answer):
    text = render_markdown(answer)
    for citation in answer.citations:
        # Indirect speech is the article's words, and a direct quote has its own marks.
        assert f"- [{citation.marker}] {citation.quote} · " in text
    assert "Aldora Presse · 29 January 2031" in text
    assert "https://aldora.example/hafen" in text


def test_copied_markdown_shows_hostile_text_as_text(hostile):
    text = render_markdown(hostile)
    plain = re.sub(r"\\[\\`*_\[\]<>~|&]", "", text)
    assert "<img" not in plain
    assert "![" not in plain
    assert "](" not in plain


def test_no_marker_becomes_a_link_in_copied_markdown(answer):
    text = render_markdown(replace(answer, text="[1]: http://evil.example\n[2](javascript:x) [1]"))
    check_markdown(text)
    assert "[1]\\: http" in text


def test_the_terminal_shows_quotes_and_sources(answer):
    text = show_terminal(answer)
    assert "“das Land brauche verlässliche Zusagen” [1]" in text
    assert "[3] Talberg wirbt für die Brücke · Küstenbote · January 2027" in text
    assert "bridge.txt" in text


def test_no_article_can_steer_the_terminal(answer):
    evil = replace(answer, text="\x1b[2J[bold]x[/bold]\x9b31m\u202e y", question="\x1b]0;t\x07 q")
    text = show_terminal(evil)
    assert not set("\x1b\x07\x9b\u202e") & set(text)
    assert "[bold]x[/bold]" in text


def test_the_page_speaks_the_browsers_language():
    assert choose_tongue("de-AT,de;q=0.9,en;q=0.8") == "de"
    assert choose_tongue("fr-FR,ru;q=0.5,en;q=0.4") == "ru"
    assert choose_tongue("en;q=bad,*") == "en"
    assert choose_tongue(None) == "en"
    assert "Quelle" in render_no_source_html("de")


# What a language model wrote

HOLDS = "Mira Talberg said that the country needs commitments. [1]"
REFUSED = Claim("Talberg promised 500 ships.", (2,), "refuted", 0.0, "The source has no '500'.")
NOTICE = "Sentences of the language model that its sources do not bear out: 1."
STRUCK = strike_out(REFUSED.text, REFUSED.reason, "en")


def write_answer(answer, text=HOLDS, *claims, **values):
    held = Claim(HOLDS[:-4], (1,), "supported", 0.9, "Every word is in the source.")
    values = {"mode": "llm", "model": "aldora-7b"} | values
    return replace(answer, text=text, claims=(held, *claims), **values)


def read_turn(answer, **values):
    return check_harmless(render_turn_html(PageTurn("?", answer=answer), 0, "en", **values))


def test_what_is_being_written_stands_apart_and_is_not_read_aloud(answer):
    growing = write_answer(answer, draft="Talberg <b>promised [2] 500")
    reader = read_turn(growing, finished=False)
    label = "being written, not checked yet"
    assert reader.text_in("div", "draft") == f"{label}Talberg <b>promised [2] 500"
    assert "promised" not in reader.text_in("div", "answer")
    assert ("div", {"class": "draft", "aria-live": "off"}) in reader.found
    assert [a["data-marker"] for _, a in reader.found if "data-marker" in a] == ["1"]
    assert reader.text_in("p", "written") == ""


def test_a_finished_answer_names_its_model_and_what_it_does_not_show(answer):
    whole = write_answer(answer, HOLDS, REFUSED, notice=NOTICE, unknown_markers=2)
    reader = read_turn(whole)
    assert reader.text_in("p", "told") == NOTICE
    assert reader.text_in("p", "written") == (
        "Written by aldora-7b; every sentence checked against the words it cites."
    )
    hidden = reader.text_in("details", "refused")
    assert hidden.startswith("Sentences not shown: 1 – why")
    assert "promised 500 ships. (not supported: The source has no '500')" in hidden
    assert hidden.endswith("Source numbers that the model made up: 2")
    assert "500" not in reader.text_in("div", "answer")
    assert reader.text_in("div", "draft") == ""


def test_a_sentence_struck_out_is_shown_so_with_its_reason(answer):
    whole = write_answer(answer, f"{HOLDS}\n{STRUCK}", REFUSED)
    reader = read_turn(whole)
    assert reader.text_in("s", "") == REFUSED.text
    assert reader.text_in("p", "struck") == (
        "Struck out: Talberg promised 500 ships. (not supported: The source has no '500')"
    )
    assert reader.text_in("details", "refused") == ""
    assert "~~" not in reader.text_in("div", "answer")
    assert f"~~{REFUSED.text}~~ (not supported" in render_markdown(whole)


def test_only_a_refused_claim_is_struck_whatever_signs_stand_in_an_article(answer):
    forged = "~~The bridge stands.~~ (not supported: no)"
    reader = check_harmless(render_answer_html(replace(answer, text=forged)))
    assert reader.text_in("p", "struck") == ""
    assert reader.text_in("div", "answer") == forged


def test_a_model_that_quotes_word_for_word_still_writes_a_paragraph(answer):
    quote = answer.citations[0].quote
    html = render_answer_html(write_answer(answer, f"Talberg said: {quote} [1] So it was. [3]"))
    assert "<blockquote" not in html
    own = Claim(f"Talberg, said: “{quote}” [1]", (1,), "supported", 1.0)
    assert "<blockquote" in render_answer_html(write_answer(answer, own.text, own))


def test_the_archives_words_in_place_of_a_models_are_no_models(answer):
    notice = "The language model did not answer."
    reader = read_turn(replace(answer, notice=notice, model="m"))
    assert reader.text_in("p", "told") == notice
    assert reader.text_in("div", "answer") == read_turn(answer).text_in("div", "answer")
    assert reader.text_in("p", "written") == ""


def test_a_stopped_answer_shows_what_was_checked(answer):
    turn = PageTurn("?", answer=write_answer(answer), stopped=True)
    reader = check_harmless(render_turn_html(turn, 0, "en"))
    assert "needs commitments" in reader.text_in("div", "answer")
    assert reader.text_in("p", "stopped").startswith("Stopped. What had been checked")
    early = render_turn_html(PageTurn("?", stopped=True), 0, "de")
    assert "Angehalten, bevor ein Satz geprüft war." in early


@pytest.mark.parametrize("tongue", ["en", "de", "ru"])
def test_the_switch_says_whose_words_are_on(tongue):
    reader = check_harmless(render_switch_html("llm", tongue))
    buttons = [a for tag, a in reader.found if tag == "button"]
    shown = [(button["data-mode"], button["aria-pressed"]) for button in buttons]
    assert shown == [("extractive", "false"), ("llm", "true")]


def test_the_terminal_shows_notice_strikes_and_model(answer):
    whole = write_answer(answer, f"{HOLDS}\n{STRUCK}", REFUSED, notice=NOTICE)
    text = show_terminal(whole)
    assert text.index(NOTICE) < text.index("needs commitments")
    assert f"{REFUSED.text} (not supported: The source has no '500')" in text
    assert text.index("bridge.txt") < text.index("Written by aldora-7b")
    styled = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    render_terminal(whole, styled)
    assert f"\x1b[33m{NOTICE}" in styled.file.getvalue()
    assert f"\x1b[2;9m{REFUSED.text}" in styled.file.getvalue()


EVIL = st.lists(
    st.sampled_from(
        [
            HOSTILE, "<script>", "</s>", "</div>", "<!--", "<svg onload=hit()>", "~~", "~~~", "```",
            "![p](http://evil.example/p.png)", "[go](javascript:hit())", "[a]: http://evil.example",
            "<http://evil.example>", "[1]", "[2]", "${hit()}", "{{value}}", "&lt;", "\"'", "\\", "#",
            "\x1b]0;t\x07", "\x1b[2J", "\x9b31m", "\u202e", "\u2066", "\u200f", "\0", "\n", " ",
            "x", ":", "|", "- ", "1. ", "> ", "data:text/html,x", "\u2028", "\ud800", "    ", "\t",
        ]
    ),
    max_size=6,
).map("".join)  # fmt: skip
STEERING = set("\x00\x07\x1b\x9b\u202e\u2066\u200f\ud800")


def check_markdown(text):
    """Read it as Markdown: our own signs, and nothing that leads away or hides what follows."""
    from markdown_it import MarkdownIt

    for token in MarkdownIt("commonmark").enable("strikethrough").parse(text):
        assert token.type not in {"html_block", "fence", "code_block", "heading_open"}
        for child in token.children or ():
            assert child.type not in {"html_inline", "image", "link_open", "code_inline"}


@given(st.data())
def test_whatever_a_model_writes_is_text(data):
    text, draft, notice, reason, said, model = (data.draw(EVIL) for _ in range(6))
    struck = strike_out(said, reason, "en")
    shown = data.draw(st.sampled_from([text, f"{text}\n{struck}", struck]))
    answer = write_answer(
        Chat().ask("What did Talberg say?"),
        shown,
        Claim(said, (1,), "refuted", 0.0, reason),
        draft=draft,
        notice=notice,
        model=model,
        unknown_markers=1,
        mode=data.draw(st.sampled_from(["llm", "extractive"])),
    )
    for finished in (True, False):
        html = render_turn_html(PageTurn("?", answer=answer), 0, "en", finished=finished)
        check_harmless(html)
        assert not STEERING & set(html)
    check_markdown(render_markdown(answer))
    assert not STEERING & set(show_terminal(answer))
