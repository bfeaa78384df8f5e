"""A Lambda function with a role and a log group of its own, fed by a queue."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, Resource

from components import defaults, policies
from components.roles import role
from components.scope import Scope

_PROJECT = Path(__file__).parent.parent


class Identity:
    """Who a function is: its role and its log group, both there before the function."""

    def __init__(self, scope: Scope, name: str) -> None:
        """Create them.

        Args:
            scope: what the function belongs to.
            name: the logical name of the function.
        """
        self.role = role(
            scope, f"{name}-function", policies.service_may_assume("lambda.amazonaws.com")
        )
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            retention_in_days=scope.log_retention_days,
            kms_key_id=scope.key_arn,
            tags=scope.tags,
            opts=scope.options(),
        )


def package(
    texts: Mapping[str, str], files: Mapping[str, Path] | None = None
) -> pulumi.AssetArchive:
    """The archive of a function: the package `handlers`, file by file, and what is given.

    A whole folder would bring compiled files along, and with them a new archive on every machine.

    Args:
        texts: further files of the archive, name to text.
        files: further files of the archive, name to file.
    """
    handlers: dict[str, pulumi.Asset | pulumi.Archive] = {
        path.relative_to(_PROJECT).as_posix(): pulumi.FileAsset(str(path))
        for path in sorted((_PROJECT / "handlers").rglob("*.py"))
    }
    return pulumi.AssetArchive(
        handlers
        | {name: pulumi.StringAsset(text) for name, text in texts.items()}
        | {name: pulumi.FileAsset(str(file)) for name, file in (files or {}).items()}
    )


def powertools_layer(scope: Scope) -> Output[str]:
    """The ARN of AWS's public Powertools layer in this region, from its public parameter."""
    parameter = (
        f"/aws/service/powertools/python/{defaults.FUNCTION_ARCHITECTURE}"
        f"/{defaults.FUNCTION_RUNTIME}/{defaults.POWERTOOLS_VERSION}"
    )
    return aws.ssm.get_parameter_output(
        name=parameter, opts=pulumi.InvokeOutputOptions(parent=scope.parent)
    ).value


def function(
    scope: Scope,
    name: str,
    *,
    handler: str,
    identity: Identity,
    code: pulumi.AssetArchive,
    layer: Input[str],
    environment: Mapping[str, Input[str]],
    timeout_seconds: int,
) -> aws.lambda_.Function:
    """Create the function.

    Args:
        scope: what it belongs to.
        name: the logical name.
        handler: the entry point, such as `handlers.submit_job.lambda_handler`.
        identity: the role it acts as and the log group it writes to.
        code: its archive, made by `package`.
        layer: the ARN of the Powertools layer.
        environment: its settings.
        timeout_seconds: how long it may work on one batch.
    """
    return aws.lambda_.Function(
        name,
        role=identity.role.arn,
        handler=handler,
        code=code,
        layers=[layer],
        runtime=defaults.FUNCTION_RUNTIME,
        architectures=[defaults.FUNCTION_ARCHITECTURE],
        memory_size=defaults.FUNCTION_MEMORY_MB,
        timeout=timeout_seconds,
        environment=aws.lambda_.FunctionEnvironmentArgs(variables=environment),
        logging_config=aws.lambda_.FunctionLoggingConfigArgs(
            log_format="JSON", log_group=identity.log_group.name
        ),
        tags=scope.tags,
        opts=scope.options(),
    )


def queue_triggers(
    scope: Scope,
    name: str,
    queue: aws.sqs.Queue,
    consumer: aws.lambda_.Function,
    *,
    maximum_concurrency: Input[int],
    permissions: Sequence[Resource],
) -> aws.lambda_.EventSourceMapping:
    """Let a queue trigger a function, with an answer for each message of a batch.

    Concurrency is limited here and not by reserved concurrency, which pollers ignore: throttled
    batches would be counted as deliveries.

    Args:
        scope: what the mapping belongs to.
        name: the logical name, a sentence.
        queue: what it reads.
        consumer: the function.
        maximum_concurrency: invocations at a time, 2 to 1,000.
        permissions: the policies of the function and of what it sets to work, and whatever else has
            to be there first; AWS refuses a mapping whose role may not read the queue, and a
            message that comes before the others would be refused for good.
    """
    return aws.lambda_.EventSourceMapping(
        name,
        event_source_arn=queue.arn,
        function_name=consumer.arn,
        batch_size=defaults.BATCH_SIZE,
        maximum_batching_window_in_seconds=defaults.BATCHING_WINDOW_SECONDS,
        function_response_types=["ReportBatchItemFailures"],
        scaling_config=aws.lambda_.EventSourceMappingScalingConfigArgs(
            maximum_concurrency=maximum_concurrency
        ),
        tags=scope.tags,
        opts=scope.options(depends_on=permissions),
    )
