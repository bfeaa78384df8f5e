"""submit_job: a batch of a branch's queue in, one MediaConvert job per upload out.

What becomes of a message:

- its jobs were accepted, or it tells of no upload: done, the mapping deletes it;
- refused for now: hidden with a back-off that doubles, then delivered again;
- refused for good, or not a notice of S3: sent to the branch's dead-letter queue with the reason;
- the function fails otherwise: delivered again when the queue's own visibility timeout ends.
"""

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from handlers import back_off, clients
from handlers.dead_letter import send_dead_letter
from handlers.delivery import Delivery
from handlers.events import EventError, read_uploads, write_notice
from handlers.job_request import job_request
from handlers.names import JOB_DOCUMENT_FILE, MessageAttribute
from handlers.refusal import Refusal, refusal
from handlers.settings import Settings
from handlers.upload import Upload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_sqs import SQSClient

UNREADABLE: Final = "unreadable"
"""The dead letter's code for a message that is not a notice of S3."""

ARCHIVE_ROOT: Final = Path(__file__).parents[1]

logger = Logger(service="submit_job")


class BatchItemFailure(TypedDict):
    """A message that stays in the queue."""

    itemIdentifier: str


class BatchAnswer(TypedDict):
    """What Lambda's event source mapping is told about a batch."""

    batchItemFailures: list[BatchItemFailure]


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the function has at hand in every invocation."""

    settings: Settings
    document: dict[str, Any]
    """The branch's job document."""
    mediaconvert: "MediaConvertClient"
    sqs: "SQSClient"


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
    return Runtime(
        settings=Settings.from_environment(os.environ),
        document=json.loads((ARCHIVE_ROOT / JOB_DOCUMENT_FILE).read_text("utf-8")),
        mediaconvert=clients.mediaconvert_client(),
        sqs=clients.sqs_client(),
    )


def handler(records: Sequence[Mapping[str, Any]], runtime: Runtime) -> BatchAnswer:
    """Submit each message on its own, all at the same time, and name those that stay."""
    with ThreadPoolExecutor(clients.CONNECTIONS) as threads:
        done = list(threads.map(partial(_is_done, runtime=runtime), records))
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]}
            for record, is_done in zip(records, done, strict=True)
            if not is_done
        ]
    }


def _is_done(record: Mapping[str, Any], runtime: Runtime) -> bool:
    try:
        return settle(Delivery.from_record(record), runtime)
    except Exception:  # whatever happens to one message must not fail the others
        logger.exception("Message failed", extra={"message_id": record["messageId"]})
        return False


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
        unreadable = Refusal(code=UNREADABLE, reason=str(error), passes=False)
        _bury(delivery.body, None, unreadable, runtime)
        return True
    answers = [(upload, submit(upload, delivery.attempt, runtime)) for upload in uploads]
    refused = [(upload, answer) for upload, answer in answers if answer is not None]
    if any(answer.passes for _, answer in refused):
        _back_off(delivery, runtime)
        return False
    for upload, answer in refused:
        body = delivery.body if len(uploads) == 1 else write_notice(upload)
        _bury(body, upload, answer, runtime)
    return True


def submit(upload: Upload, attempt: int, runtime: Runtime) -> Refusal | None:
    """Create the job of one upload, and do not wait for it.

    Returns:
        None when the job exists, otherwise why it does not.
    """
    request = job_request(runtime.document, upload, attempt, runtime.settings)
    try:
        job = runtime.mediaconvert.create_job(**request)["Job"]
    except (BotoCoreError, ClientError) as error:
        answer = refusal(error)
        logger.warning("CreateJob refused", extra={"key": upload.key, **vars(answer)})
        return answer
    logger.info("Job created", extra={"key": upload.key, "job_id": job["Id"], "attempt": attempt})
    return None


def _back_off(delivery: Delivery, runtime: Runtime) -> None:
    runtime.sqs.change_message_visibility(
        QueueUrl=runtime.settings.queue_url,
        ReceiptHandle=delivery.receipt_handle,
        VisibilityTimeout=back_off.delay(delivery.message_id, delivery.receives),
    )


def _bury(body: str, upload: Upload | None, answer: Refusal, runtime: Runtime) -> None:
    reasons = {
        MessageAttribute.CODE: answer.code,
        MessageAttribute.REASON: answer.reason,
        MessageAttribute.KEY: upload.key if upload else None,
    }
    send_dead_letter(runtime.sqs, runtime.settings.dead_letter_queue_url, body, reasons)
    logger.error("Message given up", extra={str(name): text for name, text in reasons.items()})


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda, before the first event: the time to start is not taken from the function's timeout.
    cold_start()
