"""The MediaConvert queues: one for each preset, or fewer where presets share one."""

from collections.abc import Mapping, Sequence

import pulumi_aws as aws

from components.presets import Preset
from components.scope import PRESET_TAG, Scope


def pipelines(scope: Scope, presets: Sequence[Preset]) -> Mapping[str, aws.mediaconvert.Queue]:
    """Create the pipelines that the presets name.

    A job is billed to the tags of its pipeline, so a pipeline is tagged like its preset; one that
    several presets share bears the name of the pipeline in place of theirs.

    Args:
        scope: what they belong to.
        presets: of which those that share a pipeline agree on its settings.
    """
    by_name = {preset.pipeline: preset for preset in presets}
    return {
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
