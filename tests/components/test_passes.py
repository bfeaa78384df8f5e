"""What it costs to look for lost uploads, checked against arithmetic by hand."""

import pytest

from components.estimate.passes import LONGEST_PASS_HOURS, passes, passes_text


def test_a_million_versions_by_hand() -> None:
    """Hourly, 1,000 lists, 1,000 notes of the place, and the function's time; or a million reads.

    The function has half a GB, for 0.5 s a page, or for 0.9 s where uploads are looked up.
    """
    dollars = passes(1_000_000)["dollars_a_month"]
    shared = 1_000 * (0.000005 + 0.000000625) + 0.0000002

    assert dollars["at_least"] == pytest.approx(730 * (shared + 250 * 0.0000133334), abs=1e-3)
    assert dollars["at_most"] == pytest.approx(
        730 * (1_000 * (0.000005 + 0.000000625) + 0.0000002 + 450 * 0.0000133334 + 0.0625),
        abs=1e-3,
    )


def test_the_cost_has_a_limit_and_the_time_of_a_pass_has_none() -> None:
    """A run is no longer than Lambda allows, whatever there is to go through."""
    large, larger = passes(10**8), passes(10**9)

    assert large["dollars_a_month"] == larger["dollars_a_month"]
    assert (100, 1_000) == (large["hours_of_a_pass"], larger["hours_of_a_pass"])


def test_a_bucket_that_is_too_large_is_told() -> None:
    """A pass that takes longer than 14 days comes too late for some uploads."""
    assert "too long" not in passes_text({**passes(10**8)})
    assert "too long" in passes_text({**passes(10**8), "hours_of_a_pass": LONGEST_PASS_HOURS + 1})


def test_the_text_says_both_ends() -> None:
    """Dollars and hours, in two lines."""
    first, second = passes_text(passes(1_000_000)).splitlines()

    assert first.endswith("hourly: $6.54 a month if all are older than 14 days, $54.11 if none is.")
    assert "A whole pass takes up to 1 h, in hourly runs." == second
