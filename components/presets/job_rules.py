"""The rules between the fields of a MediaConvert job that its service model cannot express.

MediaConvert's engine enforces them with HTTP 400 or, worse, with error 1040 in a job that was
already accepted. `components.service_model` runs them once every type is known to be right.
The last two, about destinations, are this project's own.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.presets.codec_rules import broken_audio_rules, broken_video_rules
from components.presets.metadata_rules import broken_metadata_rules
from components.presets.streaming_rules import SEGMENTED_GROUPS, broken_streaming_rules
from components.wording import shown

_LONGEST_TOKEN = 64
_MOST_METADATA = 10
_MOST_TAGS = 50
"""AWS's limit for any resource."""

_DEFAULT_AUDIO_SOURCE = "Audio Selector 1"
_MP4_EXTENSIONS = ("mp4", "m4v", "m4a")

GROUP_SETTINGS = {
    "FILE_GROUP_SETTINGS": "FileGroupSettings",
    "HLS_GROUP_SETTINGS": "HlsGroupSettings",
    "DASH_ISO_GROUP_SETTINGS": "DashIsoGroupSettings",
    "CMAF_GROUP_SETTINGS": "CmafGroupSettings",
    "MS_SMOOTH_GROUP_SETTINGS": "MsSmoothGroupSettings",
}
"""An output group's Type, and the object that has to be beside it."""

_S3_BUCKET = re.compile(r"^s3://([^/]+)")


def broken_rules(job: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each rule that a request with the right types breaks.

    Args:
        job: A CreateJob request.
    """
    yield from _token(job)
    yield from broken_metadata_rules(
        job.get("UserMetadata", {}), "UserMetadata", most=_MOST_METADATA
    )
    yield from broken_metadata_rules(job.get("Tags", {}), "Tags", most=_MOST_TAGS)

    settings = job.get("Settings", {})
    inputs = settings.get("Inputs", [])
    groups = settings.get("OutputGroups", [])
    if "JobTemplate" not in job:
        if not inputs:
            yield "Settings.Inputs is empty; a job without a JobTemplate needs at least one input."
        if not groups:
            yield "Settings.OutputGroups is empty; a job without a JobTemplate needs at least one."
    yield from _captures_alone(groups)
    if settings.get("FollowSource", 1) > max(1, len(inputs)):
        yield (
            f"Settings.FollowSource is {settings['FollowSource']}; it must be the number of one of "
            f"the {len(inputs)} inputs."
        )
    yield from broken_streaming_rules(groups)
    for index, group in enumerate(groups):
        path = f"Settings.OutputGroups[{index}]"
        yield from _group(group, path, inputs)
        yield from _outputs(group, path, inputs)


def _captures_alone(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    codecs = [
        output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec")
        for group in groups
        for output in group.get("Outputs", [])
    ]
    if codecs and all(codec == "FRAME_CAPTURE" for codec in codecs):
        yield (
            "Settings.OutputGroups has only FRAME_CAPTURE outputs; MediaConvert captures frames "
            "beside another output only."
        )


def _token(job: Mapping[str, Any]) -> Iterator[str]:
    token = job.get("ClientRequestToken")
    if token is not None and not (token.isascii() and 1 <= len(token) <= _LONGEST_TOKEN):
        yield (
            f"ClientRequestToken is {shown(token)}; "
            f"it must be 1 to {_LONGEST_TOKEN} ASCII characters."
        )


def _group(
    group: Mapping[str, Any], path: str, inputs: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    settings = group.get("OutputGroupSettings", {})
    kind = settings.get("Type")
    wanted = GROUP_SETTINGS.get(kind)
    if wanted and wanted not in settings:
        yield f"{path}.OutputGroupSettings.{wanted} is missing; Type {kind} needs it."
    for name in GROUP_SETTINGS.values():
        destination = settings.get(name, {}).get("Destination")
        if destination is not None:
            yield from _destination(
                destination, f"{path}.OutputGroupSettings.{name}.Destination", inputs
            )


def _destination(destination: str, path: str, inputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if "$" in destination:
        yield (
            f"{path} is {shown(destination)}; MediaConvert expands $...$ in a destination, "
            "so it must not hold a $."
        )
    bucket = _bucket(destination)
    for index, source in enumerate(inputs):
        if bucket is not None and bucket == _bucket(source.get("FileInput", "")):
            yield (
                f"{path} is in {shown(bucket)}, the bucket of Settings.Inputs[{index}].FileInput; "
                "write to another bucket, or a rendition could be taken for an upload."
            )


def _bucket(location: str) -> str | None:
    match = _S3_BUCKET.match(location)
    return match.group(1) if match else None


def _outputs(
    group: Mapping[str, Any], path: str, inputs: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    outputs = group.get("Outputs", [])
    yield from _name_modifiers(outputs, path)
    segmented = group.get("OutputGroupSettings", {}).get("Type") in SEGMENTED_GROUPS
    automated = "AutomatedEncodingSettings" in group
    for index, output in enumerate(outputs):
        output_path = f"{path}.Outputs[{index}]"
        yield from _container(output, output_path)
        yield from broken_video_rules(
            output.get("VideoDescription", {}),
            f"{output_path}.VideoDescription",
            segmented=segmented,
            automated=automated,
        )
        for number, audio in enumerate(output.get("AudioDescriptions", [])):
            audio_path = f"{output_path}.AudioDescriptions[{number}]"
            yield from broken_audio_rules(audio, audio_path)
            yield from _audio_source(audio, audio_path, inputs)


def _name_modifiers(outputs: Sequence[Mapping[str, Any]], path: str) -> Iterator[str]:
    if len(outputs) <= 1:
        return
    uses = Counter(output.get("NameModifier") for output in outputs)
    for index, output in enumerate(outputs):
        modifier = output.get("NameModifier")
        where = f"{path}.Outputs[{index}].NameModifier"
        if modifier is None:
            yield f"{where} is missing; each of several outputs in a group needs its own."
        elif uses[modifier] > 1:
            yield f"{where} is {shown(modifier)}; another output of the group has it too."


def _container(output: Mapping[str, Any], path: str) -> Iterator[str]:
    if "Preset" in output and "ContainerSettings" in output:
        yield f"{path} has both Preset and ContainerSettings; keep one of them."
    if "Preset" not in output and "Container" not in output.get("ContainerSettings", {}):
        yield f"{path}.ContainerSettings.Container is missing; CreateJob requires it."
    extension = output.get("Extension")
    is_mp4 = output.get("ContainerSettings", {}).get("Container") == "MP4"
    if is_mp4 and extension is not None and extension not in _MP4_EXTENSIONS:
        yield (
            f"{path}.Extension is {shown(extension)}; "
            f"container MP4 takes {', '.join(_MP4_EXTENSIONS)}."
        )


def _audio_source(
    audio: Mapping[str, Any], path: str, inputs: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    name = audio.get("AudioSourceName", _DEFAULT_AUDIO_SOURCE)
    for index, source in enumerate(inputs):
        selectors = [
            *source.get("AudioSelectors", {}),
            *source.get("AudioSelectorGroups", {}),
            *source.get("DynamicAudioSelectors", {}),
        ]
        if name not in selectors:
            yield (
                f"{path}.AudioSourceName is {shown(name)}; "
                f"Settings.Inputs[{index}] has {shown(selectors)}."
            )
