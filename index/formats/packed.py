"""Packed files (`.zip`, `.tar`, `.gz`, `.bz2`, `.xz` and their pairs): each member in its turn.

Nothing is written to the disk, and no name within leads out of the file.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO, Any, Self

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.raw import (
    SourceFile,
    SourceItem,
    SourceNotice,
    is_companion,
    is_housekeeping,
)

MAX_MEMBERS = 200_000
MAX_MEMBER_BYTES = 500_000_000
_MAX_TOTAL_BYTES = 8_000_000_000
# Text packs 3 to 30 to one; a bomb a thousand to one. Small members may be as they like.
_MAX_RATIO = 200
_RATIO_COUNTS_FROM = 20_000_000
_PADDING = 1_000_000
_STREAMS: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
}
_EMPTY = "a packed file without members; remove it or copy it again"
_PACKED_ENDING = re.compile(r"\.(?:gz|bz2|xz)\Z", re.IGNORECASE)
_TAR_ENDING = re.compile(r"\.(?:tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz))\Z", re.IGNORECASE)


def read_packed(file: SourceFile) -> Iterator[SourceItem]:
    """The members, each as a file of its own; what is passed over is counted in a notice."""
    passed: Counter[str] = Counter()
    head = file.read_head(8)
    if not head:
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    if head.startswith(b"PK"):
        members = _list_zip(file, passed)
    elif _TAR_ENDING.search(file.inside or file.path.name):
        members = _list_tar(file, passed)
    else:
        members = _list_stream(file, head)
    with name_broken(file.place, "a packed file"):
        yield from members
    for reason, count in passed.items():
        yield SourceNotice(file.place, f"passed over, members: {count}; {reason}")


def read_limited(stream: IO[bytes], place: str, packed_size: int) -> bytes:
    """All that the stream unpacks to; raises SourceError where it is a bomb."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(1_000_000):
        parts.append(part)
        size += len(part)
        if size > MAX_MEMBER_BYTES:
            raise SourceError(place, f"more than {MAX_MEMBER_BYTES // 10**6} MB unpacked; split it")
        _check_ratio(place, size, packed_size)
    return b"".join(parts)


def _check_ratio(place: str, size: int, packed_size: int) -> None:
    if size > _RATIO_COUNTS_FROM and size > packed_size * _MAX_RATIO:
        raise SourceError(
            place, f"unpacks to more than {_MAX_RATIO} times its size, like a bomb; not read"
        )


class _Bounded:
    """A stream that says so when a bomb comes out of it.

    A member's name alone may be one: tarfile reads it whole before anybody sees the member.
    """

    def __init__(self, stream: IO[bytes], place: str, packed_size: int) -> None:
        self._stream = stream
        self._place = place
        self._packed_size = packed_size
        self._size = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; raises SourceError where they are too many for what was packed."""
        data = self._stream.read(size)
        self._size += len(data)
        _check_ratio(self._place, self._size, self._packed_size)
        return data


def open_zip(file: SourceFile, stream: IO[bytes]) -> zipfile.ZipFile:
    """The ZIP in the stream; raises SourceError where it holds too many members or too much."""
    packed = zipfile.ZipFile(stream)
    infos = packed.infolist()
    _check_total(file.place, len(infos), sum(info.file_size for info in infos))
    return packed


def _check_total(place: str, members: int, size: int) -> None:
    if members > MAX_MEMBERS:
        raise SourceError(place, f"more than {MAX_MEMBERS:,} members; split it")
    if size > _MAX_TOTAL_BYTES:
        raise SourceError(
            place, f"more than {_MAX_TOTAL_BYTES // 10**9} GB unpacked; split or unpack it"
        )


def _list_zip(file: SourceFile, passed: Counter[str]) -> Iterator[SourceItem]:
    with file.open() as stream, open_zip(file, stream) as packed:
        if not packed.infolist():
            raise SourceError(file.place, _EMPTY)
        for info in packed.infolist():
            is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
            if info.is_dir() or _pass_over(info.filename, not is_link, passed):
                continue
            place = f"{file.place}/{info.filename}"
            if info.flag_bits & 1:
                yield SourceError(place, "locked by a password; unpack it and index the folder")
                continue
            yield from _read_member(file, info.filename, place, packed, info)


def _read_member(
    file: SourceFile, name: str, place: str, packed: Any, info: Any
) -> Iterator[SourceItem]:
    """The one member, or what is wrong with it: a broken one does not keep the others out."""
    try:
        with name_broken(place, "a packed file"):
            if isinstance(packed, zipfile.ZipFile):
                with packed.open(info) as member:
                    data = read_limited(member, place, info.compress_size)
            else:
                member = packed.extractfile(info)
                data = read_limited(member, place, info.size)
    except SourceError as error:
        yield error
    else:
        yield replace(file, place=place, inside=_nest(file, name), data=data)


def _list_tar(file: SourceFile, passed: Counter[str]) -> Iterator[SourceItem]:
    count = size = 0
    packed_size = _measure(file)
    with _open_tar(file, packed_size) as (packed, plain):
        for info in packed:
            count += 1
            size += info.size
            _check_total(file.place, count, size)
            _check_ratio(file.place, size, packed_size)
            if info.isdir() or _pass_over(info.name, info.isreg(), passed):
                continue
            yield from _read_member(file, info.name, f"{file.place}/{info.name}", packed, info)
        if count:  # The check sum of the whole stands behind the padding.
            plain.read(_PADDING)
    if not count:
        raise SourceError(file.place, _EMPTY)


class _SoundTarInfo(tarfile.TarInfo):
    """A member; tarfile takes a broken head, or none, for the end of the file and says nothing."""

    @classmethod
    def fromtarfile(cls, packed: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(packed)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error) or "it ends without a mark") from error


@contextmanager
def _open_tar(file: SourceFile, packed_size: int) -> Iterator[tuple[tarfile.TarFile, Any]]:
    """The tar, and the stream it unpacks from: tarfile's own compares no check sum."""
    unpack = _find_unpacker(file.read_head(8)) or nullcontext
    with file.open() as stream, unpack(stream) as unpacked:
        bounded: Any = _Bounded(unpacked, file.place, packed_size)
        with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_SoundTarInfo) as packed:
            yield packed, bounded


def _list_stream(file: SourceFile, head: bytes) -> Iterator[SourceItem]:
    """The one file that a stream holds, under its own name without the last ending."""
    unpack = _find_unpacker(head)
    if unpack is None:
        raise SourceError(file.place, "no packed file by its content; give it its right ending")
    with file.open() as stream, unpack(stream) as unpacked:
        data = read_limited(unpacked, file.place, _measure(file))
    name = _PACKED_ENDING.sub("", PurePosixPath(file.inside or file.path.name).name)
    if data[257:262] == b"ustar":
        name = f"{name.removesuffix('.tar')}.tar"
    yield replace(file, inside=_nest(file, name), data=data)


def _find_unpacker(head: bytes) -> Callable[[IO[bytes]], Any] | None:
    return next((unpack for magic, unpack in _STREAMS.items() if head.startswith(magic)), None)


def _measure(file: SourceFile) -> int:
    return file.path.stat().st_size if file.data is None else len(file.data)


def _nest(file: SourceFile, name: str) -> str:
    return f"{file.inside}/{name}" if file.inside else name


def _pass_over(name: str, is_file: bool, passed: Counter[str]) -> bool:
    """Whether a member is no article's: housekeeping silently, others counted with the reason."""
    path = PurePosixPath(name.replace("\\", "/"))
    if not is_file:
        passed["links and devices"] += 1
    elif path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        passed["their names lead out of the file"] += 1
    elif any(part.startswith((".", "__MACOSX")) for part in path.parts) or is_housekeeping(path):
        return True
    elif is_companion(path):
        passed[f"they hold no text ({path.suffix.lower()})"] += 1
    else:
        return False
    return True
