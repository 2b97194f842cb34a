"""Score answers that another system gave, from a file as Ragas writes it; offline, no model.

python examples/score_ragas.py [FILE.jsonl]

A line is {"user_input": …, "response": …, "retrieved_contexts": [...]}.
"""

import json
import sys
from pathlib import Path

import wortlaut

SAMPLE = (
    {
        "user_input": "What does the new ferry cost?",
        "response": "The new ferry costs 14 million euros.",
        "retrieved_contexts": ["Die neue Fähre nach Wiesgrund kostet 14 Millionen Euro."],
    },
    {
        "user_input": "What does the new ferry cost?",
        "response": "The new ferry costs 41 million euros.",
        "retrieved_contexts": ["Die neue Fähre nach Wiesgrund kostet 14 Millionen Euro."],
    },
)


def main(file: Path | None) -> None:
    """Print a score for each answer, and what speaks against each of its sentences."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file else SAMPLE
    for row in rows:
        found = wortlaut.score(row["user_input"], row["response"], row["retrieved_contexts"])
        print("no claim" if found.score is None else f"{found.score:.2f}", row["response"])
        for claim in found.claims:
            if claim.reason:
                print(f"     {claim.verdict}: {claim.reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
