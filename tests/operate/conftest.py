"""What the tests of the operator's commands stand on."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from operate import hold
from tests.operate.cloud import Cloud
from tests.operate.fake_sqs import FakeSqs

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient


@pytest.fixture(autouse=True)
def _short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for messages: moto is one server, and a short poll sees all of it."""
    monkeypatch.setattr(hold, "WAIT_SECONDS", 0)


@cache
def _clients() -> "tuple[SQSClient, DynamoDBClient]":
    """Make clients once: they serve every test, and to make them takes a third of a second."""
    return boto3.client("sqs"), boto3.client("dynamodb")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A fan-out with two presets, and nothing in its queues."""
    sqs, dynamodb = _clients()
    with mock_aws():
        yield Cloud(sqs, tmp_path, dynamodb=dynamodb)


@pytest.fixture
def busy_cloud(tmp_path: Path) -> Cloud:
    """The same for many letters and many threads."""
    return Cloud(FakeSqs().as_client(), tmp_path)
