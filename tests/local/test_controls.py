"""The switches of the page turn something in a running cloud, and turn it back."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import LocalCloud
from local.controls import LocalControls
from local.up import page, reach, text
from operate.page.controls import RefusedError
from operate.stack_config import PROJECT_FOLDER, StackConfig
from operate.stack_outputs import Stack
from tests.operate.paged import Browser
from tests.waiting import eventually


@pytest.fixture
def controls(cloud: LocalCloud) -> Iterator[LocalControls]:
    """The hands of the dev stack's page; everything that they turn on is turned off again."""
    controls = LocalControls(cloud, Stack.from_document(reach(cloud), "test"), (".mp4",))
    yield controls
    for fault in controls.faults():
        controls.switch(fault.name, on=False)


def test_there_is_a_switch_for_each_part(controls: LocalControls) -> None:
    """Two of each preset, and those that everybody feels; none is on."""
    names = [fault.name for fault in controls.faults()]

    assert ["throttle", "offline", "stop-outcome"] == names[:3]
    assert {"pause 720p", "pause 1080p", "stop 720p", "stop 1080p"} == set(names[3:])
    assert not [fault for fault in controls.faults() if fault.is_on]


def test_a_pipeline_is_paused(controls: LocalControls, cloud: LocalCloud) -> None:
    """That of the preset, and no other."""
    controls.switch("pause 720p", on=True)

    def status(preset: str) -> str:
        name = cloud.outputs["pipeline_arns"][preset].rpartition("/")[2]
        return cloud.clients.client("mediaconvert").get_queue(Name=name)["Queue"]["Status"]

    assert ("PAUSED", "ACTIVE") == (status("720p"), status("1080p"))
    controls.switch("pause 720p", on=False)
    assert "ACTIVE" == status("720p")


def test_mediaconvert_refuses_and_falls_silent(controls: LocalControls, cloud: LocalCloud) -> None:
    """One fault is lifted while the other stays."""
    client: Any = cloud.clients.client("mediaconvert")
    controls.switch("throttle", on=True)
    controls.switch("offline", on=True)
    with pytest.raises(BotoCoreError):
        client.list_queues()

    controls.switch("offline", on=False)
    client.list_queues()
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        client.create_job(Role="arn:aws:iam::000000000000:role/r", Settings={})


def test_a_stopped_function_lets_its_messages_wait(
    controls: LocalControls, cloud: LocalCloud
) -> None:
    """Nobody takes them, no other preset is touched, and they are dealt with afterwards."""
    sqs = cloud.clients.client("sqs")
    queues = cloud.outputs["queue_urls"]

    def waiting(preset: str) -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = sqs.get_queue_attributes(QueueUrl=queues[preset], AttributeNames=names)
        return sum(map(int, attributes["Attributes"].values()))

    controls.switch("stop 720p", on=True)
    for preset in ("720p", "1080p"):
        sqs.send_message(QueueUrl=queues[preset], MessageBody='{"Event": "s3:TestEvent"}')
    eventually(lambda: waiting("1080p") == 0, what="message taken")
    assert 1 == waiting("720p")

    controls.switch("stop 720p", on=False)
    eventually(lambda: waiting("720p") == 0, what="message taken", within=90)


@pytest.mark.parametrize("name", ["", "pause", "pause 4k", "stop 4k", "fly"])
def test_a_fault_that_does_not_exist(name: str, controls: LocalControls) -> None:
    """It is refused by its name."""
    with pytest.raises(RefusedError, match=f"no fault {name!r}"):
        controls.switch(name, on=True)


@pytest.mark.parametrize("key", ["", "a.txt", "a.mp4.part", "a" * 1021 + ".mp4"])
def test_an_upload_that_nothing_would_listen_to(key: str, controls: LocalControls) -> None:
    """It is refused before it is read."""
    with pytest.raises(RefusedError, match=r"names that end in \.mp4"):
        controls.upload(key, io.BytesIO(b"x"))


def test_an_upload_and_a_redrive(cloud: LocalCloud) -> None:
    """Through the page's address: what is no video is dead, and dead again after its redrive."""
    stack = StackConfig.load(PROJECT_FOLDER, "dev")
    with page(cloud, stack, 0) as server:
        browser = Browser(server.hosts[0])
        path = "/api/uploads?key=controls%20%26.mp4"
        digest = json.loads(browser.ask("POST", path, b"This is no video.").body)["id"]

        def letter(attempt: int) -> Any:
            board = server.board.read()
            assert digest in [each["id"] for each in board["uploads"]]
            return [
                each
                for each in board["letters"]
                if (each["preset"], each["attempt"], each["keys"])
                == ("720p", attempt, ["controls &.mp4"])
            ]

        [first] = eventually(lambda: letter(1), what="letter")
        assert "1010" == first["code"]
        order = json.dumps({"letters": [first["message_id"]]}).encode()
        assert b'{"failed": []}' == browser.ask("POST", "/api/redrive", order).body
        eventually(lambda: letter(2), what="second letter")
        assert 409 == browser.ask("POST", "/api/faults", b'{"name": "fly"}').status


def test_what_people_read_is_one_screen(cloud: LocalCloud) -> None:
    """The address of the page first; with room for a prompt on 24 lines."""
    lines = text(cloud, "http://127.0.0.1:1/").splitlines()

    assert "http://127.0.0.1:1/" in lines[2]
    assert len(lines) < 24
    assert len([line for line in lines if line.startswith("export ")]) == len(cloud.environment)
