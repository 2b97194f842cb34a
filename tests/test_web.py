"""Fetching addresses: whom it asks, what it refuses, and how little it asks for."""

import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter

import pytest
from webserver import serve_site

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import SourceNotice
from wortlaut.index.web.addresses import (
    FetchLimits,
    WebRequest,
    find_hosts,
    is_public,
    is_web_address,
    read_address,
)
from wortlaut.index.web.fetching import Fetcher
from wortlaut.index.web.reading import Unchanged, Visited, WebReader

QUICK = FetchLimits(size=200_000, time_s=5, pause_s=0)
DAMM = "Der Damm von Brakkum hält, sagte Oda Falk am Freitag."
HAFEN = "Der Hafen von Lannholt wird teurer, sagte Jan Ede."


@pytest.fixture
def site():
    with serve_site() as site:
        yield site


@pytest.fixture
def fetcher():
    return Fetcher(allow_private=True, limits=QUICK)


class Memory:
    """An archive's memory of addresses and articles, and a reader that fills it."""

    def __init__(self):
        self.visits, self.articles = {}, {}

    def read(self, *addresses, follow=False):
        request = WebRequest(addresses, follow, True, QUICK)
        found = list(WebReader(request, self.visits.get, self.articles.get, "1").read())
        for item in found:
            if isinstance(item, Visited):
                self.visits[item.address] = item.visit
            elif isinstance(item, Article):
                self.articles[item.id] = item
        return found


def take(found, kind):
    return [item for item in found if isinstance(item, kind)]


def refuse(fetcher, address):
    with pytest.raises(SourceError) as raised:
        fetcher.fetch(address)
    assert ";" in raised.value.reason
    return raised.value.reason


# Which hosts


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "::1",
        "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
        "no address", "",
    ],
)  # fmt: skip
def test_an_address_within_a_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "193.99.144.80", "2a00:1450:4001::1", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


def test_this_machine_is_asked_only_where_that_is_allowed(site):
    address = site.put("/a.txt", DAMM)
    assert "--allow-private" in refuse(Fetcher(limits=QUICK), address)
    assert "--allow-private" in refuse(Fetcher(limits=QUICK), site.at("/a.txt", "localhost"))
    assert site.asked == []
    assert Fetcher(allow_private=True, limits=QUICK).fetch(address).body.decode() == DAMM


def test_a_name_is_looked_up_once_and_the_machine_asked_that_was_looked_at(site, monkeypatch):
    address = site.put("/a.txt", DAMM).replace("127.0.0.1", "bote.example")
    site.put("/robots.txt", "")
    asked = []

    def look_up(host, port, *rest, **options):
        if host == "bote.example":
            asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    assert Fetcher(allow_private=True, limits=QUICK).fetch(address).final == address
    assert len(asked) == len(site.asked) == 2
    assert site.headers[-1]["host"] == f"bote.example:{site.port}"
    with pytest.raises(SourceError, match="no address of the public internet"):
        find_hosts(read_address(address), allow_private=False)


def test_a_name_with_one_private_machine_among_others_is_refused(monkeypatch):
    rows = [(2, 1, 6, "", (host, 80)) for host in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *values, **options: rows)
    with pytest.raises(SourceError, match=r"leads to 10\.0\.0\.1"):
        find_hosts(read_address("http://bote.example/"), allow_private=False)
    found = find_hosts(read_address("http://bote.example/"), allow_private=True)
    assert found == ["93.184.216.34", "10.0.0.1"]


def test_each_hop_of_a_redirection_is_looked_at(site, monkeypatch):
    site.put("/weg", "", status=302, Location=site.at("/ziel.txt", "intern.example"))
    site.put("/ziel.txt", DAMM)
    monkeypatch.setattr(
        "wortlaut.index.web.fetching.find_hosts",
        lambda url, allow_private: find_hosts(url, allow_private=url.host != "intern.example"),
    )
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda host, port, *rest, **options: [(2, 1, 6, "", ("127.0.0.1", port))],
    )
    reason = refuse(Fetcher(limits=QUICK), site.at("/weg"))
    assert reason.startswith("by way of http://intern.example")
    assert site.count("/ziel.txt") == 0


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://bote.example/a", "only http"), ("file:///etc/hosts", "only http"),
        ("gopher://bote.example/", "only http"), ("https://", "no address"),
        ("https:/bote.example/a", "no address"), ("http://[::1/", "no address"),
        ("https://ich:geheim@bote.example/", "password"), ("http://bote.example:99999/", "no address"),
        ("https://bote.example/" + "a" * 3000, "no address"),
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_one_line(address, words):
    assert is_web_address(address)
    with pytest.raises(SourceError) as raised:
        read_address(address)
    assert words in raised.value.reason
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    "path", ["a.txt", "/tmp/a", "./https", "C:\\a", "c:/a", "http", "a:b", "-"]
)
def test_a_path_is_no_address(path):
    assert not is_web_address(path)


def test_an_address_is_one_however_it_is_written():
    assert str(read_address(" HTTPS://Bote.Example#oben")) == "https://bote.example/"
    assert str(read_address("https://bote.example/a%2Fb?c=d#e")) == "https://bote.example/a%2Fb?c=d"


# How it asks


def test_it_says_who_it_is_and_sends_nothing_of_ours(site, fetcher, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.put("/a.txt", DAMM, Set_Cookie="a=b")
    fetcher.fetch(site.at("/a.txt"))
    fetcher.fetch(site.at("/a.txt"))
    assert {headers["user-agent"].partition("/")[0] for headers in site.headers} == {"Wortlaut"}
    assert not any(
        {"cookie", "authorization", "referer"} & headers.keys() for headers in site.headers
    )
    assert site.asked == ["/robots.txt", "/a.txt", "/a.txt"]


def test_robots_are_respected(site, fetcher):
    site.put(
        "/robots.txt", "User-agent: *\nDisallow: /geheim\n\nUser-agent: Wortlaut\nDisallow: /nie\n"
    )
    site.put("/geheim", DAMM)
    site.put("/nie", DAMM)
    assert fetcher.fetch(site.at("/geheim")).body
    assert "robots.txt" in refuse(fetcher, site.at("/nie"))
    assert site.count("/nie") == 0
    site.put("/weg", "", status=301, Location="/nie")
    assert "robots.txt" in refuse(fetcher, site.at("/weg"))
    assert site.count("/nie") == 0


@pytest.mark.parametrize(
    ("status", "is_read"), [(404, True), (403, True), (500, False), (503, False)]
)
def test_a_host_without_robots_is_free_and_a_failing_one_is_left_alone(
    site, fetcher, status, is_read
):
    site.put("/robots.txt", "", status=status)
    address = site.put("/a.txt", DAMM)
    if is_read:
        assert fetcher.fetch(address)
    else:
        assert "robots.txt cannot be read" in refuse(fetcher, address)
        assert site.count("/a.txt") == 0


def test_robots_may_have_moved_and_be_too_long(site, fetcher):
    site.put("/robots.txt", "", status=302, Location="/r.txt")
    site.put("/r.txt", "User-agent: *\nDisallow: /nie\n" + "# x\n" * 200_000)
    site.put("/nie", DAMM)
    assert "robots.txt asks" in refuse(fetcher, site.at("/nie"))


def test_a_host_rests_between_two_questions(site):
    fetcher = Fetcher(allow_private=True, limits=FetchLimits(pause_s=0.3))
    address = site.put("/a.txt", DAMM)
    started = perf_counter()
    fetcher.fetch(address)
    first = perf_counter() - started
    fetcher.fetch(address)
    assert perf_counter() - started - first > 0.2


def test_a_host_may_ask_for_longer_pauses(site, monkeypatch):
    slept = []
    monkeypatch.setattr("wortlaut.index.web.fetching.sleep", slept.append)
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 7\n")
    address = site.put("/a.txt", DAMM)
    fetcher = Fetcher(allow_private=True, limits=QUICK)
    fetcher.fetch(address)
    fetcher.fetch(address)
    assert 6 < max(slept) <= 7


# What it takes


def test_redirections_end(site, fetcher):
    site.put("/1", "", status=301, Location="/2")
    site.put("/2", "", status=308, Location=site.at("/a.txt"))
    site.put("/a.txt", DAMM)
    page = fetcher.fetch(site.at("/1"))
    assert (page.address, page.final) == (site.at("/1"), site.at("/a.txt"))
    site.put("/kreis", "", status=302, Location="/kreis")
    assert "from address to address" in refuse(fetcher, site.at("/kreis"))
    assert site.count("/kreis") == 6
    site.put("/datei", "", status=302, Location="file:///etc/hosts")
    assert "only http" in refuse(fetcher, site.at("/datei"))


def test_what_is_too_large_is_left_before_its_end(site, fetcher):
    def pour(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 100_000)

    assert "0 MB" in refuse(fetcher, site.call("/viel", pour))


def test_what_is_packed_small_is_not_unpacked_whole(site, fetcher):
    packed = gzip.compress(b"x" * 50_000_000)
    assert len(packed) < 60_000
    site.put("/bombe", packed, Content_Encoding="gzip")
    started = perf_counter()
    assert "MB" in refuse(fetcher, site.at("/bombe"))
    assert perf_counter() - started < 3


def test_what_is_packed_is_unpacked(site, fetcher):
    site.put("/a.txt", gzip.compress(DAMM.encode()), Content_Encoding="gzip")
    assert fetcher.fetch(site.at("/a.txt")).body.decode() == DAMM
    site.put("/kaputt", b"nicht gepackt", Content_Encoding="gzip")
    assert "broken" in refuse(fetcher, site.at("/kaputt"))
    site.put("/halb", gzip.compress(DAMM.encode())[:-9], Content_Encoding="gzip")
    assert "breaks off" in refuse(fetcher, site.at("/halb"))
    site.put("/br", b"...", Content_Encoding="br")
    assert "packed as 'br'" in refuse(fetcher, site.at("/br"))


@pytest.mark.parametrize("part", ["headers", "body"])
def test_what_comes_letter_by_letter_is_given_up(site, part):
    stop = threading.Event()

    def drip(handler):
        start = b"HTTP/1.1 200 OK\r\nX: " if part == "headers" else b"HTTP/1.1 200 OK\r\n\r\n"
        handler.wfile.write(start)
        while not stop.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    fetcher = Fetcher(allow_private=True, limits=FetchLimits(time_s=0.5, pause_s=0))
    started = perf_counter()
    reason = refuse(fetcher, site.call("/tropf", drip))
    stop.set()
    assert "takes too long" in reason
    assert perf_counter() - started < 5


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "not open to all"), (403, "save it in a browser"), (404, "check the address"),
     (410, "not there"), (429, "try again later"), (500, "try again later"), (204, "no page")],
)  # fmt: skip
def test_a_host_that_answers_otherwise_is_one_line(site, fetcher, status, words):
    reason = refuse(fetcher, site.put("/x", "" if status == 204 else "nein", status=status))
    assert words in reason
    assert str(status) in reason


def test_a_host_that_is_not_there_is_one_line(site, fetcher, monkeypatch):
    from ports import find_port

    assert "no connection" in refuse(fetcher, f"http://127.0.0.1:{find_port()}/a")
    assert "is not found" in refuse(fetcher, "http://gibt-es-nicht.invalid/")
    assert "breaks off" in refuse(
        fetcher, site.call("/unfug", lambda handler: handler.wfile.write(b"?!\r\n"))
    )
    assert "holds nothing" in refuse(fetcher, site.put("/leer", " "))


def test_what_has_not_changed_is_not_sent_again(site, fetcher):
    address = site.put("/a.txt", DAMM, ETag='"1"', Last_Modified="Fri, 21 Jan 2022 11:47:00 GMT")
    page = fetcher.fetch(address)
    assert fetcher.fetch(address, page.etag, None) is None
    assert fetcher.fetch(address, None, page.modified) is None
    assert fetcher.fetch(address, '"2"', None).body


# What becomes of it


def test_a_page_is_an_article_known_by_its_address(site):
    (article, visited) = Memory().read(site.put("/damm.txt", DAMM) + "#oben")
    assert article.path == article.url == site.at("/damm.txt") == visited.address
    assert article.text == DAMM


def test_a_page_in_another_encoding_is_read(site):
    address = site.put(
        "/a.txt", "Größe zählt in Köln.".encode("cp1252"), "text/plain; charset=windows-1252"
    )
    found = Memory().read(address)
    assert found[0].text == "Größe zählt in Köln."
    other = site.put("/b.txt", "Плотина держится.".encode("koi8-r"), 'text/plain; charset="KOI8-R"')
    assert Memory().read(other)[0].text == "Плотина держится."
    odd = site.put("/c.txt", DAMM, "text/plain; charset=gibtesnicht")
    assert Memory().read(odd)[0].text == DAMM


def test_a_kind_that_is_not_read_is_one_line(site):
    address = site.put("/bild", b"\x89PNG\r\n", "image/png")
    (error,) = Memory().read(address)
    assert isinstance(error, SourceError)
    assert error.path == address


def test_a_page_that_has_not_changed_is_not_read_again(site):
    memory = Memory()
    marked = site.put("/a.txt", DAMM, ETag='"1"')
    plain = site.put("/b.txt", HAFEN)
    assert len(take(memory.read(marked, plain), Article)) == 2
    assert memory.read(marked, plain) == [Unchanged(marked), Unchanged(plain)]
    site.put("/a.txt", DAMM + " Und so.", ETag='"2"')
    (article,) = take(memory.read(marked), Article)
    assert article.text.endswith("Und so.")
    assert len(memory.articles) == 2


def item(n, text, title="Titel", more=""):
    return f"<item><title>{title}</title><link>/{n}.txt</link><guid>g{n}</guid><pubDate>Fri, 21 Jan 2022 11:47:00 +0100</pubDate><description>{text}</description>{more}</item>"


def put_feed(site, *items, kind="application/rss+xml", **headers):
    link = site.at("/")
    body = f"<rss version='2.0'><channel><title>Bote</title><link>{link}</link><language>de</language>{''.join(items)}</channel></rss>"
    return site.put("/feed", body, kind, **headers)


@pytest.mark.parametrize(
    "kind",
    ["application/rss+xml", "text/xml", "text/html", "text/plain", "application/octet-stream"],
)
def test_a_feed_is_its_entries_and_only_it_is_asked_for(site, kind):
    address = put_feed(
        site, item(1, "Der Damm hält."), item(2, "Der Hafen wird teurer."), kind=kind
    )
    found = Memory().read(address)
    first, second = take(found, Article)
    assert (first.text, first.source) == ("Titel\n\nDer Damm hält.", "Bote")
    assert first.path == first.url == site.at("/1.txt")
    assert str(second.published) == "2022-01-21"
    assert "--follow" in take(found, SourceNotice)[0].text
    assert site.asked == ["/robots.txt", "/feed"]


def test_the_pages_behind_a_feed_are_read_on_request(site):
    address = put_feed(site, item(1, "Kurz."), item(2, "Teurer."))
    site.put("/1.txt", DAMM)
    site.put("/2.txt", HAFEN)
    found = Memory().read(address, follow=True)
    first, second = take(found, Article)
    assert (first.text, second.text) == (DAMM, HAFEN)
    assert (first.source, str(first.published), first.language) == ("Bote", "2022-01-21", "de")
    assert not take(found, SourceNotice)


def test_a_page_takes_the_place_of_its_summary_and_keeps_it(site):
    memory = Memory()
    address = put_feed(site, item(1, "Kurz."))
    memory.read(address)
    site.put("/1.txt", DAMM)
    memory.read(address, follow=True)
    (article,) = memory.articles.values()
    assert article.text == DAMM
    put_feed(site, item(1, "Kürzer."))
    assert not take(memory.read(address), Article)
    memory.read(site.at("/1.txt"))
    assert len(memory.articles) == 1


def test_a_second_run_over_a_feed_asks_for_what_is_new_alone(site):
    memory = Memory()
    address = put_feed(site, item(1, "Kurz."), ETag='"1"')
    site.put("/1.txt", DAMM)
    memory.read(address, follow=True)
    del site.asked[:]
    assert memory.read(address, follow=True) == [Unchanged(address)]
    put_feed(site, item(2, "Teurer."), item(1, "Kurz."), ETag='"2"')
    site.put("/2.txt", HAFEN)
    (article,) = take(memory.read(address, follow=True), Article)
    assert article.text == HAFEN
    assert (site.count("/1.txt"), site.count("/2.txt")) == (0, 1)


def test_a_page_that_cannot_be_had_is_named_and_its_entry_kept(site):
    memory = Memory()
    address = put_feed(site, item(1, "Der Damm hält."), item(2, "Teurer."))
    site.put("/2.txt", HAFEN)
    found = memory.read(address, follow=True)
    (error,) = take(found, SourceError)
    assert (error.path, "404" in error.reason) == (site.at("/1.txt"), True)
    assert [a.text for a in take(found, Article)] == ["Titel\n\nDer Damm hält.", HAFEN]
    site.put("/1.txt", DAMM)
    assert [a.text for a in take(memory.read(address, follow=True), Article)] == [DAMM]


def test_entries_that_share_a_page_are_articles_of_their_own(site):
    address = put_feed(site, item(1, "Eins."), item(2, "Zwei.").replace("/2.txt", "/1.txt#zwei"))
    found = take(Memory().read(address, follow=True), Article)
    assert [a.text for a in found] == ["Titel\n\nEins.", "Titel\n\nZwei."]
    assert {a.path for a in found} == {address}
    assert site.count("/1.txt") == 0


def test_a_wrong_address_keeps_no_other_from_being_read(site):
    good = site.put("/a.txt", DAMM)
    found = Memory().read("ftp://bote.example/", site.at("/fehlt"), good)
    assert len(take(found, SourceError)) == 2
    assert len(take(found, Article)) == 1


# The command line


def index(site, data, *arguments):
    from terminal import run

    return run("index", "--allow-private", *arguments, data=data)


def test_an_address_is_indexed_once_and_not_again(site, tmp_path):
    data = tmp_path / "data"
    address = site.put("/damm.txt", DAMM, ETag='"1"')
    done = index(site, data, address)
    assert done.returncode == 0, done.stderr
    assert "1 added" in done.stdout
    again = index(site, data, address)
    assert "1 file (1 unchanged)" in again.stdout
    assert "0 passages" in again.stdout
    archive = Archive(data)
    assert archive.list_paths() == [address]
    site.put("/damm.txt", "", status=404)
    assert index(site, data, address).returncode == 1
    assert archive.list_paths() == [address]


def test_prune_never_takes_out_what_came_from_an_address(site, tmp_path, write):
    data = tmp_path / "data"
    address = site.put("/damm.txt", DAMM)
    file = write("hafen.txt", HAFEN)
    assert index(site, data, address, file.parent).returncode == 0
    file.unlink()
    write("anderes.txt", "Der Kanal ist frei, sagte Oda Falk.")
    from terminal import run

    for arguments in (["--prune", file.parent], ["--prune"]):
        assert run("index", *arguments, data=data).returncode == 0
    assert address in Archive(data).list_paths()
    assert str(file) not in Archive(data).list_paths()


def test_an_address_alone_with_prune_prunes_no_file(site, tmp_path, write):
    data = tmp_path / "data"
    file = write("hafen.txt", HAFEN)
    index(site, data, site.put("/damm.txt", DAMM), file)
    file.unlink()
    assert "0 pruned" in index(site, data, "--prune", site.at("/damm.txt")).stdout
    assert str(file) in Archive(data).list_paths()


def test_the_options_of_addresses_need_one(tmp_path, write):
    from terminal import run

    done = run("index", "--follow", write("a.txt", DAMM), data=tmp_path / "data")
    assert (done.returncode, "https://" in done.stderr) == (2, True)


def test_a_private_address_is_refused_on_the_command_line(site, tmp_path):
    from terminal import run

    done = run("index", site.put("/damm.txt", DAMM), data=tmp_path / "data")
    assert done.returncode == 1
    assert "--allow-private" in done.stderr
    assert site.asked == []


_WATCH = """
import sys
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import load_settings
chat = open_chat(load_settings())
for question in sys.argv[1:]:
    chat.ask(question)
print(sorted(name for name in sys.modules if name.startswith("wortlaut.index.web")))
"""


def test_a_question_has_no_way_to_fetch(site, seeded, models):
    address = site.put("/damm.txt", DAMM)
    done = subprocess.run(
        [sys.executable, "-c", _WATCH, f"Was steht auf {address}?", f"index {address}"],
        env=os.environ | {"WORTLAUT_DATA": str(seeded), "WORTLAUT_MODELS": str(models)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "['wortlaut.index.web', 'wortlaut.index.web.addresses']"
    assert site.asked == []


def test_nothing_but_the_index_command_leads_to_the_web():
    import modules

    leading = {
        str(path.relative_to(modules.ROOT))
        for path in modules.MODULES
        if "index.web.reading" in Path(path).read_text()
        or "index.web.fetching" in Path(path).read_text()
    }
    assert leading <= {
        "index/web/reading.py", "index/ingest.py", "rag/assembly.py", "ui/terminal/cli.py",
    }  # fmt: skip
