"""The ledger's renditions: claims and moves, each one conditional write."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from handlers.ledger.items import NOT_WAITING, Stamp, upload_partition
from handlers.ledger.rendition import (
    ENDS,
    MAY_HAVE_A_JOB,
    MOVES,
    REOPENED_BY_A_LATER_ATTEMPT,
    UNDER_WAY,
    Duty,
    Failure,
    Output,
    Rendition,
    State,
)
from handlers.ledger.table import Change, ConditionRefusedError, ItemKey, Table
from handlers.names import LedgerKey
from handlers.pauses import Pauses
from handlers.upload import Upload

PREFIX: Final = "rendition#"

OVERTAKEN: Final = Failure(
    code="overtaken",
    reason=(
        "A job of an upload that this one overwrote ended late, and may have written over this "
        "rendition; it is made once more."
    ),
)


class NotGrantedError(Exception):
    """A claim was refused: the rendition is another delivery's, or has gone on."""

    def __init__(self, rendition: Rendition, seconds: int) -> None:
        """Keep the rendition as it stands, which says why.

        Args:
            rendition: The rendition.
            seconds: How long the claim that it has, if it has one, stays another delivery's.
        """
        super().__init__(f"The rendition is {rendition.state}, attempt {rendition.attempt}.")
        self.rendition = rendition
        self.seconds = seconds


class NotMovedError(Exception):
    """A move was refused: it has been made before, or the rendition has gone on."""

    def __init__(self, rendition: Rendition | None) -> None:
        """Keep the rendition as it stands; None when the ledger does not know it."""
        super().__init__(
            f"The rendition is {rendition.state}, attempt {rendition.attempt}."
            if rendition
            else "The ledger does not know the rendition."
        )
        self.rendition = rendition


class Renditions:
    """Every rendition of every upload."""

    def __init__(self, table: Table, stamp: Stamp) -> None:
        """Use the ledger's table."""
        self._table = table
        self._stamp = stamp

    def get(self, digest: str, preset: str) -> Rendition | None:
        """Read a rendition.

        Args:
            digest: The upload's digest.
            preset: Name of the preset.
        """
        item = self._table.get(_key(digest, preset))
        return Rendition.from_item(item) if item else None

    def of_upload(self, digest: str) -> list[Rendition]:
        """Read the renditions of an upload, in the order of their presets' names."""
        items = self._table.partition(upload_partition(digest), PREFIX)
        return [Rendition.from_item(item) for item in items]

    def get_all(
        self, wanted: Collection[tuple[str, str]], pauses: Pauses
    ) -> dict[tuple[str, str], Rendition]:
        """Read those of many renditions that there are.

        Args:
            wanted: Pairs of an upload's digest and a preset.
            pauses: Waits while DynamoDB refuses.

        Raises:
            OutOfTimeError: It does so for longer than there is time.
        """
        keys = {_key(digest, preset): (digest, preset) for digest, preset in wanted}
        items = self._table.get_many(keys, pauses)
        return {keys[key]: Rendition.from_item(item) for key, item in items.items()}

    def waiting_since(self, preset: str, latest: int, pauses: Pauses) -> Iterator[list[Rendition]]:
        """Read the renditions of a preset that nothing has happened to since a time, oldest first.

        Args:
            preset: Name of the preset.
            latest: Unix time in seconds.
            pauses: Waits while DynamoDB refuses.
        """
        for page in self._table.open_since(PREFIX + preset, latest, pauses):
            yield [Rendition.from_item(item) for item in page]

    def asked_at(self, preset: str) -> int | None:
        """Tell since when the preset's oldest rendition without an end is waited for, by one call.

        Args:
            preset: Name of the preset.

        Returns:
            Unix time in seconds; None when there is none.
        """
        for _, asked_at in self._table.longest_waiting(PREFIX + preset, 1):
            return asked_at
        return None

    def claim(
        self, upload: Upload, preset: str, attempt: int, *, abandoned_after: int
    ) -> Rendition:
        """Take it upon oneself to create the job of an attempt.

        Args:
            upload: The upload.
            preset: Name of the preset.
            attempt: Number of the attempt.
            abandoned_after: Seconds after which another delivery's claim is taken for abandoned.

        Returns:
            The claimed rendition; when it `is_doubtful`, the job may exist.

        Raises:
            NotGrantedError: There is nothing to create, or not now.
        """
        now = self._stamp.now()
        change = Change(
            put={
                "upload": asdict(upload),
                "preset": preset,
                "state": State.CLAIMED,
                "attempt": attempt,
                "claimed_at": now,
                **self._stamp.waiting(PREFIX + preset),
            },
            put_if_absent={"unresolved_since": now, LedgerKey.ASKED_AT: now},
            add={"deliveries": 1},
            discard={"owed": frozenset({Duty.RETRY})},
            remove=frozenset({"job_id", "failure", "outputs", "looks", "ended_at"}),
        )
        try:
            item = self._table.update(
                _key(upload.digest, preset), change, _may_be_claimed(attempt, now - abandoned_after)
            )
        except ConditionRefusedError as error:
            if error.item is None:
                raise
            rendition = Rendition.from_item(error.item)
            raise NotGrantedError(
                rendition, rendition.claimed_at + abandoned_after - now
            ) from error
        return Rendition.from_item(item)

    def no_answer(
        self,
        claimed: Rendition,
        *,
        since: int | None = None,
        searched: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a claim whose job may exist, as CreateJob or the search for it was not answered.

        The delivery has not died, so it does not count as one that did.

        Args:
            claimed: The claim.
            since: Since when there may be a job, in Unix time; None when that is as it was.
            searched: How far the search for it has come; it counts for the next delivery only.

        Raises:
            NotMovedError: The claim is not the delivery's any more.
        """
        news = {"unresolved_since": since, "searched": searched}
        put = {name: value for name, value in news.items() if value is not None}
        change = Change(
            put={**put, **self._stamp.expiring()},
            remove=frozenset({"deliveries", "searched"} - put.keys()),
        )
        is_same_claim = (
            Attr("state").eq(State.CLAIMED)
            & Attr("attempt").eq(claimed.attempt)
            & Attr("claimed_at").eq(claimed.claimed_at)
        )
        self._update(claimed, change, is_same_claim)

    def wait(self, claimed: Rendition) -> None:
        """Give a claim back: MediaConvert refused for now, so there is no job.

        Raises:
            NotMovedError: The claim is not the delivery's any more.
        """
        is_same_claim = Attr("claimed_at").eq(claimed.claimed_at)
        self.move(claimed, State.WAITING, when=is_same_claim)

    def move(
        self,
        rendition: Rendition,
        state: State,
        *,
        job_id: str | None = None,
        failure: Failure | None = None,
        outputs: Sequence[Output] = (),
        owed: frozenset[Duty] = frozenset(),
        when: ConditionBase | None = None,
    ) -> Rendition:
        """Move the current attempt of a rendition into a state, if that follows from its own.

        Args:
            rendition: The rendition and its attempt; what it says of the state is not relied on.
            state: Where to.
            job_id: The job that is the reason; the rendition's is the same or not known yet.
            failure: Why, where something went wrong.
            outputs: What the job wrote.
            owed: What is owed besides what always is in that state.
            when: A further condition.

        Returns:
            The rendition as it is now, with what it owes.

        Raises:
            NotMovedError: The state does not follow, or the attempt or the job is another one.
        """
        news = {
            "job_id": job_id,
            "failure": asdict(failure) if failure else None,
            "outputs": [asdict(output) for output in outputs],
            "owed": MOVES[state].owed | owed,
        }
        put: dict[str, Any] = {name: value for name, value in news.items() if value}
        stale = {"unresolved_since", "searched", "deliveries", "looks"} | (
            {"owed", "failure"} - put.keys()
        )
        if state is State.WAITING:
            stale |= {"written_over"}  # There was no job that could have been written over.
        if state in ENDS:
            stale |= {"retries", LedgerKey.ASKED_AT}
            put["ended_at"] = self._stamp.now()
        add = {} if state is State.SUBMITTED else _ended(job_id)
        if state is State.RETRYING:
            add["retries"] = 1
        change = Change(
            put={"state": state, **put, **self._stamp.waiting(PREFIX + rendition.preset)},
            add=add,
            remove=frozenset(stale),
        )
        condition = Attr("attempt").eq(rendition.attempt) & Attr("state").is_in(
            sorted(MOVES[state].follows)
        )
        if job_id is not None:
            condition &= Attr("job_id").not_exists() | Attr("job_id").eq(job_id)
        if when is not None:
            condition &= when
        return self._update(rendition, change, condition)

    def complete(
        self,
        rendition: Rendition,
        job_id: str,
        outputs: Sequence[Output],
        owed: frozenset[Duty] = frozenset(),
    ) -> Rendition:
        """Write down that the job of an attempt is complete.

        Args:
            rendition: The rendition and its attempt.
            job_id: The job.
            outputs: What it wrote.
            owed: What is owed besides what always is.

        Returns:
            The rendition: complete, or due for another attempt where a late job of an overwritten
            upload may have written over it. That attempt does not count as a retry.

        Raises:
            NotMovedError: Its end was written down before, or the attempt is another one.
        """
        is_written_over = Attr("written_over").eq(rendition.attempt)
        try:
            return self.move(
                rendition,
                State.COMPLETE,
                job_id=job_id,
                outputs=outputs,
                owed=owed,
                when=~is_written_over,
            )
        except NotMovedError:
            return self.reopen(
                rendition,
                OVERTAKEN,
                when=is_written_over
                & Attr("state").is_in(sorted(MOVES[State.COMPLETE].follows))
                & (Attr("job_id").not_exists() | Attr("job_id").eq(job_id)),
                job_id=job_id,
            )

    def reopen(
        self, rendition: Rendition, reason: Failure, *, when: ConditionBase, **put: Any
    ) -> Rendition:
        """Let a rendition be made once more, whatever the retries that are left to it.

        Args:
            rendition: The rendition and its attempt.
            reason: Why.
            when: What must hold of its state.
            put: Further attributes.

        Returns:
            The rendition as it is now: it owes the next attempt.

        Raises:
            NotMovedError: The condition does not hold, or the attempt is another one.
        """
        change = Change(
            put={
                "state": State.RETRYING,
                "owed": MOVES[State.RETRYING].owed,
                "failure": asdict(reason),
                **put,
                **self._stamp.waiting(PREFIX + rendition.preset),
            },
            put_if_absent={LedgerKey.ASKED_AT: self._stamp.now()},
            add=_ended(put.get("job_id")),
            remove=frozenset({"unresolved_since", "deliveries", "looks", "ended_at"}),
        )
        return self._update(rendition, change, Attr("attempt").eq(rendition.attempt) & when)

    def overtake(self, digest: str, preset: str) -> Rendition | None:
        """Note that a newer upload of the key was seen while a rendition is under way.

        Returns:
            The rendition, whose job is not wanted any more; None when it is not under way.
        """
        change = Change(put={"is_overtaken": True})
        try:
            item = self._table.update(
                _key(digest, preset), change, Attr("state").is_in(sorted(UNDER_WAY))
            )
        except ConditionRefusedError:
            return None
        return Rendition.from_item(item)

    def write_over(self, digest: str, preset: str, job_id: str) -> Rendition | None:
        """Note that a late job of an overwritten upload may have written over a rendition.

        The rendition is the one of the newest upload. Where a job of it may have begun, it is made
        once more: at once if it is complete, else when that job has ended. Each late job has this
        effect once.

        Args:
            digest: The newest upload's digest.
            preset: Name of the preset.
            job_id: The late job.

        Returns:
            The rendition as it is now; None when the ledger does not know it.
        """
        while True:
            rendition = self.get(digest, preset)
            if (
                rendition is None
                or rendition.state not in MAY_HAVE_A_JOB
                or job_id in rendition.late_jobs
            ):
                return rendition
            late_jobs = rendition.late_jobs | {job_id}
            is_same: ConditionBase = Attr("state").eq(rendition.state)
            if rendition.late_jobs:
                is_same &= Attr("late_jobs").eq(rendition.late_jobs)
            else:
                is_same &= Attr("late_jobs").not_exists()
            try:
                if rendition.state is State.COMPLETE:
                    return self.reopen(rendition, OVERTAKEN, when=is_same, late_jobs=late_jobs)
                change = Change(put={"late_jobs": late_jobs, "written_over": rendition.attempt})
                return self._update(
                    rendition, change, Attr("attempt").eq(rendition.attempt) & is_same
                )
            except NotMovedError:
                continue  # It has gone on meanwhile.

    def done(self, rendition: Rendition, duty: Duty) -> Rendition:
        """Write down that something which a rendition owed is done.

        Raises:
            NotMovedError: The rendition has gone on meanwhile.
        """
        is_last = rendition.owed == {duty} and rendition.state in ENDS
        change = Change(
            put=self._stamp.expiring(),
            discard={"owed": frozenset({duty})},
            remove=NOT_WAITING if is_last else frozenset(),
        )
        is_same = Attr("attempt").eq(rendition.attempt) & Attr("state").eq(rendition.state)
        return self._update(rendition, change, is_same)

    def touch(self, rendition: Rendition) -> None:
        """Write down that a rendition was looked at, which takes it to the end of the line.

        Raises:
            NotMovedError: The rendition has gone on meanwhile.
        """
        change = Change(
            put=self._stamp.waiting(PREFIX + rendition.preset),
            # An item of an earlier version has none.
            put_if_absent={LedgerKey.ASKED_AT: rendition.claimed_at},
            add={"looks": 1},
        )
        self._update(rendition, change, Attr("since").eq(rendition.since))

    def reopen_ended(self, rendition: Rendition, reason: Failure) -> Rendition:
        """Let a rendition be made once more that has ended and owes nothing, on purpose.

        Args:
            rendition: The rendition as it ended.
            reason: Why.

        Returns:
            The rendition as it is now: it owes the next attempt.

        Raises:
            NotMovedError: It has not ended, owes something, or the attempt is another one.
        """
        has_ended = Attr("state").is_in(sorted(ENDS)) & Attr("owed").not_exists()
        return self.reopen(rendition, reason, when=has_ended)

    def _update(self, rendition: Rendition, change: Change, when: ConditionBase) -> Rendition:
        key = _key(rendition.upload.digest, rendition.preset)
        try:
            return Rendition.from_item(self._table.update(key, change, when))
        except ConditionRefusedError as error:
            current = Rendition.from_item(error.item) if error.item else None
            raise NotMovedError(current) from error


def _ended(job_id: str | None) -> dict[str, int | frozenset[str]]:
    return {"ended_jobs": frozenset({job_id})} if job_id else {}


def _key(digest: str, preset: str) -> ItemKey:
    return upload_partition(digest), PREFIX + preset


def _may_be_claimed(attempt: int, abandoned: int) -> ConditionBase:
    is_new = Attr("state").not_exists()
    is_free = Attr("state").eq(State.WAITING)
    is_abandoned = Attr("state").eq(State.CLAIMED) & Attr("claimed_at").lte(abandoned)
    is_reopened = Attr("state").is_in(sorted(REOPENED_BY_A_LATER_ATTEMPT))
    owes_nothing_else = Attr("owed").not_exists() | Attr("owed").eq({Duty.RETRY})
    return (
        is_new
        | (Attr("attempt").eq(attempt) & (is_free | is_abandoned))
        | (Attr("attempt").lt(attempt) & is_reopened & owes_nothing_else)
    )
