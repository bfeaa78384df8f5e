"""What is uploaded, in which order."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count as numbers_from
from random import Random

from tests.chaos.chance import chance
from tests.chaos.clip_shelf import MOST_VERSIONS, NO_VIDEOS, VIDEOS, File
from tests.chaos.hostile_keys import hostile_key

UPLOADED_AGAIN = 0.08
"""Share of uploads whose key was uploaded some time before: most of those have ended."""

NO_VIDEO = 0.06
"""Share of uploads that are no video."""

UNNOTICED = 0.03
"""Share of uploads that S3 tells nobody about. Their keys are not uploaded again: of two versions
in a bucket's listing only the newer one can be missed."""

ENDED = 70
"""Other uploads between two of a key, by the time of which the first has ended, as a rule."""

BETWEEN_STORIES = 8
"""Uploads from the beginning of a story to that of the next."""


@dataclass(frozen=True)
class Planned:
    """An upload that is still to be made."""

    key: str
    file: File
    is_noticed: bool = True
    is_slow: bool = False
    """Whether its jobs take long, so that a newer upload overwrites it while they run."""
    cancels_older: bool = False
    """Whether somebody cancels by hand what then runs of the key's older uploads."""
    is_spared: bool = False
    """Whether MediaConvert refuses to cancel what then runs of them: it runs to its end."""


@dataclass(frozen=True)
class Story:
    """Uploads of one key, soon after each other."""

    files: str
    """A `v` for each video, an `x` for what is none."""
    gap: int
    """Other uploads between two of them."""
    is_slow: bool = False
    """Whether the older ones take long."""
    is_canceled: bool = False
    """Whether somebody cancels the older ones by hand."""
    is_spared: bool = False
    """Whether the older ones cannot be canceled."""
    is_noticed: bool = True
    """Whether S3 tells somebody about the last one."""


STORIES = (
    Story("vv", 0),
    Story("vv", 6, is_slow=True),
    Story("vv", 4, is_slow=True, is_spared=True),
    Story("vv", 8, is_slow=True, is_spared=True),
    Story("vv", 8, is_slow=True, is_canceled=True),
    Story("vv", 8, is_slow=True, is_noticed=False),
    Story("vvv", 0),
    Story("vvv", 6, is_slow=True),
    Story("xv", 0),
    Story("xv", ENDED),
    Story("vx", 8, is_slow=True, is_spared=True),
    Story("vx", ENDED),
    Story("vx", ENDED),
    Story("vxv", 4, is_slow=True),
)
"""Overwritten while the older one waits, while it encodes, and when it has ended; by a good one and
by a broken one; twice."""


class Plan:
    """Uploads that are planned: some plain, some of keys that exist, and stories among them."""

    def __init__(self, seed: int) -> None:
        """Plan with this chance."""
        self._random = chance(seed, "uploads")
        self._number = numbers_from()
        self._order = numbers_from()
        self._versions: Counter[str] = Counter()
        self._again: list[str] = []
        """Keys that may be uploaded again."""
        self._due: list[tuple[int, int, Planned]] = []
        """What goes on of the stories, and when."""
        self._stories: list[Story] = []

    def uploads(self, count: int) -> Iterator[Planned]:
        """Plan so many uploads."""
        for number in range(count):
            if self._due and self._due[0][0] <= number:
                yield heapq.heappop(self._due)[-1]
            elif number % BETWEEN_STORIES == BETWEEN_STORIES - 1:
                yield self._begin_story(number)
            else:
                yield self._single()

    def _begin_story(self, number: int) -> Planned:
        if not self._stories:
            self._stories = self._random.sample(STORIES, len(STORIES))
        story, key = self._stories.pop(), hostile_key(next(self._number))
        first, *others = _tell(story, key, self._random)
        for position, planned in enumerate(others, start=1):
            when = number + position * (story.gap + 1)
            heapq.heappush(self._due, (when, next(self._order), planned))
        return first

    def _single(self) -> Planned:
        kind = self._random.choice(NO_VIDEOS if self._random.random() < NO_VIDEO else VIDEOS)
        if self._random.random() < UNNOTICED:
            return Planned(hostile_key(next(self._number)), File(kind, 0), is_noticed=False)
        if self._again and self._random.random() < UPLOADED_AGAIN:
            key = self._random.choice(self._again)
        else:
            key = hostile_key(next(self._number))
            self._again.append(key)
        version = self._versions[key]
        self._versions[key] += 1
        if self._versions[key] == MOST_VERSIONS:
            self._again.remove(key)
        return Planned(key, File(kind, version))


def _tell(story: Story, key: str, random: Random) -> Iterator[Planned]:
    last = len(story.files) - 1
    for version, letter in enumerate(story.files):
        kind = random.choice(VIDEOS if letter == "v" else NO_VIDEOS)
        planned = Planned(key, File(kind, version))
        if version < last:
            yield replace(planned, is_slow=story.is_slow)
        else:
            yield replace(
                planned,
                is_noticed=story.is_noticed,
                cancels_older=story.is_canceled,
                is_spared=story.is_spared,
            )
