"""What is to happen when."""

import heapq
import itertools
import time
from collections.abc import Callable
from threading import Lock

Action = Callable[[], object]


class Agenda:
    """Actions in the order of their times; any thread may add one, one thread does them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the clock.

        Args:
            clock: seconds since whenever.
        """
        self._clock = clock
        self._start = clock()
        self._entries: list[tuple[float, int, Action]] = []
        self._numbers = itertools.count()
        self._lock = Lock()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    def at(self, seconds: float, action: Action) -> None:
        """Do something so many seconds after the start, or as soon as that is past."""
        with self._lock:
            heapq.heappush(self._entries, (seconds, next(self._numbers), action))

    def after(self, seconds: float, action: Action) -> None:
        """Do something in so many seconds."""
        self.at(self.seconds + seconds, action)

    def do_what_is_due(self) -> None:
        """Do everything whose time has come."""
        while (action := self._take()) is not None:
            action()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do."""
        with self._lock:
            return not self._entries

    def _take(self) -> Action | None:
        with self._lock:
            if self._entries and self._entries[0][0] <= self.seconds:
                return heapq.heappop(self._entries)[-1]
            return None
