"""Which settings of a job this service implements; it refuses all others by name.

The table has the shape of a CreateJob request. A tuple lists the values that are implemented. A
setting that is not in the table, or a value that is not listed, is refused when the job is created:
nothing is ever ignored in silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NoEffect:
    """Accepted with any value because it changes nothing here.

    Attributes:
        reason: Why it does not.
    """

    reason: str


@dataclass(frozen=True)
class Each:
    """A list or a map, each of whose entries is as described.

    Attributes:
        entry: The rule of an entry.
        at_most: How many entries are implemented; any number when None.
    """

    entry: Any
    at_most: int | None = None


ANY = object()
"""Every value that the service model allows is implemented."""

LITERAL = object()
"""A name, of which every character stands for itself: format identifiers are not expanded."""

_NO_TIMECODE = NoEffect("no timecode is read or written: clipping and insertion are refused")
_PROGRESSIVE = NoEffect("concerns interlaced outputs only, which are refused")
_TRANSPORT_STREAM = NoEffect("concerns MPEG transport streams with several programs")
_AWS = NoEffect("concerns AWS's billing or hardware")

_AUDIO_SELECTOR = {
    "DefaultSelection": NoEffect("a selector that an output names must exist"),
    "SelectorType": ("TRACK",),
    "Tracks": Each(ANY, at_most=1),
    "Offset": (0,),
    "ProgramSelection": _TRANSPORT_STREAM,
}

_INPUT = {
    "FileInput": ANY,
    "TimecodeSource": _NO_TIMECODE,
    "VideoSelector": {
        "Rotate": ANY,
        "ColorSpace": ("FOLLOW",),
        "SampleRange": ("FOLLOW",),
        "AlphaBehavior": ("DISCARD",),
        "PadVideo": ("DISABLED",),
        "EmbeddedTimecodeOverride": _NO_TIMECODE,
    },
    "AudioSelectors": Each(_AUDIO_SELECTOR),
    "AdvancedInputFilter": ("DISABLED",),
    "DeblockFilter": ("DISABLED",),
    "DenoiseFilter": ("DISABLED",),
    "FilterEnable": ("AUTO", "DISABLE"),
    "FilterStrength": (0,),
    "InputScanType": ("AUTO",),
    "PsiControl": _TRANSPORT_STREAM,
}

_H264 = {
    "AdaptiveQuantization": ANY,
    "Bitrate": ANY,
    "CodecLevel": ANY,
    "CodecProfile": ("BASELINE", "MAIN", "HIGH"),
    "DynamicSubGop": ANY,
    "EntropyEncoding": ANY,
    "FieldEncoding": _PROGRESSIVE,
    "FramerateControl": ANY,
    "FramerateConversionAlgorithm": ("DUPLICATE_DROP",),
    "FramerateDenominator": ANY,
    "FramerateNumerator": ANY,
    "GopBReference": ANY,
    "GopClosedCadence": (1,),
    "GopSize": ANY,
    "GopSizeUnits": ANY,
    "HrdBufferInitialFillPercentage": ANY,
    "HrdBufferSize": ANY,
    "InterlaceMode": ("PROGRESSIVE",),
    "MaxBitrate": ANY,
    "MinIInterval": ANY,
    "NumberBFramesBetweenReferenceFrames": ANY,
    "NumberReferenceFrames": ANY,
    "ParControl": ANY,
    "ParDenominator": ANY,
    "ParNumerator": ANY,
    # Both are single passes; how hard they try is the constant `h264.PRESET`.
    "QualityTuningLevel": ("SINGLE_PASS", "SINGLE_PASS_HQ"),
    "QvbrSettings": {"QvbrQualityLevel": ANY, "QvbrQualityLevelFineTune": ANY},
    "RateControlMode": ANY,
    "RepeatPps": ("DISABLED",),
    "ScanTypeConversionMode": _PROGRESSIVE,
    "SceneChangeDetect": ANY,
    "Slices": ANY,
    "SlowPal": ("DISABLED",),
    "Softness": (0,),
    "Syntax": ("DEFAULT",),
    "Telecine": ("NONE",),
    "UnregisteredSeiTimecode": ("DISABLED",),
    "WriteMp4PackagingType": ("AVC1",),
}

_VIDEO = {
    "AfdSignaling": ("NONE",),
    "AntiAlias": NoEffect("MediaConvert ignores it too"),
    "CodecSettings": {
        "Codec": ("H_264", "FRAME_CAPTURE"),
        "FrameCaptureSettings": {
            "FramerateDenominator": ANY,
            "FramerateNumerator": ANY,
            "MaxCaptures": ANY,
            "Quality": ANY,
        },
        "H264Settings": _H264,
    },
    "ColorMetadata": ANY,
    "DropFrameTimecode": _NO_TIMECODE,
    "Height": ANY,
    "RespondToAfd": ("NONE",),
    "ScalingBehavior": ("DEFAULT", "STRETCH_TO_OUTPUT", "FIT", "FIT_NO_UPSCALE", "FILL"),
    "Sharpness": (50,),
    "TimecodeInsertion": ("DISABLED",),
    "TimecodeTrack": ("DISABLED",),
    "VideoPreprocessors": {
        "Deinterlacer": {
            "Algorithm": ("INTERPOLATE",),
            "Control": ANY,
            # ADAPTIVE deinterlaces whatever is interlaced: a telecine is not looked for.
            "Mode": ("DEINTERLACE", "ADAPTIVE"),
        },
        "ColorCorrector": {
            "ColorSpaceConversion": ("NONE", "FORCE_709"),
            "HdrToSdrToneMapper": ANY,
        },
    },
    "Width": ANY,
}

_AAC = {
    "AudioDescriptionBroadcasterMix": ("NORMAL",),
    "Bitrate": ANY,
    "CodecProfile": ("LC",),
    "CodingMode": ("CODING_MODE_1_0", "CODING_MODE_2_0", "CODING_MODE_5_1"),
    "RateControlMode": ("CBR",),
    "RawFormat": ("NONE",),
    "SampleRate": ANY,
    "Specification": ("MPEG4",),
}

_AUDIO = {
    "AudioSourceName": ANY,
    "AudioTypeControl": NoEffect("an mp4 file has no place for an ISO 639 audio type"),
    "AudioType": NoEffect("an mp4 file has no place for an ISO 639 audio type"),
    "CodecSettings": {"Codec": ("AAC",), "AacSettings": _AAC},
    "LanguageCode": ANY,
    "LanguageCodeControl": ANY,
}

_OUTPUT = {
    "AudioDescriptions": Each(_AUDIO),
    "ContainerSettings": {
        "Container": ("MP4", "M3U8", "CMFC", "RAW"),
        "CmfcSettings": {"AudioDuration": ("DEFAULT_CODEC_DURATION",)},
        # What it holds without being told is what ffmpeg's transport streams are like.
        "M3u8Settings": {},
        "Mp4Settings": {
            "AudioDuration": ("DEFAULT_CODEC_DURATION",),
            # Composition times are as asked; the cslg box itself is one that ffmpeg cannot write.
            "CslgAtom": ANY,
            "CttsVersion": (0,),
            "FreeSpaceBox": ("EXCLUDE",),
            "MoovPlacement": ANY,
        },
    },
    "Extension": LITERAL,
    "NameModifier": LITERAL,
    "VideoDescription": _VIDEO,
}

_DESTINATION = {
    "Destination": LITERAL,
    "DestinationSettings": {
        "S3Settings": {
            "Encryption": {"EncryptionType": ("SERVER_SIDE_ENCRYPTION_S3",)},
            "StorageClass": ANY,
        }
    },
}

_HLS_GROUP = {
    **_DESTINATION,
    "CodecSpecification": ("RFC_6381",),
    "DirectoryStructure": ("SINGLE_DIRECTORY",),
    "ManifestCompression": ("NONE",),
    "ManifestDurationFormat": ("FLOATING_POINT",),
    "MinFinalSegmentLength": (0,),
    "MinSegmentLength": (0,),
    "OutputSelection": ("MANIFESTS_AND_SEGMENTS",),
    "ProgramDateTime": ("EXCLUDE",),
    "SegmentControl": ("SEGMENTED_FILES",),
    "SegmentLength": ANY,
    "SegmentLengthControl": ("EXACT",),
    "StreamInfResolution": ("INCLUDE",),
}

_CMAF_GROUP = {
    **_DESTINATION,
    "ClientCache": ("ENABLED",),
    "CodecSpecification": ("RFC_6381",),
    "DashManifestStyle": ("BASIC",),
    # One fragment is one segment; see `_unlike_pairs`.
    "FragmentLength": ANY,
    "ImageBasedTrickPlay": ("NONE",),
    "ManifestCompression": ("NONE",),
    "ManifestDurationFormat": ("FLOATING_POINT",),
    "MinFinalSegmentLength": (0,),
    "MpdProfile": ("MAIN_PROFILE",),
    "SegmentControl": ("SEGMENTED_FILES",),
    "SegmentLength": ANY,
    "SegmentLengthControl": ("EXACT",),
    "StreamInfResolution": ("INCLUDE",),
    "WriteDashManifest": ("ENABLED",),
    "WriteHlsManifest": ("ENABLED",),
    "WriteSegmentTimelineInRepresentation": ("ENABLED",),
}

IMPLEMENTED: Mapping[str, Any] = {
    "AccelerationSettings": {"Mode": ("DISABLED", "PREFERRED")},
    "BillingTagsSource": _AWS,
    "ClientRequestToken": ANY,
    "HopDestinations": Each({"Priority": ANY, "Queue": ANY, "WaitMinutes": ANY}),
    "Priority": ANY,
    "Queue": ANY,
    "Role": ANY,
    "Settings": {
        "Inputs": Each(_INPUT, at_most=1),
        "OutputGroups": Each(
            {
                "CustomName": NoEffect("a label"),
                "Name": NoEffect("a label"),
                "OutputGroupSettings": {
                    "Type": (
                        "FILE_GROUP_SETTINGS",
                        "HLS_GROUP_SETTINGS",
                        "CMAF_GROUP_SETTINGS",
                    ),
                    "CmafGroupSettings": _CMAF_GROUP,
                    "FileGroupSettings": _DESTINATION,
                    "HlsGroupSettings": _HLS_GROUP,
                },
                "Outputs": Each(_OUTPUT),
            }
        ),
        "TimecodeConfig": {"Source": _NO_TIMECODE},
    },
    "SimulateReservedQueue": ("DISABLED",),
    "StatusUpdateInterval": ANY,
    "Tags": ANY,
    "UserMetadata": ANY,
}


def not_implemented(document: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each setting of a CreateJob request that this service cannot honour.

    Args:
        document: A request that the service model allows.
    """
    return [*_refused(document, IMPLEMENTED, ""), *_unlike_pairs(document)]


_CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "FILE_GROUP_SETTINGS": ("MP4", "RAW"),
    "HLS_GROUP_SETTINGS": ("M3U8",),
    "CMAF_GROUP_SETTINGS": ("CMFC",),
}
"""By the type of the output group."""


def _unlike_pairs(document: Mapping[str, Any]) -> Iterator[str]:
    """Name what is implemented by itself, but not in the place where it stands."""
    for number, group in enumerate(document.get("Settings", {}).get("OutputGroups", [])):
        kind = group.get("OutputGroupSettings", {}).get("Type")
        if kind == "CMAF_GROUP_SETTINGS":
            yield from _unlike_cmaf(group, f"Settings.OutputGroups[{number}]")
        for position, output in enumerate(group.get("Outputs", [])):
            path = f"Settings.OutputGroups[{number}].Outputs[{position}]"
            container = output.get("ContainerSettings", {}).get("Container")
            if container not in _CONTAINERS.get(kind, (container,)):
                yield (
                    f"{path}.ContainerSettings.Container is {container!r}; this local service"
                    f" implements for {kind}: {', '.join(_CONTAINERS[kind])}."
                )
            codec = output.get("VideoDescription", {}).get("CodecSettings", {}).get("Codec")
            if (container == "RAW") != (codec == "FRAME_CAPTURE"):
                yield (
                    f"{path} has Container {container!r} and Codec {codec!r}; this local service"
                    " implements RAW and FRAME_CAPTURE together only."
                )


def _unlike_cmaf(group: Mapping[str, Any], path: str) -> Iterator[str]:
    settings = group["OutputGroupSettings"].get("CmafGroupSettings", {})
    fragment, segment = settings.get("FragmentLength"), settings.get("SegmentLength")
    if fragment != segment or segment is None:
        yield (
            f"{path} has FragmentLength {fragment} and SegmentLength {segment}; this local service"
            " implements segments of one fragment: both have to be there and equal."
        )
    for position, output in enumerate(group.get("Outputs", [])):
        tracks = len(output.get("AudioDescriptions", [])) + ("VideoDescription" in output)
        if tracks != 1:
            yield (
                f"{path}.Outputs[{position}] has {tracks} tracks; a CMAF output is one picture or"
                " one sound."
            )


def _refused(value: Any, rule: Any, path: str) -> Iterator[str]:
    if isinstance(rule, Mapping):
        for name, member in value.items():
            member_path = f"{path}.{name}".lstrip(".")
            if name in rule:
                yield from _refused(member, rule[name], member_path)
            else:
                yield f"{member_path} is not implemented by this local service."
    elif isinstance(rule, Each):
        if rule.at_most is not None and len(value) > rule.at_most:
            yield f"{path} has {len(value)} entries; this local service implements {rule.at_most}."
        entries = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, entry in entries:
            yield from _refused(entry, rule.entry, f"{path}[{key}]")
    elif rule is LITERAL and "$" in value:
        yield f"{path} is {value!r}; this local service expands no format identifiers ($...$)."
    elif isinstance(rule, tuple) and value not in rule:
        implemented = ", ".join(str(choice) for choice in rule)
        yield f"{path} is {value!r}; this local service implements: {implemented}."
