"""From a preset to the MediaConvert job that makes its rendition."""

from collections.abc import Mapping
from typing import Any, assert_never

from components.presets.encodes import AUDIO_SELECTOR
from components.presets.job_rules import GROUP_SETTINGS
from components.presets.output_groups import (
    audio_groups,
    cmaf_groups,
    hls_groups,
    mp4_groups,
    thumbnail_groups,
)
from components.presets.preset import AudioFile, Cmaf, Hls, Mp4, OwnJob, Preset, Thumbnails

_PLACEHOLDER_ROLE = "arn:aws:iam::111122223333:role/pipeline"
_PLACEHOLDER_INPUT = "s3://input/key.mp4"
_PLACEHOLDER_DESTINATION = "s3://output/stem"


def job_document(preset: Preset) -> dict[str, Any]:
    """Return the CreateJob request of a preset, without what only an upload or a stack can say.

    Missing are `Queue`, `Role`, `UserMetadata`, `ClientRequestToken`, the input's `FileInput` and
    the output groups' `Destination`; `submit_job` fills them in. A group that has a `Destination`
    all the same says what follows the bucket and the source's stem in it.

    Args:
        preset: a resolved preset.
    """
    document: dict[str, Any] = {
        "StatusUpdateInterval": "SECONDS_60",
        # Acceleration is billed at the professional tier and refuses short inputs.
        "AccelerationSettings": {"Mode": "DISABLED"},
        **_rendition(preset),
        # Costs are split by the tags of the queue, so a job needs no tags and no right to tag.
        "BillingTagsSource": "QUEUE",
    }
    return document | ({"Priority": preset.priority} if preset.priority else {})


def writes_numbered_files(preset: Preset) -> bool:
    """Tell whether the number of files depends on the upload, as for segments and stills."""
    return any(
        group["OutputGroupSettings"]["Type"] != "FILE_GROUP_SETTINGS"
        or any(output["ContainerSettings"]["Container"] == "RAW" for output in group["Outputs"])
        for group in job_document(preset)["Settings"]["OutputGroups"]
    )


def _rendition(preset: Preset) -> Mapping[str, Any]:
    match preset.rendition:
        case Mp4() as mp4:
            return _settings(mp4_groups(preset.name, mp4))
        case Hls() as hls:
            return _settings(hls_groups(preset.name, hls))
        case Cmaf() as cmaf:
            return _settings(cmaf_groups(preset.name, cmaf))
        case Thumbnails() as stills:
            return _settings(thumbnail_groups(preset.name, stills))
        case AudioFile() as audio:
            return _settings(audio_groups(preset.name, audio))
        case OwnJob(job=job):
            return job
        case unknown:
            assert_never(unknown)


def complete_for_check(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job document with placeholders where `submit_job` fills in, for validation.

    Args:
        document: what `job_document` returned; it is left as it is.
    """
    settings = document["Settings"]
    return {
        **document,
        "Role": _PLACEHOLDER_ROLE,
        "Settings": {
            **settings,
            "Inputs": [
                {**source, "FileInput": _PLACEHOLDER_INPUT} for source in settings["Inputs"]
            ],
            "OutputGroups": [_with_destination(group) for group in settings["OutputGroups"]],
        },
    }


def _with_destination(group: Mapping[str, Any]) -> dict[str, Any]:
    settings = group["OutputGroupSettings"]
    name = GROUP_SETTINGS[settings["Type"]]
    tail = settings[name].get("Destination", "")
    filled = {**settings[name], "Destination": f"{_PLACEHOLDER_DESTINATION}{tail}"}
    return {**group, "OutputGroupSettings": {**settings, name: filled}}


def _settings(output_groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Settings": {
            # Embedded timecodes can make a clip fail with error 1060.
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [_input()],
            "OutputGroups": output_groups,
        }
    }


def _input() -> dict[str, Any]:
    return {
        "TimecodeSource": "ZEROBASED",
        "VideoSelector": {
            # MediaConvert ignores the rotation that phones record unless it is told to follow it.
            "Rotate": "AUTO",
            "ColorSpace": "FOLLOW",
        },
        # Without `Tracks`: naming a track makes every silent file fail with error 1040.
        "AudioSelectors": {AUDIO_SELECTOR: {"DefaultSelection": "DEFAULT"}},
    }
