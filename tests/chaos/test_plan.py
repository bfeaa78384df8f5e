"""What the chaos uploads is hostile, and is the same for the same seed."""

from itertools import groupby

from tests.chaos.agenda import Agenda
from tests.chaos.hostile_keys import SHAPES, hostile_key
from tests.chaos.uploads import plan

MOST = 5_000
MAX_KEY_BYTES = 1_024


def test_keys_are_different_and_s3_takes_them() -> None:
    """No two numbers share a key, and none is longer than S3 allows."""
    keys = [hostile_key(number) for number in range(MOST)]

    assert MOST == len(set(keys))
    assert MAX_KEY_BYTES >= max(len(key.encode()) for key in keys)


def test_neighbours_differ_in_case_only() -> None:
    """`0.mp4` is beside `0.MP4`: outputs must not depend on less than the whole key."""
    keys = sorted((hostile_key(number) for number in range(len(SHAPES))), key=str.lower)

    assert ["0.MP4", "0.mp4"] in [sorted(same) for _, same in groupby(keys, key=str.lower)]


def test_a_plan_is_repeatable() -> None:
    """The seed decides what is uploaded, and nothing else does."""
    first, again, other = (list(plan(seed, MOST)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_an_agenda_is_done_in_the_order_of_its_times() -> None:
    """Actions are done when they are due, not before, and in the order of their times."""
    now = 0.0
    done: list[str] = []
    agenda = Agenda(lambda: now)
    agenda.at(2, lambda: done.append("second"))
    agenda.at(1, lambda: done.append("first"))
    agenda.after(3, lambda: done.append("third"))
    now = 2.5
    agenda.do_what_is_due()

    assert ["first", "second"] == done
    assert not agenda.is_empty

    now = 3
    agenda.do_what_is_due()

    assert ["first", "second", "third"] == done
    assert agenda.is_empty
