"""Time limits of the functions' clients."""

import ast
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from botocore.client import BaseClient

from components.defaults import BATCH_SIZE, FUNCTION_TIMEOUT_SECONDS
from handlers import clients
from handlers.time_limits import (
    ATTEMPTS,
    CREATE_JOB_ATTEMPTS,
    CREATE_JOB_TIMEOUT,
    LIST_TIMEOUT,
    PROBE_TIMEOUT,
    SEARCH_SECONDS,
    SHORTEST_FUNCTION_TIMEOUT,
    TIMEOUT,
    longest_call,
)


def test_a_silent_service_is_given_up_before_the_function_is() -> None:
    """With any one service silent there is time left to write that down and hide the message."""
    create_job = longest_call(CREATE_JOB_TIMEOUT, CREATE_JOB_ATTEMPTS)
    probe = longest_call(PROBE_TIMEOUT, CREATE_JOB_ATTEMPTS)
    other = longest_call(TIMEOUT, ATTEMPTS)

    assert max(create_job, probe) + SEARCH_SECONDS < SHORTEST_FUNCTION_TIMEOUT
    assert max(create_job, probe) + other < SHORTEST_FUNCTION_TIMEOUT
    assert SHORTEST_FUNCTION_TIMEOUT <= FUNCTION_TIMEOUT_SECONDS


@pytest.mark.parametrize(
    ("make", "read_timeout", "attempts"),
    [
        (clients.mediaconvert_client, 4.0, 1),
        (clients.sqs_client, 0.75, 2),
        (clients.sns_client, 0.75, 2),
        (clients.dynamodb_client, 0.75, 2),
        (clients.s3_client, 0.75, 2),
        (partial(clients.s3_client, LIST_TIMEOUT), 10.0, 2),
    ],
)
def test_the_limits_reach_the_clients(
    make: Callable[[], BaseClient], read_timeout: float, attempts: int
) -> None:
    """Each client has explicit time limits and attempts, and a connection per message."""
    config = vars(make().meta.config)

    assert (0.5, read_timeout) == (config["connect_timeout"], config["read_timeout"])
    assert {"mode": "standard", "total_max_attempts": attempts} == config["retries"]
    assert config["max_pool_connections"] >= BATCH_SIZE


def test_the_oldest_boto3_is_the_one_that_is_tested() -> None:
    """What the functions say that they work with is what `make test-oldest` installs."""
    pinned = (Path(__file__).parents[2] / "requirements-oldest.txt").read_text("utf-8").splitlines()

    assert {f"{name}=={clients.OLDEST_BOTOCORE}" for name in ("boto3", "botocore")} == {
        line for line in pinned if line and not line.startswith("#")
    }


def test_no_function_asks_for_a_modelled_exception() -> None:
    """Which of them a client has depends on its botocore; codes and statuses do not."""
    for path in Path(clients.__file__).parent.rglob("*.py"):
        names = [
            node.attr
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute)
        ]
        assert "exceptions" not in names, path
