"""Sweeping the ledger: whatever nothing has happened to for too long is helped on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from handlers.delivery import FIRST_ATTEMPT
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.ledger.asset import PENDING, Asset
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import Failure, Rendition, State
from handlers.ledger.renditions import NotMovedError
from handlers.mediaconvert.job_events import JobEnd, JobStatus, read_job
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.pace import Pace
from handlers.upload import Upload

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient

OWED_PATIENCE: Final = 300
"""Seconds. What is owed is made up for by the next delivery of the event, within some minutes."""

JOB_PATIENCE: Final = 3_600
"""Seconds between two looks at a job that goes on; most jobs have ended by the first."""

MESSAGE_PATIENCE: Final = 7_200
"""Seconds: four times the longest back-off. A message that still exists has been tried by then."""

MOST_DOUBLINGS: Final = 6
"""Five days for a message: twice in the time that it lives."""

JOB_MISSING: Final = Failure(
    code="job_missing",
    reason="MediaConvert does not know the job any more, and its end was never reported.",
)


class Help(StrEnum):
    """What is done about something that stands still; the summary counts by it."""

    DO_WHAT_IS_OWED = "did_what_was_owed"
    LOOK_AT_JOB = "looked_at_jobs"
    ASK_AGAIN = "asked_again"
    SETTLE_ASSET = "settled_assets"
    ASK_FOR_MISSING = "asked_for_missing"
    CANCEL = "canceled_without_branch"
    FAILED = "failed"
    """AWS refused; the next sweep tries again."""


def help_for(rendition: Rendition, now: int, patience: int | None) -> Help | None:
    """Decide what to do about a rendition.

    Args:
        rendition: The rendition.
        now: Unix time in seconds.
        patience: Seconds that anything may stand still; None for what each state deserves.

    Returns:
        What to do; None when it is not its time, or nothing is left to happen.
    """
    if rendition.owed:
        step, usual = Help.DO_WHAT_IS_OWED, OWED_PATIENCE
    elif rendition.state is State.SUBMITTED:
        step, usual = Help.LOOK_AT_JOB, JOB_PATIENCE
    elif rendition.state in {State.CLAIMED, State.WAITING, State.RETRYING}:
        step, usual = Help.ASK_AGAIN, MESSAGE_PATIENCE
    else:
        return None
    is_time = _is_time(
        now, rendition.since, rendition.looks, usual if patience is None else patience
    )
    return step if is_time else None


def _is_time(now: int, since: int | None, looks: int, patience: int) -> bool:
    """Wait twice as long after each look in vain: an outage must not fill the queues."""
    return since is not None and now - since >= patience << min(looks, MOST_DOUBLINGS)


@dataclass(kw_only=True)
class Sweep:
    """One run through what stands still."""

    ledger: Ledger
    duties: Duties
    outcome: Outcome
    mediaconvert: "MediaConvertClient"
    now: int
    """Unix time in seconds."""
    patience: int | None
    """Seconds that anything may stand still; None for what each state deserves."""
    dry_run: bool
    """Count only."""
    has_time: Callable[[], bool]
    """Asked before each item; no ends the run."""
    counts: Counter[str] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)
    is_finished: bool = True

    def run(self) -> bool:
        """Help everything on; tell whether there was time and room for all of it."""
        branches = {branch.preset: branch for branch in self.ledger.branches.all()}
        for branch in branches.values():
            self._sweep_renditions(branch)
        self._sweep_assets(branches)
        return self.is_finished

    def _sweep_renditions(self, branch: Branch) -> None:
        latest = self.now - (OWED_PATIENCE if self.patience is None else self.patience)
        for rendition in self.ledger.renditions.waiting_since(branch.preset, latest):
            if not self.has_time():
                self.is_finished = False
                return
            step = help_for(rendition, self.now, self.patience)
            if step is not None and self._has_room(step, branch):
                self._take(step, partial(self._help, step, rendition, branch))

    def _sweep_assets(self, branches: dict[str, Branch]) -> None:
        latest = self.now - (MESSAGE_PATIENCE if self.patience is None else self.patience)
        for asset in self.ledger.assets.waiting_since(latest):
            if not self.has_time():
                self.is_finished = False
                return
            patience = MESSAGE_PATIENCE if self.patience is None else self.patience
            if not _is_time(self.now, asset.since, asset.looks, patience):
                continue
            if asset.is_pending:
                for preset in sorted(asset.ends):
                    if asset.ends[preset] == PENDING:
                        self._find(asset, preset, branches.get(preset))
                if not self.dry_run:
                    self.ledger.assets.touch(asset)
            else:
                self._take(Help.SETTLE_ASSET, partial(self.duties.settle_asset, asset))

    def _has_room(self, step: Help, branch: Branch) -> bool:
        """Tell whether a queue may get what a step would send; if not, the run is not finished."""
        has_room = step not in {Help.ASK_AGAIN, Help.ASK_FOR_MISSING} or self.pace.has_room(
            branch.queue_url
        )
        self.is_finished &= has_room
        return has_room

    def _take(self, step: Help, action: Callable[[], object]) -> None:
        """Do one thing and count it; what fails must not keep the others waiting."""
        if not self.dry_run:
            try:
                action()
            except NotMovedError:
                return  # It has gone on by itself meanwhile.
            except (BotoCoreError, ClientError):
                logger.exception("Not helped on", extra={"step": step})
                self.counts[Help.FAILED] += 1
                return
        self.counts[step] += 1

    def _help(self, step: Help, rendition: Rendition, branch: Branch) -> None:
        match step:
            case Help.DO_WHAT_IS_OWED:
                self.duties.do(rendition)
            case Help.LOOK_AT_JOB:
                self._look_at_job(rendition)
            case Help.ASK_AGAIN:
                failed = rendition.state is State.RETRYING
                attempt = rendition.attempt + 1 if failed else rendition.attempt
                self._ask_for(branch, rendition.upload, attempt, rendition.failure)
                self.ledger.renditions.touch(rendition)

    def _ask_for(
        self, branch: Branch, upload: Upload, attempt: int, failure: Failure | None = None
    ) -> None:
        self.duties.ask_for(
            branch,
            upload,
            attempt,
            failure=failure,
            delay_seconds=self.pace.next_delay(branch.queue_url),
        )

    def _look_at_job(self, rendition: Rendition) -> None:
        end = self._end_of_job(rendition)
        if end is None:
            self.ledger.renditions.touch(rendition)
        else:
            self.outcome.record(end)

    def _end_of_job(self, rendition: Rendition) -> JobEnd | None:
        job_id = rendition.job_id or ""
        try:
            return read_job(self.mediaconvert.get_job(Id=job_id)["Job"])
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
                raise
            return JobEnd(
                job_id=job_id,
                status=JobStatus.ERROR,
                preset=rendition.preset,
                upload=rendition.upload.digest,
                attempt=rendition.attempt,
                failure=JOB_MISSING,
                outputs=(),
            )

    def _find(self, asset: Asset, preset: str, branch: Branch | None) -> None:
        """Look after a rendition that an asset waits for."""
        rendition = self.ledger.renditions.get(asset.upload.digest, preset)
        if branch is None:
            self._take(Help.CANCEL, partial(self._cancel, asset, preset, rendition))
        elif rendition is None and self._has_room(Help.ASK_FOR_MISSING, branch):
            self._take(
                Help.ASK_FOR_MISSING,
                partial(self._ask_for, branch, asset.upload, FIRST_ATTEMPT),
            )

    def _cancel(self, asset: Asset, preset: str, rendition: Rendition | None) -> None:
        """End a rendition whose branch was removed, unless its job can still do that."""
        if rendition is None:
            told = self.ledger.assets.tell(asset.upload, preset, State.CANCELED, FIRST_ATTEMPT)
            if told is not None:
                self.duties.settle_asset(told)
        elif rendition.owed:
            self.duties.do(rendition)
        elif rendition.state is State.SUBMITTED:
            self._look_at_job(rendition)
        else:
            self.duties.end_without_branch(rendition)
