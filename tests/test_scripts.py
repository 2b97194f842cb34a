"""A Russian name in the other script: as newspapers write it, and nowhere in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.chatdouble import Chat
from wortlaut.index.lang.scripts import write_in_script
from wortlaut.rag.answer import Asking
from wortlaut.ui.render import show_name


@pytest.mark.parametrize(
    ("name", "language", "written"),
    [
        ("Sergej Belkow", "ru", None),  # Белков or Бельков.
        ("Sergej Taburow", "ru", "Сергей Табуров"),
        ("Sergey Taburov", "ru", "Сергей Табуров"),
        ("Andrej Beroussow", "ru", "Андрей Бероусов"),
        ("Sergej Sabitow", "ru", None),  # Сабитов or Забитов.
        ("Juri Uschatow", "ru", None),  # Ушатов or Ужатов.
        ("Dmitri Reskow", "ru", None),  # Ресков or Резков.
        ("Wladimir Potemenko", "ru", "Владимир Потеменко"),
        ("Peter Marbin", "ru", None),  # An Englishman may be Питер.
        ("Marco Rubetto", "ru", None),
        ("Taburow", "ru", None),
        ("Сергей Табуров", "de", "Sergei Taburow"),
        ("Сергей Табуров", "en", "Sergey Taburov"),
        ("Юрий Щебинский", "de", "Juri Schtschebinski"),
        ("Юрий Щебинский", "en", "Yury Shchebinsky"),
        ("Андрей Белоусовский", "de", "Andrei Beloussowski"),
        ("Алексей Еремин", "de", "Alexei Jeremin"),
        ("Джо Манбин", "en", None),  # Joe Manbin.
        ("Дональд Трамбов", "en", None),
        ("Сергей Табуров", "ru", None),
        ("Sergej Taburow", "de", None),
    ],
)
def test_a_name_is_written_in_the_other_script_only_where_that_is_certain(name, language, written):
    assert write_in_script(name, language) == written


def test_who_is_not_named_by_the_question_is_named_in_its_script():
    answer = Chat().ask("What did Talberg say?")
    russian = replace(answer.query, language="ru", text="Кто это сказал?")
    asked = replace(answer, question="Кто это сказал?", query=russian, language="ru")
    assert show_name("Sergej Taburow", asked) == "Сергей Табуров (Sergej Taburow)"
    assert show_name("Mira Talberg", asked) == "Mira Talberg"
    # As the conversation has it goes before any rule.
    before = replace(asked, question="Что сказал Табуров?")
    later = replace(asked, asking=Asking(datetime.now(UTC), history=(before,)))
    assert show_name("Sergej Taburow", later) == "Табуров (Sergej Taburow)"
    german = replace(answer.query, language="de", text="Wer sagte das?")
    asked = replace(answer, question="Wer sagte das?", query=german, language="de")
    assert show_name("Сергей Табуров", asked) == "Sergei Taburow (Сергей Табуров)"
    assert show_name("Sergej Taburow", asked) == "Sergej Taburow"
