"""What MediaConvert charges for a job, from its document."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.estimate import prices

CHEAPER_CODECS = ("FRAME_CAPTURE", "PASSTHROUGH")
"""Codecs of the basic tier for which there is no price here. They encode nothing that H.264 would
not, so they are counted like it: the most that they could cost."""

UNPRICED_CODECS = ("VP8", "VP9")
"""Codecs of the basic tier for which there is no price here. AWS multiplies by codec and passes,
and these take more than one pass, so H.264's price is taken for the least that they cost."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """An upload: what the costs depend on.

    The defaults are a phone's or a screen recorder's video.
    """

    seconds: float
    height: int = 1_080
    frame_rate: float = 30
    bitrate: int = 10_000_000
    """Bit/s."""


def output_price(output: Mapping[str, Any], source: Source, *, lowest: bool = False) -> float:
    """Return the dollars for an output of the basic tier.

    AWS bills by vertical resolution and does not say which side of an upright picture that is: its
    height is the most, its width the least that it can be billed as.

    Args:
        output: of a job document.
        source: what it is made from.
        lowest: whether an upright picture is counted by its width.
    """
    minutes = max(prices.SHORTEST_OUTPUT_SECONDS, math.ceil(source.seconds)) / 60
    video = output.get("VideoDescription")
    if video is None:
        return minutes * prices.SOUND_MINUTE
    height = video.get("Height", source.height)
    lines = min(height, video.get("Width", height)) if lowest else height
    factor = _factor(prices.RESOLUTION_FACTORS, lines) * _factor(
        prices.FRAME_RATE_FACTORS, _frame_rate(video, source)
    )
    return minutes * factor * prices.NORMALIZED_MINUTE


def video_codec(output: Mapping[str, Any]) -> str | None:
    """Return MediaConvert's name of an output's video codec, None without a picture.

    Args:
        output: of a job document.
    """
    codec: str | None = output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec")
    return codec


def highest_bitrate(output: Mapping[str, Any]) -> float:
    """Return the most bits that a second of an output may have.

    Args:
        output: of a job document.
    """
    video = _codec_settings(output.get("VideoDescription", {}))
    sounds = map(_codec_settings, output.get("AudioDescriptions", []))
    return float(
        video.get("MaxBitrate", video.get("Bitrate", 0))
        + sum(sound.get("Bitrate", 0) for sound in sounds)
    )


def _factor(factors: Mapping[int, float], value: float) -> float:
    """Look a value up; beyond the table the highest factor counts."""
    fitting = (factor for highest, factor in factors.items() if value <= highest)
    return next(fitting, max(factors.values()))


def _frame_rate(video: Mapping[str, Any], source: Source) -> float:
    settings = _codec_settings(video)
    if "FramerateNumerator" in settings and "FramerateDenominator" in settings:
        return float(settings["FramerateNumerator"] / settings["FramerateDenominator"])
    return source.frame_rate


def _codec_settings(description: Mapping[str, Any]) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = next(
        (value for name, value in description.get("CodecSettings", {}).items() if name != "Codec"),
        {},
    )
    return settings
