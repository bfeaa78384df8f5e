"""From a preset to the MediaConvert job that makes its rendition.

The values follow AWS's advice and its own MP4 presets. None of them leaves MediaConvert's basic
price tier; a deinterlacer would, and so would a second pass.
"""

from typing import Any

from components.codec_rules import aac_bitrates
from components.preset import Preset

_AUDIO_SELECTOR = "Audio Selector 1"

_GOP_SECONDS = 2.0
"""Seconds between key frames, which is how exactly a player can seek. AWS's MP4 presets use it."""

_HRD_SECONDS = 2
"""The decoder's buffer, as seconds at the bitrate ceiling. AWS's MP4 presets use it."""

_AUDIO_SAMPLE_RATE = 48_000
"""Hz, the rate of video production; phones and cameras record it."""

_STEREO = "CODING_MODE_2_0"

AUDIO_BITRATES = aac_bitrates(_STEREO, _AUDIO_SAMPLE_RATE)
"""Bit/s that the sound of a rendition may have."""

_PLACEHOLDER_ROLE = "arn:aws:iam::111122223333:role/pipeline"
_PLACEHOLDER_INPUT = "s3://input/key.mp4"
_PLACEHOLDER_DESTINATION = "s3://output/stem"


def job_document(preset: Preset) -> dict[str, Any]:
    """Return the CreateJob request of a preset, without what only an upload or a stack can say.

    Missing are `Queue`, `Role`, `UserMetadata`, `ClientRequestToken`, the input's `FileInput` and
    the output group's `Destination`; `submit_job` fills them in.

    Args:
        preset: a resolved preset.
    """
    return {
        # Costs are split by the tags of the queue, so a job needs no tags and no right to tag.
        "BillingTagsSource": "QUEUE",
        "StatusUpdateInterval": "SECONDS_60",
        # Acceleration is billed at the professional tier and refuses short inputs.
        "AccelerationSettings": {"Mode": "DISABLED"},
        "Settings": {
            # Embedded timecodes can make a clip fail with error 1060.
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [_input()],
            "OutputGroups": [
                {
                    "Name": "File Group",
                    "OutputGroupSettings": {
                        "Type": "FILE_GROUP_SETTINGS",
                        "FileGroupSettings": {},
                    },
                    "Outputs": [_output(preset)],
                }
            ],
        },
    }


def complete_for_check(document: dict[str, Any]) -> dict[str, Any]:
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


def _with_destination(group: dict[str, Any]) -> dict[str, Any]:
    settings = group["OutputGroupSettings"]
    filled = {**settings["FileGroupSettings"], "Destination": _PLACEHOLDER_DESTINATION}
    return {**group, "OutputGroupSettings": {**settings, "FileGroupSettings": filled}}


def _input() -> dict[str, Any]:
    return {
        "TimecodeSource": "ZEROBASED",
        "VideoSelector": {
            # MediaConvert ignores the rotation that phones record unless it is told to follow it.
            "Rotate": "AUTO",
            # HDR stays HDR; it is not mapped to SDR.
            "ColorSpace": "FOLLOW",
        },
        # Without `Tracks`: naming a track makes every silent file fail with error 1040.
        "AudioSelectors": {_AUDIO_SELECTOR: {"DefaultSelection": "DEFAULT"}},
    }


def _output(preset: Preset) -> dict[str, Any]:
    return {
        "Extension": "mp4",
        "NameModifier": f"-{preset.name}",
        "ContainerSettings": {
            "Container": "MP4",
            # The index goes in front, so that a player can start before it has the whole file.
            "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"},
        },
        "VideoDescription": {
            # Both sides and FIT_NO_UPSCALE: with one side the other could turn out odd (1040),
            # and the default behaviour pads and enlarges.
            "Width": preset.width,
            "Height": preset.height,
            "ScalingBehavior": "FIT_NO_UPSCALE",
            "ColorMetadata": "INSERT",
            "CodecSettings": {"Codec": "H_264", "H264Settings": _h264(preset)},
        },
        "AudioDescriptions": [
            {
                "AudioSourceName": _AUDIO_SELECTOR,
                "LanguageCodeControl": "FOLLOW_INPUT",
                "CodecSettings": {"Codec": "AAC", "AacSettings": _aac(preset)},
            }
        ],
    }


def _h264(preset: Preset) -> dict[str, Any]:
    return {
        "CodecProfile": "HIGH",
        "CodecLevel": "AUTO",
        "EntropyEncoding": "CABAC",
        "RateControlMode": "QVBR",
        "QvbrSettings": {"QvbrQualityLevel": preset.quality},
        "MaxBitrate": preset.max_bitrate,
        "HrdBufferSize": _HRD_SECONDS * preset.max_bitrate,
        # The best that the basic tier has; MULTI_PASS_HQ is professional.
        "QualityTuningLevel": "SINGLE_PASS_HQ",
        "SceneChangeDetect": "TRANSITION_DETECTION",
        "AdaptiveQuantization": "AUTO",
        "GopSizeUnits": "SECONDS",
        "GopSize": _GOP_SECONDS,
        "GopClosedCadence": 1,
        "InterlaceMode": "PROGRESSIVE",
        "FramerateControl": "INITIALIZE_FROM_SOURCE",
        # What happens to a variable frame rate, which always becomes a constant one.
        "FramerateConversionAlgorithm": "DUPLICATE_DROP",
        "ParControl": "INITIALIZE_FROM_SOURCE",
    }


def _aac(preset: Preset) -> dict[str, Any]:
    return {
        "CodecProfile": "LC",
        "RateControlMode": "CBR",
        "Bitrate": preset.audio_bitrate,
        "SampleRate": _AUDIO_SAMPLE_RATE,
        "CodingMode": _STEREO,
    }
