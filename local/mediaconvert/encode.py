"""One output of a job document and a probed input, as ffmpeg's arguments. Pure."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.h264 import h264_arguments
from local.mediaconvert.media import Media
from local.mediaconvert.picture import plan
from local.mediaconvert.sound import audio_arguments


def output_arguments(
    output: Mapping[str, Any], source: Mapping[str, Any], media: Media
) -> list[str]:
    """Return ffmpeg's options between the input file and the output file.

    Args:
        output: One of an output group's `Outputs`, of which every setting is implemented.
        source: The `Inputs` entry that it is made from.
        media: What that input is.

    Raises:
        JobError: The settings do not fit the input.
    """
    video = output.get("VideoDescription")
    sound = audio_arguments(
        output.get("AudioDescriptions", []), source.get("AudioSelectors", {}), media
    )
    picture = _video_arguments(video, source.get("VideoSelector", {}), media) if video else []
    if not picture and not sound:
        raise JobError(JobError.INCOMPATIBLE_SETTINGS, "The output would hold no track.")
    # MediaConvert passes neither the file's own metadata (a phone's location) nor chapters on.
    return [*picture, *sound, "-map_metadata", "-1", "-map_chapters", "-1", *_container(output)]


def _video_arguments(
    description: Mapping[str, Any], selector: Mapping[str, Any], media: Media
) -> list[str]:
    track = media.video
    if track is None:
        raise JobError(JobError.NO_VIDEO, "No consumable video in the input.")
    picture = plan(description, selector, track)
    return [
        *("-map", f"0:{track.index}", "-vf", ",".join(picture.filters)),
        *h264_arguments(
            description["CodecSettings"]["H264Settings"], picture.size, picture.frame_rate
        ),
    ]


def _container(output: Mapping[str, Any]) -> list[str]:
    settings = output["ContainerSettings"].get("Mp4Settings", {})
    flags = []
    if settings.get("MoovPlacement", "PROGRESSIVE_DOWNLOAD") == "PROGRESSIVE_DOWNLOAD":
        flags.append("+faststart")
    if settings.get("CslgAtom", "INCLUDE") == "INCLUDE":
        flags.append("+negative_cts_offsets")
    return [*(("-movflags", "".join(flags)) if flags else ()), "-f", "mp4"]
