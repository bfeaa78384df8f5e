"""Tiny clips, made by ffmpeg when a test needs them."""

import subprocess
from pathlib import Path

from local.mediaconvert.ffmpeg import executable

WIDTH, HEIGHT = 320, 180
FRAME_RATE = 30

SOUND = ("-f", "lavfi", "-i", "sine=d=1")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def picture(
    source: str = "testsrc2",
    *,
    size: str = f"{WIDTH}x{HEIGHT}",
    rate: str = str(FRAME_RATE),
    seconds: float = 1,
) -> tuple[str, ...]:
    """Return the arguments of a synthetic picture: one of ffmpeg's sources, or `color=...`."""
    separator = ":" if "=" in source else "="
    return ("-f", "lavfi", "-i", f"{source}{separator}s={size}:r={rate}:d={seconds}")


def make(path: Path, *arguments: str) -> Path:
    """Run ffmpeg with these arguments and return the file that it wrote."""
    subprocess.run(  # noqa: S603 - an argument list
        [executable(), "-hide_banner", "-loglevel", "error", "-y", *arguments, str(path)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


def video(path: Path, *arguments: str) -> Path:
    """Make a second of picture with sound."""
    return make(path, *picture(), *SOUND, *H264, *arguments)


def portrait(path: Path, degrees: int) -> Path:
    """Make a clip as a phone does: lying pixels, and a display matrix that says so."""
    lying = video(path.with_name(f"lying-{path.name}"))
    return make(path, "-display_rotation", str(degrees), "-i", str(lying), "-c", "copy")
