"""How the service reaches AWS: as the job's role, and as nothing more."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError

from local.mediaconvert.errors import JobError
from local.mediaconvert.storage import RoleStorage
from local.mediaconvert.trust import UnknownConditionError, as_list, lets_in

SERVICE_PRINCIPAL = "mediaconvert.amazonaws.com"

_RENEW_BEFORE = timedelta(minutes=15)
"""Credentials that end sooner than this are not used for another transfer."""

_DENIED = "AccessDenied"


class Credentials(NamedTuple):
    """Temporary credentials of a role."""

    access_key_id: str
    secret_access_key: str
    session_token: str


ClientFactory = Callable[[str, Credentials | None], Any]
"""Makes a boto3 client of a service, with a role's credentials or, given None, with its own."""


def boto3_client(service: str, credentials: Credentials | None) -> Any:
    """Make a client the way boto3 does by default; works inside moto's `mock_aws`."""
    if credentials is None:
        return boto3.client(service)  # type: ignore[call-overload] # one overload per literal name
    return boto3.client(  # type: ignore[call-overload] # one overload per literal name
        service,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
    )


@dataclass(frozen=True)
class _Session:
    s3: Any
    ends: datetime


class AwsAccess:
    """Assumes the roles of jobs.

    Nobody but AWS can call STS as the service `mediaconvert.amazonaws.com`. So the trust policy is
    judged here, and then the role is assumed with the service's own credentials. An emulator that
    judges the policy as well refuses those; they are then let in by one more statement.
    """

    def __init__(self, client: ClientFactory = boto3_client) -> None:
        """Keep the factory; clients are made when they are first needed."""
        self._client = client
        self._own: dict[str, Any] = {}
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.RLock()  # creating a boto3 client is not thread-safe

    def role(self, role_arn: str, queue_arn: str) -> RoleStorage:
        """Return S3 as a job's role sees it.

        Args:
            role_arn: The job's Role.
            queue_arn: The job's queue, which the trust policy may ask for.

        Raises:
            JobError: 1515, 1433 or 1434, when the role does not let MediaConvert assume it.
        """
        name = _role_name(role_arn)
        try:
            role = self._own_client("iam").get_role(RoleName=name)["Role"]
        except ClientError as error:
            raise JobError(
                JobError.ROLE_MISSING, f"The role {role_arn} cannot be read: {error}"
            ) from error
        trust = _document(role)
        _check_trust(trust, role_arn, queue_arn)
        return RoleStorage(lambda: self._s3(role_arn, trust))

    def of_the_caller(self) -> RoleStorage:
        """Return S3 as the caller of an operation sees it.

        Who calls cannot be seen here, so it is the account's root user: that a caller may read is
        for tests of its policy to prove.
        """
        return RoleStorage(lambda: self._own_client("s3"))

    def close(self) -> None:
        """Close the connections of every client."""
        with self._lock:
            for client in (*self._own.values(), *(held.s3 for held in self._sessions.values())):
                client.close()

    def _s3(self, role_arn: str, trust: Mapping[str, Any]) -> Any:
        """Return the role's S3 client; raise JobError 1432 when it cannot be had."""
        with self._lock:
            session = self._sessions.get(role_arn)
            if session is None or session.ends - datetime.now(UTC) < _RENEW_BEFORE:
                try:
                    answer = self._assume(role_arn, trust)
                except ClientError as error:
                    raise JobError(
                        JobError.ROLE_LACKS_PERMISSION,
                        f"The role {role_arn} cannot be assumed: {error}",
                    ) from error
                keys = Credentials(
                    answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
                )
                session = _Session(self._client("s3", keys), answer["Expiration"])
                self._sessions[role_arn] = session
            return session.s3

    def _assume(self, role_arn: str, trust: Mapping[str, Any]) -> Mapping[str, Any]:
        sts = self._own_client("sts")
        request = {"RoleArn": role_arn, "RoleSessionName": "mediaconvert"}
        try:
            answer = sts.assume_role(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != _DENIED:
                raise
            self._let_own_account_in(role_arn, trust)
            answer = sts.assume_role(**request)
        credentials: Mapping[str, Any] = answer["Credentials"]
        return credentials

    def _let_own_account_in(self, role_arn: str, trust: Mapping[str, Any]) -> None:
        statement = {
            "Sid": "LocalMediaConvertActsForTheService",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{role_arn.split(':')[4]}:root"},
            "Action": "sts:AssumeRole",
        }
        statements = [*as_list(trust["Statement"]), statement]
        self._own_client("iam").update_assume_role_policy(
            RoleName=_role_name(role_arn),
            PolicyDocument=json.dumps({**trust, "Statement": statements}),
        )

    def _own_client(self, service: str) -> Any:
        with self._lock:
            if service not in self._own:
                self._own[service] = self._client(service, None)
            return self._own[service]


def _check_trust(trust: Mapping[str, Any], role_arn: str, queue_arn: str) -> None:
    context = {"aws:SourceArn": queue_arn, "aws:SourceAccount": queue_arn.split(":")[4]}
    try:
        is_trusted = lets_in(trust, SERVICE_PRINCIPAL, context)
    except UnknownConditionError as error:
        raise JobError(
            JobError.ROLE_DOES_NOT_TRUST,
            f"The trust policy of {role_arn} has a condition that this local service cannot"
            f" judge: {error}.",
        ) from error
    if not is_trusted:
        raise JobError(
            JobError.ROLE_DOES_NOT_TRUST,
            f"The trust policy of {role_arn} does not let {SERVICE_PRINCIPAL} assume it for the"
            f" queue {queue_arn}.",
        )


def _role_name(role_arn: str) -> str:
    kind, _, name = role_arn.partition(":role/")
    if not kind.startswith("arn:") or not name:
        raise JobError(JobError.MALFORMED_ROLE, f"{role_arn!r} is not the ARN of a role.")
    return name.rpartition("/")[2]


def _document(role: Mapping[str, Any]) -> Mapping[str, Any]:
    document = role["AssumeRolePolicyDocument"]
    if isinstance(document, str):  # botocore decodes AWS's answer; an emulator may answer plainly
        document = json.loads(unquote(document))
    return dict(document)
