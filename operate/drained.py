"""`python -m operate drained`: whether a retired preset has finished and can be removed."""

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.ledger import assets, renditions
from handlers.ledger.asset import PENDING, Asset
from handlers.ledger.branches import Branch, Branches
from handlers.ledger.table import Table
from handlers.names import LedgerKey
from handlers.pauses import Pauses
from operate.clients import Clients
from operate.options import add_stack_options
from operate.printable import counted
from operate.progress import say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

SUMMARY = "check whether a retired preset has finished and can be removed"

HEADER: Final = ("preset", "retired", "messages", "renditions", "uploads", "dead letters")

ANY_TIME: Final = 10**11
"""A Unix time in seconds, in the year 5138: every item of the ledger is older."""

_WAITING: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, kw_only=True)
class Remainder:
    """What is left of a preset."""

    preset: str
    retired: bool
    """Whether new uploads no longer reach it."""
    messages: int
    """Messages in its queue, by SQS's count, which may be a minute old."""
    renditions: int
    """Renditions that have not ended, running jobs among them, and those whose end is not yet
    announced."""
    uploads: int
    """Uploads whose rendition no function has claimed yet."""
    dead_letters: int
    """Dead letters, which are deleted with the preset."""

    @property
    def is_drained(self) -> bool:
        """Whether it can be removed and only its dead letters are lost."""
        return self.retired and not (self.messages or self.renditions or self.uploads)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("preset", metavar="PRESET", help="a preset with `retired: true`")
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is left of a preset; return 0 when it can be removed, else 1.

    Raises:
        UsageError: The stack has no such preset.
        ClientError, BotoCoreError: SQS or DynamoDB refused.
    """
    stack = Stack.load(options.outputs)
    branch = stack.branch(options.preset)
    clients = Clients(stack)
    left = remainder(clients.sqs, clients.dynamodb, stack.ledger_table, branch)
    if options.json:
        print_json([{**vars(left), "drained": left.is_drained}])
    else:
        print_table(HEADER, [tuple(map(str, vars(left).values()))])
    say(_advice(left))
    return 0 if left.is_drained else 1


def remainder(
    sqs: "SQSClient", dynamodb: "DynamoDBClient", ledger_table: str, branch: Branch
) -> Remainder:
    """Count what is left of a preset in its queues and in the ledger's index of open items.

    Raises:
        ClientError, BotoCoreError: SQS or DynamoDB refused.
    """
    table = Table(dynamodb, ledger_table)
    registered = Branches(table).get(branch.preset)
    pauses = Pauses(lambda: True)
    begun = {
        item[LedgerKey.PARTITION]
        for page in table.open_since(renditions.PREFIX + branch.preset, ANY_TIME, pauses)
        for item in page
    }
    expected = {
        item[LedgerKey.PARTITION]
        for page in table.open_since(assets.SORT_KEY, ANY_TIME, pauses)
        for item in page
        if Asset.from_item(item).ends.get(branch.preset) == PENDING
    }
    return Remainder(
        preset=branch.preset,
        retired=registered is not None and registered.retired,
        messages=_messages(sqs, branch.queue_url),
        renditions=len(begun),
        uploads=len(expected - begun),
        dead_letters=_messages(sqs, branch.dead_letter_queue_url),
    )


def _messages(sqs: "SQSClient", queue_url: str) -> int:
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(_WAITING))
    return sum(int(counts["Attributes"][name]) for name in _WAITING)


def _advice(left: Remainder) -> str:
    if not left.retired:
        return (
            f"The preset {left.preset} is not retired: set `retired: true` in its entry and run "
            "`pulumi up`."
        )
    if not left.is_drained:
        return f"The preset {left.preset} still has work: keep its entry."
    letters = counted(left.dead_letters, "dead letter")
    lost = f" With it, {letters} will be deleted." if left.dead_letters else ""
    return f"The preset {left.preset} has finished: its entry can be removed.{lost}"
