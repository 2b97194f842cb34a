"""The grammar of questions by language."""

from __future__ import annotations

from index.lang.language import Language
from rag.understanding.english import ENGLISH
from rag.understanding.german import GERMAN
from rag.understanding.grammar import Grammar
from rag.understanding.russian import RUSSIAN

GRAMMARS: dict[Language, Grammar] = {"en": ENGLISH, "de": GERMAN, "ru": RUSSIAN}
