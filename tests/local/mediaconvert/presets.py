"""Jobs as the program makes them of its presets, with what the functions fill in."""

from typing import Any

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers.mediaconvert.output_groups import group_settings

FILE_INPUT = "s3://studio-input/trips/a b.mp4"
STEM = "s3://studio-output/trips/a b"


def preset_job(preset: PresetArgs, role: str) -> dict[str, Any]:
    """Return the CreateJob request of a preset for one upload."""
    (resolved,) = resolve([preset])
    job = job_document(resolved) | {"Role": role, "Queue": "Default"}
    job["Settings"]["Inputs"][0]["FileInput"] = FILE_INPUT
    for group in job["Settings"]["OutputGroups"]:
        settings = group_settings(group)
        settings["Destination"] = STEM + settings.get("Destination", "")
    return job
