"""Which version of a key S3 has now: what a job would read."""

from typing import TYPE_CHECKING

from handlers.upload import Upload

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def current_version(s3: "S3Client", upload: Upload) -> str | None:
    """Ask S3 which version lies under an upload's key.

    A listing needs no permission to read media, and a key is listed before those that begin with
    it, its newest version first.

    Returns:
        The version's id; None when the key was deleted.

    Raises:
        ClientError, BotoCoreError: S3 refused.
    """
    page = s3.list_object_versions(Bucket=upload.bucket, Prefix=upload.key, MaxKeys=1)
    for version in page.get("Versions", []):
        if version["Key"] == upload.key and version["IsLatest"]:
            return version["VersionId"]
    return None
