"""What goes wrong in the cloud, made to go wrong."""

import http.client
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.cloud import LocalCloud
from local.mediaconvert.service import FAULTS_PATH
from tests.chaos import function_workers
from tests.chaos.chance import chance
from tests.chaos.rest import EVERYTHING_NOW

if TYPE_CHECKING:
    from types_boto3_mediaconvert.literals import QueueStatusType

UNEXPECTED = 1999
"""MediaConvert's job error that is tried again once."""


class Trouble:
    """Orders trouble.

    Attributes:
        held: jobs that waited in paused pipelines.
    """

    def __init__(self, seed: int, cloud: LocalCloud) -> None:
        """Make trouble in a cloud."""
        self._cloud = cloud
        self._random = chance(seed, "victims")
        self._mediaconvert = cloud.clients.client("mediaconvert")
        self.held = 0
        self._address = urlsplit(cloud.environment["AWS_ENDPOINT_URL_MEDIACONVERT"]).netloc

    def refuse_jobs(self, error: str, times: int) -> None:
        """Let the next calls of CreateJob be refused with an error."""
        self._order({"operation": "CreateJob", "error": error, "times": times})

    def fail_jobs(self, preset: str, times: int) -> None:
        """Let the next jobs of a preset fail."""
        self._order({"job_error": UNEXPECTED, "preset": preset, "times": times})

    def refuse_cancels(self, times: int) -> None:
        """Let the next calls of CancelJob be refused: what was overwritten runs to its end."""
        self._order({"operation": "CancelJob", "error": "TooManyRequestsException", "times": times})

    def slow_down(self, key: str, seconds: int, times: int) -> None:
        """Let the next jobs of a key take longer between reading and writing."""
        uri = f"s3://{self._cloud.outputs['input_bucket']}/{key}"
        self._order({"seconds": seconds, "input": uri, "times": times})

    def go_offline(self) -> None:
        """Let MediaConvert answer nothing."""
        self._order({"offline": True})

    def lift(self) -> None:
        """End everything that was ordered of MediaConvert."""
        self._call("DELETE")

    def pause(self, pipeline_arn: str) -> None:
        """Pause a pipeline."""
        self._set_status(pipeline_arn, "PAUSED")

    def resume(self, pipeline_arn: str, *, when_idle: bool) -> bool:
        """Let a pipeline run again.

        Args:
            pipeline_arn: the pipeline.
            when_idle: even if no job waits for it.

        Returns:
            Whether it runs.
        """
        queue = self._mediaconvert.get_queue(Name=_name(pipeline_arn))["Queue"]
        waiting = queue["SubmittedJobsCount"]
        if waiting or when_idle:
            self.held += waiting
            self._set_status(pipeline_arn, "ACTIVE")
        return bool(waiting) or when_idle

    def kill_a_function(self) -> None:
        """Kill a function in the middle of a batch."""
        function_workers.kill_at_work(self._cloud.log.parent, self._random)

    def restart_the_functions(self) -> None:
        """Kill all functions at one time."""
        function_workers.kill_all(self._cloud.log.parent)

    def reconcile_in_the_middle(self) -> None:
        """Let reconcile run beside everything else."""
        for request in EVERYTHING_NOW:
            self._cloud.clients.client("lambda").invoke(
                FunctionName=self._cloud.outputs["reconcile_function"],
                InvocationType="Event",
                Payload=json.dumps(request),
            )

    def _set_status(self, pipeline_arn: str, status: "QueueStatusType") -> None:
        self._mediaconvert.update_queue(Name=_name(pipeline_arn), Status=status)

    def _order(self, fault: Mapping[str, Any]) -> None:
        self._call("POST", json.dumps(fault))

    def _call(self, method: str, body: str | None = None) -> None:
        connection = http.client.HTTPConnection(self._address)
        try:
            connection.request(method, FAULTS_PATH, body)
            answer = connection.getresponse()
            assert http.HTTPStatus.OK == answer.status, answer.read()
        finally:
            connection.close()


def _name(pipeline_arn: str) -> str:
    return pipeline_arn.rpartition("/")[-1]
