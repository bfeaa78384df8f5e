"""`python -m operate dead-letters`: what is in the dead-letter queues, and why."""

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from operate.clients import Clients
from operate.hold import Hold
from operate.letter import CELLS, NO_CODE, Letter
from operate.options import add_preset, add_stack_options
from operate.overwritten import obsolete
from operate.progress import say
from operate.report import print_json, print_table
from operate.stack_outputs import Stack

SUMMARY = "what is in the dead-letter queues, and why"

HEADER: Final = (*CELLS, "obsolete")

OBSOLETE: Final = "a newer upload took its place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_preset(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """List the letters, leave them where they are, and return the exit code."""
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
        print_table(
            HEADER,
            [
                (*letter.cells(now), OBSOLETE if letter.message_id in gone else "")
                for letter in letters
            ],
        )
    say(_summary(letters, len(gone)))
    return 0


def _summary(letters: Sequence[Letter], gone: int) -> str:
    if not letters:
        return "There are no dead letters."
    counts = Counter(f"{letter.branch.preset} {letter.code or NO_CODE}" for letter in letters)
    listed = ", ".join(f"{name}: {count}" for name, count in counts.most_common())
    advice = f" {gone} are obsolete: redrive removes them." if gone else ""
    return f"{len(letters)} dead letters ({listed}).{advice}"
