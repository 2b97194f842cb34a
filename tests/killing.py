"""Kills runs of the indexer at random writes and times, and says what is wrong afterwards.

A process of its own, which has everything loaded and no thread running: each run is a fork of it.
`python tests/killing.py FOLDER SEED KILLS [ADDRESS]` prints one JSON object a kill; with the address of a
PostgreSQL database the archives lie there, each in a schema of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
import time
import traceback
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import chromadb.api.rust  # noqa: F401
import llama_index.vector_stores.chroma  # noqa: F401
import numpy as np

import wortlaut.index.live.slices as slices
import wortlaut.rag.live as live
from wortlaut.index import ingest
from wortlaut.index.archive import Archive
from wortlaut.index.article import Article
from wortlaut.index.database import postgres
from wortlaut.index.database.tables import copy_tables, has_database, remove_database
from wortlaut.index.embedder import Embedder
from wortlaut.index.live import rebuild, watching  # noqa: F401
from wortlaut.index.pipeline import SplitPassages, list_terms, make_documents
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.statements import extract_article
from wortlaut.index.sources import read_sources
from wortlaut.index.twins.comparison import compare_reports
from wortlaut.index.twins.report import read_report, sign_report
from wortlaut.rag.assembly import index_paths, open_library
from wortlaut.rag.config import Settings

KINDS = ("fresh", "changed", "prune", "rebuild", "other vectors", "watch")
# Every article of more than two such slices is kept slice by slice.
SLICE = 500
NAMES = ("Oda Falk", "Jan Holm", "Ute Sellering", "Kai Dorn", "Ada Werling", "Tilo Achtfeld")


class WordEngine:
    """Texts of the same words have the same vectors; `on_use` is told of each call."""

    max_tokens = 512

    def __init__(self, dimension: int, on_use: Callable[[], None]) -> None:
        self.dimension = dimension
        self._on_use = on_use

    def encode(self, texts: list[str], role: str) -> Any:
        self._on_use()
        vectors = np.full((len(texts), self.dimension), 0.01, np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for word in text.split():
                vector[zlib.crc32(word.encode()) % self.dimension] += 1
        return vectors

    def encode_passages(self, texts: Any, units: Any) -> tuple[Any, Any]:
        flat = [unit for passage in units for unit in passage]
        return self.encode(list(texts), "document"), self.encode(flat, "document")

    def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]


def make_files(version: int) -> dict[str, str]:
    """The source files: one of version 1; some changed, gone or new in version 2."""
    rng = random.Random(version)
    texts = {}
    for n, name in enumerate(NAMES):
        kept = n % 2 == 0 or version == 1
        cost = n + 3 if kept else n + 40
        texts[f"{n}.txt"] = (
            f" date 2026-02-0{n + 1} TARVO (kda) - Der Turm Nummer {n} in Tarvo wird verputzt, sagte "
            f"Baudezernentin {name}. Das koste {cost} Millionen Kronen. „Wir fangen im Mai an“, "
            f"sagte {name.split()[1]}. Der Stadtrat von Tarvo stimmt am Montag darüber ab.\n"
        )
    texts["copy.md"] = "# Turm\n\n" + texts["0.txt"].partition(" - ")[2]
    records = [
        {"id": str(n), "title": f"Damm {n}", "content": f"Der Damm {n} hält, sagte {name}."}
        for n, name in enumerate(NAMES)
        if version == 1 or n != 2
    ]
    texts["records.jsonl"] = "\n".join(json.dumps(record) for record in records)
    sentences = [
        f"Der Hafen Nummer {n} von Brakkum wird teurer als {rng.randrange(9999)} Kronen."
        for n in range(40)
    ]
    texts["long.txt"] = "\n\n".join(sentences)
    if version == 2:
        del texts["5.txt"]
        texts["new.txt"] = (
            "Der Nachtzug nach Rotmoor fährt wieder, sagte Ministerin Wenke Dorlach.\n"
        )
    return texts


def write_files(folder: Path, version: int) -> int:
    """How many files had to be written to have the folder as it is in that version."""
    written = 0
    folder.mkdir(parents=True, exist_ok=True)
    texts = make_files(version)
    for name, text in texts.items():
        place = folder / name
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")
            written += 1
    for path in folder.iterdir():
        if path.name not in texts:
            path.unlink()
    return written


class Place:
    """What one kind of run starts from, where it leads, and how it is run."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self.base = folder / kind / "base"
        self.sources = folder / kind / "sources"
        self.data = folder / kind / "data"
        self.base.mkdir(parents=True)
        write_files(self.sources, 1)
        if kind != "fresh":
            must(fork(lambda: index(self.base, self.sources)))
        self.old = dump(self.base)
        self.reset()
        began = time.monotonic()
        must(fork(self._count))
        self.seconds = time.monotonic() - began
        self.counts = json.loads((folder / kind / "counts").read_text())
        if kind == "watch":
            must(fork(self.finish))
        self.new = dump(self.data)

    def _count(self) -> None:
        counts = {"write": 0, "embed": 0}

        def count(what: str) -> None:
            counts[what] += 1

        self.run(count)
        (self.base.parent / "counts").write_text(json.dumps(counts))

    def reset(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.base, self.data)
        if address := find_address(self.data):
            copy_served(self.base, self.data, address)
        write_files(self.sources, 2 if self.kind in ("changed", "prune") else 1)

    def run(self, on_step: Callable[[str], None]) -> None:
        """The run that is killed; `on_step` is told of each write and each use of the embedder."""
        watch_writes(on_step)
        if self.kind == "watch":
            self._watch(on_step)
        else:
            self.finish(on_step)

    def finish(self, on_step: Callable[[str], None] = lambda what: None) -> None:
        """The plain run that does the rest; of a rebuild with other vectors, the same again."""
        other = self.kind == "other vectors"
        index(
            self.data,
            self.sources,
            on_step,
            dimension=24 if other else 16,
            prune=self.kind in ("prune", "watch"),
            rebuild=other or (self.kind == "rebuild" and on_step.__name__ != "<lambda>"),
        )

    def _watch(self, on_step: Callable[[str], None]) -> None:
        stop = threading.Event()
        embedder = make_embedder(on_step, 16)
        live.load_embedder = lambda *_, **__: embedder
        watching._REST_S = 0.05
        awaited = -1
        for report in live.follow_sources(settings(self.data), [self.sources], stop, prune=True):
            # The first report is of all that was there: then something changes.
            awaited = write_files(self.sources, 2) if awaited < 0 else awaited - report.files
            if awaited <= 0:
                stop.set()


def find_address(data: Path) -> str | None:
    """The schema that the folder's archive has, in the database that was given."""
    if len(sys.argv) < 5:
        return None
    return f"{sys.argv[4]}?schema=kill_{data.parent.name.replace(' ', '_')}_{data.name}"


def copy_served(base: Path, data: Path, address: str) -> None:
    """Have in the one folder's schema what is in the other's, and nothing beside it."""
    for name in ("", "building"):
        remove_database(address, name)
    source = find_address(base)
    if has_database(base, source):
        with (
            closing(Archive(base, source)) as old,
            closing(Archive(data, address)) as new,
            old.hold() as taken,
            new.transaction() as db,
        ):
            copy_tables(taken, db)


def settings(data: Path) -> Settings:
    return Settings(data=data, models=data / "models", archive=find_address(data))


def make_embedder(on_step: Callable[[str], None], dimension: int) -> Embedder:
    return Embedder(WordEngine(dimension, lambda: on_step("embed")), f"words{dimension}", {})


def index(
    data: Path,
    sources: Path,
    on_step: Callable[[str], None] = lambda what: None,
    *,
    dimension: int = 16,
    **options: Any,
) -> None:
    slices._MOST = SLICE
    ingest.Pace = lambda: slices.Pace(SLICE)
    embedder = make_embedder(on_step, dimension)
    report = index_paths(settings(data), [sources], load=lambda letters: embedder, **options)
    if report.failed:
        raise AssertionError(report.failed)


def watch_writes(on_step: Callable[[str], None]) -> None:
    """Have each statement that writes to the archive told, before it is run."""
    connect = sqlite3.connect

    def connect_traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        db = connect(*arguments, **options)
        db.set_trace_callback(
            lambda sql: None if sql.startswith(("SELECT", "PRAGMA")) else on_step("write")
        )
        return db

    sqlite3.connect = connect_traced
    execute = postgres.PostgresDatabase.execute

    def execute_traced(database: Any, sql: str, values: Any = ()) -> Any:
        if not sql.startswith(("SELECT", "SHOW", "BEGIN ISOLATION")):
            on_step("write")
        return execute(database, sql, values)

    postgres.PostgresDatabase.execute = execute_traced


def die_at(what: str, number: int) -> Callable[[str], None]:
    left = number

    def step(seen: str) -> None:
        nonlocal left
        left -= seen == what
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def fork(job: Callable[[], None], kill_after: float | None = None) -> int:
    """The job's exit status in a fork; negative where it was killed."""
    child = os.fork()
    if not child:
        try:
            job()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def warm_up(folder: Path) -> None:
    """Have read here, once, what each fork would read anew: tables, patterns, modules."""
    write_files(folder, 1)
    embedder = make_embedder(str, 16)
    split = SplitPassages(embedder=embedder)
    for article in read_sources([folder]):
        assert isinstance(article, Article), article
        statements = extract_article(article).statements
        find_offices(article.text, statements)
        report = read_report(article.title, article.text)
        sign_report(report)
        compare_reports(report, read_report("", "Der Turm in Tarvo wird verputzt."))
        for node in split(make_documents([article])):
            list_terms(article, node.passage, node.text)


def must(status: int) -> None:
    if status:
        raise SystemExit(f"a run that nobody killed ended with {status}")


def dump(data: Path) -> dict[str, Any]:
    """All that the archive says, by article, without the numbers that hang on the order."""
    address = find_address(data)
    if not has_database(data, address):
        return {}
    opened = postgres.PostgresDatabase(address) if address else None
    with closing(opened or sqlite3.connect(data / "archive.sqlite")) as db:
        db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if address else "BEGIN")
        found = {}
        for number, *article in db.execute(
            "SELECT number, id, title, text, text_sha256, source, url, language, published, "
            "published_precision, path, guid, version FROM articles"
        ).fetchall():
            passages = db.execute(
                'SELECT p.id, ordinal, start, "end", sentences, vector, sentence_vectors, f.terms '
                "FROM passages p LEFT JOIN passages_fts f ON f.rowid = p.number WHERE article = ? "
                "ORDER BY ordinal",
                (number,),
            ).fetchall()
            derived = [
                db.execute(f"SELECT {what} WHERE article = ? ORDER BY 1, 2", (number,)).fetchall()
                for what in (
                    'start, "end", speaker, cue, voice, via, is_person FROM statements',
                    "speaker, office FROM offices",
                    "wording, words, signature FROM prints",
                    "key, 1 FROM bands",
                )
            ]
            found[article[0]] = (article, passages, derived)
        found["files"] = sorted(db.execute("SELECT path, sha256 FROM files"))
        found["edges"] = sorted(
            db.execute(
                "SELECT a.id, b.id FROM copies c JOIN articles a ON a.number = c.article "
                "JOIN articles b ON b.number = c.other"
            )
        )
        loose = (
            "SELECT count(*) FROM passages WHERE article NOT IN (SELECT number FROM articles)",
            "SELECT count(*) FROM statements WHERE article NOT IN (SELECT number FROM articles)",
            "SELECT count(*) FROM bands WHERE article NOT IN (SELECT number FROM articles)",
            "SELECT (SELECT count(*) FROM passages_fts) - (SELECT count(*) FROM passages)",
        )
        found["loose"] = [db.execute(sql).fetchone()[0] for sql in loose]
        return found


def find_half(place: Place) -> list[str]:
    """The articles that a reader sees after a kill neither as they were nor as they become."""
    seen = dump(place.data)
    articles = seen.keys() - {"files", "edges", "loose"}
    if place.kind == "other vectors" and seen:
        # All at once: nobody may compare vectors of two models.
        same = [all(seen[i] == state.get(i) for i in articles) for state in (place.old, place.new)]
        return [] if any(same) else ["two models' vectors in one archive"]
    states = (place.old, place.new)
    wrong = [i for i in articles if all(seen[i] != state.get(i) for state in states)]
    stay = (place.old.keys() & place.new.keys()) - seen.keys()
    loose = ["loose rows"] if any(seen.get("loose", ())) else []
    return wrong + [f"{i} is gone" for i in stay] + loose


def find_wrong(place: Place) -> list[str]:
    """What the archive and its Chroma have otherwise than after a run that nobody killed."""
    seen = dump(place.data)
    wrong = [i for i in seen.keys() | place.new.keys() if seen.get(i) != place.new.get(i)]
    library = open_library(
        settings(place.data), make_embedder(str, 24 if place.kind == "other vectors" else 16)
    )
    with closing(library):
        kept = library.archive.list_passage_ids()
        got = library.store.collection.get(include=["embeddings"])
        if len(got["ids"]) != len(kept) or set(got["ids"]) != kept:
            wrong.append("Chroma has other passages")
        vectors = dict(library.archive.query("SELECT id, vector FROM passages"))
        for identity, vector in zip(got["ids"], got["embeddings"], strict=True):
            own = np.frombuffer(vectors[identity], "<f2").astype(np.float32)
            if not np.allclose(own, vector, atol=2e-3):
                wrong.append(f"{identity} has another vector in Chroma")
        left = library.archive.query(
            "SELECT passage FROM pending UNION ALL SELECT passage FROM unfinished UNION ALL "
            "SELECT path FROM failures UNION ALL SELECT key FROM meta WHERE key IN (?, ?)",
            (ingest.RUN_FLAG, "waiting"),
        )
        wrong += [f"left over: {row[0]}" for row in left]
    return wrong


def kill_and_mend(place: Place, rng: random.Random) -> dict[str, Any]:
    """Kill a run, look, perhaps kill the run that follows too, finish, and look again."""
    place.reset()
    told: dict[str, Any] = {"kind": place.kind, "kills": [], "wrong": []}
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        how = rng.choice(("write", "write", "embed", "time"))
        if how == "time":
            after = rng.uniform(0, place.seconds)
            status = fork(lambda: place.run(lambda what: None), after)
            told["kills"].append(f"after {after:.2f} s: {status}")
        else:
            number = rng.randrange(place.counts[how])
            status = fork(partial(place.run, die_at(how, number)))
            told["kills"].append(f"{how} {number}: {status}")
        told["wrong"] += [f"half: {what}" for what in find_half(place)]
    if place.kind == "watch":
        write_files(place.sources, 2)

    found = place.base.parent / "found"
    status = fork(lambda: finish_and_look(place, found))
    told["wrong"] += json.loads(found.read_text()) if not status else [f"it ended with {status}"]
    return told


def finish_and_look(place: Place, found: Path) -> None:
    """Do the rest plainly, and write what is wrong then."""
    place.finish()
    found.write_text(json.dumps(find_wrong(place)))


def main() -> None:
    folder, seed, kills = Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    warm_up(folder / "warm")
    places = [Place(folder, kind) for kind in KINDS]
    killed = 0
    for place in cycle(places):
        told = kill_and_mend(place, rng)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        killed += sum(line.endswith("-9") for line in told["kills"])
        if killed >= kills and place is places[-1]:
            break


if __name__ == "__main__":
    main()
