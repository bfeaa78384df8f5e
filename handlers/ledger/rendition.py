"""A rendition's life, as the ledger knows it: one upload for one preset.

    state       means                                         follows from           then owed
    ----------  --------------------------------------------  ---------------------  ------------
    claimed     a delivery creates the job, or died doing so  nothing, waiting       -
                                                              (and see below)
    waiting     MediaConvert refused for now; surely no job   claimed                -
    submitted   the job exists                                claimed                -
    retrying    the job failed, and another attempt is due    claimed, waiting,      retry
                                                              submitted
    complete    the rendition is in its bucket                claimed, waiting,      announcement,
                                                              submitted, dead        asset
    superseded  its source was uploaded anew before the end;  the same               latest, asset
                it may have no job, or one that was canceled
    dead        given up; a dead letter says why              claimed, waiting,      letter, asset,
                                                              submitted              announcement
    canceled    the job was canceled, or the branch removed   claimed, waiting,      announcement,
                                                              submitted, retrying    asset

A claim also follows from a claim that is so old that its delivery must have died, and, with a later
attempt, from waiting, and from retrying, dead and canceled once what they owe is done (but for the
retry). An end is reopened, to retrying, when it has to be rendered again: on a person's wish, or
because the late job of an upload that this one overwrote may have written over it.

Every other move is one conditional write: the state is one that the new one follows from, the
attempt is the same, and the job is the same or not known yet. So duplicates and late comers change
nothing. What is owed is written together with the state and removed piece by piece when it is
done: what a crash leaves is done by the next delivery, or by reconcile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from handlers.upload import Upload


class State(StrEnum):
    """What has become of a rendition; see the table above."""

    CLAIMED = "claimed"
    WAITING = "waiting"
    SUBMITTED = "submitted"
    RETRYING = "retrying"
    COMPLETE = "complete"
    SUPERSEDED = "superseded"
    DEAD = "dead"
    CANCELED = "canceled"


class Duty(StrEnum):
    """What has to be done about a rendition's state, in this order."""

    RETRY = "retry"
    """Ask for the next attempt, in the branch's queue."""
    LATEST = "latest"
    """Render the newest upload of the key once more, if this one's job may have written over it."""
    LETTER = "letter"
    """Send the dead letter."""
    ANNOUNCEMENT = "announcement"
    """Tell the completed topic."""
    ASSET = "asset"
    """Tell the asset, which is announced when all its renditions have come to an end."""
    SURPLUS = "surplus"
    """Delete numbered files, such as segments, that an overwritten upload left over."""


@dataclass(frozen=True)
class Move:
    """A way into a state."""

    follows: frozenset[State]
    """The states that it leads out of, within one attempt."""
    owed: frozenset[Duty] = frozenset()


UNDER_WAY: Final = frozenset({State.CLAIMED, State.WAITING, State.SUBMITTED})
"""States of an attempt that has not failed yet."""

MOVES: Final[Mapping[State, Move]] = {
    State.WAITING: Move(frozenset({State.CLAIMED})),
    State.SUBMITTED: Move(frozenset({State.CLAIMED})),
    State.RETRYING: Move(UNDER_WAY, frozenset({Duty.RETRY})),
    State.COMPLETE: Move(UNDER_WAY | {State.DEAD}, frozenset({Duty.ANNOUNCEMENT, Duty.ASSET})),
    State.SUPERSEDED: Move(UNDER_WAY | {State.DEAD}, frozenset({Duty.LATEST, Duty.ASSET})),
    State.DEAD: Move(UNDER_WAY, frozenset({Duty.LETTER, Duty.ANNOUNCEMENT, Duty.ASSET})),
    State.CANCELED: Move(UNDER_WAY | {State.RETRYING}, frozenset({Duty.ANNOUNCEMENT, Duty.ASSET})),
}
"""How each state but `claimed` is entered; a claim looks at attempts and times as well."""

ENDS: Final = frozenset({State.COMPLETE, State.SUPERSEDED, State.DEAD, State.CANCELED})
"""States in which nothing more happens by itself."""

MAY_HAVE_A_JOB: Final = frozenset({State.CLAIMED, State.SUBMITTED, State.COMPLETE})
"""States in which a job of the latest attempt may have begun, and what it writes is wanted."""

REOPENED_BY_A_LATER_ATTEMPT: Final = frozenset(
    {State.WAITING, State.RETRYING, State.DEAD, State.CANCELED}
)
"""States that a later attempt follows. An attempt that waits has no job: a person who redrives a
letter that was written past the ledger asks for the next one."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why something did not work."""

    code: str
    """An AWS error code, a MediaConvert job error code, or one of ours."""
    reason: str
    """One sentence."""


@dataclass(frozen=True, kw_only=True)
class Output:
    """One object that a job wrote."""

    bucket: str
    key: str
    duration_ms: int | None = None
    width: int | None = None
    """Pixels; None for sound, and for a playlist beside which the outputs are named."""
    height: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rendition:
    """One rendition as it stands in the ledger."""

    upload: Upload
    preset: str
    state: State
    attempt: int
    """Number of the latest attempt, from 1."""
    claimed_at: int
    """Unix time in seconds of the latest claim."""
    ended_at: int | None
    """Unix time in seconds at which the latest attempt came to its end; None before."""
    unresolved_since: int | None
    """Since when there may be a job that nobody has noted; None when that is excluded."""
    searched: Mapping[str, Any] | None = None
    """How far the search for that job has come; the search's own words."""
    deliveries: int
    """Claims in a row that ended without anybody saying how."""
    retries: int
    """Attempts that were made by themselves since a person asked for one."""
    job_id: str | None
    failure: Failure | None
    outputs: tuple[Output, ...]
    owed: frozenset[Duty]
    since: int | None
    """Unix time in seconds since when nothing has happened; None when nothing is left to happen."""
    looks: int
    """How often reconcile has looked at it since."""
    is_overtaken: bool = False
    """Whether a newer upload of the key has been seen while this one was under way."""
    late_jobs: frozenset[str] = frozenset()
    """Jobs of overwritten uploads of the key that ended after a job of this one may have begun."""
    ended_jobs: frozenset[str] = frozenset()
    """Its own jobs whose end was written down: what tells of it again tells nothing new."""

    @property
    def is_doubtful(self) -> bool:
        """Whether an earlier claim of this attempt died or got no answer: the job may exist."""
        return self.unresolved_since is not None and self.unresolved_since < self.claimed_at

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read the ledger's item."""
        failure = item.get("failure")
        return cls(
            upload=Upload(**item["upload"]),
            preset=item["preset"],
            state=State(item["state"]),
            attempt=item["attempt"],
            claimed_at=item["claimed_at"],
            ended_at=item.get("ended_at"),
            unresolved_since=item.get("unresolved_since"),
            searched=item.get("searched"),
            deliveries=item.get("deliveries", 0),
            retries=item.get("retries", 0),
            job_id=item.get("job_id"),
            failure=Failure(**failure) if failure else None,
            outputs=tuple(Output(**output) for output in item.get("outputs", [])),
            owed=frozenset(map(Duty, item.get("owed", ()))),
            since=item.get("since"),
            looks=item.get("looks", 0),
            is_overtaken=item.get("is_overtaken", False),
            late_jobs=frozenset(item.get("late_jobs", ())),
            ended_jobs=frozenset(item.get("ended_jobs", ())),
        )
