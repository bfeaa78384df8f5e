"""The operation Probe: what is in a file, without a job."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from local.mediaconvert.access import AwsAccess
from local.mediaconvert.errors import ApiError, JobError
from local.mediaconvert.probe import probe

_REFUSALS: Final = {
    JobError.ACCESS_DENIED: "ForbiddenException",
    JobError.NOT_FOUND: "NotFoundException",
    JobError.UNEXPECTED: "InternalServerErrorException",
}
"""What a caller is told of a file that cannot be had; any other error lies in what is in it."""


@dataclass(frozen=True)
class Prober:
    """Reads files for whoever asks.

    Attributes:
        aws: How S3 is reached.
        folder: Where scratch files go.
    """

    aws: AwsAccess
    folder: Path

    def result(self, url: str) -> dict[str, Any]:
        """Describe a file: its length and what it weighs. Tracks are not described.

        Args:
            url: `s3://bucket/key`.

        Raises:
            ApiError: The file cannot be had, or holds no media.
        """
        with TemporaryDirectory(prefix="probe-", dir=self.folder) as scratch:
            path = Path(scratch) / "input"
            try:
                self.aws.of_the_caller().download(url, path, lambda _: None)
                media = probe(path)
            except JobError as error:
                name = _REFUSALS.get(error.code, "UnprocessableEntityException")
                raise ApiError(name, error.message) from error
            return {
                "Container": {"Duration": media.duration},
                "Metadata": {"FileSize": path.stat().st_size},
            }
