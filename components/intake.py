"""Where uploads arrive: the input bucket, the topic, and the notification between them."""

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output

from components import defaults, policies
from components.roles import role
from components.scope import Scope
from components.storage import private_bucket


class Intake:
    """The input bucket, and the topic on which S3 publishes every upload to be transcoded."""

    def __init__(self, scope: Scope, *, suffixes: Sequence[str]) -> None:
        """Create the bucket, the topic with its delivery logs, and last the notification.

        Args:
            scope: what all of it belongs to.
            suffixes: endings of the keys that are published, in every case form.
        """
        name = scope.name
        self.bucket = private_bucket(scope, f"{name}-input", versioned=True)
        log_role = role(
            scope, f"{name}-topic-logs", policies.service_may_assume("sns.amazonaws.com")
        )
        self.topic = _topic(scope, log_role)
        logs = _delivery_logs(scope, self.topic, log_role)
        permission = _bucket_may_publish(scope, self.bucket, self.topic)
        aws.s3.BucketNotification(
            f"{name}-upload",
            bucket=self.bucket.bucket,
            topics=_one_per_suffix(f"{name}-upload", suffixes, self.topic),
            # S3 tries the topic out when the notification is set, and fails without the policy.
            # That is the first delivery: a log group that SNS had to make would have no retention.
            opts=scope.options(depends_on=[permission, *logs]),
        )


def _topic(scope: Scope, log_role: aws.iam.Role) -> aws.sns.Topic:
    return aws.sns.Topic(
        f"{scope.name}-topic",
        # AWS's own key would keep S3 from publishing: nobody can let S3 use it.
        kms_master_key_id=scope.key_arn,
        sqs_success_feedback_role_arn=log_role.arn,
        sqs_failure_feedback_role_arn=log_role.arn,
        sqs_success_feedback_sample_rate=defaults.DELIVERY_LOG_SAMPLE_PERCENT,
        tags=scope.tags,
        opts=scope.options(),
    )


def _delivery_logs(
    scope: Scope, topic: aws.sns.Topic, log_role: aws.iam.Role
) -> list[aws.cloudwatch.LogGroup]:
    # The names are SNS's own: sns/REGION/ACCOUNT/TOPIC, and /Failure below it.
    base = topic.arn.apply(lambda arn: "/".join(["sns", *arn.split(":")[3:]]))
    logs = [
        aws.cloudwatch.LogGroup(
            f"{scope.name}-topic-{outcome}",
            name=log_name,
            retention_in_days=scope.log_retention_days,
            kms_key_id=scope.key_arn,
            tags=scope.tags,
            opts=scope.options(),
        )
        for outcome, log_name in (
            ("deliveries", base),
            ("failures", Output.concat(base, "/Failure")),
        )
    ]
    aws.iam.RolePolicy(
        f"{scope.name}-topic-logs-deliveries",
        role=log_role.name,
        policy=Output.json_dumps(
            Output.all(*(log.arn for log in logs)).apply(policies.topic_may_log)
        ),
        opts=scope.options(),
    )
    return logs


def _bucket_may_publish(
    scope: Scope, bucket: aws.s3.Bucket, topic: aws.sns.Topic
) -> aws.sns.TopicPolicy:
    return aws.sns.TopicPolicy(
        f"{scope.name}-input-publishes-to-topic",
        arn=topic.arn,
        policy=Output.json_dumps(
            Output.all(topic.arn, bucket.arn).apply(lambda arns: policies.bucket_may_publish(*arns))
        ),
        opts=scope.options(),
    )


def _one_per_suffix(
    name: str, suffixes: Sequence[str], topic: aws.sns.Topic
) -> list[aws.s3.BucketNotificationTopicArgs]:
    """S3 allows one suffix in a configuration; the first keeps the plain name."""
    return [
        aws.s3.BucketNotificationTopicArgs(
            id=name if number == 1 else f"{name}-{number}",
            topic_arn=topic.arn,
            # Not only Put: a file above a few megabytes arrives as a multipart upload.
            events=["s3:ObjectCreated:*"],
            filter_suffix=suffix,
        )
        for number, suffix in enumerate(suffixes, start=1)
    ]
