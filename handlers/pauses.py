"""Throttling: a call that AWS refuses for being one too many waits, and does not fail the run."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from botocore.exceptions import ClientError

Result = TypeVar("Result")

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds; a pause doubles with each refusal in a row. Much shorter than the time that a function
keeps back for its end."""

THROTTLED: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""The codes of DynamoDB, S3, SQS and MediaConvert among those that botocore's standard retry mode
takes for throttling."""


class OutOfTimeError(Exception):
    """The run has to end before its work does; what is done stays done."""


class Pauses:
    """The pauses of one run."""

    def __init__(
        self, has_time: Callable[[], bool], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Use a clock.

        Args:
            has_time: Tells whether the run has time for more.
            sleep: Waits for a number of seconds.
        """
        self._has_time = has_time
        self._sleep = sleep
        self._seconds = FIRST_PAUSE

    def patiently(self, call: Callable[[], Result]) -> Result:
        """Make a call again and again until it is not throttled.

        Args:
            call: May be made twice; its other errors are raised.

        Raises:
            OutOfTimeError: It is throttled, and there is no time to wait.
        """
        while True:
            try:
                result = call()
            except ClientError as error:
                if error.response["Error"]["Code"] not in THROTTLED:
                    raise
                self.wait()
            else:
                self._seconds = FIRST_PAUSE
                return result

    def need_time(self) -> None:
        """Go on only if there is time.

        Raises:
            OutOfTimeError: There is none.
        """
        if not self._has_time():
            raise OutOfTimeError

    def wait(self) -> None:
        """Pause, twice as long as before.

        Raises:
            OutOfTimeError: There is no time for it.
        """
        self.need_time()
        self._sleep(self._seconds)
        self._seconds = min(2 * self._seconds, LONGEST_PAUSE)
