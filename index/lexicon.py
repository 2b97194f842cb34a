"""The words of a passage or question as the full-text index compares them."""

from __future__ import annotations

import re


def make_terms(text: str) -> str:
    """The text's words, casefolded, separated by spaces."""
    return " ".join(re.findall(r"\w+", text.casefold()))
