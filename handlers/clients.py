"""The functions' AWS clients, with time limits, and with the deployer's model of MediaConvert.

boto3 comes with Lambda's runtime, and is older than the one that checked the job documents: it
would refuse a member that it does not know. So the archive brings the very model along that the
documents were checked against. Everything else works from `OLDEST_BOTOCORE` on.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import botocore.session
from botocore.config import Config

from handlers.names import API_MODELS
from handlers.time_limits import (
    ATTEMPTS,
    CONNECT_TIMEOUT,
    CREATE_JOB_ATTEMPTS,
    CREATE_JOB_TIMEOUT,
    TIMEOUT,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

MODELS: Final = Path(__file__).parents[1] / API_MODELS
"""Where a function's archive has service models; not every function's has."""

OLDEST_BOTOCORE: Final = "1.34.145"
"""The oldest botocore, and boto3, that the functions work with: `make test-oldest` runs their tests
on it. AWS says only that a runtime's version depends on the runtime and the region, and that a
function can print it (Lambda Developer Guide, "Runtime-included SDK versions"). This one is of July
2024, four months before python3.13 came to Lambda: older than any that the runtime has had."""

CONNECTIONS: Final = 10
"""Calls at one time: as many as messages are in a batch."""


def mediaconvert_client(read_timeout: float = CREATE_JOB_TIMEOUT) -> "MediaConvertClient":
    """Make the client that creates jobs, or reads uploads with a longer timeout in seconds."""
    return _session().client("mediaconvert", config=_limits(read_timeout, CREATE_JOB_ATTEMPTS))


def sqs_client() -> "SQSClient":
    """Make the client that sends messages and changes their visibility."""
    return _session().client("sqs", config=_limits(TIMEOUT, ATTEMPTS))


def sns_client() -> "SNSClient":
    """Make the client that announces."""
    return _session().client("sns", config=_limits(TIMEOUT, ATTEMPTS))


def dynamodb_client() -> "DynamoDBClient":
    """Make the client of the ledger."""
    return _session().client("dynamodb", config=_limits(TIMEOUT, ATTEMPTS))


def s3_client(read_timeout: float = TIMEOUT) -> "S3Client":
    """Make the client that looks for objects, or lists them with a longer timeout in seconds."""
    return _session().client("s3", config=_limits(read_timeout, ATTEMPTS))


@cache
def _session() -> boto3.Session:
    session = botocore.session.get_session()
    # As boto3 itself adds its own models; the first that has a service is taken.
    session.get_component("data_loader").search_paths.insert(0, str(MODELS))
    return boto3.Session(botocore_session=session)


def _limits(read_timeout: float, attempts: int) -> Config:
    return Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
    )
