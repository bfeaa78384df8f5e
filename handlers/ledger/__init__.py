"""The ledger: what has become of every upload, written so that races have one winner.

    partition           sort key            item
    ------------------  ------------------  --------------------------------------------------
    branches            <preset>            a branch's addresses; the deployment writes them
    object#<digest>     latest              the newest upload of a key
    upload#<digest>     asset               how the upload's renditions ended
    upload#<digest>     rendition#<preset>  one rendition
    reconcile           <task>              how far reconcile has come

Every write is conditional, and none trusts what was read before it. What still waits for something
is in the index, under its own sort key, by the time of its latest change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from handlers.ledger.assets import Assets
from handlers.ledger.branches import Branches
from handlers.ledger.items import Stamp, unix_time
from handlers.ledger.progress import Progress
from handlers.ledger.renditions import Renditions
from handlers.ledger.table import Table
from handlers.settings import FanoutSettings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Ledger:
    """The ledger of one fan-out, by what it holds."""

    branches: Branches
    assets: Assets
    renditions: Renditions
    progress: Progress

    @classmethod
    def open(
        cls,
        client: "DynamoDBClient",
        settings: FanoutSettings,
        now: Callable[[], int] = unix_time,
    ) -> Self:
        """Use the table that the settings name.

        Args:
            client: The client; it may be used by several threads.
            settings: The fan-out.
            now: The clock: Unix time in seconds.
        """
        shared = Table(client, settings.ledger_table)
        stamp = Stamp(now, settings.ledger_retention_days)
        return cls(
            branches=Branches(shared),
            assets=Assets(shared, stamp),
            renditions=Renditions(shared, stamp),
            progress=Progress(shared, stamp),
        )
