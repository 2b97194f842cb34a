"""The default scorer: signs and rules, no language model, no network, the same every time.

Signs are what speaks for a claim's not being drawn from its contexts; they need no training. How
they are added up comes first, then the scorer, the signs themselves, and how rare a word is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from difflib import Match, SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from wortlaut.eval.faithfulness.scorer import Faithfulness, ScoredClaim, make_context, split_claims
from wortlaut.index.archive import Vectors
from wortlaut.index.article import Span, normalise_text
from wortlaut.index.bundled import WeightFile, find_weights
from wortlaut.index.embedder import Embedder
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.numerals import read_numeral, read_ordinal
from wortlaut.index.lang.refusals import mentions_lack, says_what_lacks
from wortlaut.index.lang.words import Language, Word, detect_language, find_letter_runs, read_words
from wortlaut.index.splitter import split_segments
from wortlaut.rag.answer import Citation, Label, Verifier
from wortlaut.rag.confidence import squash
from wortlaut.rag.model.citations import strip_markers
from wortlaut.rag.verification.negation import is_negator

_CHECKED = 3
_SHOWN = 5
_MOST_VECTORS = 5000
_SUPPORTED = 0.5
# What numbers a list or a passage counts nothing in the world.
_LISTING = re.compile(
    r"\A\s*\(?\d{1,2}[.):]\s|\b(?:passages?|steps?|sources?|contexts?) \d+(?:(?:,| and| &|-)+ ?\d+)*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED = re.compile(r"\d{1,3}(?:[,.]? \d{3})+(?!\d)")
_DIGITS = re.compile(r"\d+")
# Two rare words or three.
_PLAIN = 4.0
# The share of new pairs up to which a claim is in the contexts' own words.
_OWN_WORDS = 0.45
_FEW_WORDS = 3
_SAME_WORDING = 0.65
_GAP = 2
_AUXILIARIES = {"do", "does", "did"}
# What a word of everyday language costs; only what is rarer tells whether it was made up.
_COMMON = 8.0
_UNKNOWN = 15.0
_NATS_A_LETTER = 2.5

Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns signs into a probability: one weight a sign, in the order of `Signs.as_vector`.

    A claim counts as supported from `cut` on. The default is an improper linear model: each sign
    counts by its usual spread, all alike but for a number or name that nothing holds and a
    reversed negation, which count double. So no weight is learnt from anybody's labels; `scale`,
    `bias` and `cut` are thresholds, set for the free prose of chat models (RAGTruth QA).
    Source: Dawes 1979, "The robust beauty of improper linear models in decision making".
    """

    weights: tuple[float, ...] = (0.7, 3.3, 3.6, 33.0, 6.0, 6.0, 12.0, 12.0)
    scale: float = 0.6
    bias: float = 5.7
    cut: float = 0.78

    def refit(self, scale: float, bias: float, cut: float) -> Calibration:
        """This calibration with its log-odds scaled and shifted, and another cut."""
        return replace(self, scale=self.scale * scale, bias=self.bias * scale + bias, cut=cut)

    def support(self, signs: Signs) -> float:
        """The probability in [0, 1] that the contexts bear the claim out."""
        against = sum(w * s for w, s in zip(self.weights, signs.as_vector(), strict=True))
        return squash(self.bias - self.scale * against)

    def write(self, file: Path) -> None:
        """Keep it as JSON."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Calibration:
        """The calibration that `write` kept; raises ConfigError if the file holds none."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            numbers = [float(kept[name]) for name in ("scale", "bias", "cut")]
            made = cls(tuple(map(float, kept["weights"])), *numbers)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{file} holds no calibration ({error}); make one: wortlaut eval scorer --fit FILE"
            ) from error
        if len(made.weights) != len(cls().weights):
            raise ConfigError(f"{file} was made for other signs; make it anew: eval scorer --fit")
        return made


@dataclass(frozen=True, slots=True)
class _Sources:
    """An answer's contexts, sentence by sentence; row i of `vectors` is sentence i's."""

    contexts: tuple[str, ...]
    citations: tuple[Citation, ...]
    vectors: Vectors
    language: Language


class OfflineScorer:
    """Scores by signs; where claim and contexts differ in language, by the verifier's support.

    Deterministic, on the CPU, without network. Its reach: it sees numbers, names and words that
    the contexts lack, a negation put in or left out, and sentences that are near to none of theirs;
    it does not reason. Swapped roles and opposites in the contexts' own words pass. (The verifier's
    rules for these, tried on free prose, objected 32 times on RAGTruth QA and QAGS to near copies,
    and were right none of these times.) See docs/scorer-card.md.
    """

    name = "offline"

    def __init__(
        self,
        embedder: Embedder,
        verifier: Verifier,
        rarity: Rarity,
        calibration: Calibration | None = None,
    ) -> None:
        self._embedder = embedder
        self._verifier = verifier
        self._rarity = rarity
        self._calibration = calibration or Calibration()
        self.fingerprint = f"offline {embedder.fingerprint} {self._calibration}"
        # Many answers in a row are about the same contexts.
        self._vectors: dict[str, Vectors] = {}

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts bear the answer out: the product of its claims' probabilities."""
        spans = split_claims(answer)
        if not spans:
            return Faithfulness(None, ())
        sources = self._read_sources(contexts)
        if sources is None:
            found = [_deny(span, answer) for span in spans]
            return Faithfulness(0.0, tuple(found))
        words = SourceWords(question, sources.contexts, self._rarity, sources.language)
        scored = tuple(self._score_claim(span, answer, sources, words) for span in spans)
        return Faithfulness(math.prod(claim.support for claim in scored), scored)

    def _read_sources(self, contexts: Sequence[str]) -> _Sources | None:
        """`None` where no context holds a word."""
        texts = tuple(normalise_text(context) for context in contexts)
        citations = tuple(
            Citation(number, make_context(number, text), segment.span)
            for number, text in enumerate(texts, 1)
            for segment in split_segments(text)
        )
        if not citations:
            return None
        vectors = self._embed([citation.quote for citation in citations])
        return _Sources(texts, citations, vectors, detect_language(" ".join(texts)))

    def _score_claim(
        self, span: Span, answer: str, sources: _Sources, words: SourceWords
    ) -> ScoredClaim:
        claim = strip_markers(span.of(answer))
        apart, order = self._compare(claim, sources)
        first = sources.citations[order[0]]
        language = detect_language(claim, sources.language)
        if language != sources.language:
            near = [sources.citations[place] for place in order[:_CHECKED]]
            support, reason, first = self._ask_verifier(claim, near, language)
            cut = _SUPPORTED
        else:
            signs = words.find_signs(claim, apart, first.quote)
            support, reason = self._calibration.support(signs), _explain(signs)
            cut = self._calibration.cut
        label: Label = "supported" if support >= cut else "not_enough_info"
        return ScoredClaim(
            text=span.of(answer),
            start=span.start,
            end=span.end,
            support=support,
            verdict=label,
            reason=None if label == "supported" else reason,
            nearest=(first.marker - 1, first.span.start, first.span.end),
        )

    def _ask_verifier(
        self, claim: str, near: Sequence[Citation], language: Language
    ) -> tuple[float, str, Citation]:
        """The support that the best of the sentences gives, from ½ on if it is supported, and why.

        One by one: a negation in the next sentence is none of this one's.
        """
        found = []
        for citation in near:
            verdict = self._verifier.verify(claim, [citation], language)
            is_supported = verdict.label == "supported"
            found.append((is_supported, verdict.support, verdict.reason, citation))
        is_supported, support, reason, citation = max(found, key=lambda each: each[:2])
        return support / 2 + (_SUPPORTED if is_supported else 0), reason, citation

    def _compare(self, claim: str, sources: _Sources) -> tuple[float, list[int]]:
        """How little the nearest sentence stands out, and the sentences, nearest first."""
        cosines = sources.vectors @ self._embed([claim])[0]
        return float(cosines.mean() - cosines.max()), np.argsort(-cosines, kind="stable").tolist()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if len(self._vectors) > _MOST_VECTORS:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.encode_query(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def _deny(span: Span, answer: str) -> ScoredClaim:
    reason = "There is no context."
    return ScoredClaim(span.of(answer), span.start, span.end, 0.0, "not_enough_info", reason)


def _explain(signs: Signs) -> str:
    """What speaks loudest against the claim, in a sentence."""
    if signs.strange_numbers:
        return f"The contexts do not have the number {signs.strange_numbers[0]}."
    if signs.strange_names:
        return f"The contexts do not name {' '.join(signs.strange_names)}."
    if signs.is_reversed:
        return "It says the contrary of the sentence that comes nearest."
    if signs.new_words:
        return f"The contexts do not have: {', '.join(signs.new_words[:_SHOWN])}."
    if signs.broken > signs.new_pairs:
        return "The contexts have its words, but nowhere many of them together."
    return "The contexts have its words in another order only."


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one claim; the greater, the less it rests on the contexts.

    `novelty` is log(1 + nats) of the rarity of content words that neither the contexts nor the
    question hold; `new_pairs` in [0, 1] the share of neighbouring words that are no neighbours
    there; `broken` in [0, 1] the share of the claim outside its longest copied run; `apart` in
    [-2, 2] how little nearer the claim is to its nearest context sentence than to all of them.
    `is_reversed` is whether the claim repeats its nearest sentence but for a negation.
    `strange_numbers` are numbers that the contexts and the question do not have, in digits or words.
    `strange_names` are capitalised words that nothing holds, in a claim that is otherwise in the
    contexts' own words: one name in the place of another; not in German, where every noun is
    capitalised. `leads_in` and `is_about_sources` mark sentences that claim nothing: "The steps
    are:", "The passages do not say when."; with many new words a sentence is neither. `new_words`
    are the novel words, rarest first.
    """

    novelty: float
    new_pairs: float
    broken: float
    apart: float
    leads_in: bool
    is_about_sources: bool
    is_reversed: bool = False
    strange_numbers: tuple[str, ...] = ()
    strange_names: tuple[str, ...] = ()
    new_words: tuple[str, ...] = ()

    def as_vector(self) -> tuple[float, ...]:
        """The signs as numbers, in the order of `Calibration.weights`."""
        return (
            self.novelty,
            self.new_pairs,
            self.broken,
            self.apart,
            -float(self.leads_in),
            -float(self.is_about_sources),
            float(bool(self.strange_numbers or self.strange_names)),
            float(self.is_reversed),
        )


class SourceWords:
    """What the contexts of an answer say, word by word, to hold its claims against."""

    def __init__(
        self, question: str, contexts: Sequence[str], rarity: Rarity, language: Language
    ) -> None:
        terms = [[word.term for word in read_words(context)] for context in contexts]
        self._rarity = rarity
        self._language = language
        self._numbers = _list_numbers("\n".join([question, *contexts]), language)
        self._known = {term for context in terms for term in context}
        self._known |= {word.term for word in read_words(question)}
        self._pairs = {pair for context in terms for pair in pairwise(context)}
        self._text = "\n".join(f" {' '.join(context)} " for context in terms)

    def find_signs(self, claim: str, apart: float, nearest: str = "") -> Signs:
        """The claim's signs; `apart` and the nearest context sentence come from the embedder."""
        words = read_words(claim)
        terms = [word.term for word in words]
        new = {w.low: self._rarity(w.low) for w in words if self._is_new(w)}
        pairs = list(pairwise(terms))
        new_pairs = sum(pair not in self._pairs for pair in pairs) / max(1, len(pairs))
        novelty = math.log1p(sum(new.values()))
        is_plain = novelty <= _PLAIN
        # German writes every noun like a name: there the sign did harm (PAWS-X, AUROC .58 to .52).
        may_name = new_pairs <= _OWN_WORDS and self._language != "de"
        return Signs(
            novelty=novelty,
            new_pairs=new_pairs,
            broken=1 - _find_longest_run(terms, self._holds) / max(1, len(terms)),
            apart=apart,
            leads_in=is_plain and claim.rstrip().endswith(":"),
            is_about_sources=says_what_lacks(claim) or (is_plain and mentions_lack(claim)),
            is_reversed=_is_reversed(words, read_words(nearest)),
            strange_numbers=self._find_strange(claim),
            strange_names=self._find_names(words, claim) if may_name else (),
            new_words=tuple(sorted(new, key=lambda word: (-new[word], word))),
        )

    def _find_strange(self, claim: str) -> tuple[str, ...]:
        found = [match[0] for match in _NUMBER.finditer(_LISTING.sub(" ", claim))]
        return tuple(each for each in found if not _spell(each) & self._numbers)

    def _find_names(self, words: Sequence[Word], claim: str) -> tuple[str, ...]:
        """Capitalised new words, but for what opens a sentence, a list item or a quotation."""
        return tuple(
            word.text
            for before, word in pairwise(words)
            if word.is_capitalised
            and self._is_new(word)
            and not claim[before.end : word.start].strip(" -")
        )

    def _is_new(self, word: Word) -> bool:
        return word.is_content and word.term not in self._known

    def _holds(self, run: Sequence[str]) -> bool:
        return f" {' '.join(run)} " in self._text


def _is_reversed(claim: Sequence[Word], nearest: Sequence[Word]) -> bool:
    """Whether the two are one wording but for a negator inside of it.

    Only what lines up counts: a long sentence may well deny something else.
    """
    said, heard = ([w for w in words if not _only_negates(w)] for words in (claim, nearest))
    terms = [[w.term for w in words] for words in (said, heard)]
    matcher = SequenceMatcher(None, terms[0], terms[1], autojunk=False)
    lined = [block for block in matcher.get_matching_blocks() if block.size]
    run = _find_densest(lined)
    if not run or sum(block.size for block in run) < max(_FEW_WORDS, _SAME_WORDING * len(said)):
        return False
    first, last = run[0], run[-1]
    ours = _count_negators(claim, said[first.a], said[last.a + last.size - 1])
    theirs = _count_negators(nearest, heard[first.b], heard[last.b + last.size - 1])
    return ours % 2 != theirs % 2


def _only_negates(word: Word) -> bool:
    """Whether the word comes with a negation: "did not say" for "said"."""
    return is_negator(word) or word.low in _AUXILIARIES


def _find_densest(blocks: Sequence[Match]) -> list[Match]:
    """The longest series of matches between which the source says only a few words more."""
    best: list[Match] = []
    series: list[Match] = []
    for block in blocks:
        if series and block.b - (series[-1].b + series[-1].size) > _GAP:
            series = []
        series.append(block)
        if sum(b.size for b in series) > sum(b.size for b in best):
            best = list(series)
    return best


def _count_negators(words: Sequence[Word], first: Word, last: Word) -> int:
    """How many negators stand between two words, before the first, or last of all behind."""
    start, end = words.index(first), words.index(last) + 1
    behind = words[end:] if len(words) == end + 1 else []
    return sum(is_negator(word) for word in [*words[max(0, start - 1) : end], *behind])


def _list_numbers(text: str, language: Language) -> set[str]:
    """Every number of the text as digits; "3, 800" is read both ways."""
    found = set().union(*(_spell(match[0]) for match in _NUMBER.finditer(text)))
    found |= {"".join(_DIGITS.findall(match[0])) for match in _SPACED.finditer(text)}
    for word in set(find_letter_runs(text.casefold())):
        value = read_numeral(word, language) or read_ordinal(word, language)
        if value is not None and value == int(value):
            found.add(str(int(value)))
    return found


def _spell(number: str) -> set[str]:
    """The digits in one piece: "3,800" is 3800, "5.0" is 5 too."""
    return {"".join(_DIGITS.findall(number)), re.sub(r"[.,]0+\Z", "", number)}


def _find_longest_run(terms: Sequence[str], holds: Callable[[Sequence[str]], bool]) -> int:
    """The length of the longest run of terms that `holds`, by a window that only grows."""
    start = longest = 0
    while start + longest < len(terms):
        if holds(terms[start : start + longest + 1]):
            longest += 1
        else:
            start += 1
    return longest


@cache
def load_rarity() -> Rarity:
    """A function from a lower-case word to how many nats rarer than an everyday word it is, ≥ 0.

    That is the word's surprisal under the unigram vocabulary that multilingual-e5-small brings
    ("time" 2, "oxytocin" 28); where that package is missing, a guess from the word's length.
    """
    weights = find_weights()
    if weights is None:
        return lru_cache(100_000)(lambda word: max(0.0, _NATS_A_LETTER * len(word) - _COMMON))
    from tokenizers import Tokenizer, models, pre_tokenizers

    bundled = WeightFile.open(weights)
    tokenizer = Tokenizer(models.Unigram(bundled.read_pieces(), unk_id=int(bundled.header["unk"])))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    cost = {piece: -score for piece, score in bundled.read_pieces()}

    def measure(word: str) -> float:
        tokens = tokenizer.encode(word, add_special_tokens=False).tokens
        return max(0.0, sum(cost.get(token, _UNKNOWN) for token in tokens) - _COMMON)

    return lru_cache(100_000)(measure)
