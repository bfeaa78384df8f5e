"""What every part of a fan-out is given alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pulumi import Alias, ComponentResource, Input, Output, Resource, ResourceOptions

FANOUT_TAG = "videoconverter:fanout"
"""Key of the tag that tells the resources of one fan-out from those of another. Costs can be split
by it, and permissions that are not for a single queue are bound to it."""

PRESET_TAG = "videoconverter:preset"
"""Key of the tag that names the preset of a branch, to split costs by."""


class Part(ComponentResource):
    """A part of the fan-out, which holds its resources together in Pulumi's tree."""

    def __init__(self, kind: str, name: str, parent: Resource) -> None:
        """Create it.

        Args:
            kind: what it is, the last segment of its type.
            name: logical name.
            parent: the fan-out.
        """
        super().__init__(f"videoconverter:index:{kind}", name, None, ResourceOptions(parent=parent))
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The component that resources belong to, and the settings that all of them share."""

    name: str
    """Logical name of the component; the name of each of its resources starts with it."""
    parent: Resource
    tags: Input[Mapping[str, Input[str]]]
    log_retention_days: Input[int]
    force_destroy: bool
    """Let Pulumi delete buckets with the objects in them; otherwise it leaves them as they are."""
    iam_path: str = ""
    permissions_boundary: Input[str] = ""
    """Of every role; empty for IAM's default, and for none."""
    key_arn: Output[str] | None = None
    """The customer key that encrypts everything; None for AWS's own keys."""
    moved_from: Resource | None = None
    """Whose child a resource was before: without that alias Pulumi would replace it."""

    def part(self, kind: str, name: str) -> Self:
        """The scope of a part of the fan-out.

        Args:
            kind: see `Part`.
            name: what follows the fan-out's name in the part's.
        """
        component = Part(kind, f"{self.name}-{name}", self.parent)
        return replace(self, parent=component, moved_from=self.parent)

    def options(self, *, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        """The options of a resource: its parent, and nothing that was the caller's.

        Args:
            depends_on: what has to be there before it, and is deleted only after it.
        """
        return ResourceOptions(
            parent=self.parent, depends_on=list(depends_on), aliases=self._aliases()
        )

    def data_options(self) -> ResourceOptions:
        """The options of people's data and of all that protects it: Pulumi forgets, but keeps it.

        S3 deletes no bucket that holds objects, but it does delete the settings of one.
        """
        return ResourceOptions(
            parent=self.parent,
            retain_on_delete=not self.force_destroy,
            aliases=self._aliases(),
        )

    def _aliases(self) -> list[Alias] | None:
        return [Alias(parent=self.moved_from)] if self.moved_from else None

    def tagged(self, tags: Mapping[str, Input[str]]) -> Self:
        """The same with further tags."""
        if isinstance(self.tags, Mapping):
            return replace(self, tags={**self.tags, **tags})
        both = Output.all(self.tags, tags)
        return replace(self, tags=both.apply(lambda known: {**known[0], **known[1]}))
