"""Which settings of a job this service implements; it refuses all others by name.

The table has the shape of a CreateJob request. A setting that is not in it, or a value that is not
listed, is refused when the job is created: nothing is ever ignored in silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is taken
    """Every value that the service model allows is implemented."""


class Only(tuple[Any, ...]):
    """These values are implemented, no others."""

    __slots__ = ()


@dataclass(frozen=True)
class Literally:
    """A name, of which every character stands for itself: format identifiers are not expanded."""


@dataclass(frozen=True)
class NoEffect:
    """Accepted with any value because it changes nothing here.

    Attributes:
        reason: Why it does not.
    """

    reason: str


@dataclass(frozen=True)
class One:
    """A list that must have exactly one entry."""

    entry: Any


@dataclass(frozen=True)
class Each:
    """A list or a map, each of whose entries is as described."""

    entry: Any


_ANY = Any_()
_LITERALLY = Literally()
_NO_TIMECODE = NoEffect("no timecode is read or written: clipping and insertion are refused")
_PROGRESSIVE = NoEffect("concerns interlaced outputs only, which are refused")
_TRANSPORT_STREAM = NoEffect("concerns MPEG transport streams with several programs")
_AWS = NoEffect("concerns AWS's billing or hardware")

_AUDIO_SELECTOR = {
    "DefaultSelection": NoEffect("a selector that an output names must exist"),
    "SelectorType": Only(("TRACK",)),
    "Tracks": One(_ANY),
    "Offset": Only((0,)),
    "ProgramSelection": _TRANSPORT_STREAM,
}

_INPUT = {
    "FileInput": _ANY,
    "TimecodeSource": _NO_TIMECODE,
    "VideoSelector": {
        "Rotate": _ANY,
        "ColorSpace": Only(("FOLLOW",)),
        "SampleRange": Only(("FOLLOW",)),
        "AlphaBehavior": Only(("DISCARD",)),
        "PadVideo": Only(("DISABLED",)),
        "EmbeddedTimecodeOverride": _NO_TIMECODE,
    },
    "AudioSelectors": Each(_AUDIO_SELECTOR),
    "AdvancedInputFilter": Only(("DISABLED",)),
    "DeblockFilter": Only(("DISABLED",)),
    "DenoiseFilter": Only(("DISABLED",)),
    "FilterEnable": Only(("AUTO", "DISABLE")),
    "FilterStrength": Only((0,)),
    "InputScanType": Only(("AUTO",)),
    "PsiControl": _TRANSPORT_STREAM,
}

_H264 = {
    "AdaptiveQuantization": _ANY,
    "Bitrate": _ANY,
    "CodecLevel": _ANY,
    "CodecProfile": Only(("BASELINE", "MAIN", "HIGH")),
    "DynamicSubGop": _ANY,
    "EntropyEncoding": _ANY,
    "FieldEncoding": _PROGRESSIVE,
    "FramerateControl": _ANY,
    "FramerateConversionAlgorithm": Only(("DUPLICATE_DROP",)),
    "FramerateDenominator": _ANY,
    "FramerateNumerator": _ANY,
    "GopBReference": _ANY,
    "GopClosedCadence": Only((1,)),
    "GopSize": _ANY,
    "GopSizeUnits": _ANY,
    "HrdBufferInitialFillPercentage": _ANY,
    "HrdBufferSize": _ANY,
    "InterlaceMode": Only(("PROGRESSIVE",)),
    "MaxBitrate": _ANY,
    "MinIInterval": _ANY,
    "NumberBFramesBetweenReferenceFrames": _ANY,
    "NumberReferenceFrames": _ANY,
    "ParControl": _ANY,
    "ParDenominator": _ANY,
    "ParNumerator": _ANY,
    # Both are single passes; how hard they try is the constant `h264.PRESET`.
    "QualityTuningLevel": Only(("SINGLE_PASS", "SINGLE_PASS_HQ")),
    "QvbrSettings": {"QvbrQualityLevel": _ANY, "QvbrQualityLevelFineTune": _ANY},
    "RateControlMode": _ANY,
    "RepeatPps": Only(("DISABLED",)),
    "ScanTypeConversionMode": _PROGRESSIVE,
    "SceneChangeDetect": _ANY,
    "Slices": _ANY,
    "SlowPal": Only(("DISABLED",)),
    "Softness": Only((0,)),
    "Syntax": Only(("DEFAULT",)),
    "Telecine": Only(("NONE",)),
    "UnregisteredSeiTimecode": Only(("DISABLED",)),
    "WriteMp4PackagingType": Only(("AVC1",)),
}

_VIDEO = {
    "AfdSignaling": Only(("NONE",)),
    "AntiAlias": NoEffect("MediaConvert ignores it too"),
    "CodecSettings": {"Codec": Only(("H_264",)), "H264Settings": _H264},
    "ColorMetadata": _ANY,
    "DropFrameTimecode": _NO_TIMECODE,
    "Height": _ANY,
    "RespondToAfd": Only(("NONE",)),
    "ScalingBehavior": Only(("DEFAULT", "STRETCH_TO_OUTPUT", "FIT", "FIT_NO_UPSCALE", "FILL")),
    "Sharpness": Only((50,)),
    "TimecodeInsertion": Only(("DISABLED",)),
    "TimecodeTrack": Only(("DISABLED",)),
    "VideoPreprocessors": {
        "Deinterlacer": {
            "Algorithm": Only(("INTERPOLATE",)),
            "Control": _ANY,
            # ADAPTIVE deinterlaces whatever is interlaced: a telecine is not looked for.
            "Mode": Only(("DEINTERLACE", "ADAPTIVE")),
        },
        "ColorCorrector": {
            "ColorSpaceConversion": Only(("NONE", "FORCE_709")),
            "HdrToSdrToneMapper": _ANY,
        },
    },
    "Width": _ANY,
}

_AAC = {
    "AudioDescriptionBroadcasterMix": Only(("NORMAL",)),
    "Bitrate": _ANY,
    "CodecProfile": Only(("LC",)),
    "CodingMode": Only(("CODING_MODE_1_0", "CODING_MODE_2_0", "CODING_MODE_5_1")),
    "RateControlMode": Only(("CBR",)),
    "RawFormat": Only(("NONE",)),
    "SampleRate": _ANY,
    "Specification": Only(("MPEG4",)),
}

_AUDIO = {
    "AudioSourceName": _ANY,
    "AudioTypeControl": NoEffect("an mp4 file has no place for an ISO 639 audio type"),
    "AudioType": NoEffect("an mp4 file has no place for an ISO 639 audio type"),
    "CodecSettings": {"Codec": Only(("AAC",)), "AacSettings": _AAC},
    "LanguageCode": _ANY,
    "LanguageCodeControl": _ANY,
}

_OUTPUT = {
    "AudioDescriptions": Each(_AUDIO),
    "ContainerSettings": {
        "Container": Only(("MP4",)),
        "Mp4Settings": {
            "AudioDuration": Only(("DEFAULT_CODEC_DURATION",)),
            # Composition times are as asked; the cslg box itself is one that ffmpeg cannot write.
            "CslgAtom": _ANY,
            "CttsVersion": Only((0,)),
            "FreeSpaceBox": Only(("EXCLUDE",)),
            "MoovPlacement": _ANY,
        },
    },
    "Extension": _LITERALLY,
    "NameModifier": _LITERALLY,
    "VideoDescription": _VIDEO,
}

_FILE_GROUP = {
    "Destination": _LITERALLY,
    "DestinationSettings": {
        "S3Settings": {
            "Encryption": {"EncryptionType": Only(("SERVER_SIDE_ENCRYPTION_S3",))},
            "StorageClass": _ANY,
        }
    },
}

IMPLEMENTED: Mapping[str, Any] = {
    "AccelerationSettings": {"Mode": Only(("DISABLED", "PREFERRED"))},
    "BillingTagsSource": _AWS,
    "ClientRequestToken": _ANY,
    "Priority": _ANY,
    "Queue": _ANY,
    "Role": _ANY,
    "Settings": {
        "Inputs": One(_INPUT),
        "OutputGroups": Each(
            {
                "CustomName": NoEffect("a label"),
                "Name": NoEffect("a label"),
                "OutputGroupSettings": {
                    "Type": Only(("FILE_GROUP_SETTINGS",)),
                    "FileGroupSettings": _FILE_GROUP,
                },
                "Outputs": Each(_OUTPUT),
            }
        ),
        "TimecodeConfig": {"Source": _NO_TIMECODE},
    },
    "SimulateReservedQueue": Only(("DISABLED",)),
    "StatusUpdateInterval": _ANY,
    "Tags": _ANY,
    "UserMetadata": _ANY,
}


def not_implemented(document: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each setting of a CreateJob request that this service cannot honour.

    Args:
        document: A request that the service model allows.
    """
    return [*_refused(document, IMPLEMENTED, "")]


def _refused(value: Any, rule: Any, path: str) -> Iterator[str]:
    if isinstance(rule, Mapping):
        for name, member in value.items():
            member_path = f"{path}.{name}".lstrip(".")
            if name in rule:
                yield from _refused(member, rule[name], member_path)
            else:
                yield f"{member_path} is not implemented by this local service."
    elif isinstance(rule, One) and len(value) != 1:
        yield f"{path} has {len(value)} entries; this local service implements exactly one."
    elif isinstance(rule, One | Each):
        entries = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, entry in entries:
            yield from _refused(entry, rule.entry, f"{path}[{key}]")
    elif isinstance(rule, Literally) and "$" in value:
        yield f"{path} is {value!r}; this local service expands no format identifiers ($...$)."
    elif isinstance(rule, Only) and value not in rule:
        implemented = ", ".join(str(choice) for choice in rule)
        yield f"{path} is {value!r}; this local service implements: {implemented}."
