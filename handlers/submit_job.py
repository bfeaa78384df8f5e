"""submit_job: a batch of a branch's queue in, one MediaConvert job per upload out.

What becomes of a message:

- its jobs exist, or it tells of no upload: done, the mapping deletes it;
- refused for now: hidden with a back-off that doubles, then delivered again;
- refused for good, or unreadable: sent to the branch's dead-letter queue with the reason;
- the function fails otherwise: delivered again when the queue's own visibility timeout ends.

How long each of these goes on, and how it ends, is told by `mediaconvert.refusal.ENDS`.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from handlers import clients
from handlers.back_off import Patience
from handlers.batch import BatchAnswer, Record, settle_each
from handlers.dead_letter import send_dead_letter
from handlers.delivery import Delivery, DeliveryError
from handlers.duties import Duties
from handlers.events import EventError, read_uploads, write_notice
from handlers.ledger import Ledger
from handlers.ledger.items import unix_time
from handlers.ledger.rendition import Failure
from handlers.mediaconvert.job_search import JobSearch
from handlers.mediaconvert.jobs import Jobs
from handlers.mediaconvert.refusal import ENDS, JOB_MAY_EXIST, Call, Kind, refusal
from handlers.names import JOB_DOCUMENT_FILE, MessageAttribute
from handlers.observability import logger
from handlers.settings import SubmitJobSettings
from handlers.submission import Submission
from handlers.time_limits import CANCEL_TIMEOUT, PROBE_TIMEOUT
from handlers.upload import Upload
from handlers.upload_cap import UploadCap

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sqs import SQSClient

UNREADABLE: Final = "unreadable"
"""The dead letter's code for a message that is not a notice of S3, or spoils an attribute."""

STILL_WAITING: Final = Failure(
    code="still_waiting",
    reason=(
        "In all its time the upload came to no end, and no service refused the last try; the "
        "ledger says what it waits for."
    ),
)

ARCHIVE_ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the function has at hand in every invocation."""

    settings: SubmitJobSettings
    sqs: "SQSClient"
    submission: Submission
    now: Callable[[], int]
    """The clock: Unix time in seconds."""


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
        jobs=Jobs(mediaconvert=clients.mediaconvert_client(CANCEL_TIMEOUT), fanout=settings.fanout),
        ledger=ledger,
        duties=Duties(ledger, sqs, clients.sns_client(), settings),
    )
    return Runtime(settings=settings, sqs=sqs, submission=submission, now=unix_time)


def handler(records: Sequence[Record], runtime: Runtime) -> BatchAnswer:
    """Submit each message on its own, all at the same time, and name those that stay."""
    return settle_each(records, lambda record: _settle_record(record, runtime))


def _settle_record(record: Record, runtime: Runtime) -> bool:
    try:
        delivery = Delivery.from_record(record)
    except DeliveryError as error:
        _bury(record["body"], Failure(code=UNREADABLE, reason=str(error)), runtime)
        return True
    return settle(delivery, runtime)


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
        _bury(delivery.body, Failure(code=UNREADABLE, reason=str(error)), runtime)
        return True
    patience = Patience.of(delivery, runtime.now())
    waits = [_submit(upload, delivery, patience, runtime) for upload in uploads]
    longest = max((wait for wait in waits if wait is not None), default=None)
    if longest is None:
        return True
    runtime.sqs.change_message_visibility(
        QueueUrl=runtime.settings.queue_url,
        ReceiptHandle=delivery.receipt_handle,
        VisibilityTimeout=longest,
    )
    return False


def _submit(upload: Upload, delivery: Delivery, patience: Patience, runtime: Runtime) -> int | None:
    failure = STILL_WAITING
    try:
        seconds = runtime.submission.submit(
            upload, delivery.attempt, patience, is_backfill=delivery.unless_rendered
        )
    except (BotoCoreError, ClientError) as error:
        logger.exception("Not submitted", extra={"key": upload.key})
        answer = refusal(error, Call.OTHER)
        failure = Failure(code=answer.code, reason=answer.reason)
        seconds = patience.seconds
    if seconds is None or patience.age < ENDS[Kind.STUCK].tried_for:
        return seconds
    last = Failure(code=failure.code, reason=f"{failure.reason} {JOB_MAY_EXIST}")
    _bury(write_notice(upload), last, runtime, upload.key)
    return None


def _bury(body: str, failure: Failure, runtime: Runtime, key: str | None = None) -> None:
    reasons = {
        MessageAttribute.CODE: failure.code,
        MessageAttribute.REASON: failure.reason,
        MessageAttribute.KEY: key,
    }
    send_dead_letter(runtime.sqs, runtime.settings.dead_letter_queue_url, body, reasons)
    logger.error("Message given up", extra={"code": failure.code, "reason": failure.reason})


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda, before the first event: the time to start is not taken from the function's timeout.
    cold_start()
