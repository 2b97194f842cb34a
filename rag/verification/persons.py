"""One person or country in the place of another: "Lavrov" for "Blinken", "Ukraine" for "Russia"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.verification.names import find_country, same_word
from rag.verification.words import Word, read_words, sound_of


def find_swapped_person(
    claim: Sequence[Word], cited: Sequence[Word], known: frozenset[str], speakers: Iterable[str]
) -> tuple[str, str] | None:
    """A person whom the claim names and the cited words do not, and one for whom that is reversed.

    Either alone may be "he" or left out; both together are a swap. `known` are parts of names by
    sound; `speakers` of the spans need not be named in them.
    """
    parts = [part for speaker in speakers for part in speaker.split()]
    ours, theirs = _find_persons(claim, known), _find_persons(cited, known)
    strange = [run for run in ours if not _matches(run, [*_flatten(theirs), *parts])]
    missing = [run for run in theirs if not _matches(run, [*_flatten(ours), *parts])]
    if not strange or not missing:
        return None
    return " ".join(strange[0]), " ".join(missing[0])


def _find_persons(words: Sequence[Word], known: frozenset[str]) -> list[list[str]]:
    """Runs of capitalised words of which one is part of a known name."""
    runs: list[list[Word]] = []
    for number, word in enumerate(words):
        if not word.is_capitalised or sound_of(word.text) not in known:
            continue
        if runs and number and runs[-1][-1] is words[number - 1]:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [[word.text for word in run] for run in runs]


def _flatten(runs: Sequence[Sequence[str]]) -> list[str]:
    return [text for run in runs for text in run]


def _matches(run: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the run's last word, a surname as a rule, is one of the others."""
    return any(same_word(run[-1], other) for other in others)


def find_swapped_country(
    claim: Sequence[Word], cited: Sequence[Word], speakers: Iterable[str]
) -> tuple[str, str] | None:
    """A country or people the claim names and the cited words do not, and one the other way round.

    A capital stands for its country, an adjective for its noun, in any of the three languages.
    """
    ours = {key: word.text for word in claim if (key := find_country(word)) is not None}
    theirs = {key: word.text for word in cited if (key := find_country(word)) is not None}
    parts = [word for speaker in speakers for word in read_words(speaker)]
    beside = {find_country(word) for word in parts}
    strange = [text for key, text in ours.items() if key not in theirs and key not in beside]
    missing = [text for key, text in theirs.items() if key not in ours and key not in beside]
    return (strange[0], missing[0]) if strange and missing else None
