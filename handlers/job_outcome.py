"""job_outcome: how the fan-out's jobs ended, from the outcome queue to the ledger and the topic.

What becomes of a message:

- the end of a job: written down, and what follows is done (retry, dead letter, announcement);
- an event of a job that goes on: done, there is nothing to do;
- anything else, or a service that refuses: delivered again, and at last set aside by the queue.
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from handlers import clients
from handlers.batch import BatchAnswer, Record, settle_each
from handlers.duties import Duties
from handlers.ledger import Ledger
from handlers.mediaconvert.job_events import read_job_end
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.settings import FanoutSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> BatchAnswer:  # noqa: ARG001 Lambda passes it; the decorator reads it
    """Record a batch of outcomes. Lambda's entry point."""
    return handler(event["Records"], cold_start())


@cache
def cold_start() -> Outcome:
    """Read the environment and make the clients, once: making clients is not thread-safe.

    Raises:
        SettingsError: The environment is incomplete.
    """
    settings = FanoutSettings.from_environment(os.environ)
    ledger = Ledger.open(clients.dynamodb_client(), settings)
    duties = Duties(
        ledger, clients.sqs_client(), clients.sns_client(), settings, clients.s3_client()
    )
    return Outcome(ledger=ledger, duties=duties)


def handler(records: Sequence[Record], outcome: Outcome) -> BatchAnswer:
    """Record each outcome on its own, all at the same time, and name those that stay."""
    return settle_each(records, lambda record: settle(record["body"], outcome))


def settle(body: str, outcome: Outcome) -> bool:
    """Record one outcome.

    Returns:
        True: what is not done raises.

    Raises:
        JobEventError: The body is not an event of this fan-out's jobs.
        UnknownRenditionError: The ledger does not know the job's upload.
        ClientError, BotoCoreError: A service refused; recording again does the rest.
    """
    end = read_job_end(body)
    if end is not None:
        outcome.record(end)
        logger.info("Job ended", extra={"job_id": end.job_id, "status": end.status})
    return True


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda, before the first event: the time to start is not taken from the function's timeout.
    cold_start()
