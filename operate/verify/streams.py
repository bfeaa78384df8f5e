"""The streams of a media file, and those that an output should have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av

SIZE_TOLERANCE: Final = 2
"""Pixels: AWS does not say how it rounds a side to an even number."""

LENGTH_TOLERANCE: Final = 0.5
"""Seconds: sound is coded in frames, and a file ends with the longer of its streams."""

ANY: Final = "any"
"""A codec that is not compared, because FFmpeg's name for it is not known here."""

CODECS: Final = {
    "AAC": "aac",
    "AC3": "ac3",
    "AV1": "av1",
    "EAC3": "eac3",
    "FRAME_CAPTURE": "mjpeg",
    "H_264": "h264",
    "H_265": "hevc",
    "MP2": "mp2",
    "MP3": "mp3",
    "OPUS": "opus",
    "VORBIS": "vorbis",
    "VP8": "vp8",
    "VP9": "vp9",
}
"""FFmpeg's name of a codec by MediaConvert's."""

NUMBERED: Final = {"RAW": r"\.\d{7}\.", "M3U8": r"_\d{5}\.", "CMFC": r"init\."}
"""The pattern of what follows the name modifier in file names, by container: numbers, or `init`
of the CMAF file that can be read by itself."""

NEVER_ENLARGED: Final = "FIT_NO_UPSCALE"
FITTED: Final = frozenset({"FIT", NEVER_ENLARGED})
"""Values of ScalingBehavior that keep a picture's proportions and add no border."""


@dataclass(frozen=True, kw_only=True)
class Streams:
    """The streams that a media file has, or should have."""

    picture: tuple[int, int] | None
    """Width and height in pixels; None without a picture."""
    video_codec: str | None
    """FFmpeg's name; None without a picture."""
    audio_codec: str | None
    """FFmpeg's name; None without sound."""
    seconds: float | None
    """Length of the file; None for a segment or a still."""


def read_streams(path: Path) -> Streams:
    """Read the streams of a media file.

    Raises:
        FFmpegError: The file is not a media file.
    """
    with av.open(str(path)) as container:
        video = next(iter(container.streams.video), None)
        audio = next(iter(container.streams.audio), None)
        return Streams(
            picture=(video.width, video.height) if video else None,
            video_codec=video.codec.canonical_name if video else None,
            audio_codec=audio.codec.canonical_name if audio else None,
            seconds=container.duration / av.time_base if container.duration else None,
        )


def expected_streams(output: Mapping[str, Any], source: Streams) -> Streams:
    """Compute the streams that an output should have.

    Args:
        output: An output of a job's settings.
        source: The input: square pixels, not rotated, with sound.
    """
    video = output.get("VideoDescription")
    audio = next(iter(output.get("AudioDescriptions", [])), None)
    is_whole = output["ContainerSettings"]["Container"] not in NUMBERED
    return Streams(
        picture=_picture(video, source.picture) if video and source.picture else None,
        video_codec=_codec(video),
        audio_codec=_codec(audio),
        seconds=source.seconds if is_whole else None,
    )


def _picture(video: Mapping[str, Any], source: tuple[int, int]) -> tuple[int, int]:
    box = (video.get("Width", source[0]), video.get("Height", source[1]))
    behavior = video.get("ScalingBehavior")
    if behavior not in FITTED:
        return box
    factor = min(box[0] / source[0], box[1] / source[1])
    if behavior == NEVER_ENLARGED:
        factor = min(1.0, factor)
    return round(source[0] * factor), round(source[1] * factor)


def _codec(description: Mapping[str, Any] | None) -> str | None:
    if description is None:
        return None
    return CODECS.get(description["CodecSettings"]["Codec"], ANY)


def differences(expected: Streams, found: Streams) -> Iterator[tuple[str, str]]:
    """Yield each difference as a pair: what was expected, and what was found."""
    for what in ("video_codec", "audio_codec"):
        wanted, seen = getattr(expected, what), getattr(found, what)
        if wanted != seen and not (wanted == ANY and seen):
            yield f"{what.replace('_', ' ')} {wanted or 'none'}", str(seen or "none")
    if expected.picture and found.picture:
        apart = (abs(a - b) for a, b in zip(expected.picture, found.picture, strict=True))
        if max(apart) > SIZE_TOLERANCE:
            yield _size(expected.picture), _size(found.picture)
    if expected.seconds is not None:
        seen_seconds = found.seconds or 0.0
        if abs(expected.seconds - seen_seconds) > LENGTH_TOLERANCE:
            yield f"{expected.seconds:.1f} s", f"{seen_seconds:.1f} s"


def _size(picture: tuple[int, int]) -> str:
    return "x".join(map(str, picture))


def describe(streams: Streams) -> str:
    """Write the streams of a file: `1280x720 h264 aac`."""
    size = _size(streams.picture) if streams.picture else None
    return " ".join(filter(None, (size, streams.video_codec, streams.audio_codec)))
