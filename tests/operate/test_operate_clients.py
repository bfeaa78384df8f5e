"""Where the commands' calls go."""

import json
from pathlib import Path
from typing import Any

import pytest

from operate.clients import Clients
from operate.stack_outputs import Stack
from tests.operate.outputs import ENVIRONMENT, OUTPUTS, load


@pytest.fixture
def deployed(tmp_path: Path) -> Stack:
    """A stack in AWS."""
    return load(tmp_path, json.dumps(OUTPUTS))


@pytest.fixture
def local(tmp_path: Path) -> Stack:
    """A stack in a local cloud."""
    return load(tmp_path, json.dumps({"outputs": OUTPUTS, "environment": ENVIRONMENT}))


def test_the_stack_decides_the_region(deployed: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the caller's shell, which may be set for another one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    assert "https://sqs.eu-west-1.amazonaws.com" == Clients(deployed).sqs.meta.endpoint_url


def test_the_caller_s_settings_stay_out_of_a_local_cloud(
    local: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile, a token or a proxy of the shell would lead somewhere else."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")

    client: Any = Clients(local).sqs

    assert "https://127.0.0.1:4566" == client.meta.endpoint_url
    assert {} == client.meta.config.proxies
    credentials = client._request_signer._credentials  # noqa: SLF001 -- botocore shows it nowhere else
    assert ("test", "test", None) == (
        credentials.access_key,
        credentials.secret_key,
        credentials.token,
    )


def test_a_client_is_made_once(deployed: Stack) -> None:
    """Making one is slow, and not safe in several threads."""
    clients = Clients(deployed)

    assert clients.sqs is clients.sqs
    assert clients.functions is clients.functions


def test_a_function_is_waited_for_and_never_invoked_again_unseen(deployed: Stack) -> None:
    """It may run for 900 s; after a lost answer it may still be at work."""
    config: Any = Clients(deployed).functions.meta.config

    assert 960 == config.read_timeout
    assert 1 == config.retries["total_max_attempts"]
