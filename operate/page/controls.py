"""What a page may do besides showing: nothing, unless somebody hands this in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from handlers.upload import Upload


class RefusedError(Exception):
    """Somebody asked for what cannot be done; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that can be made to go wrong, as a switch."""

    name: str
    """What the switch is called in requests."""
    label: str
    """What people read."""
    preset: str | None
    """Whose it is; None when it is everybody's."""
    is_on: bool


class Controls(Protocol):
    """Hands on a stack. It may be used by several threads."""

    @property
    def suffixes(self) -> Sequence[str]:
        """The endings of keys that the stack listens to."""

    def upload(self, key: str, body: BinaryIO) -> Upload:
        """Put an object into the input bucket.

        Raises:
            RefusedError: nothing would listen to it.
        """

    def faults(self) -> Sequence[Fault]:
        """All switches, in the order in which they are shown."""

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a fault on or off.

        Raises:
            RefusedError: there is no such fault, or it cannot be turned now.
        """

    def redrive(self, message_ids: Collection[str]) -> Sequence[str]:
        """Send dead letters back; return a sentence for each that could not be sent."""
