"""What every part of a fan-out is given alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from pulumi import Input, Output, Resource, ResourceOptions

FANOUT_TAG = "videoconverter:fanout"
"""Key of the tag that tells the resources of one fan-out from those of another. Costs can be split
by it, and permissions that are not for a single queue are bound to it."""

PRESET_TAG = "videoconverter:preset"
"""Key of the tag that names the preset of a branch, to split costs by."""


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

    def options(self, *, depends_on: Sequence[Resource] = ()) -> ResourceOptions:
        """The options of a resource: its parent, and nothing that was the caller's.

        Args:
            depends_on: what has to be there before it, and is deleted only after it.
        """
        return ResourceOptions(parent=self.parent, depends_on=list(depends_on))

    def data_options(self) -> ResourceOptions:
        """The options of people's data and of all that protects it: Pulumi forgets, but keeps it.

        S3 deletes no bucket that holds objects, but it does delete the settings of one.
        """
        return ResourceOptions(parent=self.parent, retain_on_delete=not self.force_destroy)

    def tagged(self, tags: Mapping[str, Input[str]]) -> Self:
        """The same with further tags."""
        if isinstance(self.tags, Mapping):
            return replace(self, tags={**self.tags, **tags})
        both = Output.all(self.tags, tags)
        return replace(self, tags=both.apply(lambda known: {**known[0], **known[1]}))
