"""How long a message waits when its job was refused for now."""

import zlib
from dataclasses import dataclass
from typing import Final, Self

from handlers.delivery import Delivery

FIRST_DELAY: Final = 15
"""Seconds: long enough for a burst of uploads to pass CreateJob's rate limit."""

LONGEST_DELAY: Final = 1800
"""Seconds. A pipeline that is back is used within half an hour; and 14 days of refusals, the
longest that a message lives, are fewer receives than the 1,000 that the queue allows."""

SHORTEST_SHARE: Final = 0.75
"""The delay is spread between this share and all of it: what failed together returns apart."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What a message has waited, and what it waits next."""

    seconds: int
    """Seconds until the next try, when one is needed."""
    age: int
    """Seconds since the message was sent."""
    tried_for: int
    """Seconds since it was first received."""

    @classmethod
    def of(cls, delivery: Delivery, now: int) -> Self:
        """Read it from a delivery at a time, in Unix seconds."""
        return cls(
            seconds=delay(delivery.message_id, delivery.receives),
            age=now - delivery.sent_at,
            tried_for=now - delivery.first_received_at,
        )


def delay(message_id: str, receives: int) -> int:
    """Give the seconds until the message is received again.

    Doubles with each receive up to a limit. The same message and count give the same delay.

    Args:
        message_id: SQS's id of the message.
        receives: How often the message has been received, this time included.
    """
    doublings = min(receives - 1, LONGEST_DELAY.bit_length())
    longest = min(FIRST_DELAY << doublings, LONGEST_DELAY)
    spread = zlib.crc32(f"{message_id}/{receives}".encode()) / 2**32
    return round(longest * (SHORTEST_SHARE + (1 - SHORTEST_SHARE) * spread))
