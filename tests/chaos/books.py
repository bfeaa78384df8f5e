"""The books of a run: everything that there is at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from handlers.ledger.rendition import Rendition, State
from handlers.retry_policy import RETRIES
from handlers.upload import Upload

Slot = tuple[str, str]
"""What an upload is to become: the upload's digest, and a preset."""


@dataclass(frozen=True)
class Job:
    """A job as MediaConvert has it."""

    id: str
    slot: Slot
    attempt: int
    status: str
    error: str | None = None

    @property
    def can_pass(self) -> bool:
        """Whether it failed in a way that is worth another attempt."""
        return self.error in RETRIES


@dataclass(frozen=True)
class Letter:
    """A dead letter."""

    slot: Slot
    attributes: Mapping[str, str]

    @property
    def has_reason(self) -> bool:
        """Whether it says in one word and in one sentence why it is there."""
        return bool(self.attributes.get("code") and self.attributes.get("reason"))


@dataclass(frozen=True)
class Books:
    """Everything that is to be accounted for."""

    uploads: Sequence[Upload]
    """In the order in which they were made."""
    presets: Sequence[str]
    renditions: Mapping[Slot, Rendition]
    """As the ledger has them."""
    jobs: Sequence[Job]
    letters: Sequence[Letter]
    announcements: Sequence[Mapping[str, Any]]
    objects: frozenset[tuple[str, str]]
    """Bucket and key of everything in the output buckets."""

    @cached_property
    def slots(self) -> list[Slot]:
        """Every upload with every preset."""
        return list(product((upload.digest for upload in self.uploads), self.presets))

    @cached_property
    def jobs_of(self) -> dict[Slot, list[Job]]:
        """Jobs by slot, in the order of their attempts."""
        jobs_of: dict[Slot, list[Job]] = {}
        for job in sorted(self.jobs, key=lambda job: job.attempt):
            jobs_of.setdefault(job.slot, []).append(job)
        return jobs_of

    @property
    def complete(self) -> int:
        """How many slots have their rendition."""
        return self._count(State.COMPLETE)

    @property
    def superseded(self) -> int:
        """How many slots had theirs when their key had been uploaded anew."""
        return self._count(State.SUPERSEDED)

    @property
    def dead(self) -> int:
        """How many slots have a dead letter that says why; one that came twice counts once."""
        return len({letter.slot for letter in self.letters if letter.has_reason})

    @property
    def retries(self) -> int:
        """Jobs that failed in a way that can pass, and were tried again."""
        return sum(job.can_pass for jobs in self.jobs_of.values() for job in jobs[:-1])

    def _count(self, state: State) -> int:
        return sum(rendition.state is state for rendition in self.renditions.values())
