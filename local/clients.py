"""boto3 clients of the local cloud."""

import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, overload

import boto3
import botocore.session
from botocore.config import Config

from components.aws_requests import refuse_what_aws_refuses

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_events import EventBridgeClient
    from types_boto3_iam import IAMClient
    from types_boto3_kms import KMSClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sts import STSClient

ACCESS_KEY: Final = "test"
SECRET_KEY: Final = "test"  # noqa: S105 -- what the emulator takes for its root user

Credentials = tuple[str, str, str | None]
"""Access key, secret key and, for an assumed role, session token."""

ROOT: Final[Credentials] = (ACCESS_KEY, SECRET_KEY, None)

_NOTHING: Final = (None, None, None, None)
_NO_FILE: Final = (None, None, os.devnull, None)
_NO_CALLER_SETTINGS: Final = {
    "profile": _NOTHING,
    "config_file": _NO_FILE,
    "credentials_file": _NO_FILE,
}
"""botocore's session variables (key in the file, environment variable, default, conversion)."""


class Clients:
    """One client per service, made when it is first asked for, safe to use from every thread.

    Nothing of the caller's AWS settings takes part: no profile, no file, no proxy.
    """

    def __init__(
        self, endpoint: str, *, mediaconvert_endpoint: str, ca_bundle: Path, region: str
    ) -> None:
        """Remember where the services are.

        Args:
            endpoint: the emulator's address.
            mediaconvert_endpoint: the address of the MediaConvert service.
            ca_bundle: the certificate that proves the emulator's address.
            region: the region that both play.
        """
        self.region = region
        self._endpoint = endpoint
        self._mediaconvert_endpoint = mediaconvert_endpoint
        self._ca_bundle = str(ca_bundle)
        # boto3 cannot make two clients at a time.
        self._lock = Lock()
        self._by_service: dict[str, Any] = {}
        session = botocore.session.Session(session_vars=_NO_CALLER_SETTINGS)
        # The emulator takes much that AWS refuses.
        session.register("before-parameter-build", refuse_what_aws_refuses)  # type: ignore[arg-type]  # the stubs want **kwargs alone
        self._session = boto3.Session(botocore_session=session)

    @overload
    def client(self, service: Literal["cloudwatch"]) -> "CloudWatchClient": ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
    @overload
    def client(self, service: Literal["events"]) -> "EventBridgeClient": ...
    @overload
    def client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def client(self, service: Literal["kms"]) -> "KMSClient": ...
    @overload
    def client(self, service: Literal["lambda"]) -> "LambdaClient": ...
    @overload
    def client(self, service: Literal["logs"]) -> "CloudWatchLogsClient": ...
    @overload
    def client(self, service: Literal["mediaconvert"]) -> "MediaConvertClient": ...
    @overload
    def client(self, service: Literal["s3"]) -> "S3Client": ...
    @overload
    def client(self, service: Literal["sns"]) -> "SNSClient": ...
    @overload
    def client(self, service: Literal["sqs"]) -> "SQSClient": ...
    @overload
    def client(self, service: Literal["sts"]) -> "STSClient": ...
    def client(self, service: str) -> Any:
        """The client of a service, acting as the account's root user."""
        with self._lock:
            if service not in self._by_service:
                self._by_service[service] = self._make(service, ROOT)
            return self._by_service[service]

    def client_of(self, credentials: Credentials, service: str) -> Any:
        """A new client of a service that acts with these credentials."""
        with self._lock:
            return self._make(service, credentials)

    def _make(self, service: str, credentials: Credentials) -> Any:
        access_key, secret_key, token = credentials
        local = self._mediaconvert_endpoint if service == "mediaconvert" else self._endpoint
        return self._session.client(  # type: ignore[call-overload]  # its stubs want a literal
            service,
            region_name=self.region,
            endpoint_url=local,
            verify=self._ca_bundle,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            config=Config(proxies={}),
        )
