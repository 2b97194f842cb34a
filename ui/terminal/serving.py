"""What is made ready before something is served: who may come in, logs, and what is told of a model."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError, WortlautError
from wortlaut.rag.assembly import open_model
from wortlaut.ui.render import clean_line
from wortlaut.ui.terminal.printing import tell

if TYPE_CHECKING:
    from wortlaut.rag.config import Settings
    from wortlaut.rag.model.llm import LanguageModel
    from wortlaut.ui.gate.doors import Doors


def prepare_serving(settings: Settings) -> tuple[Settings, Doors]:
    """The settings to serve with, and who may come in; logs are written from here on as is wished."""
    from wortlaut.ui.gate.doors import open_doors
    from wortlaut.ui.gate.logs import set_up_logs

    doors = open_doors(settings, settings.host)
    if settings.log_format is not None:
        set_up_logs(settings.log_format, with_questions=settings.log_questions)
    return prepare_model(settings), doors


def prepare_model(settings: Settings) -> Settings:
    """The settings to serve with: without a language model where its address is none.

    A line on standard error says so; or later, when a model is asked in the background whether it
    answers, that it does not.
    """
    if settings.llm_base_url is None and settings.mode != "llm":
        return settings
    try:
        model = open_model(settings)
    except ConfigError as error:
        tell(
            clean_line(
                f"wortlaut: {error}; until it is mended answers are in the archive's words alone"
            )
        )
        return settings.model_copy(update={"llm_base_url": None, "mode": "extractive"})
    # A server that is silent takes its time, and nobody is to wait for the page so long.
    Thread(target=_tell_silence, args=(model,), daemon=True, name="wortlaut-model").start()
    return settings


def _tell_silence(model: LanguageModel) -> None:
    try:
        model.check()
    except WortlautError as error:
        tell(clean_line(f"wortlaut: {error}; until it answers, questions get the archive's words"))
