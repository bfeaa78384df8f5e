"""The functions' AWS clients, with time limits that leave room inside the function's own.

The function may take 10 s. Should MediaConvert not answer at all, two attempts take 7 s, and the
queue has to be told afterwards. Should two services be silent at once, the function times out: the
whole batch is delivered again, which costs nothing but time.
"""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_sqs import SQSClient

CONNECT_TIMEOUT: Final = 0.5
"""Seconds: within a region a connection takes some 10 ms."""

CREATE_JOB_TIMEOUT: Final = 2.5
"""Seconds without a byte of answer. CreateJob validates a document before it answers."""

MESSAGE_TIMEOUT: Final = 0.75
"""Seconds without a byte of answer, from SQS: it answers in some 10 ms."""

ATTEMPTS: Final = 2
"""One repetition, for a connection that died while the function was frozen. For a refusal that
lasts the queue is the better place to wait."""

CONNECTIONS: Final = 10
"""Calls at one time: as many as messages are in a batch."""


def mediaconvert_client() -> "MediaConvertClient":
    """Make the client that creates jobs."""
    return boto3.client("mediaconvert", config=_limits(CREATE_JOB_TIMEOUT))


def sqs_client() -> "SQSClient":
    """Make the client that sends messages and changes their visibility."""
    return boto3.client("sqs", config=_limits(MESSAGE_TIMEOUT))


def _limits(read_timeout: float) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
    )
