"""Reading an article costs steps by its letters: no line runs by the square of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from itertools import count
from types import CodeType, FrameType
from typing import Any

import pytest

from wortlaut.index.agency import read_published, read_source
from wortlaut.index.article import Article, hash_text
from wortlaut.index.lang.words import read_words_and_marks
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.statements import extract_article
from wortlaut.index.splitter import split_passages, split_segments
from wortlaut.index.twins.comparison import compare_reports
from wortlaut.index.twins.report import read_report

_SHORT, _TIMES = 1500, 4
# A line may run as often again for what the shape does not repeat evenly.
_SLACK = 1.5

_SYLLABLES = "ka lo mi ber gro tal ven sor dim ras wek hul ane eri ost".split()


def _make_name(number: int) -> str:
    name = ""
    for _ in range(3):
        number, at = divmod(number, len(_SYLLABLES))
        name += _SYLLABLES[at]
    return name.capitalize()


def _boilerplate(k: int) -> str:
    return f"© 2022 Alle Rechte vorbehalten\nDer Hafen {_make_name(k)} kommt am Mittwoch.\n"


def _stamps(k: int) -> str:
    return (
        f"Stand: {k % 28 + 1}.01.2022 11:47 Uhr\n\nDer Hafen {_make_name(k)} kommt, sagte er.\n\n"
    )


def _interview(k: int) -> str:
    return f"Frage: Kommt {_make_name(k)}?\n\nHolm: Wir haben das verschoben. Das ist gut.\n\n"


def _institutions(k: int) -> str:
    return (
        f"Die {_make_name(k)}partei sagte, der Hafen sei gut. Das {_make_name(k)}amt von Brenn "
        "habe das geprüft. Die Partei sagte nichts, das Amt teilte mit, es sei gut. "
    )


def _holders(k: int) -> str:
    return f"Minister Jon {_make_name(k)}berg kam. Der Minister lachte und sagte, das sei gut. "


def _descriptions(k: int) -> str:
    return (
        f"Hale ging. Der {_make_name(k)}chef sagte, es sei gut. Das Wetter blieb. Die Politikerin "
        "sagte, es gehe. "
    )


def _unclosed(k: int) -> str:
    return f"„Wir gehen nach {_make_name(k)}, sagte Ada Holm. (Sie blieb [dort. "


def _write(make: Callable[[int], str], letters: int) -> str:
    text = "Jon Hale kam am Montag, Wenke Dorlach auch. Ada Holm blieb.\n\n"
    for k in count():
        if len(text) >= letters:
            return text
        text += make(k)
    raise AssertionError


def _read(article: Article) -> None:
    segments = split_segments(article.text)
    split_passages(article, segments, lambda texts: [len(t) // 4 + 1 for t in texts], 256, 512)
    statements = extract_article(article).statements
    find_offices(article.text, statements)
    read_source(article.text)
    read_published(article.text, None)
    half = len(article.text) // 2
    compare_reports(
        read_report(article.title, article.text),
        read_report(
            article.title, f"{article.text[: half - 90]} Neu ist das. {article.text[half:]}"
        ),
    )


def _count_lines(article: Article) -> Counter[str]:
    """How often lines of each function of the package run while the article is read."""
    ran: Counter[CodeType] = Counter()

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if not frame.f_globals.get("__name__", "").startswith("wortlaut"):
            return None
        code = frame.f_code

        def note(_: FrameType, event: str, arg: Any) -> Any:
            ran[code] += event == "line"
            return note

        return note

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        _read(article)
    finally:
        sys.settrace(before)
    total: Counter[str] = Counter()
    for code, times in ran.items():
        total[f"{code.co_filename.rsplit('/', 1)[-1]} {code.co_qualname}"] += times
    return total


@pytest.mark.parametrize(
    "shape",
    [
        _boilerplate, _stamps, _interview, _institutions, _holders, _descriptions, _unclosed,
    ],
)  # fmt: skip
def test_four_times_the_letters_take_four_times_the_lines(shape: Callable[[int], str]) -> None:
    # What is read first fills caches.
    _, few, many = (
        _count_lines(Article("0" * 16, "Ein Titel", text, hash_text(text)))
        for letters in (500, _SHORT, _SHORT * _TIMES)
        for text in [_write(shape, letters)]
    )
    most = {
        name: (few[name], times)
        for name, times in many.items()
        if times > _SLACK * _TIMES * max(few[name], _SHORT)
    }
    assert not most


def test_a_word_that_comes_again_is_kept_once() -> None:
    words = read_words_and_marks("Der Hafen von Brenn. Der Hafen\nvon Brenn bleibt zu.")
    assert words.words[1] == words.words[6] == "Hafen"
    assert words.words[1] is words.words[6]
    assert words.lows[1] is words.lows[6]
    assert words.caps[:4] == [True, True, False, True]


def test_of_a_long_text_no_report_is_remembered() -> None:
    short, long = "Der Hafen von Brenn bleibt zu. ", "Ein Damm in Aldora hält. " * 2000
    assert read_report("Ein Titel", short) is read_report("Ein Titel", short)
    assert read_report("Ein Titel", long) is not read_report("Ein Titel", long)
    assert read_report("Ein Titel", long) == read_report("Ein Titel", long)
