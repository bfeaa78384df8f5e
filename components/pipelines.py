"""The MediaConvert queues: one for each preset, or fewer where presets share one."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.presets import Preset
from components.scope import PRESET_TAG, Scope

_NOTE = (
    "{}: concurrent_jobs is {}. MediaConvert keeps the number when the field is taken out later: "
    "set another instead. If this is more than the account's quota leaves, the update asks again "
    "for up to an hour before it fails."
)
"""Terraform's provider, which Pulumi's is made of, repeats a queue that is refused with 429 (pull
request 41012 of hashicorp/terraform-provider-aws)."""


def pipelines(scope: Scope, presets: Sequence[Preset]) -> Mapping[str, aws.mediaconvert.Queue]:
    """Create the pipelines that the presets name.

    A job is billed to the tags of its pipeline, so a pipeline is tagged like its preset; one that
    several presets share bears the name of the pipeline in place of theirs.

    Args:
        scope: what they belong to.
        presets: of which those that share a pipeline agree on its settings.
    """
    by_name = {preset.pipeline: preset for preset in presets}
    created = {
        name: aws.mediaconvert.Queue(
            f"{scope.name}-{name}",
            # The provider's documentation names another default than the one it has.
            status="PAUSED" if preset.paused else "ACTIVE",
            pricing_plan="ON_DEMAND",
            concurrent_jobs=preset.concurrent_jobs,
            tags={**scope.tags, PRESET_TAG: name, **preset.tags},
            opts=scope.options(),
        )
        for name, preset in by_name.items()
    }
    for name, preset in by_name.items():
        if preset.concurrent_jobs is not None:
            pulumi.log.info(_NOTE.format(name, preset.concurrent_jobs), created[name])
    return created
