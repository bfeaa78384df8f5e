"""MediaConvert: queues, which the program calls pipelines."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_map


def queue(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a MediaConvert queue."""
    physical = inputs.take("name") or auto_name(name)
    concurrent_jobs = inputs.take("concurrentJobs")
    made = aws.client("mediaconvert").create_queue(
        Name=physical,
        Status=inputs.take("status", default="ACTIVE"),
        PricingPlan=inputs.take("pricingPlan", default="ON_DEMAND"),
        Tags=tag_map(inputs),
        **({} if concurrent_jobs is None else {"ConcurrentJobs": concurrent_jobs}),
    )["Queue"]
    return Created(physical, {"name": physical, "arn": made["Arn"]})
