"""KMS: keys. The emulator's other services take a key and never ask KMS for it."""

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created
from local.resources.tags import tag_map


def key(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Create a key."""
    # How long it could be brought back, and a new version each year, outlive the day.
    inputs.drop("deletionWindowInDays", "enableKeyRotation")
    made = aws.client("kms").create_key(
        Description=inputs.take("description", default=""),
        Policy=inputs.need("policy"),
        Tags=[{"TagKey": name, "TagValue": value} for name, value in tag_map(inputs).items()],
    )["KeyMetadata"]
    return Created(made["KeyId"], {"keyId": made["KeyId"], "arn": made["Arn"]})
