"""What the tools take and give where it is not what the JSON API has."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from wortlaut.ui.api.schemas import (
    LONGEST_TEXT,
    MOST_PASSAGES,
    Name,
    Period,
    Question,
    ShownDated,
    ShownStatement,
)


class SearchArguments(Period):
    """What `search` takes."""

    query: Question = Field(description="What to look for, in German, English or Russian.")
    limit: int = Field(10, ge=1, le=MOST_PASSAGES, description="The most passages.")
    speaker: Name | None = Field(None, description="Only articles in which this person speaks.")


class TimelineArguments(Period):
    """What `timeline` takes."""

    speaker: Name = Field(description="Whose statements.")
    topic: str = Field("", max_length=2000, description="Only those about it.")
    limit: int = Field(200, ge=1, le=5000, description="The most statements, the latest ones.")


class StatementsArguments(BaseModel):
    """What `statements` takes: one of the two."""

    model_config = ConfigDict(extra="forbid")

    article_id: Name | None = Field(None, description="An article of the archive.")
    text: str | None = Field(
        None, min_length=1, max_length=LONGEST_TEXT,
        description="A German or English text of your own instead; it is not kept.",
    )  # fmt: skip


class ArticleArguments(BaseModel):
    """What `article` takes."""

    model_config = ConfigDict(extra="forbid")

    article_id: Name = Field(description="Its id, or the beginning of it.")


class TimelineResult(BaseModel):
    """What the person said, oldest first, undated last."""

    found: int = Field(description="How many statements fit; the latest `limit` of them are told.")
    statements: list[ShownDated]


class QuotedStatement(ShownStatement):
    """Who says what, with the words."""

    quote: str


class StatementsResult(BaseModel):
    """Who says what, in the order of the text."""

    article_id: str | None
    statements: list[QuotedStatement]
