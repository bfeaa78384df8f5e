"""Which settings make AWS bill a MediaConvert job beyond its basic tier.

From the User Guide, the service model and the pricing page, except the deinterlacer: two change
logs of AWS's own solutions removed it because it left the basic tier, and AWS names it nowhere
else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_BASIC_VIDEO_CODECS = ("FRAME_CAPTURE", "H_264", "PASSTHROUGH", "VP8", "VP9")
_DOLBY_AUDIO_CODECS = ("AC3", "AC4", "EAC3", "EAC3_ATMOS")
_PROFESSIONAL_PREPROCESSORS = ("Deinterlacer", "DolbyVision", "Hdr10Plus")
_PROFESSIONAL_VALUES = {
    "FramerateConversionAlgorithm": "FRAMEFORMER",
    "QualityTuningLevel": "MULTI_PASS_HQ",
}


def professional_settings(job: Mapping[str, Any]) -> Iterator[str]:
    """Yield the path and value of every setting that leaves the basic tier.

    Args:
        job: a valid job document.
    """
    mode = job.get("AccelerationSettings", {}).get("Mode", "DISABLED")
    if mode != "DISABLED":
        yield f"AccelerationSettings.Mode {mode}"
    for index, source in enumerate(job["Settings"].get("Inputs", [])):
        if source.get("AdvancedInputFilter") == "ENABLED":
            yield f"Settings.Inputs[{index}].AdvancedInputFilter ENABLED"
    for index, group in enumerate(job["Settings"].get("OutputGroups", [])):
        path = f"Settings.OutputGroups[{index}]"
        if "AutomatedEncodingSettings" in group:
            yield f"{path}.AutomatedEncodingSettings"
        for number, output in enumerate(group.get("Outputs", [])):
            yield from _output(output, f"{path}.Outputs[{number}]")


def _output(output: Mapping[str, Any], path: str) -> Iterator[str]:
    video = output.get("VideoDescription", {})
    for name in _PROFESSIONAL_PREPROCESSORS:
        if name in video.get("VideoPreprocessors", {}):
            yield f"{path}.VideoDescription.VideoPreprocessors.{name}"
    for name, value in video.get("CodecSettings", {}).items():
        where = f"{path}.VideoDescription.CodecSettings.{name}"
        if name != "Codec":
            yield from _codec_settings(value, where)
        elif value not in _BASIC_VIDEO_CODECS:
            yield f"{where} {value}"
    for index, audio in enumerate(output.get("AudioDescriptions", [])):
        codec = audio.get("CodecSettings", {}).get("Codec")
        if codec in _DOLBY_AUDIO_CODECS:
            yield f"{path}.AudioDescriptions[{index}].CodecSettings.Codec {codec}"


def _codec_settings(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    if "BandwidthReductionFilter" in settings:
        yield f"{path}.BandwidthReductionFilter"
    for name, value in _PROFESSIONAL_VALUES.items():
        if settings.get(name) == value:
            yield f"{path}.{name} {value}"
