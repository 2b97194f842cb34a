"""An export's file: a ZIP of a manifest and one part, under a checksum of every byte.

The ZIP's comment, its last bytes, is `wortlaut-export sha256 ` and the digest of all bytes before
these hex digits: whatever is changed, cut off or put behind is seen before anything is unpacked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any

from wortlaut.index.errors import ConfigError, StoreError, StoreUnavailable

_FORMAT = "wortlaut-export"
PART = "archive.sqlite"
_VERSION = 1
_MANIFEST = "manifest.json"
_MARK = f"{_FORMAT} sha256 ".encode()
_DIGITS = 64
_SEAL = re.compile(re.escape(_MARK) + rb"[0-9a-f]{64}\Z")
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1_000_000
# Text shrinks to a third, vectors hardly; a part that grows more is a bomb.
_LARGEST_GROWTH = 60
_SMALL = 50_000_000
# Local file header: the name of the first entry stands here.
_NAME_AT = 30

Manifest = Mapping[str, Any]
_Watch = Callable[[int, int], None]


def check_export_target(path: Path) -> None:
    """Return if an export may be written there; else raise ConfigError that says why not."""
    try:
        if path.is_dir() or (path.exists() and not _looks_like_export(path)):
            raise ConfigError(f"{path} exists and is no export; name another file for it")
        if not path.absolute().parent.is_dir():
            raise ConfigError(f"{path}: there is no such folder; make it, or name another")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot write to {path}: {reason}; name another file") from error


@contextmanager
def make_workplace(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, gone afterwards; those that killed runs left go too."""
    from filelock import FileLock, Timeout

    target = target.absolute()
    for left in target.parent.glob(f".{target.name}.*.partial"):
        with suppress(OSError, Timeout), FileLock(left / "lock", timeout=0):
            shutil.rmtree(left)
    folder = Path(mkdtemp(".partial", f".{target.name}.", target.parent))
    try:
        with FileLock(folder / "lock", timeout=0):
            yield folder
    except OSError as error:
        raise StoreUnavailable(
            f"cannot write {target}: {error.strerror or error}; check its disk's space and rights"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_package(part: Path, manifest: Manifest, target: Path, watch: _Watch) -> tuple[int, str]:
    """The bytes and the SHA-256 of the file that is then at `target`, whole or not there at all.

    `part` is packed, and its folder takes what is not whole yet; it is on the target's disk.
    """
    made = part.with_name("package")
    size = part.stat().st_size
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        digest = hashlib.sha256()
        with part.open("rb") as source, packed.open(PART, "w", force_zip64=True) as entry:
            for done, chunk in _read_chunks(source):
                digest.update(chunk)
                entry.write(chunk)
                watch(done, size)
        parts = {PART: {"bytes": size, "sha256": digest.hexdigest()}}
        written = {"format": f"{_FORMAT}/{_VERSION}", **manifest, "parts": parts}
        packed.writestr(_MANIFEST, json.dumps(written, ensure_ascii=False, indent=1))
        packed.comment = _MARK + b"0" * _DIGITS
    with made.open("r+b") as file:
        digest = _hash_but_seal(file)
        seal = digest.hexdigest().encode()
        file.seek(-_DIGITS, os.SEEK_END)
        file.write(seal)
        digest.update(seal)
        file.flush()
        os.fsync(file.fileno())
    whole = made.stat().st_size
    made.replace(target)
    _settle(target.absolute().parent)
    return whole, digest.hexdigest()


def read_manifest(path: Path) -> tuple[Manifest, str]:
    """What an undamaged export says of itself, and its SHA-256.

    Raises ConfigError for what is no export, or a newer one, StoreError for a damaged one.
    """
    try:
        with path.open("rb") as file:
            seal = _read_seal(file, path)
            digest = _hash_but_seal(file)
            if digest.hexdigest().encode() != seal:
                raise _call_damaged(path, "its checksum is not that of its bytes")
            digest.update(seal)
        with _open_zip(path) as packed:
            manifest = _parse_manifest(packed, path)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"cannot read {path}: {reason}; name the file of an export") from error
    return manifest, digest.hexdigest()


def unpack_part(path: Path, manifest: Manifest, target: Path, watch: _Watch) -> None:
    """Write the part to `target`; raises StoreError where it is not the one of the manifest."""
    size, wanted = manifest["parts"][PART]["bytes"], manifest["parts"][PART]["sha256"]
    if shutil.disk_usage(target.parent).free < size:
        raise StoreUnavailable(
            f"{path} needs {size} bytes and {target.parent} has less left; make room there"
        )
    digest, done = hashlib.sha256(), 0
    with _open_zip(path) as packed, packed.open(PART) as source, target.open("wb") as out:
        for done, chunk in _read_chunks(source):
            if done > size:
                break
            digest.update(chunk)
            out.write(chunk)
            watch(done, size)
        out.flush()
        os.fsync(out.fileno())
    if done != size or digest.hexdigest() != wanted:
        raise _call_damaged(path, f"its {PART} is not the one of its manifest")


@contextmanager
def _open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The export as a ZIP that holds what an export holds and no more."""
    try:
        with zipfile.ZipFile(path) as packed:
            entries = {entry.filename: entry for entry in packed.infolist()}
            if len(packed.infolist()) != 2 or entries.keys() != {PART, _MANIFEST}:
                raise _call_damaged(path, "it holds other parts than an export")
            part = entries[PART]
            if entries[_MANIFEST].file_size > _LARGEST_MANIFEST or (
                part.file_size > max(_SMALL, _LARGEST_GROWTH * part.compress_size)
            ):
                raise _call_damaged(path, "a part grows beyond all measure when it is unpacked")
            yield packed
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _call_damaged(path, " ".join(str(error).split())[:200]) from error


def _parse_manifest(packed: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        manifest = json.loads(packed.read(_MANIFEST))
        name, _, version = str(manifest["format"]).partition("/")
        is_newer = name == _FORMAT and version.isdecimal() and int(version) > _VERSION
        if is_newer:
            raise ConfigError(
                f"{path} is an export of a newer Wortlaut ({manifest['format']}); "
                "import it with that one"
            )
        part = manifest["parts"][PART]
        is_ours = (name, version) == (_FORMAT, str(_VERSION)) and isinstance(part["sha256"], str)
        is_ours = is_ours and part["bytes"] == packed.getinfo(PART).file_size
        is_ours = is_ours and all(
            isinstance(manifest[key], str) for key in ("archive_id", "embedder")
        )
        is_ours = is_ours and isinstance(manifest["counts"], dict)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _call_damaged(path, "its manifest cannot be read") from error
    if not is_ours:
        raise _call_damaged(path, "its manifest is none of an export")
    return dict(manifest)


def _read_seal(file: IO[bytes], path: Path) -> bytes:
    """The digest at the end; raises where there is none."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - len(_MARK) - _DIGITS))
    end = file.read()
    if _SEAL.match(end):
        return end[-_DIGITS:]
    if _looks_like_export(path):
        raise _call_damaged(path, "its end is cut off, or something was put behind it")
    raise ConfigError(f"{path} is no export of Wortlaut; name a file that wortlaut export wrote")


def _looks_like_export(path: Path) -> bool:
    """Whether the file begins as an export does, be the rest damaged."""
    with path.open("rb") as file:
        head = file.read(_NAME_AT + len(PART))
    return head[:4] == b"PK\3\4" and head[_NAME_AT:] == PART.encode()


def _hash_but_seal(file: IO[bytes]) -> Any:
    """The running SHA-256 of all but the digits at the end."""
    left = file.seek(0, os.SEEK_END) - _DIGITS
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest


def _read_chunks(source: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The content in pieces, each with how much there was up to its end."""
    done = 0
    while chunk := source.read(_CHUNK):
        done += len(chunk)
        yield done, chunk


def _settle(folder: Path) -> None:
    """Have the folder itself on the disk; not every system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _call_damaged(path: Path, reason: str) -> StoreError:
    return StoreError(f"{path} is damaged: {reason}; nothing was changed; copy or export it anew")
