"""A synthetic press: articles of any number from a seed, each the same whenever it is asked for.

Words and names come by Zipf's law, dates from twenty years in no order, speakers N / 10 of them.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, islice
from pathlib import Path
from time import perf_counter

import numpy as np

from wortlaut.index.archive import Archive, EmbeddedPassage, Vectors, note_changes
from wortlaut.index.article import Article, Passage, Precision, Span, Statement, hash_text
from wortlaut.index.embedder import Embedder, keep_backgrounds
from wortlaut.index.ingest import PIPELINE_VERSION, keep_lookups, lock_writer
from wortlaut.index.lang.words import make_terms, read_function_words
from wortlaut.index.store import PassageStore

PASSAGES_AN_ARTICLE = 4
_SENTENCES = 4
_WORDS = 60_000
_TOPICS = 400
_DIMENSION = 384
_FIRST_DAY, _DAYS = date(2005, 1, 1), 7300
_AT_ONCE = 500
_SEED = 13
_FUNCTION_WORDS = read_function_words("empty", "de")
_SMALL = sorted(_FUNCTION_WORDS)[:60]
_OPENINGS = "b br d dr f fl g gr h j k kl kr l m n p pr r s sch schl st t tr v w z".split()
_VOWELS = "a e i o u ä ü au ei ie".split()
_CLOSINGS = "l n r s t ck nd rg ft ll nn rt st m tz ng".split()
_SURNAME_ENDINGS = "mann er ing sen berg feld witz ler hoff stein".split()
_FIRST_NAMES = (
    "Anna Bernd Carla Dieter Eva Fritz Greta Heinz Ines Jan Karin Lars Maria Nils Olga Paul Rita "
    "Sven Tanja Uwe Vera Walter Ute Tilo Wenke Lorin Birgit Stefan Petra Klaus Monika Jürgen"
).split()
_OFFICES = (
    "Verkehrsminister {in_} Wirtschaftsministerin {in_} Bürgermeister von {town}|"
    "Sprecherin der Stadt {town}|Präsident von {town}|Polizeichef von {town}|"
    "Vorsitzende des {body}|Sprecher des {body}|Landrat in {town}|Direktor der Universität {town}"
).replace(" {in_}", " von {town}|").replace("| ", "|").split("|")  # fmt: skip
_BODIES = ("verband", "bund", "verein", "werk", "rat", "amt")
_SOURCES = tuple(f"Agentur {name}" for name in "Nord Süd West Ost Küste Alpen Main Elbe".split())


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article with all that an index run would make of it."""

    article: Article
    passages: tuple[EmbeddedPassage, ...]
    statements: tuple[Statement, ...]
    offices: tuple[tuple[str, str], ...]


class SyntheticPress:
    """The articles of an archive of `size` passages, and questions about them."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.articles = max(1, -(-size // PASSAGES_AN_ARTICLE))
        rng = random.Random(_SEED)
        self._words = _SMALL + [_make_word(rng) for _ in range(_WORDS)]
        self._by_rank = list(accumulate(1 / (rank + 2.7) for rank in range(len(self._words))))
        self._towns = [_make_word(rng).capitalize() for _ in range(300)]
        self._speakers = max(20, size // 10)
        self._speakers_by_rank = list(accumulate(1 / (r + 10) for r in range(self._speakers)))

    @cached_property
    def _ranks(self) -> Vectors:
        return np.array(self._by_rank)

    @cached_property
    def _surnames(self) -> list[str]:
        rng = random.Random(_SEED + 1)
        count = max(20, int(3 * self._speakers**0.8))
        return [
            (_make_syllable(rng) + _make_syllable(rng) + rng.choice(_SURNAME_ENDINGS)).capitalize()
            for _ in range(count)
        ]

    @cached_property
    def _topics(self) -> Vectors:
        """The topics' directions `(n, dim)`: all point roughly one way, as e5's do."""
        rng = np.random.default_rng(_SEED)
        common = rng.standard_normal(_DIMENSION)
        own = rng.standard_normal((_TOPICS, _DIMENSION))
        return _normalise(2.2 * common / np.linalg.norm(common) + 0.9 * _normalise(own))

    def read_articles(self, start: int = 0) -> Iterator[MadeArticle]:
        """The articles from the number on, in order."""
        for number in range(start, self.articles):
            yield self.make_article(number)

    def make_article(self, number: int) -> MadeArticle:
        """The article of that number."""
        rng = random.Random(_SEED * 1_000_003 + number)
        identity = f"{number:016x}"
        speaker, is_person = self._pick_speaker(rng)
        words = iter(self._draw_all(number, 5 + 20 * _SENTENCES * PASSAGES_AN_ARTICLE))
        title = " ".join(islice(words, 5)).capitalize()
        day, precision = self._pick_day(rng)
        text = f"{rng.choice(self._towns)} (kda) - "
        spans: list[list[Span]] = []
        said: list[Span] = []
        for ordinal in range(PASSAGES_AN_ARTICLE):
            spans.append([])
            for place in range(_SENTENCES):
                sentence = _write_sentence(list(islice(words, rng.randint(10, 20))))
                if place == 1 and ordinal < 2:
                    sentence = f"„{sentence}“, sagte {speaker}."
                spans[-1].append(Span(len(text), len(text) + len(sentence)))
                said += [spans[-1][-1]] if place == 1 and ordinal < 2 else []
                text += sentence + " "
        article = Article(
            identity, title, text, hash_text(text), rng.choices(_SOURCES, range(8, 0, -1))[0],
            published=day, published_precision=precision, path=f"/synthetic/{number}.txt",
        )  # fmt: skip
        statements = tuple(
            Statement(identity, span, speaker, None, "sagte", "direct", None, is_person)
            for span in said
        )
        offices = ((speaker, self._name_office(speaker)),) if rng.random() < 0.5 else ()
        return MadeArticle(article, self._embed(article, spans), statements, offices)

    def _embed(
        self, article: Article, spans: Sequence[Sequence[Span]]
    ) -> tuple[EmbeddedPassage, ...]:
        number = int(article.id, 16)
        rng = np.random.default_rng([_SEED, number])
        topic = self._topics[int(_TOPICS * rng.random() ** 2)]
        own = _normalise(topic + 0.5 * _normalise(rng.standard_normal(_DIMENSION)))
        rows = _spread(own, rng, (len(spans), 1 + _SENTENCES))
        return tuple(
            EmbeddedPassage(
                Passage(
                    f"{article.id}:{ordinal}", article.id, ordinal,
                    Span(some[0].start, some[-1].end), tuple(some),
                ),
                rows[ordinal, 0], rows[ordinal, 1:], self._list_terms(article, some),
            )
            for ordinal, some in enumerate(spans)
        )  # fmt: skip

    def _list_terms(self, article: Article, spans: Sequence[Span]) -> str:
        words = article.text[spans[0].start : spans[-1].end]
        return " ".join(make_terms(f"{article.title}\n{words}"))

    def find_vector(self, text: str) -> Vectors:
        """What a text's vector would be `(dim,)`: near an article whose words it has, or anywhere."""
        rng = np.random.default_rng([_SEED, len(text), *text.encode()[:64]])
        number = int(rng.integers(self.articles))
        made = np.random.default_rng([_SEED, number])
        topic = self._topics[int(_TOPICS * made.random() ** 2)]
        own = _normalise(topic + 0.5 * _normalise(made.standard_normal(_DIMENSION)))
        vector: Vectors = _spread(own, rng, (1, 1))[0, 0]
        return vector

    def _draw_all(self, number: int, count: int) -> list[str]:
        drawn = np.random.default_rng([_SEED + 2, number]).random(count) * self._by_rank[-1]
        return [self._words[at] for at in np.searchsorted(self._ranks, drawn).tolist()]

    def _draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self._words, cum_weights=self._by_rank, k=count)

    def _pick_speaker(self, rng: random.Random) -> tuple[str, bool]:
        rank = bisect(self._speakers_by_rank, rng.random() * self._speakers_by_rank[-1])
        return self.name_speaker(min(rank, self._speakers - 1))

    def name_speaker(self, rank: int) -> tuple[str, bool]:
        """The speaker of that rank by frequency, and whether it is a person."""
        rng = random.Random(_SEED * 7 + rank)
        if rank % 8 == 5:
            town = rng.choice(self._towns)
            kind = f"{_make_word(rng)}{rng.choice(_BODIES)}".capitalize()
            short = f"{kind[0]}{town[0]}{rng.choice('BDKV')}{rng.choice('AEIO')}".upper()
            return (f"{kind} {town} ({short})" if rank % 3 else f"{kind} {town}"), False
        first, last = rng.choice(_FIRST_NAMES), rng.choice(self._surnames)
        return f"{first} {last}", True

    def _name_office(self, speaker: str) -> str:
        rng = random.Random(f"{_SEED} {speaker}")
        town = rng.choice(self._towns)
        body = f"{_make_word(rng)}{rng.choice(_BODIES)}".capitalize()
        return rng.choice(_OFFICES).format(town=town, body=f"{body}s {town}").strip()

    def _pick_day(self, rng: random.Random) -> tuple[date | None, Precision]:
        day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
        chance = rng.random()
        if chance < 0.01:
            return None, "unknown"
        return (day.replace(day=1), "month") if chance < 0.05 else (day, "day")

    # Questions

    def _sample(self, number: int) -> MadeArticle:
        return self.make_article(random.Random(f"{_SEED} {number}").randrange(self.articles))

    def ask_fact(self, number: int) -> str:
        """A question with three words of one article, and a common one."""
        article = self._sample(number).article
        words = [w.strip("„“.,") for w in article.text.split()[4:] if w[0].isupper()]
        rng = random.Random(number)
        some = rng.sample(words, 3) if len(words) > 2 else words
        return f"Was ist bekannt über {some[0]} und {some[1]} nach {some[2].lower()}?"

    def ask_speaker(self, number: int) -> tuple[str, str]:
        """A speaker and a topic; of every three the first is among the most frequent."""
        rng = random.Random(_SEED * 31 + number)
        while True:
            rank = rng.randrange(20) if number % 3 == 0 else None
            name, is_person = (
                self.name_speaker(rank) if rank is not None else self._pick_speaker(rng)
            )
            if is_person:
                return name, self._draw_noun(rng)

    def _draw_noun(self, rng: random.Random) -> str:
        while (word := self._draw(rng, 1)[0]) in _FUNCTION_WORDS:
            pass
        return word.capitalize()

    def ask_office(self, number: int) -> str:
        """The words for an office that somebody of the archive holds, and every third for any."""
        if number % 3 == 0:
            return ("der Verkehrsminister", "der Bürgermeister", "der Präsident")[number // 3 % 3]
        made = next(m for k in range(100) if (m := self._sample(100 * number + k)).offices)
        return f"der {made.offices[0][1]}"

    def ask_absent(self, number: int) -> str:
        """A question about somebody and something that no article names."""
        return (
            f"Wie endete der Prozess von {self.make_stranger(number)} in Xyqu{'aeiou'[number % 5]}?"
        )

    def make_stranger(self, number: int) -> str:
        """A name that nobody bears here."""
        return f"Xaver {('Qyx' + _make_syllable(random.Random(number))).capitalize()}owytsch"

    def pick_month(self, number: int) -> tuple[date, date]:
        """A narrow window."""
        since = _FIRST_DAY + timedelta(days=random.Random(number).randrange(_DAYS - 31))
        return since, since + timedelta(days=30)

    def pick_years(self, number: int) -> tuple[date, date]:
        """A wide window: a third to all of the time."""
        days = random.Random(number).randrange(_DAYS // 3)
        return _FIRST_DAY + timedelta(days=days), _FIRST_DAY + timedelta(days=_DAYS - days)

    def pick_source(self, number: int) -> str:
        """One of the sources."""
        return _SOURCES[number % len(_SOURCES)]


class _DrawnVectors:
    """The engine of an embedder whose vectors are drawn, not read."""

    dimension = _DIMENSION
    max_tokens = 512

    def __init__(self, press: SyntheticPress) -> None:
        self._press = press

    def encode(self, texts: list[str], role: str) -> Vectors:
        """`(n, dimension)`."""
        return np.stack([self._press.find_vector(text) for text in texts])

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """One vector a passage, and one for each unit of each."""
        flat = [unit for some in units for unit in some]
        return self.encode(list(texts), "document"), self.encode(flat, "document")

    def count_tokens(self, texts: list[str]) -> list[int]:
        """Three for two words or so."""
        return [3 * len(text.split()) // 2 for text in texts]


def open_synthetic_embedder(press: SyntheticPress) -> Embedder:
    """An embedder that draws its vectors where the press's articles lie."""
    return Embedder(_DrawnVectors(press), "synthetic", {})


def fill_archive(folder: Path, size: int, tell: Callable[[str], None]) -> float:
    """The seconds that making the rest of the archive of so many passages took; 0 if all is there.

    What a killed run has made is kept.
    """
    press = SyntheticPress(size)
    embedder = open_synthetic_embedder(press)
    started = perf_counter()
    archive = Archive(folder)
    try:
        with lock_writer(folder):
            archive.bind_embedder(embedder.fingerprint)
            keep_backgrounds(archive, embedder)
            store = PassageStore(folder / "chroma", archive.store_id, embedder.fingerprint)
            there = int(archive.query("SELECT count(*) FROM articles")[0][0])
            _tell_chroma(archive, store)
            _fill(archive, store, press, there, tell)
            store.close()
            keep_lookups(archive)
    finally:
        archive.close()
    return round(perf_counter() - started, 1)


def _fill(
    archive: Archive,
    store: PassageStore,
    press: SyntheticPress,
    there: int,
    tell: Callable[[str], None],
) -> None:
    articles = press.read_articles(there)
    while some := list(islice(articles, _AT_ONCE)):
        _put_articles(archive, some)
        _tell_chroma(archive, store)
        there += len(some)
        if there % 5000 < _AT_ONCE:
            tell(f"{press.size:,} passages: {there:,} of {press.articles:,} articles made")


def _put_articles(archive: Archive, made: Sequence[MadeArticle]) -> None:
    """What `Archive.replace_article` puts in for each, in one transaction; without its twins."""
    with archive.transaction() as db:
        for one in made:
            number = archive.insert_article(
                db, one.article, one.passages, one.statements, PIPELINE_VERSION, one.offices
            )
            if number % 40 == 0:
                db.execute(
                    "INSERT INTO copies VALUES (?, ?) ON CONFLICT DO NOTHING", (number - 1, number)
                )
        note_changes(
            db, {one.article.id: {s.speaker for s in one.statements if s.speaker} for one in made}
        )


def _tell_chroma(archive: Archive, store: PassageStore) -> None:
    """Put into Chroma what it lacks: the vectors alone, as many at once as it takes."""
    while ids := [row[0] for row in archive.query("SELECT passage FROM pending LIMIT 4000")]:
        read = archive.read_passages(ids)
        store.collection.upsert(
            ids=[embedded.passage.id for _, embedded in read],
            embeddings=np.stack([embedded.vector for _, embedded in read]),
        )
        with archive.transaction() as db:
            db.executemany("DELETE FROM pending WHERE passage = ?", [(i,) for i in ids])


def _spread(own: Vectors, rng: np.random.Generator, shape: tuple[int, int]) -> Vectors:
    """Vectors `(*shape, dim)` around one."""
    noise = rng.standard_normal((*shape, _DIMENSION), dtype=np.float32)
    return _normalise(own + 0.45 * _normalise(noise))


def _normalise(vectors: np.ndarray) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return unit


def _write_sentence(words: list[str]) -> str:
    for at in range(0, len(words), 3):
        if words[at] not in _FUNCTION_WORDS:
            words[at] = words[at].capitalize()
    return f"{' '.join(words).capitalize()}."


def _make_syllable(rng: random.Random) -> str:
    return rng.choice(_OPENINGS) + rng.choice(_VOWELS) + rng.choice(_CLOSINGS)


def _make_word(rng: random.Random) -> str:
    return "".join(_make_syllable(rng) for _ in range(rng.choice((1, 2, 2, 2, 3))))
