"""A DynamoDB table, reduced to what a ledger needs: reads by key and conditional writes."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder, Key
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from handlers.names import LEDGER_INDEX, LedgerKey
from handlers.pauses import Pauses

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

ItemKey = tuple[str, str]
"""Partition and sort key."""

KEYS_PER_READ: Final = 100
"""The most that BatchGetItem takes."""

CONDITION_FAILED: Final = "ConditionalCheckFailedException"


class ConditionRefusedError(Exception):
    """A conditional write was refused, and nothing was written."""

    def __init__(self, item: Item | None) -> None:
        """Keep what stands in the way.

        Args:
            item: The item in the table; None when there is none.
        """
        super().__init__("The item is not in a state that allows this write.")
        self.item = item


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an update does to an item; a name with dots is a path into a map."""

    put: Mapping[str, Any] = field(default_factory=dict)
    """Attributes to set."""
    put_if_absent: Mapping[str, Any] = field(default_factory=dict)
    """Attributes to set unless the item has them."""
    add: Mapping[str, int | frozenset[str]] = field(default_factory=dict)
    """Numbers to add, an absent one counts as 0; members to put into sets."""
    discard: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members to take out of sets; DynamoDB removes a set that becomes empty."""
    remove: frozenset[str] = frozenset()
    """Attributes to remove."""


class Table:
    """One table and its index."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        """Use a table.

        Args:
            client: The client; it may be used by several threads.
            name: The table's name.
        """
        self._client = client
        self._name = name

    def get(self, key: ItemKey) -> Item | None:
        """Read an item as it is now."""
        answer = self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        return _read(answer["Item"]) if "Item" in answer else None

    def get_many(
        self, keys: Collection[ItemKey], pauses: Pauses | None = None
    ) -> dict[ItemKey, Item]:
        """Read those of many items that there are, a hundred a call.

        Args:
            keys: The items' keys.
            pauses: Waits while DynamoDB refuses, or leaves keys unread for want of capacity. For
                whoever reads in great numbers what has stood still for minutes: the items are as
                they were within the last second or so, at half the price. None for items as they
                are now, and for refusals that are raised.

        Raises:
            OutOfTimeError: DynamoDB refuses for longer than there is time.
        """
        found = {}
        distinct = list(dict.fromkeys(keys))
        for start in range(0, len(distinct), KEYS_PER_READ):
            chunk = [_key(key) for key in distinct[start : start + KEYS_PER_READ]]
            request: Any = {self._name: {"Keys": chunk, "ConsistentRead": pauses is None}}
            while request:
                call = partial(self._client.batch_get_item, RequestItems=request)
                answer = pauses.patiently(call) if pauses else call()
                for attributes in answer["Responses"].get(self._name, []):
                    item = _read(attributes)
                    found[item[LedgerKey.PARTITION], item[LedgerKey.SORT]] = item
                request = answer.get("UnprocessedKeys")
                if request and pauses:
                    pauses.wait()
        return found

    def partition(self, partition: str, sort_prefix: str = "") -> Iterator[Item]:
        """Read the items of a partition as they are now, in the order of their sort keys."""
        condition: ConditionBase = Key(LedgerKey.PARTITION).eq(partition)
        if sort_prefix:
            condition &= Key(LedgerKey.SORT).begins_with(sort_prefix)
        return self._query(condition, ConsistentRead=True)

    def open_since(self, sort_key: str, latest: int, pauses: Pauses) -> Iterator[list[Item]]:
        """Read the open items that have not changed since a time, page by page, the oldest first.

        Args:
            sort_key: The items' own sort key.
            latest: Unix time in seconds.
            pauses: Waits while DynamoDB refuses.

        Raises:
            OutOfTimeError: It does so for longer than there is time.
        """
        condition = Key(LedgerKey.OPEN).eq(sort_key) & Key(LedgerKey.SINCE).lte(latest)
        request = self._query_request(condition, IndexName=LEDGER_INDEX, Limit=KEYS_PER_READ)
        start: dict[str, Any] = {}
        while True:
            page = pauses.patiently(partial(self._client.query, **request, **start))
            keys = [
                (item[LedgerKey.PARTITION], item[LedgerKey.SORT])
                for item in map(_read, page["Items"])
            ]
            items = self.get_many(keys, pauses)
            # The index may be behind: what is not open any more is nobody's business.
            still_open = [
                items[key] for key in keys if key in items and LedgerKey.SINCE in items[key]
            ]
            if still_open:
                yield still_open
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def insert(self, key: ItemKey, attributes: Mapping[str, Any]) -> bool:
        """Write an item unless its key is taken; tell whether it was written."""
        try:
            self._client.put_item(
                TableName=self._name,
                Item={**_key(key), **_write(attributes)},
                ConditionExpression="attribute_not_exists(#pk)",
                ExpressionAttributeNames={"#pk": LedgerKey.PARTITION},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                return False
            raise
        return True

    def update(self, key: ItemKey, change: Change, when: ConditionBase) -> Item:
        """Change an item, or make it, if a condition holds.

        Returns:
            The item as it is now.

        Raises:
            ConditionRefusedError: The condition does not hold.
        """
        update = _UpdateExpression(change)
        condition = ConditionExpressionBuilder().build_expression(when)
        try:
            answer = self._client.update_item(
                TableName=self._name,
                Key=_key(key),
                UpdateExpression=update.text,
                ConditionExpression=condition.condition_expression,
                ExpressionAttributeNames=update.names | condition.attribute_name_placeholders,
                ExpressionAttributeValues=_write(
                    update.values | condition.attribute_value_placeholders
                ),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                item = cast("dict[str, Any] | None", error.response.get("Item"))
                raise ConditionRefusedError(_read(item) if item else None) from error
            raise
        return _read(answer["Attributes"])

    def _query(self, condition: ConditionBase, **options: Any) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            **self._query_request(condition, **options)
        )
        for page in pages:
            for item in page["Items"]:
                yield _read(item)

    def _query_request(self, condition: ConditionBase, **options: Any) -> dict[str, Any]:
        expression = ConditionExpressionBuilder().build_expression(condition, is_key_condition=True)
        return {
            "TableName": self._name,
            "KeyConditionExpression": expression.condition_expression,
            "ExpressionAttributeNames": expression.attribute_name_placeholders,
            "ExpressionAttributeValues": _write(expression.attribute_value_placeholders),
            **options,
        }


class _UpdateExpression:
    """A Change in DynamoDB's words, with a placeholder for every name and value."""

    def __init__(self, change: Change) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        puts = [f"{self._name(name)} = {self._value(value)}" for name, value in change.put.items()]
        puts += [
            f"{self._name(name)} = if_not_exists({self._name(name)}, {self._value(value)})"
            for name, value in change.put_if_absent.items()
        ]
        clauses = {
            "SET": puts,
            "ADD": self._pairs(change.add),
            "DELETE": self._pairs(change.discard),
            "REMOVE": [self._name(name) for name in sorted(change.remove)],
        }
        self.text = " ".join(
            f"{verb} {', '.join(actions)}" for verb, actions in clauses.items() if actions
        )

    def _pairs(self, values: Mapping[str, Any]) -> list[str]:
        return [f"{self._name(name)} {self._value(value)}" for name, value in values.items()]

    def _name(self, path: str) -> str:
        placeholders = []
        for name in path.split("."):
            placeholder = f"#u{len(self.names)}"
            self.names[placeholder] = name
            placeholders.append(placeholder)
        return ".".join(placeholders)

    def _value(self, value: Any) -> str:
        placeholder = f":u{len(self.values)}"
        self.values[placeholder] = value
        return placeholder


def _key(key: ItemKey) -> dict[str, Any]:
    return _write(dict(zip((LedgerKey.PARTITION, LedgerKey.SORT), key, strict=True)))


def _write(attributes: Mapping[str, Any]) -> dict[str, Any]:
    serialize = TypeSerializer().serialize
    return {str(name): serialize(value) for name, value in attributes.items()}


def _read(attributes: Mapping[str, Any]) -> Item:
    deserialize = TypeDeserializer().deserialize
    return {name: _plain(deserialize(value)) for name, value in attributes.items()}


def _plain(value: Any) -> Any:
    """Turn DynamoDB's decimals, all of them whole here, into integers."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value
