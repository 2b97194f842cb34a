"""The signs that a claim is not drawn from its contexts; and how rare a word is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import cache, lru_cache
from itertools import pairwise

from wortlaut.eval.faithfulness.amounts import Amounts
from wortlaut.index.article import Span
from wortlaut.index.bundled import WeightFile, find_weights
from wortlaut.index.lang.refusals import mentions_lack, says_what_lacks
from wortlaut.index.lang.tables import read_phrases
from wortlaut.index.lang.words import Language, Word, read_words
from wortlaut.index.splitter import split_segments
from wortlaut.rag.verification.negation import find_opposite, is_negator

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
_TELLING = 2.0
_NATS_A_LETTER = 2.5

Rarity = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one claim; the greater, the less it rests on the contexts.

    `novelty` is log(1 + nats) of the rarity of content words that neither the contexts nor the
    question hold; `new_pairs` in [0, 1] the share of neighbouring words that are no neighbours
    there, `new_content` the same of content words alone, what stands between them left out;
    `scattered` in [0, 1] is the share of its content, by rarity, that no single context sentence
    holds; `broken` in [0, 1] the share of the claim outside its longest copied run; `apart` in
    [-2, 2] how little nearer the claim is to its nearest context sentence than to all of them.
    `is_reversed` is whether the claim repeats its nearest sentence but for a negation; `untold` in
    [0, 1] how probable the entailment model has it that a word is not told, the mean of the claim's.
    `strange_numbers` are numbers that the contexts and the question do not have, in digits or words.
    `strange_names` are capitalised words that nothing holds, in a claim that is otherwise in the
    contexts' own words: one name in the place of another; not in German, where every noun is
    capitalised. `leads_in` and `is_about_sources` mark sentences that claim nothing: "The steps
    are:", "The passages do not say when."; with many new words a sentence is neither. `new_words`
    are the novel words, rarest first.
    """

    novelty: float
    new_pairs: float
    new_content: float
    scattered: float
    broken: float
    apart: float
    leads_in: bool
    is_about_sources: bool
    is_reversed: bool = False
    untold: float = 0.0
    strange_numbers: tuple[str, ...] = ()
    strange_names: tuple[str, ...] = ()
    new_words: tuple[str, ...] = ()

    def as_vector(self) -> tuple[float, ...]:
        """The signs as numbers, in the order of `Calibration.weights`."""
        return (
            self.novelty,
            self.new_pairs,
            self.new_content,
            self.scattered,
            self.broken,
            self.apart,
            -float(self.leads_in),
            -float(self.is_about_sources),
            float(bool(self.strange_numbers or self.strange_names)),
            float(self.is_reversed),
            self.untold,
        )


class SourceWords:
    """What the contexts of an answer say, word by word, to hold its claims against."""

    def __init__(
        self, question: str, contexts: Sequence[str], rarity: Rarity, language: Language
    ) -> None:
        sentences = [
            [word for word in read_words(segment.span.of(context)) if _tells(word)]
            for context in contexts
            for segment in split_segments(context)
        ]
        terms = [[word.term for word in read_words(context)] for context in contexts]
        self._sentences = [frozenset(word.term for word in words) for words in sentences]
        self._content_pairs = {pair for words in sentences for pair in _pair_content(words)}
        self._rarity = rarity
        self._language = language
        self._amounts = Amounts([question, *contexts], language)
        self._known = {term for context in terms for term in context}
        self._known |= {word.term for word in read_words(question)}
        self._pairs = {pair for context in terms for pair in pairwise(context)}
        self._text = "\n".join(f" {' '.join(context)} " for context in terms)

    def find_signs(self, claim: str, apart: float, nearest: str = "", untold: float = 0.0) -> Signs:
        """The claim's signs; `apart` and the nearest context sentence come from the embedder.

        `untold` comes from the entailment model.
        """
        words = read_words(claim)
        terms = [word.term for word in words]
        new = {w.low: self._rarity(w.low) for w in words if self._is_new(w)}
        pairs = list(pairwise(terms))
        new_pairs = sum(pair not in self._pairs for pair in pairs) / max(1, len(pairs))
        content = _pair_content(words)
        new_content = sum(pair not in self._content_pairs for pair in content)
        novelty = math.log1p(sum(new.values()))
        is_plain = novelty <= _PLAIN
        # German writes every noun like a name: there the sign did harm (PAWS-X, AUROC .58 to .52).
        may_name = new_pairs <= _OWN_WORDS and self._language != "de"
        return Signs(
            novelty=novelty,
            new_pairs=new_pairs,
            new_content=new_content / max(1, len(content)),
            scattered=self._measure_scatter(words),
            broken=1 - _find_longest_run(terms, self._holds) / max(1, len(terms)),
            apart=apart,
            leads_in=is_plain and claim.rstrip().endswith(":"),
            is_about_sources=says_what_lacks(claim) or (is_plain and mentions_lack(claim)),
            is_reversed=_is_reversed(words, read_words(nearest), self._is_unheard),
            untold=untold,
            strange_numbers=tuple(span.of(claim) for span in self._amounts.find_strange(claim)),
            strange_names=self._find_names(words, claim) if may_name else (),
            new_words=tuple(sorted(new, key=lambda word: (-new[word], word))),
        )

    def lacks_much(self, words: str) -> bool:
        """Whether words that lead in to others hold several that neither contexts nor question do."""
        new = {w.low for w in read_words(words) if self._is_new(w)}
        telling = [
            low for low in new if self._rarity(low) >= _TELLING and not _read_framed().match(low)
        ]
        return len(telling) >= _FEW_WORDS

    def _measure_scatter(self, words: Sequence[Word]) -> float:
        """The share of the claim's content that the one sentence which holds most of it lacks."""
        weights = {w.term: _PLAIN + self._rarity(w.low) for w in words if _tells(w)}
        whole = sum(weights.values())
        if not whole:
            return 0.0
        held = (sum(weights.get(term, 0.0) for term in each) for each in self._sentences)
        return 1 - max(held, default=0.0) / whole

    def find_doubtful(self, words: Sequence[Word], claim: str) -> Iterator[Word]:
        """The words of a claim that are new, or part of a number that nothing bears out."""
        strange = self._amounts.find_strange(claim)
        for word in words:
            place = Span(word.start, word.end)
            if self._is_new(word) or any(place.overlap(number) for number in strange):
                yield word

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

    def _is_unheard(self, word: Word) -> bool:
        return word.term not in self._known

    def _holds(self, run: Sequence[str]) -> bool:
        return f" {' '.join(run)} " in self._text


@cache
def _read_framed() -> re.Pattern[str]:
    """What a sentence that leads in is made of, whatever it leads in to."""
    words = (
        re.escape(word).replace(r"\*", r"\w*") for word in read_phrases("layout.tsv")["framed"]
    )
    return re.compile(rf"(?:{'|'.join(words)})\Z")


def _tells(word: Word) -> bool:
    """Whether the word is a content word or a number."""
    return word.is_content or word.low[0].isdecimal()


def _pair_content(words: Sequence[Word]) -> list[tuple[str, str]]:
    return list(pairwise(word.term for word in words if word.is_content))


def _is_reversed(
    claim: Sequence[Word], nearest: Sequence[Word], is_new: Callable[[Word], bool]
) -> bool:
    """Whether the two are one wording but for a negator inside of it, or a word and its opposite.

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
    denials = _count_negators(claim, said[first.a], said[last.a + last.size - 1])
    denied = _count_negators(nearest, heard[first.b], heard[last.b + last.size - 1])
    if denials % 2 != denied % 2:
        return True
    # What the contexts say elsewhere may be that of another sentence.
    between = (
        ([w for w in said[b.a + b.size : c.a] if is_new(w)], heard[b.b + b.size : c.b])
        for b, c in pairwise(run)
    )
    return any(find_opposite(ours, theirs) for ours, theirs in between)


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
