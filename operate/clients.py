"""boto3 clients for a stack: in AWS as the caller, in a local cloud as its root user."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    ConnectionError,  # noqa: A004 -- botocore's own; nothing here uses the builtin
)

from operate.stack_outputs import Stack

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

THREADS: Final = 32
"""Calls at one time. They wait for the network, so a small machine can have many."""

ATTEMPTS: Final = 5
"""Tries of a call that is throttled, or gets no answer; all calls here can be repeated."""

CONNECT_SECONDS: Final = 5
"""Seconds that a connection to AWS may take. botocore allows 60. TCP repeats its first packet
after 1 and after 3 s (RFC 6298), so that two may be lost on a line with an answer in 2 s."""

LOCAL_CONNECT_SECONDS: Final = 1
"""Seconds that a connection to a local cloud, on this machine, may take."""

INVOCATION_TIMEOUT: Final = 960
"""Seconds without an answer from a function: longer than the 900 that Lambda lets any run."""

_NOTHING: Final = (None, None, None, None)
_NO_FILE: Final = (None, None, os.devnull, None)
_NO_CALLER_SETTINGS: Final = {
    "profile": _NOTHING,
    "config_file": _NO_FILE,
    "credentials_file": _NO_FILE,
}
"""botocore's session variables (key in the file, environment variable, default, conversion)."""


class Clients:
    """One client per service, made when it is first asked for: in one thread, as boto3 wants it.

    Until the cloud has answered once, a connection that fails is not repeated: an operator hears at
    once that the cloud is down. Later it is repeated like a throttled call.
    """

    def __init__(self, stack: Stack, *, attempts: int = ATTEMPTS) -> None:
        """Read where the services are.

        Args:
            stack: What they are of.
            attempts: Tries of a call. A caller that asks again by itself needs one.
        """
        local = stack.environment
        core = botocore.session.Session(session_vars=_NO_CALLER_SETTINGS if local else None)
        core.set_default_client_config(
            Config(
                retries={"mode": "standard", "total_max_attempts": attempts},
                connect_timeout=LOCAL_CONNECT_SECONDS if local else CONNECT_SECONDS,
                proxies={} if local else None,
            )
        )
        core.register("needs-retry", self._give_up_where_nothing_answers)
        self._has_answered = False
        if local:
            self._session = boto3.Session(
                botocore_session=core,
                aws_access_key_id=local["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=local["AWS_SECRET_ACCESS_KEY"],
                region_name=stack.region,
            )
            self._where: dict[str, Any] = {
                "endpoint_url": local["AWS_ENDPOINT_URL"],
                "verify": local["AWS_CA_BUNDLE"],
            }
            own = local.get("AWS_ENDPOINT_URL_MEDIACONVERT", local["AWS_ENDPOINT_URL"])
            self._where_mediaconvert = {**self._where, "endpoint_url": own}
        else:
            self._session = boto3.Session(botocore_session=core, region_name=stack.region)
            self._where = self._where_mediaconvert = {}

    @cached_property
    def sqs(self) -> "SQSClient":
        """The client of the queues; many threads may use it."""
        return self._session.client(
            "sqs", config=Config(max_pool_connections=THREADS), **self._where
        )

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The client of the ledger."""
        return self._session.client("dynamodb", **self._where)

    @cached_property
    def s3(self) -> "S3Client":
        """The client of the buckets."""
        return self._session.client("s3", **self._where)

    @cached_property
    def sns(self) -> "SNSClient":
        """The client of the topics."""
        return self._session.client("sns", **self._where)

    @cached_property
    def events(self) -> "EventBridgeClient":
        """The client of the rules."""
        return self._session.client("events", **self._where)

    @cached_property
    def mediaconvert(self) -> "MediaConvertClient":
        """The client of the pipelines and jobs."""
        return self._session.client("mediaconvert", **self._where_mediaconvert)

    @cached_property
    def function_settings(self) -> "LambdaClient":
        """The client that reads how functions are set up."""
        return self._session.client("lambda", **self._where)

    @cached_property
    def functions(self) -> "LambdaClient":
        """The client that invokes functions and waits for as long as they run.

        It never repeats a call: after a lost answer the function may still be at work.
        """
        config = Config(
            retries={"total_max_attempts": 1},
            read_timeout=INVOCATION_TIMEOUT,
            tcp_keepalive=True,  # NAT gateways forget a connection that is silent for 350 s
        )
        return self._session.client("lambda", config=config, **self._where)

    def _give_up_where_nothing_answers(self, **tried: Any) -> None:
        """Handle botocore's event `needs-retry`, which comes after each try of each client.

        Raises:
            ConnectionError: There is no connection, and the cloud has not answered before.
        """
        error = tried["caught_exception"]
        if error is None:
            self._has_answered = True
        elif isinstance(error, ConnectionError) and not self._has_answered:
            raise error
