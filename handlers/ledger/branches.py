"""The branches of a fan-out, as the deployment wrote them into the ledger."""

from dataclasses import dataclass

from handlers.ledger.table import Item, Table
from handlers.names import BRANCHES, BranchAttribute, LedgerKey


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Where a branch's messages go."""

    preset: str
    queue_url: str
    dead_letter_queue_url: str
    retired: bool = False
    """Whether it gets no new uploads and only finishes what it has."""


class Branches:
    """The branches that there are now."""

    def __init__(self, table: Table) -> None:
        """Use the ledger's table."""
        self._table = table

    def get(self, preset: str) -> Branch | None:
        """Read a branch; None when the fan-out has no such preset any more."""
        item = self._table.get((BRANCHES, preset))
        return _branch(item) if item else None

    def of_new_uploads(self) -> list[Branch]:
        """Read the branches that a new upload is rendered by."""
        return [branch for branch in self.all() if not branch.retired]

    def all(self) -> list[Branch]:
        """Read all branches, in the order of their presets' names."""
        return [_branch(item) for item in self._table.partition(BRANCHES)]


def _branch(item: Item) -> Branch:
    return Branch(
        preset=item[LedgerKey.SORT],
        queue_url=item[BranchAttribute.QUEUE_URL],
        dead_letter_queue_url=item[BranchAttribute.DEAD_LETTER_QUEUE_URL],
        retired=item.get(BranchAttribute.RETIRED, False),
    )
