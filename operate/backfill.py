"""`python -m operate backfill`: render for one preset every upload that it has not rendered."""

import argparse

from operate.clients import Clients
from operate.options import add_dry_run, add_stack_options
from operate.reconciliation import BACKFILL, print_summary, reconcile
from operate.stack_outputs import Stack

SUMMARY = "render older uploads for a preset that was added after them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("preset", metavar="PRESET", help="the preset that was added")
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Send a message for each missing rendition, print the counts, and return the exit code.

    Raises:
        UsageError: The stack has no such preset.
        OperateError: The function failed.
    """
    stack = Stack.load(options.outputs)
    preset = stack.branch(options.preset).preset
    request = {"task": BACKFILL, "preset": preset, "place": "", "dry_run": options.dry_run}
    summary = reconcile(Clients(stack).functions, stack.reconcile_function, request)
    print_summary(summary, as_json=options.json)
    return summary.exit_code
