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
    "LEDGER_RETENTION_DAYS": "90",
    "SUFFIXES": ".mp4,.MP4",
}


@pytest.mark.parametrize("kind", [FanoutSettings, SubmitJobSettings, ReconcileSettings])
def test_each_setting_is_the_variable_of_its_name(kind: type[FanoutSettings]) -> None:
    """Every field has the value of the variable of its name, in the field's type."""
    read = vars(kind.from_environment(COMPLETE))

    expected: dict[str, object] = {name: COMPLETE[name.upper()] for name in read} | {
        "ledger_retention_days": 90
    }
    if "suffixes" in read:
        expected |= {"suffixes": (".mp4", ".MP4")}
    assert expected == read


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "a week"])
def test_a_retention_that_is_no_number_of_days_is_refused(days: str) -> None:
    """The ledger's retention is whole days, and the error says what was found instead."""
    with pytest.raises(SettingsError, match=f"LEDGER_RETENTION_DAYS is '{days}'; expected whole"):
        FanoutSettings.from_environment(COMPLETE | {"LEDGER_RETENTION_DAYS": days})


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
