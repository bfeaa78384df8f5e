"""CloudWatch Logs: log groups and metric filters."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_map


def log_group(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a log group."""
    logs = aws.client("logs")
    physical = inputs.take("name") or auto_name(name)
    key = inputs.take("kmsKeyId")
    if key:
        logs.create_log_group(logGroupName=physical, kmsKeyId=key)
    else:
        logs.create_log_group(logGroupName=physical)
    retention = inputs.take("retentionInDays")
    if retention:
        logs.put_retention_policy(logGroupName=physical, retentionInDays=retention)
    found = logs.describe_log_groups(logGroupNamePrefix=physical)["logGroups"]
    arn = next(group["arn"] for group in found if group["logGroupName"] == physical)
    tags = tag_map(inputs)
    if tags:  # AWS refuses a call without any
        logs.tag_resource(resourceArn=arn.removesuffix(":*"), tags=tags)
    # AWS ends the ARN of a group with `:*`, Pulumi's provider takes that off.
    return Created(physical, {"name": physical, "arn": arn.removesuffix(":*")})


def metric_filter(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a metric filter. The emulator keeps it, and makes no metric of what it matches."""
    physical = inputs.take("name") or auto_name(name)
    metric = inputs.structure("metricTransformation")
    aws.client("logs").put_metric_filter(
        logGroupName=inputs.need("logGroupName"),
        filterName=physical,
        filterPattern=inputs.need("pattern"),
        metricTransformations=[
            {
                "metricNamespace": metric.need("namespace"),
                "metricName": metric.need("name"),
                "metricValue": metric.need("value"),
                "unit": metric.need("unit"),
                "dimensions": metric.need("dimensions"),
            }
        ],
    )
    return Created(physical, {"name": physical})
