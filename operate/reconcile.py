"""`python -m operate reconcile`: find lost uploads and renditions now, not on schedule."""

import argparse
from typing import Any, Final

from operate.clients import Clients
from operate.options import add_dry_run, add_stack_options
from operate.reconciliation import LEDGER, UPLOADS, print_summary, reconcile
from operate.stack_outputs import Stack

SUMMARY = "find uploads and renditions that got lost, and send them on"

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    UPLOADS: {"task": UPLOADS, "place": ""},
    LEDGER: {"task": LEDGER, "patience": 0},
}
"""The function's event for each task: from the beginning, and without the usual waiting time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument(
        "--task",
        choices=sorted(REQUESTS),
        help="ledger: only renditions of the ledger that make no progress; uploads: only uploads "
        "that are not in the ledger (default: both)",
    )
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Run the tasks, print the counts of each, and return the exit code.

    Raises:
        OperateError: The function failed.
    """
    stack = Stack.load(options.outputs)
    functions = Clients(stack).functions
    exit_code = 0
    for task in [options.task] if options.task else REQUESTS:
        request = {**REQUESTS[task], "dry_run": options.dry_run}
        summary = reconcile(functions, stack.reconcile_function, request)
        print_summary(summary, as_json=options.json)
        exit_code = max(exit_code, summary.exit_code)
    return exit_code
