"""The rules of output groups that players stream from: segments and automated ABR.

From the model's descriptions and from the User Guide's page "Feature restrictions for automated
ABR". That FIT_NO_UPSCALE excludes automated ABR stands on its page about video scaling.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.wording import shown

_CONTAINERS = {
    "HLS_GROUP_SETTINGS": ("M3U8", "RAW"),
    "DASH_ISO_GROUP_SETTINGS": ("MPD", "CMFC"),
    "CMAF_GROUP_SETTINGS": ("CMFC",),
    "MS_SMOOTH_GROUP_SETTINGS": ("ISMV",),
}
"""What CreateJob takes in each type of group since 2020-11-20, by AWS's mail to its users (public
in openfun/marsha, pull request 790)."""

SEGMENTED_GROUPS = ("HLS_GROUP_SETTINGS", "DASH_ISO_GROUP_SETTINGS", "CMAF_GROUP_SETTINGS")

_AUTOMATED_CODECS = {"H_264": "H264Settings", "H_265": "H265Settings"}
_AUTOMATED_SETTINGS = {"QualityTuningLevel": "MULTI_PASS_HQ", "RateControlMode": "QVBR"}


def broken_streaming_rules(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each rule that output groups break.

    Args:
        groups: a job's `OutputGroups`.
    """
    any_automated = any("AutomatedEncodingSettings" in group for group in groups)
    for index, group in enumerate(groups):
        path = f"Settings.OutputGroups[{index}]"
        kind = group.get("OutputGroupSettings", {}).get("Type")
        if "AutomatedEncodingSettings" in group:
            yield from _automated(group, path, kind)
        elif any_automated and kind in SEGMENTED_GROUPS:
            yield (
                f"{path} has no AutomatedEncodingSettings, and another group has; in one job all "
                "HLS, DASH and CMAF groups have them or none."
            )
        for number, output in enumerate(group.get("Outputs", [])):
            yield from _streamed(output, f"{path}.Outputs[{number}]", kind)


def _streamed(output: Mapping[str, Any], path: str, kind: str | None) -> Iterator[str]:
    container = output.get("ContainerSettings", {}).get("Container")
    allowed = _CONTAINERS.get(kind or "", ())
    if container is not None and allowed and container not in allowed:
        where = f"{path}.ContainerSettings.Container"
        yield f"{where} is {container}; a group of Type {kind} takes {', '.join(allowed)}."
    for name, settings in _codec_settings(output):
        if kind in SEGMENTED_GROUPS and settings.get("GopClosedCadence") == 0:
            yield (
                f"{path}.VideoDescription.CodecSettings.{name}.GopClosedCadence is 0; a segment "
                "needs closed GOPs: leave it out or set 1."
            )


def _automated(group: Mapping[str, Any], path: str, kind: str | None) -> Iterator[str]:
    if kind not in SEGMENTED_GROUPS:
        where = f"{path}.AutomatedEncodingSettings"
        yield f"{where} goes with HLS, DASH and CMAF groups, not with {kind}."
    for number, output in enumerate(group.get("Outputs", [])):
        video = output.get("VideoDescription")
        if video is None:
            continue
        where = f"{path}.Outputs[{number}].VideoDescription"
        if video.get("ScalingBehavior") == "FIT_NO_UPSCALE":
            yield (
                f"{where}.ScalingBehavior FIT_NO_UPSCALE does not go with "
                "AutomatedEncodingSettings."
            )
        codec = video.get("CodecSettings", {}).get("Codec")
        if codec not in _AUTOMATED_CODECS:
            yield (
                f"{where}.CodecSettings.Codec is {shown(codec)}; AutomatedEncodingSettings takes "
                f"{', '.join(_AUTOMATED_CODECS)}."
            )
            continue
        name = _AUTOMATED_CODECS[codec]
        settings = video["CodecSettings"].get(name, {})
        for setting, value in _AUTOMATED_SETTINGS.items():
            if settings.get(setting) != value:
                yield (
                    f"{where}.CodecSettings.{name}.{setting} is {shown(settings.get(setting))}; "
                    f"AutomatedEncodingSettings needs {value}."
                )


def _codec_settings(output: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in output.get("VideoDescription", {}).get("CodecSettings", {}).items():
        if isinstance(value, Mapping):
            yield name, value
