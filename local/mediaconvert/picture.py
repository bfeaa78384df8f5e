"""VideoDescription as ffmpeg's filters: frames, rotation, size, shape of the samples, colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from local.mediaconvert.color import color_filters
from local.mediaconvert.errors import JobError
from local.mediaconvert.geometry import Picture, Sizes, scaling
from local.mediaconvert.media import VideoTrack

_STANDARD_RATES = (1, 5, 10, 15, 24, 30, 50, 60)
"""MediaConvert rounds the average of a varying frame rate up to one of these (frames a second)."""

_SQUARE = Fraction(1)
"""Stills have square samples: many viewers ignore any other shape."""

_TURNS: Mapping[int, tuple[str, ...]] = {
    0: (),
    90: ("transpose=clock",),
    180: ("hflip", "vflip"),
    270: ("transpose=cclock",),
}


@dataclass(frozen=True)
class Plan:
    """How the picture of an output is made from that of the input.

    Attributes:
        filters: ffmpeg's filters, in their order.
        size: Width and height.
        frame_rate: Frames a second, constant.
    """

    filters: list[str]
    size: tuple[int, int]
    frame_rate: Fraction


def plan(description: Mapping[str, Any], selector: Mapping[str, Any], track: VideoTrack) -> Plan:
    """Plan the picture of an output.

    Args:
        description: VideoDescription.
        selector: VideoSelector of the input.
        track: The input's picture.

    Raises:
        JobError: 1040, when the settings do not fit the input.
    """
    settings = description["CodecSettings"]["H264Settings"]
    upright, turn = _upright(selector, track)
    aspect = _pixel_aspect(settings, upright)
    sizes = _sizes(description, upright, aspect)
    rate = _frame_rate(settings, track)
    filters = [
        *_deinterlace(description),
        _evenly(rate, track),
        *turn,
        *_resize(sizes),
        f"setsar={aspect.numerator}/{aspect.denominator}",
        *color_filters(description, track),
    ]
    return Plan(filters, sizes.output, rate)


def still_filters(
    description: Mapping[str, Any],
    selector: Mapping[str, Any],
    track: VideoTrack,
    captures_a_second: Fraction,
) -> list[str]:
    """Return the filters that leave the first frame and then one at each interval, as JPEG has it.

    Args:
        description: VideoDescription.
        selector: VideoSelector of the input.
        track: The input's picture.
        captures_a_second: How often a frame is captured.

    Raises:
        JobError: 1040, when the settings do not fit the input.
    """
    upright, turn = _upright(selector, track)
    sizes = _sizes(description, upright, _SQUARE)
    rate = f"{captures_a_second.numerator}/{captures_a_second.denominator}"
    return [
        *_deinterlace(description),
        f"select='isnan(prev_selected_t)+gt(floor(t*{rate}),floor(prev_selected_t*{rate}))'",
        *turn,
        *_resize(sizes),
        "setsar=1",
        *color_filters(description, track),
        # JFIF knows one way to code colours.
        "scale=out_range=full:out_color_matrix=bt601",
        "format=yuvj420p",
    ]


def _upright(selector: Mapping[str, Any], track: VideoTrack) -> tuple[Picture, tuple[str, ...]]:
    """Return the picture as it is after the rotation, and the filters that turn it."""
    degrees = _rotation(selector, track)
    stored = Picture(track.width, track.height, track.pixel_aspect)
    return stored.turned(degrees), _TURNS[degrees]


def _sizes(description: Mapping[str, Any], upright: Picture, aspect: Fraction) -> Sizes:
    return scaling(
        upright,
        aspect,
        description.get("Width"),
        description.get("Height"),
        description.get("ScalingBehavior", "DEFAULT"),
    )


def _rotation(selector: Mapping[str, Any], track: VideoTrack) -> int:
    """Return the clockwise degrees that a VideoSelector asks for."""
    rotate = selector.get("Rotate", "DEGREE_0")
    return track.rotation if rotate == "AUTO" else int(rotate.rpartition("_")[2])


def _frame_rate(codec_settings: Mapping[str, Any], track: VideoTrack) -> Fraction:
    """Return the rate; raise JobError 1040 when it must follow a source that has none."""
    if codec_settings.get("FramerateControl") == "SPECIFIED":
        return Fraction(
            codec_settings["FramerateNumerator"], codec_settings["FramerateDenominator"]
        )
    if track.frame_rate is None:
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            "The input has no frame rate to follow: set FramerateControl to SPECIFIED.",
        )
    if not track.is_variable:
        return track.frame_rate
    return Fraction(
        next((rate for rate in _STANDARD_RATES if rate >= track.frame_rate), _STANDARD_RATES[-1])
    )


def _evenly(rate: Fraction, track: VideoTrack) -> str:
    """Return the filter that drops and repeats frames to a constant rate."""
    is_short = track.frame_rate is not None and track.frames * rate < track.frame_rate
    # A clip that is shorter than a frame of the output would be left without any.
    ending = ":eof_action=pass" if is_short else ""
    return f"fps={rate.numerator}/{rate.denominator}{ending}"


def _pixel_aspect(codec_settings: Mapping[str, Any], upright: Picture) -> Fraction:
    if codec_settings.get("ParControl") == "SPECIFIED":
        return Fraction(codec_settings["ParNumerator"], codec_settings["ParDenominator"])
    return upright.pixel_aspect


def _deinterlace(description: Mapping[str, Any]) -> list[str]:
    deinterlacer = description.get("VideoPreprocessors", {}).get("Deinterlacer")
    if deinterlacer is None:
        return []
    every = deinterlacer.get("Control", "NORMAL") == "FORCE_ALL_FRAMES"
    return [f"bwdif=mode=send_frame:deint={'all' if every else 'interlaced'}"]


def _resize(sizes: Sizes) -> list[str]:
    chain = ["scale={}:{}:flags=bicubic".format(*sizes.scaled)]
    if sizes.output[0] > sizes.scaled[0] or sizes.output[1] > sizes.scaled[1]:
        chain.append("pad={}:{}:-1:-1".format(*sizes.output))
    elif sizes.output != sizes.scaled:
        chain.append("crop={}:{}".format(*sizes.output))
    return chain
