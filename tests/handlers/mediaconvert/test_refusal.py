"""What refusals mean: wait, or give up, and how long the one comes before the other."""

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

from components.defaults import (
    FUNCTION_TIMEOUT_SECONDS,
    MAX_RECEIVE_COUNT,
    MESSAGE_RETENTION_SECONDS,
    visibility_timeout_seconds,
)
from handlers.back_off import Patience
from handlers.mediaconvert.refusal import (
    ENDS,
    GIVE_UP_AFTER,
    LAST_RESORT_AFTER,
    MEDIACONVERT,
    Call,
    Kind,
    Refusal,
    Start,
    refusal,
)
from handlers.retry_policy import ROLE_WINDOW
from tests.handlers.fakes import NO_ANSWER, client_error


def refused(code: str, status: int) -> Refusal:
    """What becomes of an answer that MediaConvert gives, by way of a real client."""
    client = boto3.client("mediaconvert")
    with Stubber(client) as stub:
        stub.add_client_error("create_job", code, "No.", http_status_code=status)
        with pytest.raises(ClientError) as raised:
            client.create_job(Role="role", Settings={})
    return refusal(raised.value, Call.CREATE_JOB)


def shown(answer: Refusal) -> tuple[str, str, Kind]:
    """What a refusal says about itself, and its class."""
    return answer.code, answer.reason, answer.kind


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
    assert (code, "No.", Kind.FOR_NOW) == shown(refused(code, status))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("BadRequestException", 400),
        ("NotFoundException", 404),
        ("ConflictException", 409),
    ],
)
def test_what_the_same_request_never_passes_is_refused_for_good(code: str, status: int) -> None:
    """A wrong document and a missing queue stay wrong."""
    assert (code, "No.", Kind.FOR_GOOD) == shown(refused(code, status))


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
    answer = refusal(error, Call.CREATE_JOB)

    assert (type(error).__name__, str(error), Kind.FOR_NOW) == shown(answer)
    assert is_certain == answer.is_certain


def test_a_request_that_botocore_refuses_is_refused_for_good() -> None:
    """A request that does not fit the service's model never leaves, today or tomorrow."""
    wrong: dict[str, Any] = {"Role": "role", "Settings": {"Imputs": []}}
    with pytest.raises(ParamValidationError) as raised:
        boto3.client("mediaconvert").create_job(**wrong)

    answer = refusal(raised.value, Call.CREATE_JOB)

    assert ("ParamValidationError", Kind.FOR_GOOD) == (answer.code, answer.kind)
    assert answer.is_certain is True
    assert 'Unknown parameter in Settings: "Imputs"' in answer.reason


@pytest.mark.parametrize("code", ["ForbiddenException", "AccessDeniedException"])
def test_a_missing_permission_has_time_to_come(code: str) -> None:
    """Of CreateJob and of PassRole, by either name."""
    assert (code, "No.", Kind.FORBIDDEN) == shown(refused(code, 403))


def waited(*, age: int = 0, tried_for: int = 0) -> Patience:
    """A message that would next be tried in half an hour."""
    return Patience(seconds=1800, age=age, tried_for=tried_for)


@pytest.mark.parametrize(
    ("error", "patience", "seconds"),
    [
        (client_error("BadRequestException", 400), waited(), None),
        (client_error("ForbiddenException", 403), waited(), ROLE_WINDOW),
        (client_error("ForbiddenException", 403), waited(age=9**9, tried_for=899), 1),
        (client_error("ForbiddenException", 403), waited(age=900, tried_for=900), None),
        (NO_ANSWER, waited(tried_for=10**6), 1800),
        (NO_ANSWER, waited(age=GIVE_UP_AFTER - 1), 1),
        (NO_ANSWER, waited(age=GIVE_UP_AFTER), None),
    ],
)
def test_every_refusal_comes_to_its_end(
    error: ClientError | BotoCoreError, patience: Patience, seconds: int | None
) -> None:
    """The last try is at the very end of the time that its class has, and nothing follows it."""
    assert seconds == refusal(error, Call.CREATE_JOB).next_try(patience)


def test_what_is_no_upload_s_fault_is_for_now_at_least() -> None:
    """A ledger that forbids is a deployment to be repaired; every upload waits for that."""
    answer = refusal(client_error("AccessDeniedException", 400), Call.OTHER)

    assert Kind.STUCK == answer.kind
    assert 1800 == answer.next_try(waited(age=GIVE_UP_AFTER))
    assert answer.next_try(waited(age=LAST_RESORT_AFTER)) is None


def test_a_probe_makes_no_job() -> None:
    """Whatever becomes of it, nothing has to be searched for."""
    assert refusal(NO_ANSWER, Call.PROBE).is_certain
    assert not refusal(client_error("BadRequestException", 400), Call.LIST_JOBS).is_certain


def test_the_table_of_ends_is_complete() -> None:
    """Every class ends while SQS still has the message; every call has a class for every answer."""
    assert set(Kind) == set(ENDS)
    assert set(Call) == set().union(*(end.calls for end in ENDS.values()))
    assert all(end.tried_for < MESSAGE_RETENTION_SECONDS for end in ENDS.values())
    assert {Kind.FORBIDDEN} == {k for k, end in ENDS.items() if end.start is Start.FIRST_RECEIVED}
    answers = [client_error("Code", status) for status in range(400, 600)]
    errors: list[BotoCoreError | ClientError] = [NO_ANSWER, *answers]
    for call in Call:
        for error in errors:
            assert call in ENDS[refusal(error, call).kind].calls
    assert set(Call) - MEDIACONVERT == {Call.OTHER}


def test_what_even_sqs_refuses_to_set_aside_is_set_aside_by_sqs() -> None:
    """On its last day a message that cannot be hidden is received more often than it may be."""
    last_day = MESSAGE_RETENTION_SECONDS - LAST_RESORT_AFTER
    hidden_for = visibility_timeout_seconds(FUNCTION_TIMEOUT_SECONDS)

    assert last_day / hidden_for > MAX_RECEIVE_COUNT
