"""What the end of a job means for its rendition."""

from dataclasses import dataclass, replace
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from handlers import retry_policy
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.ledger.rendition import Duty, Failure, Rendition, State
from handlers.ledger.renditions import NotMovedError
from handlers.mediaconvert.job_events import JobEnd, JobStatus
from handlers.mediaconvert.surplus import Series
from handlers.observability import logger

CANCELED: Final = Failure(code="canceled", reason="Somebody canceled the job in MediaConvert.")
NO_REASON: Final = Failure(code="unknown", reason="MediaConvert gave no reason.")


class UnknownRenditionError(LookupError):
    """A job of this fan-out belongs to nothing that the ledger knows."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whoever writes down how jobs ended, and does what follows."""

    ledger: Ledger
    duties: Duties

    def record(self, end: JobEnd) -> None:
        """Write down how a job ended, and do what is owed then; twice is as good as once.

        Args:
            end: The end of the job.

        Raises:
            UnknownRenditionError: The ledger does not know the job's upload.
            ClientError, BotoCoreError: A service refused; recording again does the rest.
        """
        rendition = self.ledger.renditions.get(end.upload, end.preset)
        if rendition is None:
            raise UnknownRenditionError(
                f"The ledger has no rendition of the upload {end.upload} for the preset "
                f"{end.preset}, which the job {end.job_id} names. Either the ledger's item has "
                "expired, or the job was not made by this fan-out."
            )
        begun = replace(rendition, attempt=end.attempt)
        latest = self.ledger.assets.latest(rendition.upload)
        is_overwritten = latest is not None and latest.overwrites(rendition.upload)
        try:
            current: Rendition | None = (
                self._supersede(begun, end) if is_overwritten else self._move(begun, end)
            )
        except NotMovedError as error:
            current = error.rendition
        if current and (current.attempt, current.job_id) == (end.attempt, end.job_id):
            self.duties.do(current)
            return
        if current and end.job_id in current.ended_jobs:
            return  # It is told again, and a later attempt has begun since.
        # A later attempt has begun, or another job was noted: what this one wrote may matter still.
        logger.warning("Outcome of another job", extra={"job_id": end.job_id})
        if is_overwritten:
            self.duties.render_latest(rendition.upload, end.preset, end.job_id)

    def _supersede(self, rendition: Rendition, end: JobEnd) -> Rendition:
        return self.ledger.renditions.move(
            rendition,
            State.SUPERSEDED,
            job_id=end.job_id,
            failure=end.failure,
            outputs=end.outputs,
            # One that was given up in time, and is told of again, is not late.
            when=~Attr("ended_jobs").contains(end.job_id),
        )

    def _move(self, rendition: Rendition, end: JobEnd) -> Rendition:
        renditions = self.ledger.renditions
        match end.status:
            case JobStatus.COMPLETE:
                has_series = any(Series.of(end.outputs))
                owed = frozenset({Duty.SURPLUS} if has_series else ())
                return renditions.complete(rendition, end.job_id, end.outputs, owed)
            case JobStatus.CANCELED:
                return renditions.move(
                    rendition, State.CANCELED, job_id=end.job_id, failure=CANCELED
                )
            case JobStatus.ERROR:
                return self._fail(rendition, end.job_id, end.failure or NO_REASON)

    def _fail(self, rendition: Rendition, job_id: str, failure: Failure) -> Rendition:
        renditions = self.ledger.renditions
        retries = retry_policy.RETRIES.get(failure.code, 0)
        may_retry: ConditionBase = Attr("retries").lt(retries)
        if retries > 0:
            may_retry |= Attr("retries").not_exists()
        try:
            return renditions.move(
                rendition, State.RETRYING, job_id=job_id, failure=failure, when=may_retry
            )
        except NotMovedError:
            return renditions.move(rendition, State.DEAD, job_id=job_id, failure=failure)
