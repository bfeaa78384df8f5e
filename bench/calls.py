"""Counts the calls that boto3 clients make."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from botocore.client import BaseClient

from handlers.names import LedgerKey

INDEX_WRITE = "(write to an index)"
"""What DynamoDB bills for a write that changes an item's place in an index: one to put it there or
take it out, two to move it."""

ITEM_READ = "(item read in a batch)"
"""What DynamoDB bills for each item of a BatchGetItem."""

INDEX_KEYS = (LedgerKey.SINCE, LedgerKey.ASKED_AT)
"""The sort keys of the ledger's indexes."""


class Calls:
    """A count by what is being done, and by operation.

    Attributes:
        doing: what is being done.
        counts: by what was being done, and operation.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.doing = ""
        self.counts: Counter[tuple[str, str]] = Counter()
        self._in_index: dict[str, set[str]] = {key: set() for key in INDEX_KEYS}

    def watch(self, client: BaseClient) -> None:
        """Count what a client calls from now on."""
        client.meta.events.register("before-call", self._count)

    def of(self, doing: str) -> Counter[str]:
        """Operations that were called while something was being done."""
        return Counter({name: n for (done, name), n in self.counts.items() if done == doing})

    def kinds(self) -> list[str]:
        """Everything that was done, in the order in which it was done first."""
        return list(dict.fromkeys(doing for doing, _ in self.counts))

    def total(self) -> Counter[str]:
        """Operations that were called, whatever was being done."""
        return sum((self.of(doing) for doing in self.kinds()), Counter())

    def _count(self, model: Any, params: Mapping[str, Any], **_: object) -> None:
        self.counts[self.doing, model.name] += 1
        if model.name in {"PutItem", "UpdateItem"}:
            request = json.loads(params["body"])
            for sort_key in INDEX_KEYS:
                self._count_index(request, sort_key)
        if model.name == "BatchGetItem":
            tables = json.loads(params["body"])["RequestItems"].values()
            self.counts[self.doing, ITEM_READ] += sum(len(table["Keys"]) for table in tables)

    def _count_index(self, request: Mapping[str, Any], sort_key: str) -> None:
        """Follow which items are in an index; one moves when its sort key changes."""
        key = json.dumps(request.get("Key") or _key(request["Item"]), sort_keys=True)
        items = self._in_index[sort_key]
        is_in = key in items
        moves = sort_key == LedgerKey.SINCE  # The other is set once, until it is removed.
        if _sets(request, sort_key):
            items.add(key)
            if moves or not is_in:
                self.counts[self.doing, INDEX_WRITE] += 2 if is_in else 1
        elif is_in and (_removes(request, sort_key) or _removes(request, LedgerKey.OPEN)):
            items.remove(key)
            self.counts[self.doing, INDEX_WRITE] += 1


def _key(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in (LedgerKey.PARTITION, LedgerKey.SORT)}


def _sets(request: Mapping[str, Any], attribute: str) -> bool:
    if "Item" in request:
        return attribute in request["Item"]
    return any(
        f"{placeholder} = " in request["UpdateExpression"]
        for placeholder in _placeholders(request, attribute)
    )


def _removes(request: Mapping[str, Any], attribute: str) -> bool:
    _, _, removed = request.get("UpdateExpression", "").partition("REMOVE ")
    return any(
        placeholder in removed.split(", ") for placeholder in _placeholders(request, attribute)
    )


def _placeholders(request: Mapping[str, Any], attribute: str) -> list[str]:
    names: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
    return [placeholder for placeholder, name in names.items() if name == attribute]
