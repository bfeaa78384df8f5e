"""CreateJob said no: for now, or for good?"""

from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a call was refused."""

    code: str
    """AWS's error code, or the name of botocore's exception when no answer came."""
    reason: str
    """AWS's message, or botocore's."""
    passes: bool
    """True when the same call can succeed later; False when it never will."""
    is_certain: bool
    """True when nothing was done; False when the service may have done it and failed to say so."""


def refusal(error: BotoCoreError | ClientError) -> Refusal:
    """Classify what a boto3 call raised.

    An answer that AWS gave is for good unless it is known to pass. No answer (connection,
    timeout, credentials) is for now: nothing has been said about the job. Whether there may be one
    depends on whether the request had left.
    """
    if isinstance(error, ClientError):
        return _answer(error)
    return Refusal(
        code=type(error).__name__,
        reason=str(error),
        passes=not isinstance(error, ParamValidationError),
        is_certain=isinstance(error, NEVER_SENT),
    )


def _answer(error: ClientError) -> Refusal:
    answer = error.response
    code = answer["Error"].get("Code", "Unknown")
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    failed_itself = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Refusal(
        code=code,
        reason=answer["Error"].get("Message", str(error)),
        passes=failed_itself or status in PASSING_STATUSES or code in PASSING_CODES,
        is_certain=not failed_itself,
    )
