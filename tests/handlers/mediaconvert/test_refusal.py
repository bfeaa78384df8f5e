"""What CreateJob's refusals mean: wait, or give up."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.stub import Stubber

from handlers.mediaconvert.refusal import Refusal, refusal


def refused(code: str, status: int) -> Refusal:
    """What becomes of an answer that MediaConvert gives, by way of a real client."""
    client = boto3.client("mediaconvert")
    with Stubber(client) as stub:
        stub.add_client_error("create_job", code, "No.", http_status_code=status)
        with pytest.raises(ClientError) as raised:
            client.create_job(Role="role", Settings={})
    return refusal(raised.value)


def shown(answer: Refusal) -> tuple[str, str, bool]:
    """What a refusal says about itself and about another try."""
    return answer.code, answer.reason, answer.passes


@pytest.mark.parametrize(
    ("status", "is_certain"), [(400, True), (402, True), (429, True), (500, False), (503, False)]
)
def test_only_a_refusal_excludes_that_a_job_was_made(status: int, is_certain: bool) -> None:  # noqa: FBT001 a parameter of the table above
    """After a failure of the service itself the job may exist."""
    assert is_certain == refused("Code", status).is_certain


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
    assert (code, "No.", True) == shown(refused(code, status))


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
    assert (code, "No.", False) == shown(refused(code, status))


@pytest.mark.parametrize(
    ("error", "is_certain"),
    [
        (ConnectTimeoutError(endpoint_url="https://mediaconvert.example"), True),
        (EndpointConnectionError(endpoint_url="https://mediaconvert.example"), True),
        (NoCredentialsError(), True),
        (CredentialRetrievalError(provider="iam-role", error_msg="No."), True),
        (ReadTimeoutError(endpoint_url="https://mediaconvert.example"), False),
        (ConnectionClosedError(endpoint_url="https://mediaconvert.example"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_answer_is_no_refusal_for_good(error: BotoCoreError, is_certain: bool) -> None:  # noqa: FBT001 a parameter of the table above
    """Without an answer nothing is known against the job; it may exist if the request had left."""
    answer = refusal(error)

    assert (type(error).__name__, str(error), True) == shown(answer)
    assert is_certain == answer.is_certain


def test_a_request_that_botocore_refuses_is_refused_for_good() -> None:
    """A request that does not fit the service's model never leaves, today or tomorrow."""
    wrong: dict[str, Any] = {"Role": "role", "Settings": {"Imputs": []}}
    with pytest.raises(ParamValidationError) as raised:
        boto3.client("mediaconvert").create_job(**wrong)

    answer = refusal(raised.value)

    assert ("ParamValidationError", False) == (answer.code, answer.passes)
    assert answer.is_certain is True
    assert 'Unknown parameter in Settings: "Imputs"' in answer.reason
