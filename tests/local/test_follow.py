"""Renditions are waited for until each has ended, one way or the other."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from local.follow import LOOK_SECONDS, TIMEOUT, Follow
from local.rendition import Rendition, Sight, State

ENCODING, COMPLETE = Sight(State.ENCODING, percent=50), Sight(State.COMPLETE, percent=100)
ERROR = Sight(State.ERROR)


def rendition(key: str) -> Rendition:
    """Make a rendition."""
    return Rendition(Path(key), key, "720p")


class Script:
    """Shows one scene after the other, the last one for ever, and lets time pass in between."""

    def __init__(self, *scenes: dict[Rendition, Sight]) -> None:
        """Show these."""
        self._scenes: Iterator[dict[Rendition, Sight]] = iter(scenes)
        self._scene: dict[Rendition, Sight] = {}
        self.now = 0.0
        self.shown: list[tuple[str, Sight]] = []

    def look(self, renditions: Iterable[Rendition]) -> dict[Rendition, Sight]:
        """Show the next scene, as far as it is asked for."""
        self._scene = next(self._scenes, self._scene)
        return {each: self._scene[each] for each in renditions if each in self._scene}

    def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def play(self, *renditions: Rendition, looks: int = 10) -> list[tuple[str, Sight]]:
        """Follow renditions to the end, with a timeout of so many looks."""
        follow = Follow(
            self,
            renditions,
            timeout=looks * LOOK_SECONDS,
            clock=lambda: self.now,
            pause=self.pause,
        )
        ended = follow.until_all_ended(lambda each, sight: self.shown.append((each.key, sight)))
        return [(each.key, sight) for each, sight in ended]


def test_each_is_told_when_it_ends() -> None:
    """Renditions come in the order in which they end."""
    a, b = rendition("a"), rendition("b")
    script = Script({}, {a: ENCODING, b: ENCODING}, {a: ENCODING, b: ERROR}, {a: COMPLETE})

    assert [("b", ERROR), ("a", COMPLETE)] == script.play(a, b)


def test_changes_are_shown() -> None:
    """Every change is shown, the last one included, and nothing is shown twice."""
    a = rendition("a")
    script = Script({a: ENCODING}, {a: ENCODING}, {a: COMPLETE})

    script.play(a)

    assert [("a", ENCODING), ("a", COMPLETE)] == script.shown


def test_nothing_to_wait_for() -> None:
    """Without renditions there is no waiting."""
    assert [] == Script().play()


def test_no_progress() -> None:
    """A rendition that does not move is given up, and not waited for without end."""
    script = Script({})

    [(key, sight)] = script.play(rendition("stuck"), looks=10)

    assert "stuck" == key
    assert State.ERROR is sight.state
    assert sight.failure
    assert TIMEOUT == sight.failure.code
    assert 10 * LOOK_SECONDS < script.now < 13 * LOOK_SECONDS


def test_progress_is_not_given_up() -> None:
    """However long it takes, what moves is waited for."""
    a = rendition("a")
    percents = [{a: Sight(State.ENCODING, percent=percent)} for percent in range(100)]

    assert [("a", COMPLETE)] == Script(*percents, {a: COMPLETE}).play(a, looks=2)


def test_waiting_for_others_is_no_standstill() -> None:
    """Who waits is not given up while those before it move."""
    first, second = rendition("first"), rendition("second")
    moving = [
        {first: Sight(State.ENCODING, percent=percent), second: Sight(State.WAITING)}
        for percent in range(100)
    ]
    script = Script(*moving, {first: COMPLETE, second: COMPLETE})

    assert [("first", COMPLETE), ("second", COMPLETE)] == script.play(first, second, looks=2)
