"""The command: serve the page of a stack that it cannot change."""

import argparse
import secrets
import sys
import threading
from typing import Final

from operate.errors import UsageError
from operate.options import add_stack_options, positive_whole_number
from operate.page.board import Board
from operate.page.server import PageServer
from operate.progress import say
from operate.report import print_json
from operate.stack_outputs import Stack

SUMMARY = "a page in the browser that shows what the stack does"

SECONDS: Final = 5.0
"""Between two looks, which are made while a browser shows the page. Each is two calls per preset to
SQS and two per pipeline to MediaConvert, whose limits the functions share."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--port",
        type=positive_whole_number,
        default=0,
        metavar="PORT",
        help="where to listen (default: any free port)",
    )
    add_stack_options(parser)


def run(options: argparse.Namespace) -> int:
    """Serve the page until interrupted.

    Raises:
        UsageError: the port cannot be used, or the outputs are of an older version.
    """
    stack = Stack.load(options.outputs)
    board = Board.of(stack, options.outputs)
    token = secrets.token_urlsafe()
    try:
        server = PageServer(board, port=options.port, seconds=SECONDS, token=token)
    except (OSError, OverflowError) as error:
        raise UsageError(f"--port {options.port} cannot be used: {error}") from error
    with server:
        if options.json:
            print_json([{"page": server.url}])
        else:
            sys.stdout.write(f"{server.url}\n")
            sys.stdout.flush()
        say("The page only shows. Whoever has its address sees what you may see. Ctrl-C ends it.")
        threading.Event().wait()
    return 0
