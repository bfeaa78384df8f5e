"""How fast reconcile puts uploads back: slowly, so that new ones are not stuck behind them."""

from collections import Counter
from typing import Final

PER_SECOND: Final = 2
"""Messages that come out of hiding per second and queue: about what CreateJob takes."""

LONGEST_DELAY: Final = 900
"""Seconds: the most that SQS delays a message."""

MOST: Final = PER_SECOND * LONGEST_DELAY
"""Messages for one queue in one run; the rest is left to the next one."""


class QueueFullError(Exception):
    """A queue has got all that a run may send it; its next message would be delayed too long."""


class Pace:
    """The delays of one run's messages."""

    def __init__(self) -> None:
        """Start with no messages sent."""
        self._sent: Counter[str] = Counter()

    def room(self, queue_url: str) -> int:
        """Tell how many more messages a queue may get in this run."""
        return MOST - self._sent[queue_url]

    @property
    def half(self) -> int:
        """Half of what a queue may get in a run."""
        return MOST // 2

    def next_delay(self, queue_url: str) -> int:
        """Give the delay of a queue's next message, in seconds: less than SQS's most.

        Raises:
            QueueFullError: There is no room for another message in this run.
        """
        if self.room(queue_url) < 1:
            raise QueueFullError(queue_url)
        delay = self._sent[queue_url] // PER_SECOND
        self._sent[queue_url] += 1
        return delay
