"""The rules between the codec settings of one output of a MediaConvert job."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.wording import shown

# PASSTHROUGH has no entry: its settings are optional.
_VIDEO_CODEC_SETTINGS = {
    "AV1": "Av1Settings",
    "AVC_INTRA": "AvcIntraSettings",
    "FRAME_CAPTURE": "FrameCaptureSettings",
    "GIF": "GifSettings",
    "H_264": "H264Settings",
    "H_265": "H265Settings",
    "MPEG2": "Mpeg2Settings",
    "PRORES": "ProresSettings",
    "UNCOMPRESSED": "UncompressedSettings",
    "VC3": "Vc3Settings",
    "VP8": "Vp8Settings",
    "VP9": "Vp9Settings",
    "XAVC": "XavcSettings",
}
_AUDIO_CODEC_SETTINGS = {
    "AAC": "AacSettings",
    "AC3": "Ac3Settings",
    "AC4": "Ac4Settings",
    "AIFF": "AiffSettings",
    "EAC3": "Eac3Settings",
    "EAC3_ATMOS": "Eac3AtmosSettings",
    "FLAC": "FlacSettings",
    "MP2": "Mp2Settings",
    "MP3": "Mp3Settings",
    "OPUS": "OpusSettings",
    "VORBIS": "VorbisSettings",
    "WAV": "WavSettings",
}
_CODECS_THAT_NEED_BITRATE = ("H_264", "H_265", "MPEG2")
"""The model calls Bitrate required for CBR and VBR here; VP8 and VP9 choose one themselves."""

# From the User Guide's table of maximum output resolutions.
_UPRIGHT_TOO = {
    "AVC_INTRA": (1920, 1080),
    "H_264": (4096, 2160),
    "H_265": (8192, 4320),
    "VC3": (1920, 1080),
    "VP8": (4096, 2160),
    "VP9": (4096, 2160),
}
"""Longer and shorter side in pixels, whichever is the height."""
_LYING = {
    "AV1": (4096, 2160),
    "GIF": (3840, 3840),
    "MPEG2": (1920, 1152),
    "PRORES": (4096, 4096),
    "XAVC": (4096, 2160),
}
"""Width and height in pixels."""

_GOP_UNITS_WITH_SIZE = ("FRAMES", "SECONDS")
_CODECS_WITH_GOP_UNITS = ("H_264", "H_265")
_ADAPTIVE_PARTS = (
    "SpatialAdaptiveQuantization",
    "TemporalAdaptiveQuantization",
    "FlickerAdaptiveQuantization",
)

# From the model's description of AacSettings.Bitrate, which lists them in prose, not as an enum.
_AAC_BITRATES = (
    *(6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 20_000, 24_000, 28_000, 32_000),
    *(40_000, 48_000, 56_000, 64_000, 80_000, 96_000, 112_000, 128_000, 160_000, 192_000),
    *(224_000, 256_000, 288_000, 320_000, 384_000, 448_000, 512_000, 576_000, 640_000),
    *(768_000, 896_000, 1_024_000),
)
"""Bit/s that MediaConvert's AAC encoder accepts."""

# From the User Guide's "AAC output reference tables". The highest bitrates are also AAC's own:
# 6,144 bits a channel for every 1,024 samples.
_AAC_LC_BITRATES = {
    ("CODING_MODE_1_0", 32_000): (32_000, 192_000),
    ("CODING_MODE_1_0", 44_100): (56_000, 256_000),
    ("CODING_MODE_1_0", 48_000): (56_000, 288_000),
    ("CODING_MODE_2_0", 32_000): (40_000, 384_000),
    ("CODING_MODE_2_0", 44_100): (64_000, 512_000),
    ("CODING_MODE_2_0", 48_000): (64_000, 576_000),
}
"""Lowest and highest bit/s of AAC LC at a constant bitrate, by coding mode and sample rate (Hz)."""

AAC_LC_SAMPLE_RATES = (32_000, 44_100, 48_000)
"""Hz of which the limits are known."""


def broken_video_rules(
    video: Mapping[str, Any], path: str, *, segmented: bool, automated: bool
) -> Iterator[str]:
    """Yield a sentence for each rule that a VideoDescription breaks.

    Args:
        video: The `VideoDescription` of an output.
        path: Where it stands in the request.
        segmented: Whether its group writes segments (HLS, DASH, CMAF).
        automated: Whether its group has AutomatedEncodingSettings, which set the bitrates.
    """
    for side in ("Width", "Height"):
        if video.get(side, 0) % 2:
            yield f"{path}.{side} is {video[side]}; it must be even."
    codec_settings = video.get("CodecSettings", {})
    codec = codec_settings.get("Codec")
    yield from _picture_size(video, codec, path)
    name = _VIDEO_CODEC_SETTINGS.get(codec)
    if name is None:
        return
    codec_path = f"{path}.CodecSettings.{name}"
    if name not in codec_settings:
        yield f"{codec_path} is missing; Codec {codec} needs it."
        return
    settings = codec_settings[name]
    yield from _qvbr(settings, codec_path, automated=automated)
    yield from _ratios(settings, codec_path)
    yield from _quantization(settings, codec_path)
    mode = settings.get("RateControlMode")
    if codec in _CODECS_THAT_NEED_BITRATE and mode in ("CBR", "VBR") and "Bitrate" not in settings:
        yield f"{codec_path}.Bitrate is missing; RateControlMode {mode} needs it."
    if codec in _CODECS_WITH_GOP_UNITS:
        yield from _gop(settings, codec_path, segmented=segmented)
    if settings.get("CodecProfile") == "BASELINE":
        yield from _baseline(settings, codec_path)
    if "BandwidthReductionFilter" in settings and "NoiseReducer" in video.get(
        "VideoPreprocessors", {}
    ):
        yield (
            f"{codec_path}.BandwidthReductionFilter and {path}.VideoPreprocessors.NoiseReducer "
            "exclude each other; keep one of them."
        )


def _picture_size(video: Mapping[str, Any], codec: str | None, path: str) -> Iterator[str]:
    width, height = video.get("Width", 0), video.get("Height", 0)
    upright_too = codec in _UPRIGHT_TOO
    largest = (_UPRIGHT_TOO | _LYING).get(codec or "")
    sides = (max(width, height), min(width, height)) if upright_too else (width, height)
    if largest is None or (sides[0] <= largest[0] and sides[1] <= largest[1]):
        return
    yield (
        f"{path} is {width}x{height}; codec {codec} takes at most {largest[0]}x{largest[1]}"
        f"{', lying or upright' if upright_too else ''}."
    )


def _qvbr(settings: Mapping[str, Any], path: str, *, automated: bool) -> Iterator[str]:
    mode = settings.get("RateControlMode")
    if mode == "QVBR" and "MaxBitrate" not in settings and not automated:
        yield f"{path}.MaxBitrate is missing; RateControlMode QVBR needs it."
    if mode == "QVBR" and "Bitrate" in settings:
        bitrate = settings["Bitrate"]
        yield f"{path}.Bitrate is {bitrate}; RateControlMode QVBR takes MaxBitrate instead."
    if "QvbrSettings" not in settings:
        return
    if mode != "QVBR":
        yield f"{path}.QvbrSettings needs RateControlMode QVBR, not {shown(mode)}."
    tuning = settings.get("QualityTuningLevel")
    if "MaxAverageBitrate" in settings["QvbrSettings"] and tuning != "MULTI_PASS_HQ":
        yield (
            f"{path}.QvbrSettings.MaxAverageBitrate needs QualityTuningLevel MULTI_PASS_HQ, "
            f"not {shown(tuning)}."
        )


def _ratios(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    for kind in ("Framerate", "Par"):
        if settings.get(f"{kind}Control") != "SPECIFIED":
            continue
        for part in ("Numerator", "Denominator"):
            if f"{kind}{part}" not in settings:
                yield f"{path}.{kind}{part} is missing; {kind}Control SPECIFIED needs it."


def _quantization(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    if settings.get("AdaptiveQuantization", "AUTO") != "AUTO":
        return
    for part in _ADAPTIVE_PARTS:
        if part in settings:
            yield (
                f"{path}.{part} is {shown(settings[part])}; AdaptiveQuantization AUTO, which is "
                "the default, chooses it: leave it out or choose another level."
            )


def _gop(settings: Mapping[str, Any], path: str, *, segmented: bool) -> Iterator[str]:
    units = settings.get("GopSizeUnits", "AUTO")
    has_size = "GopSize" in settings
    if segmented and (units != "AUTO" or has_size):
        yield (
            f"{path} sets GopSizeUnits {units}{' and GopSize' if has_size else ''}; an output of "
            "an HLS, DASH or CMAF group needs GopSizeUnits AUTO and no GopSize."
        )
    elif has_size and units not in _GOP_UNITS_WITH_SIZE:
        yield f"{path}.GopSize needs GopSizeUnits FRAMES or SECONDS, not {units}."
    elif units in _GOP_UNITS_WITH_SIZE and not has_size:
        yield f"{path}.GopSize is missing; GopSizeUnits {units} needs it."


def _baseline(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    for name, needed in (("EntropyEncoding", "CAVLC"), ("NumberBFramesBetweenReferenceFrames", 0)):
        found = settings.get(name)
        if found != needed:
            yield f"{path}.{name} is {shown(found)}; CodecProfile BASELINE needs {needed}."


def broken_audio_rules(audio: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield a sentence for each rule that an AudioDescription breaks.

    Args:
        audio: One of the `AudioDescriptions` of an output.
        path: Where it stands in the request.
    """
    codec_settings = audio.get("CodecSettings", {})
    codec = codec_settings.get("Codec")
    name = _AUDIO_CODEC_SETTINGS.get(codec)
    if name is not None and name not in codec_settings:
        yield f"{path}.CodecSettings.{name} is missing; Codec {codec} needs it."
    aac = codec_settings.get("AacSettings")
    if codec == "AAC" and aac is not None:
        yield from _aac(aac, f"{path}.CodecSettings.AacSettings")


def aac_bitrates(coding_mode: str, sample_rate: int) -> tuple[int, ...]:
    """Return the bit/s that AAC LC takes at a constant bitrate, from low to high.

    Args:
        coding_mode: such as `CODING_MODE_2_0`.
        sample_rate: Hz. All bitrates are returned for a combination of which no limits are known.
    """
    low, high = _AAC_LC_BITRATES.get(
        (coding_mode, sample_rate), (_AAC_BITRATES[0], _AAC_BITRATES[-1])
    )
    return tuple(bitrate for bitrate in _AAC_BITRATES if low <= bitrate <= high)


def _aac(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    if "Bitrate" not in settings:
        return
    bitrate = settings["Bitrate"]
    if settings.get("RateControlMode") == "VBR":
        yield f"{path}.Bitrate is {bitrate}; RateControlMode VBR takes VbrQuality instead."
        return
    mode, sample_rate = settings.get("CodingMode", ""), settings.get("SampleRate", 0)
    is_lc = settings.get("CodecProfile") == "LC"
    allowed = aac_bitrates(mode, sample_rate) if is_lc else _AAC_BITRATES
    if bitrate not in allowed:
        where = f" with {mode} at {sample_rate} Hz" if is_lc else ""
        yield f"{path}.Bitrate is {bitrate}; allowed{where}: {', '.join(map(str, allowed))}."
