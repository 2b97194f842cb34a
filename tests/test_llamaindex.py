"""The archive in other people's programs: LlamaIndex's filters, streams and nodes; LangChain."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace
from datetime import date

import pytest
from llama_index.core.base.response.schema import AsyncStreamingResponse, StreamingResponse
from llama_index.core.schema import MetadataMode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)

import wortlaut
from wortlaut.index.article import Article, hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.rag.answer import Filters
from wortlaut.rag.assembly import index_articles, open_library
from wortlaut.rag.config import Settings
from wortlaut.rag.llamaindex import WortlautQueryEngine, WortlautRetriever, list_pieces

pytestmark = pytest.mark.usefixtures("unread")

QUERY = "Damm an der Olme"
GERMAN = "Der Damm an der Olme wird {0} Meter höher, sagte {1} am Montag in Tarvo."
ENGLISH = "The dam on the river Olme will be {0} metres higher, said {1} on Monday in Tarvo."
ADA, BORIS = "Ministerin Ada Holm", "Bürgermeister Boris Quandt"
# id: text, date, its precision, source, language
ROWS = {
    "day": (GERMAN.format(2, ADA), date(2026, 1, 29), "day", "Tarvo-Post", "de"),
    "end": (GERMAN.format(3, ADA), date(2026, 2, 28), "day", "tarvo-post", None),
    "month": (GERMAN.format(4, BORIS), date(2026, 2, 1), "month", "Olme-Bote", "de-AT"),
    "year": (GERMAN.format(5, BORIS), date(2025, 1, 1), "year", None, "deu"),
    "none": (ENGLISH.format(6, "Mayor Ada Holm"), None, "unknown", "Tarvo Herald", "en"),
}
EVERY = set(ROWS)


@pytest.fixture(scope="module")
def archive(tmp_path_factory, models):
    folder = tmp_path_factory.mktemp("kin")
    articles = [
        Article(i, f"Damm {i}", text + "\n", hash_text(text + "\n"), source, None, language, day, p)
        for i, (text, day, p, source, language) in ROWS.items()
    ]
    report = index_articles(Settings(data=folder, models=models), articles)
    assert report.added == len(ROWS)
    with wortlaut.open(folder, models=models, reader="none") as archive:
        yield archive


def meet(key, value, operator="=="):
    return MetadataFilter(key=key, value=value, operator=FilterOperator(operator))


def join(*filters, condition="and"):
    return MetadataFilters(filters=list(filters), condition=FilterCondition(condition))


def find(archive, filters):
    """The ids of the articles whose passages are retrieved."""
    nodes = archive.as_retriever(20, filters).retrieve(QUERY)
    return {found.node.ref_doc_id for found in nodes}


CASES = [
    (meet("published", "2026-01-29"), {"day"}),
    (meet("published", "2026-02"), {"end", "month"}),
    (meet("published", 2026), {"day", "end", "month"}),
    (meet("published_day", 20260228), {"end", "month"}),
    (meet("date", 202602), {"end", "month"}),
    (meet("published", "2026-01-29", "!="), EVERY - {"day"}),
    (meet("published", "2026-01-29", ">"), {"end", "month"}),
    (meet("published", "2026-02-27", ">"), {"end", "month"}),
    (meet("published", "2026-02-28", ">"), set()),
    (meet("published", "2026-02", ">"), set()),
    (meet("published", "2025", ">"), {"day", "end", "month"}),
    (meet("published", "2026-02-10", ">="), {"end", "month"}),
    (meet("published_day", 20250601, ">="), {"day", "end", "month", "year"}),
    (meet("published_day", 20260129, "<="), {"day", "year"}),
    (meet("published", "2026-01-29", "<"), {"year"}),
    (meet("published", "2025", "<"), set()),
    (meet("published", ["2025", "2026-01-29"], "in"), {"day", "year"}),
    (meet("published", [20260129, 20260228], "nin"), {"year", "none"}),
    (meet("published", None, "is_empty"), {"none"}),
    (meet("source", "Tarvo-Post"), {"day", "end"}),
    (meet("source", "Tarvo-Post", "!="), {"month", "year", "none"}),
    (meet("source", ["olme-bote", "Tarvo Herald"], "in"), {"month", "none"}),
    (meet("source", ["olme-bote", "Tarvo-Post"], "nin"), {"year", "none"}),
    (meet("source", [], "in"), set()),
    (meet("source", [], "nin"), EVERY),
    (meet("source", None, "is_empty"), {"year"}),
    (meet("language", "de"), {"day", "end", "month", "year"}),
    (meet("language", "en"), {"none"}),
    (meet("language", "de", "!="), {"none"}),
    (meet("language", "ru"), set()),
    (meet("language", ["en", "ru"], "in"), {"none"}),
    (meet("speaker", "Ada Holm"), {"day", "end", "none"}),
    (meet("speaker", "Quandt"), {"month", "year"}),
    (meet("speaker", "Quandt", "!="), {"day", "end", "none"}),
    (meet("speaker", "Oxenrath"), set()),
    (meet("speaker", " % "), set()),
    (meet("source", "Tarvo\ud800"), set()),
    (meet("title", "Damm\ud800"), set()),
    (meet("article_id", [*map(str, range(4000)), "day"], "in"), {"day"}),
    (meet("article_id", [*map(str, range(4000)), "day"], "nin"), EVERY - {"day"}),
    (meet("source", [*map(str, range(2000)), "Tarvo-Post"], "in"), {"day", "end"}),
    (join(*(meet("title", str(n)) for n in range(2000)), condition="or"), set()),
    (meet("speaker", ["Holm", "Quandt"], "any"), EVERY),
    (meet("speaker", ["Holm", "Quandt"], "all"), set()),
    (meet("speaker", "Holm", "contains"), {"day", "end", "none"}),
    (meet("title", "Damm end"), {"end"}),
    (meet("article_id", ["day", "year"], "in"), {"day", "year"}),
    (join(), EVERY),
    (
        join(meet("source", "tarvo-post"), meet("published", "2026-02", ">=")),
        {"end"},
    ),
    (
        join(meet("language", "en"), meet("published", "2025"), condition="or"),
        {"none", "year"},
    ),
    (
        join(
            meet("speaker", "Ada Holm"),
            join(meet("published", "2026-01-29"), meet("language", "en"), condition="or"),
        ),
        {"day", "none"},
    ),
    (join(join(meet("speaker", "Holm"), meet("language", "de")), condition="not"),
     {"month", "year", "none"}),
]  # fmt: skip


# By number: a set's order, and so its name, is another in each process that runs tests.
@pytest.mark.parametrize(("filters", "expected"), CASES, ids=range(len(CASES)))
def test_a_filter_lets_through_what_meets_it_and_nothing_else(archive, filters, expected):
    filters = filters if isinstance(filters, MetadataFilters) else join(filters)
    assert find(archive, filters) == expected


def test_without_the_passage_map_the_same_is_let_through(archive, monkeypatch):
    monkeypatch.setattr(archive.chat.retriever.map, "read", lambda: None)
    for filters, expected in CASES:
        filters = filters if isinstance(filters, MetadataFilters) else join(filters)
        assert find(archive, filters) == expected


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (meet("author", "x"), "no article has 'author' to filter by; there are: published"),
        (meet("author", None, "is_empty"), "no article has 'author'"),
        (meet("published", "soon", ">"), "published > 'soon': 'soon' is no date"),
        (meet("published", 5), "5 is no date"),
        (meet("published", None), "is no date"),
        (meet("published", "2026", "text_match"), "'published' is compared by: ==, !=, >"),
        (meet("source", "Tarvo", ">"), "'source' is compared by: ==, !=, in, nin, is_empty"),
        (meet("source", "Tarvo", "contains"), "cannot be honoured"),
        (meet("source", 7), "wants a text, not 7"),
        (meet("title", [7, 8], "in"), "wants a text, not 7"),
        (meet("author", [], "nin"), "no article has 'author'"),
        (meet("author", [], "all"), "no article has 'author'"),
        (meet("source", [], "any"), "cannot be honoured"),
        (meet("title", ["x"] * 10_001, "in"), "10001 values; 10000 can be looked for at once"),
        (meet("source", "Tarvo", "in"), "wants a list of values"),
        (meet("source", ["Tarvo"]), "wants one value"),
        (meet("speaker", None, "is_empty"), "'speaker' is compared by: ==, !=, in, nin, any"),
        (meet("speaker", "Holm", ">="), "cannot be honoured"),
        (join(meet("source", "a"), meet("source", "b"), condition="not"), "NOT over several"),
    ],
    ids=lambda case: str(case)[:40],
)
def test_what_cannot_be_honoured_is_refused_before_any_search(archive, filters, said):
    with pytest.raises(ConfigError) as refused:
        WortlautRetriever(archive.chat.retriever, 3, join(filters))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_filters_within_filters_without_end_are_refused(archive):
    filters = join(meet("source", "a"))
    for _ in range(3000):
        filters = MetadataFilters(filters=[filters])
    with pytest.raises(ConfigError, match="nested too deeply"):
        WortlautRetriever(archive.chat.retriever, 3, filters)


def test_neither_another_selection_nor_no_number_is_taken(archive):
    with pytest.raises(ConfigError, match="selects nothing"):
        WortlautRetriever(archive.chat.retriever, 3, {"source": "x"})
    with pytest.raises(ConfigError, match="no number of passages"):
        archive.as_retriever(0)
    with pytest.raises(ConfigError, match="MetadataFilters go to the retriever"):
        WortlautQueryEngine(chat=archive.chat, filters=join())


def test_what_is_indexed_later_is_filtered_as_well(tmp_path, models):
    with wortlaut.open(tmp_path / "data", models=models, reader="none") as archive:
        for number, language in enumerate(["de", "en"]):
            text = (GERMAN if language == "de" else ENGLISH).format(number, ADA)
            (tmp_path / f"{language}.txt").write_text(f"{text}\n")
        archive.index(tmp_path / "de.txt")
        retriever = archive.as_retriever(5, join(meet("language", "en")))
        assert retriever.retrieve(QUERY) == []
        settings = Settings(data=archive.folder, models=models)
        from wortlaut.rag.assembly import index_paths

        index_paths(settings, [tmp_path / "en.txt"])
        assert [found.node.text[:7] for found in retriever.retrieve(QUERY)] == ["The dam"]


def test_a_node_has_its_true_place_and_facts(archive):
    for found in archive.as_retriever(20).retrieve(QUERY):
        node = found.node
        article = archive.chat.archive.read_article(node.ref_doc_id)
        assert article.text[node.start_char_idx : node.end_char_idx] == node.text
        assert node.metadata["article_id"] == article.id
        assert node.metadata["published_day"] == (
            int(article.published.strftime("%Y%m%d")) if article.published else ""
        )
        assert article.id not in node.get_content(MetadataMode.EMBED).removesuffix(node.text)
        assert "published_day" not in node.get_content(MetadataMode.LLM)


def test_a_plain_vector_store_on_the_same_chroma_compares_days(archive, models):
    library = open_library(Settings(data=archive.folder, models=models))
    query = VectorStoreQuery(
        query_embedding=library.embedder.encode_query([QUERY])[0].tolist(),
        similarity_top_k=10,
        filters=join(meet("published_day", 20260201, ">=")),
    )
    nodes = library.store.as_vector_store().query(query).nodes
    library.close()
    assert {node.ref_doc_id for node in nodes} == {"end", "month"}


def test_who_waits_for_passages_or_an_answer_lets_others_go_on(archive, monkeypatch):
    retriever, engine = archive.as_retriever(3), archive.as_query_engine()
    expected = [found.node.node_id for found in retriever.retrieve(QUERY)]
    free, search, ask = threading.Event(), archive.chat.retriever.search, archive.chat.ask

    def wait_and(do):
        def wait(*arguments):
            # Set by a task of the event loop: blocked, it never would be.
            assert free.wait(30)
            return do(*arguments)

        return wait

    monkeypatch.setattr(archive.chat.retriever, "search", wait_and(search))
    monkeypatch.setattr(archive.chat, "ask", wait_and(ask))

    async def let_go():
        await asyncio.sleep(0)
        free.set()

    async def main():
        found, _ = await asyncio.gather(retriever.aretrieve(QUERY), let_go())
        free.clear()
        answer, _ = await asyncio.gather(engine.aquery(f"Was sagte {ADA}?"), let_go())
        return found, answer

    found, answer = asyncio.run(main())
    assert [each.node.node_id for each in found] == expected
    assert answer.response == ask(f"Was sagte {ADA}?").text


def test_a_stream_gives_the_answer_in_pieces_and_its_sources(archive):
    question = "Was sagte Ada Holm zum Damm?"
    whole = archive.as_query_engine().query(question)
    response = archive.as_query_engine(streaming=True).query(question)
    assert isinstance(response, StreamingResponse)
    assert response.source_nodes
    pieces = list(response.response_gen)
    assert len(pieces) > 1
    assert "".join(pieces) == whole.response
    assert [n.node.id_ for n in response.source_nodes] == [n.node.id_ for n in whole.source_nodes]
    assert response.metadata["answer"]["answer"] == whole.response
    for found in response.source_nodes:
        text = archive.chat.archive.read_article(found.node.metadata["article_id"]).text
        assert text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text


def test_an_awaited_stream_gives_the_same(archive):
    question = "Was sagte Ada Holm zum Damm?"
    engine = archive.as_query_engine(streaming=True)

    async def main():
        response = await engine.aquery(question)
        assert isinstance(response, AsyncStreamingResponse)
        return [piece async for piece in response.response_gen], response.source_nodes

    pieces, sources = asyncio.run(main())
    whole = archive.as_query_engine().query(question)
    assert len(pieces) > 1
    assert "".join(pieces) == whole.response
    assert len(sources) == len(whole.source_nodes)


def test_a_stream_is_made_as_it_is_read(archive, monkeypatch):
    answer, made = archive.ask("Was sagte Ada Holm zum Damm?"), []

    def stream(*_):
        for text in ("Eins.", "Eins. Zwei.", "Eins. Zwei. Drei."):
            made.append(text)
            yield replace(answer, text=text)

    monkeypatch.setattr(archive.chat, "stream", stream)
    pieces = archive.as_query_engine(streaming=True).query("Was?").response_gen
    assert next(pieces) == "Eins."
    assert made == ["Eins."]
    assert next(pieces) == " Zwei."
    assert made == ["Eins.", "Eins. Zwei."]


def test_no_question_fails_at_once_in_a_stream_too(archive):
    with pytest.raises(ConfigError, match="empty question"):
        archive.as_query_engine(streaming=True).query(" ")


@pytest.mark.parametrize(
    ("texts", "pieces"),
    [
        # Notes stand below what the model has written so far, and move down.
        (["", "A.\n\nNote", "A.\n\nNote", "A. B.\n\nNote"], ["A.", " B.\n\nNote"]),
        (["A.", "A. B.", "A. B."], ["A.", " B."]),
        (["A.", "A. B.", "Other."], ["A.", "\n\nOther."]),
        (["A."], ["A."]),
        ([""], []),
    ],
)
def test_what_a_model_writes_is_told_once_it_is_sure(archive, texts, pieces):
    answer = replace(archive.ask("Was sagte Ada Holm?"), mode="llm")
    assert list(list_pieces(replace(answer, text=text) for text in texts)) == pieces


def test_a_langchain_program_gets_passages(archive):
    retriever = archive.as_langchain_retriever(3, since="2026-02", speaker="Ada Holm")
    documents = retriever.invoke(QUERY)
    assert [document.metadata["article_id"] for document in documents] == ["end"]
    (document,) = documents
    article = archive.chat.archive.read_article("end")
    facts = document.metadata
    assert article.text[facts["start"] : facts["end"]] == document.page_content
    assert facts["published_day"] == 20260228
    assert asyncio.run(retriever.ainvoke(QUERY)) == documents
    assert len(archive.as_langchain_retriever(2).invoke(QUERY)) == 2


def test_without_langchain_it_says_what_to_install(archive, monkeypatch):
    monkeypatch.delitem(sys.modules, "wortlaut.rag.kin.langchain", raising=False)
    monkeypatch.setitem(sys.modules, "langchain_core.callbacks", None)
    with pytest.raises(ConfigError, match=r"pip install 'wortlaut\[langchain\]'"):
        archive.as_langchain_retriever()


def test_filters_of_ours_bind_the_query_engine(archive):
    engine = WortlautQueryEngine(chat=archive.chat, filters=Filters(speaker="Boris Quandt"))
    cited = engine.query("Wie hoch wird der Damm an der Olme?").source_nodes
    assert {found.node.metadata["speaker"] for found in cited} == {"Boris Quandt"}
