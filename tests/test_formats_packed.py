"""Packed files: every member in its turn, no bomb, no way out, no trace on the disk."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from datetime import date

import pytest
from papers import make_zip

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats import packed
from wortlaut.index.sources import SourceNotice, find_files, read_articles

LINES = "\n".join(json.dumps({"id": str(n), "content": f"Der Damm {n} hält."}) for n in range(3))


def read(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw)
    before = sorted(tmp_path.rglob("*"))
    results = list(read_articles(path, date(2026, 3, 1)))
    assert sorted(tmp_path.rglob("*")) == before
    return results


def make_tar(members, mode="w:gz"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            if data is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
                tar.addfile(info)
            else:
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def texts(results):
    return [result.text for result in results if isinstance(result, Article)]


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
def test_packed_json_lines_are_articles(tmp_path, ending):
    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[ending]
    assert len(texts(read(tmp_path, f"a.jsonl.{ending}", pack(LINES.encode())))) == 3
    assert [path.name for path in find_files([tmp_path])] == [f"a.jsonl.{ending}"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar.bz2", "w:bz2"), ("a.tar.xz", "w:xz"), ("a.gz", "w:gz")],
)  # fmt: skip
def test_the_members_of_a_tar_are_articles(tmp_path, name, mode):
    raw = make_tar({"b/eins.txt": b"Der Damm.", "zwei.jsonl": LINES.encode()}, mode)
    results = read(tmp_path, name, raw)
    assert len(texts(results)) == 4
    assert len({article.id for article in results}) == 4


def test_a_zip_within_a_zip_is_read_and_the_ids_stay(tmp_path):
    inner = make_zip({"eins.txt": "Der Damm.", "zwei.md": "# Fähre\n\nSie fährt."})
    raw = make_zip({"tag.zip": inner, "drei.txt": "Der Zug."})
    first, again = (read(tmp_path, "a.zip", raw) for _ in range(2))
    assert sorted(texts(first)) == ["# Fähre\n\nSie fährt.", "Der Damm.", "Der Zug."]
    assert [article.id for article in first] == [article.id for article in again]


def test_too_many_packings_are_named(tmp_path):
    raw = make_zip({"eins.txt": "Der Damm."})
    for _ in range(4):
        raw = make_zip({"a.zip": raw})
    (error,) = read(tmp_path, "a.zip", raw)
    assert "unpack it" in error.reason


def test_housekeeping_is_silent_media_are_counted_and_ways_out_are_refused(tmp_path):
    names = ("__MACOSX/._eins.txt", ".DS_Store", "README.md", "b/.git/x.txt", "eins.txt", "b.png",
             "c.PNG", "../aus.txt", "/abs.txt", "C:\\win.txt", "tabelle.xlsx")  # fmt: skip
    results = read(tmp_path, "a.zip", make_zip(dict.fromkeys(names, "Der Damm.")))
    assert texts(results) == ["Der Damm."]
    (error,) = [result for result in results if isinstance(result, SourceError)]
    assert error.path.endswith("a.zip/tabelle.xlsx")
    notices = [result.text for result in results if isinstance(result, SourceNotice)]
    assert len(notices) == 2
    assert any("members: 2;" in text and ".png" in text for text in notices)
    assert any("members: 3" in text and "lead out" in text for text in notices)


def test_links_are_never_followed(tmp_path):
    notice, = read(tmp_path, "a.tar.gz", make_tar({"eins.txt": None}))  # fmt: skip
    assert "links" in notice.text
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        info = zipfile.ZipInfo("eins.txt")
        info.external_attr = 0o120777 << 16
        made.writestr(info, "/etc/hostname")
    (notice,) = read(tmp_path, "a.zip", stream.getvalue())
    assert "links" in notice.text


def test_a_locked_or_broken_member_does_not_keep_the_others_out(tmp_path):
    raw = bytearray(make_zip({"eins.txt": "Der Damm.", "zwei.txt": "Die Fähre."}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + place] |= 1
    error, article = read(tmp_path, "a.zip", bytes(raw))
    assert "password" in error.reason
    assert article.text == "Die Fähre."
    spoilt = make_zip({"eins.txt": "Der Damm.", "zwei.txt": "Die Fähre."})
    spoilt = spoilt.replace(b"eins.txt", b"eins.txt", 1)
    at = spoilt.index(b"eins.txt") + 8
    error, article = read(tmp_path, "b.zip", spoilt[:at] + b"\xff" * 6 + spoilt[at + 6 :])
    assert isinstance(error, SourceError)
    assert article.text == "Die Fähre."


@pytest.mark.parametrize("kind", ["zip", "gz", "tar.xz"])
def test_a_bomb_is_named_before_it_goes_off(tmp_path, kind):
    data = bytes(60_000_000)
    raw = {
        "zip": lambda: make_zip({"a.txt": data}),
        "gz": lambda: gzip.compress(data),
        "tar.xz": lambda: make_tar({"a.txt": data}, "w:xz"),
    }[kind]()
    (error,) = read(tmp_path, f"a.{kind}", raw)
    assert isinstance(error, SourceError)
    assert "bomb" in error.reason


def test_too_many_members_and_too_large_ones_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "MAX_MEMBERS", 2)
    members = {f"{n}.txt": b"Der Damm." for n in range(3)}
    assert "split" in read(tmp_path, "a.zip", make_zip(members))[-1].reason
    assert "split" in read(tmp_path, "a.tgz", make_tar(members))[-1].reason
    monkeypatch.setattr(packed, "MAX_MEMBER_BYTES", 5)
    assert "unpacked" in read(tmp_path, "b.txt.gz", gzip.compress(b"Der Damm."))[0].reason


def test_a_name_without_end_is_named_before_it_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "_RATIO_COUNTS_FROM", 1_000_000)
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 10**9
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb") as file:
        file.write(long.tobuf() + b"a" * 5_000_000)
    (error,) = read(tmp_path, "a.tar.gz", stream.getvalue())
    assert isinstance(error, SourceError)
    assert "like a bomb" in error.reason


def make_long_tar():
    noise = b" ".join(str(n * n).encode() for n in range(900))
    return make_tar({f"{n}.txt": b"Der Damm %d haelt. " % n + noise for n in range(5)}, "w")


def test_a_tar_with_a_broken_head_or_cut_between_members_is_named(tmp_path):
    whole = make_long_tar()
    size = whole.index(b"2.txt")
    broken = whole[:size] + b"\xff" + whole[size + 1 :]
    for number, raw in enumerate((broken, whole[:size], whole[: size + 200])):
        results = read(tmp_path, f"{number}.tar", raw)
        assert len(texts(results)) == 2
        assert [r for r in results if isinstance(r, SourceError)]


def test_a_packed_tar_whose_check_sum_fails_is_named(tmp_path):
    raw = bytearray(gzip.compress(make_long_tar()))
    raw[-6] ^= 255
    results = read(tmp_path, "a.tgz", bytes(raw))
    assert any(isinstance(r, SourceError) and "CRC" in r.reason for r in results)


def test_a_zip_without_members_is_named(tmp_path):
    stream = io.BytesIO()
    zipfile.ZipFile(stream, "w").close()
    (result,) = read(tmp_path, "a.zip", stream.getvalue())
    assert isinstance(result, SourceError)
    assert "without members" in result.reason
