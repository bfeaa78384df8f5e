"""H264Settings as options of x264."""

from fractions import Fraction
from typing import Any

import pytest

from local.mediaconvert.errors import JobError
from local.mediaconvert.h264 import h264_arguments

QVBR = {"RateControlMode": "QVBR", "MaxBitrate": 4_000_000}
THIRTY = Fraction(30)
HD = (1280, 720)


def option(name: str, settings: dict[str, Any], rate: Fraction = THIRTY) -> str | None:
    """Return the value of one of ffmpeg's options for these settings, or None without it."""
    arguments = h264_arguments(settings, HD, rate)
    return arguments[arguments.index(name) + 1] if name in arguments else None


@pytest.mark.parametrize(("level", "expected"), [(1, "36"), (7, "24"), (8, "22"), (10, "18")])
def test_a_quality_level_is_two_steps_of_crf(level: int, expected: str) -> None:
    """A QVBR level maps to x264's constant rate factor: a better level, a lower factor."""
    assert expected == option("-crf", QVBR | {"QvbrSettings": {"QvbrQualityLevel": level}})


def test_fine_tuning_is_a_fraction_of_a_level() -> None:
    """QvbrQualityLevelFineTune adds its part of a level."""
    fine = {"QvbrQualityLevel": 7, "QvbrQualityLevelFineTune": 0.5}
    assert "23.0" == option("-crf", QVBR | {"QvbrSettings": fine})


def test_the_ceiling_comes_with_its_buffer() -> None:
    """MaxBitrate and HrdBufferSize bound the rate; without a size the buffer is two seconds."""
    assert "4000000" == option("-maxrate", QVBR)
    assert "8000000" == option("-bufsize", QVBR)
    assert "5000000" == option("-bufsize", QVBR | {"HrdBufferSize": 5_000_000})
    half_full = {"HrdBufferSize": 5_000_000, "HrdBufferInitialFillPercentage": 50}
    assert "2500000" == option("-rc_init_occupancy", QVBR | half_full)


def test_a_constant_rate_is_ceiling_and_floor() -> None:
    """CBR bounds the rate by Bitrate itself and fills up what a simple picture leaves."""
    settings = {"RateControlMode": "CBR", "Bitrate": 900_000}
    assert "900000" == option("-b:v", settings) == option("-maxrate", settings)
    assert "cbr" == option("-nal-hrd", settings)
    assert option("-crf", settings) is None


def test_a_variable_rate_may_have_no_ceiling() -> None:
    """VBR aims at Bitrate, and only MaxBitrate bounds it."""
    settings = {"RateControlMode": "VBR", "Bitrate": 900_000}
    assert "900000" == option("-b:v", settings)
    assert option("-maxrate", settings) is None
    assert "1000000" == option("-maxrate", settings | {"MaxBitrate": 1_000_000})


@pytest.mark.parametrize(
    ("settings", "rate", "expected"),
    [
        ({"GopSizeUnits": "SECONDS", "GopSize": 2.0}, Fraction(30), "60"),
        ({"GopSizeUnits": "SECONDS", "GopSize": 2.0}, Fraction(30000, 1001), "60"),
        ({"GopSizeUnits": "SECONDS", "GopSize": 0.5}, Fraction(25), "12"),
        ({"GopSizeUnits": "FRAMES", "GopSize": 90.0}, Fraction(25), "90"),
        ({"GopSizeUnits": "AUTO"}, Fraction(25), "50"),
        ({}, Fraction(24), "48"),
    ],
)
def test_a_gop_is_counted_in_frames_of_the_output(
    settings: dict[str, Any], rate: Fraction, expected: str
) -> None:
    """GopSize in seconds depends on the frame rate, in frames it does not."""
    assert expected == option("-g", QVBR | settings, rate)


@pytest.mark.parametrize(
    ("settings", "name", "expected"),
    [
        ({"CodecProfile": "BASELINE"}, "-profile:v", "baseline"),
        ({"CodecLevel": "LEVEL_3_1"}, "-level", "3.1"),
        ({"CodecLevel": "AUTO"}, "-level", None),
        ({"SceneChangeDetect": "DISABLED"}, "-sc_threshold", "0"),
        ({"SceneChangeDetect": "TRANSITION_DETECTION"}, "-sc_threshold", None),
        ({"MinIInterval": 12}, "-keyint_min", "12"),
        ({"NumberBFramesBetweenReferenceFrames": 0}, "-bf", "0"),
        ({"NumberReferenceFrames": 3}, "-refs", "3"),
        ({"Slices": 2}, "-slices", "2"),
        ({"GopBReference": "DISABLED"}, "-b-pyramid", "none"),
        ({"DynamicSubGop": "STATIC"}, "-b_strategy", "0"),
        ({"EntropyEncoding": "CAVLC"}, "-coder", "cavlc"),
        ({"AdaptiveQuantization": "OFF"}, "-aq-mode", "none"),
        ({"AdaptiveQuantization": "AUTO"}, "-aq-strength", None),
        ({"AdaptiveQuantization": "MAX"}, "-aq-strength", "1.4"),
    ],
)
def test_each_tool_has_its_option(
    settings: dict[str, Any], name: str, expected: str | None
) -> None:
    """Each setting turns its own option of x264."""
    assert expected == option(name, QVBR | settings)


@pytest.mark.parametrize(
    ("level", "rate", "bitrate"),
    [
        ("LEVEL_3", THIRTY, 4_000_000),
        ("LEVEL_3_1", Fraction(60), 4_000_000),
        ("LEVEL_3_1", THIRTY, 18_000_000),
    ],
)
def test_a_level_that_is_too_low_is_refused(level: str, rate: Fraction, bitrate: int) -> None:
    """A CodecLevel below the size, the frame rate or the bitrate is error 1040."""
    settings = QVBR | {"CodecLevel": level, "MaxBitrate": bitrate}
    with pytest.raises(JobError, match=f"{level} is too low for 1280x720") as caught:
        h264_arguments(settings, HD, rate)
    assert JobError.INCOMPATIBLE_SETTINGS == caught.value.code


def test_profile_high_may_use_a_quarter_more() -> None:
    """The bitrate of a level counts 1.25 times for profile HIGH."""
    settings = QVBR | {"CodecLevel": "LEVEL_3_1", "CodecProfile": "HIGH", "MaxBitrate": 17_500_000}
    assert "3.1" == option("-level", settings)
