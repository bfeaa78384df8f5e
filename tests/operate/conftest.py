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
    from types_boto3_sqs import SQSClient


@pytest.fixture(autouse=True)
def _short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for messages: moto is one server, and a short poll sees all of it."""
    monkeypatch.setattr(hold, "WAIT_SECONDS", 0)


@cache
def _sqs() -> "SQSClient":
    """Make the client once: it serves every test, and to make it takes a third of a second."""
    return boto3.client("sqs")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A fan-out with two presets, and nothing in its queues."""
    with mock_aws():
        yield Cloud(_sqs(), tmp_path)


@pytest.fixture
def busy_cloud(tmp_path: Path) -> Cloud:
    """The same for many letters and many threads."""
    return Cloud(FakeSqs().as_client(), tmp_path)
