"""Index a folder of articles, ask a conversation, and print each quote with its place.

python examples/ask.py [FOLDER_OF_ARTICLES]
"""

import sys
import tempfile
from pathlib import Path

import wortlaut

SAMPLE = Path(__file__).parents[1] / "seeds" / "archive"


def main(articles: Path) -> None:
    """Ask two questions, the second a follow-up."""
    with tempfile.TemporaryDirectory() as folder, wortlaut.open(folder) as archive:
        print(f"{archive.index(articles).added} articles")
        history: list[wortlaut.Answer] = []
        for question in ("What did Lavrov say about guarantees?", "And what did Rubio say?"):
            answer = archive.ask(question, history, since="2022")
            history.append(answer)
            print(f"\n{question}\n{answer.text}")
            for citation in answer.citations:
                span = citation.span
                # The quote is the article's own text, to the letter.
                assert citation.article.text[span.start : span.end] == citation.quote
                print(f"  [{citation.marker}] {citation.article.path}, {span.start}-{span.end}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
