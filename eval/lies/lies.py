"""Planted lies: true sentences, the same made false in one point, and how a verifier does on both."""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import numpy as np

from wortlaut.eval.figures.metrics import quantile
from wortlaut.eval.lies.mutations import MUTATIONS, swap_roles
from wortlaut.index.archive import Vectors
from wortlaut.index.article import Article, Statement
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.words import Language
from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
from wortlaut.index.splitter import split_sentences
from wortlaut.rag.answer import Citation, Verdict, Verifier
from wortlaut.rag.evidence import find_statement

LieKind = Literal["verbatim", "paraphrase", "cross"]
# How often a lie, or the truth (None), of a class was refused and was not.
Counts = Counter[tuple[LieKind, str | None, bool]]
# An article's sentences and their vectors `(n, dimension)`.
SentenceVectors = tuple[Sequence[str], Vectors]
_ANSWER = 5
_TIMED = 40
_SHORTEST = 5
_SAID: dict[Language, str] = {
    "de": "{who} sagte: „{said}“",
    "en": "{who} said: “{said}”",
    "ru": "{who}: «{said}»",
}
_MARKS = "„“”\"»«‚‘’'›‹ "


@dataclass(frozen=True, slots=True)
class Planted:
    """A claim with what it cites; `lie` says what was made false, None for a truth."""

    kind: LieKind
    lie: str | None
    claim: str
    citations: tuple[Citation, ...]
    language: Language

    @property
    def article_id(self) -> str:
        """The article the claim was taken from or cites."""
        return self.citations[0].article.id


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `n` with the Wilson interval at 95 %; `share` is None where `n` is 0."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        """The share in [0, 1]."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval. Source: Wilson 1927."""
        if not self.n:
            return None
        z = 1.959964
        p, n = self.hits / self.n, self.n
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        low = max(0.0, centre - half) if self.hits else 0.0
        return low, min(1.0, centre + half) if self.hits < n else 1.0


@dataclass(frozen=True, slots=True)
class LieReport:
    """How many lies of one class were caught and truths refused, and each kind of lie by itself."""

    caught: Rate
    refused: Rate
    by_lie: dict[str, Rate]


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """A planted claim and the verdict on it; whatever is not supported counts as refused."""

    case: Planted
    verdict: Verdict

    @property
    def refused(self) -> bool:
        """Whether the claim would not be shown as fact."""
        return self.verdict.label != "supported"

    @property
    def wrong(self) -> bool:
        """Whether a truth was refused or a lie was not."""
        return self.refused == (self.case.lie is None)


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well truths are told from lies, both as they came with the data.

    `precision` and `recall` are those of "supported"; an `auroc` in [0, 1] is the chance that a
    truth gets more than a lie, of support or of the bare cosine of claim and cited text.
    """

    precision: Rate
    recall: Rate
    auroc_support: float | None
    auroc_cosine: float | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds to verify five claims of one article, and to embed one claim, in one run."""

    articles: int
    p50_ms: float
    p95_ms: float
    embedding_ms: float

    @property
    def p50_vs_embedding(self) -> float:
        """How many embeddings take as long as five claims."""
        return self.p50_ms / self.embedding_ms


@dataclass(frozen=True, slots=True)
class _Sentence:
    article: Article
    citation: Citation
    text: str
    number: int
    statement: Statement | None


def plant_verbatim(articles: Iterable[Article], seed: int) -> list[Planted]:
    """True sentences of the articles, framed where somebody says them, and lies made of each.

    A truth is the sentence itself, or "X said: “…”" around the words of direct speech.
    """
    rng = random.Random(seed)
    sentences = [s for article in articles for s in _read_sentences(article)]
    names = sorted({s.citation.speaker for s in sentences if _is_full_name(s)} - {None}, key=str)
    cases: list[Planted] = []
    for at, sentence in enumerate(sentences):
        claim = _frame(sentence)
        if claim is None:
            continue
        language = _read_language(sentence.article)
        cases.append(Planted("verbatim", None, claim, (sentence.citation,), language))
        cases += make_lies(cases[-1], rng)
        truth = Planted("verbatim", None, claim, (sentence.citation,), language)
        cases += _swap_people(truth, sentence, [str(n) for n in names], rng)
        cases += _cite_elsewhere(truth, at, sentences, rng)
    return cases


def make_lies(truth: Planted, rng: random.Random) -> list[Planted]:
    """The truth made false by each mutation that applies to it."""
    lies = []
    for name, mutate in MUTATIONS.items():
        false = mutate(truth.claim, truth.language, rng)
        if false is not None and false != truth.claim:
            lies.append(replace(truth, lie=name, claim=false))
    return lies


def _read_language(article: Article) -> Language:
    """The article's language; German where it gives none."""
    return "en" if article.language == "en" else "ru" if article.language == "ru" else "de"


def _is_full_name(sentence: _Sentence) -> bool:
    statement = sentence.statement
    name = statement.speaker if statement and statement.is_person else None
    return name is not None and " " in name and name[0].isalpha()


def _read_sentences(article: Article) -> list[_Sentence]:
    spans = split_sentences(article.text)
    statements = drop_mere_nouns(extract_statements(article.text, spans, article_id=article.id))
    found = []
    for number, span in enumerate(spans):
        text = span.of(article.text)
        if len(text.split()) < _SHORTEST:
            continue
        _, statement = find_statement(span, statements)
        citation = Citation(1, article, span)
        if statement:
            citation = Citation(1, article, span, statement.speaker, statement.voice, statement.via)
        found.append(_Sentence(article, citation, text, number, statement))
    return found


def _frame(sentence: _Sentence) -> str | None:
    """The claim that repeats the sentence: framed if it is nothing but somebody's direct speech."""
    statement, span = sentence.statement, sentence.citation.span
    if statement is None or statement.voice != "direct" or statement.speaker is None:
        return sentence.text
    if statement.span.start <= span.start and span.end <= statement.span.end:
        said = sentence.text.strip(_MARKS)
        if set(said) & set('„“”"»«'):
            return None
        return _SAID[_read_language(sentence.article)].format(who=statement.speaker, said=said)
    return sentence.text


def _swap_people(
    truth: Planted, sentence: _Sentence, names: Sequence[str], rng: random.Random
) -> list[Planted]:
    """Lies about who: another speaker, another name, two names in each other's place."""
    claim = truth.claim
    lies = []
    speaker = sentence.citation.speaker
    others = [n for n in names if n.split()[-1] not in sentence.article.text]
    if speaker and others and speaker in claim:
        false = claim.replace(speaker, rng.choice(others), 1)
        lies.append(replace(truth, lie="speaker swapped", claim=false))
    elif speaker and others and truth.language == "de" and sentence.citation.voice == "reported":
        false = f"{rng.choice(others)} sagte, {claim[0].lower()}{claim[1:]}"
        lies.append(replace(truth, lie="speaker swapped", claim=false))
    here = [n.split()[-1] for n in names if re.search(rf"\b{re.escape(n.split()[-1])}\b", claim)]
    if here and others:
        false = re.sub(rf"\b{re.escape(here[0])}\b", rng.choice(others).split()[-1], claim)
        lies.append(replace(truth, lie="name changed", claim=false))
    inside = re.findall(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]+ [A-ZÄÖÜ][a-zäöüß]+\b", claim)
    swapped = swap_roles(claim, here) or swap_roles(claim, inside)
    if swapped:
        lies.append(replace(truth, lie="roles swapped", claim=swapped))
    return lies


def _cite_elsewhere(
    truth: Planted, at: int, sentences: Sequence[_Sentence], rng: random.Random
) -> list[Planted]:
    """Lies by citation: another article, and the sentence beside the right one."""
    here = sentences[at]
    lies = []
    other = rng.choice(sentences)
    if other.article.id != here.article.id:
        lies.append(replace(truth, lie="wrong article", citations=(other.citation,)))
    beside = [s for s in sentences[max(0, at - 1) : at + 2] if s.article.id == here.article.id]
    beside = [s for s in beside if s.number != here.number and here.text not in s.text]
    if beside and beside[-1].text not in here.text:
        lies.append(replace(truth, lie="neighbouring span", citations=(beside[-1].citation,)))
    return lies


def list_speakers(cases: Iterable[Planted]) -> list[str]:
    """Whom the cited sentences name in full as their speaker, as an archive of them would."""
    cited = (citation.speaker for case in cases for citation in case.citations)
    return sorted({speaker for speaker in cited if speaker and " " in speaker})


def judge_claims(verifier: Verifier, cases: Iterable[Planted]) -> Iterator[JudgedSentence]:
    """Each claim with its verdict, as soon as it is reached."""
    for case in cases:
        yield JudgedSentence(case, verifier.verify(case.claim, case.citations, case.language))


def count_verdicts(judged: Iterable[JudgedSentence]) -> Counts:
    """How often each lie, and the truth (None), of each class was refused (True) and was not."""
    return Counter((each.case.kind, each.case.lie, each.refused) for each in judged)


def report_lies(counts: Counts) -> dict[LieKind, LieReport]:
    """For each class: lies not called supported, truths not called supported, both with intervals."""
    tallies: dict[LieKind, dict[str | None, list[int]]] = {}
    for (kind, lie, refused), n in counts.items():
        tally = tallies.setdefault(kind, defaultdict(lambda: [0, 0]))[lie]
        tally[0] += n * refused
        tally[1] += n
    reports: dict[LieKind, LieReport] = {}
    for kind, by_lie in tallies.items():
        truths = by_lie.pop(None, [0, 0])
        lies = {lie: Rate(*tally) for lie, tally in sorted(by_lie.items(), key=str) if lie}
        caught = Rate(sum(r.hits for r in lies.values()), sum(r.n for r in lies.values()))
        reports[kind] = LieReport(caught, Rate(*truths), lies)
    return reports


def rank_pairs(judged: Sequence[JudgedSentence], embedder: Embedder) -> Ranking:
    """How "supported" and `support` tell these truths from these lies, beside the cosine alone."""
    true = np.array([each.case.lie is None for each in judged], bool)
    shown = np.array([not each.refused for each in judged], bool)
    support = np.array([each.verdict.support for each in judged], float)
    claims = embedder.encode_document([each.case.claim for each in judged])
    quotes = embedder.encode_document([each.case.citations[0].quote for each in judged])
    cosines = np.sum(claims * quotes, axis=1)
    both = int(np.sum(true & shown))
    return Ranking(
        Rate(both, int(np.sum(shown))),
        Rate(both, int(np.sum(true))),
        measure_auroc(support[true].tolist(), support[~true].tolist()),
        measure_auroc(cosines[true].tolist(), cosines[~true].tolist()),
    )


def measure_auroc(truths: Sequence[float], lies: Sequence[float]) -> float | None:
    """The chance in [0, 1] that a truth scores above a lie, ties counting half; None without both."""
    if not truths or not lies:
        return None
    ordered = np.sort(np.asarray(lies))
    below = np.searchsorted(ordered, truths, "left") + np.searchsorted(ordered, truths, "right")
    return float(np.mean(below)) / (2 * len(lies))


def time_verifier(
    open_verifier: Callable[[Callable[[str], SentenceVectors]], Verifier],
    cases: Iterable[Planted],
    embedder: Embedder,
    seed: int,
) -> Timing | None:
    """How long five claims of one article take; None where none has five, of several sentences.

    Every article's verifier is new and gets the sentence vectors that an archive would have.
    """
    rng = random.Random(seed)
    by_article: dict[str, list[Planted]] = defaultdict(list)
    for case in cases:
        by_article[case.article_id].append(case)
    groups = [
        rng.sample(some, _ANSWER)
        for some in by_article.values()
        if len(some) >= _ANSWER and len({case.citations[0].span for case in some}) > 1
    ]
    if not groups:
        return None
    rng.shuffle(groups)
    answers, embeddings = [], []
    for group in [groups[0], *groups[:_TIMED]]:
        article = group[0].citations[0].article
        sentences = [span.of(article.text) for span in split_sentences(article.text)]
        vectors = {article.id: (sentences, embedder.encode_document(sentences))}
        verifier = open_verifier(vectors.__getitem__)
        started = perf_counter()
        for _ in judge_claims(verifier, group):
            pass
        between = perf_counter()
        embedder.encode_document([group[0].claim])
        answers.append((between - started) * 1000)
        embeddings.append((perf_counter() - between) * 1000)
    # The first one was there to warm up.
    p50, p95 = (quantile(answers[1:], share) or 0.0 for share in (0.5, 0.95))
    return Timing(len(answers) - 1, p50, p95, quantile(embeddings[1:], 0.5) or 0.0)
