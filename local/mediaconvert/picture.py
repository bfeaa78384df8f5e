"""VideoDescription as ffmpeg's filters: frames, rotation, size, shape of the samples, colour."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.geometry import Picture, Scaling, scaling
from local.mediaconvert.probe import VideoTrack

_STANDARD_RATES = (1, 5, 10, 15, 24, 30, 50, 60)
"""MediaConvert rounds the average of a varying frame rate up to one of these (frames a second)."""

_TURNS: Mapping[int, tuple[str, ...]] = {
    0: (),
    90: ("transpose=clock",),
    180: ("hflip", "vflip"),
    270: ("transpose=cclock",),
}

_TONE_MAPPING = (
    "zscale=transfer=linear:npl=100",
    "format=gbrpf32le",
    "zscale=primaries=bt709",
    "tonemap=hable:desat=0",
    "zscale=transfer=bt709:matrix=bt709:range=limited",
)
"""HDR to SDR: linear light relative to 100 nits, BT.709 primaries, a filmic curve."""


def rotation(selector: Mapping[str, Any], track: VideoTrack) -> int:
    """Return the clockwise degrees that a VideoSelector asks for."""
    rotate = selector.get("Rotate", "DEGREE_0")
    return track.rotation if rotate == "AUTO" else int(rotate.rpartition("_")[2])


def output_frame_rate(codec_settings: Mapping[str, Any], track: VideoTrack) -> Fraction:
    """Return the output's constant frame rate.

    Raises:
        JobError: 1040, when it must follow a source that has none.
    """
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


def filters(
    description: Mapping[str, Any],
    codec_settings: Mapping[str, Any],
    track: VideoTrack,
    degrees: int,
) -> list[str]:
    """Return the chain of filters from the decoded picture to the one that is encoded.

    Args:
        description: VideoDescription.
        codec_settings: Its H264Settings.
        track: The input's picture.
        degrees: Clockwise rotation to apply.

    Raises:
        JobError: 1040, when the settings do not fit the input.
    """
    preprocessors = description.get("VideoPreprocessors", {})
    upright = Picture(track.width, track.height, track.pixel_aspect).turned(degrees)
    aspect = _pixel_aspect(codec_settings, upright)
    plan = scaling(
        upright,
        aspect,
        description.get("Width"),
        description.get("Height"),
        description.get("ScalingBehavior", "DEFAULT"),
    )
    rate = output_frame_rate(codec_settings, track)
    return [
        *_deinterlace(preprocessors.get("Deinterlacer")),
        f"fps={rate.numerator}/{rate.denominator}",
        *_TURNS[degrees],
        *_resize(plan),
        f"setsar={aspect.numerator}/{aspect.denominator}",
        *_color(description, preprocessors.get("ColorCorrector", {}), track),
    ]


def _pixel_aspect(codec_settings: Mapping[str, Any], upright: Picture) -> Fraction:
    if codec_settings.get("ParControl") == "SPECIFIED":
        return Fraction(codec_settings["ParNumerator"], codec_settings["ParDenominator"])
    return upright.pixel_aspect


def _deinterlace(deinterlacer: Mapping[str, Any] | None) -> list[str]:
    if deinterlacer is None:
        return []
    every = deinterlacer.get("Control", "NORMAL") == "FORCE_ALL_FRAMES"
    return [f"bwdif=mode=send_frame:deint={'all' if every else 'interlaced'}"]


def _resize(plan: Scaling) -> list[str]:
    chain = ["scale={}:{}:flags=bicubic".format(*plan.scaled)]
    if plan.output[0] > plan.scaled[0] or plan.output[1] > plan.scaled[1]:
        chain.append("pad={}:{}:-1:-1".format(*plan.output))
    elif plan.output != plan.scaled:
        chain.append("crop={}:{}".format(*plan.output))
    return chain


def _color(
    description: Mapping[str, Any], corrector: Mapping[str, Any], track: VideoTrack
) -> list[str]:
    chain: list[str] = []
    if track.is_hdr:
        if corrector.get("ColorSpaceConversion", "NONE") != "FORCE_709":
            raise JobError(
                JobError.INCOMPATIBLE_SETTINGS,
                "The input is HDR (PQ or HLG) and the output 8-bit: without a conversion it would"
                " look washed out. Set VideoPreprocessors.ColorCorrector.ColorSpaceConversion to"
                " FORCE_709.",
            )
        chain += _TONE_MAPPING
    chain.append("format=yuv420p")
    if description.get("ColorMetadata", "INSERT") == "IGNORE":
        chain.append("setparams=color_primaries=unknown:color_trc=unknown:colorspace=unknown")
    return chain
