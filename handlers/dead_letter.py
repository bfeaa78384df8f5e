"""Dead letters: a message that cannot become a rendition, kept with the reason why."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from handlers.names import MessageAttribute

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageAttributeValueTypeDef

LONGEST_VALUE: Final = 1024
"""Characters of an attribute's value: a whole key. Attributes count towards the message's size."""

_REFUSED_BY_SQS: Final = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def send_dead_letter(
    sqs: "SQSClient", queue_url: str, body: str, reasons: Mapping[MessageAttribute, str | None]
) -> None:
    """Put a message into a dead-letter queue, with attributes that say why it is there.

    Args:
        sqs: The client.
        queue_url: The branch's dead-letter queue.
        body: The message as it was received, so that it can be sent back as it is.
        reasons: What is known, by attribute; None and empty values are left out.

    Raises:
        ClientError, BotoCoreError: SQS did not take the message.
    """
    sqs.send_message(
        QueueUrl=queue_url, MessageBody=body, MessageAttributes=message_attributes(reasons)
    )


def message_attributes(
    values: Mapping[MessageAttribute, str | None],
) -> "dict[str, MessageAttributeValueTypeDef]":
    """Write values as SQS accepts them: not empty, of bounded length, in characters of XML."""
    return {
        str(name): {"DataType": "String", "StringValue": _acceptable(value)}
        for name, value in values.items()
        if value
    }


def _acceptable(value: str) -> str:
    return _REFUSED_BY_SQS.sub(_REPLACEMENT, value)[:LONGEST_VALUE]
