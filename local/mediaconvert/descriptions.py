"""Jobs and queues as the API describes them."""

from typing import Any

from local.mediaconvert.jobs import Job, Status
from local.mediaconvert.queues import DEFAULT_QUEUE, Queue


def described_queue(queue: Queue, submitted: int, progressing: int) -> dict[str, Any]:
    """Describe a queue as GetQueue does, with the number of its waiting and running jobs."""
    return {
        "Arn": queue.arn,
        "ConcurrentJobs": queue.concurrent_jobs,
        "CreatedAt": queue.created_at,
        "Description": queue.description,
        "LastUpdated": queue.last_updated,
        "Name": queue.name,
        "PricingPlan": "ON_DEMAND",
        "ProgressingJobsCount": progressing,
        "Status": queue.status,
        "SubmittedJobsCount": submitted,
        "Type": "SYSTEM" if queue.name == DEFAULT_QUEUE else "CUSTOM",
    }


def described_job(job: Job) -> dict[str, Any]:
    """Describe a job as GetJob does."""
    request = job.request
    return {
        "AccelerationSettings": request.get("AccelerationSettings"),
        "AccelerationStatus": "NOT_APPLICABLE",
        "Arn": job.arn,
        "BillingTagsSource": request.get("BillingTagsSource"),
        "ClientRequestToken": request.get("ClientRequestToken"),
        "CreatedAt": job.submitted,
        "CurrentPhase": job.phase if job.status is Status.PROGRESSING else None,
        "ErrorCode": job.error_code,
        "ErrorMessage": job.error_message,
        "HopDestinations": request.get("HopDestinations"),
        "Id": job.id,
        "JobPercentComplete": job.percent,
        "OutputGroupDetails": [
            {
                "OutputDetails": [
                    {
                        "DurationInMs": output.milliseconds,
                        "VideoDetails": {"WidthInPx": output.width, "HeightInPx": output.height},
                    }
                    for output in group.outputs
                ]
            }
            for group in job.output_groups
        ],
        "Priority": job.priority,
        "Queue": job.queue,
        "QueueTransitions": [
            {
                "SourceQueue": transition.source,
                "DestinationQueue": transition.destination,
                "Timestamp": transition.time,
            }
            for transition in job.transitions
        ],
        "RetryCount": 0,
        "Role": request["Role"],
        "Settings": request["Settings"],
        "Status": job.status,
        "StatusUpdateInterval": request.get("StatusUpdateInterval", "SECONDS_60"),
        "Timing": {
            "SubmitTime": job.submitted,
            "StartTime": job.started,
            "FinishTime": job.finished,
        },
        "UserMetadata": job.user_metadata,
    }
