"""The work on one job: read the input, encode the outputs, write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.mediaconvert import events
from local.mediaconvert.access import AwsAccess
from local.mediaconvert.announcer import Announcer
from local.mediaconvert.destination import output_uri
from local.mediaconvert.encode import output_arguments
from local.mediaconvert.errors import JobError
from local.mediaconvert.faults import Faults
from local.mediaconvert.ffmpeg import Cancellation, Progress, encode
from local.mediaconvert.jobs import Job, Phase, WrittenOutput
from local.mediaconvert.media import Media
from local.mediaconvert.probe import probe
from local.mediaconvert.storage import RoleStorage

_CONTENT_TYPE = "video/mp4"

_DEFAULT_INTERVAL = "SECONDS_60"


@dataclass(frozen=True)
class _Output:
    """One output of a job on its way: its options, its file, and where that goes."""

    group: int
    arguments: list[str]
    file: Path
    uri: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Transcoder:
    """Does the work of jobs.

    Attributes:
        aws: How S3 is reached.
        faults: What is ordered to go wrong.
        announcer: Takes the events that arise during the work.
        folder: Where scratch files go, each job in a folder of its own that is removed.
        now: The clock.
    """

    aws: AwsAccess
    faults: Faults
    announcer: Announcer
    folder: Path
    now: Callable[[], datetime]

    def run(self, job: Job, cancellation: Cancellation) -> None:
        """Work on a job to its end, and leave in it what was written.

        Raises:
            JobError: The job fails.
            CanceledError: `cancellation` was cancelled.
        """
        self.faults.fail(job.user_metadata)
        role = self.aws.role(job.request["Role"], job.queue)
        with TemporaryDirectory(prefix="job-", dir=self.folder) as scratch:
            source = Path(scratch) / "input"
            role.download(job.source["FileInput"], source, lambda _: cancellation.check())
            media = probe(source)
            self.announcer.announce(
                job, "INPUT_INFORMATION", **events.input_information(job, media)
            )
            outputs = _plan(job, media, Path(scratch))
            job.phase, job.phase_percent = Phase.TRANSCODING, 0
            self._encode(job, source, media, outputs, cancellation)
            job.phase, job.phase_percent = Phase.UPLOADING, 0
            job.output_groups = _upload(job, outputs, role, cancellation)

    def _encode(
        self,
        job: Job,
        source: Path,
        media: Media,
        outputs: list[_Output],
        cancellation: Cancellation,
    ) -> None:
        report = _Reporter(self, job, media.duration * len(outputs))
        for position, output in enumerate(outputs):
            report.seconds_before = media.duration * position
            encode(
                source,
                output.arguments,
                output.file,
                on_progress=report,
                cancellation=cancellation,
            )


class _Reporter:
    """Keeps a job's percentage, and sends a STATUS_UPDATE at each StatusUpdateInterval."""

    def __init__(self, transcoder: Transcoder, job: Job, seconds: float) -> None:
        self.seconds_before = 0.0
        self._transcoder = transcoder
        self._job = job
        self._seconds = seconds
        interval = job.request.get("StatusUpdateInterval", _DEFAULT_INTERVAL)
        self._interval = timedelta(seconds=int(interval.removeprefix("SECONDS_")))
        self._last = transcoder.now()

    def __call__(self, progress: Progress) -> None:
        job, now = self._job, self._transcoder.now()
        if self._seconds:
            done = (self.seconds_before + progress.seconds) / self._seconds
            job.phase_percent = min(99, int(100 * done))
        if now - self._last >= self._interval:
            self._last = now
            self._transcoder.announcer.announce(
                job, "STATUS_UPDATE", **events.status_update(job, progress.frames)
            )


def _plan(job: Job, media: Media, scratch: Path) -> list[_Output]:
    file_input = job.source["FileInput"]
    outputs: list[_Output] = []
    for position, group in enumerate(job.request["Settings"]["OutputGroups"]):
        settings = group["OutputGroupSettings"]["FileGroupSettings"]
        for output in group["Outputs"]:
            outputs.append(
                _Output(
                    position,
                    output_arguments(output, job.source, media),
                    scratch / f"output-{len(outputs)}.mp4",
                    output_uri(settings["Destination"], file_input, output),
                    _headers(settings),
                )
            )
    uris = [file_input, *(output.uri for output in outputs)]
    if len(set(uris)) < len(uris):
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            f"Duplicate input and output path, or two outputs with one path: {', '.join(uris)}.",
        )
    return outputs


def _headers(settings: Mapping[str, Any]) -> Mapping[str, str]:
    s3 = settings.get("DestinationSettings", {}).get("S3Settings", {})
    headers = {"ContentType": _CONTENT_TYPE}
    if "Encryption" in s3:
        headers["ServerSideEncryption"] = "AES256"
    if "StorageClass" in s3:
        headers["StorageClass"] = s3["StorageClass"]
    return headers


def _upload(
    job: Job, outputs: list[_Output], role: RoleStorage, cancellation: Cancellation
) -> list[list[WrittenOutput]]:
    groups: list[list[WrittenOutput]] = [[] for _ in job.request["Settings"]["OutputGroups"]]
    for output in outputs:
        role.upload(output.file, output.uri, output.headers, lambda _: cancellation.check())
        groups[output.group].append(_measured(output))
    return groups


def _measured(output: _Output) -> WrittenOutput:
    media = probe(output.file)
    video = media.video
    return WrittenOutput(
        output.uri,
        round(media.duration * 1000),
        video.width if video else None,
        video.height if video else None,
        video.bit_rate if video else None,
    )
