"""Waiting until nothing is in flight, as an operator would: reconcile what does not move."""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.ledger import assets, renditions
from handlers.ledger.table import Table
from handlers.names import LedgerKey
from handlers.pauses import Pauses
from local.cloud import LocalCloud

if TYPE_CHECKING:
    from types_boto3_mediaconvert.literals import JobStatusType
    from types_boto3_sqs.literals import QueueAttributeNameType

EVERYTHING_NOW: tuple[Mapping[str, Any], ...] = (
    {"task": "uploads", "place": "", "patience": 0},
    {"task": "ledger", "patience": 0},
)
"""What an operator asks of reconcile."""

POLL_SECONDS = 0.5

END_OF_TIME = 2**40
"""Unix time in seconds, later than everything."""

COUNTS: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

UNFINISHED: "tuple[JobStatusType, ...]" = ("SUBMITTED", "PROGRESSING")


@dataclass(frozen=True)
class Unfinished:
    """What is in flight, in words."""

    moving: tuple[str, ...]
    """Messages and jobs: what goes on by itself."""
    open: tuple[str, ...]
    """What the ledger still waits for."""

    @property
    def everything(self) -> tuple[str, ...]:
        """All of it."""
        return self.moving + self.open


class Rest:
    """Whoever brings a cloud to rest."""

    def __init__(self, cloud: LocalCloud, *, set_aside: Collection[str]) -> None:
        """Look at a cloud.

        Args:
            cloud: the cloud.
            set_aside: URLs of queues in which messages may stay.
        """
        self._cloud = cloud
        self._clients = cloud.clients
        self._queues = sorted(
            set(self._clients.client("sqs").list_queues()["QueueUrls"]) - set(set_aside)
        )
        self._table = Table(self._clients.client("dynamodb"), cloud.outputs["ledger_table"])

    def wait(self, seconds: float) -> None:
        """Wait, and reconcile whenever nothing moves though something is open.

        Args:
            seconds: after which it has failed.
        """
        deadline = time.monotonic() + seconds
        self.reconcile()
        while (unfinished := self.unfinished()).everything:
            assert time.monotonic() < deadline, f"still in flight: {unfinished.everything}"
            if not unfinished.moving:
                self.reconcile()
            time.sleep(POLL_SECONDS)

    def reconcile(self) -> dict[str, Any]:
        """Let reconcile look at everything, now; give what it counted."""
        counted: dict[str, Any] = {}
        for request in EVERYTHING_NOW:
            answer = self._invoke(request)
            assert answer["finished"], answer
            counted |= answer
        return counted

    def unfinished(self) -> Unfinished:
        """Tell what is in flight."""
        return Unfinished(
            moving=(*self._messages(), *self._jobs()),
            open=tuple(
                f"{item[LedgerKey.PARTITION]} {item[LedgerKey.SORT]}"
                for kind in self._kinds()
                for page in self._table.open_since(kind, END_OF_TIME, Pauses(lambda: True))
                for item in page
            ),
        )

    def _messages(self) -> list[str]:
        sqs = self._clients.client("sqs")
        found = []
        for url in self._queues:
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
                "Attributes"
            ]
            count = sum(int(attributes[name]) for name in COUNTS)
            if count:
                found.append(f"{count} messages in {url.rpartition('/')[-1]}")
        return found

    def _jobs(self) -> list[str]:
        mediaconvert = self._clients.client("mediaconvert")
        return [
            f"the job {job['Id']} is {status}"
            for status in UNFINISHED
            for job in mediaconvert.list_jobs(Status=status)["Jobs"]
        ]

    def _kinds(self) -> list[str]:
        presets = self._cloud.outputs["queue_urls"]
        return [assets.SORT_KEY, *(renditions.PREFIX + preset for preset in presets)]

    def _invoke(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._clients.client("lambda").invoke(
            FunctionName=self._cloud.outputs["reconcile_function"], Payload=json.dumps(request)
        )
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        assert not answer.get("FunctionError"), payload
        return payload
