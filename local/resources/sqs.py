"""SQS: queues, who may send to them, and where dead letters go."""

import json
from typing import Any, Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_map

SEND: Final = "sqs:SendMessage"
SEND_BATCH: Final = "sqs:SendMessageBatch"

_QUEUE_ATTRIBUTES: Final = {
    "delaySeconds": "DelaySeconds",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


def queue(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a queue."""
    sqs = aws.client("sqs")
    physical = inputs.take("name") or auto_name(name)
    taken = {theirs: inputs.take(ours) for ours, theirs in _QUEUE_ATTRIBUTES.items()}
    url = sqs.create_queue(
        QueueName=physical,
        tags=tag_map(inputs),
        Attributes={key: _text(value) for key, value in taken.items() if value is not None},  # type: ignore[misc]  # the names are those of the table
    )["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    return Created(url, {"name": physical, "url": url, "arn": arn})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def queue_policy(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set who may use a queue."""
    url = inputs.need("queueUrl")
    aws.client("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": also_in_batches(inputs.need("policy"))}
    )
    return Created(url)


def also_in_batches(policy: str) -> str:
    """The same policy; who may send one message may send several in a call.

    In AWS that follows, and cannot be said (SQS Developer Guide, batch actions); the emulator asks
    for a permission of its own.
    """
    document = json.loads(policy)
    for statement in document.get("Statement", []):
        if statement["Action"] == SEND:
            statement["Action"] = [SEND, SEND_BATCH]
    return json.dumps(document)


def redrive_allow_policy(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set which queues may use a queue as their dead-letter queue."""
    url = inputs.need("queueUrl")
    aws.client("sqs").set_queue_attributes(
        QueueUrl=url, Attributes={"RedriveAllowPolicy": inputs.need("redriveAllowPolicy")}
    )
    return Created(url)
