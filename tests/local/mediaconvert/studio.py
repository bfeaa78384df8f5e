"""The service beside moto, with what a job needs: buckets, a role, and a client."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from moto import mock_aws

from components.aws_requests import refuse_what_aws_refuses
from local.mediaconvert import MediaConvertService
from tests.local.mediaconvert.documents import file_group_of, job_document, source_of

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_mediaconvert.type_defs import JobTypeDef
    from types_boto3_s3 import S3Client

ACCOUNT = "123456789012"
REGION: Final = "eu-central-1"
INPUT, OUTPUT = "studio-input", "studio-output"
ROLE = "studio-role"
KEY = "trips/a b.mp4"

DEADLINE = 30.0
"""Seconds after which a wait is a failure."""

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "mediaconvert.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:queues/*"},
            },
        }
    ],
}


def wait_until(is_so: Callable[[], Any]) -> None:
    """Return as soon as something is true; fail when it does not become so."""
    deadline = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < deadline, "what the test waits for did not happen"
        time.sleep(0.01)


@dataclass
class Studio:
    """Everything that a test of the service touches."""

    service: MediaConvertService
    events: list[dict[str, Any]]
    client: "MediaConvertClient" = field(init=False)
    s3: "S3Client" = field(init=False)
    iam: "IAMClient" = field(init=False)
    role: str = field(init=False)

    def __post_init__(self) -> None:
        """Make clients, buckets and the role."""
        self.client = boto3.client(
            "mediaconvert", region_name=REGION, endpoint_url=self.service.endpoint
        )
        # The service itself is to refuse what is wrong.
        self.client.meta.events.unregister("before-parameter-build", refuse_what_aws_refuses)
        self.s3 = boto3.client("s3", region_name=REGION)
        self.iam = boto3.client("iam", region_name=REGION)
        for bucket in (INPUT, OUTPUT):
            self.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        role = self.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = role["Role"]["Arn"]

    def upload(self, content: Path | bytes, key: str = KEY) -> None:
        """Put an object into the input bucket."""
        body = content if isinstance(content, bytes) else content.read_bytes()
        self.s3.put_object(Bucket=INPUT, Key=key, Body=body)

    def document(self, key: str = KEY, **request: Any) -> dict[str, Any]:
        """Return a CreateJob request for an object, in the Default queue unless told otherwise."""
        document = job_document() | {"Role": self.role, "Queue": "Default"} | request
        source_of(document)["FileInput"] = f"s3://{INPUT}/{key}"
        file_group_of(document)["Destination"] = f"s3://{OUTPUT}/{key.removesuffix('.mp4')}"
        return document

    def submit(self, document: Mapping[str, Any] | None = None) -> str:
        """Create a job and return its id."""
        return self.client.create_job(**(document or self.document()))["Job"]["Id"]

    def finished(self, job_id: str) -> "JobTypeDef":
        """Wait for a job's end and return it."""
        ended = ("COMPLETE", "ERROR", "CANCELED")
        wait_until(lambda: self.client.get_job(Id=job_id)["Job"]["Status"] in ended)
        return self.client.get_job(Id=job_id)["Job"]

    def run(self, document: Mapping[str, Any] | None = None) -> "JobTypeDef":
        """Create a job, wait for its end and return it."""
        return self.finished(self.submit(document))

    def statuses(self) -> list[str]:
        """Return the statuses that the events so far have told, in their order."""
        return [event["detail"]["status"] for event in self.events]

    def faults(self, method: str, order: Mapping[str, Any] | None = None) -> None:
        """Order a fault (POST) or lift all (DELETE)."""
        request = urllib.request.Request(  # noqa: S310 - the service's own address
            f"{self.service.endpoint}/_local/faults",
            method=method,
            data=json.dumps(order).encode() if order is not None else None,
        )
        urllib.request.urlopen(request).close()  # noqa: S310 - the service's own address


@contextmanager
def open_studio(folder: Path) -> Iterator[Studio]:
    """Open the service inside moto, with buckets and a role.

    Args:
        folder: where scratch files go.
    """
    events: list[dict[str, Any]] = []
    with (
        mock_aws(),
        MediaConvertService(
            account=ACCOUNT, region=REGION, emit=events.append, folder=folder
        ) as service,
    ):
        yield Studio(service, events)
