"""Stand-ins for what the functions talk to: a clock, MediaConvert, and the event source mapping."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError, ReadTimeoutError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

    from handlers.batch import BatchAnswer

Result = TypeVar("Result")

TOKEN_SECONDS = 60
"""How long a ClientRequestToken stands for the job that it made."""

MOST_PAGES = 10_000
"""Pages of jobs that nothing here has to read: whoever does so would never stop."""


class KilledError(BaseException):
    """The function dies here: nothing after it happens, and nobody may catch it."""


def client_error(code: str, status: int, message: str = "No.") -> ClientError:
    """An answer that boto3 raises."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "r",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
                "HostId": "",
            },
        },
        "CreateJob",
    )


THROTTLED = client_error("TooManyRequestsException", 429)
BAD_REQUEST = client_error("BadRequestException", 400, "/outputGroups: should not be empty")
NO_ANSWER = ReadTimeoutError(endpoint_url="https://mediaconvert.example")


@dataclass
class Clock:
    """Unix time that passes when it is told to."""

    seconds: int = 1_800_000_000

    def __call__(self) -> int:
        """Read the time."""
        return self.seconds

    def pass_(self, seconds: int) -> None:
        """Let time pass."""
        self.seconds += seconds


@dataclass
class Fuse:
    """Kills a function at one of its calls to AWS, before or after the call has had its effect."""

    calls: int = 0
    """At which call, from 1; 0 for never."""
    after: bool = False
    """Whether the call has its effect first."""
    _in_function: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def light(self, calls: int, *, after: bool) -> None:
        """Kill at a call that is still to come."""
        self.calls, self.after = calls, after

    def put_out(self) -> None:
        """Kill nobody."""
        self.calls = 0

    def guard(self, function: Callable[[], Result]) -> Result:
        """Run a function that may be killed; calls outside of one do not count."""
        self._in_function = True
        try:
            return function()
        finally:
            self._in_function = False

    def before_call(self, **_: Any) -> None:
        """Burn; botocore calls it before each request."""
        if not self.after:
            self._burn()

    def after_call(self, **_: Any) -> None:
        """Burn; botocore calls it after each answer."""
        if self.after:
            self._burn()

    def _burn(self) -> None:
        with self._lock:
            if self.calls and self._in_function:
                self.calls -= 1
                if not self.calls:
                    raise KilledError


@dataclass
class FakeMediaConvert:
    """MediaConvert as the functions see it: jobs, tokens that last a minute, trouble on demand."""

    clock: Clock
    jobs: list[dict[str, Any]] = field(default_factory=list)
    before: Callable[[dict[str, Any]], None] = lambda _: None
    """Called before a job is created; what it raises is the answer."""
    after: Callable[[dict[str, Any]], None] = lambda _: None
    """Called when a job has been created; what it raises is the answer."""
    before_list: Callable[[], None] = lambda: None
    """Called before a page of jobs is listed; what it raises is the answer."""
    objects: dict[str, str | None] = field(default_factory=dict)
    """The version that lies under each key, by its URI; None when it was deleted."""
    written: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """The version that a rendition is of, by preset and input."""
    canceled: list[str] = field(default_factory=list)
    """Jobs that somebody asked to cancel."""
    listed_after: int = 0
    """Seconds until a new job is listed."""
    page_size: int = 2
    """How many jobs a page has at most."""
    pages: int = 0
    """How many pages of jobs have been read."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse(self, key: str, error: BaseException) -> None:
        """Raise the error for every job whose input ends with the key, and make no job."""
        self.before = _raise_for(key, error)

    def fail_to_answer(self, key: str, error: BaseException) -> None:
        """Raise the error for every job whose input ends with the key, and make the job."""
        self.after = _raise_for(key, error)

    def recover(self) -> None:
        """Take every job again."""
        self.before = self.after = lambda _: None
        self.before_list = lambda: None

    def create_job(self, **request: Any) -> dict[str, Any]:
        """Create a job, or answer with the one that has this token."""
        self.before(request)
        with self._lock:
            job = self._of_token(request["ClientRequestToken"])
            if job is None:
                job = {
                    **request,
                    "Id": f"job-{len(self.jobs) + 1}",
                    "Status": "SUBMITTED",
                    "CreatedAt": datetime.fromtimestamp(self.clock(), UTC),
                }
                self.jobs.append(job)
        self.after(request)
        return {"Job": job}

    def begin(self, job: dict[str, Any]) -> None:
        """Start a job: it reads what lies under its key now, whichever upload it was made for."""
        job["Status"] = "PROGRESSING"
        job["Read"] = self.objects.get(_input(job))

    def end(self, job: dict[str, Any], status: str, *, writes: bool = True) -> None:
        """End a job; what it writes then is what it read when it began."""
        job["Status"] = status
        if writes and "Read" in job:
            self.written[job["UserMetadata"]["preset"], _input(job)] = job["Read"]

    def cancel_job(self, **request: Any) -> dict[str, Any]:
        """Cancel a job: at once before it has begun; else it ends in its own time."""
        job = self.get_job(**request)["Job"]
        if job["Status"] in {"COMPLETE", "ERROR", "CANCELED"}:
            raise client_error("ConflictException", 409)
        self.canceled.append(job["Id"])
        if job["Status"] == "SUBMITTED":
            self.end(job, "CANCELED")
        return {}

    def get_job(self, **request: Any) -> dict[str, Any]:
        """Read a job."""
        for job in self.jobs:
            if job["Id"] == request["Id"]:
                return {"Job": job}
        raise client_error("NotFoundException", 404)

    def list_jobs(self, **request: Any) -> dict[str, Any]:
        """List a page of a queue's jobs, newest first. The token is the number of jobs left."""
        assert "DESCENDING" == request["Order"]
        self.before_list()
        self.pages += 1
        assert self.pages <= MOST_PAGES
        latest = datetime.fromtimestamp(self.clock() - self.listed_after, UTC)
        left = int(request.get("NextToken", len(self.jobs)))
        page: list[dict[str, Any]] = []
        while left and len(page) < self.page_size:
            left -= 1
            job = self.jobs[left]
            if job["Queue"].endswith(f"/{request['Queue']}") and job["CreatedAt"] <= latest:
                page.append(job)
        return {"Jobs": page, **({"NextToken": str(left)} if left else {})}

    @property
    def inputs(self) -> list[str]:
        """The inputs of all jobs, sorted: a batch is submitted in no order."""
        return sorted(map(_input, self.jobs))

    def _of_token(self, token: str) -> dict[str, Any] | None:
        recent = takewhile(self._has_token_still, reversed(self.jobs))
        return next((job for job in recent if job["ClientRequestToken"] == token), None)

    def _has_token_still(self, job: dict[str, Any]) -> bool:
        age: float = self.clock() - job["CreatedAt"].timestamp()
        return age <= TOKEN_SECONDS


def _input(job: dict[str, Any]) -> str:
    uri: str = job["Settings"]["Inputs"][0]["FileInput"]
    return uri


def _raise_for(key: str, error: BaseException) -> Callable[[dict[str, Any]], None]:
    def raise_it(request: dict[str, Any]) -> None:
        if _input(request).endswith(key):
            raise error

    return raise_it


class EventSourceMapping:
    """Lambda's event source mapping: receives a batch, invokes, deletes what is done."""

    def __init__(
        self,
        sqs: "SQSClient",
        queue_url: str,
        function: "Callable[[list[dict[str, Any]]], BatchAnswer]",
        clock: Clock,
    ) -> None:
        """Serve one queue with one function, by this clock."""
        self._sqs = sqs
        self._queue_url = queue_url
        self._function = function
        self._receipts: list[str] = []
        self._clock = clock
        self._sent_at: dict[str, int] = {}
        self._first_received_at: dict[str, int] = {}

    def send(self, body: str, **attributes: str) -> str:
        """Put a message into the queue, as a topic or a rule would, and return its id."""
        message_id = self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text}
                for name, text in attributes.items()
            },
        )["MessageId"]
        self._sent_at[message_id] = self._clock()
        return message_id

    def invoke(self) -> list[str]:
        """Hand over what is visible in one batch; return the ids that were reported as failed."""
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        self._receipts += [message["ReceiptHandle"] for message in messages]
        answer = self._function(
            [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": {**message["Attributes"], **self._times(message["MessageId"])},
                    "messageAttributes": {
                        name: {"stringValue": value["StringValue"], "dataType": "String"}
                        for name, value in message.get("MessageAttributes", {}).items()
                    },
                    "eventSource": "aws:sqs",
                }
                for message in messages
            ]
        )
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        for message in messages:
            if message["MessageId"] not in failed:
                receipt = message["ReceiptHandle"]
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=receipt)
                self._receipts.remove(receipt)
        return failed

    def _times(self, message_id: str) -> dict[str, str]:
        """Tell a message's times by the clock; who sent it elsewhere sent it just now."""
        first = self._first_received_at.setdefault(message_id, self._clock())
        return {
            "SentTimestamp": str(self._sent_at.get(message_id, first) * 1000),
            "ApproximateFirstReceiveTimestamp": str(first * 1000),
        }

    def end_back_off(self) -> None:
        """Make everything that was received and not deleted visible, as if its time had come."""
        for receipt in self._receipts:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=0
            )
        self._receipts = []
