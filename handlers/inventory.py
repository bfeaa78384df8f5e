"""Going through the input bucket, page by page, for uploads that are to be rendered.

What is looked for is a `Search`; here is what all of them share: which versions count as uploads,
how far a run has come, and that no queue gets more than passes meanwhile.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from handlers.duties import MESSAGES_PER_CALL, Ask, Duties
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import Failure
from handlers.ledger.table import KEYS_PER_READ
from handlers.names import Count
from handlers.observability import logger
from handlers.pace import Pace
from handlers.pauses import OutOfTimeError, Pauses
from handlers.upload import Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

GRACE: Final = 3_600
"""Seconds that an upload's notice may take before it is looked for."""

UNVERSIONED: Final = "null"
"""S3's version id of what was uploaded while the bucket had no versioning."""


class Found(StrEnum):
    """What is found about a version in the listing; the answer counts by it."""

    OTHER_SUFFIX = "other_suffix"
    """Its key does not end like an upload's."""
    NOT_LATEST = "not_latest"
    """It was overwritten or deleted: MediaConvert reads the newest version only."""
    TOO_YOUNG = "too_young"
    """Its own notice may still be under way."""
    UNVERSIONED = "unversioned"
    """Its notice had a sequencer, which a listing lacks: it would pass for another upload."""
    TOO_OLD = "too_old"
    """It is from before the ledger: whether to render it is for a person to say, by a backfill."""
    KNOWN = "known"
    """The ledger knows it and looks after it."""
    OTHER_KEY = "other_key"
    """Its key only begins like the one that is wanted."""
    UNDER_WAY = "under_way"
    """It is being rendered, or is owed something that is done first."""
    RENDERED = "rendered"
    """The output bucket has what was made of it."""
    OUTPUTS_UNKNOWN = "outputs_unknown"
    """It is complete, but the ledger does not know what was written."""


_NOT_AN_UPLOAD: Final = frozenset(
    {Found.OTHER_SUFFIX, Found.NOT_LATEST, Found.TOO_YOUNG, Found.OTHER_KEY}
)
"""What is not even looked at."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An upload in the listing."""

    upload: Upload
    age: int
    """Seconds."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An upload to ask for."""

    upload: Upload
    attempt: int
    failure: Failure | None = None
    """Why, where it was rendered before."""
    unless_rendered: bool = False
    """Only if the output bucket lacks it."""
    amount: Counter[str] = field(default_factory=Counter)
    """What is known of how much there is to encode; it is added to the counts."""


class Search(Protocol):
    """What is looked for."""

    @property
    def branches(self) -> Sequence[Branch]:
        """Whom to ask."""

    def choose(self, listed: Sequence[Listed]) -> Sequence[Found | Wanted]:
        """Decide about some uploads, one by one."""

    def prepare(self, wanted: Wanted) -> bool:
        """Do what comes before the message; no means that the rendition has gone on meanwhile."""

    def asked(self, wanted: Wanted) -> None:
        """Write down that the messages are out."""


@dataclass(kw_only=True)
class Inventory:
    """One run through the input bucket."""

    duties: Duties
    s3: "S3Client"
    bucket: str
    suffixes: tuple[str, ...]
    now: int
    """Unix time in seconds."""
    dry_run: bool
    """Count only."""
    has_time: Callable[[], bool]
    """Asked before each page, and before each further portion of one; no ends the run."""
    pauses: Pauses
    save: Callable[[str], None]
    """Writes down how far the run has come, after each page."""
    prefix: str = ""
    """Beginning of the keys to go through."""
    counts: Counter[str] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)
    is_finished: bool = False
    """Whether the run came to the end of the bucket."""

    def run(self, search: Search, place: str) -> str:
        """Ask for what the search finds, as far as time and the queues allow.

        Args:
            search: What is looked for.
            place: Where an earlier run stopped; empty for the beginning.

        Returns:
            Where this run stopped; empty at the end.

        Raises:
            ClientError, BotoCoreError: A service refused; what is done by then is saved.
        """
        try:
            for reached in self._steps(search, place):
                place = reached
            self.pauses.patiently(partial(self.save, place))
        except OutOfTimeError:
            logger.warning("Throttled until the time was over", extra={"place": place})
        return place

    def _steps(self, search: Search, place: str) -> Iterator[str]:
        """Go on, and tell the place after each step."""
        while self.has_time():
            page = self._page(place)
            for number, portion in enumerate(self._portions(search, page.get("Versions", []))):
                wanted = [what for _, what in portion if isinstance(what, Wanted)]
                if (number and not self.has_time()) or not self._have_room(search, len(wanted)):
                    return
                self._ask(search, wanted)
                for _, what in portion:
                    self._count(search, what)
                last, _ = portion[-1]
                yield _place(last["Key"], last["VersionId"])
            if not page["IsTruncated"]:
                self.is_finished = True
                yield ""
                return
            place = _place(page["NextKeyMarker"], page["NextVersionIdMarker"])
            self.pauses.patiently(partial(self.save, place))
            yield place

    def _page(self, place: str) -> dict[str, Any]:
        markers = json.loads(place) if place else {}
        call = partial(
            self.s3.list_object_versions, Bucket=self.bucket, Prefix=self.prefix, **markers
        )
        return dict(self.pauses.patiently(call))

    def _portions(
        self, search: Search, versions: Sequence[dict[str, Any]]
    ) -> Iterator[list[tuple[dict[str, Any], Found | Wanted]]]:
        """Decide about a page, bit by bit, and cut it where messages for ten uploads are together.

        The search may have to ask much about an upload; so its time is looked at in between.
        """
        for start in range(0, len(versions), KEYS_PER_READ):
            portion: list[tuple[dict[str, Any], Found | Wanted]] = []
            messages = 0
            part = versions[start : start + KEYS_PER_READ]
            for version, what in zip(part, self._decide(search, part), strict=True):
                if isinstance(what, Wanted):
                    if messages == MESSAGES_PER_CALL:
                        yield portion
                        portion, messages = [], 0
                    messages += 1
                portion.append((version, what))
            yield portion

    def _decide(
        self, search: Search, versions: Sequence[dict[str, Any]]
    ) -> Iterator[Found | Wanted]:
        read = [self._read(version) for version in versions]
        chosen = iter(search.choose([each for each in read if isinstance(each, Listed)]))
        for each in read:
            yield next(chosen) if isinstance(each, Listed) else each

    def _read(self, version: dict[str, Any]) -> Found | Listed:
        age = int((datetime.fromtimestamp(self.now, UTC) - version["LastModified"]).total_seconds())
        if not version["Key"].endswith(self.suffixes):
            return Found.OTHER_SUFFIX
        if not version["IsLatest"]:
            return Found.NOT_LATEST
        if version["VersionId"] == UNVERSIONED:
            return Found.UNVERSIONED
        upload = Upload(
            bucket=self.bucket,
            key=version["Key"],
            version_id=version["VersionId"],
            etag=version["ETag"].strip('"'),
            sequencer=None,
            size=version["Size"],
        )
        return Listed(upload=upload, age=age)

    def _have_room(self, search: Search, messages: int) -> bool:
        return self.dry_run or all(
            self.pace.room(branch.queue_url) >= messages for branch in search.branches
        )

    def _count(self, search: Search, what: Found | Wanted) -> None:
        if isinstance(what, Wanted) or what not in _NOT_AN_UPLOAD:
            self.counts[Count.LOOKED_AT] += 1
        if isinstance(what, Wanted):
            self.counts[Count.ASKED_FOR] += len(search.branches)
            self.counts += what.amount
        else:
            self.counts[what] += 1

    def _ask(self, search: Search, wanted: Sequence[Wanted]) -> None:
        if self.dry_run:
            return
        due = [each for each in wanted if self.pauses.patiently(partial(search.prepare, each))]
        for branch in search.branches:
            asks = [self._message(branch, each) for each in due]
            self.duties.ask_for_all(branch, asks, self.pauses)
        for each in due:
            self.pauses.patiently(partial(search.asked, each))

    def _message(self, branch: Branch, wanted: Wanted) -> Ask:
        return Ask(
            upload=wanted.upload,
            attempt=wanted.attempt,
            delay_seconds=self.pace.next_delay(branch.queue_url),
            failure=wanted.failure,
            unless_rendered=wanted.unless_rendered,
        )


def _place(key: str, version_id: str) -> str:
    """Write the place behind a version, as S3 takes it."""
    return json.dumps({"KeyMarker": key, "VersionIdMarker": version_id})
