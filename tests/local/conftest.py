"""Emulators, and a whole local cloud, that many tests share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.clients import Clients
from local.cloud import LocalCloud
from local.emulator import Emulator
from operate.stack_config import PROJECT_FOLDER, StackConfig

REGION = "eu-central-1"
"""Not the default, so that nothing works by luck."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run an emulator that holds nothing yet."""
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Clients:
    """Clients of that emulator."""
    return clients_of(emulator)


@pytest.fixture(scope="session")
def plain_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Run an emulator without encryption."""
    with running(tmp_path_factory.mktemp("plain"), encrypted=False) as emulator:
        yield clients_of(emulator)


@pytest.fixture(scope="session")
def cloud() -> Iterator[LocalCloud]:
    """Run the dev stack."""
    with LocalCloud(StackConfig.load(PROJECT_FOLDER, "dev")) as cloud:
        yield cloud


@contextmanager
def running(
    folder: Path, *, encrypted: bool = True, application: str | None = None
) -> Iterator[Emulator]:
    """Run an emulator while the `with` block lasts."""
    emulator = Emulator(folder, region=REGION, encrypted=encrypted, application=application)
    try:
        emulator.start(
            {"AWS_ENDPOINT_URL": emulator.endpoint, "AWS_CA_BUNDLE": str(emulator.ca_bundle)}
        )
        emulator.wait_until_ready()
        yield emulator
    finally:
        emulator.stop()


def clients_of(emulator: Emulator) -> Clients:
    """Make clients of an emulator."""
    return Clients(
        emulator.endpoint,
        mediaconvert_endpoint="http://127.0.0.1:1",
        ca_bundle=emulator.ca_bundle,
        region=REGION,
    )
