"""Ages, as people read them."""

from datetime import timedelta

import pytest

from operate.durations import ago


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "now"),
        (0.9, "now"),
        (1, "1 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (86_399, "23 h"),
        (86_400, "1 d"),
        (14 * 86_400, "14 d"),
    ],
)
def test_the_largest_unit_that_an_age_fills(seconds: float, expected: str) -> None:
    """Smaller units are left out; a clock that is a little ahead makes no negative age."""
    assert expected == ago(timedelta(seconds=seconds))
