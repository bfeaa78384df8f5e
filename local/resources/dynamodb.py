"""DynamoDB: tables and items that the deployment puts into them."""

import json

from local.clients import Clients
from local.inputs import Inputs
from local.resources.aws_shape import aws_shape
from local.resources.created import Created, auto_name
from local.resources.tags import tag_list


def table(aws: Clients, name: str, inputs: Inputs) -> Created:
    """Create a table."""
    # What can be restored, and who may delete it, matters to a table that outlives the day.
    inputs.drop("pointInTimeRecovery", "serverSideEncryption", "deletionProtectionEnabled")
    dynamodb = aws.client("dynamodb")
    physical = inputs.take("name") or auto_name(name)
    hash_key, range_key = inputs.need("hashKey"), inputs.need("rangeKey")
    made = dynamodb.create_table(
        TableName=physical,
        KeySchema=[
            {"AttributeName": hash_key, "KeyType": "HASH"},
            {"AttributeName": range_key, "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": attribute.need("name"), "AttributeType": attribute.need("type")}
            for attribute in inputs.structures("attributes")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index.need("name"),
                "KeySchema": aws_shape(index.need("keySchemas")),
                "Projection": {"ProjectionType": index.need("projectionType")},
            }
            for index in inputs.structures("globalSecondaryIndexes")
        ],
        BillingMode=inputs.need("billingMode"),
        Tags=tag_list(inputs),
    )["TableDescription"]
    ttl = inputs.structure("ttl")
    dynamodb.update_time_to_live(
        TableName=physical,
        TimeToLiveSpecification={
            "Enabled": ttl.need("enabled"),
            "AttributeName": ttl.need("attributeName"),
        },
    )
    return Created(
        physical,
        {
            "name": physical,
            "arn": made["TableArn"],
            "hashKey": hash_key,
            "rangeKey": range_key,
        },
    )


def table_item(aws: Clients, _: str, inputs: Inputs) -> Created:
    """Put an item into a table."""
    # The item holds its key; the provider wants the names of the attributes as well.
    inputs.drop("hashKey", "rangeKey")
    owner = inputs.need("tableName")
    item = inputs.need("item")
    aws.client("dynamodb").put_item(TableName=owner, Item=json.loads(item))
    return Created(f"{owner}|{item}")
