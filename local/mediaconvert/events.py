"""What a job state change event tells beside its job, in the form that MediaConvert documents."""

from collections.abc import Mapping
from typing import Any

from local.mediaconvert.jobs import Job, Phase, QueueTransition, WrittenGroup, WrittenOutput
from local.mediaconvert.media import Media, VideoTrack

Details = dict[str, Any]
"""The part of an event's `detail` that belongs to its status."""

_CODECS: Mapping[str, str] = {
    "h264": "H_264",
    "mpeg2video": "MPEG2",
}
"""FFmpeg's codec names as MediaConvert writes them; all others are only put in capitals."""


def error(job: Job) -> Details:
    """Tell why a job failed."""
    return {"errorCode": job.error_code, "errorMessage": job.error_message}


def complete(job: Job) -> Details:
    """Tell what a job wrote."""
    return {"outputGroupDetails": [_group(group) for group in job.output_groups]}


def status_update(job: Job, frames: int) -> Details:
    """Tell how far a job is.

    Args:
        job: A progressing job.
        frames: How many pictures of the current output are encoded.
    """
    return {
        "framesDecoded": frames,
        "jobProgress": {
            "phaseProgress": {phase.value: _phase(phase, job) for phase in Phase},
            "jobPercentComplete": job.percent,
            "currentPhase": job.phase.value,
            "retryCount": 0,
        },
    }


def queue_hop(job: Job, transition: QueueTransition, previous_priority: int) -> Details:
    """Tell that a job has moved to another queue."""
    return {
        "previousQueue": transition.source,
        "priority": job.priority,
        "previousPriority": previous_priority,
    }


def input_information(job: Job, media: Media) -> Details:
    """Tell what the probe found in a job's input."""
    details: Details = {
        "id": 1,
        "uri": job.source["FileInput"],
        "audio": [
            {
                "channels": track.channels,
                "codec": _codec(track.codec),
                "language": track.language.upper(),
                "sampleRate": track.sample_rate,
                "streamId": track.index + 1,
            }
            for track in media.audio
        ],
    }
    if media.video:
        details["video"] = [_video(media.video)]
    return {"inputDetails": [details]}


def _video(track: VideoTrack) -> Details:
    aspect, rate = track.pixel_aspect, track.frame_rate
    return {
        "bitDepth": track.bit_depth,
        "codec": _codec(track.codec),
        "colorFormat": f"YUV_{track.chroma}",
        "fourCC": track.fourcc,
        "frameRate": round(float(rate), 3) if rate else None,
        "height": track.height,
        "interlaceMode": "INTERLACED" if track.is_interlaced else "PROGRESSIVE",
        "sar": f"{aspect.numerator}:{aspect.denominator}",
        "standard": "UNSPECIFIED",
        "streamId": track.index + 1,
        "width": track.width,
    }


def _group(group: WrittenGroup) -> Details:
    details: Details = {
        "outputDetails": [_output(output) for output in group.outputs],
        "type": group.type,
    }
    return details | ({"playlistFilePaths": group.playlists} if group.playlists else {})


def _output(output: WrittenOutput) -> Details:
    paths = {"outputFilePaths": [output.uri]} if output.uri else {}
    details: Details = {**paths, "durationInMs": output.milliseconds}
    if output.width is not None:
        details["videoDetails"] = {
            "widthInPx": output.width,
            "heightInPx": output.height,
        }
        if output.video_bitrate is not None:
            details["videoDetails"]["averageBitrate"] = output.video_bitrate
    return details


def _phase(phase: Phase, job: Job) -> Details:
    phases = list(Phase)
    if phases.index(phase) < phases.index(job.phase):
        return {"status": "COMPLETE", "percentComplete": 100}
    if phase is not job.phase:
        return {"status": "PENDING", "percentComplete": 0}
    return {"status": "PROGRESSING", "percentComplete": job.phase_percent}


def _codec(name: str) -> str:
    return _CODECS.get(name, name.upper())
