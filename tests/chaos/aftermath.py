"""What a run leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.chaos import function_log
from tests.chaos.books import Books
from tests.chaos.notices import Notices
from tests.chaos.rough_cloud import FATES, RoughCloud
from tests.chaos.trouble import UNEXPECTED, Trouble
from tests.chaos.uploads import Uploads


@dataclass(frozen=True)
class Aftermath:
    """What is to be looked at."""

    books: Books
    trouble: Mapping[str, int]
    """What went wrong, counted by those whom it met."""
    last_words: Mapping[str, Any]
    """What reconcile answered when nothing was in flight any more."""

    def report(self) -> str:
        """Write the sums down."""
        books = self.books
        told = [body["announcement_id"] for body in books.announcements]
        trouble = ", ".join(f"{kind} {count}" for kind, count in self.trouble.items())
        return (
            f"{len(books.uploads)} uploads x {len(books.presets)} presets = {len(books.slots)} = "
            f"{books.complete} renditions + {books.dead} dead letters + "
            f"{books.superseded} superseded\n"
            f"{len(books.jobs)} jobs = {len(books.slots)} + {books.retries} retries\n"
            f"{len(told)} announcements with {len(set(told))} ids\n"
            f"trouble: {trouble}"
        )


def trouble_seen(
    cloud: RoughCloud, uploads: Uploads, notices: Notices, trouble: Trouble, books: Books
) -> Mapping[str, int]:
    """Count what went wrong: not what was ordered, but what somebody noticed."""
    refusals = function_log.refusals(cloud.log)
    failures = [job for job in books.jobs if job.error]
    return {
        "keys uploaded again": len(books.uploads) - len({upload.key for upload in books.uploads}),
        "notices lost": uploads.unnoticed,
        "notices told again": notices.copies,
        "CreateJob throttled": refusals["TooManyRequestsException"],
        "CreateJob broken": refusals["InternalServerErrorException"],
        "MediaConvert offline": refusals["ConnectionClosedError"],
        "jobs held by a paused pipeline": trouble.held,
        "jobs failed once": sum(job.error == str(UNEXPECTED) for job in failures),
        "jobs failed for good": sum(not job.can_pass for job in failures),
        "functions died at work": function_log.deaths(cloud.log),
        **{f"events {fate}": cloud.fates[fate] for fate in dict(FATES) if fate != "on time"},
    }
