"""The gate's parts by themselves: users' file, sessions, limits, proxies, doors, logs."""

from __future__ import annotations

import io
import json
import logging

import pytest
import terminal

from wortlaut.index.errors import ConfigError
from wortlaut.rag.config import Settings, load_settings
from wortlaut.rag.desk.audit import AuditLog
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.gate.accounts import Account, Accounts, check_password, hash_password
from wortlaut.ui.gate.doors import may_change_archive, open_doors
from wortlaut.ui.gate.guest import Guest, read_name, read_owner
from wortlaut.ui.gate.limits import GuessBrake, RateLimit, name_address
from wortlaut.ui.gate.logs import _make_formatter
from wortlaut.ui.gate.proxy import Entrance, read_networks
from wortlaut.ui.gate.sessions import Sessions


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


# Users


def test_a_password_is_kept_as_a_salted_hash_and_compared_whole():
    kept = hash_password("sieben Segel")
    assert kept.startswith("scrypt$14$8$5$")
    assert "Segel" not in kept
    assert kept != hash_password("sieben Segel")
    assert check_password("sieben Segel", kept)
    assert not any(check_password(wrong, kept) for wrong in ("sieben Sege", "Sieben Segel", ""))
    for damaged in ("", "plain", "scrypt$99$8$5$AA==$AA==", "scrypt$14$8$5$?$?", "scrypt$$$$$"):
        assert not check_password("sieben Segel", damaged)
    # However the letters were composed.
    assert check_password("Mu\u0308ller-Segel", hash_password("M\u00fcller-Segel", log_n=1))
    with pytest.raises(ConfigError, match="8 letters"):
        hash_password("kurz")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Mia", "mia"), (" mia@verlag.example ", "mia@verlag.example"), ("Jörg", "jörg"),
        ("a:b", ""), ("a b", ""), ("", ""), ("x" * 81, ""), ("a\x00", ""), ("\u202ea", ""),
    ],
)  # fmt: skip
def test_a_name_is_the_same_however_it_is_typed(typed, name):
    assert read_name(typed) == name


def test_users_are_added_listed_changed_and_removed_on_the_command_line(tmp_path):
    file = tmp_path / "users.json"

    def user(*arguments, stdin=""):
        return terminal.run("user", *arguments, "--auth", file, stdin=stdin)

    assert "no users" in user("list").stderr
    added = user("add", "Mia", "--role", "editor", stdin="sieben-segel\n")
    assert added.stdout == f"mia (editor) is in {file}\n"
    assert (
        user("add", "ole", stdin="grauer-kranich\n").returncode,
        file.stat().st_mode & 0o077,
    ) == (0, 0)
    token = user("token", "ole").stdout.strip()
    text = file.read_text()
    assert not any(secret in text for secret in ("sieben-segel", "grauer-kranich", token))
    accounts = Accounts(file)
    assert accounts.find_by_token(token).name == "ole"
    assert check_password("sieben-segel", accounts.find("MIA").password)
    # A role alone leaves the password.
    assert user("add", "ole", "--role", "editor").returncode == 0
    assert check_password("grauer-kranich", accounts.find("ole").password)
    listed = [json.loads(line) for line in user("list", "--json").stdout.splitlines()]
    assert listed[1] == {"name": "ole", "role": "editor", "tokens": 1}
    assert user("token", "ole", "--revoke").returncode == 0
    assert accounts.find_by_token(token) is None
    assert user("remove", "ole").returncode == 0
    assert accounts.find("ole") is None
    for wrong in (("remove", "ole"), ("token", "ole"), ("add", "a b"), ("add", "neu")):
        told = user(*wrong, stdin="kurz\n")
        assert (told.returncode, told.stderr.count("\n")) == (2, 1), told.stderr
    file.write_text("[]")
    told = user("list")
    assert (told.returncode, "no users' file" in told.stderr) == (2, True)


def test_sessions_outlast_a_restart_and_end_by_time(tmp_path):
    clock, account = Clock(), Account("mia", "reader", "kept")
    sessions = Sessions(Desk(tmp_path), 2, clock)
    token = sessions.begin(account)
    again = Sessions(Desk(tmp_path), 2, clock)
    assert again.recall(token) is None
    assert again.find(token) == again.recall(token) == ("mia", account.stamp)
    assert again.find(token[:-1]) is None
    assert token.encode() not in (tmp_path / "desk.sqlite").read_bytes()
    clock.now += 7199
    assert again.find(token) is not None
    clock.now += 1
    assert (again.recall(token), again.find(token)) == (None, None)


# Limits


def test_requests_come_back_with_time_and_each_key_has_its_own():
    clock = Clock()
    limit = RateLimit(60, clock)
    assert [limit.take("a") for _ in range(61)] == [0] * 60 + [1]
    assert limit.take("b") == 0
    clock.now += 2.5
    assert [limit.take("a") for _ in range(3)] == [0, 0, 1]
    assert {RateLimit(0, clock).take("a") for _ in range(999)} == {0}


def test_guesses_cost_more_and_more_time_and_a_right_one_is_forgiven():
    clock, brake, keys = Clock(), GuessBrake(), ("user:mia", "address:10.0.0.1")
    brake = GuessBrake(clock)
    assert [brake.begin(keys) for _ in range(9)] == [0] * 8 + [1]
    clock.now += 1
    assert brake.begin(keys) == 0
    assert brake.begin(keys) == 2
    clock.now += 2
    assert brake.begin(keys) == 0
    for _ in range(9):
        clock.now += 60
        assert brake.begin(keys) == 0
    # Others' guesses keep nobody out for long; an address that guesses at many waits longer.
    assert brake.begin(("user:mia", "address:10.0.0.2")) == 60
    for number in range(12):
        clock.now += 900
        brake.begin((f"user:{number}", keys[1]))
    assert brake.begin(("user:new", keys[1])) > 60
    brake.forgive("user:mia", "address:10.0.0.2")
    assert brake.begin(("user:mia", "address:10.0.0.2")) == 0
    clock.now += 3601
    assert brake.begin(keys) == 0


def test_an_address_of_ipv6_is_counted_by_its_network():
    assert name_address("2001:db8::1") == name_address("2001:db8::ffff:2")
    assert name_address("2001:db8::1") != name_address("2001:db8:0:1::1")
    assert name_address("::ffff:10.0.0.1") == name_address("10.0.0.1")


# Proxies


def arrive(entrance, peer="10.0.0.2", path="/x", **headers):
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "path": path, "headers": sent,
             "raw_path": path.encode()}  # fmt: skip
    return entrance.receive(scope)


PROXY = Entrance(read_networks(["10.0.0.0/24", "::1"]), "/w", "X-User")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("10.0.0.2", "10.0.0.1, 10.0.0.7", "10.0.0.1"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "1.1.1.1, <script>", "10.0.0.2"),
        ("10.0.0.2", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.2", "[2001:db8::9]:4711", "2001:db8::9"),
        ("::ffff:10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("::1", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
    ],
)
def test_a_client_is_the_last_that_no_trusted_proxy_is(peer, forwarded, address):
    assert arrive(PROXY, peer, x_forwarded_for=forwarded).address == address


def test_claims_count_from_trusted_addresses_alone_and_go_no_further():
    claims = {"x_forwarded_proto": "https", "X_User": "mia", "x_forwarded_host": "evil.example",
              "x_gradio_server": "http://evil.example", "accept": "*/*"}  # fmt: skip
    told, strange = arrive(PROXY, **claims), arrive(PROXY, "203.0.113.7", **claims)
    assert (told.claimed, told.scope["scheme"]) == ("mia", "https")
    assert (strange.claimed, strange.scope["scheme"]) == ("", "http")
    for arrival in (told, strange):
        assert arrival.scope["headers"] == [(b"accept", b"*/*")]
        assert arrival.is_relayed
    twice = arrive(PROXY)
    twice = PROXY.receive({**twice.scope, "client": ("10.0.0.2", 1),
                           "headers": [(b"x-user", b"a"), (b"x-user", b"mia")]})  # fmt: skip
    assert twice.claimed == ""


@pytest.mark.parametrize(
    ("path", "below"),
    [("/w/c/1", "/c/1"), ("/w", ""), ("/c/1", "/c/1"), ("/wx", "/wx"), ("/w/", "/")],
)
def test_the_root_path_is_cut_off_once_whoever_does_it(path, below):
    arrival = arrive(PROXY, path=path)
    assert (arrival.path, arrival.scope["path"]) == (below, f"/w{below}")
    assert arrival.scope["root_path"] == "/w"


# Doors


def make_settings(tmp_path, **given):
    return Settings(data=tmp_path, **given)


@pytest.mark.parametrize(
    ("host", "given", "words"),
    [
        ("0.0.0.0", {}, "--no-auth"),
        ("::", {}, "user add NAME --auth users.json"),
        ("192.0.2.1", {"allow_uploads": False}, "--auth-header NAME --trust-proxy ADDRESS"),
        ("127.0.0.1", {"allow_host": "news.example"}, "behind a proxy"),
        ("127.0.0.1", {"trust_proxy": "127.0.0.1"}, "behind a proxy"),
        ("127.0.0.1", {"auth_header": "X-User"}, "--trust-proxy ADDRESS"),
        ("127.0.0.1", {"auth_header": "X User", "trust_proxy": "::1"}, "no header's name"),
        ("127.0.0.1", {"auth_header": "X-User", "trust_proxy": "proxy"}, "no address"),
        ("127.0.0.1", {"no_auth": True, "auth": "users.json"}, "leave one out"),
        ("127.0.0.1", {"no_auth": True, "allow_host": "http://a.example"}, "no host's name"),
        ("127.0.0.1", {"root_path": "wortlaut"}, "like /wortlaut"),
        ("127.0.0.1", {"root_path": "/a/../b"}, "like /wortlaut"),
        ("127.0.0.1", {"root_path": "/a\nb"}, "like /wortlaut"),
        ("127.0.0.1", {"auth": "missing.json"}, "names no user"),
    ],
)
def test_doors_left_open_by_mistake_are_one_clear_line(tmp_path, host, given, words):
    with pytest.raises(ConfigError, match=words) as told:
        open_doors(make_settings(tmp_path, **given), host)
    assert "\n" not in str(told.value).replace("/a\\nb", "")


def test_a_server_for_others_says_on_the_command_line_what_is_missing(tmp_path):
    told = terminal.run("chat", "--host", "0.0.0.0", data=tmp_path)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "wortlaut user add NAME" in told.stderr
    wrong = terminal.run("chat", "--log-format", "xml", data=tmp_path)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_who_may_change_the_archive_and_how_often_one_may_ask_hangs_on_whom_it_is_for(tmp_path):
    own = make_settings(tmp_path)
    others = make_settings(tmp_path, no_auth=True, allow_host="news.example, other.example")
    signed = make_settings(tmp_path, auth_header="X-User", trust_proxy="10.0.0.1,10.1.0.0/16")
    allowed = [may_change_archive(one, "127.0.0.1") for one in (own, others, signed)]
    assert allowed == [True, False, True]
    assert not may_change_archive(make_settings(tmp_path, no_auth=True), "0.0.0.0")
    assert may_change_archive(make_settings(tmp_path, no_auth=True, allow_uploads=True), "0.0.0.0")
    doors = [open_doors(one, "127.0.0.1") for one in (own, others, signed)]
    assert [bool(door.a_minute) for door in doors] == [False, True, True]
    assert [door.has_sign_in for door in doors] == [False, False, True]
    assert {"news.example", "other.example", "localhost"} <= doors[1].hosts


def test_names_come_from_the_environment_between_commas(monkeypatch):
    monkeypatch.setenv("WORTLAUT_ALLOW_HOST", "a.example, b.example")
    monkeypatch.setenv("WORTLAUT_NO_AUTH", "1")
    settings = load_settings()
    assert (settings.allow_host, settings.no_auth) == (("a.example", "b.example"), True)
    assert settings.changed(port=1, allow_host=None).allow_host == settings.allow_host
    with pytest.raises(ConfigError, match="rate"):
        settings.changed(rate=-1)


def test_a_users_things_lie_where_no_browser_reaches():
    owner = Guest("mia").owner
    assert read_owner({"cookie": f"wortlaut={owner}"}) == owner
    assert owner != Guest("ole").owner
    assert Guest().owner == ""


# Logs


@pytest.mark.parametrize("with_questions", [True, False])
@pytest.mark.parametrize("log_format", ["json", "text"])
def test_questions_are_in_the_log_where_that_was_asked_for(log_format, with_questions):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_make_formatter(log_format, with_questions))
    question = "Wo liegt\nAaldorf?"
    try:
        raise ValueError(question)
    except ValueError as error:
        record = logging.LogRecord(
            "wortlaut.questions",
            20,
            "f",
            1,
            "question",
            (),
            (ValueError, error, error.__traceback__),
        )
    record.told = {"question": question, "ms": 12}
    handler.emit(record)
    written = stream.getvalue()
    assert ("Aaldorf" in written) == with_questions
    assert "ValueError" in written
    if log_format == "json":
        assert written.count("\n") == 1
        assert json.loads(written)["ms"] == 12


def test_the_audit_log_is_only_appended_to_and_read_past_damage(tmp_path):
    log = AuditLog(tmp_path)
    assert list(log.read()) == []
    log.note("removed", "mia", id="a\n1")
    with log.file.open("a") as end:
        end.write("{broken\n[1]\n")
    log.note("added", "", files=["x.txt"], added=1)
    assert [(entry["by"], entry["did"]) for entry in log.read()] == [
        ("mia", "removed"),
        (None, "added"),
    ]
    told = terminal.run("audit", data=tmp_path)
    assert len(told.stdout.splitlines()) == 2
    assert "mia removed id=a 1" in told.stdout
    assert len(terminal.run("audit", "--json", data=tmp_path).stdout.splitlines()) == 2


def test_an_audit_log_that_cannot_be_written_is_told_and_holds_up_nobody(tmp_path, caplog):
    (tmp_path / "audit.jsonl").mkdir()
    AuditLog(tmp_path).note("removed", "mia", id="1")
    assert "not in the audit log: removed of mia" in caplog.text


def test_what_the_command_line_indexes_is_written_down(tmp_path, write, monkeypatch):
    monkeypatch.setenv("WORTLAUT_READER", "none")
    file = write(
        "a.txt", "AALDORF (dpa) - Die Lotsin Ina Brand sagte am Montag, die Fähre fahre wieder."
    )
    done = terminal.run("index", file)
    assert done.returncode == 0, done.stderr
    (entry,) = AuditLog(load_settings().data).read()
    assert (entry["did"], entry["added"], entry["sources"]) == ("indexed", 1, [str(file)])
    assert entry["by"].endswith("(command line)")
    # What changes nothing is nothing that was done.
    assert terminal.run("index", file).returncode == 0
    assert len(list(AuditLog(load_settings().data).read())) == 1
