"""A stack that an earlier release left behind, in today's world, until it has come to rest."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from handlers.names import BRANCHES, JobMetadata, LedgerKey
from handlers.upload import Upload
from operate.hold import Hold
from operate.overwritten import obsolete
from operate.redrive import Redriven, redrive
from operate.stack_outputs import Stack
from tests.handlers.world import World

SAMPLES: Final = Path(__file__).parent / "samples"

HOUR: Final = 3_600

MOST_HOURS: Final = 20
"""Hours within which everything recorded here comes to rest."""

BATCH: Final = 10
"""Messages that the event source mapping hands over at a time."""

UNDER_WAY: Final = frozenset({"SUBMITTED", "PROGRESSING"})


@dataclass(frozen=True)
class Sample:
    """One moment of one release; `record.py` says how it was made."""

    release: str
    moment: str

    @classmethod
    def all(cls) -> "list[Sample]":
        """Every moment of every release, in the order of their names."""
        files = sorted(SAMPLES.glob("*/*.json"))
        others = {"environments", "urns"}  # Of the release as a whole, and not of a moment.
        return [cls(file.parent.name, file.stem) for file in files if file.stem not in others]

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """What was recorded."""
        path = SAMPLES / self.release / f"{self.moment}.json"
        read: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        return read

    @property
    def presets(self) -> set[str]:
        """The presets that the stack has."""
        return {
            item[LedgerKey.SORT]["S"]
            for item in self.content["ledger"]
            if item[LedgerKey.PARTITION]["S"] == BRANCHES
        }

    def renditions(self) -> Iterator[tuple[Upload, str, str]]:
        """Each upload with a preset, and how its rendition is to end."""
        for each in self.content["expected"]["renditions"]:
            yield Upload(**each["upload"]), each["preset"], each["end"]


@dataclass
class LiveStack:
    """Today's functions and commands on what samples hold."""

    world: World
    told: set[str] = field(default_factory=set)
    """Jobs whose end MediaConvert has told."""

    def install(self, sample: Sample) -> None:
        """Put everything where the release left it."""
        world, content = self.world, sample.content
        world.clock.seconds = max(world.clock.seconds, content["clock"])
        for item in content["ledger"]:
            world.dynamodb.put_item(TableName=world.settings.ledger_table, Item=item)
        for name, messages in content["queues"].items():
            for message in messages:
                world.sqs.send_message(
                    QueueUrl=self._url(name),
                    MessageBody=message["body"],
                    MessageAttributes={
                        name: {"DataType": "String", "StringValue": text}
                        for name, text in message["attributes"].items()
                    },
                )
        for job in content["jobs"]:
            created = datetime.fromisoformat(job["CreatedAt"])
            world.mediaconvert.jobs.append({**job, "CreatedAt": created})
            if job["Status"] not in UNDER_WAY:
                self.told.add(job["Id"])
        if content["input_bucket"]:
            self._fill_input_bucket(content["input_bucket"])
        if content["output_bucket"]:
            bucket = world["720p"].settings.output_bucket
            world.s3.create_bucket(
                Bucket=bucket,
                CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
            )
            for key in content["output_bucket"]:
                world.s3.put_object(Bucket=bucket, Key=key, Body=b"a video")

    def come_to_rest(self, *, reconciles: bool) -> None:
        """Let hours pass, in which messages are delivered, jobs end and reconcile may run."""
        with self._without_delays():
            for _ in range(MOST_HOURS):
                self._deliver()
                self._end_jobs()
                self._deliver()
                if self.is_at_rest():
                    return
                self.world.clock.pass_(HOUR)
                if reconciles:
                    assert "failed" not in self.world.reconcile(patience=0)
        raise AssertionError(f"After {MOST_HOURS} hours it is not at rest: {self._left()}.")

    def go_on_listing(self) -> int:
        """Let every task that lists the input bucket go on from where it stopped, to the end.

        Returns:
            How many uploads they look at, together.
        """
        events: list[dict[str, Any]] = [{"task": "uploads"}]
        events += [{"task": "backfill", "preset": preset} for preset in self.world.branches]
        with self._without_delays():
            answers = [self.world.reconcile(**event) for event in events]
        assert all(answer["finished"] for answer in answers)
        return sum(answer.get("looked_at", 0) for answer in answers)

    def redrive(self, folder: Path) -> list[Redriven]:
        """Redrive every letter, as an operator does."""
        stack = self._stack(folder)
        with self._without_delays(), Hold(self.world.sqs) as hold:
            letters = hold.take(stack.chosen(None))
            gone = obsolete(self.world.dynamodb, stack, letters)
            return redrive(self.world.sqs, hold, letters, gone)

    def is_at_rest(self) -> bool:
        """Tell whether nothing is left to happen."""
        return not any(self._left())

    def paid_twice(self) -> set[tuple[str, ...]]:
        """Attempts that have more than one job."""
        attempts = [
            tuple(job["UserMetadata"][name] for name in sorted(JobMetadata))
            for job in self.world.mediaconvert.jobs
        ]
        return {attempt for attempt in attempts if attempts.count(attempt) > 1}

    def _left(self) -> tuple[list[Any], list[str], list[str]]:
        """Messages, jobs and items of the ledger to which something is still to happen."""
        items = self.world.dynamodb.scan(TableName=self.world.settings.ledger_table)["Items"]
        return (
            [name for name in (*self.world.branches, "outcome") if self._size(name)],
            [job["Id"] for job in self.world.mediaconvert.jobs if job["Status"] in UNDER_WAY],
            [item[LedgerKey.SORT]["S"] for item in items if LedgerKey.OPEN in item],
        )

    def _deliver(self) -> None:
        mappings = {name: branch.mapping for name, branch in self.world.branches.items()}
        for name, mapping in (*mappings.items(), ("outcome", self.world.outcomes)):
            mapping.end_back_off()
            for _ in range(1 + self._size(name) // BATCH):
                mapping.invoke()

    def _end_jobs(self) -> None:
        """End what runs, and tell what has ended, as MediaConvert does."""
        mediaconvert = self.world.mediaconvert
        for job in mediaconvert.jobs:
            if job["Status"] in UNDER_WAY:
                mediaconvert.end(job, "COMPLETE")
            if job["Id"] not in self.told:
                self.told.add(job["Id"])
                self.world.tell(job, job["Status"])

    def _fill_input_bucket(self, versions: Mapping[str, str]) -> None:
        """Upload what the bucket had: S3 stamps it with today's time, so it is today here too."""
        world = self.world
        world.clock.seconds = int(time.time()) + 2 * HOUR
        world.create_input_bucket()
        for key, version_id in versions.items():
            world.put(key)
            # Nobody can tell S3 which version id to give.
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_bucket("input").keys[key]._version_id = (  # noqa: SLF001 moto has no other way
                version_id
            )

    @contextmanager
    def _without_delays(self) -> Iterator[None]:
        """Show every message at once: moto's delays are real time."""
        send: Callable[..., Any] = self.world.sqs.send_message
        with patch.object(
            self.world.sqs,
            "send_message",
            lambda **request: send(**{**request, "DelaySeconds": 0}),
        ):
            yield

    def _stack(self, folder: Path) -> Stack:
        branches = [branch.branch for branch in self.world.branches.values()]
        outputs = folder / "outputs.json"
        outputs.write_text(
            json.dumps(
                {
                    "input_bucket": "input",
                    "topic_arn": self.world.settings.completed_topic_arn,
                    "ledger_table": self.world.settings.ledger_table,
                    "reconcile_function": "reconcile",
                    "queue_urls": {each.preset: each.queue_url for each in branches},
                    "dead_letter_queue_urls": {
                        each.preset: each.dead_letter_queue_url for each in branches
                    },
                }
            )
        )
        return Stack.load(str(outputs))

    def _url(self, queue: str) -> str:
        return self.world.sqs.get_queue_url(QueueName=queue)["QueueUrl"]

    def _size(self, queue: str) -> int:
        attributes = self.world.sqs.get_queue_attributes(
            QueueUrl=self._url(queue), AttributeNames=["All"]
        )["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"]) + int(
            attributes["ApproximateNumberOfMessagesNotVisible"]
        )
