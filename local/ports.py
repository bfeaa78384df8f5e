"""`up --port`: the same addresses every time."""

import os
import socket
from dataclasses import dataclass
from typing import Final, Self

from local.errors import UsageError

HOST: Final = "127.0.0.1"

FREE_PORT: Final = 0
"""Asks the system for a port that nobody uses."""

LAST_FIRST_PORT: Final = 65_533
"""The highest first one of three in a row."""


@dataclass(frozen=True)
class Ports:
    """Where everything listens; each is 0 for any that is free."""

    aws: int = FREE_PORT
    mediaconvert: int = FREE_PORT
    page: int = FREE_PORT

    @classmethod
    def from_first(cls, first: int | None) -> Self:
        """Three in a row, or any when there is no first one.

        Raises:
            UsageError: one of them is taken, or not for this user.
        """
        if first is None:
            return cls()
        for port in (first, first + 1, first + 2):
            try:
                socket.create_server((HOST, port)).close()
            except OSError as error:
                why = os.strerror(error.errno or 0)
                raise UsageError(
                    f"--port {first}: it takes the ports {first} to {first + 2}, and {port} "
                    f"cannot be used: {why}. Choose another, or leave --port out."
                ) from error
        return cls(first, first + 1, first + 2)
