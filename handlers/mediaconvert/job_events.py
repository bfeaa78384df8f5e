"""Reading MediaConvert's events: how a job ended, and what it wrote.

Read leniently: the documentation's own examples differ from each other in the members that are
read as optional here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, repeat
from typing import Any

from handlers.ledger.rendition import Failure, Output
from handlers.mediaconvert.output_groups import bucket_and_key, output_uri, playlists
from handlers.names import JobMetadata


class JobEventError(ValueError):
    """A message body is not an event of this fan-out's jobs; the sentence says what is missing."""


class JobStatus(StrEnum):
    """How a job can end."""

    COMPLETE = "COMPLETE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"


@dataclass(frozen=True, kw_only=True)
class JobEnd:
    """The end of one job."""

    job_id: str
    status: JobStatus
    preset: str
    upload: str
    """The upload's digest."""
    attempt: int
    failure: Failure | None
    """Only of a job that ended in ERROR."""
    outputs: tuple[Output, ...]
    """Only of a job that is COMPLETE."""


def read_job_end(body: str) -> JobEnd | None:
    """Read an EventBridge event about a job.

    Args:
        body: The body of the SQS message.

    Returns:
        How the job ended; None when the event is about something before its end.

    Raises:
        JobEventError: The body is no such event.
    """
    try:
        return _end(json.loads(body)["detail"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise JobEventError(
            "Expected an event of MediaConvert about a job with this fan-out's user metadata "
            f"({', '.join(JobMetadata)}); it lacks or spoils {error}."
        ) from error


def read_job(job: Mapping[str, Any]) -> JobEnd | None:
    """Read what GetJob says about a job of this fan-out, as if its event had come.

    Args:
        job: The `Job` of the answer.

    Returns:
        How the job ended; None when it goes on.
    """
    return _end(
        {
            "jobId": job["Id"],
            "status": job["Status"],
            "userMetadata": job["UserMetadata"],
            "errorCode": job.get("ErrorCode", "unknown"),
            "errorMessage": job.get("ErrorMessage"),
            "outputGroupDetails": list(_groups(job)),
        }
    )


def _groups(job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Write what GetJob says about outputs as an event has it; it leaves out where they are."""
    reports = chain(job.get("OutputGroupDetails", []), repeat({}))
    for group, report in zip(job["Settings"]["OutputGroups"], reports, strict=False):
        details = chain(report.get("OutputDetails", []), repeat({}))
        yield {
            "playlistFilePaths": playlists(group),
            "outputDetails": [
                _output_details(output_uri(group, output), detail)
                for output, detail in zip(group["Outputs"], details, strict=False)
            ],
        }


def _output_details(uri: str | None, detail: Mapping[str, Any]) -> dict[str, Any]:
    video = detail.get("VideoDetails", {})
    return {
        "outputFilePaths": [uri] if uri else [],
        "durationInMs": detail.get("DurationInMs"),
        "videoDetails": {
            "widthInPx": video.get("WidthInPx"),
            "heightInPx": video.get("HeightInPx"),
        },
    }


def _end(detail: Mapping[str, Any]) -> JobEnd | None:
    if detail["status"] not in list(JobStatus):
        return None
    status = JobStatus(detail["status"])
    metadata = detail["userMetadata"]
    is_complete = status is JobStatus.COMPLETE
    return JobEnd(
        job_id=detail["jobId"],
        status=status,
        preset=metadata[JobMetadata.PRESET],
        upload=metadata[JobMetadata.UPLOAD],
        attempt=int(metadata[JobMetadata.ATTEMPT]),
        failure=_failure(detail) if status is JobStatus.ERROR else None,
        outputs=tuple(_outputs(detail.get("outputGroupDetails", []))) if is_complete else (),
    )


def _failure(detail: Mapping[str, Any]) -> Failure:
    return Failure(
        code=str(detail.get("errorCode", "unknown")),
        reason=detail.get("errorMessage") or "MediaConvert gave no reason.",
    )


def _outputs(groups: Iterable[Mapping[str, Any]]) -> Iterator[Output]:
    for group in groups:
        outputs = group.get("outputDetails", [])
        for uri in group.get("playlistFilePaths", []):
            yield _output(uri, _of_playlist(outputs))
        for details in outputs:
            for uri in details.get("outputFilePaths", []):
                yield _output(uri, details)


def _of_playlist(outputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Length and size of the largest output, where no file of any is named: in DASH and CMAF."""
    if any(details.get("outputFilePaths") for details in outputs):
        return {}
    return max(outputs, key=_width, default={})


def _width(details: Mapping[str, Any]) -> float:
    return details.get("videoDetails", {}).get("widthInPx") or 0


def _output(uri: str, details: Mapping[str, Any]) -> Output:
    bucket, key = bucket_and_key(uri)
    video = details.get("videoDetails", {})
    return Output(
        bucket=bucket,
        key=key,
        duration_ms=_whole(details.get("durationInMs")),
        width=_whole(video.get("widthInPx")),
        height=_whole(video.get("heightInPx")),
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
