"""`python -m operate estimate`: what a stack's presets will cost, deployed or not."""

import argparse
import json
import math
import sys

from operate.errors import OperateError
from operate.stack_config import PROJECT_FOLDER, StackConfig

SUMMARY = "what a stack's presets will cost, by preset and service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--stack", default="dev", metavar="NAME", help="the stack (dev)")
    parser.add_argument(
        "--minutes",
        type=minutes,
        default=10.0,
        metavar="N",
        help="the length of an upload in minutes (10)",
    )
    parser.add_argument(
        "--bucket-objects",
        type=objects,
        metavar="N",
        help="also tell what it costs to go through a bucket of so many versions for lost uploads",
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")


def run(options: argparse.Namespace) -> int:
    """Print the estimate; return the exit code.

    Raises:
        OperateError: the stack's configuration cannot work.
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


def minutes(written: str) -> float:
    """Read the length of an upload.

    Args:
        written: a positive number.

    Raises:
        ValueError: it is no number.
        ArgumentTypeError: it is not positive.
    """
    number = float(written)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{written} is not a positive number")
    return number


def objects(written: str) -> int:
    """Read the size of a bucket.

    Args:
        written: a whole number, 1 or more.

    Raises:
        ValueError: it is no whole number.
        ArgumentTypeError: it is not positive.
    """
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{written} is not a positive number")
    return number
