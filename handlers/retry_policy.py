"""Which of MediaConvert's job errors can pass, how often to try again, and when."""

from collections.abc import Mapping
from typing import Final

FIRST_DELAY: Final = 30
"""Seconds: longer than S3 takes, as a rule, to be over it."""

LONGEST_DELAY: Final = 900
"""Seconds: the most that SQS delays a message."""

ROLE_WINDOW: Final = 900
"""Seconds for which it is not held against a deployment that a role may not do something, or is not
there: IAM is eventually consistent, and AWS names no bound for it. The one window of CreateJob's
403 and of the job errors below that say the same later."""


def delay(retries: int) -> int:
    """Give the seconds before a repetition; they double with each.

    Args:
        retries: Number of the repetition, from 1.
    """
    return min(FIRST_DELAY << (retries - 1), LONGEST_DELAY)


def _retries_within(seconds: int) -> int:
    """Count the repetitions of which the last one is that much later than the first failure."""
    retries = waited = 0
    while waited < seconds:
        retries += 1
        waited += delay(retries)
    return retries


_OF_A_YOUNG_ROLE: Final = _retries_within(ROLE_WINDOW)

RETRIES: Final[Mapping[str, int]] = {
    "1517": 2,  # S3 could not be written to
    "1522": 2,  # the job took too long
    "1550": 2,  # the acceleration failed
    "1999": 1,  # an unexpected error: once may be the system, twice is the file
    "1432": _OF_A_YOUNG_ROLE,  # the role lacks a permission, is missing, or does not trust
    "1433": _OF_A_YOUNG_ROLE,  # MediaConvert: right after a deployment that may be IAM
    "1434": _OF_A_YOUNG_ROLE,
}
"""How often an attempt that failed with a code is repeated. Every other code would come again:
the file, or the deployment, has to change first."""
