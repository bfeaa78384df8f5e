"""Stand-ins for what the functions talk to: MediaConvert, and the event source mapping."""

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_sqs import SQSClient

    from handlers.submit_job import BatchAnswer


class FakeMediaConvert:
    """MediaConvert as submit_job sees it: one job per token, and refusals on demand."""

    def __init__(self) -> None:
        """Start without jobs and without refusals."""
        self.jobs: dict[str, dict[str, Any]] = {}
        self.refusals: dict[str, Exception] = {}
        self._lock = threading.Lock()

    def refuse(self, key: str, error: Exception) -> None:
        """Raise the error for every job whose input ends with the key."""
        self.refusals[key] = error

    def create_job(self, **request: Any) -> dict[str, Any]:
        """Create a job, or answer with the one that has this token."""
        for key, error in self.refusals.items():
            if request["Settings"]["Inputs"][0]["FileInput"].endswith(key):
                raise error
        with self._lock:
            self.jobs.setdefault(request["ClientRequestToken"], request)
        return {"Job": {"Id": f"job-of-{request['ClientRequestToken'][:8]}"}}

    @property
    def inputs(self) -> list[str]:
        """The inputs of all jobs, sorted: a batch is submitted in no order."""
        return sorted(job["Settings"]["Inputs"][0]["FileInput"] for job in self.jobs.values())


class EventSourceMapping:
    """Lambda's event source mapping: receives a batch, invokes, deletes what is done."""

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        """Serve one queue."""
        self._sqs = sqs
        self._queue_url = queue_url
        self._receipts: list[str] = []

    def send(self, body: str, **attributes: str) -> str:
        """Put a message into the queue, as the topic would, and return its id."""
        return self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": text}
                for name, text in attributes.items()
            },
        )["MessageId"]

    def invoke(self, handler: "Callable[[list[dict[str, Any]]], BatchAnswer]") -> list[str]:
        """Hand over what is visible in one batch; return the ids that were reported as failed."""
        messages = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        self._receipts = [message["ReceiptHandle"] for message in messages]
        answer = handler(
            [
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
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
                self._sqs.delete_message(
                    QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return failed

    def end_back_off(self) -> None:
        """Make the last batch's failed messages visible, as if their time had passed."""
        for receipt in self._receipts:
            self._sqs.change_message_visibility(
                QueueUrl=self._queue_url, ReceiptHandle=receipt, VisibilityTimeout=0
            )
