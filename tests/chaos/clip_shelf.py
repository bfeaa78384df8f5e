"""The files that are uploaded: tiny videos of different lengths, and some that are no videos."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import av

from tests.local.mediaconvert import clips

SIZES = {"wide": "160x90", "square": "64x64", "with sound": "64x36"}
VIDEOS = tuple(SIZES)
NO_VIDEOS = ("text", "nothing", "cut short")

RATE = 5
"""Pictures per second."""

FEWEST_PICTURES = 3
MOST_VERSIONS = 8
"""Versions of a key differ in how many pictures they have, and so do their renditions."""

SOUND = ("-f", "lavfi", "-i", "sine=d=3")
"""Longer than the longest picture."""


class File(NamedTuple):
    """What a file is; of a version of a key, so that its rendition can be told from the others'."""

    kind: str
    version: int
    """From 0."""

    @property
    def pictures(self) -> int:
        """How many pictures it has; 0 when it is no video."""
        return FEWEST_PICTURES + self.version if self.kind in VIDEOS else 0


def make_files(folder: Path, files: Iterable[File]) -> Mapping[File, bytes]:
    """Make files; give their contents."""
    return {file: _content(folder, file) for file in sorted(set(files))}


def pictures_of(content: bytes) -> int:
    """Count the pictures of an mp4."""
    with av.open(BytesIO(content), mode="r") as container:
        return sum(packet.size > 0 for packet in container.demux(video=0))


def _content(folder: Path, file: File) -> bytes:
    match file.kind:
        case "text":
            return b"This is no video."
        case "nothing":
            return b""
        case "cut short":
            return _content(folder, File("wide", 0))[:1_500]
    seconds = file.pictures / RATE
    picture = clips.picture(size=SIZES[file.kind], rate=str(RATE), seconds=seconds)
    sound = (*SOUND, "-t", str(seconds)) if file.kind == "with sound" else ()
    return clips.make(folder / "clip.mp4", *picture, *sound, *clips.H264).read_bytes()
