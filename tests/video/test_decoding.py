"""Decoding: colours, turned pictures, times, damage that does not end it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmask.errors import VideoError
from glassmask.video.address import read_address
from glassmask.video.clock import Clock
from glassmask.video.decoded import Damage, Decoded
from glassmask.video.decoding import READ_ERRORS, Decoder
from video.films import av, corners, cut, damage, nothing_left, write_film


def decode(path: Path, **options: Any) -> tuple[list[Decoded], list[Damage]]:
    with Decoder(read_address(str(path)), **options) as decoder:
        items = list(decoder)
    frames = [item for item in items if isinstance(item, Decoded)]
    return frames, [item for item in items if isinstance(item, Damage)]


KINDS: dict[str, dict[str, Any]] = {
    "plain.mp4": {},
    "b_frames.mp4": {"options": {"bf": "3"}},
    "fragments.mp4": {"container": {"movflags": "frag_keyframe+empty_moov"}},
    "stream.ts": {},
    "mjpeg.avi": {"codec": "mjpeg", "pixels": "yuvj420p"},
    "mjpeg.mjpeg": {"codec": "mjpeg", "pixels": "yuvj420p"},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"cpu-used": "8", "deadline": "realtime"}},
    "av1.mkv": {"codec": "libsvtav1", "options": {"preset": "12"}},
    "ten_bit.mkv": {
        "codec": "libx265",
        "pixels": "yuv420p10le",
        "options": {"preset": "ultrafast"},
    },
    "four_two_two.mov": {"pixels": "yuv422p"},
    "bare.h264": {},
}


@pytest.mark.parametrize("name", KINDS)
def test_kinds_of_film(tmp_path: Path, name: str) -> None:
    frames, damages = decode(write_film(tmp_path / name, frames=12, **KINDS[name]))
    assert not damages
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(12)], abs=2e-3)
    assert not any(frame.is_corrupt for frame in frames)
    assert corners(frames[-1].pixels()) == "RGBW"


def test_variable_rate(tmp_path: Path) -> None:
    times = [0, 1, 2, 10, 11, 50]
    frames, _ = decode(write_film(tmp_path / "film.mp4", frames=6, times=times))
    assert [frame.time for frame in frames] == pytest.approx([time / 25 for time in times])


LUMA = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
"""FFmpeg's number of a matrix -> its weights of red and blue: BT.709, BT.601, BT.2020."""


@pytest.mark.parametrize("matrix", LUMA)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv420p10le"])
def test_colours_are_those_of_the_matrix_and_the_range(
    matrix: int, full: bool, pixels: str
) -> None:
    deep = 4 if pixels.endswith("10le") else 1
    y, u, v = 120, 100, 170
    frame = av.VideoFrame(64, 64, pixels)
    for plane, value in zip(frame.planes, (y, u, v), strict=True):
        kind = np.uint16 if deep == 4 else np.uint8
        plane.update(np.full(plane.buffer_size // kind(0).nbytes, value * deep, kind).tobytes())
    frame.colorspace, frame.color_range = matrix, 2 if full else 1
    # ITU-R BT.601, BT.709, BT.2020: by hand.
    luma = y / 255 if full else (y - 16) / 219
    blue, red = ((chroma - 128) / (255 if full else 224) for chroma in (u, v))
    weight_red, weight_blue = LUMA[matrix]
    r, b = luma + 2 * (1 - weight_red) * red, luma + 2 * (1 - weight_blue) * blue
    g = (luma - weight_red * r - weight_blue * b) / (1 - weight_red - weight_blue)
    shown = Decoded(0.0, frame, False).pixels()[32, 32]
    np.testing.assert_allclose(shown, 255 * np.array([r, g, b]), atol=3)


@pytest.mark.parametrize(
    ("turned", "shown", "shape"),
    [  # as GStreamer's `videoflip video-direction=auto` showed the same films
        ((90, False), "GWRB", (320, 240, 3)),
        ((-90, False), "BRWG", (320, 240, 3)),
        ((180, False), "WBGR", (240, 320, 3)),
        ((0, True), "GRWB", (240, 320, 3)),
    ],
)
def test_pictures_are_upright(
    tmp_path: Path, turned: tuple[float, bool], shown: str, shape: tuple[int, ...]
) -> None:
    frames, _ = decode(write_film(tmp_path / "film.mp4", frames=2, turned=turned))
    pixels = frames[0].pixels()
    assert corners(pixels) == shown
    assert pixels.shape == shape
    assert pixels.flags.c_contiguous


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.ts", "mpeg4.avi", "mjpeg.avi"])
def test_damage_is_told_and_does_not_end_it(tmp_path: Path, name: str) -> None:
    codec, pixels = {
        "mpeg4.avi": ("mpeg4", "yuv420p"),
        "mjpeg.avi": ("mjpeg", "yuvj420p"),
    }.get(name, ("libx264", "yuv420p"))
    path = write_film(tmp_path / name, codec=codec, pixels=pixels, options={"g": "10"})
    frames, damages = decode(damage(path, 0.5, 3000 if codec == "mjpeg" else 30))
    assert len(frames) >= 45
    assert frames[-1].time == pytest.approx(49 / 25, abs=0.13)  # AVI counts frames
    spoiled = [frame.time for frame in frames if frame.is_corrupt]
    assert spoiled or codec == "mjpeg"  # those that are built on the broken one
    assert damages
    assert not frames[0].is_corrupt
    assert not frames[-1].is_corrupt  # a key frame came


def test_the_end_of_a_joined_stream_is_no_damage(tmp_path: Path) -> None:
    data = write_film(tmp_path / "film.ts").read_bytes()
    (tmp_path / "joined.ts").write_bytes(2 * data)
    frames, damages = decode(tmp_path / "joined.ts")
    assert not damages
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(100)])


def test_the_size_may_change(tmp_path: Path) -> None:
    large = write_film(tmp_path / "large.ts", frames=10).read_bytes()
    small = write_film(tmp_path / "small.ts", frames=10, size=(160, 120)).read_bytes()
    (tmp_path / "joined.ts").write_bytes(large + small)
    frames, _ = decode(tmp_path / "joined.ts")
    shapes = [frame.pixels().shape for frame in frames]
    assert shapes[0] == (240, 320, 3)
    assert shapes[-1] == (120, 160, 3)
    (tmp_path / "grows.ts").write_bytes(small + large)
    with pytest.raises(VideoError, match=r"320 x 240 pixels: over the limit of 0\.03 million"):
        decode(tmp_path / "grows.ts", max_pixels=30_000)


def test_large_frames_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_film(tmp_path / "film.mp4", frames=3)
    data = path.read_bytes()
    for place in (b"avc1", b"tkhd"):
        assert place in data
    at = data.index(b"avc1", data.index(b"stsd")) + 4 + 24  # ISO 14496-12: width and height
    assert data[at : at + 4] == bytes([320 >> 8, 320 & 255, 0, 240])
    path.write_bytes(data[:at] + b"\xff\xf0\xff\xf0" + data[at + 4 :])
    with nothing_left(), pytest.raises(VideoError, match="pixels: over the limit"):
        decode(path, max_pixels=50_000)


def test_sound_with_a_cover_is_no_film(tmp_path: Path) -> None:
    path = write_film(tmp_path / "song.m4a", frames=0, sound=1.0)
    with nothing_left(), pytest.raises(VideoError, match="nothing but sound"):
        decode(path)
    cover, covered = write_film(tmp_path / "cover.mjpeg", **KINDS["mjpeg.mjpeg"], frames=1), 0
    with av.open(str(path)) as song, av.open(str(tmp_path / "covered.mp4"), "w") as out:
        copied, shown = out.add_stream_from_template(song.streams.audio[0]), None
        with av.open(str(cover)) as picture:
            shown = out.add_stream_from_template(picture.streams.video[0])
            shown.disposition = av.stream.Disposition.attached_pic
            for packet in picture.demux():
                if packet.dts is not None:
                    packet.stream, packet.pts, packet.dts = shown, 0, 0
                    out.mux(packet)
                    covered += 1
        for packet in song.demux():
            if packet.dts is not None:
                packet.stream = copied
                out.mux(packet)
    assert covered == 1
    with nothing_left(), pytest.raises(VideoError, match="nothing but sound"):
        decode(tmp_path / "covered.mp4")


def test_reading_goes_on_after_an_error_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_film(tmp_path / "film.mp4", frames=10)
    error = av.error.InvalidDataError(1, "invalid")

    class Failing:
        """Fails after each three packets; after six for good."""

        def __init__(self, container: Any) -> None:
            self.container, self.asked = container, 0

        def demux(self) -> Iterator[Any]:
            self.asked += 1
            for number, packet in enumerate(self.container.demux()):
                if self.asked > 2 or number == 3:
                    raise error
                yield packet

        def __getattr__(self, name: str) -> Any:
            return getattr(self.container, name)

    with Decoder(read_address(str(path))) as decoder:
        failing = Failing(decoder._container)
        monkeypatch.setattr(decoder, "_container", failing)
        items = list(decoder)
    assert failing.asked == READ_ERRORS + 1
    assert sum(isinstance(item, Damage) for item in items) == READ_ERRORS + 1
    assert any(isinstance(item, Decoded) for item in items)


def test_what_was_reached_is_the_end_of_the_last_packet(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mkv", sound=4.0)
    for share, reached in ((1.0, 4.0), (0.5, 2.0)):
        with Decoder(read_address(str(cut(path, share)))) as decoder:
            list(decoder)
            assert decoder.length == pytest.approx(4.0, abs=0.1)
            assert (decoder.reached > 3.9) == (reached == 4.0)


def test_times_of_a_clock() -> None:
    clock = Clock(Fraction(10))
    given = [None, None, 0.2, 0.2, 0.3, 0.0, 0.1, None, 0.3]
    told = [clock.tick(time) for time in given]
    assert told == pytest.approx([0.0, 0.1, 0.2, 0.201, 0.3, 0.301, 0.302, 0.402, 0.403])
    clock.restart()
    assert [clock.tick(time) for time in (5.0, 9.0, 1.0, 1.1)] == pytest.approx([5, 9, 9.1, 9.2])
    clock.restart()
    assert [clock.tick(time) for time in (-0.2, -0.1, 0.0)] == pytest.approx([0, 0.1, 0.2])
    assert Clock(Fraction(90000)).tick(None) == 0.0
