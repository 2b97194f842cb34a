"""Wortlaut inside a LlamaIndex program: its archive as a retriever, its chat as a query engine.

python examples/llamaindex_program.py
"""

import tempfile
from pathlib import Path

import wortlaut

SAMPLE = Path(__file__).parents[1] / "seeds" / "archive"


def main() -> None:
    """Retrieve passages, then ask; both give LlamaIndex's own types."""
    with tempfile.TemporaryDirectory() as folder, wortlaut.open(folder) as archive:
        archive.index(SAMPLE)
        for found in archive.as_retriever(limit=3).retrieve("Sicherheitsgarantien"):
            print(f"{found.score:.2f} {found.node.metadata['title'] or found.node.node_id}")
        response = archive.as_query_engine().query("What did Lavrov say about guarantees?")
        print(response)
        for source in response.source_nodes:
            node = source.node
            print(f"  {node.metadata['speaker']}: {node.start_char_idx}-{node.end_char_idx}")


if __name__ == "__main__":
    main()
