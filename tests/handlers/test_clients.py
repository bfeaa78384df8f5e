"""Time limits of the functions' clients."""

from components.defaults import BATCH_SIZE, FUNCTION_TIMEOUT_SECONDS
from handlers import clients

LONGEST_PAUSE = 1
"""Seconds that botocore's standard mode waits at most before its first repetition."""


def longest_call(read_timeout: float) -> float:
    """Seconds until a call to a silent service is given up."""
    attempt = clients.CONNECT_TIMEOUT + read_timeout
    return clients.ATTEMPTS * attempt + (clients.ATTEMPTS - 1) * LONGEST_PAUSE


def test_a_silent_service_is_given_up_before_the_function_is() -> None:
    """With MediaConvert silent there is time left to hide the message, and the reverse."""
    create_job = longest_call(clients.CREATE_JOB_TIMEOUT)
    message = longest_call(clients.MESSAGE_TIMEOUT)

    assert create_job + clients.CONNECT_TIMEOUT + clients.MESSAGE_TIMEOUT < FUNCTION_TIMEOUT_SECONDS
    assert message + clients.CONNECT_TIMEOUT + clients.CREATE_JOB_TIMEOUT < FUNCTION_TIMEOUT_SECONDS


def test_the_limits_reach_the_clients() -> None:
    """Both clients have explicit time limits, two attempts, and a connection per message."""
    mediaconvert = vars(clients.mediaconvert_client().meta.config)
    sqs = vars(clients.sqs_client().meta.config)

    assert (0.5, 2.5) == (mediaconvert["connect_timeout"], mediaconvert["read_timeout"])
    assert (0.5, 0.75) == (sqs["connect_timeout"], sqs["read_timeout"])
    for config in (mediaconvert, sqs):
        assert {"mode": "standard", "total_max_attempts": 2} == config["retries"]
        assert config["max_pool_connections"] >= BATCH_SIZE
