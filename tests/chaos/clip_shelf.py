"""The files that are uploaded: a handful of tiny videos, and some that are none."""

from collections.abc import Mapping
from pathlib import Path

from tests.local.mediaconvert import clips

VIDEOS = ("wide", "square", "with sound")
NO_VIDEOS = ("text", "nothing", "cut short")

RATE = "5"
"""Pictures per second."""

SECONDS = 0.6
"""Three pictures."""


def make_files(folder: Path) -> Mapping[str, bytes]:
    """Make them; give their contents by name."""
    wide = _video(folder / "wide.mp4", "160x90")
    return {
        "wide": wide,
        "square": _video(folder / "square.mp4", "64x64"),
        "with sound": _video(folder / "sound.mp4", "64x36", *clips.SOUND, "-shortest"),
        "text": b"This is no video.",
        "nothing": b"",
        "cut short": wide[:1_500],
    }


def _video(path: Path, size: str, *more: str) -> bytes:
    picture = clips.picture(size=size, rate=RATE, seconds=SECONDS)
    return clips.make(path, *picture, *more, *clips.H264).read_bytes()
