"""`python -m operate status`: the state of one upload, preset by preset."""

import argparse
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from handlers.ledger import assets, renditions
from handlers.ledger.asset import Asset
from handlers.ledger.items import upload_partition
from handlers.ledger.rendition import Duty, Failure, Output, Rendition, State
from handlers.ledger.table import Table
from handlers.names import LedgerKey
from handlers.upload import Upload
from operate.clients import Clients
from operate.durations import ago
from operate.errors import OperateError
from operate.options import add_stack_options
from operate.overwritten import overwritten
from operate.progress import say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack
from operate.suffixes import check_listened
from operate.versions import latest_version

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SUMMARY = "show the state of one upload, preset by preset"

HEADER: Final = (
    "preset",
    "state",
    "attempt",
    "job",
    "failure",
    "outputs",
    "claimed",
    "ended",
    "owed",
)

NOT_BEGUN: Final = "not begun"
"""No function has claimed the rendition: its message waits in the branch's queue, or is lost."""

NOT_ASKED_FOR: Final = "not asked for"
"""The preset was added after the upload. A backfill renders it, unless a newer upload exists."""

NOT_DUE: Final = "not due yet"

NONE_LEFT: Final = "none, a newer upload took its place"

OVERWRITTEN: Final = (
    "A newer upload of the key took its place: this one gets no further job, and a running job is "
    "canceled. Its outputs stay until those of the newer upload replace them."
)


@dataclass(frozen=True, kw_only=True)
class PresetStatus:
    """The state of an upload for one preset."""

    preset: str
    state: str
    """As in the ledger, or `NOT_BEGUN` or `NOT_ASKED_FOR`."""
    attempt: int = 0
    """Number of the latest attempt; 0 when there was none."""
    job_id: str | None = None
    failure: Failure | None = None
    outputs: tuple[Output, ...] = ()
    claimed_at: datetime | None = None
    """When a function claimed the latest attempt."""
    ended_at: datetime | None = None
    """When that attempt ended."""
    waiting_since: datetime | None = None
    """When it changed last; None when nothing is due any more."""
    owed: frozenset[Duty] = frozenset()

    @classmethod
    def of(cls, rendition: Rendition) -> Self:
        """Take over what the ledger has."""
        return cls(
            preset=rendition.preset,
            state=rendition.state,
            attempt=rendition.attempt,
            job_id=rendition.job_id,
            failure=rendition.failure,
            outputs=rendition.outputs,
            claimed_at=_time(rendition.claimed_at),
            ended_at=_time(rendition.ended_at),
            waiting_since=_time(rendition.since),
            owed=rendition.owed,
        )

    def as_json(self) -> dict[str, Any]:
        """Its member of the line of `--json`."""
        return {
            **asdict(self),
            "claimed_at": self.claimed_at and self.claimed_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "waiting_since": self.waiting_since and self.waiting_since.isoformat(),
            "owed": sorted(self.owed),
        }

    def cells(self, now: datetime) -> tuple[str, ...]:
        """Its row of the table."""
        return (
            self.preset,
            self.state,
            str(self.attempt),
            self.job_id or "",
            f"{self.failure.code}: {self.failure.reason}" if self.failure else "",
            ", ".join(f"s3://{output.bucket}/{output.key}" for output in self.outputs),
            _ago(self.claimed_at, now),
            _ago(self.ended_at, now),
            ", ".join(sorted(self.owed)),
        )


@dataclass(frozen=True, kw_only=True)
class Status:
    """The state of an upload for all presets."""

    upload: Upload
    asset: Asset | None
    """None if its item has expired."""
    presets: tuple[PresetStatus, ...]
    overwritten: bool
    """Whether a newer upload of the key took its place: it gets no further job."""

    @property
    def announcement(self) -> str:
        """Whether the asset was announced to the completed topic's subscribers."""
        if self.asset is None or self.asset.is_pending:
            return NONE_LEFT if self.overwritten else NOT_DUE
        if State.SUPERSEDED in self.asset.ends.values():
            return NONE_LEFT
        return "owed" if self.asset.is_due else "sent"

    def as_json(self) -> dict[str, Any]:
        """The line of `--json`. The members are an interface: other tools read them."""
        return {
            "bucket": self.upload.bucket,
            "key": self.upload.key,
            "version_id": self.upload.version_id,
            "overwritten": self.overwritten,
            "announcement": self.announcement,
            "revision": self.asset.revision if self.asset else None,
            "renditions": [preset.as_json() for preset in self.presets],
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("key", metavar="KEY", help="the key of the upload, as S3 lists it")
    parser.add_argument(
        "--version-id",
        metavar="V",
        help="the upload's version id in S3 (default: that of the latest upload)",
    )
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print what the ledger has about an upload, and return the exit code.

    Raises:
        OperateError: The stack does not listen to the key, or S3 or the ledger does not know it.
        ClientError, BotoCoreError: S3 or DynamoDB refused.
    """
    stack = Stack.load(options.outputs)
    clients = Clients(stack)
    bucket, key = stack.input_bucket, options.key
    try:
        version_id = options.version_id or latest_version(clients.s3, bucket, key)
        status = read(clients.dynamodb, stack, key, version_id)
    except OperateError:
        check_listened(clients.s3, bucket, key)
        raise
    if options.json:
        print_json([status.as_json()])
    else:
        now = datetime.now(UTC)
        print_table(HEADER, [preset.cells(now) for preset in status.presets])
    say(f"{key}, version {version_id}. Announcement of the asset: {status.announcement}.")
    if status.overwritten:
        say(OVERWRITTEN)
    return 0


def read(client: "DynamoDBClient", stack: Stack, key: str, version_id: str) -> Status:
    """Read an upload from the ledger.

    Raises:
        OperateError: The upload is not in the ledger.
        ClientError, BotoCoreError: DynamoDB refused.
    """
    wanted = Upload(
        bucket=stack.input_bucket,
        key=key,
        version_id=version_id,
        etag="",
        sequencer=None,
        size=0,
    )
    asset: Asset | None = None
    known: list[Rendition] = []
    for item in Table(client, stack.ledger_table).partition(upload_partition(wanted.digest)):
        if item[LedgerKey.SORT] == assets.SORT_KEY:
            asset = Asset.from_item(item)
        elif item[LedgerKey.SORT].startswith(renditions.PREFIX):
            known.append(Rendition.from_item(item))
    if asset is None and not known:
        raise OperateError(
            f"The upload {key!r}, version {version_id}, is not in the ledger. Its message waits in "
            "a queue or is lost, or the stack does not listen to such keys, or the ledger's "
            "retention is over. From an hour after the upload, `reconcile --task uploads` sends a "
            "lost message again, for the newest upload of a key."
        )
    upload = asset.upload if asset else known[0].upload
    return Status(
        upload=wanted,
        overwritten=upload.digest in overwritten(client, stack, [upload]),
        asset=asset,
        presets=preset_statuses(known, asset.ends if asset else (), stack.branches),
    )


def preset_statuses(
    known: Collection[Rendition], asked_for: Collection[str], there_are: Collection[str]
) -> tuple[PresetStatus, ...]:
    """Make a status for each preset, also for those that were added after the upload."""
    statuses = {preset: PresetStatus(preset=preset, state=NOT_ASKED_FOR) for preset in there_are}
    statuses |= {preset: PresetStatus(preset=preset, state=NOT_BEGUN) for preset in asked_for}
    statuses |= {rendition.preset: PresetStatus.of(rendition) for rendition in known}
    return tuple(status for _, status in sorted(statuses.items()))


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _ago(time: datetime | None, now: datetime) -> str:
    return f"{ago(now - time)} ago" if time else ""
