"""The plain LlamaIndex starter, for comparison: what a user would pick instead.

Run as a program: `python -m eval.rivals.starter index|ask|serve ARTICLES STORE MODEL [QUESTION]`. It does
what the LlamaIndex tutorial does (SimpleDirectoryReader, VectorStoreIndex on Chroma, default chunks
and default number of them) with the same embedding model; `ask` prints the number of passages
found, `serve` answers questions line by line.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter
from typing import Any


def make_embedding(model: str) -> Any:
    """LlamaIndex's embedding interface over the sentence-transformers model."""
    from llama_index.core.embeddings import BaseEmbedding
    from sentence_transformers import SentenceTransformer

    class Embedding(BaseEmbedding):
        encoder: Any = None

        def _get_query_embedding(self, query: str) -> list[float]:
            return self._encode([f"query: {query}"])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._encode([f"passage: {text}"])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return self._encode([f"passage: {text}" for text in texts])

        def _encode(self, texts: list[str]) -> list[list[float]]:
            vectors: list[list[float]] = self.encoder.encode(
                texts, prompt="", normalize_embeddings=True
            ).tolist()
            return vectors

    return Embedding(encoder=SentenceTransformer(model, local_files_only=True))


def serve(index: Any) -> None:
    """Answer the questions on standard input, a JSON object a line, until it ends.

    `{"question", "depth"}` gives `{"ms", "shown", "ranked"}`: the milliseconds that retrieval with
    the defaults took, what it found, and the first `depth` of the same ranking, each as
    {"path", "start", "end", "text", "score"}; `text` only where LlamaIndex knows no place.
    """
    usual = index.as_retriever()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        started = perf_counter()
        shown = usual.retrieve(asked["question"])
        took = (perf_counter() - started) * 1000
        ranked = index.as_retriever(similarity_top_k=asked["depth"]).retrieve(asked["question"])
        answer = {"ms": took, "shown": _describe(shown), "ranked": _describe(ranked)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _describe(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "path": each.node.metadata["file_path"],
            "start": each.node.start_char_idx,
            "end": each.node.end_char_idx,
            "text": None if _is_placed(each.node) else each.node.get_content(),
            "score": each.score,
        }
        for each in found
    ]


def _is_placed(node: Any) -> bool:
    return node.start_char_idx is not None and node.end_char_idx is not None


def main() -> None:
    """Index the articles, ask the question, or serve many, as the arguments say."""
    task, articles, folder, model, *question = sys.argv[1:]
    import chromadb
    from chromadb.config import Settings
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("starter", embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    embedding = make_embedding(model)
    if task == "index":
        documents = SimpleDirectoryReader(articles, recursive=True).load_data()
        VectorStoreIndex.from_documents(
            documents,
            storage_context=StorageContext.from_defaults(vector_store=store),
            embed_model=embedding,
        )
        return
    index = VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    if task == "serve":
        serve(index)
        return
    sys.stdout.write(f"{len(index.as_retriever().retrieve(question[0]))}\n")


if __name__ == "__main__":
    main()
