"""What a run leaves behind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.ledger.rendition import State
from tests.chaos import checks, function_log
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
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        books = self.books
        told = [body["announcement_id"] for body in books.announcements]
        yield (
            f"{len(books.uploads)} uploads x {len(books.presets)} presets = {len(books.slots)} = "
            f"{books.complete} renditions + {books.dead} dead letters + "
            f"{books.canceled_slots} canceled + {books.superseded} superseded"
        )
        yield (
            f"{len(books.jobs)} jobs = {len(books.slots)} - {books.without_job} overwritten before "
            f"a job + {books.retries} retries + {books.redrives} redrives + "
            f"{books.made_again} made again after a late job"
        )
        yield f"{len(told)} announcements with {len(set(told))} ids"
        yield f"bytes in the output bucket that are not of the latest version: {books.stale_bytes}"
        there = [there is not None for _, there in books.without_rendition]
        yield (
            f"{len(there)} renditions of a latest version are missing; "
            f"in the place of {sum(there)} an older one stays:"
        )
        yield from (f"  {line}" for line in checks.by_name(books))
        trouble = ", ".join(f"{kind} {count}" for kind, count in self.trouble.items())
        yield f"trouble: {trouble}"


def trouble_seen(
    cloud: RoughCloud, uploads: Uploads, notices: Notices, trouble: Trouble, books: Books
) -> Mapping[str, int]:
    """Count what went wrong: not what was ordered, but what somebody noticed."""
    refusals = function_log.refusals(cloud.log)
    failures = [job for job in books.jobs if job.error]
    overtaken = [
        job for job in books.jobs if job.slot in books.slots and not books.is_newest(job.slot[0])
    ]
    return {
        "keys uploaded again": len(books.uploads) - len(books.versions),
        "overwritten before a job": books.without_job,
        "overtaken jobs canceled": sum(
            job.status == "CANCELED" and job.id not in books.canceled for job in overtaken
        ),
        "overtaken jobs that ended": sum(
            books.renditions[job.slot].state is State.SUPERSEDED
            and job.status in {"COMPLETE", "ERROR"}
            for job in overtaken
        ),
        "made again after a late job": books.made_again,
        "latest versions without a rendition": sum(1 for _ in books.without_rendition),
        "jobs canceled by hand": len(books.canceled),
        "letters redriven": len(books.redriven),
        "notices lost": len(uploads.unnoticed),
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
