"""S3's notices, told again: at once or later, to everybody or to one branch."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from handlers.events import read_uploads
from local.clients import Clients
from tests.chaos.agenda import Agenda
from tests.chaos.chance import chance
from tests.chaos.inbox import Inbox
from tests.chaos.uploads import Uploads

COPIES = (0, 0, 0, 1, 1, 2)
"""How many copies a notice may get."""

DELAYS = (0.0, 0.5, 3.0, 10.0)
"""Seconds that a copy may come later: after the notices of newer uploads of its key, too."""


LOOK_SECONDS = 0.5
"""Between two looks at what S3 has said."""


class Notices:
    """Overhears S3's notices, and spreads copies."""

    def __init__(
        self,
        seed: int,
        clients: Clients,
        agenda: Agenda,
        uploads: Uploads,
        outputs: Mapping[str, Any],
    ) -> None:
        """Listen to a topic.

        Args:
            seed: of the run.
            clients: of the cloud.
            agenda: where later copies are put down.
            uploads: knows what the notices tell of.
            outputs: of the stack.
        """
        self._seed = seed
        self._clients = clients
        self._agenda = agenda
        self._uploads = uploads
        self._topic_arn: str = outputs["topic_arn"]
        self._queue_urls: Mapping[str, str] = outputs["queue_urls"]
        self._heard: set[str] = set()
        self._looked_at = 0.0
        self.inbox = Inbox(clients, self._topic_arn, "chaos-notices")
        self.copies = 0

    def spread_copies(self) -> None:
        """Look at what was published meanwhile; a copy gets no copies itself."""
        if self._agenda.seconds - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = self._agenda.seconds
        for body in self.inbox.take():
            for upload in read_uploads(body):
                if upload.digest not in self._heard:
                    self._heard.add(upload.digest)
                    self._copy(body, self._uploads.label(upload.digest))

    def _copy(self, body: str, label: str) -> None:
        random = chance(self._seed, "notice", label)
        for _ in range(random.choice(COPIES)):
            target = random.choice([self._topic_arn, *sorted(self._queue_urls)])
            self._agenda.after(random.choice(DELAYS), partial(self._send, target, body))

    def _send(self, target: str, body: str) -> None:
        self.copies += 1
        if target == self._topic_arn:
            self._clients.client("sns").publish(TopicArn=target, Message=body)
        else:
            self._clients.client("sqs").send_message(
                QueueUrl=self._queue_urls[target], MessageBody=body
            )
