"""What an operator does in the midst of it: redrive letters, and cancel jobs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from handlers.names import JobMetadata
from local.cloud import LocalCloud
from operate.stack_config import PROJECT_FOLDER
from tests.chaos.chance import chance
from tests.chaos.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from types_boto3_mediaconvert.type_defs import JobTypeDef

LetterName = tuple[str, str, int]
"""What a letter is about: a key, a preset, and the attempt that failed."""

UNTOUCHED = frozenset({"failed", "would be sent"})
"""Fates of letters that stay where they are."""

REDRIVE_SECONDS = 120
"""The longest that a redrive may take."""


class Operator:
    """Somebody with the project's commands and MediaConvert's console.

    Attributes:
        canceled: ids of the jobs that he canceled.
        redriven: letters that he sent back, or that were removed as obsolete.
    """

    def __init__(self, seed: int, cloud: LocalCloud, uploads: Uploads, folder: Path) -> None:
        """Work on a cloud.

        Args:
            seed: of the run.
            cloud: the cloud.
            uploads: knows which upload of a key is the newest.
            folder: for the stack's outputs.
        """
        self._random = chance(seed, "operator")
        self._mediaconvert = cloud.clients.client("mediaconvert")
        self._bucket: str = cloud.outputs["input_bucket"]
        self._uploads = uploads
        self._outputs = folder / "outputs.json"
        self._outputs.write_text(
            json.dumps({"environment": dict(cloud.environment), "outputs": dict(cloud.outputs)})
        )
        self._at_work: list[subprocess.Popen[bytes]] = []
        self.canceled: set[str] = set()
        self.redriven: set[LetterName] = set()

    def redrive(self) -> None:
        """Begin to send all dead letters back, when the redrive before has ended."""
        self.finish()
        command = ["redrive", "--outputs", str(self._outputs), "--json"]
        self._at_work.append(
            subprocess.Popen(  # noqa: S603 -- an argument list, no shell
                [sys.executable, "-m", "operate", *command],
                cwd=PROJECT_FOLDER,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )

    def finish(self) -> None:
        """Wait for what goes on, and note what it did."""
        while self._at_work:
            process = self._at_work.pop()
            try:
                lines, complaint = process.communicate(timeout=REDRIVE_SECONDS)
            finally:
                process.kill()
            assert 0 == process.returncode, complaint.decode()
            for line in map(json.loads, lines.splitlines()):
                if line["status"] not in UNTOUCHED:
                    self.redriven |= {
                        (key, line["preset"], line["attempt"]) for key in line["keys"]
                    }

    def cancel_a_job(self) -> None:
        """Cancel one of the jobs that have not ended."""
        running = self._mediaconvert.list_jobs(Status="PROGRESSING")["Jobs"]
        waiting = self._mediaconvert.list_jobs(Status="SUBMITTED")["Jobs"]
        jobs = [*running, *waiting]
        if jobs:
            self._cancel([self._random.choice(jobs)])

    def cancel_older(self, key: str) -> None:
        """Cancel the jobs of a key that are not of its newest upload."""
        uri, newest = f"s3://{self._bucket}/{key}", self._uploads.newest[key].digest
        try:
            jobs = self._mediaconvert.search_jobs(InputFile=uri)["Jobs"]
        except (BotoCoreError, ClientError):
            return  # MediaConvert is offline just now.
        self._cancel(
            job
            for job in jobs
            if job["Settings"]["Inputs"][0]["FileInput"] == uri
            and job["UserMetadata"][JobMetadata.UPLOAD] != newest
        )

    def _cancel(self, jobs: "Iterable[JobTypeDef]") -> None:
        for job in jobs:
            try:
                self._mediaconvert.cancel_job(Id=job["Id"])
            except (BotoCoreError, ClientError):
                continue  # It has ended, or MediaConvert is offline just now.
            self.canceled.add(job["Id"])
