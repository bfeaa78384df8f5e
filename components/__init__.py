"""The reusable infrastructure: `TranscodeFanout` and its parts."""

from components.arguments import ArgumentError
from components.arguments import from_config as arguments_from_config
from components.presets import PresetArgs, PresetError
from components.suffixes import SuffixError
from components.transcode_fanout import TranscodeFanout, TranscodeFanoutArgs

__all__ = [
    "ArgumentError",
    "PresetArgs",
    "PresetError",
    "SuffixError",
    "TranscodeFanout",
    "TranscodeFanoutArgs",
    "arguments_from_config",
]
