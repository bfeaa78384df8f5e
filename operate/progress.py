"""Shows on standard error how far a command is: a bar on a terminal, plain lines elsewhere."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from operate.printable import printable

LINE_SECONDS: Final = 5.0
"""Seconds between two lines of one count, where there is no terminal."""

Count = Callable[[int], None]
"""Adds a number to the count that is shown."""


def say(text: str) -> None:
    """Print a sentence to standard error: wrapped between words on a terminal, else as one line."""
    console = _console()
    console.print(printable(text), soft_wrap=not console.is_terminal)


@contextmanager
def counting(what: str, total: int) -> Iterator[Count]:
    """Show a count while the `with` block lasts; several threads may count.

    Args:
        what: What is counted and what happens to it, such as `letters sent`.
        total: How many there are, roughly.
    """
    console = _console()
    if not console.is_terminal:
        lines = _Lines(what, total)
        yield lines.count
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda more: progress.advance(task, more)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show what the command waits for while the `with` block lasts."""
    console = _console()
    if console.is_terminal:
        with console.status(printable(what)):
            yield
    else:
        say(f"{what} ...")
        yield


class _Lines:
    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._said_at = time.monotonic()
        self._lock = threading.Lock()

    def count(self, more: int) -> None:
        with self._lock:
            self._done += more
            if time.monotonic() - self._said_at < LINE_SECONDS:
                return
            self._said_at = time.monotonic()
            say(f"{self._done} of about {self._total} {self._what}")


def _console() -> Console:
    return Console(stderr=True, highlight=False, markup=False, emoji=False)
