"""Which keys a stack listens to: the suffixes in the notification of its input bucket."""

from typing import TYPE_CHECKING

from operate.errors import OperateError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def listened_suffixes(s3: "S3Client", bucket: str) -> tuple[str, ...]:
    """Read the suffixes of the keys that a bucket notifies about, in the notification's order.

    Raises:
        ClientError, BotoCoreError: S3 refused.
    """
    configuration = s3.get_bucket_notification_configuration(Bucket=bucket)
    return tuple(
        rule["Value"]
        for topic in configuration.get("TopicConfigurations", [])
        for rule in topic.get("Filter", {}).get("Key", {}).get("FilterRules", [])
        if rule["Name"].lower() == "suffix"
    )


def check_listened(s3: "S3Client", bucket: str, key: str) -> None:
    """Do nothing for a key that ends in a suffix that the bucket notifies about.

    Raises:
        OperateError: The stack does not listen to this key.
        ClientError, BotoCoreError: S3 refused.
    """
    suffixes = listened_suffixes(s3, bucket)
    if not suffixes:
        raise OperateError(
            f"The stack listens to no key: the bucket {bucket} has no notification. "
            "Run `pulumi up`."
        )
    if not key.endswith(suffixes):
        raise OperateError(
            f"The stack does not listen to the key {key!r}, only to keys that end in "
            f"{', '.join(suffixes)}. Upload the file under such a key, or add its suffix to the "
            "stack's configuration `suffixes` and run `pulumi up`."
        )
