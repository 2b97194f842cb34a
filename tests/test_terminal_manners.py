"""How the command line behaves in a pipe, in a shell, and when it is interrupted or misled."""

import io
import json
import os
import signal
import subprocess
import sys
import threading

import httpx
import pytest
from rich.console import Console
from terminal import run

from tests.chatdouble import Chat
from tests.ports import find_port
from wortlaut.rag.config import load_settings
from wortlaut.ui.browser import app
from wortlaut.ui.render import collapse, render_terminal
from wortlaut.ui.terminal.serving import prepare_model

pytestmark = pytest.mark.usefixtures("unread")
QUESTION = "What did Lavrov say about guarantees?"


def test_in_a_pipe_a_quote_stands_on_one_line_without_trailing_blanks(seeded):
    (row,) = map(json.loads, run("ask", "--json", QUESTION, data=seeded).stdout.splitlines())
    lines = run("ask", QUESTION, data=seeded).stdout.splitlines()
    assert max(map(len, lines)) > 100
    for citation in row["citations"]:
        assert any(collapse(citation["quote"]) in line for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


def test_lines_are_wrapped_to_a_window_and_have_no_trailing_blanks_there_either():
    class Window(io.StringIO):
        def isatty(self):
            return True

    console = Console(file=Window(), width=40, force_terminal=False)
    render_terminal(Chat().ask("What did Talberg say?"), console)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 40
    assert [line for line in lines if line != line.rstrip()] == []


def test_ctrl_c_is_one_line_and_its_own_status():
    command = [sys.executable, "-m", "wortlaut.ui.terminal.cli", "statements", "-", "--json"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            process.stdin.write('{"text": "Der Damm hält, sagte Oda Falk."}\n')
            process.stdin.flush()
            assert "Oda Falk" in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            # Its input stays open: nothing but the signal ends it.
            assert process.wait(60) == 130
            assert process.stderr.read() == "wortlaut: stopped\n"
        finally:
            process.kill()


def test_ctrl_c_ends_the_chat_without_a_word_though_a_page_is_open(capfd):
    port = find_port()

    def hold_open_and_interrupt():
        client = httpx.Client(transport=httpx.HTTPTransport(retries=9), timeout=60)
        try:
            with client.stream("GET", f"http://127.0.0.1:{port}/gradio_api/heartbeat/page"):
                os.kill(os.getpid(), signal.SIGINT)
                ended.wait(60)
        finally:
            ended.is_set() or os.kill(os.getpid(), signal.SIGINT)

    ended = threading.Event()
    page = threading.Thread(target=hold_open_and_interrupt, daemon=True)
    page.start()
    with pytest.raises(KeyboardInterrupt):
        app.serve(Chat(), port=port)
    ended.set()
    page.join(60)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "command",
    [
        ["ask", "Wer?"], ["search", "Damm"], ["timeline", "--speaker", "Falk"], ["articles"],
        ["article", "ab"], ["chat"], ["info"], ["export", "a.wortlaut"], ["doctor"],
        ["verify", "receipt.json"],
    ],
)  # fmt: skip
def test_a_wrong_data_folder_is_named_and_not_made(tmp_path, command):
    missing = tmp_path / "archvie"
    done = run("--data", missing, *command)
    (line,) = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert f"there is no archive in {missing}: no such folder" in line
    assert not missing.exists()


def test_index_makes_the_folder_that_is_named(write, tmp_path):
    path = write("damm.txt", "Der Damm hält, sagte Oda Falk.\n")
    assert run("--data", tmp_path / "neu", "index", path).returncode == 0
    assert run("--data", tmp_path / "neu", "info").returncode == 0


def test_a_question_without_an_answer_has_its_own_status_where_that_is_asked_for(seeded):
    nobody = "What did Oxenrath say?"
    assert run("ask", nobody, data=seeded).returncode == 0
    assert run("ask", "--need-answer", nobody, data=seeded).returncode == 3
    assert run("ask", "--need-answer", QUESTION, data=seeded).returncode == 0
    both = run("ask", "--need-answer", "-", stdin=f"{nobody}\n{QUESTION}", data=seeded)
    assert both.returncode == 3
    assert "Oxenrath" in both.stdout


def test_the_shell_completes_commands(monkeypatch):
    done = run(
        _WORTLAUT_COMPLETE="complete_bash", COMP_WORDS="wortlaut time", COMP_CWORD="1"
    )  # fmt: skip
    assert (done.returncode, done.stdout.split()) == (0, ["timeline"])


def test_an_address_that_is_none_is_told_and_the_chat_goes_on_without_a_model(capsys):
    settings = load_settings(llm_base_url="nonsense::", mode="llm")
    served = prepare_model(settings)
    assert (served.llm_base_url, served.mode) == (None, "extractive")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("wortlaut: 'nonsense::' is no address of a language model")
    assert "the archive's words" in line


def test_a_model_that_does_not_answer_is_told_at_the_start_and_kept(capsys):
    address = f"http://127.0.0.1:{find_port()}"
    served = prepare_model(load_settings(llm_base_url=address, llm_retries=0))
    assert served.llm_base_url == address
    for thread in threading.enumerate():
        if thread.name == "wortlaut-model":
            thread.join(20)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"wortlaut: the language model at {address}/v1 ")
    assert "the archive's words" in line


def test_without_a_model_nothing_is_told(capsys):
    settings = load_settings()
    assert prepare_model(settings) == settings
    assert capsys.readouterr().err == ""
