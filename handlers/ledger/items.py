"""What all items of the ledger have in common: keys, times, and when they may be deleted."""

import time
from collections.abc import Callable
from typing import Any, Final

from handlers.names import LEDGER_TTL, LedgerKey

DAY_SECONDS: Final = 86_400

NOT_WAITING: Final = frozenset({LedgerKey.OPEN, LedgerKey.SINCE})
"""The attributes to remove when nothing is left to happen: the item leaves the index."""


def unix_time() -> int:
    """Read the clock, in whole seconds."""
    return int(time.time())


def upload_partition(digest: str) -> str:
    """Name the partition of an upload's items."""
    return f"upload#{digest}"


class Stamp:
    """Times of a write."""

    def __init__(self, now: Callable[[], int], retention_days: int) -> None:
        """Use a clock.

        Args:
            now: Unix time in seconds.
            retention_days: Days after its last change until an item is deleted.
        """
        self.now = now
        self._retention_seconds = retention_days * DAY_SECONDS

    def expiring(self) -> dict[str, Any]:
        """Write that an item was changed, which moves the day of its deletion."""
        return {LEDGER_TTL: self.now() + self._retention_seconds}

    def waiting(self, sort_key: str) -> dict[str, Any]:
        """Write that an item was changed and waits for something: it is in the index."""
        return {LedgerKey.OPEN: sort_key, LedgerKey.SINCE: self.now(), **self.expiring()}
