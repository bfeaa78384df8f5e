"""A delivery: one message of a batch, as Lambda's event source mapping hands it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from handlers.events import shown
from handlers.names import YES, MessageAttribute

FIRST_ATTEMPT: Final = 1

LAST_ATTEMPT: Final = 9_999
"""Each attempt is asked for by a person or by a failed job: nobody counts this far."""


class DeliveryError(ValueError):
    """A message asks for something that cannot be; the sentence says what was expected."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One receive of one message."""

    message_id: str
    receipt_handle: str
    """What SQS needs to change this receive's visibility."""
    body: str
    receives: int
    """How often the message has been received, this time included."""
    sent_at: int
    """Unix time in seconds at which the message was sent; a redrive sends a new one."""
    first_received_at: int
    """Unix time in seconds of its first receive."""
    attempt: int
    """The attempt that the message asks for, from 1."""
    unless_rendered: bool
    """Whether it asks only for what the output bucket lacks."""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read one of the event's Records.

        Raises:
            DeliveryError: A message attribute is not one that this project writes.
        """
        system = record["attributes"]
        attributes = {
            name: value.get("stringValue")
            for name, value in record.get("messageAttributes", {}).items()
        }
        return cls(
            message_id=record["messageId"],
            receipt_handle=record["receiptHandle"],
            body=record["body"],
            receives=int(system["ApproximateReceiveCount"]),
            sent_at=_seconds(system["SentTimestamp"]),
            first_received_at=_seconds(system["ApproximateFirstReceiveTimestamp"]),
            attempt=_attempt(attributes),
            unless_rendered=_is_set(attributes, MessageAttribute.UNLESS_RENDERED),
        )


def _seconds(milliseconds: str) -> int:
    return int(milliseconds) // 1000


def _attempt(attributes: Mapping[str, str | None]) -> int:
    text = attributes.get(MessageAttribute.ATTEMPT, str(FIRST_ATTEMPT))
    # The length comes first: Python refuses to read a number of thousands of digits.
    if text is not None and len(text) <= len(str(LAST_ATTEMPT)) and text.isascii():
        number = int(text) if text.isdecimal() else 0
        if number >= FIRST_ATTEMPT:
            return number
    raise DeliveryError(
        f"The message attribute {MessageAttribute.ATTEMPT} is {shown(text)}; expected a whole "
        f"number from {FIRST_ATTEMPT} to {LAST_ATTEMPT}. Send the body again with such a number, "
        "or without the attribute."
    )


def _is_set(attributes: Mapping[str, str | None], name: MessageAttribute) -> bool:
    text = attributes.get(name, "")
    if text not in ("", YES):
        raise DeliveryError(
            f"The message attribute {name} is {shown(text)}; expected {YES!r}, or no attribute."
        )
    return text == YES
