"""Where the commands' calls go."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError
from urllib3 import HTTPResponse

from operate.clients import Clients
from operate.stack_outputs import Stack
from tests.operate.outputs import ENVIRONMENT, OUTPUTS, load

ENDPOINT = "https://127.0.0.1:4566/"
Try = Literal["an answer", "nothing listens", "no route"]


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


@dataclass
class Network:
    """What becomes of one try after the other; the last goes on for ever."""

    tries: Sequence[Try]
    made: list[Try] = field(default_factory=list)

    def send(self, **_: object) -> Any:
        """Stand in for the connection: botocore sends nothing when it is given an answer."""
        this = self.tries[min(len(self.made), len(self.tries) - 1)]
        self.made.append(this)
        if this == "nothing listens":
            raise EndpointConnectionError(endpoint_url=ENDPOINT)
        if this == "no route":
            raise ConnectTimeoutError(endpoint_url=ENDPOINT)
        body = HTTPResponse(body=BytesIO(b"{}"), preload_content=False)
        return AWSResponse(ENDPOINT, 200, HTTPHeaders(), body)

    def clients(self, stack: Stack) -> Clients:
        """Clients of a stack behind this network."""
        clients = Clients(stack)
        clients.sqs.meta.events.register("before-send", self.send)
        return clients


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between two tries."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


@pytest.mark.parametrize("how", ["nothing listens", "no route"])
@pytest.mark.usefixtures("_no_waiting")
def test_a_cloud_that_is_down_is_told_after_the_first_try(local: Stack, how: Try) -> None:
    """Four more tries with their pauses would keep an operator in the dark for 15 s."""
    network = Network([how])

    with pytest.raises((EndpointConnectionError, ConnectTimeoutError)):
        network.clients(local).sqs.list_queues()

    assert [how] == network.made


@pytest.mark.usefixtures("_no_waiting")
def test_a_connection_that_fails_later_is_tried_again(local: Stack) -> None:
    """The cloud has answered before: it is the network that fails for a moment."""
    network = Network(["an answer", "nothing listens", "no route", "an answer"])
    sqs = network.clients(local).sqs

    sqs.list_queues()
    sqs.list_queues()

    assert list(network.tries) == network.made


def test_a_slow_network_has_time_for_a_connection_and_an_answer(
    deployed: Stack, local: Stack
) -> None:
    """A second is enough on this machine, and not on a bad line to AWS."""
    far: Any = Clients(deployed).s3.meta.config
    near: Any = Clients(local).s3.meta.config

    assert (5, 60) == (far.connect_timeout, far.read_timeout)
    assert (1, 60) == (near.connect_timeout, near.read_timeout)
