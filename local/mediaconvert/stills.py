"""FrameCaptureSettings as options of ffmpeg."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.media import VideoTrack
from local.mediaconvert.picture import still_filters

_DEFAULT_QUALITY = 80
"""Of 1 to 100, when Quality is absent; MediaConvert does not tell its own."""

_QUALITY_OF_SCALE_8 = 50
_BEST_SCALE, _WORST_SCALE = 1, 31
"""ffmpeg's quantizer scale for JPEG. At 8 it has the tables that other encoders call quality 50."""


def stills_arguments(
    description: Mapping[str, Any], selector: Mapping[str, Any], track: VideoTrack
) -> list[str]:
    """Return ffmpeg's options for an output that captures frames.

    Args:
        description: VideoDescription.
        selector: VideoSelector of the input.
        track: The input's picture.

    Raises:
        JobError: 1040, when the settings do not fit the input, or do not say how often.
    """
    settings = description["CodecSettings"]["FrameCaptureSettings"]
    most = settings.get("MaxCaptures")
    filters = still_filters(description, selector, track, _captures_a_second(settings))
    return [
        *("-map", f"0:{track.index}", "-vf", ",".join(filters), "-fps_mode", "passthrough"),
        *("-c:v", "mjpeg", "-qmin", str(_BEST_SCALE), "-q:v", str(_quantizer_scale(settings))),
        *(("-frames:v", str(most)) if most else ()),
        *("-f", "image2", "-start_number", "0"),
    ]


def _captures_a_second(settings: Mapping[str, Any]) -> Fraction:
    if not {"FramerateNumerator", "FramerateDenominator"} <= settings.keys():
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            "FrameCaptureSettings needs FramerateNumerator and FramerateDenominator.",
        )
    return Fraction(settings["FramerateNumerator"], settings["FramerateDenominator"])


def _quantizer_scale(settings: Mapping[str, Any]) -> int:
    """Return the scale at which ffmpeg's tables are about those of a JPEG quality."""
    quality: int = settings.get("Quality", _DEFAULT_QUALITY)
    if quality < _QUALITY_OF_SCALE_8:
        scale: float = 8 * _QUALITY_OF_SCALE_8 / quality
    else:
        scale = 8 * (100 - quality) / (100 - _QUALITY_OF_SCALE_8)
    return min(_WORST_SCALE, max(_BEST_SCALE, round(scale)))
