"""What it costs to go through the input bucket for lost uploads, hour by hour.

A run goes on where the run before stopped, and none is longer than Lambda allows: the cost has a
limit, whatever the size of the bucket. What grows without one is the time of a whole pass.
"""

import math
from collections.abc import Mapping
from typing import Any

from components.defaults import FUNCTION_MEMORY_MB, RECONCILE_TIMEOUT_SECONDS
from components.estimate import prices
from components.estimate.cost import Cost

PAGE = 1_000
"""Versions that S3 lists in a call."""

PAGE_SECONDS = 0.5
LOOK_UP_SECONDS = 0.4
"""Seconds that a page takes in the function, and how many more when all of its uploads are looked
up in the ledger; counted by `python -m bench.passes`."""

RUNS_A_MONTH = 730
"""One an hour."""

LONGEST_PASS_HOURS = 14 * 24
"""An upload that is older is not looked for: a message about it would be gone as well."""

_DIGITS = 4


def passes(objects: int) -> dict[str, Any]:
    """Estimate the passes over a bucket.

    Only uploads of the last 14 days are looked up, so the share of those decides: the least is for
    a bucket that has none, the most for one that has no others.

    Args:
        objects: versions in the bucket, overwritten ones included.

    Returns:
        JSON: dollars a month at least and at most, and the longest time of a whole pass in hours.
    """
    pages = math.ceil(objects / PAGE)
    least, most = (_month(pages, looked_up=looked_up) for looked_up in (False, True))
    return {
        "objects": objects,
        "dollars_a_month": {
            "at_least": round(least.rounded()["total"], _DIGITS),
            "at_most": round(most.rounded()["total"], _DIGITS),
        },
        "hours_of_a_pass": math.ceil(pages / _pages_of_a_run(looked_up=True)),
    }


def passes_text(estimate: Mapping[str, Any]) -> str:
    """Say it in two lines.

    Args:
        estimate: what `passes` returned.
    """
    dollars, hours = estimate["dollars_a_month"], estimate["hours_of_a_pass"]
    cost = (
        f"Looking for lost uploads among {estimate['objects']:,} versions, hourly: "
        f"${dollars['at_least']:,.2f} a month if all are older than 14 days, "
        f"${dollars['at_most']:,.2f} if none is."
    )
    lines = [cost, f"A whole pass takes up to {hours:,} h, in hourly runs."]
    if hours > LONGEST_PASS_HOURS:
        lines.append(
            "That is too long: what is older than 14 days is not looked for any more. Compare an "
            "S3 Inventory with the ledger, or move finished uploads to another bucket."
        )
    return "\n".join(lines)


def _month(pages: int, *, looked_up: bool) -> Cost:
    pages_of_a_run = min(pages, _pages_of_a_run(looked_up=looked_up))
    gb_seconds = pages_of_a_run * _seconds(looked_up=looked_up) * FUNCTION_MEMORY_MB / 1_024
    reads = pages_of_a_run * PAGE if looked_up else 0
    run = Cost(
        lambda_=prices.LAMBDA_REQUEST + gb_seconds * prices.LAMBDA_GB_SECOND,
        s3=pages_of_a_run * prices.S3_LIST,
        # Where it has come to is written down after each page.
        dynamodb=reads * prices.DYNAMODB_EVENTUAL_READ + pages_of_a_run * prices.DYNAMODB_WRITE,
    )
    return run.times(RUNS_A_MONTH)


def _pages_of_a_run(*, looked_up: bool) -> int:
    return int(RECONCILE_TIMEOUT_SECONDS / _seconds(looked_up=looked_up))


def _seconds(*, looked_up: bool) -> float:
    return PAGE_SECONDS + (LOOK_UP_SECONDS if looked_up else 0)
