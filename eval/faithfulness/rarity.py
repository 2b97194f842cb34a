"""How rare a word is, by the vocabulary that the bundled embedder brings."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from wortlaut.index.bundled import WeightFile, find_weights

# What a word of everyday language costs; only what is rarer tells whether it was made up.
_COMMON = 8.0
_UNKNOWN = 15.0
_NATS_A_LETTER = 2.5

Rarity = Callable[[str], float]


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
