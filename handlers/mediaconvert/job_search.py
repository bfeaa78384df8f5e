"""Finding the jobs of claims whose deliveries died: did they come to CreateJob or not?"""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_mediaconvert.type_defs import ListJobsResponseTypeDef

MARGIN: Final = 60
"""Seconds by which MediaConvert's clock and the function's may differ, and a job may be listed
late, together. AWS does not say how soon a job is listed."""

SEARCH_SECONDS: Final = 4.0
"""No page is asked for after this time: of a function's ten seconds, some are left for the job."""

JOBS_PER_PAGE: Final = 20
"""The most that ListJobs returns at a time."""

_Metadata = frozenset[tuple[str, str]]


class SearchUnfinishedError(Exception):
    """There was no time to look through all jobs. The next search goes on where this one ended."""


@dataclass(frozen=True)
class _Listing:
    """A run through the pipeline's jobs, the newest first."""

    begun: float
    pages: "Iterator[ListJobsResponseTypeDef]"


class JobSearch:
    """Whoever looks for jobs of one pipeline, on behalf of all threads of a function.

    It remembers what it has read: when MediaConvert comes back after an outage, thousands of claims
    are in doubt at once, and for each of them to read all jobs since then would take ListJobs a
    number of calls that grows with the square of theirs.
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
        self._unfinished: _Listing | None = None
        self._lock = threading.Lock()

    def find(self, metadata: Mapping[str, str], *, since: float, until: float) -> str | None:
        """Find the job with these metadata, if it was created between two times.

        Args:
            metadata: The job's user metadata, all of them.
            since: Unix time in seconds.
            until: The same.

        Returns:
            The job's id; None when there is no such job, as sure as ListJobs is.

        Raises:
            SearchUnfinishedError: There was no time to look through all jobs.
            ClientError, BotoCoreError: ListJobs refused.
        """
        wanted = frozenset(metadata.items())
        deadline = self._now() + SEARCH_SECONDS
        earliest = since - MARGIN
        with self._lock:
            while wanted not in self._job_ids and not (
                self._known_from < earliest and until <= self._known_until
            ):
                if self._now() > deadline:
                    raise SearchUnfinishedError("The pipeline has more jobs than could be read.")
                self._read_page(earliest)
            return self._job_ids.get(wanted)

    def _read_page(self, earliest: float) -> None:
        listing = self._unfinished or self._begin()
        self._unfinished = None  # Should ListJobs refuse, the next listing begins anew.
        page = next(listing.pages, None)
        self._unfinished = listing
        if page is None:
            reached = -math.inf
        elif page["Jobs"]:
            self._job_ids |= {
                frozenset(job.get("UserMetadata", {}).items()): job["Id"] for job in page["Jobs"]
            }
            reached = page["Jobs"][-1]["CreatedAt"].timestamp()
        else:
            return
        if reached < self._known_until - MARGIN:
            reached = min(reached, self._known_from)
        if reached < earliest:
            self._known_from, self._known_until = reached, listing.begun
            self._unfinished = None

    def _begin(self) -> _Listing:
        pages = self._mediaconvert.get_paginator("list_jobs").paginate(
            Queue=self._queue, Order="DESCENDING", PaginationConfig={"PageSize": JOBS_PER_PAGE}
        )
        return _Listing(self._now(), iter(pages))
