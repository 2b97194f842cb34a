"""What is no tidy news copy: invented texts that must neither crash nor invent a speaker."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.index.lang.words import clean_word
from wortlaut.index.reading.quotes import pair_quotes
from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
from wortlaut.index.splitter import split_sentences
from wortlaut.ui.terminal.printing import print_statements

CAST = "Außenministerin Mira Talberg sprach in Brenn. "
NESTED = "Er sagte: {0}Ich hörte: {0}Nein, nie wieder{1} und ging{1} so war das"
TEXTS = {
    "an opening mark only": CAST + "„Der Hafen bleibt offen, sagte Talberg. Am Abend fuhr sie heim.",
    "a closing mark only": CAST + "Der Hafen bleibt offen“, sagte Talberg. Sie fuhr heim.",
    "marks of two styles": CAST + "„Der Hafen bleibt offen\", sagte sie. »Wir bleiben hier“, sagte sie.",
    "three levels of one style": f"{CAST}„{NESTED.format('„', '“')}“, sagte Talberg.",
    "a headline in capitals": "TALBERG SAGT: HAFEN BLEIBT OFFEN\n\n" + CAST + "Er bleibe offen, sagte sie.",
    "one sentence": "Der Hafen bleibt offen, sagte Ministerin Mira Talberg.",
    "nothing": "",
    "white space": " \n\t \n\n \u00a0\u2003",
    "one quotation": "„Der Hafen bleibt offen, und niemand muss gehen.“",
    "marks and nothing else": "„“ »« \"\" ‚‘ “” ‘’ '' … — - (",
    "a list": "Programm:\n- Rede von Mira Talberg\n- „Hafen heute“ (Film)\n1. Beginn 2. Ende",
    "a table": "Name | Amt | Wort\n--- | --- | ---\nTalberg | Ministerin | „Der Hafen bleibt uns“",
    "JSON": '[{"said": "Der Hafen bleibt offen, sagte er"}, {"a": null, "b": ["", ":"]}]',
    "HTML": "<p>„Der Hafen bleibt offen“, sagte <b>Mira Talberg</b>.</p><script>alert('x')</script>",
    "NUL and direction marks": CAST + "„\u202eDer Hafen\0 bleibt\u200d offen\u202c\u200f für alle“, sagte sie.",
    "a broken surrogate pair": CAST + "„Der Hafen \U0001f6a2 bleibt offen“, sagte Talberg \U0001f642.",
    "only combining marks": "\u0308\u0301\u200d\u00ad" * 20,
    "a wall of one letter": "a" * 20_000,
}  # fmt: skip


def read(text):
    found = extract_statements(text, split_sentences(text), article_id="a")
    return drop_mere_nouns(found, text)


def said(text):
    return [(s.voice, s.speaker, s.span.of(text)) for s in read(text)]


def check(text, rows):
    """Spans lie in the text, in order; a speaker's every word stands in the text."""
    words = clean_word(text)
    end = 0
    for row in rows:
        assert end <= row["start"] < row["end"] <= len(text)
        end = row["end"]
        if row["speaker_start"] is not None:
            assert 0 <= row["speaker_start"] < row["speaker_end"] <= len(text)
        if row["speaker"] is not None:
            assert row["speaker_start"] is not None or row["voice"] != "narrated"
            assert any(letter.isalpha() for letter in row["speaker"])
            for word in row["speaker"].split():
                assert word.rstrip(".") in words


def print_rows(texts):
    """The rows that `wortlaut statements - --json` prints for these texts."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    stdin, out, err = sys.stdin, io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO(lines)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            assert print_statements([Path("-")], as_json=True)
    finally:
        sys.stdin = stdin
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("name", TEXTS)
def test_the_command_reads_it_to_the_end_and_keeps_the_text(name):
    (row,) = print_rows([TEXTS[name]])
    assert row["text"] == TEXTS[name]
    check(row["text"], row["statements"])
    assert {s["speaker"] for s in row["statements"]} <= {None, "Mira Talberg"}


@pytest.mark.parametrize(
    "quote", ["„Der Hafen bleibt offen, sagte Talberg.", "Der Hafen bleibt offen“, sagte Talberg."]
)
def test_an_unbalanced_mark_leaves_the_sentence_its_speaker(quote):
    assert [speaker for _, speaker, _ in said(CAST + quote)] == ["Mira Talberg"]


@pytest.mark.parametrize("marks", ["„“", '""', "»«", "“”"])
def test_quotations_inside_quotations_are_one_statement(marks):
    quote = marks[0] + NESTED.format(*marks) + marks[1]
    assert said(f"{CAST}{quote}, sagte Talberg.") == [("direct", "Mira Talberg", quote)]


def test_an_inner_quotation_of_another_style_does_not_end_the_outer():
    quote = "„Er rief „Nie wieder“ und »Geht heim« und blieb dann hier“"
    assert said(f"{CAST}{quote}, sagte Talberg.") == [("direct", "Mira Talberg", quote)]


def test_a_quotation_goes_on_in_the_next_paragraph_with_or_without_a_mark():
    for again in ("", "„"):
        text = f"{CAST}„Der Hafen von Brenn bleibt offen.\n\n{again}Niemand muss heute gehen“, sagte Talberg."
        parts = [span.of(text) for span in pair_quotes(text)]
        assert parts == ["„Der Hafen von Brenn bleibt offen.", f"{again}Niemand muss heute gehen“"]
        assert {speaker for _, speaker, _ in said(text)} == {"Mira Talberg"}


def test_a_mark_that_nobody_closes_ends_with_its_paragraph():
    text = "„Der Hafen bleibt offen.\n\nAm Abend regnete es.\n\nDie Schiffe liegen still."
    assert pair_quotes(text) == []


@pytest.mark.parametrize("marks", ["„“", "»«"])
def test_a_second_opening_mark_ends_the_first_quotation_with_its_sentence(marks):
    quotes = [f"{marks[0]}Der Kai ist alt.", f"{marks[0]}Er ist neu{marks[1]}"]
    text = f"{CAST}Sie sagte: {quotes[0]} Minister Tom Rieder kam. {quotes[1]}, sagte Rieder."
    assert [span.of(text) for span in pair_quotes(text)] == quotes
    assert said(text) == [
        ("direct", "Mira Talberg", quotes[0]),
        ("direct", "Tom Rieder", quotes[1]),
    ]


@pytest.mark.parametrize(
    "quote",
    [
        "‘It’s ours and we’ll keep it, don’t you worry,’",
        "‘The workers’ harbour stays theirs for good,’",
        "‘That’s James’ harbour, it’s not the bosses’ own,’",
    ],
)
def test_an_apostrophe_closes_no_quotation(quote):
    text = f"Harbour Master Theo Wald spoke to the press. {quote} said Wald."
    assert said(text) == [("direct", "Theo Wald", quote)]


def test_a_german_genitive_apostrophe_closes_no_quotation():
    quote = "‚Das ist Hans’ Hafen und wir geben's nicht her‘"
    assert said(f"{CAST}{quote}, sagte Talberg.") == [("direct", "Mira Talberg", quote)]


def test_a_headline_in_capitals_makes_no_second_person():
    text = (
        "TALBERG WARNT\n\nMINISTERIN MIRA TALBERG GEGEN VERKAUF\n\n"
        + CAST
        + "Sie warte ab, sagte Talberg."
    )
    assert [speaker for _, speaker, _ in said(text)] == ["Mira Talberg"]


def test_german_names_in_english_copy_keep_their_letters():
    text = (
        "Chancellor Jürgen Brandtner met Käthe Löwe in Großbrenn. “We agreed on nothing at all,” "
        "Brandtner said. Löwe said the talks had been useful."
    )
    assert [speaker for _, speaker, _ in said(text)] == ["Jürgen Brandtner", "Käthe Löwe"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Tal\u00adberg", "Mira Talberg"),
        ("Tal\u200bberg", "Mira Talberg"),
        ("\u200fTalberg\u200e", "Mira Talberg"),
    ],
)
def test_unseen_characters_do_not_cut_a_name(written, name):
    (statement,) = read(f"{CAST}„Der Hafen bleibt für alle offen“, sagte {written}.")
    assert statement.speaker == name


def test_a_name_in_combining_marks_is_one_name():
    text = "Ministerin Zoe\u0308 Ha\u0308ndel kam. „Der Hafen bleibt für alle offen“, sagte Ha\u0308ndel."
    (statement,) = read(text)
    assert statement.speaker == "Zoë Händel"
    assert statement.speaker_span.of(text) == "Ha\u0308ndel"


def test_a_list_or_a_table_says_nothing():
    assert said(TEXTS["a list"]) == said(TEXTS["a table"]) == []


def test_a_mark_is_nobody():
    assert {s.speaker for s in read(TEXTS["JSON"])} <= {None}


@pytest.mark.parametrize("inside", ["wir bleiben hier und gehen nie ", "Wir bleiben. ", "a’s b’ "])
@pytest.mark.parametrize("marks", ["„“", "‘’", '""'])
def test_a_quotation_of_200_000_letters_is_read_to_the_end(inside, marks):
    text = (
        marks[0] + inside * (200_000 // len(inside)) + marks[1] + ", sagte Ministerin Mira Talberg."
    )
    for statement in read(text):
        assert statement.span.end <= len(text)
        # A sentence that long is read in parts: the name may be beyond what is read.
        assert statement.speaker in (None, "Ministerin", "Mira Talberg")


class _Counted(str):
    """A text that counts how often a stretch of it is cut out."""

    __slots__ = ("cuts",)

    def __getitem__(self, key):
        self.cuts = getattr(self, "cuts", 0) + 1
        return super().__getitem__(key)


@pytest.mark.parametrize("unit", ["„a b c“ ", "‘s’ ", '"x" ', "„ ", "’s ‘", "„a\n\nb“ "])
def test_pairing_marks_takes_steps_in_proportion_to_the_text(unit):
    steps = []
    for count in (500, 2000):
        text = _Counted(unit * count)
        pair_quotes(text)
        steps.append(text.cuts)
    assert steps[1] <= 4.5 * steps[0]


NAMELESS = [
    "am Abend", "sagte er", ", sagte sie", "hieß es", "„es ist so kalt, und niemand hilft“",
    '"so geht es nicht mehr weiter"', "dass es bleibe", "laut", "zufolge", "nach", "wie sie mitteilte",
    ".", ".", ",", ":", "\n\n", "das sei so", "er habe es nie gewollt", "demnach", "so", "und",
    "es wurde bekannt, dass", "he said", "they said that", "she added", "according to", "“we are cold”",
    "»nie wieder hierher«", "zeigte sich überzeugt", "soll", "(", ")", "ließ mitteilen", "wurde gefragt",
]  # fmt: skip
NAMED = [
    "Ministerin Mira Talberg", "Präsident Jon Hale", "Talberg", "Hale", "der Minister", "die Polizei",
    "Minister Jon Hale said", "der „Kalm-Bote“", "Sprecher", "Hales", "in Brenn", "von", "nach Worten von",
    "unter Berufung auf", "teilte mit", "forderte", "warnte vor", "räumte ein", "widersprach", "kündigte an",
]  # fmt: skip


@given(st.lists(st.sampled_from(NAMELESS), max_size=25))
@settings(max_examples=250, deadline=None)
def test_where_nobody_is_named_nobody_speaks(fragments):
    text = " ".join(fragments)
    assert {statement.speaker for statement in read(text)} <= {None}


@given(st.lists(st.sampled_from(NAMELESS + NAMED), max_size=30))
@settings(max_examples=200, deadline=None)
def test_every_speaker_of_agency_fragments_stands_in_the_article(fragments):
    text = " ".join(fragments)
    (row,) = print_rows([text])
    assert row["text"] == text
    check(text, row["statements"])


@given(st.lists(st.text(max_size=120), max_size=4))
@settings(max_examples=80, deadline=None)
def test_the_command_prints_a_row_for_any_text(texts):
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    rows = print_rows(texts)
    assert [row["text"] for row in rows] == texts
    for row in rows:
        check(row["text"], row["statements"])
