"""One upload's job: claimed in the ledger, created once, noted in the ledger."""

from dataclasses import asdict, dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from handlers.back_off import FIRST_DELAY, Patience
from handlers.current_version import current_version
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.ledger.rendition import REOPENED_BY_A_LATER_ATTEMPT, Failure, Rendition, State
from handlers.ledger.renditions import NotGrantedError, NotMovedError
from handlers.mediaconvert.job_request import job_request
from handlers.mediaconvert.job_search import JobSearch, Place, SearchUnfinishedError
from handlers.mediaconvert.jobs import Jobs
from handlers.mediaconvert.output_groups import bucket_and_key, expected_outputs
from handlers.mediaconvert.refusal import JOB_MAY_EXIST, Call, Refusal, refusal
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from handlers.upload_cap import UploadCap

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client

MAX_SILENT_DELIVERIES: Final = 5
"""Deliveries in a row that end without a word before an upload is given up: what kills the function
must not do so for a fortnight."""

CRASHED: Final = Failure(
    code="crashed",
    reason=(
        f"{MAX_SILENT_DELIVERIES} deliveries ended without saying what became of the job; the "
        "function's log says why. Look for a job of this upload before it is sent again."
    ),
)


_REOPENED_SOON: Final = REOPENED_BY_A_LATER_ATTEMPT | {State.CLAIMED}


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Whoever creates the jobs of one branch."""

    settings: SubmitJobSettings
    document: dict[str, Any]
    """The branch's job document."""
    mediaconvert: "MediaConvertClient"
    search: JobSearch
    cap: UploadCap
    s3: "S3Client"
    jobs: Jobs
    """Those that this fan-out has made; to cancel what an upload has overwritten."""
    ledger: Ledger
    duties: Duties

    def submit(
        self, upload: Upload, attempt: int, patience: Patience, *, is_backfill: bool = False
    ) -> int | None:
        """Create the job of an upload's attempt, unless it exists, and do not wait for it.

        An upload that the ledger knows to be overwritten gets no job.

        Args:
            upload: The upload.
            attempt: Number of the attempt that is asked for.
            patience: What its message has waited, and waits before the next try.
            is_backfill: Ask only for what the output bucket lacks, and expect no other preset's
                rendition of an upload that is new to the ledger.

        Returns:
            None when the upload's message is done: the job exists, or never will and a dead letter
            says why. Otherwise the seconds until it is worth to try again.

        Raises:
            ClientError, BotoCoreError: The ledger, or a service that it takes besides, refused.
        """
        if is_backfill and self._is_rendered(upload):
            return None
        asset, latest = self.ledger.assets.find(upload)
        if asset is None:
            asset, latest = self.ledger.assets.note(
                upload, self._presets(is_backfill=is_backfill), partial(current_version, self.s3)
            )
        if asset.previous is not None:
            # Before this upload's claim: what has ended by then cannot write over its rendition.
            self._overtake(asset.previous)
        is_overwritten = latest is not None and latest.overwrites(upload)
        try:
            claimed = self.ledger.renditions.claim(
                upload,
                self.settings.preset,
                attempt,
                abandoned_after=self.settings.claim_seconds,
            )
        except NotGrantedError as refused:
            return self._not_granted(refused, attempt, patience)
        try:
            return self._redeem(claimed, patience, is_overwritten=is_overwritten)
        except NotMovedError:
            # An event or another delivery was faster; the next try finds out what it wrote.
            return patience.seconds

    def _is_rendered(self, upload: Upload) -> bool:
        request = job_request(self.document, upload, 1, self.settings)
        outputs = [uri for uri in expected_outputs(request["Settings"]) if uri is not None]
        return bool(outputs) and all(self._exists(uri) for uri in outputs)

    def _exists(self, uri: str) -> bool:
        bucket, key = bucket_and_key(uri)
        try:
            self.s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def _presets(self, *, is_backfill: bool) -> set[str]:
        if is_backfill:
            return {self.settings.preset}
        expected = {branch.preset for branch in self.ledger.branches.of_new_uploads()}
        return expected | {self.settings.preset}

    def _not_granted(
        self, refused: NotGrantedError, attempt: int, patience: Patience
    ) -> int | None:
        rendition = refused.rendition
        if rendition.attempt == attempt:
            if rendition.state is State.CLAIMED:
                return refused.seconds
            self.duties.do(rendition)
        elif rendition.attempt < attempt and rendition.state in _REOPENED_SOON:
            # Its dead letter or its announcement is not out yet, or there may be a job of it.
            return patience.seconds
        return None

    def _overtake(self, digest: str) -> None:
        """Cancel the job of an upload that was overwritten, if it still runs."""
        overtaken = self.ledger.renditions.overtake(digest, self.settings.preset)
        if overtaken is not None and overtaken.state is State.SUBMITTED:
            self._cancel(overtaken)

    def _cancel(self, overtaken: Rendition) -> None:
        """Cancel a job that is not wanted any more: what it still writes is made good at its end.

        So a refusal costs money, and nothing else: the new upload does not wait for it.
        """
        try:
            end = self.jobs.cancel(overtaken)
            if end is not None:
                Outcome(ledger=self.ledger, duties=self.duties).record(end)
        except (BotoCoreError, ClientError) as error:
            logger.warning("Not canceled", extra={**_extra(overtaken), "reason": str(error)})

    def _redeem(
        self, claimed: Rendition, patience: Patience, *, is_overwritten: bool
    ) -> int | None:
        if claimed.deliveries > MAX_SILENT_DELIVERIES and not is_overwritten:
            self._give_up(claimed, CRASHED)
            return None
        request = job_request(self.document, claimed.upload, claimed.attempt, self.settings)
        try:
            job_id = self._find_job(claimed, request)
        except (SearchUnfinishedError, BotoCoreError, ClientError) as error:
            answer, place = refusal(error, Call.LIST_JOBS), None
            if isinstance(error, SearchUnfinishedError):
                # It goes on as soon as the claim is free: a longer pause helps no service.
                patience, place = replace(patience, seconds=FIRST_DELAY), error.place
            if is_overwritten and answer.next_try(patience) is None:
                self._supersede(claimed)  # Should there be a job, its end makes the rest good.
                return None
            return self._refused(claimed, answer, patience, place)
        if job_id is not None:
            self._note_job(claimed, job_id, is_overwritten=is_overwritten)
            return None
        if is_overwritten:
            self._supersede(claimed)
            return None
        return self._create_job(claimed, request, patience)

    def _supersede(self, claimed: Rendition) -> None:
        self.duties.do(self.ledger.renditions.move(claimed, State.SUPERSEDED))
        logger.info("No job: the upload was overwritten", extra=_extra(claimed))

    def _find_job(self, claimed: Rendition, request: dict[str, Any]) -> str | None:
        if not claimed.is_doubtful or claimed.unresolved_since is None:
            return None
        # Only if the delivery before this one searched: after others the job may be a newer one.
        is_current = claimed.deliveries == 1
        return self.search.find(
            request["UserMetadata"],
            since=claimed.unresolved_since,
            until=claimed.claimed_at,
            place=Place(**claimed.searched) if claimed.searched and is_current else None,
        )

    def _create_job(
        self, claimed: Rendition, request: dict[str, Any], patience: Patience
    ) -> int | None:
        try:
            excess = self.cap.excess(claimed.upload)
        except (BotoCoreError, ClientError) as error:
            return self._refused(claimed, refusal(error, Call.PROBE), patience)
        if excess is not None:
            self._give_up(claimed, excess)
            return None
        try:
            job_id = self.mediaconvert.create_job(**request)["Job"]["Id"]
        except (BotoCoreError, ClientError) as error:
            return self._refused(claimed, refusal(error, Call.CREATE_JOB), patience)
        self._note_job(claimed, job_id)
        return None

    def _refused(
        self, claimed: Rendition, answer: Refusal, patience: Patience, place: Place | None = None
    ) -> int | None:
        logger.warning("MediaConvert refused", extra=_extra(claimed, answer))
        seconds = answer.next_try(patience)
        if seconds is None:
            reason = answer.reason if answer.is_certain else f"{answer.reason} {JOB_MAY_EXIST}"
            self._give_up(claimed, Failure(code=answer.code, reason=reason))
        elif answer.is_certain:
            self.ledger.renditions.wait(claimed)
        elif answer.call is Call.CREATE_JOB:
            # Had there been a job before this claim, the search would have found it.
            self.ledger.renditions.no_answer(claimed, since=claimed.claimed_at)
        else:
            self.ledger.renditions.no_answer(claimed, searched=asdict(place) if place else None)
        return seconds

    def _note_job(self, claimed: Rendition, job_id: str, *, is_overwritten: bool = False) -> None:
        try:
            noted = self.ledger.renditions.move(claimed, State.SUBMITTED, job_id=job_id)
        except NotMovedError as error:
            if error.rendition is None or error.rendition.job_id != job_id:
                raise
            return  # The job's end was quicker than this note of its beginning.
        logger.info("Job created", extra={**_extra(claimed), "job_id": job_id})
        if is_overwritten or noted.is_overtaken:
            self._cancel(noted)

    def _give_up(self, claimed: Rendition, failure: Failure) -> None:
        self.duties.do(self.ledger.renditions.move(claimed, State.DEAD, failure=failure))


def _extra(rendition: Rendition, answer: Refusal | None = None) -> dict[str, Any]:
    extra = {"key": rendition.upload.key, "attempt": rendition.attempt}
    if answer is None:
        return extra
    return extra | {"call": answer.call, "code": answer.code, "reason": answer.reason}
