"""An upload: one version of one object, and the digest that stands for it."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One version of one object in an input bucket."""

    bucket: str
    key: str
    """The object's key as S3 knows it, not URL-encoded."""
    version_id: str | None
    """S3's version id; None when the bucket has no versioning."""
    etag: str
    sequencer: str | None
    """Orders the events of one key; None where S3 did not say, as in a listing."""
    size: int
    """Bytes."""

    @property
    def digest(self) -> str:
        """64 hex characters that are the same for every notice of this upload, and only for it.

        A version id tells two uploads of one key apart by itself. Without versioning it takes the
        sequencer, which S3 makes anew for each write: the same file uploaded twice has one ETag.
        """
        identity: tuple[str | None, ...]
        if self.version_id is not None:
            identity = (self.bucket, self.key, self.version_id)
        else:
            identity = (self.bucket, self.key, self.etag, self.sequencer)
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
