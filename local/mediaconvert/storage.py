"""S3 as a job's role sees it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

from local.mediaconvert.errors import JobError

_ONE_REQUEST = TransferConfig(multipart_threshold=5 * 1024**3, use_threads=False)
"""One request per object up to S3's 5 GiB: on loopback, parts and threads gain nothing."""

_MISSING = frozenset({"404", "NoSuchKey", "NoSuchBucket"})
_DENIED = frozenset({"403", "AccessDenied"})


class RoleStorage:
    """S3 with the credentials of a role."""

    def __init__(self, s3: Callable[[], Any]) -> None:
        """Keep how to get the client; it is asked for each transfer, because credentials end."""
        self._s3 = s3

    def download(self, uri: str, path: Path, on_bytes: Callable[[int], None]) -> None:
        """Copy an object into a file.

        Args:
            uri: `s3://bucket/key`; the key stands as it is, not encoded.
            path: The file to write.
            on_bytes: Called as bytes arrive; what it raises ends the transfer.

        Raises:
            JobError: 1404 when there is no such object, 1401 when the role may not read it.
        """
        bucket, key = _bucket_and_key(uri)
        try:
            with path.open("wb") as file:
                self._s3().download_fileobj(
                    bucket, key, file, Callback=on_bytes, Config=_ONE_REQUEST
                )
        except (ClientError, BotoCoreError) as error:
            raise _transfer_error(error, uri, "read", JobError.UNEXPECTED) from error

    def upload(
        self, path: Path, uri: str, headers: Mapping[str, str], on_bytes: Callable[[int], None]
    ) -> None:
        """Copy a file into an object.

        Args:
            path: The file to read.
            uri: `s3://bucket/key`.
            headers: PutObject's further parameters, such as ServerSideEncryption.
            on_bytes: Called as bytes leave; what it raises ends the transfer.

        Raises:
            JobError: 1404 when there is no such bucket, 1401 when the role may not write to it,
                1517 for anything else.
        """
        bucket, key = _bucket_and_key(uri)
        try:
            # The file is opened here, because `upload_file` leaves its own open when it is ended.
            with path.open("rb") as file:
                self._s3().upload_fileobj(
                    file,
                    bucket,
                    key,
                    ExtraArgs=dict(headers),
                    Callback=on_bytes,
                    Config=_ONE_REQUEST,
                )
        except (ClientError, BotoCoreError) as error:
            raise _transfer_error(error, uri, "write", JobError.CANNOT_WRITE_OUTPUT) from error


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _transfer_error(error: Exception, uri: str, verb: str, otherwise: int) -> JobError:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _MISSING:
        return JobError(JobError.NOT_FOUND, f"There is no {uri}: {error}")
    if code in _DENIED:
        return JobError(JobError.ACCESS_DENIED, f"The job's role may not {verb} {uri}: {error}")
    return JobError(otherwise, f"Cannot {verb} {uri}: {error}")
