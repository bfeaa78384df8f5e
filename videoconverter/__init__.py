"""The fan-out for programs of your own: `from videoconverter import TranscodeFanout`.

An installed videoconverter has the folders `components`, `handlers`, `operate` and `local` inside
this package, where they collide with nobody's; setup.py puts them there.
"""

from components import (
    ArgumentError,
    PresetArgs,
    PresetError,
    SuffixError,
    TranscodeFanout,
    TranscodeFanoutArgs,
)

__all__ = [
    "ArgumentError",
    "PresetArgs",
    "PresetError",
    "SuffixError",
    "TranscodeFanout",
    "TranscodeFanoutArgs",
]
