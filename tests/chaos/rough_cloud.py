"""A local cloud whose event bus loses, doubles and delays what it is given."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from local.cloud import LocalCloud
from operate.stack_config import StackConfig
from tests.chaos.agenda import Agenda
from tests.chaos.chance import chance
from tests.chaos.uploads import Uploads

if TYPE_CHECKING:
    from tests.chaos.books import Slot

FATES = (
    *[("on time", (0.0,))] * 6,
    ("twice", (0.0, 0.0)),
    ("again later", (0.0, 8.0)),
    ("late", (5.0,)),
    ("lost", ()),
)
"""What may become of the event of a job's end: its name, and when it arrives, in seconds."""

ENDS = frozenset({"COMPLETE", "ERROR", "CANCELED"})


class RoughCloud(LocalCloud):
    """A local cloud without promises about how a job's end is told.

    Attributes:
        ended: uploads and presets of which a job has come to an end.
        fates: how many of their events had which fate.
    """

    def __init__(self, stack: StackConfig, seed: int, agenda: Agenda, uploads: Uploads) -> None:
        """Remember what to deploy.

        Args:
            stack: the stack.
            seed: of the run.
            agenda: where late events are put down.
            uploads: knows what the jobs are about.
        """
        super().__init__(stack)
        self._seed = seed
        self._agenda = agenda
        self._uploads = uploads
        self.ended: set[Slot] = set()
        self.fates: Counter[str] = Counter()

    def emit(self, event: dict[str, Any]) -> None:
        """Hand an event over, or not.

        Raises:
            KeyError: the job is quicker than S3's answer to its upload; try again.
            RuntimeError: the bus refused it.
        """
        detail = event["detail"]
        if detail["status"] not in ENDS:
            super().emit(event)
            return
        metadata = detail["userMetadata"]
        label = self._uploads.label(metadata["upload"])
        random = chance(self._seed, "event", label, metadata["preset"], metadata["attempt"])
        fate, delays = random.choice(FATES)
        for delay in delays:
            if delay:
                self._agenda.after(delay, partial(super().emit, event))
            else:
                super().emit(event)
        self.ended.add((metadata["upload"], metadata["preset"]))
        self.fates[fate] += 1
