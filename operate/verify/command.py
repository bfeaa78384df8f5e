"""`python -m operate verify`: check with a sample that AWS does what the project assumes."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from operate.clients import Clients
from operate.errors import OperateError, UsageError
from operate.options import add_stack_options, number_from_zero
from operate.progress import say
from operate.report import print_json, print_table
from operate.stack_outputs import HOW_TO_GET_OUTPUTS, Stack
from operate.suffixes import listened_suffixes
from operate.verify.checks import Line, judge
from operate.verify.looks import Verdict
from operate.verify.permissions import operator_policy
from operate.verify.receiver import NAME_PREFIX
from operate.verify.sample import SECONDS
from operate.verify.trial import KEY_PREFIX, Order, Trial

SUMMARY = "send a sample through a deployed stack, and check what the project assumes of AWS"

HEADER: Final = ("what", "verdict", "seen")

NEEDED_OUTPUTS: Final = ("completed_topic_arn", "estimate", "output_buckets")
"""Outputs that only this command reads."""

PATIENCE: Final = 600.0
"""Seconds without progress: an on-demand pipeline starts a job within minutes."""

SETTLE: Final = 60.0
"""Seconds until the temporary queue works. SQS may take a minute for a queue's attributes
(SetQueueAttributes), EventBridge "a short period of time" for a rule (PutRule), SNS "a moment" for
a subscription: what they lose until then would be reported as a fault."""

CENTS: Final = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("--yes", action="store_true", help="do not ask before money is spent")
    parser.add_argument(
        "--with-failure",
        action="store_true",
        help="also send a broken file, to check its dead letters; this triggers the stack's alarms",
    )
    parser.add_argument(
        "--policy",
        action="store_true",
        help="only print the IAM policy that this command needs",
    )
    parser.add_argument(
        "--timeout",
        type=number_from_zero,
        default=PATIENCE,
        metavar="SECONDS",
        help=f"stop waiting after this time without progress (default: {PATIENCE:.0f})",
    )
    parser.add_argument(
        "--settle",
        type=number_from_zero,
        default=SETTLE,
        metavar="SECONDS",
        help=f"wait before the upload until the temporary queue works (default: {SETTLE:.0f})",
    )
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the plan, ask, send the sample, print a line for each check; return the exit code.

    Raises:
        UsageError: There is no terminal to ask on, or the outputs are of an older version.
        OperateError: The operator did not agree.
    """
    stack = Stack.load(options.outputs)
    missing = [name for name in NEEDED_OUTPUTS if name not in stack.outputs]
    if missing:
        raise UsageError(f"--outputs: missing: {', '.join(missing)}. {HOW_TO_GET_OUTPUTS}")
    if options.policy:
        sys.stdout.write(json.dumps(operator_policy(stack), indent=2) + "\n")
        return 0
    say(plan(stack, with_failure=options.with_failure))
    if not options.yes:
        _ask()
    clients = Clients(stack)
    order = Order(
        suffixes=listened_suffixes(clients.s3, stack.input_bucket),
        with_failure=options.with_failure,
        patience=options.timeout,
        settle=options.settle,
    )
    return verify(stack, clients, order, as_json=options.json)


def verify(stack: Stack, clients: Clients, order: Order, *, as_json: bool) -> int:
    """Send a sample, print a line for each check, and return the exit code."""
    facts = Trial(stack, clients, order).run()
    lines = judge(facts)
    if as_json:
        print_json(line.as_json() for line in lines)
    else:
        print_table(HEADER, [(line.check.name, line.verdict, line.text) for line in lines])
    say(_summary(lines))
    differs = any(line.verdict is Verdict.DIFFERS for line in lines)
    return 1 if differs or facts.left_behind else 0


def plan(stack: Stack, *, with_failure: bool) -> str:
    """Write what will be done, and what it costs."""
    broken = (
        "A broken file is uploaded as well: its dead letters trigger the stack's alarms. It costs "
        "nothing, because MediaConvert bills only complete jobs. "
        if with_failure
        else ""
    )
    return (
        f"verify uploads {SECONDS} s of video to s3://{stack.input_bucket}/{KEY_PREFIX}..., and "
        f"every preset ({', '.join(sorted(stack.branches))}) renders it. {broken}Subscribers of "
        "the topics get the same messages as for any upload. A temporary queue, two subscriptions "
        f"and a rule, {NAME_PREFIX}..., observe it. At the end all of this is removed, except the "
        f"ledger's items, which expire. Price: {price(stack.outputs['estimate'])}."
    )


def price(estimate: Mapping[str, Any]) -> str:
    """Write what MediaConvert bills for the sample, by the estimate in the stack's outputs.

    The rest (requests, a few megabytes in S3 for minutes) is less than a tenth of a cent.
    """
    table = estimate["per_thousand_uploads"]
    lowest, highest = _cents(table["lowest"], estimate), _cents(table, estimate)
    if table["at_least"]:
        cents = f"at least {lowest} US cents: {', '.join(table['at_least'])} may cost more"
    elif lowest != highest:
        cents = f"{lowest} to {highest} US cents"
    else:
        cents = f"about {highest} US cents"
    where = f"prices of {estimate['prices_as_of']} in {estimate['region']}"
    return f"{cents} ({where}; a local cloud costs nothing)"


def _cents(table: Mapping[str, Any], estimate: Mapping[str, Any]) -> str:
    """MediaConvert's part of a table for a thousand uploads, for one sample."""
    share = SECONDS / estimate["upload"]["seconds"] / 1_000
    return f"{table['total']['mediaconvert'] * share * CENTS:.2f}"


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "Standard input is not a terminal to ask on. Add --yes to pay without being asked."
        )
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise OperateError("Nothing was done.")


def _summary(lines: Sequence[Line]) -> str:
    counts = {each: sum(line.verdict is each for line in lines) for each in Verdict}
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + "."
