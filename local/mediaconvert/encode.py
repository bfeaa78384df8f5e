"""One output of a job document and a probed input, as ffmpeg's arguments. Pure."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.errors import JobError
from local.mediaconvert.h264 import h264_arguments
from local.mediaconvert.media import Media, VideoTrack
from local.mediaconvert.picture import plan
from local.mediaconvert.sound import audio_arguments
from local.mediaconvert.stills import stills_arguments

# MediaConvert passes neither the file's own metadata (a phone's location) nor chapters on.
_WITHOUT_METADATA = ("-map_metadata", "-1", "-map_chapters", "-1")

_STREAMS = ("-hls_segment_type", "mpegts")
_FRAGMENTS = (
    *("-hls_segment_type", "fmp4", "-hls_segment_options", "movflags=+cmaf"),
    # Tracks are written apart: shifted, each by its own codec's delay, they would not be in step.
    *("-avoid_negative_ts", "disabled"),
)
"""How ffmpeg writes the segments of each kind."""


def output_arguments(
    output: Mapping[str, Any],
    source: Mapping[str, Any],
    media: Media,
    segment_seconds: int | None = None,
) -> list[str]:
    """Return ffmpeg's options between the input file and the output file.

    Args:
        output: One of an output group's `Outputs`, of which every setting is implemented.
        source: The `Inputs` entry that it is made from.
        media: What that input is.
        segment_seconds: Length of the segments that it is cut into; None when it is one file.

    Raises:
        JobError: The settings do not fit the input.
    """
    video = output.get("VideoDescription")
    selector = source.get("VideoSelector", {})
    if video and video["CodecSettings"]["Codec"] == "FRAME_CAPTURE":
        return [*stills_arguments(video, selector, _picture_of(media)), *_WITHOUT_METADATA]
    sound = audio_arguments(
        output.get("AudioDescriptions", []), source.get("AudioSelectors", {}), media
    )
    if not video and not sound:
        raise JobError(JobError.NO_AUDIO, "No audio in the input, and the output is sound alone.")
    picture = _video_arguments(video, selector, _picture_of(media)) if video else []
    container = _mp4(output) if segment_seconds is None else _segments(output, segment_seconds)
    return [*picture, *sound, *_WITHOUT_METADATA, *container]


def _picture_of(media: Media) -> VideoTrack:
    if media.video is None:
        raise JobError(JobError.NO_VIDEO, "No consumable video in the input.")
    return media.video


def _video_arguments(
    description: Mapping[str, Any], selector: Mapping[str, Any], track: VideoTrack
) -> list[str]:
    picture = plan(description, selector, track)
    return [
        *("-map", f"0:{track.index}", "-vf", ",".join(picture.filters)),
        *h264_arguments(
            description["CodecSettings"]["H264Settings"], picture.size, picture.frame_rate
        ),
    ]


def _mp4(output: Mapping[str, Any]) -> list[str]:
    settings = output["ContainerSettings"].get("Mp4Settings", {})
    flags = []
    if settings.get("MoovPlacement", "PROGRESSIVE_DOWNLOAD") == "PROGRESSIVE_DOWNLOAD":
        flags.append("+faststart")
    if settings.get("CslgAtom", "INCLUDE") == "INCLUDE":
        flags.append("+negative_cts_offsets")
    return [*(("-movflags", "".join(flags)) if flags else ()), "-f", "mp4"]


def _segments(output: Mapping[str, Any], seconds: int) -> list[str]:
    return [
        # A segment begins with a key frame, so there has to be one at each cut.
        *("-force_key_frames", f"expr:gte(t,n_forced*{seconds})"),
        *("-f", "hls", "-hls_time", str(seconds)),
        *(_FRAGMENTS if output["ContainerSettings"]["Container"] == "CMFC" else _STREAMS),
        *("-hls_playlist_type", "vod", "-hls_list_size", "0", "-start_number", "1"),
    ]
