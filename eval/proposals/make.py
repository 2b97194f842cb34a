"""Gold questions proposed from an archive's own statements, for a person to edit."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.proposals.asking import Asker, Share
from eval.proposals.candidates import Candidate
from eval.proposals.material import Material
from index.archive import Archive
from index.errors import ConfigError, DatasetError
from index.lang.language import Language

# Shares of a suite by type and form; what one cannot fill goes to the others.
_SHARES = {
    ("speaker", "about"): 0.26,
    ("speaker", "quote"): 0.05,
    ("fact", "office"): 0.14,
    ("fact", "number"): 0.06,
    ("date", "when"): 0.08,
    ("date", "month"): 0.07,
    ("follow-up", "further"): 0.1,
    ("unanswerable", "before"): 0.09,
    ("unanswerable", "elsewhere"): 0.09,
    ("unanswerable", "silent"): 0.06,
}
# Topics within so much of each other's weight are as good: chance decides.
_COARSE = 3.0
_TYPES = tuple(dict.fromkeys(kind for kind, _ in _SHARES))


class Proposer:
    """Proposes questions about one archive; the same ones for the same `seed`."""

    def __init__(self, archive: Archive, seed: int = 7) -> None:
        self._material = Material(archive)
        self._random = random.Random(seed)
        self._asker = Asker(archive, self._random)

    def propose(
        self, folder: Path, n: int = 60, languages: Sequence[Language] = ("de", "en", "ru")
    ) -> list[dict[str, Any]]:
        """At most `n` questions as JSON rows, balanced over types, languages, persons, articles.

        Gold paths are relative to `folder`. Raises DatasetError where nobody is quoted.
        """
        pools = {
            share: [candidate for candidate in some if self._is_found(candidate, folder)]
            for share, some in self._asker.ask().items()
        }
        if "de" not in languages:
            pools["fact", "number"] = []
        if not any(pools.values()):
            raise DatasetError(
                "nothing to ask about: the archive quotes no person by name, or its source files "
                "are gone; index articles first, with: wortlaut index FOLDER"
            )
        rows = []
        counts: Counter[str] = Counter()
        for language, candidate in self._choose(pools, n, languages):
            name = f"{candidate.type}-{language}"
            counts[name] += 1
            rows.append(self._write(f"{name}-{counts[name]:02}", language, candidate, folder))
        return sorted(rows, key=lambda row: (_TYPES.index(row["type"]), row["id"]))

    def _is_found(self, candidate: Candidate, folder: Path) -> bool:
        return all(self._material.locate(said.article, folder) for said in candidate.gold)

    def _choose(
        self, pools: dict[Share, list[Candidate]], n: int, languages: Sequence[Language]
    ) -> Iterator[tuple[Language, Candidate]]:
        """The candidates that repeat persons, articles and topics least, best topics first."""
        used: Counter[str] = Counter()
        for pool in pools.values():
            self._random.shuffle(pool)
        shares = _list_shares({share: len(pool) for share, pool in pools.items()}, n)
        for number, share in enumerate(shares):
            language = languages[number % len(languages)]

            def rank(candidate: Candidate, language: Language = language) -> tuple[float, ...]:
                foreign = not candidate.can_be_in(language)
                times = [used[name] for name in candidate.about]
                return foreign, max(times), sum(times), -round(candidate.weight / _COARSE)

            best = min(pools[share], key=rank)
            language = "de" if best.turns[0].words else language
            pools[share].remove(best)
            used.update(best.about)
            yield language, best

    def _write(
        self, name: str, language: Language, candidate: Candidate, folder: Path
    ) -> dict[str, Any]:
        why = candidate.why
        if not candidate.can_be_in(language):
            why += "; put the German words into the question's language"
        gold = []
        for said in candidate.gold:
            place = self._material.locate(said.article, folder) or {}
            gold.append(place | {"quote": said.quote})
        return {
            "id": name,
            "type": candidate.type,
            "language": language,
            "turns": [turn.word(language) for turn in candidate.turns],
            "speaker": candidate.speaker,
            "date": candidate.date,
            "as_of": candidate.as_of.isoformat() if candidate.as_of else None,
            "gold": gold,
            "answer": candidate.answer,
            "status": "proposed",
            "why": why,
        }


def _list_shares(available: dict[Share, int], n: int) -> list[Share]:
    """The type and form of each question: by share, what one lacks spread over the others."""
    left = dict(available)
    taken: Counter[Share] = Counter()
    while taken.total() < n and any(left.values()):
        share = min((k for k in left if left[k]), key=lambda k: (taken[k] + 0.5) / _SHARES[k])
        left[share] -= 1
        taken[share] += 1
    return [share for share in _SHARES for _ in range(taken[share])]


def write_suite(rows: Sequence[dict[str, Any]], file: Path, *, force: bool = False) -> None:
    """Write the rows; raises ConfigError rather than overwrite what somebody may have edited."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        if file.exists() and not force and file.read_text(encoding="utf-8") != text:
            raise ConfigError(
                f"{file} is there already, and may be edited; name another file with --out, "
                "or overwrite it with --force"
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot write {file}: {error}; name another with --out") from error
