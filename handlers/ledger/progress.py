"""How far a long task has come, for the invocation that goes on with it."""

from contextlib import suppress

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

    def bookmark(self, task: str) -> "Bookmark":
        """Read where a task stopped."""
        item = self._table.get((PARTITION, task))
        return Bookmark(self._table, self._stamp, task, item["place"] if item else "")


class Bookmark:
    """Where one task stopped, for the run that goes on from there."""

    def __init__(self, table: Table, stamp: Stamp, task: str, place: str) -> None:
        """Begin where the run before stopped; empty for the beginning."""
        self._table = table
        self._stamp = stamp
        self._task = task
        self.place = place

    def move(self, place: str) -> None:
        """Write down how far the task is, unless another run has gone on meanwhile.

        Args:
            place: Where it is; empty at the end.
        """
        if place == self.place:
            return
        is_same: ConditionBase = Attr("place").eq(self.place)
        if not self.place:
            is_same |= Attr("place").not_exists()
        change = Change(put={"place": place, **self._stamp.expiring()})
        # A refusal says that another run is ahead, or starts again; both go through the same list.
        with suppress(ConditionRefusedError):
            self._table.update((PARTITION, self._task), change, is_same)
        self.place = place
