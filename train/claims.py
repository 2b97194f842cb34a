"""Claims to learn from: those written by hand, those made by rule, those of the public sets."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from train.reader import ARTICLES, read_lines
from wortlaut.eval.lies import mutations
from wortlaut.index.lang.words import Language, read_class
from wortlaut.index.splitter import split_sentences

CLAIMS = Path(__file__).with_name("claims.jsonl.gz")
SHARE_ALIKE = ("pawsx.jsonl.gz", "nli.jsonl.gz", "xquad.jsonl.gz", "squad2.jsonl.gz")
# How often a claim is drawn in a round.
SHARE_NLI = 0.08
SHARE_PARALLEL = 0.35
SHARE_FORGED = 0.14
SHARE_PAWS = 0.5
SHARE_EXCHANGED = 0.3
SHARE_ELSEWHERE = 0.15
SHARE_BEHIND = 0.3
SHARE_QUOTED = 0.5
SHARE_SENTENCES, SHARE_PASSAGES = 0.5, 0.35
# How many claims further another one's evidence is mostly taken from.
_REACH = 15
_CONTEXT_LETTERS = 200
_WORD = re.compile(r"\w+(?:-\w+)*")
_NAMES = re.compile(r"(?<=[\w,;] )(?:[A-ZÄÖÜ][\w-]{2,}|\d[\d.,]*)(?: [A-ZÄÖÜ][\w-]{2,})*")
# A quotation that may be a whole sentence, and who says it behind or before.
_QUOTED = re.compile(r"[„»«“]([A-ZÄÖÜ\d][^„»«“”\"!?:;]{30,180})[“«»”],? ")
_OWNED = re.compile(r"\b(?:[Uu]nse?re?|[Mm]eine?|[Dd]eine?|Ihre?)[mnrs]?\b")
_LISTED = re.compile(r"\s*(?:und|and|sowie|oder|or)\s*")
_ORDERLESS = re.compile(r"\b(?:zwischen|between|both|sowohl|beide)\b")
_CHANGES = (mutations.drop_negation, mutations.add_negation, mutations.change_number)
# Claims of XQuAD in the first language over its text in the second.
_PAIRS: tuple[tuple[Language, Language], ...] = (
    ("en", "de"), ("ru", "de"), ("de", "en"), ("ru", "en"), ("de", "ru"),
)  # fmt: skip
_NLI = {"entailment": "supported", "contradiction": "refuted", "neutral": "not_enough_info"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim and the evidence it is held against.

    `label` is supported, refuted, not_enough_info, or unsupported where nobody told the two apart;
    `marks` are the ranges of letters that are not told, `None` where nobody marked them;
    `share` tells how often it is drawn in a round, `weight` what it counts.
    """

    text: str
    evidence: str
    label: str
    context: str = ""
    marks: tuple[tuple[int, int], ...] | None = None
    share: float = 1.0
    weight: float = 1.0
    kind: str = ""
    language: str = "de"


def read_claims(folder: Path | None) -> Iterator[Claim]:
    """All claims to learn from; with a folder those of the public sets in it, too.

    What is learnt from these ships under CC BY-SA 4.0.
    """
    draw = random.Random(5)
    yield from read_articles("train")
    written = list(read_written("train"))
    yield from written
    yield from exchange_evidence(written, draw)
    texts = [article["text"] for article in read_lines(ARTICLES) if article["part"] == "train"]
    yield from pass_evidence(written, texts)
    for text in texts:
        yield from forge_text(text, "de", draw)
        yield from tell_quotations(text, draw)
    if folder is None:
        return
    if missing := [name for name in SHARE_ALIKE if not (folder / name).is_file()]:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}; name their folder: --data")
    pawsx, nli, xquad, squad = (folder / name for name in SHARE_ALIKE)
    yield from read_pawsx(pawsx)
    yield from read_nli(nli)
    yield from read_parallel(xquad, draw)
    texts = {row["context"] for row in read_lines(squad)}
    texts |= {row["context"] for row in read_lines(xquad) if row["lang"] == "en"}
    for text in sorted(texts):
        if draw.random() < SHARE_PASSAGES:
            yield from forge_text(text, "en", draw)


def read_articles(part: str) -> Iterator[Claim]:
    """The claims that stand with our own articles of that part; nobody marked the wrong words."""
    for article in read_lines(ARTICLES):
        if article["part"] != part:
            continue
        for row in article.get("claims", ()):
            yield Claim(
                row["claim"],
                " ".join(row["evidence"]),
                row["label"],
                _find_context(article["text"], row["evidence"][0]),
                () if row["label"] == "supported" else None,
                kind=row["kind"],
                language=row["lang"],
            )


def _find_context(text: str, sentence: str) -> str:
    """What stands before the sentence in the text, up to so many letters."""
    at = text.find(sentence)
    return " ".join(text[:at][-_CONTEXT_LETTERS:].split()) if at > 0 else ""


def read_written(part: str) -> Iterator[Claim]:
    """The claims written by hand of that part, on sentences of our own articles and on others."""
    for row in read_lines(CLAIMS):
        if row["part"] != part:
            continue
        marks = tuple((first, last) for first, last in row["marks"])
        yield Claim(
            row["claim"],
            row["evidence"],
            row["label"],
            row["context"],
            marks if marks or row["label"] == "supported" else None,
            kind=row["kind"],
            language=row["lang"],
        )


def exchange_evidence(claims: Sequence[Claim], draw: random.Random) -> Iterator[Claim]:
    """True claims beside the evidence of another, most of them of one a little before or behind."""
    for place, claim in enumerate(claims):
        if claim.label != "supported":
            continue
        reach = _REACH if draw.random() < 0.7 else len(claims)
        other = claims[min(max(0, place + draw.randint(-reach, reach)), len(claims) - 1)]
        if other.evidence not in claim.evidence and claim.evidence not in other.evidence:
            yield replace(
                claim, evidence=other.evidence, context=other.context, label="not_enough_info",
                marks=None, share=SHARE_EXCHANGED, kind="elsewhere",
            )  # fmt: skip


def pass_evidence(claims: Sequence[Claim], texts: Sequence[str]) -> Iterator[Claim]:
    """True claims beside the sentence behind their evidence, which stands in its context.

    So the model learns that what stands before the evidence explains it and tells nothing.
    """
    behind: dict[str, tuple[str, str]] = {}
    for text in texts:
        sentences = _split(text)
        for place, after in enumerate(sentences[1:], 1):
            context = " ".join(sentences[:place])[-_CONTEXT_LETTERS:]
            behind[sentences[place - 1]] = (after, context)
    for claim in claims:
        if claim.label != "supported":
            continue
        if found := behind.get(_split(claim.evidence)[-1]):
            after, context = found
            yield replace(
                claim, evidence=after, context=context, label="not_enough_info", marks=None,
                share=SHARE_BEHIND, kind="behind",
            )  # fmt: skip


def forge_text(text: str, language: Language, draw: random.Random) -> Iterator[Claim]:
    """Claims made by rule of some of a text's sentences: copies, changed ones, and others' claims."""
    sentences = [s for s in _split(text) if 40 < len(s) < 260]
    for place, sentence in enumerate(sentences):
        if draw.random() > SHARE_SENTENCES:
            continue
        evidence = " ".join(sentences[place : place + draw.choice((1, 1, 1, 2, 3))])
        truth = Claim(
            sentence, evidence, "supported", sentences[place - 1] if place else "", (),
            SHARE_FORGED, kind="copy", language=language,
        )  # fmt: skip
        yield replace(truth, share=SHARE_FORGED / 2)
        yield from change_claim(truth, language, draw)
        other = draw.choice(sentences)
        if len(sentences) > 4 and other not in evidence:
            yield replace(
                truth, text=other, label="not_enough_info", marks=None, share=SHARE_ELSEWHERE,
                kind="elsewhere",
            )  # fmt: skip


def tell_quotations(text: str, draw: random.Random) -> Iterator[Claim]:
    """What is said in quotation marks told without them, and the same with one thing changed.

    Only where no pronoun would then be the teller's own.
    """
    sentences = _split(text)
    for place, sentence in enumerate(sentences):
        found = _QUOTED.match(sentence)
        if found is None or len(sentence) - found.end() < 10:
            continue
        said = found[1].rstrip(" ,.")
        words = {word.casefold() for word in _WORD.findall(said)}
        if len(words) < 5 or words & read_class("pronoun", "de") or _OWNED.search(said):
            continue
        truth = Claim(
            f"{said}.", sentence, "supported", sentences[place - 1] if place else "", (),
            SHARE_QUOTED, kind="quoted",
        )  # fmt: skip
        yield truth
        yield from change_claim(truth, "de", draw)


def _split(text: str) -> list[str]:
    return [" ".join(span.of(text).split()) for span in split_sentences(text)]


def change_claim(truth: Claim, language: Language, draw: random.Random) -> Iterator[Claim]:
    """The claim with one thing changed, each with what was changed marked."""
    for change in _CHANGES:
        changed = change(truth.text, language, draw)
        if changed and changed != truth.text:
            marks = find_changes(truth.text, changed)
            kind = change.__name__
            yield replace(truth, text=changed, label="refuted", marks=marks, kind=kind)
    if swapped := swap_names(truth.text, draw):
        changed, is_same = swapped
        marks = () if is_same else find_changes(truth.text, changed)
        label = "supported" if is_same else "unsupported"
        yield replace(truth, text=changed, label=label, marks=marks, kind="roles")


def find_changes(sentence: str, changed: str) -> tuple[tuple[int, int], ...]:
    """The ranges of letters of `changed` that are not as in the sentence.

    Where words are only left out, the word that follows is marked.
    """
    old, new = (list(_WORD.finditer(text)) for text in (sentence, changed))
    matcher = SequenceMatcher(None, [m[0] for m in old], [m[0] for m in new], autojunk=False)
    marks = []
    for tag, _, _, first, last in matcher.get_opcodes():
        if tag in ("replace", "insert"):
            marks.append((new[first].start(), new[last - 1].end()))
        elif tag == "delete" and new:
            marks.append(new[min(first, len(new) - 1)].span())
    return tuple(marks)


def swap_names(sentence: str, draw: random.Random) -> tuple[str, bool] | None:
    """The sentence with two of its names exchanged, and whether it still says the same."""
    found = list(_NAMES.finditer(sentence))
    if len(found) < 2 or _ORDERLESS.search(sentence):
        return None
    a, b = sorted(draw.sample(found, 2), key=lambda match: match.start())
    between = sentence[a.end() : b.start()]
    if a[0] == b[0] or a[0][0].isdigit() != b[0][0].isdigit() or between.strip() == ",":
        return None
    changed = sentence[: a.start()] + b[0] + between + a[0] + sentence[b.end() :]
    return changed, bool(_LISTED.fullmatch(between))


def read_pawsx(file: Path) -> Iterator[Claim]:
    """Pairs of sentences of PAWS-X, either as the claim."""
    for row in read_lines(file):
        label = "supported" if row["same"] else "unsupported"
        pair = Claim(
            row["a"], row["b"], label, marks=() if row["same"] else None, share=SHARE_PAWS,
            kind="paws", language=row["lang"],
        )  # fmt: skip
        yield pair
        yield replace(pair, text=pair.evidence, evidence=pair.text)


def read_nli(file: Path) -> Iterator[Claim]:
    """Breaking NLI and MED, English: one word changed, more general or less."""
    for row in read_lines(file):
        often = 2 if row["set"] == "med" or row["label"] == "entailment" else 1
        yield Claim(
            row["hypothesis"], row["premise"], _NLI[row["label"]], share=SHARE_NLI * often,
            weight=0.7, kind="nli", language="en",
        )  # fmt: skip


def read_parallel(file: Path, draw: random.Random) -> Iterator[Claim]:
    """Sentences that XQuAD has in several languages: borne out by their translations alone."""
    texts: dict[str, dict[str, str]] = {}
    for row in read_lines(file):
        if row["lang"] in ("de", "en", "ru"):
            texts.setdefault(row["id"], {})[row["lang"]] = row["context"]
    paragraphs = {each["de"]: each for each in texts.values() if len(each) == 3}
    for languages in paragraphs.values():
        split = {language: _split(text.lstrip("\ufeff")) for language, text in languages.items()}
        if len(set(map(len, split.values()))) > 1:
            continue
        for asked, told in _PAIRS:
            share = SHARE_PARALLEL * (1 if told == "de" else 0.4)
            yield from _join_sentences(split[asked], split[told], asked, share, draw)


def _join_sentences(
    claims: Sequence[str],
    evidence: Sequence[str],
    language: Language,
    share: float,
    draw: random.Random,
) -> Iterator[Claim]:
    for place, (claim, told) in enumerate(zip(claims, evidence, strict=True)):
        if len(claim) < 25 or not 0.6 < len(claim) / len(told) < 1.7:
            continue
        truth = Claim(
            claim, told, "supported", marks=(), share=share, kind="translation", language=language
        )
        yield truth
        yield from change_claim(truth, language, draw)
        if len(evidence) > 1:
            other = evidence[place - 1 if place else 1]
            yield replace(
                truth, evidence=other, label="not_enough_info", marks=None, share=share / 3,
                kind="elsewhere",
            )  # fmt: skip
