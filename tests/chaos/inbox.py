"""Queues that are read to the end, and one that gets everything that a topic publishes."""

import json
from typing import TYPE_CHECKING

from local.clients import Clients

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_sqs.type_defs import MessageTypeDef


def take(clients: Clients, queue_url: str) -> "Iterator[MessageTypeDef]":
    """Take the messages that are there."""
    sqs = clients.client("sqs")
    while messages := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        yield from messages
        sqs.delete_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ],
        )


class Inbox:
    """A subscriber that takes what it got when it is asked.

    Attributes:
        url: of its queue.
    """

    def __init__(self, clients: Clients, topic_arn: str, name: str) -> None:
        """Subscribe.

        Args:
            clients: of the cloud.
            topic_arn: the topic.
            name: of the queue.
        """
        self._clients = clients
        sqs = clients.client("sqs")
        self.url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]
        sqs.set_queue_attributes(
            QueueUrl=self.url, Attributes={"Policy": _takes_from(arn, topic_arn)}
        )
        clients.client("sns").subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )

    def take(self) -> list[str]:
        """Take the bodies of what has come."""
        return [message["Body"] for message in take(self._clients, self.url)]


def _takes_from(queue_arn: str, topic_arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
