"""Hands the events of jobs over, in their order, without a job waiting for the event bus."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from local.mediaconvert.jobs import Job

Event = dict[str, Any]
"""`detail`, `resources` and `time` of an EventBridge event; the rest is the bus's."""

_ATTEMPTS = 4

_FIRST_WAIT = 0.1
"""Seconds before an event that could not be emitted is tried again; doubles each time."""

_log = logging.getLogger(__name__)


class Announcer:
    """Emits events on a thread of its own."""

    def __init__(
        self, account: str, now: Callable[[], datetime], emit: Callable[[Event], None]
    ) -> None:
        """Start the thread.

        Args:
            account: AWS account id that events name.
            now: The clock.
            emit: Takes an event. When it raises, it is called again a few times; then the event
                is logged and dropped.
        """
        self._account = account
        self._now = now
        self._emit = emit
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mediaconvert-events")
        self._thread.start()

    def announce(self, job: Job, status: str, **details: Any) -> None:
        """Queue an event.

        Args:
            job: The job, as it is now.
            status: The event's status, which is not always that of the job.
            details: What `events` tells for this status.
        """
        now = self._now()
        detail = {
            "timestamp": int(now.timestamp() * 1000),
            "accountId": self._account,
            "queue": job.queue,
            "jobId": job.id,
            "status": status,
            "userMetadata": dict(job.user_metadata),
            **details,
        }
        self._events.put({"detail": detail, "resources": [job.arn], "time": now})

    def close(self) -> None:
        """Hand over what is queued, once each, and end the thread."""
        self._is_closing.set()
        self._events.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self._emit(event)
            except Exception:  # noqa: BLE001 - whatever the bus raises, the next event must go out
                _log.exception("Attempt %d to emit %s failed", attempt + 1, event["detail"])
            else:
                return
            if self._is_closing.wait(_FIRST_WAIT * 2**attempt):
                return
