"""How each type of AWS resource is created, by boto3."""

from collections.abc import Callable, Mapping
from typing import Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources import (
    cloudwatch,
    dynamodb,
    events,
    iam,
    kms,
    lambda_,
    logs,
    mediaconvert,
    s3,
    sns,
    sqs,
)
from local.resources.created import Created

Creator = Callable[[Clients, str, Inputs], Created]
"""Creates a resource: clients, Pulumi's logical name and the inputs in, what now exists out."""

CREATORS: Final[Mapping[str, Creator]] = {
    "aws:cloudwatch/dashboard:Dashboard": cloudwatch.dashboard,
    "aws:cloudwatch/eventRule:EventRule": events.rule,
    "aws:cloudwatch/eventTarget:EventTarget": events.target,
    "aws:cloudwatch/logGroup:LogGroup": logs.log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": logs.metric_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": cloudwatch.metric_alarm,
    "aws:dynamodb/table:Table": dynamodb.table,
    "aws:dynamodb/tableItem:TableItem": dynamodb.table_item,
    "aws:iam/role:Role": iam.role,
    "aws:iam/rolePolicy:RolePolicy": iam.role_policy,
    "aws:kms/key:Key": kms.key,
    "aws:lambda/eventSourceMapping:EventSourceMapping": lambda_.event_source_mapping,
    "aws:lambda/function:Function": lambda_.function,
    "aws:lambda/permission:Permission": lambda_.permission,
    "aws:mediaconvert/queue:Queue": mediaconvert.queue,
    "aws:s3/bucket:Bucket": s3.bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": s3.bucket_lifecycle,
    "aws:s3/bucketNotification:BucketNotification": s3.bucket_notification,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": s3.bucket_ownership_controls,
    "aws:s3/bucketPolicy:BucketPolicy": s3.bucket_policy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": s3.bucket_public_access_block,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        s3.bucket_encryption
    ),
    "aws:s3/bucketVersioning:BucketVersioning": s3.bucket_versioning,
    "aws:sns/topic:Topic": sns.topic,
    "aws:sns/topicPolicy:TopicPolicy": sns.topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": sns.topic_subscription,
    "aws:sqs/queue:Queue": sqs.queue,
    "aws:sqs/queuePolicy:QueuePolicy": sqs.queue_policy,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": sqs.redrive_allow_policy,
}
"""Every resource type that the program uses."""
