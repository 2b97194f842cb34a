"""The command line is a contract: exit status, streams and JSON."""

import json
import os
import subprocess
import sys

import pytest
from terminal import run, start

pytestmark = pytest.mark.usefixtures("unread")

# Neither help nor a question waits for these.
HEAVY = {
    "torch", "transformers", "gradio", "fastapi", "starlette", "uvicorn", "prometheus_client", "mcp",
    "mcp_types", "llama_index", "langchain_core", "openai",
}  # fmt: skip
KEYS = [
    "question", "answer", "abstained", "abstain_reason", "mode", "language", "citations", "claims",
]  # fmt: skip
CITATION_KEYS = {
    "marker", "article_id", "path", "title", "source", "url", "published", "published_precision",
    "text_sha256", "start", "end", "quote", "speaker", "voice",
}  # fmt: skip


def test_a_process_of_its_own_prints_and_ends_with_the_same(seeded, write):
    path = write("damm.txt", "Der Damm hält, sagte Ministerin Oda Falk.\n")
    for arguments in (["statements", path], ["ask", "Wer?", "--since", "gestern"]):
        here, there = (way(*arguments, data=seeded) for way in (run, start))
        assert here.stdout or here.stderr
        assert (here.returncode, here.stdout) == (there.returncode, there.stdout)
        assert here.stderr == there.stderr


def test_ask_prints_the_contracts_json_and_every_quote_is_verbatim(seeded):
    from wortlaut.index.archive import Archive

    done = start("ask", "--json", "What did Lavrov say about guarantees?", data=seeded)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert list(answer)[: len(KEYS)] == KEYS
    assert set(answer["timings_ms"]) == {"understand", "retrieve", "compose", "verify", "total"}
    archive = Archive(seeded)
    for number, citation in enumerate(answer["citations"], 1):
        assert set(citation) >= CITATION_KEYS
        text = archive.read_article(citation["article_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["marker"] == number
        assert f"[{number}]" in answer["answer"]
    assert {claim["verdict"] for claim in answer["claims"]} == {"supported"}


def test_several_questions_are_the_turns_of_one_conversation(seeded):
    done = run(
        "ask", "--json", "What did Lavrov say about guarantees?", "And in 2022?", data=seeded
    )
    first, second = map(json.loads, done.stdout.splitlines())
    assert {c["published"][:4] for c in second["citations"]} == {"2022"}
    assert {c["speaker"] for c in second["citations"]} == {"Sergej Lawrow"}
    assert first["question"] != second["question"] == "And in 2022?"


def test_standard_input_holds_a_conversation_a_line(seeded):
    lines = ["Was sagte Blinken?", "", json.dumps(["Was sagte Lawrow?", "Und Rubio?"])]
    done = run("ask", "--json", "-", stdin="\n".join(lines), data=seeded)
    questions = [json.loads(line)["question"] for line in done.stdout.splitlines()]
    assert questions == ["Was sagte Blinken?", "Was sagte Lawrow?", "Und Rubio?"]


def test_the_readable_answer_shows_quotes_and_sources(seeded):
    done = run("ask", "Was sagte Lawrow zu Garantien?", data=seeded)
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert "29. Januar 2026" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["ask", ""], 2, "empty question"),
        (["ask", "a" * 10_000], 2, "fewer words"),
        (["ask", "Wer?", "--since", "gestern"], 2, "no date"),
        (["ask", "Wer?", "--language", "fr"], 2, "fr"),
        (["index"], 2, "nothing to index"),
        (["index", "no/such/folder"], 1, "no such file"),
        (["--config", "no.toml", "info"], 2, "no.toml"),
        (["--chroma", "nonsense", "ask", "Wer?"], 2, "Chroma address"),
        (["--embedder", "/no/such/model", "ask", "Wer?"], 2, "no such"),
        (["eval", "run", "no.jsonl"], 1, "no.jsonl"),
        (["eval", "retrieval", "--data", "no.json"], 1, "no.json"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_bad_input_gets_one_clear_line_and_the_right_status(arguments, status, words):
    done = run(*arguments)
    assert (done.returncode, words in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_of_another_embedder_names_the_command_that_rebuilds(tmp_path):
    from wortlaut.index.archive import Archive

    archive = Archive(tmp_path / "data")
    archive.bind_embedder("another model")
    archive.close()
    done = run("ask", "Wer sagte was?")
    assert done.returncode == 1
    assert "wortlaut index --rebuild" in done.stderr


def test_an_empty_archive_says_what_to_do():
    done = run("ask", "--json", "Who said what?")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["abstained"]) == (0, True)
    assert "wortlaut index" in answer["answer"]


def test_index_reports_as_json_and_is_quiet_when_piped(write):
    path = write("damm.txt", "Der Damm hält, sagte Oda Falk.\n")
    done = start("index", "--json", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["added"] == 1


def test_a_broken_file_fails_the_run_but_not_the_rest(write):
    good = write("damm.txt", "Der Damm hält, sagte Oda Falk.\n")
    write("leer.txt", "")
    done = run("index", "--json", good.parent)
    assert done.returncode == 1
    assert "leer.txt" in done.stderr
    assert json.loads(done.stdout)["added"] == 1


def test_what_is_to_be_said_of_many_files_is_said_once(write):
    for name in "abcde":
        folder = write(f"{name}.json", json.dumps({"maintext": f"Der Damm {name} hält."})).parent
    lines = run("index", folder).stderr.splitlines()
    assert len(lines) == 1
    assert "a.json and 4 more: fields guessed: text=maintext" in lines[0]
    told = json.loads(run("index", "--json", folder, "--fields", "").stdout)
    assert told["files"] == 5


def test_if_empty_leaves_a_filled_archive_alone(write):
    path = write("damm.txt", "Der Damm hält.\n")
    assert "1 added" in run("index", "--if-empty", path).stdout
    write("bahn.txt", "Der Zug fährt.\n")
    assert run("index", "--if-empty", path.parent).stdout == ""


def test_info_and_doctor_tell_the_state(seeded):
    info = json.loads(run("info", "--json", data=seeded).stdout)
    assert (info["articles"], info["since"]) == (17, "2022-01-21")
    assert min(info["passages"], info["statements"]) > 20
    doctor = run("doctor", "--json", data=seeded)
    assert doctor.returncode == 0
    assert json.loads(doctor.stdout)["store"] == "agrees"


def test_search_lists_passages_best_first(seeded):
    done = run("search", "Damm an der Olme", "--limit", 3, "--json", data=seeded)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[0]["score"] >= rows[1]["score"] >= rows[2]["score"]
    assert "Olme" in rows[0]["text"]


def test_search_by_speaker_and_time_stays_inside_both(seeded):
    done = run(
        "search", "Garantien", "--speaker", "Lavrov", "--until", "2023", "--json", data=seeded
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["published"][:4] for row in rows} == {"2022"}


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    code = (
        f"import sys; sys.argv = ['wortlaut', *{arguments!r}]\n"
        "import contextlib, io\n"
        "from wortlaut.ui.terminal.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\n"
        f"print(sorted({HEAVY | {'chromadb', 'numpy'}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_question_imports_nothing_that_serving_or_other_frameworks_need(seeded):
    code = (
        "import sys; sys.argv = ['wortlaut', 'ask', '--json', 'What did Lavrov say?']\n"
        "import contextlib, io\n"
        "from wortlaut.ui.terminal.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"WORTLAUT_DATA": str(seeded)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_a_receipt_from_the_command_line_holds_until_it_is_edited(seeded, tmp_path):
    path = tmp_path / "receipt.json"
    questions = ["What did Lavrov say about guarantees?", "And in 2022?"]
    asked = run("ask", "--receipt", path, *questions, data=seeded)
    assert (asked.returncode, asked.stderr) == (0, "")
    done = run("verify", path, data=seeded)
    assert (done.returncode, "holds (turns 2" in done.stdout) == (0, True)
    path.write_bytes(path.read_bytes().replace(b"Garantien", b"Gaben"))
    done = run("verify", "--json", path, data=seeded)
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (1, False)


def test_a_receipt_is_for_one_conversation_and_replaces_nothing_else(seeded, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    done = run("ask", "--receipt", notes, "Wer sagte was?", data=seeded)
    assert (done.returncode, "is no receipt" in done.stderr) == (2, True)
    done = run("ask", "--receipt", tmp_path / "new.json", "-", stdin="Wer?", data=seeded)
    assert (done.returncode, "one conversation" in done.stderr) == (2, True)


def test_ask_says_what_it_understood(seeded):
    done = run("ask", "What did Lavrov say about guarantees in January 2026?", data=seeded)
    said = done.stdout.splitlines()[1]
    assert "speaker: Sergej Lawrow" in said
    assert "topic: guarantees" in said
    assert "since: 2026-01-01" in said
    done = run("ask", "--json", "Und Lawrow 2022?", data=seeded)
    understood = json.loads(done.stdout)["understood"]
    assert understood["speakers"] == ["Sergej Lawrow"]
    assert understood["until"] == "2022-12-31"
