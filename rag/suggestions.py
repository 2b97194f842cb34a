"""Example questions made from what the archive holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wortlaut.index.archive import Archive
from wortlaut.index.lang.language import Language
from wortlaut.index.lang.names import fold_name

_ASK: dict[Language, str] = {
    "en": "What did {speaker} say about {topic}?",
    "de": "Was sagte {speaker} zu {topic}?",
    "ru": "Что сказал(а) {speaker}: {topic}?",
}
_ASK_ALL: dict[Language, str] = {
    "en": "What did {speaker} say?",
    "de": "Was sagte {speaker}?",
    "ru": "Что сказал(а) {speaker}?",
}
_NOUN = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][a-zäöüß]{5,}")
# Nouns of these endings name a matter, not a person, a place or an office.
_MATTER = re.compile(r"(?:ung|ungen|heit|keit|schaft|schaften|tion|tionen|tät|tien|ment|nisse?)$")
_STATEMENTS = 200


def suggest_questions(archive: Archive, speakers: Sequence[str], language: Language) -> list[str]:
    """One question a speaker, about the noun that sets his statements apart; in that order."""
    texts = {speaker: _read_statements(archive, speaker) for speaker in speakers}
    counts = {speaker: Counter(_NOUN.findall(text)) for speaker, text in texts.items()}
    names = {
        part for speaker in archive.list_speakers()[:500] for part in fold_name(speaker).split()
    }
    everywhere: Counter[str] = Counter()
    for counted in counts.values():
        everywhere.update(counted.keys())
    questions = []
    for speaker in speakers:
        nouns = [
            noun
            for noun in counts[speaker]
            if _MATTER.search(noun) and not set(fold_name(noun).split()) & names
        ]
        topic = max(nouns, key=lambda n: (counts[speaker][n] / everywhere[n], len(n)), default=None)
        form = _ASK[language] if topic else _ASK_ALL[language]
        questions.append(form.format(speaker=speaker, topic=topic))
    return questions


def _read_statements(archive: Archive, speaker: str) -> str:
    rows = archive.query(
        'SELECT substr(a.text, s.start + 1, s."end" - s.start) FROM statements s '
        "JOIN articles a ON a.number = s.article WHERE s.speaker = ? LIMIT ?",
        (speaker, _STATEMENTS),
    )
    return "\n".join(row[0] for row in rows)
