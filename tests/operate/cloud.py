"""A deployed fan-out, as far as an operator sees it: queues in moto, and the stack's outputs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handlers.dead_letter import send_dead_letter
from handlers.events import write_notice
from handlers.ledger import Ledger
from handlers.ledger.branches import Branch
from handlers.names import LEDGER_INDEX, LedgerKey, MessageAttribute
from handlers.settings import FanoutSettings
from handlers.upload import Upload
from operate.stack_outputs import Stack
from tests.handlers.fakes import Clock

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sqs import SQSClient

REGION = "eu-central-1"
PRESETS = ("720p", "1080p")
INPUT_BUCKET = "input"
LEDGER_TABLE = "ledger"


def upload_of(key: str, version_id: str = "v1", sequencer: str = "0055AED6DCD90281E5") -> Upload:
    """An upload to the input bucket."""
    return Upload(
        bucket=INPUT_BUCKET,
        key=key,
        version_id=version_id,
        etag="d41d8cd98f00b204e9800998ecf8427e",
        sequencer=sequencer,
        size=1024,
    )


def open_ledger(client: "DynamoDBClient", clock: Callable[[], int]) -> Ledger:
    """Create the ledger's table, and use it as the functions do."""
    client.create_table(
        TableName=LEDGER_TABLE,
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
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": LEDGER_INDEX,
                "KeySchema": [
                    {"AttributeName": LedgerKey.OPEN, "KeyType": "HASH"},
                    {"AttributeName": LedgerKey.SINCE, "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    settings = FanoutSettings(
        fanout="fanout",
        ledger_table=LEDGER_TABLE,
        ledger_retention_days=90,
        completed_topic_arn="arn",
    )
    return Ledger.open(client, settings, clock)


def sequencers_decide(_: Upload) -> str | None:
    """Stand in for S3, which no test here has to ask."""
    raise AssertionError


@dataclass
class Cloud:
    """Queues and dead-letter queues of two presets, and the ledger."""

    sqs: "SQSClient"
    folder: Path
    clock: Clock = field(default_factory=Clock)
    dynamodb: "DynamoDBClient | None" = None
    """Where the ledger is; a test that does not look into it needs none."""
    outputs: dict[str, Any] = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        """Create them."""
        if self.dynamodb:
            self.ledger = open_ledger(self.dynamodb, self.clock)
        self.outputs = {
            "input_bucket": INPUT_BUCKET,
            "topic_arn": f"arn:aws:sns:{REGION}:111122223333:topic",
            "ledger_table": LEDGER_TABLE,
            "reconcile_function": "reconcile",
            "queue_urls": {preset: self._queue(preset) for preset in PRESETS},
            "dead_letter_queue_urls": {preset: self._queue(f"{preset}-dlq") for preset in PRESETS},
            "estimate": {"more": "than is needed"},
        }

    def _queue(self, name: str) -> str:
        return self.sqs.create_queue(QueueName=name)["QueueUrl"]

    @property
    def outputs_file(self) -> str:
        """The file that an operator would have made by `pulumi stack output --json`."""
        path = self.folder / "outputs.json"
        path.write_text(json.dumps(self.outputs, indent=2))
        return str(path)

    @property
    def stack(self) -> Stack:
        """The stack, read from that file."""
        return Stack.load(self.outputs_file)

    @property
    def branches(self) -> list[Branch]:
        """Its branches."""
        return self.stack.chosen(None)

    def bury(
        self,
        key: str,
        preset: str = "720p",
        *,
        code: str = "1010",
        attempt: int | str = 1,
        job_id: str = "job-1",
    ) -> None:
        """Send a dead letter as the functions do."""
        uploads = (upload_of(key),)
        self.bury_uploads(*uploads, preset=preset, code=code, attempt=attempt, job_id=job_id)

    def bury_uploads(
        self,
        *uploads: Upload,
        preset: str = "720p",
        code: str = "1010",
        attempt: int | str = 1,
        job_id: str = "job-1",
    ) -> None:
        """Send the dead letter of a notice that tells of these uploads."""
        records = [json.loads(write_notice(upload))["Records"][0] for upload in uploads]
        send_dead_letter(
            self.sqs,
            self.outputs["dead_letter_queue_urls"][preset],
            json.dumps({"Records": records}),
            {
                MessageAttribute.CODE: code,
                MessageAttribute.REASON: f"Error {code}.",
                MessageAttribute.KEY: uploads[0].key,
                MessageAttribute.JOB_ID: job_id,
                MessageAttribute.ATTEMPT: str(attempt),
            },
        )

    def note(self, *uploads: Upload) -> None:
        """Let the ledger know uploads, as the functions do before they make a job."""
        for upload in uploads:
            self.ledger.assets.note(upload, PRESETS, sequencers_decide)

    def letters(self, preset: str = "720p") -> list[dict[str, Any]]:
        """Everything in a dead-letter queue: bodies and attributes, in no order."""
        return self._look(self.outputs["dead_letter_queue_urls"][preset])

    def messages(self, preset: str = "720p") -> list[dict[str, Any]]:
        """Everything in a queue."""
        return self._look(self.outputs["queue_urls"][preset])

    def _look(self, queue_url: str) -> list[dict[str, Any]]:
        """Receive everything that is visible, and make it visible again."""
        found = []
        while messages := self.sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            found += messages
        for message in found:
            self.sqs.change_message_visibility(
                QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return sorted(
            (
                {
                    "id": message["MessageId"],
                    "body": message["Body"],
                    **{
                        name: value["StringValue"]
                        for name, value in message.get("MessageAttributes", {}).items()
                    },
                }
                for message in found
            ),
            key=lambda message: message["body"],
        )

    def sizes(self) -> Mapping[str, tuple[int, int]]:
        """By queue: how many messages are visible, and how many are hidden."""
        urls = [*self.outputs["queue_urls"].values()]
        urls += self.outputs["dead_letter_queue_urls"].values()
        return {url.rpartition("/")[2]: self._size(url) for url in urls}

    def _size(self, queue_url: str) -> tuple[int, int]:
        attributes = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])[
            "Attributes"
        ]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )
