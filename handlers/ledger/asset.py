"""An asset: an upload with all its renditions, announced when the last of them has ended.

Its item in the ledger holds how each rendition ended, and a revision that grows with each end. What
is announced is a revision; to announce is owed while the announced one is behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from handlers.ledger.rendition import ENDS, Rendition, State
from handlers.upload import Upload

PENDING: Final = "pending"
"""Stands for the end of a rendition that has not come to one."""


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One asset as it stands in the ledger."""

    upload: Upload
    ends: Mapping[str, str]
    """By preset: how its rendition ended, or `pending`. The presets are those that existed when
    the upload was first seen, and those that were rendered later."""
    revision: int
    """Number of ends so far, those of later attempts included."""
    settled_revision: int
    """The revision that was announced last; 0 when none was."""
    since: int | None
    """Unix time in seconds since when nothing has happened; None when nothing is left to happen."""
    looks: int
    """How often reconcile has looked at it since."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    """By preset: the attempt that ended so; 0 while none has."""
    previous: str | None = None
    """Digest of the upload of the same key that this one overwrote; None when none was known."""

    @property
    def is_pending(self) -> bool:
        """Whether a rendition has not ended."""
        return any(end not in ENDS for end in self.ends.values())

    @property
    def is_due(self) -> bool:
        """Whether its announcement is owed.

        Nobody is told of an upload whose source was overwritten before it was done.
        """
        return (
            not self.is_pending
            and State.SUPERSEDED not in self.ends.values()
            and self.settled_revision < self.revision
        )

    def tells(self, rendition: Rendition) -> bool:
        """Whether its newest revision knows how a rendition stands, or has no word of it."""
        preset = rendition.preset
        return (rendition.state, rendition.attempt) == (
            self.ends.get(preset, rendition.state),
            self.attempts.get(preset, rendition.attempt),
        )

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read the ledger's item."""
        return cls(
            upload=Upload(**item["upload"]),
            ends={preset: end["state"] for preset, end in item["ends"].items()},
            attempts={preset: end["attempt"] for preset, end in item["ends"].items()},
            revision=item["revision"],
            settled_revision=item["settled_revision"],
            since=item.get("since"),
            looks=item.get("looks", 0),
            previous=item.get("previous"),
        )
