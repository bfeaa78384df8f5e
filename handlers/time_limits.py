"""How long the functions wait for AWS, and how long a function needs at least because of that.

Should one service be silent, the others are still told in time: what is longest is a search, and
then a service that does not answer. Should two be, the function times out: the batch is delivered
again, and the ledger knows what was done.
"""

import math
from typing import Final

CONNECT_TIMEOUT: Final = 0.5
"""Seconds: within a region a connection takes some 10 ms."""

CREATE_JOB_TIMEOUT: Final = 4.0
"""Seconds without a byte of answer. CreateJob validates a document before it answers."""

CREATE_JOB_ATTEMPTS: Final = 1
"""One request, one answer. Were it repeated unseen, a refusal of the second request would hide that
the first one may have made a job."""

PROBE_TIMEOUT: Final = 5.0
"""Seconds without a byte of answer: MediaConvert reads the beginning of the file, or its end."""

CANCEL_TIMEOUT: Final = 1.0
"""Seconds without a byte of answer. A new upload does not wait for the older one's job to end; what
could not be canceled now costs one job more."""

SEARCH_SECONDS: Final = 4.0
"""No page of jobs is asked for after this time: some is left for the job."""

TIMEOUT: Final = 0.75
"""Seconds without a byte of answer, from services that answer in some 10 ms."""

LIST_TIMEOUT: Final = 10.0
"""Seconds without a byte of answer: S3 collects a thousand versions before it answers."""

ATTEMPTS: Final = 2
"""One repetition, for a connection that died while the function was frozen. For a refusal that
lasts the queue is the better place to wait."""

LONGEST_PAUSE: Final = 1
"""Seconds that botocore's standard mode waits at most before its first repetition."""


def longest_call(read_timeout: float, attempts: int) -> float:
    """Give the seconds until a call to a silent service is given up."""
    return attempts * (CONNECT_TIMEOUT + read_timeout) + (attempts - 1) * LONGEST_PAUSE


SHORTEST_FUNCTION_TIMEOUT: Final = math.ceil(
    SEARCH_SECONDS
    + max(
        longest_call(CREATE_JOB_TIMEOUT, CREATE_JOB_ATTEMPTS),
        longest_call(PROBE_TIMEOUT, CREATE_JOB_ATTEMPTS),
        longest_call(TIMEOUT, ATTEMPTS),
    )
)
"""Seconds. A function with less could die before it has written down that a service is silent; five
such deliveries would give a healthy upload up."""
