"""`python -m operate redrive`: dead letters go back into their branch's queue."""

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
from operate.progress import ON_STANDARD_ERROR, Progress, say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

SUMMARY = "send dead letters back into their branch's queue, as a new attempt"

TOO_LATE: Final = "It was in hand for too long, and has come back unsent. Run the command again."


class Fate(StrEnum):
    """What a redrive did with a letter."""

    SENT = "sent"
    """It is in the branch's queue."""
    WOULD_BE_SENT = "would be sent"
    """It is where it was: a dry run."""
    OBSOLETE = "obsolete"
    """It was removed: a newer upload took the place of what it tells of."""
    WOULD_BE_REMOVED = "would be removed"
    """The same in a dry run."""
    FAILED = "failed"
    """It is still in the dead-letter queue."""


@dataclass(frozen=True)
class Redriven:
    """A letter that was asked for, and what has become of it."""

    letter: Letter
    fate: Fate
    error: str | None = None

    def as_json(self, now: datetime) -> dict[str, Any]:
        """The line that `--json` prints. Its members are an interface: other tools read them."""
        return {**self.letter.as_json(now), "status": self.fate, "error": self.error}

    def cells(self, now: datetime) -> tuple[str, ...]:
        """The row of the table."""
        fate = f"{self.fate}: {self.error}" if self.error else self.fate
        return (*self.letter.cells(now), fate)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_preset(parser)
    parser.add_argument(
        "--code", metavar="CODE", help="only letters with this code; none: those without one (all)"
    )
    parser.add_argument("--key", metavar="KEY", help="only letters about this upload's key (all)")
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Send the letters on that were asked for, give the others back, and return the exit code."""
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
    say(f"{counts}, {len(letters) - len(asked_for)} others left alone.")
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
    """Send letters back into their branch's queue, and delete them; the obsolete ones only delete.

    In this order: a crash between the two leaves a letter that was sent. Sent once more it asks
    for the same attempt again, and the ledger makes one job of an attempt.

    Args:
        sqs: The client; it may be used by several threads.
        hold: Has the letters in hand.
        letters: Those to send.
        gone: Message ids of those that are obsolete. One that is sent all the same makes no job.
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
