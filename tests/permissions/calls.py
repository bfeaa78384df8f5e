"""Who may do what: the table that every policy of the program is held against.

Whatever is not a row here is denied. `{}` stands for each preset in turn, and for the same one
wherever it stands in a row.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from tests.components.conftest import stack
from tests.engine import ACCOUNT, KEY_ARN, PHYSICAL_SUFFIX, REGION, ROOT, Program
from tests.permissions.evaluation import Caller, Target

PRESETS: Final = ("720p", "1080p", "stream")
SEGMENTED: Final = "stream"
"""The preset whose files have numbers, so that surplus ones are removed."""

UPLOAD_KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-1111-1111-1111-111111111111"
ANOTHER_KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/22222222-2222-2222-2222-222222222222"
BRAND: Final = "brand"
"""A bucket of the user's own."""

OTHER_ACCOUNT: Final = "999988887777"

_OF_THE_ACCOUNT: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}

USERS_OWN: Final = {key: {"Statement": [_OF_THE_ACCOUNT]} for key in (UPLOAD_KEY, ANOTHER_KEY)}
"""Policies that are not the program's: keys that leave the decision to the account's identities."""


class Row(NamedTuple):
    """Something that is allowed."""

    caller: str
    may: str
    """Actions."""
    on: str
    """The target."""
    option: str = ""
    """The argument of the fan-out, or the field of the preset, without which it is denied."""


_QUEUE: Final = "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes"
_ITEMS: Final = (
    "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:Query"
)
_LOGS: Final = "logs:CreateLogStream logs:PutLogEvents"
_JOBS: Final = "mediaconvert:GetJob mediaconvert:CancelJob"
_KEY: Final = "kms:Decrypt kms:GenerateDataKey"
_LOG_KEY: Final = (
    f"{_KEY} kms:Encrypt kms:ReEncryptFrom kms:ReEncryptTo kms:GenerateDataKeyWithoutPlaintext "
    "kms:DescribeKey"
)

WHATEVER_FOR: Final = "key of the stack, whatever for"
"""Stands for every target that is the key of the stack."""

ALLOWED: Final = (
    Row("submit_job of {}", f"{_QUEUE} sqs:ChangeMessageVisibility", "queue of {}"),
    Row("submit_job of {}", "sqs:SendMessage", "queue of {}"),
    Row("submit_job of {}", "sqs:SendMessage", "dead-letter queue of {}"),
    Row("submit_job of {}", "mediaconvert:CreateJob mediaconvert:ListJobs", "pipeline of {}"),
    Row("submit_job of {}", _JOBS, "any job of the account"),
    Row("submit_job of {}", "iam:PassRole", "role of pipeline {}, to MediaConvert"),
    Row("submit_job of {}", "s3:ListBucketVersions", "input bucket"),
    Row("submit_job of {}", "s3:ListBucket", "output bucket of {}"),
    Row("submit_job of {}", "s3:GetObject", "rendition of {}"),
    Row("submit_job of {}", _ITEMS, "ledger"),
    Row("submit_job of {}", "sns:Publish", "completed topic"),
    Row("submit_job of {}", _LOGS, "log of submit_job of {}"),
    Row("submit_job of {}", "mediaconvert:Probe", "what has no ARN", "max_upload_seconds"),
    Row("submit_job of {}", "s3:GetObject", "upload", "max_upload_seconds"),
    Row(
        *("submit_job of {}", "kms:Decrypt", "key of uploads, through S3 for the input bucket"),
        "max_upload_seconds, input_kms_key_arns",
    ),
    Row("pipeline {}", "s3:GetObject", "upload"),
    Row("pipeline {}", "s3:PutObject", "rendition of {}"),
    Row(
        *("pipeline {}", "kms:Decrypt", "key of uploads, through S3 for the input bucket"),
        "input_kms_key_arns",
    ),
    Row("pipeline 720p", "s3:GetObject", "logo in a bucket of the user", "extra_read_buckets"),
    Row("job_outcome", _QUEUE, "outcome queue"),
    Row("job_outcome", _ITEMS, "ledger"),
    Row("job_outcome", "sns:Publish", "completed topic"),
    Row("job_outcome", "sqs:SendMessage", "queue of {}"),
    Row("job_outcome", "sqs:SendMessage", "dead-letter queue of {}"),
    Row("job_outcome", "s3:ListBucket", f"output bucket of {SEGMENTED}", "kind: hls"),
    Row("job_outcome", "s3:DeleteObject", f"rendition of {SEGMENTED}", "kind: hls"),
    Row("job_outcome", _LOGS, "log of job_outcome"),
    Row("reconcile", "s3:ListBucketVersions", "input bucket"),
    Row("reconcile", "s3:ListBucket", "output bucket of {}"),
    Row("reconcile", "s3:DeleteObject", f"rendition of {SEGMENTED}", "kind: hls"),
    Row("reconcile", _JOBS, "any job of the account"),
    Row("reconcile", _ITEMS, "ledger"),
    Row("reconcile", "dynamodb:Query", "index of what is open"),
    Row("reconcile", "dynamodb:Query", "index of what waits"),
    Row("reconcile", "sns:Publish", "completed topic"),
    Row("reconcile", "sqs:SendMessage", "queue of {}"),
    Row("reconcile", "sqs:SendMessage", "dead-letter queue of {}"),
    Row("reconcile", _LOGS, "log of reconcile"),
    Row("role of delivery logs", _LOGS, "log of deliveries"),
    Row("role of delivery logs", _LOGS, "log of failed deliveries"),
    Row("S3, for the input bucket", "sns:Publish", "topic"),
    Row("SNS, for the topic", "sqs:SendMessage", "queue of {}"),
    Row("SNS, for the topic", "sqs:SendMessage", "dead-letter queue of {}"),
    Row("SNS, for the topic", "sts:AssumeRole", "role of delivery logs"),
    Row("SNS, for another topic", "sts:AssumeRole", "role of delivery logs"),
    Row("EventBridge, for the rule on jobs", "sqs:SendMessage", "outcome queue"),
    Row("EventBridge, for the rule on jobs", "sqs:SendMessage", "outcome dead-letter queue"),
    Row("EventBridge, for the ledger's schedule", "lambda:InvokeFunction", "function reconcile"),
    Row("EventBridge, for the uploads' schedule", "lambda:InvokeFunction", "function reconcile"),
    Row("MediaConvert, for pipeline {}", "sts:AssumeRole", "role of pipeline {}"),
    Row("Lambda", "sts:AssumeRole", "role of submit_job of {}"),
    Row("Lambda", "sts:AssumeRole", "role of job_outcome"),
    Row("Lambda", "sts:AssumeRole", "role of reconcile"),
    *(
        Row(caller, _KEY, f"key of the stack, through {service}", "create_key")
        for caller in ("submit_job of {}", "job_outcome", "reconcile")
        for service in ("DynamoDB", "SNS", "SQS")
    ),
    Row(
        *("submit_job of {}", "kms:Decrypt", "key of the stack, through S3 for uploads"),
        "max_upload_seconds, create_key",
    ),
    Row(
        *("submit_job of {}", "kms:Decrypt", "key of the stack, through S3 for renditions of {}"),
        "create_key",
    ),
    Row("pipeline {}", "kms:Decrypt", "key of the stack, through S3 for uploads", "create_key"),
    Row("pipeline {}", _KEY, "key of the stack, through S3 for renditions of {}", "create_key"),
    Row("S3, for the input bucket", _KEY, WHATEVER_FOR, "create_key"),
    Row("SNS, for the topic", _KEY, WHATEVER_FOR, "create_key"),
    Row("EventBridge, for the rule on jobs", _KEY, WHATEVER_FOR, "create_key"),
    Row("CloudWatch Logs", _LOG_KEY, "key of the stack, for a log of a function", "create_key"),
    Row("CloudWatch Logs", _LOG_KEY, "key of the stack, for a log of deliveries", "create_key"),
)
"""All that is allowed, with every option set."""

DENIED: Final = (
    ("submit_job of 720p", "iam:PassRole", "role of pipeline 1080p, to MediaConvert"),
    ("submit_job of 720p", "iam:PassRole", "role of pipeline 720p, to another service"),
    ("submit_job of 720p", "sqs:ReceiveMessage", "queue of 1080p"),
    ("submit_job of 720p", "mediaconvert:CreateJob", "pipeline of 1080p"),
    ("submit_job of 720p", "s3:PutObject", "rendition of 720p"),
    ("submit_job of 720p", "s3:PutObject", "upload"),
    ("submit_job of 720p", "dynamodb:DeleteItem", "ledger"),
    ("submit_job of 720p", "kms:Decrypt", "key of uploads, not through S3"),
    ("submit_job of 720p", "kms:Decrypt", "key of the stack, directly"),
    ("submit_job of 720p", "kms:Decrypt", "key of the stack, through S3 for renditions of 1080p"),
    ("pipeline 720p", "kms:GenerateDataKey", "key of the stack, through S3 for uploads"),
    ("pipeline 720p", "kms:Decrypt", "key of the stack, through S3 for renditions of 1080p"),
    ("S3, for another bucket", "kms:GenerateDataKey", "key of the stack, directly"),
    ("SNS, for another topic", "kms:GenerateDataKey", "key of the stack, directly"),
    ("CloudWatch Logs", "kms:Decrypt", "key of the stack, for another log"),
    ("another role of the account", "kms:Decrypt", "key of the stack, through S3 for uploads"),
    ("role of another account", "kms:Decrypt", "key of the stack, through S3 for uploads"),
    ("pipeline 720p", "s3:PutObject", "rendition of 1080p"),
    ("pipeline 720p", "s3:PutObject", "upload"),
    ("pipeline 720p", "s3:DeleteObject", "rendition of 720p"),
    ("job_outcome", "s3:DeleteObject", "rendition of 720p"),
    ("reconcile", "s3:DeleteObject", "upload"),
    ("reconcile", "s3:GetObject", "rendition of 720p"),
    ("S3, for another bucket", "sns:Publish", "topic"),
    ("S3, for a bucket of another account", "sns:Publish", "topic"),
    ("SNS, for another topic", "sqs:SendMessage", "queue of 720p"),
    ("EventBridge, for another rule", "sqs:SendMessage", "outcome queue"),
    ("EventBridge, for another rule", "lambda:InvokeFunction", "function reconcile"),
    ("MediaConvert, for pipeline 1080p", "sts:AssumeRole", "role of pipeline 720p"),
    ("MediaConvert, in another account", "sts:AssumeRole", "role of pipeline 720p"),
    ("role of another account", "sns:Publish", "topic"),
    ("role of another account", "sqs:SendMessage", "queue of 720p"),
    ("role of another account", "s3:PutObject", "upload"),
    ("nobody that AWS knows", "s3:PutObject", "upload"),
    ("nobody that AWS knows", "s3:GetObject", "rendition of 720p"),
    ("another role of the account", "s3:GetObject", "rendition of 720p"),
)
"""What somebody may wonder about; it is denied like everything that is no row of `ALLOWED`."""

NEVER: Final = (
    *("s3:DeleteBucket", "s3:PutBucketPolicy", "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
    *("sqs:PurgeQueue", "sqs:SetQueueAttributes", "sns:Subscribe", "sns:SetTopicAttributes"),
    *("dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:DeleteTable"),
    *("mediaconvert:UpdateQueue", "mediaconvert:DeleteQueue", "lambda:UpdateFunctionCode"),
    *("iam:PutRolePolicy", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "logs:DeleteLogGroup"),
)
"""What would do damage and is in no policy; it is judged beside the actions of the policies."""


@cache
def largest() -> Program:
    """The program with every option that makes a policy."""
    return stack(
        presets=[
            {"name": "720p", "settings": _with_logo(), "extra_read_buckets": [BRAND]},
            {"name": "1080p"},
            {"name": SEGMENTED, "kind": "hls"},
        ],
        max_upload_seconds=60,
        input_kms_key_arns=[UPLOAD_KEY],
        create_key=True,
    )


def _with_logo() -> Any:
    """The first preset as a job of the user's own, which reads a picture from `BRAND`."""
    exported = ROOT / "tests/components/presets/job_documents/720p.json"
    job = json.loads(exported.read_text(encoding="utf-8"))
    [group] = job["Settings"]["OutputGroups"]
    group["Outputs"][0]["VideoDescription"]["VideoPreprocessors"] = {
        "ImageInserter": {"InsertableImages": [{"ImageInserterInput": f"s3://{BRAND}/logo.png"}]}
    }
    return job


def allowed() -> set[tuple[str, str, str]]:
    """Caller, action and target of every call of `ALLOWED`."""
    return {
        (row.caller.format(preset), action, target)
        for row in ALLOWED
        for preset in PRESETS
        for action in row.may.split()
        for target in _meant(row.on.format(preset))
    }


def boundary_actions() -> list[str]:
    """What the roles of the program do, and so what a permissions boundary has to allow."""
    roles = {name for name, caller in callers().items() if caller.role_arn is not None}
    return sorted({action for caller, action, _ in allowed() if caller in roles})


def _meant(target: str) -> list[str]:
    return [key.name for key in _of_the_key()] if target == WHATEVER_FOR else [target]


def _role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/videoconverter-{name}{PHYSICAL_SUFFIX}"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}{PHYSICAL_SUFFIX}"


def _bucket(name: str) -> str:
    return f"arn:aws:s3:::videoconverter-{name}{PHYSICAL_SUFFIX}"


def callers() -> Mapping[str, Caller]:
    """Everybody who can be imagined to call, by name."""
    return {caller.name: caller for caller in _callers()}


def _callers() -> Iterator[Caller]:
    for preset in PRESETS:
        yield Caller(f"submit_job of {preset}", role_arn=_role(f"{preset}-function"))
        yield Caller(f"pipeline {preset}", role_arn=_role(f"{preset}-pipeline"))
        pipeline = _arn("mediaconvert", f"queues/videoconverter-{preset}")
        yield _service("MediaConvert", f", for pipeline {preset}", pipeline, ACCOUNT)
        # No such call is known; AWS asks for both conditions, and so each is tried alone.
        yield _service("MediaConvert", f", as if for pipeline {preset}", pipeline, OTHER_ACCOUNT)
    yield Caller("job_outcome", role_arn=_role("outcome-function"))
    yield Caller("reconcile", role_arn=_role("reconcile-function"))
    yield Caller("role of delivery logs", role_arn=_role("topic-logs"))
    yield Caller("another role of the account", role_arn=_role("of-a-person"))
    yield Caller("role of another account", role_arn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/of-them")
    yield Caller("nobody that AWS knows")
    foreign = _arn("mediaconvert", "queues/videoconverter-720p").replace(ACCOUNT, OTHER_ACCOUNT)
    yield _service("MediaConvert", ", in another account", foreign, OTHER_ACCOUNT)
    yield _service("S3", ", for the input bucket", _bucket("input"), ACCOUNT)
    yield _service("S3", ", for another bucket", _bucket("output-720p"), ACCOUNT)
    yield _service("S3", ", for a bucket of another account", _bucket("input"), OTHER_ACCOUNT)
    yield _service("SNS", ", for the topic", _arn("sns", "videoconverter-topic"), None)
    yield _service("SNS", ", for another topic", _arn("sns", "videoconverter-completed"), None)
    yield _service("Lambda", "", None, None)
    yield _service("CloudWatch Logs", "", None, None)
    for name, rule in (
        ("the rule on jobs", "videoconverter-outcome-of-jobs"),
        ("the ledger's schedule", "videoconverter-reconcile-ledger"),
        ("the uploads' schedule", "videoconverter-reconcile-uploads"),
        ("another rule", "of-another-stack"),
    ):
        yield _service("EventBridge", f", for {name}", _arn("events", f"rule/{rule}"), None)


_PRINCIPALS: Final = {
    "S3": "s3.amazonaws.com",
    "SNS": "sns.amazonaws.com",
    "Lambda": "lambda.amazonaws.com",
    "CloudWatch Logs": f"logs.{REGION}.amazonaws.com",
    "EventBridge": "events.amazonaws.com",
    "MediaConvert": "mediaconvert.amazonaws.com",
}


def _service(name: str, reason: str, source: str | None, account: str | None) -> Caller:
    known = {"aws:SourceArn": source, "aws:SourceAccount": account}
    context = {key: value for key, value in known.items() if value is not None}
    return Caller(f"{name}{reason}", service=_PRINCIPALS[name], context=context)


def targets() -> Mapping[str, Target]:
    """Everything that can be called, by name."""
    return {target.name: target for target in _targets()}


def _targets() -> Iterator[Target]:
    for preset in PRESETS:
        output = _bucket(f"output-{preset}")
        yield Target(f"output bucket of {preset}", output)
        yield Target(f"rendition of {preset}", f"{output}/a.mp4")
        yield Target(f"queue of {preset}", _arn("sqs", f"videoconverter-{preset}"))
        yield Target(f"dead-letter queue of {preset}", _arn("sqs", f"videoconverter-{preset}-dlq"))
        pipeline = _arn("mediaconvert", f"queues/videoconverter-{preset}")
        yield Target(f"pipeline of {preset}", pipeline)
        yield from _passed(f"role of pipeline {preset}", _role(f"{preset}-pipeline"))
        yield from _function(f"submit_job of {preset}", preset)
    yield from _function("job_outcome", "outcome")
    yield from _function("reconcile", "reconcile")
    yield Target("role of delivery logs", _role("topic-logs"))
    yield Target("input bucket", _bucket("input"))
    yield Target("upload", f"{_bucket('input')}/a.mp4")
    yield Target("logo in a bucket of the user", f"arn:aws:s3:::{BRAND}/logo.png")
    yield Target("outcome queue", _arn("sqs", "videoconverter-outcome"))
    yield Target("outcome dead-letter queue", _arn("sqs", "videoconverter-outcome-dlq"))
    yield Target("topic", _arn("sns", "videoconverter-topic"))
    yield Target("completed topic", _arn("sns", "videoconverter-completed"))
    ledger = _arn("dynamodb", "table/videoconverter-ledger")
    yield Target("ledger", ledger)
    yield Target("index of what is open", f"{ledger}/index/open")
    yield Target("index of what waits", f"{ledger}/index/wait")
    yield Target("another table", _arn("dynamodb", "table/of-another-stack"))
    yield Target("index of another table", _arn("dynamodb", "table/of-another-stack") + "/index/a")
    yield Target("any job of the account", f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}:jobs/1")
    yield Target("job of another region", f"arn:aws:mediaconvert:us-west-2:{ACCOUNT}:jobs/1")
    yield Target("what has no ARN", "*")
    topic = f"videoconverter-topic{PHYSICAL_SUFFIX}"
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:sns/{REGION}/{ACCOUNT}/{topic}"
    yield Target("log of deliveries", f"{group}:log-stream:1")
    yield Target("log of failed deliveries", f"{group}/Failure:log-stream:1")
    yield from _of_the_key()
    yield from _of_the_key("another key", ANOTHER_KEY)
    for name, context in (
        ("through S3 for the input bucket", _encrypts(_bucket("input")) | _through("S3")),
        ("through S3 for an output bucket", _encrypts(_bucket("output-720p")) | _through("S3")),
        ("not through S3", _encrypts(_bucket("input"))),
    ):
        yield Target(f"key of uploads, {name}", UPLOAD_KEY, context)


def _of_the_key(name: str = "key of the stack", arn: str = KEY_ARN) -> Iterator[Target]:
    yield Target(f"{name}, directly", arn)
    for service in ("DynamoDB", "SNS", "SQS"):
        yield Target(f"{name}, through {service}", arn, _through(service))
    for objects, bucket in (
        ("uploads", "input"),
        *((f"renditions of {preset}", f"output-{preset}") for preset in PRESETS),
    ):
        context = _encrypts(_bucket(bucket))
        yield Target(f"{name}, through S3 for {objects}", arn, context | _through("S3"))
        yield Target(f"{name}, directly for {objects}", arn, context)
    topic = f"sns/{REGION}/{ACCOUNT}/videoconverter-topic"
    for what, log in (
        ("a log of a function", "videoconverter-720p-logs"),
        ("a log of deliveries", f"{topic}{PHYSICAL_SUFFIX}/Failure"),
        ("another log", "/aws/lambda/another"),
    ):
        context = {"kms:EncryptionContext:aws:logs:arn": _arn("logs", f"log-group:{log}")}
        yield Target(f"{name}, for {what}", arn, context)


def _through(service: str) -> dict[str, str]:
    return {"kms:ViaService": f"{service.lower()}.{REGION}.amazonaws.com"}


def _encrypts(bucket: str) -> dict[str, str]:
    return {"kms:EncryptionContext:aws:s3:arn": f"{bucket}/a.mp4"}


def _passed(name: str, role: str) -> Iterator[Target]:
    yield Target(name, role)
    for service, principal in (("MediaConvert", "mediaconvert"), ("another service", "lambda")):
        context = {"iam:PassedToService": f"{principal}.amazonaws.com"}
        yield Target(f"{name}, to {service}", role, context)


def _function(name: str, logical: str) -> Iterator[Target]:
    yield Target(f"function {name}", _arn("lambda", f"function:videoconverter-{logical}"))
    yield Target(f"role of {name}", _role(f"{logical}-function"))
    log = _arn("logs", f"log-group:videoconverter-{logical}-logs")
    yield Target(f"log of {name}", f"{log}:log-stream:1")


def applies(action: str, target: Target) -> bool:
    """Whether the action could be called on the target at all."""
    service = target.arn.split(":")[2] if target.arn != "*" else "mediaconvert"
    prefix, name = action.split(":")
    if name in {"AssumeRole", "PassRole"}:
        return service == "iam" and (name == "PassRole") == bool(target.context)
    return prefix == service and (name == "Probe") == (target.arn == "*")
