"""How far a long task has come, for the invocation that goes on with it."""

from boto3.dynamodb.conditions import Attr, ConditionBase

from handlers.ledger.items import Stamp
from handlers.ledger.table import Change, ConditionRefusedError, Table

PARTITION = "reconcile"


class Progress:
    """The places where tasks stopped."""

    def __init__(self, table: Table, stamp: Stamp) -> None:
        """Use the ledger's table."""
        self._table = table
        self._stamp = stamp

    def read(self, task: str) -> str:
        """Read where a task stopped; empty when it starts at the beginning."""
        item = self._table.get((PARTITION, task))
        place: str = item["place"] if item else ""
        return place

    def write(self, task: str, *, before: str, place: str) -> None:
        """Write down where a task stops, unless another invocation has gone on meanwhile.

        Args:
            task: Name of the task.
            before: Where it started.
            place: Where it stops; empty at the end.
        """
        is_same: ConditionBase = Attr("place").eq(before)
        if not before:
            is_same |= Attr("place").not_exists()
        try:
            self._table.update(
                (PARTITION, task), Change(put={"place": place, **self._stamp.expiring()}), is_same
            )
        except ConditionRefusedError:
            return  # Both work through the same list, and the other one is ahead or starts again.
