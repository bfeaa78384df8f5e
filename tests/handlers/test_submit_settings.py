"""The environment becomes settings, or an error that says what is missing."""

import pytest

from handlers.names import Environment
from handlers.settings import Settings, SettingsError

COMPLETE = {str(key): f"value of {key}" for key in Environment}


def test_each_setting_is_the_variable_of_its_name() -> None:
    """Every variable lands in the field of its name."""
    read = Settings.from_environment({**COMPLETE, "HOME": "/root"})

    assert {key.lower(): value for key, value in COMPLETE.items()} == vars(read)


@pytest.mark.parametrize("absent", [{}, {"PRESET": ""}], ids=["missing", "empty"])
def test_every_missing_variable_is_named_at_once(absent: dict[str, str]) -> None:
    """All missing and empty variables are named, and only those."""
    environment = {
        key: value for key, value in COMPLETE.items() if key not in {"PRESET", "QUEUE_URL"}
    }

    with pytest.raises(SettingsError) as raised:
        Settings.from_environment(environment | absent)

    assert (
        "Environment variable(s) missing or empty: PRESET, QUEUE_URL. "
        "The deployment sets them on the function; deploy it again, or set them by hand."
    ) == str(raised.value)
