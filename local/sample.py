"""Makes a short video to try things with."""

import subprocess
from pathlib import Path
from typing import Final

from local.mediaconvert.ffmpeg import executable

SECONDS: Final = 10
SIZE: Final = "1920x1080"
FRAMES_PER_SECOND: Final = 30

_X264_PRESET: Final = "ultrafast"
"""The sample is made once and read twice; its size means nothing."""


def make_sample(path: Path, *, seconds: int = SECONDS) -> None:
    """Write a clip of 1080p: ffmpeg's moving test card, and a tone.

    Args:
        path: the file; it appears under this name only when it is whole.
        seconds: how long the clip is.

    Raises:
        CalledProcessError: ffmpeg failed; it has said why on standard error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part.mp4")
    picture = f"testsrc2=size={SIZE}:rate={FRAMES_PER_SECOND}:duration={seconds}"
    tone = f"sine=frequency=440:duration={seconds}"
    command = [
        executable(),
        *("-hide_banner", "-loglevel", "error", "-nostdin", "-y"),
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone),
        *("-c:v", "libx264", "-preset", _X264_PRESET, "-pix_fmt", "yuv420p", "-c:a", "aac"),
        str(partial),
    ]
    try:
        subprocess.run(command, check=True)  # noqa: S603 -- an argument list, no shell
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
