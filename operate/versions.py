"""Finds the version of an object that an operator means."""

from typing import TYPE_CHECKING

from operate.errors import OperateError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def latest_version(s3: "S3Client", bucket: str, key: str) -> str:
    """Find the version id of the latest upload of a key, even if a delete marker hides it.

    Raises:
        OperateError: S3 has no upload of this key.
        ClientError, BotoCoreError: S3 refused.
    """
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
        versions = page.get("Versions", [])
        for version in versions:
            # S3 lists by key, the key itself before those it begins, and the newest version first.
            if version["Key"] == key:
                return version["VersionId"]
        if versions:
            break
    raise OperateError(
        f"The bucket {bucket} has no upload of the key {key!r}. Write the key as S3 lists it; "
        "upper and lower case differ. For a version that was deleted from S3, add --version-id."
    )
