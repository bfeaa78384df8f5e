"""The environment of a function, read once into typed settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from handlers.names import Environment


class SettingsError(RuntimeError):
    """The function's environment lacks something that it cannot work without."""


@dataclass(frozen=True, kw_only=True)
class FanoutSettings:
    """What each function has to know; every field is the `names.Environment` key of its name."""

    fanout: str
    ledger_table: str
    ledger_retention_days: int
    completed_topic_arn: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings from environment variables.

        Args:
            environment: Variables by name, as in `os.environ`.

        Raises:
            SettingsError: Some are missing or empty, all of which are named, or one is wrong.
        """
        keys = {field.name: Environment(field.name.upper()) for field in fields(cls)}
        missing = [key for key in keys.values() if not environment.get(key)]
        if missing:
            raise SettingsError(
                f"Environment variable(s) missing or empty: {', '.join(missing)}. "
                "The deployment sets them on the function; deploy it again, or set them by hand."
            )
        return cls(**{name: _value(key, environment[key]) for name, key in keys.items()})


@dataclass(frozen=True, kw_only=True)
class SubmitJobSettings(FanoutSettings):
    """What one branch's submit_job has to know besides."""

    preset: str
    pipeline_arn: str
    pipeline_role_arn: str
    output_bucket: str
    queue_url: str
    dead_letter_queue_url: str
    claim_seconds: int
    max_upload_bytes: int
    max_upload_seconds: int


@dataclass(frozen=True, kw_only=True)
class ReconcileSettings(FanoutSettings):
    """What reconcile has to know besides."""

    input_bucket: str
    suffixes: tuple[str, ...]


def _text(_: Environment, text: str) -> str:
    return text


def _whole_number(key: Environment, text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise SettingsError(f"{key} is {text!r}; expected a whole number, 1 or more.")
    return int(text)


def _limit(key: Environment, text: str) -> int:
    if not text.isdecimal():
        raise SettingsError(f"{key} is {text!r}; expected a whole number, or 0 for no limit.")
    return int(text)


def _suffixes(_: Environment, text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_READERS: Final[Mapping[Environment, Callable[[Environment, str], Any]]] = {
    Environment.CLAIM_SECONDS: _whole_number,
    Environment.LEDGER_RETENTION_DAYS: _whole_number,
    Environment.MAX_UPLOAD_BYTES: _limit,
    Environment.MAX_UPLOAD_SECONDS: _limit,
    Environment.SUFFIXES: _suffixes,
}


def _value(key: Environment, text: str) -> Any:
    return _READERS.get(key, _text)(key, text)
