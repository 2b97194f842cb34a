"""A headline is text: whose words it holds, and when an answer quotes it."""

import pytest

from wortlaut.index.article import Article
from wortlaut.index.reading.statements import extract_article
from wortlaut.index.splitter import find_headline, is_headline, split_segments, split_sentences
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import load_settings

TEXT = (
    "Brakkum (kda) - Deichvogt Tilo Brandis hat am Montag das Wehr von Brakkum besichtigt. "
    "Hafenministerin Oda Falk war dabei. Kanzlerin Runa Askeby blieb in Tarvo. Die Schleuse sei "
    "heil, teilte die Polizei mit."
)


def make(title, text=TEXT):
    return Article("1", title, f"{title}\n\n{text}", "")


def said(title, text=TEXT):
    """What the headline says, each with its speaker."""
    article = make(title, text)
    statements = extract_article(article).statements
    return [
        (s.speaker, s.span.of(article.text), s.voice)
        for s in statements
        if s.span.end <= len(title)
    ]


@pytest.mark.parametrize(
    ("title", "speaker", "words", "voice"),
    [
        ("Falk: Kein Geld für das Wehr", "Oda Falk", "Kein Geld für das Wehr", "reported"),
        ("Falk: «Kein Geld für das Wehr»", "Oda Falk", "«Kein Geld für das Wehr»", "direct"),
        ("Falk zum Wehr: „Das hält“", "Oda Falk", "„Das hält“", "direct"),
        ("Ministerin Falk (DSP): Wehr hält", "Oda Falk", "Wehr hält", "reported"),
        ("Kanzlerin: Wehr hält", "Runa Askeby", "Wehr hält", "reported"),
        ("«Das hält» – Brandis zum Wehr", "Tilo Brandis", "«Das hält»", "direct"),
        ("„Das hält lange“: Deichvogt Brandis", "Tilo Brandis", "„Das hält lange“", "direct"),
        ("\"Das hält\" (Brandis)", "Tilo Brandis", '"Das hält"', "direct"),
        ("Wehr bricht bald, warnt Brandis", "Tilo Brandis", "Wehr bricht bald", "reported"),
        ("Polizei: Schleuse ist heil", "Polizei", "Schleuse ist heil", "reported"),
    ],
)  # fmt: skip
def test_a_headline_is_whose_it_says(title, speaker, words, voice):
    assert said(title) == [(speaker, words, voice)]


@pytest.mark.parametrize(
    ("title", "speaker"),
    [
        ("Brandis nennt Wehrpläne «unbrauchbar»", "Tilo Brandis"),
        ("Kanzlerin kündigt Wehrgesetz an", "Runa Askeby"),
        ("Ministerin fordert mehr Geduld", "Oda Falk"),
    ],
)
def test_a_headlines_verb_says_who_says_it(title, speaker):
    assert said(title) == [(speaker, title, "reported")]


@pytest.mark.parametrize(
    "title",
    [
        "Zuckersteuer: Kabinett vertagt Entscheidung",
        "Update: Wehr gesperrt",
        "Eilmeldung: Wehr gesperrt",
        "Brakkum: Wehr gesperrt",
        "Wehr: Falk gibt kein Geld",
        "Streit mit Falk: Kein Geld",
        "Falk und Askeby: Wehr hält",
        "Falk vor Gericht: Urteil im Herbst",
        "Falk tot: Trauer am Wehr",
        "Falk: So lebt die Ministerin",
        "Falk: Wer ist die Frau am Wehr?",
        "Minister: Wehr hält",
        "Holm: Wehr hält",
        "Holm fordert mehr Geduld",
        "«Katastrophe»: Falk attackiert Askeby",
        "Falk nennt keine Zahlen",
    ],
)
def test_a_topic_a_place_or_somebody_unknown_says_nothing(title):
    assert said(title) == []


def test_an_office_that_two_hold_is_nobody_s():
    two = TEXT + " Fischereiministerin Ida Holm kam später."
    assert said("Ministerin: Wehr hält", two) == []
    vice = TEXT.replace("Kanzlerin", "Vizekanzlerin")
    assert said("Kanzlerin: Wehr hält", vice) == []


def test_nobody_goes_on_speaking_from_the_headline():
    text = "Brakkum (kda) - Das Wehr ist alt. Es stamme von 1890. Er sei besorgt, hieß es. Brandis kam."
    below = [
        s.speaker
        for s in extract_article(make("Brandis: Wehr hält", text)).statements
        if s.span.start > len("Brandis: Wehr hält")
    ]
    assert "Brandis" not in below


def test_a_headline_is_quotable_and_no_sentence_of_the_text():
    article = make("Wehr gesperrt")
    headline = find_headline(article, split_segments(article.text))
    assert headline
    assert headline.of(article.text) == "Wehr gesperrt"
    assert is_headline(article, headline)
    assert headline not in split_sentences(article.text)
    assert extract_article(article).sentences[0] == headline


@pytest.mark.parametrize(
    "text",
    ["# Wehr gesperrt\n\n" + TEXT, "Brakkum\n\nWehr gesperrt\n\n" + TEXT],
)
def test_a_headline_may_stand_behind_marks_or_below_a_topic(text):
    article = Article("1", "Wehr gesperrt", text, "")
    headline = find_headline(article, split_segments(text))
    assert headline
    assert headline.of(text) == "Wehr gesperrt"


@pytest.mark.parametrize(
    "text",
    [TEXT, "Wehr gesperrt", TEXT + "\n\nWehr gesperrt\n\n" + TEXT, "Wehr gesperrt.\n\n" + TEXT],
)
def test_what_is_no_heading_above_the_text_is_no_headline(text):
    assert find_headline(Article("1", "Wehr gesperrt", text, ""), split_segments(text)) is None


@pytest.fixture
def make_archive(write):
    def fill(**articles):
        for name, (title, body) in articles.items():
            path = write(f"{name}.txt", f"date 2026-03-11\n{title}\n\n{body}\n")
        settings = load_settings()
        assert not index_paths(settings, [path.parent]).failed
        return open_chat(settings)

    return fill


STORKS = (
    "Tarvo (kda) - Nahe der Wache von Tarvo ist ein Storchenpaar eingezogen. Zwei Jungtiere sind "
    "geschlüpft. Forstdirektor Rune Lund hat das Nest am Montag gezählt."
)


def test_a_person_s_headline_is_quoted_where_the_text_has_nothing_by_her(make_archive):
    chat = make_archive(wehr=("Falk: Kein Geld für das Wehr", TEXT), storch=("Störche", STORKS))
    (citation,) = chat.ask("Was sagte Oda Falk zum Wehr?").citations
    assert (citation.quote, citation.speaker) == ("Falk: Kein Geld für das Wehr", "Oda Falk")


def test_what_the_lead_says_too_is_quoted_from_the_lead(make_archive):
    lead = (
        "Brakkum (kda) - Für das Wehr gibt es kein Geld, sagte Hafenministerin Oda Falk am Montag."
    )
    chat = make_archive(wehr=("Falk: Kein Geld für das Wehr", lead), storch=("Störche", STORKS))
    for question in ("Was sagte Oda Falk zum Wehr?", "Was sagte Oda Falk?"):
        assert [c.quote for c in chat.ask(question).citations] == [lead.partition(" - ")[2]]


def test_a_headline_answers_a_question_of_fact_only_where_nothing_else_does(make_archive):
    lead = "Tarvo (kda) - Das Nest steht seit Jahren auf dem Turm. Viele Leute kamen zum Zuschauen."
    chat = make_archive(
        wehr=("Wehr von Brakkum kostet neun Millionen Kronen", TEXT),
        storch=("Zwei Störche in Tarvo", STORKS),
        nest=("Storchennest", lead),
    )
    quotes = [c.quote for c in chat.ask("Was kostet das Wehr von Brakkum?").citations]
    assert "Wehr von Brakkum kostet neun Millionen Kronen" in quotes
    told = [c.quote for c in chat.ask("Wie viele Jungtiere sind geschlüpft?").citations]
    assert told[0] == "Zwei Jungtiere sind geschlüpft."
    assert "Zwei Störche in Tarvo" not in told
