"""What a refusal means: its class, and its end.

Every call on a message's way ends in one of these classes, and every class has an end: a message
becomes a rendition or a dead letter before SQS would drop it without a word. The ends stand in one
table here, `ENDS`; the documentation's table is made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from handlers.back_off import Patience
from handlers.mediaconvert.job_search import SearchUnfinishedError
from handlers.retry_policy import ROLE_WINDOW

DAY_SECONDS: Final = 86_400

GIVE_UP_AFTER: Final = 13 * DAY_SECONDS
"""Seconds. SQS drops a message after 14 days; one is left in case the end itself is refused."""

LAST_RESORT_AFTER: Final = GIVE_UP_AFTER + 3_600
"""Seconds. What waits even then is set aside without the ledger, for it may be what refuses."""

PASSING_STATUSES: Final = frozenset(
    {
        HTTPStatus.PAYMENT_REQUIRED,  # MediaConvert's ServiceQuotaExceededException
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Refusals below 500 that time or a raised quota cures."""

PASSING_CODES: Final = frozenset(
    {"ExpiredTokenException", "RequestTimeout", "Throttling", "ThrottlingException"}
)
"""The same, from AWS front ends that give them as 400 or 403."""

NEVER_SENT: Final = (
    ParamValidationError,
    CredentialRetrievalError,
    NoCredentialsError,
    EndpointConnectionError,
    ConnectTimeoutError,
)
"""What botocore raises before a request has left. All but the first are cured by time."""


class Call(StrEnum):
    """Who refused."""

    CREATE_JOB = "CreateJob"
    LIST_JOBS = "ListJobs"
    PROBE = "Probe"
    OTHER = "the ledger, S3, SNS, SQS"


MEDIACONVERT: Final = frozenset({Call.CREATE_JOB, Call.LIST_JOBS, Call.PROBE})


class Kind(StrEnum):
    """The class of a refusal."""

    FOR_GOOD = "for good"
    FORBIDDEN = "forbidden"
    FOR_NOW = "for now"
    STUCK = "stuck"


class Start(StrEnum):
    """Since when a message is tried again."""

    SENT = "since it was sent"
    FIRST_RECEIVED = "since it was first received"
    """What waited in the queue for hours, unread, still has its time; and so has a redrive."""


@dataclass(frozen=True, kw_only=True)
class End:
    """How a class of refusals ends."""

    calls: frozenset[Call]
    answers: str
    """Which answers belong to the class, in words."""
    tried_for: int
    """Seconds for which a message is tried again; 0 for not at all."""
    start: Start
    then: str
    """What happens at the end, in words."""


ENDS: Final[Mapping[Kind, End]] = {
    Kind.FOR_GOOD: End(
        calls=MEDIACONVERT,
        answers="400, 404, 409 and any other below 500 that is not named here; a request that does "
        "not fit the service's model",
        tried_for=0,
        start=Start.SENT,
        then="dead letter with the service's code and reason",
    ),
    Kind.FORBIDDEN: End(
        calls=MEDIACONVERT,
        answers="403: right after a deployment IAM takes a moment to agree with itself",
        tried_for=ROLE_WINDOW,
        start=Start.FIRST_RECEIVED,
        then="dead letter with the service's code and reason",
    ),
    Kind.FOR_NOW: End(
        calls=MEDIACONVERT,
        answers="402, 408, 429, 5xx and throttling; no answer, no connection, no credentials; more "
        "jobs than there is time to look through",
        tried_for=GIVE_UP_AFTER,
        start=Start.SENT,
        then="dead letter with the last code and reason",
    ),
    Kind.STUCK: End(
        calls=frozenset({Call.OTHER}),
        answers="whatever it is: the upload is not at fault",
        tried_for=LAST_RESORT_AFTER,
        start=Start.SENT,
        then="dead letter with the last code and reason, past the ledger; should SQS refuse that "
        "too, it sets the message aside itself after its last receive",
    ),
}
"""The end of every refusal on a message's way. What a dead letter says of a job that may exist is
`JOB_MAY_EXIST`."""

JOB_MAY_EXIST: Final = (
    "A job of this upload may exist all the same: look for one in the pipeline before it is sent "
    "again."
)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a call was refused."""

    call: Call
    kind: Kind
    code: str
    """AWS's error code, or the name of botocore's exception when no answer came."""
    reason: str
    """AWS's message, or botocore's."""
    is_certain: bool
    """True when there is no job; False when there may be one that nobody has noted."""

    def next_try(self, patience: Patience) -> int | None:
        """Give the seconds until the next try; None when this was the last one."""
        end = ENDS[self.kind]
        waited = patience.age if end.start is Start.SENT else patience.tried_for
        left = end.tried_for - waited
        return min(patience.seconds, left) if left > 0 else None


def refusal(error: BotoCoreError | ClientError | SearchUnfinishedError, call: Call) -> Refusal:
    """Classify what a boto3 call raised.

    An answer that AWS gave is for good unless it is known to pass. No answer (connection,
    timeout, credentials) is for now: nothing has been said about the job. Whether there may be one
    depends on the call, and on whether the request had left. By error codes and HTTP statuses
    alone: which exceptions a client models depends on the botocore that it comes from.

    Args:
        error: What was raised.
        call: By which call.
    """
    if isinstance(error, ClientError):
        code = error.response["Error"].get("Code", "Unknown")
        reason = error.response["Error"].get("Message", str(error))
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        kind, was_refused = _kind(code, status), status < HTTPStatus.INTERNAL_SERVER_ERROR
    else:
        code, reason = type(error).__name__, str(error)
        is_wrong = isinstance(error, ParamValidationError)
        kind = Kind.FOR_GOOD if is_wrong else Kind.FOR_NOW
        was_refused = isinstance(error, NEVER_SENT)
    return Refusal(
        call=call,
        kind=kind if call in MEDIACONVERT else Kind.STUCK,
        code=code,
        reason=reason,
        # A Probe makes no job; a search that was refused leaves the doubt that it was made for.
        is_certain=call is Call.PROBE or (call is Call.CREATE_JOB and was_refused),
    )


def _kind(code: str, status: int) -> Kind:
    if (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or status in PASSING_STATUSES
        or code in PASSING_CODES
    ):
        return Kind.FOR_NOW
    return Kind.FORBIDDEN if status == HTTPStatus.FORBIDDEN else Kind.FOR_GOOD
