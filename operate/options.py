"""Options that several commands have."""

import argparse


def add_stack_options(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which stack it works on, and how to print."""
    parser.add_argument(
        "--outputs",
        metavar="FILE",
        help="what `pulumi stack output --json` or `python -m local up --json` printed; - for "
        "standard input",
    )
    parser.add_argument("--json", action="store_true", help="JSON lines on standard output")


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Let a command only say what it would do."""
    parser.add_argument("--dry-run", action="store_true", help="change nothing, say what would be")


def add_preset(parser: argparse.ArgumentParser) -> None:
    """Let a command be about one preset instead of all."""
    parser.add_argument("--preset", metavar="PRESET", help="only this preset's letters (all)")
