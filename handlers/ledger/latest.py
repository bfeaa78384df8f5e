"""The newest upload of a key: what its renditions are to be made of.

A MediaConvert job reads what lies under the key when it starts, whichever upload it was made for.
So the ledger knows which upload is the newest before any job of it is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from handlers.upload import Upload

SEQUENCER_CHARACTERS: Final = 64
"""Sequencers are compared as text, the shorter one filled up with zeros; S3's have some 18."""

CurrentVersion = Callable[[Upload], str | None]
"""Asks S3 for the version that lies under an upload's key now; None when it was deleted."""


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The newest upload of a key that the ledger knows."""

    digest: str | None
    """The upload's digest; None in an item from before the ledger kept it."""
    sequencer: str | None
    """Filled up, to be compared; None of an upload that was found in a listing."""
    previous: str | None
    """Digest of the upload that was the newest before; None when none was known."""

    def overwrites(self, upload: Upload, *, is_known: bool = True) -> bool:
        """Tell whether an upload of this key is not the newest one.

        Args:
            upload: The upload.
            is_known: Whether the ledger knows it; if not, it may be newer than this one.
        """
        if self.digest is not None and is_known:
            return self.digest != upload.digest
        return self._is_later_than(upload)

    def is_older_than(self, upload: Upload, current_version: CurrentVersion) -> bool:
        """Tell whether a further upload of this key is newer.

        S3's sequencers order the uploads of a key. An upload that was found in a listing has none;
        then the newer one is the one that S3 has under the key.
        """
        if upload.sequencer is not None and self.sequencer is not None:
            return self.sequencer < comparable(upload.sequencer)
        return current_version(upload) == upload.version_id

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read the ledger's item."""
        return cls(
            digest=item.get("digest"),
            sequencer=item.get("sequencer"),
            previous=item.get("previous"),
        )

    def _is_later_than(self, upload: Upload) -> bool:
        return (
            upload.sequencer is not None
            and self.sequencer is not None
            and self.sequencer > comparable(upload.sequencer)
        )


def comparable(sequencer: str) -> str:
    """Write a sequencer so that those of one key are in order as texts."""
    return sequencer.ljust(SEQUENCER_CHARACTERS, "0")
