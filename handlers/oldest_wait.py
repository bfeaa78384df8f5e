"""How long people have waited: one log line per preset, which an alarm is made from.

The queue's own age metric leaves out messages that were received three times or more and not
deleted, which every message of an outage soon is (SQS Developer Guide, available CloudWatch
metrics). The ledger knows of each upload since when it is waited for.
"""

from typing import Final

from handlers.ledger import Ledger
from handlers.ledger.asset import PENDING
from handlers.names import OLDEST_WAIT, OldestWaitField
from handlers.observability import logger

ASSETS: Final = 100
"""Assets that are looked at for renditions that nobody has claimed: the oldest open ones. Were so
many older ones to wait for other presets only, a preset that has not claimed a single rendition
would be told of too late; one that has is always told of."""


def log_oldest_waits(ledger: Ledger, fanout: str, now: int) -> None:
    """Write a line for every preset, also for one that nobody waits for: an alarm needs the data.

    Args:
        ledger: The fan-out's ledger.
        fanout: Name of the fan-out.
        now: Unix time in seconds.

    Raises:
        ClientError, BotoCoreError: DynamoDB refused.
    """
    for preset, seconds in oldest_waits(ledger, now).items():
        line = {
            OldestWaitField.FANOUT: fanout,
            OldestWaitField.PRESET: preset,
            OldestWaitField.SECONDS: seconds,
        }
        logger.info(OLDEST_WAIT, extra={str(name): value for name, value in line.items()})


def oldest_waits(ledger: Ledger, now: int) -> dict[str, int]:
    """Tell for every preset how long its oldest upload without an end has waited, in seconds.

    It takes one query per preset, one for the assets, and a read of at most `ASSETS` items.

    Args:
        ledger: The fan-out's ledger.
        now: Unix time in seconds.
    """
    presets = [branch.preset for branch in ledger.branches.all()]
    asked_at = {preset: ledger.renditions.asked_at(preset) or now for preset in presets}
    for asset, noted_at in ledger.assets.longest_waiting(ASSETS):
        for preset in presets:
            if asset.ends.get(preset) == PENDING:
                asked_at[preset] = min(asked_at[preset], noted_at)
    return {preset: max(0, now - since) for preset, since in asked_at.items()}
