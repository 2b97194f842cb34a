"""Hard-wrapped copy is read like the same copy unwrapped, and offsets stay the stored text's."""

from __future__ import annotations

import random
import re
import textwrap

import pytest

from wortlaut import statements
from wortlaut.index.article import Article, Passage, Span, hash_text
from wortlaut.index.lang.lines import join_lines
from wortlaut.index.pipeline import list_terms
from wortlaut.index.splitter import split_segments, split_sentences

_PEOPLE = [
    ("Bürgermeisterin", "Ortrud Talbach"), ("Minister", "Arvid Holmsen"), ("Direktorin", "Dr. Ada Meerwald"),
    ("Seefahrtsminister", "Emre Aksaray"), ("Sprecher", "Jon von der Heide"), ("Landrätin", "Wenka Dorn-Hale"),
]  # fmt: skip
_SAYINGS = [
    "Wir müssen den Hafen am Obersee noch in diesem Sommer vertiefen",
    "Der Damm hält dem Wasser stand, auch wenn es bis zum 18. Februar weiter steigt",
    "Das neue Gesetz zur Küstenschutz-Abgabe kommt nicht vor dem 3. Oktober",
    "Niemand hat gewarnt, und niemand hat die Boote gezählt",
]
_NEWS = [
    "Der Stadtrat von Brenn hat am Montag über den Umbau des alten Speichers beraten.",
    "Rund 1.200 Menschen kamen zur Versammlung in die Halle an der Werftstraße 12.",
    "Die Kosten liegen nach früheren Schätzungen bei zwölf Millionen Euro.",
    "Vor dem Rathaus standen am Nachmittag, so ein Beobachter, nur wenige Schaulustige.",
]
_FORMS = [
    "„{words}“, sagte {office} {name} am Dienstag in Brenn.",
    "{office} {name} sagte: „{words}.“",
    "«{words}», betonte {office} {name} vor Journalisten.",
    "Laut {office} {name} ist die Lage am See ernst.",
    "{office} {name} teilte mit, die Sammlung gehe an die Stadt. Der Umbau werde zwei Jahre dauern.",
]  # fmt: skip
_HEADLINES = ["Damm am Obersee wird erhöht", "Streit um Hafen: Rat vertagt Entscheidung"]


def make_paragraphs(seed: int) -> list[str]:
    """A made article: a headline, and paragraphs of news and what people say of it."""
    chance = random.Random(seed)
    paragraphs = [chance.choice(_HEADLINES)]
    for number in range(chance.randint(2, 5)):
        sentences = chance.sample(_NEWS, 2)
        office, name = chance.choice(_PEOPLE)
        said = chance.choice(_FORMS).format(words=chance.choice(_SAYINGS), office=office, name=name)
        sentences.insert(chance.randint(1, 2), said)
        paragraphs.append(("Brenn (dpa) - " if not number else "") + " ".join(sentences))
    return paragraphs


def wrap(text: str, width: int) -> str:
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=True)


def hyphenate(text: str, width: int) -> str:
    """The text wrapped, long words parted at the line ends."""
    lines = [""]
    for word in text.split():
        room = width - len(lines[-1]) - 2
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] = f"{lines[-1]} {word}".strip()
        elif room > 3 and len(word) - room > 3 and word.isalpha():
            lines[-1] += f" {word[:room]}-"
            lines.append(word[room:])
        else:
            lines.append(word)
    return "\n".join(lines)


def collapse(words: str) -> str:
    return " ".join(words.split())


def list_said(text: str) -> list[tuple[str | None, str, str]]:
    """Who says what, the quotes without blanks and hyphens: where a line may end inside a word."""
    return [(s.speaker, s.voice, re.sub(r"[\s-]", "", s.span.of(text))) for s in statements(text)]


def spread(paragraphs: list[str], width: int, layout: str) -> str:
    blocks = [wrap(paragraph, width) for paragraph in paragraphs]
    if layout == "trailing":
        blocks = ["\n".join(line + "  " for line in block.split("\n")) for block in blocks]
    if layout == "indented":
        blocks = [textwrap.indent(block, "    ") for block in blocks]
    if layout == "first":
        return "\n".join("   " + wrap(paragraph, width) for paragraph in paragraphs)
    return ("\n \n" if layout == "blank" else "\n\n").join(blocks) + "\n"


@pytest.mark.parametrize("layout", ["plain", "trailing", "indented", "first", "blank"])
@pytest.mark.parametrize("width", [40, 50, 60, 65, 69, 72, 80, 100])
def test_wrapped_copy_says_what_the_same_copy_says_unwrapped(width, layout):
    for seed in range(6):
        paragraphs = make_paragraphs(seed)
        wrapped = spread(paragraphs, width, layout)
        assert list_said(wrapped) == list_said("\n\n".join(paragraphs))


@pytest.mark.parametrize("width", [40, 60, 69])
def test_words_hyphenated_at_line_ends_are_read_whole(width):
    for seed in range(6):
        paragraphs = make_paragraphs(seed)
        wrapped = "\n\n".join(hyphenate(paragraph, width) for paragraph in paragraphs)
        assert list_said(wrapped) == list_said("\n\n".join(paragraphs))


@pytest.mark.parametrize("width", [40, 69, 100])
def test_joined_lines_are_as_long_as_before_and_are_joined_once(width):
    for seed in range(6):
        text = "\n\n".join(hyphenate(p, width) for p in make_paragraphs(seed))
        joined = join_lines(text)
        assert len(joined) == len(text)
        assert join_lines(joined) == joined
        unseen = [(a, b) for a, b in zip(text, joined, strict=True) if a != b]
        assert all(a in "-\n" for a, _ in unseen)


_WRAPPED = (
    "Brenn (dpa) - Das Museum am Obersee schließt zum Ende des Jahres seine\n"
    "Türen. „Wir sind am Ende unserer Kraft und müssen leider alles\n"
    "aufgeben“, sagte die Leiterin. Die Sammlung kommt zur Stadt, wo sie\n"
)


@pytest.mark.parametrize(
    ("tail", "sentence"),
    [
        ("künftig bleibt, sagte Dr.\nAda Holm am Montag.", "sagte Dr. Ada Holm am Montag."),
        ("bis zum 18.\nFebruar bleibt, wie es hieß.", "bis zum 18. Februar bleibt, wie es hieß."),
        ("bleibt, sagte der Leiter der Wache, Anton\nGrubweiser.", "der Wache, Anton Grubweiser."),
        ("bleibt, sagte J.\nHale am Montag in Brenn.", "bleibt, sagte J. Hale am Montag in Brenn."),
    ],
)
def test_a_line_cut_short_inside_a_sentence_goes_on(tail, sentence):
    text = _WRAPPED + tail
    assert collapse(split_sentences(text)[-1].of(text)).endswith(sentence)


@pytest.mark.parametrize(
    ("halves", "word"),
    [
        ("Bundes-\nminister", "Bundesminister"),
        ("US-\nMinister", "US-Minister"),
        ("60-\njähriger", "60-jähriger"),
        ("Haupt-\nund Nebenamt", "Haupt- und Nebenamt"),
        ("Bundes-   \nminister", "Bundesminister"),
    ],
)
def test_a_hyphen_at_a_line_end_is_told_by_what_it_joins(halves, word):
    joined = join_lines(_WRAPPED + f"künftig ein sehr bekannter {halves} zeigen wird, heißt es.")
    seen = collapse(re.sub("[\u00ad\u200b]", "", joined))
    assert f"ein sehr bekannter {word} zeigen" in seen


def test_a_headline_right_above_wrapped_copy_is_no_part_of_its_first_sentence():
    text = "Museum am Obersee schließt\n" + _WRAPPED + "künftig im Rathaus zu sehen ist."
    segments = split_segments(text)
    assert segments[0].is_heading
    assert segments[0].span.of(text) == "Museum am Obersee schließt"


def test_a_headline_that_is_wrapped_is_one_heading():
    head = "Museum am Obersee muss nach vierzig Jahren seine Türen schließen:\nStadt übernimmt Sammlung"
    text = f"{head}\n\n{_WRAPPED}künftig im Rathaus zu sehen ist."
    assert [s.span.of(text) for s in split_segments(text) if s.is_heading] == [head]


@pytest.mark.parametrize(
    "text",
    [
        "Im Angebot des Hafens sind in diesem Sommer:\n- Kaffee und Kuchen am Steg\n- Tee und Milch",
        "Arvid Holmsen, Minister für Seefahrt in Brenn\nEmre Aksaray, Minister für Umwelt und Küste\n"
        "Ada Meerwald, Direktorin des Museums am See\nWenka Dorn, Landrätin des Kreises Obersee",
        "Tagblatt: Wird der Hafen in Brenn gebaut?\nHolm: Nein, das ist entschieden.\nTagblatt: Wann?",
        "Der Hafen wird gebaut.\nDer Rat hat es am Montag beschlossen.\nDie Kosten steigen auf das Doppelte.",
    ],
)
def test_lines_of_a_list_or_a_conversation_are_not_joined(text):
    assert join_lines(text) == text


def test_a_list_inside_wrapped_copy_keeps_its_items():
    text = (
        _WRAPPED + "ab Mai zu sehen ist:\n- Schiffe\n- Netze aus dem Besitz der Stadt\n- Karten\n"
    )
    blocks = [s.span.of(text) for s in split_segments(text) if s.opens_block]
    assert blocks[-3:] == ["- Schiffe", "- Netze aus dem Besitz der Stadt", "- Karten"]


def test_long_text_is_joined_in_linear_time():
    text = (_WRAPPED + "sie bleibt-\n") * 3000
    assert len(join_lines(text)) == len(text)


def test_a_passage_is_found_by_whole_words_and_a_later_one_by_its_headline():
    text = (
        f"Streit um Zuckersteuer\n\n{_WRAPPED}künftig ein sehr bekannter Bundes-\nminister bleibt."
    )
    article = Article(
        "a",
        "Streit um Zuckersteuer",
        text,
        hash_text(text),
        None,
        None,
        "de",
        None,
        "unknown",
        "a.txt",
    )
    span = Span(text.index("künftig"), len(text))
    words = span.of(join_lines(text))
    first, later = (
        list_terms(article, Passage(f"a:{n}", "a", n, span, (span,)), words) for n in (0, 1)
    )
    assert ("bundes" in later, "minist" in later) == (True, False)
    assert ("zucker" in later, "zucker" in first) == (True, False)
