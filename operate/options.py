"""Options that several commands have, and the numbers that options take."""

import argparse
import math


def add_stack_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which stack a command works on, and how it prints."""
    parser.add_argument(
        "--outputs",
        metavar="FILE",
        help="a file with what `pulumi stack output --json` or `python -m local up --json` "
        "prints; - is standard input (required)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON lines instead of a table")


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Add the option that makes a command say what it would do, and not do it."""
    parser.add_argument(
        "--dry-run", action="store_true", help="change nothing; print what would be done"
    )


def add_preset(parser: argparse.ArgumentParser) -> None:
    """Add the option that limits a command to one preset."""
    parser.add_argument(
        "--preset", metavar="PRESET", help="only letters of this preset (default: all)"
    )


def positive_number(written: str) -> float:
    """Read the value of an option; argparse puts the option's name before the error.

    Raises:
        ArgumentTypeError: It is no number, or not above 0.
    """
    number = _number(written)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{written} is not a positive number, such as 10 or 0.5")
    return number


def number_from_zero(written: str) -> float:
    """Read the value of an option that may be 0.

    Raises:
        ArgumentTypeError: It is no number, or below 0.
    """
    number = _number(written)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{written} is not a number from 0, such as 60 or 0.5")
    return number


def positive_whole_number(written: str) -> int:
    """Read the value of an option that counts something.

    Raises:
        ArgumentTypeError: It is no whole number, or below 1.
    """
    if not (written.isascii() and written.isdigit() and int(written)):
        raise argparse.ArgumentTypeError(f"{written} is not a positive whole number, such as 1000")
    return int(written)


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return math.nan
