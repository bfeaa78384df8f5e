"""The ledger: what has become of every upload, and the announcements that tell of it."""

import pulumi_aws as aws
from pulumi import Input, Output

from components import policies
from components.arguments import as_text
from components.scope import Scope
from handlers.names import (
    LEDGER_INDEX,
    LEDGER_TTL,
    LEDGER_WAIT_INDEX,
    Environment,
    LedgerKey,
)


class Ledger:
    """The table in which the functions agree on what happens once, and the completed topic."""

    def __init__(
        self, scope: Scope, *, retention_days: Input[int], deletion_protection: Input[bool]
    ) -> None:
        """Create both.

        Args:
            scope: what they belong to.
            retention_days: how long an upload is remembered after the last that became of it.
            deletion_protection: refuse to delete the table, even in `pulumi destroy`.
        """
        self.table = _table(scope, deletion_protection=deletion_protection)
        self.completed_topic = _completed_topic(scope)
        self.environment: dict[str, Input[str]] = {
            Environment.LEDGER_TABLE: self.table.name,
            Environment.LEDGER_RETENTION_DAYS: as_text(retention_days),
            Environment.COMPLETED_TOPIC_ARN: self.completed_topic.arn,
        }


def _table(scope: Scope, *, deletion_protection: Input[bool]) -> aws.dynamodb.Table:
    attribute = aws.dynamodb.TableAttributeArgs
    key = aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs
    return aws.dynamodb.Table(
        f"{scope.name}-ledger",
        billing_mode="PAY_PER_REQUEST",
        hash_key=LedgerKey.PARTITION,
        range_key=LedgerKey.SORT,
        attributes=[
            attribute(name=LedgerKey.PARTITION, type="S"),
            attribute(name=LedgerKey.SORT, type="S"),
            attribute(name=LedgerKey.OPEN, type="S"),
            attribute(name=LedgerKey.SINCE, type="N"),
            attribute(name=LedgerKey.ASKED_AT, type="N"),
        ],
        # Only what is not settled has the attribute `open`, so the indexes stay small.
        global_secondary_indexes=[
            aws.dynamodb.TableGlobalSecondaryIndexArgs(
                name=name,
                key_schemas=[
                    key(attribute_name=LedgerKey.OPEN, key_type="HASH"),
                    key(attribute_name=time, key_type="RANGE"),
                ],
                projection_type="KEYS_ONLY",
            )
            for name, time in (
                (LEDGER_INDEX, LedgerKey.SINCE),
                (LEDGER_WAIT_INDEX, LedgerKey.ASKED_AT),
            )
        ],
        ttl=aws.dynamodb.TableTtlArgs(attribute_name=LEDGER_TTL, enabled=True),
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
        server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(
            enabled=True, kms_key_arn=scope.key_arn
        ),
        deletion_protection_enabled=deletion_protection,
        tags=scope.tags,
        opts=scope.options(),
    )


def _completed_topic(scope: Scope) -> aws.sns.Topic:
    topic = aws.sns.Topic(
        f"{scope.name}-completed",
        # Unlike S3, the functions can publish to a topic with AWS's own key.
        kms_master_key_id="alias/aws/sns" if scope.key_arn is None else scope.key_arn,
        tags=scope.tags,
        opts=scope.options(),
    )
    aws.sns.TopicPolicy(
        f"{scope.name}-completed-refuses-plain-http",
        arn=topic.arn,
        policy=Output.json_dumps(topic.arn.apply(policies.topic_refuses_plain_http)),
        opts=scope.options(),
    )
    return topic
