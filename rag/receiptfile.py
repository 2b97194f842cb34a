"""Receipts as files: JSON in UTF-8, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError

from index.archive import Archive
from index.errors import ConfigError
from rag.answer import Answer, Filters
from rag.config import Settings
from rag.receipt import FORMAT, Receipt, make_receipt

_LARGEST = 16 * 2**20
_HOW_TO_MAKE = "write one with: wortlaut ask --receipt FILE QUESTION"


def write_receipt(
    path: Path,
    turns: Sequence[Answer],
    *,
    archive: Archive,
    settings: Settings,
    filters: Filters = Filters(),
) -> Receipt:
    """The receipt of the conversation, which then stands in the file.

    Raises ConfigError where nothing was answered, where the file cannot be written, and where it
    is something else than a receipt.
    """
    receipt = make_receipt(turns, archive=archive, settings=settings, filters=filters)
    data = (receipt.model_dump_json(indent=1) + "\n").encode()
    if len(data) > _LARGEST:
        raise ConfigError(
            f"a receipt of {len(data)} bytes is too long; ask fewer questions at once"
        )
    check_target(path)
    # Through a link, the file that it names is replaced, not the link.
    target = path.resolve()
    draft = target.with_name(f".receipt-{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        raise _explain_target(path, error) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return receipt


def check_target(path: Path) -> None:
    """Return if a receipt may be written there; else raise ConfigError that says why not."""
    try:
        target = path.resolve()
        if target.exists():
            if not _holds_receipt(target):
                raise ConfigError(f"{path} exists and is no receipt; name another file for it")
        elif not target.parent.is_dir():
            raise ConfigError(f"{path}: there is no such folder; make it, or name another")
    except (OSError, ValueError, RuntimeError) as error:
        raise _explain_target(path, error) from error


def _explain_target(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or error
    return ConfigError(f"cannot write the receipt to {path}: {reason}; name another file")


def _holds_receipt(path: Path) -> bool:
    """Whether the file is a receipt of some version, be it damaged."""
    try:
        return _find_format(_parse(_read_bytes(path), path)).startswith("wortlaut-receipt/")
    except ConfigError:
        return False


def read_receipt(path: Path) -> Receipt:
    """The receipt in the file, intact or not; raises ConfigError when it is none of this version."""
    raw = _read_bytes(path)
    found = _find_format(_parse(raw, path))
    if not found:
        raise ConfigError(f"{path} is no receipt; {_HOW_TO_MAKE}")
    if found != FORMAT:
        raise ConfigError(
            f"{path} has the format {found[:40]!r}, this Wortlaut reads {FORMAT}; "
            "check it with the version that wrote it"
        )
    try:
        return Receipt.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part)[:40] for part in first["loc"][:8]) or "the whole"
        raise ConfigError(
            f"{path} is a damaged receipt: {place}: {first['msg'][:100]}; {_HOW_TO_MAKE}"
        ) from error


def _read_bytes(path: Path) -> bytes:
    try:
        # A pipe would be waited for, a device never ends.
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path} is no file; name the receipt itself")
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot read the receipt {path}: {reason}; check the path") from error
    if len(raw) > _LARGEST:
        raise ConfigError(f"{path} is larger than any receipt ({_LARGEST} bytes); name another")
    return raw


def _parse(raw: bytes, path: Path) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_refuse_repeats)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no JSON, so no receipt; {_HOW_TO_MAKE}") from error


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; of two values under one name, nobody could say which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _find_format(data: Any) -> str:
    found = data.get("format") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
