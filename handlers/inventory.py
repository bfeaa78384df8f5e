"""Going through the input bucket: uploads that the ledger has never heard of, and backfills."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from handlers.current_version import current_version
from handlers.delivery import FIRST_ATTEMPT
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.ledger.branches import Branch
from handlers.pace import Pace
from handlers.upload import Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

GRACE: Final = 3_600
"""Seconds that an upload's notice may take before it is looked for."""

LOOKBACK: Final = 14 * 86_400
"""Seconds, as long as a message lives. What is older and unknown is from before the ledger: whether
it is to be rendered is for a person to say, by a backfill."""

UNVERSIONED: Final = "null"
"""S3's version id of what was uploaded while the bucket had no versioning."""


@dataclass(kw_only=True)
class Inventory:
    """One run through the input bucket."""

    ledger: Ledger
    duties: Duties
    s3: "S3Client"
    bucket: str
    suffixes: tuple[str, ...]
    now: int
    """Unix time in seconds."""
    patience: int | None
    """Seconds that a notice may take; None for what it usually deserves."""
    dry_run: bool
    """Count only."""
    has_time: Callable[[], bool]
    """Asked before each page; no ends the run."""
    counts: Counter[str] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)

    def find_lost(self, place: str) -> str:
        """Ask every branch for the uploads of the last 14 days that the ledger does not know.

        Args:
            place: Where an earlier run stopped; empty for the beginning.

        Returns:
            Where this run stopped; empty at the end.
        """
        branches = self.ledger.branches.of_new_uploads()

        def look(upload: Upload, age: int) -> None:
            if age <= LOOKBACK and self.ledger.assets.get(upload.digest) is None:
                self._ask(upload, branches, unless_rendered=False)

        return self._run(place, branches, look)

    def backfill(self, branch: Branch, place: str) -> str:
        """Ask one branch for everything that it has not rendered, however old.

        Args:
            branch: The branch.
            place: Where an earlier run stopped; empty for the beginning.

        Returns:
            Where this run stopped; empty at the end.
        """

        def look(upload: Upload, age: int) -> None:  # noqa: ARG001 a backfill looks at all ages
            if self.ledger.renditions.get(upload.digest, branch.preset) is None:
                self._ask(upload, [branch], unless_rendered=True)

        return self._run(place, [branch], look)

    def _run(
        self, place: str, branches: Sequence[Branch], look: Callable[[Upload, int], None]
    ) -> str:
        for start, versions in self._pages(place):
            if not self.has_time() or not all(
                self.pace.has_room(branch.queue_url) for branch in branches
            ):
                return start
            for version in versions:
                self._look_at(version, look)
        return ""

    def _pages(self, place: str) -> Iterator[tuple[str, list[Any]]]:
        """List the bucket's versions page by page, each with the place where it starts."""
        while True:
            markers = json.loads(place) if place else {}
            page: dict[str, Any] = dict(self.s3.list_object_versions(Bucket=self.bucket, **markers))
            yield place, page.get("Versions", [])
            if not page["IsTruncated"]:
                return
            place = json.dumps(
                {
                    "KeyMarker": page["NextKeyMarker"],
                    "VersionIdMarker": page["NextVersionIdMarker"],
                }
            )

    def _look_at(self, version: dict[str, Any], look: Callable[[Upload, int], None]) -> None:
        age = int((datetime.fromtimestamp(self.now, UTC) - version["LastModified"]).total_seconds())
        patience = GRACE if self.patience is None else self.patience
        if not version["IsLatest"] or not version["Key"].endswith(self.suffixes) or age < patience:
            return
        self.counts["looked_at"] += 1
        if version["VersionId"] == UNVERSIONED:
            # Its notice had a sequencer, which a listing lacks: it would pass for another upload.
            self.counts["unversioned"] += 1
            return
        upload = Upload(
            bucket=self.bucket,
            key=version["Key"],
            version_id=version["VersionId"],
            etag=version["ETag"].strip('"'),
            sequencer=None,
            size=version["Size"],
        )
        look(upload, age)

    def _ask(self, upload: Upload, branches: Sequence[Branch], *, unless_rendered: bool) -> None:
        self.counts["asked_for"] += len(branches)
        if self.dry_run:
            return
        for branch in branches:
            self.duties.ask_for(
                branch,
                upload,
                FIRST_ATTEMPT,
                delay_seconds=self.pace.next_delay(branch.queue_url),
                unless_rendered=unless_rendered,
            )
        if not unless_rendered:
            self.ledger.assets.note(
                upload, [branch.preset for branch in branches], partial(current_version, self.s3)
            )
