"""A whole fan-out in moto: branches with queues, the ledger, the completed topic, MediaConvert."""

import json
import threading
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import boto3

from handlers import job_outcome, reconcile, submit_job
from handlers.duties import Duties
from handlers.events import write_notice
from handlers.ledger import Ledger
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import Rendition
from handlers.mediaconvert.job_search import JobSearch
from handlers.mediaconvert.jobs import Jobs
from handlers.names import (
    BRANCHES,
    LEDGER_INDEX,
    LEDGER_WAIT_INDEX,
    BranchAttribute,
    LedgerKey,
)
from handlers.outcome import Outcome
from handlers.settings import FanoutSettings, ReconcileSettings, SubmitJobSettings
from handlers.submission import Submission
from handlers.upload import Upload
from handlers.upload_cap import UploadCap
from tests.handlers.fakes import Clock, EventSourceMapping, FakeMediaConvert, Fuse

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient


@cache
def _clients() -> "tuple[SQSClient, SNSClient, S3Client, DynamoDBClient]":
    """Make clients once: they serve every world, and to make them takes half a second."""
    session = boto3.Session()
    dynamodb = session.client("dynamodb")
    _call_one_at_a_time(dynamodb)
    return session.client("sqs"), session.client("sns"), session.client("s3"), dynamodb


def _call_one_at_a_time(client: Any) -> None:
    """Keep threads apart: moto shows an item that is being made half written."""
    lock, call = threading.Lock(), client._make_api_call  # noqa: SLF001 every call goes through it

    def locked(*args: Any) -> Any:
        with lock:
            return call(*args)

    client._make_api_call = locked  # noqa: SLF001 the same


VISIBILITY_TIMEOUT = 60
"""Seconds, as the branch's queue has it."""


class World:
    """One fan-out with one or more presets."""

    def __init__(
        self, settings: SubmitJobSettings, document: dict[str, Any], *presets: str
    ) -> None:
        """Create everything; call it inside of moto."""
        self.clock = Clock()
        self.mediaconvert = FakeMediaConvert(self.clock)
        self.fuse = Fuse()
        self.sqs, self.sns, self.s3, self.dynamodb = _clients()
        self._create_table(settings.ledger_table)
        topic = self.sns.create_topic(Name="completed")["TopicArn"]
        self._announcements = self._queue("announcements")
        self.sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=self._arn(self._announcements),
            Attributes={"RawMessageDelivery": "true"},
        )
        self.settings = replace(settings, completed_topic_arn=topic)
        self.ledger = Ledger.open(self.dynamodb, self.settings, self.clock)
        self.duties = Duties(self.ledger, self.sqs, self.sns, self.settings, self.s3)
        self.outcome = Outcome(ledger=self.ledger, duties=self.duties)
        self.outcomes = EventSourceMapping(
            self.sqs,
            self._queue("outcome"),
            lambda records: self.fuse.guard(lambda: job_outcome.handler(records, self.outcome)),
            self.clock,
        )
        self.reconcile_runtime = reconcile.Runtime(
            settings=ReconcileSettings(
                **vars_of_fanout(self.settings), input_bucket="input", suffixes=(".mp4", ".MP4")
            ),
            ledger=self.ledger,
            duties=self.duties,
            mediaconvert=cast("MediaConvertClient", self.mediaconvert),
            s3=self.s3,
            now=self.clock,
        )
        self.branches = {
            preset: BranchWorld(self, preset, document) for preset in presets or ("720p",)
        }

    def __getitem__(self, preset: str) -> "BranchWorld":
        """The branch of a preset."""
        return self.branches[preset]

    def rendition(self, upload: Upload, preset: str = "720p") -> Rendition:
        """A rendition as it stands in the ledger."""
        rendition = self.ledger.renditions.get(upload.digest, preset)
        assert rendition is not None
        return rendition

    def tell(self, job: dict[str, Any], status: str, **detail: Any) -> str:
        """Put the event of a job's end into the outcome queue, and return the message's id."""
        job["Status"] = status
        event = {
            "detail-type": "MediaConvert Job State Change",
            "detail": {
                "jobId": job["Id"],
                "status": status,
                "userMetadata": job["UserMetadata"],
                **detail,
            },
        }
        return self.outcomes.send(json.dumps(event))

    def reconcile(
        self, task: str = "ledger", *, steps: int = 10**6, **event: Any
    ) -> dict[str, Any]:
        """Invoke reconcile; it has time for so many steps."""
        clock = iter(range(steps))
        return self.fuse.guard(
            lambda: reconcile.handler(
                {"task": task, **event},
                self.reconcile_runtime,
                lambda: next(clock, None) is not None,
            )
        )

    def create_input_bucket(self) -> None:
        """Create the bucket of uploads, with versions as the deployment has it."""
        self.s3.create_bucket(
            Bucket="input", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        self.s3.put_bucket_versioning(Bucket="input", VersioningConfiguration={"Status": "Enabled"})

    def put(self, key: str) -> Upload:
        """Upload an object whose notice S3 does not send; return it as a listing has it."""
        answer = self.s3.put_object(Bucket="input", Key=key, Body=b"a video")
        return Upload(
            bucket="input",
            key=key,
            version_id=answer["VersionId"],
            etag=answer["ETag"].strip('"'),
            sequencer=None,
            size=7,
        )

    def announcements(self) -> list[dict[str, Any]]:
        """Take what has been announced, in the order of its arrival."""
        taken: list[dict[str, Any]] = []
        while messages := self._receive(self._announcements):
            taken += [json.loads(message["Body"]) for message in messages]
        return taken

    def take(self, queue_url: str) -> list[tuple[str, dict[str, str]]]:
        """Take all messages of a queue: body and attributes, sorted by the body."""
        taken = []
        while messages := self._receive(queue_url):
            taken += [
                (
                    message["Body"],
                    {
                        name: value["StringValue"]
                        for name, value in message.get("MessageAttributes", {}).items()
                    },
                )
                for message in messages
            ]
        return sorted(taken, key=lambda message: message[0])

    def _receive(self, queue_url: str) -> list[Any]:
        messages: list[Any] = self.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def _queue(self, name: str) -> str:
        return self.sqs.create_queue(
            QueueName=name, Attributes={"VisibilityTimeout": str(VISIBILITY_TIMEOUT)}
        )["QueueUrl"]

    def _arn(self, queue_url: str) -> str:
        return self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]

    def _create_table(self, name: str) -> None:
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": LedgerKey.PARTITION, "KeyType": "HASH"},
                {"AttributeName": LedgerKey.SORT, "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": LedgerKey.PARTITION, "AttributeType": "S"},
                {"AttributeName": LedgerKey.SORT, "AttributeType": "S"},
                {"AttributeName": LedgerKey.OPEN, "AttributeType": "S"},
                {"AttributeName": LedgerKey.SINCE, "AttributeType": "N"},
                {"AttributeName": LedgerKey.ASKED_AT, "AttributeType": "N"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": name,
                    "KeySchema": [
                        {"AttributeName": LedgerKey.OPEN, "KeyType": "HASH"},
                        {"AttributeName": time, "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for name, time in (
                    (LEDGER_INDEX, LedgerKey.SINCE),
                    (LEDGER_WAIT_INDEX, LedgerKey.ASKED_AT),
                )
            ],
        )


def vars_of_fanout(settings: FanoutSettings) -> dict[str, Any]:
    """What all functions of the fan-out are told."""
    return {field.name: getattr(settings, field.name) for field in fields(FanoutSettings)}


class BranchWorld:
    """One branch: its queue with its function, its dead letters, its item in the ledger."""

    def __init__(self, world: World, preset: str, document: dict[str, Any]) -> None:
        """Create it."""
        self._world = world
        queue_url = world._queue(preset)  # noqa: SLF001 the two classes are one world
        dead_letter_queue_url = world._queue(f"{preset}-dlq")  # noqa: SLF001 the same
        self.branch = Branch(
            preset=preset, queue_url=queue_url, dead_letter_queue_url=dead_letter_queue_url
        )
        self.settings = replace(
            world.settings,
            preset=preset,
            queue_url=queue_url,
            dead_letter_queue_url=dead_letter_queue_url,
            pipeline_arn=f"arn:aws:mediaconvert:eu-central-1:111122223333:queues/{preset}",
            output_bucket=f"output-{preset}",
        )
        mediaconvert = cast("MediaConvertClient", world.mediaconvert)
        self.runtime = submit_job.Runtime(
            settings=self.settings,
            sqs=world.sqs,
            submission=Submission(
                settings=self.settings,
                document=document,
                mediaconvert=mediaconvert,
                search=JobSearch(mediaconvert, self.settings.pipeline_arn, world.clock),
                cap=UploadCap(
                    max_bytes=self.settings.max_upload_bytes,
                    max_seconds=self.settings.max_upload_seconds,
                    mediaconvert=mediaconvert,
                ),
                s3=world.s3,
                jobs=Jobs(mediaconvert=mediaconvert, fanout=self.settings.fanout),
                ledger=world.ledger,
                duties=world.duties,
            ),
            now=world.clock,
        )
        self.mapping = EventSourceMapping(
            world.sqs,
            queue_url,
            lambda records: world.fuse.guard(lambda: submit_job.handler(records, self.runtime)),
            world.clock,
        )
        self.send = self.mapping.send
        self.invoke = self.mapping.invoke
        self.end_back_off = self.mapping.end_back_off
        self.register()

    def register(self, *, retired: bool = False) -> None:
        """Write the branch's item, as the deployment does."""
        self._world.dynamodb.put_item(
            TableName=self.settings.ledger_table,
            Item={
                LedgerKey.PARTITION: {"S": BRANCHES},
                LedgerKey.SORT: {"S": self.branch.preset},
                BranchAttribute.QUEUE_URL: {"S": self.branch.queue_url},
                BranchAttribute.DEAD_LETTER_QUEUE_URL: {"S": self.branch.dead_letter_queue_url},
                BranchAttribute.RETIRED: {"BOOL": retired},
            },
        )

    def remove(self) -> None:
        """Delete the branch's item, as the deployment does with a preset that is gone."""
        self._world.dynamodb.delete_item(
            TableName=self.settings.ledger_table,
            Key={
                LedgerKey.PARTITION: {"S": BRANCHES},
                LedgerKey.SORT: {"S": self.branch.preset},
            },
        )

    def notify(self, upload: Upload, **attributes: str) -> str:
        """Put the notice of an upload into the queue."""
        return self.send(write_notice(upload), **attributes)

    def waiting(self) -> int:
        """How many messages the queue holds, hidden and delayed ones included."""
        attributes = self._world.sqs.get_queue_attributes(
            QueueUrl=self.branch.queue_url, AttributeNames=["All"]
        )["Attributes"]
        return sum(
            int(attributes[name])
            for name in (
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            )
        )

    def dead_letters(self) -> list[tuple[str, dict[str, str]]]:
        """Take all dead letters: body and attributes."""
        return self._world.take(self.branch.dead_letter_queue_url)
