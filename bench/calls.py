"""Counts the calls that boto3 clients make."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from botocore.client import BaseClient

from handlers.names import LedgerKey

INDEX_WRITE = "(write to the index)"
"""What DynamoDB bills for a write that changes an item's place in the index: one to put it there or
take it out, two to move it."""


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
        self._in_index: set[str] = set()

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
            self._count_index(json.loads(params["body"]))

    def _count_index(self, request: Mapping[str, Any]) -> None:
        """Follow which items are in the index; one moves whenever its time is set."""
        key = json.dumps(request.get("Key") or _key(request["Item"]), sort_keys=True)
        is_in = key in self._in_index
        if _sets_time(request):
            self._in_index.add(key)
            self.counts[self.doing, INDEX_WRITE] += 2 if is_in else 1
        elif is_in and _removes_time(request):
            self._in_index.remove(key)
            self.counts[self.doing, INDEX_WRITE] += 1


def _key(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in (LedgerKey.PARTITION, LedgerKey.SORT)}


def _sets_time(request: Mapping[str, Any]) -> bool:
    if "Item" in request:
        return LedgerKey.SINCE in request["Item"]
    return any(f"{placeholder} = " in request["UpdateExpression"] for placeholder in _time(request))


def _removes_time(request: Mapping[str, Any]) -> bool:
    _, _, removed = request.get("UpdateExpression", "").partition("REMOVE ")
    return any(placeholder in removed.split(", ") for placeholder in _time(request))


def _time(request: Mapping[str, Any]) -> list[str]:
    """The placeholders of the index's sort key."""
    names: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
    return [placeholder for placeholder, name in names.items() if name == LedgerKey.SINCE]
