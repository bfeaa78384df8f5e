"""submit_job: a batch of a branch's queue in, one MediaConvert job per upload out.

What becomes of a message:

- its jobs exist, or it tells of no upload: done, the mapping deletes it;
- refused for now: hidden with a back-off that doubles, then delivered again;
- refused for good, or not a notice of S3: sent to the branch's dead-letter queue with the reason;
- the function fails otherwise: delivered again when the queue's own visibility timeout ends.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from handlers import back_off, clients
from handlers.batch import BatchAnswer, Record, settle_each
from handlers.dead_letter import send_dead_letter
from handlers.delivery import Delivery
from handlers.duties import Duties
from handlers.events import EventError, read_uploads
from handlers.ledger import Ledger
from handlers.mediaconvert.job_search import JobSearch
from handlers.names import JOB_DOCUMENT_FILE, MessageAttribute
from handlers.observability import logger
from handlers.settings import SubmitJobSettings
from handlers.submission import Submission
from handlers.time_limits import PROBE_TIMEOUT
from handlers.upload import Upload
from handlers.upload_cap import UploadCap

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs import SQSClient

UNREADABLE: Final = "unreadable"
"""The dead letter's code for a message that is not a notice of S3."""

ARCHIVE_ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the function has at hand in every invocation."""

    settings: SubmitJobSettings
    sqs: "SQSClient"
    submission: Submission


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> BatchAnswer:  # noqa: ARG001 Lambda passes it; the decorator reads it
    """Submit a batch of messages. Lambda's entry point."""
    return handler(event["Records"], cold_start())


@cache
def cold_start() -> Runtime:
    """Read the environment and make the clients, once: making clients is not thread-safe.

    Raises:
        SettingsError: The environment is incomplete.
        FileNotFoundError: The archive lacks the job document.
    """
    settings = SubmitJobSettings.from_environment(os.environ)
    sqs = clients.sqs_client()
    ledger = Ledger.open(clients.dynamodb_client(), settings)
    mediaconvert = clients.mediaconvert_client()
    submission = Submission(
        settings=settings,
        document=json.loads((ARCHIVE_ROOT / JOB_DOCUMENT_FILE).read_text("utf-8")),
        mediaconvert=mediaconvert,
        search=JobSearch(mediaconvert, settings.pipeline_arn),
        cap=UploadCap(
            max_bytes=settings.max_upload_bytes,
            max_seconds=settings.max_upload_seconds,
            mediaconvert=clients.mediaconvert_client(PROBE_TIMEOUT),
        ),
        s3=clients.s3_client(),
        ledger=ledger,
        duties=Duties(ledger, sqs, clients.sns_client(), settings),
    )
    return Runtime(settings=settings, sqs=sqs, submission=submission)


def handler(records: Sequence[Record], runtime: Runtime) -> BatchAnswer:
    """Submit each message on its own, all at the same time, and name those that stay."""
    return settle_each(records, lambda record: settle(Delivery.from_record(record), runtime))


def settle(delivery: Delivery, runtime: Runtime) -> bool:
    """Bring one message to an end, if it has come to one.

    Returns:
        True when the message is done, False when it has to be delivered again.

    Raises:
        ClientError, BotoCoreError: SQS did not take a dead letter or a back-off.
    """
    try:
        uploads = read_uploads(delivery.body)
    except EventError as error:
        _bury_unreadable(delivery.body, str(error), runtime)
        return True
    waits = [_submit(upload, delivery, runtime) for upload in uploads]
    longest = max((wait for wait in waits if wait is not None), default=None)
    if longest is None:
        return True
    runtime.sqs.change_message_visibility(
        QueueUrl=runtime.settings.queue_url,
        ReceiptHandle=delivery.receipt_handle,
        VisibilityTimeout=longest,
    )
    return False


def _submit(upload: Upload, delivery: Delivery, runtime: Runtime) -> int | None:
    patience = back_off.delay(delivery.message_id, delivery.receives)
    try:
        return runtime.submission.submit(
            upload, delivery.attempt, patience, is_backfill=delivery.unless_rendered
        )
    except (BotoCoreError, ClientError):
        logger.exception("Not submitted", extra={"key": upload.key})
        return patience


def _bury_unreadable(body: str, reason: str, runtime: Runtime) -> None:
    reasons = {MessageAttribute.CODE: UNREADABLE, MessageAttribute.REASON: reason}
    send_dead_letter(runtime.sqs, runtime.settings.dead_letter_queue_url, body, reasons)
    logger.error("Message given up", extra={"code": UNREADABLE, "reason": reason})


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda, before the first event: the time to start is not taken from the function's timeout.
    cold_start()
