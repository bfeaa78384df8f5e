"""A preset, from the stack's config to the job document that MediaConvert is given."""

from components.presets.preset import Preset, PresetArgs
from components.presets.resolution import PresetError, resolve

__all__ = ["Preset", "PresetArgs", "PresetError", "resolve"]
