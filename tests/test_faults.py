"""Faults in the reader's language: every line that can reach the page has its German and Russian."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from wortlaut.index.lang.faults import say_fault
from wortlaut.index.lang.tables import read_rows

ROOT = Path(__file__).parent.parent
# What of the code says faults of files, of what is sent, and why a sentence does not stand.
SAYING = {
    "SourceError": [
        "index/formats",
        "index/sources.py",
        "rag/desk/intake.py",
        "ui/browser/receiving.py",
    ],
    "SourceNotice": ["index/formats", "index/sources.py"],
    "decide": ["rag/verification"],
    "Verdict": ["rag/verification"],
}
_PLACE = re.compile(r"\{(\d)\}")


def write(node):
    """The words of a literal, "7" for what is put in; "" where no literal says them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else "7" for v in node.values)
    return ""


def list_said():
    for call, places in SAYING.items():
        at = 1
        for place in places:
            path = ROOT / place
            for file in [path] if path.is_file() else sorted(path.glob("*.py")):
                for node in ast.walk(ast.parse(file.read_text())):
                    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == call:
                        at = 1 if call != "Verdict" else 2
                        line = write(node.args[at]) if len(node.args) > at else ""
                        if line.strip("7"):
                            yield pytest.param(line, id=f"{file.name}:{node.lineno}")


@pytest.mark.parametrize("line", list(list_said()))
def test_every_fault_that_reaches_the_page_is_said_in_german_and_russian(line):
    for language in ("de", "ru"):
        said, tongue = say_fault(line, language)
        assert tongue == language, line
        assert said != line
    assert say_fault(line, "en") == (line, "en")


def test_the_rows_have_the_same_places_in_every_language():
    for row in read_rows("faults.tsv"):
        places = set(_PLACE.findall(row["en"]))
        assert set(_PLACE.findall(row["de"])) == places, row["en"]
        assert set(_PLACE.findall(row["ru"])) == places, row["en"]
        assert re.search("[а-яё]", row["ru"]), row["en"]


@pytest.mark.parametrize(
    ("line", "german"),
    [
        (
            "not a kind that is read here (.csv, .docx); save it as .csv",
            "keine Art, die hier gelesen wird (.csv, .docx); speichern Sie die Datei als .csv",
        ),
        (
            "a PDF that is broken (EOF marker not found); save it anew and index again",
            "ein PDF, beschädigt (EOF marker not found); speichern Sie die Datei neu",
        ),
        (
            "no well-formed XML (StartTag: invalid); read all the same, check its articles",
            "kein wohlgeformtes XML (StartTag: invalid); trotzdem gelesen, prüfen Sie die Artikel",
        ),
        (
            "The cited text says 'nicht', the claim does not",
            "Der zitierte Text sagt 'nicht', der Satz nicht",
        ),
        (
            "the language model at http://127.0.0.1:9/v1 (tiny) cannot be reached; start its "
            "server, or set WORTLAUT_LLM_BASE_URL",
            "das Sprachmodell unter http://127.0.0.1:9/v1 (tiny) ist nicht zu erreichen; starten "
            "Sie seinen Server oder setzen Sie WORTLAUT_LLM_BASE_URL",
        ),
        (
            "the language model http://127.0.0.1:9 cannot be reached; start its server, or set "
            "WORTLAUT_LLM_BASE_URL",
            "das Sprachmodell http://127.0.0.1:9 ist nicht zu erreichen; starten Sie seinen Server "
            "oder setzen Sie WORTLAUT_LLM_BASE_URL",
        ),
        ("a PDF", None),
        ("something that nobody has put into German", None),
    ],
)
def test_what_differs_stands_in_its_place_and_what_is_unknown_stays(line, german):
    assert say_fault(line, "de") == ((german, "de") if german else (line, "en"))
