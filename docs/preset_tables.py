"""What a preset can say, and what becomes of it."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, get_args, get_origin, get_type_hints

import yaml

from components.presets import PresetArgs, PresetError, resolve
from components.presets.catalogue import CATALOGUE
from components.presets.job_settings import job_document
from components.presets.professional_tier import FEATURES, Feature
from components.presets.renditions import FIELDS_OF_KIND
from docs.attributes import documented
from docs.markdown import code, fence, table
from handlers.mediaconvert.output_groups import PLAYLIST_EXTENSIONS, group_settings

KINDS: Mapping[str, PresetArgs] = {
    "mp4": {"name": "720p", "frame_rate": 30, "quality": 7},
    "hls": {"name": "stream", "kind": "hls", "ladder": ["240p", "480p", "1080p"]},
    "cmaf": {"name": "stream", "kind": "cmaf", "ladder": ["240p", "480p", "1080p"]},
    "thumbnails": {"name": "stills", "kind": "thumbnails", "interval": 5},
    "audio": {"name": "sound", "kind": "audio", "audio_channels": 1, "audio_bitrate": 64_000},
}
"""An example of each kind."""

_WRONG: list[PresetArgs] = [
    {"name": "720p", "quality": 11},
    {"name": "720p", "height": 721},
    {"name": "480p", "deinterlace": True},
]
"""An example of what is refused, for what it is told."""

_TYPES: Mapping[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    list: "list of text",
    dict: "object",
}


def catalogue() -> str:
    """The names that are known, and what they stand for."""
    return table(
        ("Name", "Box", "QVBR level", "At most, video", "Audio"),
        (
            (
                f"`{name}`",
                f"{mp4.picture.width}x{mp4.picture.height}",
                str(mp4.picture.quality),
                f"{mp4.picture.max_bitrate / 1_000_000:g} Mbit/s",
                f"{mp4.sound.bitrate // 1_000} kbit/s",
            )
            for name, mp4 in CATALOGUE.items()
        ),
    )


def fields() -> str:
    """Every field of an entry."""
    types = get_type_hints(PresetArgs, include_extras=True)
    return table(
        ("Field", "Type", "Meaning"),
        ((f"`{name}`", _type(types[name]), text) for name, text in documented(PresetArgs).items()),
    )


def kind(name: str) -> str:
    """An example of a kind, what it writes, and the fields that go with it.

    Args:
        name: of the kind.
    """
    example = KINDS[name]
    (preset,) = resolve([example])
    return "\n".join(
        (
            fence("yaml", _yaml([example])),
            "makes of `trips/a.mp4`",
            "",
            fence("text", "\n".join(_files(job_document(preset)))),
            f"Fields of this kind: {code(FIELDS_OF_KIND[name])}.",
            "",
        )
    )


def tiers() -> str:
    """What may cost more than the basic price, and who says so."""
    return table(
        ("Feature", "Setting", "Tier", "Source"),
        (
            (
                feature.title,
                ", ".join(_setting(feature, member) for member in feature.members),
                feature.tier.value,
                feature.source,
            )
            for feature in FEATURES
        ),
    )


def _setting(feature: Feature, member: str) -> str:
    if feature.values:
        return f"`{member}`: {', '.join(sorted(feature.values))}"
    if feature.basic_values:
        return f"`{member}` but {', '.join(sorted(feature.basic_values))}"
    return f"`{member}`"


def refusal() -> str:
    """What is told of entries that cannot work."""
    try:
        resolve(_WRONG)
    except PresetError as error:
        return f"{fence('yaml', _yaml(_WRONG))}\n{fence('text', str(error))}"
    raise AssertionError("the example of wrong presets is right")


def _yaml(entries: list[PresetArgs]) -> str:
    return yaml.safe_dump([dict(entry) for entry in entries], sort_keys=False)


def _type(hint: Any) -> str:
    (inner,) = get_args(hint) if get_origin(hint) is NotRequired else (hint,)
    return _TYPES[get_origin(inner) or inner]


def _files(document: Mapping[str, Any]) -> Iterator[str]:
    """Name the files of a job as MediaConvert does, one of those that only differ in a number."""
    for group in document["Settings"]["OutputGroups"]:
        stem = f"trips/a{group_settings(group).get('Destination', '')}"
        for extension in PLAYLIST_EXTENSIONS.get(group["OutputGroupSettings"]["Type"], ()):
            yield f"{stem}.{extension}"
        for output in group["Outputs"]:
            name = f"{stem}{output['NameModifier']}"
            if output["ContainerSettings"]["Container"] == "M3U8":
                yield f"{name}.m3u8"
                yield f"{name}_00001.ts"
            elif output["ContainerSettings"]["Container"] == "CMFC":
                fragments = "cmfv" if "VideoDescription" in output else "cmfa"
                yield f"{name}.m3u8"
                yield f"{name}init.{fragments}"
                yield f"{name}_000000001.{fragments}"
            elif output["ContainerSettings"]["Container"] == "RAW":
                capture = output["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]
                number = capture.get("MaxCaptures", 1) - 1
                yield f"{name}.{number:07}.{output['Extension']}"
            else:
                yield f"{name}.{output['Extension']}"
