"""The sample that `verify` uploads.

PyAV makes it; the development requirements, which every command here needs, pin it. So the project
keeps no binary file, needs no installed ffmpeg, and reads the renditions with the library that made
their source.
"""

from pathlib import Path
from typing import Final

import av
import av.error
import av.filter

from operate.verify.streams import Streams, read_streams

SECONDS: Final = 10
"""Length of the sample: the least that MediaConvert bills for an output."""

PICTURE: Final = (1920, 1080)
"""Its width and height in pixels: larger than the box of most presets."""

FRAMES_PER_SECOND: Final = 30
"""The highest frame rate that MediaConvert bills at its lowest price."""

SOUND_RATE: Final = 48_000
"""Samples a second; MediaConvert's usual rate."""

BROKEN: Final = b"This is no video: `python -m operate verify` sends it to see a dead letter."
"""The content of a file that cannot be rendered."""

_PICTURE_FORMAT: Final = "pix_fmts=yuv420p"
_SOUND_FORMAT: Final = "sample_fmts=fltp:channel_layouts=stereo"


def make_sample(
    path: Path, *, seconds: int = SECONDS, picture: tuple[int, int] = PICTURE
) -> Streams:
    """Write an mp4 of colour bars and a tone.

    Args:
        path: The file.
        seconds: Its length.
        picture: Width and height in pixels.

    Returns:
        The streams of the file.
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
    """Encode all frames of an FFmpeg source filter in the encoder's input format."""
    graph = av.filter.Graph()
    graph.link_nodes(graph.add(*source), graph.add(*form), graph.add(sink)).configure()
    while True:
        try:
            frame = graph.pull()
        except av.error.EOFError:
            break
        container.mux(stream.encode(frame))  # type: ignore[arg-type]  # a frame of its own kind
    container.mux(stream.encode(None))
