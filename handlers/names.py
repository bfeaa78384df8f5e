"""Names that two sides have to spell alike: the program that deploys and the functions that run.

The infrastructure sets the environment keys and filters on the job metadata; operators read the
message attributes. A name that stands in one place cannot drift.
"""

from enum import StrEnum
from typing import Final

SUBMIT_JOB_HANDLER: Final = "handlers.submit_job.lambda_handler"
"""Lambda's handler string of submit_job."""

JOB_DOCUMENT_FILE: Final = "job.json"
"""The branch's job document, at the root of the function's archive, beside `handlers/`."""


class Environment(StrEnum):
    """Environment keys of submit_job."""

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
