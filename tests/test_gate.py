"""The gate: a real server with sign-in, every route of it tried from outside, and what each role may do."""

from __future__ import annotations

import json
import logging
import re
import socket
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import anyio
import httpx
import pytest

from tests.chatdouble import PORT, Chat
from tests.test_app import open_app
from wortlaut.index.errors import StoreUnavailable
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.audit import AuditLog
from wortlaut.rag.desk.intake import Intake
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.gate.accounts import Account, Accounts, add_token, hash_password
from wortlaut.ui.gate.doors import Doors, open_doors
from wortlaut.ui.gate.gate import Gate
from wortlaut.ui.gate.handing import hurry
from wortlaut.ui.gate.limits import GuessBrake
from wortlaut.ui.gate.paths import STATE_PATH, UPLOAD_PATH

PASSWORDS = {"mia": "sieben-segel", "ole": "grauer-kranich"}
BATCH = "0123456789abcdef"
ARTICLE = "AALDORF (dpa) - Die Lotsin Ina Brand sagte am Montag, die Fähre fahre wieder.".encode()
# Nothing of these is the archive's or anybody's.
OPEN = {"/healthz", "/readyz", "/sign-in", "/sign-out"}


def make_accounts(file):
    """An editor and a reader, each with a token."""
    accounts, tokens = Accounts(file), {}
    for name, role in (("mia", "editor"), ("ole", "reader")):
        account, tokens[name] = add_token(
            Account(name, role, hash_password(PASSWORDS[name], log_n=1))
        )
        accounts.change(name, lambda found, account=account: account)
    return accounts, tokens


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def basic(name, password):
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


@contextmanager
def sign_in(address, name="mia", **headers):
    """A client that is signed in as a browser is."""
    with httpx.Client(base_url=address) as client:
        answer = client.post(
            "/sign-in", data={"name": name, "password": PASSWORDS[name]}, headers=headers
        )
        assert answer.status_code == 303, answer.text
        yield client


def upload(client, name="faehre.txt", **headers):
    sent = {"X-Wortlaut-Batch": BATCH, "X-Wortlaut-Name": name} | headers
    return client.post(UPLOAD_PATH, content=ARTICLE, headers=sent)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory, models):
    """A served archive to which two people may sign in: address, gate, settings, tokens."""
    data = tmp_path_factory.mktemp("newsroom")
    accounts, tokens = make_accounts(data / "users.json")
    settings = Settings(data=data, models=models, reader="none", upload_mb=1, auth=accounts.file)
    chat = open_chat(settings)
    intake = Intake(settings, chat.archive, is_allowed=True)
    doors = open_doors(settings, "127.0.0.1")
    gate = build_server(chat, Desk(data), settings, intake, doors)
    with open_app(gate) as address:
        yield address, gate, settings, tokens


def list_routes(routes, before=""):
    """Method and path of everything that is served, by mounted apps and included routers too."""
    for route in routes:
        path = before + re.sub(r"\{[^}]*\}", "x", getattr(route, "path", None) or "")
        if included := getattr(route, "original_router", None):
            yield from list_routes(included.routes, path)
        elif inner := getattr(getattr(route, "app", None), "routes", None):
            yield from list_routes(inner, path.rstrip("/"))
        else:
            for method in getattr(route, "methods", None) or ("GET",):
                yield method, path or "/"


def test_nothing_that_is_served_is_read_without_signing_in(newsroom):
    address, gate, _, _ = newsroom
    routes = set(list_routes(gate._app.routes))
    assert len(routes) > 50
    assert {("POST", "/gradio_api/queue/join"), ("GET", "/config"), ("POST", UPLOAD_PATH)} <= routes
    routes |= {("GET", path) for path in (
        "/", "/c/nobodyknowsthisone12", "/a/port", "/metrics", "/assets/index.js", "/api/v1/articles",
        "/v1/models", "/mcp", "//", "/x", "/Sign-in", "/sign-in/", "/sign-in/../config", "/healthz/x",
        "/%2e/config", "/sign-in;/config", "/healthz%2f..%2fconfig",
    )}  # fmt: skip
    routes |= {("POST", "/api/v1/ask"), ("POST", "/v1/chat/completions"), ("POST", "/mcp")}
    read = {}
    with httpx.Client(base_url=address) as client:
        for method, path in sorted(routes):
            answer = client.request(method, path, content=b"{}" if method == "POST" else None)
            is_away = answer.status_code == 303 and "/sign-in" in answer.headers["location"]
            if answer.status_code != 401 and not is_away:
                read[method, path] = answer.status_code
            assert "gradio" not in answer.text, (method, path)
    assert read == {}


@pytest.mark.parametrize(
    "headers",
    [
        bearer("wl_wrong"), bearer("x" * 4000), basic("mia", "wrong-password"), basic("nobody", "x" * 9),
        {"Authorization": "Basic ???"}, {"Authorization": "Digest mia"}, basic("mia", ""),
        {"Cookie": "wortlaut_session=x; wortlaut=user-x"}, {"X-Remote-User": "mia"},
        {"X-Forwarded-User": "mia"}, {"Cookie": f"wortlaut_session={'x' * 5000}"},
    ],
)  # fmt: skip
def test_what_proves_nobody_opens_nothing(newsroom, headers):
    assert httpx.get(f"{newsroom[0]}{STATE_PATH}", headers=headers).status_code == 401


def test_programs_sign_in_by_token_or_password_and_are_told_how(newsroom):
    address, _, _, tokens = newsroom
    for headers in (bearer(tokens["ole"]), basic("mia", PASSWORDS["mia"]),
                    basic("MIA", PASSWORDS["mia"])):  # fmt: skip
        assert httpx.get(f"{address}{STATE_PATH}", headers=headers).status_code == 200
    told = httpx.get(f"{address}/api/v1/articles")
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["status"] == 401
    assert told.headers["www-authenticate"].startswith("Basic")
    # No box of the browser's own over a page that asks by script.
    quiet = httpx.get(f"{address}{STATE_PATH}", headers={"Sec-Fetch-Mode": "cors"})
    assert quiet.headers["www-authenticate"] == "Bearer"
    assert httpx.get(f"{address}/v1/models").json()["error"]["code"] == "invalid_api_key"


def test_a_session_is_strict_and_ends_with_signing_out(newsroom):
    address = newsroom[0]
    with sign_in(address) as client:
        cookie = client.post(
            "/sign-in", data={"name": "mia", "password": PASSWORDS["mia"], "next": "/a/port"}
        )
        said = cookie.headers["set-cookie"]
        assert "; HttpOnly; SameSite=Strict" in said
        assert "Path=/;" in said
        assert "Max-Age=604800" in said
        assert "Secure" not in said
        assert cookie.headers["location"] == "/a/port"
        assert client.get(STATE_PATH).status_code == 200
        kept = client.cookies["wortlaut_session"]
        assert client.post("/sign-out").headers["location"] == "/sign-in"
        assert "wortlaut_session" not in client.cookies
    stolen = {"Cookie": f"wortlaut_session={kept}"}
    assert httpx.get(f"{address}{STATE_PATH}", headers=stolen).status_code == 401


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/\\evil.example", "/sign-in", "x", ""]
)
def test_signing_in_leads_to_the_pages_own_addresses_alone(newsroom, back):
    said = {"name": "mia", "password": PASSWORDS["mia"], "next": back}
    assert httpx.post(f"{newsroom[0]}/sign-in", data=said).headers["location"] == "/"


def test_the_way_to_sign_in_leads_back_and_speaks_the_browsers_language(newsroom):
    address = newsroom[0]
    away = httpx.get(f"{address}/c/nobodyknowsthisone12")
    assert away.headers["location"] == "/sign-in?next=/c/nobodyknowsthisone12"
    for tongue, word in (
        ("de", "Passwort"),
        ("en", "Password"),
        ("ru", "Пароль"),
        ("fr", "Password"),
    ):
        page = httpx.get(address + away.headers["location"], headers={"Accept-Language": tongue})
        assert word in page.text
        assert 'value="/c/nobodyknowsthisone12"' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    wrong = httpx.post(f"{address}/sign-in", data={"name": '"><b>', "password": "<b>"})
    assert wrong.status_code == 403
    assert "<b>" not in wrong.text
    assert httpx.post(f"{address}/sign-in", content=b"x" * 30_000).status_code == 413
    foreign = {"Origin": "http://evil.example"}
    said = {"name": "mia", "password": PASSWORDS["mia"]}
    assert httpx.post(f"{address}/sign-in", data=said, headers=foreign).status_code == 403


def test_another_password_or_a_removed_user_ends_sessions_and_tokens_at_once(newsroom):
    address, _, settings, _ = newsroom
    accounts = Accounts(settings.auth)
    account, token = add_token(Account("tim", "reader", hash_password("erstes-wort", log_n=1)))
    accounts.change("tim", lambda found: account)
    PASSWORDS["tim"] = "erstes-wort"
    with sign_in(address, "tim") as client:
        assert client.get(STATE_PATH).status_code == 200
        changed = replace(account, password=hash_password("zweites-wort", log_n=1))
        accounts.change("tim", lambda found: changed)
        assert client.get(STATE_PATH).status_code == 401
    assert httpx.get(f"{address}{STATE_PATH}", headers=bearer(token)).status_code == 200
    accounts.change("tim", lambda found: None)
    assert httpx.get(f"{address}{STATE_PATH}", headers=bearer(token)).status_code == 401


def test_a_damaged_users_file_lets_nobody_in_and_sign_in_goes_on_when_it_is_mended(newsroom):
    address, _, settings, tokens = newsroom
    text = settings.auth.read_text()
    settings.auth.write_text(text[: len(text) // 2])
    try:
        for headers in (bearer(tokens["mia"]), basic("mia", PASSWORDS["mia"]), {}):
            assert httpx.get(f"{address}/", headers=headers).status_code in (303, 503)
        tried = httpx.post(f"{address}/sign-in", data={"name": "mia", "password": PASSWORDS["mia"]})
        assert tried.status_code == 503
    finally:
        settings.auth.write_text(text)
    answer = httpx.get(f"{address}{STATE_PATH}", headers=bearer(tokens["mia"]))
    assert answer.status_code == 200


# Roles, and who did what


def test_an_editor_adds_and_removes_a_reader_does_not_and_it_is_written_down(newsroom):
    address, _, settings, tokens = newsroom
    with httpx.Client(base_url=address) as client:
        refused = upload(client, **bearer(tokens["ole"]))
        assert (refused.status_code, "editor" in refused.text) == (403, True)
        assert upload(client, **bearer(tokens["mia"])).status_code == 204
        log = AuditLog(settings.data)
        wait_until(lambda: any(entry["did"] == "added" for entry in log.read()))
        (article,) = open_chat(settings).archive.query("SELECT id FROM articles")
        there = f"/archive/article/{article[0]}"
        assert client.delete(there, headers=bearer(tokens["ole"])).status_code == 403
        assert client.delete(there).status_code == 401
        assert client.delete(there, headers=bearer(tokens["mia"])).status_code == 204
        assert client.delete(there, headers=bearer(tokens["mia"])).status_code == 404
    entries = list(log.read())
    assert [(entry["by"], entry["did"]) for entry in entries] == [
        ("mia", "received"), ("mia", "added"), ("mia", "removed"),
    ]  # fmt: skip
    assert entries[0]["file"] == "faehre.txt"
    assert entries[1]["added"] == 1
    assert entries[2]["id"] == article[0]
    assert log.file.stat().st_mode & 0o077 == 0


def wait_until(ready):
    import time

    for _ in range(600):
        if ready():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_readers_page_says_who_reads_and_offers_no_door(newsroom):
    address, _, _, tokens = newsroom
    shown = {}
    for name in PASSWORDS.keys() & {"mia", "ole"}:
        client = GradioSession(address, bearer(tokens[name]))
        client.call("start", ["/"])
        shown[name] = client.call("open_archive", [])
        # What a reader's page never offers does nothing when it is sent all the same.
        client.call("remove_held", [], {"id": "x"})
    assert 'type="file"' in shown["mia"]
    assert 'type="file"' not in shown["ole"]
    assert "make you an editor" in shown["ole"]


class GradioSession:
    """One open page, as far as its own events go: by the names of the functions they run."""

    def __init__(self, address, headers):
        self.client = httpx.Client(base_url=address, headers=headers, timeout=30)
        config = self.client.get("/config").json()
        self.numbers = {one["api_name"]: one["id"] for one in config["dependencies"]}
        self.hash = "s" + str(id(self))

    def call(self, name, data, event=None):
        number = self.numbers[name]
        body = {"data": [None, *data] if name != "start" else data, "fn_index": number,
                "session_hash": self.hash, "event_data": event}  # fmt: skip
        assert self.client.post("/gradio_api/queue/join", json=body).status_code == 200
        return self.listen()

    def listen(self):
        shown = ""
        with self.client.stream("GET", f"/gradio_api/queue/data?session_hash={self.hash}") as lines:
            for line in lines.iter_lines():
                shown += line
                if "process_completed" in line:
                    break
        return json.loads(json.dumps(shown)).replace('\\"', '"')


def test_conversations_are_the_users_wherever_they_sign_in(newsroom):
    address, _, _, tokens = newsroom
    asked = GradioSession(address, basic("mia", PASSWORDS["mia"]))
    asked.call("start", ["/"])
    asked.call("ask_any", [], {"question": "Who sails to Aaldorf?"})
    again = GradioSession(address, bearer(tokens["mia"]))
    assert "Who sails to Aaldorf?" in again.call("start", ["/"])
    other = GradioSession(address, bearer(tokens["ole"]))
    # Nor by saying that one is her.
    other.client.headers["Cookie"] = f"wortlaut={find_owner('mia')}"
    assert "Who sails to Aaldorf?" not in other.call("start", ["/"])


def test_who_overhears_the_name_of_a_page_gets_nothing_of_it(newsroom):
    address, _, _, tokens = newsroom
    asked = GradioSession(address, bearer(tokens["mia"]))
    asked.call("start", ["/"])
    asked.call("ask_any", [], {"question": "Who is the harbour master of Aaldorf?"})
    thief = GradioSession(address, bearer(tokens["ole"]))
    thief.hash = asked.hash
    there = f"/gradio_api/queue/data?session_hash={asked.hash}"
    assert thief.client.get(there).status_code == 403
    # Nor does a question of his follow hers, where her page is told of it.
    body = {"data": [None], "fn_index": thief.numbers["ask_any"], "session_hash": asked.hash,
            "event_data": {"question": "And then?"}}  # fmt: skip
    assert thief.client.post("/gradio_api/queue/join", json=body).status_code == 200
    told = asked.listen()
    assert "And then?" in told
    assert "harbour master" not in told


def find_owner(name):
    from wortlaut.ui.gate.guest import Guest

    return Guest(name).owner


def test_without_sign_in_nobody_takes_a_users_place():
    with open_app(build_server(Chat())) as address:
        join = f"{address}/gradio_api/queue/join"
        answer = httpx.post(join, json={}, headers={"Cookie": f"wortlaut={find_owner('mia')}"})
        # It is given another, as a browser that has none.
        assert "wortlaut=" in answer.headers["set-cookie"]


# Limits


def test_too_much_is_refused_with_when_to_go_on():
    with open_app(build_server(Chat(), doors=Doors(a_minute=5))) as address:
        answers = [httpx.get(f"{address}/config") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 12
        # What a page asks for all the time is not counted.
        assert {httpx.get(f"{address}{STATE_PATH}").status_code for _ in range(9)} == {200}


def test_guesses_are_slowed_down_for_the_user_and_the_address(tmp_path, monkeypatch):
    # No pause is over because a busy machine takes its time to hash.
    stopped = partial(GuessBrake, lambda: 0.0)
    monkeypatch.setattr("wortlaut.ui.gate.signin.GuessBrake", stopped)
    accounts, tokens = make_accounts(tmp_path / "users.json")
    settings = Settings(data=tmp_path, auth=accounts.file)
    with open_app(build_server(Chat(), doors=open_doors(settings, "127.0.0.1"))) as address:
        tried = [
            httpx.get(f"{address}/config", headers=basic("mia", f"guess-{n}")) for n in range(9)
        ]
        assert [answer.status_code for answer in tried] == [401] * 8 + [429]
        assert int(tried[-1].headers["retry-after"]) >= 1
        # Not even the right password is tried now; a token is no password.
        right = httpx.post(f"{address}/sign-in", data={"name": "mia", "password": PASSWORDS["mia"]})
        assert right.status_code == 429
        assert right.headers["retry-after"]
        assert httpx.get(f"{address}/config", headers=bearer(tokens["mia"])).status_code == 200
        assert (
            httpx.get(f"{address}/config", headers=basic("ole", PASSWORDS["ole"])).status_code
            == 200
        )
        others = [httpx.get(f"{address}/config", headers=basic(f"n{n}", "x")) for n in range(12)]
        assert others[-1].status_code == 429


def test_no_more_is_answered_at_once_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("wortlaut.ui.gate.gate._MOST_EACH", 2)
    statuses = anyio.run(ask_at_once)
    assert statuses["at once"] == [503]
    # When there is room again, all is well.
    assert statuses["later"] == [200, 200, 200]


async def ask_at_once():
    """What three requests to an app that waits get, and a third once more when two are answered."""
    arrived, go = anyio.Semaphore(0), anyio.Event()

    async def app(scope, receive, send):
        arrived.release()
        await go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gate = Gate(app, Doors(), Chat().archive)
    transport = httpx.ASGITransport(gate)
    statuses = {"at once": [], "later": []}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:

        async def ask(into):
            answer = await client.get("/config")
            if answer.status_code == 503:
                assert answer.headers["retry-after"]
            statuses[into].append(answer.status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(ask, "later")
                await arrived.acquire()
            await ask("at once")
            go.set()
        await ask("later")
    return statuses


def make_request(*pieces):
    """A receive of these pieces of a body, after which nothing ever comes."""
    left = list(pieces)

    async def receive():
        if not left:
            await anyio.sleep_forever()
        body, more = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": more}

    return receive


def test_who_never_sends_all_of_a_request_is_not_waited_for():
    async def read_slow():
        receive = hurry(make_request((b"x" * 40, True)), patience_s=0.01)
        return [(await receive())["type"] for _ in range(3)]

    async def read_whole():
        receive = hurry(make_request((b"x", True), (b"y", False)), patience_s=0.01)
        pieces = [(await receive())["body"] for _ in range(2)]
        # Then it is waited for whoever sent it to go, as long as that takes.
        with anyio.move_on_after(0.1) as waited:
            await receive()
        return pieces, waited.cancelled_caught

    assert anyio.run(read_slow) == ["http.request", "http.disconnect", "http.disconnect"]
    assert anyio.run(read_whole) == ([b"x", b"y"], True)


def test_a_sign_in_that_is_cut_off_is_no_fault_of_ours(newsroom, monkeypatch, caplog):
    address, _, _, _ = newsroom
    monkeypatch.setattr("wortlaut.ui.gate.gate.hurry", lambda receive: hurry(receive, 0.05))
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\nname=mia"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 408 ")
    assert "Traceback" not in caplog.text


# Health, figures, logs


def test_health_and_readiness_tell_nothing_else(newsroom):
    for path in ("/healthz", "/readyz"):
        answer = httpx.get(newsroom[0] + path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_server_whose_archive_is_gone_is_alive_and_not_ready():
    chat = Chat()

    def fail():
        raise StoreUnavailable("/secret/place: gone")

    with open_app(build_server(chat)) as address:
        chat.archive.count_articles = fail
        assert httpx.get(f"{address}/healthz").status_code == 200
        answer = httpx.get(f"{address}/readyz")
    assert (answer.status_code, "secret" in answer.text) == (503, False)


def test_figures_count_questions_and_abstentions_and_hold_no_words(newsroom):
    address, _, _, tokens = newsroom
    asked = GradioSession(address, bearer(tokens["mia"]))
    asked.call("start", ["/"])
    asked.call("ask_any", [], {"question": "Was sagte Ina Brand über Moorbirken?"})
    text = httpx.get(f"{address}/metrics", headers=bearer(tokens["ole"])).text
    figures = dict(re.findall(r"^(wortlaut_\S+) (\S+)$", text, re.M))
    assert float(figures['wortlaut_questions_total{mode="extractive",outcome="abstained"}']) >= 1
    assert any(name.startswith("wortlaut_abstentions_total{reason=") for name in figures)
    assert float(figures['wortlaut_answer_seconds_count{mode="extractive"}']) >= 1
    assert {f'wortlaut_archive{{what="{what}"}}' for what in ("articles", "passages")} <= set(
        figures
    )
    assert not re.search("Brand|Moorbirken|mia|ole", text)


def test_without_sign_in_figures_are_for_this_machine():
    with open_app(build_server(Chat())) as address:
        assert httpx.get(f"{address}/metrics").status_code == 200
        passed_on = {"X-Forwarded-For": "203.0.113.9"}
        assert httpx.get(f"{address}/metrics", headers=passed_on).status_code == 404
    with open_app(build_server(Chat(), doors=Doors(shows_figures=True))) as address:
        assert httpx.get(f"{address}/metrics", headers=passed_on).status_code == 200


def test_what_fails_in_the_page_is_told_in_the_log_alone(newsroom, caplog, capfd):
    address, _, _, tokens = newsroom
    page = GradioSession(address, bearer(tokens["ole"]))
    page.numbers["none"] = next(
        one["id"]
        for one in page.client.get("/config").json()["dependencies"]
        if not one["backend_fn"]
    )
    assert '"success":false' in page.call("none", [])
    assert "Traceback" not in capfd.readouterr().err
    (failed,) = [record for record in caplog.records if record.exc_info]
    assert failed.getMessage() == "an event of the page failed"


def test_logs_hold_no_secret_and_no_question(newsroom, caplog):
    address, _, _, tokens = newsroom
    caplog.set_level(logging.INFO)
    with sign_in(address) as client:
        session = client.cookies["wortlaut_session"]
        client.get("/c/nobodyknowsthisone12")
    httpx.get(f"{address}{STATE_PATH}?tongue=geheim", headers=bearer(tokens["mia"]))
    httpx.get(f"{address}{STATE_PATH}", headers=basic("mia", "falsches-wort"))
    asked = GradioSession(address, bearer(tokens["mia"]))
    asked.call("start", ["/"])
    asked.call("ask_any", [], {"question": "Wo liegt Unterwasserbach?"})
    told = "\n".join(
        f"{record.getMessage()} {getattr(record, 'told', '')}"
        for record in caplog.records
        if record.name not in ("wortlaut.questions", "httpx")
    )
    assert "'user': 'mia'" in told
    assert "'path': '/c/…'" in told
    for secret in (session, tokens["mia"], *PASSWORDS.values(), "falsches-wort", "geheim",
                   "nobodyknowsthisone", "Unterwasserbach"):  # fmt: skip
        assert secret not in told


def test_the_page_is_the_page_still_and_a_stranger_sees_no_article():
    with open_app(build_server(Chat())) as address:
        page = httpx.get(address)
        assert page.status_code == 200
        assert PORT.title not in page.text
