"""What CreateJob's refusals mean: wait, or give up."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from handlers.refusal import Refusal, refusal


def refused(code: str, status: int) -> Refusal:
    """What becomes of an answer that MediaConvert gives, by way of a real client."""
    client = boto3.client("mediaconvert")
    with Stubber(client) as stub:
        stub.add_client_error("create_job", code, "No.", http_status_code=status)
        with pytest.raises(ClientError) as raised:
            client.create_job(Role="role", Settings={})
    return refusal(raised.value)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 429),
        ("ServiceQuotaExceededException", 402),
        ("InternalServerErrorException", 500),
        ("ServiceUnavailable", 503),
        ("RequestTimeout", 408),
        ("ThrottlingException", 400),
        ("ExpiredTokenException", 403),
    ],
)
def test_what_time_cures_is_refused_for_now(code: str, status: int) -> None:
    """Throttling, quotas and the service's own failures pass."""
    assert Refusal(code=code, reason="No.", passes=True) == refused(code, status)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("BadRequestException", 400),
        ("ForbiddenException", 403),
        ("AccessDeniedException", 403),
        ("NotFoundException", 404),
        ("ConflictException", 409),
    ],
)
def test_what_the_same_request_never_passes_is_refused_for_good(code: str, status: int) -> None:
    """A wrong document, a missing permission and a missing queue stay wrong."""
    assert Refusal(code=code, reason="No.", passes=False) == refused(code, status)


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url="https://mediaconvert.example"),
        ReadTimeoutError(endpoint_url="https://mediaconvert.example"),
        EndpointConnectionError(endpoint_url="https://mediaconvert.example"),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_answer_is_no_refusal_for_good(error: BotoCoreError) -> None:
    """When MediaConvert has not answered, nothing is known against the job."""
    answer = refusal(error)

    assert Refusal(code=type(error).__name__, reason=str(error), passes=True) == answer


def test_a_request_that_botocore_refuses_is_refused_for_good() -> None:
    """A request that does not fit the service's model never leaves, today or tomorrow."""
    wrong: dict[str, Any] = {"Role": "role", "Settings": {"Imputs": []}}
    with pytest.raises(ParamValidationError) as raised:
        boto3.client("mediaconvert").create_job(**wrong)

    answer = refusal(raised.value)

    assert ("ParamValidationError", False) == (answer.code, answer.passes)
    assert 'Unknown parameter in Settings: "Imputs"' in answer.reason
