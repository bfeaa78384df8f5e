"""`python -m operate`: an operator's commands."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from operate import (
    backfill,
    dead_letters,
    drained,
    estimate,
    page,
    reconcile,
    redrive,
    render_again,
    status,
    verify,
)
from operate.errors import OperateError, UsageError
from operate.explain import explain


class Command(Protocol):
    """A module that is a command."""

    SUMMARY: str
    """One line for `--help`."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments and options."""

    def run(self, options: argparse.Namespace) -> int:
        """Run the command and return its exit code."""


COMMANDS: Final[Mapping[str, Command]] = {
    "status": status,
    "dead-letters": dead_letters,
    "redrive": redrive,
    "reconcile": reconcile,
    "backfill": backfill,
    "render-again": render_again,
    "drained": drained,
    "estimate": estimate,
    "verify": verify,
    "page": page,
}
"""Module by name: a new command is a new line here."""

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as shells report it: 128 and the signal's number."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The command line after the program's name; None for that of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure, 2 for wrong usage.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        command_parser = commands.add_parser(
            name, help=command.SUMMARY, description=f"{command.SUMMARY}."
        )
        command.add_arguments(command_parser)
        command_parser.set_defaults(run=command.run)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except UsageError as error:
        parser.error(str(error))
    except OperateError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    except (BotoCoreError, ClientError) as error:
        parser.exit(1, f"{parser.prog}: error: {explain(error)}\n")
    except KeyboardInterrupt:
        parser.exit(
            INTERRUPTED, f"{parser.prog}: interrupted; it is safe to run the command again\n"
        )


if __name__ == "__main__":
    sys.exit(main())
