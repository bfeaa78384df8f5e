"""Chance that can be repeated."""

from random import Random


def chance(seed: int, *purpose: object) -> Random:
    """Return a source of chance: the same one for the same seed and purpose, whoever asks first."""
    return Random(repr((seed, *purpose)))  # noqa: S311 -- it has to be repeatable, not secret
