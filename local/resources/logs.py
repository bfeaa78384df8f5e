"""CloudWatch Logs: log groups."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_map


def log_group(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a log group."""
    logs = aws.client("logs")
    physical = inputs.take("name") or auto_name(name)
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
