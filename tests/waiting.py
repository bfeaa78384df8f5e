"""Waits for what happens by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_SECONDS = 60.0
"""A machine under load may need many seconds for what takes one. Who waits in vain has failed."""

POLL_SECONDS = 0.05

T = TypeVar("T")


def eventually(look: Callable[[], T | None], *, what: str, within: float = PATIENCE_SECONDS) -> T:
    """Look until there is something to see, and return it.

    Args:
        look: returns something falsy as long as there is nothing.
        what: what is waited for, for the failure's message.
        within: seconds.
    """
    deadline = time.monotonic() + within
    while not (seen := look()):
        assert time.monotonic() < deadline, f"no {what} within {within:g} s"
        time.sleep(POLL_SECONDS)
    return seen
