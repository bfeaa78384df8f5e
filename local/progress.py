"""Shows on standard error how far a run is: a board on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from rich.console import Console
from rich.live import Live

from local.board import Board
from local.rendition import Rendition, Sight, State

UPLOAD_LINE_SECONDS: Final = 5.0
"""Between two lines that say how far an upload is, where there is no terminal."""

_FRAMES_PER_SECOND: Final = 4


class Progress(Protocol):
    """Is told about every change."""

    def upload(self, title: str, done: int, size: int) -> None:
        """So many bytes of a file have left; called from any thread."""

    def rendition(self, rendition: Rendition, sight: Sight) -> None:
        """This is seen of a rendition."""


@contextmanager
def shown(renditions: Sequence[Rendition]) -> Iterator[Progress]:
    """Show changes while the `with` block lasts."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield Lines(console)
        return
    board = Board(renditions, console, time.monotonic)
    with Live(
        get_renderable=board.render,
        console=console,
        refresh_per_second=_FRAMES_PER_SECOND,
        vertical_overflow="crop",
    ):
        yield board


class Lines:
    """One line whenever a rendition is in another state, and while an upload takes its time."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        """Print there.

        Args:
            console: where.
            clock: tells the time, in seconds.
        """
        self._console = console
        self._clock = clock
        self._start = clock()
        self._states: dict[Rendition, State] = {}
        self._told: dict[str, float] = {}

    def upload(self, title: str, done: int, size: int) -> None:
        """Say how far it is, at first and then every few seconds."""
        now = self._clock()
        if now - self._told.get(title, float("-inf")) >= UPLOAD_LINE_SECONDS:
            self._told[title] = now
            self._print(f"{title}: uploading, {100 * done // size if size else 100} %")

    def rendition(self, rendition: Rendition, sight: Sight) -> None:
        """Say it when it is in another state."""
        if self._states.get(rendition) is not sight.state:
            self._states[rendition] = sight.state
            self._print(f"{rendition.title}: {sight.state}")

    def _print(self, what: str) -> None:
        self._console.print(f"{self._clock() - self._start:6.1f} s  {what}", soft_wrap=True)
