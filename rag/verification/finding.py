"""What one rule finds."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Label


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's verdict with its reason."""

    label: Label
    reason: str
    rule: str
