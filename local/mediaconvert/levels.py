"""The levels of H.264 (Annex A): how large and how fast a picture each may carry."""

from fractions import Fraction
from typing import NamedTuple

from local.mediaconvert.errors import JobError

_MACROBLOCK = 16
"""Samples along each side."""

_HIGH_FACTOR = Fraction(5, 4)
"""Profile HIGH may use a quarter more bits than BASELINE and MAIN."""


class _Limits(NamedTuple):
    macroblocks_per_second: int
    macroblocks: int
    kilobits_per_second: int


_LIMITS = {
    "LEVEL_1": _Limits(1_485, 99, 64),
    "LEVEL_1_1": _Limits(3_000, 396, 192),
    "LEVEL_1_2": _Limits(6_000, 396, 384),
    "LEVEL_1_3": _Limits(11_880, 396, 768),
    "LEVEL_2": _Limits(11_880, 396, 2_000),
    "LEVEL_2_1": _Limits(19_800, 792, 4_000),
    "LEVEL_2_2": _Limits(20_250, 1_620, 4_000),
    "LEVEL_3": _Limits(40_500, 1_620, 10_000),
    "LEVEL_3_1": _Limits(108_000, 3_600, 14_000),
    "LEVEL_3_2": _Limits(216_000, 5_120, 20_000),
    "LEVEL_4": _Limits(245_760, 8_192, 20_000),
    "LEVEL_4_1": _Limits(245_760, 8_192, 50_000),
    "LEVEL_4_2": _Limits(522_240, 8_704, 50_000),
    "LEVEL_5": _Limits(589_824, 22_080, 135_000),
    "LEVEL_5_1": _Limits(983_040, 36_864, 240_000),
    "LEVEL_5_2": _Limits(2_073_600, 36_864, 240_000),
}


def check_level(
    level: str, profile: str, size: tuple[int, int], frame_rate: Fraction, bit_rate: int
) -> None:
    """Make sure that a CodecLevel can carry an output.

    Args:
        level: CodecLevel, other than AUTO.
        profile: CodecProfile.
        size: Width and height of the output.
        frame_rate: Frames a second.
        bit_rate: Its highest bits a second.

    Raises:
        JobError: 1040, when it cannot.
    """
    limits = _LIMITS[level]
    macroblocks = -(-size[0] // _MACROBLOCK) * -(-size[1] // _MACROBLOCK)
    highest_rate = limits.kilobits_per_second * 1000 * (_HIGH_FACTOR if profile == "HIGH" else 1)
    if (
        macroblocks > limits.macroblocks
        or macroblocks * frame_rate > limits.macroblocks_per_second
        or bit_rate > highest_rate
    ):
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            f"CodecLevel {level} is too low for {size[0]}x{size[1]} at {float(frame_rate):.2f}"
            f" frames/s and {bit_rate} bit/s: choose a higher one, or AUTO.",
        )
