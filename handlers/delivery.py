"""A delivery: one message of a batch, as Lambda's event source mapping hands it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from handlers.names import YES, MessageAttribute

FIRST_ATTEMPT: Final = 1


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One receive of one message."""

    message_id: str
    receipt_handle: str
    """What SQS needs to change this receive's visibility."""
    body: str
    receives: int
    """How often the message has been received, this time included."""
    attempt: int
    """The attempt that the message asks for, from 1."""
    unless_rendered: bool
    """Whether it asks only for what the output bucket lacks."""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read one of the event's Records."""
        attributes = {
            name: value["stringValue"]
            for name, value in record.get("messageAttributes", {}).items()
            if "stringValue" in value
        }
        return cls(
            message_id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            body=record["body"],
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
            attempt=int(attributes.get(MessageAttribute.ATTEMPT, FIRST_ATTEMPT)),
            unless_rendered=attributes.get(MessageAttribute.UNLESS_RENDERED) == YES,
        )
