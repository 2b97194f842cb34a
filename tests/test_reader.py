"""The reader: which words of which sentence answer, offline, in three languages over German text."""

import json

import pytest

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.bundled import find_weights
from wortlaut.index.errors import ConfigError
from wortlaut.index.splitter import split_sentences
from wortlaut.rag import reader as reader_module
from wortlaut.rag.answer import Citation
from wortlaut.rag.assembly import index_articles, open_chat, open_reader
from wortlaut.rag.config import Settings
from wortlaut.rag.reader import CrossEncoderReader, Page, SpanReader, open_bundled_reader
from wortlaut.ui.render import split_line

pytestmark = pytest.mark.skipif(find_weights() is None, reason="the bundled model is not installed")
TITLE = "Fähre in Sandhaven läuft auf Grund"
TEXT = (
    "Sandhaven (dna) - Die Fähre „Möwe“ ist am Dienstag vor Sandhaven auf eine Sandbank gelaufen. "
    "An Bord waren 84 Fahrgäste, verletzt wurde niemand. "
    "Kapitän Jorin Falk machte ein defektes Echolot für das Unglück verantwortlich. "
    "Der Schaden beträgt nach ersten Schätzungen 1,2 Millionen Euro. "
    "Die Reederei Holmsen will das Schiff am Freitag in die Werft schleppen lassen."
)
ASKED = [
    ("Wie viele Passagiere waren auf der Fähre?", "84"),
    ("How many passengers were on the ferry?", "84"),
    ("Сколько пассажиров было на пароме?", "84"),
    ("Wie hoch ist der Schaden?", "1,2 Millionen"),
    ("What does the captain blame for the accident?", "Echolot"),
    ("When will the ship be towed to the shipyard?", "Freitag"),
]


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    opened = open_bundled_reader()
    assert opened is not None
    return opened


def make_page(text: str = TEXT, title: str = TITLE) -> Page:
    return Page(title, text, Span(0, len(text)), tuple(split_sentences(text)))


def find_best(reader, question: str, page: Page):
    (reading,) = reader.read(question, [page])
    return max((a for a in reading.answers if a), key=lambda answer: answer.margin)


@pytest.mark.parametrize(("question", "words"), ASKED)
def test_the_words_that_answer_are_found(reader, question, words):
    assert words in find_best(reader, question, make_page()).span.of(TEXT)


def test_what_is_told_beats_what_is_not(reader):
    told = [find_best(reader, question, make_page()).margin for question, _ in ASKED]
    untold = [
        find_best(reader, question, make_page()).margin
        for question in (
            "Wie alt ist der Kapitän?",
            "How many passengers were injured on the earlier voyage?",
            "Какова стоимость билета на паром?",
            "Who built the ferry?",
        )
    ]
    assert sum(told) / len(told) > sum(untold) / len(untold) + 1


def test_an_answer_lies_inside_its_sentence(reader):
    page = make_page()
    (reading,) = reader.read("Wie hoch ist der Schaden?", [page])
    assert len(reading.answers) == len(page.sentences)
    for sentence, answer in zip(page.sentences, reading.answers, strict=True):
        assert answer is not None
        assert sentence.start <= answer.span.start < answer.span.end <= sentence.end


def test_pages_are_read_alike_alone_and_together(reader):
    pages = [make_page(), make_page("Der Stadtrat tagt am Montag.", "Rat"), make_page(title="")]
    together = reader.read("Wie hoch ist der Schaden?", pages)
    for page, reading in zip(pages, together, strict=True):
        (alone,) = reader.read("Wie hoch ist der Schaden?", [page])
        best = [max(a.margin for a in r.answers if a) for r in (alone, reading)]
        assert best[0] == best[1]


def test_of_a_long_page_the_end_is_not_read_and_says_so(reader):
    page = make_page(" ".join([TEXT] * 12))
    (reading,) = reader.read("Wie hoch ist der Schaden?", [page])
    assert reading.answers[0] is not None
    assert reading.answers[-1] is None


def test_a_part_of_a_text_is_read_with_places_in_the_whole(reader):
    text = "Vorher stand anderes hier. " + TEXT
    sentences = tuple(s for s in split_sentences(text) if s.start >= 27)
    page = Page(TITLE, text, Span(27, len(text)), sentences)
    assert "1,2 Millionen" in find_best(reader, "Wie hoch ist der Schaden?", page).span.of(text)


def test_no_page_no_reading(reader):
    assert reader.read("Was?", []) == []
    (reading,) = reader.read("", [Page("", "…", Span(0, 1), (Span(0, 1),))])
    assert len(reading.answers) == 1
    (reading,) = reader.read("Was?", [Page("", "", Span(0, 0), ())])
    assert reading.answers == ()


def test_a_file_that_is_not_the_measured_one_is_refused(monkeypatch):
    monkeypatch.setattr(reader_module, "MODEL_SHA256", "0" * 64)
    with pytest.raises(ConfigError, match="not the reader of this version"):
        open_bundled_reader()


@pytest.fixture(scope="module")
def ferry(tmp_path_factory, models) -> Settings:
    settings = Settings(data=tmp_path_factory.mktemp("ferry"), models=models)
    other = "Der Rat von Holmsen hat am Montag über den Haushalt beraten. Beschlüsse gab es keine."
    articles = [
        Article(f"{n:016x}", title, text, hash_text(text))
        for n, (title, text) in enumerate([(TITLE, TEXT), ("Rat berät", other)])
    ]
    index_articles(settings, articles)
    return settings


def test_an_answer_marks_the_words_that_answer(ferry):
    chat = open_chat(ferry)
    answer = chat.ask("Wie hoch ist der Schaden an der Fähre?")
    first = answer.citations[0]
    assert first.answer_span is not None
    assert "1,2 Millionen" in first.answer_span.of(first.article.text)
    assert first.span.start <= first.answer_span.start < first.answer_span.end <= first.span.end
    start, end = json.loads(json.dumps(answer.as_json()))["citations"][0]["answer_span"]
    assert "1,2 Millionen" in first.article.text[start:end]


def test_without_a_reader_nothing_is_marked(ferry):
    chat = open_chat(ferry.model_copy(update={"reader": "none"}))
    answer = chat.ask("Wie hoch ist der Schaden an der Fähre?")
    assert answer.citations
    assert all(citation.answer_span is None for citation in answer.citations)


def test_a_quote_is_shown_in_three_runs_around_its_answer():
    text = "Der  Schaden beträgt 1,2\nMillionen Euro, hieß es."
    article = Article("0" * 16, "Fähre", text, "")
    answer = Span(text.index("1,2"), text.index(" Euro"))
    citation = Citation(1, article, Span(0, len(text)), answer_span=answer)
    pieces = split_line("“Der Schaden beträgt 1,2 Millionen Euro, hieß es.” [1]", [citation])
    assert [(p.kind, p.text) for p in pieces] == [
        ("text", "“"),
        ("quote", "Der Schaden beträgt "),
        ("answer", "1,2 Millionen"),
        ("quote", " Euro, hieß es."),
        ("text", "” "),
        ("marker", "[1]"),
    ]


@pytest.fixture(scope="module")
def ranker(make_cross_encoder):
    """A tiny cross-encoder of one score."""
    return make_cross_encoder("ranker", "Der Schaden Die Wie hoch ist der", num_labels=1)


def test_a_cross_encoder_scores_whole_sentences(ranker):
    page = make_page()
    (reading,) = CrossEncoderReader(str(ranker)).read("Wie hoch ist der Schaden?", [page])
    assert tuple(answer.span for answer in reading.answers if answer) == page.sentences
    assert reading.answerable == max(answer.margin for answer in reading.answers if answer)


def test_a_cross_encoder_by_name_answers_in_the_chat(ferry, ranker):
    settings = ferry.model_copy(update={"reader": str(ranker)})
    assert isinstance(open_reader(settings), CrossEncoderReader)
    answer = open_chat(settings).ask("Wie hoch ist der Schaden an der Fähre?")
    assert answer.confidence is not None


def test_a_cross_encoder_that_is_none_is_named(tmp_path, nli_folder):
    with pytest.raises(ConfigError, match="cannot load the reader"):
        CrossEncoderReader(str(tmp_path / "nothing")).read("Was?", [make_page()])
    with pytest.raises(ConfigError, match="3 scores"):
        CrossEncoderReader(str(nli_folder)).read("Was?", [make_page()])


def test_the_doctor_reads_a_line(ferry, tmp_path):
    from typer.testing import CliRunner

    from wortlaut.ui.terminal.cli import app

    command = ["--data", str(ferry.data), "doctor", "--json"]
    done = CliRunner().invoke(app, command)
    assert (done.exit_code, json.loads(done.stdout)["reader"]) == (0, "bundled")
    gone = CliRunner().invoke(app, command, env={"WORTLAUT_READER": str(tmp_path / "nothing")})
    assert gone.exit_code == 1
    assert "cannot load the reader" in json.loads(gone.stdout)["reader"]
