"""Faults on demand: what goes wrong at MediaConvert, made to happen by a test."""

import threading
from collections.abc import Mapping
from typing import Any, TypedDict, cast, get_type_hints

from local.mediaconvert.errors import ApiError, JobError
from local.mediaconvert.jobs import Job
from local.mediaconvert.wire import Call, is_error_of


class Fault(TypedDict, total=False):
    """One order for trouble: one of `error`, `job_error`, `seconds` and `offline` says which.

    Attributes:
        operation: The operation that is refused, such as `CreateJob`.
        error: The error shape it is refused with.
        job_error: The code with which jobs end in ERROR.
        seconds: How much longer jobs take, between reading their input and writing their outputs.
        input: Only jobs of this input, an `s3://` URI.
        preset: Only jobs, or CreateJob calls, whose UserMetadata has this `preset`.
        times: How often; for ever when absent.
        offline: Every call's connection is closed without an answer.
    """

    operation: str
    error: str
    job_error: int
    seconds: int
    input: str
    preset: str
    times: int
    offline: bool


_TYPES = get_type_hints(Fault)
_KINDS = ("error", "job_error", "seconds", "offline")


class Faults:
    """The faults that are in force."""

    def __init__(self) -> None:
        """Start without any."""
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, order: Mapping[str, Any]) -> None:
        """Put one more fault in force.

        Raises:
            ApiError: BadRequestException, when the order cannot be understood.
        """
        problem = _problem(order)
        if problem:
            raise ApiError("BadRequestException", f"This fault cannot be ordered: {problem}")
        with self._lock:
            self._faults.append(cast("Fault", dict(order)))

    def clear(self) -> None:
        """Lift every fault."""
        with self._lock:
            self._faults.clear()

    @property
    def is_offline(self) -> bool:
        """Whether calls go unanswered."""
        with self._lock:
            return any(fault.get("offline") for fault in self._faults)

    def refuse(self, call: Call) -> None:
        """Raise the error that is ordered for this call, if one is."""
        metadata = call.parameters.get("UserMetadata") or {}
        file_input = _file_input(call.parameters)
        fault = self._take("error", metadata, file_input, operation=call.operation)
        if fault:
            raise ApiError(fault["error"], f"{call.operation} was refused: a fault was ordered.")

    def fail(self, job: Job) -> None:
        """Raise the job error that is ordered for a job, if one is."""
        fault = self._take("job_error", job.user_metadata, _file_input(job.request))
        if fault:
            raise JobError(fault["job_error"], "The job failed: a fault was ordered.")

    def extra_seconds(self, job: Job) -> int:
        """Return how much longer than its work a job takes."""
        fault = self._take("seconds", job.user_metadata, _file_input(job.request))
        return fault["seconds"] if fault else 0

    def _take(
        self,
        kind: str,
        user_metadata: Mapping[str, str],
        file_input: str | None,
        *,
        operation: str | None = None,
    ) -> Fault | None:
        """Return the oldest fault that applies and count it as used."""
        with self._lock:
            for fault in self._faults:
                if (
                    kind in fault
                    and fault.get("operation") == operation
                    and fault.get("preset") in (None, user_metadata.get("preset"))
                    and fault.get("input") in (None, file_input)
                ):
                    break
            else:
                return None
            if "times" in fault:
                fault["times"] -= 1
                if not fault["times"]:
                    self._faults.remove(fault)
            return fault


def _file_input(request: Mapping[str, Any]) -> str | None:
    inputs = request.get("Settings", {}).get("Inputs") or [{}]
    return cast("str | None", inputs[0].get("FileInput"))


def _problem(order: Mapping[str, Any]) -> str | None:
    for name, value in order.items():
        if name not in _TYPES:
            return f"{name} is not one of: {', '.join(_TYPES)}."
        if type(value) is not _TYPES[name]:
            return f"{name} is {value!r}; it must be of type {_TYPES[name].__name__}."
    if sum(kind in order for kind in _KINDS) != 1:
        return f"it must have exactly one of: {', '.join(_KINDS)}."
    if order.get("times", 1) < 1:
        return f"times is {order['times']}; it must be at least 1, or absent for ever."
    if "error" in order and not is_error_of(order.get("operation", ""), order["error"]):
        return f"no operation {order.get('operation')!r} of MediaConvert raises {order['error']!r}."
    return None
