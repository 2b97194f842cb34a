"""Offline is a promise: every socket that index, ask and chat open is watched."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest
from ports import find_port

# Runs the command line with every name look-up and connection written down.
_WATCHED = """
import sys
log = open(sys.argv[1], "a")

def watch(event, values):
    if event == "socket.getaddrinfo":
        log.write(f"look-up {values[0]}\\n")
    elif event == "socket.connect" and isinstance(values[1], tuple):
        log.write(f"connect {values[1][0]}\\n")
    log.flush()

sys.addaudithook(watch)
sys.argv = ["wortlaut", *sys.argv[2:]]
from wortlaut.ui.terminal.cli import main
main()
"""
_LOOPBACK = {"127.0.0.1", "::1", "localhost", "None", "0.0.0.0"}


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "sockets.log"
    path.touch()
    return path


def start(log, *arguments, data=None, **options):
    # Nothing may lean on what the test session itself switches off.
    environment = {
        key: value for key, value in os.environ.items()
        if key not in {"HF_HUB_OFFLINE", "GRADIO_ANALYTICS_ENABLED", "ANONYMIZED_TELEMETRY"}
    }  # fmt: skip
    if data:
        environment["WORTLAUT_DATA"] = str(data)
    command = [sys.executable, "-c", _WATCHED, str(log), *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, **options)


def list_strangers(log):
    lines = log.read_text().splitlines()
    return [line for line in lines if line.split()[-1].strip("b'") not in _LOOPBACK]


def test_the_watch_sees_a_connection(log):
    connect = "import socket\nsocket.socket().connect(('127.0.0.9', 9))"
    watched = _WATCHED.replace("from wortlaut.ui.terminal.cli import main\nmain()", connect)
    subprocess.run([sys.executable, "-c", watched, str(log)], check=False, capture_output=True)
    assert list_strangers(log) == ["connect 127.0.0.9"]


def test_indexing_asks_no_other_host(log, write):
    path = write("damm.txt", " date 2026-02-04 Der Damm hält, sagte Oda Falk.\n")
    process = start(log, "index", path)
    assert process.wait(120) == 0, process.stderr.read()
    assert list_strangers(log) == []


def test_a_question_asks_no_other_host(log, seeded):
    process = start(log, "ask", "What did Lavrov say?", data=seeded, stdout=subprocess.DEVNULL)
    assert process.wait(60) == 0, process.stderr.read()
    assert list_strangers(log) == []


def test_the_chat_asks_no_other_host(log, seeded):
    port = find_port()
    process = start(log, "chat", "--port", port, data=seeded, stdout=subprocess.DEVNULL)
    try:
        page = wait_for_page(f"http://127.0.0.1:{port}/", process)
    finally:
        process.terminate()
        process.wait(20)
    assert "Wortlaut" in page
    assert list_strangers(log) == []


def wait_for_page(address, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the chat did not start: {process.stderr.read()}")
