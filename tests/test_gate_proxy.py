"""A newsroom's server behind a real nginx: a DNS name, a sub-path, TLS, sign-in; once in a real browser."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.chatdouble import ARTICLES, Chat
from tests.ports import find_port
from tests.test_app import find, open_app, open_browser
from tests.test_gate import PASSWORDS, STATE_PATH, bearer, make_accounts
from wortlaut.rag.config import Settings
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.gate.doors import open_doors

HERE = Path(__file__).parent
NAME = "news.example"
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")

# As docs/deploy.md has it, but for the lines that a user without root needs.
CONFIG = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name {name};
    ssl_certificate {pem}; ssl_certificate_key {pem};
    client_max_body_size 500m;
    location {root}/ {{
      proxy_pass {address};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      {more}
      proxy_buffering off;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""


@contextmanager
def run_nginx(folder, address, root, more=""):
    """The port at which nginx passes on what is asked of it under the root path."""
    if NGINX is None:
        pytest.skip("no nginx on this machine")
    port = find_port()
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, name=NAME, root=root, address=address, more=more,
                      pem=HERE / "loopback_server.pem")
    )  # fmt: skip
    process = subprocess.Popen([NGINX, "-c", config, "-p", folder], stderr=subprocess.PIPE)
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


def wait_for_port(port, process):
    import socket
    import time

    for _ in range(200):
        assert process.poll() is None, process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nginx never listened")


def open_client(port, name=NAME, **headers):
    context = ssl.create_default_context(cafile=HERE / "loopback_ca.pem")
    return httpx.Client(
        base_url=f"https://127.0.0.1:{port}",
        verify=context,
        headers={"Host": f"{name}:{port}"} | headers,
    )


@contextmanager
def open_newsroom(folder, root="/wortlaut", more="", pass_root="/wortlaut", **flags):
    """The port of an nginx before a served page, and the tokens of its users."""
    accounts, tokens = make_accounts(folder / "users.json")
    settings = Settings(
        data=folder, auth=None if "auth_header" in flags else accounts.file, allow_host=(NAME,),
        trust_proxy=("127.0.0.1",), root_path=root, **flags,
    )  # fmt: skip
    gate = build_server(Chat(ARTICLES), doors=open_doors(settings, "127.0.0.1"))
    with open_app(gate) as address, run_nginx(folder, address + pass_root, root, more) as port:
        yield port, tokens


# The proxy hands the whole path on, or cuts the root off.
@pytest.fixture(scope="module", params=["", "/"])
def newsroom(request, tmp_path_factory):
    with open_newsroom(tmp_path_factory.mktemp("nginx"), pass_root=request.param) as found:
        yield found


def test_everything_is_under_the_path_and_named_as_the_proxy_is(newsroom):
    port, tokens = newsroom
    home = f"https://{NAME}:{port}/wortlaut"
    with open_client(port) as client:
        assert client.get("/").status_code in (403, 404)
        assert client.get("/wortlaut/healthz").text == "ok\n"
        away = client.get("/wortlaut/a/port")
        assert away.headers["location"] == "/wortlaut/sign-in?next=/a/port"
        said = {"name": "mia", "password": PASSWORDS["mia"], "next": "/a/port"}
        let_in = client.post(
            "/wortlaut/sign-in", data=said, headers={"Origin": f"https://{NAME}:{port}"}
        )
        assert let_in.headers["location"] == "/wortlaut/a/port"
        cookie = let_in.headers["set-cookie"]
        assert "Path=/wortlaut;" in cookie
        assert cookie.endswith("; Secure")
    with open_client(port, **bearer(tokens["mia"])) as client:
        for path in ("/", "/a/port", "/c/nobodyknowsthisone12"):
            page = client.get(f"/wortlaut{path}")
            assert '<base href="/wortlaut/" />' in page.text
            assert f'"root":"{home}"' in page.text
        assert client.get("/wortlaut/theme.css").status_code == 200
        assert client.get(f"/wortlaut{STATE_PATH}").json()["held"]
        assert client.get("/wortlaut/export/quotes/json").status_code == 200
        assert client.get("/wortlaut/config").json()["root"] == home
        assert client.delete("/wortlaut/archive/article/x").status_code == 403  # no intake
        assert client.get("/wortlaut/gradio_api/info").status_code == 200


def test_other_names_and_foreign_pages_are_turned_away(newsroom):
    port, tokens = newsroom
    with open_client(port, name="evil.example", **bearer(tokens["mia"])) as client:
        assert client.get("/wortlaut/").status_code == 400
    with open_client(port, **bearer(tokens["mia"])) as client:
        # Nor does a claim to have come by another name help.
        claims = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
        assert "evil" not in client.get("/wortlaut/config", headers=claims).text
        foreign = {"Origin": f"https://evil.example:{port}"}
        assert (
            client.post("/wortlaut/gradio_api/queue/join", json={}, headers=foreign).status_code
            == 403
        )


def test_a_trusted_proxy_names_the_user_and_nobody_else_can(tmp_path):
    more = "proxy_set_header X-Remote-User $arg_as;"
    named = {"auth_header": "X-Remote-User", "editors": ("Mia",)}
    with (
        open_newsroom(tmp_path, more=more, pass_root="", **named) as (port, _),
        open_client(port) as client,
    ):
        assert client.get(f"/wortlaut{STATE_PATH}?as=mia").status_code == 200
        assert client.get(f"/wortlaut{STATE_PATH}").status_code == 401
        # nginx puts its own word in place of what the client says.
        lied = client.get(f"/wortlaut{STATE_PATH}", headers={"X-Remote-User": "mia"})
        assert lied.status_code == 401
        assert client.delete("/wortlaut/archive/article/x?as=ole").text.startswith("readers")
        assert not client.delete("/wortlaut/archive/article/x?as=mia").text.startswith("readers")


@pytest.mark.parametrize("newsroom", ["/"], indirect=True)
def test_in_a_browser_one_signs_in_asks_and_signs_out_behind_the_proxy(newsroom, tmp_path):
    port, _ = newsroom
    flags = ("--ignore-certificate-errors", f"--host-resolver-rules=MAP {NAME} 127.0.0.1")
    home = f"https://{NAME}:{port}/wortlaut"
    with open_browser(tmp_path, f"{home}/a/port", flags) as browser:
        browser.wait_for(find("input[name=password]"))
        browser.run(
            "document.querySelector('[name=name]').value = 'ole'; document.querySelector("
            f"'[name=password]').value = '{PASSWORDS['ole']}'; document.forms[0].submit()"
        )
        browser.wait_for("document.querySelector('#source h2')?.innerText.startsWith('Aldora')")
        assert browser.run("location.pathname") == "/wortlaut/a/port"
        browser.wait_for(find(".welcome .example"))
        browser.ask("What did Talberg say?", 0)
        browser.wait_for("location.pathname.startsWith('/wortlaut/c/')")
        browser.wait_for(find("#shelf .talks a[aria-current=page]"))
        assert browser.run(
            "document.querySelector('#shelf .talks a').pathname === location.pathname"
        )
        browser.run("document.querySelector('#header [data-panel=settings]').click()")
        browser.wait_for(find("#settings [data-press=sign-out]"))
        assert "ole" in browser.run("document.querySelector('.signed-in').innerText")
        assert browser.run("document.cookie.includes('session')") is False
        browser.run("document.querySelector('[data-press=sign-out]').click()")
        browser.wait_for(find("input[name=password]"))
        asked = {url for url in browser.requests if url.startswith("http")}
        # A browser asks for that by itself.
        asked -= {f"https://{NAME}:{port}/favicon.ico"}
        assert {url for url in asked if not url.startswith(home)} == set()
