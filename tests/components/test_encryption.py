"""Everything that a fan-out keeps is under one key, when the stack asks for it."""

from typing import Any

import pytest

from components import ArgumentError
from tests.components.conftest import TWO, stack
from tests.engine import ACCOUNT, KEY_ARN, REGION, Program

KEY = "aws:kms/key:Key"
OWN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)


def keys(program: Program) -> dict[str, Any]:
    """The customer key of each resource that keeps something, by name; None for AWS's own."""
    found: dict[str, Any] = {}
    for name, bucket in program.of_type(ENCRYPTION).items():
        [rule] = bucket.inputs["rules"]
        found[name] = rule["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId")
    for token, member in (
        ("aws:sqs/queue:Queue", "kmsMasterKeyId"),
        ("aws:sns/topic:Topic", "kmsMasterKeyId"),
        ("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"),
    ):
        found |= {f"{token} {n}": r.inputs.get(member) for n, r in program.of_type(token).items()}
    for name, table in program.of_type("aws:dynamodb/table:Table").items():
        found[name] = table.inputs["serverSideEncryption"].get("kmsKeyArn")
    return found


@pytest.mark.parametrize(
    ("option", "expected"), [({"create_key": True}, KEY_ARN), ({"kms_key": OWN}, OWN)]
)
def test_everything_that_is_kept_is_under_the_key(option: dict[str, Any], expected: str) -> None:
    """Buckets, queues, topics, ledger and logs; nothing is left to AWS's own keys."""
    found = keys(stack(*TWO, **option))

    assert found
    assert {expected} == set(found.values())


def test_without_a_key_aws_s_own_keys_encrypt(program: Program) -> None:
    """Only the completed topic names one of those; S3 could not publish on a topic that does."""
    named = {value for value in keys(program).values() if value is not None}

    assert {"alias/aws/sns"} == named
    assert {} == program.of_type(KEY)


def test_a_queue_has_one_kind_of_encryption() -> None:
    """SQS refuses a queue that asks for both."""
    queues = stack(*TWO, create_key=True).of_type("aws:sqs/queue:Queue").values()

    assert not any("sqsManagedSseEnabled" in queue.inputs for queue in queues)


def test_a_key_of_one_s_own_is_left_alone() -> None:
    """The program creates none beside it, and cannot write its policy."""
    assert {} == stack(*TWO, kms_key=OWN).of_type(KEY)


def test_the_key_of_what_stays_stays() -> None:
    """A bucket that is left is worth nothing without its key."""
    kept, gone = (stack(*TWO, create_key=True, force_destroy=f) for f in (False, True))

    assert kept.one(KEY, "videoconverter-key").is_retained
    assert not gone.one(KEY, "videoconverter-key").is_retained


def test_the_key_renews_itself_and_can_be_brought_back() -> None:
    """A key that is deleted by mistake is the end of everything under it."""
    key = stack(*TWO, create_key=True).one(KEY, "videoconverter-key").inputs

    assert (True, 30) == (key["enableKeyRotation"], key["deletionWindowInDays"])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"kms_key": "alias/media"}, 'kms_key is "alias/media"; it must be the ARN of a key'),
        ({"kms_key": OWN.replace("key/", "alias/")}, "must be the ARN of a key"),
        ({"kms_key": OWN, "create_key": True}, "leave one of the two out"),
        ({"create_key": "yes"}, "create_key is"),
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, Any], told: str) -> None:
    """While the program runs, with what is expected."""
    with pytest.raises(ArgumentError, match=told):
        stack(*TWO, **wrong)
