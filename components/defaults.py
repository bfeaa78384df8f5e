"""Every number of the infrastructure, once, with its unit and its reason.

A number that a user may change is the default of an argument of `TranscodeFanout`: to change it
here is a breaking change, which belongs in CHANGELOG.md.
"""

from typing import Final

DAY_SECONDS: Final = 86_400

MESSAGE_RETENTION_SECONDS: Final = 14 * DAY_SECONDS
"""How long a queue keeps a message, and so how long an outage may last. The most SQS allows."""

FUNCTION_TIMEOUT_SECONDS: Final = 10
"""How long a function may work on a batch. CreateJob answers in about a second; a call that
hangs should free its messages soon."""

FUNCTION_MEMORY_MB: Final = 512
"""Memory of a function, which also sets its share of a CPU: a cold start is mostly imports."""

VISIBILITY_FACTOR: Final = 6
"""A queue hides a message for this many function timeouts, as the Lambda guide asks: a batch that
is throttled or slow must not be handed to a second function meanwhile."""

CLAIM_FACTOR: Final = 2
"""A claim in the ledger without a job is taken for left behind after this many visibility timeouts:
a function that is late by that much is dead, and its message has been delivered again."""

BATCH_SIZE: Final = 10
"""Messages per invocation. The most that SQS hands over without a batching window."""

BATCHING_WINDOW_SECONDS: Final = 0
"""How long the mapping waits to fill a batch. An upload is submitted at once."""

MAXIMUM_CONCURRENCY: Final = 2
"""Invocations of one branch at a time. The least AWS accepts; CreateJob is throttled early."""

MAX_RECEIVE_COUNT: Final = 1_000
"""Deliveries before SQS itself gives a message up. SQS carries no reason along, so this is only
the net for crashes; refusals are counted in hours, not in deliveries."""

OUTCOME_MAX_RECEIVE_COUNT: Final = 10
"""Deliveries of a job's outcome before SQS gives it up. `job_outcome` fails only when AWS does, and
`reconcile` asks MediaConvert for what was lost."""

LEDGER_RETENTION_DAYS: Final = 90
"""How long the ledger remembers an upload: longer than a message and its dead letter together."""

RECONCILE_TIMEOUT_SECONDS: Final = 900
"""How long `reconcile` may work. The most Lambda allows; it stops in time and goes on later."""

RECONCILE_SCHEDULES: Final = {"ledger": "rate(15 minutes)", "uploads": "rate(1 hour)"}
"""How often `reconcile` looks through what is not settled, and through the input bucket. The first
reads an index that is nearly empty; the second goes on where the run before stopped, so that its
cost has a limit whatever the bucket's size (`operate estimate --bucket-objects`). S3 Inventory
costs a hundredth of it, but is a day late or two and takes a bucket of its own."""

OLD_MESSAGE_SECONDS: Final = 10 * DAY_SECONDS
"""Age of a waiting message at which an alarm rings: four days are left to look into it."""

ALARM_PERIOD_SECONDS: Final = 300
"""How often an alarm looks. SQS sends its metrics every minute; nothing here is a matter of one."""

LOG_RETENTION_DAYS: Final = 30
"""How long logs are kept: twice the life of a message, so that what still waits is explained."""

DELIVERY_LOG_SAMPLE_PERCENT: Final = 100
"""Share of the topic's successful deliveries that are logged: one line per upload and preset.
Failures always are."""

ABANDONED_UPLOAD_DAYS: Final = 7
"""When the parts of an unfinished upload are removed. Nobody sees them, and they are billed."""

OVERWRITTEN_UPLOAD_DAYS: Final = 14
"""How long an overwritten upload can be restored: as long as a message about it can live."""

SUFFIXES: Final = (".mp4",)
"""Endings of the keys that are transcoded, each in lower and in upper case."""

POWERTOOLS_VERSION: Final = "3.37.0"
"""Version of AWS's public Powertools layer; the tests run the same, from requirements-dev.txt."""

FUNCTION_RUNTIME: Final = "python3.13"
FUNCTION_ARCHITECTURE: Final = "arm64"
"""A fifth cheaper per second than x86_64, and the functions hold no compiled code of their own."""


def visibility_timeout_seconds(function_timeout: int) -> int:
    """How long a delivered message stays hidden, in seconds, for a consumer with this timeout."""
    return VISIBILITY_FACTOR * function_timeout + BATCHING_WINDOW_SECONDS


def claim_seconds(function_timeout: int) -> int:
    """How old a claim without a job has to be before another delivery takes it over, in seconds."""
    return CLAIM_FACTOR * visibility_timeout_seconds(function_timeout)
