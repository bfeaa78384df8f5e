"""The environment of submit_job, read once into typed settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from handlers.names import Environment


class SettingsError(RuntimeError):
    """The function's environment lacks something that it cannot work without."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one branch's submit_job has to know; see `names.Environment` for each."""

    fanout: str
    preset: str
    pipeline_arn: str
    pipeline_role_arn: str
    output_bucket: str
    queue_url: str
    dead_letter_queue_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings from environment variables.

        Args:
            environment: Variables by name, as in `os.environ`.

        Raises:
            SettingsError: One or more are missing or empty; all of them are named.
        """
        missing = [key for key in Environment if not environment.get(key)]
        if missing:
            raise SettingsError(
                f"Environment variable(s) missing or empty: {', '.join(missing)}. "
                "The deployment sets them on the function; deploy it again, or set them by hand."
            )
        return cls(**{key.lower(): environment[key] for key in Environment})
