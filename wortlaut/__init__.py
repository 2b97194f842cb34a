"""Ask a news archive who said what, and when; every sentence stands on the archive's exact words.

    import wortlaut

    with wortlaut.open("archive") as archive:
        archive.index("articles/")
        answer = archive.ask("What did Lavrov say about guarantees?")
        print(answer.text)

What is not named here may change from one version to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, Self

from wortlaut.index.errors import (
    ConfigError,
    DatasetError,
    EmbedderMismatch,
    LLMError,
    LLMUnavailable,
    MalformedAnswer,
    SourceError,
    StaleSpan,
    StoreBusy,
    StoreError,
    StoreUnavailable,
    WortlautError,
)

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from llama_index.core.vector_stores.types import MetadataFilters

    from wortlaut.eval.faithfulness.scorer import Faithfulness
    from wortlaut.index.article import Article, Span, Statement
    from wortlaut.index.embedder import Embedder
    from wortlaut.index.ingest import IngestReport
    from wortlaut.rag.answer import Answer, Citation, Claim, Filters
    from wortlaut.rag.assembly import Library
    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.rag.kin.langchain import WortlautLangChainRetriever
    from wortlaut.rag.llamaindex import WortlautQueryEngine, WortlautRetriever
    from wortlaut.rag.receipt import Finding
    from wortlaut.rag.retriever import ScoredPassage

__all__ = [
    "Answer", "Article", "Citation", "Claim", "ConfigError", "DatasetError", "Embedder",
    "EmbedderMismatch", "Faithfulness", "Finding", "IngestReport", "LLMError", "LLMUnavailable",
    "MalformedAnswer", "NewsArchive", "ScoredPassage", "SourceError", "Span", "StaleSpan",
    "Statement", "StoreBusy", "StoreError", "StoreUnavailable", "WortlautError", "open", "score",
    "statements",
]  # fmt: skip

# The types that answers are made of come when they are named: importing this package loads nothing.
_HOMES = {
    "Answer": "rag.answer", "Article": "index.article", "Citation": "rag.answer",
    "Claim": "rag.answer", "Embedder": "index.embedder",
    "Faithfulness": "eval.faithfulness.scorer", "Finding": "rag.receipt",
    "IngestReport": "index.ingest", "ScoredPassage": "rag.retriever", "Span": "index.article",
    "Statement": "index.article",
}  # fmt: skip
Day = str | date


if not TYPE_CHECKING:  # a type checker sees the imports above, and a misspelt name

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'wortlaut' has no attribute {name!r}")
        return getattr(import_module(f"wortlaut.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def open(  # noqa: A001  # as gzip.open and tarfile.open are called
    folder: str | Path | None = None,
    *,
    config: str | Path | None = None,
    embedder: str | Path | Embedder | None = None,
    llm: LLM | None = None,
    **settings: Any,
) -> NewsArchive:
    """The archive in the folder, which is made if it is not there; to be closed, or used in `with`.

    Without a folder it is `$WORTLAUT_DATA`, else the platform's user data folder, as on the command
    line. `embedder` is a model's name or folder, or one of your own; `llm` any LlamaIndex `LLM`,
    which then words the answers. Other settings by name, as in a file: `quotes=3`. Raises
    ConfigError for a setting that does not exist, or a value that is none for it.
    """
    from wortlaut.rag.config import load_settings

    if "data" in settings:
        raise ConfigError("the archive's folder is the first argument; leave data= out")
    own = None if isinstance(embedder, str | Path) else embedder
    if own is not None and not hasattr(own, "fingerprint"):
        raise ConfigError(f"{_show(own)} is no embedder; name a model, or give a wortlaut.Embedder")
    if llm is not None:
        if not hasattr(llm, "metadata"):
            raise ConfigError(f"{_show(llm)} is no LlamaIndex LLM; name a model with llm_model=")
        settings.setdefault("mode", "llm")
    loaded = load_settings(
        _read_path(config) if config else None,
        data=_read_path(folder) if folder else None,
        embedder=str(embedder) if isinstance(embedder, str | Path) else None,
        **settings,
    )
    return NewsArchive(loaded, own, llm)


def statements(text: str) -> list[Statement]:
    """Who says what in a German or English text, in its order; no archive is needed."""
    from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
    from wortlaut.index.splitter import split_sentences

    text = _read_text("text", text)
    return drop_mere_nouns(extract_statements(text, split_sentences(text)), text)


def score(question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
    """How far the contexts bear out an answer of any system, offline; no archive is needed."""
    from wortlaut.rag.config import load_settings

    return _score(load_settings(), question, answer, contexts)


class NewsArchive:
    """An archive of news articles: read into, asked and checked from one place.

    Days are `date`s or ISO texts: `2026-01-29`, `2026-01`, `2026`.
    """

    def __init__(
        self, settings: Settings, embedder: Embedder | None = None, llm: LLM | None = None
    ) -> None:
        self._settings = settings
        self._embedder = embedder
        self._llm = llm
        self._library: Library | None = None
        self._chat: NewsChat | None = None
        # Whoever asks first opens the archive; several threads may at once.
        self._opening = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the files; whatever is asked next opens them again."""
        with self._opening:
            if self._library is not None:
                self._library.close()
            self._library = self._chat = None

    @property
    def folder(self) -> Path:
        """Where the archive is."""
        return self._settings.data

    @property
    def chat(self) -> NewsChat:
        """The conversation behind `ask`: it streams, suggests questions and knows the retriever."""
        with self._opening:
            if self._chat is None:
                from wortlaut.rag.assembly import make_chat, open_library

                self._library = open_library(self._settings, self._embedder)
                self._chat = make_chat(self._settings, self._library, self._llm)
            return self._chat

    def index(
        self,
        *paths: str | Path,
        rebuild: bool = False,
        prune: bool = False,
        fields: Mapping[str, str] | None = None,
    ) -> IngestReport:
        """Read files and folders into the archive: what was added, updated and could not be read.

        Unchanged files cost nothing. `prune` drops articles whose source is gone, `rebuild` makes
        all anew. `fields` says which field of a record is which of ours: `{"text": "body"}`.
        Raises StoreBusy while another process writes, ConfigError for fields that there are not.
        """
        from wortlaut.index.formats.fields import check_fields
        from wortlaut.rag.assembly import index_paths

        self.close()
        own = self._embedder
        load = None if own is None else lambda letters: own
        found = [_read_path(path) for path in paths]
        mapping = None if fields is None else check_fields(fields)
        return index_paths(
            self._settings, found, rebuild=rebuild, prune=prune, fields=mapping, load=load
        )

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        *,
        since: Day | None = None,
        until: Day | None = None,
        as_of: Day | None = None,
        speaker: str | None = None,
        source: str | None = None,
        language: Literal["de", "en", "ru"] | None = None,
        mode: Literal["extractive", "llm"] | None = None,
    ) -> Answer:
        """The answer in the archive's own words, or an abstention that says why.

        `history` are the answers before it in the conversation. Raises ConfigError for an empty
        question.
        """
        filters = self._read_filters(since, until, as_of, speaker, source, language)
        if mode not in (None, "extractive", "llm"):
            raise ConfigError(f"unknown mode {_show(mode)}: use extractive or llm")
        earlier = _read_answers(history)
        return self.chat.ask(_read_text("question", question), earlier, filters, mode)

    def search(
        self,
        text: str,
        limit: int = 10,
        *,
        since: Day | None = None,
        until: Day | None = None,
        as_of: Day | None = None,
        speaker: str | None = None,
        source: str | None = None,
    ) -> list[ScoredPassage]:
        """The passages that fit the text best, best first."""
        filters = self._read_filters(since, until, as_of, speaker, source)
        if not isinstance(limit, int) or limit < 1:
            raise ConfigError(f"the limit {_show(limit)} is no number of passages; give 1 or more")
        return self.chat.search(_read_text("text", text), limit, filters)

    def timeline(
        self,
        speaker: str,
        topic: str = "",
        *,
        since: Day | None = None,
        until: Day | None = None,
        as_of: Day | None = None,
        source: str | None = None,
    ) -> list[Citation]:
        """What a person said, on the topic if there is one: oldest first, undated last."""
        filters = self._read_filters(since, until, as_of, None, source)
        who, what = _read_text("speaker", speaker), _read_text("topic", topic)
        return self.chat.list_timeline(who, what, filters)

    def statements(self, article_id: str) -> list[Statement]:
        """Who says what in one of the archive's articles, in its order; `[]` for an unknown id."""
        return self.chat.archive.read_statements(_read_text("article_id", article_id))

    def keep_receipt(self, file: str | Path, turns: Answer | Sequence[Answer]) -> None:
        """Write what the answers of one conversation rest on to a file, for `verify`."""
        from wortlaut.rag.receipt import write_receipt

        path, answers = _read_path(file), _read_answers(turns)
        write_receipt(path, answers, archive=self.chat.archive, settings=self._settings)

    def verify(self, kept: str | Path | Answer) -> list[Finding]:
        """What of a receipt's file, or of an answer, no longer holds; `[]` where all does.

        Quotes are held against the archive's text, claims against their quotes, and the questions
        are understood anew; while archive and program are the same, asked anew too. A finding whose
        `severity` is "note" makes nothing wrong. Raises ConfigError for a file that is no receipt
        of this archive.
        """
        from wortlaut.rag.assembly import open_verifier, reopen_chat
        from wortlaut.rag.receipt import make_receipt, read_receipt
        from wortlaut.rag.recheck import list_findings

        archive = self.chat.archive
        if isinstance(kept, str | Path):
            receipt = read_receipt(_read_path(kept))
        else:
            answers = _read_answers([kept])
            receipt = make_receipt(answers, archive=archive, settings=self._settings)
        library, key = self._library, self._settings.receipt_key
        assert library is not None  # the chat has opened it
        found = list_findings(
            receipt,
            archive,
            open_verifier(archive, library.embedder),
            key=key.get_secret_value() if key else None,
            reopen=partial(reopen_chat, self._settings, lambda: library),
        )
        return list(found)

    def score(
        self, question: str, answer: str, contexts: Sequence[str] | Iterable[Citation]
    ) -> Faithfulness:
        """How far contexts, or cited quotes, bear out an answer; see `wortlaut.score`."""
        return _score(self._settings, question, answer, contexts)

    def as_retriever(
        self, limit: int = 5, filters: MetadataFilters | None = None
    ) -> WortlautRetriever:
        """The archive's passages as a LlamaIndex retriever.

        `filters` may speak of `published`, `source`, `speaker`, `language`, `title` and other facts
        of an article; raises ConfigError for what cannot be honoured.
        """
        from wortlaut.rag.llamaindex import WortlautRetriever

        return WortlautRetriever(self.chat.retriever, limit, filters)

    def as_query_engine(self, *, streaming: bool = False) -> WortlautQueryEngine:
        """The chat as a LlamaIndex query engine; its source nodes are the cited quotes."""
        from wortlaut.rag.llamaindex import WortlautQueryEngine

        return WortlautQueryEngine(chat=self.chat, streaming=streaming)

    def as_langchain_retriever(
        self,
        limit: int = 5,
        *,
        since: Day | None = None,
        until: Day | None = None,
        as_of: Day | None = None,
        speaker: str | None = None,
        source: str | None = None,
    ) -> WortlautLangChainRetriever:
        """The archive's passages as a LangChain retriever; raises ConfigError without LangChain."""
        try:
            from wortlaut.rag.kin.langchain import WortlautLangChainRetriever
        except ImportError:
            raise ConfigError(
                "LangChain is not here; install it: pip install 'wortlaut[langchain]'"
            ) from None
        filters = self._read_filters(since, until, as_of, speaker, source)
        return WortlautLangChainRetriever(chat=self.chat, limit=limit, filters=filters)

    @staticmethod
    def _read_filters(
        since: Day | None,
        until: Day | None,
        as_of: Day | None,
        speaker: str | None = None,
        source: str | None = None,
        language: Literal["de", "en", "ru"] | None = None,
    ) -> Filters:
        from wortlaut.rag.answer import Filters, read_window

        first, final, last_known = read_window(since, until, as_of)
        if language not in (None, "de", "en", "ru"):
            raise ConfigError(f"unknown language {_show(language)}: use de, en or ru")
        speaker = None if speaker is None else _read_text("speaker", speaker)
        source = None if source is None else _read_text("source", source)
        return Filters(first, final, last_known, speaker, source, language)


def _score(
    settings: Settings, question: str, answer: str, contexts: Iterable[str | Citation]
) -> Faithfulness:
    from wortlaut.eval.faithfulness.scorer import open_scorer

    if isinstance(contexts, str) or not isinstance(contexts, Iterable):
        raise ConfigError(f"contexts are a list of texts, not {_show(contexts)}")
    plain = [each if isinstance(each, str) else getattr(each, "quote", None) for each in contexts]
    texts = [_read_text("contexts", text) for text in plain]
    asked, said = _read_text("question", question), _read_text("answer", answer)
    return open_scorer(settings).score(asked, said, texts)


def _read_answers(given: Answer | Sequence[Answer]) -> list[Answer]:
    from wortlaut.rag.answer import Answer

    answers = [given] if isinstance(given, Answer) or not isinstance(given, Iterable) else given
    for answer in answers:
        if not isinstance(answer, Answer):
            raise ConfigError(f"{_show(answer)} is no answer; give what ask() returned")
    return list(answers)


def _read_path(given: str | Path) -> Path:
    if not isinstance(given, str | Path) or not str(given) or "\0" in str(given):
        raise ConfigError(f"{_show(given)} is no path; name a file or folder")
    return Path(given)


def _read_text(name: str, given: Any) -> str:
    """The text, with "?" for a lone surrogate, which no file and no database holds."""
    if not isinstance(given, str):
        raise ConfigError(f"{name} is a text, not {_show(given)}")
    return given.encode("utf-8", "replace").decode("utf-8")


def _show(given: object) -> str:
    return " ".join(repr(given).split())[:60]
