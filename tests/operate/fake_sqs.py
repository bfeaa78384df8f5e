"""SQS for many messages and many threads: moto is slow at the one, and loses count at the other."""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


@dataclass
class _Message:
    id: str
    body: str
    attributes: dict[str, Any]
    visible_at: float = 0.0
    receipt: str = ""


@dataclass
class FakeSqs:
    """Standard queues with visibility, receipts that go stale, and no waiting."""

    clock: Callable[[], float] = time.monotonic
    _queues: dict[str, list[_Message]] = field(default_factory=lambda: defaultdict(list))
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def as_client(self) -> "SQSClient":
        """The fake, to whoever expects boto3's client."""
        return cast("SQSClient", self)

    def create_queue(self, **request: Any) -> dict[str, Any]:
        """Queues come into being when they are used."""
        return {"QueueUrl": f"https://sqs.example/{request['QueueName']}"}

    def send_message(self, **request: Any) -> dict[str, Any]:
        """Put a message into a queue."""
        with self._lock:
            message = _Message(
                id=f"message-{next(self._numbers)}",
                body=request["MessageBody"],
                attributes=request.get("MessageAttributes", {}),
            )
            self._queues[request["QueueUrl"]].append(message)
        return {"MessageId": message.id}

    def receive_message(self, **request: Any) -> dict[str, Any]:
        """Hand over what is visible; SQS leaves the member out when nothing is."""
        with self._lock:
            now = self.clock()
            visible = [each for each in self._queues[request["QueueUrl"]] if each.visible_at <= now]
            messages = visible[: request["MaxNumberOfMessages"]]
            for message in messages:
                message.receipt = f"receipt-{next(self._numbers)}"
                message.visible_at = now + request.get("VisibilityTimeout", 30)
            return {"Messages": [self._shown(each) for each in messages]} if messages else {}

    def delete_message(self, **request: Any) -> dict[str, Any]:
        """Delete a message; a stale receipt is accepted and does nothing, as in SQS."""
        with self._lock:
            queue = self._queues[request["QueueUrl"]]
            queue[:] = [each for each in queue if each.receipt != request["ReceiptHandle"]]
        return {}

    def change_message_visibility(self, **request: Any) -> dict[str, Any]:
        """Hide a message for longer, or show it."""
        with self._lock:
            for message in self._queues[request["QueueUrl"]]:
                if message.receipt == request["ReceiptHandle"]:
                    message.visible_at = self.clock() + request["VisibilityTimeout"]
        return {}

    def change_message_visibility_batch(self, **request: Any) -> dict[str, Any]:
        """Do the same to at most ten."""
        assert 1 <= len(request["Entries"]) <= 10
        assert len({entry["Id"] for entry in request["Entries"]}) == len(request["Entries"])
        for entry in request["Entries"]:
            self.change_message_visibility(QueueUrl=request["QueueUrl"], **entry)
        return {"Successful": request["Entries"]}

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        """Count the messages."""
        with self._lock:
            queue = self._queues[request["QueueUrl"]]
            hidden = sum(each.visible_at > self.clock() for each in queue)
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(len(queue) - hidden),
                "ApproximateNumberOfMessagesNotVisible": str(hidden),
            }
        }

    def _shown(self, message: _Message) -> dict[str, Any]:
        return {
            "MessageId": message.id,
            "ReceiptHandle": message.receipt,
            "Body": message.body,
            "MessageAttributes": message.attributes,
            "Attributes": {"SentTimestamp": "1800000000000"},
        }
