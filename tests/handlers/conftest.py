"""What the tests of the functions stand on: one branch and one upload."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from tests.handlers.world import World

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

JOB_DOCUMENT = Path(__file__).parent / "job.json"


@pytest.fixture
def document() -> dict[str, Any]:
    """A branch's job document: small, and valid for MediaConvert."""
    read: dict[str, Any] = json.loads(JOB_DOCUMENT.read_text("utf-8"))
    return read


@pytest.fixture
def upload() -> Upload:
    """The upload that `events/upload.json` tells of."""
    return Upload(
        bucket="input",
        key="trips/a.mp4",
        version_id="3sL4kqtJlcpXroDTDmJ",
        etag="d41d8cd98f00b204e9800998ecf8427e",
        sequencer="0055AED6DCD90281E5",
        size=1024,
    )


@pytest.fixture
def settings() -> SubmitJobSettings:
    """A branch whose queues do not exist."""
    return SubmitJobSettings(
        fanout="videoconverter-dev",
        ledger_table="ledger",
        ledger_retention_days=90,
        completed_topic_arn="arn:aws:sns:eu-central-1:111122223333:completed",
        preset="720p",
        pipeline_arn="arn:aws:mediaconvert:eu-central-1:111122223333:queues/720p",
        pipeline_role_arn="arn:aws:iam::111122223333:role/720p",
        output_bucket="output-720p",
        queue_url="https://sqs.example/720p",
        dead_letter_queue_url="https://sqs.example/720p-dlq",
        claim_seconds=120,
        max_upload_bytes=0,
        max_upload_seconds=0,
    )


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    """Moto's SQS."""
    with mock_aws():
        yield boto3.client("sqs")


@pytest.fixture
def world(settings: SubmitJobSettings, document: dict[str, Any]) -> Iterator[World]:
    """A fan-out with one branch, 720p, that takes every job."""
    with mock_aws():
        yield World(settings, document)
