"""The cap on uploads: what exceeds it becomes no job, and costs nothing."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from handlers.ledger.rendition import Failure
from handlers.upload import Upload

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient

TOO_LARGE: Final = "too_large"
TOO_LONG: Final = "too_long"
"""The dead letter's codes."""

NO_MEDIA: Final = HTTPStatus.UNPROCESSABLE_ENTITY
"""Probe's answer for a file that it cannot read. Its exception, `UnprocessableEntityException`, is
not in the models that Lambda's runtime may carry; the status always is."""


@dataclass(frozen=True, kw_only=True)
class UploadCap:
    """How large and how long an upload may be; 0 means as it likes."""

    max_bytes: int
    max_seconds: int
    mediaconvert: "MediaConvertClient"
    """Reads the length of an upload. Its time limit has to allow for that."""

    def excess(self, upload: Upload) -> Failure | None:
        """Say how an upload exceeds the cap, if it does.

        Raises:
            ClientError, BotoCoreError: MediaConvert did not read the upload, for now or for good.
        """
        if 0 < self.max_bytes < upload.size:
            return Failure(
                code=TOO_LARGE,
                reason=(
                    f"The upload has {upload.size:,} bytes; the largest that is taken has "
                    f"{self.max_bytes:,}."
                ),
            )
        if self.max_seconds > 0:
            seconds = self._seconds(upload)
            if seconds is not None and seconds > self.max_seconds:
                return Failure(
                    code=TOO_LONG,
                    reason=(
                        f"The upload lasts {seconds:,.1f} s; the longest that is taken lasts "
                        f"{self.max_seconds:,} s."
                    ),
                )
        return None

    def _seconds(self, upload: Upload) -> float | None:
        """Ask how long an upload lasts; None for what is no media, which its job will tell."""
        try:
            answer = self.mediaconvert.probe(
                InputFiles=[{"FileUrl": f"s3://{upload.bucket}/{upload.key}"}]
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != NO_MEDIA:
                raise
            return None
        return answer["ProbeResults"][0]["Container"].get("Duration")
