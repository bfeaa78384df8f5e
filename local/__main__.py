"""`python -m local`: deploys the program into a cloud on this machine and uses it."""

import sys

from local import interrupts

if __name__ == "__main__":
    # Before all else: the rest of the imports takes long enough for a Ctrl-C.
    interrupts.install()

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from local import checks
from local.errors import LocalError, UsageError
from local.ports import LAST_FIRST_PORT, Ports
from operate.errors import StackConfigError
from operate.options import positive_number, positive_whole_number
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
        if error.details:
            _say(error.details)
        parser.exit(1, f"{parser.prog}: error: {error.args[0]}\n")


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
        type=positive_number,
        default=TIMEOUT_SECONDS,
        metavar="SECONDS",
        help=f"without progress, after which a rendition is given up ({TIMEOUT_SECONDS:g})",
    )
    transcode.set_defaults(command=_transcode)

    up = commands.add_parser("up", help="deploy and stay until Ctrl-C")
    up.add_argument(
        "--port",
        type=_port,
        metavar="PORT",
        help="AWS listens here, MediaConvert on the next port, the page on the one after that "
        "(any that are free)",
    )
    up.add_argument(
        "--shell",
        action="store_true",
        help='stay in the background, print lines for eval "$(python -m local up --shell)"',
    )
    up.set_defaults(command=_up)

    for command in (transcode, up):
        command.add_argument("--stack", default="dev", metavar="NAME", help="the stack (dev)")
        command.add_argument("--json", action="store_true", help="JSON lines on standard output")

    sample = commands.add_parser("sample", help="make a short video to try things with")
    sample.add_argument("file", type=Path, metavar="FILE")
    sample.set_defaults(command=_sample)
    return parser


def _port(text: str) -> int:
    port = positive_whole_number(text)
    if port > LAST_FIRST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not a port from 1 to {LAST_FIRST_PORT}")
    return port


def _transcode(options: argparse.Namespace) -> int:
    checks.check_files(options.files)
    checks.check_out(options.out)
    stack = StackConfig.load(PROJECT_FOLDER, options.stack)
    _say(f"Starting the local cloud with the stack {stack.name!r} ...")
    checks.check_suffixes(options.files, stack)
    presets, paused = checks.presets_that_run(stack)
    for name in paused:
        _say(f"{name} is paused in the stack {stack.name!r}: skipped.")
    checks.check_space(options.files, len(presets))

    from local.transcode import Order, transcode  # noqa: PLC0415 -- a second of imports

    return transcode(
        Order(
            sources=options.files,
            stack=stack,
            out=options.out,
            timeout=options.timeout,
            as_json=options.json,
            paused=paused,
        )
    )


def _say(what: str) -> None:
    """Tell people what happens; standard output is for results."""
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def _up(options: argparse.Namespace) -> int:
    stack = StackConfig.load(PROJECT_FOLDER, options.stack)
    ports = Ports.from_first(options.port)

    if options.shell:
        from local import background  # noqa: PLC0415 -- only this needs it

        port = [] if options.port is None else ["--port", str(options.port)]
        background.start(["--stack", options.stack, *port])
        return 0

    from local.up import up  # noqa: PLC0415 -- a second of imports

    up(stack, ports=ports, as_json=options.json)
    return 0


def _sample(options: argparse.Namespace) -> int:
    from local.sample import make_sample  # noqa: PLC0415 -- brings boto3 along

    make_sample(options.file)
    return 0


def run() -> int:
    """Run the command of an installed package, whose script imports this module."""
    interrupts.install()
    return main()


if __name__ == "__main__":
    sys.exit(main())
