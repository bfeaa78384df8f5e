"""`python -m operate render-again`: make a preset's renditions anew, on purpose, and pay again."""

import argparse
import sys
from typing import Any

from handlers.names import Count
from operate.clients import Clients
from operate.errors import OperateError, UsageError
from operate.options import add_dry_run, add_stack_options
from operate.price import Price
from operate.progress import say
from operate.reconciliation import RENDER_AGAIN, print_summary, reconcile
from operate.stack_outputs import Stack

SUMMARY = "render uploads again for one preset, whether there is a rendition or not"

ASK = "Render them again, and pay for it? [y/N] "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("preset", metavar="PRESET", help="the preset that is rendered again")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--key", metavar="KEY", help="only the upload of this key")
    which.add_argument("--prefix", metavar="PREFIX", help="only keys that begin so (all)")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the price is right")
    add_dry_run(parser)
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Tell how much it is and costs, ask, render again, and return the exit code.

    Raises:
        UsageError: The stack has no such preset, or nobody can be asked.
        OperateError: The function failed, or the answer was no.
    """
    stack = Stack.load(options.outputs)
    preset = stack.branch(options.preset).preset
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise UsageError(
            "render-again costs money and asks before, but standard input is no terminal. Add "
            "--yes to go on without being asked, or --dry-run to see how much it is."
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
    say(f"{uploads} uploads to render again for {preset}: {price or 'at an unknown price'}.")
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
