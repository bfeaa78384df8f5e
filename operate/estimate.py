"""`python -m operate estimate`: what a stack's presets will cost, before or after deployment."""

import argparse
import json
import sys

from operate.errors import OperateError
from operate.options import positive_number, positive_whole_number
from operate.stack_config import PROJECT_FOLDER, StackConfig

SUMMARY = "estimate what a stack's presets cost, by preset and service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments and options."""
    parser.add_argument("--stack", default="dev", metavar="NAME", help="the stack (default: dev)")
    parser.add_argument(
        "--minutes",
        type=positive_number,
        default=10.0,
        metavar="N",
        help="the length of an upload in minutes (default: 10)",
    )
    parser.add_argument(
        "--bucket-objects",
        type=positive_whole_number,
        metavar="N",
        help="also print what it costs to search a bucket with this many versions for lost uploads",
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def run(options: argparse.Namespace) -> int:
    """Print the estimate and return the exit code.

    Raises:
        OperateError: The stack's configuration cannot work.
    """
    from components.estimate import report  # noqa: PLC0415 -- brings Pulumi along, a second
    from components.estimate.passes import passes, passes_text  # noqa: PLC0415 -- the same
    from components.estimate.text import text  # noqa: PLC0415 -- the same
    from components.presets import PresetError, resolve  # noqa: PLC0415 -- the same

    stack = StackConfig.load(PROJECT_FOLDER, options.stack)
    try:
        presets = resolve(stack.value("presets"))
    except PresetError as error:
        raise OperateError(f"Stack {stack.name!r} cannot work: {error}") from error
    estimate = report(presets, seconds=options.minutes * 60)
    if options.bucket_objects is not None:
        estimate["passes"] = passes(options.bucket_objects)
    if options.json:
        sys.stdout.write(f"{json.dumps(estimate)}\n")
    else:
        sys.stdout.write(f"{text(estimate)}\n")
        if "passes" in estimate:
            sys.stdout.write(f"\n{passes_text(estimate['passes'])}\n")
    return 0
