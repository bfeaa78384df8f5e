"""What becomes of Elastic Transcoder's system presets."""

from components.presets.elastic_transcoder import REFUSED_PRESETS, SYSTEM_PRESETS, becomes
from docs.markdown import table


def presets() -> str:
    """The ids that can be pasted."""
    return table(
        ("Id", "Name", "Becomes"),
        (
            (f"`{preset_id}`", preset.name, becomes(preset))
            for preset_id, preset in sorted(SYSTEM_PRESETS.items())
        ),
    )


def refusals() -> str:
    """The ids of which nothing is made."""
    return table(
        ("Id", "Name", "Why not"),
        (
            (f"`{preset_id}`", preset.name, preset.reason)
            for preset_id, preset in sorted(REFUSED_PRESETS.items())
        ),
    )
