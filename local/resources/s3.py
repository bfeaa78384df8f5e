"""S3: buckets and what is set on them."""

from typing import TYPE_CHECKING, Any, Final, cast

from local.clients import Clients
from local.inputs import Inputs
from local.resources.aws_shape import aws_shape
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import FilterRuleTypeDef, TopicConfigurationTypeDef


FIRST_REGION: Final = "us-east-1"
"""The only region whose name S3 refuses as a location."""


def bucket(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a bucket."""
    # How `pulumi destroy` treats what is in it; the local cloud is thrown away as a whole.
    inputs.drop("forceDestroy")
    # As the provider does it: S3 knows no upper case.
    physical = inputs.take("bucket") or auto_name(name.lower())
    if aws.region == FIRST_REGION:
        aws.client("s3").create_bucket(Bucket=physical)
    else:
        aws.client("s3").create_bucket(
            Bucket=physical,
            CreateBucketConfiguration={"LocationConstraint": cast("Any", aws.region)},
        )
    tags = tag_list(inputs)
    if tags:
        aws.client("s3").put_bucket_tagging(Bucket=physical, Tagging={"TagSet": tags})
    return Created(physical, {"bucket": physical, "arn": f"arn:aws:s3:::{physical}"})


def bucket_public_access_block(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Block public access to a bucket."""
    target = inputs.need("bucket")
    aws.client("s3").put_public_access_block(
        Bucket=target,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": inputs.take("blockPublicAcls", default=False),
            "BlockPublicPolicy": inputs.take("blockPublicPolicy", default=False),
            "IgnorePublicAcls": inputs.take("ignorePublicAcls", default=False),
            "RestrictPublicBuckets": inputs.take("restrictPublicBuckets", default=False),
        },
    )
    return Created(target)


def bucket_ownership_controls(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set who owns the objects of a bucket."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_ownership_controls(
        Bucket=target, OwnershipControls={"Rules": [aws_shape(inputs.need("rule"))]}
    )
    return Created(target)


def bucket_encryption(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set the default encryption of a bucket."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_encryption(
        Bucket=target,
        ServerSideEncryptionConfiguration={"Rules": aws_shape(inputs.need("rules"))},
    )
    return Created(target)


def bucket_versioning(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Keep, or stop keeping, versions of the objects in a bucket."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_versioning(
        Bucket=target, VersioningConfiguration=aws_shape(inputs.need("versioningConfiguration"))
    )
    return Created(target)


def bucket_lifecycle(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set when objects of a bucket go away."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_lifecycle_configuration(
        Bucket=target, LifecycleConfiguration={"Rules": aws_shape(inputs.need("rules"))}
    )
    return Created(target)


def bucket_policy(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set the policy of a bucket."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_policy(Bucket=target, Policy=inputs.need("policy"))
    return Created(target)


def bucket_notification(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Let a bucket tell topics about its objects."""
    target = inputs.need("bucket")
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=target,
        NotificationConfiguration={
            "TopicConfigurations": [_topic(topic) for topic in inputs.structures("topics")]
        },
    )
    return Created(target)


def _topic(inputs: Inputs) -> "TopicConfigurationTypeDef":
    rules: list[FilterRuleTypeDef] = [
        {"Name": "prefix", "Value": inputs.take("filterPrefix", default="")},
        {"Name": "suffix", "Value": inputs.take("filterSuffix", default="")},
    ]
    return {
        "Id": inputs.need("id"),
        "TopicArn": inputs.need("topicArn"),
        "Events": inputs.need("events"),
        "Filter": {"Key": {"FilterRules": [rule for rule in rules if rule["Value"]]}},
    }
