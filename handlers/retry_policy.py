"""Which of MediaConvert's job errors can pass, how often to try again, and when."""

from collections.abc import Mapping
from typing import Final

RETRIES: Final[Mapping[str, int]] = {
    "1517": 2,  # S3 could not be written to
    "1522": 2,  # the job took too long
    "1550": 2,  # the acceleration failed
    "1999": 1,  # an unexpected error: once may be the system, twice is the file
    "1432": 1,  # the role lacks a permission, is missing, or does not trust MediaConvert: right
    "1433": 1,  # after a deployment that may be IAM, which takes a moment to agree with itself
    "1434": 1,
}
"""How often an attempt that failed with a code is repeated. Every other code would come again:
the file, or the deployment, has to change first."""

FIRST_DELAY: Final = 30
"""Seconds: longer than IAM or S3 take, as a rule, to be over it."""

LONGEST_DELAY: Final = 900
"""Seconds: the most that SQS delays a message."""


def delay(retries: int) -> int:
    """Give the seconds before a repetition; they double with each.

    Args:
        retries: Number of the repetition, from 1.
    """
    return min(FIRST_DELAY << (retries - 1), LONGEST_DELAY)
