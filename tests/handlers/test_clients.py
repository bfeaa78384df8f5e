"""Time limits of the functions' clients."""

from collections.abc import Callable
from functools import partial

import pytest
from botocore.client import BaseClient

from components.defaults import BATCH_SIZE, FUNCTION_TIMEOUT_SECONDS
from handlers import clients

LONGEST_PAUSE = 1
"""Seconds that botocore's standard mode waits at most before its first repetition."""


def longest_call(read_timeout: float, attempts: int) -> float:
    """Seconds until a call to a silent service is given up."""
    return attempts * (clients.CONNECT_TIMEOUT + read_timeout) + (attempts - 1) * LONGEST_PAUSE


def test_a_silent_service_is_given_up_before_the_function_is() -> None:
    """With any one service silent there is time left to write that down and hide the message."""
    create_job = longest_call(clients.CREATE_JOB_TIMEOUT, clients.CREATE_JOB_ATTEMPTS)
    other = longest_call(clients.TIMEOUT, clients.ATTEMPTS)

    assert max(create_job, other) + other < FUNCTION_TIMEOUT_SECONDS


@pytest.mark.parametrize(
    ("make", "read_timeout", "attempts"),
    [
        (clients.mediaconvert_client, 4.0, 1),
        (clients.sqs_client, 0.75, 2),
        (clients.sns_client, 0.75, 2),
        (clients.dynamodb_client, 0.75, 2),
        (clients.s3_client, 0.75, 2),
        (partial(clients.s3_client, clients.LIST_TIMEOUT), 10.0, 2),
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
