"""What `verify` has observed of its sample, as AWS reported it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.ledger.rendition import ENDS
from handlers.mediaconvert.job_events import JobStatus
from handlers.names import JobMetadata
from handlers.upload import Upload
from operate.letter import Letter
from operate.status import NOT_ASKED_FOR, PresetStatus
from operate.verify.streams import Streams

Document = Mapping[str, Any]
"""JSON, as AWS sent it."""


@dataclass(frozen=True)
class Seen:
    """A message that came to the temporary queue."""

    document: Document
    at: datetime
    """When SQS received it."""


@dataclass(frozen=True, kw_only=True)
class OutputFile:
    """A file that an output of a job has written, or should have."""

    uri: str
    """The file's URI; if there is no file, how its URI should begin."""
    size: int
    """Bytes; 0 if there is no such file."""
    expected: Streams | None
    """None where `verify` cannot read the container."""
    found: Streams | None
    """None where the file cannot be read."""


@dataclass(kw_only=True)
class BranchFacts:
    """What was observed of one preset."""

    preset: str
    pipeline_arn: str
    """The pipeline in the settings of this branch's `submit_job`."""
    role_arn: str
    """The role that it passes to jobs."""
    ledger: PresetStatus | None = None
    """None until the sample is in the ledger."""
    job: Document | None = None
    """The latest answer of GetJob."""
    listed_at: datetime | None = None
    """When ListJobs first returned the job."""
    listed_jobs: frozenset[str] = frozenset()
    """Ids of the jobs of this upload and preset that ListJobs returned."""
    searched_at: datetime | None = None
    """When SearchJobs first returned the job."""
    event: Seen | None = None
    announcement: Seen | None = None
    letter: Letter | None = None
    """The dead letter of the sample."""
    files: tuple[OutputFile, ...] = ()
    """The files of a complete job; empty for any other."""
    broken: PresetStatus | None = None
    """The ledger's state of the broken file."""
    broken_letter: Letter | None = None

    @property
    def is_asked_for(self) -> bool:
        """Whether the preset takes uploads."""
        return self.ledger is None or self.ledger.state != NOT_ASKED_FOR

    @property
    def job_status(self) -> str | None:
        """The status of the job; None without a job."""
        return self.job["Status"] if self.job else None

    @property
    def job_has_ended(self) -> bool:
        """Whether MediaConvert has ended the job."""
        return self.job_status in list(JobStatus)

    @property
    def has_ended(self) -> bool:
        """Whether the ledger has the rendition's end."""
        return self.ledger is not None and self.ledger.state in ENDS

    @property
    def is_seen(self) -> bool:
        """Whether there is nothing more to wait for."""
        if not self.is_asked_for:
            return True
        if self.job is None:
            return self.has_ended
        return self.has_ended and None not in (
            self.listed_at,
            self.searched_at,
            self.event,
            self.announcement,
        )

    @property
    def progress(self) -> tuple[object, ...]:
        """A value that changes whenever something new was observed."""
        job = self.job or {}
        return (
            self.ledger and (self.ledger.state, self.ledger.attempt),
            (job.get("Id"), job.get("Status"), job.get("JobPercentComplete")),
            (self.listed_at, self.searched_at),
            (self.event, self.announcement),
            self.broken and (self.broken.state, self.broken.owed),
        )


@dataclass(kw_only=True)
class Facts:
    """What was observed of the sample."""

    fanout: str
    """The fan-out's name in job metadata."""
    upload: Upload
    source: Streams
    patience: float
    """Seconds without progress after which `verify` stops waiting."""
    is_notified: bool
    """Whether the bucket has a notification at all."""
    branches: Mapping[str, BranchFacts]
    notice: Seen | None = None
    """S3's notification of the sample."""
    asset: Seen | None = None
    """The announcement of all renditions together."""
    broken: Upload | None = None
    """The broken file; None without `--with-failure`."""
    broken_at: datetime | None = None
    """When the broken file was uploaded."""
    left_behind: list[str] = field(default_factory=list)
    """What could not be cleaned up."""

    @property
    def uploaded_at(self) -> datetime:
        """When S3 received the sample, by S3's clock, from the notification."""
        record = self.notice.document["Records"][0] if self.notice else {}
        return datetime.fromisoformat(record["eventTime"])

    def metadata(self, branch: BranchFacts) -> dict[str, str]:
        """The metadata that the job of a branch must have."""
        return {
            JobMetadata.FANOUT: self.fanout,
            JobMetadata.PRESET: branch.preset,
            JobMetadata.UPLOAD: self.upload.digest,
            JobMetadata.ATTEMPT: str(branch.ledger.attempt if branch.ledger else 0),
        }

    def is_of_sample(self, metadata: Document, branch: BranchFacts) -> bool:
        """Whether these are the metadata of a job of the sample, whichever attempt it is."""
        wanted = self.metadata(branch)
        return all(
            metadata.get(name) == wanted[name]
            for name in (JobMetadata.FANOUT, JobMetadata.PRESET, JobMetadata.UPLOAD)
        )

    def jobs_of_sample(self, jobs: Iterable[Document], branch: BranchFacts) -> frozenset[str]:
        """Pick the ids of the jobs that were made of the sample."""
        return frozenset(
            job["Id"] for job in jobs if self.is_of_sample(job.get("UserMetadata", {}), branch)
        )

    def event_of(self, branch: BranchFacts, events: Iterable[Seen]) -> Seen | None:
        """Find the event of a branch's job: the one with its id, else the latest of the sample."""
        found: Seen | None = None
        for seen in events:
            detail = seen.document["detail"]
            if branch.job and branch.job["Id"] == detail.get("jobId"):
                return seen
            if self.is_of_sample(detail.get("userMetadata", {}), branch):
                found = seen
        return found

    @property
    def asked_for(self) -> list[BranchFacts]:
        """The branches that take uploads."""
        return [branch for branch in self.branches.values() if branch.is_asked_for]

    @property
    def has_ended(self) -> bool:
        """Whether the ledger has the end of every rendition."""
        return all(branch.has_ended for branch in self.asked_for)

    @property
    def broken_has_ended(self) -> bool:
        """Whether all dead letters of the broken file are written, if there is one."""
        return self.broken is None or all(
            branch.broken is not None and branch.broken.state in ENDS and not branch.broken.owed
            for branch in self.asked_for
        )

    @property
    def is_under_way(self) -> bool:
        """Whether the stack is, or will be, at work on the sample or the broken file."""
        return self.notice is not None and not (self.has_ended and self.broken_has_ended)

    @property
    def is_seen(self) -> bool:
        """Whether there is nothing more to wait for."""
        return (
            None not in (self.notice, self.asset)
            and all(branch.is_seen for branch in self.branches.values())
            and self.broken_has_ended
        )

    @property
    def progress(self) -> tuple[object, ...]:
        """A value that changes whenever something new was observed."""
        branches = tuple(branch.progress for branch in self.branches.values())
        return (self.notice, self.asset, branches)
