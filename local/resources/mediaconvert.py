"""MediaConvert: queues, which the program calls pipelines."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name


def queue(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a MediaConvert queue."""
    physical = inputs.take("name") or auto_name(name)
    made = aws.client("mediaconvert").create_queue(
        Name=physical,
        Status=inputs.take("status", default="ACTIVE"),
        PricingPlan=inputs.take("pricingPlan", default="ON_DEMAND"),
    )["Queue"]
    return Created(physical, {"name": physical, "arn": made["Arn"]})
