"""The emulator's own process: MiniStack with the bodies of uploads on disk, tied to its parent.

`local.emulator` starts it. Nothing here imports the rest of `local`.
"""
