"""Pulumi's provider of components, which refuses what it would drop and takes what it should."""

from collections.abc import Iterator
from typing import Any

from pulumi import Inputs
from pulumi.errors import InputPropertiesError, InputPropertyErrorDetails
from pulumi.provider.experimental.analyzer import (
    ComponentDefinition,
    PropertyDefinition,
    PropertyType,
)
from pulumi.provider.experimental.component import ComponentProvider

from components.arguments import is_later
from components.wording import did_you_mean


class StrictComponentProvider(ComponentProvider):
    """Tells misspelt properties by their path.

    YAML, and languages whose types were cast away, send any property; Pulumi's own provider hands
    only those of the schema on, and the component would never know.
    """

    def map_inputs(self, inputs: Inputs, component_def: ComponentDefinition) -> Inputs:
        """Map the names of the schema to Python's.

        Args:
            inputs: as the engine sent them.
            component_def: the component that they are for.

        Raises:
            InputPropertiesError: one or more are not in the schema.
        """
        unknown: list[InputPropertyErrorDetails] = [
            {"property_path": path, "reason": reason}
            for path, reason in self._unknown(inputs, component_def.inputs, "")
        ]
        if unknown:
            reasons = "; ".join(f"{each['property_path']} {each['reason']}" for each in unknown)
            raise InputPropertiesError(reasons, unknown)
        # Pulumi's own calls int() on every integer, an Output's included.
        later = {
            name: value
            for name, value in inputs.items()
            if component_def.inputs[name].type is PropertyType.INTEGER and is_later(value)
        }
        known = {name: value for name, value in inputs.items() if name not in later}
        mapped = super().map_inputs(known, component_def)
        names = component_def.inputs_mapping
        return {**mapped, **{names[name]: value for name, value in later.items()}}

    def _unknown(
        self, value: Any, properties: dict[str, PropertyDefinition], path: str
    ) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict):
            return
        for name, inner in value.items():
            where = f"{path}{name}"
            if name in properties:
                yield from self._unknown_within(inner, properties[name], where)
            else:
                yield where, f"does not exist{did_you_mean(name, properties)}"

    def _unknown_within(
        self, value: Any, definition: PropertyDefinition, path: str
    ) -> Iterator[tuple[str, str]]:
        if definition.items and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._unknown_within(item, definition.items, f"{path}[{index}]")
        elif definition.ref and (of_type := self.get_type_definition(definition)):
            yield from self._unknown(value, of_type.properties, f"{path}.")
