"""What an AWS error means, and what to do about it."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 -- botocore's own; nothing here uses the builtin
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

ANOTHER_STACK: Final = (
    "Either the outputs are old, or they are of another account than the credentials. "
    "Take them again."
)
LOCAL_CLOUD_HAS_ENDED: Final = (
    "These outputs are of a local cloud that has ended. Start one with "
    "`python -m local up --json > outputs.json`, then run the command again."
)
OFFLINE: Final = (
    "Check the network, the VPN and HTTPS_PROXY of this machine, then run the command again."
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
    "TooManyRequests": "The service is busy. Run the command again in a few minutes.",
    "UnrecognizedClient": RENEW,
}
"""By a part of AWS's error code: services add different endings to the same one."""


def explain(error: BotoCoreError | ClientError) -> str:
    """Write one or more sentences: what AWS refused or that it did not answer, and what to do."""
    match error:
        case ClientError():
            return _refusal(error)
        case NoCredentialsError():
            return (
                "There are no AWS credentials. Set AWS_PROFILE, or sign in with `aws sso login` or "
                "`aws configure`. Nothing was done."
            )
        case ReadTimeoutError():
            return f"No answer: {error}. The call may still be running."
        case ConnectionError():
            return _no_connection(error)
        case HTTPClientError():
            return f"The connection broke: {error}. Run the command again."
        case _:
            return str(error)


def _no_connection(error: ConnectionError) -> str:
    """Tell a local cloud, which is always on this machine, from AWS."""
    if isinstance(error, ProxyConnectionError):
        return f"The proxy cannot be reached: {error}. {OFFLINE}"
    url = urlsplit(str(error.kwargs.get("endpoint_url", "")))
    endpoint = f"{url.scheme}://{url.netloc}"
    if not _is_this_machine(url.hostname):
        why = f": {error}" if isinstance(error, SSLError) else ""
        return f"AWS cannot be reached at {endpoint}{why}. {OFFLINE}"
    if isinstance(error, SSLError):
        return (
            f"{endpoint} does not have the certificate that the outputs name. "
            f"{LOCAL_CLOUD_HAS_ENDED}"
        )
    return f"Nothing listens at {endpoint}. {LOCAL_CLOUD_HAS_ENDED}"


def _is_this_machine(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _refusal(error: ClientError) -> str:
    code = error.response["Error"].get("Code", "unknown")
    reason = error.response["Error"].get("Message", "no reason given").rstrip(".")
    remedies = [remedy for part, remedy in REMEDIES.items() if part in code]
    return " ".join([f"AWS refused {error.operation_name}: {code}: {reason}.", *remedies])
