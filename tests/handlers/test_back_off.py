"""How long a message waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.defaults import MAX_RECEIVE_COUNT, MESSAGE_RETENTION_SECONDS
from handlers import back_off

VISIBILITY_MAXIMUM = 43_200
"""Seconds: SQS's own, counted from the receive."""


@pytest.mark.parametrize(
    ("receives", "longest"),
    [(1, 15), (2, 30), (3, 60), (7, 960), (8, 1800), (9, 1800), (1000, 1800), (10**9, 1800)],
)
def test_the_delay_doubles_up_to_a_limit(receives: int, longest: int) -> None:
    """Each receive doubles the delay, until half an hour; a quarter of it is spread."""
    delays = {back_off.delay(f"message {number}", receives) for number in range(200)}

    assert min(delays) >= round(longest * 0.75)
    assert longest * 0.98 <= max(delays) <= longest
    assert min(delays) <= longest * 0.78


@given(st.text(), st.integers(min_value=1, max_value=10_000))
def test_a_delay_is_one_that_sqs_accepts(message_id: str, receives: int) -> None:
    """A delay is a whole number of seconds that ChangeMessageVisibility takes."""
    assert 0 < back_off.delay(message_id, receives) < VISIBILITY_MAXIMUM


def test_the_same_receive_waits_the_same_time() -> None:
    """A delay depends on message and count alone, so that a test or a log can repeat it."""
    assert back_off.delay("m", 5) == back_off.delay("m", 5)


def test_an_outage_is_survived_as_long_as_a_message_lives() -> None:
    """Refused for all of its 14 days, a message is received less often than its queue allows."""
    while_it_doubles = back_off.LONGEST_DELAY.bit_length()
    shortest_wait = back_off.LONGEST_DELAY * back_off.SHORTEST_SHARE

    receives = while_it_doubles + MESSAGE_RETENTION_SECONDS / shortest_wait

    assert receives < MAX_RECEIVE_COUNT
