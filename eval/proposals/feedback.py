"""Gold questions proposed from what users thought of answers, for somebody to edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wortlaut.eval.proposals.material import Material
from wortlaut.index.archive import Archive
from wortlaut.index.errors import DatasetError
from wortlaut.index.lang.words import Language
from wortlaut.rag.desk.feedback import Feedback

# A type of its own: its empty gold does not say that the archive has no answer.
TO_EDIT = "to-edit"


def propose_from_feedback(
    given: Sequence[Feedback],
    archive: Archive,
    folder: Path,
    n: int,
    languages: Sequence[Language],
) -> list[dict[str, Any]]:
    """At most `n` questions as JSON rows, the newest opinions first; gold paths are relative to `folder`.

    What was found good proposes the words that it cites, as far as the archive still has them; what
    was not comes with empty gold and the comment, of a type of its own. Raises DatasetError where
    there is no opinion.
    """
    material = Material(archive)
    rows = [
        _propose(f"feedback-{number:03}", one, material, folder)
        for number, one in enumerate(given, 1)
        if one.answer["language"] in languages
    ]
    if not rows:
        raise DatasetError(
            "nobody has said yet what is thought of an answer in these languages; "
            "the thumbs below an answer do, in: wortlaut chat"
        )
    return rows[::-1][:n]


def _propose(name: str, given: Feedback, material: Material, folder: Path) -> dict[str, Any]:
    answer = given.answer
    gold, lost = _list_gold(answer, material, folder) if given.verdict == "up" else ([], 0)
    is_asked_for = answer["understood"]["kind"] == "speaker"
    speakers = {citation["speaker"] for citation in answer["citations"]}
    if given.verdict == "up" and answer["abstained"]:
        kind, why = "unanswerable", "found good, and it says that the archive has no answer"
    elif not gold:
        kind = TO_EDIT
        why = "found bad" if given.verdict == "down" else "found good; its sources are gone"
        why += "; name the gold, or leave it empty with the type unanswerable"
    else:
        kind, why = "speaker" if is_asked_for else "fact", "found good; the gold is what it cites"
        why += f", less {lost} that can no longer be found" if lost else ""
    return {
        "id": name,
        "type": "follow-up" if given.earlier and gold else kind,
        "language": answer["language"],
        "turns": [*given.earlier, given.question],
        "filters": list(given.filters) if any(given.filters) else None,
        "speaker": speakers.pop() if gold and is_asked_for and len(speakers) == 1 else None,
        "date": None,
        "as_of": None,
        "gold": gold,
        "answer": None,
        "status": "proposed",
        "why": f"{why}. {given.comment}".strip(),
    }


def _list_gold(
    answer: dict[str, Any], material: Material, folder: Path
) -> tuple[list[dict[str, Any]], int]:
    """The cited words that the archive still has in files, and how many it has not."""
    supported = {
        marker
        for claim in answer["claims"]
        if claim["verdict"] == "supported"
        for marker in claim["markers"]
    }
    cited = [c for c in answer["citations"] if c["marker"] in supported]
    gold = []
    for citation in cited:
        article = material.archive.read_article(citation["article_id"])
        if (
            article is None
            or article.text[citation["start"] : citation["end"]] != citation["quote"]
        ):
            continue
        if place := material.locate(article, folder):
            gold.append({**place, "quote": citation["quote"]})
    return gold, len(cited) - len(gold)
