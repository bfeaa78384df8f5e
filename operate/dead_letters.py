"""`python -m operate dead-letters`: list the dead letters and their reasons."""

import argparse
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Final

from operate.clients import Clients
from operate.hold import Hold
from operate.letter import CELLS, NO_CODE, Letter
from operate.letter_list import print_details, print_lines
from operate.options import add_preset, add_stack_options
from operate.overwritten import obsolete
from operate.printable import counted
from operate.progress import say
from operate.report import print_json, print_table, standard_output
from operate.stack_outputs import Stack

SUMMARY = "list the dead letters and their reasons"

HEADER: Final = (*CELLS, "obsolete")

OBSOLETE: Final = "a newer upload took its place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    add_preset(parser)
    parser.add_argument(
        "--details",
        action="store_true",
        help="print everything that is known of each letter, not one line",
    )
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the letters, give them back to their queues, and return the exit code."""
    stack = Stack.load(options.outputs)
    branches = stack.chosen(options.preset)
    clients = Clients(stack)
    with Hold(clients.sqs) as hold:
        letters = hold.take(branches)
        gone = obsolete(clients.dynamodb, stack, letters)
    now = datetime.now(UTC)
    if options.json:
        print_json(
            {**letter.as_json(now), "obsolete": letter.message_id in gone} for letter in letters
        )
    else:
        _print(letters, gone, now, with_details=options.details)
    say(_summary(letters, len(gone)))
    if letters and not (options.json or options.details):
        say("--details shows whole keys and versions, jobs, and every reason.")
    return 0


def _print(
    letters: Sequence[Letter], gone: Collection[str], now: datetime, *, with_details: bool
) -> None:
    console = standard_output()
    if with_details:
        print_details(console, letters, now, dict.fromkeys(gone, OBSOLETE))
    elif letters and console.is_terminal:
        print_lines(console, letters, now, dict.fromkeys(gone, "obsolete"))
    else:
        print_table(
            HEADER,
            [
                (*letter.cells(now), OBSOLETE if letter.message_id in gone else "")
                for letter in letters
            ],
        )


def _summary(letters: Sequence[Letter], gone: int) -> str:
    if not letters:
        return "There are no dead letters."
    counts = Counter(f"{letter.branch.preset} {letter.code or NO_CODE}" for letter in letters)
    listed = ", ".join(f"{name}: {count:,}" for name, count in counts.most_common())
    is_obsolete = "1 is" if gone == 1 else f"{gone:,} are"
    advice = f" {is_obsolete} obsolete: redrive removes them." if gone else ""
    return f"{counted(len(letters), 'dead letter')} ({listed}).{advice}"
