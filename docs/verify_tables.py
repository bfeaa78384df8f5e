"""What `verify` checks, and what it has to be allowed."""

import json

from docs.markdown import fence, table
from handlers.ledger.branches import Branch
from operate.stack_outputs import Stack
from operate.verify.checks import CHECKS
from operate.verify.permissions import operator_policy

_TOPIC_ARN = "arn:aws:sns:eu-central-1:111122223333:videoconverter-topic-0a1b2c3"

_STACK = Stack(
    region="eu-central-1",
    input_bucket="videoconverter-input-0a1b2c3",
    ledger_table="videoconverter-ledger-0a1b2c3",
    reconcile_function="videoconverter-reconcile-0a1b2c3",
    branches={
        "720p": Branch(
            preset="720p",
            queue_url="https://sqs.eu-central-1.amazonaws.com/111122223333/videoconverter-720p-0a1b2c3",
            dead_letter_queue_url="https://sqs.eu-central-1.amazonaws.com/111122223333/videoconverter-720p-dlq-0a1b2c3",
        )
    },
    outputs={
        "topic_arn": _TOPIC_ARN,
        "completed_topic_arn": _TOPIC_ARN.replace("topic-", "completed-"),
        "output_buckets": {"720p": "videoconverter-output-720p-0a1b2c3"},
    },
)


def checks() -> str:
    """Every line that `verify` prints."""
    return table(
        ("Line", "What is assumed of AWS", "Where AWS documents it"),
        ((f"`{check.name}`", check.assumes, check.documented) for check in CHECKS),
    )


def policy() -> str:
    """The policy that the command prints for a stack of one preset."""
    return fence("json", json.dumps(operator_policy(_STACK), indent=2))
