"""AudioDescriptions and AudioSelectors as options of ffmpeg."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.media import UNDETERMINED, AudioTrack, Media

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

    Without a track that could be selected, the output has none: a silent input is no failure.

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
        for track in _select(name, selectors[name], media.audio):
            settings = description["CodecSettings"]["AacSettings"]
            arguments += ["-map", f"0:{track.index}", *_aac(settings, position)]
            arguments += [f"-metadata:s:a:{position}", f"language={_language(description, track)}"]
            position += 1
    return arguments


def _select(
    name: str, selector: Mapping[str, Any], tracks: tuple[AudioTrack, ...]
) -> tuple[AudioTrack, ...]:
    """Return the track that the selector names, or else the first, if there is any."""
    if "Tracks" not in selector:
        return tracks[:1]
    (number,) = selector["Tracks"]
    if number > len(tracks):
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            f"Invalid audio track specified for {name}. Audio track [{number}] not found in input"
            f" container, which has {len(tracks)}.",
        )
    return tracks[number - 1 : number]


def _language(description: Mapping[str, Any], track: AudioTrack) -> str:
    configured = str(description.get("LanguageCode", UNDETERMINED)).lower()
    if description.get("LanguageCodeControl", "FOLLOW_INPUT") == "USE_CONFIGURED":
        return configured
    return configured if track.language == UNDETERMINED else track.language


def _aac(settings: Mapping[str, Any], position: int) -> list[str]:
    return [
        *(f"-c:a:{position}", "aac", f"-b:a:{position}", str(settings["Bitrate"])),
        *(f"-ar:a:{position}", str(settings["SampleRate"])),
        *(f"-ac:a:{position}", str(_CHANNELS[settings["CodingMode"]])),
        # Silence is added, or sound dropped, where the input's timestamps jump.
        *(f"-filter:a:{position}", "aresample=async=1"),
    ]
