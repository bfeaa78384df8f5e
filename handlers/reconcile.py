"""reconcile: finds what was lost on the way and sends it on, on a schedule and on demand.

    event                                        what it does
    -------------------------------------------  ------------------------------------------------
    {"task": "ledger"}                           helps on whatever stands still in the ledger
    {"task": "uploads"}                          asks for uploads that the ledger never heard of
    {"task": "backfill", "preset": "480p"}       asks one branch for all that its bucket lacks
    {"task": "render-again", "preset": "480p",   asks one branch for all again under a prefix, or
     "prefix": "trips/", "place": ""}            for one `key`: only on an operator's demand

Besides, each takes `"dry_run": true` (count only) and `"patience"`, the seconds that anything may
stand still or a notice take (0: an operator's "now"); all but the first take `"place"`, where an
earlier answer stopped. Without it they go on where the run before stopped.

The answer counts what was done and what was left alone and why, and says whether it is `finished`;
if not, invoke it again. To run it twice is safe: what it asks for goes through the branches'
queues, and the ledger knows it.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from handlers import clients
from handlers.duties import Duties
from handlers.inventory import GRACE, Inventory, Search
from handlers.ledger import Ledger
from handlers.ledger.branches import Branch
from handlers.ledger.items import unix_time
from handlers.mediaconvert.jobs import Jobs
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.pauses import Pauses
from handlers.searches import Backfill, LostUploads, RenderAgain
from handlers.settings import ReconcileSettings
from handlers.sweep import Sweep
from handlers.time_limits import LIST_TIMEOUT

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_mediaconvert import MediaConvertClient
    from types_boto3_s3 import S3Client

RESERVED_MS: Final = 30_000
"""Milliseconds of the function's time in which nothing new is begun: a page of a listing, or one
item with every service slow, takes less."""


class Task(StrEnum):
    """What reconcile can be asked to do."""

    LEDGER = "ledger"
    UPLOADS = "uploads"
    BACKFILL = "backfill"
    RENDER_AGAIN = "render-again"


class RequestError(ValueError):
    """The event asks for something that reconcile does not do."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What the function has at hand in every invocation."""

    settings: ReconcileSettings
    ledger: Ledger
    duties: Duties
    mediaconvert: "MediaConvertClient"
    s3: "S3Client"
    now: Callable[[], int]
    """The clock: Unix time in seconds."""
    sleep: Callable[[float], None] = time.sleep
    """Waits for a number of seconds."""
    stopwatch: Callable[[], float] = time.monotonic
    """Seconds from any beginning."""


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Do one task. Lambda's entry point."""
    return handler(
        event, cold_start(), lambda: context.get_remaining_time_in_millis() > RESERVED_MS
    )


@cache
def cold_start() -> Runtime:
    """Read the environment and make the clients, once.

    Raises:
        SettingsError: The environment is incomplete.
    """
    settings = ReconcileSettings.from_environment(os.environ)
    ledger = Ledger.open(clients.dynamodb_client(), settings)
    s3 = clients.s3_client(LIST_TIMEOUT)
    return Runtime(
        settings=settings,
        ledger=ledger,
        duties=Duties(ledger, clients.sqs_client(), clients.sns_client(), settings, s3),
        mediaconvert=clients.mediaconvert_client(),
        s3=s3,
        now=unix_time,
    )


def handler(
    event: Mapping[str, Any], runtime: Runtime, has_time: Callable[[], bool]
) -> dict[str, Any]:
    """Do one task, as far as the time allows, and count what was done.

    Args:
        event: What is asked for.
        runtime: What it takes.
        has_time: Tells whether there is time for more.

    Raises:
        RequestError: The event is not one of those above.
        ClientError, BotoCoreError: A service refused what the task as a whole needs.
    """
    match event.get("task"):
        case Task.LEDGER:
            answer = _sweep(event, runtime, has_time)
        case Task.UPLOADS | Task.BACKFILL | Task.RENDER_AGAIN:
            answer = _take_inventory(event, runtime, has_time)
        case unknown:
            raise RequestError(
                f"The event's task is {unknown!r}; expected one of {', '.join(Task)}."
            )
    logger.info("Reconciled", extra={"task": event["task"], "answer": answer})
    return answer


def _sweep(
    event: Mapping[str, Any], runtime: Runtime, has_time: Callable[[], bool]
) -> dict[str, Any]:
    sweep = Sweep(
        ledger=runtime.ledger,
        duties=runtime.duties,
        outcome=Outcome(ledger=runtime.ledger, duties=runtime.duties),
        jobs=Jobs(mediaconvert=runtime.mediaconvert, fanout=runtime.settings.fanout),
        now=runtime.now(),
        patience=event.get("patience"),
        dry_run=event.get("dry_run", False),
        has_time=has_time,
        pauses=Pauses(has_time, runtime.sleep),
        clock=runtime.stopwatch,
    )
    finished = sweep.run()
    return {"finished": finished, **sweep.counts}


def _take_inventory(
    event: Mapping[str, Any], runtime: Runtime, has_time: Callable[[], bool]
) -> dict[str, Any]:
    pauses = Pauses(has_time, runtime.sleep)
    name, search = _search(event, runtime, pauses)
    dry_run = event.get("dry_run", False)
    bookmark = runtime.ledger.progress.bookmark(name)
    is_told = "place" in event
    inventory = Inventory(
        duties=runtime.duties,
        s3=runtime.s3,
        bucket=runtime.settings.input_bucket,
        suffixes=runtime.settings.suffixes,
        now=runtime.now(),
        dry_run=dry_run,
        has_time=has_time,
        pauses=pauses,
        save=(lambda _: None) if is_told or dry_run else bookmark.move,
        prefix=event.get("key") or event.get("prefix") or "",
    )
    place = inventory.run(search, event["place"] if is_told else bookmark.place)
    return {"finished": inventory.is_finished, "place": place, **inventory.counts}


def _search(event: Mapping[str, Any], runtime: Runtime, pauses: Pauses) -> tuple[str, Search]:
    """Read what is to be looked for, and the name under which its place is kept."""
    ledger, patience = runtime.ledger, event.get("patience", GRACE)
    if event["task"] == Task.UPLOADS:
        branches = ledger.branches.all()
        return Task.UPLOADS, LostUploads(
            ledger=ledger, branches=branches, pauses=pauses, s3=runtime.s3, patience=patience
        )
    branch = _branch(event.get("preset"), ledger)
    if event["task"] == Task.BACKFILL:
        return f"backfill#{branch.preset}", Backfill(
            ledger=ledger, branch=branch, pauses=pauses, s3=runtime.s3, patience=patience
        )
    if "place" not in event:
        raise RequestError("The event of render-again lacks a place; expected one, at first ''.")
    key = event.get("key")
    return event["task"], RenderAgain(ledger=ledger, branch=branch, pauses=pauses, key=key)


def _branch(preset: object, ledger: Ledger) -> Branch:
    branches = ledger.branches.all()
    for branch in branches:
        if branch.preset == preset:
            return branch
    known = ", ".join(branch.preset for branch in branches)
    raise RequestError(f"The event's preset is {preset!r}; the fan-out has {known}.")


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # In Lambda, before the first event: the time to start is not taken from the function's timeout.
    cold_start()
