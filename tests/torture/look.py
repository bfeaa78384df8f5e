"""What can be seen and heard in a file, decoded to its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.video.frame import VideoFrame

_LOUD = 1_000
"""Of 32,767: silence after encoding stays below."""

_WHITE = 180
"""Of 255, between the dark picture and the flash in any range of luma."""


@dataclass(frozen=True)
class Sight:
    """The picture of a file.

    Attributes:
        tracks: Of which kinds the file has tracks: `video`, `audio`, `subtitle`.
        codec: FFmpeg's name of the picture's codec.
        width: Samples a line.
        height: Lines.
        pixel_aspect: Width of a sample relative to its height.
        frames: How many there are.
        seconds: From the first to the end of the last.
        steps: The distances of the frames in seconds, rounded; one when they are even.
        start: Time of the first frame in seconds.
        flash: Seconds from there until the picture turns white; None when it does not.
        dark: Luma of the picture beside the light corner, at the beginning.
        light: Luma of the corners at the beginning: top left, top right, bottom left, bottom right.
        white: Luma of the flash.
        format: Of the samples, as FFmpeg names it.
        transfer: Transfer characteristics (ITU-T H.273).
        starts_with_key_frame: Whether the first frame can be decoded by itself.
    """

    tracks: frozenset[str]
    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    frames: int
    seconds: float
    steps: frozenset[float]
    start: float
    flash: float | None
    dark: int
    light: tuple[int, int, int, int]
    white: int
    format: str
    transfer: int
    starts_with_key_frame: bool


@dataclass(frozen=True)
class Sound:
    """The sound of a file: codec, channels, samples a second, length, when the tone begins."""

    codec: str
    channels: int
    sample_rate: int
    seconds: float
    tone: float | None


def look(path: Path) -> Sight:
    """Decode the picture of a file."""
    with _opened(path) as container:
        stream = container.streams.video[0]
        tracks = frozenset(each.type for each in container.streams)
        codec, aspect = stream.codec_context.name, Fraction(stream.sample_aspect_ratio or 1)
        frames = [_Seen(frame) for frame in container.decode(stream)]
    first = frames[0]
    times = [frame.time for frame in frames]
    steps = [b - a for a, b in pairwise(times)]
    flash = next((frame for frame in frames if frame.middle >= _WHITE), None)
    return Sight(
        tracks=tracks,
        codec=codec,
        width=first.width,
        height=first.height,
        pixel_aspect=aspect,
        frames=len(frames),
        seconds=times[-1] - times[0] + (steps[-1] if steps else 0),
        steps=frozenset(round(step, 3) for step in steps),
        start=first.time,
        flash=flash.time - first.time if flash else None,
        dark=first.middle,
        light=first.corners,
        white=frames[-1].middle,
        format=first.format,
        transfer=first.transfer,
        starts_with_key_frame=first.is_key,
    )


def _opened(path: Path) -> InputContainer:
    # A transport stream of two frames is too short to be recognised.
    return av.open(str(path), format="mpegts" if path.suffix == ".ts" else None)


class _Seen:
    """What is kept of a frame."""

    def __init__(self, frame: VideoFrame) -> None:
        self.time = frame.time or 0.0
        self.width, self.height = frame.width, frame.height
        self.format = frame.format.name
        self.transfer = frame.color_trc
        self.is_key = frame.key_frame
        plane = frame.planes[0]
        samples, line = memoryview(plane), plane.line_size

        def luma(x: Fraction, y: Fraction) -> int:
            return int(samples[int(frame.height * y) * line + int(frame.width * x)])

        near, far = Fraction(1, 8), Fraction(7, 8)
        self.middle = luma(Fraction(1, 2), Fraction(1, 2))
        self.corners = (luma(near, near), luma(far, near), luma(near, far), luma(far, far))


def listen(path: Path) -> Sound | None:
    """Decode the sound of a file; None when it has none."""
    with _opened(path) as container:
        if not container.streams.audio:
            return None
        stream = container.streams.audio[0]
        context = stream.codec_context
        start, tone, end = None, None, 0.0
        for time, samples in _samples(container.decode(stream)):
            start = time if start is None else start
            end = time + len(samples) / context.sample_rate
            loud = next((n for n, value in enumerate(samples) if abs(value) > _LOUD), None)
            if tone is None and loud is not None:
                tone = time + loud / context.sample_rate
        seconds = end - (start or 0.0)
        return Sound(context.name, context.channels, context.sample_rate, seconds, tone)


def _samples(frames: Iterator[av.AudioFrame]) -> Iterator[tuple[float, memoryview]]:
    """Yield each frame's time and its samples, as one channel of 16 bits."""
    resampler = AudioResampler(format="s16", layout="mono")
    for frame in frames:
        for mono in resampler.resample(frame):
            yield frame.time or 0.0, memoryview(mono.planes[0])[: mono.samples * 2].cast("h")
