"""`python -m operate redrive`: send dead letters back into the queue of their preset."""

import argparse
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from operate.clients import THREADS, Clients
from operate.explain import explain
from operate.hold import Hold
from operate.letter import CELLS, Letter, LetterError
from operate.options import add_dry_run, add_preset, add_stack_options
from operate.overwritten import obsolete
from operate.printable import counted
from operate.progress import ON_STANDARD_ERROR, Progress, say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

SUMMARY = "send dead letters back into the queue of their preset, as a new attempt"

TOO_LATE: Final = (
    "The command took too long, and SQS shows the letter again. Run the command again."
)


class Fate(StrEnum):
    """What the command did with a letter."""

    SENT = "sent"
    """The letter is in the branch's queue."""
    WOULD_BE_SENT = "would be sent"
    """In a dry run: the letter stays in the dead-letter queue."""
    OBSOLETE = "obsolete"
    """The letter was removed: a newer upload has replaced its upload."""
    WOULD_BE_REMOVED = "would be removed"
    """The same in a dry run."""
    FAILED = "failed"
    """The letter is still in the dead-letter queue."""


@dataclass(frozen=True)
class Redriven:
    """A letter that was selected, and what the command did with it."""

    letter: Letter
    fate: Fate
    error: str | None = None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Its line of `--json`. The members are an interface: other tools read them."""
        return {**self.letter.as_json(now), "status": self.fate, "error": self.error}

    def cells(self, now: datetime) -> tuple[str, ...]:
        """Its row of the table."""
        fate = f"{self.fate}: {self.error}" if self.error else self.fate
        return (*self.letter.cells(now), fate)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    add_preset(parser)
    parser.add_argument(
        "--code",
        metavar="CODE",
        help="only letters with this code, or `none` for letters without a code (default: all)",
    )
    parser.add_argument("--key", metavar="KEY", help="only letters of this key (default: all)")
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Redrive the selected letters, give the others back, and return the exit code."""
    stack = Stack.load(options.outputs)
    branches = stack.chosen(options.preset)
    clients = Clients(stack)
    with Hold(clients.sqs) as hold:
        letters = hold.take(branches)
        asked_for = [letter for letter in letters if letter.matches(options.code, options.key)]
        gone = obsolete(clients.dynamodb, stack, asked_for)
        if options.dry_run:
            redriven = [Redriven(letter, _intent(letter, gone)) for letter in asked_for]
        else:
            redriven = redrive(clients.sqs, hold, asked_for, gone)
    now = datetime.now(UTC)
    if options.json:
        print_json(each.as_json(now) for each in redriven)
    else:
        print_table((*CELLS, "redrive"), [each.cells(now) for each in redriven])
    fates = Counter(each.fate for each in redriven)
    done = (
        (Fate.WOULD_BE_SENT, Fate.WOULD_BE_REMOVED)
        if options.dry_run
        else (Fate.SENT, Fate.OBSOLETE)
    )
    counts = ", ".join(f"{fates[fate]} {fate}" for fate in (*done, Fate.FAILED))
    others = counted(len(letters) - len(asked_for), "other letter")
    say(f"{counts}; {others} not selected.")
    return 1 if fates[Fate.FAILED] else 0


def _intent(letter: Letter, gone: Collection[str]) -> Fate:
    return Fate.WOULD_BE_REMOVED if letter.message_id in gone else Fate.WOULD_BE_SENT


def redrive(
    sqs: "SQSClient",
    hold: Hold,
    letters: Sequence[Letter],
    gone: Collection[str] = (),
    progress: Progress = ON_STANDARD_ERROR,
) -> list[Redriven]:
    """Send letters back into their branch's queue, then delete them; only delete obsolete ones.

    A crash between the two leaves a letter that was sent. When it is sent again, it asks for the
    same attempt, and the ledger allows one job for an attempt.

    Args:
        sqs: The client; it may be used by several threads.
        hold: Holds the letters.
        letters: The letters to send or delete.
        gone: Message ids of the obsolete ones. If one is sent by mistake, no job follows.
        progress: Is told how far it is.
    """
    with (
        progress.counting("letters sent", len(letters)) as count,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        return list(threads.map(lambda letter: _counted(sqs, hold, letter, gone, count), letters))


def _counted(
    sqs: "SQSClient",
    hold: Hold,
    letter: Letter,
    gone: Collection[str],
    count: Callable[[int], None],
) -> Redriven:
    redriven = _redrive(sqs, hold, letter, is_obsolete=letter.message_id in gone)
    count(1)
    return redriven


def _redrive(sqs: "SQSClient", hold: Hold, letter: Letter, *, is_obsolete: bool) -> Redriven:
    if not hold.has(letter):
        return Redriven(letter, Fate.FAILED, TOO_LATE)
    try:
        if not is_obsolete:
            sqs.send_message(
                QueueUrl=letter.branch.queue_url,
                MessageBody=letter.body,
                MessageAttributes=letter.redriven(),
            )
        hold.delete(letter)
    except LetterError as error:
        return Redriven(letter, Fate.FAILED, str(error))
    except (BotoCoreError, ClientError) as error:
        return Redriven(letter, Fate.FAILED, explain(error))
    return Redriven(letter, Fate.OBSOLETE if is_obsolete else Fate.SENT)
