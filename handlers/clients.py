"""The functions' AWS clients, with time limits that leave room inside the functions' own.

A function may take 10 s. Should one service be silent, the others are still told in time. Should
two be, the function times out: the batch is delivered again, and the ledger knows what was done.
"""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

CONNECT_TIMEOUT: Final = 0.5
"""Seconds: within a region a connection takes some 10 ms."""

CREATE_JOB_TIMEOUT: Final = 4.0
"""Seconds without a byte of answer. CreateJob validates a document before it answers."""

CREATE_JOB_ATTEMPTS: Final = 1
"""One request, one answer. Were it repeated unseen, a refusal of the second request would hide that
the first one may have made a job."""

PROBE_TIMEOUT: Final = 5.0
"""Seconds without a byte of answer: MediaConvert reads the beginning of the file, or its end."""

TIMEOUT: Final = 0.75
"""Seconds without a byte of answer, from services that answer in some 10 ms."""

LIST_TIMEOUT: Final = 10.0
"""Seconds without a byte of answer: S3 collects a thousand versions before it answers."""

ATTEMPTS: Final = 2
"""One repetition, for a connection that died while the function was frozen. For a refusal that
lasts the queue is the better place to wait."""

CONNECTIONS: Final = 10
"""Calls at one time: as many as messages are in a batch."""


def mediaconvert_client(read_timeout: float = CREATE_JOB_TIMEOUT) -> "MediaConvertClient":
    """Make the client that creates jobs, or reads uploads with a longer timeout in seconds."""
    return boto3.client("mediaconvert", config=_limits(read_timeout, CREATE_JOB_ATTEMPTS))


def sqs_client() -> "SQSClient":
    """Make the client that sends messages and changes their visibility."""
    return boto3.client("sqs", config=_limits(TIMEOUT, ATTEMPTS))


def sns_client() -> "SNSClient":
    """Make the client that announces."""
    return boto3.client("sns", config=_limits(TIMEOUT, ATTEMPTS))


def dynamodb_client() -> "DynamoDBClient":
    """Make the client of the ledger."""
    return boto3.client("dynamodb", config=_limits(TIMEOUT, ATTEMPTS))


def s3_client(read_timeout: float = TIMEOUT) -> "S3Client":
    """Make the client that looks for objects, or lists them with a longer timeout in seconds."""
    return boto3.client("s3", config=_limits(read_timeout, ATTEMPTS))


def _limits(read_timeout: float, attempts: int) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
    )
