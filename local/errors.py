"""What a user of the local cloud is told instead of a traceback."""


class LocalError(Exception):
    """Something went wrong that the message explains; exit code 1.

    Attributes:
        details: lines that tell more, to be shown above the message: people read the last line.
    """

    def __init__(self, message: str, *, details: str = "") -> None:
        """Say what went wrong, in a sentence."""
        super().__init__(message)
        self.details = details

    def __str__(self) -> str:
        """The details, then the message."""
        return "\n\n".join(filter(None, (self.details, *self.args)))


class UsageError(LocalError):
    """The command line asks for something that cannot be; exit code 2."""


class StackError(UsageError):
    """The stack's configuration cannot work; exit code 2."""


class EmulatorError(LocalError):
    """The emulator did not start, or is gone."""


class DeployError(LocalError):
    """The program asks for something that cannot be created here."""
