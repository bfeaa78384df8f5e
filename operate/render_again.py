"""`python -m operate render-again`: render uploads again on purpose, and pay again."""

import argparse
import sys
from typing import Any

from handlers.names import Count
from operate.clients import Clients
from operate.errors import OperateError, UsageError
from operate.options import add_dry_run, add_stack_options
from operate.price import Price
from operate.printable import counted
from operate.progress import say
from operate.reconciliation import RENDER_AGAIN, print_summary, reconcile
from operate.stack_outputs import Stack

SUMMARY = "render uploads again for one preset, even if they have renditions; this costs money"

ASK = "Render them again, and pay for it? [y/N] "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("preset", metavar="PRESET", help="the preset to render again")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--key", metavar="KEY", help="only the upload of this key")
    which.add_argument(
        "--prefix",
        metavar="PREFIX",
        help="only uploads whose key begins with PREFIX (default: all)",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before money is spent")
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print number and price of the uploads, ask, render again, and return the exit code.

    Raises:
        UsageError: The stack has no such preset, or nobody can be asked.
        OperateError: The function failed, or the operator did not agree.
    """
    stack = Stack.load(options.outputs)
    preset = stack.branch(options.preset).preset
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise UsageError(
            "render-again costs money and asks first, but standard input is not a terminal. Add "
            "--yes to pay without being asked, or --dry-run to see the price."
        )
    functions = Clients(stack).functions
    request: dict[str, Any] = {"task": RENDER_AGAIN, "preset": preset, "place": ""}
    request |= {
        name: value
        for name, value in (("key", options.key), ("prefix", options.prefix))
        if value is not None
    }
    summary = reconcile(functions, stack.reconcile_function, {**request, "dry_run": True})
    uploads = summary.counts.get(Count.ASKED_FOR, 0)
    price = Price.of(stack.estimate, preset, summary.counts)
    say(
        f"{counted(uploads, 'upload')} to render again for {preset}: "
        f"{price or 'the price is unknown'}."
    )
    if uploads and not options.dry_run:
        if not (options.yes or _agrees()):
            raise OperateError("Nothing was rendered again.")
        summary = reconcile(functions, stack.reconcile_function, {**request, "dry_run": False})
    print_summary(summary, as_json=options.json, about_dollars=price and price.dollars)
    return summary.exit_code


def _agrees() -> bool:
    sys.stderr.write(ASK)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
