"""What a run leaves behind: files, lines of JSON, a table."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from rich.console import Console

from local.collect import Probe, Shelf
from local.progress import shown
from local.rendition import Failure, Rendition, Sight, State
from local.result import Result
from local.table import print_table
from local.upload import keys

if TYPE_CHECKING:
    from local.clients import Clients

PROBE = Probe(width=1280, height=720, duration=10.0, video_codec="h264", audio_codec="aac")
DONE = Sight(
    State.COMPLETE, percent=100, job_id="1-a", attempts=1, bucket="out", output_key="1/a-720p.mp4"
)


def rendition(source: str = "a.mp4", preset: str = "720p") -> Rendition:
    """Make a rendition."""
    return Rendition(Path(source), f"1/{Path(source).name}", preset)


class Bucket:
    """S3, as far as somebody downloads from it: each object holds its key."""

    def __init__(self, keys: list[str]) -> None:
        """Hold these keys."""
        self._keys = keys

    def client(self, service: str) -> "Bucket":
        """Be S3."""
        assert "s3" == service
        return self

    def get_paginator(self, operation: str) -> "Bucket":
        """Page through keys."""
        assert "list_objects_v2" == operation
        return self

    def paginate(self, **arguments: str) -> Iterator[dict[str, Any]]:
        """Give each key a page of its own, and end with an empty one, as S3 may."""
        prefix = arguments["Prefix"]
        yield from ({"Contents": [{"Key": key}]} for key in self._keys if key.startswith(prefix))
        yield {}

    def download_file(self, _: str, key: str, path: str) -> None:
        """Write an object's content."""
        assert key in self._keys
        Path(path).write_text(key)


class TestKeys:
    """Where files are uploaded to."""

    def test_one_folder_each(self) -> None:
        """Files of the same name get different keys, with their names as they are."""
        assert ["1/a b+c%20😀.mp4", "2/a b+c%20😀.mp4"] == keys(
            [Path("x/a b+c%20😀.mp4"), Path("y/a b+c%20😀.mp4")]
        )

    def test_folders_sort_like_files(self) -> None:
        """Folders have as many digits as the last one needs."""
        sorted_keys = keys([Path("a.mp4")] * 10)

        assert "01/a.mp4" == sorted_keys[0]
        assert sorted(sorted_keys) == sorted_keys

    def test_a_name_that_is_not_utf8(self) -> None:
        """A name that S3 cannot carry is written with question marks."""
        assert ["1/a?.mp4"] == keys([Path("a\udcff.mp4")])


class TestShelf:
    """Where renditions are put."""

    def place(self, shelf: Shelf, source: str, preset: str = "720p") -> str:
        """Ask for a place."""
        return shelf.place(rendition(source, preset), ".mp4").name

    def test_names(self, tmp_path: Path) -> None:
        """A rendition is named after its source and its preset."""
        assert "a-720p.mp4" == self.place(Shelf(tmp_path, []), "x/a.mp4")

    def test_sources_of_one_name(self, tmp_path: Path) -> None:
        """Renditions of sources that share a name are numbered."""
        shelf = Shelf(tmp_path, [])

        places = [self.place(shelf, source) for source in ("x/a.mp4", "y/a.mp4", "z/A.mp4")]

        assert ["a-720p.mp4", "a-2-720p.mp4", "A-3-720p.mp4"] == places

    def test_a_source_is_never_overwritten(self, tmp_path: Path) -> None:
        """A rendition does not take the place of a file that the run reads."""
        shelf = Shelf(tmp_path, [tmp_path / "a.mp4", tmp_path / "a-720p.mp4"])

        assert "a-2-720p.mp4" == self.place(shelf, "a.mp4")

    def test_an_earlier_run_is_replaced(self, tmp_path: Path) -> None:
        """The rendition of an earlier run makes room."""
        (tmp_path / "a-720p.mp4").write_text("earlier")

        assert "a-720p.mp4" == self.place(Shelf(tmp_path, []), "a.mp4")


class TestFetching:
    """What is downloaded, and where it goes."""

    def fetch(self, folder: Path, main: str, keys: list[str]) -> list[Path]:
        """Fetch a rendition from a bucket that holds these keys."""
        clients = cast("Clients", Bucket(keys))
        return Shelf(folder, []).fetch(clients, "out", main, rendition(preset="own"))

    def test_one_file(self, tmp_path: Path) -> None:
        """A rendition of one file is that file, in the folder itself."""
        [fetched] = self.fetch(tmp_path, "1/a-own.mp4", ["1/a-own.mp4"])

        assert tmp_path / "a-own.mp4" == fetched
        assert [fetched] == list(tmp_path.iterdir())

    def test_several_files(self, tmp_path: Path) -> None:
        """One of several files is a folder in which they lie to each other as in the bucket."""
        keys = ["1/a-own/index.m3u8", "1/a-own/index-240p.m3u8", "1/a-own/240p/1.ts"]

        main, *others = self.fetch(tmp_path, keys[0], keys)

        assert tmp_path / "a-own" / "index.m3u8" == main
        assert {main, *others} == {path for path in tmp_path.rglob("*") if path.is_file()}
        assert "1/a-own/240p/1.ts" == (tmp_path / "a-own" / "240p" / "1.ts").read_text()
        assert 3 == sum(path.is_file() for path in tmp_path.rglob("*"))

    def test_others_are_left_alone(self, tmp_path: Path) -> None:
        """The renditions of other uploads are not fetched."""
        self.fetch(tmp_path, "1/a-own.mp4", ["1/a-own.mp4", "11/b-own.mp4"])

        assert ["a-own.mp4"] == [path.name for path in tmp_path.iterdir()]


class TestJson:
    """The lines of `--json`."""

    def test_a_complete_rendition(self) -> None:
        """Other tools read these members."""
        result = Result(rendition("x/a.mp4"), DONE, files=[Path("out/a-720p.mp4")], probe=PROBE)

        assert {
            "source": "x/a.mp4",
            "key": "1/a.mp4",
            "preset": "720p",
            "status": "complete",
            "bucket": "out",
            "output_key": "1/a-720p.mp4",
            "file": "out/a-720p.mp4",
            "files": ["out/a-720p.mp4"],
            "width": 1280,
            "height": 720,
            "duration": 10.0,
            "video_codec": "h264",
            "audio_codec": "aac",
            "job_id": "1-a",
            "attempts": 1,
            "error": None,
        } == result.as_json()

    def test_a_rendition_that_failed(self) -> None:
        """The members are the same; what is not there is null."""
        failed = Result(rendition(), Sight(State.ERROR), failure=Failure(1010, "No video."))
        complete = Result(rendition(), DONE, files=[Path("f")], probe=PROBE)

        line = json.loads(json.dumps(failed.as_json()))

        assert list(complete.as_json()) == list(line)
        assert ("error", {"code": 1010, "message": "No video."}) == (line["status"], line["error"])
        assert {None} == {line[name] for name in ("bucket", "file", "width", "job_id")}


class TestForPeople:
    """The table and the progress."""

    def test_the_table(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A row per rendition with all that was promised, and a sentence for each failure."""
        complete = Result(
            rendition("[red]a.mp4"), DONE, files=[Path("out/[red]a.mp4")], probe=PROBE
        )
        failed = Result(rendition("b.mp4"), Sight(State.ERROR), failure=Failure(1010, "No video."))

        print_table([complete, failed])
        *table, sentence = capsys.readouterr().out.splitlines()
        row = next(line for line in table if "complete" in line)

        for cell in ("out/[red]a.mp4", "720p", "1280x720", "10.0 s", "h264+aac"):
            assert cell in row
        assert "b.mp4 720p: 1010: No video." == sentence

    def test_a_list_where_no_table_fits(self) -> None:
        """Where columns would be squeezed there is a list, and nothing of a name is left out."""
        name = "out/a name of some length-720p.mp4"
        complete = Result(rendition(), DONE, files=[Path(name)], probe=PROBE)
        failed = Result(rendition("b.mp4"), Sight(State.ERROR), failure=Failure(1010, "No video."))
        paper = StringIO()

        print_table([complete, failed], Console(file=paper, width=40))

        assert [
            name,
            "  720p, complete, 1280x720, 10.0 s,",
            "  h264+aac",
            "b.mp4",
            "  720p, error",
            "b.mp4 720p: 1010: No video.",
        ] == [line.rstrip() for line in paper.getvalue().splitlines()]

    def test_a_silent_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A file without sound has one codec."""
        silent = Probe(width=2, height=2, duration=1, video_codec="h264", audio_codec=None)

        print_table([Result(rendition(), DONE, files=[Path("f")], probe=silent)])

        assert "h264 " in capsys.readouterr().out

    def test_names_do_nothing_to_a_terminal(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Control characters of a file's name are not printed."""
        failed = Result(
            rendition("\x1b[2Ja.mp4"), Sight(State.ERROR), failure=Failure(1010, "No video.")
        )

        print_table([failed])

        assert "\x1b" not in capsys.readouterr().out

    def test_plain_lines(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a terminal there is one line per state, on standard error."""
        a = rendition()

        with shown([a]) as progress:
            for done in (0, 1, 2):
                progress.upload("a.mp4", done, 2)
            for percent in (10, 20):
                progress.rendition(a, Sight(State.ENCODING, percent=percent))
            progress.rendition(a, DONE)
        printed = capsys.readouterr()

        assert "" == printed.out
        assert ["a.mp4: uploading, 0 %", "a.mp4 720p: encoding", "a.mp4 720p: complete"] == [
            line.partition("s  ")[2] for line in printed.err.splitlines()
        ]

    def test_bars(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a terminal there is a board."""

        class Terminal(StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        a, b = rendition(), rendition(preset="1080p")

        with shown([a, b]) as progress:
            progress.rendition(a, Sight(State.ENCODING, percent=40))
            progress.rendition(b, DONE)
        drawn = terminal.getvalue()

        assert "40 %" in drawn
        assert "1 complete" in drawn
