"""Which job runs when: queues, priorities, concurrency, hops, and the end of each job."""

import heapq
import itertools
import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.mediaconvert import events
from local.mediaconvert.announcer import Announcer
from local.mediaconvert.errors import ApiError, CanceledError, JobError
from local.mediaconvert.ffmpeg import Cancellation
from local.mediaconvert.jobs import Job, QueueTransition, Status
from local.mediaconvert.queues import DEFAULT_QUEUE, Queues

_MINUTE = 60.0

_log = logging.getLogger(__name__)

Work = Callable[[Job, Cancellation], None]
"""Does a job's work; raises JobError or CanceledError."""


@dataclass(frozen=True)
class _Run:
    """A job at work."""

    job: Job
    cancellation: Cancellation
    thread: threading.Thread


class Scheduler:
    """Runs the jobs of all queues, each on a thread of its own."""

    def __init__(
        self, queues: Queues, work: Work, announcer: Announcer, now: Callable[[], datetime]
    ) -> None:
        """Start without jobs.

        Args:
            queues: Whose status and concurrency are obeyed.
            work: What a job does.
            announcer: Takes the events of jobs.
            now: The clock.
        """
        self._queues = queues
        self._work = work
        self._announce = announcer.announce
        self._now = now
        self._order = itertools.count()
        self._waiting: defaultdict[str, list[tuple[int, int, Job]]] = defaultdict(list)
        self._running: dict[str, _Run] = {}
        self._hops: list[threading.Timer] = []
        self._is_closing = False
        self._lock = threading.RLock()

    def submit(self, job: Job) -> None:
        """Put a new job into its queue: behind those of its priority, before the lower ones."""
        with self._lock:
            if job.status is not Status.SUBMITTED:
                return  # it was canceled as soon as it could be listed
            self._enter(job)
            for destination in job.request.get("HopDestinations", []):
                seconds = destination["WaitMinutes"] * _MINUTE
                timer = threading.Timer(seconds, self.hop, (job, destination))
                self._hops.append(timer)
                timer.start()
        self.wake()

    def wake(self) -> None:
        """Start every job that may run now; call it after a queue has changed."""
        with self._lock:
            if self._is_closing:
                return
            busy = Counter(run.job.queue for run in self._running.values())
            for queue in self._queues.all():
                waiting = self._waiting[queue.arn]
                while waiting and not queue.is_paused and busy[queue.arn] < queue.concurrent_jobs:
                    self._start(heapq.heappop(waiting)[-1])
                    busy[queue.arn] += 1

    def hop(self, job: Job, destination: Mapping[str, Any]) -> None:
        """Move a job that still waits to another queue.

        Args:
            job: The job.
            destination: One of its HopDestinations.
        """
        with self._lock:
            if job.status is not Status.SUBMITTED:
                return
            try:
                queue = self._queues.find(destination.get("Queue", DEFAULT_QUEUE))
            except ApiError as error:
                _log.warning("The job %s stays where it is: %s", job.id, error)
                return
            transition = QueueTransition(job.queue, queue.arn, self._now())
            priority = job.priority
            self._leave(job)
            job.transitions.append(transition)
            job.queue, job.priority = queue.arn, destination.get("Priority", priority)
            self._enter(job)
            self._announce(job, "QUEUE_HOP", **events.queue_hop(job, transition, priority))
        self.wake()

    def cancel(self, job: Job) -> None:
        """End a job: one that waits at once, one that runs as soon as its work has stopped.

        What a job has written by then stays. AWS does not document which error refuses a job that
        has ended; of those that the service model has, ConflictException is about "the current
        state of the resource".

        Raises:
            ApiError: ConflictException, when it has ended.
        """
        with self._lock:
            if job.status not in (Status.SUBMITTED, Status.PROGRESSING):
                raise ApiError(
                    "ConflictException", f"The job {job.id} is {job.status}: it has ended."
                )
            run = self._running.get(job.id)
            if run:
                run.cancellation.cancel()
            else:
                self._leave(job)
                self._finish(job, Status.CANCELED)

    def counts(self, queue_arn: str) -> tuple[int, int]:
        """Return how many jobs of a queue are waiting and how many are running."""
        with self._lock:
            running = sum(run.job.queue == queue_arn for run in self._running.values())
            return len(self._waiting[queue_arn]), running

    def close(self) -> None:
        """Stop the running jobs with their processes; they stay as they are, without an event."""
        with self._lock:
            self._is_closing = True
            runs = list(self._running.values())
        for run in runs:
            run.cancellation.cancel()
        for timer in self._hops:
            timer.cancel()
        for thread in (*(run.thread for run in runs), *self._hops):
            thread.join()

    def _enter(self, job: Job) -> None:
        heapq.heappush(self._waiting[job.queue], (-job.priority, next(self._order), job))

    def _leave(self, job: Job) -> None:
        waiting = self._waiting[job.queue]
        waiting[:] = [entry for entry in waiting if entry[-1] is not job]
        heapq.heapify(waiting)

    def _start(self, job: Job) -> None:
        cancellation = Cancellation()
        thread = threading.Thread(
            target=self._run, args=(job, cancellation), name=f"mediaconvert-{job.id}"
        )
        job.status, job.started = Status.PROGRESSING, self._now()
        self._running[job.id] = _Run(job, cancellation, thread)
        self._announce(job, Status.PROGRESSING)
        thread.start()

    def _run(self, job: Job, cancellation: Cancellation) -> None:
        failure: JobError | None = None
        try:
            self._work(job, cancellation)
        except CanceledError:
            pass  # by `cancel`, or by `close`, which leaves the job as it is
        except JobError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - a defect must end the job, not hang it
            _log.exception("The work on job %s failed unexpectedly", job.id)
            failure = JobError(JobError.UNEXPECTED, f"Unexpected system error: {error!r}")
        with self._lock:
            del self._running[job.id]
            if not self._is_closing:
                if cancellation.is_canceled:
                    self._finish(job, Status.CANCELED)
                elif failure:
                    job.error_code, job.error_message = failure.code, failure.message
                    self._finish(job, Status.ERROR)
                else:
                    self._finish(job, Status.COMPLETE)
        self.wake()

    def _finish(self, job: Job, status: Status) -> None:
        job.status, job.finished = status, self._now()
        details = {Status.COMPLETE: events.complete, Status.ERROR: events.error}.get(status)
        self._announce(job, status, **(details(job) if details else {}))
