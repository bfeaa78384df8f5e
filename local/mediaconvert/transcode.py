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
from local.mediaconvert.cmaf_group import CmafGroup
from local.mediaconvert.errors import JobError
from local.mediaconvert.faults import Faults
from local.mediaconvert.ffmpeg import Cancellation, Progress, encode
from local.mediaconvert.file_group import FileGroup
from local.mediaconvert.group import Group, OutputFile
from local.mediaconvert.hls_group import HlsGroup
from local.mediaconvert.jobs import Job, Phase
from local.mediaconvert.media import Media
from local.mediaconvert.probe import probe
from local.mediaconvert.storage import RoleStorage

_DEFAULT_INTERVAL = "SECONDS_60"


_GROUPS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any], Media, str], Group]] = {
    "FILE_GROUP_SETTINGS": FileGroup,
    "HLS_GROUP_SETTINGS": HlsGroup,
    "CMAF_GROUP_SETTINGS": CmafGroup,
}


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
        self.faults.fail(job)
        role = self.aws.role(job.request["Role"], job.queue)
        with TemporaryDirectory(prefix="job-", dir=self.folder) as scratch:
            source = Path(scratch) / "input"
            role.download(job.source["FileInput"], source, lambda _: cancellation.check())
            media = probe(source)
            self.announcer.announce(
                job, "INPUT_INFORMATION", **events.input_information(job, media)
            )
            groups = _plan(job, media)
            job.phase, job.phase_percent = Phase.TRANSCODING, 0
            cancellation.wait(self.faults.extra_seconds(job))
            self._encode(job, source, media, groups, cancellation)
            job.phase, job.phase_percent = Phase.UPLOADING, 0
            collected = [group.collect(source.parent) for group in groups]
            for group, (files, _) in zip(groups, collected, strict=True):
                _upload(files, group.headers, role, cancellation)
            job.output_groups = [written for _, written in collected]

    def _encode(
        self,
        job: Job,
        source: Path,
        media: Media,
        groups: list[Group],
        cancellation: Cancellation,
    ) -> None:
        encodes = {path: options for group in groups for path, options in group.encodes.items()}
        for path in encodes:
            (source.parent / path).parent.mkdir()
        encode(
            source,
            source.parent,
            encodes,
            on_progress=_Reporter(self, job, media.duration),
            cancellation=cancellation,
        )


class _Reporter:
    """Keeps a job's percentage, and sends a STATUS_UPDATE at each StatusUpdateInterval."""

    def __init__(self, transcoder: Transcoder, job: Job, seconds: float) -> None:
        self._transcoder = transcoder
        self._job = job
        self._seconds = seconds
        interval = job.request.get("StatusUpdateInterval", _DEFAULT_INTERVAL)
        self._interval = timedelta(seconds=int(interval.removeprefix("SECONDS_")))
        self._last = transcoder.now()

    def __call__(self, progress: Progress) -> None:
        job, now = self._job, self._transcoder.now()
        if self._seconds:
            job.phase_percent = min(99, int(100 * progress.seconds / self._seconds))
        if now - self._last >= self._interval:
            self._last = now
            self._transcoder.announcer.announce(
                job, "STATUS_UPDATE", **events.status_update(job, progress.frames)
            )


def _plan(job: Job, media: Media) -> list[Group]:
    groups = [
        _GROUPS[group["OutputGroupSettings"]["Type"]](group, job.source, media, str(position))
        for position, group in enumerate(job.request["Settings"]["OutputGroups"])
    ]
    uris = [job.source["FileInput"], *(uri for group in groups for uri in group.uris)]
    if len(set(uris)) < len(uris):
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            f"Duplicate input and output path, or two outputs with one path: {', '.join(uris)}.",
        )
    return groups


def _upload(
    files: list[OutputFile],
    headers: Mapping[str, str],
    role: RoleStorage,
    cancellation: Cancellation,
) -> None:
    for file in files:
        role.upload(
            file.path,
            file.uri,
            {**headers, "ContentType": file.content_type},
            lambda _: cancellation.check(),
        )
