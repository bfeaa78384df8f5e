"""Queues that keep what cannot be handled: a queue, and its dead-letter queue."""

from typing import Any

import pulumi_aws as aws
from pulumi import Output

from components import defaults
from components.scope import Scope


def _encryption(scope: Scope) -> dict[str, Any]:
    """SQS takes one of the two."""
    if scope.key_arn is None:
        return {"sqs_managed_sse_enabled": True}
    return {"kms_master_key_id": scope.key_arn}


def dead_letter_queue(scope: Scope, name: str) -> aws.sqs.Queue:
    """Create a queue in which messages wait for a person.

    A message that SQS moves here keeps its age, so it is kept no longer than it would have been.

    Args:
        scope: what it belongs to.
        name: the logical name.
    """
    return aws.sqs.Queue(
        name,
        message_retention_seconds=defaults.MESSAGE_RETENTION_SECONDS,
        **_encryption(scope),
        tags=scope.tags,
        opts=scope.options(),
    )


def queue_with_redrive(
    scope: Scope,
    name: str,
    dead_letters: aws.sqs.Queue,
    *,
    consumer_timeout: int,
    max_receive_count: int,
) -> aws.sqs.Queue:
    """Create a queue that gives a message up to its dead-letter queue.

    Args:
        scope: what it belongs to.
        name: the logical name.
        dead_letters: where messages go; it takes them from this queue only.
        consumer_timeout: seconds that the consumer may work on a batch.
        max_receive_count: deliveries before SQS gives a message up.
    """
    queue = aws.sqs.Queue(
        name,
        message_retention_seconds=defaults.MESSAGE_RETENTION_SECONDS,
        visibility_timeout_seconds=defaults.visibility_timeout_seconds(consumer_timeout),
        **_encryption(scope),
        redrive_policy=Output.json_dumps(
            {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": max_receive_count}
        ),
        tags=scope.tags,
        opts=scope.options(),
    )
    aws.sqs.RedriveAllowPolicy(
        f"{name}-dlq-takes-from-queue",
        queue_url=dead_letters.url,
        redrive_allow_policy=Output.json_dumps(
            {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
        ),
        opts=scope.options(),
    )
    return queue
