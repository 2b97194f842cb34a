"""Public claim data -> planted claims: articles, PAWS-X, XNLI, XQuAD, each read as it comes."""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from wortlaut.eval.lies.lies import LieKind, Planted, make_lies, plant_verbatim
from wortlaut.eval.lies.mutations import swap_roles
from wortlaut.eval.suites.formats import ParagraphPlace, SquadFile, read_language, read_squad
from wortlaut.index.article import Article, Span, hash_text, normalise_text
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.index.lang.words import Language
from wortlaut.index.sources import SourceNotice, read_sources
from wortlaut.index.splitter import split_sentences
from wortlaut.rag.answer import Citation

# The lie of a PAWS-X pair that does not mean the same, as people judged it.
OTHER_MEANING = "other meaning"
_XQUAD_LANGUAGES: tuple[Language, ...] = ("en", "ru")
_CONTRADICTION = "contradiction"
_CLAIM_LABELS = ("supported", "refuted", "contradicted", "not_enough_info", "unsupported")
_WIKINEWS = re.compile(r"(?:\d+ - )?(.*?)(?:\s*\((\d{4}-\d\d-\d\d)\))?\s*", re.DOTALL)
_NAME = re.compile(r"(?<=[a-zа-яё,] )[A-ZА-ЯЁ][a-zа-яё]+(?: [A-ZА-ЯЁ][a-zа-яё]+)*\b")
_QUOTED = re.compile(r"[\"“”„«»]|(?<!\w)[‘']")
_SHORTEST = 5

_JsonRow = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """A data set's planted claims, made when asked for; `is_own` tells the lies it came with."""

    name: str
    plant: Callable[[], Iterable[Planted]]
    is_own: Callable[[str], bool] | None = None


def gather_sets(
    articles: Sequence[Path],
    pawsx: Sequence[Path],
    xnli: Sequence[Path],
    xquad: tuple[Path | None, Path | None, Path | None],
    seed: int,
    half: int | None,
    tell: Callable[[str], None],
    written: Sequence[Path] = (),
) -> list[ClaimSet]:
    """What is to be measured; raises ConfigError when that is nothing, or not all it takes.

    XNLI premises are the German ones, or the first file's. `xquad` is the German, the English and
    the Russian file.
    """
    german, *others = xquad
    if bool(german) != any(others):
        raise ConfigError("--xquad FILE (German) goes with --xquad-en FILE or --xquad-ru FILE")
    sets = []
    if articles:
        name = ", ".join(path.name for path in articles)
        sets.append(ClaimSet(name, partial(plant_articles, articles, seed, half, tell)))
    for path in pawsx:
        name = f"PAWS-X {name_file_language(path)}"
        sets.append(ClaimSet(name, partial(plant_pawsx, path, seed, half), OTHER_MEANING.__eq__))
    for path in xnli:
        premises = next((each for each in xnli if name_file_language(each) == "de"), xnli[0])
        name = f"XNLI {name_file_language(path)} on {name_file_language(premises)}"
        sets.append(
            ClaimSet(name, partial(plant_xnli, premises, path, half), _CONTRADICTION.__eq__)
        )
    for other, language in zip(others, _XQUAD_LANGUAGES, strict=True):
        if german and other:
            plant = partial(plant_xquad, german, other, language, seed, half)
            sets.append(ClaimSet(f"XQuAD {language} on de", plant))
    for path in written:
        sets.append(ClaimSet(path.name, partial(plant_written, path, half), bool))
    if not sets:
        raise ConfigError(
            "nothing to measure; name articles or claims: wortlaut eval lies --articles PATH "
            "(or --claims FILE, --pawsx FILE, --xnli FILE, --xquad FILE --xquad-en FILE)"
        )
    return sets


def plant_articles(
    paths: Sequence[Path], seed: int, half: int | None, tell: Callable[[str], None]
) -> list[Planted]:
    """The verbatim class, of articles as `index` reads them or of a Wikinews-quotes file.

    `half` 0 or 1 takes the articles of one half. `tell` gets a line for each source that is
    passed over; raises DatasetError for a Wikinews file that cannot be read.
    """
    chosen = [a for a in read_claim_articles(paths, tell) if half in (None, _find_half(a))]
    return plant_verbatim(chosen, seed)


def read_claim_articles(paths: Sequence[Path], tell: Callable[[str], None]) -> Iterator[Article]:
    """The articles of files and folders; `tell` gets a line for each source passed over."""
    for path in paths:
        if path.name.endswith(".jsonl.gz") or (path.suffix == ".jsonl" and _holds_quotes(path)):
            yield from read_wikinews(path)
            continue
        for read in read_sources([path]):
            if isinstance(read, Article):
                yield read
            elif isinstance(read, SourceNotice):
                tell(f"note: {read.path}: {read.text}")
            else:
                tell(f"skipped: {read}")


def read_wikinews(path: Path) -> Iterator[Article]:
    """The articles of a Wikinews-quotes file, dated by the day at the end of their names.

    Source: Petersen-Frey & Biemann 2024.
    """
    for place, row in read_json_rows(path):
        name, text = _read_text(row, "id", place), _read_text(row, "text", place)
        match = _WIKINEWS.fullmatch(name)
        title, day = match.groups() if match else (name, None)
        try:
            published = date.fromisoformat(day) if day else None
        except ValueError as error:
            raise DatasetError(f"{place}: {day} is no day ({error}); mend the line") from None
        yield Article(
            name[:16], title, text, hash_text(text), language="de", published=published,
            published_precision="day" if published else "unknown",
        )  # fmt: skip


def plant_written(path: Path, half: int | None) -> Iterator[Planted]:
    """Claims written by hand on articles, each lie with its kind.

    A row is an article with `id`, `title`, `text` and its `claims`: `claim`, `lang`, `evidence` (the
    text's sentences that it is held against), `label` ("supported" for a truth, else "refuted",
    "not_enough_info" …) and `kind`. Rows that name a
    `part` are taken only from part "dev", which nothing was learnt from. `half` takes the articles of one half.
    """
    for place, row in read_json_rows(path):
        if row.get("part", "dev") != "dev" or not row.get("claims"):
            continue
        text = _read_text(row, "text", place)
        article = Article(
            _read_text(row, "id", place),
            str(row.get("title", "")),
            text,
            hash_text(text),
            language="de",
        )
        if half not in (None, _find_half(article)):
            continue
        claims = row["claims"]
        if not isinstance(claims, list) or not all(isinstance(each, dict) for each in claims):
            raise DatasetError(f'{place}: "claims" is no list of objects; mend the line')
        for claim in claims:
            yield _plant_claim(claim, article, place)


def _plant_claim(row: _JsonRow, article: Article, place: str) -> Planted:
    languages: tuple[Language, ...] = get_args(Language)
    language = next((each for each in languages if each == row.get("lang")), None)
    if language is None:
        raise DatasetError(f'{place}: "lang" of a claim is not de, en or ru; mend the line')
    citations = []
    for number, given in enumerate(_read_evidence(row, place), 1):
        sentence = normalise_text(given)
        start = article.text.find(sentence)
        if start < 0:
            raise DatasetError(f'{place}: "evidence" is not in the text: {sentence[:40]}; mend it')
        citations.append(Citation(number, article, Span(start, start + len(sentence))))
    label = row.get("label")
    if label not in _CLAIM_LABELS:
        raise DatasetError(
            f'{place}: "label" of a claim is {str(label)[:20]!r}, not one of '
            f"{', '.join(_CLAIM_LABELS)}; mend the line"
        )
    given_kind = row.get("kind") or "other"
    if not isinstance(given_kind, str):
        raise DatasetError(f'{place}: "kind" of a claim is no text; mend the line')
    kind: LieKind = "paraphrase" if language == article.language else "cross"
    lie = None if label == "supported" else given_kind
    return Planted(kind, lie, _read_text(row, "claim", place), tuple(citations), language)


def _read_evidence(row: _JsonRow, place: str) -> list[str]:
    evidence = row.get("evidence") or []
    is_list = isinstance(evidence, list) and all(isinstance(each, str) for each in evidence)
    if not is_list or not all(each.strip() for each in evidence):
        raise DatasetError(f'{place}: "evidence" is no list of sentences; mend the line')
    if not evidence:
        raise DatasetError(f'{place}: a claim without "evidence"; mend the line')
    return evidence


def plant_pawsx(path: Path, seed: int, half: int | None) -> Iterator[Planted]:
    """Pairs of sentences with the same words: true ones with lies made of them, and false ones.

    `half` takes the rows of even (0) or odd (1) number. Source: Yang et al. 2019.
    """
    language = name_file_language(path)
    rng = random.Random(seed)
    for place, row in read_json_rows(path):
        number, label = _read_number(row, place), str(row.get("label"))
        if label not in ("0", "1"):
            raise DatasetError(f'{place}: "label" is {label[:20]}, not 0 or 1; mend the line')
        if half not in (None, number % 2) or not (row.get("a") and row.get("b")):
            continue
        source = cite_text(f"pawsx {number}", _read_text(row, "a", place), language)
        pair = Planted("paraphrase", None, _read_text(row, "b", place), (source,), language)
        if label == "1":
            yield pair
            yield from make_lies(pair, rng)
        else:
            yield replace(pair, lie=OTHER_MEANING)


def plant_xnli(premises: Path, hypotheses: Path, half: int | None) -> Iterator[Planted]:
    """What follows from a premise, and what contradicts it; rows of two languages are joined.

    Neutral rows are left out. Three rows in turn share a premise: `half` takes every other three.
    Source: Conneau et al. 2018.
    """
    cited, language = name_file_language(premises), name_file_language(hypotheses)
    known = {
        _read_number(row, place): _read_text(row, "a", place)
        for place, row in read_json_rows(premises)
    }
    for place, row in read_json_rows(hypotheses):
        number, label = _read_number(row, place), row.get("label")
        if label not in ("entailment", "contradiction", "neutral"):
            raise DatasetError(f'{place}: "label" is {str(label)[:20]}; mend the line')
        claim = _read_text(row, "b", place)
        if number not in known or label == "neutral" or half not in (None, number // 3 % 2):
            continue
        kind: LieKind = "paraphrase" if cited == language else "cross"
        lie = _CONTRADICTION if label == "contradiction" else None
        source = cite_text(f"xnli {number}", known[number], cited)
        yield Planted(kind, lie, claim, (source,), language)


def plant_xquad(
    german: Path, other: Path, language: Language, seed: int, half: int | None
) -> list[Planted]:
    """Sentences of translated paragraphs over the German ones, and lies made of each.

    Paragraphs cut into as many sentences in both languages are joined sentence by sentence. Left
    out are pairs of very different length, and words in quotation marks: translated, they are no
    quotation. `half` takes the paragraphs of every other article. Source: Artetxe et al. 2020.
    """
    cited, said = read_squad(german), read_squad(other)
    if cited.paragraphs.keys() != said.paragraphs.keys():
        raise DatasetError(f"{other} is not parallel to {german}: other articles or paragraphs")
    rng = random.Random(seed)
    truths = [
        truth
        for place in said.paragraphs
        if half in (None, place[0] % 2)
        for truth in _join_sentences(cited, said, place, language)
    ]
    cases: list[Planted] = []
    for at, truth in enumerate(truths):
        cases += [truth, *make_lies(truth, rng)]
        cases += _plant_beside(truth, truths[at + 1 : at + 2], rng.choice(truths))
    return cases


def _join_sentences(
    cited: SquadFile, said: SquadFile, place: ParagraphPlace, language: Language
) -> Iterator[Planted]:
    claims, text = normalise_text(said.paragraphs[place]), normalise_text(cited.paragraphs[place])
    ours, theirs = split_sentences(claims), split_sentences(text)
    if len(ours) != len(theirs):
        return
    name = f"xquad {place[0]} {place[1]}"
    article = Article(name, cited.titles[place], text, hash_text(text), language="de")
    for one, span in zip(ours, theirs, strict=True):
        claim = one.of(claims)
        alike = len(claim.split()) >= _SHORTEST and 0.5 < len(claim) / len(span) < 2
        if alike and not _QUOTED.search(claim):
            yield Planted("cross", None, claim, (Citation(1, article, span),), language)


def _plant_beside(truth: Planted, following: Sequence[Planted], other: Planted) -> list[Planted]:
    """Lies by citation, and by names: of another article, or in each other's place."""
    lies = []
    names = _NAME.findall(truth.claim)
    # The names of the place: article and paragraph.
    if other.article_id.split()[1] != truth.article_id.split()[1]:
        lies.append(replace(truth, lie="wrong article", citations=other.citations))
        strange = [name for name in _NAME.findall(other.claim) if name not in truth.claim]
        if names and strange:
            false = re.sub(rf"\b{re.escape(names[0])}\b", strange[0], truth.claim)
            lies.append(replace(truth, lie="name changed", claim=false))
    if following and following[0].article_id == truth.article_id:
        lies.append(replace(truth, lie="neighbouring span", citations=following[0].citations))
    swapped = swap_roles(truth.claim, names)
    if swapped:
        lies.append(replace(truth, lie="roles swapped", claim=swapped))
    return lies


def take_first(cases: Iterable[Planted], limit: int | None) -> Iterator[Planted]:
    """At most `limit` truths and as many lies of each kind, the first ones."""
    taken: dict[str | None, int] = {}
    for case in cases:
        taken[case.lie] = taken.get(case.lie, 0) + 1
        if limit is None or taken[case.lie] <= limit:
            yield case


def cite_text(identity: str, text: str, language: Language = "de") -> Citation:
    """A citation of the whole of a text that is no article of an archive."""
    article = Article(identity, "", text, hash_text(text), language=language)
    return Citation(1, article, Span(0, len(text)))


def name_file_language(path: Path) -> Language:
    """The language in the file's name, as in `pawsx.dev.de.jsonl.gz`."""
    languages: tuple[Language, ...] = get_args(Language)
    for language in languages:
        if language == read_language(path):
            return language
    raise DatasetError(
        f"{path}: no language in its name; call it like data.de.jsonl.gz (de, en, ru)"
    )


def read_json_rows(path: Path) -> Iterator[tuple[str, _JsonRow]]:
    """Each JSON object of a file of lines, gzip or plain, with its place as `FILE:LINE`."""
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", _parse_row(line, f"{path}:{number}")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{path}:{number + 1}: damaged or no gzip ({error}); fetch it again"
        ) from None
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}; check the path") from None


def _parse_row(line: bytes, place: str) -> _JsonRow:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{place}: this line is no JSON ({error}); mend it") from None
    if not isinstance(row, dict):
        raise DatasetError(f"{place}: this line is no JSON object; mend it")
    return row


def _read_text(row: _JsonRow, key: str, place: str) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text.strip():
        raise DatasetError(f'{place}: no text under "{key}"; is it another data set?')
    return normalise_text(text)


def _read_number(row: _JsonRow, place: str) -> int:
    number = row.get("row")
    if not isinstance(number, int):
        raise DatasetError(f'{place}: no number under "row"; is it another data set?')
    return number


def _holds_quotes(path: Path) -> bool:
    """Whether the file's first line is of Wikinews quotes; what cannot be read is for `index`."""
    try:
        with path.open("rb") as file:
            row = json.loads(file.readline())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(row, dict) and {"id", "text", "quotes"} <= row.keys()


def _find_half(article: Article) -> int:
    # The id of an article from a file says where the file lies, on this machine.
    key = article.text_sha256 if article.path else article.id
    return int(sha256(key.encode()).hexdigest(), 16) % 2
