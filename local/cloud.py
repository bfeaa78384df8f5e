"""The local cloud: emulator, MediaConvert and the deployed program, started and stopped as one."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from components import ArgumentError, PresetError, SuffixError
from local import interrupts, program
from local.clients import ACCESS_KEY, ROOT, SECRET_KEY, Clients
from local.deploy import Deployer
from local.emulator import ACCOUNT, Emulator
from local.errors import StackError
from local.mediaconvert import AwsAccess, MediaConvertService
from local.mediaconvert.access import Credentials
from local.ports import FREE_PORT
from local.resources.events import LOCAL_SOURCE
from local.run_folder import DEATH_SECONDS, run_folder
from operate.stack_config import PROJECT_FOLDER, StackConfig

DETAIL_TYPE: Final = "MediaConvert Job State Change"


class LocalCloud:
    """A stack of the program, deployed and running on this machine while the `with` block lasts.

    Attributes:
        outputs: the stack's outputs.
        clients: boto3 clients that act as the account's root user.
        environment: what another process needs to reach this cloud.
    """

    outputs: Mapping[str, Any]
    clients: Clients
    environment: Mapping[str, str]

    def __init__(
        self,
        stack: StackConfig,
        project_folder: Path = PROJECT_FOLDER,
        *,
        port: int = FREE_PORT,
        mediaconvert_port: int = FREE_PORT,
    ) -> None:
        """Remember what to deploy.

        Args:
            stack: the stack.
            project_folder: where its program is.
            port: where AWS is played.
            mediaconvert_port: where MediaConvert is played.
        """
        self._port = port
        self._mediaconvert_port = mediaconvert_port
        self._stack = stack
        self._project_folder = project_folder
        self._teardown = ExitStack()

    def __enter__(self) -> Self:
        """Start everything.

        Raises:
            EmulatorError: the emulator does not start.
            OSError: a port is taken, or not for this user.
            StackError: the stack's configuration cannot work.
            DeployError: the program asks for something that the local cloud cannot create.
        """
        try:
            with interrupts.held():
                self._start()
            self._emulator.wait_until_ready()
            self.outputs = self._deploy()
        except BaseException:
            self.close()
            raise
        return self

    def _start(self) -> None:
        """Start the processes; each knows the other's address before the other runs."""
        region = self._stack.region
        folder = self._teardown.enter_context(run_folder())
        self._emulator = Emulator(folder, region=region, port=self._port)
        self._teardown.callback(self._emulator.stop)
        mediaconvert = self._teardown.enter_context(
            MediaConvertService(
                account=ACCOUNT,
                region=region,
                aws=AwsAccess(self._client_for_mediaconvert),
                emit=self.emit,
                folder=folder,
                port=self._mediaconvert_port,
            )
        )
        self.clients = Clients(
            self._emulator.endpoint,
            mediaconvert_endpoint=mediaconvert.endpoint,
            ca_bundle=self._emulator.ca_bundle,
            region=region,
        )
        self.environment = {
            "AWS_ENDPOINT_URL": self._emulator.endpoint,
            "AWS_ENDPOINT_URL_MEDIACONVERT": mediaconvert.endpoint,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_DEFAULT_REGION": region,
            "AWS_CA_BUNDLE": str(self._emulator.ca_bundle),
        }
        self._emulator.start(self.environment)

    def _deploy(self) -> Mapping[str, Any]:
        try:
            return program.run(self._project_folder, self._stack, Deployer(self.clients))
        except (ArgumentError, PresetError, SuffixError) as error:
            raise StackError(f"Stack {self._stack.name!r} cannot work: {error}") from error

    def _client_for_mediaconvert(self, service: str, credentials: Credentials | None) -> Any:
        return self.clients.client_of(credentials or ROOT, service)

    def emit(self, event: dict[str, Any]) -> None:
        """Hand an event of MediaConvert to the event bus; a cloud of another kind may lose it.

        Args:
            event: its detail, resources and time.

        Raises:
            RuntimeError: the bus refused it.
        """
        answer = self.clients.client("events").put_events(
            Entries=[
                {
                    "Source": LOCAL_SOURCE,
                    "DetailType": DETAIL_TYPE,
                    "Detail": json.dumps(event["detail"]),
                    "Resources": event["resources"],
                    "Time": event["time"],
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"EventBridge refused an event: {answer['Entries']}")

    def check(self) -> None:
        """Make sure that it still runs.

        Raises:
            EmulatorError: the emulator is gone.
        """
        self._emulator.check(DEATH_SECONDS)

    @property
    def log(self) -> Path:
        """The emulator's log, which holds what functions print."""
        return self._emulator.log

    def log_tail(self) -> str:
        """The end of that log."""
        return self._emulator.log_tail()

    def close(self) -> None:
        """End everything and remove what it wrote. Calling this twice does no harm."""
        with interrupts.held():
            self._teardown.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End everything."""
        self.close()
