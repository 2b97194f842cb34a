"""The error tree: every message says what to do next.

WortlautError                exit 1
├ ConfigError                exit 2
├ SourceError(path)          that file is skipped, counted, named; the rest goes on
├ StoreError
│  ├ StoreUnavailable
│  │  └ ArchiveUnavailable   it is the archive that refused, not Chroma
│  │     └ ArchiveDamaged
│  ├ StoreBusy               another process writes to this archive
│  ├ EmbedderMismatch(expected, found)
│  ├ DamagedArticle(article_id)  it is left out, the rest goes on
│  └ StaleSpan(article_id)
├ LLMError
│  ├ LLMUnavailable          the chat falls back to the extractive answer and says so
│  └ MalformedAnswer
│     └ OnlyThought          it reasoned, and wrote no answer
└ DatasetError
"""

from __future__ import annotations


class WortlautError(Exception):
    """Something failed that the user can act on; `exit_status` is the process's."""

    exit_status = 1


class ConfigError(WortlautError):
    """Wrong use or a wrong setting."""

    exit_status = 2


class SourceError(WortlautError):
    """A source file that cannot be read as articles; it is skipped, the rest goes on.

    `reason` is one line, whatever of the file's own words stands in it.
    """

    def __init__(self, path: str, reason: str) -> None:
        reason = " ".join(reason.split())
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class StoreError(WortlautError):
    """The archive or the vector store refused."""


class StoreUnavailable(StoreError):
    """The archive folder or the Chroma server cannot be reached."""


class ArchiveUnavailable(StoreUnavailable):
    """The archive's file or server cannot be read or written; Chroma is not to blame."""


class ArchiveDamaged(ArchiveUnavailable):
    """What the archive is kept in is not what was stored, is cut short, emptied or gone."""


class StoreBusy(StoreError):
    """Another process is writing to this archive."""


class EmbedderMismatch(StoreError):
    """The archive was made with another embedder."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"this archive was made with the embedder {expected}, but {found} is set; "
            "name that one with --embedder, or rebuild with: wortlaut index --rebuild"
        )
        self.expected = expected
        self.found = found


class DamagedArticle(StoreError):
    """What the archive holds of an article is no longer what was stored."""

    def __init__(self, article_id: str, fault: str) -> None:
        super().__init__(
            f"article {article_id} is damaged in the archive: {fault}; it is never quoted; "
            "wortlaut doctor says what else is damaged, and how to mend it"
        )
        self.article_id = article_id


class StaleSpan(StoreError):
    """The cited article has changed or is gone since the citation was made."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"article {article_id} changed since it was cited; ask the question again")
        self.article_id = article_id


class LLMError(WortlautError):
    """The language model failed."""


class LLMUnavailable(LLMError):
    """The language model's endpoint does not answer."""


class MalformedAnswer(LLMError):
    """The language model's answer cannot be read."""


class OnlyThought(MalformedAnswer):
    """The language model thought and wrote no answer."""


class DatasetError(WortlautError):
    """A question file or data set that cannot be read."""
