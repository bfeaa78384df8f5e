"""A batch of SQS messages: each settled on its own, and those that stay named to the mapping."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypedDict

from handlers.clients import CONNECTIONS
from handlers.observability import logger

Record = Mapping[str, Any]
"""One of the Records of an event of Lambda's event source mapping."""


class BatchItemFailure(TypedDict):
    """A message that stays in the queue."""

    itemIdentifier: str


class BatchAnswer(TypedDict):
    """What Lambda's event source mapping is told about a batch."""

    batchItemFailures: list[BatchItemFailure]


def settle_each(records: Sequence[Record], settle: Callable[[Record], bool]) -> BatchAnswer:
    """Settle all messages of a batch at the same time.

    Args:
        records: The event's Records.
        settle: Brings one message to an end and tells whether it came to one. What it raises is
            logged, and keeps that message and no other.
    """

    def is_done(record: Record) -> bool:
        try:
            return settle(record)
        except Exception:  # noqa: BLE001 whatever happens to one message must not fail the others
            logger.exception("Message failed", extra={"message_id": record["messageId"]})
            return False

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        done = list(threads.map(is_done, records))
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record, is_done in zip(records, done, strict=True)
            if not is_done
        ]
    }
