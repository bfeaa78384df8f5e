"""`python -m operate drained`: whether a retired preset is done, so that it can be removed."""

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
from operate.progress import say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

SUMMARY = "whether a retired preset has finished, and can be removed"

HEADER: Final = ("preset", "retired", "messages", "renditions", "uploads", "dead letters")

ANY_TIME: Final = 10**11
"""Unix time in seconds, some three thousand years on: whatever a clock says, it is before that."""

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
    """Whether no new upload reaches it any more."""
    messages: int
    """Messages in its queue, by SQS's count, which may be a minute old."""
    renditions: int
    """Renditions that have not come to an end, or still owe something; jobs that run are among
    them."""
    uploads: int
    """Uploads that expect its rendition, which nobody has begun."""
    dead_letters: int
    """Dead letters, which are deleted with the preset."""

    @property
    def is_drained(self) -> bool:
        """Whether it can be removed and nothing is lost, but for dead letters."""
        return self.retired and not (self.messages or self.renditions or self.uploads)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("preset", metavar="PRESET", help="a preset that has `retired: true`")
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is left of a preset; return 0 when it can be removed, and 1 when not.

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
    """Count what is left of a preset: by the queues, and by the index of what is open.

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
        return f"The preset {left.preset} is not drained yet: keep its entry."
    letters = f" Its {left.dead_letters} dead letters go with it." if left.dead_letters else ""
    return f"The preset {left.preset} is drained: its entry can be removed.{letters}"
