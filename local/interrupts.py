"""Ctrl-C and SIGTERM end the program by `SystemExit`, so that it cleans up on the way."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What ends the program: Ctrl-C, `kill`, and a terminal that is closed."""

EXIT_CODE_BASE: Final = 128
"""Added to a signal's number, as shells do: 130 for Ctrl-C, 143 for SIGTERM."""


class _Interrupts:
    """Signals that arrive at a bad moment wait until it is over."""

    def __init__(self) -> None:
        self._depth = 0
        self._waiting: int | None = None

    def arrive(self, number: int, _: FrameType | None) -> None:
        if self._depth:
            self._waiting = number
        else:
            sys.exit(EXIT_CODE_BASE + number)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._waiting is not None and not self._depth:
                sys.exit(EXIT_CODE_BASE + self._waiting)


_INTERRUPTS: Final = _Interrupts()

held = _INTERRUPTS.held
"""Context manager for steps that may not be left half done: interrupts wait for its end."""


def install() -> None:
    """Act on the signals from here on."""
    for number in SIGNALS:
        signal.signal(number, _INTERRUPTS.arrive)
