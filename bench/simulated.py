"""AWS as reconcile sees it, for buckets that are too large to fill: nothing is slept, all counted.

Every call adds what it takes within a region to a clock; the CPU that the functions' code takes
here is added too, multiplied by how much slower Lambda's share of one is.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from botocore.exceptions import ClientError

from components.defaults import FUNCTION_MEMORY_MB
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.names import BRANCHES, BranchAttribute, LedgerKey
from handlers.pace import LONGEST_DELAY
from handlers.reconcile import Runtime
from handlers.settings import ReconcileSettings

LATENCIES: Final[Mapping[str, float]] = {
    "ListObjectVersions": 0.4,
    "BatchGetItem": 0.03,
    "GetItem": 0.008,
    "PutItem": 0.01,
    "UpdateItem": 0.01,
    "Query": 0.01,
    "SendMessage": 0.015,
    "SendMessageBatch": 0.025,
}
"""Seconds that a call takes within a region, at the high end of what is usually seen; AWS promises
none. A listing is of a thousand versions, a batch of a hundred items."""

FULL_CPU_MB: Final = 1_769
"""Memory at which a function has one whole CPU (Lambda Developer Guide, memory)."""

CPU_FACTOR: Final = FULL_CPU_MB / FUNCTION_MEMORY_MB

PAGE: Final = 1_000
NOW: Final = 1_800_000_000
PRESETS: Final = ("720p", "1080p")


@dataclass
class Meter:
    """Counts calls, and the time they take."""

    seconds: float = 0
    calls: Counter[str] = field(default_factory=Counter)
    _cpu: float = field(default_factory=time.process_time)

    def call(self, operation: str) -> None:
        """Count a call, and the CPU since the one before."""
        now = time.process_time()
        self.seconds += CPU_FACTOR * (now - self._cpu) + LATENCIES[operation]
        self._cpu = now
        self.calls[operation] += 1

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def is_before(self, seconds: float) -> bool:
        """Tell whether a time has not come yet."""
        return self.seconds < seconds


@dataclass
class SimulatedS3:
    """A bucket of so many uploads, each the only version of its key."""

    meter: Meter
    objects: int
    age: Callable[[int], timedelta]
    """How old an upload is, by its number."""

    def list_object_versions(self, **request: Any) -> dict[str, Any]:
        """List a page."""
        self.meter.call("ListObjectVersions")
        start = int(request["KeyMarker"].partition(".")[0]) + 1 if "KeyMarker" in request else 0
        end = min(start + PAGE, self.objects)
        return {
            "Versions": [self._version(number) for number in range(start, end)],
            "IsTruncated": end < self.objects,
            "NextKeyMarker": key_of(end - 1),
            "NextVersionIdMarker": "v1",
        }

    def _version(self, number: int) -> dict[str, Any]:
        return {
            "Key": key_of(number),
            "VersionId": "v1",
            "ETag": '"d41d8cd98f00b204e9800998ecf8427e"',
            "Size": 1_000,
            "IsLatest": True,
            "LastModified": datetime.fromtimestamp(NOW, UTC) - self.age(number),
        }


def key_of(number: int) -> str:
    """Name an upload; numbers and names have one order."""
    return f"{number:09}.mp4"


@dataclass
class SimulatedTable:
    """The ledger's table: it holds what was written, and otherwise every asset it is asked for."""

    meter: Meter
    knows_all: bool
    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    reads: int = 0
    """Items that were read in batches."""

    def __post_init__(self) -> None:
        """Register the branches."""
        for preset in PRESETS:
            self.items[BRANCHES, preset] = {
                LedgerKey.PARTITION: {"S": BRANCHES},
                LedgerKey.SORT: {"S": preset},
                BranchAttribute.QUEUE_URL: {"S": preset},
                BranchAttribute.DEAD_LETTER_QUEUE_URL: {"S": f"{preset}-dlq"},
            }

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Read one item."""
        self.meter.call("GetItem")
        return self._answer(request["Key"])

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Read up to a hundred items."""
        self.meter.call("BatchGetItem")
        [(table, wanted)] = request["RequestItems"].items()
        self.reads += len(wanted["Keys"])
        answers = [self._answer(key) for key in wanted["Keys"]]
        return {"Responses": {table: [each["Item"] for each in answers if each]}}

    def _answer(self, key: Mapping[str, Any]) -> dict[str, Any]:
        item = self.items.get(_texts(key))
        if item is None and self.knows_all and key[LedgerKey.SORT]["S"] == "asset":
            item = dict(key)
        return {"Item": item} if item else {}

    def put_item(self, **request: Any) -> None:
        """Write an item."""
        self.meter.call("PutItem")
        self.items[_texts(request["Item"])] = request["Item"]

    def update_item(self, **request: Any) -> dict[str, Any]:
        """Set attributes; whatever the condition, it holds."""
        self.meter.call("UpdateItem")
        item = self.items.setdefault(_texts(request["Key"]), dict(request["Key"]))
        for name, value in re.findall(r"(#\w+) = (:\w+)", request["UpdateExpression"]):
            attribute = request["ExpressionAttributeNames"][name]
            item[attribute] = request["ExpressionAttributeValues"][value]
        return {"Attributes": item}

    def get_paginator(self, _: str) -> "SimulatedTable":
        """Page through the branches."""
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        """Read the branches."""
        self.meter.call("Query")
        yield {"Items": [item for (pk, _), item in sorted(self.items.items()) if pk == BRANCHES]}


@dataclass
class SimulatedSqs:
    """Queues that refuse what SQS refuses."""

    meter: Meter
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Messages by queue."""

    def send_message(self, **request: Any) -> None:
        """Take a message."""
        self.meter.call("SendMessage")
        self._take(request["QueueUrl"], request)

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        """Take up to ten messages."""
        self.meter.call("SendMessageBatch")
        for entry in request["Entries"]:
            self._take(request["QueueUrl"], entry)
        return {}

    def _take(self, queue: str, message: dict[str, Any]) -> None:
        if message["DelaySeconds"] > LONGEST_DELAY:
            raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "SendMessage")
        self.sent.setdefault(queue, []).append(message)


class SimulatedCloud:
    """A fan-out of two presets with a bucket of so many uploads.

    Attributes:
        meter: counts.
        s3, table, sqs: the services.
        runtime: what `handlers.reconcile.handler` takes.
    """

    def __init__(self, objects: int, age: Callable[[int], timedelta], *, knows_all: bool) -> None:
        """Make it.

        Args:
            objects: uploads in the bucket.
            age: of an upload, by its number.
            knows_all: whether the ledger knows every upload, or none.
        """
        self.meter = Meter()
        self.s3 = SimulatedS3(self.meter, objects, age)
        self.table = SimulatedTable(self.meter, knows_all)
        self.sqs = SimulatedSqs(self.meter)
        settings = ReconcileSettings(
            fanout="simulated",
            ledger_table="ledger",
            ledger_retention_days=90,
            completed_topic_arn="topic",
            input_bucket="input",
            suffixes=(".mp4",),
        )
        ledger = Ledger.open(cast("Any", self.table), settings, lambda: NOW)
        self.runtime = Runtime(
            settings=settings,
            ledger=ledger,
            duties=Duties(ledger, cast("Any", self.sqs), cast("Any", None), settings),
            mediaconvert=cast("Any", None),
            s3=cast("Any", self.s3),
            now=lambda: NOW,
            sleep=self.meter.sleep,
        )


def _texts(key: Mapping[str, Any]) -> tuple[str, str]:
    return key[LedgerKey.PARTITION]["S"], key[LedgerKey.SORT]["S"]
