"""Sweeping the ledger: whatever nothing has happened to for too long is helped on."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from handlers.delivery import FIRST_ATTEMPT
from handlers.duties import MESSAGES_PER_CALL, Ask, Duties
from handlers.ledger import Ledger
from handlers.ledger.asset import PENDING, Asset
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import Failure, Rendition, State
from handlers.ledger.renditions import NotMovedError
from handlers.mediaconvert.jobs import Jobs
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.pace import Pace
from handlers.pauses import OutOfTimeError, Pauses
from handlers.upload import Upload

Waiting = TypeVar("Waiting", Asset, Rendition)

OWED_PATIENCE: Final = 300
"""Seconds. What is owed is made up for by the next delivery of the event, within some minutes."""

JOB_PATIENCE: Final = 3_600
"""Seconds between two looks at a job that goes on; most jobs have ended by the first."""

MESSAGE_PATIENCE: Final = 7_200
"""Seconds: four times the longest back-off. A message that still exists has been tried by then."""

MOST_DOUBLINGS: Final = 6
"""Five days for a message: twice in the time that it lives."""


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


PATIENCE: Final[Mapping[Help, int]] = {
    Help.DO_WHAT_IS_OWED: OWED_PATIENCE,
    Help.ASK_AGAIN: MESSAGE_PATIENCE,
    Help.LOOK_AT_JOB: JOB_PATIENCE,
}
"""What is done about renditions, and how many seconds they may stand still before."""


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
        step = Help.DO_WHAT_IS_OWED
    elif rendition.state is State.SUBMITTED:
        step = Help.LOOK_AT_JOB
    elif rendition.state in {State.CLAIMED, State.WAITING, State.RETRYING}:
        step = Help.ASK_AGAIN
    else:
        return None
    wait = PATIENCE[step] if patience is None else patience
    return step if _is_time(now, rendition.since, rendition.looks, wait) else None


def _is_time(now: int, since: int | None, looks: int, patience: int) -> bool:
    """Wait twice as long after each look in vain: an outage must not fill the queues."""
    return since is not None and now - since >= patience << min(looks, MOST_DOUBLINGS)


@dataclass(kw_only=True)
class _Line:
    """One kind of help for one branch, or for all assets."""

    pages: Iterator[None]
    """Helps a page of them on with each step."""
    seconds: float = 0
    """How long it has taken so far."""


@dataclass(kw_only=True)
class Sweep:
    """One run through what stands still."""

    ledger: Ledger
    duties: Duties
    outcome: Outcome
    jobs: Jobs
    now: int
    """Unix time in seconds."""
    patience: int | None
    """Seconds that anything may stand still; None for what each state deserves."""
    dry_run: bool
    """Count only."""
    has_time: Callable[[], bool]
    """Asked before each item, and before each further page; no ends the run."""
    pauses: Pauses
    clock: Callable[[], float] = time.monotonic
    """Seconds from any beginning."""
    counts: Counter[str] = field(default_factory=Counter)
    pace: Pace = field(default_factory=Pace)
    is_finished: bool = True
    _helped: set[tuple[str, str]] = field(default_factory=set)
    """Renditions that something was done about, by the upload's digest and the preset."""
    _over: set[tuple[Help, str]] = field(default_factory=set)
    """What is done for which preset, as far as its line goes."""
    _sent: Counter[tuple[Help, str]] = field(default_factory=Counter)
    """Messages of each kind, by preset."""

    def run(self) -> bool:
        """Help everything on; tell whether there was time and room for all of it.

        Whatever has taken the least time so far goes on with its next page. So a preset with a
        long backlog, or a kind of help that is slow, leaves the others their share of the run.
        Nothing has to be remembered for the next run: what was helped on is at the end of its line.
        """
        branches = {branch.preset: branch for branch in self.ledger.branches.all()}
        lines = [
            _Line(pages=self._renditions(branch, step))
            for step in PATIENCE
            for branch in branches.values()
        ]
        lines.append(_Line(pages=self._assets(branches)))
        try:
            while lines:
                self._go_on(lines)
        except OutOfTimeError:
            self.is_finished = False
        return self.is_finished

    def _go_on(self, lines: list[_Line]) -> None:
        line = min(lines, key=lambda line: line.seconds)
        began = self.clock()
        try:
            next(line.pages)
        except StopIteration:
            lines.remove(line)
        line.seconds += self.clock() - began

    def _renditions(self, branch: Branch, step: Help) -> Iterator[None]:
        usual = PATIENCE[step]
        latest = self.now - (usual if self.patience is None else self.patience)
        pages = self.ledger.renditions.waiting_since(branch.preset, latest, self.pauses)
        for number, page in enumerate(pages):
            self._need_time(number)
            due = [each for each in page if self._is_due(each, step)]
            self._helped |= {(each.upload.digest, each.preset) for each in due}
            if step is Help.ASK_AGAIN:
                self._ask_again(branch, due)
            else:
                act = self._look_at_job if step is Help.LOOK_AT_JOB else self.duties.do
                for rendition in due:
                    self._need_time()
                    self._take(step, partial(act, rendition))
            yield
        self._over.add((step, branch.preset))

    def _is_due(self, rendition: Rendition, step: Help) -> bool:
        """Tell whether a step is due, and nothing else was done in this run that led to it."""
        return (
            help_for(rendition, self.now, self.patience) is step
            and (rendition.upload.digest, rendition.preset) not in self._helped
        )

    def _need_time(self, number: int = 1) -> None:
        """End the run if its time is over; the first page of a line costs next to none."""
        if number and not self.has_time():
            raise OutOfTimeError

    def _assets(self, branches: Mapping[str, Branch]) -> Iterator[None]:
        patience = MESSAGE_PATIENCE if self.patience is None else self.patience
        pages = self.ledger.assets.waiting_since(self.now - patience, self.pauses)
        for number, page in enumerate(pages):
            self._need_time(number)
            due = [each for each in page if _is_time(self.now, each.since, each.looks, patience)]
            self._find_pending([asset for asset in due if asset.is_pending], branches)
            for asset in due:
                if not asset.is_pending:
                    self._need_time()
                    self._take(Help.SETTLE_ASSET, partial(self.duties.settle_asset, asset))
            yield
        self._over |= {(Help.ASK_FOR_MISSING, preset) for preset in branches}

    def _find_pending(self, assets: Sequence[Asset], branches: Mapping[str, Branch]) -> None:
        """Look after the renditions that assets wait for."""
        pending = [
            (asset, preset)
            for asset in assets
            for preset in sorted(asset.ends)
            if asset.ends[preset] == PENDING
        ]
        renditions = self.ledger.renditions.get_all(
            [(asset.upload.digest, preset) for asset, preset in pending], self.pauses
        )
        missing: dict[str, list[Asset]] = defaultdict(list)
        for asset, preset in pending:
            rendition = renditions.get((asset.upload.digest, preset))
            if preset not in branches:
                self._need_time()
                self._take(Help.CANCEL, partial(self._cancel, asset, preset, rendition))
            elif rendition is None:
                missing[preset].append(asset)
        asked: Counter[str] = Counter()
        for preset, waiting in missing.items():
            for portion in self._portions(Help.ASK_FOR_MISSING, branches[preset], waiting):
                asks = [(asset.upload, FIRST_ATTEMPT, None) for asset in portion]
                self._ask(Help.ASK_FOR_MISSING, branches[preset], asks)
                asked.update(asset.upload.digest for asset in portion)
        wanted = Counter(asset.upload.digest for each in missing.values() for asset in each)
        for asset in assets:
            digest = asset.upload.digest
            if asked[digest] == wanted[digest] and not self.dry_run:
                self.pauses.patiently(partial(self.ledger.assets.touch, asset))

    def _ask_again(self, branch: Branch, renditions: Sequence[Rendition]) -> None:
        for portion in self._portions(Help.ASK_AGAIN, branch, renditions):
            asks = [
                (each.upload, each.attempt + (each.state is State.RETRYING), each.failure)
                for each in portion
            ]
            if not self._ask(Help.ASK_AGAIN, branch, asks) or self.dry_run:
                continue
            for rendition in portion:
                try:
                    self.pauses.patiently(partial(self.ledger.renditions.touch, rendition))
                except NotMovedError:
                    continue  # The message was quicker.

    def _portions(
        self, step: Help, branch: Branch, items: Sequence[Waiting]
    ) -> Iterator[Sequence[Waiting]]:
        """Cut up what a branch is to be asked for, as far as there is time and its queue has room.

        What is asked for and not written down when the time is over is asked for twice, and the
        ledger makes one job of it.
        """
        room = len(items) if self.dry_run else min(self._room(step, branch), len(items))
        self.is_finished &= room == len(items)
        for start in range(0, room, MESSAGES_PER_CALL):
            self._need_time()
            yield items[start : min(start + MESSAGES_PER_CALL, room)]

    def _room(self, step: Help, branch: Branch) -> int:
        """Leave half of a queue's room to the other kind of message until that one is through."""
        other = Help.ASK_FOR_MISSING if step is Help.ASK_AGAIN else Help.ASK_AGAIN
        theirs = self.pace.half - self._sent[other, branch.preset]
        reserved = 0 if (other, branch.preset) in self._over else max(theirs, 0)
        return max(self.pace.room(branch.queue_url) - reserved, 0)

    def _ask(
        self, step: Help, branch: Branch, wanted: Sequence[tuple[Upload, int, Failure | None]]
    ) -> bool:
        """Ask a branch for some attempts at once; tell whether SQS took the messages."""
        if not self.dry_run:
            asks = [
                Ask(
                    upload=upload,
                    attempt=attempt,
                    failure=failure,
                    delay_seconds=self.pace.next_delay(branch.queue_url),
                )
                for upload, attempt, failure in wanted
            ]
            try:
                self.duties.ask_for_all(branch, asks, self.pauses)
            except (BotoCoreError, ClientError):
                logger.exception("Not asked for", extra={"step": step, "preset": branch.preset})
                self.counts[Help.FAILED] += len(wanted)
                return False
            self._sent[step, branch.preset] += len(wanted)
        self.counts[step] += len(wanted)
        return True

    def _take(self, step: Help, action: Callable[[], object]) -> None:
        """Do one thing and count it; what fails must not keep the others waiting."""
        if not self.dry_run:
            try:
                self.pauses.patiently(action)
            except NotMovedError:
                return  # It has gone on by itself meanwhile.
            except (BotoCoreError, ClientError):
                logger.exception("Not helped on", extra={"step": step})
                self.counts[Help.FAILED] += 1
                return
        self.counts[step] += 1

    def _look_at_job(self, rendition: Rendition) -> None:
        """Record how a job has ended; cancel one whose upload was overwritten."""
        look = self.jobs.cancel if rendition.is_overtaken else self.jobs.end
        end = look(rendition)
        if end is None:
            self.ledger.renditions.touch(rendition)
        else:
            self.outcome.record(end)

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
