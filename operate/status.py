"""`python -m operate status`: what has become of one upload."""

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
from operate.versions import latest_version

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

SUMMARY = "what has become of one upload"

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
"""Nobody has claimed the rendition: its message waits in the branch's queue, or was lost."""

NOT_ASKED_FOR: Final = "not asked for"
"""The preset was added after the upload; a backfill asks for it, if no newer upload took its place.
"""

NOT_DUE: Final = "not due yet"

NONE_LEFT: Final = "none, a newer upload took its place"

OVERWRITTEN: Final = (
    "A newer upload of the key took its place: this one gets no job any more, and one that still "
    "runs is canceled. Its outputs stay until those of the newer upload replace them."
)


@dataclass(frozen=True, kw_only=True)
class PresetStatus:
    """What has become of an upload for one preset."""

    preset: str
    state: str
    """As in the ledger, or one of the two above."""
    attempt: int = 0
    """Number of the latest attempt; 0 when there was none."""
    job_id: str | None = None
    failure: Failure | None = None
    outputs: tuple[Output, ...] = ()
    claimed_at: datetime | None = None
    """When the latest attempt was begun."""
    ended_at: datetime | None = None
    """When it came to its end."""
    waiting_since: datetime | None = None
    """Since when nothing has happened; None when nothing is left to happen."""
    owed: frozenset[Duty] = frozenset()

    @classmethod
    def of(cls, rendition: Rendition) -> Self:
        """Tell what the ledger knows."""
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
        """Its part of the line that `--json` prints."""
        return {
            **asdict(self),
            "claimed_at": self.claimed_at and self.claimed_at.isoformat(),
            "ended_at": self.ended_at and self.ended_at.isoformat(),
            "waiting_since": self.waiting_since and self.waiting_since.isoformat(),
            "owed": sorted(self.owed),
        }

    def cells(self, now: datetime) -> tuple[str, ...]:
        """The row of the table."""
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
    """What has become of an upload."""

    upload: Upload
    asset: Asset | None
    """None when its item has expired."""
    presets: tuple[PresetStatus, ...]
    overwritten: bool
    """Whether a newer upload of the key took its place: it gets no job any more."""

    @property
    def announcement(self) -> str:
        """Whether everybody has been told of the asset."""
        if self.asset is None or self.asset.is_pending:
            return NONE_LEFT if self.overwritten else NOT_DUE
        if State.SUPERSEDED in self.asset.ends.values():
            return NONE_LEFT
        return "owed" if self.asset.is_due else "sent"

    def as_json(self) -> dict[str, Any]:
        """The line that `--json` prints. Its members are an interface: other tools read them."""
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
    """Declare what the command takes."""
    parser.add_argument("key", metavar="KEY", help="the key that was uploaded")
    parser.add_argument(
        "--version-id", metavar="V", help="S3's version id of the upload (the latest)"
    )
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print what the ledger knows of an upload, and return the exit code.

    Raises:
        OperateError: S3 or the ledger does not know it.
    """
    stack = Stack.load(options.outputs)
    clients = Clients(stack)
    version_id = options.version_id or latest_version(clients.s3, stack.input_bucket, options.key)
    status = read(clients.dynamodb, stack, options.key, version_id)
    if options.json:
        print_json([status.as_json()])
    else:
        now = datetime.now(UTC)
        print_table(HEADER, [preset.cells(now) for preset in status.presets])
    say(f"{options.key}, version {version_id}. Announcement of the asset: {status.announcement}.")
    if status.overwritten:
        say(OVERWRITTEN)
    return 0


def read(client: "DynamoDBClient", stack: Stack, key: str, version_id: str) -> Status:
    """Read an upload from the ledger.

    Raises:
        OperateError: The ledger does not know it.
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
            f"The ledger knows nothing of {key!r}, version {version_id}. Its notice waits in the "
            "queues, or was lost: an hour after the upload `reconcile --task uploads` asks for it "
            "anew, if it is still the newest one of its key. The ledger also knows nothing of keys "
            "that the stack does not listen to, and forgets after its retention."
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
    """One status per preset: those with a rendition, those without, those that came later."""
    statuses = {preset: PresetStatus(preset=preset, state=NOT_ASKED_FOR) for preset in there_are}
    statuses |= {preset: PresetStatus(preset=preset, state=NOT_BEGUN) for preset in asked_for}
    statuses |= {rendition.preset: PresetStatus.of(rendition) for rendition in known}
    return tuple(status for _, status in sorted(statuses.items()))


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _ago(time: datetime | None, now: datetime) -> str:
    return f"{ago(now - time)} ago" if time else ""
