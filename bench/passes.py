"""What a pass over the input bucket takes and costs: `python -m bench.passes` prints two tables.

A million uploads are gone through by the function's own code against a simulated AWS (see
`bench.simulated`): all older than 14 days, which only lists, and all younger, which looks each of
them up in the ledger. It fails when the estimate assumes less than is counted.
"""

import logging
import sys
from datetime import timedelta
from functools import partial
from typing import Final

from bench.simulated import SimulatedCloud
from components.defaults import FUNCTION_MEMORY_MB, RECONCILE_TIMEOUT_SECONDS
from components.estimate import prices
from components.estimate.passes import LOOK_UP_SECONDS, PAGE, PAGE_SECONDS, passes
from handlers.observability import logger
from handlers.reconcile import RESERVED_MS, handler

VERSIONS: Final = 1_000_000
SIZES: Final = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)
DAYS_A_MONTH: Final = 30


def main() -> int:
    """Measure and print; tell by the exit code whether the estimate assumes enough."""
    logger.setLevel(logging.WARNING)
    print(f"A bucket of {VERSIONS:,} versions")
    print(f"  {'uploads':22} {'runs':>5} {'per run':>9} {'seconds':>8} {'dollars':>8}  calls")
    measured = [
        _pass(what, days) for what, days in (("older than 14 days", 100), ("of this week", 1))
    ]
    assumed = (PAGE_SECONDS, PAGE_SECONDS + LOOK_UP_SECONDS)
    counted = [seconds / (VERSIONS / PAGE) for seconds in measured]
    print(f"\nSeconds a page: {', '.join(f'{each:.2f}' for each in counted)}")
    print(f"The estimate assumes: {', '.join(f'{each:.2f}' for each in assumed)}")
    print("\nDollars a month")
    print(f"  {'versions':>12} {'hourly passes':>18} {'a pass takes':>13} {'daily inventory':>16}")
    for size in SIZES:
        _print_month(size)
    return 0 if all(a >= c for a, c in zip(assumed, counted, strict=True)) else 1


def _pass(what: str, days: int) -> float:
    """Go through the bucket; return the seconds that it takes."""
    cloud = SimulatedCloud(VERSIONS, lambda _: timedelta(days=days), knows_all=True)
    finished, runs = False, 0
    limit = RECONCILE_TIMEOUT_SECONDS - RESERVED_MS / 1_000
    while not finished:
        runs += 1
        until = cloud.meter.seconds + limit
        answer = handler({"task": "uploads"}, cloud.runtime, partial(cloud.meter.is_before, until))
        finished = answer["finished"]
    per_run = int(VERSIONS * limit / cloud.meter.seconds)
    calls = ", ".join(f"{name} {n:,}" for name, n in sorted(cloud.meter.calls.items()))
    numbers = f"{runs:5} {per_run:9,} {cloud.meter.seconds:8.0f} {_dollars(cloud):8.4f}"
    print(f"  {what:22} {numbers}  {calls}")
    return cloud.meter.seconds


def _dollars(cloud: SimulatedCloud) -> float:
    calls, gb = cloud.meter.calls, FUNCTION_MEMORY_MB / 1_024
    return (
        calls["ListObjectVersions"] * prices.S3_LIST
        + cloud.table.reads * prices.DYNAMODB_EVENTUAL_READ
        + calls["UpdateItem"] * prices.DYNAMODB_WRITE
        + cloud.meter.seconds * gb * prices.LAMBDA_GB_SECOND
    )


def _print_month(size: int) -> None:
    estimate = passes(size)
    dollars = estimate["dollars_a_month"]
    inventory = size * DAYS_A_MONTH * prices.S3_INVENTORY_OBJECT
    between = f"{dollars['at_least']:.2f} to {dollars['at_most']:.2f}"
    hours = f"{estimate['hours_of_a_pass']} h"
    print(f"  {size:12,} {between:>18} {hours:>13} {inventory:16.2f}")


if __name__ == "__main__":
    sys.exit(main())
