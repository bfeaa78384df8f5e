"""What every resource will be called in AWS, checked before the first one is made.

Pulumi makes a physical name of a resource's logical one. AWS's limits for it are short where the
names are long: a role has 64 characters, of which the fan-out's name may take 40.

The names are listed here and not gathered from the resources: a resource is on its way to the
engine as soon as it is constructed, and what fails there hides an error of the program. A test
compares this list with what the program asks for.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from components.aws_requests import check_name, longest_name, operation
from components.presets import Preset
from components.wording import shown

AUTO_NAME_ENDING: Final = "-xxxxxxx"
"""Stands for what Pulumi's auto-naming adds: a hyphen and seven hex digits.
https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming"""

_BUCKET: Final = "aws:s3/bucket:Bucket"


class _Kind(NamedTuple):
    spoken: str
    limit: str
    """The service, the operation that creates it, and the member that takes the name."""
    of_fanout: tuple[str, ...] = ()
    of_preset: tuple[str, ...] = ()
    """Endings behind the fan-out's name; `{}` is the preset's."""


_KINDS: Final = {
    "aws:cloudwatch/eventRule:EventRule": _Kind(
        *("EventBridge rule", "events PutRule Name"),
        of_fanout=("outcome-of-jobs", "reconcile-ledger", "reconcile-uploads"),
    ),
    # Those of the topic's deliveries are not here: SNS names them, after the topic.
    "aws:cloudwatch/logGroup:LogGroup": _Kind(
        *("log group", "logs CreateLogGroup logGroupName"),
        of_fanout=("outcome-logs", "reconcile-logs"),
        of_preset=("{}-logs",),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _Kind(
        *("CloudWatch alarm", "cloudwatch PutMetricAlarm AlarmName"),
        of_fanout=("outcome-dlq-holds-messages", "reconcile-does-not-run", "reconcile-fails"),
        of_preset=("{}-dlq-holds-messages", "{}-is-not-keeping-up", "{}-waits-too-long"),
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _Kind(
        *("metric filter", "logs PutMetricFilter filterName"),
        of_fanout=("reconcile-tells-oldest-waits",),
    ),
    "aws:dynamodb/table:Table": _Kind(
        "DynamoDB table", "dynamodb CreateTable TableName", of_fanout=("ledger",)
    ),
    "aws:iam/role:Role": _Kind(
        *("IAM role", "iam CreateRole RoleName"),
        of_fanout=("outcome-function", "reconcile-function", "topic-logs"),
        of_preset=("{}-function", "{}-pipeline"),
    ),
    "aws:iam/rolePolicy:RolePolicy": _Kind(
        *("IAM policy", "iam PutRolePolicy PolicyName"),
        of_fanout=(
            "outcome-function-records-outcomes",
            "reconcile-function-finds-what-was-lost",
            "topic-logs-deliveries",
        ),
        of_preset=(
            "{}-function-decrypts-uploads",
            "{}-function-reads-uploads",
            "{}-function-submits-jobs",
            "{}-pipeline-decrypts-uploads",
            "{}-pipeline-transcodes",
        ),
    ),
    "aws:lambda/function:Function": _Kind(
        *("Lambda function", "lambda CreateFunction FunctionName"),
        of_fanout=("outcome", "reconcile"),
        of_preset=("{}",),
    ),
    "aws:lambda/permission:Permission": _Kind(
        *("Lambda permission", "lambda AddPermission StatementId"),
        of_fanout=("reconcile-ledger-invokes-function", "reconcile-uploads-invokes-function"),
    ),
    _BUCKET: _Kind(
        *("S3 bucket", "s3 CreateBucket Bucket"), of_fanout=("input",), of_preset=("output-{}",)
    ),
    "aws:sns/topic:Topic": _Kind(
        "SNS topic", "sns CreateTopic Name", of_fanout=("completed", "topic")
    ),
    "aws:sqs/queue:Queue": _Kind(
        *("SQS queue", "sqs CreateQueue QueueName"),
        of_fanout=("outcome", "outcome-dlq"),
        of_preset=("{}", "{}-dlq"),
    ),
}
"""Every type of resource whose name AWS limits. For MediaConvert queues it documents no limit."""


class Name(NamedTuple):
    """A resource and its name."""

    type: str
    """Pulumi's token."""
    logical: str
    preset: str | None
    """The preset whose name is part of it."""


def names(fanout: str, presets: Sequence[Preset]) -> Iterator[Name]:
    """Yield every resource that AWS calls by a name, under the logical name that Pulumi knows.

    Args:
        fanout: the component's name.
        presets: its presets.
    """
    for token, kind in _KINDS.items():
        for ending in kind.of_fanout:
            yield Name(token, f"{fanout}-{ending}", None)
        for preset in presets:
            for ending in kind.of_preset:
                yield Name(token, f"{fanout}-{ending.format(preset.name)}", preset.name)


def name_problems(fanout: str, presets: Sequence[Preset]) -> list[str]:
    """Say which resources AWS would not take by the name that they would have.

    Args:
        fanout: the component's name.
        presets: its presets.

    Returns:
        A sentence for each; those that are longest by most come first.
    """
    found = [
        problem
        for name in names(fanout, presets)
        for problem in _problems(name, fanout, _physical(name))
    ]
    found.sort(key=lambda problem: -problem[0])
    return [sentence for _, sentence in found]


def _physical(name: Name) -> str:
    # Pulumi's provider writes a bucket's name in lower case.
    logical = name.logical.lower() if name.type == _BUCKET else name.logical
    return f"{logical}{AUTO_NAME_ENDING}"


def _problems(name: Name, fanout: str, physical: str) -> Iterator[tuple[int, str]]:
    kind = _KINDS[name.type]
    service, creates, member = kind.limit.split()
    model = operation(service, creates)
    parts = f"the fan-out's name {shown(fanout)}"
    if name.preset is not None:
        parts += f" or the preset's name {shown(name.preset)}"
    longest = longest_name(model, member)
    if longest is not None and len(physical) > longest:
        excess = len(physical) - longest
        sentence = (
            f"the {kind.spoken} {physical} would have {len(physical)} characters, {excess} more "
            f"than the {longest} that AWS allows; shorten {parts}"
        )
        yield excess, sentence
    for problem in check_name(physical, model, member):
        yield 0, f"the {kind.spoken} cannot be called so: {problem.sentence} Change {parts}"
