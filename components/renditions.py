"""From the fields of an entry to the rendition they describe."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from components.catalogue import CATALOGUE, for_size
from components.own_job import own_job
from components.preset import AudioFile, Hls, Mp4, OwnJob, Picture, Rendition, Sound, Thumbnails

_PICTURE = tuple(field.name for field in fields(Picture))
_SOUND = {f"audio_{field.name}": field.name for field in fields(Sound)}
_STILLS = tuple(field.name for field in fields(Thumbnails))
_EVERY_PICTURE = ("frame_rate", "deinterlace", "hdr_to_sdr")
"""What a ladder's sizes have in common; the catalogue decides the rest of each."""

FIELDS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "mp4": (*_PICTURE, *_SOUND),
    "hls": ("ladder", "segment_seconds", *_EVERY_PICTURE, *_SOUND),
    "thumbnails": _STILLS,
    "audio": tuple(_SOUND),
}
"""The fields of `PresetArgs` that say something about each kind of rendition."""

_DEFAULT_LADDER = ("240p", "360p", "480p", "720p", "1080p")
_DEFAULT_SOUND = Sound(bitrate=128_000)
"""Of what has no picture, or several, to take it from."""


def rendition(name: str, values: Mapping[str, Any]) -> Rendition:
    """Build the rendition of an entry.

    Args:
        name: the entry's; for an mp4 a name of the catalogue, or there are width and height.
        values: its fields as `FIELDS` reads them, without problems.
    """
    if "settings" in values:
        return OwnJob(job=own_job(values["settings"], name))
    match values.get("kind", "mp4"):
        case "hls":
            return _hls(values)
        case "thumbnails":
            return Thumbnails(**_given(values, _STILLS))
        case "audio":
            return AudioFile(sound=_sound(_DEFAULT_SOUND, values))
        case _:
            base = CATALOGUE.get(name) or for_size(values["width"], values["height"])
            picture = replace(base.picture, **_given(values, _PICTURE))
            return Mp4(picture=picture, sound=_sound(base.sound, values))


def _hls(values: Mapping[str, Any]) -> Hls:
    common = _given(values, _EVERY_PICTURE)
    return Hls(
        pictures={
            name: replace(CATALOGUE[name].picture, **common)
            for name in values.get("ladder", _DEFAULT_LADDER)
        },
        sound=_sound(_DEFAULT_SOUND, values),
        **_given(values, ("segment_seconds",)),
    )


def _sound(base: Sound, values: Mapping[str, Any]) -> Sound:
    return replace(base, **{field: values[own] for own, field in _SOUND.items() if own in values})


def _given(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
