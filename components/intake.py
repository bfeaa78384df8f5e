"""Where uploads arrive: the input bucket, the topic, and the notification between them."""

from collections.abc import Sequence

import pulumi_aws as aws
from pulumi import Output, Resource, ResourceOptions

from components import defaults, policies
from components.storage import private_bucket


class Intake:
    """The input bucket, and the topic on which S3 publishes every upload to be transcoded."""

    def __init__(
        self,
        name: str,
        *,
        suffixes: Sequence[str],
        log_retention_days: int,
        force_destroy: bool,
        parent: Resource,
    ) -> None:
        """Create the bucket, the topic with its delivery logs, and last the notification.

        Args:
            name: the logical name of the fan-out.
            suffixes: endings of the keys that are published, in every case form.
            log_retention_days: how long delivery logs are kept.
            force_destroy: let `pulumi destroy` delete the uploads too.
            parent: the component that all of it belongs to.
        """
        self.bucket = private_bucket(
            f"{name}-input", versioned=True, force_destroy=force_destroy, parent=parent
        )
        log_role = _log_role(name, parent)
        self.topic = _topic(name, log_role, parent)
        logs = _delivery_logs(name, self.topic, log_role, log_retention_days, parent)
        permission = _bucket_may_publish(name, self.bucket, self.topic, parent)
        aws.s3.BucketNotification(
            f"{name}-upload",
            bucket=self.bucket.bucket,
            topics=_one_per_suffix(f"{name}-upload", suffixes, self.topic),
            # S3 tries the topic out when the notification is set, and fails without the policy.
            # That is the first delivery: a log group that SNS had to make would have no retention.
            opts=ResourceOptions(parent=parent, depends_on=[permission, *logs]),
        )


def _log_role(name: str, parent: Resource) -> aws.iam.Role:
    return aws.iam.Role(
        f"{name}-topic-logs",
        assume_role_policy=Output.json_dumps(policies.service_may_assume("sns.amazonaws.com")),
        opts=ResourceOptions(parent=parent),
    )


def _topic(name: str, log_role: aws.iam.Role, parent: Resource) -> aws.sns.Topic:
    return aws.sns.Topic(
        f"{name}-topic",
        sqs_success_feedback_role_arn=log_role.arn,
        sqs_failure_feedback_role_arn=log_role.arn,
        sqs_success_feedback_sample_rate=defaults.DELIVERY_LOG_SAMPLE_PERCENT,
        opts=ResourceOptions(parent=parent),
    )


def _delivery_logs(
    name: str,
    topic: aws.sns.Topic,
    log_role: aws.iam.Role,
    retention_days: int,
    parent: Resource,
) -> list[aws.cloudwatch.LogGroup]:
    # The names are SNS's own: sns/REGION/ACCOUNT/TOPIC, and /Failure below it.
    base = topic.arn.apply(lambda arn: "/".join(["sns", *arn.split(":")[3:]]))
    logs = [
        aws.cloudwatch.LogGroup(
            f"{name}-topic-{outcome}",
            name=log_name,
            retention_in_days=retention_days,
            opts=ResourceOptions(parent=parent),
        )
        for outcome, log_name in (
            ("deliveries", base),
            ("failures", Output.concat(base, "/Failure")),
        )
    ]
    aws.iam.RolePolicy(
        f"{name}-topic-logs-deliveries",
        role=log_role.name,
        policy=Output.json_dumps(
            Output.all(*(log.arn for log in logs)).apply(policies.topic_may_log)
        ),
        opts=ResourceOptions(parent=parent),
    )
    return logs


def _bucket_may_publish(
    name: str, bucket: aws.s3.Bucket, topic: aws.sns.Topic, parent: Resource
) -> aws.sns.TopicPolicy:
    return aws.sns.TopicPolicy(
        f"{name}-input-publishes-to-topic",
        arn=topic.arn,
        policy=Output.json_dumps(
            Output.all(topic.arn, bucket.arn).apply(lambda arns: policies.bucket_may_publish(*arns))
        ),
        opts=ResourceOptions(parent=parent),
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
