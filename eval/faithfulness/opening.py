"""A scorer by its name: the only wiring of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from eval.faithfulness.scorer import Scorer
from index.errors import ConfigError
from rag.config import Settings

ScorerName = Literal["offline", "nli", "llm"]


def open_scorer(settings: Settings, name: str = "offline", model: str | None = None) -> Scorer:
    """The scorer under the name: `offline`, `nli` or `llm`; raises ConfigError for another.

    `model` is a calibration file for `offline` (without one, the shipped calibration), a hub name
    or folder for `nli`, and for `llm` a model of the endpoint that is set.
    """
    if name == "offline":
        return _open_offline(settings, Path(model) if model else None)
    if name == "nli":
        return _open_nli(model)
    if name == "llm":
        return _open_llm(settings, model)
    raise ConfigError(
        f"no scorer is called {name!r}; take one of {', '.join(get_args(ScorerName))}"
    )


def _open_offline(settings: Settings, file: Path | None) -> Scorer:
    from eval.faithfulness.offline import Calibration, OfflineScorer
    from eval.faithfulness.rarity import load_rarity
    from index.embedder import load_embedder
    from rag.verification.verifier import OfflineVerifier

    calibration = Calibration.read(file) if file else Calibration()
    embedder = load_embedder(settings.embedder, settings.models_folder)
    return OfflineScorer(embedder, OfflineVerifier(embedder), load_rarity(), calibration)


def _open_nli(model: str | None) -> Scorer:
    from eval.faithfulness.entailment import NliScorer
    from rag.judges import NliVerifier

    if model is None:
        raise ConfigError("the nli scorer needs an entailment model: --scorer-model NAME_OR_FOLDER")
    return NliScorer(NliVerifier(model))


def _open_llm(settings: Settings, model: str | None) -> Scorer:
    from eval.faithfulness.judge import LlmScorer
    from rag.assembly import open_model
    from rag.judges import JudgeVerifier

    if model is not None:
        settings = settings.model_copy(update={"llm_model": model})
    fingerprint = f"llm {settings.llm_model} at {settings.llm_base_url}"
    return LlmScorer(JudgeVerifier(open_model(settings)), fingerprint)
