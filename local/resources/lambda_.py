"""Lambda: functions and what triggers them."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.archive import zipped
from local.resources.aws_shape import aws_shape
from local.resources.created import Created, auto_name
from local.resources.powertools import LAYER_NAME
from local.resources.tags import tag_map


def function(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a function."""
    _only_powertools(inputs.take("layers", default=[]))
    physical = inputs.take("name") or auto_name(name)
    made = aws.client("lambda").create_function(
        FunctionName=physical,
        Role=inputs.need("role"),
        Handler=inputs.need("handler"),
        Runtime=inputs.need("runtime"),
        Code={"ZipFile": zipped(inputs.need("code"))},
        Architectures=inputs.take("architectures", default=["x86_64"]),
        MemorySize=inputs.take("memorySize", default=128),
        Timeout=inputs.take("timeout", default=3),
        Environment={"Variables": inputs.structure("environment").take("variables", default={})},
        LoggingConfig=aws_shape(inputs.take("loggingConfig", default={})),
        Tags=tag_map(inputs),
    )
    return Created(physical, {"name": physical, "arn": made["FunctionArn"]})


def _only_powertools(layers: list[str]) -> None:
    """Refuse any layer but Powertools, which functions import from this environment."""
    other = [layer for layer in layers if LAYER_NAME not in layer]
    if other:
        raise ValueError(f"layers: the local cloud has none but Powertools, not {other}")


def event_source_mapping(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Let a queue trigger a function."""
    made = aws.client("lambda").create_event_source_mapping(
        EventSourceArn=inputs.need("eventSourceArn"),
        FunctionName=inputs.need("functionName"),
        BatchSize=inputs.take("batchSize", default=10),
        MaximumBatchingWindowInSeconds=inputs.take("maximumBatchingWindowInSeconds", default=0),
        FunctionResponseTypes=inputs.take("functionResponseTypes", default=[]),
        ScalingConfig=aws_shape(inputs.take("scalingConfig", default={})),
        Tags=tag_map(inputs),
    )
    return Created(made["UUID"], {"uuid": made["UUID"], "arn": made["EventSourceMappingArn"]})


def permission(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Let a service invoke a function."""
    statement = inputs.take("statementId") or auto_name(name)
    aws.client("lambda").add_permission(
        FunctionName=inputs.need("function"),
        StatementId=statement,
        Action=inputs.need("action"),
        Principal=inputs.need("principal"),
        SourceArn=inputs.need("sourceArn"),
    )
    return Created(statement)
