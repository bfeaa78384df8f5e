"""MediaConvert's queues."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.mediaconvert.errors import ApiError

DEFAULT_QUEUE = "Default"

CONCURRENT_JOBS = 2
"""Jobs of one queue that run at a time, without ConcurrentJobs: one can read or write S3 while the
other encodes."""


@dataclass
class Queue:
    """One queue; its fields are those of the API's shape."""

    name: str
    arn: str
    created_at: datetime
    last_updated: datetime
    description: str | None = None
    status: str = "ACTIVE"
    concurrent_jobs: int = CONCURRENT_JOBS

    @property
    def is_paused(self) -> bool:
        """Whether it accepts jobs and runs none."""
        return self.status == "PAUSED"


@dataclass
class Queues:
    """The queues of an account and region, with the Default one from the start.

    Attributes:
        arn_prefix: What precedes a queue's name in its ARN.
        now: The clock.
    """

    arn_prefix: str
    now: Callable[[], datetime]
    _queues: dict[str, Queue] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Create the Default queue."""
        self.create({"Name": DEFAULT_QUEUE})

    def create(self, request: Mapping[str, Any]) -> Queue:
        """Create a queue from a CreateQueue request.

        Raises:
            ApiError: ConflictException when the name is taken.
        """
        name = request["Name"]
        _check_plan(request)
        now = self.now()
        queue = Queue(name, self.arn_prefix + name, now, now)
        _change(queue, request)
        with self._lock:
            if name in self._queues:
                raise ApiError("ConflictException", f"A queue named {name!r} exists already.")
            self._queues[name] = queue
        return queue

    def update(self, request: Mapping[str, Any]) -> Queue:
        """Change a queue as an UpdateQueue request says.

        Raises:
            ApiError: NotFoundException.
        """
        queue = self.find(request["Name"])
        _check_plan(request)
        _change(queue, request)
        queue.last_updated = self.now()
        return queue

    def delete(self, name: str) -> None:
        """Delete a queue.

        Raises:
            ApiError: NotFoundException, or BadRequestException for the Default queue.
        """
        queue = self.find(name)
        if queue.name == DEFAULT_QUEUE:
            raise ApiError("BadRequestException", "The Default queue cannot be deleted.")
        with self._lock:
            self._queues.pop(queue.name, None)

    def find(self, name_or_arn: str) -> Queue:
        """Return a queue by its name or its ARN.

        Raises:
            ApiError: NotFoundException.
        """
        with self._lock:
            queue = self._queues.get(name_or_arn.removeprefix(self.arn_prefix))
        if queue is None:
            raise ApiError("NotFoundException", f"There is no queue {name_or_arn!r}.")
        return queue

    def all(self) -> list[Queue]:
        """Return every queue, in the order of creation."""
        with self._lock:
            return list(self._queues.values())


def _check_plan(request: Mapping[str, Any]) -> None:
    if (
        request.get("PricingPlan", "ON_DEMAND") != "ON_DEMAND"
        or "ReservationPlanSettings" in request
    ):
        raise ApiError(
            "BadRequestException", "Reserved queues are not implemented by this local service."
        )


def _change(queue: Queue, request: Mapping[str, Any]) -> None:
    queue.description = request.get("Description", queue.description)
    queue.status = request.get("Status", queue.status)
    queue.concurrent_jobs = request.get("ConcurrentJobs", queue.concurrent_jobs)
