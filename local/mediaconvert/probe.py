"""What is in an input file, read with the FFmpeg libraries (PyAV)."""

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from local.mediaconvert.errors import JobError
from local.mediaconvert.iso_boxes import iso_boxes
from local.mediaconvert.media import (
    DEMUXERS,
    PROTOCOLS,
    UNDETERMINED,
    AudioTrack,
    Media,
    VideoTrack,
)

_DISPLAY_MATRIX_TOLERANCE = 1
"""Degrees by which a rotation may miss a right angle and still be one."""

_RIGHT_ANGLE = 90

_ROTATABLE = "mp4"
"""MediaConvert heeds the rotation of mov and mp4 files only; FFmpeg reads both with one demuxer."""

_UNSUPPORTED_CODECS = frozenset({"svq1", "adpcm_ms"})
_UNSUPPORTED_PROFILES = frozenset({"High 4:4:4 Predictive"})
"""Examples that AWS's page of error 1030 gives; FFmpeg itself could decode them."""

_ISO_CONTENT = frozenset({"moov", "mdat", "moof"})


def probe(path: Path, form: str | None = None) -> Media:
    """Describe a media file.

    Args:
        path: The file.
        form: FFmpeg's name of its format. Default: what the content looks like.

    Raises:
        JobError: With MediaConvert's code, when it is not a media file, is damaged, or holds a
            codec that MediaConvert does not read.
    """
    if not path.stat().st_size:
        raise JobError(JobError.CANNOT_OPEN_INPUT, "The input file is empty (0 bytes).")
    _check_iso_boxes(path)
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": DEMUXERS}
    try:
        with av.open(str(path), format=form, options=options) as container:
            return _describe(container)
    except FFmpegError as error:
        raise JobError(
            JobError.CANNOT_OPEN_INPUT,
            "No parser found for container: the input is not a media file that MediaConvert reads,"
            f" or it is damaged ({error.strerror}).",
        ) from error


def _check_iso_boxes(path: Path) -> None:
    boxes = [box for box in iso_boxes(path) if box.type in _ISO_CONTENT]
    if not boxes:
        return
    if not any(box.type == "moov" for box in boxes):
        raise JobError(
            JobError.NO_MOOV,
            "No moov box found in file: the upload or the recording was cut short.",
        )
    if any(box.is_cut for box in boxes):
        raise JobError(JobError.TRUNCATED, "The input file is truncated: it ends inside its media.")


def _describe(container: InputContainer) -> Media:
    pictures = [
        stream
        for stream in container.streams.video
        if not stream.disposition & stream.disposition.attached_pic
    ]
    audio = tuple(_audio_track(stream) for stream in container.streams.audio)
    video = _video_track(container, pictures[0]) if pictures else None
    return Media((container.duration or 0) / av.time_base, video, audio)


def _audio_track(stream: AudioStream) -> AudioTrack:
    _check_codec(stream)
    return AudioTrack(
        index=stream.index,
        codec=stream.codec_context.name,
        channels=stream.codec_context.channels,
        sample_rate=stream.codec_context.sample_rate,
        language=stream.language or UNDETERMINED,
    )


def _video_track(container: InputContainer, stream: VideoStream) -> VideoTrack:
    _check_codec(stream)
    frame, times = _first_frame_and_times(container, stream)
    rate = stream.average_rate or stream.guessed_rate
    tag = stream.codec_context.codec_tag
    return VideoTrack(
        index=stream.index,
        codec=stream.codec_context.name,
        fourcc=tag if tag.isprintable() else "",
        width=frame.width,
        height=frame.height,
        rotation=_clockwise(frame.rotation) if _ROTATABLE in container.format.name else 0,
        pixel_aspect=Fraction(stream.sample_aspect_ratio or 1),
        frame_rate=Fraction(rate) if rate else None,
        frames=len(times),
        is_variable=_is_variable(times),
        chroma=_chroma(frame),
        bit_depth=max(component.bits for component in frame.format.components),
        bit_rate=stream.codec_context.bit_rate,
        transfer=frame.color_trc,
        matrix=frame.colorspace,
        is_interlaced=frame.interlaced_frame,
    )


def _check_codec(stream: VideoStream | AudioStream) -> None:
    context = stream.codec_context
    if context is None:
        raise JobError(JobError.UNSUPPORTED_CODEC, f"Stream {stream.index} has an unknown codec.")
    if context.name in _UNSUPPORTED_CODECS or context.profile in _UNSUPPORTED_PROFILES:
        name = f"{context.name} {context.profile or ''}".strip()
        raise JobError(
            JobError.UNSUPPORTED_CODEC, f"Unsupported codec {name} in stream {stream.index}."
        )


def _first_frame_and_times(
    container: InputContainer, stream: VideoStream
) -> tuple[VideoFrame, list[int]]:
    """Read through the file once; only what comes before the first picture is decoded."""
    frame: VideoFrame | None = None
    times = []
    for packet in container.demux(stream):
        if packet.pts is not None:
            times.append(packet.pts)
        if frame is None:
            frames = packet.decode()
            frame = frames[0] if frames else None
    if frame is None:
        raise JobError(JobError.NO_VIDEO, "The input's video track holds no picture.")
    return frame, sorted(times)


def _chroma(frame: VideoFrame) -> str:
    """Tell it from how many colour samples there are in a square of two by two."""
    samples = (frame.format.chroma_width(2), frame.format.chroma_height(2))
    return {(1, 1): "420", (1, 2): "422"}.get(samples, "444")


def _is_variable(times: list[int]) -> bool:
    """Tell a varying frame rate from the rounding of timestamps.

    Frames at a constant rate stay within half a frame of where that rate puts them.
    """
    if len(times) < 3:  # noqa: PLR2004 - two distances are the fewest that can differ
        return False
    first, step = times[0], (times[-1] - times[0]) / (len(times) - 1)
    return any(abs(time - first - n * step) > step / 2 for n, time in enumerate(times))


def _clockwise(counterclockwise: float) -> int:
    """Turn a display matrix's angle into a right angle clockwise; 0 for any other angle."""
    angle = -counterclockwise % 360
    nearest = round(angle / _RIGHT_ANGLE) * _RIGHT_ANGLE
    is_right = abs(angle - nearest) <= _DISPLAY_MATRIX_TOLERANCE
    return nearest % 360 if is_right else 0
