"""Malformed files of every format: each ends in articles or in one line, soon, and the others go on.

All thousand with FUZZ=1000; others with FUZZ_SEED.
"""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import random
import re
import signal
import tarfile
import traceback
import zipfile
from contextlib import contextmanager
from datetime import date

import numpy as np
import pytest
from papers import make_docx, make_epub, make_odt, make_pdf, make_zip
from test_feeds import full, item, rss
from test_formats_mail import make_mail
from test_formats_office import RTF
from test_newsml import G2

from wortlaut.index.article import Article, hash_text
from wortlaut.index.embedder import Embedder
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import _READERS, SourceNotice, read_articles
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import load_settings

SEED = int(os.environ.get("FUZZ_SEED", "13"))
FILES = int(os.environ.get("FUZZ", "260"))
# Nothing of a few thousand bytes takes long: this is a hang.
MOST_S = 60
LONGEST_LINE = 1000
SOUND = 24

TEXT = (
    "TARVO (kda) - Der Damm an der Olme hält, sagte Ministerin Oda Falk. „Er ist sicher“, sagte "
    "Falk am 4.2.2026.\n\nDie Opposition zweifelt daran, sagte Jan Holm.\n"
)
RECORD = {
    "id": "1",
    "title": "Damm",
    "date": "2026-02-04",
    "content": TEXT,
    "url": "https://a.example/1",
}
WORD = "<w:p><w:r><w:t>Der Damm an der Olme hält, sagte Oda Falk.</w:t></w:r></w:p>"
ODF = "<text:p>Der Damm an der Olme hält, sagte Oda Falk.</text:p>"
PAGE = (
    '<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Damm</title>'
    '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-02-04"}</script>'
    f"</head><body><article><h1>Damm</h1><p>{TEXT}</p><ul><li>Olme</li></ul></article></body></html>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Bote</title><entry><id>1</id><title>Damm</title>'
    f'<updated>2026-02-04T10:00:00Z</updated><content type="html">{TEXT}</content></entry></feed>'
)
# What a reader may meet in any place: letters of no encoding, numbers of no size, marks of no end.
NUISANCES = [
    b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\x80\x81",
    b"\xf4\x90\x80\x80", b"\\ud800", b"\\udc00\\ud800", b"&#xd800;", b"&#99999999999;", b"&#0;",
    b"1e999", b"-" + b"9" * 5000, b"NaN", b"Infinity", b"0000-00-00", b"99999-12-31", b"31.02.2026",
    b"date 2026-13-45 ", b"9999999999999999999", b"]]>", b"<![CDATA[", b"<!--", b"<!DOCTYPE a [",
    b"&lt;" * 50, b"\r", b"\r\r\n", b"\x1a", b"\x0c", b"\x1b[31m", "\u202e".encode(),
    "\u0301".encode() * 300, "\ufeff".encode(), b'"', b'""', b"'", b"{", b"}", b"[", b"\\", b"{\\*\\bin9999999 ",
    b"\\u-99999?", b"=?utf-8?B?////?=", b"=?x?Q?a?=", b"Content-Type: multipart/mixed; boundary=\n",
    b"Content-Transfer-Encoding: base64\n", b"\nFrom \n", b"charset=utf-7", b"encoding='none'",
    "„".encode() * 200, b"(" * 200, b"/Length 99999999", b"%PDF-1.4", b"PK\x03\x04", b"BZh91AY&SY",
]  # fmt: skip
NESTS = [
    (b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"<div><p>", b"</p></div>"), (b"{\\b ", b"}"),
    (b"<text:list><text:list-item>", b"</text:list-item></text:list>"), (b"(", b")"), (b"<<", b">>"),
    (b"<table><tr><td>", b""), (b"> ", b""), (b"&amp;", b""), (b"<!--", b""), ("„".encode(), b""),
]  # fmt: skip


def make_tar(members, mode="w"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as packed:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def make_parquet():
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    columns = {key: [value, f"{value} 2"] for key, value in RECORD.items()}
    parquet.write_table(pa.table(columns), stream)
    return stream.getvalue()


def make_table(rows, comma):
    stream = io.StringIO()
    csv.writer(stream, delimiter=comma).writerows(rows)
    return stream.getvalue()


def make_samples():
    """One sound file of each ending that is read."""
    mail = bytes(make_mail(TEXT))
    table = [list(RECORD), list(RECORD.values()), ["2", *list(RECORD.values())[1:]]]
    pages = [
        (72, 700 - 14 * n, 11, line) for n, line in enumerate(["Der Damm an der Olme", "hält."])
    ]
    feed = rss(item(TEXT, more=full(f"<p>{TEXT}</p>")), item(n=2))
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>Bote</title></channel><item><title>Damm</title><link>https://a.example/1</link>"
        f"<description>{TEXT}</description></item></rdf:RDF>"
    )
    samples = {
        ".txt": f" date 2026-02-04 {TEXT}", ".iptc": f"bdt0123 4 pl 345  dpa 0456\n\nDamm hält =\n\n{TEXT}",
        ".md": f"---\ntitle: Damm\ndate: 2026-02-04\n---\n# Damm\n\n{TEXT}", ".xml": G2,
        ".json": json.dumps([RECORD, {**RECORD, "id": "2"}]), ".jsonl": "\n".join([json.dumps(RECORD)] * 3),
        ".ndjson": json.dumps(RECORD, ensure_ascii=False), ".csv": make_table(table, ","),
        ".tsv": make_table(table, "\t"), ".parquet": make_parquet(),
        ".html": PAGE, ".htm": PAGE.encode("cp1252", "replace"), ".xhtml": f'<?xml version="1.0"?>{PAGE}',
        ".pdf": make_pdf(pages, title="Damm"), ".docx": make_docx(WORD * 3, "Damm"),
        ".odt": make_odt(ODF * 3, "Damm"), ".fodt": make_odt(ODF, "Damm", flat=True), ".rtf": RTF,
        ".doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".eml": mail,
        ".epub": make_epub({"a.xhtml": f"<h1>Damm</h1><p>{TEXT}</p>"}, "<dc:title>Damm</dc:title>"),
        ".mbox": b"From x\n" + mail + b"\nFrom y\n" + mail,
        ".zip": make_zip({"a.txt": TEXT, "b/c.jsonl": json.dumps(RECORD), "d.html": PAGE}),
        ".tar": make_tar({"a.txt": TEXT.encode(), "b.json": json.dumps(RECORD).encode()}),
        ".tgz": make_tar({"a.txt": TEXT.encode()}, "w:gz"), ".gz": gzip.compress(TEXT.encode(), mtime=0),
        ".bz2": bz2.compress(TEXT.encode()), ".xz": lzma.compress(TEXT.encode()),
        ".rss": feed, ".atom": ATOM, ".rdf": rdf,
    }  # fmt: skip
    return {k: v.encode() if isinstance(v, str) else v for k, v in samples.items()}


@pytest.fixture(scope="module")
def samples():
    return make_samples()


def cut(rng, data):
    return data[: rng.randrange(len(data) + 1)]


def behead(rng, data):
    return data[rng.randrange(len(data) + 1) :]


def flip(rng, data):
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def drop(rng, data):
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice((1, 10, 200)) :]


def repeat(rng, data):
    start = rng.randrange(len(data) + 1)
    part = data[start : start + rng.choice((1, 8, 60, 400))]
    return data[:start] + part * rng.choice((2, 20, 300)) + data[start:]


def insert(rng, data):
    for _ in range(rng.choice((1, 1, 4, 20))):
        at = rng.randrange(len(data) + 1)
        data = data[:at] + rng.choice(NUISANCES) + data[at:]
    return data


def nest(rng, data):
    opening, closing = rng.choice(NESTS)
    depth = rng.choice((30, 700, 20_000))
    at = rng.choice((0, rng.randrange(len(data) + 1)))
    return data[:at] + opening * depth + data[at:] + closing * rng.choice((0, depth))


def recode(rng, data):
    text = data.decode("utf-8", "replace")
    encoding = rng.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1251", "cp037", "latin-1")
    )
    return text.encode(encoding, "replace")


def recode_twice(rng, data):
    text = data.decode("latin-1")
    return text.encode(rng.choice(("utf-8", "utf-16"))) if rng.random() < 0.7 else data[::-1]


def enlarge_numbers(rng, data):
    big = rng.choice((b"9" * 30, b"9" * 5000, b"-1", b"1e400", b"0", b"00000000000000001"))
    return re.sub(rb"\d+", lambda m: big if rng.random() < 0.3 else m[0], data)


FAULTS = [cut, behead, flip, drop, repeat, insert, nest, recode, recode_twice, enlarge_numbers]


def break_inside(rng, data, samples):
    """The packed file with a member broken, its check sums right: what a reader within gets to see."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
        name = rng.choice(sorted(members))
        members[name] = rng.choice(FAULTS)(rng, members[name])
        if rng.random() < 0.2:
            members[
                rng.choice(("../x.txt", "a" * 300 + ".txt", "x\0.txt", "C:\\x.txt", "n.zip"))
            ] = data
        return make_zip({name.replace("\0", "_"): value for name, value in members.items()})
    if data.startswith(b"\x1f\x8b"):
        return gzip.compress(rng.choice(FAULTS)(rng, gzip.decompress(data)), mtime=0)
    inner = rng.choice(sorted(samples))
    return make_zip({f"a{inner}": rng.choice(FAULTS)(rng, samples[inner])})


def pack_deep(rng, data, suffix):
    name = f"a{suffix}"
    for n in range(rng.randrange(1, 6)):
        data, name = make_zip({name: data}), f"{n}.zip"
    return data


def make_malformed(number, samples):
    """The name's ending and the bytes of a malformed file, the same for a number every time."""
    rng = random.Random(f"{SEED} {number}")
    suffixes = sorted(samples)
    suffix = suffixes[number % len(suffixes)]
    data = samples[suffix]
    way = rng.random()
    if way < 0.2:
        data = break_inside(rng, data, samples)
        suffix = suffix if data[:2] != b"PK" or samples[suffix][:2] == b"PK" else ".zip"
    elif way < 0.25:
        data, suffix = pack_deep(rng, data, suffix), ".zip"
    elif way < 0.35:
        other = samples[rng.choice(suffixes)]
        data = cut(rng, data) + behead(rng, other)
    else:
        for _ in range(rng.choice((1, 1, 2, 4))):
            data = rng.choice(FAULTS)(rng, data)[:600_000]
    if rng.random() < 0.15:
        suffix = rng.choice(suffixes)
    return suffix, data


def name_file(stem, suffix):
    """A stream's name says what it holds."""
    return f"{stem}.txt{suffix}" if suffix in (".gz", ".bz2", ".xz") else f"{stem}{suffix}"


class Hang(BaseException):
    """A file took too long."""


@contextmanager
def ring_after(seconds):
    def ring(number, frame):
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def find_fault(path):
    """What reading a file ends in that is neither articles nor a line for each that is wrong."""
    try:
        with ring_after(MOST_S):
            results = list(read_articles(path, date(2026, 3, 1)))
    except Hang:
        return "hangs"
    except BaseException:
        return traceback.format_exc()[-1500:]
    if not results:
        return "nothing is said of it"
    for result in results:
        if isinstance(result, Article):
            if result.text_sha256 != hash_text(result.text) or not result.text.strip():
                return f"a half article: {result.text[:80]!r}"
        elif isinstance(result, SourceError):
            line = result.reason
            if not line.strip() or "\n" in line or len(line) > LONGEST_LINE:
                return f"no line: {line[:200]!r}"
        elif not isinstance(result, SourceNotice):
            return f"neither article nor line: {result!r}"
    return None


def test_there_is_a_sound_sample_of_every_ending(samples, tmp_path):
    assert samples.keys() == _READERS.keys()
    for suffix, data in samples.items():
        path = tmp_path / name_file("a", suffix)
        path.write_bytes(data)
        results = list(read_articles(path, date(2026, 3, 1)))
        assert any(isinstance(result, Article) for result in results) == (suffix != ".doc"), results


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="has no alarm")
def test_a_malformed_file_is_read_or_named_in_one_line(samples, tmp_path):
    faults = []
    for number in range(FILES):
        suffix, data = make_malformed(number, samples)
        path = tmp_path / name_file("a", suffix)
        path.write_bytes(data)
        if fault := find_fault(path):
            faults.append(f"{number}{suffix}: {fault}")
        path.unlink()
    assert faults == []


def test_field_names_of_many_lines_are_told_in_one_short_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('"Der\n\nDamm","' + "&amp;" * 5000 + '"\n1,2\n', encoding="utf-8")
    assert find_fault(path) is None


class PlainEngine:
    """Vectors of ones."""

    dimension, max_tokens = 4, 512

    def encode(self, texts, role):
        return np.ones((len(texts), 4), np.float32)

    def encode_passages(self, texts, units):
        return self.encode(texts, "document"), np.ones((sum(map(len, units)), 4), np.float32)

    def count_tokens(self, texts):
        return [len(text) // 4 + 2 for text in texts]


def test_malformed_files_do_not_keep_the_others_of_their_folder_out(samples, tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    for number in range(SOUND):
        suffix, data = make_malformed(number, samples)
        (folder / name_file(f"{number:03}", suffix)).write_bytes(data[:20_000])
        (folder / f"{number:03}-sound.txt").write_text(f"Der Damm {number} hält, sagte Oda Falk.")
    embedder = Embedder(PlainEngine(), "ones", {})
    report = index_paths(load_settings(), [folder], load=lambda letters: embedder)
    assert report.files == SOUND * 2
    assert not any("sound" in place for place, _ in report.failed)
    assert report.added >= SOUND
    again = index_paths(load_settings(), [folder], load=lambda letters: embedder)
    assert (again.added, again.updated, again.passages) == (0, 0, 0)
    assert again.files_unchanged >= SOUND
    assert again.failed == report.failed
