"""The local cloud: the same program, deployed into an AWS emulator on this machine.

Nothing imports this package; `python -m local` is its door.
"""
