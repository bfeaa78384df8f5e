"""One customer key for everything that a fan-out keeps, and who may use it.

Without one AWS's own keys encrypt, which cost nothing and which no policy can be set on.
"""

from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Output

from components.policies import Policy, Statement, document
from components.scope import Scope

DELETION_WAIT_DAYS: Final = 30
"""How long a deleted key can be brought back. The most that KMS allows: what it encrypted is lost
with it."""

AUTO_NAME: Final = "-" + "?" * 7
"""What Pulumi's auto-naming adds to a logical name, as a pattern of IAM."""

_USE: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What a producer needs; `Decrypt` to verify a new data key (SQS Developer Guide, key management).
"""


def created_key(scope: Scope) -> Output[str]:
    """Create a key that this fan-out's services may use, and return its ARN.

    It is left where the data is left that it encrypts.

    Args:
        scope: what it belongs to.
    """
    invoke = pulumi.InvokeOutputOptions(parent=scope.parent)
    caller = aws.get_caller_identity_output(opts=invoke)
    region = aws.get_region_output(opts=invoke).region
    key = aws.kms.Key(
        f"{scope.name}-key",
        description=f"Everything that {scope.name} keeps: media, messages, ledger and logs.",
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_WAIT_DAYS,
        policy=Output.json_dumps(
            Output.all(caller.arn, region).apply(lambda found: key_policy(scope.name, *found))
        ),
        tags=scope.tags,
        opts=scope.data_options(),
    )
    return key.arn


def key_policy(fanout: str, caller_arn: str, region: str) -> Policy:
    """Who may use the key of a fan-out.

    The key is there before everything that it encrypts, so what uses it is named by patterns: its
    logical name and what auto-naming adds. The functions and pipelines are allowed by the policies
    of their roles.

    Args:
        fanout: logical name of the fan-out.
        caller_arn: of anything in the account.
        region: where it is.
    """
    _, partition, _, _, account, _ = caller_arn.split(":", 5)

    def arn(service: str, name: str) -> str:
        return f"arn:{partition}:{service}:{region}:{account}:{name}{AUTO_NAME}"

    bucket = f"arn:{partition}:s3:::{fanout.lower()}-input{AUTO_NAME}"
    topic = arn("sns", f"{fanout}-topic")
    groups = f"arn:{partition}:logs:{region}:{account}:log-group"
    return document(
        {
            # Without it a key could not be managed, and identity policies would not count.
            "Sid": "TheAccountDecidesWhoElseMayUseTheKey",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        _service_may_use("S3MayPublishOnTheTopic", "s3", [bucket, topic], account=account),
        # Every queue of a preset is called after it; the topic may send to no others.
        _service_may_use("TheTopicMaySendToQueues", "sns", [topic, arn("sqs", f"{fanout}-*")]),
        _service_may_use(
            *("TheRuleMaySendToTheOutcomeQueue", "events"),
            [arn("events", f"rule/{fanout}-outcome-of-jobs"), arn("sqs", f"{fanout}-outcome*")],
        ),
        {
            # As CloudWatch Logs' user guide has it, its wildcards spelt out.
            "Sid": "LogsMayBeEncrypted",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": [
                *("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
                *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
                "kms:DescribeKey",
            ],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": [
                        f"{groups}:{fanout}-*",
                        f"{groups}:sns/{region}/{account}/{fanout}-topic-*",
                    ]
                }
            },
        },
    )


def _service_may_use(
    sid: str, service: str, sources: list[str], *, account: str | None = None
) -> Statement:
    """A service encrypts what it hands over.

    AWS's pages do not agree what `aws:SourceArn` is here: what sends, or (SQS Developer Guide, key
    management) what is encrypted. Both belong to the fan-out, so both are allowed.
    """
    condition: Statement = {"ArnLike": {"aws:SourceArn": sources}}
    if account is not None:
        # A bucket's ARN holds no account.
        condition["StringEquals"] = {"aws:SourceAccount": account}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": list(_USE),
        "Resource": "*",
        "Condition": condition,
    }
