"""Finding the job of a claim whose delivery died: did it come to CreateJob or not?"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_mediaconvert import MediaConvertClient

CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""How far MediaConvert's clock and the function's may be apart."""

JOBS_PER_PAGE: Final = 20
"""The most that ListJobs returns at a time."""


def find_job(
    mediaconvert: "MediaConvertClient",
    pipeline_arn: str,
    metadata: "Mapping[str, str]",
    since: int,
) -> str | None:
    """Find the job with these metadata among the jobs that a pipeline was given since a time.

    As sure as ListJobs is: AWS does not say how soon a new job is listed. It has a minute: until
    then the ClientRequestToken finds the job.

    Args:
        mediaconvert: The client.
        pipeline_arn: The pipeline.
        metadata: The job's user metadata, all of them.
        since: Unix time in seconds.

    Returns:
        The job's id; None when there is no such job.
    """
    earliest = datetime.fromtimestamp(since, UTC) - CLOCK_DIFFERENCE
    # The API's description asks for the queue's name here, not for its ARN.
    pages = mediaconvert.get_paginator("list_jobs").paginate(
        Queue=pipeline_arn.rpartition("/")[-1],
        Order="DESCENDING",
        PaginationConfig={"PageSize": JOBS_PER_PAGE},
    )
    for page in pages:
        for job in page["Jobs"]:
            if job["CreatedAt"] < earliest:
                return None
            if job.get("UserMetadata") == metadata:
                return job["Id"]
    return None
