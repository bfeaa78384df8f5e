"""Names that two sides have to spell alike: the program that deploys and the functions that run.

The infrastructure sets the environment keys and filters on the job metadata; operators read the
message attributes. A name that stands in one place cannot drift.
"""

from enum import StrEnum
from typing import Final

SUBMIT_JOB_HANDLER: Final = "handlers.submit_job.lambda_handler"
JOB_OUTCOME_HANDLER: Final = "handlers.job_outcome.lambda_handler"
RECONCILE_HANDLER: Final = "handlers.reconcile.lambda_handler"
"""Lambda's handler strings."""

JOB_DOCUMENT_FILE: Final = "job.json"
"""The branch's job document, at the root of submit_job's archive, beside `handlers/`."""

API_MODELS: Final = "models"
"""Folder of submit_job's archive with the model of MediaConvert's API, laid out as botocore's own
`data`."""

LEDGER_INDEX: Final = "open"
"""Secondary index of the ledger: only what still waits for something is in it."""

LEDGER_TTL: Final = "expires_at"
"""Attribute of the ledger by which DynamoDB deletes old items."""

BRANCHES: Final = "branches"
"""Partition of the ledger in which the deployment keeps one item per branch, by preset."""


YES: Final = "true"
"""Value of a message attribute that is either absent or this."""


class Environment(StrEnum):
    """Environment keys of the functions; each reads those that its settings name."""

    FANOUT = "FANOUT"
    """Name of the fan-out, unique per stack: what its jobs carry as metadata."""
    PRESET = "PRESET"
    """Name of the branch's preset."""
    PIPELINE_ARN = "PIPELINE_ARN"
    """ARN of the branch's MediaConvert queue."""
    PIPELINE_ROLE_ARN = "PIPELINE_ROLE_ARN"
    """ARN of the role that the branch's jobs run as."""
    OUTPUT_BUCKET = "OUTPUT_BUCKET"
    """Name of the bucket that the branch's renditions go to."""
    QUEUE_URL = "QUEUE_URL"
    """URL of the queue whose messages the function is given."""
    DEAD_LETTER_QUEUE_URL = "DEAD_LETTER_QUEUE_URL"
    """URL of the queue for what can never become a rendition."""
    MAX_UPLOAD_BYTES = "MAX_UPLOAD_BYTES"
    """The largest upload that becomes a job; 0 for any."""
    MAX_UPLOAD_SECONDS = "MAX_UPLOAD_SECONDS"
    """The longest upload that becomes a job; 0 for any."""
    CLAIM_SECONDS = "CLAIM_SECONDS"
    """Whole seconds after which a claim on the ledger without a job is taken for abandoned; they
    exceed submit_job's timeout by far."""
    LEDGER_TABLE = "LEDGER_TABLE"
    """Name of the ledger's table."""
    LEDGER_RETENTION_DAYS = "LEDGER_RETENTION_DAYS"
    """Whole days after its last change until DynamoDB deletes an item of the ledger."""
    COMPLETED_TOPIC_ARN = "COMPLETED_TOPIC_ARN"
    """ARN of the topic on which renditions and assets are announced."""
    INPUT_BUCKET = "INPUT_BUCKET"
    """Name of the bucket that uploads go to."""
    SUFFIXES = "SUFFIXES"
    """Endings of the keys that are uploads, with commas between them: `.mp4,.MP4`."""


class JobMetadata(StrEnum):
    """UserMetadata keys of a MediaConvert job; each job state event carries them back."""

    FANOUT = "fanout"
    """The fan-out that made the job: what its EventBridge rule filters on."""
    PRESET = "preset"
    """The preset that the job renders."""
    UPLOAD = "upload"
    """Digest of the upload (`Upload.digest`): a key may hold what metadata must not."""
    ATTEMPT = "attempt"
    """Number of the attempt, from 1."""


class MessageAttribute(StrEnum):
    """Message attributes of a dead letter, and of what is put back into a branch's queue."""

    CODE = "code"
    """Why in one word: an AWS error code, a MediaConvert job error code, or one of ours."""
    REASON = "reason"
    """Why in one sentence."""
    KEY = "key"
    """The upload's key, for people: characters that SQS refuses are replaced."""
    JOB_ID = "job_id"
    """The MediaConvert job that failed, when there was one."""
    ATTEMPT = "attempt"
    """Number of the attempt that the message asks for; absent means the first."""
    UNLESS_RENDERED = "unless_rendered"
    """`YES` in a backfill's message: no job when the output bucket has the rendition already."""


class AnnouncementAttribute(StrEnum):
    """Message attributes of an announcement on the completed topic, to filter by."""

    TYPE = "type"
    """`rendition` or `asset`."""
    STATE = "state"
    """A rendition's end: `complete`, `dead` or `canceled`."""
    PRESET = "preset"
    """A rendition's preset."""


class LedgerKey(StrEnum):
    """Key attributes of the ledger's table and of its index."""

    PARTITION = "pk"
    SORT = "sk"
    OPEN = "open"
    """Partition of the index: the item's own sort key."""
    SINCE = "since"
    """Sort key of the index: when the item last changed, in seconds of Unix time."""


class BranchAttribute(StrEnum):
    """Attributes of a branch's item in the ledger."""

    QUEUE_URL = "queue_url"
    DEAD_LETTER_QUEUE_URL = "dead_letter_queue_url"


class Count(StrEnum):
    """What reconcile counts in the input bucket, besides what it leaves alone and why."""

    LOOKED_AT = "looked_at"
    """Uploads that were looked at."""
    ASKED_FOR = "asked_for"
    """Messages that were sent, or would be in a dry run."""
    MEASURED_SECONDS = "measured_seconds"
    """Seconds of video asked for in uploads that were rendered before, whose length is known."""
    UNMEASURED = "unmeasured"
    """The other uploads asked for."""
    UNMEASURED_BYTES = "unmeasured_bytes"
    """Their size."""
