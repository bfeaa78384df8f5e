"""Finding the jobs of claims whose deliveries died: did they come to CreateJob or not?"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Self

from botocore.exceptions import ClientError

from handlers.time_limits import SEARCH_SECONDS

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient

MARGIN: Final = 60
"""Seconds by which MediaConvert's clock and the function's may differ, and a job may be listed
late, together. AWS does not say how soon a job is listed."""

JOBS_PER_PAGE: Final = 20
"""The most that ListJobs returns at a time."""

_Metadata = frozenset[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far the search for one job has come: the job is not among what is listed before it.

    The ledger keeps it with the claim, for the function that searches next may be another one.
    """

    begun: int
    """Unix time in seconds at which the listing was begun."""
    reached: int
    """Unix time in seconds, rounded up, at which the last job before the place was created."""
    token: str
    """ListJobs's own mark. AWS does not say how long it is taken; when it is not, the search begins
    anew."""


class SearchUnfinishedError(Exception):
    """There was no time to look through all jobs. The next search goes on where this one ended."""

    def __init__(self, place: Place | None) -> None:
        """Keep the place.

        Args:
            place: Where to go on; None for the beginning.
        """
        super().__init__("The pipeline has more jobs than could be read.")
        self.place = place


@dataclass
class _Listing:
    """A run through the pipeline's jobs, the newest first, or from a place on."""

    begun: float
    start: Place | None
    token: str | None
    reached: float

    @classmethod
    def from_place(cls, place: Place | None, now: float) -> Self:
        if place is None:
            return cls(begun=now, start=None, token=None, reached=math.inf)
        return cls(begun=place.begun, start=place, token=place.token, reached=place.reached)

    def serves(self, place: Place | None, until: float) -> bool:
        """Tell whether it shows, or has shown, all that a search still has to see."""
        if self.start is None:
            return place is None or self.reached <= place.reached
        return (
            place is not None
            and until <= self.begun
            and (place.token == self.start.token or place.reached < self.start.reached)
        )

    def place(self) -> Place | None:
        if self.token is None or not math.isfinite(self.reached):
            return None
        return Place(begun=int(self.begun), reached=math.ceil(self.reached), token=self.token)


class JobSearch:
    """Whoever looks for jobs of one pipeline, on behalf of all threads of a function.

    It remembers what it has read: when MediaConvert comes back after an outage, thousands of claims
    are in doubt at once, and for each of them to read all jobs since then would take ListJobs a
    number of calls that grows with the square of theirs.

    SearchJobs could ask for the jobs of one input. Of neither operation AWS documents how soon it
    shows a job, and a search that finds nothing has to be believed: one authority is enough.
    """

    def __init__(
        self,
        mediaconvert: "MediaConvertClient",
        pipeline_arn: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Know no job yet.

        Args:
            mediaconvert: The client.
            pipeline_arn: The pipeline.
            now: The clock: Unix time in seconds.
        """
        self._mediaconvert = mediaconvert
        # The API's description asks for the queue's name here, not for its ARN.
        self._queue = pipeline_arn.rpartition("/")[-1]
        self._now = now
        self._job_ids: dict[_Metadata, str] = {}
        # All jobs are known that were created after the first time and listed by the second.
        self._known_from, self._known_until = math.inf, -math.inf
        self._listing: _Listing | None = None
        self._lock = threading.Lock()

    def find(
        self,
        metadata: Mapping[str, str],
        *,
        since: float,
        until: float,
        place: Place | None = None,
    ) -> str | None:
        """Find the job with these metadata, if it was created between two times.

        Args:
            metadata: The job's user metadata, all of them.
            since: Unix time in seconds.
            until: The same.
            place: Where the search before stopped, if nobody can have created the job since.

        Returns:
            The job's id; None when there is no such job, as sure as ListJobs is.

        Raises:
            SearchUnfinishedError: There was no time to look through all jobs.
            ClientError, BotoCoreError: ListJobs refused.
        """
        wanted = frozenset(metadata.items())
        deadline = self._now() + SEARCH_SECONDS
        earliest = since - MARGIN
        until = until if place is None else min(until, place.begun)
        with self._lock:
            while wanted not in self._job_ids and not self._knows(earliest, until):
                if self._now() > deadline:
                    raise SearchUnfinishedError(place)
                listing = self._listing_for(place, until)
                if listing.start is not None and listing.reached < earliest:
                    return None
                if not self._read_page(listing, earliest):
                    place = None
                elif until <= listing.begun:
                    place = listing.place() or place
            return self._job_ids.get(wanted)

    def _knows(self, earliest: float, until: float) -> bool:
        return self._known_from < earliest and until <= self._known_until

    def _listing_for(self, place: Place | None, until: float) -> _Listing:
        if self._listing is None or not self._listing.serves(place, until):
            self._listing = _Listing.from_place(place, self._now())
        return self._listing

    def _read_page(self, listing: _Listing, earliest: float) -> bool:
        """Read on; tell whether ListJobs took the listing's token."""
        mark: dict[str, Any] = {} if listing.token is None else {"NextToken": listing.token}
        try:
            page = self._mediaconvert.list_jobs(
                Queue=self._queue, Order="DESCENDING", MaxResults=JOBS_PER_PAGE, **mark
            )
        except ClientError as error:
            is_wrong = (
                error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.BAD_REQUEST
            )
            if not (mark and is_wrong):
                raise
            self._listing = None
            return False
        self._job_ids |= {
            frozenset(job.get("UserMetadata", {}).items()): job["Id"] for job in page["Jobs"]
        }
        listing.token = page.get("NextToken")
        if listing.token is None:
            listing.reached = -math.inf
        elif page["Jobs"]:
            listing.reached = page["Jobs"][-1]["CreatedAt"].timestamp()
        if listing.reached < self._known_until - MARGIN:
            listing.reached = min(listing.reached, self._known_from)
        if listing.start is None and listing.reached < earliest:
            self._known_from, self._known_until = listing.reached, listing.begun
            self._listing = None
        return True
