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
    """The first signal counts; if it comes at a bad moment, it waits until that is over."""

    def __init__(self) -> None:
        self._depth = 0
        self._waiting: int | None = None

    def arrive(self, number: int, _: FrameType | None) -> None:
        # An impatient second Ctrl-C would break into the cleanup that the first one started.
        for other in SIGNALS:
            signal.signal(other, signal.SIG_IGN)
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
                number, self._waiting = self._waiting, None
                sys.exit(EXIT_CODE_BASE + number)


_INTERRUPTS: Final = _Interrupts()

held = _INTERRUPTS.held
"""Context manager for steps that may not be left half done: an interrupt waits for its end."""


def install() -> None:
    """Act on the signals from here on."""
    for number in SIGNALS:
        signal.signal(number, _INTERRUPTS.arrive)
