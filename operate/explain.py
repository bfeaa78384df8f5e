"""An AWS error, as a sentence that says what to do about it."""

from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 -- botocore's own; nothing here uses the builtin
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)

ANOTHER_STACK: Final = (
    "Either the outputs are old, or they are of another account than the credentials. "
    "Take them again."
)
RENEW: Final = "Renew the credentials, then run the command again."

REMEDIES: Final = {
    "AccessDenied": "The credentials need this permission.",
    "AuthorizationError": "The credentials need this permission.",
    "ExpiredToken": RENEW,
    "InvalidClientTokenId": RENEW,
    "InvalidAccessKeyId": RENEW,
    "NoSuchBucket": ANOTHER_STACK,
    "NonExistentQueue": ANOTHER_STACK,
    "QueueDoesNotExist": ANOTHER_STACK,
    "ResourceNotFound": ANOTHER_STACK,
    "TooManyRequests": "It is busy. Run the command again in a few minutes.",
    "UnrecognizedClient": RENEW,
}
"""By a part of AWS's error code: services spell the same thing with different ends."""


def explain(error: BotoCoreError | ClientError) -> str:
    """Say what AWS refused, and what to do."""
    match error:
        case ClientError():
            return _refusal(error)
        case NoCredentialsError():
            return (
                "There are no AWS credentials. Set AWS_PROFILE, or sign in with `aws sso login` or "
                "`aws configure`. Nothing was done."
            )
        case ReadTimeoutError():
            return f"No answer: {error}. What was asked for may still be going on."
        case ConnectionError() | HTTPClientError():
            return (
                f"AWS cannot be reached: {error}. If the outputs are of a local cloud, is it still "
                "up, and are they of this run?"
            )
        case _:
            return str(error)


def _refusal(error: ClientError) -> str:
    code = error.response["Error"].get("Code", "unknown")
    reason = error.response["Error"].get("Message", "no reason given").rstrip(".")
    remedies = [remedy for part, remedy in REMEDIES.items() if part in code]
    return " ".join([f"AWS refused {error.operation_name}: {code}: {reason}.", *remedies])
