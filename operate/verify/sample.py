"""The sample that `verify` uploads.

PyAV makes it: the development requirements, which every command here comes with, pin it. So nothing
binary is kept in the project, no ffmpeg needs to be installed, and what reads the renditions is
what made their source.
"""

from pathlib import Path
from typing import Final

import av
import av.error
import av.filter

from operate.verify.streams import Streams, read_streams

SECONDS: Final = 10
"""Length of the sample. MediaConvert bills no output for less, so a shorter one costs the same."""

PICTURE: Final = (1920, 1080)
"""Its width and height in pixels: high enough that most presets have to make it smaller."""

FRAMES_PER_SECOND: Final = 30
"""The most that MediaConvert bills at its lowest rate."""

SOUND_RATE: Final = 48_000
"""Samples a second; MediaConvert's usual rate."""

BROKEN: Final = b"This is no video: `python -m operate verify` sends it to see a dead letter."
"""The content of the file that nobody can render."""

_PICTURE_FORMAT: Final = "pix_fmts=yuv420p"
_SOUND_FORMAT: Final = "sample_fmts=fltp:channel_layouts=stereo"


def make_sample(
    path: Path, *, seconds: int = SECONDS, picture: tuple[int, int] = PICTURE
) -> Streams:
    """Write an mp4 of colour bars and a tone.

    Args:
        path: The file.
        seconds: How long it is.
        picture: Width and height in pixels.

    Returns:
        What is in it.
    """
    width, height = picture
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        video = container.add_stream(
            "libx264", rate=FRAMES_PER_SECOND, options={"preset": "ultrafast"}
        )
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        bars = f"size={width}x{height}:rate={FRAMES_PER_SECOND}:duration={seconds}"
        tone = f"frequency=440:sample_rate={SOUND_RATE}:duration={seconds}"
        _fill(container, video, ("smptehdbars", bars), ("format", _PICTURE_FORMAT), "buffersink")
        _fill(container, audio, ("sine", tone), ("aformat", _SOUND_FORMAT), "abuffersink")
    return read_streams(path)


def _fill(
    container: av.container.OutputContainer,
    stream: av.VideoStream | av.AudioStream,
    source: tuple[str, str],
    form: tuple[str, str],
    sink: str,
) -> None:
    """Encode everything that a generator of ffmpeg gives, in the form that the encoder takes."""
    graph = av.filter.Graph()
    graph.link_nodes(graph.add(*source), graph.add(*form), graph.add(sink)).configure()
    while True:
        try:
            frame = graph.pull()
        except av.error.EOFError:
            break
        container.mux(stream.encode(frame))  # type: ignore[arg-type]  # a frame of its own kind
    container.mux(stream.encode(None))
