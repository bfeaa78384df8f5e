"""What each kind of preset writes beside the source's stem.

MediaConvert names a file `destination` + name modifier + extension. The destination begins with a
stem that is different for each source; what stands behind it here must not make the files of two
sources meet: no ending is the end of another one.
"""

from typing import Any

from components.presets.catalogue import CATALOGUE
from components.presets.encodes import audio_description, stills_description, video_description
from components.presets.preset import AudioFile, Cmaf, Hls, Ladder, Mp4, Thumbnails

_POSTER_SIZE = (1280, 720)
"""Pixels of the box that the poster is fitted into."""

_POSTER_CAPTURES = 2
"""Frame capture always begins with the first frame, so the poster is the second."""


def mp4_groups(name: str, mp4: Mp4) -> list[dict[str, Any]]:
    """Return the output group of an mp4 file, `<stem>-<name>.mp4`.

    Args:
        name: the preset's.
        mp4: what is in it.
    """
    return [_file_group("File Group", _mp4(f"-{name}", mp4))]


def audio_groups(name: str, audio: AudioFile) -> list[dict[str, Any]]:
    """Return the output group of a sound file, `<stem>-<name>.m4a`.

    Args:
        name: the preset's.
        audio: what is in it.
    """
    output = {
        "Extension": "m4a",
        "NameModifier": f"-{name}",
        "ContainerSettings": _mp4_container(),
        "AudioDescriptions": [audio_description(audio.sound)],
    }
    return [_file_group("File Group", output)]


def thumbnail_groups(name: str, stills: Thumbnails) -> list[dict[str, Any]]:
    """Return the output groups of stills, a poster, and the video they cannot be made without.

    The stills are `<stem>-<name>.0000000.jpg` and so on, the poster is
    `<stem>-<name>_poster.0000001.jpg`, or `.0000000.jpg` of a video that is shorter than
    `poster_at`, and the video is `<stem>-<name>.mp4`. MediaConvert refuses a job of stills alone.

    Args:
        name: the preset's.
        stills: sizes and times.
    """
    width, height = _POSTER_SIZE
    return [
        _file_group(
            "Stills",
            _jpeg(
                f"-{name}",
                stills_description(
                    stills, width=stills.width, height=stills.height, interval=stills.interval
                ),
            ),
        ),
        _file_group(
            "Poster",
            _jpeg(
                f"-{name}_poster",
                stills_description(
                    stills,
                    width=width,
                    height=height,
                    interval=stills.poster_at,
                    most=_POSTER_CAPTURES,
                ),
            ),
        ),
        _file_group("Preview", _mp4(f"-{name}", CATALOGUE["240p"])),
    ]


def hls_groups(name: str, hls: Hls) -> list[dict[str, Any]]:
    """Return the output group of a playlist, `<stem>-<name>/index.m3u8`, and what it refers to.

    The group's `Destination` holds what follows the stem.

    Args:
        name: the preset's.
        hls: sizes, sound and segments.
    """
    settings = _segments(name, hls) | {
        "MinSegmentLength": 0,
        "DirectoryStructure": "SINGLE_DIRECTORY",
    }
    outputs = [
        {
            "NameModifier": f"-{size}",
            "ContainerSettings": {"Container": "M3U8", "M3u8Settings": {}},
            "VideoDescription": video_description(picture, segmented=True),
            "AudioDescriptions": [audio_description(hls.sound)],
        }
        for size, picture in hls.pictures.items()
    ]
    return [
        {
            "Name": "Apple HLS",
            "OutputGroupSettings": {"Type": "HLS_GROUP_SETTINGS", "HlsGroupSettings": settings},
            "Outputs": outputs,
        }
    ]


def cmaf_groups(name: str, cmaf: Cmaf) -> list[dict[str, Any]]:
    """Return the output group of fragmented mp4, and of the playlist and manifest that name it.

    They are `<stem>-<name>/index.m3u8` for HLS and `<stem>-<name>/index.mpd` for DASH. In CMAF each
    track is an output of its own, so that the sound is encoded once.

    Args:
        name: the preset's.
        cmaf: sizes, sound and segments.
    """
    settings = _segments(name, cmaf) | {
        # A segment is one fragment, whatever its length is.
        "FragmentLength": cmaf.segment_seconds,
        "WriteHlsManifest": "ENABLED",
        "WriteDashManifest": "ENABLED",
        # Otherwise the manifest has lengths of segments that are approximate.
        "WriteSegmentTimelineInRepresentation": "ENABLED",
    }
    tracks: dict[str, dict[str, Any]] = {
        size: {"VideoDescription": video_description(picture, segmented=True)}
        for size, picture in cmaf.pictures.items()
    }
    # Behind the sizes: where a source has no sound, it may be left out.
    tracks["audio"] = {"AudioDescriptions": [audio_description(cmaf.sound)]}
    return [
        {
            "Name": "CMAF",
            "OutputGroupSettings": {"Type": "CMAF_GROUP_SETTINGS", "CmafGroupSettings": settings},
            "Outputs": [
                {
                    "NameModifier": f"-{track}",
                    "ContainerSettings": {"Container": "CMFC", "CmfcSettings": {}},
                    **encoded,
                }
                for track, encoded in tracks.items()
            ],
        }
    ]


def _segments(name: str, ladder: Ladder) -> dict[str, Any]:
    return {
        "Destination": f"-{name}/index",
        "SegmentControl": "SEGMENTED_FILES",
        "SegmentLength": ladder.segment_seconds,
        # Every size is cut at the same times, so that a player can change at each segment.
        "SegmentLengthControl": "EXACT",
        "ManifestDurationFormat": "FLOATING_POINT",
        "StreamInfResolution": "INCLUDE",
        "CodecSpecification": "RFC_6381",
    }


def _file_group(title: str, output: dict[str, Any]) -> dict[str, Any]:
    return {
        "Name": title,
        "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}},
        "Outputs": [output],
    }


def _mp4(modifier: str, mp4: Mp4) -> dict[str, Any]:
    return {
        "Extension": "mp4",
        "NameModifier": modifier,
        "ContainerSettings": _mp4_container(),
        "VideoDescription": video_description(mp4.picture),
        "AudioDescriptions": [audio_description(mp4.sound)],
    }


def _mp4_container() -> dict[str, Any]:
    return {
        "Container": "MP4",
        # The index goes in front, so that a player can start before it has the whole file.
        "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"},
    }


def _jpeg(modifier: str, description: dict[str, Any]) -> dict[str, Any]:
    return {
        "Extension": "jpg",
        "NameModifier": modifier,
        "ContainerSettings": {"Container": "RAW"},
        "VideoDescription": description,
    }
