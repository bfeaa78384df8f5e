"""The books of a run: everything that there is at its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from typing import Any

from handlers.ledger.rendition import Rendition, State
from handlers.retry_policy import RETRIES
from handlers.upload import Upload

Slot = tuple[str, str]
"""What an upload is to become: the upload's digest, and a preset."""

Place = tuple[str, str]
"""Where an object is: bucket and key."""


@dataclass(frozen=True)
class Job:
    """A job as MediaConvert has it."""

    id: str
    slot: Slot
    attempt: int
    status: str
    place: Place
    """Of what it writes."""
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

    @property
    def attempt(self) -> int:
        """The attempt that failed."""
        return int(self.attributes.get("attempt", 0))


@dataclass(frozen=True)
class Object:
    """What lies in an output bucket."""

    size: int
    """Bytes."""
    pictures: int
    """By their number it is told which version of the key it was made of."""


@dataclass(frozen=True)
class Books:
    """Everything that is to be accounted for."""

    uploads: Sequence[Upload]
    """In the order in which they were made."""
    presets: Sequence[str]
    pictures: Mapping[str, int]
    """How many pictures each upload has, by its digest; 0 when it is no video."""
    renditions: Mapping[Slot, Rendition]
    """As the ledger has them."""
    revisions: Mapping[str, int]
    """Of the assets, by digest, as the ledger has them."""
    jobs: Sequence[Job]
    letters: Sequence[Letter]
    announcements: Sequence[Mapping[str, Any]]
    objects: Mapping[Place, Object]
    """Everything in the output buckets."""
    redriven: frozenset[tuple[str, str, int]] = frozenset()
    """Key, preset and attempt of the letters that an operator took."""
    canceled: frozenset[str] = frozenset()
    """Ids of the jobs that an operator canceled."""

    @cached_property
    def slots(self) -> list[Slot]:
        """Every upload with every preset."""
        return list(product((upload.digest for upload in self.uploads), self.presets))

    @cached_property
    def upload_of(self) -> dict[str, Upload]:
        """Uploads by their digests."""
        return {upload.digest: upload for upload in self.uploads}

    @cached_property
    def versions(self) -> dict[str, list[Upload]]:
        """Uploads by their keys, the oldest first."""
        versions: dict[str, list[Upload]] = {}
        for upload in self.uploads:
            versions.setdefault(upload.key, []).append(upload)
        return versions

    @cached_property
    def jobs_of(self) -> dict[Slot, list[Job]]:
        """Jobs by slot, in the order of their attempts."""
        jobs_of: dict[Slot, list[Job]] = {}
        for job in sorted(self.jobs, key=lambda job: job.attempt):
            jobs_of.setdefault(job.slot, []).append(job)
        return jobs_of

    def is_newest(self, digest: str) -> bool:
        """Tell whether an upload is the newest of its key."""
        return self.versions[self.upload_of[digest].key][-1].digest == digest

    def was_redriven(self, slot: Slot, attempt: int) -> bool:
        """Tell whether an operator took the letter of an attempt."""
        return (self.upload_of[slot[0]].key, slot[1], attempt) in self.redriven

    def is_obsolete(self, slot: Slot) -> bool:
        """Tell whether an upload was given up, then overwritten, and its letter then taken."""
        rendition = self.renditions[slot]
        return not self.is_newest(slot[0]) and self.was_redriven(slot, rendition.attempt)

    def late_jobs(self, slot: Slot) -> frozenset[str]:
        """Jobs of older uploads of the key that ended late, as the ledger has it."""
        rendition = self.renditions.get(slot)
        upload = self.upload_of.get(slot[0])
        if rendition is None or upload is None:
            return frozenset()
        versions = self.versions[upload.key]
        older = versions[: versions.index(upload)]
        jobs = {job.id for each in older for job in self.jobs_of.get((each.digest, slot[1]), [])}
        return rendition.late_jobs & jobs

    def unexplained(self, slot: Slot) -> list[Job]:
        """Later attempts that follow neither a failure that can pass nor an operator's wish."""
        jobs = self.jobs_of.get(slot, [])
        return [
            job
            for before, job in pairwise(jobs)
            if not before.can_pass and not self.was_redriven(slot, before.attempt)
        ]

    # The sums.

    @property
    def complete(self) -> int:
        """Slots that have their rendition."""
        return self._count(State.COMPLETE)

    @property
    def superseded(self) -> int:
        """Slots that were not done when their key was uploaded anew."""
        return self._count(State.SUPERSEDED) + sum(
            rendition.state is State.DEAD and self.is_obsolete(slot)
            for slot, rendition in self.renditions.items()
        )

    @property
    def canceled_slots(self) -> int:
        """Slots whose job somebody canceled."""
        return self._count(State.CANCELED)

    @property
    def dead(self) -> int:
        """Slots with a dead letter that says why; one that came twice counts once."""
        return len(
            {
                letter.slot
                for letter in self.letters
                if letter.has_reason
                and letter.slot in self.renditions
                and self.renditions[letter.slot].state is State.DEAD
                and self.renditions[letter.slot].attempt == letter.attempt
            }
        )

    @property
    def without_job(self) -> int:
        """Slots that were overwritten before anybody made a job."""
        return sum(slot not in self.jobs_of for slot in self.slots)

    @property
    def retries(self) -> int:
        """Jobs that failed in a way that can pass, and were tried again without being asked."""
        return sum(
            job.can_pass and not self.was_redriven(slot, job.attempt)
            for slot, job in self._followed()
        )

    @property
    def redrives(self) -> int:
        """Attempts that an operator asked for."""
        return sum(self.was_redriven(slot, job.attempt) for slot, job in self._followed())

    @property
    def made_again(self) -> int:
        """Attempts that followed the late job of an older upload: for each such job one at most."""
        return sum(
            min(len(self.unexplained(slot)), len(self.late_jobs(slot))) for slot in self.slots
        )

    # What lies in the output buckets.

    def place(self, key: str, preset: str) -> Place | None:
        """Tell where the renditions of a key are; None when none was ever to be made."""
        for upload in self.versions[key]:
            for job in self.jobs_of.get((upload.digest, preset), []):
                return job.place
        return None

    @property
    def stale(self) -> Iterator[tuple[Slot, Place]]:
        """Newest uploads whose rendition is complete, and what lies there is not of them."""
        for slot, place in self._newest():
            rendition = self.renditions.get(slot)
            there = self.objects.get(place) if place else None
            if (
                rendition is not None
                and rendition.state is State.COMPLETE
                and place is not None
                and (there is None or there.pictures != self.pictures[slot[0]])
            ):
                yield slot, place

    @property
    def stale_bytes(self) -> int:
        """Bytes in the output buckets that are not of the latest version, though they should be."""
        return sum(self.objects[place].size for _, place in self.stale if place in self.objects)

    @property
    def without_rendition(self) -> Iterator[tuple[Slot, Object | None]]:
        """Newest uploads that have none, and what lies in its place."""
        for slot, place in self._newest():
            rendition = self.renditions.get(slot)
            if rendition is not None and rendition.state is not State.COMPLETE:
                yield slot, self.objects.get(place) if place else None

    def origin(self, key: str, there: Object) -> Upload | None:
        """Tell which version of a key something was made of."""
        made_of = [u for u in self.versions[key] if self.pictures[u.digest] == there.pictures]
        return made_of[-1] if made_of else None

    def _newest(self) -> Iterator[tuple[Slot, Place | None]]:
        for key, versions in self.versions.items():
            for preset in self.presets:
                yield (versions[-1].digest, preset), self.place(key, preset)

    def _followed(self) -> Iterator[tuple[Slot, Job]]:
        """Jobs that were not the last of their slot."""
        for slot in self.slots:
            yield from ((slot, job) for job in self.jobs_of.get(slot, [])[:-1])

    def _count(self, state: State) -> int:
        return sum(rendition.state is state for rendition in self.renditions.values())
