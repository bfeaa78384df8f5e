"""What AWS would refuse is refused before it is sent."""

import re
from collections.abc import Iterator

import boto3
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from moto import mock_aws

from components.aws_requests import UNREADABLE, RequestError, readable_pattern

SERVICES = (
    *("cloudwatch", "dynamodb", "events", "iam", "lambda", "logs", "mediaconvert", "s3", "sns"),
    *("sqs", "sts"),
)
TRUST = "{}"


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """Moto, which would take each of these requests."""
    with mock_aws():
        yield


@pytest.mark.parametrize(
    ("service", "operation", "request_", "problem"),
    [
        (
            *("iam", "create_role"),
            {"RoleName": "r" * 65, "AssumeRolePolicyDocument": TRUST},
            "RoleName is 65 characters long; it must be from 1 to 64 characters",
        ),
        (
            *("iam", "create_role"),
            {"RoleName": "my films", "AssumeRolePolicyDocument": TRUST},
            'RoleName is "my films"; it must match the pattern',
        ),
        (
            *("iam", "tag_role"),
            {"RoleName": "r", "Tags": [{"Key": "a\x07", "Value": "é"}]},
            'Tags[0].Key is "a\\u0007"',
        ),
        (*("s3", "create_bucket"), {"Bucket": "My.Films"}, 'Bucket is "My.Films"'),
        (*("sqs", "create_queue"), {"QueueName": "a.b"}, 'QueueName is "a.b"'),
        (*("sqs", "create_queue"), {"QueueName": "q" * 81}, "81 characters"),
        (*("sns", "create_topic"), {"Name": "t" * 257}, "257 characters"),
        (
            *("sqs", "send_message"),
            {"QueueUrl": "https://sqs.example/q", "MessageBody": "m", "DelaySeconds": 901},
            "DelaySeconds is 901; it must be from 0 to 900",
        ),
        (
            *("sqs", "send_message_batch"),
            {
                "QueueUrl": "https://sqs.example/q",
                "Entries": [{"Id": "1", "MessageBody": "m", "DelaySeconds": 901}],
            },
            "Entries[0].DelaySeconds is 901",
        ),
        (
            *("logs", "put_retention_policy"),
            {"logGroupName": "a b", "retentionInDays": 30},
            'logGroupName is "a b"',
        ),
        (
            *("events", "put_rule"),
            {"Name": "r", "ScheduleExpression": "x" * 257},
            "ScheduleExpression is 257 characters",
        ),
        (
            *("dynamodb", "batch_get_item"),
            {"RequestItems": {}},
            "RequestItems is 0 entries long; it must be from 1 to 100 entries",
        ),
        (
            *("lambda", "create_event_source_mapping"),
            {"FunctionName": "f", "FunctionResponseTypes": ["ReportBatchItemFailure"]},
            'did you mean "ReportBatchItemFailures"',
        ),
    ],
)
def test_a_request_that_aws_refuses_is_not_sent(
    service: str, operation: str, request_: dict[str, object], problem: str
) -> None:
    """Every client of every test looks at lengths, patterns, enums and ranges of the models."""
    client = boto3.client(service)  # type: ignore[call-overload]  # its stubs want a literal

    with pytest.raises(RequestError, match=re.escape(problem)):
        getattr(client, operation)(**request_)


def test_all_that_is_wrong_with_a_request_is_told_at_once() -> None:
    """One run is enough to mend it."""
    with pytest.raises(RequestError, match=r"RoleName is 65 .*Description is 1001 "):
        boto3.client("iam").create_role(
            RoleName="r" * 65, AssumeRolePolicyDocument=TRUST, Description="d" * 1_001
        )


def test_every_letter_is_one_in_a_tag() -> None:
    r"""`\p{L}` of the models is no escape of Python's, and is not left unchecked."""
    tags = [{"Key": "équipe", "Value": "映画 42"}]

    boto3.client("iam").create_role(
        RoleName="r",
        AssumeRolePolicyDocument=TRUST,
        Tags=tags,  # type: ignore[arg-type]  # a list of dicts
    )


def test_no_pattern_of_a_service_goes_unread_unnoticed() -> None:
    """Each pattern of the services that are called compiles, but the few that are named."""
    unread = set()
    for service in SERVICES:
        model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        for name in model.shape_names:
            pattern = model.shape_for(name).metadata.get("pattern")
            if pattern and readable_pattern(pattern) is None:
                unread.add(pattern)

    assert unread == UNREADABLE


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        (r"[\w+=,.@-]+", "a b", False),  # without anchors it is for the whole value
        (r"[\w+=,.@-]+", "é", False),  # Java's \w is ASCII
        (r"^s3://", "s3://bucket/key", True),  # with anchors it says itself where it matches
        (r"[\p{L}\p{N}]*", "ß٣", True),
        (r"[\p{L}]*", "a\n", False),
    ],
)
def test_a_pattern_is_read_as_java_reads_it(pattern: str, value: str, *, matches: bool) -> None:
    """The models' patterns are Java's; what Python takes differently is translated."""
    readable = readable_pattern(pattern)

    assert readable is not None
    assert matches is bool(readable.search(value))
