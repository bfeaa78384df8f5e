"""A run: uploads in the midst of trouble, until everything has come to rest."""

import sys
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

from components import arguments
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.chaos.aftermath import Aftermath, trouble_seen
from tests.chaos.agenda import Agenda
from tests.chaos.audit import read_books
from tests.chaos.by_hand import Operator
from tests.chaos.clip_shelf import make_files
from tests.chaos.inbox import Inbox
from tests.chaos.notices import Notices
from tests.chaos.plan import Plan
from tests.chaos.rest import Rest
from tests.chaos.rough_cloud import RoughCloud
from tests.chaos.script import write_script
from tests.chaos.trouble import Trouble
from tests.chaos.uploads import Uploads

PRESETS = (
    {"name": "tiny", "width": 160, "height": 90},
    {"name": "mini", "width": 96, "height": 54},
)

FUNCTION_TIMEOUT = 3
"""Seconds. The times after which a dead function's work is taken over are derived from it. No user
may give so few: here a function that times out over slow services is one more trouble."""

DEAD_LETTERS = "-dlq-"
"""Part of the names of dead-letter queues."""

TICK_SECONDS = 0.05

MOST_UNDER_WAY = 120
"""Renditions that are waited for before there is another upload: a machine that is slow gets more
time, not a longer queue."""

PROGRESS_STEPS = 500
"""Steps between two lines of progress: `make chaos` takes long."""

REST_SECONDS = 300
"""How long it may take to come to rest, besides back-offs; on two idle cores it takes a fifth of
that. A back-off doubles: none is longer than what the message has been through before."""


def run(seed: int, count: int, folder: Path) -> Aftermath:
    """Upload so many files to a new cloud in which everything goes wrong that can.

    Args:
        seed: of all chance; threads still take turns as they like.
        count: how many uploads.
        folder: for the files.
    """
    agenda = Agenda()
    files = (planned.file for planned in Plan(seed).uploads(count))
    uploads = Uploads(make_files(folder, files))
    shorter = (FUNCTION_TIMEOUT, *arguments.RANGES["function_timeout"][1:])
    with (
        patch.dict(arguments.RANGES, {"function_timeout": shorter}),
        RoughCloud(_stack(), seed, agenda, uploads) as cloud,
    ):
        return _Storm(
            cloud=cloud,
            agenda=agenda,
            uploads=uploads,
            trouble=Trouble(seed, cloud),
            operator=Operator(seed, cloud, uploads, folder),
            notices=Notices(seed, cloud.clients, agenda, uploads, cloud.outputs),
            completed=Inbox(cloud.clients, cloud.outputs["completed_topic_arn"], "chaos-completed"),
        ).run(seed, count)


@dataclass(frozen=True)
class _Storm:
    """Everybody who takes part."""

    cloud: RoughCloud
    agenda: Agenda
    uploads: Uploads
    trouble: Trouble
    operator: Operator
    notices: Notices
    completed: Inbox

    def run(self, seed: int, count: int) -> Aftermath:
        script = write_script(
            seed,
            count,
            upload=partial(self.uploads.make, self.cloud),
            trouble=self.trouble,
            operator=self.operator,
            agenda=self.agenda,
            pipelines=self.cloud.outputs["pipeline_arns"],
        )
        for number, action in enumerate(script, start=1):
            while self._under_way() > MOST_UNDER_WAY:
                self._tick()
            action()
            self._tick()
            if number % PROGRESS_STEPS == 0:
                sys.stdout.write(f"\n{number:,} of {len(script):,} uploads and troubles")
                sys.stdout.flush()
        while not self.agenda.is_empty:
            self._tick()
        self.trouble.lift()
        self.operator.finish()
        rest = Rest(self.cloud, set_aside=self._set_aside())
        rest.wait(REST_SECONDS + self.agenda.seconds)
        last_words = rest.reconcile()
        books = read_books(self.cloud, self.uploads, self.operator, self.completed.take())
        trouble = trouble_seen(self.cloud, self.uploads, self.notices, self.trouble, books)
        return Aftermath(books, trouble, last_words)

    def _tick(self) -> None:
        self.agenda.do_what_is_due()
        self.notices.spread_copies()
        time.sleep(TICK_SECONDS)

    def _under_way(self) -> int:
        return sum(
            (upload.digest, preset["name"]) not in self.cloud.ended
            for upload in self.uploads.newest.values()
            if upload.digest not in self.uploads.unnoticed
            for preset in PRESETS
        )

    def _set_aside(self) -> set[str]:
        """Queues in which messages may stay.

        Of these is that of the events that job_outcome could not handle, on a machine so slow that
        AWS's answers are late: they are as good as lost, and reconcile makes up for them.
        """
        queues = self.cloud.clients.client("sqs").list_queues()["QueueUrls"]
        dead_letters = (url for url in queues if DEAD_LETTERS in url)
        return {self.notices.inbox.url, self.completed.url, *dead_letters}


def _stack() -> StackConfig:
    dev = StackConfig.load(PROJECT_FOLDER, "dev")
    changed = {
        f"{dev.project}:presets": list(PRESETS),
        f"{dev.project}:function_timeout": FUNCTION_TIMEOUT,
    }
    return replace(dev, name="chaos", config={**dev.config, **changed})
