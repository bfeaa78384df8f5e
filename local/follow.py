"""Waits for renditions, and for none of them for ever."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from local.rendition import UNSEEN, Failure, Rendition, Sight, State

LOOK_SECONDS: Final = 0.3
"""Between two looks. A look costs milliseconds, and the processor is busy encoding."""

TIMEOUT: Final = "timeout"
"""Code of a rendition that was given up here."""


Show = Callable[[Rendition, Sight], None]
"""Is told about every change."""


class Looks(Protocol):
    """Tells where renditions are, such as `Watch`."""

    def look(self, renditions: Iterable[Rendition]) -> Mapping[Rendition, Sight]:
        """What can be seen of these renditions now."""


class Follow:
    """The renditions of one run, from the upload to the end of each."""

    def __init__(
        self,
        watch: Looks,
        renditions: Sequence[Rendition],
        timeout: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start the clock.

        Args:
            watch: looks where they are.
            renditions: what to wait for.
            timeout: seconds without progress after which one is given up.
            clock: tells the time, in seconds.
            pause: lets that many seconds pass.
        """
        self._watch = watch
        self._timeout = timeout
        self._clock = clock
        self._pause = pause
        self._open = dict.fromkeys(renditions, UNSEEN)
        self._moved = dict.fromkeys(renditions, clock())

    def until_all_ended(self, show: Show) -> Iterator[tuple[Rendition, Sight]]:
        """Each rendition as it ends.

        Args:
            show: is told about every change, the last one included.
        """
        while self._open:
            for rendition, sight in self._changes():
                show(rendition, sight)
                if sight.has_ended:
                    del self._open[rendition]
                    yield rendition, sight
            if self._open:
                self._pause(LOOK_SECONDS)

    def _changes(self) -> list[tuple[Rendition, Sight]]:
        seen = self._watch.look(self._open)
        now = self._clock()
        changed = [
            (rendition, sight)
            for rendition, sight in seen.items()
            if sight != self._open[rendition]
        ]
        for rendition, sight in changed:
            self._open[rendition] = sight
            self._note_move(rendition, now)
        return changed + self._given_up(now)

    def _note_move(self, moved: Rendition, now: float) -> None:
        """Restart the clock of a rendition, and of those that wait for it."""
        for rendition, sight in self._open.items():
            if rendition == moved or sight.state is State.WAITING:
                self._moved[rendition] = now

    def _given_up(self, now: float) -> list[tuple[Rendition, Sight]]:
        failure = Failure(TIMEOUT, f"No progress for {self._timeout:g} s; --timeout waits longer.")
        return [
            (rendition, replace(sight, state=State.ERROR, failure=failure))
            for rendition, sight in self._open.items()
            if now - self._moved[rendition] > self._timeout and not sight.has_ended
        ]
