"""Reaching S3 as the job's role, and as nothing more."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from local.mediaconvert.access import AwsAccess, Credentials, boto3_client
from local.mediaconvert.errors import JobError
from tests.local.mediaconvert.studio import ACCOUNT, ROLE, TRUST, Studio

QUEUE = f"arn:aws:mediaconvert:eu-central-1:{ACCOUNT}:queues/q"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/paths/are/ignored/{ROLE}"


@pytest.fixture
def access() -> Iterator[AwsAccess]:
    """Access through boto3's defaults, inside moto."""
    with mock_aws():
        access = AwsAccess()
        yield access
        access.close()


def create_role(trust: Mapping[str, Any] = TRUST) -> None:
    """Create the role in moto."""
    boto3.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust))


def code_of(access: AwsAccess, role_arn: str = ROLE_ARN, queue_arn: str = QUEUE) -> int:
    """Return the error code with which a role is refused."""
    with pytest.raises(JobError) as caught:
        access.role(role_arn, queue_arn)
    return caught.value.code


def test_a_role_must_be_there_and_well_formed(access: AwsAccess) -> None:
    """A missing role is error 1433, something that is no role's ARN 1515."""
    assert JobError.ROLE_MISSING == code_of(access)
    assert JobError.MALFORMED_ROLE == code_of(access, "arn:aws:iam::111122223333:user/me")


def test_a_role_must_trust_mediaconvert_for_the_queue(access: AwsAccess) -> None:
    """A trust policy that does not let the service in for this queue is error 1434."""
    create_role()
    other_account = QUEUE.replace(ACCOUNT, "999999999999")
    assert JobError.ROLE_DOES_NOT_TRUST == code_of(access, queue_arn=other_account)


def test_a_condition_that_cannot_be_judged_is_named(access: AwsAccess) -> None:
    """A trust policy with an unknown condition is error 1434 and says which."""
    statement = {**TRUST["Statement"][0], "Condition": {"Bool": {"aws:SecureTransport": "true"}}}  # type: ignore[dict-item] # the literal's type is wider
    create_role({**TRUST, "Statement": statement})
    with pytest.raises(JobError, match="Bool aws:SecureTransport") as caught:
        access.role(ROLE_ARN, QUEUE)
    assert JobError.ROLE_DOES_NOT_TRUST == caught.value.code


def test_files_go_out_and_come_back(access: AwsAccess, tmp_path: Path) -> None:
    """An upload arrives with its headers, and a download is the same bytes."""
    create_role()
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="bucket")
    role = access.role(ROLE_ARN, QUEUE)
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.write_bytes(bytes(range(256)) * 100)
    sent: list[int] = []
    role.upload(original, "s3://bucket/a b/c%20.mp4", {"ContentType": "video/mp4"}, sent.append)
    assert "video/mp4" == s3.head_object(Bucket="bucket", Key="a b/c%20.mp4")["ContentType"]
    role.download("s3://bucket/a b/c%20.mp4", copy, lambda _: None)
    assert original.read_bytes() == copy.read_bytes()
    assert original.stat().st_size == sum(sent)


def test_a_transfer_ends_when_its_callback_raises(access: AwsAccess, tmp_path: Path) -> None:
    """What the callback raises comes out of the transfer, so that a cancellation ends it."""
    create_role()
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")

    def stop(_: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        access.role(ROLE_ARN, QUEUE).download("s3://bucket/k", tmp_path / "copy", stop)


def test_an_upload_that_is_ended_leaves_no_file_open(access: AwsAccess, tmp_path: Path) -> None:
    """A job that is canceled while it writes does not keep its outputs open."""
    create_role()
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="bucket")
    path = tmp_path / "output"
    path.write_bytes(b"x")

    def stop(_: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError) as caught:
        access.role(ROLE_ARN, QUEUE).upload(path, "s3://bucket/k", {}, stop)
    assert caught
    assert path not in {link.resolve() for link in Path("/proc/self/fd").iterdir()}


def denied(operation: str) -> ClientError:
    """Return AWS's AccessDenied."""
    return ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)


@dataclass
class StrictCloud:
    """An emulator that judges trust policies itself, and knows no services as callers."""

    trust: dict[str, Any]
    clock: list[datetime]
    made: list[tuple[str, Credentials | None]] = field(default_factory=list)

    def client(self, service: str, credentials: Credentials | None) -> "StrictCloud":
        """Make a client: this object is all of them."""
        self.made.append((service, credentials))
        return self

    def get_role(self, **_: str) -> dict[str, Any]:
        """Return the role with its trust policy."""
        return {"Role": {"AssumeRolePolicyDocument": self.trust}}

    def update_assume_role_policy(self, *, PolicyDocument: str, **_: str) -> None:  # noqa: N803 - boto3's name
        """Replace the trust policy."""
        self.trust = json.loads(PolicyDocument)

    def assume_role(self, **_: str) -> dict[str, Any]:
        """Let in whom a statement names as the account's root user."""
        principals = [statement["Principal"] for statement in self.trust["Statement"]]
        if {"AWS": f"arn:aws:iam::{ACCOUNT}:root"} not in principals:
            raise denied("AssumeRole")
        return {
            "Credentials": {
                "AccessKeyId": "key",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self.clock[0],
            }
        }

    def upload_fileobj(self, *_: Any, **__: Any) -> None:
        """Refuse to write."""
        raise denied("PutObject")

    def close(self) -> None:
        """Close nothing."""


def test_an_emulator_that_knows_no_services_is_helped() -> None:
    """Where STS refuses, the account is let in by a statement more; S3 is reached as the role."""
    cloud = StrictCloud(dict(TRUST), [datetime.now(UTC) + timedelta(hours=1)])
    role = AwsAccess(cloud.client).role(ROLE_ARN, QUEUE)
    with pytest.raises(JobError, match="may not write s3://b/k") as caught:
        role.upload(Path(__file__), "s3://b/k", {}, lambda _: None)
    assert JobError.ACCESS_DENIED == caught.value.code
    assert TRUST["Statement"] == cloud.trust["Statement"][:-1]
    assert ("s3", Credentials("key", "secret", "token")) == cloud.made[-1]


def test_credentials_are_renewed_before_they_end() -> None:
    """One client serves a role until its credentials are about to end."""
    cloud = StrictCloud(dict(TRUST), [datetime.now(UTC) + timedelta(hours=1)])
    role = AwsAccess(cloud.client).role(ROLE_ARN, QUEUE)

    def clients_after_a_transfer() -> int:
        with pytest.raises(JobError):
            role.upload(Path(__file__), "s3://b/k", {}, lambda _: None)
        return [service for service, _ in cloud.made].count("s3")

    assert (1, 1) == (clients_after_a_transfer(), clients_after_a_transfer())
    cloud.clock[0] = datetime.now(UTC) + timedelta(minutes=1)
    other = AwsAccess(cloud.client)
    role = other.role(ROLE_ARN, QUEUE)
    assert (2, 3) == (clients_after_a_transfer(), clients_after_a_transfer())


def test_a_wrong_role_ends_the_job(studio: Studio, clip: Path) -> None:
    """A job whose role does not trust the service ends in ERROR with the code, not in silence."""
    studio.upload(clip)
    for_lambda = json.dumps(TRUST).replace("mediaconvert.amazonaws.com", "lambda.amazonaws.com")
    studio.iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=for_lambda)
    assert JobError.ROLE_DOES_NOT_TRUST == studio.run()["ErrorCode"]


def test_boto3s_own_client_carries_the_credentials() -> None:
    """The default factory signs with the role's credentials when it is given some."""
    client = boto3_client("s3", Credentials("key", "secret", "token"))
    found = client._request_signer._credentials  # noqa: SLF001 - boto3 has no public way to ask
    assert ("key", "secret", "token") == (found.access_key, found.secret_key, found.token)
    client.close()
