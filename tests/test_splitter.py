from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.article import Article, hash_text, normalise_text
from wortlaut.index.splitter import (
    LONGEST_SENTENCE,
    split_passages,
    split_segments,
    split_sentences,
)

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from(' .!?\n\n"„“»«abcÄö12()/😀')), max_size=400
)


def count_words(texts):
    return [len(text.split()) + 2 for text in texts]


def make_article(text):
    return Article("a", "", text, hash_text(text))


def texts_of(text):
    return [span.of(text) for span in split_sentences(text)]


def test_abbreviations_and_ordinals_do_not_end_a_sentence():
    text = "Am 3. Mai sagte Dr. Ellmark, ca. 3.000 Leute seien z. B. am Damm. Das war viel."
    assert texts_of(text) == [
        "Am 3. Mai sagte Dr. Ellmark, ca. 3.000 Leute seien z. B. am Damm.",
        "Das war viel.",
    ]


def test_headings_are_no_sentences():
    text = (
        "Der Damm hält.\n\nKEIN RISS GEFUNDEN\n\nNiemand war dort.\n\nIst der Damm sicher?\n\nJa."
    )
    assert texts_of(text) == ["Der Damm hält.", "Niemand war dort.", "Ja."]


def test_a_text_that_is_nothing_but_a_heading_is_its_own_sentence():
    assert texts_of("Damm hält") == ["Damm hält"]


def test_dateline_and_sign_off_stay_out_of_the_sentences():
    assert texts_of("TARVO (kda) - Der Damm hält./ab/cd\n") == ["Der Damm hält."]


def test_hard_wrapped_lines_belong_together():
    line = "Die Ministerin hat am Dienstag in der Hauptstadt erklärt, dass der\n"
    text = line + "Damm an der Olme auch nach dem langen Regen der letzten Tage noch\n"
    text += "sicher sei und niemand sein Haus im Tal bis zum Abend verlassen\nmüsse. Das gilt.\n"
    assert len(texts_of(text)) == 2


def test_the_network_called_x_ends_a_sentence():
    assert len(texts_of("Das schrieb sie auf der Plattform X. Der Damm ist alt.")) == 2


@given(TEXTS)
def test_sentences_are_ordered_disjoint_and_trimmed(raw):
    text = normalise_text(raw)
    spans = split_sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)
    assert all(len(span) <= LONGEST_SENTENCE for span in spans)


@given(TEXTS, st.integers(4, 30))
def test_passages_hold_every_sentence_once_and_fit_the_limit(raw, limit):
    text = normalise_text(raw)
    passages = split_passages(
        make_article(text), split_segments(text), count_words, target=limit, limit=limit
    )
    pieces = [span for passage in passages for span in passage.sentences]
    covered = "".join(span.of(text) for span in pieces)
    wanted = "".join(span.of(text) for span in split_sentences(text))
    assert covered.split() == wanted.split() or "".join(covered.split()) == "".join(wanted.split())
    for passage in passages:
        assert passage.sentences[0].start >= passage.span.start
        assert passage.sentences[-1].end == passage.span.end
        assert all(count_words([span.of(text)])[0] <= limit for span in passage.sentences)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


def test_a_passage_closes_at_the_paragraph_once_it_is_long_enough():
    text = "Eins zwei drei vier.\n\nFünf sechs sieben acht.\n\nNeun zehn."
    passages = split_passages(make_article(text), split_segments(text), count_words, 12, 50)
    assert [passage.span.of(text) for passage in passages] == [
        "Eins zwei drei vier.\n\nFünf sechs sieben acht.",
        "Neun zehn.",
    ]


def test_a_heading_goes_with_the_text_it_heads():
    text = "Eins zwei drei vier fünf.\n\nNEUES AUS TARVO\n\nSechs sieben acht."
    passages = split_passages(make_article(text), split_segments(text), count_words, 10, 50)
    assert passages[1].span.of(text).startswith("NEUES AUS TARVO")


def test_fifty_thousand_quotation_marks_are_split_in_no_time():
    assert split_sentences('"' * 50_000 + "a." * 20_000)


ORDINALS = [
    "Der 2. Weltkrieg endete am 8. Mai 1945.",
    "Am 20. Juli werde die 2615. Tafel enthüllt.",
    "In der 58. Minute fiel das Tor.",
    "Der Brand brach im 1. Obergeschoss aus.",
    "2. Bundesliga heißt die Klasse.",
    "Es war am Montag, dem 3. Juni, sehr warm.",
    "Die 1. und die 2. Mannschaft gewannen.",
    "In 2. Lesung wurde es beschlossen.",
    "Tarvos 1. Liga spielt in der Halle (3. Spieltag).",
    "Es geschah anlässlich seines 100. Geburtstages.",
    "Der 1. FC Tarvo gewann den 12. Pokal.",
    "Nach dem 2.Weltkrieg wurde gebaut.",
]


@pytest.mark.parametrize("text", ORDINALS)
def test_an_ordinal_ends_no_sentence(text):
    assert texts_of(text) == [text]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Der Damm riss 2009.", "Bauern halfen."],
        ["Die Zahl stieg auf 25.", "Polizisten kamen."],
        ["Er kam auf Platz 3.", "Danach ging er."],
        ["Der Zug hält auf Gleis 5.", "Reisende warten."],
        ["Sie siegten mit 3:1.", "Doppelt traf der Stürmer."],
        ["Geprüft wird der 3.", "Das reicht."],
        ["Es waren um die 20.", "Soldaten suchten sie."],
        ["Der Rat tagt.", "2. Bundesliga heißt die Klasse."],
        ["1. Der Damm wird erhöht.", "2. Der Hafen wird gebaut."],
    ],
)
def test_a_number_ends_a_sentence_where_it_is_no_ordinal(sentences):
    assert texts_of(" ".join(sentences)) == sentences


def test_a_long_paragraph_of_open_quotation_marks_is_split_in_pieces_of_it():
    sentence = "„Der Damm hält am Tag. "
    assert len(texts_of(sentence * 3000)) == 3000


def test_brackets_that_never_close_are_read_in_linear_time():
    text = "Der Hafen (ist [zu) und " * 4000 + "gut. Es regnet."
    assert split_sentences(text)[-1].of(text) == "Es regnet."


@pytest.mark.parametrize("mark", "„ ‚ “ \" ' » « ‘ › ( [".split())
@pytest.mark.parametrize("form", ["{0}{1}", "{1}{0}", "{0}Wort "])
def test_marks_that_never_close_are_split_a_bounded_number_of_times(monkeypatch, mark, form):
    import sentencex

    split = sentencex.get_sentence_boundaries
    letters = 0

    def count(language, text):
        nonlocal letters
        letters += len(text)
        return split(language, text)

    monkeypatch.setattr(sentencex, "get_sentence_boundaries", count)
    text = form.format(mark, "Der Damm hält, sagte Falk. ") * 3000
    assert split_sentences(text)
    assert len(text) * 0.9 <= letters <= len(text) * 3
