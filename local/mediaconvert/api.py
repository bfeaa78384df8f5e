"""MediaConvert's operations: parameters in, result out, as boto3 spells both."""

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from components.presets.service_model import check_job
from local.mediaconvert.descriptions import described_job, described_queue
from local.mediaconvert.errors import ApiError
from local.mediaconvert.implemented import not_implemented
from local.mediaconvert.jobs import Job, Jobs
from local.mediaconvert.prober import Prober
from local.mediaconvert.queues import DEFAULT_QUEUE, Queue, Queues
from local.mediaconvert.scheduler import Scheduler
from local.mediaconvert.wire import Call

_PAGE = 20
"""The most items of an answer, and how many it has without MaxResults."""

_Item = TypeVar("_Item")

Parameters = Mapping[str, Any]
Result = dict[str, Any]


class Api:
    """The operations that are implemented."""

    def __init__(self, jobs: Jobs, queues: Queues, scheduler: Scheduler, prober: Prober) -> None:
        """Work on these jobs and queues, and read files with this prober."""
        self._jobs = jobs
        self._queues = queues
        self._scheduler = scheduler
        self._prober = prober
        self._tags: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()
        self._operations: Mapping[str, Callable[[Parameters], Result]] = {
            "CancelJob": self._cancel_job,
            "CreateJob": self._create_job,
            "CreateQueue": self._create_queue,
            "DeleteQueue": self._delete_queue,
            "GetJob": self._get_job,
            "GetQueue": self._get_queue,
            "ListJobs": self._list_jobs,
            "ListQueues": self._list_queues,
            "ListTagsForResource": self._list_tags,
            "Probe": self._probe,
            "SearchJobs": self._search_jobs,
            "TagResource": self._tag,
            "UntagResource": self._untag,
            "UpdateQueue": self._update_queue,
        }

    def answer(self, call: Call) -> Result:
        """Do what a call asks.

        Raises:
            ApiError: The call is refused.
        """
        if call.operation not in self._operations:
            raise ApiError(
                "BadRequestException",
                f"{call.operation} is not implemented by this local service.",
            )
        return self._operations[call.operation](call.parameters)

    def _create_job(self, request: Parameters) -> Result:
        problems = check_job(request) or not_implemented(request)
        if problems:
            raise ApiError("BadRequestException", " ".join(problems))
        queue = self._queues.find(request.get("Queue", DEFAULT_QUEUE))
        for hop in request.get("HopDestinations", []):
            self._check_hop(hop)
        job, is_new = self._jobs.create(request, queue.arn)
        if is_new:
            self._set_tags(job.arn, request)
            self._scheduler.submit(job)
        return {"Job": described_job(job)}

    def _check_hop(self, hop: Parameters) -> None:
        self._queues.find(hop.get("Queue", DEFAULT_QUEUE))
        if "WaitMinutes" not in hop:
            raise ApiError("BadRequestException", "A HopDestinations entry needs WaitMinutes.")

    def _get_job(self, request: Parameters) -> Result:
        return {"Job": described_job(self._jobs.find(request["Id"]))}

    def _cancel_job(self, request: Parameters) -> Result:
        self._scheduler.cancel(self._jobs.find(request["Id"]))
        return {}

    def _list_jobs(self, request: Parameters) -> Result:
        return self._page_of_jobs(request, lambda _: True)

    def _search_jobs(self, request: Parameters) -> Result:
        part = request.get("InputFile", "")
        return self._page_of_jobs(request, lambda job: part in job.source["FileInput"])

    def _page_of_jobs(self, request: Parameters, is_wanted: Callable[[Job], bool]) -> Result:
        queue = self._queues.find(request["Queue"]).arn if "Queue" in request else None

        def is_listed(job: Job) -> bool:
            status = request.get("Status", job.status)
            return queue in (None, job.queue) and status == job.status and is_wanted(job)

        jobs = self._jobs.all()
        if request.get("Order", "DESCENDING") == "DESCENDING":
            jobs.reverse()
        page, token = _page(jobs, lambda job: job.id, is_listed, request)
        return {"Jobs": [described_job(job) for job in page], "NextToken": token}

    def _probe(self, request: Parameters) -> Result:
        files = request.get("InputFiles", [])
        if not files:
            raise ApiError("BadRequestException", "InputFiles is empty; name at least one file.")
        return {"ProbeResults": [self._prober.result(file.get("FileUrl", "")) for file in files]}

    def _create_queue(self, request: Parameters) -> Result:
        queue = self._queues.create(request)
        self._set_tags(queue.arn, request)
        return {"Queue": self._queue(queue)}

    def _get_queue(self, request: Parameters) -> Result:
        return {"Queue": self._queue(self._queues.find(request["Name"]))}

    def _list_queues(self, request: Parameters) -> Result:
        queues = self._queues.all()
        if request.get("ListBy") == "NAME":
            queues.sort(key=lambda queue: queue.name)
        if request.get("Order") == "DESCENDING":
            queues.reverse()
        page, token = _page(queues, lambda queue: queue.name, lambda _: True, request)
        return {"Queues": [self._queue(queue) for queue in page], "NextToken": token}

    def _update_queue(self, request: Parameters) -> Result:
        queue = self._queues.update(request)
        self._scheduler.wake()
        return {"Queue": self._queue(queue)}

    def _delete_queue(self, request: Parameters) -> Result:
        queue = self._queues.find(request["Name"])
        if any(self._scheduler.counts(queue.arn)):
            raise ApiError(
                "ConflictException",
                f"The queue {queue.name!r} has unfinished jobs: cancel them, or wait.",
            )
        self._queues.delete(queue.name)
        return {}

    def _queue(self, queue: Queue) -> Result:
        return described_queue(queue, *self._scheduler.counts(queue.arn))

    def _set_tags(self, arn: str, request: Parameters) -> None:
        with self._lock:
            self._tags.setdefault(arn, {}).update(request.get("Tags", {}))

    def _tag(self, request: Parameters) -> Result:
        self._check_resource(request["Arn"])
        self._set_tags(request["Arn"], request)
        return {}

    def _untag(self, request: Parameters) -> Result:
        self._check_resource(request["Arn"])
        with self._lock:
            for key in request.get("TagKeys", []):
                self._tags.get(request["Arn"], {}).pop(key, None)
        return {}

    def _list_tags(self, request: Parameters) -> Result:
        self._check_resource(request["Arn"])
        with self._lock:
            tags = dict(self._tags.get(request["Arn"], {}))
        return {"ResourceTags": {"Arn": request["Arn"], "Tags": tags}}

    def _check_resource(self, arn: str) -> None:
        """Raise NotFoundException unless the ARN is that of a queue or a job."""
        if arn.startswith(self._jobs.arn_prefix):
            self._jobs.find(arn.removeprefix(self._jobs.arn_prefix))
        else:
            self._queues.find(arn)


def _page(
    items: Sequence[_Item],
    identify: Callable[[_Item], str],
    is_wanted: Callable[[_Item], bool],
    request: Parameters,
) -> tuple[list[_Item], str | None]:
    """Cut a page out of a listing.

    The token is the id of the last item of the page before. It is looked up among all items, so it
    stays valid when that item is no longer wanted: a job's status changes while jobs are listed.
    """
    size = request.get("MaxResults", _PAGE)
    if not 1 <= size <= _PAGE:
        raise ApiError("BadRequestException", f"MaxResults is {size}; it must be 1 to {_PAGE}.")
    rest = iter(items)
    # `any` reads as far as the token; the page begins behind it.
    if "NextToken" in request and not any(identify(item) == request["NextToken"] for item in rest):
        raise ApiError("BadRequestException", "NextToken is not of this listing.")
    wanted = list(islice(filter(is_wanted, rest), size + 1))
    page = wanted[:size]
    return page, identify(page[-1]) if len(wanted) > size else None
