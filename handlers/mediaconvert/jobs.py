"""Jobs that exist: how one ended, and canceling one that is not wanted any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from handlers.ledger.rendition import Failure, Rendition
from handlers.mediaconvert.job_events import JobEnd, JobStatus, read_job
from handlers.names import JobMetadata
from handlers.observability import logger

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient


JOB_MISSING: Final = Failure(
    code="job_missing",
    reason="MediaConvert does not know the job any more, and its end was never reported.",
)


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """The jobs of one fan-out."""

    mediaconvert: "MediaConvertClient"
    fanout: str

    def end(self, rendition: Rendition) -> JobEnd | None:
        """Ask how a rendition's job has ended; None while it goes on.

        Raises:
            ClientError, BotoCoreError: MediaConvert refused.
        """
        try:
            return read_job(self._get(rendition.job_id or ""))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                raise
            return JobEnd(
                job_id=rendition.job_id or "",
                status=JobStatus.ERROR,
                preset=rendition.preset,
                upload=rendition.upload.digest,
                attempt=rendition.attempt,
                failure=JOB_MISSING,
                outputs=(),
            )

    def cancel(self, rendition: Rendition) -> JobEnd | None:
        """Cancel a rendition's job, unless it has ended.

        IAM cannot hold CancelJob to one pipeline, because a job's ARN does not name it: it is
        allowed for all jobs of the account and region. So the job's own metadata are read before.

        Returns:
            How the job ended; None while it goes on, or when it is not the rendition's.

        Raises:
            ClientError, BotoCoreError: MediaConvert refused.
        """
        job_id = rendition.job_id or ""
        job = self._get(job_id)
        if not self._is_of(rendition, job):
            logger.error("Not canceled: another job has this id", extra={"job_id": job_id})
            return None
        end = read_job(job)
        if end is not None:
            return end
        try:
            self.mediaconvert.cancel_job(Id=job_id)
        except ClientError as error:
            # A job that has ended meanwhile cannot be canceled.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.CONFLICT:
                raise
        logger.info("Job canceled", extra={"job_id": job_id, "key": rendition.upload.key})
        return read_job(self._get(job_id))

    def _get(self, job_id: str) -> Mapping[str, Any]:
        return self.mediaconvert.get_job(Id=job_id)["Job"]

    def _is_of(self, rendition: Rendition, job: Mapping[str, Any]) -> bool:
        metadata = job.get("UserMetadata", {})
        wanted = {
            JobMetadata.FANOUT: self.fanout,
            JobMetadata.PRESET: rendition.preset,
            JobMetadata.UPLOAD: rendition.upload.digest,
        }
        return all(metadata.get(name) == value for name, value in wanted.items())
