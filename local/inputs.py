"""What a Pulumi resource was given, taken item by item so that nothing is overlooked."""

from collections.abc import Mapping
from typing import Any, Self


class Inputs:
    """The inputs of one resource, in Pulumi's camelCase.

    Whoever creates the resource takes each input that it understands. What is left in the end is
    something that the local cloud would have ignored, and that is an error.
    """

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        """Hold the inputs.

        Args:
            values: as Pulumi's engine hands them over: every number is a float.
            path: where they were found, for `left`.
        """
        self._values = {name: _whole_numbers(value) for name, value in values.items()}
        self._path = path
        self._nested: list[Self] = []

    def take(self, name: str, default: Any = None) -> Any:
        """An input, or the default when it was not given."""
        return self._values.pop(name, default)

    def need(self, name: str) -> Any:
        """An input that AWS cannot do without.

        Raises:
            ValueError: it was not given.
        """
        if name not in self._values:
            raise ValueError(f"{self._path}{name} is missing")
        return self._values.pop(name)

    def structure(self, name: str) -> Self:
        """The members of a nested structure; none when it was not given."""
        return self._hold(self.take(name, {}), f"{self._path}{name}.")

    def structures(self, name: str) -> list[Self]:
        """The members of each structure of a list; no list when it was not given."""
        return [
            self._hold(members, f"{self._path}{name}[{index}].")
            for index, members in enumerate(self.take(name, []))
        ]

    def _hold(self, members: Mapping[str, Any], path: str) -> Self:
        nested = type(self)(members, path)
        self._nested.append(nested)
        return nested

    def drop(self, *names: str) -> None:
        """Leave out inputs that only steer Pulumi's provider and reach no AWS call."""
        for name in names:
            self._values.pop(name, None)

    def left(self) -> list[str]:
        """Where the inputs are that nobody took, such as `topics[0].filterPrefix`."""
        own = [f"{self._path}{name}" for name in self._values]
        return sorted(own + [name for nested in self._nested for name in nested.left()])


def _whole_numbers(value: Any) -> Any:
    """Write `10.0` as `10`: Pulumi's wire format knows floats only, AWS wants integers."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _whole_numbers(item) for key, item in value.items()}
        case list():
            return [_whole_numbers(item) for item in value]
        case _:
            return value
