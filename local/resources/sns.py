"""SNS: topics, who may publish on them, and who listens."""

from typing import Final

from local.clients import Clients
from local.inputs import Inputs
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list

_TOPIC_ATTRIBUTES: Final = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "sqsSuccessFeedbackRoleArn": "SQSSuccessFeedbackRoleArn",
    "sqsSuccessFeedbackSampleRate": "SQSSuccessFeedbackSampleRate",
    "sqsFailureFeedbackRoleArn": "SQSFailureFeedbackRoleArn",
}


def topic(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a topic."""
    physical = inputs.take("name") or auto_name(name)
    taken = {theirs: inputs.take(ours) for ours, theirs in _TOPIC_ATTRIBUTES.items()}
    arn = aws.client("sns").create_topic(
        Name=physical,
        Attributes={key: str(value) for key, value in taken.items() if value is not None},
        Tags=tag_list(inputs),
    )["TopicArn"]
    return Created(arn, {"name": physical, "arn": arn})


def topic_policy(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Set who may publish on a topic."""
    arn = inputs.need("arn")
    aws.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=inputs.need("policy")
    )
    return Created(arn)


def topic_subscription(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Subscribe an endpoint to a topic."""
    attributes = {
        "RawMessageDelivery": str(inputs.take("rawMessageDelivery", default=False)).lower()
    }
    redrive_policy = inputs.take("redrivePolicy")
    if redrive_policy:
        attributes["RedrivePolicy"] = redrive_policy
    arn = aws.client("sns").subscribe(
        TopicArn=inputs.need("topic"),
        Protocol=inputs.need("protocol"),
        Endpoint=inputs.need("endpoint"),
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Created(arn, {"arn": arn})
