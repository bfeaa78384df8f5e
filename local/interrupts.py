"""Ctrl-C and SIGTERM end the program by `SystemExit`, so that it cleans up on the way."""

import atexit
import signal
import sys
from collections.abc import Callable, Iterator
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
        self._arrived = False
        self._last_words: Callable[[], str] = lambda: "Interrupted before anything was made."

    def on_exit(self, last_words: Callable[[], str]) -> None:
        """Have this printed when an interrupt has ended the program; an empty text is not."""
        self._last_words = last_words

    def say_last_words(self) -> None:
        words = self._last_words() if self._arrived else ""
        if words:
            sys.stderr.write(f"{words}\n")

    def arrive(self, number: int, _: FrameType | None) -> None:
        # An impatient second Ctrl-C would break into the cleanup that the first one started.
        for other in SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        self._arrived = True
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


on_exit = _INTERRUPTS.on_exit
"""Sets what standard error is told in the end of a program that was interrupted."""


def install() -> None:
    """Act on the signals from here on."""
    # When all else has been cleaned up, and the progress has left the screen.
    atexit.register(_INTERRUPTS.say_last_words)
    for number in SIGNALS:
        signal.signal(number, _INTERRUPTS.arrive)
