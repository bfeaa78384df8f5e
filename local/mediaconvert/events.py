"""Job state change events, in the form that MediaConvert documents, and their delivery."""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from local.mediaconvert.jobs import Job, Phase, WrittenOutput
from local.mediaconvert.probe import Media

Event = dict[str, Any]
"""`detail`, `resources` and `time` of an EventBridge event; the rest is the bus's."""

_ATTEMPTS = 4
_FIRST_WAIT = 0.1
"""Seconds before an event that could not be emitted is tried again; doubles each time."""

_CODECS: Mapping[str, str] = {
    "h264": "H_264",
    "hevc": "HEVC",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg2video": "MPEG2",
    "prores": "PRORES",
    "aac": "AAC",
    "ac3": "AC3",
    "eac3": "EAC3",
    "mp3": "MP3",
    "opus": "OPUS",
    "vorbis": "VORBIS",
    "flac": "FLAC",
}
"""FFmpeg's codec names as MediaConvert writes them; others are written in capitals."""

_log = logging.getLogger(__name__)


def progressing(job: Job, account: str, now: datetime) -> Event:
    """The service began to work on a job."""
    return _event(job, account, now, "PROGRESSING")


def canceled(job: Job, account: str, now: datetime) -> Event:
    """A job was canceled."""
    return _event(job, account, now, "CANCELED")


def error(job: Job, account: str, now: datetime) -> Event:
    """A job failed."""
    return _event(
        job, account, now, "ERROR", errorCode=job.error_code, errorMessage=job.error_message
    )


def complete(job: Job, account: str, now: datetime) -> Event:
    """A job's outputs are in their buckets."""
    groups = [
        {"outputDetails": [_output_details(output) for output in group], "type": "FILE_GROUP"}
        for group in job.output_groups
    ]
    return _event(job, account, now, "COMPLETE", outputGroupDetails=groups)


def status_update(job: Job, account: str, now: datetime, frames: int) -> Event:
    """A progressing job's percentage."""
    progress = {
        "phaseProgress": {phase.value: _phase_progress(phase, job) for phase in Phase},
        "jobPercentComplete": job.percent,
        "currentPhase": job.phase,
        "retryCount": 0,
    }
    return _event(job, account, now, "STATUS_UPDATE", framesDecoded=frames, jobProgress=progress)


def input_information(job: Job, account: str, now: datetime, media: Media) -> Event:
    """What the probe found in a job's input."""
    details: dict[str, Any] = {
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
    track = media.video
    if track:
        rate = track.frame_rate
        details["video"] = [
            {
                "bitDepth": track.bit_depth,
                "codec": _codec(track.codec),
                "colorFormat": f"YUV_{track.chroma}",
                "fourCC": track.fourcc,
                "frameRate": round(float(rate), 3) if rate else 0,
                "height": track.height,
                "interlaceMode": "INTERLACED" if track.is_interlaced else "PROGRESSIVE",
                "sar": f"{track.pixel_aspect.numerator}:{track.pixel_aspect.denominator}",
                "standard": "UNSPECIFIED",
                "streamId": track.index + 1,
                "width": track.width,
            }
        ]
    return _event(job, account, now, "INPUT_INFORMATION", inputDetails=[details])


def _event(job: Job, account: str, now: datetime, status: str, **details: Any) -> Event:
    detail = {
        "timestamp": int(now.timestamp() * 1000),
        "accountId": account,
        "queue": job.queue,
        "jobId": job.id,
        "status": status,
        "userMetadata": dict(job.user_metadata),
        **details,
    }
    return {"detail": detail, "resources": [job.arn], "time": now}


def _output_details(output: WrittenOutput) -> dict[str, Any]:
    details: dict[str, Any] = {
        "outputFilePaths": [output.uri],
        "durationInMs": output.milliseconds,
    }
    if output.width is not None:
        details["videoDetails"] = {
            "widthInPx": output.width,
            "heightInPx": output.height,
            "averageBitrate": output.video_bitrate,
        }
    return details


def _phase_progress(phase: Phase, job: Job) -> dict[str, Any]:
    phases = list(Phase)
    current = phases.index(job.phase)
    if phases.index(phase) < current:
        return {"status": "COMPLETE", "percentComplete": 100}
    if phases.index(phase) > current:
        return {"status": "PENDING", "percentComplete": 0}
    return {"status": "PROGRESSING", "percentComplete": job.phase_percent}


def _codec(name: str) -> str:
    return _CODECS.get(name, name.upper())


class EventSender:
    """Hands events over in their order, on its own thread, so that no job waits for the bus."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        """Start the thread.

        Args:
            emit: Takes an event; when it raises, it is called again a few times, then the event is
                logged and dropped.
        """
        self._emit = emit
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mediaconvert-events")
        self._thread.start()

    def send(self, event: Event) -> None:
        """Queue an event."""
        self._events.put(event)

    def close(self) -> None:
        """Hand over what is queued, once each, and end the thread."""
        self._is_closing.set()
        self._events.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self._emit(event)
            except Exception:  # noqa: BLE001 - whatever the bus raises, the next event must go out
                _log.exception("Attempt %d to emit %s failed", attempt + 1, event["detail"])
            else:
                return
            if self._is_closing.wait(_FIRST_WAIT * 2**attempt):
                return
