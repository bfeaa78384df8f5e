"""Sends a sample through a stack, and observes it from outside at every hop."""

import secrets
import tempfile
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from handlers.ledger.branches import Branch
from handlers.mediaconvert.job_events import JobStatus
from handlers.mediaconvert.job_search import MARGIN
from handlers.names import Environment
from handlers.upload import Upload
from operate import status
from operate.clients import Clients
from operate.errors import OperateError
from operate.hold import Hold
from operate.progress import say, waiting
from operate.stack_outputs import Stack
from operate.verify.facts import BranchFacts, Document, Facts, Seen
from operate.verify.outputs import read_outputs
from operate.verify.receiver import Receiver, Undoing
from operate.verify.sample import BROKEN, PICTURE, SECONDS, make_sample

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

KEY_PREFIX: Final = "videoconverter-verify/"
"""Where samples are uploaded. Subscribers of the topics can filter it out."""

SAMPLE: Final = "sample a+b"
"""The sample's name without its suffix: encodings of keys differ in spaces and plus signs."""

CALLS_PER_SECOND: Final = 4.0
"""The most calls of MediaConvert: its quotas are the account's, and the functions call it too."""

JOBS_PER_PAGE: Final = 20
"""The most that ListJobs and SearchJobs give."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """How a sample is sent."""

    suffixes: tuple[str, ...]
    """The suffixes that the stack listens to; empty if it listens to nothing."""
    with_failure: bool
    """Whether a broken file is sent as well."""
    patience: float
    """Seconds without progress after which the trial ends."""
    settle: float
    """Seconds that the temporary queue, subscriptions and rule get until they work."""
    calls_per_second: float = CALLS_PER_SECOND
    seconds: int = SECONDS
    """Length of the sample."""
    picture: tuple[int, int] = PICTURE
    """Width and height of the sample."""

    def key(self, name: str) -> str:
        """Add a suffix that the stack listens to: .mp4, which the sample is, if possible."""
        usual = ".mp4"
        is_usual = usual in self.suffixes or not self.suffixes
        return f"{name}{usual if is_usual else self.suffixes[0]}"


class Trial:
    """Sends one sample and collects the facts about it."""

    def __init__(self, stack: Stack, clients: Clients, order: Order) -> None:
        """Choose a name that no other run has."""
        self._stack = stack
        self._clients = clients
        self._order = order
        run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self.prefix = f"{KEY_PREFIX}{run}/"
        self._receiver = Receiver(stack, clients, run)
        self._undoing = Undoing()
        self._events: list[Seen] = []

    def run(self) -> Facts:
        """Send the sample, follow it until everything was observed, and clean up.

        Raises:
            OperateError: The stack does not fit its outputs.
            ClientError, BotoCoreError: AWS refused something that `verify` itself does.
        """
        branches = {branch.preset: self._branch(branch) for branch in self._stack.chosen(None)}
        try:
            self._receiver.open(self._undoing)
            if self._order.settle:
                with waiting(f"waiting {self._order.settle:.0f} s until the temporary queue works"):
                    time.sleep(self._order.settle)
            facts = self._upload(branches)
            try:
                self._follow(facts)
            finally:
                self._remove_files(facts)
        finally:
            self._undoing.undo()
        facts.left_behind = self._undoing.left_behind
        return facts

    def _branch(self, branch: Branch) -> BranchFacts:
        """Read the settings of the branch's function: the stack's outputs lack the role."""
        functions = self._clients.function_settings
        queue_arn = self._stack.arn("sqs", branch.queue_url.rpartition("/")[2])
        mappings = functions.list_event_source_mappings(EventSourceArn=queue_arn)
        if not mappings["EventSourceMappings"]:
            raise OperateError(
                f"No function reads the queue {branch.queue_url}. Run `pulumi up`, then take the "
                "outputs again."
            )
        name = mappings["EventSourceMappings"][0]["FunctionArn"]
        settings = functions.get_function_configuration(FunctionName=name)["Environment"]
        return BranchFacts(
            preset=branch.preset,
            pipeline_arn=settings["Variables"][Environment.PIPELINE_ARN],
            role_arn=settings["Variables"][Environment.PIPELINE_ROLE_ARN],
        )

    def _upload(self, branches: Mapping[str, BranchFacts]) -> Facts:
        key = self._order.key(f"{self.prefix}{SAMPLE}")
        with tempfile.TemporaryDirectory(prefix="videoconverter-verify-") as folder:
            path = Path(folder) / "sample.mp4"
            source = make_sample(path, seconds=self._order.seconds, picture=self._order.picture)
            upload = self._put(key, path.read_bytes())
        facts = Facts(
            fanout=self._stack.fanout,
            upload=upload,
            source=source,
            patience=self._order.patience,
            is_notified=bool(self._order.suffixes),
            branches=branches,
        )
        if self._order.with_failure:
            broken = self._put(self._order.key(f"{self.prefix}broken"), BROKEN)
            facts.broken, facts.broken_at = broken, datetime.now(UTC)
        return facts

    def _put(self, key: str, body: bytes) -> Upload:
        bucket = self._stack.input_bucket
        answer = self._clients.s3.put_object(Bucket=bucket, Key=key, Body=body)
        say(f"Uploaded s3://{bucket}/{key}, {len(body):,} bytes.")
        return Upload(
            bucket=bucket,
            key=key,
            version_id=answer.get("VersionId"),
            etag=answer["ETag"].strip('"'),
            sequencer=None,
            size=len(body),
        )

    def _follow(self, facts: Facts) -> None:
        """Look again and again, until everything was observed or nothing changed for too long."""
        progress, news_at = facts.progress, time.monotonic()
        with waiting("the sample is being rendered"):
            while not facts.is_seen and time.monotonic() - news_at < self._order.patience:
                self._look(facts)
                if facts.progress != progress:
                    progress, news_at = facts.progress, time.monotonic()
        for branch in facts.branches.values():
            if branch.job and branch.job_status == JobStatus.COMPLETE:
                branch.files = tuple(read_outputs(self._clients.s3, branch.job, facts.source))
        self._read_letters(facts)

    def _look(self, facts: Facts) -> None:
        """Look at everything once."""
        for seen in self._receiver.receive():
            self._sort(facts, seen)
        for told in self._status(facts.upload):
            facts.branches[told.preset].ledger = told
        for told in self._status(facts.broken):
            facts.branches[told.preset].broken = told
        for branch in facts.asked_for:
            self._ask_mediaconvert(facts, branch)
            branch.event = facts.event_of(branch, self._events)

    def _sort(self, facts: Facts, seen: Seen) -> None:
        """Keep the first message of each kind that concerns the sample."""
        key = facts.upload.key
        match seen.document:
            case {"Records": [{"s3": {"object": {"key": str(encoded)}}}]}:
                if urllib.parse.unquote_plus(encoded) == key:
                    facts.notice = facts.notice or seen
            case {"detail": _}:
                self._events.append(seen)
            case {"type": "asset", "source": {"key": told}} if told == key:
                facts.asset = facts.asset or seen
            case {"type": "rendition", "source": {"key": told}, "preset": preset} if told == key:
                branch = facts.branches[preset]
                branch.announcement = branch.announcement or seen

    def _status(self, upload: Upload | None) -> Iterable[status.PresetStatus]:
        if upload is None:
            return ()
        client = self._clients.dynamodb
        try:
            return status.read(client, self._stack, upload.key, upload.version_id or "").presets
        except OperateError:
            return ()  # The ledger does not know it yet.

    def _ask_mediaconvert(self, facts: Facts, branch: BranchFacts) -> None:
        """Get the job, and check whether ListJobs and SearchJobs return it."""
        client = self._clients.mediaconvert
        job_id = branch.ledger.job_id if branch.ledger else None
        if job_id and not (branch.job_has_ended and branch.job and branch.job["Id"] == job_id):
            branch.job = self._get_job(job_id) or branch.job
        if facts.notice is None:
            return
        # The API Reference wants the queue's name here, not its ARN.
        pipeline = branch.pipeline_arn.rpartition("/")[2]
        if branch.listed_at is None:
            pages = client.get_paginator("list_jobs").paginate(
                Queue=pipeline, Order="DESCENDING", PaginationConfig={"PageSize": JOBS_PER_PAGE}
            )
            earliest = facts.uploaded_at - timedelta(seconds=MARGIN)
            listed = newest(self._paced(page["Jobs"] for page in pages), earliest)
            branch.listed_jobs = facts.jobs_of_sample(listed, branch)
            branch.listed_at = datetime.now(UTC) if branch.listed_jobs else None
        if branch.searched_at is None:
            self._pause()
            found = client.search_jobs(
                InputFile=f"s3://{facts.upload.bucket}/{facts.upload.key}",
                Queue=pipeline,
                Order="DESCENDING",
                MaxResults=JOBS_PER_PAGE,
            )
            is_found = facts.jobs_of_sample(found["Jobs"], branch)
            branch.searched_at = datetime.now(UTC) if is_found else None

    def _paced(self, pages: Iterable[Any]) -> Iterator[Any]:
        """Read pages no faster than `calls_per_second`."""
        for page in pages:
            self._pause()
            yield page

    def _get_job(self, job_id: str) -> Document | None:
        client = self._clients.mediaconvert
        self._pause()
        try:
            job: Any = client.get_job(Id=job_id)["Job"]
        except client.exceptions.NotFoundException:
            return None  # No page says how soon GetJob knows a job.
        return dict(job)

    def _pause(self) -> None:
        time.sleep(1 / self._order.calls_per_second)

    def _read_letters(self, facts: Facts) -> None:
        """Look for dead letters of this run, and delete them."""
        with Hold(self._clients.sqs) as hold:
            for letter in hold.take(self._stack.chosen(None)):
                branch = facts.branches[letter.branch.preset]
                if facts.upload.key in letter.keys:
                    branch.letter = letter
                elif facts.broken and facts.broken.key in letter.keys:
                    branch.broken_letter = letter
                else:
                    continue
                hold.delete(letter)

    def _remove_files(self, facts: Facts) -> None:
        """Remove the sample and its renditions, unless the stack is still at work on them."""
        buckets = [self._stack.input_bucket, *self._stack.outputs["output_buckets"].values()]
        if facts.is_under_way:
            commands = [f"aws s3 rm --recursive s3://{each}/{self.prefix}" for each in buckets]
            self._undoing.leave(
                "the sample and its renditions",
                "The stack is still at work on it and would write a dead letter without it. When "
                f"`status` shows that it has ended, run: {'; '.join(commands)}",
            )
            return
        for bucket in buckets:
            self._undoing.later(f"s3://{bucket}/{self.prefix}", partial(self._remove, bucket))

    def _remove(self, bucket: str) -> None:
        """Remove every version of every object that this run has caused in a bucket.

        Raises:
            OperateError: S3 refused some of it.
        """
        s3 = self._clients.s3
        for page in s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, Prefix=self.prefix
        ):
            versions: list[ObjectIdentifierTypeDef] = [
                {"Key": version["Key"], "VersionId": version["VersionId"]}
                for version in page.get("Versions", [])
            ]
            if not versions:
                continue
            refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions}).get("Errors")
            if refused:
                raise OperateError(f"S3 refused to delete: {refused[0].get('Message')}.")


def newest(pages: Iterable[Iterable[Document]], earliest: datetime) -> Iterator[Document]:
    """Take jobs from a list, the newest first, until one is too old to be the sample's.

    Args:
        pages: Pages of jobs; only as many as needed are read.
        earliest: A time before which the sample's job was not created.
    """
    for job in chain.from_iterable(pages):
        if job["CreatedAt"] < earliest:
            return
        yield job
