"""What the probe says about real files."""

from fractions import Fraction
from pathlib import Path

import pytest

from local.mediaconvert.errors import JobError
from local.mediaconvert.iso_boxes import Box, iso_boxes
from local.mediaconvert.media import Media, VideoTrack
from local.mediaconvert.probe import probe
from tests.local.mediaconvert import clips


def track(media: Media) -> VideoTrack:
    """Return the picture of an input that has one."""
    assert media.video is not None
    return media.video


def code_of(path: Path) -> int:
    """Return the error code with which a file is refused."""
    with pytest.raises(JobError) as caught:
        probe(path)
    return caught.value.code


def test_an_ordinary_clip(tmp_path: Path) -> None:
    """Size, rate, length, codecs and sound are those that the clip was made with."""
    media = probe(clips.video(tmp_path / "clip.mp4", "-c:a", "aac", "-ac", "2", "-ar", "48000"))
    picture = track(media)
    assert 1.0 == pytest.approx(media.duration, abs=0.05)
    assert ("h264", "avc1") == (picture.codec, picture.fourcc)
    assert (320, 180) == (picture.width, picture.height)
    assert (Fraction(30), False) == (picture.frame_rate, picture.is_variable)
    assert (Fraction(1), 0, 8) == (picture.pixel_aspect, picture.rotation, picture.bit_depth)
    (sound,) = media.audio
    assert ("aac", 2, 48000) == (sound.codec, sound.channels, sound.sample_rate)


@pytest.mark.parametrize(("matrix", "expected"), [(90, 270), (-90, 90), (180, 180), (45, 0)])
def test_a_display_matrix_is_read_as_a_clockwise_turn(
    tmp_path: Path, matrix: int, expected: int
) -> None:
    """The matrix counts against the clock, the probe with it; odd angles count as none."""
    assert expected == track(probe(clips.portrait(tmp_path / "clip.mp4", matrix))).rotation


def test_wide_samples_and_fields_are_seen(tmp_path: Path) -> None:
    """Sample aspect ratio, fields and colours come from the first picture."""
    path = clips.make(
        tmp_path / "clip.mp4",
        *clips.picture(size="352x288", rate="50"),
        *("-vf", "interlace,setsar=16/11,setparams=colorspace=smpte170m"),
        *clips.H264,
        *("-flags", "+ildct+ilme"),
    )
    picture = track(probe(path))
    assert (Fraction(16, 11), True, 6) == (
        picture.pixel_aspect,
        picture.is_interlaced,
        picture.matrix,
    )


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_is_seen(tmp_path: Path, transfer: str) -> None:
    """PQ and HLG are HDR, and their ten bits are counted."""
    path = clips.make(
        tmp_path / "clip.mp4",
        *clips.picture(seconds=0.1),
        *("-vf", f"setparams=color_trc={transfer}", *clips.H264, "-pix_fmt", "yuv420p10le"),
    )
    picture = track(probe(path))
    assert (True, 10) == (picture.is_hdr, picture.bit_depth)


def test_a_varying_frame_rate_is_seen(tmp_path: Path) -> None:
    """Frames that are missing at places make the rate variable, with its average."""
    path = clips.make(
        tmp_path / "clip.mp4",
        *clips.picture(),
        *("-vf", "select='lt(n,15)+not(mod(n,3))'", "-fps_mode", "vfr", *clips.H264),
    )
    picture = track(probe(path))
    assert picture.is_variable
    assert picture.frame_rate is not None
    assert 15 < picture.frame_rate < 30


def test_rounded_timestamps_are_no_varying_rate(tmp_path: Path) -> None:
    """Matroska's milliseconds do not divide 60 frames a second, which is constant all the same."""
    path = clips.make(tmp_path / "clip.mkv", *clips.picture(rate="60"), *clips.H264)
    assert not track(probe(path)).is_variable


def test_sound_alone_and_covers_are_no_video(tmp_path: Path) -> None:
    """A file with sound has no picture, even when a cover image is attached."""
    cover = clips.make(tmp_path / "cover.png", *clips.picture(seconds=0.1), "-frames:v", "1")
    path = clips.make(
        tmp_path / "song.m4a",
        *clips.SOUND,
        *("-i", str(cover), "-map", "0", "-map", "1", "-c:v", "copy"),
        *("-disposition:v", "attached_pic"),
    )
    media = probe(path)
    assert media.video is None
    assert 1 == len(media.audio)


def test_what_is_no_media_file_is_refused(tmp_path: Path) -> None:
    """Nothing and text are error 1010."""
    empty, text = tmp_path / "empty.mp4", tmp_path / "text.mp4"
    empty.touch()
    text.write_text("Meeting notes\n" * 100)
    assert JobError.CANNOT_OPEN_INPUT == code_of(empty) == code_of(text)


def test_a_playlist_cannot_make_the_probe_read_another_file(tmp_path: Path) -> None:
    """A script named .mp4 is refused: FFmpeg would open whatever file or address it names."""
    clip = clips.video(tmp_path / "secret.mp4")
    playlist, script = tmp_path / "playlist.mp4", tmp_path / "script.mp4"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n")
    script.write_text(f"ffconcat version 1.0\nfile {clip.name}\n")
    assert JobError.CANNOT_OPEN_INPUT == code_of(playlist) == code_of(script)


def test_a_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    """A missing moov box is error 1075; media that ends early is error 1076."""
    cut = tmp_path / "cut.mp4"
    at_end = clips.video(tmp_path / "at-end.mp4").read_bytes()
    cut.write_bytes(at_end[: len(at_end) // 2])
    assert JobError.NO_MOOV == code_of(cut)
    in_front = clips.video(tmp_path / "in-front.mp4", "-movflags", "+faststart").read_bytes()
    cut.write_bytes(in_front[: len(in_front) // 2])
    assert JobError.TRUNCATED == code_of(cut)


def test_a_profile_that_mediaconvert_does_not_read_is_refused(tmp_path: Path) -> None:
    """H.264 in 4:4:4 is error 1030 although FFmpeg could decode it."""
    path = clips.make(
        tmp_path / "clip.mp4", *clips.picture(seconds=0.1), *clips.H264, "-pix_fmt", "yuv444p"
    )
    assert JobError.UNSUPPORTED_CODEC == code_of(path)


def test_iso_boxes_are_listed_in_their_order(tmp_path: Path) -> None:
    """The outermost boxes come in the order of the file; another kind of file has none."""
    path = clips.video(tmp_path / "clip.mp4")
    assert ["ftyp", "free", "mdat", "moov"] == [box.type for box in iso_boxes(path)]
    matroska = clips.video(tmp_path / "clip.mkv")
    assert [] == iso_boxes(matroska)


def test_box_sizes_of_64_bits_and_to_the_end(tmp_path: Path) -> None:
    """A box may give its size in 64 bits, or as zero when it is the last."""
    path = tmp_path / "boxes.mp4"
    large = b"\0\0\0\1mdat" + (24).to_bytes(8, "big") + b"12345678"
    path.write_bytes(b"\0\0\0\x08ftyp" + large + b"\0\0\0\0free12")
    assert [Box("ftyp", is_cut=False), Box("mdat", is_cut=False), Box("free", is_cut=False)] == (
        iso_boxes(path)
    )
