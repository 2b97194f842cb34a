"""What a large archive is answered from: the passage map, the tables of names, and their benchmark."""

import json
from datetime import date

import numpy as np
import pytest
from terminal import run

from wortlaut.eval import scale
from wortlaut.eval.synthetic import SyntheticPress, fill_archive, open_synthetic_embedder
from wortlaut.index.archive import (
    Archive,
    Selection,
    count_selected,
    list_by_date,
    read_vectors,
)
from wortlaut.index.ingest import PIPELINE_VERSION, keep_lookups
from wortlaut.index.lexicon import Lexicon
from wortlaut.index.live.passagemap import PassageMap, update_map
from wortlaut.index.reading.directory import OfficeDirectory, open_directory
from wortlaut.index.reading.people import Bodies, Offices, People
from wortlaut.rag.assembly import make_chat, open_library
from wortlaut.rag.config import load_settings

SIZE = 400
PRESS = SyntheticPress(SIZE)
SPEAKER = PRESS.name_speaker(1)[0]
SELECTIONS = [
    Selection(),
    Selection(date(2010, 1, 1), date(2015, 2, 2)),
    Selection(until=date(2008, 1, 31)),
    Selection(source="agentur nord"),
    Selection(speakers=(SPEAKER,)),
    Selection(since=date(2006, 5, 1), without=(f"{3:016x}",)),
    Selection(within=(f"{3:016x}", f"{7:016x}")),
]


class NoMap(PassageMap):
    def read(self):
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("scale") / f"passages-{SIZE}"
    fill_archive(made, SIZE, lambda line: None)
    return made


@pytest.fixture
def archive(folder):
    opened = Archive(folder)
    keep_lookups(opened)
    yield opened
    keep_lookups(opened)
    opened.close()


def rank_exactly(archive, vector, selection):
    ids, vectors = read_vectors(archive, selection)
    return [ids[row] for row in np.argsort(-(vectors @ vector), kind="stable")[:20]] if ids else []


def find_mapped(archive, passage_map, vector, selection):
    view = passage_map.read()
    hits = view.find_nearest(vector, 20, view.choose(archive, selection))
    return view.list_ids(archive, hits)


def put(archive, number):
    made = PRESS.make_article(number)
    archive.replace_article(
        made.article, made.passages, made.statements, PIPELINE_VERSION, made.offices
    )
    return made


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_the_map_finds_what_the_tables_hold(archive, selection):
    passage_map = PassageMap(archive)
    view = passage_map.read()
    assert view is not None
    chosen = view.choose(archive, selection)
    assert view.count_chosen(chosen) == count_selected(archive, selection)
    for oldest in (False, True):
        by_date = list_by_date(archive, selection, 7, oldest=oldest)
        assert view.list_by_date(archive, chosen, 7, oldest=oldest) == by_date
    by_map, by_tables = Lexicon(archive, passage_map), Lexicon(archive, NoMap(archive))
    for number in range(5):
        question = PRESS.ask_fact(number)
        vector = PRESS.find_vector(question)
        found = find_mapped(archive, passage_map, vector, selection)
        assert found == rank_exactly(archive, vector, selection)
        weights = by_map.weigh_terms(question)
        assert weights == by_tables.weigh_terms(question)
        assert by_map.search(weights, 20, selection) == by_tables.search(weights, 20, selection)


def test_a_map_of_several_segments_finds_the_same(archive, monkeypatch):
    monkeypatch.setattr("wortlaut.index.live.passagemap._ARTICLES_AT_ONCE", 30)
    (archive.folder / "map" / "map.json").unlink()
    update_map(archive)
    passage_map = PassageMap(archive)
    assert len(passage_map.read().segments) == 4
    vector = PRESS.find_vector("etwas")
    assert find_mapped(archive, passage_map, vector, Selection()) == rank_exactly(
        archive, vector, Selection()
    )


def test_signs_find_nearly_all_that_is_near(archive, monkeypatch):
    monkeypatch.setattr("wortlaut.index.live.passagemap._EXACT_ROWS", 0)
    monkeypatch.setattr("wortlaut.index.live.passagemap._LOOKED_AT", 5)
    monkeypatch.setattr("wortlaut.index.live.passagemap._LOOKED_AT_LEAST", 100)
    passage_map = PassageMap(archive)
    held = 0
    for number in range(20):
        vector = PRESS.find_vector(PRESS.ask_fact(number))
        found = find_mapped(archive, passage_map, vector, Selection())
        held += len(set(found) & set(rank_exactly(archive, vector, Selection())))
    assert held >= 0.9 * 20 * 20


def test_what_came_or_went_since_is_found_or_not(archive):
    passage_map = PassageMap(archive)
    lost, fresh = f"{5:016x}", PRESS.make_article(1000)
    archive.delete_articles([lost])
    put(archive, 1000)
    vector = fresh.passages[0].vector
    found = find_mapped(archive, passage_map, vector, Selection())
    assert found[0] == fresh.passages[0].passage.id
    assert found == rank_exactly(archive, vector, Selection())
    update_map(archive)
    assert find_mapped(archive, PassageMap(archive), vector, Selection()) == found
    gone = PRESS.make_article(5).passages[0].vector
    near = find_mapped(archive, passage_map, gone, Selection())
    assert not any(identity.startswith(lost) for identity in near)
    archive.delete_articles([fresh.article.id])
    put(archive, 5)


@pytest.mark.parametrize("harm", ["cut", "torn", "manifest", "gone"])
def test_a_damaged_map_is_done_without_and_made_anew(archive, harm):
    folder = archive.folder / "map"
    segment = next(folder.glob("*.seg"))
    if harm == "cut":
        segment.write_bytes(segment.read_bytes()[:-100])
    elif harm == "torn":
        segment.write_bytes(b"x" * 100)
    elif harm == "manifest":
        (folder / "map.json").write_text("{", encoding="utf-8")
    else:
        segment.unlink()
    passage_map = PassageMap(archive)
    assert passage_map.read() is None
    assert Lexicon(archive, passage_map).weigh_terms("der") == Lexicon(
        archive, NoMap(archive)
    ).weigh_terms("der")
    put(archive, 9)
    update_map(archive)
    assert passage_map.read() is not None


def test_the_directory_knows_whom_the_whole_roster_knows(archive):
    directory = open_directory(archive, ())
    offices = OfficeDirectory(archive, directory)
    names = archive.list_speakers()
    people = People(names, Bodies(archive.list_bodies()))
    every = Offices(archive.list_offices(), people)
    for name in names[:25]:
        last = name.split()[-1]
        for text in (f"Was sagte {name}?", f"what did {last.lower()} say?", f"{last}s Plan"):
            assert directory.find(text) == people.find(text)
        assert directory.list_spellings(last) == people.list_spellings(last)
        assert directory.find_person(name) == people.find_person(name)
    for _, office, _, _ in archive.list_offices()[:40]:
        assert offices.find(office) == every.find(office), office
        assert offices.find_spokesmen(office) == every.find_spokesmen(office)


def test_a_speaker_who_came_since_is_known(archive):
    made = PRESS.make_article(1001)
    archive.delete_articles([made.article.id])
    put(archive, 1001)
    directory = open_directory(archive, ())
    speaker = made.statements[0].speaker
    assert directory.touched == {speaker}
    people = People(archive.list_speakers(), Bodies(archive.list_bodies()))
    assert directory.find(f"Was sagte {speaker}?") == people.find(f"Was sagte {speaker}?")
    archive.delete_articles([made.article.id])


@pytest.fixture
def chat(archive, monkeypatch):
    monkeypatch.setenv("WORTLAUT_READER", "none")
    settings = load_settings(None, data=archive.folder)
    library = open_library(settings, open_synthetic_embedder(PRESS))
    yield make_chat(settings, library)
    library.close()


def test_what_somebody_said_last_is_the_same_from_few_articles(chat, monkeypatch):
    for question in (f"Was sagte {SPEAKER}?", f"Was sagte {SPEAKER} zuerst?"):
        few = chat.ask(question)
        with monkeypatch.context() as patch:
            patch.setattr("wortlaut.rag.evidence._BY_DATE_A_QUOTE", 100)
            every = chat.ask(question)
        assert len(every.citations) == 6
        assert [c.article.id for c in few.citations] == [c.article.id for c in every.citations]


def test_nothing_is_looked_for_twice_for_one_abstention(chat, monkeypatch):
    ranked = []
    rank = chat.retriever.rank
    monkeypatch.setattr(chat.retriever, "rank", lambda *a: ranked.append(a) or rank(*a))
    answer = chat.ask(f"Was sagte {PRESS.make_stranger(1)} zu Wetter?")
    assert answer.abstained
    assert answer.nearest
    assert len(ranked) == 1


def test_the_benchmark_tells_each_size_and_its_ratio(folder, monkeypatch):
    def ask_here(settings, asked, questions):
        return scale._ask_all(asked, questions) | {"cold_ms": 1.0}

    # A process a size takes seconds to start.
    monkeypatch.setenv("WORTLAUT_READER", "none")
    monkeypatch.setattr(scale, "_run_alone", ask_here)
    done = run("eval", "scale", 120, SIZE, "--keep", folder.parent, "--questions", 1, "--json")
    told = json.loads(done.stdout)
    assert set(told["sizes"]) == {"120", str(SIZE)}
    assert told["ratios_to"] == 120
    assert told["ratios"][str(SIZE)]["p95_ms"] > 0
    assert told["sizes"][str(SIZE)]["kinds"]["narrow window"]["p95_ms"] > 0
