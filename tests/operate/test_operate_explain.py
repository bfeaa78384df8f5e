"""An AWS error says what to do."""

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from operate.explain import explain


def refusal(code: str) -> ClientError:
    """What boto3 raises when AWS says no."""
    answer: Any = {"Error": {"Code": code, "Message": "No."}}
    return ClientError(answer, "ReceiveMessage")


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDenied", "need this permission"),
        ("AccessDeniedException", "need this permission"),
        ("ExpiredToken", "Renew the credentials"),
        ("ExpiredTokenException", "Renew the credentials"),
        ("InvalidClientTokenId", "Renew the credentials"),
        ("UnrecognizedClientException", "Renew the credentials"),
        ("AWS.SimpleQueueService.NonExistentQueue", "the outputs are old"),
        ("ResourceNotFoundException", "the outputs are old"),
        ("NoSuchBucket", "the outputs are old"),
        ("TooManyRequestsException", "in a few minutes"),
    ],
)
def test_a_refusal_names_the_call_and_the_remedy(code: str, remedy: str) -> None:
    """By the operation, an operator finds the permission that is missing."""
    sentence = explain(refusal(code))

    assert sentence.startswith(f"AWS refused ReceiveMessage: {code}: No. ")
    assert remedy in sentence


def test_a_refusal_that_nobody_foresaw() -> None:
    """It is told as AWS told it."""
    assert "AWS refused ReceiveMessage: Odd: No." == explain(refusal("Odd"))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (NoCredentialsError(), "AWS_PROFILE"),
        (
            EndpointConnectionError(endpoint_url="https://127.0.0.1:1/bucket?versions"),
            "Nothing listens at https://127.0.0.1:1. These outputs are of a local cloud that has",
        ),
        (
            SSLError(endpoint_url="https://localhost:1/", error=ValueError("self-signed")),
            "https://localhost:1 does not have the certificate that the outputs name. These",
        ),
        (
            EndpointConnectionError(endpoint_url="https://sqs.eu-west-1.amazonaws.com/"),
            "AWS cannot be reached at https://sqs.eu-west-1.amazonaws.com. Check the network",
        ),
        (
            ConnectTimeoutError(endpoint_url="https://sqs.eu-west-1.amazonaws.com/"),
            "AWS cannot be reached at https://sqs.eu-west-1.amazonaws.com. Check the network",
        ),
        (
            SSLError(endpoint_url="https://sqs.example/", error=ValueError("self-signed")),
            "self-signed. Check",
        ),
        (ProxyConnectionError(proxy_url="http://proxy.example"), "proxy.example"),
        (ConnectionClosedError(endpoint_url="https://sqs.example/"), "The connection broke"),
        (ReadTimeoutError(endpoint_url="https://lambda.example"), "may still be running"),
        (BotoCoreError(), "An unspecified error occurred"),
    ],
)
def test_no_answer(error: BotoCoreError, remedy: str) -> None:
    """What botocore itself raises says what to do as well."""
    assert remedy in explain(error)
