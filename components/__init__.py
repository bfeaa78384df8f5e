"""The reusable infrastructure: `TranscodeFanout` and its parts."""

from components.presets import PresetArgs, PresetError
from components.suffixes import SuffixError
from components.transcode_fanout import TranscodeFanout, TranscodeFanoutArgs

__all__ = ["PresetArgs", "PresetError", "SuffixError", "TranscodeFanout", "TranscodeFanoutArgs"]
