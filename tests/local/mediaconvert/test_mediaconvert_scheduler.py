"""Which job runs when, with work that only waits."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from local.mediaconvert.announcer import Announcer, Event
from local.mediaconvert.errors import ApiError, JobError
from local.mediaconvert.ffmpeg import Cancellation
from local.mediaconvert.jobs import Job, Jobs, Status
from local.mediaconvert.queues import CONCURRENT_JOBS, Queues
from local.mediaconvert.scheduler import Scheduler
from tests.local.mediaconvert.studio import wait_until

PREFIX = "arn:aws:mediaconvert:eu-west-1:111122223333"


def now() -> datetime:
    """Return the time that this clock always shows."""
    return datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """A scheduler whose jobs last until the test lets them end."""

    begun: list[Job] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    stubborn: set[str] = field(default_factory=set)
    queues: Queues = field(init=False)
    announcer: Announcer = field(init=False)
    scheduler: Scheduler = field(init=False)

    def __post_init__(self) -> None:
        """Connect queues, jobs and scheduler."""
        self._jobs = Jobs(f"{PREFIX}:jobs/", now)
        self._ends: dict[str, threading.Event] = {}
        self.queues = Queues(f"{PREFIX}:queues/", now)
        self.announcer = Announcer("111122223333", now, self.events.append)
        self.scheduler = Scheduler(self.queues, self._work, self.announcer, now)

    def _work(self, job: Job, cancellation: Cancellation) -> None:
        self.begun.append(job)
        while not self._ends[job.id].wait(0.005):
            if job.id not in self.stubborn:
                cancellation.check()
        if job.id in self.failures:
            raise self.failures[job.id]

    def submit(self, queue: str = "Default", **request: Any) -> Job:
        """Create a job and hand it to the scheduler."""
        job, _ = self._jobs.create(request, self.queues.find(queue).arn)
        self._ends[job.id] = threading.Event()
        self.scheduler.submit(job)
        return job

    def end(self, job: Job) -> None:
        """Let a job's work end, and wait until the scheduler knows."""
        self._ends[job.id].set()
        wait_until(lambda: job.finished)

    def running(self, count: int) -> list[Job]:
        """Wait until so many jobs have begun, and return them in that order."""
        wait_until(lambda: len(self.begun) >= count)
        return self.begun

    def close(self) -> None:
        """Close the scheduler, then hand over its last events."""
        self.scheduler.close()
        self.announcer.close()

    def statuses(self) -> list[str]:
        """Close, and return what all events told."""
        self.close()
        return [event["detail"]["status"] for event in self.events]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A scheduler that is closed in the end."""
    stage = Stage()
    yield stage
    stage.close()


def test_a_queue_runs_as_many_jobs_as_it_may(stage: Stage) -> None:
    """ConcurrentJobs bounds the running jobs of each queue by itself; the default is a constant."""
    stage.queues.create({"Name": "narrow", "ConcurrentJobs": 1})
    for queue in ("Default", "narrow"):
        for _ in range(CONCURRENT_JOBS + 1):
            stage.submit(queue)
    assert (1, CONCURRENT_JOBS) == stage.scheduler.counts(f"{PREFIX}:queues/Default")
    assert (CONCURRENT_JOBS, 1) == stage.scheduler.counts(f"{PREFIX}:queues/narrow")


def test_higher_priorities_first_then_the_oldest(stage: Stage) -> None:
    """A queue runs the job of the highest priority, and of equal ones the one that came first."""
    stage.queues.update({"Name": "Default", "ConcurrentJobs": 1})
    first = stage.submit()
    low, early, late = stage.submit(Priority=-1), stage.submit(Priority=5), stage.submit(Priority=5)
    for job in (first, early, late):
        stage.end(job)
    assert [first, early, late, low] == stage.running(4)


def test_a_resumed_queue_runs_what_waited(stage: Stage) -> None:
    """A paused queue keeps its jobs; resuming it starts them."""
    stage.queues.update({"Name": "Default", "Status": "PAUSED"})
    job = stage.submit()
    assert [] == stage.begun
    stage.queues.update({"Name": "Default", "Status": "ACTIVE"})
    stage.scheduler.wake()
    assert [job] == stage.running(1)


def test_pausing_leaves_running_jobs_alone(stage: Stage) -> None:
    """A job that runs when its queue is paused runs to its end."""
    job = stage.submit()
    stage.queues.update({"Name": "Default", "Status": "PAUSED"})
    stage.end(job)
    assert Status.COMPLETE is job.status


def test_a_job_that_waits_too_long_hops(stage: Stage) -> None:
    """A waiting job moves to the other queue with its new priority, once, and is told."""
    stage.queues.update({"Name": "Default", "Status": "PAUSED"})
    other = stage.queues.create({"Name": "other", "Status": "PAUSED"})
    hop = {"Queue": "other", "Priority": 5, "WaitMinutes": 1}
    job = stage.submit(HopDestinations=[hop])
    stage.scheduler.hop(job, hop)
    assert (other.arn, 5) == (job.queue, job.priority)
    assert ((0, 0), (1, 0)) == (
        stage.scheduler.counts(f"{PREFIX}:queues/Default"),
        stage.scheduler.counts(other.arn),
    )
    assert ["QUEUE_HOP"] == stage.statuses()
    detail = stage.events[0]["detail"]
    assert {
        "queue": other.arn,
        "previousQueue": f"{PREFIX}:queues/Default",
        "priority": 5,
        "previousPriority": 0,
    }.items() <= detail.items()


def test_a_job_that_runs_does_not_hop(stage: Stage) -> None:
    """Once a job has begun, its wait is over and it stays where it is."""
    job = stage.submit(HopDestinations=[{"WaitMinutes": 1}])
    stage.scheduler.hop(job, {"WaitMinutes": 1})
    assert ([], f"{PREFIX}:queues/Default") == (job.transitions, job.queue)


def test_a_failure_is_kept_and_told(stage: Stage) -> None:
    """A JobError ends the job in ERROR with its code and message, in the job and in the event."""
    job = stage.submit()
    stage.failures[job.id] = JobError(1010, "unreadable")
    stage.end(job)
    assert ["PROGRESSING", "ERROR"] == stage.statuses()
    assert (Status.ERROR, 1010, "unreadable") == (job.status, job.error_code, job.error_message)
    assert {"errorCode": 1010, "errorMessage": "unreadable"}.items() <= (
        stage.events[-1]["detail"].items()
    )


def test_a_defect_ends_the_job_as_unexpected(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception that nobody foresaw is error 1999 and in the log; the job does not hang."""
    job = stage.submit()
    stage.failures[job.id] = RuntimeError("oops")
    stage.end(job)
    assert (Status.ERROR, JobError.UNEXPECTED) == (job.status, job.error_code)
    assert "oops" in caplog.text


def test_a_running_job_is_canceled_when_its_work_has_stopped(stage: Stage) -> None:
    """A canceled job stops, is told as CANCELED and nothing else, and makes room for the next."""
    stage.queues.update({"Name": "Default", "ConcurrentJobs": 1})
    job, following = stage.submit(), stage.submit()
    stage.running(1)
    stage.scheduler.cancel(job)
    stage.running(2)
    assert Status.CANCELED is job.status
    stage.end(following)
    assert ["PROGRESSING", "CANCELED", "PROGRESSING", "COMPLETE"] == stage.statuses()


def test_a_job_whose_work_does_not_stop_any_more_is_canceled_after_it(stage: Stage) -> None:
    """Nothing is written after a job's end, and one that was canceled is not COMPLETE."""
    job = stage.submit()
    stage.running(1)
    stage.stubborn.add(job.id)
    stage.scheduler.cancel(job)
    assert job.finished is None
    stage.end(job)
    assert Status.CANCELED is job.status


def test_a_job_that_ended_cannot_be_canceled(stage: Stage) -> None:
    """Canceling a complete job is a conflict and changes nothing."""
    job = stage.submit()
    stage.end(job)
    with pytest.raises(ApiError, match="is COMPLETE"):
        stage.scheduler.cancel(job)
    assert Status.COMPLETE is job.status


def test_closing_stops_everything_without_a_word(
    other_threads: frozenset[threading.Thread], stage: Stage
) -> None:
    """After `close` no thread of a job lives, and no event told of an end."""
    jobs = [stage.submit() for _ in range(CONCURRENT_JOBS + 1)]
    stage.running(CONCURRENT_JOBS)
    stage.close()
    left = set(threading.enumerate()) - other_threads
    assert [] == [thread.name for thread in left if thread.name.startswith("mediaconvert")]
    assert ["PROGRESSING"] * CONCURRENT_JOBS == stage.statuses()
    assert Status.SUBMITTED is jobs[-1].status
