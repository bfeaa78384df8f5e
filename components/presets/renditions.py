"""From the fields of an entry to the rendition they describe."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, assert_never

from components.presets.catalogue import CATALOGUE, for_size
from components.presets.elastic_transcoder import HLS_PICTURES, SYSTEM_PRESETS
from components.presets.own_job import own_job
from components.presets.preset import (
    AudioFile,
    Cmaf,
    Hls,
    Mp4,
    OwnJob,
    Picture,
    Rendition,
    Sound,
    Thumbnails,
)

_PICTURE = tuple(field.name for field in fields(Picture))
_SOUND = {f"audio_{field.name}": field.name for field in fields(Sound)}
_STILLS = tuple(field.name for field in fields(Thumbnails))
_EVERY_PICTURE = ("frame_rate", "deinterlace", "hdr_to_sdr")
"""What a ladder's sizes have in common; the catalogue decides the rest of each."""

_LADDER = ("ladder", "segment_seconds", *_EVERY_PICTURE, *_SOUND)

FIELDS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "mp4": (*_PICTURE, *_SOUND),
    "hls": _LADDER,
    "cmaf": _LADDER,
    "thumbnails": _STILLS,
    "audio": tuple(_SOUND),
}
"""The fields of `PresetArgs` that say something about each kind of rendition."""

RENDITION_FIELDS = (
    *("kind", "elastic_transcoder_preset", "settings", "extra_read_buckets"),
    *dict.fromkeys(name for names in FIELDS_OF_KIND.values() for name in names),
)
"""Every field that says something about the rendition."""

_KIND_OF = {Mp4: "mp4", Hls: "hls", AudioFile: "audio"}
"""What a system preset of Elastic Transcoder can become."""

_LADDERS: Mapping[str, type[Hls | Cmaf]] = {"hls": Hls, "cmaf": Cmaf}
_DEFAULT_LADDER = ("240p", "360p", "480p", "720p", "1080p")
_DEFAULT_SOUND = Sound(bitrate=128_000)
"""Of what has no picture, or several, to take it from."""


def fields_beside(entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Tell which field decides the kind of an entry's rendition, and which may go with that one.

    Args:
        entry: what the user wrote; a `kind` or `elastic_transcoder_preset` in it exists.
    """
    if "settings" in entry:
        return "settings", ("extra_read_buckets",)
    if "elastic_transcoder_preset" not in entry:
        return "kind", FIELDS_OF_KIND[entry.get("kind", "mp4")]
    translated = SYSTEM_PRESETS[entry["elastic_transcoder_preset"]].rendition
    allowed = FIELDS_OF_KIND[_KIND_OF[type(translated)]]
    return "elastic_transcoder_preset", tuple(name for name in allowed if name != "ladder")


def rendition(name: str, values: Mapping[str, Any]) -> Rendition:
    """Build the rendition of an entry.

    Args:
        name: the entry's; for an mp4 a name of the catalogue, or there are width and height.
        values: its fields as `FIELDS` reads them, without problems.
    """
    match _base(name, values):
        case Mp4(picture=picture, sound=sound):
            return Mp4(
                picture=replace(picture, **_given(values, _PICTURE)), sound=_sound(sound, values)
            )
        case Hls() | Cmaf() as ladder:
            common = _given(values, _EVERY_PICTURE)
            return replace(
                ladder,
                pictures={size: replace(each, **common) for size, each in ladder.pictures.items()},
                sound=_sound(ladder.sound, values),
                **_given(values, ("segment_seconds",)),
            )
        case Thumbnails() as stills:
            return replace(stills, **_given(values, _STILLS))
        case AudioFile(sound=sound):
            return AudioFile(sound=_sound(sound, values))
        case OwnJob() as own:
            return own
        case unknown:
            assert_never(unknown)


def _base(name: str, values: Mapping[str, Any]) -> Rendition:
    if "settings" in values:
        return OwnJob(
            job=own_job(values["settings"], name), read_buckets=values.get("extra_read_buckets", ())
        )
    if "elastic_transcoder_preset" in values:
        return SYSTEM_PRESETS[values["elastic_transcoder_preset"]].rendition
    match values.get("kind", "mp4"):
        case "hls" | "cmaf" as kind:
            pictures: dict[str, Picture] = {}
            for size in values.get("ladder", _DEFAULT_LADDER):
                pictures |= HLS_PICTURES.get(size) or {size: CATALOGUE[size].picture}
            return _LADDERS[kind](pictures=pictures, sound=_DEFAULT_SOUND)
        case "thumbnails":
            return Thumbnails()
        case "audio":
            return AudioFile(sound=_DEFAULT_SOUND)
        case _:
            return CATALOGUE.get(name) or for_size(values["width"], values["height"])


def _sound(base: Sound, values: Mapping[str, Any]) -> Sound:
    return replace(base, **{field: values[own] for own, field in _SOUND.items() if own in values})


def _given(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
