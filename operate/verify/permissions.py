"""The permissions that an operator needs for `verify`."""

from typing import Any, Final

from operate.stack_outputs import Stack
from operate.verify.receiver import NAME_PREFIX
from operate.verify.trial import KEY_PREFIX

ANYTHING: Final = "*"
"""For actions that cannot be limited to a resource, or only list."""


def operator_policy(stack: Stack) -> dict[str, Any]:
    """Write the least policy with which an operator can run `verify` on this stack."""
    input_bucket = _bucket(stack, stack.input_bucket)
    output_buckets = [
        _bucket(stack, bucket) for bucket in sorted(stack.outputs["output_buckets"].values())
    ]
    own_queue = stack.arn("sqs", f"{NAME_PREFIX}*")
    dead_letter_queues = [
        stack.arn("sqs", branch.dead_letter_queue_url.rpartition("/")[2])
        for branch in stack.chosen(None)
    ]
    topics = [stack.outputs["topic_arn"], stack.outputs["completed_topic_arn"]]
    rule = stack.arn("events", f"rule/{NAME_PREFIX}*")
    ledger = stack.arn("dynamodb", f"table/{stack.ledger_table}")
    statements = (
        ("UploadTheSample", ["s3:PutObject"], [f"{input_bucket}/{KEY_PREFIX}*"]),
        ("ReadTheNotification", ["s3:GetBucketNotification"], [input_bucket]),
        ("ReadTheRenditions", ["s3:GetObject"], [f"{b}/{KEY_PREFIX}*" for b in output_buckets]),
        (
            "FindTheFiles",
            ["s3:ListBucket", "s3:ListBucketVersions"],
            [input_bucket, *output_buckets],
        ),
        (
            "RemoveTheFiles",
            ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket}/{KEY_PREFIX}*" for bucket in (input_bucket, *output_buckets)],
        ),
        (
            "UseATemporaryQueue",
            ["sqs:CreateQueue", "sqs:DeleteMessage", "sqs:DeleteQueue", "sqs:ReceiveMessage"],
            [own_queue],
        ),
        ("SubscribeIt", ["sns:Subscribe"], topics),
        ("UnsubscribeIt", ["sns:Unsubscribe"], [ANYTHING]),
        (
            "UseATemporaryRule",
            ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"],
            [rule],
        ),
        (
            "ReadDeadLetters",
            [
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ],
            dead_letter_queues,
        ),
        ("ReadTheLedger", ["dynamodb:BatchGetItem", "dynamodb:Query"], [ledger]),
        ("FindTheFunctions", ["lambda:ListEventSourceMappings"], [ANYTHING]),
        (
            "ReadTheirSettings",
            ["lambda:GetFunctionConfiguration"],
            [stack.arn("lambda", "function:*")],
        ),
        (
            "LookAtJobs",
            ["mediaconvert:GetJob", "mediaconvert:ListJobs", "mediaconvert:SearchJobs"],
            [ANYTHING],
        ),
    )
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
            for sid, actions, resources in statements
        ],
    }


def _bucket(stack: Stack, name: str) -> str:
    """Build a bucket's ARN, which has no region and no account."""
    partition = stack.outputs["topic_arn"].split(":")[1]
    return f"arn:{partition}:s3:::{name}"
