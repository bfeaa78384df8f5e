"""How fast reconcile puts uploads back: slowly, so that new ones are not stuck behind them."""

from collections import Counter
from typing import Final

PER_SECOND: Final = 2
"""Messages that come out of hiding per second and queue: about what CreateJob takes."""

LONGEST_DELAY: Final = 900
"""Seconds: the most that SQS delays a message."""

MOST: Final = PER_SECOND * LONGEST_DELAY
"""Messages for one queue in one run; the rest is left to the next one."""


class Pace:
    """The delays of one run's messages."""

    def __init__(self) -> None:
        """Start with no messages sent."""
        self._sent: Counter[str] = Counter()

    def has_room(self, queue_url: str) -> bool:
        """Tell whether a queue may get another message in this run."""
        return self._sent[queue_url] < MOST

    def next_delay(self, queue_url: str) -> int:
        """Give the delay of a queue's next message, in seconds."""
        delay = self._sent[queue_url] // PER_SECOND
        self._sent[queue_url] += 1
        return delay
