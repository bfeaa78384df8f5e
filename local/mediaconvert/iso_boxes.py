"""The outermost boxes of an ISO file (mp4, mov, 3gp)."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_FIRST_TYPES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp"})
_SIZE_FOLLOWS = 1
"""In the 32-bit size: the real size is the 64 bits after the type."""
_TO_THE_END = 0


class Box(NamedTuple):
    """One box: its four-character type, and whether the file ends inside it."""

    type: str
    is_cut: bool


def iso_boxes(path: Path) -> list[Box]:
    """Return the outermost boxes in their order; empty for a file of another kind."""
    with path.open("rb") as file:
        if file.read(8)[4:] not in _FIRST_TYPES:
            return []
        return list(_boxes(file))


def _boxes(file: BinaryIO) -> Iterator[Box]:
    length = file.seek(0, os.SEEK_END)
    start = 0
    while start < length:
        file.seek(start)
        header = file.read(16)
        if len(header) < struct.calcsize(">I4s"):
            return
        size, kind = struct.unpack_from(">I4s", header)
        if size == _SIZE_FOLLOWS and len(header) == struct.calcsize(">I4sQ"):
            (size,) = struct.unpack_from(">Q", header, 8)
        elif size == _TO_THE_END:
            size = length - start
        if size < struct.calcsize(">I4s"):
            return
        yield Box(kind.decode("latin-1"), is_cut=start + size > length)
        start += size
