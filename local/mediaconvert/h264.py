"""H264Settings as options of x264."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from local.mediaconvert.levels import check_level

PRESET = "veryfast"
"""x264's effort. For 10 s of ffmpeg's testsrc2 in 1080p, to 720p and 1080p: `superfast` takes a
third less CPU time (10.6 s, not 15.7 s) for 39 % larger files; `faster` takes 21.9 s and gains
nothing."""

HIGHEST_CRF = 38
"""x264's constant rate factor at the QVBR quality level 0, which is just below the lowest."""

CRF_PER_QUALITY_LEVEL = 2
"""QVBR 10 (nearly lossless) becomes CRF 18, 9: 20, 8: 22, 7: 24, 6: 26, ... 1: 36."""

AUTOMATIC_QUALITY_LEVEL = 7
"""When QvbrQualityLevel is absent: AWS's table gives 7 to most sizes."""

BUFFER_SECONDS = 2
"""Decoder buffer without HrdBufferSize, as AWS's own presets have it: twice the ceiling."""

AUTOMATIC_GOP_SECONDS = 2
"""Distance of key frames when GopSizeUnits is AUTO: the usual granularity of seeking."""

_PERCENT = 100

_QUANTIZATION_STRENGTH: Mapping[str, float] = {
    "LOW": 0.6,
    "MEDIUM": 0.8,
    "HIGH": 1.0,
    "HIGHER": 1.2,
    "MAX": 1.4,
}
"""AdaptiveQuantization as x264's aq-strength, around its default 1.0."""


def h264_arguments(
    settings: Mapping[str, Any], size: tuple[int, int], frame_rate: Fraction
) -> list[str]:
    """Return ffmpeg's options for H264Settings.

    Args:
        settings: H264Settings, of which every member is implemented.
        size: Width and height of the output.
        frame_rate: Frames a second of the output.

    Raises:
        JobError: 1040, when CodecLevel is too low.
    """
    return [
        *("-c:v", "libx264", "-preset", PRESET, "-pix_fmt", "yuv420p"),
        *_profile(settings, size, frame_rate),
        *_rate_control(settings),
        *_gop(settings, frame_rate),
        *_tools(settings),
    ]


def _profile(settings: Mapping[str, Any], size: tuple[int, int], frame_rate: Fraction) -> list[str]:
    profile = settings.get("CodecProfile", "MAIN")
    level = settings.get("CodecLevel", "AUTO")
    arguments = ["-profile:v", profile.lower()]
    if level != "AUTO":
        rate = settings.get("MaxBitrate") or settings["Bitrate"]
        check_level(level, profile, size, frame_rate, rate)
        arguments += ["-level", level.removeprefix("LEVEL_").replace("_", ".")]
    return arguments


def _rate_control(settings: Mapping[str, Any]) -> list[str]:
    mode = settings.get("RateControlMode", "VBR")
    if mode == "QVBR":
        ceiling = settings["MaxBitrate"]
        target = ["-crf", str(_crf(settings.get("QvbrSettings", {})))]
    else:
        ceiling = settings["Bitrate"] if mode == "CBR" else settings.get("MaxBitrate")
        target = ["-b:v", str(settings["Bitrate"])]
    if ceiling is None:
        return target
    buffer = settings.get("HrdBufferSize") or BUFFER_SECONDS * ceiling
    limits = ["-maxrate", str(ceiling), "-bufsize", str(buffer)]
    fill = settings.get("HrdBufferInitialFillPercentage")
    if fill is not None:
        limits += ["-rc_init_occupancy", str(buffer * fill // _PERCENT)]
    if mode == "CBR":
        # Without filler data x264 would stay below a rate that a simple picture does not need.
        limits += ["-nal-hrd", "cbr"]
    return target + limits


def _crf(qvbr: Mapping[str, Any]) -> float:
    level: float = qvbr.get("QvbrQualityLevel", AUTOMATIC_QUALITY_LEVEL)
    level += qvbr.get("QvbrQualityLevelFineTune", 0)
    return HIGHEST_CRF - CRF_PER_QUALITY_LEVEL * level


def _gop(settings: Mapping[str, Any], frame_rate: Fraction) -> list[str]:
    units = settings.get("GopSizeUnits", "AUTO")
    size = AUTOMATIC_GOP_SECONDS if units == "AUTO" else settings["GopSize"]
    frames = size if units == "FRAMES" else size * frame_rate
    arguments = ["-g", str(max(1, round(frames)))]
    if settings.get("SceneChangeDetect", "ENABLED") == "DISABLED":
        arguments += ["-sc_threshold", "0"]
    if settings.get("MinIInterval"):
        arguments += ["-keyint_min", str(settings["MinIInterval"])]
    return arguments


def _tools(settings: Mapping[str, Any]) -> list[str]:
    arguments: list[str] = []
    if "NumberBFramesBetweenReferenceFrames" in settings:
        arguments += ["-bf", str(settings["NumberBFramesBetweenReferenceFrames"])]
    if "NumberReferenceFrames" in settings:
        arguments += ["-refs", str(settings["NumberReferenceFrames"])]
    if "Slices" in settings:
        arguments += ["-slices", str(settings["Slices"])]
    if settings.get("GopBReference") == "DISABLED":
        arguments += ["-b-pyramid", "none"]
    if settings.get("DynamicSubGop") == "STATIC":
        arguments += ["-b_strategy", "0"]
    if "EntropyEncoding" in settings:
        arguments += ["-coder", settings["EntropyEncoding"].lower()]
    quantization = settings.get("AdaptiveQuantization", "AUTO")
    if quantization == "OFF":
        arguments += ["-aq-mode", "none"]
    elif quantization != "AUTO":
        arguments += ["-aq-strength", str(_QUANTIZATION_STRENGTH[quantization])]
    return arguments
