"""MediaConvert's jobs: what they are, and where they are kept."""

import secrets
import string
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from local.mediaconvert.errors import ApiError

TOKEN_LIFETIME = timedelta(minutes=1)
"""How long a ClientRequestToken returns the original job, counted from its creation."""


class Status(StrEnum):
    """A job's Status."""

    SUBMITTED = "SUBMITTED"
    PROGRESSING = "PROGRESSING"
    COMPLETE = "COMPLETE"
    CANCELED = "CANCELED"
    ERROR = "ERROR"


class Phase(StrEnum):
    """A progressing job's CurrentPhase, in their order."""

    PROBING = "PROBING"
    TRANSCODING = "TRANSCODING"
    UPLOADING = "UPLOADING"


_SHARES: Mapping[Phase, tuple[int, int]] = {
    Phase.PROBING: (0, 5),
    Phase.TRANSCODING: (5, 95),
    Phase.UPLOADING: (95, 100),
}
"""JobPercentComplete at which each phase begins and ends."""


@dataclass(frozen=True)
class WrittenOutput:
    """A finished output: where it is, its length, and its picture's size if it has one.

    Of several files, it is the playlist that names them, or else the last. None where only the
    group's playlists are told.
    """

    uri: str | None
    milliseconds: int
    width: int | None = None
    height: int | None = None
    video_bitrate: int | None = None


@dataclass(frozen=True)
class WrittenGroup:
    """A finished output group.

    Attributes:
        type: As an event tells it, such as `FILE_GROUP`.
        outputs: Its outputs.
        playlists: What names all of them, if the group has such a thing.
    """

    type: str
    outputs: list[WrittenOutput]
    playlists: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class QueueTransition:
    """A hop of a waiting job from one queue (ARN) to another."""

    source: str
    destination: str
    time: datetime


@dataclass
class Job:
    """One job.

    Attributes:
        id: `<milliseconds>-<six characters>`, as the service makes them.
        arn: Its ARN.
        queue: ARN of the queue that it is in.
        priority: Higher runs first within a queue.
        request: The CreateJob request.
        submitted: When it was created; `started` and `finished` follow.
        output_groups: What was written; empty until the job is complete.
        transitions: Its hops between queues.
    """

    id: str
    arn: str
    queue: str
    priority: int
    request: Mapping[str, Any]
    submitted: datetime
    started: datetime | None = None
    finished: datetime | None = None
    status: Status = Status.SUBMITTED
    phase: Phase = Phase.PROBING
    phase_percent: int = 0
    error_code: int | None = None
    error_message: str | None = None
    output_groups: list[WrittenGroup] = field(default_factory=list)
    transitions: list[QueueTransition] = field(default_factory=list)

    @property
    def percent(self) -> int:
        """JobPercentComplete."""
        if self.status is Status.COMPLETE:
            return 100
        begin, end = _SHARES[self.phase]
        return begin + (end - begin) * self.phase_percent // 100

    @property
    def user_metadata(self) -> Mapping[str, str]:
        """The caller's own labels, which every event repeats."""
        metadata: Mapping[str, str] = self.request.get("UserMetadata", {})
        return metadata

    @property
    def source(self) -> Mapping[str, Any]:
        """The job's only input."""
        source: Mapping[str, Any] = self.request["Settings"]["Inputs"][0]
        return source


@dataclass
class Jobs:
    """Every job of an account and region, for as long as the service runs.

    Attributes:
        arn_prefix: What precedes a job's id in its ARN.
        now: The clock.
    """

    arn_prefix: str
    now: Callable[[], datetime]
    _jobs: dict[str, Job] = field(default_factory=dict)
    _tokens: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, request: Mapping[str, Any], queue_arn: str) -> tuple[Job, bool]:
        """Return the job of a request, and whether it is new.

        A ClientRequestToken that was used less than a minute ago returns its job again.
        """
        now = self.now()
        token = request.get("ClientRequestToken")
        with self._lock:
            known = self._tokens.get(token) if token else None
            if known and now - known.submitted < TOKEN_LIFETIME:
                return known, False
            job = self._new(request, queue_arn, now)
            self._jobs[job.id] = job
            if token:
                self._tokens[token] = job
            return job, True

    def _new(self, request: Mapping[str, Any], queue_arn: str, now: datetime) -> Job:
        letters = string.ascii_lowercase + string.digits
        suffix = "".join(secrets.choice(letters) for _ in range(6))
        job_id = f"{int(now.timestamp() * 1000)}-{suffix}"
        return Job(
            id=job_id,
            arn=self.arn_prefix + job_id,
            queue=queue_arn,
            priority=request.get("Priority", 0),
            request=request,
            submitted=now,
        )

    def find(self, job_id: str) -> Job:
        """Return a job by its id.

        Raises:
            ApiError: NotFoundException.
        """
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise ApiError("NotFoundException", f"There is no job {job_id!r}.")
        return job

    def all(self) -> list[Job]:
        """Return every job, in the order of creation."""
        with self._lock:
            return list(self._jobs.values())
