"""`python -m local`: deploys the program into a cloud on this machine and uses it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local import interrupts
from local.errors import LocalError, UsageError
from operate.errors import StackConfigError
from operate.stack_config import PROJECT_FOLDER, StackConfig

TIMEOUT_SECONDS: Final = 300.0
"""Default of --timeout: a minute of 4K on a slow machine moves within it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the command line after the program's name; the process's own when None.

    Returns:
        The exit code: 0 when all went well, 1 when something did not, 2 for wrong usage.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.command(options))
    except (UsageError, StackConfigError) as error:
        parser.error(str(error))
    except LocalError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    transcode = commands.add_parser("transcode", help="deploy, upload files, fetch the renditions")
    transcode.add_argument("files", nargs="+", type=Path, metavar="FILE")
    transcode.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help="where renditions go (out)"
    )
    transcode.add_argument(
        "--timeout",
        type=_seconds,
        default=TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"without progress, after which a rendition is given up ({TIMEOUT_SECONDS:g})",
    )
    transcode.set_defaults(command=_transcode)

    up = commands.add_parser("up", help="deploy and stay until Ctrl-C")
    up.set_defaults(command=_up)

    for command in (transcode, up):
        command.add_argument("--stack", default="dev", metavar="NAME", help="the stack (dev)")
        command.add_argument("--json", action="store_true", help="JSON lines on standard output")

    sample = commands.add_parser("sample", help="make a short video to try things with")
    sample.add_argument("file", type=Path, metavar="FILE")
    sample.set_defaults(command=_sample)
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return seconds


def _transcode(options: argparse.Namespace) -> int:
    for file in options.files:
        if not file.is_file():
            raise UsageError(f"{file}: there is no such file")
    stack = StackConfig.load(PROJECT_FOLDER, options.stack)
    _check_suffixes(options.files, stack)

    from local.transcode import Order, transcode  # noqa: PLC0415 -- a second of imports

    return transcode(
        Order(
            sources=options.files,
            stack=stack,
            out=options.out,
            timeout=options.timeout,
            as_json=options.json,
        )
    )


def _check_suffixes(files: Sequence[Path], stack: StackConfig) -> None:
    from components.suffixes import SuffixError, case_forms  # noqa: PLC0415 -- brings Pulumi along

    if f"{stack.project}:suffixes" not in stack.config:
        return  # a program of one's own may say them itself
    try:
        suffixes = case_forms(stack.value("suffixes"))
    except SuffixError as error:
        raise StackConfigError(f"Stack {stack.name!r} cannot work: {error}") from error
    for file in files:
        if not file.name.endswith(suffixes):
            raise UsageError(
                f"{file}: the stack {stack.name!r} does not listen to this ending, only to "
                f"{', '.join(suffixes)}. Rename the file, or add its ending to "
                f"{stack.project}:suffixes in Pulumi.{stack.name}.yaml."
            )


def _up(options: argparse.Namespace) -> int:
    stack = StackConfig.load(PROJECT_FOLDER, options.stack)

    from local.up import up  # noqa: PLC0415 -- a second of imports

    up(stack, as_json=options.json)
    return 0


def _sample(options: argparse.Namespace) -> int:
    from local.sample import make_sample  # noqa: PLC0415 -- brings boto3 along

    make_sample(options.file)
    return 0


def run() -> int:
    """Run the command line of a process of its own, which may be interrupted."""
    interrupts.install()
    return main()


if __name__ == "__main__":
    sys.exit(run())
