"""The bytes of an upload, kept in files: as much of `bytes` as MiniStack asks of a body."""

import hashlib
import os
import tempfile
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Self, overload

CHUNK_BYTES: Final = 256 * 1024
"""What is read at a time: the memory that a body of any size takes while it is read."""

SMALL_BYTES: Final = 4_096
"""Slices up to this are `bytes`. The framing of a chunked upload is shorter than this, and its
chunks are longer: S3 takes none below 8 KiB but the last."""


class BodyFile:
    """A file that lasts as long as a body refers to it."""

    def __init__(self) -> None:
        """Create an empty file in the folder for temporary files."""
        number, name = tempfile.mkstemp(prefix="body-")
        os.close(number)
        self.path = Path(name)
        # Opened for each read: an upload has hundreds of parts, a process few file numbers.
        weakref.finalize(self, self.path.unlink, missing_ok=True)

    def __deepcopy__(self, _: object) -> Self:
        """The same file: it never changes, and ends with the last that refers to it."""
        return self

    def read(self, offset: int, size: int) -> bytes:
        """Read a part of it."""
        with self.path.open("rb", buffering=0) as file:
            return os.pread(file.fileno(), size, offset)


@dataclass(frozen=True)
class _Extent:
    """A piece of a file."""

    file: BodyFile
    offset: int
    size: int

    def __len__(self) -> int:
        return self.size

    def cut(self, start: int, stop: int) -> "_Extent":
        return _Extent(self.file, self.offset + start, stop - start)


@dataclass(frozen=True)
class _Held:
    """A piece in memory, because it is small."""

    data: bytes

    def __len__(self) -> int:
        return len(self.data)

    def cut(self, start: int, stop: int) -> "_Held":
        return _Held(self.data[start:stop])


_Piece = _Extent | _Held


class Body:
    """Pieces that are read as one. Slicing and joining copy nothing."""

    def __init__(self, pieces: Iterable[_Piece]) -> None:
        """Put the pieces together."""
        self.pieces = tuple(piece for piece in pieces if len(piece))
        self._size = sum(len(piece) for piece in self.pieces)

    @classmethod
    def of_file(cls, file: BodyFile, size: int) -> Self:
        """What is in a file."""
        return cls([_Extent(file, 0, size)])

    @classmethod
    def joined(cls, parts: Iterable["bytes | Body"]) -> Self:
        """Bodies and bytes, one after the other."""
        return cls(
            piece
            for part in parts
            for piece in (part.pieces if isinstance(part, Body) else [_Held(part)])
        )

    def __len__(self) -> int:
        """Number of bytes."""
        return self._size

    @overload
    def __getitem__(self, where: int) -> int: ...
    @overload
    def __getitem__(self, where: slice) -> "bytes | Body": ...
    def __getitem__(self, where: int | slice) -> "int | bytes | Body":
        """A byte, or a slice, which is `bytes` when it is small."""
        if isinstance(where, int):
            start = range(self._size)[where]
            return self._cut(start, start + 1).read()[0]
        start, stop, step = where.indices(self._size)
        if step != 1:
            raise ValueError(f"a body is read forwards and without gaps, not in steps of {step}")
        part = self._cut(start, max(start, stop))
        return part.read() if len(part) <= SMALL_BYTES else part

    def _cut(self, start: int, stop: int) -> "Body":
        pieces, offset = [], 0
        for piece in self.pieces:
            first, last = max(start - offset, 0), min(stop - offset, len(piece))
            if first < last:
                pieces.append(piece.cut(first, last))
            offset += len(piece)
        return Body(pieces)

    def __iter__(self) -> Iterator[int]:
        """Every byte, as a number."""
        for chunk in self.chunks():
            yield from chunk

    def chunks(self) -> Iterator[bytes]:
        """All of it, CHUNK_BYTES at a time."""
        for piece in self.pieces:
            for start in range(0, len(piece), CHUNK_BYTES):
                part = piece.cut(start, min(start + CHUNK_BYTES, len(piece)))
                if isinstance(part, _Held):
                    yield part.data
                else:
                    yield part.file.read(part.offset, part.size)

    def read(self) -> bytes:
        """All of it, in memory."""
        return b"".join(self.chunks())

    def find(self, sought: bytes, start: int = 0) -> int:
        """Where something is found first, -1 if nowhere; like `bytes.find`."""
        for begin in range(start, self._size, SMALL_BYTES):
            end = min(begin + SMALL_BYTES + len(sought) - 1, self._size)
            window = self._cut(begin, end).read()
            if (found := window.find(sought)) >= 0:
                return begin + found
        return -1


def joined(parts: Sequence[bytes | Body]) -> bytes | Body:
    """Do what `b"".join` does, for bodies as well."""
    if any(isinstance(part, Body) for part in parts):
        return Body.joined(parts)
    return b"".join(part for part in parts if isinstance(part, bytes))


def _of_bodies(constructor: Callable[..., Any]) -> Callable[..., Any]:
    """A hash function of `hashlib` that takes bodies as well."""

    def digest(data: bytes | Body = b"", **options: Any) -> Any:
        if not isinstance(data, Body):
            return constructor(data, **options)
        whole = constructor(**options)
        for chunk in data.chunks():
            whole.update(chunk)
        return whole

    return digest


def _crc32(data: bytes | Body, value: int = 0) -> int:
    for chunk in data.chunks() if isinstance(data, Body) else [data]:
        value = zlib.crc32(chunk, value)
    return value


hashes: Final = SimpleNamespace(
    **vars(hashlib)
    | {name: _of_bodies(getattr(hashlib, name)) for name in ("md5", "sha1", "sha256")}
    | {"crc32": _crc32}
)
"""What `hashlib` and `zlib` are to MiniStack."""
