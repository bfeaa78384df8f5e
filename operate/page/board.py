"""What a stack does at the moment, read from AWS for the page.

Nothing is scanned: an upload is on the board when one of the newest jobs is of it, when it waits in
the ledger's index, when a dead letter tells of it, or when it was made on the page. What has come
to its end is read once and kept, until there is a new job or letter of it.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from handlers.ledger import assets, renditions
from handlers.ledger.asset import Asset
from handlers.ledger.branches import Branch
from handlers.ledger.items import upload_partition
from handlers.ledger.rendition import ENDS, Rendition, State
from handlers.ledger.table import Table
from handlers.names import JobMetadata, LedgerKey
from handlers.pauses import Pauses
from handlers.upload import Upload
from operate.clients import Clients
from operate.drained import ANY_TIME
from operate.errors import UsageError
from operate.explain import explain
from operate.hold import Hold
from operate.letter import Letter
from operate.overwritten import obsolete
from operate.page import media
from operate.page.controls import Controls
from operate.progress import SILENT
from operate.stack_outputs import HOW_TO_GET_OUTPUTS, Stack
from operate.status import NOT_BEGUN, PresetStatus, preset_statuses

if TYPE_CHECKING:
    from types_boto3_mediaconvert.type_defs import JobTypeDef

MOST_UPLOADS: Final = 50
"""Uploads on the board, the newest ones."""

LETTER_SECONDS: Final = 60.0
"""Dead letters are read when their number changes, and this long after the last time: reading hides
them for a moment from everybody else."""

OUTPUTS: Final = ("pipeline_arns", "output_buckets")
"""What the page needs of a stack besides what every command does."""

_ATTRIBUTES: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

WORDS: Final[Mapping[str, str]] = {
    NOT_BEGUN: "waiting",
    State.CLAIMED: "waiting",
    State.WAITING: "waiting",
    State.SUBMITTED: "waiting",
    State.RETRYING: "waiting",
    State.COMPLETE: "done",
}
"""A rendition's state as the page says it; the others are said as they are."""

_PATIENT: Final = Pauses(lambda: True)
"""The board waits as long as DynamoDB throttles; the page keeps what it shows."""

_Jobs = Mapping[tuple[str, str], "JobTypeDef"]
"""The newest job by digest of the upload and preset."""


@dataclass(frozen=True)
class _Row:
    """An upload as it was read."""

    at: float
    """Unix time in seconds of its beginning."""
    document: dict[str, Any]
    is_open: bool
    seen: tuple[Any, ...]
    """The jobs and letters that there were of it."""


@dataclass
class _Letters:
    """The dead letters of a branch as they were read."""

    count: int = 0
    read_at: float = 0.0
    letters: Sequence[Letter] = ()


@dataclass
class Board:
    """The whole of a stack for the page.

    One thread reads it; its clients may be used by others meanwhile.

    Attributes:
        stack: what to show.
        clients: the way there. A call that fails is best made once: the page looks again anyway.
        controls: what the page may do; None when it only shows.
    """

    stack: Stack
    clients: Clients
    controls: Controls | None = None
    _made_here: dict[str, tuple[float, Upload]] = field(default_factory=dict)
    _rows: dict[str, _Row] = field(default_factory=dict)
    _letters: dict[str, _Letters] = field(default_factory=lambda: defaultdict(_Letters))
    _jobs: _Jobs = field(default_factory=dict)
    _pipelines: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the clients, because boto3 can only do so in one thread."""
        clients = self.clients
        _ = clients.sqs, clients.dynamodb, clients.s3, clients.mediaconvert

    @classmethod
    def of(cls, stack: Stack, source: str, controls: Controls | None = None) -> Self:
        """Show a stack.

        Args:
            stack: which one.
            source: where its outputs are from, for the error's message.
            controls: what the page may do.

        Raises:
            UsageError: the outputs are of an older version.
        """
        missing = [name for name in OUTPUTS if not isinstance(stack.outputs.get(name), dict)]
        if missing:
            raise UsageError(
                f"--outputs {source}: missing or wrong: {', '.join(missing)}. {HOW_TO_GET_OUTPUTS}"
            )
        return cls(stack, Clients(stack, attempts=1), controls)

    @property
    def buckets(self) -> Mapping[str, str]:
        """The output buckets by preset."""
        buckets: Mapping[str, str] = self.stack.outputs["output_buckets"]
        return buckets

    def expect(self, upload: Upload) -> None:
        """Show an upload before the ledger knows of it. Any thread may call this."""
        self._made_here[upload.digest] = (time.time(), upload)

    def read(self) -> dict[str, Any]:
        """Read everything anew.

        Raises:
            ClientError, BotoCoreError: SQS, DynamoDB or S3 refused. That MediaConvert did is part
                of what the board shows.
        """
        trouble = self._read_mediaconvert()
        branches = self.stack.chosen(None)
        waiting = {branch.preset: self._messages(branch.queue_url) for branch in branches}
        dead = {branch.preset: self._messages(branch.dead_letter_queue_url) for branch in branches}
        letters = self._read_letters(branches, dead)
        self._read_uploads(letters)
        rows = sorted(self._rows.values(), key=lambda row: -row.at)[:MOST_UPLOADS]
        self._rows = {row.document["id"]: row for row in rows}
        done = Counter(
            rendition["preset"]
            for row in rows
            for rendition in row.document["renditions"]
            if rendition["state"] == State.COMPLETE
        )
        return {
            "input_bucket": self.stack.input_bucket,
            "topic": self.stack.fanout,
            "suffixes": list(self.controls.suffixes) if self.controls else [],
            "can_change": self.controls is not None,
            "presets": [
                self._preset(branch.preset, waiting, dead, done[branch.preset])
                for branch in branches
            ],
            "uploads": [row.document for row in rows],
            "letters": self._letters_json(letters),
            "faults": [asdict(fault) for fault in self.controls.faults()] if self.controls else [],
            "trouble": trouble,
        }

    def _preset(
        self, preset: str, waiting: Mapping[str, int], dead: Mapping[str, int], done: int
    ) -> dict[str, Any]:
        pipeline = self._pipelines.get(self._pipeline_arns[preset], {})
        submitted, running = self._job_counts(preset, pipeline)
        return {
            "preset": preset,
            "waiting": waiting[preset] + submitted,
            "running": running,
            "done": done,
            "dead": dead[preset],
            "is_paused": pipeline.get("Status") == "PAUSED",
        }

    def _job_counts(self, preset: str, pipeline: Mapping[str, Any]) -> tuple[int, int]:
        """Count the jobs that wait and that run.

        By MediaConvert's own count; in a pipeline that presets share, among the newest jobs.
        """
        if Counter(self._pipeline_arns.values())[self._pipeline_arns[preset]] == 1:
            return pipeline.get("SubmittedJobsCount", 0), pipeline.get("ProgressingJobsCount", 0)
        counts = Counter(job["Status"] for (_, of), job in self._jobs.items() if of == preset)
        return counts["SUBMITTED"], counts["PROGRESSING"]

    @property
    def _pipeline_arns(self) -> Mapping[str, str]:
        arns: Mapping[str, str] = self.stack.outputs["pipeline_arns"]
        return arns

    def _read_mediaconvert(self) -> str | None:
        """Read pipelines and jobs; where MediaConvert refuses, the last ones stay."""
        jobs: dict[tuple[str, str], JobTypeDef] = {}
        try:
            for arn in sorted(set(self._pipeline_arns.values())):
                client = self.clients.mediaconvert
                name = arn.rpartition("/")[2]
                self._pipelines[arn] = dict(client.get_queue(Name=name)["Queue"])
                for job in client.list_jobs(Queue=arn, Order="DESCENDING")["Jobs"]:
                    metadata = job.get("UserMetadata", {})
                    if metadata.get(JobMetadata.FANOUT) == self.stack.fanout:
                        of = metadata[JobMetadata.UPLOAD], metadata[JobMetadata.PRESET]
                        jobs.setdefault(of, job)
        except (BotoCoreError, ClientError) as error:
            return f"MediaConvert: {explain(error)}"
        self._jobs = jobs
        return None

    def _messages(self, queue_url: str) -> int:
        attributes = self.clients.sqs.get_queue_attributes(
            QueueUrl=queue_url, AttributeNames=_ATTRIBUTES
        )["Attributes"]
        return sum(int(attributes[name]) for name in _ATTRIBUTES)

    def _read_letters(
        self, branches: Sequence[Branch], dead: Mapping[str, int]
    ) -> Sequence[Letter]:
        now = time.monotonic()
        stale = []
        for branch in branches:
            known = self._letters[branch.preset]
            count = dead[branch.preset]
            if count != known.count or (count and now - known.read_at > LETTER_SECONDS):
                self._letters[branch.preset] = _Letters(count, now)
                if count:
                    stale.append(branch)
        if stale:
            with Hold(self.clients.sqs, progress=SILENT) as hold:
                for letter in hold.take(stale):
                    known = self._letters[letter.branch.preset]
                    known.letters = (*known.letters, letter)
        return [letter for branch in branches for letter in self._letters[branch.preset].letters]

    def _letters_json(self, letters: Sequence[Letter]) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        gone = obsolete(self.clients.dynamodb, self.stack, letters)
        return [
            {**letter.as_json(now), "obsolete": letter.message_id in gone} for letter in letters
        ]

    def _read_uploads(self, letters: Sequence[Letter]) -> None:
        by_upload = defaultdict(list)
        for letter in letters:
            for upload in letter.uploads:
                by_upload[upload.digest].append(letter.message_id)
        table = Table(self.clients.dynamodb, self.stack.ledger_table)
        waits = {key.removeprefix(upload_partition("")) for key in self._waiting(table)}
        digests = dict.fromkeys(
            chain(self._made_here, waits, (digest for digest, _ in self._jobs), by_upload)
        )
        for digest in digests:
            seen = (
                *by_upload[digest],
                *((job["Id"], job["Status"]) for of, job in self._jobs.items() if of[0] == digest),
            )
            row = self._rows.get(digest)
            if row is None or row.is_open or digest in waits or row.seen != seen:
                self._read_upload(table, digest, seen)

    def _waiting(self, table: Table) -> Iterator[str]:
        """Partitions of the uploads that wait for something, the oldest ones."""
        pages = table.open_since(assets.SORT_KEY, ANY_TIME, _PATIENT)
        items = chain.from_iterable(pages)
        return (str(item[LedgerKey.PARTITION]) for item in islice(items, MOST_UPLOADS))

    def _read_upload(self, table: Table, digest: str, seen: tuple[Any, ...]) -> None:
        asset: Asset | None = None
        known: list[Rendition] = []
        for item in table.partition(upload_partition(digest)):
            if item[LedgerKey.SORT] == assets.SORT_KEY:
                asset = Asset.from_item(item)
            elif item[LedgerKey.SORT].startswith(renditions.PREFIX):
                known.append(Rendition.from_item(item))
        made_at, made = self._made_here.get(digest, (time.time(), None))
        upload = asset.upload if asset else known[0].upload if known else made
        if upload is None:
            return
        presets = asset.ends if asset else self.stack.branches
        statuses = preset_statuses(known, presets, self.stack.branches)
        at = min((each.claimed_at for each in known), default=made_at)
        before = self._rows.get(digest)
        self._rows[digest] = _Row(
            at=min(at, made_at, before.at if before else at),
            document={
                "id": digest,
                "key": upload.key,
                "version_id": upload.version_id,
                "size": upload.size,
                "at": round(at),
                "renditions": [self._rendition(digest, status) for status in statuses],
            },
            is_open=not known
            or any(each.state not in ENDS or each.owed for each in known)
            or len(known) < len(presets),
            seen=seen,
        )

    def _rendition(self, digest: str, status: PresetStatus) -> dict[str, Any]:
        job = self._jobs.get((digest, status.preset))
        word = WORDS.get(status.state, status.state)
        is_running = (
            job is not None
            and status.state == State.SUBMITTED
            and job["Id"] == status.job_id
            and job["Status"] == "PROGRESSING"
        )
        found = media.files(self.clients.s3, status.preset, status.outputs)
        return {
            "preset": status.preset,
            "state": status.state,
            "word": "running" if is_running else word,
            "percent": job.get("JobPercentComplete", 0) if job and is_running else 0,
            "attempt": status.attempt,
            "job_id": status.job_id,
            "failure": asdict(status.failure) if status.failure else None,
            "files": [file.as_json() for file in found],
            **media.summary(found, status.outputs),
        }
