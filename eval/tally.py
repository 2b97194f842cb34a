"""Counts of what was right, by type and by language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.metrics import mean, quantile
from eval.rows import Row

_PARTS = {
    "sentence_right": "answer.sentence",
    "speaker_right": "answer.speaker",
    "date_right": "answer.date",
}


def count_right(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts and shares by type and language, the abstentions, and the time an answer takes.

    Rows that failed are in `n` alone; `right` is of the `judged`, the rows that have an
    `answer.right`; `refused` counts the answerable questions that were not answered.
    """
    good = [row for row in rows if row.error is None]
    times = [row.latency_ms for row in good if row.latency_ms is not None]
    return {
        "n": len(rows),
        **_count(good),
        "types": {
            name: _count_group([row for row in good if row.type == name])
            for name in sorted({row.type for row in good})
        },
        "languages": {
            name: _count_group([row for row in good if row.language == name])
            for name in sorted({row.language for row in good})
        },
        "abstention": _count_abstentions(good),
        "latency_ms_p50": quantile(times, 0.5),
    }


def show_row(row: Row) -> dict[str, Any]:
    """One question as `eval run --json` lists it."""
    right = row.scores.get("answer.right")
    return {
        "id": row.id,
        "type": row.type,
        "language": row.language,
        "right": None if right is None else right == 1,
        **{name: _read_flag(row, score) for name, score in _PARTS.items()},
        "abstained": row.abstained,
        "answer": row.answer,
        "confidence": row.confidence,
        "scores": dict(row.scores),
        "error": row.error,
    }


def _count(rows: Sequence[Row]) -> dict[str, Any]:
    rights = [row.scores.get("answer.right") for row in rows]
    return {
        "judged": len(rights) - rights.count(None),
        "right": rights.count(1),
        "right_share": mean(rights),
    }


def _count_group(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "n": len(rows),
        **_count(rows),
        **{name: mean([row.scores.get(score) for row in rows]) for name, score in _PARTS.items()},
        "abstained": sum(row.abstained for row in rows),
        "refused": sum(row.abstained and row.answerable is True for row in rows),
    }


def _count_abstentions(rows: Sequence[Row]) -> dict[str, Any]:
    known = [row for row in rows if row.answerable is not None]
    abstained = [row for row in known if row.abstained]
    return {
        "n": sum(row.abstained for row in rows),
        "precision": mean([float(not row.answerable) for row in abstained]),
        "recall": mean([float(row.abstained) for row in known if not row.answerable]),
    }


def _read_flag(row: Row, score: str) -> bool | None:
    value = row.scores.get(score)
    return None if value is None else value == 1
