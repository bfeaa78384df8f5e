"""Which numbers a fan-out accepts: what AWS would refuse, or would take and then lose messages."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components import defaults

LONGEST_FUNCTION_TIMEOUT: Final = 60
"""Seconds. CreateJob answers in about one; what takes longer than this hangs, and its messages wait
for several times as long."""

SHORTEST_LEDGER_RETENTION_DAYS: Final = (
    2 * defaults.MESSAGE_RETENTION_SECONDS // defaults.DAY_SECONDS
)
"""A message, and the dead letter that it becomes on its last day."""

SHORTEST_ALARM: Final = 3_600
"""Seconds: `reconcile` measures every quarter of an hour, and an encode may take that long."""

LONGEST_ALARM: Final = 10 * defaults.DAY_SECONDS
"""Seconds: four days before a message expires."""

LARGEST_OBJECT: Final = 50 * 1024**4
"""Bytes: S3's limit for an object."""

LOG_RETENTIONS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922),
    *(3288, 3653),
)
"""Days that CloudWatch Logs accepts."""


class ArgumentError(ValueError):
    """Arguments of the fan-out cannot work; the message lists everything that is wrong."""


def check(arguments: Mapping[str, Any]) -> None:
    """Look at every number.

    Args:
        arguments: of the component, by name.

    Raises:
        ArgumentError: one or more are out of their range.
    """
    problems = list(_problems(arguments))
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ArgumentError(f"the arguments cannot work:\n{listed}")


def _problems(arguments: Mapping[str, Any]) -> Iterator[str]:
    ranges = (
        ("function_timeout", 1, LONGEST_FUNCTION_TIMEOUT, "seconds"),
        ("maximum_concurrency", 2, 1_000, "invocations"),
        ("max_upload_bytes", 0, LARGEST_OBJECT, "bytes"),
        ("max_upload_seconds", 0, 7 * defaults.DAY_SECONDS, "seconds"),
        ("alarm_after_seconds", SHORTEST_ALARM, LONGEST_ALARM, "seconds"),
        ("ledger_retention_days", SHORTEST_LEDGER_RETENTION_DAYS + 1, 3_650, "days"),
    )
    for name, low, high, unit in ranges:
        value = arguments.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            yield f"{name} is {value!r}; it must be a whole number of {unit} from {low} to {high:,}"
    retention = arguments.get("log_retention_days", defaults.LOG_RETENTION_DAYS)
    if retention not in LOG_RETENTIONS:
        yield (
            f"log_retention_days is {retention!r}; CloudWatch keeps logs for one of "
            f"{', '.join(map(str, LOG_RETENTIONS))} days"
        )
