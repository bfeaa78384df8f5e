"""A temporary queue that receives S3's notifications, job events and announcements."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from handlers.mediaconvert.job_events import JobStatus
from handlers.names import JobMetadata
from operate.clients import Clients
from operate.errors import OperateError
from operate.explain import explain
from operate.progress import say
from operate.stack_outputs import Stack
from operate.verify.facts import Document, Seen

NAME_PREFIX: Final = "videoconverter-verify-"
"""How the names of the temporary queue and rule begin."""

RETENTION: Final = 3_600
"""Seconds that the queue keeps a message, so that none pile up after `verify` was killed."""

BATCH: Final = 10
"""Messages per call. The most that SQS gives."""

WAIT_SECONDS: Final = 1
"""How long a receive waits for a message."""

TARGET_ID: Final = "queue"
"""Name of the rule's only target."""


class Undoing:
    """Steps that clean up at the end, the latest first; a step that fails is reported."""

    def __init__(self) -> None:
        """Start without steps."""
        self._steps: list[tuple[str, Callable[[], object]]] = []
        self.left_behind: list[str] = []

    def later(self, what: str, undo: Callable[[], object]) -> None:
        """Add a step."""
        self._steps.append((what, undo))

    def undo(self) -> None:
        """Take every step, also when others fail."""
        while self._steps:
            what, undo = self._steps.pop()
            try:
                undo()
            except (BotoCoreError, ClientError) as error:
                self.leave(what, explain(error))
            except OperateError as error:
                self.leave(what, str(error))

    def leave(self, what: str, why: str) -> None:
        """Report that something was not removed."""
        self.left_behind.append(what)
        say(f"Not removed: {what}. {why}")


class Receiver:
    """The queue, its subscriptions to both topics, and the rule that sends it events of jobs.

    The subscriptions have no filter: AWS says that one may need 15 minutes to take full effect (SNS
    Developer Guide, subscription filter policies). The caller drops messages about other uploads.
    """

    def __init__(self, stack: Stack, clients: Clients, run: str) -> None:
        """Choose the names.

        Args:
            stack: The stack.
            clients: Clients of its account.
            run: A name that no other run has.
        """
        self._clients = clients
        self._name = f"{NAME_PREFIX}{run}"
        self._topics = [stack.outputs["topic_arn"], stack.outputs["completed_topic_arn"]]
        self._fanout = stack.fanout
        self._queue_arn = stack.arn("sqs", self._name)
        self._rule_arn = stack.arn("events", f"rule/{self._name}")
        self._url = ""

    def open(self, undoing: Undoing) -> None:
        """Create the queue with its policy, then what sends to it.

        Raises:
            OperateError: EventBridge refused the queue as a target.
            ClientError, BotoCoreError: AWS refused.
        """
        self._create_queue(undoing)
        for topic in self._topics:
            self._subscribe_to(topic, undoing)
        self._create_rule(undoing)

    def _create_queue(self, undoing: Undoing) -> None:
        sqs = self._clients.sqs
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                self._may_send("sns.amazonaws.com", self._topics),
                self._may_send("events.amazonaws.com", [self._rule_arn]),
            ],
        }
        self._url = sqs.create_queue(
            QueueName=self._name,
            Attributes={
                "Policy": json.dumps(policy),
                "MessageRetentionPeriod": str(RETENTION),
                "SqsManagedSseEnabled": "true",
            },
        )["QueueUrl"]
        undoing.later(f"the queue {self._name}", lambda: sqs.delete_queue(QueueUrl=self._url))

    def _may_send(self, service: str, sources: list[str]) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sqs:SendMessage",
            "Resource": self._queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": sources}},
        }

    def _subscribe_to(self, topic: str, undoing: Undoing) -> None:
        sns = self._clients.sns
        arn = sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=self._queue_arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        undoing.later(f"the subscription {arn}", lambda: sns.unsubscribe(SubscriptionArn=arn))

    def _create_rule(self, undoing: Undoing) -> None:
        events, name = self._clients.events, self._name
        # Without `source`, which the stack's own rule names: the line `outcome` is about that.
        pattern = {
            "detail": {
                "status": list(JobStatus),
                "userMetadata": {JobMetadata.FANOUT: [self._fanout]},
            }
        }
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        undoing.later(f"the rule {name}", lambda: events.delete_rule(Name=name))
        target = {"Id": TARGET_ID, "Arn": self._queue_arn}
        answer = events.put_targets(Rule=name, Targets=[target])  # type: ignore[list-item]  # as it wants it
        if answer["FailedEntryCount"]:
            raise OperateError(
                f"EventBridge refused the temporary queue as a target: {answer['FailedEntries']}"
            )
        undoing.later(
            f"the target of the rule {name}",
            lambda: events.remove_targets(Rule=name, Ids=[TARGET_ID]),
        )

    def receive(self) -> Iterator[Seen]:
        """Receive and delete all messages; without any, wait a second.

        Raises:
            ClientError, BotoCoreError: SQS refused.
        """
        messages: list[Any] = [None] * BATCH
        while len(messages) == BATCH:
            messages = self._clients.sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=WAIT_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            for message in messages:
                sent = int(message["Attributes"]["SentTimestamp"]) / 1_000
                yield Seen(_document(message["Body"]), datetime.fromtimestamp(sent, UTC))
                self._clients.sqs.delete_message(
                    QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"]
                )


def _document(body: str) -> Document:
    """Read a message; one that is no JSON object is of no stack and becomes empty."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
