"""AudioDescriptions and AudioSelectors as options of ffmpeg."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.probe import AudioTrack, Media

DEFAULT_SOURCE = "Audio Selector 1"

_CHANNELS: Mapping[str, int] = {
    "CODING_MODE_1_0": 1,
    "CODING_MODE_2_0": 2,
    "CODING_MODE_5_1": 6,
}


def audio_arguments(
    descriptions: list[dict[str, Any]], selectors: Mapping[str, Any], media: Media
) -> list[str]:
    """Return ffmpeg's options for the sound of one output.

    A description whose selector finds no track, in an input without sound, yields no track.

    Args:
        descriptions: AudioDescriptions of the output.
        selectors: AudioSelectors of the input.
        media: The input.

    Raises:
        JobError: 1040, when a selector names a track that the input does not have.
    """
    arguments: list[str] = []
    position = 0
    for description in descriptions:
        name = description.get("AudioSourceName", DEFAULT_SOURCE)
        for track in _select(name, selectors.get(name, {}), media.audio):
            settings = description["CodecSettings"]["AacSettings"]
            arguments += ["-map", f"0:{track.index}", *_aac(settings, track, position)]
            position += 1
    return arguments


def _select(
    name: str, selector: Mapping[str, Any], tracks: tuple[AudioTrack, ...]
) -> list[AudioTrack]:
    """Return the selected tracks: those that are named, else the default one, else the first."""
    if "Tracks" not in selector:
        return sorted(tracks, key=lambda track: not track.is_default)[:1]
    for number in selector["Tracks"]:
        if number > len(tracks):
            raise JobError(
                JobError.INCOMPATIBLE_SETTINGS,
                f"Invalid audio track specified for {name}. Audio track [{number}] not found in"
                f" input container, which has {len(tracks)}.",
            )
    return [tracks[number - 1] for number in selector["Tracks"]]


def _aac(settings: Mapping[str, Any], track: AudioTrack, position: int) -> list[str]:
    return [
        *(f"-c:a:{position}", "aac", f"-b:a:{position}", str(settings["Bitrate"])),
        *(f"-ar:a:{position}", str(settings["SampleRate"])),
        *(f"-ac:a:{position}", str(_CHANNELS[settings["CodingMode"]])),
        *(f"-metadata:s:a:{position}", f"language={track.language}"),
        # Silence is added, or sound dropped, where the input's timestamps jump.
        *(f"-filter:a:{position}", "aresample=async=1"),
    ]
