"""The environment becomes settings, or an error that says what is wrong."""

import pytest

from handlers.names import Environment
from handlers.settings import (
    FanoutSettings,
    ReconcileSettings,
    SettingsError,
    SubmitJobSettings,
)

COMPLETE = {str(key): f"value of {key}" for key in Environment} | {
    "CLAIM_SECONDS": "120",
    "LEDGER_RETENTION_DAYS": "90",
    "MAX_UPLOAD_BYTES": "0",
    "MAX_UPLOAD_SECONDS": "3600",
    "SUFFIXES": ".mp4,.MP4",
}


@pytest.mark.parametrize("kind", [FanoutSettings, SubmitJobSettings, ReconcileSettings])
def test_each_setting_is_the_variable_of_its_name(kind: type[FanoutSettings]) -> None:
    """Every field has the value of the variable of its name, in the field's type."""
    read = vars(kind.from_environment(COMPLETE))

    expected: dict[str, object] = {name: COMPLETE[name.upper()] for name in read} | {
        "ledger_retention_days": 90
    }
    if "claim_seconds" in read:
        expected |= {"claim_seconds": 120, "max_upload_bytes": 0, "max_upload_seconds": 3600}
    if "suffixes" in read:
        expected |= {"suffixes": (".mp4", ".MP4")}
    assert expected == read


@pytest.mark.parametrize("key", ["CLAIM_SECONDS", "LEDGER_RETENTION_DAYS"])
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "a week"])
def test_a_time_that_is_no_whole_number_is_refused(key: str, text: str) -> None:
    """Days and seconds are whole and at least one, and the error says what was found instead."""
    with pytest.raises(SettingsError, match=f"{key} is '{text}'; expected a whole number"):
        SubmitJobSettings.from_environment(COMPLETE | {key: text})


@pytest.mark.parametrize("key", ["MAX_UPLOAD_BYTES", "MAX_UPLOAD_SECONDS"])
@pytest.mark.parametrize("text", ["-1", "1.5", "an hour"])
def test_a_limit_that_is_no_whole_number_is_refused(key: str, text: str) -> None:
    """A cap is whole, or 0 for none."""
    with pytest.raises(SettingsError, match=f"{key} is '{text}'; expected a whole number"):
        SubmitJobSettings.from_environment(COMPLETE | {key: text})


@pytest.mark.parametrize("absent", [{}, {"PRESET": ""}], ids=["missing", "empty"])
def test_every_missing_variable_is_named_at_once(absent: dict[str, str]) -> None:
    """All missing and empty variables are named, and only those."""
    environment = {
        key: value for key, value in COMPLETE.items() if key not in {"PRESET", "QUEUE_URL"}
    }

    with pytest.raises(SettingsError) as raised:
        SubmitJobSettings.from_environment(environment | absent)

    assert (
        "Environment variable(s) missing or empty: PRESET, QUEUE_URL. "
        "The deployment sets them on the function; deploy it again, or set them by hand."
    ) == str(raised.value)
