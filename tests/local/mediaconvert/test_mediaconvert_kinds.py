"""Every kind of preset, from the upload to the files in the bucket."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree as ET

import av
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from components.presets import PresetArgs
from local.mediaconvert.implemented import not_implemented
from local.mediaconvert.probe import probe
from local.mediaconvert.variant import relative
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.presets import preset_job
from tests.local.mediaconvert.studio import OUTPUT, Studio, open_studio, wait_until

if TYPE_CHECKING:
    from types_boto3_mediaconvert.type_defs import JobTypeDef

SECONDS = 5


@pytest.fixture(scope="session")
def five_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of picture and sound, with a rate at which no key frame falls on a second."""
    return clips.make(
        tmp_path_factory.mktemp("clips") / "five.mp4",
        *clips.picture(rate="30000/1001", seconds=SECONDS),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", *clips.H264),
    )


@dataclass(frozen=True)
class Made:
    """What a job left: itself, its last event, and its files by their names after the stem."""

    job: "JobTypeDef"
    event: Mapping[str, Any]
    files: Mapping[str, Path]
    types: Mapping[str, str]

    def text(self, name: str) -> list[str]:
        """Return the lines of a file."""
        return self.files[name].read_text().splitlines()


def run(studio: Studio, clip: Path, folder: Path, preset: PresetArgs) -> Made:
    """Run the job of a preset and fetch everything that it wrote."""
    studio.upload(clip)
    job = studio.run(preset_job(preset, studio.role))
    wait_until(lambda: studio.statuses()[-1:] == [job["Status"]])
    files, types = {}, {}
    for number, item in enumerate(studio.s3.list_objects_v2(Bucket=OUTPUT).get("Contents", [])):
        name = item["Key"].removeprefix("trips/a b")
        answer = studio.s3.get_object(Bucket=OUTPUT, Key=item["Key"])
        files[name] = folder / f"{number}{Path(name).suffix}"
        files[name].write_bytes(answer["Body"].read())
        types[name] = answer["ContentType"]
    return Made(job, studio.events[-1]["detail"], files, types)


@pytest.fixture(scope="module")
def hls(five_seconds: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two sizes in segments of two seconds."""
    folder = tmp_path_factory.mktemp("hls")
    with open_studio(folder) as studio:
        return run(
            studio,
            five_seconds,
            folder,
            {"name": "own", "kind": "hls", "ladder": ["240p", "480p"], "segment_seconds": 2},
        )


@pytest.fixture(scope="module")
def cmaf(five_seconds: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two sizes and the sound in fragments of two seconds."""
    folder = tmp_path_factory.mktemp("cmaf")
    with open_studio(folder) as studio:
        return run(
            studio,
            five_seconds,
            folder,
            {"name": "own", "kind": "cmaf", "ladder": ["240p", "480p"], "segment_seconds": 2},
        )


@pytest.fixture(scope="module")
def thumbnails(five_seconds: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Every second second."""
    folder = tmp_path_factory.mktemp("thumbnails")
    with open_studio(folder) as studio:
        return run(
            studio,
            five_seconds,
            folder,
            {"name": "own", "kind": "thumbnails", "interval": 2, "width": 160, "height": 90},
        )


class TestAudio:
    """The sound alone."""

    def test_it_is_the_sound(self, studio: Studio, clip: Path, tmp_path: Path) -> None:
        """An m4a holds AAC as the preset says, whole, and no picture."""
        made = run(
            studio,
            clip,
            tmp_path,
            {"name": "own", "kind": "audio", "audio_channels": 1, "audio_bitrate": 64_000},
        )
        media = probe(made.files["-own.m4a"])

        assert {"-own.m4a": "audio/mp4"} == made.types
        assert media.video is None
        assert ("aac", 1, 48_000) == (
            media.audio[0].codec,
            media.audio[0].channels,
            media.audio[0].sample_rate,
        )
        assert 1.0 == pytest.approx(media.duration, abs=0.05)

    def test_a_song_needs_no_picture(self, studio: Studio, tmp_path: Path) -> None:
        """A file without a picture is no failure where none is wanted."""
        song = clips.make(tmp_path / "song.mp4", *clips.SOUND)

        made = run(studio, song, tmp_path, {"name": "own", "kind": "audio"})

        assert ["-own.m4a"] == list(made.files)

    def test_a_silent_file_is_refused(self, studio: Studio, tmp_path: Path) -> None:
        """Where there is no sound there is nothing to write: error 1021."""
        silent = clips.make(tmp_path / "silent.mp4", *clips.picture(seconds=0.2), *clips.H264)

        made = run(studio, silent, tmp_path, {"name": "own", "kind": "audio"})

        assert ("ERROR", 1021) == (made.job["Status"], made.job["ErrorCode"])


class TestHls:
    """A playlist of several sizes."""

    def test_names_and_types(self, hls: Made) -> None:
        """Files are called as MediaConvert calls them, with the media types of each."""
        segments = [f"-own/index-{size}_0000{n}.ts" for size in ("240p", "480p") for n in (1, 2, 3)]
        playlists = ["-own/index.m3u8", "-own/index-240p.m3u8", "-own/index-480p.m3u8"]

        assert {
            **dict.fromkeys(segments, "video/mp2t"),
            **dict.fromkeys(playlists, "application/vnd.apple.mpegurl"),
        } == hls.types

    def test_the_main_playlist(self, hls: Made) -> None:
        """A player learns bandwidth, size and codecs of each variant before it loads one."""
        head, *variants = re.split(r"#EXT-X-STREAM-INF:", "\n".join(hls.text("-own/index.m3u8")))

        assert head.startswith("#EXTM3U\n")
        assert ["index-240p.m3u8", "index-480p.m3u8"] == [each.split()[-1] for each in variants]
        for size, variant in zip(("240p", "480p"), variants, strict=True):
            assert f"RESOLUTION={clips.WIDTH}x{clips.HEIGHT}" in variant
            assert re.search(r'CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2"', variant)
            match = re.match(r"BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+)", variant)
            assert match is not None
            sizes = [
                path.stat().st_size
                for name, path in hls.files.items()
                if re.search(rf"{size}_\d+\.ts", name)
            ]
            assert sum(sizes) * 8 / SECONDS == pytest.approx(int(match[2]), rel=0.02)
            assert int(match[1]) >= int(match[2])

    def test_each_variant_is_cut_alike(self, hls: Made) -> None:
        """Segments are as long as asked, to a frame, and begin with a key frame, in all sizes."""
        frame = 1001 / 30_000
        for size in ("240p", "480p"):
            lines = hls.text(f"-own/index-{size}.m3u8")
            lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]
            assert [2, 2, 1] == pytest.approx(lengths, abs=2 * frame)
            assert {"#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-ENDLIST"} <= set(lines)
            segments = [line for line in lines if not line.startswith("#")]
            assert [f"index-{size}_0000{n}.ts" for n in (1, 2, 3)] == segments
            for segment in segments:
                with av.open(str(hls.files[f"-own/{segment}"])) as container:
                    assert next(container.decode(video=0)).key_frame

    def test_names_in_a_playlist_are_addresses(self) -> None:
        """What would mean something else in a URL is encoded."""
        assert "a%20b%2525%23c.m3u8" == relative("s3://bucket/trips/a b%25#c.m3u8")

    def test_the_event_names_the_playlists(self, hls: Made) -> None:
        """COMPLETE has the main playlist for the group, and each variant's for its output."""
        (group,) = hls.event["outputGroupDetails"]

        assert "HLS_GROUP" == group["type"]
        assert [f"s3://{OUTPUT}/trips/a b-own/index.m3u8"] == group["playlistFilePaths"]
        assert [
            [f"s3://{OUTPUT}/trips/a b-own/index-{size}.m3u8"] for size in ("240p", "480p")
        ] == [output["outputFilePaths"] for output in group["outputDetails"]]

    def test_the_job_tells_sizes_and_length(self, hls: Made) -> None:
        """GetJob has an entry for each output, and says nothing of files."""
        (group,) = hls.job["OutputGroupDetails"]

        assert ["OutputDetails"] == list(group)
        for output in group["OutputDetails"]:
            assert 5000 == pytest.approx(output["DurationInMs"], abs=100)
            assert {"WidthInPx": 320, "HeightInPx": 180} == output["VideoDetails"]


class TestCmaf:
    """One set of segments for players of HLS and of DASH."""

    TRACKS: ClassVar = {"240p": "cmfv", "480p": "cmfv", "audio": "cmfa"}

    def test_names_and_types(self, cmaf: Made) -> None:
        """Files are called as MediaConvert calls them, with the media types of each."""
        playlists = ["index.m3u8", *(f"index-{track}.m3u8" for track in self.TRACKS)]
        fragments = {
            f"-own/index-{track}{part}.{extension}": f"{kind}/mp4"
            for track, extension in self.TRACKS.items()
            for kind in ["video" if extension == "cmfv" else "audio"]
            for part in ("init", "_000000001", "_000000002", "_000000003")
        }

        assert {
            **fragments,
            **{f"-own/{name}": "application/vnd.apple.mpegurl" for name in playlists},
            "-own/index.mpd": "application/dash+xml",
        } == cmaf.types

    def test_the_main_playlist(self, cmaf: Made) -> None:
        """HLS names the sound once, and with each size the codecs of both."""
        head, *variants = "\n".join(cmaf.text("-own/index.m3u8")).split("#EXT-X-STREAM-INF:")

        assert re.search(r'#EXT-X-MEDIA:TYPE=AUDIO,.*DEFAULT=YES,.*URI="index-audio.m3u8"', head)
        assert ["index-240p.m3u8", "index-480p.m3u8"] == [each.split()[-1] for each in variants]
        for variant in variants:
            assert re.search(r'CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2",AUDIO="', variant)

    def test_both_manifests_name_the_same_files_and_times(self, cmaf: Made) -> None:
        """What a player of DASH fetches is what a player of HLS does, and there is no other."""
        playlists = {
            track: _playlist(cmaf.text(f"-own/index-{track}.m3u8")) for track in self.TRACKS
        }
        manifest = _manifest(cmaf.text("-own/index.mpd"))

        assert list(playlists) == list(manifest)
        for track, (names, lengths) in playlists.items():
            assert names == manifest[track][0]
            assert lengths == pytest.approx(manifest[track][1], abs=0.001)
            assert {f"-own/{name}" for name in names} <= set(cmaf.files)

    def test_every_segment_begins_with_a_picture_or_sound(self, cmaf: Made, tmp_path: Path) -> None:
        """A player that begins anywhere decodes from there, and all tracks are equally long."""
        for track in self.TRACKS:
            names, lengths = _playlist(cmaf.text(f"-own/index-{track}.m3u8"))
            beginning, *segments = (cmaf.files[f"-own/{name}"].read_bytes() for name in names)
            assert SECONDS == pytest.approx(sum(lengths), abs=0.05)
            for segment in segments:
                path = tmp_path / "part.mp4"
                path.write_bytes(beginning + segment)
                frame = _first_frame(path)
                assert isinstance(frame, AudioFrame) or frame.key_frame

    def test_picture_and_sound_begin_together(self, cmaf: Made, tmp_path: Path) -> None:
        """The delays of the codecs are taken out of the times."""
        for track in self.TRACKS:
            names, _ = _playlist(cmaf.text(f"-own/index-{track}.m3u8"))
            path = tmp_path / f"{track}.mp4"
            path.write_bytes(b"".join(cmaf.files[f"-own/{name}"].read_bytes() for name in names))
            assert _first_frame(path).time == pytest.approx(0, abs=0.025)

    def test_a_silent_file_has_no_track_of_sound(self, studio: Studio, tmp_path: Path) -> None:
        """Neither manifest names what is not there."""
        silent = clips.make(tmp_path / "silent.mp4", *clips.picture(seconds=0.2), *clips.H264)

        made = run(studio, silent, tmp_path, {"name": "own", "kind": "cmaf", "ladder": ["240p"]})

        assert "COMPLETE" == made.job["Status"]
        assert not [name for name in made.files if "audio" in name]
        assert "AUDIO" not in made.files["-own/index.m3u8"].read_text()
        assert ["240p"] == list(_manifest(made.text("-own/index.mpd")))

    def test_the_event_names_the_manifests_alone(self, cmaf: Made) -> None:
        """COMPLETE has no files of single outputs, but their lengths and sizes."""
        (group,) = cmaf.event["outputGroupDetails"]

        assert "CMAF_GROUP" == group["type"]
        assert [
            f"s3://{OUTPUT}/trips/a b-own/index.{extension}" for extension in ("mpd", "m3u8")
        ] == group["playlistFilePaths"]
        assert not any("outputFilePaths" in output for output in group["outputDetails"])
        assert [320, 320, None] == [
            output.get("videoDetails", {}).get("widthInPx") for output in group["outputDetails"]
        ]

    def test_what_is_not_implemented_is_refused(self, studio: Studio) -> None:
        """Fragments that are shorter than segments, and two tracks in one output."""
        job = preset_job({"name": "own", "kind": "cmaf", "ladder": ["240p"]}, studio.role)
        (group,) = job["Settings"]["OutputGroups"]
        picture, sound = group["Outputs"]
        group["OutputGroupSettings"]["CmafGroupSettings"]["FragmentLength"] = 2
        picture["AudioDescriptions"] = sound["AudioDescriptions"]

        problems = not_implemented(job)

        assert 2 == len(problems)
        assert "FragmentLength 2 and SegmentLength 6" in problems[0]
        assert "Outputs[0] has 2 tracks" in problems[1]


def _first_frame(path: Path) -> VideoFrame | AudioFrame:
    """Decode the beginning of a track."""
    with av.open(str(path)) as container:
        if container.streams.video:
            return next(container.decode(video=0))
        return next(container.decode(audio=0))


def _playlist(lines: list[str]) -> tuple[list[str], list[float]]:
    """Return the files of a playlist, the beginning first, and the lengths of the segments."""
    (beginning,) = re.findall(r'#EXT-X-MAP:URI="(.*)"', "\n".join(lines))
    names = [line for line in lines if not line.startswith("#")]
    return [beginning, *names], [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]


def _manifest(lines: list[str]) -> dict[str, tuple[list[str], list[float]]]:
    """Return the same of each track of a DASH manifest."""
    space = "{urn:mpeg:dash:schema:mpd:2011}"
    tracks = {}
    for template in ET.fromstring("\n".join(lines)).iter(f"{space}SegmentTemplate"):  # noqa: S314 - our own
        times = [int(each.attrib["d"]) for each in template.iter(f"{space}S")]
        names = [
            template.attrib["media"].replace("$Number%09d$", f"{number:09}")
            for number in range(1, len(times) + 1)
        ]
        beginning = template.attrib["initialization"]
        track = beginning.removeprefix("index-").partition("init.")[0]
        scale = int(template.attrib["timescale"])
        tracks[track] = ([beginning, *names], [time / scale for time in times])
    return tracks


class TestThumbnails:
    """Stills, a poster, and the small video that comes with them."""

    def test_names_and_types(self, thumbnails: Made) -> None:
        """Stills are counted from zero, with seven digits."""
        assert {
            **{f"-own.000000{n}.jpg": "image/jpeg" for n in range(3)},
            **{f"-own_poster.000000{n}.jpg": "image/jpeg" for n in range(2)},
            "-own.mp4": "video/mp4",
        } == thumbnails.types

    def test_sizes(self, thumbnails: Made) -> None:
        """Stills are fitted into their box; the poster is never enlarged."""
        for name, size in (
            ("-own.0000001.jpg", (160, 90)),
            ("-own_poster.0000001.jpg", (320, 180)),
        ):
            with av.open(str(thumbnails.files[name])) as image:
                frame = next(image.decode(video=0))
            assert size == (frame.width, frame.height)

    def test_the_event_names_the_last_still(self, thumbnails: Made) -> None:
        """COMPLETE has, for captured frames, the last one of each output."""
        paths = [
            path.removeprefix(f"s3://{OUTPUT}/trips/a b")
            for group in thumbnails.event["outputGroupDetails"]
            for output in group["outputDetails"]
            for path in output["outputFilePaths"]
        ]

        assert ["-own.0000002.jpg", "-own_poster.0000001.jpg", "-own.mp4"] == paths

    def test_stills_show_their_moment(self, studio: Studio, tmp_path: Path) -> None:
        """Of a clip that grows brighter step by step, each still has the brightness of its time."""
        steps = clips.make(
            tmp_path / "steps.mp4",
            *clips.picture("color=black", rate="10", seconds=3),
            *("-vf", "geq=lum='40+60*floor(T)':cb=128:cr=128", *clips.H264, "-crf", "10"),
        )
        made = run(studio, steps, tmp_path, {"name": "own", "kind": "thumbnails", "interval": 1})

        # JPEG has the full range, of which video uses 16 to 235.
        expected = [(level - 16) * 255 / 219 for level in (40, 100, 160)]
        assert expected == pytest.approx(
            [_brightness(made.files[f"-own.000000{n}.jpg"]) for n in range(3)], abs=4
        )

    def test_better_quality_costs_bytes(self, studio: Studio, five_seconds: Path) -> None:
        """Quality decides the size of a JPEG."""
        studio.upload(five_seconds)
        sizes = []
        for quality in (20, 50, 95):
            job = preset_job({"name": "own", "kind": "thumbnails"}, studio.role)
            still = job["Settings"]["OutputGroups"][0]["Outputs"][0]["VideoDescription"]
            still["CodecSettings"]["FrameCaptureSettings"]["Quality"] = quality
            assert "COMPLETE" == studio.run(job)["Status"]
            key = "trips/a b-own.0000000.jpg"
            sizes.append(studio.s3.head_object(Bucket=OUTPUT, Key=key)["ContentLength"])

        assert sizes[0] * 1.3 < sizes[1]
        assert sizes[1] * 1.3 < sizes[2]


def _brightness(path: Path) -> int:
    """Return the luma in the middle of an image."""
    with av.open(str(path)) as image:
        frame = next(image.decode(video=0))
    plane = frame.planes[0]
    return bytes(plane)[plane.line_size * (frame.height // 2) + frame.width // 2]
