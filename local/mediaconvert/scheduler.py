"""Which job runs when: queues, priorities, concurrency, and the end of each job."""

import heapq
import itertools
import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local.mediaconvert import events
from local.mediaconvert.errors import ApiError, CanceledError, JobError
from local.mediaconvert.ffmpeg import Cancellation
from local.mediaconvert.jobs import Job, Status
from local.mediaconvert.queues import Queues

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
        self,
        queues: Queues,
        work: Work,
        send: Callable[[events.Event], None],
        account: str,
        now: Callable[[], datetime],
    ) -> None:
        """Start without jobs.

        Args:
            queues: Whose status and concurrency are obeyed.
            work: What a job does.
            send: Takes the events of jobs.
            account: AWS account id, for the events.
            now: The clock.
        """
        self._queues = queues
        self._work = work
        self._send = send
        self._account = account
        self._now = now
        self._order = itertools.count()
        self._waiting: defaultdict[str, list[tuple[int, int, Job]]] = defaultdict(list)
        self._running: dict[str, _Run] = {}
        self._is_closing = False
        self._lock = threading.RLock()

    def submit(self, job: Job) -> None:
        """Put a new job into its queue: behind those of its priority, before the lower ones."""
        with self._lock:
            heapq.heappush(self._waiting[job.queue], (-job.priority, next(self._order), job))
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
                    job = heapq.heappop(waiting)[-1]
                    if job.status is Status.SUBMITTED:
                        self._start(job)
                        busy[queue.arn] += 1

    def cancel(self, job: Job) -> None:
        """End a job that has not ended yet.

        Raises:
            ApiError: ConflictException, when it has.
        """
        with self._lock:
            if job.status not in (Status.SUBMITTED, Status.PROGRESSING):
                raise ApiError(
                    "ConflictException", f"The job {job.id} is {job.status}: it has ended."
                )
            run = self._running.get(job.id)
            self._finish(job, Status.CANCELED)
        if run:
            run.cancellation.cancel()

    def counts(self, queue_arn: str) -> tuple[int, int]:
        """Return how many jobs of a queue are waiting and how many are running."""
        with self._lock:
            waiting = [job.status for *_, job in self._waiting[queue_arn]]
            running = sum(run.job.queue == queue_arn for run in self._running.values())
            return waiting.count(Status.SUBMITTED), running

    def close(self) -> None:
        """Stop the running jobs with their processes; they stay as they are, without an event."""
        with self._lock:
            self._is_closing = True
            runs = list(self._running.values())
        for run in runs:
            run.cancellation.cancel()
        for run in runs:
            run.thread.join()

    def _start(self, job: Job) -> None:
        cancellation = Cancellation()
        thread = threading.Thread(
            target=self._run, args=(job, cancellation), name=f"mediaconvert-{job.id}"
        )
        job.status, job.started = Status.PROGRESSING, self._now()
        self._running[job.id] = _Run(job, cancellation, thread)
        self._send(events.progressing(job, self._account, job.started))
        thread.start()

    def _run(self, job: Job, cancellation: Cancellation) -> None:
        failure: JobError | None = None
        try:
            self._work(job, cancellation)
        except CanceledError:
            pass  # by `cancel`, which has finished the job, or by `close`, which leaves it
        except JobError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - a defect must end the job, not hang it
            _log.exception("The work on job %s failed unexpectedly", job.id)
            failure = JobError(JobError.UNEXPECTED, f"Unexpected system error: {error!r}")
        with self._lock:
            del self._running[job.id]
            if job.status is Status.PROGRESSING and not self._is_closing:
                if failure:
                    job.error_code, job.error_message = failure.code, failure.message
                self._finish(job, Status.ERROR if failure else Status.COMPLETE)
        self.wake()

    def _finish(self, job: Job, status: Status) -> None:
        job.status, job.finished = status, self._now()
        event = {
            Status.COMPLETE: events.complete,
            Status.ERROR: events.error,
            Status.CANCELED: events.canceled,
        }[status]
        self._send(event(job, self._account, job.finished))
