"""What the chaos uploads is hostile, and is the same for the same seed."""

from itertools import groupby

import pytest

from tests.chaos.agenda import Agenda
from tests.chaos.hostile_keys import SHAPES, hostile_key
from tests.chaos.plan import STORIES, Plan

MOST, SMALL = 5_000, 200
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
    first, again, other = (list(Plan(seed).uploads(MOST)) for seed in (1, 1, 2))

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


@pytest.mark.parametrize("seed", range(5))
def test_versions_of_a_key_can_be_told_apart(seed: int) -> None:
    """No two videos that are uploaded under one key are of one length."""
    planned = [(each.key, each.file) for each in Plan(seed).uploads(MOST)]
    videos = [(key, file.pictures) for key, file in planned if file.pictures]

    assert len(set(videos)) == len(videos)


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_uploads_tell_every_story(seed: int) -> None:
    """Each way to overwrite is among them, and each story comes to its end."""
    uploads = list(Plan(seed).uploads(SMALL))
    told = dict.fromkeys(STORIES, 0)
    for key, several in groupby(sorted(uploads, key=lambda each: each.key), lambda each: each.key):
        versions = sorted(several, key=lambda each: each.file.version)
        files = "".join("v" if each.file.pictures else "x" for each in versions)
        positions = [uploads.index(each) for each in versions]
        assert positions == sorted(positions), key
        for story in STORIES:
            told[story] += (
                files == story.files
                and versions[0].is_slow == story.is_slow
                and versions[-1].cancels_older == story.is_canceled
                and versions[-1].is_spared == story.is_spared
                and versions[-1].is_noticed == story.is_noticed
            )

    assert [] == [story for story, times in told.items() if not times]
