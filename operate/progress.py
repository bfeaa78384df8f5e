"""Shows on standard error how far a command is: a bar on a terminal, plain lines elsewhere."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from rich import progress as bars
from rich.console import Console

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
    columns = (bars.TextColumn("{task.description}"), bars.BarColumn(), bars.MofNCompleteColumn())
    with bars.Progress(*columns, bars.TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


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


@dataclass(frozen=True)
class Progress:
    """How somebody is told of it."""

    say: Callable[[str], None]
    counting: Callable[[str, int], AbstractContextManager[Count]]


@contextmanager
def _counting_silently(_: str, __: int) -> Iterator[Count]:
    yield lambda _: None


ON_STANDARD_ERROR: Final = Progress(say, counting)
SILENT: Final = Progress(lambda _: None, _counting_silently)
"""For who is no command: there is nobody at its standard error."""


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
